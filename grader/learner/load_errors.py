"""Why a file could not be loaded, in words for the learner."""

from typing import Any

from grader.learner.messages import MAX_SAID, describe_error, place_of
from grader.text import clean_line

_SYNTAX = ("SyntaxError", "IndentationError", "TabError", "UnicodeDecodeError")


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
