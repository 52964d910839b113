"""The answers of a machine made of software are read and judged strictly."""

import json
from typing import Any

import pytest

from tools.aarch64_guest import MARK
from tools.aarch64_root import newc
from tools.run_on_aarch64 import Bounds, bounds_of, judge, read_answers, table

HELD = "isolation: full    (Linux aarch64)\n\n[HELD] seccomp      refuses\n"
BOUNDS = {"one.py": Bounds(100, 100), "two.py": Bounds(0, 28)}


def answer(**changed: Any) -> dict[str, Any]:
    """Return a class's answer in which all is as it must be, but for what is changed."""
    files = {"one.py": ["graded", 100], "two.py": ["graded", 28]}
    return {"step": "right", "seconds": 2.5, "code": 0, "said": "", "files": files} | changed


def test_answers_are_found_among_noise() -> None:
    """Whole answers are read from a console; a torn one, and what is none, is left out."""
    whole = MARK + json.dumps({"step": "right", "code": 0})
    torn = MARK + '{"step": "hostile", "co'
    lines = ["[ 0.1] booting\r\n", torn + "\r\n", f"{MARK}3\n", MARK]
    printed = f'printed {MARK}{{"step": "right", "code": 1}}'
    assert read_answers([*lines, whole + "\r\n", printed]) == {
        "right": {"step": "right", "code": 0}
    }


def test_nothing_is_wrong() -> None:
    """A jail that is full, and files within their bounds, are no fault."""
    doctor = {"step": "doctor", "seconds": 1.0, "code": 0, "said": HELD}
    rows = [judge("doctor", doctor, {}), judge("right", answer(), BOUNDS)]
    assert [row.faults for row in rows] == [[], []]
    assert "2 graded; most points 100: as it must be" in table(rows)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (HELD.replace("full", "strong"), "the jail is strong, not full"),
        (HELD + "[MISS] bubblewrap   no\n", "bubblewrap did not hold"),
        ("", "the jail is nothing, not full"),
    ],
)
def test_a_weaker_jail_is_a_fault(said: str, fault: str) -> None:
    """A level below full, a layer that did not hold and a doctor without words are faults."""
    row = judge("doctor", {"step": "doctor", "seconds": 1.0, "code": 0, "said": said}, {})
    assert row.faults == [fault]
    assert f"- {fault}" in table([row])


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (["graded", 99], ["graded", 28]),
        (["graded", 100], ["graded", 29]),
        (["graded", 100], ["grader_error", None]),
        (["rejected", 0], ["rejected", 0]),
        (["graded", 100], None),
    ],
)
def test_a_file_out_of_its_bounds_is_a_fault(one: list[Any], two: list[Any] | None) -> None:
    """A right file that lost a point is a fault, and a hostile one with more, or with no report."""
    files = {"one.py": one} | ({"two.py": two} if two else {})
    (fault,) = judge("right", answer(files=files), BOUNDS).faults
    assert fault.startswith("one.py" if one != ["graded", 100] else "two.py")


def test_no_answer_is_a_fault() -> None:
    """A step without an answer, or whose command failed, is a fault."""
    assert judge("right", None, BOUNDS).faults == ["there is no answer"]
    assert judge("right", answer(code=3, said="no jail"), BOUNDS).faults == ["exit code 3: no jail"]


def test_bounds() -> None:
    """A right file must have all points, a hostile one at most what it says, else none."""
    assert bounds_of("right", b"# at-most: 5\n") == (100, 100)
    assert bounds_of("hostile", b"# at-most: 67\nimport numpy\n") == (0, 67)
    assert bounds_of("hostile", b"import numpy\n# at-most: 67\n") == (0, 0)


def test_a_file_of_an_initramfs_ends_on_a_whole_word() -> None:
    """Name and data of a file are each filled up to four bytes, as the kernel reads them."""
    packed = newc("init", 0o100755, b"hello")
    assert packed.startswith(b"070701" + b"%08X%08X" % (0, 0o100755))
    assert len(packed) == 116 + 8
    assert packed[110:116] == b"init\0\0"
    assert packed[116:] == b"hello\0\0\0"
