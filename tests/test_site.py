"""The documents: the site that is built from them, and the commands that they tell."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

from grader.commands.grade import main as grade_main
from grader.commands.kata import main as kata_main
from grader.jail import Jail, Limits
from grader.jail.isolation import is_at_least
from grader.report.model import schema
from tests.conftest import SCRIPTS
from tests.documents import blocks, looks_like

BUSY = re.compile(r"^\d+ of \d+ graded, .*\n|^grade: \d+ of them once more, .*\n", re.MULTILINE)
"""What a class says besides where the machine is slow or has other things to do."""
LOADS = {"script": "src", "link": "href", "img": "src", "source": "src", "iframe": "src"}
"""The elements that make a browser load something, and where they say what."""


class Loaded(HTMLParser):
    """Collects what a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take note of an element that loads something."""
        self.addresses += [value or "" for name, value in attributes if LOADS.get(tag) == name]


@pytest.fixture(scope="session")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site, built as `.ci/run` builds it: a warning is an error."""
    for name in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(name)
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "sphinx",
            "-q",
            "-W",
            "--keep-going",
            str(root / "docs"),
            str(folder),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="session")
def reference(root: Path) -> ModuleType:
    """The extension that writes the reference of the report."""
    pytest.importorskip("sphinx")
    path = root / "docs" / "_extensions" / "schema_reference.py"
    spec = importlib.util.spec_from_file_location("schema_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.long
def test_site_loads_nothing_from_elsewhere(site: Path) -> None:
    """No page, style or script of the site names another host to load from."""
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        loaded = Loaded()
        loaded.feed(page.read_text(encoding="utf-8"))
        assert loaded.addresses
        assert not [address for address in loaded.addresses if "//" in address], page
    for style in site.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", text), style


@pytest.mark.long
def test_site_leaves_the_documents_alone(site: Path, root: Path) -> None:
    """Building writes nothing into the repository."""
    assert not list((root / "docs").rglob("*.html"))
    assert not list((root / "docs").rglob("*.doctree"))


def test_reference_tells_every_field(site: Path) -> None:
    """The page of the report has each field of the schema, with its meaning and its values."""
    page = (site / "report.html").read_text(encoding="utf-8")
    text = " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())
    whole = json.loads(schema())
    fields = list(fields_of(whole, ""))
    for name, definition in whole["$defs"].items():
        fields += fields_of(definition, f"{name}.")
    assert len(fields) > 40
    for name, field in fields:
        assert f'id="field-{name}"' in page
        assert " ".join(field["description"].split()) in text
        for value in field.get("enum", []):
            assert f">{value}</span>" in page


def fields_of(part: dict[str, Any], prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the fields of an object of the schema, those inside its objects included."""
    for name, field in part.get("properties", {}).items():
        yield prefix + name, field
        yield from fields_of(field, f"{prefix}{name}.")


@pytest.mark.parametrize(
    "field",
    [{"type": "string"}, {"type": "string", "description": "…", "format": "date"}],
    ids=["no description", "unknown keyword"],
)
def test_reference_leaves_nothing_out(reference: ModuleType, field: dict[str, str]) -> None:
    """A field that the reference cannot tell of is an error, not a gap."""
    small = {"description": "…", "properties": {"one": field}, "$defs": {}}
    with pytest.raises(ValueError, match=r"description|format"):
        list(reference.reference(small))


@pytest.mark.long
def test_commands_of_the_teachers_guide(root: Path, tmp_path: Path) -> None:
    """The commands of the guide for teachers, run in their order, print what it shows."""
    with Jail(Limits()) as jail:
        if not is_at_least(jail.isolation.level, "strong"):
            pytest.skip(f"this machine gives {jail.isolation.level}, and less is refused there")
    for name in ("exercise", "solution"):
        shutil.copytree(root / name, tmp_path / name)
    shutil.copytree(root / "tests" / "golden", tmp_path / "tests" / "golden")
    path = f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"
    printed, compared = "", 0
    for block in blocks(root / "docs" / "teachers.md"):
        if block.language == "sh" and not block.text.startswith("pip "):
            done = subprocess.run(
                ["bash", "-euc", block.text],
                cwd=tmp_path,
                env={"PATH": path},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            printed = BUSY.sub("", done.stdout)
        elif block.language == "text" and block.follows:
            shown = BUSY.sub("", block.text)
            assert looks_like(shown).fullmatch(printed), printed
            compared += 1
    assert compared > 8


def options(command: click.Command) -> set[str]:
    """Return the options of a command and of those below it."""
    found = {
        name
        for parameter in command.params
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    if isinstance(command, click.Group):
        for below in command.commands.values():
            found |= options(below)
    return found


def test_options_exist(root: Path) -> None:
    """Each option that a document gives to `grade` or `kata` is one of theirs."""
    known = {"grade": options(grade_main), "kata": options(kata_main)}
    seen = 0
    for page in (root / "README.md", root / "CONTRIBUTING.md", *(root / "docs").rglob("*.md")):
        for command, rest in re.findall(
            r"(?<![\w-])(grade|kata) ([^`\n#|]*)", page.read_text("utf-8")
        ):
            for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest):
                assert option in known[command] | {"--help"}, f"{page.name}: {command} {rest}"
                seen += 1
    assert seen > 30
