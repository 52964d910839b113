"""How a kata is named in a command, and what the shell proposes when one presses Tab."""

from pathlib import Path
from typing import Any

import click

from grader.kata import Kata, default_kata, shipped_katas
from grader.screen.terminal import quoted


def complete_names(_: Any, __: Any, begun: str) -> list[Any]:
    """Return the names of katas that are shipped which go on from what is typed, for the shell."""
    return [name for name in shipped_katas() if name.startswith(begun)]


def complete_kata(context: Any, parameter: Any, begun: str) -> list[Any]:
    """Return the same, or that what is typed is a folder."""
    from click.shell_completion import CompletionItem

    folders = [CompletionItem(begun, type="dir")]  # the shell itself looks for those
    return complete_names(context, parameter, begun) or folders


of_kata = click.option(
    "--kata",
    metavar="NAME|DIR",
    shell_complete=complete_kata,
    help="The exercise: one that is shipped, or a folder with one of yours.",
)
"""What everything takes that is about one exercise; `grader.kata.load_kata` finds it."""


def naming(kata: Kata) -> str:
    """Return what is typed behind a command so that it is about this kata; "" for the first."""
    return "" if kata is default_kata() else f" --kata {quoted(Path(kata.where))}"
