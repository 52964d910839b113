"""`kata`: what belongs to the kata rather than to one grading."""

import sys

import click

from grader import __version__
from grader.errors import GraderError
from grader.jail import Jail, Limits
from grader.report import schema as report_schema


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(__version__, prog_name="kata")
def main() -> None:
    """Look into the kata and its grader."""


@main.command()
def doctor() -> None:
    """Probe the jail on this machine and show every layer.

    Exit codes: 0 at level full or strong, else 1; 3 if no jail can be made at all.
    """
    from grader.doctor import describe

    try:
        with Jail(Limits()) as jail:
            isolation = jail.isolation
    except GraderError as error:
        click.echo(f"kata: {error}", err=True)
        sys.exit(3)
    click.echo(describe(isolation))
    sys.exit(isolation.level not in ("full", "strong"))


@main.command()
def schema() -> None:
    """Print the JSON Schema of the report."""
    click.echo(report_schema(), nl=False)
