"""`grade FILE`, end to end: the verdict, the report, the exit code."""

import hashlib
import json
import os
import platform
import resource
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import grader
from grader.kata import default_kata

if TYPE_CHECKING:
    from tests.conftest import GradeSource, ReadReport, RunCommand, RunInProcess

KATA = default_kata()

NO_SCALE = " / np.sqrt(Q.shape[-1])"


@pytest.fixture
def wrong(tmp_path: Path, independent: str) -> Path:
    """A file that earns some of the points."""
    path = tmp_path / "wrong.py"
    path.write_text(independent.replace(NO_SCALE, ""))
    return path


def without_timing(report: dict[str, object]) -> dict[str, object]:
    """Return a report without what differs from run to run."""
    return {name: value for name, value in report.items() if name != "timing"}


def test_reference_has_full_marks(run_grade: "RunInProcess", solution: Path) -> None:
    """The reference earns all points, exits with 0, also below --fail-under 1."""
    for arguments in ([], ["--fail-under", "1"]):
        ran = run_grade(solution, *arguments)
        assert ran.code == 0
        assert "100 / 100" in ran.out
        assert ran.err == ""


def test_reference_passes_every_case(
    run_grade: "RunInProcess", read_report: "ReadReport", solution: Path
) -> None:
    """The reference's report has score 1.0, each case passed and nothing to say."""
    ran = run_grade(solution, "--json", "-")
    report = read_report(ran.out)
    assert report["status"] == "graded"
    assert report["score"] == 1.0
    assert report["message"] == ""
    assert {case["outcome"] for case in report["cases"]} == {"passed"}
    assert {(case["message"], case["hint"]) for case in report["cases"]} == {("", "")}
    assert report["diagnoses"] == []
    assert report["output"] == {"stdout": "", "stderr": "", "truncated": False}


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32 - 1])
def test_reference_is_right_for_any_seed(
    grade_source: "GradeSource", solution: Path, seed: int
) -> None:
    """No seed draws inputs for which the reference is refused."""
    report = grade_source(solution.read_bytes(), seed=seed)
    assert report["score"] == 1.0
    assert report["seed"] == seed


def test_stub_has_no_points(
    run_grade: "RunInProcess", read_report: "ReadReport", stub: Path
) -> None:
    """The untouched stub scores 0.0 with exit 0; each case says: not implemented yet."""
    ran = run_grade(stub, "--json", "-")
    report = read_report(ran.out)
    assert ran.code == 0
    assert report["status"] == "graded"
    assert report["score"] == 0.0
    for case in report["cases"]:
        assert case["outcome"] in ("failed", "not_run")
        assert f"{case['function']} is not implemented yet" in case["message"]


def test_stub_fails_below_the_bar(run_grade: "RunInProcess", stub: Path) -> None:
    """The stub exits with 1 below --fail-under 1, and with 0 when the bar is 0."""
    assert run_grade(stub, "--fail-under", "1").code == 1
    assert run_grade(stub, "--fail-under", "0").code == 0


def test_bar_is_met_exactly(
    run_grade: "RunInProcess", read_report: "ReadReport", wrong: Path
) -> None:
    """A score equal to --fail-under is not below it; one point less is."""
    report = read_report(run_grade(wrong, "--json", "-", "--seed", "3").out)
    points = report["points"]
    assert 0 < points < 100
    for bar, code in ((points, 0), (points + 1, 1)):
        assert run_grade(wrong, "--seed", "3", "--fail-under", str(bar / 100)).code == code


def test_report_goes_to_a_file(
    run_grade: "RunInProcess", read_report: "ReadReport", wrong: Path, tmp_path: Path
) -> None:
    """--json PATH writes there what --json - prints, and keeps the screen on stdout."""
    target = tmp_path / "report.json"
    screen = run_grade(wrong, "--json", target, "--seed", "5")
    assert screen.code == 0
    assert "[FAIL]" in screen.out
    printed = run_grade(wrong, "--json", "-", "--seed", "5")
    assert without_timing(read_report(target.read_bytes())) == without_timing(
        read_report(printed.out)
    )


