"""No attack gains a point, a secret or a foothold, or keeps the next submission from its grade."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import default_kata
from tests.corpora import some_quick
from tests.hostile.attacks import CANARY, PORT, as_notebook, sources

if TYPE_CHECKING:
    from tests.conftest import ReadReport

KATA = default_kata()

LIMITS = Limits(call_seconds=0.5, submission_seconds=3, memory_mib=512)
PATIENCE = 60
"""Seconds that a busy machine may take beyond the limits."""
SECRET = "canary-of-the-environment-4711"
SOURCES = sources()


@pytest.fixture(scope="module", params=["full", "strong"])
def jail(request: pytest.FixtureRequest) -> Iterator[Jail]:
    """A jail at each of the levels that must hold, with a secret around it."""
    os.environ["GRADE_CANARY"] = SECRET
    without = () if request.param == "full" else ("bubblewrap", "landlock")
    with Jail(LIMITS, without=without) as jail:
        if jail.isolation.level != request.param:
            pytest.skip(f"this machine gives {jail.isolation.level}, not {request.param}")
        yield jail
    del os.environ["GRADE_CANARY"]


@pytest.fixture(scope="module")
def listeners() -> Iterator[list[socket.socket]]:
    """What no attack may reach: TCP, UDP and an abstract Unix socket."""
    tcp = socket.create_server(("127.0.0.1", PORT))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", PORT))
    unix = socket.socket(socket.AF_UNIX)
    unix.bind(f"\0{CANARY}")
    unix.listen()
    for one in (tcp, udp, unix):
        one.setblocking(False)
    yield [tcp, udp, unix]
    for one in (tcp, udp, unix):
        one.close()


def processes() -> set[int]:
    """Return this process's descendants, and whatever an attack started wherever it went."""
    parents, found = {}, {os.getpid()}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = Path("/proc", pid, "stat").read_text(encoding="utf-8")
            command = Path("/proc", pid, "cmdline").read_bytes()
        except OSError:
            continue
        parents[int(pid)] = int(stat.rpartition(")")[2].split()[1])
        if b"sleep\x00999" in command:
            found.add(int(pid))
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        if not more:
            return found
        found |= more


def test_there_are_many() -> None:
    """The corpus holds at least sixty attacks."""
    assert len(SOURCES) >= 60


@pytest.mark.long
@pytest.mark.parametrize("form", ["file", "notebook"])
@pytest.mark.parametrize("name", some_quick(SOURCES))
def test_attack_fails(
    name: str, form: str, jail: Jail, listeners: list[socket.socket], read_report: "ReadReport"
) -> None:
    """An attack ends in time with a valid report that blames it, and gains and leaves nothing."""
    if jail.isolation.level == "strong" and (name.endswith("-at-import") or form == "notebook"):
        return  # the same attack as at-call; once is enough for the second level
    source = SOURCES[name] if form == "file" else as_notebook(SOURCES[name])
    before = processes()
    started = time.monotonic()
    report = grade(KATA, jail, source, name="attack.py", seed=5)
    assert time.monotonic() - started < LIMITS.submission_seconds + PATIENCE
    text = report.to_json()
    read: Any = read_report(text)
    assert read["status"] in ("graded", "rejected")
    assert read["points"] == 0
    assert SECRET not in text
    assert "LEAK" not in read["output"]["stdout"]
    for folder in ("/tmp", "/dev/shm", ".", "/"):
        assert not [path for path in os.listdir(folder) if CANARY in path]
    assert processes() <= before
    for listener in listeners:
        with pytest.raises(BlockingIOError):
            listener.recv(1) if listener.type == socket.SOCK_DGRAM else listener.accept()


def test_grading_goes_on(jail: Jail) -> None:
    """After all of that a correct submission still gets full marks."""
    report = grade(KATA, jail, KATA.solution_path.read_bytes(), name="right.py", seed=5)
    assert report.score == 1.0
