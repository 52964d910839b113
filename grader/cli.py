"""`grade`: parse, call, print, set the exit code."""

import io
import math
import os
import sys
from pathlib import Path

import click

from grader import __version__
from grader.errors import GraderError, UsageError
from grader.formats import find, names
from grader.intake import is_class, read_one, read_submission
from grader.jail import Jail, Level, Limits
from grader.jail.isolation import LEVELS
from grader.options import ClassOptions
from grader.output import targets, write
from grader.report import FEEDBACK, Feedback, Report

BELOW, FAULT, INTERRUPTED = 1, 3, 130
WEAK = (
    "grade: on this machine the file runs in a process of its own, but not in a jail; grade "
    "only files that you trust. `kata doctor` shows what is missing."
)
_DEFAULTS = Limits()


class _Command(click.Command):
    """Lets `--require-isolation` stand without its value in front of the path."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        option = "--require-isolation"
        if option in args:
            after = args.index(option) + 1
            if args[after : after + 1] and args[after] not in LEVELS:
                args = [*args[:after], "strong", *args[after:]]
        return super().parse_args(ctx, args)


def list_formats(context: click.Context, option: click.Parameter, asked: bool) -> None:
    """Print the names of the formats that are installed, and what takes them."""
    if asked:
        for name in names():
            click.echo(f"{name:<19} {find(name).title}")
        context.exit()


@click.command(
    cls=_Command, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80}
)
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="For a class: the folder of the reports.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    help="For a class: how many to grade at once.  [default: the cores there are]",
)
@click.option("--fresh", is_flag=True, help="For a class: grade again what is done and unchanged.")
@click.option(
    "--compare",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="OLD",
    help="For a class: list whose score is another than in these reports.",
)
@click.option("--cluster", metavar="ADDRESS", help="For a class: a Dask scheduler to grade on.")
@click.option(
    "--gradebook",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="CSV",
    help="For a class: fill the grades into a copy of what Canvas or Moodle exported.",
)
@click.option("--column", metavar="TITLE", help="The gradebook's column, if it is not plain.")
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
@click.option(
    "--call-seconds",
    type=float,
    default=_DEFAULTS.call_seconds,
    show_default=True,
    help="Wall time of one call, and of loading the file.",
)
@click.option(
    "--submission-seconds",
    type=float,
    default=_DEFAULTS.submission_seconds,
    show_default=True,
    help="Wall time of all that the file does.",
)
@click.option(
    "--memory-mib",
    type=int,
    default=_DEFAULTS.memory_mib,
    show_default=True,
    help="Memory that the file may use, in MiB.",
)
@click.option(
    "--output-kib",
    type=int,
    default=_DEFAULTS.output_kib,
    show_default=True,
    help="Printed text that the report keeps, in KiB.",
)
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
def main(
    path: Path,
    out: Path | None,
    jobs: int | None,
    fresh: bool,
    compare: Path | None,
    cluster: str | None,
    gradebook: Path | None,
    column: str | None,
    one: bool,
    json_path: str | None,
    formats: tuple[str, ...],
    fail_under: float | None,
    seed: int | None,
    call_seconds: float,
    submission_seconds: float,
    memory_mib: int,
    output_kib: int,
    feedback: Feedback,
    require_isolation: Level | None,
) -> None:
    """Judge PATH, a Python file with the three functions of the kata.

    A folder or a zip is a class: one file, or one folder, a learner; --out says where the
    reports go, with gradebook.csv and summary.json. What is done already is not done again.

    Each file runs in a jail of its own. Exit codes: 0 a report was written, whatever the
    score; 1 the score is below --fail-under; 2 wrong usage; 3 the grader could not do its
    work; 130 interrupted.
    """
    never_fail_on_a_character()
    try:
        if fail_under is not None and math.isnan(fail_under):
            raise UsageError("--fail-under takes a number from 0 to 1, not nan.")
        limits = Limits(call_seconds, submission_seconds, memory_mib, output_kib)
        of_class = ClassOptions(out, jobs, fresh, compare, cluster, gradebook, column, formats)
        if is_class(path) and not one:
            from grader.class_cli import grade_class

            if json_path is not None or fail_under is not None:
                raise UsageError("--json and --fail-under are for one file; a class takes --out.")
            sys.exit(grade_class(path, of_class, seed, limits, feedback, require_isolation))
        if of_class.given:
            given = " and ".join(of_class.given)
            raise UsageError(f"{given} takes a class (a folder, a zip), and this is a file.")
        name, source, problem = read_one(path) if one else (path.name, read_submission(path), "")
        seed = int.from_bytes(os.urandom(4)) if seed is None else seed
        with Jail(limits) as jail:
            wanted = targets(formats, json_path, path)
            report = grade_file(jail, source, name, seed, feedback, require_isolation, problem)
        write(report, source, wanted)
    except UsageError as error:
        raise click.UsageError(str(error)) from error
    except KeyboardInterrupt:
        click.echo("grade: interrupted; no report was written.", err=True)
        sys.exit(INTERRUPTED)
    except Exception as error:
        click.echo(f"grade: {sentence(error)}", err=True)
        sys.exit(FAULT)
    if report.score is None:
        sys.exit(FAULT)
    if fail_under is not None and report.score < fail_under:
        sys.exit(BELOW)


def grade_file(
    jail: Jail,
    source: bytes,
    name: str,
    seed: int,
    feedback: Feedback,
    level: Level | None,
    problem: str = "",
) -> Report:
    """Judge one file; what breaks in the grader itself becomes a `grader_error` report.

    With a `problem` there is nothing to run, and that is why.

    Raises:
        GraderFault: the jail is not as strong as `level`, or there is none; nothing was run.
    """
    from grader.grading import begin_session, grade, grader_error, reject

    session = begin_session()
    if level is not None:
        jail.isolation.require(level)
    if jail.isolation.level == "process":
        click.echo(WEAK, err=True)
    if problem:
        return reject(jail, source, name=name, seed=seed, feedback=feedback, message=problem)
    try:
        return grade(jail, source, name=name, seed=seed, feedback=feedback, session=session)
    except Exception as error:
        return grader_error(
            jail.isolation,
            source,
            name=name,
            seed=seed,
            message=sentence(error),
            feedback=feedback,
        )


def sentence(error: Exception) -> str:
    """Say what broke in the grader."""
    if isinstance(error, GraderError):
        return str(error)
    return f"The grader failed ({type(error).__name__}: {error})."


def never_fail_on_a_character() -> None:
    """Print what the terminal's encoding cannot as a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
