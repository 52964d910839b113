"""`kata`: what belongs to the kata rather than to one grading."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from grader import __version__
from grader.commands.naming import complete_kata, complete_names, of_kata, one_kata
from grader.commands.options import SafeGroup
from grader.console import Unwinding
from grader.errors import UsageError
from grader.files import leave_deleted_folder, write_atomically
from grader.jail import Jail, Limits
from grader.kata import is_shipped, load_kata
from grader.process import make_ours
from grader.report.model import schema as report_schema
from grader.screen.terminal import Look, named, never_fail_on_a_character, show, wants_color
from grader.text import clean, nearest


@click.group(
    cls=SafeGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80}
)
@click.version_option(__version__, prog_name="kata")
def main() -> None:
    """Start the kata, and look into it and its grader."""
    make_ours()
    never_fail_on_a_character()


@main.command("list")
def list_all() -> None:
    """List the katas that are shipped, with what you need to know before each."""
    from grader.commands.start import overview

    click.echo(overview())


@main.command()
@click.argument("name", required=False, shell_complete=complete_names)
@click.argument("folder", type=click.Path(path_type=Path), default=".", metavar="[DIR]")
@of_kata
def start(name: str | None, folder: Path, kata: str | None) -> None:
    """Write the file to fill in into DIR, and say what to do next.

    NAME is one of those that `kata list` shows; without it, it is the first. DIR is made if need
    be; without it, the file goes where you are. What is there already stays as it is. Exit codes:
    0 the file is written; 2 there is one already.
    """
    from grader.commands.start import start as begin

    if name is not None and kata is None and is_shipped(name):
        kata = name
    elif name is not None:
        if folder != Path():
            raise click.UsageError(f"There is no kata {name!r}. `kata list` shows them.")
        folder = Path(name)
    leave_deleted_folder([folder])
    click.echo(begin(load_kata(kata), folder))


@main.command(short_help="Show what is to be done.")
@click.argument("name", required=False, metavar="[NAME|DIR]", shell_complete=complete_kata)
@of_kata
def statement(name: str | None, kata: str | None) -> None:
    """Show what is to be done: the words, the formula, an example by hand.

    NAME is one of those that `kata list` shows, or a folder with one of yours; without it, it is
    the first.
    """
    from grader.commands.start import statement as text

    show(text(load_kata(one_kata(name, kata)), sys.stdout), wants_color())


@main.command()
def doctor() -> None:
    """Probe the jail on this machine and show every layer.

    Exit codes: 0 at level full or strong, else 1; 3 if no jail can be made at all.
    """
    from grader.commands.doctor import describe

    with Jail(Limits()) as jail:
        isolation = jail.isolation
    click.echo(describe(isolation))
    sys.exit(isolation.level not in ("full", "strong"))


@main.command(short_help="List the known mistakes, or tell of one.")
@click.argument("mistake", required=False, metavar="[ID|WORD]")
@of_kata
def explain(mistake: str | None, kata: str | None) -> None:
    """List the known mistakes, or tell of one, with small numbers where it shows.

    A word in the place of its ID lists the mistakes with that word in them.
    """
    from grader.grading.ready import load

    chosen = load_kata(kata)
    load()
    from grader.diagnosis.bank import by_id
    from grader.diagnosis.example import example
    from grader.diagnosis.symptoms import texts
    from grader.screen.mistake import describe, describe_bank, describe_symptom

    look = Look.of(sys.stdout)
    known, symptoms = by_id(chosen), texts(chosen)
    if mistake is None:
        shown = describe_bank(chosen, look)
    elif mistake in known:
        shown = describe(chosen, known[mistake], example(chosen, known[mistake]), look)
    elif mistake in symptoms:
        shown = describe_symptom(chosen, mistake, look)
    elif "-" not in mistake and (found := describe_bank(chosen, look, mistake)):
        shown = found
    else:
        near = nearest(mistake, [*known, *symptoms])
        hint = f"Did you mean {near}?" if near else "`kata explain` lists them all."
        raise click.UsageError(f"There is no known mistake {mistake!r}. {hint}")
    show(shown, wants_color())


@main.command(short_help="Write a kata of your own, to begin with.")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def new(folder: Path) -> None:
    """Write the smallest kata into DIR, and say what to do next.

    A statement, a stub, a solution and two kinds of cases, to be replaced by yours, and a
    kata.toml whose lines are comments. `kata verify DIR` says whether it holds together. What is
    there already stays as it is. Exit codes: 0 it is written; 2 something is in the way.
    """
    from grader.authoring.new import write

    leave_deleted_folder([folder])
    click.echo(write(folder))


@main.command(short_help="Check a kata itself, for its authors.")
@click.argument("where", required=False, metavar="[NAME|DIR]")
@click.option("--json", "json_path", metavar="PATH", help="Write the findings there; - is stdout.")
@click.option("--strict", is_flag=True, help="Holes, and all else that is a warning, are problems.")
@click.option("--holes/--no-holes", default=True, help="Look for holes.  [default: look]")
@click.option(
    "--golden",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Also grade the files of this folder, which say in comments what they must get.",
)
@click.option("--update", is_flag=True, help="First make the tables of known mistakes again.")
@of_kata
def verify(
    where: str | None,
    json_path: str | None,
    strict: bool,
    holes: bool,
    golden: Path | None,
    update: bool,
    kata: str | None,
) -> None:
    """Check a kata itself: for authors who changed a case, a solution or a mistake.

    The solution gets full marks and the stub does not; points sum and identifiers are unique;
    stub, solution and kata.toml agree; what lies in submissions/ gets what its folder says; each
    mistake of a bank, and each pair of them, loses points, each is diagnosed as itself, and each
    case earns its place.

    Then it looks for holes: small edits of the solution that no case notices, each with an input
    where it shows. Those are warnings, unless --strict.

    Exit codes: 0 all of that holds, else 1; 2 there is no such kata.
    """
    where = one_kata(where, kata)
    leave_deleted_folder([golden, None if json_path == "-" else json_path])
    from grader.grading.ready import load

    load()
    from grader.authoring.findings import Findings, describe
    from grader.authoring.verify import verify as check

    try:
        chosen = load_kata(where)
    except UsageError as error:
        if where is None or not Path(where).is_dir():
            raise
        findings, shown = Findings([str(error)]), f"PROBLEM {error}"
    else:
        with Unwinding():
            findings = check(chosen, golden, _watch, update=update, holes=holes, strict=strict)
        shown = describe(chosen, findings)
    if json_path == "-":
        click.echo(findings.to_json(), nl=False)
    else:
        if json_path is not None:
            write_atomically(Path(json_path), findings.to_json())
        click.echo(clean(shown))
    sys.exit(bool(findings.problems))


def _watch(things: Iterable[Any], length: int, label: str) -> Iterator[Any]:
    """Yield things while a bar on stderr shows how many are done."""
    with click.progressbar(things, length, label, file=sys.stderr) as bar:
        yield from bar


@main.command()
@click.argument("platform")
@click.argument("folder", type=click.Path(path_type=Path))
@of_kata
def export(platform: str, folder: Path, kata: str | None) -> None:
    """Write all that PLATFORM needs to grade with this into FOLDER.

    Platforms: gradescope, prairielearn, github (Actions and Classroom 50), coderunner (Moodle),
    docker. The README.md that comes with it says what to do.
    """
    from grader.kits import export as export_kit

    leave_deleted_folder([folder])
    for path in export_kit(load_kata(kata), platform, folder):
        click.echo(named(path))
    click.echo(f"What to do with them is in {named(folder / 'README.md')}.")


@main.command()
def schema() -> None:
    """Print the JSON Schema of the report."""
    click.echo(report_schema(), nl=False)
