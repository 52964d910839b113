"""What plain cases cannot see themselves of how they end, and what the solution does in them.

The solution is asked in the same way as a submission. What it gives there says whose doing it is
that a case broke, where an object may come in the place of a value, and where nothing may.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from grader.cases.case import CaseToRun
from grader.cases.deadline import TookTooLong
from grader.cases.imports import Imports
from grader.errors import GraderFault
from grader.kata import Kata
from grader.learner.endings import CaseEnded, Failed
from grader.report.seen import Seen

if TYPE_CHECKING:
    from grader.cases.asking import Asked, Fact, Learners, Target


class _Broken(NamedTuple):
    """A plain case that raised what need not be the learner's doing."""

    item: CaseToRun
    error: BaseException
    asked: "Asked | None"


class Trials:
    """What is found out about plain cases beside how pytest says that they ended.

    Args:
        kata: whose they are.
        imports: its imports.
        run: runs cases.

    Attributes:
        errors: what was raised while cases are tried on the solution; None while they are not.
        allowed: what the solution gives; None as long as nobody had to know.
    """

    def __init__(
        self, kata: Kata, imports: Imports, run: Callable[[Sequence[CaseToRun]], None]
    ) -> None:
        self._kata = kata
        self._imports = imports
        self._run = run
        self.errors: list[BaseException] | None = None
        self.allowed: frozenset[Fact] | None = None
        self._sound: dict[str, bool] = {}
        self._by_case: dict[str, set[Fact]] = {}  # what the solution gave when it was tried last
        self._drawn: dict[str, int] = {}  # the seeds of what was drawn then
        self.begin()

    def begin(self) -> None:
        """Forget the submission before."""
        self._broken: list[_Broken] = []
        self._ended: list[tuple[CaseToRun, CaseEnded]] = []
        self._claims: dict[str, set[Fact]] = {}  # what each case was given
        self._nothing: list[tuple[CaseToRun, set[str]]] = []

    def begin_case(self, item: CaseToRun) -> None:
        """Forget the case before."""
        learners = self._learners
        if learners is None:
            return
        learners.begin(self._by_case.get(item.nodeid, frozenset()))
        facts = self._claims if self.errors is None else self._by_case
        facts[item.nodeid] = learners.facts

    def note_passed(self, item: CaseToRun) -> None:
        """Note a case that passed, as far as it could see."""
        learners = self._learners
        if learners is None:
            return
        from grader.cases.things import EMPTY

        ended = learners.end()
        if ended is not None:
            self._ended.append((item, ended))
            return
        nothing = {what for what, fact in learners.facts if fact == EMPTY}
        if nothing:
            self._nothing.append((item, nothing))

    def of_the_learner(self, item: CaseToRun, error: BaseException) -> CaseEnded | None:
        """Return how a case that raised ended by the learner's doing; None if that is not known."""
        if self._imports.stand_in is None or isinstance(error, GraderFault):
            return None
        from grader.cases.blame import of_the_learner
        from grader.learner.remote import NotSendable

        if isinstance(error, NotSendable):
            return None
        asked = getattr(self._imports.stand_in.target, "last", None)
        ended = of_the_learner(error, self._kata.folder, asked)
        if ended is None and isinstance(error, Exception | TookTooLong):
            self._broken.append(_Broken(item, error, asked))
        return ended

    def are_doubtful(self, items: Sequence[CaseToRun]) -> bool:
        """Say whether the cases were given an object, or swallowed something, as on no solution.

        What the solution does is found out when it first matters; until then all is believed.
        """
        learners = self._learners
        if learners is None or self.allowed is not None:
            return False
        from grader.cases.things import OBJECT, SWALLOWS

        if not any(fact in (OBJECT, SWALLOWS) for _, fact in learners.given):
            return False
        self.allowed = frozenset(self._try(items).given)
        objects = {fact for fact in learners.given if fact[1] == OBJECT}
        return not objects <= self.allowed or any(
            fact[1] == SWALLOWS and fact not in self._by_case.get(name, ())
            for name, facts in self._claims.items()
            for fact in facts
        )

    def endings(self, seed: int) -> Iterator[tuple[CaseToRun, CaseEnded]]:
        """Yield the cases that ended otherwise than they could see, and how.

        A case that broke is the learner's doing if it does not on the solution. One that was given
        nothing where the solution gives something has not passed: what is asked of all members of
        nothing holds.
        """
        yield from self._ended
        for item, error, asked in self._broken:
            if self._is_sound(item):
                from grader.cases.blame import of_the_learner

                ended = of_the_learner(error, self._kata.folder, asked, sound=True)
                assert ended is not None
                yield item, ended
        for item, names in self._nothing:
            from grader.cases.things import EMPTY, SOMETHING

            facts = self._facts_of(item, seed)
            for name in sorted(names):
                if (name, SOMETHING) in facts and (name, EMPTY) not in facts:
                    yield item, Failed(f"{name} returned something empty.", Seen("values"))
                    break

    @property
    def _learners(self) -> "Learners | None":
        if self._imports.stand_in is None:
            return None
        from grader.cases.asking import Learners

        target = self._imports.stand_in.target
        return target if isinstance(target, Learners) else None

    def _is_sound(self, item: CaseToRun) -> bool:
        from grader.cases.solutions import Ours

        if item.nodeid not in self._sound:
            stand_in = self._imports.stand_in
            assert stand_in is not None
            errors = self._run_with([item], Ours(self._kata.solution, stand_in.known.exceptions))
            self._sound[item.nodeid] = not errors
        return self._sound[item.nodeid]

    def _facts_of(self, item: CaseToRun, seed: int) -> "set[Fact]":
        seed = seed if "rng" in getattr(item, "fixturenames", ()) else 0
        if item.nodeid not in self._by_case or self._drawn.get(item.nodeid, 0) != seed:
            self._try([item])
            self._drawn[item.nodeid] = seed
        return self._by_case[item.nodeid]

    def _try(self, items: Sequence[CaseToRun]) -> "Learners":
        """Run cases on the solution, asked as a submission is."""
        from grader.cases.asking import Learners
        from grader.cases.solutions import Solution

        stand_in = self._imports.stand_in
        assert stand_in is not None
        solution = Learners(Solution(self._kata), stand_in.known)
        self._run_with(items, solution)
        return solution

    def _run_with(self, items: Sequence[CaseToRun], target: "Target") -> list[BaseException]:
        stand_in = self._imports.stand_in
        assert stand_in is not None
        self.errors = errors = list[BaseException]()
        try:
            with stand_in.asks(target):
                self._run(items)
        finally:
            self.errors = None
        return errors
