"""Formats whose platforms publish no validator, against schemas written from their documents."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from grader.formats import find
from grader.formats.words import label

if TYPE_CHECKING:
    from tests.formats.conftest import Render, Views

SCHEMAS = Path(__file__).parent / "schemas"
NAMES = sorted(path.stem for path in SCHEMAS.glob("*.json"))
SILENT = ("gradescope", "junit", "classroom50", "coursera", "edx", "ctrf", "exercism")
"""Formats of platforms that take a missing file for a broken grader, which is what it is."""
BROKEN: dict[str, dict[str, Any]] = {
    "gradescope": {"score": "72"},
    "prairielearn": {"score": 1.5},
    "coderunner": {"verdict": "fine"},
    "classroom50": {"score": 72.5},
    "submitty": {"status": "fine"},
    "exercism": {"status": None},
}


def read(name: str, data: bytes) -> Any:
    """Return strict JSON that its schema allows."""
    value = json.loads(data, parse_constant=lambda constant: pytest.fail(constant))
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(value)
    return value


@pytest.mark.parametrize("name", NAMES)
def test_valid_at_any_fate(views: "Views", name: str) -> None:
    """What is written is valid, whatever became of the submission."""
    for fate, view in views.items():
        data = find(name).render(view)
        if data is None:
            assert fate == "broken grader"
            assert name in SILENT
        else:
            read(name, data)


@pytest.mark.parametrize("name", NAMES)
def test_schema_rejects(views: "Views", render: "Render", name: str) -> None:
    """A broken sample is not valid."""
    value = json.loads(render(name, views["wrong"]))
    validator = Draft202012Validator(json.loads((SCHEMAS / f"{name}.json").read_text()))
    assert validator.is_valid(value)
    assert not validator.is_valid({**value, **BROKEN[name]})


@pytest.mark.parametrize("name", SILENT)
def test_broken_grader_leaves_nothing(views: "Views", name: str) -> None:
    """Where a missing file says that the grader broke, none is written."""
    assert find(name).render(views["broken grader"]) is None


def test_gradescope(views: "Views", render: "Render") -> None:
    """Points are those of the cases; nothing is hidden, which would hide the total."""
    found = read("gradescope", render("gradescope", views["wrong"]))
    report = views["wrong"].report
    assert found["score"] == report.points == sum(test["score"] for test in found["tests"])
    assert sum(test["max_score"] for test in found["tests"]) == 100
    assert {test["visibility"] for test in found["tests"]} == {"visible"}
    assert report.diagnoses[0].title in found["output"]
    rejected = read("gradescope", render("gradescope", views["rejected"]))
    (test,) = rejected["tests"]
    assert (rejected["score"], test["status"], test["max_score"]) == (0, "failed", 100)
    assert "not valid Python" in test["output"]


def test_prairielearn(views: "Views", render: "Render") -> None:
    """What could not be judged costs no attempt, whoever is at fault."""
    found = read("prairielearn", render("prairielearn", views["wrong"]))
    assert found["score"] == views["wrong"].report.score
    assert sum(test["points"] for test in found["tests"]) == views["wrong"].report.points
    for fate in ("rejected", "broken grader"):
        found = read("prairielearn", render("prairielearn", views[fate]))
        assert found["gradable"] is False
        assert "score" not in found
        assert views[fate].report.message in found["message"].replace("\n", " ")
    assert "format_errors" not in found  # the learner's format was not the matter


def test_coderunner(views: "Views", render: "Render") -> None:
    """Hidden cases are hidden; a broken grader asks for a regrade, for that is all there is."""
    found = read("coderunner", render("coderunner", views["wrong"]))
    header, *rows = found["testresults"]
    hidden = {row[header.index("Test")] for row in rows if row[header.index("ishidden")]}
    cases = views["wrong"].report.cases
    assert hidden == {label(case) for case in cases if case.visibility == "hidden"}
    assert len(rows) == len(cases)
    assert len(found["columnformats"]) == len(header) - 2
    broken = read("coderunner", render("coderunner", views["broken grader"]))
    assert broken["fraction"] == 0
    assert "regrade" in broken["prologuehtml"]


def test_classroom50(views: "Views", render: "Render") -> None:
    """Integers only; who handed in what comes from the runner's variables."""
    found = read("classroom50", render("classroom50", views["wrong"]))
    assert (found["owner"], found["submission"]) == ("ada", "submit/3")
    assert sum(test["score"] for test in found["tests"]) == found["score"]
    (test,) = read("classroom50", render("classroom50", views["rejected"]))["tests"]
    assert test["passed"] is False


