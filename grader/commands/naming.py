"""How a kata is asked for, and what the shell proposes when one presses Tab."""

from typing import Any

import click

from grader.kata import shipped_katas


def complete_names(_: Any, __: Any, begun: str) -> list[Any]:
    """Return the names of katas that are shipped which go on from what is typed, for the shell."""
    return [name for name in shipped_katas() if name.startswith(begun)]


def complete_kata(context: Any, parameter: Any, begun: str) -> list[Any]:
    """Return the same, or that what is typed is a folder."""
    from click.shell_completion import CompletionItem

    folders = [CompletionItem(begun, type="dir")]  # the shell itself looks for those
    return complete_names(context, parameter, begun) or folders


def one_kata(name: str | None, kata: str | None) -> str | None:
    """Return which kata is asked for by an argument or by the option.

    Raises:
        click.UsageError: by both.
    """
    if name is not None and kata is not None:
        raise click.UsageError(f"Name one kata: {name}, or --kata {kata}.")
    return kata if name is None else name


of_kata = click.option(
    "--kata",
    metavar="NAME|DIR",
    shell_complete=complete_kata,
    help="The exercise: one that is shipped, or a folder with one of yours.",
)
"""What everything takes that is about one exercise; `grader.kata.load_kata` finds it."""
