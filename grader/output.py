"""Where a report goes: the screen, standard output, files."""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from grader.errors import UsageError
from grader.files import write_atomically
from grader.formats import Format, View, find
from grader.options import ScreenOptions
from grader.report import Report
from grader.terminal import Look, is_dumb, wants_color


@dataclass(frozen=True)
class Target:
    """One thing to write.

    Attributes:
        format: how.
        path: where; None is standard output.
    """

    format: Format
    path: Path | None


def targets(
    formats: Sequence[str], json_path: str | None, submission: Path, watching: bool = False
) -> list[Target]:
    """Return what `--format NAME[=PATH]` and `--json PATH` ask for; refuse before any work.

    Raises:
        UsageError: there is no such format, two would share standard output or a file, or a
            path cannot be written to; or, when watching, one would go to standard output.
    """
    asked = [f"report={json_path}"] if json_path is not None else []
    wanted = []
    for name, _, path in (text.partition("=") for text in [*asked, *formats]):
        target = Path(path) if path not in ("", "-") else None
        if target is not None:
            _check(target, submission)
        wanted.append(Target(find(name), target))
    paths = [target.path and target.path.resolve() for target in wanted]
    if len(set(paths)) < len(paths):
        where = "standard output" if paths.count(None) > 1 else "the same file"
        raise UsageError(f"Two formats cannot both go to {where}; give each a path: NAME=PATH.")
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
    report: Report,
    source: bytes,
    *,
    wanted: Sequence[Target],
    screen: ScreenOptions,
    before: Report | None = None,
) -> None:
    """Write each target; without one on standard output, the screen for a person goes there.

    Args:
        report: what to write.
        source: the learner's file.
        wanted: the targets.
        screen: how the screen is drawn.
        before: the report of the last save, when watching: what has changed is shown.

    Raises:
        GraderFault: the report cannot be written.
    """
    view = View(report, source.decode(errors="replace"), os.environ, time.time())
    if all(target.path for target in wanted):
        _show(report, screen, before)
    for target in wanted:
        data = target.format.render(view)
        if target.path is None:
            click.echo(data or b"", nl=False)
        elif data is None:
            target.path.unlink(missing_ok=True)
        else:
            write_atomically(target.path, data)
    if report.score is None:
        click.echo(f"grade: {report.message} This is not the fault of the submission.", err=True)


def _show(report: Report, screen: ScreenOptions, before: Report | None) -> None:
    from grader.screen import Detail, render

    look = Look.of(sys.stdout, screen.plain)
    detail = Detail(screen.cases, screen.hint, screen.watch, before)
    if screen.watch and not screen.plain and not is_dumb():
        click.clear()
    click.echo(render(report, look, detail), color=wants_color(screen.plain))
