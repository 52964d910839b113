"""What is known of the tests that pytest collects: of a marked one its mark, else what they say."""

import inspect
import linecache
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, cached_property
from types import CodeType
from typing import Any

import pytest

from grader.cases.case import Case
from grader.cases.direct import argument_names, is_direct
from grader.kata import Kata

POINTS = 100
"""What the cases of a kata are worth together, where no mark says anything else."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_PREFIX = re.compile(r"^([Tt]est|[Cc]ase)(_|(?=[A-Z0-9]))")
_TITLE = 120  # characters of one
_HINT = "Call it yourself with the values of this case. Where is the first that surprises you?"


class Collected:
    """The cases of a session.

    Args:
        kata: whose they are.
        items: what pytest collected.

    Attributes:
        items: those that are not skipped.
        plain: the identifiers of the items that bear no mark.
    """

    def __init__(self, kata: Kata, items: Sequence[pytest.Item]) -> None:
        self._kata = kata
        self.items = [item for item in items if not _is_skipped(item)]
        self.plain = {item.nodeid for item in self.items if _mark(item) is None}

    @cached_property
    def cases(self) -> dict[str, Case]:
        """What is known of each, by the item's identifier, in the order of collection."""
        marked = {item.nodeid: _mark(item) for item in self.items}
        left = POINTS - sum(case.max_points for case in marked.values() if case is not None)
        shares = _shares(left, len(self.plain))
        taken = {case.id for case in marked.values() if case is not None}
        found = {}
        self._count = Counter[str]()
        for item in self.items:
            case = marked[item.nodeid]
            if case is None:
                case = self._derive(item, next(shares), taken)
                taken.add(case.id)
            found[item.nodeid] = case
        return found

    @property
    def direct(self) -> frozenset[str]:
        """The identifiers of the items that need no more than to be run; see `direct`."""
        return frozenset(item.nodeid for item in self.items if is_direct(item))

    def in_order(self) -> tuple[tuple[Case, ...], list[pytest.Item]]:
        """Return the cases in the order of a report, and the items in that of a run.

        What is public runs first: no worker knows a hidden input then when a public case is judged,
        so that whatever the learner's code says in one may be repeated.
        """
        place = {name: at for at, name in enumerate(self._kata.functions)}
        most = len(place)
        ordered = sorted(self.cases.values(), key=lambda case: place.get(case.function, most))
        rank = {case.id: at for at, case in enumerate(ordered)}

        def turn(item: pytest.Item) -> tuple[bool, int]:
            case = self.cases[item.nodeid]
            return not case.is_open, -1 if item.nodeid in self.plain else rank[case.id]

        return tuple(ordered), sorted(self.items, key=turn)

    def _derive(self, item: pytest.Item, points: int, taken: set[str]) -> Case:
        """Return what an ordinary test says of itself."""
        function: Any = getattr(item, "function", None)
        parent = getattr(item, "cls", None)
        group = parent.__name__ if parent is not None else item.path.stem
        name, bracket, _ = item.name.partition("[")
        self._count[item.nodeid.partition("[")[0]] += 1
        which = (
            _own_name(item) or str(self._count[item.nodeid.partition("[")[0]]) if bracket else ""
        )
        names = _names_in(function, tuple(self._kata.functions))
        return Case(
            id=_unlike(f"{_tidy(group)}.{_tidy(f'{name}-{which}')}", taken),
            title=_title(name, which, function),
            max_points=points,
            needs=None,
            hint=_HINT,
            visibility="hidden",
            judges=names[0] if names else self._kata.module,
        )


def _mark(item: pytest.Item) -> Case | None:
    case = getattr(getattr(item, "function", None), "case", None)
    return case if isinstance(case, Case) else None


def _is_skipped(item: pytest.Item) -> bool:
    """Say whether a test's author has it left out."""
    objects = (getattr(item, "function", None), getattr(item, "cls", None))
    marked = any(getattr(one, "__unittest_skip__", False) for one in objects)
    return marked or item.get_closest_marker("skip") is not None


def _shares(points: int, count: int) -> Any:
    """Yield whole numbers that sum to the points, as equal as can be; at least one each."""
    if count > points:
        return iter([1] * count)
    return iter([points * (at + 1) // count - points * at // count for at in range(count)])


@cache
def _names_in(function: Any, names: tuple[str, ...]) -> list[str]:
    """Return which of these names the source of a test holds, the first first."""
    code = getattr(inspect.unwrap(function), "__code__", None) if function is not None else None
    if code is None:
        return []
    lines = linecache.getlines(code.co_filename)[code.co_firstlineno - 1 : _last_line(code)]
    source = "".join(lines)  # `inspect.getsource` would take them apart to find the last one
    body = source.partition(":\n")[2] or source
    return [word for word in _WORD.findall(body) if word in names]


def _last_line(code: CodeType) -> int:
    inside = [_last_line(one) for one in code.co_consts if isinstance(one, CodeType)]
    return max([*inside, *(line or 0 for _, _, line in code.co_lines())])


def _own_name(item: pytest.Item) -> str:
    """Return how the author names the parameters of a test; empty if pytest does.

    What it makes of the values would tell those of a hidden case, and what is expected.
    """
    sets = [mark for mark in item.iter_markers("parametrize") if not _is_named(mark)]
    callspec: Any = getattr(item, "callspec", None)
    marked = {name for mark in item.iter_markers("parametrize") for name in argument_names(mark)}
    if sets or callspec is None or callspec.params.keys() - marked:
        return ""
    return str(callspec.id)


def _is_named(mark: pytest.Mark) -> bool:
    if isinstance(mark.kwargs.get("ids"), list | tuple):
        return all(isinstance(one, str) for one in mark.kwargs["ids"])
    values = mark.args[1] if len(mark.args) > 1 else mark.kwargs.get("argvalues", ())
    return isinstance(values, list | tuple) and all(getattr(one, "id", None) for one in values)


def _title(name: str, which: str, function: Any) -> str:
    said = inspect.getdoc(function) or ""
    words = said.strip().splitlines()[0] if said.strip() else _in_words(name)
    return f"{words}: {which}"[:_TITLE] if which else words[:_TITLE]


def _in_words(name: str) -> str:
    words = _PREFIX.sub("", name).replace("_", " ").strip() or name
    return words[0].upper() + words[1:]


def _tidy(name: str) -> str:
    """Return a name as an identifier of a case may have it."""
    tidy = re.sub(r"[^a-z0-9_-]+", "-", _PREFIX.sub("", name).lower()).strip("-")
    return tidy or "case"


def _unlike(name: str, taken: set[str]) -> str:
    """Return a name that is not taken."""
    at, found = 2, name
    while found in taken:
        at, found = at + 1, f"{name}-{at}"
    return found
