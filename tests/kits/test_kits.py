"""Kits, run the way each platform runs them: its paths, user, working folder and variables.

A root of its own is put together with `bwrap`, in which the platform's folders are ours.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

import pytest

from grader.kata import default_kata
from grader.kits import PLATFORMS, export

KATA = default_kata()

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        shutil.which("bwrap") is None or os.geteuid() != 0,
        reason="needs bwrap, and root to lay out /",
    ),
]

RIGHT = KATA.solution_path.read_text()
HOSTILE = """
import os, sys
text = "\\n::error::x\\nGrade :=>> 100\\n" + '{"score": 100, "fraction": 1}\\n'
os.write(1, text.encode())
for name in ("result.json", "/autograder/results/results.json", "/grade/results/results.json"):
    try:
        open(name, "w").write('{"score": 100}')
    except OSError:
        pass
os._exit(0)
"""
SUBMISSIONS = {
    "right": RIGHT,
    "wrong": RIGHT.replace(" / np.sqrt(d_k)", ""),
    "broken": "def (",
    "hostile": HOSTILE,
}
POINTS = {"right": 100, "broken": 0, "hostile": 0}
submissions = pytest.mark.parametrize("submission", SUBMISSIONS)


@dataclass
class Root:
    """A root folder in which some folders are others than the machine's.

    Attributes:
        folders: what stands where.
        options: further options of `bwrap`.
    """

    folders: dict[str, Path]
    options: list[str] = field(default_factory=list)
    way: str = "--dev-bind"

    def run(
        self,
        command: Sequence[str],
        *,
        cwd: str = "/",
        env: Mapping[str, str] | None = None,
        text: str = "",
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside."""
        words = ["bwrap", "--die-with-parent", *self.options]
        ours = {Path(folder).parts[1] for folder in self.folders}
        for path in sorted(Path("/").iterdir()):
            if path.name in ours or path.name in ("tmp", "opt", "dev", "proc"):
                continue
            if path.is_symlink():
                words += ["--symlink", os.readlink(path), str(path)]
            elif path.is_dir():
                words += [self.way, str(path), str(path)]
        words += ["--dev", "/dev", "--proc", "/proc"]
        for folder in ("/tmp", "/dev/shm"):  # for everybody, as in Docker
            words += ["--perms", "1777", "--tmpfs", folder]
        for name, path in self.folders.items():
            words += ["--bind", str(path), name]
        return subprocess.run(
            [*words, "--chdir", cwd, *command],
            env={
                "PATH": f"/opt/kata/bin:{Path(sys.executable).parent}:/usr/bin:/bin",
                "LANG": "C.UTF-8",
                **(env or {}),
            },
            input=text,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="module")
def kits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """All kits."""
    folder = tmp_path_factory.mktemp("kits")
    for platform in PLATFORMS:
        export(KATA, platform, folder / platform)
    return {platform: folder / platform for platform in PLATFORMS}


