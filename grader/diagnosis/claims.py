"""What a text says of other inputs, held against what became of the cases.

"Everything is right except …" is true of a mistake that stands alone, and may be false of a file.
So a text comes with what it claims, and what the cases contradict is never told.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from grader.errors import UsageError


class Outcomes(NamedTuple):
    """What became of a function's cases, which go by what their identifiers end in.

    Attributes:
        failed: those that were judged and not passed.
        passed: those that were passed.
    """

    failed: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, judged: Iterable[Any], function: str) -> "Outcomes":
        """Return what became of the cases of one function, given all that were judged."""
        names: dict[bool, set[str]] = {True: set(), False: set()}
        for result in judged:
            if result.case.function == function and result.outcome != "not_run":
                names[result.outcome == "passed"].add(result.case.id.partition(".")[2])
        return cls(frozenset(names[False]), frozenset(names[True]))


class SaidOfCases(NamedTuple):
    """What a text claims, and how it goes without that.

    Attributes:
        right: cases whose inputs are said to come out right.
        only: the cases beside which all are said to be right; None if that is not said.
        wrong: cases whose inputs are said to come out wrong.
        otherwise: the explanation where something else is wrong too; empty if there is none.
    """

    right: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None
    wrong: tuple[str, ...] = ()
    otherwise: str = ""

    @property
    def says_right(self) -> bool:
        """Whether anything is said to come out right."""
        return bool(self.right) or self.only is not None

    def is_contradicted(self, outcomes: Outcomes) -> bool:
        """Say whether inputs came out wrong that are said to be right."""
        if self.only is not None and not outcomes.failed <= set(self.only):
            return True
        return not outcomes.failed.isdisjoint(self.right)

    def is_impossible(self, outcomes: Outcomes) -> bool:
        """Say whether inputs came out right that are said to be wrong."""
        return not outcomes.passed.isdisjoint(self.wrong)


_LISTS = ("right", "only", "wrong")
KEYS = frozenset(SaidOfCases._fields)
"""What an entry of a kata may have besides its texts."""


def read_claim(entry: Mapping[str, Any], where: str) -> SaidOfCases:
    """Return what an entry of `mistakes.toml` or `symptoms.toml` claims.

    Raises:
        UsageError: it is not said as it should be; `where` begins the message.
    """
    given = {key: entry[key] for key in KEYS if key in entry}
    for key, value in given.items():
        names = value if key in _LISTS else [value]
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise UsageError(
                f"{where}: {', '.join(_LISTS)} are lists of names of cases; otherwise is a text."
            )
    lists = {key: tuple(given[key]) for key in _LISTS if key in given}
    return SaidOfCases(**lists, otherwise=given.get("otherwise", ""))
