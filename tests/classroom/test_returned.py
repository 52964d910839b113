"""Feedback in one zip, with the names that platforms look for when they take it back."""

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.classroom.exports import FILE, grade_by_number, pack

if TYPE_CHECKING:
    from tests.conftest import RunInProcess


def returned(
    tmp_path: Path,
    run_grade: "RunInProcess",
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str],
) -> dict[str, str]:
    """Return what is in the zip of feedback of a class, by name."""
    monkeypatch.setattr("grader.commands.grade_class.run_class", grade_by_number)
    archive = pack(tmp_path / "class.zip", files)
    ran = run_grade(archive, "--out", tmp_path / "out", "--feedback-zip")
    assert ran.code == 0, ran.err
    with zipfile.ZipFile(tmp_path / "out" / "feedback.zip") as back:
        return {name: back.read(name).decode() for name in back.namelist()}


def moodles_user(path: str) -> tuple[str, str, str] | None:
    """Return (number, plugin, file) as `is_valid_filename_for_import` finds them."""
    parts = path.split("/")
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) >= 4 and info[1].isdecimal():
            rest = [info[4] if len(info) == 5 else "", *parts]
            return info[1], f"{info[2]}_{info[3]}", "/".join(rest)
    return None


def test_moodle(tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch) -> None:
    """Moodle finds each participant, in folders of all versions and without them."""
    files = {
        f"Ada Lovelace_101_assignsubmission_file/{FILE}": "1",
        f"Alex Kim_102_assignsubmission_file_/hw/{FILE}": "2",
        f"Alex Kim_103_assignsubmission_file_{FILE}": "3",
        f"Group 1-O'Brien, Pat_104_assignsubmission_file_/{FILE}": "4",
        "Cy Diaz_105_assignsubmission_onlinetext_/onlinetext.html": "<p>",
    }
    back = returned(tmp_path, run_grade, monkeypatch, files)
    found = {moodles_user(name): text for name, text in back.items()}
    assert {user[0]: text for user, text in found.items() if user} == {
        "101": "<p>1</p>",
        "102": "<p>2</p>",
        "103": "<p>3</p>",
        "104": "<p>4</p>",
        "105": "<p>0</p>",
    }
    assert {user[1] for user in found if user} <= {
        "assignsubmission_file",
        "assignsubmission_onlinetext",
    }
    assert all(user and user[2].endswith("feedback.html") for user in found)


def test_canvas(tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch) -> None:
    """Canvas finds each learner's number, and that of the file that was handed in."""
    files = {
        f"lovelaceada_101_4711_{FILE}": "1",
        f"ngben_LATE_102_4712_{FILE}": "2",
        "roymaya_103_4713_1_2_mine.py": "3",
    }
    back = returned(tmp_path, run_grade, monkeypatch, files)
    found = {
        tuple(part for part in name.split("_") if re.fullmatch(r"\d+", part))[:2]: text
        for name, text in back.items()
    }
    assert found == {
        ("101", "4711"): "<p>1</p>",
        ("102", "4712"): "<p>2</p>",
        ("103", "4713"): "<p>3</p>",
    }
    assert all(name.endswith("_feedback.html") for name in back)