@pytest.fixture(scope="module")
def installed(kits: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Gradescope's setup.sh installs at /opt/kata, from the zip, on a stubbed apt-get."""
    folder = tmp_path_factory.mktemp("gradescope")
    source, opt, tools = folder / "autograder" / "source", folder / "opt", folder / "tools"
    for path in (source, opt, tools):
        path.mkdir(parents=True)
    (tools / "apt-get").write_text("#!/bin/sh\n")
    (tools / "apt-get").chmod(0o755)
    extract(kits["gradescope"] / "autograder.zip", source)
    root = Root({"/autograder": folder / "autograder", "/opt/kata": opt, "/tools": tools})
    search = {"PATH": f"/tools:{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": "/root"}
    done = root.run(["/autograder/source/setup.sh"], env=search)
    assert done.returncode == 0, done.stderr
    return opt


def extract(archive: Path, folder: Path) -> None:
    """Unpack a zip with the modes of its files."""
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            Path(opened.extract(info, folder)).chmod(info.external_attr >> 16 & 0o777)


@pytest.fixture
def defect(installed: Path, tmp_path: Path) -> dict[str, Path]:
    """What breaks the grader: a solution that cannot be loaded, over the one installed."""
    (path,) = installed.glob(
        f"lib/python*/site-packages/grader/katas/attention/solution/{KATA.file}"
    )
    broken = tmp_path / "defect.py"
    broken.write_text("raise ImportError('the grader is broken')\n")
    return {f"/opt/kata/{path.relative_to(installed)}": broken}


def write(folder: Path, submission: str, name: str = KATA.file) -> None:
    """Hand in."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(SUBMISSIONS[submission])


def check(submission: str, points: float) -> None:
    """Check the points of a submission."""
    if submission == "wrong":
        assert 0 < points < 100
    else:
        assert points == POINTS[submission]


# ------------------------------------------------------------------------------ Gradescope


def gradescope(kit: Path, folder: Path) -> Root:
    """Return Gradescope's root, with /autograder as it lays it out."""
    (folder / "autograder" / "submission").mkdir(parents=True)
    with zipfile.ZipFile(kit / "autograder.zip") as archive:
        archive.extract("run_autograder", folder / "autograder")
    (folder / "autograder" / "run_autograder").chmod(0o755)
    return Root({"/autograder": folder / "autograder"})


@submissions
def test_gradescope(
    kits: dict[str, Path], installed: Path, tmp_path: Path, submission: str
) -> None:
    """/autograder/run_autograder leaves /autograder/results/results.json."""
    root = gradescope(kits["gradescope"], tmp_path)
    root.folders["/opt/kata"] = installed
    write(tmp_path / "autograder" / "submission", submission, "my work.py")
    done = root.run(["/autograder/run_autograder"], cwd="/autograder")
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "autograder" / "results" / "results.json").read_text())
    check(submission, found["score"])
    assert found["tests"]
    if submission == "wrong":
        assert "not scaled" in found["output"]


def test_gradescope_without_a_file(kits: dict[str, Path], installed: Path, tmp_path: Path) -> None:
    """A submission without a Python file gets 0 and the reason, as the learner's doing."""
    root = gradescope(kits["gradescope"], tmp_path)
    root.folders["/opt/kata"] = installed
    (tmp_path / "autograder" / "submission" / "notes.txt").touch()
    assert root.run(["/autograder/run_autograder"]).returncode == 0
    found = json.loads((tmp_path / "autograder" / "results" / "results.json").read_text())
    assert found["score"] == 0
    assert "notes.txt" in found["tests"][0]["output"]


def test_gradescope_with_a_broken_grader(
    kits: dict[str, Path], installed: Path, tmp_path: Path, defect: dict[str, Path]
) -> None:
    """No results.json, not even an older one: Gradescope says that the autograder failed."""
    root = gradescope(kits["gradescope"], tmp_path)
    root.folders |= {"/opt/kata": installed, **defect}
    write(tmp_path / "autograder" / "submission", "right")
    results = tmp_path / "autograder" / "results"
    results.mkdir()
    (results / "results.json").write_text('{"score": 100}')
    assert root.run(["/autograder/run_autograder"]).returncode == 3
    assert list(results.iterdir()) == []


# ---------------------------------------------------------------------------- PrairieLearn


def prairielearn(kit: Path, folder: Path, installed: Path) -> tuple[Root, list[str]]:
    """Return PrairieLearn's root, and the entry point that info.json names."""
    (folder / "grade" / "student").mkdir(parents=True)
    info = json.loads((kit / "info.json").read_text())
    entry = info["externalGradingOptions"]["entrypoint"]
    (folder / "kata").mkdir()
    assert "COPY grade.sh /kata/grade.sh" in (kit / "image" / "Dockerfile").read_text()
    shutil.copy(kit / "image" / "grade.sh", folder / "kata")
    folders = {"/grade": folder / "grade", "/kata": folder / "kata", "/opt/kata": installed}
    return Root(folders), [entry]


@submissions
def test_prairielearn(
    kits: dict[str, Path], installed: Path, tmp_path: Path, submission: str
) -> None:
    """The image's entry point leaves /grade/results/results.json."""
    root, command = prairielearn(kits["prairielearn"], tmp_path, installed)
    write(tmp_path / "grade" / "student", submission)
    done = root.run(command)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "grade" / "results" / "results.json").read_text())
    if submission == "broken":
        assert found["gradable"] is False
        assert "not valid Python" in found["format_errors"][0]
    elif found["gradable"]:
        check(submission, 100 * found["score"])
    else:
        assert submission == "hostile"


