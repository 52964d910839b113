"""Whom the kernel ends first where memory runs out."""

import sys
from pathlib import Path

import psutil
import pytest

from grader.jail import Jail, Limits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's score is Linux's")


def test_workers_go_before_the_grader() -> None:
    """The zygote, from which every worker comes, is ended before the grader is."""
    before = set(psutil.Process().children())
    with Jail(Limits(), without=("bubblewrap",)) as jail:
        assert jail.isolation.level
        scores = {
            Path(f"/proc/{process.pid}/oom_score_adj").read_text().strip()
            for process in set(psutil.Process().children()) - before
        }
    assert scores == {"1000"}
