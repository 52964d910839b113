"""The grader as a library: three strings, one Grader, and a caller who is left alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import grader
from grader import Grader, GraderFault, Limits, UsageError, grade, load_kata

RIGHT = load_kata().solution_path.read_text(encoding="utf-8")
WRONG = RIGHT.replace(" / np.sqrt(d_k)", "")
SOFTMAX = Path(__file__).parent / "katas" / "softmax"


def test_names() -> None:
    """What the package promises is there, and is all that it promises."""
    assert set(grader.__all__) == {
        *("Doubtful", "GraderError", "GraderFault", "UsageError"),
        *("Grader", "Kata", "Limits", "Report", "__version__", "grade", "load_kata"),
    }
    assert all(getattr(grader, name) is not None for name in grader.__all__)
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = grader.nothing_of_the_kind


def test_light_to_import() -> None:
    """Importing the package imports nothing that takes long, and nothing of ours."""
    heavy = "[n for n in sys.modules if n.split('.')[0] in ('numpy', 'pytest', 'click', 'typing')]"
    code = f"import sys, grader; print({heavy}, [n for n in sys.modules if 'grader.' in n])"
    command = [sys.executable, "-S", "-c", code]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=Path(grader.__file__).parent.parent
    )
    assert ran.stdout.strip() == "[] []"


def test_three_strings() -> None:
    """One Grader takes text, bytes and paths, and repeats itself with a seed."""
    with Grader(feedback="hints") as ours:
        first, second, third = (
            ours.grade(source, seed=3) for source in (RIGHT, WRONG.encode(), ours.kata.stub)
        )
        again = ours.grade(WRONG, name="ada.py", seed=3)
    assert [one.score for one in (first, third)] == [1.0, 0.0]
    assert 0 < (second.score or 0) < 1
    assert [one.id for one in second.diagnoses] == ["scores-not-scaled"]
    assert (again.cases, again.submission["name"]) == (second.cases, "ada.py")


def test_one_call() -> None:
    """A single submission needs no Grader, of whatever kata."""
    report = grade("def softmax(S):\n    return S", SOFTMAX, seed=1)
    assert (report.kata["name"], report.score) == ("softmax", 0.0)


def test_misuse() -> None:
    """What cannot be done is a UsageError that says so."""
    with pytest.raises(UsageError, match="with statement"):
        Grader().grade(RIGHT)
    with pytest.raises(UsageError, match="no kata nowhere"):
        grade(RIGHT, "nowhere")
    with pytest.raises(UsageError, match="no feedback"):
        Grader(feedback="loud")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="call_seconds"):
        Limits(call_seconds=-1)
    with Grader() as ours, pytest.raises(UsageError, match="cannot be read"):
        ours.grade(Path("not there.py"))


def test_required_isolation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the jail is weaker than required nothing is run, and nothing is left running."""
    monkeypatch.setattr("grader.jail.jail.LAYERS", ("limits",))
    with pytest.raises(GraderFault, match="nothing was run"), Grader(require="strong"):
        pass


_LEFT_ALONE = """
import gc, os, signal, sys
from grader import Grader

def state():
    handlers = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGCHLD)]
    streams = (sys.stdout, sys.stderr, sys.stdin)
    collector = (gc.isenabled(), gc.get_freeze_count())
    return dict(os.environ), handlers, streams, collector, sys.dont_write_bytecode

before = state()
with Grader() as ours:
    ours.grade(sys.argv[1])
    print(state() == before)
print(state() == before)
"""


def test_the_caller_is_left_alone() -> None:
    """While it is used and afterwards gc, environment and signals are as the caller has them."""
    ran = subprocess.run(
        [sys.executable, "-c", _LEFT_ALONE, WRONG],
        env={**os.environ, "PYTEST_ADDOPTS": "--nothing-of-the-kind", "PY_COLORS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["True", "True"]
