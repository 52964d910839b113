"""`grade` and `kata` from their first moment, before anything that takes long is imported.

A jail starts in a process of its own, which takes as long as importing click, NumPy and pytest
here: whoever waits for one file waits for the longer of the two, not for both.
"""

from __future__ import annotations

import os
import sys

from grader import console

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def main() -> NoReturn:
    """Run `grade`."""
    console.run("grade", grade)


def kata() -> NoReturn:
    """Run `kata`."""
    console.run("kata", look_into)


def grade() -> None:
    """Run the command, with a jail on its way if the words name a Python file."""
    from grader.process import make_ours

    make_ours()
    import contextlib

    from grader.jail import Jail, Limits

    with contextlib.ExitStack() as stack:
        jail: Jail | None = None
        words = sys.argv[1:]
        if names_a_file(words):
            with contextlib.suppress(Exception):  # the command will meet it, and say so
                jail = stack.enter_context(Jail(Limits(), numpy=not names_a_kata(words)))
        from grader.commands.grade import main as command

        command(obj=jail, prog_name="grade")


def look_into() -> None:
    """Run the other command."""
    from grader.commands.kata import main as command

    command(prog_name="kata")


def names_a_file(words: Sequence[str]) -> bool:
    """Say whether the words of a command name one file to grade, as far as a glance tells."""
    return any(word.endswith((".py", ".ipynb")) and os.path.isfile(word) for word in words)


def names_a_kata(words: Sequence[str]) -> bool:
    """Say whether the words of a command name a kata, which may have no need of NumPy."""
    return any(word.startswith("--kata") for word in words)
