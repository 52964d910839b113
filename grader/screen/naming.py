"""How a kata is named in a command that somebody is to type."""

from pathlib import Path

from grader.kata import Kata, default_kata
from grader.screen.terminal import quoted


def naming(kata: Kata, *, elsewhere: bool = False) -> str:
    """Return what is typed behind a command so that it is about this kata; "" for the first.

    Args:
        kata: the kata.
        elsewhere: it is typed on another machine, to which no path of this one is told.
    """
    if kata is default_kata():
        return ""
    return f" --kata {quoted(kata.folder.name if elsewhere else Path(kata.where))}"
