"""What a worker says went wrong, in words for the learner. It is a claim, and treated as one."""

from typing import Any

from grader.learner.code import read_code
from grader.learner.missing import Said, say_missing_module, say_used
from grader.text import clean_line
from grader.worker import wire
from grader.worker.refusals import PHRASES

MAX_SAID = 400
"""Characters of an exception's message that a learner is shown."""
_ADVICE = {"MemoryError": "that is more than a submission may use"}


def describe_error(error: Any, source: bytes) -> str:
    """Say in a sentence, whose subject comes before it, what was raised and where.

    Args:
        error: what `grader.worker.results.describe_error` made of it.
        source: the learner's file, for the line.
    """
    if not isinstance(error, dict):
        return "raised an exception."
    attempted, place = error.get("attempted"), place_of(error, source)
    if isinstance(attempted, str) and attempted in PHRASES:
        return f"tried to {attempted}; in this kata your code cannot, and need not{place}"
    said = _say_what_is_not_here(error, source)
    if said is not None:
        return f"{said[0].removeprefix('It ')}{place.removesuffix('.')}. {said[1]}"
    kind = type_name(error.get("type"))
    message = clean_line(str(error.get("message") or ""), MAX_SAID)
    if kind in _ADVICE:
        message = f"{message}; {_ADVICE[kind]}".removeprefix("; ")
    return f"raised {kind}: {message}{place}" if message else f"raised {kind}{place}"


def _say_what_is_not_here(error: dict[str, Any], source: bytes) -> Said | None:
    """Say of what is no part of this kata that it was used or imported, if that was it."""
    if isinstance(error.get("used"), str):
        return say_used("It", clean_line(error["used"], 60))
    if isinstance(error.get("module"), str):
        return say_missing_module("It", clean_line(error["module"], 40), _text_of(error, source))
    return None


def type_name(name: Any) -> str:
    """Return the name of a type as the worker gave it."""
    return clean_line(str(name), 80)


def count(required: Any, most: Any) -> str:
    """Say how many arguments a function takes."""
    if most is None:
        return f"at least {required}"
    return str(most) if required == most else f"{required} to {most}"


def place_of(error: wire.Header, source: bytes) -> str:
    """Say where something was raised, at the end of a sentence."""
    code, cell, line = read_code(source), error.get("cell"), error.get("line")
    place = code.place(cell, line)
    if not place or type(line) is not int:
        return "."
    text = clean_line(_text_of(error, source), 100)
    return f" ({place}: {text})" if text else f" ({place})."


def _text_of(error: wire.Header, source: bytes) -> str:
    """Return the line where something was raised; empty if that is not known."""
    line, lines = error.get("line"), read_code(source).lines(error.get("cell"))
    return lines[line - 1] if type(line) is int and 0 < line <= len(lines) else ""