def test_stdout_holds_nothing_but_json(
    grade_command: "RunCommand", read_report: "ReadReport", wrong: Path, tmp_path: Path
) -> None:
    """With --json - standard output is the report from the first byte to the last."""
    ran = grade_command(wrong, "--json", "-", "--fail-under", "1", cwd=tmp_path)
    assert ran.code == 1
    assert ran.out.startswith("{")
    assert ran.out.endswith("}\n")
    read_report(ran.out)
    assert ran.err == ""


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_json_is_utf8_in_any_locale(
    grade_command: "RunCommand", read_report: "ReadReport", tmp_path: Path, encoding: str
) -> None:
    """With --json - standard output is UTF-8, whatever encoding Python has for it."""
    (tmp_path / "a.py").write_text("raise ValueError('√ 日本')", encoding="utf-8")
    env = {"PYTHONIOENCODING": encoding}
    ran = grade_command("a.py", "--json", "-", cwd=tmp_path, env=env)
    assert ran.code == 0
    assert "√ 日本" in read_report(ran.out)["message"]


def test_screen_survives_any_locale(grade_command: "RunCommand", tmp_path: Path) -> None:
    """A screen that cannot show a character shows another, and the exit code is 0."""
    (tmp_path / "a.py").write_text("raise ValueError('√ 日本')", encoding="utf-8")
    ran = grade_command("a.py", cwd=tmp_path, env={"PYTHONIOENCODING": "cp1252"})
    assert ran.code == 0
    assert "ValueError" in ran.out
    assert ran.err == ""


def test_report_says_what_was_graded(
    run_grade: "RunInProcess", read_report: "ReadReport", wrong: Path
) -> None:
    """The report names kata, file, hash, seed and the versions that the verdict hangs on."""
    report = read_report(run_grade(wrong, "--json", "-", "--seed", "11").out)
    assert report["schema_version"] == 1
    about = {"name": KATA.name, "version": KATA.version, "title": KATA.title}
    stands_on = "multi_head_attention:self_attention"
    assert report["kata"] == {**about, "full_marks": KATA.full_marks, "stands_on": stands_on}
    assert report["submission"]["name"] == "wrong.py"
    assert report["submission"]["sha256"] == hashlib.sha256(wrong.read_bytes()).hexdigest()
    assert report["seed"] == 11
    assert report["grader"]["version"] == grader.__version__
    assert report["grader"]["python"] == platform.python_version()
    assert report["grader"]["numpy"] == np.__version__
    assert report["grader"]["pytest"] == pytest.__version__
    assert report["isolation"]["level"] in ("full", "strong", "partial", "process")


def test_seed_is_fresh_unless_given(
    run_grade: "RunInProcess", read_report: "ReadReport", solution: Path
) -> None:
    """Two gradings without --seed draw two seeds."""
    seeds = {read_report(run_grade(solution, "--json", "-").out)["seed"] for _ in range(2)}
    assert len(seeds) == 2


def test_inputs_follow_the_seed(grade_source: "GradeSource", independent: str) -> None:
    """Another seed gives other inputs, and the same one the same."""
    source = independent + "\nshown = attend\ndef attend(Q, K, V):\n"
    source += "    print(Q[0, 0])\n    return shown(Q, K, V)\n"
    printed = [grade_source(source, seed=seed)["output"]["stdout"] for seed in (1, 2, 1)]
    assert printed[0] == printed[2] != printed[1]


@pytest.mark.parametrize("kind", ["same path", "hard link", "symbolic link"])
def test_report_never_replaces_the_submission(
    run_grade: "RunInProcess", wrong: Path, tmp_path: Path, kind: str
) -> None:
    """A report path that is the submission, by whatever name, is refused with exit 2."""
    source, target = wrong.read_bytes(), wrong if kind == "same path" else tmp_path / "other"
    if kind == "hard link":
        target.hardlink_to(wrong)
    elif kind == "symbolic link":
        target.symlink_to(wrong)
    ran = run_grade(wrong, "--json", target)
    assert ran.code == 2
    assert "submission itself" in ran.err
    assert wrong.read_bytes() == source


@pytest.mark.parametrize("target", ["missing/report.json", "."])
def test_report_path_is_checked_first(
    run_grade: "RunInProcess", wrong: Path, tmp_path: Path, target: str
) -> None:
    """A report path that cannot be written to is refused with exit 2, before any work."""
    ran = run_grade(wrong, "--json", tmp_path / target)
    assert ran.code == 2
    assert ran.out == ""
    assert "folder" in ran.err


