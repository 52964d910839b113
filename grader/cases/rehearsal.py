"""Grading without a jail, for code that the authors trust: the solution with mistakes in it.

It is the same path otherwise: the worker's own module calls the functions and describes what
they do, and the cases see the same answers.
"""

import ast
import sys
import warnings
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np

from grader.cases import catalogue
from grader.cases.case import Case
from grader.cases.checks import tolerance
from grader.cases.given import given_to, reason
from grader.jail.talk import Reply
from grader.jail.worker import Request
from grader.kata import Kata
from grader.learner.answer import Answer
from grader.learner.credit import Credit
from grader.learner.endings import CaseEnded, NotRun, Raised
from grader.learner.requests import Argument
from grader.learner.submission import REFILLED, Call, Submission
from grader.report.seen import Seen
from grader.worker import submission as inside
from grader.worker.arrays import lay_out, refill
from grader.worker.objects import Objects

if TYPE_CHECKING:
    from grader.learner.workers import Workers


class Rehearsal(Submission):
    """A submission that runs in this process.

    Args:
        source: code that is trusted.
        kata: what it is to be.

    Raises:
        BaseException: whatever the source raises.
    """

    def __init__(self, source: str, kata: Kata) -> None:
        self.kata = kata
        self._text = source
        self._inside = _loaded(source, kata)
        self.module = self._inside.module  # which stands for the learner's in plain cases
        self._others: tuple[Rehearsal, ...] = ()
        self._objects: Objects | None = None
        self._last: dict[str, list[Argument]] = {}
        self.credit = Credit(kata.functions)
        self.workers = cast("Workers", _NoWorkers())

    @property
    def beside(self) -> "tuple[Rehearsal, ...]":
        """The same code in two modules of their own."""
        if not self._others:
            self._others = Rehearsal(self._text, self.kata), Rehearsal(self._text, self.kata)
        return self._others

    def exchange(self, name: str, request: Request, most: int) -> Reply:
        """See `Submission.exchange`."""
        if self._objects is None:
            self._objects = Objects(self.module, self.kata.file)
        header, buffers = request
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            reply, answer = self._objects.answer(header, [bytearray(one) for one in buffers])
        return reply, [bytearray(one) for one in answer]

    def settle(self) -> int:
        """See `Submission.settle`; nothing is owed, and nobody keeps what is printed."""
        return 0

    def ask_each(self, name: str, calls: Sequence[Call]) -> Iterator[Answer | Raised]:
        """See `Submission.ask_each`."""
        for args, layout in calls:
            given = [
                lay_out(arg.copy(), layout) if isinstance(arg, np.ndarray) else arg for arg in args
            ]
            if layout == REFILLED:
                given = refill(self._last.get(name, []), given)
            self._last[name] = given
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                header, buffers = self._inside.call(name, given)
            if "error" in header:
                kind = header["error"]["type"]
                yield Raised(f"{name} raised {kind}.", Seen("raised", type=kind))
                continue
            answer = Answer(
                self.kata.functions[name], header, [bytearray(buffer) for buffer in buffers]
            )
            self.credit.answered[name].append((tuple(args), answer))
            yield answer


class _NoWorkers:
    """In the place of workers: nothing is kept of what is printed in this process."""

    now = source = printed = b""

    def printed_since(self, _: int) -> bytes:
        return b""

    def end(self) -> None:
        """Do nothing: there are none."""


def _loaded(source: str, kata: Kata) -> inside.LearnerModule:
    """Run a source as a worker does, leaving modules of ours that have its names where they are.

    The cases know the solution's own exceptions: where the source has the same, these are raised.
    """
    before = {name: sys.modules.get(name) for name in (kata.module, "__main__")}
    try:
        loaded = inside.LearnerModule(source.encode(), kata.file)
    finally:
        for name, module in before.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module
    own = _own_exceptions(kata)
    if own:
        texts = _classes(source)
        for name, (known, text) in own.items():
            if texts.get(name) == text:
                setattr(loaded.module, name, known)
    return loaded


@cache
def _own_exceptions(kata: Kata) -> dict[str, tuple[type, str]]:
    """Return the exception classes of the solution, each with its syntax tree."""
    own = kata.solution.__name__
    texts = _classes(kata.solution_path.read_text(encoding="utf-8"))
    return {
        name: (value, texts[name])
        for name, value in vars(kata.solution).items()
        if isinstance(value, type) and issubclass(value, BaseException)
        if value.__module__ == own and name in texts
    }


def _classes(source: str) -> dict[str, str]:
    tree = ast.parse(source)
    return {node.name: ast.dump(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def run_cases(
    source: str,
    seed: int,
    kata: Kata,
    *,
    until_missed: bool = False,
    first: Collection[str] = (),
) -> dict[str, bool]:
    """Run the cases on trusted code, without pytest, and say of each whether it passed.

    Args:
        source: the code.
        seed: as for a grading.
        kata: whose cases they are.
        until_missed: stop at the first case that does not pass.
        first: identifiers of cases that are run before all others, but for open ones.
    """
    tolerance.set(kata.tolerance)
    rehearsal = Rehearsal(source, kata)
    missed: dict[str, NotRun] = {}
    passed: dict[str, bool] = {}
    cases = catalogue.in_running_order(catalogue.functions(kata))
    for case, function in sorted(cases, key=lambda one: not _comes_early(one[0], first)):
        if case.needs in missed:
            missed[case.id] = missed[case.needs]
            passed[case.id] = False
            continue
        rehearsal.credit.excused = not missed.keys().isdisjoint(case.excused_by)
        wanted = function.__code__.co_varnames[: function.__code__.co_argcount]
        given = given_to(case, rehearsal, seed)
        try:
            function(**{name: given[name]() for name in wanted})
            passed[case.id] = True
        except CaseEnded as ended:
            passed[case.id] = False
            missed[case.id] = reason(case, ended)
            if until_missed:
                break
    return passed


def _comes_early(case: Case, first: Collection[str]) -> bool:
    """Say whether a case runs before others: an open one, at whose answers others may look."""
    return case.is_open or (case.id in first and not case.excused_by)


def cases_that_catch(source: str, seed: int, kata: Kata) -> list[Case]:
    """Return the cases that do not pass on trusted code."""
    passed = run_cases(source, seed, kata)
    return [case for case in catalogue.all_cases(kata) if not passed[case.id]]
