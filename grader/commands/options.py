"""What `grade` can be asked for, in groups: light to import, as each start counts."""

import contextlib
import functools
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from grader.console import FAULT, INTERRUPTED, INTERRUPTION
from grader.errors import UsageError, sentence
from grader.jail import Limits
from grader.jail.isolation import LEVELS
from grader.kata import Kata
from grader.screen.terminal import named

_DEFAULTS = Limits()
_NOTHING = re.compile(r"--[a-z-]+=")
_Command = TypeVar("_Command", bound=Callable[..., Any])


class ClassOptions(NamedTuple):
    """What only a class takes; see `grade --help`."""

    out: Path | None
    jobs: int | None
    fresh: bool
    compare: Path | None
    cluster: str | None
    gradebook: Path | None
    column: str | None
    keep_grades: bool
    out_of: float | None
    roster: Path | None
    attempts: str
    names: str | None
    due: str | None
    late_penalty: str | None
    anonymous: bool
    feedback_zip: bool
    prune: bool

    @property
    def given(self) -> list[str]:
        """The names of the options that were given."""
        given = {**self._asdict(), "attempts": self.attempts != "last"}
        return [f"--{name.replace('_', '-')}" for name, value in given.items() if value]

    @property
    def paths(self) -> list[Path]:
        """The paths among them."""
        return [value for value in self if isinstance(value, Path)]


class ScreenOptions(NamedTuple):
    """How the screen for a person is drawn, and how often; see `grade --help`."""

    watch: bool
    cases: bool
    hint: bool | None
    plain: bool
    page: bool = False

    @property
    def given(self) -> list[str]:
        """The names of the options that were given."""
        given = [f"--{name}" for name in ("watch", "page", "cases", "plain") if getattr(self, name)]
        return given + ([] if self.hint is None else ["--hint" if self.hint else "--no-hint"])


class LimitOptions(NamedTuple):
    """The limits that were asked for; see `grade --help`."""

    call_seconds: float | None
    submission_seconds: float | None
    memory_mib: int | None
    output_kib: int | None

    def of(self, kata: Kata) -> Limits:
        """Return the limits for a kata, which may have defaults of its own.

        Raises:
            UsageError: one is above what there can be.
        """
        asked = {name: value for name, value in self._asdict().items() if value is not None}
        return Limits(**{**kata.limits, **asked})


def _group(name: str, kind: type, *options: Callable[[Any], Any]) -> Callable[[_Command], _Command]:
    """Return a decorator that adds options, which reach the command as one argument."""

    def decorate(command: _Command) -> Any:
        @functools.wraps(command)
        def call(**given: Any) -> Any:
            values = {key: given.pop(key) for key in kind.__annotations__}
            return command(**given, **{name: kind(**values)})

        decorated: Any = call
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