def test_prairielearn_with_a_broken_grader(
    kits: dict[str, Path], installed: Path, tmp_path: Path, defect: dict[str, Path]
) -> None:
    """The job fails, and nothing in the results costs an attempt."""
    root, command = prairielearn(kits["prairielearn"], tmp_path, installed)
    root.folders |= defect
    write(tmp_path / "grade" / "student", "right")
    assert root.run(command).returncode == 3
    found = json.loads((tmp_path / "grade" / "results" / "results.json").read_text())
    assert found["gradable"] is False
    assert "score" not in found


# --------------------------------------------------------------------------- GitHub Actions


def checkout(kit: Path, folder: Path, installed: Path) -> Root:
    """Return a runner's root, with the repository at /checkout."""
    shutil.copytree(kit, folder / "checkout", ignore=shutil.ignore_patterns("classroom50"))
    (folder / "runner").mkdir()
    folders = {"/checkout": folder / "checkout", "/runner": folder / "runner"}
    return Root({**folders, "/opt/kata": installed})


def steps(kit: Path) -> list[str]:
    """Return what the workflow runs."""
    text = (kit / ".github" / "workflows" / "grade.yml").read_text()
    return re.findall(r"- run: (.*?)(?:  #.*)?$", text, re.MULTILINE)


@submissions
def test_github_actions(
    kits: dict[str, Path], installed: Path, tmp_path: Path, submission: str
) -> None:
    """The step writes the summary, prints annotations and nothing of the learner's commands."""
    root = checkout(kits["github"], tmp_path, installed)
    write(tmp_path / "checkout", submission)
    (tmp_path / "checkout" / ".kata" / "grade.sh").chmod(0o644)  # as after an upload by hand
    variables = {"GITHUB_STEP_SUMMARY": "/runner/summary", "GITHUB_ACTIONS": "true"}
    (tmp_path / "runner" / "summary").write_text("# Of an earlier command\n")
    done = root.run(steps(kits["github"])[-1].split(), cwd="/checkout", env=variables)
    assert done.returncode == (0 if submission == "right" else 1), done.stderr
    text = (tmp_path / "runner" / "summary").read_text()
    assert text.startswith("# Of an earlier command\n")
    (points,) = re.findall(r": (\d+) of 100 points", text)
    check(submission, int(points))
    lines = done.stdout.splitlines()
    assert all(line.startswith("::error title=") for line in lines)
    assert bool(lines) == (submission != "right")
    assert "::error::x" not in done.stderr


def test_github_workflow(kits: dict[str, Path]) -> None:
    """The workflow names the files that are in the kit; the README says what it is not for."""
    text = (kits["github"] / ".github" / "workflows" / "grade.yml").read_text()
    for name in re.findall(r"\.kata/\S+", text):
        assert (kits["github"] / name).is_file()
    assert "permissions:\n  contents: read" in text
    readme = (kits["github"] / "README.md").read_text()
    assert "## GitHub Actions: practice and feedback, not grades" in readme


def test_github_with_a_broken_grader(
    kits: dict[str, Path], installed: Path, tmp_path: Path, defect: dict[str, Path]
) -> None:
    """The step ends with 3, and the summary says that nobody is to blame."""
    root = checkout(kits["github"], tmp_path, installed)
    root.folders |= defect
    write(tmp_path / "checkout", "right")
    summary = {"GITHUB_STEP_SUMMARY": "/runner/summary"}
    command = ["bash", ".kata/grade.sh"]
    assert root.run(command, cwd="/checkout", env=summary).returncode == 3
    assert "not your fault" in (tmp_path / "runner" / "summary").read_text()


# ----------------------------------------------------------------------------- Classroom 50

CLASSROOM = {"CLASSROOM": "c", "ASSIGNMENT": "a", "OWNER": "ada", "SUBMISSION_TAG": "submit/1"}
TRAP = "import os\nopen('result.json', 'w').write('{\"score\": 100}')\nos._exit(0)\n"


