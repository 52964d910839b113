"""What the tests share: ways to grade, and what must hold for every report."""

import json
import os
import re
import signal
import subprocess
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol

import hypothesis
import pytest
from jsonschema import Draft202012Validator

from grader.commands.grade import main as grade_main
from grader.commands.kata import main as kata_main
from grader.grading.grade import grade_again_if_lost
from grader.jail import Jail, Limits
from grader.kata import default_kata
from grader.report.model import Feedback, schema

KATA = default_kata()

Report = dict[str, Any]
ReadReport = Callable[[str | bytes], Report]

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sysconfig.get_path("scripts"))
UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

# Who starts the tests in the background of a shell has them ignore Ctrl-C, and under nohup that the
# terminal goes; some send both.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Everything that is drawn is drawn the same way in each run, however busy the machine is.
hypothesis.settings.register_profile("kata", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("kata")


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit code and what it wrote."""

    code: int
    out: str
    err: str


class GradeSource(Protocol):
    """Grades a source and returns its report, which has been checked."""

    def __call__(
        self,
        source: str | bytes,
        *,
        seed: int = 1,
        name: str = "multi_head_attention.py",
        feedback: Feedback = "full",
        **limits: float,
    ) -> Report:
        """Grade `source` in a jail with `limits`."""


class RunInProcess(Protocol):
    """Runs a command of ours in this process."""

    def __call__(self, *arguments: str | Path) -> Ran:
        """Run it with `arguments`."""


class RunCommand(Protocol):
    """Runs an installed command of ours in a process of its own."""

    def __call__(
        self,
        *arguments: str | Path,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        preexec: Callable[[], None] | None = None,
    ) -> Ran:
        """Run it in `cwd`, with `env` on top of this process's environment."""


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def solution() -> Path:
    """The path of the reference."""
    return KATA.solution_path


@pytest.fixture(scope="session")
def stub() -> Path:
    """The path of the file that a learner starts from."""
    return KATA.stub


@pytest.fixture(scope="session")
def read_report() -> ReadReport:
    """Read a report, having checked all that must hold for any report."""
    validator = Draft202012Validator(json.loads(schema()))

    def read(text: str | bytes) -> Report:
        encoded = text if isinstance(text, bytes) else text.encode("utf-8")
        assert len(encoded) <= 256 * 1024
        report: Report = json.loads(encoded.decode("utf-8"), parse_constant=refuse_constant)
        validator.validate(report)
        check_invariants(report)
        return report

    return read


def refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and the infinities, which are not JSON."""
    raise AssertionError(f"{name} is not JSON")


def check_invariants(report: Report) -> None:
    """Check what the schema cannot say."""
    for text in strings_of(report):
        assert not UNWANTED.search(text), f"unwanted characters in {text!r}"
    cases = report["cases"]
    ids = [case["id"] for case in cases]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9._-]+", id_) for id_ in ids)
    assert all(id_.startswith(case["function"] + ".") for id_, case in zip(ids, cases, strict=True))
    feedback = report["grader"]["feedback"]
    if report["status"] == "grader_error":
        assert report["score"] is None
        assert report["points"] == 0
        return
    assert report["score"] == report["points"] / 100
    if feedback == "score":
        return
    assert report["points"] == sum(case["points"] for case in cases)
    assert sum(case["max_points"] for case in cases) == report["max_points"] == 100
    for case in cases:
        passed = case["outcome"] == "passed"
        assert case["points"] == (case["max_points"] if passed else 0)
        assert bool(case["message"]) == (not passed and feedback != "names")


def strings_of(value: object) -> Iterator[str]:
    """Return every string in a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield str(key)
            yield from strings_of(member)
    elif isinstance(value, Sequence):
        for member in value:
            yield from strings_of(member)


@pytest.fixture(scope="session")
def jails() -> Iterator[Callable[[Limits], Jail]]:
    """One jail for each set of limits, as long as the tests run."""
    with ExitStack() as stack:
        open_jails: dict[Limits, Jail] = {}

        def find(limits: Limits) -> Jail:
            if limits not in open_jails:
                open_jails[limits] = stack.enter_context(Jail(limits))
            return open_jails[limits]

        yield find


@pytest.fixture(scope="session")
def grade_source(jails: Callable[[Limits], Jail], read_report: ReadReport) -> GradeSource:
    """Grade a source in this process; limits are those of `Limits` but for those given."""

    def grade_it(
        source: str | bytes,
        *,
        seed: int = 1,
        name: str = "multi_head_attention.py",
        feedback: Feedback = "full",
        **limits: Any,
    ) -> Report:
        # Generous, for a machine that is busy with other tests.
        chosen = Limits(**{"call_seconds": 20, "submission_seconds": 60, **limits})
        encoded = source.encode() if isinstance(source, str) else source
        jail = jails(chosen)
        how = {"name": name, "seed": seed, "feedback": feedback}
        report = grade_again_if_lost(KATA, jail, encoded, **how)
        return read_report(report.to_json())

    return grade_it


@pytest.fixture
def run_grade(capsys: pytest.CaptureFixture[str]) -> RunInProcess:
    """Run `grade` in this process."""
    return lambda *arguments: run_in_process(grade_main, "grade", arguments, capsys)


@pytest.fixture
def run_kata(capsys: pytest.CaptureFixture[str]) -> RunInProcess:
    """Run `kata` in this process."""
    return lambda *arguments: run_in_process(kata_main, "kata", arguments, capsys)


def run_in_process(
    command: Any,
    name: str,
    arguments: Sequence[str | Path],
    capsys: pytest.CaptureFixture[str],
) -> Ran:
    """Run a click command as its script does; return what it did."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        command([str(argument) for argument in arguments], prog_name=name)
    captured = capsys.readouterr()
    code = ended.value.code
    return Ran(code if isinstance(code, int) else int(code is not None), captured.out, captured.err)


@pytest.fixture(scope="session")
def grade_command() -> RunCommand:
    """Run the installed `grade` in a process of its own."""

    def run(
        *arguments: str | Path,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        preexec: Callable[[], None] | None = None,
    ) -> Ran:
        done = subprocess.run(
            [SCRIPTS / "grade", *arguments],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            preexec_fn=preexec,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    return run


@pytest.fixture(scope="session")
def independent() -> str:
    """A right submission whose functions do not call each other, to be broken one by one."""
    return INDEPENDENT


@pytest.fixture(scope="session")
def only() -> Callable[[str], str]:
    """Cut the right submission down to one of its functions, which is judged faster."""

    def cut(function: str) -> str:
        head, *parts = INDEPENDENT.split("\n\n\n")
        wanted = (f"def {function}(", "def attend(")
        return "\n\n\n".join([head, *(part for part in parts if part.startswith(wanted))]) + "\n"

    return cut


INDEPENDENT = """\
import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q, X @ W_k, X @ W_v


def attend(Q, K, V):
    scores = Q @ K.T / np.sqrt(Q.shape[-1])
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True) @ V


def self_attention(Q, K, V):
    return attend(Q, K, V)


def multi_head_attention(Q, K, V, n_heads):
    heads = zip(*(np.split(array, n_heads, axis=-1) for array in (Q, K, V)))
    return np.concatenate([attend(*head) for head in heads], axis=-1)
"""
