"""`grade` on a class: progress on the screen, summaries at the end, exit code."""

import codecs
import contextlib
from pathlib import Path

import click

from grader.classroom import ClassRun, gradebooks, late, results, run_class
from grader.classroom.cores import count_cores
from grader.classroom.folder import claimed, report_path, take_over
from grader.classroom.results import Exported, Extras
from grader.classroom.running import Progress
from grader.commands.class_screen import (
    ClassScreen,
    tell,
    tell_changes,
    tell_gradebook,
    tell_left,
)
from grader.commands.options import ClassOptions
from grader.commands.targets import complain, no_commands
from grader.console import FAULT, INTERRUPTED, Unwinding
from grader.errors import GraderFault, UsageError
from grader.formats import find
from grader.grading.ready import load
from grader.intake import marks
from grader.intake.entry import Attempts
from grader.intake.file import read_named
from grader.intake.learners import discover
from grader.intake.roster import Roster, read_roster
from grader.jail import Level, Limits
from grader.kata import Kata
from grader.process import held_interrupts
from grader.report.model import Feedback
from grader.screen.terminal import named, quoted


def grade_class(
    kata: Kata,
    path: Path,
    options: ClassOptions,
    formats: tuple[str, ...],
    seed: int | None,
    limits: Limits,
    feedback: Feedback,
    level: Level | None,
) -> int:
    """Grade a class and return the exit code: 0 when every submission got its report.

    Raises:
        UsageError: there is no class, nowhere to write to, or no gradebook.
        GraderFault: the jail is too weak, or a report cannot be written.
    """
    with contextlib.ExitStack() as ending:
        return _grade_class(kata, path, options, formats, seed, limits, feedback, level, ending)


def _grade_class(
    kata: Kata,
    path: Path,
    options: ClassOptions,
    formats: tuple[str, ...],
    seed: int | None,
    limits: Limits,
    feedback: Feedback,
    level: Level | None,
    ending: contextlib.ExitStack,
) -> int:
    out = options.out
    if out is None:
        where = "--out DIR says where its reports go"
        raise UsageError(f"{path} is a class; {where}.{_own_file(path / kata.file)}")
    if out.resolve() == path.resolve():
        raise UsageError("The reports need a folder of their own, not that of the submissions.")
    rule = late.read_rule(options.due, options.late_penalty)
    attempts: Attempts = "best" if options.attempts == "best" else "last"
    found = discover(
        path,
        kata.file,
        without=out,
        roster=_read_roster(options),
        attempts=attempts,
        encoding=_encoding(options.names),
        anonymous=options.anonymous,
    )
    entries = found.entries
    if options.feedback_zip and "html" not in formats:
        formats = (*formats, "html")
    for name in formats:
        if "=" in name:
            raise UsageError("For a class --format takes a name alone; its files go to --out.")
        find(name)
    names = {*results.FILES}
    names |= {report_path(out, one, kind).name for one in entries for kind in ("json", *formats)}
    exported = _read_gradebook(kata, options, {*names, marks.FILE})
    if exported is not None:
        names.add(exported.name)
    claim = marks.claim(out, path, names, seed, fresh=options.fresh)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GraderFault(f"{out} cannot be made ({error.strerror}).") from error
    ending.enter_context(claimed(out))
    mark = take_over(out, claim, prune=options.prune)
    run = ClassRun(
        kata=kata,
        out=out,
        mark=mark,
        jobs=options.jobs or count_cores(),
        seed=mark.seed,
        limits=limits,
        feedback=feedback,
        level=level,
        fresh=not claim.kept,
        cluster=options.cluster or "",
        formats=formats,
    )
    screen = ClassScreen(len(entries))
    interrupted = False
    progress = Progress()
    load()  # here, where Ctrl-C ends at once: half-imported modules make other errors of it
    try:
        with Unwinding():
            run_class(entries, run, progress, screen.show, screen.say)
    except KeyboardInterrupt:
        interrupted = True
    interrupts = ending.enter_context(held_interrupts())  # what follows is short, and whole
    screen.close()
    asked = Extras(
        path.name,
        formats=formats,
        ignored=found.ignored,
        missing=found.missing,
        strangers=found.strangers,
        compare=options.compare,
        gradebook=exported,
        rule=rule,
        feedback=options.feedback_zip,
        anonymous=options.anonymous,
    )
    made = results.make(progress.records.values(), out, asked)
    unwritten = made.write(out)
    with no_commands():
        tell(made, found, run, progress)
        tell_left(sorted(claim.left - {*results.FILES}), out, pruned=options.prune)
        if options.compare is not None:
            tell_changes(made.changes, options.compare)
        if exported is not None and made.filled is not None:
            tell_gradebook(out / exported.name, made.filled)
    for problem in unwritten if interrupted or interrupts else unwritten[1:]:
        complain(str(problem))
    if interrupted or interrupts:
        goes_on = "" if marks.lies_within(out, path) else " The same command goes on from there."
        click.echo(
            f"grade: interrupted; {len(progress.records)} of {len(entries)} reports are in "
            f"{named(out)}.{goes_on}",
            err=True,
        )
        return INTERRUPTED
    if unwritten:
        raise unwritten[0]
    for fault in sorted(progress.faults):
        complain(f"{fault} The reports are there; what this format should have made is not.")
    if progress.lost:
        complain(
            f"{progress.lost} What was left has no grade; the same command goes on from there."
        )
    failed = [r for r in progress.records.values() if r.status == "grader_error"]
    return FAULT if failed or progress.faults else 0


def _own_file(file: Path) -> str:
    """Say how to grade the one file that a learner's folder holds."""
    return f" For the one file in it: grade {quoted(file)}" if file.is_file() else ""


def _read_gradebook(kata: Kata, options: ClassOptions, names: set[str]) -> Exported | None:
    """Return the gradebook to fill in, after a look whether it is one.

    Args:
        kata: by whose name its column is found.
        options: where it is.
        names: of files that the copy must not be written over.
    """
    if options.gradebook is None or options.out is None:
        return None
    try:
        data = read_named(options.gradebook)
    except FileNotFoundError:
        raise UsageError(f"There is no file {options.gradebook}.") from None
    except UsageError as error:
        raise UsageError(f"--gradebook: {error}") from error
    target = options.out / options.gradebook.name
    if target.name in names or target.resolve() == options.gradebook.resolve():
        raise UsageError(f"{target} would be written over; rename the exported gradebook.")
    gradebooks.check(data, options.column, kata.name)
    how = (options.column, kata.name, options.keep_grades, options.out_of)
    return Exported(target.name, data, *how)


def _read_roster(options: ClassOptions) -> Roster | None:
    """Return the people of the class, if they are listed."""
    if options.roster is None:
        return None
    try:
        return read_roster(read_named(options.roster))
    except FileNotFoundError:
        raise UsageError(f"There is no file {options.roster}.") from None
    except UsageError as error:
        raise UsageError(f"--roster: {error}") from error


def _encoding(name: str | None) -> str:
    """Return the encoding of the names in zips, after a look whether there is such a one."""
    if name is None:
        return ""
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise UsageError(f"There is no encoding {name}; known are cp437, cp850, gbk.") from None
