"""Why a file could not be loaded, as facts and in words for the learner."""

from typing import Any

from grader.learner.endings import Raised
from grader.learner.messages import MAX_SAID, describe_error, place_of, seen_of
from grader.report.seen import Seen
from grader.text import clean_line

_SYNTAX = ("SyntaxError", "IndentationError", "TabError", "UnicodeDecodeError")


def not_loaded(error: Any, source: bytes) -> Raised:
    """Return how the loading of a file ends that raised something."""
    return Raised(describe_load_error(error, source), seen_at_loading(error, source))


def seen_at_loading(error: Any, source: bytes) -> Seen:
    """Return the facts of why the learner's file could not be loaded."""
    seen = seen_of(error, source)
    if not isinstance(error, dict) or seen.code != "raised":
        return seen
    if error.get("type") == "SystemExit":
        return seen._replace(code="ends_program")
    return seen._replace(code="not_python") if error.get("type") in _SYNTAX else seen


def describe_load_error(error: Any, source: bytes) -> str:
    """Say in a sentence why the learner's file could not be loaded."""
    if not isinstance(error, dict):
        return "Loading the file failed."
    kind = error.get("type")
    if kind == "SystemExit":
        return f"The file ends the program when it is loaded (SystemExit){place_of(error, source)}"
    if kind in _SYNTAX:
        message = clean_line(str(error.get("message") or ""), MAX_SAID)
        return f"The file is not valid Python: {message}{place_of(error, source)}"
    return f"Loading the file {describe_error(error, source)}"
