"""Same submission, same seed: the same bytes, but for `timing`."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import GradeSource, ReadReport, RunCommand

ADDRESSES = """\
import sys


class Thing:
    def method(self):
        pass


print(object(), Thing, Thing(), Thing().method, lambda: 0, (x for x in ()), sys.stdin)
print({"a", "b", "c", "d"}, hash("a"), file=sys.stderr)


def compute_qkv(X, W_q, W_k, W_v):
    raise ValueError(f"{Thing()} and {Thing().method} broke {object():>60}")


def self_attention(Q, K, V):
    print(Thing())
    return Thing()


def multi_head_attention(Q, K, V, n_heads):
    raise KeyError(Thing(), {Thing()}, [Thing()])
"""
CRASHES = """\
import os


def compute_qkv(X, W_q, W_k, W_v):
    print("about to die", flush=True)
    os._exit(3)


def self_attention(Q, K, V):
    print("x" * 100_000)
    print("y" * 100_000)


def multi_head_attention(Q, K, V, n_heads):
    def again(n):
        return again(n + 1)
    return again(0)
"""
REJECTED = "class Thing: pass\nraise ValueError(Thing())\n"


def without_timing(text: str) -> str:
    """Return a report without the one block that may differ."""
    (rest, count) = re.subn(r'\n  "timing": \{[^}]*\},', "", text)
    assert count == 1
    return rest


@pytest.mark.long
@pytest.mark.parametrize("kind", ["right", "addresses", "crashes", "rejected"])
def test_bytes_are_the_same(
    kind: str,
    independent: str,
    grade_command: "RunCommand",
    read_report: "ReadReport",
    tmp_path: Path,
) -> None:
    """Two processes write the same bytes on the same submission and seed, but for `timing`."""
    source = {
        "right": independent,
        "addresses": ADDRESSES,
        "crashes": CRASHES,
        "rejected": REJECTED,
    }[kind]
    (tmp_path / "a.py").write_text(source)
    texts = []
    for hash_seed in ("1", "2"):
        env = {"PYTHONHASHSEED": hash_seed}
        ran = grade_command("a.py", "--json", "-", "--seed", "4", cwd=tmp_path, env=env)
        assert ran.code == 0
        read_report(ran.out)
        texts.append(without_timing(ran.out))
    assert texts[0] == texts[1]
    assert not re.search(r"0x[0-9a-f]{3}", texts[0])


def test_reports_of_one_jail_are_the_same(grade_source: "GradeSource") -> None:
    """A jail that has graded other submissions writes the same report as before."""
    texts = []
    for source in (ADDRESSES, CRASHES, REJECTED, ADDRESSES):
        report = grade_source(source)
        del report["timing"]
        texts.append(json.dumps(report))
    assert texts[0] == texts[-1]


@pytest.mark.parametrize("cut", [0, 2, 5, 12])
def test_address_at_the_cap(grade_source: "GradeSource", cut: int) -> None:
    """An address of which the cap on output leaves only the beginning does not show."""
    filling = 1024 - len("<object object at ") - cut
    source = f"print('.' * {filling - 1}, object(), sep=' ')\nraise ValueError\n"
    printed = grade_source(source, output_kib=1)["output"]["stdout"]
    assert printed.startswith("....")
    assert not re.search(r"0x[0-9a-f]", printed)
