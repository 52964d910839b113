"""Why a file, or a cell of a notebook, did not load, in words for the learner.

Each sentence is made from what the worker found, and ends in what to do next. None is longer
than three lines of a screen: what is quoted of the learner's line is cut.
"""

from typing import Any

from grader.learner.code import Units, read_code
from grader.learner.endings import CaseEnded, Crashed, Raised, TimedOut
from grader.learner.messages import seen_of, type_name
from grader.learner.missing import say_missing_module, say_not_in_numpy, say_used
from grader.learner.names import say_not_in_python, say_unknown_name
from grader.learner.syntax_errors import SAID, About, Sentence, tell_syntax
from grader.report.seen import Seen
from grader.text import clean_line
from grader.worker.refusals import ARGUMENTS, DEBUGGER, FILES, KEYBOARD, NETWORK, PHRASES

MOST = 218
"""Characters of a sentence with its next step."""
_LEAST = 12  # characters of a line that are worth quoting
_MOST_CELLS = 2  # cells of which all is told
_SYNTAX = ("SyntaxError", "IndentationError", "TabError")


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
    """Say why the learner's file could not be loaded, and what to do."""
    if not isinstance(error, dict):
        return "Loading the file failed."
    return _say(About("The file", "Loading the file", read_code(source), error))


def describe_failed_cells(failed: Any, source: bytes) -> str:
    """Say which cells did not run to their end, as the others were run all the same."""
    told = [one for one in failed if isinstance(one, dict)] if isinstance(failed, list) else []
    sentences = []
    for error in told[:_MOST_CELLS]:
        number = error.get("unit")
        it = (
            f"Cell {number}" if type(number) is int and 0 < number < 10**6 else "A part of the file"
        )
        sentences.append(_say(About(it, it, read_code(source), error)))
    if len(told) > _MOST_CELLS:
        sentences.append("Others failed, too.")
    others = "cells" if read_code(source).notebook else "parts"
    return " ".join([*sentences, f"All other {others} were run."]) if sentences else ""


def loading(ended: TimedOut | Crashed, at: Any, code: Units) -> CaseEnded:
    """Return how the loading of a file ends, with the cell that hung or took the process along.

    Args:
        ended: how it ended, said of the file.
        at: the cell and line where the worker was, as it says.
        code: the code.
    """
    cell, line = at if isinstance(at, list) and len(at) == 2 else (None, None)
    place = code.place(cell if code.notebook else None, line)
    where = f"cell {cell}" if code.notebook else f"what begins in {place}"
    text = ended.message.replace("the file", where if place else "the file", 1)
    seen = ended.seen._replace(cell=cell) if place and code.notebook else ended.seen
    return type(ended)(text[:1].upper() + text[1:], seen)


def _say(about: About) -> str:
    """Put a sentence together, with as much of the line in it as there is room for."""
    what, step, rest = _tell(about)
    place = about.code.place(about.error.get("cell"), about.error.get("line"))
    step = f" {step}" if step else ""
    if not place:
        return f"{what}{rest}{step}"
    room = MOST - len(f"{what} ({place}: ){rest}{step}")
    text = clean_line(about.text, room) if room >= _LEAST else ""
    return f"{what} ({place}: {text}){rest}{step}" if text else f"{what} ({place}){rest}{step}"


def _tell(about: About) -> Sentence:
    error = about.error
    kind, attempted = type_name(error.get("type")), error.get("attempted")
    if kind in _SYNTAX:
        return tell_syntax(about)
    if isinstance(error.get("used"), str):
        what, step = say_used(about.it, clean_line(error["used"], 60))
        return Sentence(what, about.all_above() or step)
    if attempted == FILES:
        return _refused(about, FILES)
    if isinstance(error.get("itself"), str):
        what = f"{about.it} imports from {clean_line(error['itself'], 40)}, which is this file here"
        return Sentence(what, "Delete that line, and put what you need of another file into this.")
    if isinstance(error.get("module"), str) or about.text.lstrip().startswith("from ."):
        module = clean_line(str(error.get("module") or ""), 40)
        return Sentence(*say_missing_module(about.it, module, about.text))
    if attempted == ARGUMENTS or (kind == "IndexError" and "argv" in about.text):
        what = f"{about.it} asks for arguments of the command line, and there are none here"
        return Sentence(what, about.aside("Put that line, and what uses it,"))
    if kind == "SystemExit":
        what = f"{about.it} ends the program when it is loaded (SystemExit)"
        return Sentence(what, about.aside("Delete that line, or put it"))
    if attempted == KEYBOARD or "stdin" in about.text:
        what = f"{about.it} asks for an input, and nobody is at the keyboard here"
        return Sentence(what, about.aside("Put that line, and what uses it,"))
    if attempted == NETWORK:
        what = f"{about.it} asks for the network, and there is none here"
        put = "The functions need none: put that line, and what uses it,"
        return Sentence(what, about.aside(put))
    if attempted == DEBUGGER:
        return Sentence(f"{about.it} stops in a debugger that was left in", "Delete that line.")
    if isinstance(attempted, str) and attempted in PHRASES:
        return _refused(about, attempted)
    if isinstance(error.get("not_in_numpy"), str):
        what, step = say_not_in_numpy(clean_line(error["not_in_numpy"], 40))
        return Sentence(f"{about.loading} failed: {what}", step)
    if isinstance(error.get("not_in_python"), str):
        what = say_not_in_python(clean_line(error["not_in_python"], 60))
        return Sentence(f"{about.loading} raised {kind}: {what}", "Do without it.")
    said = clean_line(str(error.get("message") or ""), SAID)
    what = f"{about.loading} raised {kind}: {said}" if said else f"{about.loading} raised {kind}"
    if step := say_unknown_name(error.get("unknown"), about.code, about.text):
        return Sentence(what, step)
    if step := about.all_above():
        return Sentence(what, step)
    if about.code.notebook:
        return Sentence(what, 'Does it run after "Restart and run all"?')
    return Sentence(what, "Does it run on its own, from its first line to its last?")


def _refused(about: About, attempted: str) -> Sentence:
    what = f"{about.loading} tried to {attempted}; in this kata your code cannot, and need not"
    return Sentence(what, about.aside("Delete that line, or put it"))
