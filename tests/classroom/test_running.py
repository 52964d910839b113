"""A class from its folder to its reports: what is done is kept, whatever happens."""

import csv
import json
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import watchfiles

from grader.classroom import folder as folder_of_reports
from grader.classroom.running import Progress
from grader.commands.class_screen import ClassScreen
from grader.files import write_atomically
from grader.grading import grade as grading
from grader.kata import default_kata
from tests.conftest import SCRIPTS

if TYPE_CHECKING:
    from tests.conftest import ReadReport, RunCommand, RunInProcess

KATA = default_kata()

RIGHT = KATA.solution_path.read_text()
UNSCALED = RIGHT.replace(" / np.sqrt(d_k)", "")
CLASS = {
    "ada": RIGHT,
    "bob": UNSCALED,
    "carl": RIGHT.replace("scores", "s"),
    "dora": RIGHT,
    "eve": "import os\nos._exit(0)\n",
    "fred": "def (",
    "=gina": UNSCALED + "# mine\n",
}
SUMMARIES = ("gradebook.csv", "summary.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small class of all sorts."""
    (tmp_path / "class").mkdir()
    for name, source in CLASS.items():
        (tmp_path / "class" / f"{name}.py").write_text(source)
    return tmp_path / "class"


def results(out: Path) -> dict[str, Any]:
    """Return all that is in a folder of reports, but for times."""
    found: dict[str, Any] = {}
    for path in sorted(out.iterdir()):
        text = path.read_text()
        found[path.name] = json.loads(text) if path.suffix == ".json" else text
        if isinstance(found[path.name], dict):
            found[path.name].pop("timing", None)
    return found


def test_a_class(
    folder: Path, tmp_path: Path, run_grade: "RunInProcess", read_report: "ReadReport"
) -> None:
    """Everybody gets a report; the gradebook and the summary say what is in them."""
    out = tmp_path / "out"
    ran = run_grade(folder, "--out", out, "--jobs", "2", "--seed", "7")
    assert ran.code == 0, ran.err
    reports = {name: read_report((out / f"{name}.json").read_bytes()) for name in CLASS}
    assert {name: report["points"] for name, report in reports.items()} == {
        "ada": 100,
        "carl": 100,
        "dora": 100,
        "eve": 0,
        "fred": 0,
        "bob": reports["bob"]["points"],
        "=gina": reports["bob"]["points"],
    }
    with (out / "gradebook.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["'=gina", "ada", "bob", "carl", "dora", "eve", "fred"]
    assert rows[2] == {
        "name": "bob",
        "identifier": "",
        "score": f"{reports['bob']['points'] / 100:.2f}",
        "points": str(reports["bob"]["points"]),
        "status": "graded",
        "first_diagnosis": reports["bob"]["diagnoses"][0]["id"],
        "reason": reports["bob"]["diagnoses"][0]["title"],
        "late": "",
        "attempt": "",
        "report": "bob",
    }
    assert "eve" in rows[5]["name"]
    assert "ended the process" in rows[5]["reason"]
    summary = json.loads((out / "summary.json").read_text())
    assert summary["status"] == {"graded": 5, "rejected": 2}
    assert summary["mistakes"][0]["id"] == reports["bob"]["diagnoses"][0]["id"]
    assert summary["mistakes"][0]["learners"] == 2
    assert summary["cases"][0]["passed"] == 3
    assert summary["identical"] == {
        "bytes": [["ada", "dora"]],
        "code": [["=gina", "bob"], ["ada", "carl", "dora"]],
    }
    assert "Most common mistakes" in ran.out
    assert "7 of 7 graded" in ran.err


@pytest.mark.long
def test_the_same_at_any_width(folder: Path, tmp_path: Path, run_grade: "RunInProcess") -> None:
    """One process or three: the same bytes, but for times."""
    for jobs in ("1", "3"):
        assert run_grade(folder, "--out", tmp_path / jobs, "--jobs", jobs, "--seed", "1").code == 0
    assert results(tmp_path / "1") == results(tmp_path / "3")


@pytest.mark.long
def test_rerun(folder: Path, tmp_path: Path, run_grade: "RunInProcess") -> None:
    """What is done and unchanged is not done again, and this is said; --fresh starts over."""
    out = tmp_path / "out"
    run_grade(folder, "--out", out, "--seed", "7")
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("*.json")}
    (folder / "bob.py").write_text(RIGHT + "# at last\n")
    (out / "carl.json").write_text('{"status": "gra')  # as no run of ours leaves it
    ran = run_grade(folder, "--out", out)
    assert "5 were done and unchanged" in ran.out
    after = {path.name: path.stat().st_mtime_ns for path in out.glob("*.json")}
    changed = {name for name in after if after[name] != before[name]}
    assert changed - {"summary.json", "run.json"} == {"bob.json", "carl.json"}
    assert json.loads((out / "bob.json").read_text())["seed"] == 7
    ran = run_grade(folder, "--out", out, "--fresh")
    assert "unchanged" not in ran.out


@pytest.mark.long
@pytest.mark.parametrize("option", [("--seed", "8"), ("--feedback", "names")])
def test_rerun_with_another_option(
    folder: Path, tmp_path: Path, run_grade: "RunInProcess", option: tuple[str, str]
) -> None:
    """What would come out otherwise is done again."""
    out = tmp_path / "out"
    run_grade(folder, "--out", out, "--seed", "7")
    assert "unchanged" not in run_grade(folder, "--out", out, *option).out


@pytest.mark.long
def test_compare(folder: Path, tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Whose score changed is listed with why; who came and who went too."""
    old, new = tmp_path / "old", tmp_path / "new"
    run_grade(folder, "--out", old, "--seed", "7")
    (folder / "bob.py").write_text(RIGHT)
    (folder / "carl.py").write_text(RIGHT + "# nothing new\n")
    (folder / "ada.py").unlink()
    (folder / "zoe.py").write_text(RIGHT)
    report = json.loads((old / "dora.json").read_text())
    report["points"], report["grader"]["numpy"] = 90, "1.0"
    (old / "dora.json").write_text(json.dumps(report))
    ran = run_grade(folder, "--out", new, "--seed", "7", "--compare", old)
    changes = json.loads((new / "changes.json").read_text())
    assert {change["key"]: change["why"].split(" from")[0] for change in changes} == {
        "ada": "no longer in the class",
        "bob": "submission changed",
        "dora": "NumPy changed",
        "zoe": "not in the old reports",
    }
    assert "4 scores differ" in ran.out


def start(folder: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    """Start a grading of a class in a process of its own."""
    return subprocess.Popen(
        [SCRIPTS / "grade", folder, "--out", out, "--jobs", "2", "--seed", "7", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_reports(out: Path, count: int) -> None:
    """Return as soon as there are so many reports."""
    changes = watchfiles.watch(
        out.parent, step=5, debounce=20, rust_timeout=200, yield_on_timeout=True
    )
    for _ in changes:
        if len(reports_in(out)) >= count:
            return


def reports_in(out: Path) -> list[Path]:
    """Return the reports in a folder, without what is still being written."""
    others = ("run.json", "summary.json")
    found = out.glob("*.json")
    return [path for path in found if path.name not in others and not path.name.startswith(".")]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A class of forty, of whom each fifth hangs or crashes."""
    folder = tmp_path / "many"
    folder.mkdir()
    kinds = [RIGHT, UNSCALED, "import os\nos.kill(os.getpid(), 9)\n", "def (", RIGHT]
    for number in range(40):
        (folder / f"learner {number:02}.py").write_text(kinds[number % 5] + f"# {number}\n")
    return folder


def working_on(out: Path) -> list[psutil.Process]:
    """Return the processes that mention a path in their command line."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(out) in part for part in process.info["cmdline"] or ())
    ]


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_ended_half_way(many: Path, tmp_path: Path, how: signal.Signals) -> None:
    """Killed or interrupted, no report is half written; the rest, and only that, is done next."""
    out, whole = tmp_path / "out", tmp_path / "whole"
    process = start(many, out)
    wait_for_reports(out, 5)
    process.send_signal(how)
    _, err = process.communicate(timeout=60)
    assert process.returncode == (-9 if how == signal.SIGKILL else 130)
    kept = reports_in(out)
    for path in kept:
        json.loads(path.read_text())
    assert 5 <= len(kept) < 40
    if how == signal.SIGINT:
        assert f"interrupted; {len(kept)} of 40 reports are in" in err
        assert json.loads((out / "summary.json").read_text())["submissions"] == len(kept)
    assert not psutil.wait_procs(working_on(out), timeout=60)[1]
    assert list(out.glob(".*")) == [] or how == signal.SIGKILL
    text, err = start(many, out).communicate(timeout=120)
    assert f"{len(kept)} were done and unchanged" in text
    start(many, whole).communicate(timeout=120)
    assert list(out.glob(".*")) == []  # nor is there what the kill may have met
    assert results(out) == results(whole)


@pytest.mark.long
def test_interrupted_while_writing(
    folder: Path, tmp_path: Path, run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report that was just written when the interrupt came is among those that are told of."""
    out = tmp_path / "out"
    written: list[str] = []

    def write_then_interrupt(path: Path, data: str | bytes, **how: bool) -> None:
        write_atomically(path, data, **how)
        written.append(path.name)
        if len(written) == 4:  # run.json, again with the level, and two reports
            raise KeyboardInterrupt

    monkeypatch.setattr(folder_of_reports, "write_atomically", write_then_interrupt)
    ran = run_grade(folder, "--out", out, "--jobs", "1", "--seed", "7")
    assert ran.code == 130
    assert f"interrupted; 2 of {len(CLASS)} reports are in" in ran.err
    assert json.loads((out / "summary.json").read_text())["submissions"] == 2


@pytest.mark.long
def test_full_disk(folder: Path, tmp_path: Path, grade_command: "RunCommand") -> None:
    """Who has no report for a full disk has no grade, exit 3; nothing half-written is left."""
    out = tmp_path / "out"

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    ran = grade_command(folder, "--out", out, "--jobs", "1", cwd=tmp_path, preexec=fill)
    assert ran.code == 3
    assert "cannot be written" in ran.err
    assert "Traceback" not in ran.err
    assert list(out.glob(".*")) == []
    for path in out.glob("*.json"):
        json.loads(path.read_text())
    with (out / "gradebook.csv").open(newline="") as file:
        lines = {line["name"].lstrip("'"): line for line in csv.DictReader(file)}
    assert lines.keys() == CLASS.keys()
    for name, line in lines.items():
        assert (line["status"] == "grader_error") != (out / f"{name}.json").exists()


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[int], None]:
    """Make the grading process die on bob's submission, so many times."""

    def arrange(times: int) -> None:
        original = grading.grade

        def grade(*arguments: Any, name: str, **options: Any) -> Any:
            if name == "bob.py":
                for number in range(times):
                    try:
                        (tmp_path / f"died {number}").touch(exist_ok=False)
                    except FileExistsError:
                        continue
                    os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, name=name, **options)

        monkeypatch.setattr(grading, "grade", grade)  # as the pool's processes inherit it

    return arrange


