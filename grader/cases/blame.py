"""Whose doing it is that a plain test did not pass, and what may be told of it.

A failed assertion is the learner's. Its text is told where the author wrote one: those of Python's,
pytest's, unittest's and NumPy's own hold the expected value. What the learner's code raised is the
learner's. Any other exception is the learner's if the same test passes on the solution, and the
author's if it does not.
"""

import reprlib
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.cases.asking import Asked
from grader.cases.deadline import TookTooLong
from grader.cases.things import THROWN
from grader.learner.endings import CaseEnded, Failed, Raised
from grader.learner.remote import Handle
from grader.report.seen import Seen

_WITHHELD = "\0withheld"
_TEXT = 300  # characters of an author's text


class _Repr(reprlib.Repr):
    """Shortens values, and asks no object of the learner's what it is."""

    def repr1(self, x: Any, level: int) -> str:
        """Return the text of a value that is nested so deep."""
        return f"<{x._at.kind.lstrip('.')}>" if isinstance(x, Handle) else super().repr1(x, level)


_repr = _Repr()
_repr.maxlist = _repr.maxtuple = _repr.maxset = 8
_repr.maxstring = 60
_repr.maxother = 80


def prepare(items: Sequence[pytest.Item]) -> None:
    """Have the classes of unittest tell an author's text apart from their own.

    Their `subTest` runs what is in it: the first that fails ends the test.
    """
    unittest = sys.modules.get("unittest.case")  # if there is one of it, it is there
    for about in {getattr(item, "cls", None) for item in items}:
        if unittest is not None and about is not None and issubclass(about, unittest.TestCase):
            about._formatMessage = _keep_text
            about.subTest = _SubTest


def of_the_learner(
    error: BaseException, folder: Path, asked: Asked | None, *, sound: bool | None = None
) -> CaseEnded | None:
    """Return how a test ended by the learner's doing; None if that is not known, or not so.

    Args:
        error: what the test raised.
        folder: the kata's.
        asked: what the test asked last.
        sound: whether the same test passes on the solution; None if that was not tried.
    """
    if isinstance(error, CaseEnded):
        return error
    said = getattr(error, THROWN, None)
    if said is not None:
        return Raised(said)
    last = describe(asked)
    if isinstance(error, AssertionError | pytest.fail.Exception):
        text = _text_of(error, folder)
        text += "" if not text or text.endswith((".", "!", "?")) else "."
        return Failed(" ".join(filter(None, (text, last))) or _NOTHING, Seen("assertion"))
    if sound:
        late = isinstance(error, TookTooLong)
        why = "With what came the case goes on for too long." if late else _CANNOT_GO_ON
        return Failed(f"{why} {last}".strip(), Seen("wrong_kind"))
    return None


def describe(asked: Asked | None) -> str:
    """Say what was asked last and what came, in short."""
    if asked is None or asked.raised:
        return ""
    given = [_short(one) for one in asked.args]
    given += [f"{name}={_short(one)}" for name, one in asked.kwargs.items()]
    return f"{asked.what}({', '.join(given)}) returned {_short(asked.result)}."


def _short(value: object) -> str:
    try:
        return " ".join(_repr.repr(value).split())
    except Exception:
        return f"<{type(value).__name__}>"


def _text_of(error: BaseException, folder: Path) -> str:
    """Return the text that the author wrote for a failed assertion; empty if none."""
    text = str(error.args[0]) if error.args else getattr(error, "msg", None) or ""
    if not isinstance(text, str) or _WITHHELD in text:
        return ""
    frames = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    inner = frames[-1] if frames else Path()
    unittest = sys.modules.get("unittest.case")
    if folder in inner.parents or str(inner) == getattr(unittest, "__file__", None):
        return " ".join(text.split())[:_TEXT]
    explicit = isinstance(error, pytest.fail.Exception) and folder in frames[-2].parents
    return " ".join(text.split())[:_TEXT] if explicit else ""


def _keep_text(self: Any, msg: Any, standard: str) -> str:
    return _WITHHELD if msg is None else str(msg)


class _SubTest:
    """In the place of unittest's, which goes on after what failed and tells it apart."""

    def __init__(self, *about: Any, **parameters: Any) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *error: object) -> None: ...


_CANNOT_GO_ON = "The case cannot go on with what came."
_NOTHING = "What came back is not what the case asks for."