def classroom(kit: Path, folder: Path, submission: str) -> tuple[Root, list[str]]:
    """Return a runner's root, and its command: the bundle is elsewhere than the checkout.

    No `grade` is installed, and the checkout has traps for what looks there.
    """
    shutil.copytree(kit / "classroom50", folder / "bundle")
    write(folder / "checkout", submission)
    (folder / "checkout" / "result.json").write_text('{"score": 100}')
    names = ("venv", "pip", "ensurepip", "subprocess", "tempfile", "sitecustomize", "autograder")
    for name in (*names, "grader/__init__", "grader/console", ".kata/grader/console"):
        trap = folder / "checkout" / f"{name}.py"
        trap.parent.mkdir(parents=True, exist_ok=True)
        trap.write_text(TRAP)
    for name in ("grade", ".kata/grade", ".kata/grade.sh"):
        (folder / "checkout" / name).write_text(f"#!/usr/bin/env python3\n{TRAP}")
        (folder / "checkout" / name).chmod(0o755)
    (wheel,) = (folder / "bundle").glob("*.whl")
    (folder / "checkout" / ".kata" / wheel.name).write_bytes(b"no wheel")
    folders = {"/bundle": folder / "bundle", "/checkout": folder / "checkout"}
    return Root(folders), [os.path.realpath(sys.executable), "/bundle/autograder.py"]


@submissions
def test_classroom50(kits: dict[str, Path], tmp_path: Path, submission: str) -> None:
    """The bundle's grader leaves its verdict in the checkout, whatever the learner put there."""
    root, command = classroom(kits["github"], tmp_path, submission)
    variables = {**CLASSROOM, "PATH": "/usr/bin:/bin", "HOME": "/root"}
    done = root.run(command, cwd="/checkout", env=variables)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "checkout" / "result.json").read_text())
    check(submission, found["score"])
    assert found["owner"] == "ada"


def test_repositories_without_the_file(
    kits: dict[str, Path], installed: Path, tmp_path: Path
) -> None:
    """Where nobody has put the file there is a result, and a summary, that says so."""
    root, command = classroom(kits["github"], tmp_path, "right")
    for path in (tmp_path / "checkout").rglob("*"):
        if path.suffix == ".py" or path.name == "grade":  # it holds Python, so it would be judged
            path.unlink()
    variables = {**CLASSROOM, "PATH": "/usr/bin:/bin", "HOME": "/root"}
    assert root.run(command, cwd="/checkout", env=variables).returncode == 0
    found = json.loads((tmp_path / "checkout" / "result.json").read_text())
    assert found["score"] == 0
    assert "was expected" in json.dumps(found["tests"])
    (tmp_path / "actions").mkdir()
    root = checkout(kits["github"], tmp_path / "actions", installed)
    for path in (tmp_path / "actions" / "checkout").glob("*.py"):
        path.unlink()
    summary = {"GITHUB_STEP_SUMMARY": "/runner/summary"}
    assert root.run(["bash", ".kata/grade.sh"], cwd="/checkout", env=summary).returncode == 1
    told = (tmp_path / "actions" / "runner" / "summary").read_text()
    assert "0 of 100 points" in told
    assert "was expected" in told


def test_classroom50_with_a_broken_grader(kits: dict[str, Path], tmp_path: Path) -> None:
    """Without a grader that can be installed no result is left, and the runner sees a failure."""
    root, command = classroom(kits["github"], tmp_path, "right")
    (wheel,) = (tmp_path / "bundle").glob("*.whl")
    wheel.write_bytes(b"no wheel")
    variables = {**CLASSROOM, "PATH": "/usr/bin:/bin", "HOME": "/root"}
    assert root.run(command, cwd="/checkout", env=variables).returncode != 0
    assert not (tmp_path / "checkout" / "result.json").exists()


# ------------------------------------------------------------------------------- CodeRunner


def job(kit: Path, submission: str) -> str:
    """Return the program that CodeRunner makes of the template: Twig's e('py') escapes."""
    question = Tree.parse(kit / "prototype.xml").getroot().find("question")
    assert question is not None
    template = question.findtext("template") or ""
    answer = SUBMISSIONS[submission].replace("\\", "\\\\").replace('"', '\\"')
    assert template.count("{{ STUDENT_ANSWER | e('py') }}") == 1
    return template.replace("{{ STUDENT_ANSWER | e('py') }}", answer)


def jobe(installed: Path, home: Path) -> Root:
    """Return a Jobe server's root: jobs run as a user of their own in a folder of their own."""
    return Root(
        {"/home/jobe": home, "/opt/kata": installed},
        ["--unshare-user", "--uid", "10002", "--gid", "10002"],
    )


