"""How a case ended, in words for the learner: each ending is made here from its facts.

What a worker says went wrong is a claim, and treated as one. `UNTOLD` is what is said where the
facts may not be told; it follows from the outcome alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from grader.kata import Kata
from grader.learner.code import Units, read_code
from grader.learner.endings import Crashed, Failed, NotRun, Raised, TimedOut
from grader.report.seen import Outcome, Seen
from grader.text import clean_line
from grader.worker.refusals import PHRASES

MAX_SAID = 400
"""Characters of an exception's message that a learner is shown."""
_OF_NAMES = ("AttributeError", "NameError")
_ADVICE = {"MemoryError": "that is more than a submission may use"}
_IN_ITS_PLACE = {
    "class": "{name} is a class in your file; the kata asks for a function.",
    "async": "{name} is an async function; calling it computes nothing. Use a plain def.",
    "generator": "{name} is a generator because of a yield in it. Return the result instead.",
    "value": "{name} is not a function in your file.",
}
"""What is said where something else has the name of a function, by what it is."""


UNTOLD: dict[Outcome, str] = {
    "passed": "",
    "failed": "What {function} did is not what the statement asks for.",
    "error": "{function} raised an exception.",
    "timeout": "{function} did not finish in time.",
    "crashed": "{function} ended the process that it ran in.",
    "not_run": "Not judged: the time was used up, {function} had been stopped too often, or it "
    "cannot be judged on the function that it stands on.",
}
"""What is said of a case whose facts may not be told, by its outcome."""
AFTER = "Not judged before this case passes: {title}."
"""What is said of a case that waits for another, told or not."""
NOT_LOADED = "The file could not be loaded, so this was not judged."
"""What is said of a case of a file that could not be loaded."""


def no_function(name: str, kind: str) -> Failed:
    """Return how a case ends where something else has the name of a function.

    Args:
        name: the function's name.
        kind: what the worker says is there.
    """
    kind = kind if kind in _IN_ITS_PLACE else "value"
    return Failed(_IN_ITS_PLACE[kind].format(name=name), Seen("not_a_function", type=kind))


def no_such_function(kata: Kata, name: str, functions: Mapping[str, Any], code: Units) -> Failed:
    """Return how a case ends for which there is no function; see `say_missing_function`.

    Args:
        kata: what asks for it.
        name: the function's name.
        functions: what the worker says of each function, and under "" of the others.
        code: the learner's code.
    """
    from grader.learner.another_kata import another_kata
    from grader.learner.missing import say_missing_function, those_there

    top = functions.get("")
    defined = top.get("defined") if isinstance(top, dict) else None
    where = functions[name].get("where")
    parameters, others = kata.functions[name].parameters, those_there(kata.functions, functions)
    text = say_missing_function(name, parameters, where, defined, code, others)
    return another_kata(kata, functions) or Failed(text, Seen("missing"))


def missing(kind: str, name: str, kata: Kata, functions: Mapping[str, Any]) -> Failed:
    """Return how a case ends for which there is nothing of this name; `kind` says what it asks."""
    from grader.learner.another_kata import another_kata

    text = f"There is no {kind} {name} in your file. Is its name spelled exactly so?"
    return another_kata(kata, functions) or Failed(text, Seen("missing"))


def wrong_signature(name: str, parameters: Sequence[str], about: Mapping[str, Any]) -> Failed:
    """Return how a case ends whose function takes too few arguments, or asks for too many.

    Args:
        name: the function's name.
        parameters: what the kata passes.
        about: what the worker says of it; see `say_signature`.
    """
    from grader.learner.missing import say_signature

    return Failed(say_signature(name, parameters, about), Seen("signature"))


def raised(name: str, error: Any, source: bytes) -> Raised:
    """Return how a case ends whose function raised something.

    Args:
        name: the function's name.
        error: what `grader.worker.results.describe_error` made of it.
        source: the learner's file, for the line.
    """
    seen = seen_of(error, source)
    return Raised(f"{name} {_say(seen, source)}", seen)


