"""What would make a line Python, in words for the learner; see `grader.worker.mended`."""

from collections.abc import Callable
from typing import Any

from grader.text import clean_line

_Facts = dict[str, Any]
_Named = Callable[[Any], str]
_Said = tuple[str, str]
"""What is wrong, without its end; and what to do."""


def tell_change(facts: _Facts, named: _Named) -> _Said | None:
    """Say what a line lacks, or has too much; None if that is not known.

    Args:
        facts: what the worker found.
        named: names a line.
    """
    tell = _TELLERS.get(str(facts.get("code")))
    return tell(facts, named) if tell is not None else None


def _word(facts: _Facts, key: str, most: int) -> str:
    return clean_line(str(facts.get(key)), most)


def _instead(facts: _Facts, _: _Named) -> _Said:
    sign, right = _word(facts, "sign", 5), _word(facts, "right", 12)
    if right == "nothing":
        return f"the {sign} in this line is too much", "Delete it."
    return f"this line has {sign} where Python has {right}", f"Write it with {right}."


def _branch(facts: _Facts, _: _Named) -> _Said:
    word = _word(facts, "sign", 8)
    opener = "try" if word in ("except", "finally") else "if"
    what = f"this {word} belongs to no {opener}"
    return what, f"Indent it exactly as its {opener}, with nothing else of that margin between."


def _try(facts: _Facts, named: _Named) -> _Said:
    what = f"the try in {named(facts.get('other'))} has no except and no finally"
    return what, "Write one above this line, indented as the try."


def _misspelt(facts: _Facts, _: _Named) -> _Said:
    word, right = _word(facts, "sign", 20), _word(facts, "right", 12)
    return f"{word} is no word of Python's", f"Do you mean {right}?"


def _gap(facts: _Facts, _: _Named) -> _Said:
    left, right = _word(facts, "sign", 20), _word(facts, "right", 20)
    what = f"something is missing between {left} and {right}"
    if facts.get("code") == "as":
        return what, "Is it as?"
    if facts.get("code") == "in":
        return what, "A for needs in."
    return what, "An operator such as *, a comma, or a new line?"


def _backslash(_: _Facts, __: _Named) -> _Said:
    what = "something stands after the \\ that goes on in the next line"
    return what, "Delete what follows it, blanks too."


def _nameless(facts: _Facts, _: _Named) -> _Said:
    return f"a name is missing after {_word(facts, 'sign', 8)}", "Which is it?"


def _dashname(facts: _Facts, _: _Named) -> _Said:
    what = f"{_word(facts, 'sign', 30)} is no name, which has neither - nor blanks in it"
    return what, "Write _ in their place."


def _pair(facts: _Facts, _: _Named) -> _Said:
    what = f"{_word(facts, 'sign', 2)} and {_word(facts, 'right', 2)} stand side by side"
    return what, "Delete one of them, or put what is missing between them."


def _open_end(facts: _Facts, _: _Named) -> _Said:
    what = f"something has to follow the {_word(facts, 'sign', 3)} at the end of this line"
    return what, "To go on in the next line, put brackets around both."


def _escape(_: _Facts, __: _Named) -> _Said:
    what = "a \\ in a text of this line stands for something else with what follows it"
    return what, "Write / for it, or \\\\."


def _digit(facts: _Facts, _: _Named) -> _Said:
    what = f"{_word(facts, 'sign', 20)} begins with a digit, so it is no name"
    return what, "Begin it with a letter. If it is a product, write *."


def _dashed(facts: _Facts, _: _Named) -> _Said:
    what = f"{_word(facts, 'sign', 30)} can be no module's name, for its -"
    return what, "One file is judged: put what you need of it into this one."


def _braces(facts: _Facts, _: _Named) -> _Said:
    sign = _word(facts, "sign", 3)
    if sign == "{}":
        return "the {} in an f-string of this line is empty", "Write between them what to show."
    what = f"the {sign} in an f-string of this line has no partner"
    return what, "Close it, or write it twice if it is to be shown."


_TELLERS: dict[str, Callable[[_Facts, _Named], _Said]] = {
    "instead": _instead,
    "branch": _branch,
    "try": _try,
    "misspelt": _misspelt,
    "gap": _gap,
    "in": _gap,
    "nameless": _nameless,
    "digit": _digit,
    "dashed": _dashed,
    "braces": _braces,
    "as": _gap,
    "dashname": _dashname,
    "pair": _pair,
    "open_end": _open_end,
    "escape": _escape,
    "backslash": _backslash,
}