@submissions
def test_coderunner(
    kits: dict[str, Path], installed: Path, tmp_path: Path, submission: str
) -> None:
    """The template prints one JSON object, and nothing else."""
    root = jobe(installed, tmp_path)
    done = root.run(["python3", "-"], cwd="/home/jobe", text=job(kits["coderunner"], submission))
    found = json.loads(done.stdout)
    check(submission, 100 * found["fraction"])
    assert done.stderr == ""
    assert "instructorhtml" not in found
    assert ("testresults" in found) == (submission in ("right", "wrong"))


def test_coderunner_with_a_broken_grader(
    kits: dict[str, Path], installed: Path, tmp_path: Path, defect: dict[str, Path]
) -> None:
    """The learner is told to ask for a regrade; where `grade` is missing the teacher reads why."""
    (tmp_path / "home").mkdir()
    root = jobe(installed, tmp_path / "home")
    root.folders |= defect
    program = job(kits["coderunner"], "right")
    found = json.loads(root.run(["python3", "-"], cwd="/home/jobe", text=program).stdout)
    assert found["fraction"] == 0
    assert "regrade" in found["prologuehtml"]
    root.folders = {"/home/jobe": tmp_path / "home"}
    path = {"PATH": "/usr/bin:/bin"}
    command = [os.path.realpath(sys.executable), "-"]
    done = root.run(command, cwd="/home/jobe", text=program, env=path)
    found = json.loads(done.stdout)
    assert "regrade" in found["prologuehtml"]
    assert "grade is not installed" in found["instructorhtml"]


# ----------------------------------------------------------------------------------- Docker


def docker(kit: Path, installed: Path, work: Path) -> tuple[Root, list[str]]:
    """Return a container's root and its entry point: a plain user, read-only, no network."""
    text = (kit / "Dockerfile").read_text()
    assert "\nUSER grader\n" in text
    match = re.search(r"^ENTRYPOINT (\[.*\])$", text, re.MULTILINE)
    assert match
    options = ["--unshare-user", "--unshare-net", "--uid", "10001", "--gid", "10001"]
    root = Root({"/work": work, "/opt/kata": installed}, options, way="--ro-bind")
    return root, json.loads(match[1])


@submissions
def test_docker(kits: dict[str, Path], installed: Path, tmp_path: Path, submission: str) -> None:
    """The entry point prints the report, at level strong or better."""
    root, command = docker(kits["docker"], installed, tmp_path)
    write(tmp_path, submission)
    done = root.run([*command, KATA.file, "--json", "-"], cwd="/work")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    check(submission, report["points"])
    assert report["isolation"]["level"] in ("full", "strong")
    assert report["grader"]["feedback"] == "hints"


def test_docker_with_a_broken_grader(
    kits: dict[str, Path], installed: Path, tmp_path: Path, defect: dict[str, Path]
) -> None:
    """The exit code is 3, and the report says that nobody is to blame."""
    (tmp_path / "work").mkdir()
    root, command = docker(kits["docker"], installed, tmp_path / "work")
    root.folders |= defect
    write(tmp_path / "work", "right")
    done = root.run([*command, KATA.file, "--json", "-"], cwd="/work")
    assert done.returncode == 3
    assert json.loads(done.stdout)["score"] is None


def test_docker_grades_a_class(kits: dict[str, Path], installed: Path, tmp_path: Path) -> None:
    """The README's command for a class runs as the teacher's user, who can write the reports."""
    text = (kits["docker"] / "README.md").read_text()
    words = '--user "$(id -u):$(id -g)"', '-v "$PWD/reports:/reports"', "/work --out /reports"
    for word in words:
        assert word in text
    work, reports = tmp_path / "class", tmp_path / "reports"
    write(work / "ada", "right")
    write(work / "ben", "broken")
    root, command = docker(kits["docker"], installed, work)
    reports.mkdir()
    os.chown(reports, 1234, 1234)
    root.folders["/reports"] = reports
    root.options = ["--unshare-net", "--perms", "0755", "--dir", "/opt"]
    user = ["setpriv", "--reuid=1234", "--regid=1234", "--clear-groups", "--"]
    done = root.run([*user, *command, "/work", "--out", "/reports"], cwd="/work")
    assert done.returncode == 0, done.stderr
    scores = {name: json.loads((reports / f"{name}.json").read_text()) for name in ("ada", "ben")}
    assert (scores["ada"]["points"], scores["ben"]["status"]) == (100, "rejected")
    assert (reports / "ada.json").stat().st_uid == 1234
