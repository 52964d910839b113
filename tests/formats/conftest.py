"""Reports of every fate, and the validators that others wrote, fetched from the registries."""

import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.formats import View, find
from grader.grading.grade import grade, grader_error
from grader.jail import Jail, Limits
from grader.kata import default_kata
from grader.report.model import Report
from grader.report.seen import Seen

KATA = default_kata()

Views = dict[str, View]
Render = Callable[[str, View], bytes]

ENVIRONMENT = {
    "CLASSROOM": "attention-26",
    "ASSIGNMENT": "kata-1",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "ada",
    "SUBMISSION_TAG": "submit/3",
    "COMMIT_URL": "https://example.org/c",
    "RELEASE_URL": "https://example.org/r",
    "REVIEW_URL": "https://example.org/v",
    "LTI_USER_ID": "user-7",
    "VPL_GRADEMIN": "0",
    "VPL_GRADEMAX": "20",
}
WRITTEN = 1_790_000_000.25
RIGHT = KATA.solution_path.read_text()
SOURCES = {
    "right": RIGHT,
    "wrong": RIGHT.replace(" / np.sqrt(d_k)", ""),
    "raising": RIGHT.replace("    d_k =", "    raise ValueError('<b>no</b>')\n    d_k ="),
    "talking": "import sys\nprint('<&>')\nprint('x', file=sys.stderr)\n" + RIGHT,
    "rejected": "def (",
}


@pytest.fixture(scope="session")
def views(jails: Callable[[Limits], Jail]) -> Views:
    """A view of every fate, and of the wrong submission at every level of feedback."""
    jail = jails(Limits(call_seconds=20, submission_seconds=60))

    def view(source: str, **options: Any) -> View:
        report = grade(KATA, jail, source.encode(), name="my attention.py", seed=1, **options)
        return View(report, source, ENVIRONMENT, WRITTEN)

    found = {name: view(source) for name, source in SOURCES.items()}
    for level in ("hints", "names", "score"):
        found[f"wrong at {level}"] = view(SOURCES["wrong"], feedback=level)
        found[f"right at {level}"] = view(SOURCES["right"], feedback=level)
    broken = grader_error(KATA, None, b"", name="a.py", seed=1, message="The disk is full.")
    return {**found, "broken grader": View(broken, "", ENVIRONMENT, WRITTEN)}


@pytest.fixture(scope="session")
def render() -> Render:
    """Render a view in a format that must write something."""

    def rendered(name: str, view: View) -> bytes:
        data = find(name).render(view)
        assert data is not None
        return data

    return rendered


@pytest.fixture(scope="session")
def say() -> Callable[[View, str], View]:
    """Put a text wherever a learner's code can put one."""

    def everywhere(view: View, text: str) -> View:
        report: Report = view.report
        cases = tuple(
            case
            if case.outcome == "passed"
            else replace(case, message=text, seen=_saying(text, case.seen))
            for case in report.cases
        )
        return replace(
            view,
            source=text,
            report=replace(
                report,
                cases=cases,
                submission={**report.submission, "name": text},
                message=text if report.status != "graded" else "",
                seen=_saying(text, report.seen),
                output={"stdout": text, "stderr": text, "truncated": True},
            ),
        )

    return everywhere


def _saying(text: str, seen: Seen | None) -> Seen | None:
    """Return facts in which the learner's code had a say, as far as it has one."""
    return seen and seen._replace(type=text, said=text, source=text)


def fetch(command: list[str], what: str) -> None:
    """Run a command that fetches from a registry; without one, skip what needs it."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"{what} cannot be fetched ({error})")
    if done.returncode != 0:
        pytest.skip(f"{what} cannot be fetched ({done.stderr.decode()[-200:]})")


@pytest.fixture(scope="session")
def python_tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pylti1p3next, Coursera's and edX's own packages, without their needs."""
    target = tmp_path_factory.mktemp("python")
    wanted = ["pylti1p3next==2.0.2", "coursera-autograder==0.1.4", "xblocks-contrib==0.13.1"]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target)]
    fetch([*pip, *wanted], "pylti1p3next, coursera-autograder and xblocks-contrib")
    return target


@pytest.fixture(scope="session")
def node_tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with npm's ctrf, @actions/core and junit-to-ctrf."""
    target = tmp_path_factory.mktemp("node")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    wanted = ["ctrf@0.3.0", "@actions/core@1.11.1", "junit-to-ctrf@0.0.14"]
    fetch([npm, "install", "--silent", "--prefix", str(target), *wanted], "npm's packages")
    return target


@pytest.fixture(scope="session")
def junit_xsd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The XSD of Jenkins' xunit plug-in, which the source distribution of pytest carries."""
    target = tmp_path_factory.mktemp("pytest")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(target)]
    fetch([*pip, "--no-binary", "pytest", "pytest==9.0.2"], "the sources of pytest")
    (archive,) = target.glob("*.tar.gz")
    name = "testing/example_scripts/junit-10.xsd"
    with tarfile.open(archive) as opened:
        member = next(one for one in opened.getmembers() if one.name.endswith(name))
        content = opened.extractfile(member)
        assert content is not None
        path = target / "junit-10.xsd"
        path.write_bytes(content.read())
    return path
