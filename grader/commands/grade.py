"""`grade`: parse, call, print, set the exit code."""

import math
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from grader import __version__
from grader.commands.naming import of_kata
from grader.commands.options import (
    ClassOptions,
    GradeCommand,
    LimitOptions,
    ScreenOptions,
    in_limits,
    of_class,
    on_screen,
)
from grader.commands.targets import Destination, complain, targets, write, write_failure
from grader.console import BELOW, FAULT
from grader.errors import UsageError, sentence
from grader.files import leave_deleted_folder
from grader.intake.file import STDIN, HandedIn, is_class, read_one, read_submission
from grader.jail import Jail, Level, Limits, threads
from grader.jail.isolation import LEVELS, WEAK
from grader.kata import Kata, load_kata
from grader.process import imports_for_good
from grader.report.model import FEEDBACK, Feedback, Report
from grader.screen.terminal import never_fail_on_a_character

if TYPE_CHECKING:
    from grader.cases.session import Session


def list_formats(context: click.Context, option: click.Parameter, asked: bool) -> None:
    """Print the names of the formats that are installed, and what takes them."""
    if asked:
        from grader.formats import describe, names

        for name in names():
            click.echo(f"{name:<19} {describe(name)}")
        context.exit()


@click.command(
    cls=GradeCommand,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.argument("path", type=click.Path(path_type=Path))
@on_screen
@of_class
@click.option(
    "--one",
    is_flag=True,
    help="PATH is a folder with the files of one learner, as platforms hand them over.",
)
@click.option("--json", "json_path", metavar="PATH", help="Write the report there; - is stdout.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="NAME[=PATH]",
    help="Write the report as a platform takes it, to stdout or PATH; for a class, beside "
    "each report; repeatable.",
)
@click.option(
    "--formats",
    "listing",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=list_formats,
    help="List the formats and exit.",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 1),
    metavar="SCORE",
    help="Exit with 1 if the score is below this (0 to 1).",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    help="Draw the cases' inputs from this seed, to repeat a grading.",
)
@of_kata
@in_limits
@click.option(
    "--feedback",
    type=click.Choice(FEEDBACK),
    default="full",
    show_default=True,
    help="What to tell: the number; titles and outcomes; what was seen and next steps, "
    "without hidden data; everything.",
)
@click.option(
    "--require-isolation",
    type=click.Choice(LEVELS[:-1]),
    is_flag=False,
    flag_value="strong",
    help="Run nothing unless the jail is at least this strong.  [bare: strong]",
)
@click.version_option(__version__, prog_name="grade")
@click.pass_obj
def main(
    started: Jail | None,
    path: Path,
    screen: ScreenOptions,
    class_options: ClassOptions,
    one: bool,
    json_path: str | None,
    formats: tuple[str, ...],
    fail_under: float | None,
    seed: int | None,
    kata: str | None,
    limits: LimitOptions,
    feedback: Feedback,
    require_isolation: Level | None,
) -> None:
    """Judge PATH, a Python file or a notebook with what the kata asks for.

    Of a notebook the code cells are run in order; magics, shell lines and plots do nothing.

    A folder or a zip is a class: one file, or one folder, a learner; --out says where the
    reports go, with gradebook.csv and summary.json. What is done already is not done again.

    Each file runs in a jail of its own. Exit codes: 0 a report was written, whatever the
    score; 1 the score is below --fail-under; 2 wrong usage; 3 the grader could not do its
    work; 130 interrupted.
    """
    never_fail_on_a_character()
    wanted: list[Destination] = []
    report: Report | None = None
    try:
        if fail_under is not None and math.isnan(fail_under):
            raise UsageError("--fail-under takes a number from 0 to 1, not nan.")
        if str(path) == "-":
            path = STDIN
        leave_deleted_folder([path, json_path, *_paths(formats), *class_options.paths])
        exercise = load_kata(kata)
        if is_class(path) and not one:
            _for_one_file(json_path, fail_under, screen)
            from grader.commands.grade_class import grade_class

            sys.exit(
                grade_class(
                    exercise,
                    path,
                    class_options,
                    formats,
                    seed,
                    limits.of(exercise),
                    feedback,
                    require_isolation,
                )
            )
        if class_options.given:
            given = " and ".join(class_options.given)
            raise UsageError(f"{given} takes a class (a folder, a zip), and this is a file.")
        if screen.watch and (one or fail_under is not None):
            raise UsageError(
                "--watch goes on until Ctrl-C, so it takes neither --one nor --fail-under."
            )
        if screen.page and not screen.watch:
            raise UsageError("--page shows what --watch finds; give both.")
        file = read_one(path, exercise.file) if one else HandedIn(path.name, read_submission(path))
        source = file.source
        how = How(file.name, int.from_bytes(os.urandom(4)) if seed is None else seed, feedback)
        wanted = targets(formats, json_path, path, watching=screen.watch)
        jail = started or Jail(Limits())
        jail.limits = limits.of(exercise)
        jail.expect(numpy=exercise.names_numpy)
        with jail:
            session = _begin(exercise, jail, require_isolation)
            if screen.watch:
                from grader.commands.watch import follow, page_of

                judge = partial(grade_file, exercise, jail, session, how=how)
                show = partial(write, exercise, wanted=wanted, screen=screen)
                follow(path, source, judge, show, page_of(path, exercise, screen))
                return
            report = grade_file(exercise, jail, session, source, how, file)
        write(exercise, report, source, wanted=wanted, screen=screen)
    except UsageError:
        raise
    except Exception as error:
        complain(sentence(error))
        if report is None and wanted and not screen.watch:
            from grader.grading.grade import grader_error

            about: dict[str, Any] = how._asdict()
            failure = grader_error(exercise, None, source, **about, message=sentence(error))
            write_failure(exercise, failure, source, wanted)
        sys.exit(FAULT)
    if report.score is None:
        sys.exit(FAULT)
    if fail_under is not None and report.score < fail_under:
        sys.exit(BELOW)


