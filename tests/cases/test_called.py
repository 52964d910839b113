"""Cases that need no pytest: which those are, and that it would judge them in the same way."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cases import called
from grader.cases.session import Judged, Session
from grader.grading.grader import Grader
from grader.jail import Jail, Limits
from grader.kata import load_kata, shipped_katas
from grader.learner.submission import Rejected, Submission
from tests.cases.test_direct import kata

HEAD = """
from grader.cases.case import case
from grader.cases.checks import check_close
"""
MARKED = """
@case("one.example", "One more", points=%d, hint="What comes after 1?")
def %s(submission):
    check_close(submission.call("one", 1), 2, "The result")
"""
PLAIN = HEAD + MARKED % (100, "case_one")
OTHERS = {
    "pytest": PLAIN + "\nimport pytest\n\n@pytest.fixture(autouse=True)\ndef around(): ...\n",
    "setup": PLAIN + "\ndef setup_module(): ...\n",
    "unmarked": PLAIN + "\ndef test_more():\n    assert True\n",
    "class": PLAIN + "\nclass TestMore:\n    def test_it(self):\n        assert True\n",
    "argument": PLAIN.replace("(submission)", "(submission, tmp_path)"),
    "generator": PLAIN + "    yield\n",
    "coroutine": PLAIN.replace("def case_one", "async def case_one"),
    "name": HEAD + MARKED % (100, "one_more"),
    "identifiers": HEAD + MARKED % (60, "case_one") + MARKED % (40, "case_two"),
    "broken": PLAIN + "\n1 / 0\n",
}


def test_plain_ones_are_called(tmp_path: Path) -> None:
    """A function with a mark that asks for nothing of pytest's is called."""
    ours = load_kata(str(kata(tmp_path, PLAIN)))
    assert [one.nodeid for one in called.find(ours)] == ["one.example"]


@pytest.mark.parametrize("cases", OTHERS.values(), ids=OTHERS)
def test_others_are_left_to_pytest(tmp_path: Path, cases: str) -> None:
    """Where anything is pytest's, or wrong, all of the cases are."""
    assert called.find(load_kata(str(kata(tmp_path, cases)))) == []


def test_beside_a_conftest(tmp_path: Path) -> None:
    """A conftest.py may put anything around a case."""
    folder = kata(tmp_path, PLAIN)
    (folder / "conftest.py").write_text("")
    assert called.find(load_kata(str(folder))) == []


def test_grading_needs_no_pytest(solution: Path) -> None:
    """Whoever grades by such cases never loads pytest."""
    code = (
        "import json, sys\nfrom grader import Grader\n"
        "with Grader() as ours:\n    score = ours.grade(open(sys.argv[1]).read()).score\n"
        "print(json.dumps([score, [name for name in sys.modules if name == 'pytest']]))\n"
    )
    words = [sys.executable, "-P", "-c", code, str(solution)]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [1.0, []]


@pytest.mark.parametrize("name", shipped_katas())
def test_pytest_collects_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cases of the katas that come along are called; pytest finds the same, in this order."""
    found = called.find(load_kata(name))
    assert found
    _use_pytest(monkeypatch)
    with Grader(name) as ours:
        assert ours._session is not None
        assert list(ours._session.cases) == [one.case for one in found]


def judge(name: str, sources: list[bytes]) -> list[list[Judged] | str]:
    """Return how the cases of a kata ended on submissions, or why one was not judged."""
    kata, told = load_kata(name), list[list[Judged] | str]()
    with Jail(Limits(call_seconds=20, submission_seconds=60)) as jail, Session(kata) as session:
        for source in sources:
            submission = Submission(jail, source, kata)
            try:
                submission.load()
                told.append(session.judge(submission, seed=3))
            except Rejected as rejected:
                told.append(rejected.message)
            finally:
                submission.end()
    return told


@pytest.mark.long
@pytest.mark.parametrize("name", shipped_katas())
def test_pytest_judges_the_same(name: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong submissions (one in three) are judged alike where pytest runs the cases."""
    own = root / "tests" / "katas" / name / "golden"
    folder = own if own.is_dir() else root / "tests" / "golden"
    sources = [path.read_bytes() for path in sorted(folder.glob("*.py"))][::3]
    assert sources
    by_call = judge(name, sources)
    _use_pytest(monkeypatch)
    assert judge(name, sources) == by_call


def _use_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(called, "find", lambda kata: [])
