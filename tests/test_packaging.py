"""The wheel and the sdist: what is in them, and that what is installed grades."""

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import grader
from grader.grading.versions import cases_sha256
from grader.kata import default_kata

if TYPE_CHECKING:
    from tests.conftest import ReadReport

pytestmark = pytest.mark.long
KATA = default_kata()
SDIST = {
    *("benchmarks", "docs", "exercise", "grader", "solution", "tests", "tools"),
    *("CHANGELOG.md", "CITATION.cff", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "LICENSE"),
    *("README.md", "SECURITY.md", "noxfile.py", "pyproject.toml", "PKG-INFO", ".gitignore"),
}
"""What the sdist holds at its top."""


@dataclass(frozen=True)
class Built:
    """The two archives."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="session")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the sdist, and the wheel from it, as a release is built."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", out, root], check=True, capture_output=True
    )
    (wheel,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    return Built(wheel, sdist)


@pytest.fixture(scope="session")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of a fresh environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=False, symlinks=True)
    scripts = folder / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python")]
    subprocess.run([*pip, "install", "--quiet", str(built.wheel)], check=True, capture_output=True)
    return scripts


def names(built: Built) -> list[str]:
    """Return the names of the files in the wheel."""
    with zipfile.ZipFile(built.wheel) as archive:
        return [name for name in archive.namelist() if not name.endswith("/")]


def data_of(root: Path) -> set[str]:
    """Return the files of the checkout that travel in the wheel, by their names there."""
    found = set()
    for folder, inside in (("grader", "grader"), ("exercise", "grader/katas/attention/exercise"),
                           ("solution", "grader/katas/attention/solution")):  # fmt: skip
        for path in (root / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                found.add(f"{inside}/{path.relative_to(root / folder).as_posix()}")
    return found


def test_names_that_the_wheel_takes(built: Built) -> None:
    """At the top of the wheel there is only `grader`, and what describes it."""
    info = f"attention_kata-{grader.__version__}.dist-info"
    assert {name.partition("/")[0] for name in names(built)} == {"grader", info}


def test_files_in_the_wheel(built: Built, root: Path) -> None:
    """The wheel holds the package, the exercise and the solution, file by file, and no more."""
    packed = {name for name in names(built) if ".dist-info/" not in name}
    assert packed == data_of(root)
    for name in (
        "grader/py.typed",
        "grader/report/report.schema.json",
        "grader/cases/pytest.ini",
        "grader/katas/attention/exercise/README.md",
        "grader/katas/attention/exercise/multi_head_attention.py",
        "grader/katas/attention/solution/multi_head_attention.py",
    ):
        assert name in packed


def test_description_in_the_wheel(built: Built) -> None:
    """The wheel has its license, its two commands and the dependencies of a user, no others."""
    info = f"attention_kata-{grader.__version__}.dist-info"
    with zipfile.ZipFile(built.wheel) as archive:
        entries = archive.read(f"{info}/entry_points.txt").decode()
        metadata = archive.read(f"{info}/METADATA").decode()
        assert archive.read(f"{info}/licenses/LICENSE").startswith(b"MIT License")
    assert "grade = grader.commands.entry:main" in entries
    assert "kata = grader.commands.entry:kata" in entries
    assert "Requires-Python: >=3.11" in metadata
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    always = {line.split()[1].partition(">")[0] for line in required if "extra ==" not in line}
    assert always == {"click", "numpy", "pytest", "pytest-json-report"}


def test_files_in_the_sdist(built: Built) -> None:
    """The sdist holds sources, tests and documents, and nothing that a tool left behind."""
    with tarfile.open(built.sdist) as archive:
        members = archive.getnames()
    prefix = f"attention_kata-{grader.__version__}/"
    top = {name.removeprefix(prefix).partition("/")[0] for name in members if prefix in name}
    assert top == SDIST
    for name in members:
        assert "__pycache__" not in name
        assert not name.endswith((".pyc", ".json-report"))
        assert not any(part.startswith(".") and part.endswith("_cache") for part in name.split("/"))


def test_installed_command_grades(
    installed: Path, read_report: "ReadReport", solution: Path, stub: Path, tmp_path: Path
) -> None:
    """In a fresh environment, in another folder, the installed command judges as the checkout."""
    for name, path, score in (("right.py", solution, 1.0), ("stub.py", stub, 0.0)):
        (tmp_path / name).write_bytes(path.read_bytes())
        done = subprocess.run(
            [installed / "grade", name, "--json", "-", "--seed", "1"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0
        report = read_report(done.stdout)
        assert report["score"] == score
        assert report["grader"]["cases_sha256"] == cases_sha256(KATA)
    assert {path.name for path in tmp_path.iterdir()} == {"right.py", "stub.py"}


def test_installed_names(installed: Path, tmp_path: Path) -> None:
    """The environment can import `grader`, and no `solution`, `exercise`, `tests` or `worker`."""
    code = (
        "import importlib.util, json, sys\n"
        "from grader.kata import default_kata\n"
        "KATA = default_kata()\n"
        "names = ('solution', 'exercise', 'tests', 'worker', 'cases', 'data', 'tools')\n"
        "import grader\n"
        "print(json.dumps([grader.__file__, str(KATA.solution_path),\n"
        "    str(KATA.stub), [n for n in names if importlib.util.find_spec(n)]]))\n"
    )
    done = subprocess.run(
        [installed / "python", "-c", code], cwd=tmp_path, capture_output=True, check=True
    )
    package, solution, stub, others = json.loads(done.stdout)
    fresh = str(installed.parent)
    assert package.startswith(fresh)
    assert solution.startswith(fresh)
    assert stub.startswith(fresh)
    assert others == []


def test_installed_schema(installed: Path, tmp_path: Path) -> None:
    """`kata schema` of the installed package prints the checkout's schema."""
    done = subprocess.run(
        [installed / "kata", "schema"], cwd=tmp_path, capture_output=True, check=True
    )
    assert (
        done.stdout == (Path(grader.__file__).parent / "report" / "report.schema.json").read_bytes()
    )
