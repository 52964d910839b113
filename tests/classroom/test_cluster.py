"""A class on a Dask cluster: a real scheduler, two worker processes, one of them killed."""

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.kata import default_kata
from tests.conftest import SCRIPTS

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

pytestmark = pytest.mark.long
KATA = default_kata()

distributed = pytest.importorskip("distributed", reason="needs attention-kata[cluster]")
COUNT = 40
OPTIONS = ("--seed", "7", "--call-seconds", "60", "--submission-seconds", "600")
"""Limits that no busy machine exceeds."""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[int]]]:
    """Start a scheduler and two workers; give the address and the workers' process numbers."""
    address_file = tmp_path / "scheduler.json"
    common = {"stdin": subprocess.DEVNULL, "cwd": tmp_path, "start_new_session": True}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    dask += ["--port", "0", "--no-dashboard", "--scheduler-file", str(address_file)]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker"]
    worker += ["--scheduler-file", str(address_file), "--nthreads", "1", "--no-dashboard"]
    worker += ["--no-nanny", "--local-directory", str(tmp_path)]
    with (tmp_path / "log").open("w") as log:
        started = [
            subprocess.Popen(command, stdout=log, stderr=log, **common)  # type: ignore[call-overload]
            for command in (dask, worker, worker)
        ]
        try:
            with distributed.Client(scheduler_file=str(address_file), timeout=60) as client:
                client.wait_for_workers(2, timeout=60)
                address = client.scheduler.address
            yield address, [process.pid for process in started[1:]]
        finally:
            for process in started:
                process.kill()
            for process in started:
                process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A class of all sorts."""
    right = KATA.solution_path.read_text()
    kinds = [right, right.replace(" / np.sqrt(d_k)", ""), "def (", "import os\nos._exit(1)\n"]
    (tmp_path / "class").mkdir()
    for number in range(COUNT):
        (tmp_path / "class" / f"{number:02}.py").write_text(kinds[number % 4] + f"# {number}\n")
    return tmp_path / "class"


def reports(out: Path) -> dict[str, dict[str, Any]]:
    """Return all reports of a class, but for times."""
    found = {path.name: json.loads(path.read_text()) for path in out.glob("[0-9]*.json")}
    for report in found.values():
        del report["timing"]
    return found


def differences(far: dict[str, Any], near: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return what is not the same: the file, the key or the case, and both values."""
    found: list[tuple[Any, ...]] = []
    for name, report in sorted(far.items()):
        found += [
            (name, key, value, near[name][key])
            for key, value in report.items()
            if key != "cases" and value != near[name][key]
        ]
        for one, other in zip(report["cases"], near[name]["cases"], strict=True):
            found += [(name, one["id"], one, other)] * (one != other)
    return found


def test_a_worker_is_killed(
    folder: Path,
    tmp_path: Path,
    cluster: tuple[str, list[int]],
    run_grade: "RunInProcess",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is lost and nothing comes out otherwise when a worker dies half-way."""
    address, workers = cluster
    from grader.classroom import running

    keep, kept = running._keep, []

    def keep_and_kill(entry: object, *rest: object) -> None:
        keep(entry, *rest)  # type: ignore[arg-type]
        kept.append(entry)
        if len(kept) == COUNT // 4:
            os.kill(workers[0], signal.SIGKILL)

    monkeypatch.setattr(running, "_keep", keep_and_kill)
    ran = run_grade(folder, "--out", tmp_path / "far", "--cluster", address, *OPTIONS)
    assert ran.code == 0, ran.err
    assert len(kept) == COUNT
    monkeypatch.setattr(running, "_keep", keep)
    run_grade(folder, "--out", tmp_path / "near", *OPTIONS)
    far, near = reports(tmp_path / "far"), reports(tmp_path / "near")
    assert far.keys() == near.keys()
    assert len(far) == COUNT
    assert differences(far, near) == []


def test_no_scheduler(folder: Path, tmp_path: Path, run_grade: "RunInProcess") -> None:
    """Where nobody answers the error names the address, with exit 3."""
    ran = run_grade(folder, "--out", tmp_path / "out", "--cluster", "nonsense")
    assert ran.code == 3
    assert "no Dask scheduler at nonsense" in ran.err
    assert "Traceback" not in ran.err


def test_no_workers(folder: Path, tmp_path: Path) -> None:
    """A scheduler without workers is told of at once and again, and Ctrl-C ends the waiting."""
    address_file = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"]
    dask += ["--port", "0", "--no-dashboard", "--scheduler-file", str(address_file)]
    quiet = {"stdin": subprocess.DEVNULL, "cwd": tmp_path, "start_new_session": True}
    with (tmp_path / "log").open("w") as log:
        scheduler = subprocess.Popen(dask, stdout=log, stderr=log, **quiet)  # type: ignore[call-overload]
    gc.collect()  # a client that came to nothing ends when it is collected: not within the next
    try:
        with distributed.Client(scheduler_file=str(address_file), timeout=60) as client:
            address = client.scheduler.address
        command = [SCRIPTS / "grade", folder, "--out", tmp_path / "out", "--cluster", address]
        grade = subprocess.Popen(  # type: ignore[call-overload]
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **quiet
        )
        said = [grade.stderr.readline() for _ in range(2)]
        os.killpg(grade.pid, signal.SIGINT)
        _, rest = grade.communicate(timeout=60)
    finally:
        scheduler.kill()
        scheduler.wait()
    assert all("no workers yet" in line for line in said)
    assert grade.returncode == 130
    assert "interrupted; 0 of 40 reports" in rest
    assert "Traceback" not in rest
