"""Which cases a wrong solution of ours misses, told as fast as the cases allow."""

from collections.abc import Collection
from types import TracebackType
from typing import Self

from grader.cases import catalogue
from grader.cases.given import GIVEN
from grader.cases.imports import Imports
from grader.cases.public import parameters
from grader.cases.rehearsal import Rehearsal, run_cases
from grader.cases.session import Session
from grader.kata import Kata

SEED = 1


class Judging:
    """Judges code that is trusted; a context manager.

    Cases that ask for all they need by the three names are called as they are, which takes a
    fraction of the time; else it is pytest that runs them.

    Args:
        kata: whose cases judge.
    """

    def __init__(self, kata: Kata) -> None:
        self._kata = kata
        self._session: Session | None = None

    def __enter__(self) -> Self:
        if not _is_direct(self._kata):
            self._session = Session(self._kata)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            self._session.__exit__()

    def missed(
        self, source: str, *, one_will_do: bool = False, likely: Collection[str] = ()
    ) -> list[str]:
        """Return the identifiers of the cases that do not pass.

        Args:
            source: the code.
            one_will_do: whether the first of them is enough.
            likely: those that are looked at first.
        """
        if self._session is None:
            passed = run_cases(source, SEED, self._kata, until_missed=one_will_do, first=likely)
            return [name for name, good in passed.items() if not good]
        judged = self._session.judge(Rehearsal(source, self._kata), SEED)
        return [one.case.id for one in judged if one.outcome != "passed"]


def _is_direct(kata: Kata) -> bool:
    """Say whether all cases are marked, and ask for nothing but by the three names."""
    marked = catalogue.functions(kata)
    return (
        len(marked) == len(catalogue.all_cases(kata))
        and Imports(kata).stand_in is None
        and all(parameters(function) <= GIVEN for _, function in marked)
    )
