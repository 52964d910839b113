"""What a case may ask for by name: the learner's functions, the solution, chance."""

import inspect
import zlib
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from grader.cases.case import Case
from grader.kata import Kata
from grader.learner.endings import CaseEnded, NotRun
from grader.learner.messages import waits
from grader.learner.submission import Submission
from grader.worker.arrays import Array
from grader.worker.numeric import is_array, np

GIVEN = frozenset({"submission", "reference", "rng"})
"""What a case may ask for by name; see `given_to`."""
_NO_PLAIN_CALL = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
_REMEMBERED = 400  # results of one function: some times those of a submission


def given_to(case: Case, submission: Submission, seed: int) -> dict[str, Callable[[], Any]]:
    """Return what a case may ask for by name, made when it is asked for.

    They are `submission`, the learner's functions; `reference`; and `rng`, where the case
    draws its inputs from: those of a visible case never change.
    """
    return {
        "submission": lambda: submission,
        "reference": lambda: reference(submission.kata),
        "rng": lambda: draw_from(case, seed),
    }


@cache
def asked_by(function: Callable[..., Any]) -> frozenset[str]:
    """Return the names of the arguments of a test; something else if it is not to be called."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_flags & _NO_PLAIN_CALL:
        return frozenset({""})
    return frozenset(inspect.signature(function).parameters)


@cache
def reference(kata: Kata) -> ModuleType:
    """Return the solution, remembering what it returned: a class gets the same inputs."""
    module = ModuleType("reference")
    for name in kata.functions:
        setattr(module, name, _remembering(getattr(kata.solution, name)))
    return module


def _remembering(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that remembers the arrays that it returned for arrays and numbers."""
    results: dict[tuple[Any, ...], Array] = {}

    def remembered(*args: Any, **named: Any) -> Any:
        if named or not all(isinstance(arg, int | float) or is_array(arg) for arg in args):
            return function(*args, **named)
        key = tuple(
            (arg.shape, arg.dtype.str, arg.tobytes()) if is_array(arg) else (type(arg), arg)
            for arg in args
        )
        if key in results:
            return results[key]
        result = function(*args)
        if is_array(result):
            if len(results) >= _REMEMBERED:
                results.clear()
            results[key] = result
            result.setflags(write=False)
        return result

    return remembered


def draw_from(case: Case, seed: int) -> "np.random.Generator":
    """Return where a case draws its inputs from."""
    seed = seed if case.is_hidden else 0
    return np.random.default_rng([seed, zlib.crc32(case.id.encode())])


def reason(case: Case, ended: CaseEnded) -> NotRun:
    """Say why a case that stands on `case` cannot be judged."""
    if isinstance(ended, NotRun):
        return ended
    return waits(case.id, case.title, ended.message if case.needs is None else "")
