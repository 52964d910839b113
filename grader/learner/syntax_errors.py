"""Why a source is no Python, in words for the learner, from what `grader.worker.syntax` found."""

import platform
import sys
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple

from grader.learner.came_along import CAME_ALONG
from grader.learner.code import Units
from grader.learner.syntax_changes import tell_change
from grader.text import clean_line

MAIN = '`if __name__ == "__main__":`'
SAID = 90
"""Characters of what an exception says."""


class Sentence(NamedTuple):
    """A sentence in parts: what is wrong, before the place; the rest of it; what to do."""

    what: str
    step: str
    rest: str = "."


class About(NamedTuple):
    """What a sentence is about.

    Attributes:
        it: the file or the cell, as a subject.
        loading: the same where something happens.
        code: the code.
        error: what the worker says.
    """

    it: str
    loading: str
    code: Units
    error: dict[str, Any]

    def named(self, line: Any) -> str:
        """Name a line, for the middle of a sentence."""
        return self.code.place(self.error.get("cell"), line) or "another line"

    def pointed(self, line: Any) -> str:
        """Name a line, in a sentence that names its own at the end."""
        return "this line" if line == self.error.get("line") else self.named(line)

    def aside(self, what: str) -> str:
        """Say what becomes of lines that the functions do not need."""
        if self.code.notebook:
            return "The functions do not need it: delete it, or leave it as it is."
        above = self._above()
        return (
            f"All functions stand above {above}. {what} below {MAIN}."
            if above
            else (f"{what} below {MAIN}.")
        )

    def all_above(self) -> str:
        """Say what becomes of the rest where all functions stand above it; else empty."""
        above = self._above()
        return f"All functions stand above {above}: put the rest below {MAIN}." if above else ""

    def _above(self) -> str:
        """Name the line at which a file failed that had defined all functions by then."""
        if self.error.get("above") is not True or self.code.notebook:
            return ""
        return self.code.place(self.error.get("cell"), self.error.get("top")) or "that line"

    @property
    def text(self) -> str:
        """The line at which it failed; empty if that is not known."""
        line, lines = self.error.get("line"), self.code.lines(self.error.get("cell"))
        return lines[line - 1] if type(line) is int and 0 < line <= len(lines) else ""


def tell_syntax(about: About) -> Sentence:
    """Say why a source is no Python, and what to do."""
    facts = about.error.get("syntax")
    facts = facts if isinstance(facts, dict) else {}
    code = str(facts.get("code"))
    if _undecodable(about.code.text) is not None and "coding" not in about.text:
        what = f"{about.it} is not valid Python: it is not saved as utf-8"
        return Sentence(
            what, "Save it as UTF-8; most editors offer it where they ask for the name."
        )
    if code in CAME_ALONG:
        what, step = CAME_ALONG[code]
        return Sentence(what.format(it=about.it), step)
    tell = _TELLERS.get(code)
    said = tell(about, facts) if tell is not None else tell_change(facts, about.named)
    if said is None:
        message = clean_line(str(about.error.get("message") or ""), SAID)
        said = (message, "Change the line as this asks.")
        if message in ("", "invalid syntax"):
            said = ("Python stops in this line", _UNKNOWN)
    return Sentence(f"{about.it} is not valid Python: {said[0]}", said[1])


_UNKNOWN = "What is missing there, or at the end of the line above, or too much?"


def _undecodable(text: bytes) -> int | None:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _tabs(about: About, facts: dict[str, Any]) -> tuple[str, str]:
    tab, blank = about.named(facts.get("tab")), about.named(facts.get("blank"))
    step = 'Use blanks in both; editors offer to "convert tabs to spaces".'
    if tab == blank:
        return f"{tab} is indented with a tab and with blanks", step
    return f"{tab} is indented with a tab, {blank} with blanks", step


def _block(about: About, facts: dict[str, Any]) -> tuple[str, str]:
    other = about.named(facts.get("other"))
    what = f"after {other} an indented block has to follow"
    return what, "Indent it. A function that is empty as yet takes `pass`."


def _indented(about: About, facts: dict[str, Any]) -> tuple[str, str]:
    what = "this line is indented, and nothing above it asks for that"
    widths, other = facts.get("widths"), about.named(facts.get("other"))
    if isinstance(widths, list) and len(widths) == 2 and all(type(one) is int for one in widths):
        return what, f"It has {widths[0]} blanks in front, {other} has {widths[1]}: which is right?"
    return what, "What does it belong to? If to nothing, take away the blanks at its left."


def _outdented(_: About, __: dict[str, Any]) -> tuple[str, str]:
    what = "this line is indented as no line above it is"
    return what, "Indent it exactly as the lines that it belongs with."


def _character(_: About, facts: dict[str, Any]) -> tuple[str, str] | None:
    number = facts.get("character")
    if type(number) is not int or not 0 <= number < sys.maxunicode:
        return None
    one = chr(number)
    name = unicodedata.name(one, f"character U+{number:04X}")
    unseen = unicodedata.category(one)[0] in "CZ"
    article = "an" if name[0] in "AEIO" else "a"
    shown = f"{article} {name}" if unseen else f"{one} ({name})"
    typed = _TYPED.get(one, " " if unicodedata.category(one) == "Zs" else "")
    step = "Type the blanks of that line again." if typed == " " else "Delete it."
    if not unseen:
        step = f"Type it again: {typed}" if typed else "Type it again, or delete it."
    return f"{shown} came with copied text", step


