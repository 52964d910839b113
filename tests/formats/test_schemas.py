"""Formats whose platforms publish no validator, against schemas written from their documents."""

import html
import json
import re
import subprocess
import sysconfig
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote_plus
from xml.etree import ElementTree as Tree

import pytest
from jsonschema import Draft202012Validator

from grader.classroom.task import Task, grade_task
from grader.formats import find, names
from grader.formats.words import label
from grader.jail import Limits
from grader.kata import default_kata
from grader.report.model import FEEDBACK, Feedback
from tests.formats.conftest import ENVIRONMENT

if TYPE_CHECKING:
    from tests.formats.conftest import Render, Views

KATA = default_kata()

SCHEMAS = Path(__file__).parent / "schemas"
NAMES = sorted(path.stem for path in SCHEMAS.glob("*.json"))
SILENT = ("gradescope", "junit", "classroom50", "coursera", "edx", "ctrf", "exercism", "codio")
"""Formats of platforms that take a missing file for a broken grader, which is what it is."""
MORE = ("vpl", "coursera", "edx", "ctrf", "ags", "markdown", "autolab", "vocareum", "codio")
"""Formats without a schema of ours that tell what was seen."""
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
    for most in ("ten", "inf", "nan", ""):
        plain = replace(views["wrong"], environment={"VPL_GRADEMAX": most})
        assert render("vpl", plain).decode().endswith("Grade :=>> 72\n")


