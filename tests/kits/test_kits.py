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
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as Tree

import pytest

from grader import __version__, kata
from grader.kits import PLATFORMS, export

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

pytestmark = pytest.mark.skipif(
    shutil.which("bwrap") is None or os.geteuid() != 0, reason="needs bwrap, and root to lay out /"
)

RIGHT = kata.solution_path().read_text()
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
        words += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
        for folder, path in self.folders.items():
            words += ["--bind", str(path), folder]
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
        export(platform, folder / platform)
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
    (path,) = installed.glob(f"lib/python*/site-packages/grader/data/solution/{kata.FILE}")
    broken = tmp_path / "defect.py"
    broken.write_text("raise ImportError('the grader is broken')\n")
    return {f"/opt/kata/{path.relative_to(installed)}": broken}


def write(folder: Path, submission: str, name: str = kata.FILE) -> None:
    """Hand in."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(SUBMISSIONS[submission])


def check(submission: str, points: float) -> None:
    """Check the points of a submission."""
    if submission == "wrong":
        assert 0 < points < 100
    else:
        assert points == POINTS[submission]


def test_what_is_in_them(kits: dict[str, Path]) -> None:
    """Each kit has a README that says what to do, and a wheel where it takes one."""
    for platform, folder in kits.items():
        text = (folder / "README.md").read_text()
        assert "\n1. " in text
        assert "\n3. " in text
        assert "When it fails" in text
        for path in folder.rglob("*"):
            if path.is_file() and path.suffix not in (".whl", ".zip"):
                assert not re.search(r"@[A-Z]+@", path.read_text()), path
        wheels = [path.name for path in folder.rglob("*.whl")]
        name = f"attention_kata-{__version__}-py3-none-any.whl"
        assert wheels == ([] if platform == "gradescope" else [name])
    with zipfile.ZipFile(kits["gradescope"] / "autograder.zip") as archive:
        modes = {info.filename: info.external_attr >> 16 & 0o111 for info in archive.infolist()}
    assert modes["setup.sh"]
    assert modes["run_autograder"]


def test_wheel_is_that_of_the_checkout(kits: dict[str, Path], tmp_path: Path) -> None:
    """The wheel is the same each time."""
    export("docker", tmp_path / "again")
    (first,) = kits["docker"].glob("*.whl")
    assert (tmp_path / "again" / first.name).read_bytes() == first.read_bytes()


def test_export_refuses(run_kata: "RunInProcess", tmp_path: Path) -> None:
    """An unknown platform, or a folder that is not empty, is refused with a sentence."""
    ran = run_kata("export", "blackboard", tmp_path / "x")
    assert ran.code == 2
    assert "gradescope" in ran.err
    (tmp_path / "mine.txt").write_text("work")
    ran = run_kata("export", "docker", tmp_path)
    assert ran.code == 2
    assert "not empty" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert run_kata("export", "docker", tmp_path / "new").code == 0


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


# ------------------------------------------------------------ GitHub Actions, Classroom 50

CLASSROOM = {"CLASSROOM": "c", "ASSIGNMENT": "a", "OWNER": "ada", "SUBMISSION_TAG": "submit/1"}


def checkout(kit: Path, folder: Path, installed: Path) -> Root:
    """Return a runner's root, with the repository at /checkout."""
    shutil.copytree(kit, folder / "checkout")
    (folder / "runner").mkdir()
    folders = {"/checkout": folder / "checkout", "/runner": folder / "runner"}
    return Root({**folders, "/opt/kata": installed})


@submissions
def test_github_actions(
    kits: dict[str, Path], installed: Path, tmp_path: Path, submission: str
) -> None:
    """The step writes the summary, prints annotations and nothing of the learner's commands."""
    root = checkout(kits["github"], tmp_path, installed)
    write(tmp_path / "checkout", submission)
    summary = {"GITHUB_STEP_SUMMARY": "/runner/summary"}
    done = root.run(["/checkout/.kata/grade.sh"], cwd="/checkout", env=summary)
    assert done.returncode == (0 if submission == "right" else 1), done.stderr
    text = (tmp_path / "runner" / "summary").read_text()
    (points,) = re.findall(r": (\d+) of 100 points", text)
    check(submission, int(points))
    lines = done.stdout.splitlines()
    assert all(line.startswith("::error title=") for line in lines)
    assert bool(lines) == (submission != "right")
    assert "::error::x" not in done.stderr


def test_github_workflow(kits: dict[str, Path]) -> None:
    """The workflow names the files that are in the kit."""
    text = (kits["github"] / ".github" / "workflows" / "grade.yml").read_text()
    for name in re.findall(r"\.kata/\S+", text):
        assert (kits["github"] / name).is_file()
    assert "permissions:\n  contents: read" in text


@submissions
def test_classroom50(
    kits: dict[str, Path], installed: Path, tmp_path: Path, submission: str
) -> None:
    """autograder.py leaves result.json in the checkout, whatever the learner left there."""
    root = checkout(kits["github"], tmp_path, installed)
    write(tmp_path / "checkout", submission)
    (tmp_path / "checkout" / "result.json").write_text('{"score": 100}')
    done = root.run(["python3", "autograder.py"], cwd="/checkout", env=CLASSROOM)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "checkout" / "result.json").read_text())
    check(submission, found["score"])
    assert found["owner"] == "ada"


def test_github_with_a_broken_grader(
    kits: dict[str, Path], installed: Path, tmp_path: Path, defect: dict[str, Path]
) -> None:
    """Both end with 3; no result is left, and the summary says that nobody is to blame."""
    root = checkout(kits["github"], tmp_path, installed)
    root.folders |= defect
    write(tmp_path / "checkout", "right")
    (tmp_path / "checkout" / "result.json").write_text('{"score": 100}')
    assert root.run(["python3", "autograder.py"], cwd="/checkout", env=CLASSROOM).returncode == 3
    assert not (tmp_path / "checkout" / "result.json").exists()
    summary = {"GITHUB_STEP_SUMMARY": "/runner/summary"}
    assert root.run(["/checkout/.kata/grade.sh"], cwd="/checkout", env=summary).returncode == 3
    assert "not your fault" in (tmp_path / "runner" / "summary").read_text()


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
    done = root.run([*command, kata.FILE, "--json", "-"], cwd="/work")
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
    done = root.run([*command, kata.FILE, "--json", "-"], cwd="/work")
    assert done.returncode == 3
    assert json.loads(done.stdout)["score"] is None
