"""What a learner's function did with probes, held against the solution and wrong solutions."""

from collections.abc import Callable, Sequence
from functools import cache, cached_property

from grader.diagnosis.bank import Function, Mistake, functions_with
from grader.diagnosis.observation import Observation, observe_each, observe_function, same
from grader.katas.attention.probes import CORE, Probe, probes


class Behaviour:
    """What one function did, probe by probe.

    Args:
        function: its name.
        made: the probes.
        seen: what it did with each.
        right: what the solution does.
    """

    def __init__(
        self,
        function: str,
        made: Sequence[Probe],
        seen: Sequence[Observation],
        right: Sequence[Observation],
    ) -> None:
        self.function = function
        self.made = made
        self.seen = seen
        self.right = right

    @classmethod
    def of(cls, function: str, made: Sequence[Probe], seen: Sequence[Observation]) -> "Behaviour":
        """Return what was seen, beside what should have been."""
        shipped = made is probes(function)
        right = right_on_probes(function) if shipped else _rightly(function, made)
        return cls(function, made, seen, right)

    @property
    def core(self) -> "Behaviour":
        """The same on ordinary inputs alone."""
        return self.at(self.core_places)

    @property
    def core_places(self) -> list[int]:
        """The places of the ordinary inputs among the probes."""
        return [place for place, probe in enumerate(self.made) if probe.group == CORE]

    @property
    def is_right(self) -> bool:
        """Whether it did on every probe what the solution does."""
        return not self._wrong

    def at(self, places: Sequence[int]) -> "Behaviour":
        """Return what it did on the probes at these places."""
        return Behaviour(
            self.function,
            [self.made[place] for place in places],
            [self.seen[place] for place in places],
            [self.right[place] for place in places],
        )

    def seen_as(self, change: Callable[[Observation], Observation]) -> "Behaviour":
        """Return the same with each observation changed."""
        seen = [change(each) for each in self.seen]
        return Behaviour(self.function, self.made, seen, self.right)

    def fits(self, mistakes: Sequence[Mistake]) -> bool:
        """Say whether the solution with these mistakes does exactly the same."""
        wrong = functions_with(*mistakes)[self.function]
        if not keeps_nothing(wrong):
            return self.is_of(wrong)
        for place in self._order:  # what it does on one probe hangs on no other
            if not self.at([place]).is_of(wrong):
                self._order.remove(place)
                self._order.insert(0, place)  # what tells one from this tells most
                return False
        return True

    def likeness(self, mistakes: Sequence[Mistake]) -> int:
        """Return on how many probes the solution with these mistakes does the same."""
        wrong = functions_with(*mistakes)[self.function]
        ours = observe_each(wrong, self.function, self.made)
        return sum(same(*both) for both in zip(self.seen, ours, strict=True))

    def is_of(self, function: Function) -> bool:
        """Say whether a function of ours does exactly the same, asked in the same order."""
        ours = observe_each(function, self.function, self.made)
        return all(same(*both) for both in zip(self.seen, ours, strict=True))

    @cached_property
    def _order(self) -> list[int]:
        """The places of the probes, those that tell most first."""
        rest = [place for place in range(len(self.made)) if place not in self._wrong]
        return [*self._wrong, *rest]

    @cached_property
    def _wrong(self) -> list[int]:
        pairs = zip(self.seen, self.right, strict=True)
        return [place for place, both in enumerate(pairs) if not same(*both)]


def keeps_nothing(function: Function) -> bool:
    """Say whether a wrong solution has nowhere to keep anything between calls."""
    kept = (value for name, value in function.__globals__.items() if name != "__builtins__")
    return not any(isinstance(value, dict | list) for value in kept)


@cache
def right_on_probes(function: str) -> Sequence[Observation]:
    """Return what the solution does with the probes of a function."""
    return _rightly(function, probes(function))


def _rightly(function: str, made: Sequence[Probe]) -> Sequence[Observation]:
    return tuple(observe_function(functions_with()[function], function, made))