@pytest.mark.long
@pytest.mark.parametrize(("times", "code"), [(1, 0), (2, 3)])
def test_dead_process(
    folder: Path,
    tmp_path: Path,
    run_grade: "RunInProcess",
    deadly: Callable[[int], None],
    read_report: "ReadReport",
    times: int,
    code: int,
) -> None:
    """A process that dies is replaced; its submission is tried once more, then reported so."""
    deadly(times)
    out = tmp_path / "out"
    ran = run_grade(folder, "--out", out, "--jobs", "2", "--seed", "7")
    assert ran.code == code
    reports = {name: read_report((out / f"{name}.json").read_bytes()) for name in CLASS}
    errors = [name for name, report in reports.items() if report["status"] == "grader_error"]
    assert errors == (["bob"] if times == 2 else [])
    assert reports["ada"]["points"] == 100
    if errors:
        assert "died twice" in reports["bob"]["message"]
        assert "Not graded: bob" in ran.err
        assert ",,,grader_error," in (out / "gradebook.csv").read_text()


@pytest.mark.long
def test_reports_in_the_folder_of_the_class(folder: Path, run_grade: "RunInProcess") -> None:
    """The reports may go into the class; they are not graded next time."""
    (folder / "reports").mkdir()
    for _ in range(2):
        ran = run_grade(folder, "--out", folder / "reports", "--seed", "7")
        assert "7 submissions" in ran.out