class How(NamedTuple):
    """How one file is judged: its name for the report, the seed, the level of feedback."""

    name: str
    seed: int
    feedback: Feedback


def _paths(formats: tuple[str, ...]) -> list[str]:
    """Return the paths in `--format NAME=PATH`."""
    return [path for _, _, path in (text.partition("=") for text in formats) if path]


def _for_one_file(json_path: str | None, fail_under: float | None, screen: ScreenOptions) -> None:
    """Refuse what a class does not take."""
    if json_path is not None or fail_under is not None:
        raise UsageError("--json and --fail-under are for one file; a class takes --out.")
    if screen.given:
        raise UsageError(f"{' and '.join(screen.given)} is for one file, and this is a class.")


def _begin(kata: Kata, jail: Jail, level: Level | None) -> "Session":
    """Return a session for the cases; say so if the jail is none.

    Raises:
        GraderFault: the jail is not as strong as `level`, or there is none.
    """
    from grader.grading.ready import begin_session

    threads.check_room()
    with imports_for_good():
        session = begin_session(kata)
    if level is not None:
        jail.isolation.require(level)
    if jail.isolation.level == "process":
        click.echo(f"grade: {WEAK}", err=True)
    return session


def grade_file(
    kata: Kata,
    jail: Jail,
    session: "Session",
    source: bytes,
    how: How,
    file: HandedIn | None = None,
) -> Report:
    """Judge one file; what breaks in the grader itself becomes a `grader_error` report.

    If the `file` that was handed in has a problem there is nothing to run, and that is why.
    """
    from grader.grading.grade import grade_again_if_lost, grader_error, reject

    about: dict[str, Any] = how._asdict()
    if file is not None and file.unreadable:
        return grader_error(kata, jail.isolation, source, **about, message=file.problem)
    if file is not None and file.problem:
        return reject(kata, jail, source, **about, message=file.problem)
    try:
        return grade_again_if_lost(kata, jail, source, **about, session=session)
    except Exception as error:
        return grader_error(kata, jail.isolation, source, **about, message=sentence(error))