of_class = _group(
    "class_options",
    ClassOptions,
    click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="For a class: the folder of the reports.",
    ),
    click.option(
        "--jobs",
        type=click.IntRange(1, 256),
        help="For a class: how many to grade at once.  [default: the cores there are]",
    ),
    click.option(
        "--fresh", is_flag=True, help="For a class: grade again what is done and unchanged."
    ),
    click.option(
        "--compare",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        metavar="OLD",
        help="For a class: list whose score is another than in these reports.",
    ),
    click.option("--cluster", metavar="ADDRESS", help="For a class: a Dask scheduler to grade on."),
    click.option(
        "--gradebook",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="CSV",
        help="For a class: fill the grades into a copy of what Canvas, Moodle, Brightspace or "
        "Blackboard exported.",
    ),
    click.option("--column", metavar="TITLE", help="The gradebook's column, if it is not plain."),
    click.option("--keep-grades", is_flag=True, help="Leave grades that the gradebook has."),
    click.option(
        "--out-of",
        type=click.FloatRange(0, min_open=True),
        metavar="POINTS",
        help="Full marks, where the gradebook does not tell.  [default: 100]",
    ),
    click.option(
        "--roster",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="CSV",
        help="For a class: its people (identifier, name, email); gives names, and tells who "
        "handed in nothing.",
    ),
    click.option(
        "--attempts",
        type=click.Choice(["last", "best"]),
        default="last",
        help="Of several attempts of a learner: which counts.  [default: last]",
    ),
    click.option("--names", metavar="ENCODING", help="How names in zips are written: cp850, gbk."),
    click.option("--due", metavar="DATE", help="What was handed in later is marked as late."),
    click.option(
        "--late-penalty",
        metavar="PERCENT/UNIT",
        help="What each hour, day or week after --due costs of full marks, as 10%/day.",
    ),
    click.option("--anonymous", is_flag=True, help="For a class: reports without names."),
    click.option(
        "--feedback-zip",
        is_flag=True,
        help="For a class: all pages in feedback.zip, as Moodle and Canvas take them back.",
    ),
    click.option(
        "--prune", is_flag=True, help="Remove reports of those who are no longer in the class."
    ),
)
on_screen = _group(
    "screen",
    ScreenOptions,
    click.option("--watch", is_flag=True, help="Grade again at each save, until Ctrl-C."),
    click.option(
        "--page",
        is_flag=True,
        help="With --watch: show the report in the browser too, and update it at each save.",
    ),
    click.option("--cases", is_flag=True, help="Show every case."),
    click.option(
        "--hint/--no-hint",
        default=None,
        help="Show the next step with small numbers where the mistake shows; or show no next "
        "step.  [default: the next step]",
    ),
    click.option(
        "--plain",
        is_flag=True,
        help="For a screen reader: no columns, pictures or colors, one thing a line.",
    ),
)
in_limits = _group(
    "limits",
    LimitOptions,
    click.option(
        "--call-seconds",
        type=float,
        help="Wall time of one call, and of loading the file."
        f"  [default: {_DEFAULTS.call_seconds}]",
    ),
    click.option(
        "--submission-seconds",
        type=float,
        help=f"Wall time of all that the file does.  [default: {_DEFAULTS.submission_seconds}]",
    ),
    click.option(
        "--memory-mib",
        type=int,
        help=f"Memory that the file may use, in MiB.  [default: {_DEFAULTS.memory_mib}]",
    ),
    click.option(
        "--output-kib",
        type=int,
        help=f"Printed text that the report keeps, in KiB.  [default: {_DEFAULTS.output_kib}]",
    ),
)


class SafeCommand(click.Command):
    """Says what is wrong with its arguments without repeating what a terminal would obey."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; an empty one is a variable that was not set, and no path."""
        for before, argument in zip(["", *args], args, strict=False):
            if not argument or _NOTHING.fullmatch(argument):
                what = (argument or before).rstrip("=")
                after = f" after {what}" if what.startswith("--") else ""
                raise click.UsageError(f"An argument{after} is empty. Is a variable not set?", ctx)
        return super().parse_args(ctx, args)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Parse the arguments."""
        with _cleaned():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever ends it becomes a sentence and its exit code.

        What click makes of them says "Aborted!", or is a traceback, and exits with 1.
        """
        name = ctx.find_root().info_name
        try:
            with _cleaned():
                return super().invoke(ctx)
        except UsageError as error:
            raise click.UsageError(named(error), ctx) from error
        except KeyboardInterrupt:
            click.echo(f"{name}: {INTERRUPTION}", err=True)
            sys.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            click.echo(f"{name}: {named(sentence(error))}", err=True)
            sys.exit(FAULT)


class SafeGroup(SafeCommand, click.Group):
    """The same for a group of commands, and for those below it."""

    command_class = SafeCommand


@contextlib.contextmanager
def _cleaned() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        if type(error).show is not click.UsageError.show:
            raise  # what shows itself, such as the help
        raise click.UsageError(named(error.format_message()), error.ctx) from error


class GradeCommand(SafeCommand):
    """Lets `--require-isolation` stand without its value in front of the path."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, after giving a bare option its value."""
        option = "--require-isolation"
        if option in args:
            after = args.index(option) + 1
            if args[after : after + 1] and args[after] not in LEVELS:
                args = [*args[:after], "strong", *args[after:]]
        return super().parse_args(ctx, args)
