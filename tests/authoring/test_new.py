"""`kata new`: what it writes, and that it holds together."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.grading.grader import Grader
from grader.kata import load_kata, manifest

if TYPE_CHECKING:
    from tests.conftest import RunInProcess


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("softmax", "softmax"),
        ("Two words", "two_words"),
        ("json", "json_kata"),
        ("1st", "kata_1st"),
    ],
)
def test_it_holds_together(
    name: str, module: str, run_kata: "RunInProcess", tmp_path: Path
) -> None:
    """What is written verifies without a warning or a hole, whatever the folder is called."""
    folder = tmp_path / name
    ran = run_kata("new", folder)
    assert ran.code == 0, ran.err
    assert "kata verify" in ran.out
    kata = load_kata(folder)
    assert (kata.file, kata.name) == (f"{module}.py", name)
    ran = run_kata("verify", folder, "--strict")
    assert ran.code == 0, ran.out
    assert "All is well." in ran.out
    with Grader(kata) as ours:
        titles = [case.title for case in ours.grade(kata.stub).cases]
    assert titles == [
        "Each column sums to 0: 1",
        "Each column sums to 0: 2",
        "The array that is passed stays as it is",
        "Values for random numbers",
    ]


def test_what_is_commented(run_kata: "RunInProcess", tmp_path: Path) -> None:
    """Each line of kata.toml that is a comment with a value can stand without its `#`."""
    folder = tmp_path / "centered"
    assert run_kata("new", folder).code == 0
    path = folder / "kata.toml"
    lines = [line.removeprefix("# ") for line in path.read_text().splitlines()]
    path.write_text("\n".join(one for one in lines if "=" in one or one.startswith("[")))
    said = manifest.read(folder)
    assert said["functions"]["center"]["parameters"] == ["X"]
    assert {"limits", "imports", "words", "tolerance"} <= said.keys()


@pytest.mark.parametrize(
    "there", ["cases.py", "exercise/notes.txt", "solution", "kata.toml", ".meta"]
)
def test_nothing_is_overwritten(there: str, run_kata: "RunInProcess", tmp_path: Path) -> None:
    """A folder that holds a part of a kata, even an empty one, stays as it is; others do not."""
    folder = tmp_path / "mine"
    path = folder / there
    if "." in path.name and not path.name.startswith("."):
        path.parent.mkdir(parents=True)
        path.write_text("mine")
    else:
        path.mkdir(parents=True)
    before = sorted(folder.rglob("*"))
    ran = run_kata("new", folder)
    assert ran.code == 2
    assert "is there already, so nothing was written" in ran.err
    assert sorted(folder.rglob("*")) == before


def test_beside_other_files(run_kata: "RunInProcess", tmp_path: Path) -> None:
    """A folder with other things in it is as good; a file is none."""
    (tmp_path / "notes.txt").write_text("mine")
    assert run_kata("new", tmp_path).code == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    ran = run_kata("new", tmp_path / "notes.txt")
    assert (ran.code, "is a file; name a folder" in ran.err) == (2, True)
