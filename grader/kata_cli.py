"""`kata`: what belongs to the kata rather than to one grading."""

import click

from grader import __version__
from grader.report import schema as report_schema


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(__version__, prog_name="kata")
def main() -> None:
    """Look into the kata and its grader."""


@main.command()
def schema() -> None:
    """Print the JSON Schema of the report."""
    click.echo(report_schema(), nl=False)
