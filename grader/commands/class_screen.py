"""What a class says on the screen: how far it is, and what came of it."""

import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from grader.classroom import ClassRun
from grader.classroom.gradebooks import Filled
from grader.classroom.results import Results
from grader.classroom.running import Progress
from grader.intake.learners import Class
from grader.screen.terminal import named
from grader.text import clean_line

_EVERY_SECONDS = 5.0
_NAME = 120  # characters of a name on the screen
_LINE = 500  # characters of a line that repeats what an older report says
_FEW = 5  # names, of many, that a line has


class ClassScreen:
    """A progress bar on a terminal, a line now and then in a log; on stderr both.

    If that is gone the grading goes on all the same.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._started = self._told = time.monotonic()
        self._bar: Any = None
        if sys.stderr is not None and sys.stderr.isatty():
            self._bar = click.progressbar(
                length=total, label="grading", file=sys.stderr, item_show_func=str
            )
            self._bar.__enter__()

    def show(self, progress: Progress) -> None:
        """Say how far it is."""
        with suppress(OSError):
            self._show(progress)

    def _show(self, progress: Progress) -> None:
        done, now = len(progress.records), time.monotonic()
        rate = (done - progress.skipped) / max(now - self._started, 1e-9)
        if self._bar is not None:
            self._bar.update(done - self._bar.pos, f"{rate:.1f} a second")
            return
        if now - self._told < _EVERY_SECONDS and done < self._total:
            return
        self._told = now
        left = (self._total - done) / rate if rate else 0.0
        click.echo(
            f"{done} of {self._total} graded, {rate:.1f} a second, {left:.0f} s left", err=True
        )

    def say(self, sentence: str) -> None:
        """Say something else, on a line of its own."""
        if self._bar is not None:
            click.echo(err=True)
        click.echo(f"grade: {sentence}", err=True)

    def close(self) -> None:
        """Leave the line of the bar."""
        if self._bar is not None:
            with suppress(OSError):
                self._bar.__exit__(None, None, None)


def listed(names: Sequence[str], most: int = _FEW) -> str:
    """Return the first of some names, and how many more there are."""
    first = ", ".join(clean_line(name, _NAME) for name in names[:most])
    return f"{first} and {len(names) - most} more" if len(names) > most else first


def tell(made: Results, found: Class, run: ClassRun, progress: Progress) -> None:
    """Say what came of a class."""
    summed = made.summary
    counts = [f"{count} {name}" for name, count in summed["status"].items()]
    status = ", ".join(counts) or "none is graded yet"
    total = sum(not entry.earlier_of for entry in found.entries)
    submissions = "1 submission" if total == 1 else f"{total} submissions"
    click.echo(f"{submissions}: {status}. Seed {run.seed}.")
    _tell_names(made, found)
    if progress.skipped:
        done = "1 was" if progress.skipped == 1 else f"{progress.skipped} were"
        again = "it" if progress.skipped == 1 else "them"
        click.echo(f"{done} done and unchanged; --fresh grades {again} again.")
    points = summed["points"]
    if points["mean"] is not None:
        click.echo(f"Points: mean {points['mean']}, median {points['median']}.")
    if summed["mistakes"]:
        click.echo("Most common mistakes:")
        for mistake in summed["mistakes"][:_FEW]:
            click.echo(f"  {mistake['learners']:>5}  {mistake['title']} ({mistake['id']})")
    for group in summed["unnamed"][:_FEW]:
        example = clean_line(group["keys"][0], _NAME)
        click.echo(
            f"{len(group['keys'])} files do the same in {group['function']}, which has no name: "
            f"see {example}; unnamed.toml begins an entry for it."
        )
    for error in summed["grader_errors"]:
        if error["message"] == progress.lost:
            continue  # said once for all
        click.echo(f"Not graded: {clean_line(error['key'], _NAME)}: {error['message']}", err=True)
    click.echo(f"Reports, gradebook.csv, summary.json and class.html are in {named(run.out)}.")


def _tell_names(made: Results, found: Class) -> None:
    """Say who is who, and whatever about that a teacher should look at."""
    summed = made.summary
    if summed["ignored"]:
        click.echo(f"Nobody's submission, so not graded: {listed(summed['ignored'])}.")
    if summed["late"]:
        click.echo(f"Late: {listed(summed['late'])}.")
    if made.undated:
        names = listed(made.undated)
        click.echo(f"Late, with no date to count from, so without a penalty: {names}.")
    if summed["missing"]:
        click.echo(f"Handed in nothing: {listed(summed['missing'])}.")
    if summed["not_on_the_roster"]:
        click.echo(f"Not on the roster, or not once: {listed(summed['not_on_the_roster'])}.")
    for note in summed["notes"][:_FEW]:
        click.echo(f"{clean_line(note['key'], _NAME)}: {clean_line(note['message'], _LINE)}")
    if len(summed["notes"]) > _FEW:
        click.echo(f"{len(summed['notes']) - _FEW} more such notes are in class.html.")
    if found.odd:
        click.echo(
            f"Names in the archive do not say how they are written, and may be wrong "
            f"({listed(found.odd, 2)}): --names cp850, gbk or another encoding reads them.",
            err=True,
        )


def tell_left(left: Sequence[str], out: Path, *, pruned: bool) -> None:
    """Say what is left of learners who are no longer in the class."""
    if left:
        what = "was removed" if pruned else "is still there; --prune removes it"
        click.echo(
            f"Of learners who are no longer in the class, in {named(out)}, {what}: {listed(left)}."
        )


def tell_gradebook(target: Path, filled: Filled) -> None:
    """Say what was written into a gradebook, and what was not."""
    count = f"{filled.count} of {filled.total}"
    click.echo(f"{named(target)}: {count} grades are in the column {filled.column!r}.")
    if not filled.is_told:
        click.echo(
            f"It does not tell its full marks, so they are of {filled.most:g}; --out-of says "
            "otherwise.",
            err=True,
        )
    if filled.unknown:
        names = ", ".join(clean_line(key, _NAME) for key in filled.unknown)
        click.echo(f"Not in the gradebook, or not once: {names}.", err=True)
    if filled.kept:
        click.echo(f"{_grades(filled.kept)} kept.")
    if filled.replaced:
        changes = [f"{who}: {before} -> {now}" for who, before, now in filled.replaced]
        click.echo(
            f"{_grades(len(changes))} replaced ({listed(changes)}); --keep-grades keeps them.",
            err=True,
        )
    for sentence in filled.odd[:_FEW]:
        click.echo(clean_line(sentence, _LINE), err=True)
    if len(filled.odd) > _FEW:
        click.echo(
            f"{len(filled.odd) - _FEW} more do not fit either. Is it the right file?", err=True
        )


def tell_changes(changes: list[dict[str, Any]], old: Path) -> None:
    """Say how scores differ from older reports."""
    differ = "1 score differs" if len(changes) == 1 else f"{len(changes)} scores differ"
    click.echo(f"{differ} from {named(old)}{':' if changes else '.'}")
    for change in changes:
        before, now = (
            change[when] if change[when] is not None else "-" for when in ("before", "now")
        )
        line = f"{clean_line(change['key'], _NAME)}: {before} -> {now} ({change['why']})"
        click.echo(f"  {clean_line(line, _LINE)}")


def _grades(count: int) -> str:
    return "1 grade that was there was" if count == 1 else f"{count} grades that were there were"
