"""The level is what the layers that hold make it, and what is required is enforced."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.errors import GraderFault
from grader.grading.grade import grade
from grader.jail import Jail, Limits, jail
from grader.kata import default_kata
from grader.worker import kernel

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

KATA = default_kata()

SOLUTION = KATA.solution_path
INNER = ("landlock", "seccomp")


@pytest.mark.parametrize(
    ("without", "levels"),
    [
        ((), {"full"}),
        (("bubblewrap",), {"full"}),
        (("landlock",), {"full", "strong"}),
        (("bubblewrap", "landlock"), {"strong"}),
        (("seccomp",), {"partial"}),
        (("bubblewrap", "seccomp"), {"partial"}),
        (("bubblewrap", "seccomp", "landlock"), {"process"}),
        (("bubblewrap", "seccomp", "landlock", "identity", "capabilities", "limits"), {"process"}),
    ],
)
def test_level(without: tuple[str, ...], levels: set[str]) -> None:
    """Doing without a layer lowers the level as documented, and the solution is right at each."""
    with Jail(Limits(), without=without) as made:
        assert made.isolation.level in levels
        report = grade(KATA, made, SOLUTION.read_bytes(), name="solution", seed=1)
    assert report.score == 1.0
    assert report.isolation["level"] in levels


@pytest.mark.parametrize(
    ("without", "required", "missing"),
    [
        (("bubblewrap", "landlock"), "full", "landlock"),
        (("seccomp",), "strong", "seccomp"),
        (("bubblewrap", "seccomp", "landlock"), "partial", "bubblewrap"),
    ],
)
def test_required(
    without: tuple[str, ...],
    required: str,
    missing: str,
    run_grade: "RunInProcess",
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is weaker than required runs nothing, writes no report, and says what is missing."""
    layers = tuple(layer for layer in jail.LAYERS if layer not in without)
    monkeypatch.setattr(jail, "LAYERS", layers)
    trace = tmp_path / "ran"
    file = tmp_path / "file.py"
    file.write_text(f"open({str(trace)!r}, 'w')\n", encoding="utf-8")
    target = tmp_path / "report.json"
    ran = run_grade(file, "--require-isolation", required, "--json", target)
    assert ran.code == 3
    assert missing in ran.err
    assert "nothing was run" in ran.err
    assert not target.exists()
    assert not trace.exists()


def test_process_level_is_said(run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a jail the screen says once that there is none."""
    monkeypatch.setattr(jail, "LAYERS", ("limits",))
    ran = run_grade(SOLUTION)
    assert ran.code == 0
    assert ran.err.count("not in a jail") == 1


@pytest.mark.parametrize("broken", ["landlock", "seccomp"])
def test_worker_fails_closed(broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that cannot apply a layer that it was told to ends before the learner's code."""
    trace = tmp_path / "ran"
    source = f"open({str(trace)!r}, 'w')\nprint('I ran')\n".encode()
    with Jail(Limits(), without=("bubblewrap", "identity", "capabilities")) as made:
        assert made.isolation.layers[broken] == "held"
        # An address-space limit or an ABI that the kernel has never heard of.
        if broken == "landlock":
            made._kernel["landlock_abi"] = 9999
            monkeypatch.setattr(Jail, "_orders", _impossible_landlock)
        else:
            monkeypatch.setattr(Jail, "_orders", _impossible_layer)
        with pytest.raises(GraderFault, match="locked down"):
            grade(KATA, made, source, name="file.py", seed=1)
    assert not trace.exists()


_orders = Jail._orders


def _impossible_landlock(self: Jail, layers: list[str]) -> dict[str, object]:
    return {**_orders(self, layers), "landlock_abi": "none"}


def _impossible_layer(self: Jail, layers: list[str]) -> dict[str, object]:
    return {**_orders(self, layers), "cpu_seconds": "none"}


def under(restrict: Callable[[], None]) -> str:
    """Return what `kata doctor` prints under a restriction that a process puts on itself."""
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "kata"), "doctor"],
        preexec_fn=restrict,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def refuse() -> Callable[..., Callable[[], None]]:
    """Make a restriction that answers some system calls with an error."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        pytest.skip(f"libseccomp is not installed: {error}")

    def make(number: int, *calls: str, conditions: tuple[object, ...] = ()) -> Callable[[], None]:
        def restrict() -> None:
            program = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
            for call in calls:
                program.add_rule(pyseccomp.ERRNO(number), call, *conditions)
            program.load()

        return restrict

    return make


def test_landlock_absent(refuse: Callable[..., Callable[[], None]]) -> None:
    """A kernel without Landlock gives full with bubblewrap, and says that Landlock is missing."""
    said = under(refuse(38, "landlock_create_ruleset"))
    assert "[MISS] landlock" in said
    assert "[HELD] seccomp" in said


def test_seccomp_refused(refuse: Callable[..., Callable[[], None]]) -> None:
    """Where a filter cannot be put on, the level is below strong."""
    import pyseccomp

    condition = (pyseccomp.Arg(0, pyseccomp.EQ, 22),)
    said = under(refuse(1, "prctl", conditions=condition))
    assert "[MISS] seccomp" in said
    assert "isolation: partial" in said or "isolation: process" in said


def test_user_namespaces_off(refuse: Callable[..., Callable[[], None]]) -> None:
    """Without namespaces bubblewrap is missing, and the level is full all the same."""
    import pyseccomp

    condition = (pyseccomp.Arg(0, pyseccomp.MASKED_EQ, 0x10000000, 0x10000000),)

    def restrict() -> None:
        program = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        for call in ("clone", "unshare"):
            program.add_rule(pyseccomp.ERRNO(1), call, *condition)
            for flag in (0x20000, 0x40000000, 0x20000000):
                other = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag)
                program.add_rule(pyseccomp.ERRNO(1), call, other)
        program.add_rule(pyseccomp.ERRNO(38), "clone3")
        program.load()

    said = under(restrict)
    assert "[MISS] bubblewrap" in said
    assert "isolation: full" in said


def test_bubblewrap_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bwrap on the path the level is full by Landlock, and the report says so."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with Jail(Limits()) as made:
        assert made.isolation.level == "full"
        assert made.isolation.layers["bubblewrap"] == "not installed"


def test_other_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a processor without a filter of ours the level is process, and grading works."""
    monkeypatch.setattr(kernel, "filter_path", lambda folder: os.path.join(folder, "none.bpf"))
    with Jail(Limits()) as made:
        assert made.isolation.level == "process"
        assert grade(KATA, made, SOLUTION.read_bytes(), name="solution", seed=1).score == 1.0