def timed_out(what: str, seconds: float) -> TimedOut:
    """Return how a case ends in which something took longer than it may."""
    return TimedOut(f"{what} did not finish within {seconds:g} s.")


def killed(what: str, reason: str) -> Crashed:
    """Return how a case ends whose worker ended; the reason goes on from "your code"."""
    return Crashed(f"While {what} was running, your code {reason}.")


def meddled() -> Crashed:
    """Return how a case ends in which an answer came that no worker gives."""
    return Crashed("Your code wrote to a pipe that belongs to the grader.", Seen("meddled"))


def meddled_at_loading() -> Crashed:
    """Return how the loading of a file ends that answers for the grader."""
    text = "While the file was loading, your code answered in the grader's place."
    return Crashed(text, Seen("meddled"))


def time_used_up(seconds: float) -> NotRun:
    """Return how a case ends for which no time is left."""
    text = f"The {seconds:g} s that a submission may take were used up."
    return NotRun(text, Seen("time_used_up"))


def stopped_too_often(name: str) -> NotRun:
    """Return how a case ends whose function has taken too many workers along."""
    text = f"{name} was stopped too often before; it was not called again."
    return NotRun(text, Seen("stopped_too_often"))


def waits(case: str, title: str, reason: str = "") -> NotRun:
    """Return how a case ends that is not judged before another one passes.

    Args:
        case: the other one's id.
        title: its title.
        reason: how it ended, where that says more than its title.
    """
    first = f"Not judged, because of what the first case shows: {reason}"
    return NotRun(first if reason else AFTER.format(title=title), Seen("waits", name=case))


def returned_none(name: str) -> Failed:
    """Return how a case ends whose function returned nothing."""
    text = f"{name} is not implemented yet: it returned None. If it is, its return is missing."
    return Failed(text, Seen("returned_none"))


def no_tuple(name: str, result: Any, wanted: Sequence[str]) -> Failed:
    """Return how a case ends whose function returned something else than a tuple.

    Args:
        name: the function's name.
        result: the worker's description of what it returned.
        wanted: the names of what the tuple should hold.
    """
    text = f"{name} returned {_name(result)}, but should return {_tuple(wanted)}."
    return Failed(text, _seen_of_result(result))


def wrong_count(name: str, length: int, wanted: Sequence[str]) -> Failed:
    """Return how a case ends whose function returned a tuple of another length."""
    text = f"{name} returned {length} things, but should return {_tuple(wanted)}."
    return Failed(text, Seen("wrong_count"))


def no_array(what: str, result: Any, *, returned: bool) -> Failed:
    """Return how a case ends where there is something else than an array.

    That is what a function `returned`, or what a part of it is; `result` is the worker's word.
    """
    why = result.get("why") if isinstance(result, dict) else None
    wanted = _ARRAYS.get(str(why), "a NumPy array")
    came, should = ("returned", "return") if returned else ("is", "be")
    text = f"{what} {came} {_name(result)}, but should {should} {wanted}."
    return Failed(text, _seen_of_result(result))


def wrong_shape(what: str, shape: tuple[int, ...], wanted: tuple[int, ...]) -> Failed:
    """Return how a case ends whose answer has another shape; `what` begins the sentence."""
    return Failed(f"{what} has shape {shape}, but should have shape {wanted}.", Seen("shape"))


def seen_of(error: Any, source: bytes) -> Seen:
    """Return the facts of what a worker says was raised; see `raised`."""
    if not isinstance(error, dict):
        return Seen("raised")
    cell, line, text = _place(error, source)
    attempted = error.get("attempted")
    if isinstance(attempted, str) and attempted in PHRASES:
        return Seen("refused", name=attempted, line=line, source=text, cell=cell)
    kind, said = type_name(error.get("type")), clean_line(str(error.get("message") or ""), MAX_SAID)
    for fact in ("used", "module"):
        if isinstance(error.get(fact), str):
            name = clean_line(error[fact], 60)
            return Seen("not_here", fact, said, name, line=line, source=text, cell=cell)
    missed = error.get("not_in_numpy") or error.get("unknown")
    name = clean_line(missed, 60) if isinstance(missed, str) and kind in _OF_NAMES else ""
    return Seen("raised", kind, said, name, line=line, source=text, cell=cell)