def test_only_regular_files_are_replaced(grade_command: "RunCommand", wrong: Path) -> None:
    """A report path like /dev/null or a pipe is still what it was after the grading."""
    target = wrong.parent / "pipe"
    os.mkfifo(target)
    reader = os.open(target, os.O_RDONLY | os.O_NONBLOCK)
    try:
        grade_command(wrong, "--json", target, cwd=wrong.parent)
        assert stat.S_ISFIFO(target.stat().st_mode)
    finally:
        os.close(reader)


def test_report_through_a_symbolic_link(
    grade_command: "RunCommand", read_report: "ReadReport", wrong: Path
) -> None:
    """A report path that is a symbolic link stays one, and the report is where it leads."""
    real, link = wrong.parent / "real.json", wrong.parent / "link.json"
    real.write_text("old")
    link.symlink_to(real)
    grade_command(wrong, "--json", link, cwd=wrong.parent)
    assert link.is_symlink()
    read_report(real.read_bytes())


def test_report_is_whole_or_not_there(grade_command: "RunCommand", wrong: Path) -> None:
    """When the disk is full the earlier report stays, no draft is left and the exit is 3."""
    target = wrong.parent / "report.json"
    target.write_text("the report of last time")
    before = sorted(wrong.parent.iterdir())

    def fill_the_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    ran = grade_command(wrong, "--json", target, cwd=wrong.parent, preexec=fill_the_disk)
    assert ran.code == 3
    assert "cannot be written" in ran.err
    assert "Traceback" not in ran.err
    assert target.read_text() == "the report of last time"
    assert sorted(wrong.parent.iterdir()) == before


def test_reader_of_the_earlier_report(run_grade: "RunInProcess", wrong: Path) -> None:
    """Who has the earlier report open reads it to its end while the next one is written."""
    target = wrong.parent / "report.json"
    target.write_text("the report of last time")
    with target.open(encoding="utf-8") as earlier:
        assert run_grade(wrong, "--json", target).code == 0
        assert earlier.read() == "the report of last time"
    assert target.read_text(encoding="utf-8").startswith("{")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--fail-under", "1.5"],
        ["--fail-under", "nan"],
        ["--seed", "-1"],
        ["--seed", str(2**32)],
        ["--call-seconds", "0"],
        ["--call-seconds", "nan"],
        ["--submission-seconds", "1e9"],
        ["--memory-mib", "-1"],
        ["--output-kib", "65"],
        ["--no-such-option"],
    ],
)
def test_wrong_usage(run_grade: "RunInProcess", solution: Path, arguments: list[str]) -> None:
    """An option that does not exist or a value out of its range exits with 2."""
    ran = run_grade(solution, *arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert "Error: " in ran.err


def test_no_arguments(run_grade: "RunInProcess") -> None:
    """`grade` alone says how it is used and exits with 2."""
    ran = run_grade()
    assert ran.code == 2
    assert "Usage: grade" in ran.err


def test_version_and_help(run_grade: "RunInProcess", run_kata: "RunInProcess") -> None:
    """Both commands tell their version and their usage."""
    for run in (run_grade, run_kata):
        assert grader.__version__ in run("--version").out
        assert run("--help").out == run("-h").out
        assert all(len(line) <= 80 for line in run("-h").out.splitlines())


def test_schema_is_printed(run_kata: "RunInProcess") -> None:
    """`kata schema` prints a valid schema of draft 2020-12 that requires every field."""
    ran = run_kata("schema")
    assert ran.code == 0
    schema = json.loads(ran.out)
    Draft202012Validator.check_schema(schema)
    assert set(schema["required"]) == set(schema["properties"])
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("name", ["my attention", "数.py", " "])
def test_name_of_the_file_is_free(
    run_grade: "RunInProcess", read_report: "ReadReport", stub: Path, tmp_path: Path, name: str
) -> None:
    """A file may have any name, with spaces, in any script, without an ending."""
    shutil.copy(stub, tmp_path / name)
    ran = run_grade(tmp_path / name, "--json", "-")
    assert ran.code == 0
    assert read_report(ran.out)["submission"]["name"]
