"""Kits as they are exported, from a checkout and from an installed wheel."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader import __version__
from grader.kata import default_kata, load_kata, shipped_katas
from grader.kits import PLATFORMS, export
from grader.kits.wheel import build_wheel

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

KATA = default_kata()

KATAS = "grader/katas/"
WHEEL = f"attention_kata-{__version__}-py3-none-any.whl"
WHEELS = {
    "gradescope": set(),
    "prairielearn": {f"image/{WHEEL}"},
    "github": {f".kata/{WHEEL}", f"classroom50/{WHEEL}"},
    "coderunner": {WHEEL},
    "docker": {WHEEL},
}
platforms = pytest.mark.parametrize("platform", PLATFORMS)


def listing(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder, by their paths in it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@platforms
def test_what_is_in_them(platform: str, tmp_path: Path) -> None:
    """Each kit has a README that says what to do, and a wheel in each place that takes one."""
    folder = tmp_path / "kit"
    export(KATA, platform, folder)
    text = (folder / "README.md").read_text()
    for part in ("\n1. ", "\n3. ", "it fails"):
        assert part in text
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix not in (".whl", ".zip"):
            assert not re.search(r"@[A-Z]+@", path.read_text()), path
    assert {name for name in listing(folder) if name.endswith(".whl")} == WHEELS[platform]
    assert [path.name for path in tmp_path.iterdir()] == ["kit"]


def test_gradescope_zip(tmp_path: Path) -> None:
    """The zip has the scripts at its root, executable, and the wheel."""
    export(KATA, "gradescope", tmp_path / "kit")
    with zipfile.ZipFile(tmp_path / "kit" / "autograder.zip") as archive:
        modes = {info.filename: info.external_attr >> 16 & 0o111 for info in archive.infolist()}
    assert set(modes) == {"setup.sh", "run_autograder", WHEEL}
    assert modes["setup.sh"]
    assert modes["run_autograder"]


def test_the_stub_is_there(tmp_path: Path) -> None:
    """PrairieLearn's page offers the stub below the statement; other kits have it as a file."""
    stub = KATA.stub.read_bytes()
    export(KATA, "prairielearn", tmp_path / "prairielearn")
    page = (tmp_path / "prairielearn" / "question.html").read_text()
    assert f'<pl-file-download file-name="{KATA.file}">' in page
    files = listing(tmp_path / "prairielearn")
    assert files[f"clientFilesQuestion/{KATA.file}"] == stub
    for platform in ("github", "coderunner"):
        export(KATA, platform, tmp_path / platform)
        assert listing(tmp_path / platform)[KATA.file] == stub


def test_wheel(tmp_path: Path) -> None:
    """The wheel is the same each time, and has the license that its description names."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = (build_wheel(KATA, tmp_path / name) for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        info = f"attention_kata-{__version__}.dist-info"
        assert "License-File: LICENSE" in archive.read(f"{info}/METADATA").decode()
        assert b"MIT License" in archive.read(f"{info}/licenses/LICENSE")


@pytest.mark.parametrize("name", [*shipped_katas()])
def test_a_wheel_has_one_kata_and_what_katas_share(tmp_path: Path, name: str) -> None:
    """A kit's wheel holds the kata that was exported, and the room that all of them share."""
    with zipfile.ZipFile(build_wheel(load_kata(name), tmp_path)) as archive:
        rooms = {path.split("/")[2] for path in archive.namelist() if path.startswith(KATAS)}
        manifests = [path for path in archive.namelist() if path.endswith("/kata.toml")]
    assert rooms == {"__init__.py", "common", name}
    assert manifests == [f"{KATAS}{name}/kata.toml"]


def test_refusals(run_kata: "RunInProcess", tmp_path: Path) -> None:
    """An unknown platform, or a folder that is not empty, is refused with a sentence."""
    ran = run_kata("export", "blackboard", tmp_path / "x")
    assert ran.code == 2
    assert "gradescope" in ran.err
    (tmp_path / "mine.txt").write_text("work")
    ran = run_kata("export", "docker", tmp_path)
    assert ran.code == 2
    assert "not empty" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_into_the_folder_where_one_is(
    run_kata: "RunInProcess", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty folder is filled and stays the same one, so that a shell in it sees the kit."""
    (tmp_path / "kit").mkdir()
    monkeypatch.chdir(tmp_path / "kit")
    assert run_kata("export", "docker", ".").code == 0
    assert sorted(os.listdir()) == ["Dockerfile", "README.md", WHEEL]


def test_a_failure_leaves_nothing(
    run_kata: "RunInProcess", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be finished is not begun: no half kit, and a second try works."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("grader.kits._write", full)
        ran = run_kata("export", "docker", tmp_path / "kit")
    assert ran.code == 3
    assert "no space left" in ran.err
    assert list(tmp_path.iterdir()) == []
    assert run_kata("export", "docker", tmp_path / "kit").code == 0


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `kata` of an environment into which pip installed the wheel, compiled files and all."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv")
    python = folder / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", str(build_wheel(KATA, folder))], check=True, timeout=300)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    assert list((site / "grader").rglob("*.pyc"))
    # What the grader needs comes from this environment; the grader itself stands before it.
    (site / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "venv" / "bin" / "kata"


@pytest.mark.long
@platforms
def test_from_an_installed_wheel(installed: Path, tmp_path: Path, platform: str) -> None:
    """An ordinary install exports the same kit as the checkout, but for what is in its wheel."""
    command = [str(installed), "export", platform, str(tmp_path / "installed")]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    export(KATA, platform, tmp_path / "checkout")
    ours, theirs = listing(tmp_path / "checkout"), listing(tmp_path / "installed")
    assert ours.keys() == theirs.keys()
    for name, content in ours.items():
        assert name.endswith((".whl", ".zip")) or theirs[name] == content