def describe_error(error: Any, source: bytes) -> str:
    """Say in a sentence, whose subject comes before it, what was raised and where."""
    return _say(seen_of(error, source), source)


def type_name(name: Any) -> str:
    """Return the name of a type as the worker gave it."""
    return clean_line(str(name), 80)


def _say(seen: Seen, source: bytes) -> str:
    place = _say_place(seen)
    if seen.code == "not_here":
        from grader.learner.missing import say_missing_module, say_used

        say = say_used if seen.type == "used" else say_missing_module
        what, step = say("It", seen.name, seen.source)
        return f"{what.removeprefix('It ')}{place.removesuffix('.')}. {step}"
    if seen.code == "refused":
        return f"tried to {seen.name}; in this kata your code cannot, and need not{place}"
    if not seen.type:
        return "raised an exception."
    said = seen.said
    if seen.name:
        from grader.learner.missing import say_not_in_numpy
        from grader.learner.names import say_unknown_name

        step = say_unknown_name(seen.name, read_code(source), seen.source)
        if seen.type == "AttributeError":
            said, step = say_not_in_numpy(seen.name)
        place = f"{place.removesuffix('.')}. {step}" if step else place
    if seen.type in _ADVICE:
        said = f"{said}; {_ADVICE[seen.type]}".removeprefix("; ")
    return f"raised {seen.type}: {said}{place}" if said else f"raised {seen.type}{place}"


def _say_place(seen: Seen) -> str:
    if seen.line is None:
        return "."
    place = f"line {seen.line}" if seen.cell is None else f"cell {seen.cell}, line {seen.line}"
    return f" ({place}: {seen.source})" if seen.source else f" ({place})."


def _place(error: dict[str, Any], source: bytes) -> tuple[int | None, int | None, str]:
    """Return the cell, the line where something was raised, and its text, as far as they exist."""
    code, cell, line = read_code(source), error.get("cell"), error.get("line")
    if type(line) is not int or not code.place(cell, line):
        return None, None, ""
    return cell if code.notebook else None, line, clean_line(code.lines(cell)[line - 1], 100)


_ARRAYS = {
    "subclass": "a plain np.ndarray, not a subclass of it",
    "dtype": "an array of real numbers",
    "size": "an array with the shape that the statement says",
}
"""What there should be instead of an array that may not cross, by why it may not."""


def _tuple(names: Sequence[str]) -> str:
    return f"a tuple ({', '.join(names)})"


def _seen_of_result(result: Any) -> Seen:
    """Return the facts of something that is not what it should be."""
    if not isinstance(result, dict):
        return Seen("wrong_kind")
    if result.get("kind") == "refused" and result.get("why") == "size":
        return Seen("shape")
    if result.get("kind") == "array":
        return Seen("wrong_kind", type="ndarray")
    refused_dtype = result.get("kind") == "refused" and result.get("why") == "dtype"
    return Seen("dtype" if refused_dtype else "wrong_kind", type=type_name(result.get("type")))


def _name(result: Any) -> str:
    """Name what was returned, for a sentence."""
    if not isinstance(result, dict):
        return "something else"
    kind, name = result.get("kind"), type_name(result.get("type"))
    if kind == "array":
        return "one array"
    if kind == "refused" and result.get("why") == "dtype":
        return f"an array of dtype {name}"
    if kind == "refused" and result.get("why") == "size":
        return f"an array of shape {name}"
    return "None" if name == "NoneType" else f"an object of type {name}"