def test_submitty(views: "Views", render: "Render") -> None:
    """The score is a fraction; a broken grader is a failed validation."""
    found = read("submitty", render("submitty", views["wrong"]))
    assert found["data"]["score"] == views["wrong"].report.score
    assert read("submitty", render("submitty", views["broken grader"]))["status"] == "fail"


def test_exercism(views: "Views", render: "Render") -> None:
    """Only what no test ran for is an error; a failed test has a message, a long one is cut."""
    assert read("exercism", render("exercism", views["right"]))["status"] == "pass"
    assert read("exercism", render("exercism", views["rejected"]))["status"] == "error"
    view = views["talking"]
    output = {"stdout": "é" * 5000, "stderr": "", "truncated": True}
    view = replace(view, report=replace(view.report, output=output))
    found = read("exercism", render("exercism", view))
    assert len(found["tests"][0]["output"].encode()) <= 500
    assert found["tests"][0]["output"].endswith("… (cut)")


def test_vpl(views: "Views", render: "Render") -> None:
    """The grade is on the scale of the activity, in the last line; without one none is given."""
    for fate, grade in (("right", "20"), ("wrong", "14.4"), ("rejected", "0")):
        text = render("vpl", views[fate]).decode()
        assert text.splitlines()[-1] == f"Grade :=>> {grade}"
        assert text.count("Grade :=>>") == 1
    assert "Grade" not in render("vpl", views["broken grader"]).decode()
    plain = replace(views["wrong"], environment={"VPL_GRADEMAX": "ten"})
    assert render("vpl", plain).decode().endswith("Grade :=>> 72\n")


def test_lti_when_the_grader_broke(views: "Views", render: "Render") -> None:
    """No score is given with the progress that says that none could be found."""
    body = json.loads(render("ags", views["broken grader"]))
    assert body["gradingProgress"] == "Failed"
    assert "scoreGiven" not in body
    body = json.loads(render("ags", views["wrong"]))
    assert (body["scoreGiven"], body["scoreMaximum"], body["userId"]) == (72, 100, "user-7")
    # What Canvas (sub-seconds) and Moodle (its pattern) both take.
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", body["timestamp"])


def test_sizes(views: "Views", render: "Render") -> None:
    """What a platform caps is cut with a note: a summary on GitHub, an output, a comment."""
    view = views["talking"]
    output = {"stdout": "<&>\n" * 400_000, "stderr": "", "truncated": True}
    view = replace(view, report=replace(view.report, output=output))
    summary = render("github", view)
    assert len(summary) <= 1024 * 1024
    assert summary.decode().endswith("… (cut)\n")
    assert len(render("prairielearn", view)) <= 1024 * 1024
    assert len(render("github-annotations", views["raising"]).splitlines()) <= 10


def one_line(data: bytes) -> str:
    """Return text with its line ends, JSON's among them, as blanks."""
    return data.decode().replace("\\n", " ").replace("\n", " ")


@pytest.mark.parametrize("name", [*NAMES, "vpl", "coursera", "edx", "ctrf", "ags", "markdown"])
def test_what_the_level_withholds(views: "Views", render: "Render", name: str) -> None:
    """No format tells at `score` or `names` what was seen."""
    report = views["wrong"].report
    told = [case.message for case in report.cases if case.message]
    told += [found.explanation for found in report.diagnoses]
    for level in ("score", "names"):
        text = one_line(render(name, views[f"wrong at {level}"]))
        assert not any(json.dumps(secret)[1:-1] in text or secret in text for secret in told)
    text = one_line(render(name, views["wrong"]))
    assert any(json.dumps(one)[1:-1] in text for one in told)


def test_classroom50_without_its_variables(views: "Views", render: "Render") -> None:
    """What the runner does not tell is unknown, not empty, which the schema would refuse."""
    view = replace(views["wrong"], environment={})
    assert read("classroom50", render("classroom50", view))["owner"] == "unknown"
