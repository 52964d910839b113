"""What the project says of itself agrees: versions, extras, workflows, and who finds what where."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import grader
from grader.diagnosis.bank import bank
from grader.kata import default_kata


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    """The table `project` of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def text(root: Path, name: str) -> str:
    """Return a file of the checkout."""
    return (root / name).read_text("utf-8")


def test_version(root: Path, project: dict[str, Any]) -> None:
    """The version is the same wherever it is said, and the changelog has it, with a date."""
    version = grader.__version__
    assert project["version"] == version
    assert f"\nversion: {version}\n" in text(root, "CITATION.cff")
    dated = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$"
    assert re.search(dated, text(root, "CHANGELOG.md"), re.MULTILINE)


def test_extra_of_a_contributor(project: dict[str, Any]) -> None:
    """The extra `dev` has what tests, linters, hooks and the matrix need."""
    extra = {name.partition(">")[0] for name in project["optional-dependencies"]["dev"]}
    assert extra == {"attention-kata[lint]", "attention-kata[test]", "nox", "pre-commit"}


def test_pythons(root: Path, project: dict[str, Any]) -> None:
    """The matrix and the workflow run each Python that the package is said to run on."""
    said = re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"]))
    assert project["requires-python"] == f">={said[0]}"
    (pythons,) = re.findall(r"^PYTHONS = \((.*)\)$", text(root, "noxfile.py"), re.MULTILINE)
    assert re.findall(r'"(.*?)"', pythons) == said
    for found in re.findall(r"python: \[(.*)\]", text(root, ".github/workflows/check.yml")):
        assert re.findall(r'"(.*?)"', found) == said


def test_minima(project: dict[str, Any]) -> None:
    """Each dependency says the oldest version with which it is tested, in a form nox can read."""
    extras = project["optional-dependencies"]
    tested = (*project["dependencies"], *extras["learn"], *extras["cluster"], *extras["test"])
    for one in tested:
        assert re.fullmatch(r"attention-kata\[\w+\]|[\w-]+(\[\w+\])?>=[\d.]+(; .*)?", one), one


def test_templates(root: Path) -> None:
    """Workflows and issue templates are YAML with what the host asks for."""
    yaml = pytest.importorskip("yaml")
    templates = sorted((root / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
    assert [path.stem for path in templates] == ["false-diagnosis", "platform", "wrong-verdict"]
    for path in templates:
        form = yaml.safe_load(path.read_text("utf-8"))
        assert form["name"]
        assert form["description"]
        asked = [one["id"] for one in form["body"] if one["type"] != "markdown"]
        assert all(isinstance(one, str) for one in asked)
        assert len(set(asked)) == len(asked) > 2
    for path in (root / ".github" / "workflows").glob("*.yml"):
        workflow = yaml.safe_load(path.read_text("utf-8"))
        assert workflow["permissions"] == {"contents": "read"}
        for job in workflow["jobs"].values():
            assert job["timeout-minutes"]


def test_hooks(root: Path) -> None:
    """The linter leaves out what is not ours, also where a hook names the file."""
    name = "tests/hostile/corpus"
    ours = tomllib.loads(text(root, "pyproject.toml"))["tool"]["ruff"]
    assert name in ours["extend-exclude"]
    assert ours["force-exclude"]


def test_places(root: Path) -> None:
    """The map for contributors has each package of the grader, and nothing that is not there."""
    told = set(re.findall(r"`(grader/\w+)`", text(root, "CONTRIBUTING.md")))
    there = {f"grader/{path.parent.name}" for path in (root / "grader").glob("*/__init__.py")}
    assert told == there | {"grader/katas"}


def test_readme_is_short(root: Path) -> None:
    """The README has fewer than 150 lines."""
    assert len(text(root, "README.md").splitlines()) < 150


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links(root: Path, name: str) -> None:
    """What these link to in the repository is there, headings included."""
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text(root, name)):
        path, _, heading = target.partition("#")
        assert (root / path).exists(), target
        if heading:
            headings = re.findall(r"^#+ (.*)$", text(root, path), re.MULTILINE)
            assert heading in [one.lower().replace(" ", "-") for one in headings], target


def test_counts_in_documents(root: Path) -> None:
    """Every document that counts mistakes or pairs of the first kata has the same count."""
    kata = default_kata()
    shown = re.search(r"(\d+) mistakes, (\d+) pairs", text(root, "docs/authors.md"))
    assert shown is not None, "the self-check of the guide for authors"
    mistakes, pairs = map(int, shown.groups())
    assert mistakes == len(bank(kata))
    said = {
        "README.md": [f"the {mistakes} known mistakes", f"{mistakes}, and {pairs:,} pairs"],
        "docs/decisions/0006-mistakes-are-edits-of-the-solution.md": [
            f"{pairs:,} of them come out of {mistakes} entries"
        ],
    }
    for name, texts in said.items():
        document = text(root, name)
        assert [one for one in texts if one not in document] == [], name