@pytest.mark.long
def test_formats(folder: Path, tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Formats are written beside the reports, and made up for where they are missing."""
    out = tmp_path / "out"
    run_grade(folder, "--out", out, "--seed", "7")
    ran = run_grade(folder, "--out", out, "--format", "html", "--format", "gradescope")
    assert "unchanged" not in ran.out
    for name in CLASS:
        assert (out / f"{name}.html").read_text().startswith("<!doctype html>")
        assert json.loads((out / f"{name}.gradescope").read_text())["tests"]
    page = (out / "class.html").read_text()
    assert 'href="bob.html"' in page
    ran = run_grade(folder, "--out", out, "--format", "html")
    assert "7 were done" in ran.out


@pytest.mark.parametrize(
    "wrong", [("--json", "x"), ("--fail-under", "1"), ("--format", "html=x"), ("--format", "y"), ()]
)
def test_wrong_usage(folder: Path, run_grade: "RunInProcess", wrong: tuple[str, ...]) -> None:
    """What is for one file, or nowhere to write to, is refused before anything is graded."""
    out = ("--out", str(folder / "out")) if wrong else ()
    ran = run_grade(folder, *out, *wrong)
    assert ran.code == 2
    assert "class" in ran.err or "no format y" in ran.err
    assert not (folder / "out").exists()


def test_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal a bar shows how far it is and the rate."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    screen = ClassScreen(4)
    progress = Progress()
    progress.records = dict.fromkeys("abc")  # type: ignore[assignment]
    screen.show(progress)
    screen.close()
    shown = capsys.readouterr().err
    assert "75%" in shown
    assert "a second" in shown


@pytest.mark.long
def test_missing_names_are_not_written_over(tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A learner whose name is that of the summary gets another file."""
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("summary", "run"):
        shutil.copy(KATA.solution_path, folder / f"{name}.py")
    run_grade(folder, "--out", tmp_path / "out")
    for name in ("summary~2", "run~2"):
        assert json.loads((tmp_path / "out" / f"{name}.json").read_text())["points"] == 100


@pytest.mark.long
def test_what_lies_in_the_folder_of_the_reports(run_grade: "RunInProcess", tmp_path: Path) -> None:
    """Pipes, folders and nonsense where reports go are met with a sentence, and nobody waits."""
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    shutil.copy(KATA.solution_path, folder / "ada.py")
    assert run_grade(folder, "--out", out, "--jobs", "1").code == 0
    for nonsense in ('{"seed": -5}', '{"seed": 1e999}', "[" * 100_000, '{"seed": "x"}'):
        (out / "ada.json").write_text(nonsense)
        ran = run_grade(folder, "--out", out, "--jobs", "1")
        assert (ran.code, "1 graded" in ran.out) == (0, True), nonsense[:20]
    (out / "ada.json").unlink()
    os.mkfifo(out / "ada.json")
    ran = run_grade(folder, "--out", out, "--jobs", "1", "--compare", out)
    assert ran.code == 2
    assert "no regular file where a report goes (ada.json)" in ran.err
