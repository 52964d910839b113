"""What a learner's function did with probes, held against the solution and wrong solutions."""

from collections.abc import Callable, Sequence
from functools import cache, cached_property

from grader.diagnosis.bank import Mistake
from grader.diagnosis.mutants import Runnable, functions_with, keeps_nothing
from grader.diagnosis.observation import Observation, observe_each, observe_function, same
from grader.diagnosis.probe import CORE, Probe, probes
from grader.kata import Function, Kata


class Behaviour:
    """What one function did, probe by probe.

    Args:
        kata: of which it is a function.
        function: which of them.
        made: the probes.
        seen: what it did with each.
        right: what the solution does.
    """

    def __init__(
        self,
        kata: Kata,
        function: Function,
        made: Sequence[Probe],
        seen: Sequence[Observation],
        right: Sequence[Observation],
    ) -> None:
        self.kata = kata
        self.function = function
        self.made = made
        self.seen = seen
        self.right = right

    @classmethod
    def of(
        cls, kata: Kata, function: Function, made: Sequence[Probe], seen: Sequence[Observation]
    ) -> "Behaviour":
        """Return what was seen, beside what should have been."""
        all_of_them = made is probes(kata, function.name)
        right = right_on_probes(kata, function) if all_of_them else _rightly(kata, function, made)
        return cls(kata, function, made, seen, right)

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
            self.kata,
            self.function,
            [self.made[place] for place in places],
            [self.seen[place] for place in places],
            [self.right[place] for place in places],
        )

    def seen_as(self, change: Callable[[Observation], Observation]) -> "Behaviour":
        """Return the same with each observation changed."""
        seen = [change(each) for each in self.seen]
        return Behaviour(self.kata, self.function, self.made, seen, self.right)

    def fits(self, mistakes: Sequence[Mistake]) -> bool:
        """Say whether the solution with these mistakes does exactly the same."""
        wrong = functions_with(self.kata, *mistakes)[self.function.name]
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
        wrong = functions_with(self.kata, *mistakes)[self.function.name]
        ours = observe_each(wrong, self.function, self.made)
        return sum(same(*both) for both in zip(self.seen, ours, strict=True))

    def is_of(self, code: Runnable) -> bool:
        """Say whether a function of ours does exactly the same, asked in the same order."""
        ours = observe_each(code, self.function, self.made)
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


@cache
def right_on_probes(kata: Kata, function: Function) -> Sequence[Observation]:
    """Return what the solution does with the probes of a function."""
    return _rightly(kata, function, probes(kata, function.name))


def _rightly(kata: Kata, function: Function, made: Sequence[Probe]) -> Sequence[Observation]:
    return tuple(observe_function(functions_with(kata)[function.name], function, made))
