"""Download, grade, upload: every learner's number where it belongs, and no other byte changed."""

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.classroom import exports
from tests.classroom.exports import Learner

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

Export = Callable[[Sequence[Learner]], dict[str, str]]
Book = Callable[[Sequence[Learner]], tuple[str, str]]

PLATFORMS: dict[str, tuple[Export, Book, int]] = {
    "moodle": (exports.moodle, exports.moodle_book, 10),
    "canvas": (exports.canvas, exports.canvas_book, 1000),
    "gradescope": (exports.gradescope, exports.canvas_book, 1000),
    "blackboard": (exports.blackboard, exports.blackboard_book, 20),
    "brightspace": (exports.brightspace, exports.brightspace_book, 50),
}
"""How each exports a class, its gradebook, and the full marks there."""
NAMELESS = ("brightspace",)
"""Those whose names of files have nothing that the gradebook has, but the learners' names."""


def filled(book: str, grades: Sequence[str]) -> str:
    """Return a gradebook with grades."""
    parts = book.split("%s")
    assert len(parts) == len(grades) + 1
    return "".join(part + grade for part, grade in zip(parts, [*grades, ""], strict=True))


def written(points: float) -> str:
    """Return a grade as it stands in a gradebook."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_round_trip(
    platform: str, tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 300 learners each gets what his file, his group's, or his last attempt is worth."""
    monkeypatch.setattr("grader.commands.grade_class.run_class", exports.grade_by_number)
    export, book, most = PLATFORMS[platform]
    class_ = exports.learners()
    archive = exports.pack(tmp_path / "class.zip", export(class_))
    text, encoding = book(class_)
    (tmp_path / "book.csv").write_bytes(filled(text, [""] * len(class_)).encode(encoding))
    (tmp_path / "roster.csv").write_text(exports.roster(class_))
    ran = run_grade(
        *(archive, "--out", tmp_path / "out", "--gradebook", tmp_path / "book.csv"),
        *("--roster", tmp_path / "roster.csv", "--feedback-zip"),
    )
    assert ran.code == 0, ran.err
    namesakes = [one for one in class_ if one.first == "Zoë" and platform in NAMELESS]
    grades = ["" if one in namesakes else written(one.points / 100 * most) for one in class_]
    made = (tmp_path / "out" / "book.csv").read_bytes()
    assert made.decode(encoding) == filled(text, grades)
    assert ("Not in the gradebook, or not once" in ran.err) == bool(namesakes)
    assert "Handed in nothing" not in ran.out + ran.err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["submissions"] == 290
    late = sum(one.is_late for one in class_) if platform == "canvas" else 0
    assert len(summary["late"]) == late
    attempts = [one for one in summary["notes"] if "Handed in before" in one["message"]]
    assert len(attempts) == (10 if platform in ("blackboard", "brightspace") else 0)
    with zipfile.ZipFile(tmp_path / "out" / "feedback.zip") as back:
        assert len(back.namelist()) == len(set(back.namelist())) == 290


@pytest.mark.parametrize("platform", ["gradescope", "blackboard", "brightspace"])
def test_late_by_dates(
    platform: str, tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where dates are known, each day begun costs what it should, in a column of its own."""
    monkeypatch.setattr("grader.commands.grade_class.run_class", exports.grade_by_number)
    class_ = exports.learners()
    archive = exports.pack(tmp_path / "class.zip", PLATFORMS[platform][0](class_))
    ran = run_grade(
        *(archive, "--out", tmp_path / "out"),
        *("--due", f"{exports.DUE:%Y-%m-%d %H:%M}", "--late-penalty", "10%/day"),
    )
    assert ran.code == 0, ran.err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert len(summary["late"]) == 5
    lines = (tmp_path / "out" / "gradebook.csv").read_text().splitlines()
    assert lines[0].endswith("report,late_penalty,points_after_penalty")
    late = [line for line in lines if ",LATE," in line]
    for one in (one for one in class_ if one.is_late):
        wanted = f",20%,{max(one.points - 20, 0)}"  # thirty hours are two days
        assert any(line.endswith(wanted) for line in late)


@pytest.mark.parametrize("platform", ["blackboard", "brightspace"])
def test_best_attempt(
    platform: str, tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --attempts best all are graded, and each learner has one line: of the best."""
    monkeypatch.setattr("grader.commands.grade_class.run_class", exports.grade_by_number)
    (one,) = [one for one in exports.learners() if one.number == 4201]
    files = PLATFORMS[platform][0]([one])
    names = [name for name in files if name.endswith(".py")]
    worths = {names[0]: "3", names[1]: "90", names[2]: "40"}
    archive = exports.pack(tmp_path / "class.zip", {**files, **worths})
    for attempts, points in (("last", "40"), ("best", "90")):
        out = tmp_path / attempts
        ran = run_grade(archive, "--out", out, "--attempts", attempts)
        assert ran.code == 0, ran.err
        header, line = (out / "gradebook.csv").read_text().splitlines()
        row = dict(zip(header.split(","), line.split(","), strict=True))
        assert (row["points"], row["attempt"]) == (points, "2 of 3" if points == "90" else "3 of 3")
    assert "the others: 1 of 3 3, 3 of 3 40" in ran.out
