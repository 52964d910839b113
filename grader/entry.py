"""`grade` from its first moment: what takes longest begins before the rest is imported.

A jail starts in a process of its own, which takes as long as importing click, NumPy and pytest
here: whoever waits for one file waits for the longer of the two, not for both.
"""

import contextlib
import os
import sys
from collections.abc import Sequence

from grader.jail import Jail, Limits
from grader.process import make_ours


def main() -> None:
    """Run the command, with a jail on its way if the words name a Python file."""
    make_ours()
    with contextlib.ExitStack() as stack:
        jail: Jail | None = None
        if names_a_file(sys.argv[1:]):
            with contextlib.suppress(Exception):  # the command will meet it, and say so
                jail = stack.enter_context(Jail(Limits()))
        from grader.cli import main as grade

        grade(obj=jail)


def names_a_file(words: Sequence[str]) -> bool:
    """Say whether the words of a command name one file to grade, as far as a glance tells."""
    return any(word.endswith(".py") and os.path.isfile(word) for word in words)
