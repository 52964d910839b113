"""Cases that need no pytest, which takes as long to load as all of them to run.

They are those that pytest would merely call: functions with a mark, in files that name neither
pytest nor unittest. What it would collect of them, and run in which order, the catalogue has.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from grader.cases.case import Case, CaseToRun
from grader.cases.catalogue import functions, in_flow, in_running_order
from grader.cases.given import GIVEN, asked_by
from grader.cases.imports import Imports
from grader.cases.runner import Order, Runner, Tell
from grader.kata import Kata

_MORE = re.compile(rb"\b_?(pytest|unittest|_test__|setup|setUp|teardown|tearDown)")
_COLLECTED = ("case_", "test", "Test")  # how the names begin that `pytest.ini` has collected


class Called(NamedTuple):
    """A case that is merely called.

    Attributes:
        case: what is known of it beforehand.
        function: the case itself.
    """

    case: Case
    function: Callable[..., object]

    @property
    def nodeid(self) -> str:
        """What it is known by."""
        return self.case.id

    @property
    def fixturenames(self) -> frozenset[str]:
        """The names of what it asks for."""
        return asked_by(self.function)


def find(kata: Kata) -> list[Called]:
    """Return the cases of a kata, in the order of a report, if all are merely called; else none."""
    folders = {path.parent for path in kata.cases}
    files = [path for folder in folders for path in folder.glob("*.py")]
    if any(path.name == "conftest.py" or _MORE.search(path.read_bytes()) for path in files):
        return []
    try:
        collected = [each for path in kata.cases for each in _collected(kata, path)]
    except Exception:
        return []  # pytest says what is the matter
    found = [
        Called(each.case, each)
        for each in collected
        if isinstance(getattr(each, "case", None), Case)
    ]
    names = {one.nodeid for one in found}
    if not len(found) == len(names) == len(collected) == len(functions(kata)):
        return []
    if any(one.fixturenames - GIVEN for one in found):
        return []
    return in_flow(kata, found)


def run(kata: Kata, cases: Sequence[Called], orders: Iterable[Order], tell: Tell) -> None:
    """Judge one order after the other.

    Args:
        kata: whose cases they are.
        cases: what `find` returned.
        orders: what is judged.
        tell: see there.
    """
    runner = _Calling(kata, orders)
    runner.cases = {one.nodeid: one.case for one in cases}
    tell(tuple(runner.cases.values()))
    runner.judge_all(in_running_order(cases))


class _Calling(Runner):
    def turns(self, items: Sequence[Any]) -> Iterator[tuple[CaseToRun, Callable[[], object]]]:
        for item in items:
            yield item, partial(self.call, item, item.function)


def _collected(kata: Kata, path: Path) -> Iterator[Any]:
    """Yield what pytest would take for a case, or a class of them, of a file."""
    for name, member in vars(Imports(kata).load(path)).items():
        if name.startswith(_COLLECTED) and callable(member):
            yield member
