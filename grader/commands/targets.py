"""Where a report goes: the screen, standard output, files.

In GitHub Actions whatever is printed at the beginning of a line as `::command::`, or anywhere as
`##[command]`, is obeyed (actions/runner, ActionCommand.cs). What a learner wrote must not be.
"""

import json
import os
import re
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, NamedTuple

import click

from grader.commands.options import ScreenOptions
from grader.console import is_shut
from grader.errors import GraderError, GraderFault, UsageError
from grader.files import write_atomically
from grader.kata import Kata
from grader.learner.code import as_text
from grader.report.changes import Before
from grader.report.model import Report
from grader.screen.terminal import Look, is_dumb, show, wants_color
from grader.text import clean_line

if TYPE_CHECKING:
    from grader.diagnosis.example import Example
    from grader.formats import Format, View


class Destination(NamedTuple):
    """One thing to write.

    Attributes:
        name: the name of the format.
        format: how.
        path: where; None is standard output.
    """

    name: str
    format: "Format"
    path: Path | None


_MESSAGE = 1000  # characters of a line on standard error
_STDOUT = ("", "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
_OLD_COMMAND = re.compile(r"##(?=(?:\x1b\[[0-9;]*m)*\[)")


def targets(
    formats: Sequence[str], json_path: str | None, submission: Path, watching: bool = False
) -> list[Destination]:
    """Return what `--format NAME[=PATH]` and `--json PATH` ask for; refuse before any work.

    Raises:
        UsageError: there is no such format, two would share standard output or a file, or a
            path cannot be written to; or, when watching, one would go to standard output.
    """
    asked = [f"report={json_path}"] if json_path is not None else []
    wanted = []
    for name, _, path in (text.partition("=") for text in [*asked, *formats]):
        target = None if path in _STDOUT else Path(path)
        if target is not None:
            _check(target, submission)
        from grader.formats import find

        wanted.append(Destination(name, find(name), target))
    paths = [target.path and target.path.resolve() for target in wanted]
    if len(set(paths)) < len(paths):
        where = "standard output" if paths.count(None) > 1 else "the same file"
        raise UsageError(f"Two formats cannot both go to {where}; give each a path: NAME=PATH.")
    if None in paths and is_shut():
        raise UsageError("Standard output is closed; name a file for the report: --json PATH.")
    if watching and None in paths:
        raise UsageError("--watch has the screen for itself; give each format a path: NAME=PATH.")
    return wanted


def _check(target: Path, submission: Path) -> None:
    if not target.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {target.parent} to write the report to.")
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file for the report.")
    if target.exists() and target.samefile(submission):
        raise UsageError(f"{target} is the submission itself; name another file for the report.")


def write(
    kata: Kata,
    report: Report,
    source: bytes,
    *,
    wanted: Sequence[Destination],
    screen: ScreenOptions,
    before: Before | None = None,
    page: str = "",
) -> None:
    """Write each target; without one on standard output, the screen for a person goes there.

    Files come first: whatever becomes of the screen, they are there.

    Args:
        kata: what the report is of.
        report: what to write.
        source: the learner's file.
        wanted: the targets.
        screen: how the screen is drawn.
        before: the report of the last save, when watching: what has changed is shown.
        page: the address of the page that shows it too; empty if there is none.

    Raises:
        GraderError: a target could not be written; the others are.
    """
    files = [target for target in wanted if target.path is not None]
    printed = [target for target in wanted if target.path is None]
    failed = []
    if wanted:
        view = _view(kata, report, source)
        failed = [error for target in (*files, *printed) if (error := _try(target, view))]
    if not printed:
        _show(kata, report, screen, before, page)
    if report.score is None:
        complain(f"{report.message} This is not the fault of the submission.")
    if "diagnosis" in report.grader:
        complain(report.grader["diagnosis"])
    if failed:
        raise failed[0]


def write_failure(kata: Kata, report: Report, source: bytes, wanted: Sequence[Destination]) -> None:
    """Write what each target says of a broken grader, so that no older result is taken for one.

    The report itself is of a submission that was judged. Where none was there is none.
    """
    view = _view(kata, report, source)
    for target in wanted:
        if target.name == "report":
            target = target._replace(format=replace(target.format, render=lambda _: None))
        _try(target, view)


def complain(message: str) -> None:
    """Say on standard error what went wrong."""
    line = clean_line(message, _MESSAGE)
    click.echo(f"grade: {_tame(line) if _obeyed() else line}", err=True)


def _view(kata: Kata, report: Report, source: bytes) -> "View":
    from grader.formats import View
    from grader.screen.naming import naming

    return View(report, as_text(source), os.environ, time.time(), naming(kata))


def _try(target: Destination, view: "View") -> GraderError | None:
    """Write a target; return what went wrong."""
    try:
        data = target.format.render(view)
        if target.path is None:
            _print(data or b"", obey=target.format.commands)
        elif data is None:
            _withdraw(target)
        elif target.format.appends:
            _append(target.path, data)
        else:
            write_atomically(target.path, data)
    except GraderError as error:
        return error
    except Exception as error:  # anybody can add a format; the others are written all the same
        return GraderFault(
            f"The format {target.name} failed ({type(error).__name__}: {error}): "
            "without it there is a report."
        )
    return None


def _withdraw(target: Destination) -> None:
    """Remove an older result; what is no file, such as a pipe, or is others' too, stays."""
    if target.path is None or target.format.appends:
        return
    real = Path(os.path.realpath(target.path))
    try:
        if real.is_file():
            real.unlink()
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise GraderFault(
            f"{target.path} is out of date and cannot be removed ({reason})."
        ) from error


def _append(path: Path, data: bytes) -> None:
    try:
        with path.open("ab") as file:
            file.write(data)
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise GraderFault(f"{path} cannot be written ({reason}).") from error


def _show(
    kata: Kata, report: Report, screen: ScreenOptions, before: Before | None, page: str
) -> None:
    from grader.screen.naming import naming
    from grader.screen.report import Detail, render

    look = Look.of(sys.stdout, screen.plain)
    example = example_of(kata, report) if screen.hint else None
    which = naming(kata)
    detail = Detail(screen.cases, screen.hint, screen.watch, before, example, page, which)
    if screen.watch and not screen.plain and not is_dumb():
        click.clear()
    text = render(report, look, detail)
    color = wants_color(screen.plain)
    with no_commands():
        text = _tame(text) if _obeyed() else text
        if screen.watch or screen.plain:
            click.echo(text, color=color)
        else:
            show(text, color)


def example_of(kata: Kata, report: Report) -> "Example | None":
    """Return the numbers where the mistake shows that is told first, if there is one."""
    from grader.diagnosis.bank import by_id
    from grader.diagnosis.example import example
    from grader.screen.report import first_mistake

    named = first_mistake(report)
    try:
        return None if named is None else example(kata, by_id(kata)[named.id])
    except UsageError as error:
        click.echo(f"No numbers are shown: {error}", err=True)
        return None


def _print(data: bytes, *, obey: bool) -> None:
    """Print what a format made."""
    if obey or not _obeyed():
        click.echo(data, nl=False)
        return
    text = data.decode("utf-8", "replace")
    if _is_json(text):
        # No line of JSON begins with a text; in one the bracket can be written otherwise.
        click.echo(text.replace("##[", "##\\u005b"), nl=False)
    else:
        with no_commands():
            click.echo(_tame(text))


def _obeyed() -> bool:
    """Say whether what is printed is looked through for commands, which a file is not."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return False
    try:
        return not S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return True


@contextmanager
def no_commands() -> Iterator[None]:
    """Print with all commands off, where there are some; only who knows the word turns them on."""
    if not _obeyed():
        yield
        return
    word = secrets.token_hex(16)
    click.echo(f"::stop-commands::{word}")
    try:
        yield
    finally:
        click.echo(f"::{word}::")


def _tame(text: str) -> str:
    return _OLD_COMMAND.sub("## ", text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
