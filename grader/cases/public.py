"""What the visible cases ask: inputs that a learner may see, so that more can be told of them."""

import contextlib
import warnings
from functools import cache

from grader.cases.catalogue import all_cases, functions
from grader.cases.checks import tolerance
from grader.cases.given import GIVEN, given_to
from grader.cases.imports import Imports
from grader.cases.recorded import CaseCall, Recorder
from grader.cases.rehearsal import Rehearsal
from grader.cases.solutions import Ours
from grader.kata import Kata


@cache
def public_calls(kata: Kata) -> tuple[CaseCall, ...]:
    """Return the calls that the visible cases make of the solution, in order.

    A case that asks pytest for more than the three names, fixtures for instance, is left out.
    """
    all_cases(kata)  # imports the cases, if nobody has yet
    cases = [pair for pair in functions(kata) if pair[0].is_open and parameters(pair[1]) <= GIVEN]
    if not cases:
        return ()
    rehearsal = Rehearsal(kata.solution_path.read_text(encoding="utf-8"), kata)
    recorder = Recorder(rehearsal.module)
    stand_in = Imports(kata).stand_in
    before = tolerance.set(kata.tolerance)
    try:
        for case, function in cases:
            given = given_to(case, rehearsal, 0)
            asking: contextlib.AbstractContextManager[None] = contextlib.nullcontext()
            if stand_in is not None:
                asking = stand_in.asks(Ours(rehearsal.module, stand_in.known.exceptions))
            with asking, contextlib.suppress(Exception), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                function(**{name: given[name]() for name in parameters(function)})
    finally:
        tolerance.reset(before)
    return tuple(recorder.calls)


def parameters(function: object) -> set[str]:
    """Return the names of the parameters of a case."""
    code = getattr(function, "__code__", None)
    return set() if code is None else set(code.co_varnames[: code.co_argcount])