_TYPED = {
    **dict.fromkeys("\u201c\u201d\u201e\u201f\xab\xbb\u2033\uff02", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\xb4\uff07", "'"),
    **dict.fromkeys("\u2212\u2013\u2014\u2010\u2011\uff0d", "-"),
    **dict.fromkeys("\xd7\u2217\u2219\xb7\u0387\uff0a", "*"),
    **dict.fromkeys("\uff08", "("),
    **dict.fromkeys("\uff09", ")"),
    **dict.fromkeys("\uff0c\u3001", ","),
    **dict.fromkeys("\uff1a", ":"),
    **dict.fromkeys("\uff1b", ";"),
    **dict.fromkeys("\uff1d", "="),
    **dict.fromkeys("\uff3b\u3010", "["),
    **dict.fromkeys("\uff3d\u3011", "]"),
    **dict.fromkeys("\xf7\u2215", "/"),
    **dict.fromkeys("\uff0b", "+"),
    "\u2026": "...",
    "\u2192": "->",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
    "\xb2": "**2",
    "\u221a": "np.sqrt",
}


def _python_2(_: About, __: dict[str, Any]) -> tuple[str, str]:
    what = f"this is Python 2, and Python {_here()} grades here"
    return what, "In Python 3, print takes brackets: print(…), and except takes as."


def _newer(_: About, facts: dict[str, Any]) -> tuple[str, str] | None:
    version = facts.get("version")
    if not isinstance(version, list) or not all(type(part) is int for part in version):
        return None
    needed = ".".join(str(part) for part in version[:2])
    what = f"this needs Python {needed}, and Python {_here()} grades here"
    return what, "Write it so that the older one understands it, too."


def _here() -> str:
    return ".".join(platform.python_version_tuple()[:2])


def _sign(facts: dict[str, Any]) -> str:
    return clean_line(str(facts.get("sign")), 3)


def _unclosed(about: About, facts: dict[str, Any]) -> tuple[str, str]:
    where = about.pointed(facts.get("line"))
    return f"the {_sign(facts)} in {where} is never closed", "Close it where it should end."


def _unmatched(about: About, facts: dict[str, Any]) -> tuple[str, str]:
    where = about.pointed(facts.get("line"))
    what = f"the {_sign(facts)} in {where} closes nothing"
    return what, "Delete it, or open it where it should begin."


def _mismatch(about: About, facts: dict[str, Any]) -> tuple[str, str]:
    opened, where = about.pointed(facts.get("other")), about.pointed(facts.get("line"))
    what = f"the {_sign(facts)} in {where} cannot close what was opened in {opened}"
    return what, "Close each bracket with one of its kind, the last one first."


def _string(about: About, facts: dict[str, Any]) -> tuple[str, str]:
    where = about.pointed(facts.get("line"))
    return f"the text after the {_sign(facts)} in {where} does not end", "Where should it end?"


def _outside(_: About, facts: dict[str, Any]) -> tuple[str, str]:
    of = "loop" if facts.get("of") == "loop" else "function"
    what = f"this line belongs into a {of}, and stands in none"
    return what, f"How far is it indented, and how far is the {of}?"


def _colon(_: About, __: dict[str, Any]) -> tuple[str, str]:
    return "a colon is missing in this line", "Put it at its end."


def _assigned(_: About, __: dict[str, Any]) -> tuple[str, str]:
    return "= gives a value, and this line compares", "Compare with ==."


def _elif(_: About, __: dict[str, Any]) -> tuple[str, str]:
    return "else if is one word in Python", "Write elif."


def _increment(_: About, __: dict[str, Any]) -> tuple[str, str]:
    return "there is no ++ and no -- in Python", "Write += 1 or -= 1."


def _language(_: About, __: dict[str, Any]) -> tuple[str, str]:
    what = "this line is written in another language"
    return what, "Python needs no braces, no types and no semicolons."


def _keyword(_: About, facts: dict[str, Any]) -> tuple[str, str]:
    word = clean_line(str(facts.get("sign")), 20)
    return f"{word} is a word of Python's own and cannot be a name", "Take another name."


_Teller = Callable[[About, dict[str, Any]], tuple[str, str] | None]
_TELLERS: dict[str, _Teller] = {
    "tabs": _tabs,
    "block": _block,
    "indented": _indented,
    "outdented": _outdented,
    "character": _character,
    "python2": _python_2,
    "newer": _newer,
    "unclosed": _unclosed,
    "unmatched": _unmatched,
    "mismatch": _mismatch,
    "string": _string,
    "outside": _outside,
    "colon": _colon,
    "assigned": _assigned,
    "elif": _elif,
    "increment": _increment,
    "language": _language,
    "keyword": _keyword,
}