def test_vpl_recipe(tmp_path: Path) -> None:
    """The script of VPL's page grades on the scale of the activity.

    A jail server runs `vpl_evaluate.sh`, then `vpl_execution`, in an environment of its own; the
    activity's settings are in a file beside them.
    """
    page = (Path(__file__).parents[2] / "docs" / "lms" / "vpl.md").read_text()
    (script,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    files = {
        "vpl_evaluate.sh": script,
        "vpl_environment.sh": "#!/bin/bash\nexport VPL_GRADEMIN='0'\nexport VPL_GRADEMAX='20'",
        KATA.file: KATA.solution_path.read_text(),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "vpl_evaluate.sh").chmod(0o755)
    search = f"{sysconfig.get_path('scripts')}:/usr/bin:/bin"
    for command in ("./vpl_evaluate.sh", "./vpl_execution"):
        done = subprocess.run(
            [command],
            cwd=tmp_path,
            env={"PATH": search, "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Grade :=>> 20"


def test_lti_when_the_grader_broke(views: "Views", render: "Render") -> None:
    """No score is given with the progress that says that none could be found."""
    body = json.loads(render("ags", views["broken grader"]))
    assert body["gradingProgress"] == "Failed"
    assert "scoreGiven" not in body
    body = json.loads(render("ags", views["wrong"]))
    assert (body["scoreGiven"], body["scoreMaximum"], body["userId"]) == (72, 100, "user-7")
    # What Canvas (sub-seconds) and Moodle (its pattern) both take.
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", body["timestamp"])


def test_autolab(views: "Views", render: "Render") -> None:
    """The last line is the autoresult, the one before it a stage for each function."""
    *texts, feedback, result = render("autolab", views["wrong"]).decode().rstrip().split("\n")
    assert json.loads(result) == {"scores": {"Correctness": 72}}
    found = json.loads(feedback)
    assert found["_presentation"] == "semantic"
    assert found["stages"] == [*KATA.functions]
    for stage in found["stages"]:  # as parse_stages goes through them
        assert all(isinstance(test["passed"], bool) for test in found[stage].values())
    tests = found["self_attention"].values()
    assert all(test["hint"] for test in tests if not test["passed"])
    assert all(text.startswith(">") for text in texts)
    named = replace(views["wrong"], environment={"AUTOLAB_PROBLEM": "Heads"})
    assert b'{"scores": {"Heads": 72}}' in render("autolab", named)
    assert b"{" not in render("autolab", views["broken grader"])


def test_vocareum(views: "Views", render: "Render") -> None:
    """The last line is the criterion's score; a grader that failed gives none."""
    lines = render("vocareum", views["wrong"]).decode().rstrip().split("\n")
    assert lines[-1] == "score,72"
    assert [line for line in lines if not line.startswith(">")] == ["score,72"]
    broken = render("vocareum", views["broken grader"]).decode()
    assert "the grader failed" in broken
    assert "score," not in broken


def test_codio(views: "Views", render: "Render") -> None:
    """What is posted has points, a format and feedback of at most 1 MB."""
    output = {"stdout": "<&>\n" * 400_000, "stderr": "", "truncated": True}
    view = replace(views["talking"], report=replace(views["talking"].report, output=output))
    posted = parse_qs(render("codio", view).decode(), strict_parsing=True)
    assert (posted["points"], posted["format"]) == (["100"], ["md"])
    assert len(posted["feedback"][0].encode()) <= 1_000_000
    assert find("codio").render(views["broken grader"]) is None


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
    """Return text with its line ends, JSON's among them, as blanks; of a form what it posts."""
    text = data.decode()
    if text.startswith("points="):
        text = unquote_plus(text)
    return text.replace("\\n", " ").replace("\n", " ")


@pytest.mark.parametrize(
    "name", [*NAMES, "vpl", "coursera", "edx", "ctrf", "ags", "markdown", *MORE]
)
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


@pytest.mark.parametrize("level", FEEDBACK)
@pytest.mark.parametrize("name", names())
def test_why_a_file_was_rejected(
    views: "Views", render: "Render", name: str, level: Feedback
) -> None:
    """Every format says at every level why a file could not be loaded."""
    report = views["rejected"].report
    hidden = tuple(replace(case, message="", hint="") for case in report.cases)
    cases = {"score": (), "names": hidden}.get(level, report.cases)
    text = render(name, replace(views["rejected"], report=replace(report, cases=cases)))
    words = html.unescape(one_line(text)).replace("%0A", " ")
    assert " ".join(report.message.split()) in " ".join(words.replace("> ", " ").split())


@pytest.mark.parametrize("fate", ["rejected", "rejected at names"])
def test_each_failure_says_why(views: "Views", render: "Render", fate: str) -> None:
    """Where readers show one failure at a time, each has the reason."""
    report = views["rejected"].report
    if fate == "rejected at names":
        report = replace(report, cases=tuple(replace(case, message="") for case in report.cases))
    view = replace(views["rejected"], report=report)
    failures = list(Tree.fromstring(render("junit", view)).iter("failure"))
    tests = json.loads(render("ctrf", view))["results"]["tests"]
    assert len(failures) == len(tests) == len(report.cases)
    assert {failure.get("message") for failure in failures} == {report.message}
    assert {test["message"] for test in tests} == {report.message}


def test_lti_without_a_user(views: "Views", render: "Render") -> None:
    """Without the learner's identifier the body has none, not an empty one."""
    for environment in ({}, {"LTI_USER_ID": ""}):
        body = json.loads(render("ags", replace(views["wrong"], environment=environment)))
        assert "userId" not in body
        assert body["scoreGiven"] == 72


def test_a_class_has_no_learner_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of one learner is not said of everybody in a class."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    # Its jail is for one process; the tests of classes fork this one.
    monkeypatch.setattr("grader.classroom.task._jails", {})
    monkeypatch.setattr("grader.classroom.task._sessions", {})
    task = Task(KATA, "a.py", b"def (", "", 1, Limits(), "full", None, ("ags", "classroom50"))
    made = grade_task(task).formats
    assert made["ags"] is not None
    assert made["classroom50"] is not None
    assert "userId" not in json.loads(made["ags"])
    assert read("classroom50", made["classroom50"])["owner"] == "unknown"


@pytest.mark.parametrize("tag", ["submit/7", "7", "refs/tags/7"])
def test_classroom50_tags(views: "Views", render: "Render", tag: str) -> None:
    """A tag is written as a submission's, which the schema asks for."""
    view = replace(views["wrong"], environment={"SUBMISSION_TAG": tag})
    found = read("classroom50", render("classroom50", view))
    assert found["submission"] == f"submit/{tag.removeprefix('submit/')}"


def test_classroom50_without_its_variables(views: "Views", render: "Render") -> None:
    """What the runner does not tell is unknown, not empty, which the schema would refuse."""
    view = replace(views["wrong"], environment={})
    assert read("classroom50", render("classroom50", view))["owner"] == "unknown"
