"""The report as JSON: strict, small, in the documented order."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from grader.report.model import FEEDBACK, MAX_BYTES, CaseResult, Report, schema
from grader.text import clean

if TYPE_CHECKING:
    from tests.conftest import GradeSource, ReadReport
    from tests.conftest import Report as Read

SCHEMA = json.loads(schema())
VALIDATOR = Draft202012Validator(SCHEMA)


def case(number: int, *, message: str = "") -> CaseResult:
    """Return a case of one point that was failed if there is a message, else passed."""
    return CaseResult(
        id=f"self_attention.{number}",
        title="A title",
        function="self_attention",
        points=0 if message else 1,
        max_points=1,
        visibility="hidden",
        outcome="failed" if message else "passed",
        message=message,
        hint="",
    )


def make(**changes: Any) -> Report:
    """Return a report with full marks, changed."""
    right = Report(
        kata={"name": "multi-head-attention", "version": "1"},
        submission={"name": "a.py", "sha256": "0" * 64},
        status="graded",
        score=1.0,
        points=100,
        message="",
        cases=tuple(case(number) for number in range(100)),
        isolation={"level": "full", "layers": {}},
        output={"stdout": "", "stderr": "", "truncated": False},
        seed=1,
        timing={"seconds": 0.1},
        grader={
            "version": "1",
            "cases_sha256": "0" * 64,
            "python": "3",
            "numpy": "2",
            "pytest": "8",
            "feedback": "full",
        },
    )
    return replace(right, **changes)


def test_fields_are_in_the_documented_order(read_report: "ReadReport") -> None:
    """The JSON holds the fields of the schema, in the schema's order."""
    assert list(read_report(make().to_json())) == list(SCHEMA["properties"])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_nan_never_reaches_json(value: float) -> None:
    """A number that is not finite raises rather than make JSON that is none."""
    for changes in ({"score": value}, {"timing": {"seconds": value}}):
        with pytest.raises(ValueError, match="JSON"):
            make(**changes).to_json()


@given(st.text(st.characters(exclude_categories=())))
def test_any_cleaned_text_makes_a_valid_report(text: str) -> None:
    """Whatever text a learner makes, once cleaned, the report is valid and reads back."""
    cleaned = clean(text)
    report = make(output={"stdout": cleaned, "stderr": cleaned, "truncated": False})
    read = json.loads(report.to_json().encode("utf-8"))
    VALIDATOR.validate(read)
    assert read["output"]["stdout"] == cleaned


@pytest.mark.parametrize("character", ["x", "\n", '"', "\ufffd", "😀"])
def test_size_has_a_cap(read_report: "ReadReport", character: str) -> None:
    """A report has at most 256 KiB: output gives way, the verdict stays."""
    text = character * (64 * 1024)
    cases = tuple(case(number, message=character * 600) for number in range(44))
    cases += tuple(case(number) for number in range(44, 100))
    report = make(
        output={"stdout": text, "stderr": text, "truncated": False},
        cases=cases,
        points=56,
        score=0.56,
    )
    read = read_report(report.to_json())
    assert len(read["cases"]) == 100
    assert (read["output"]["stdout"] == text) != read["output"]["truncated"]


def test_cap_is_met_exactly() -> None:
    """A report of just 256 KiB keeps its output."""
    room = MAX_BYTES - len(make().to_json().encode())
    full = make(output={"stdout": "x" * room, "stderr": "", "truncated": False})
    assert len(full.to_json().encode()) == MAX_BYTES
    assert json.loads(full.to_json())["output"]["stdout"] == "x" * room
    over = make(output={"stdout": "x" * (room + 1), "stderr": "", "truncated": False})
    assert json.loads(over.to_json())["output"] == {"stdout": "", "stderr": "", "truncated": True}


def test_schema_is_valid_and_closed() -> None:
    """The schema is one of draft 2020-12, and every object of a fixed shape is closed."""
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for name in ("kata", "submission", "isolation", "output", "grader"):
        assert SCHEMA["properties"][name]["additionalProperties"] is False
    assert SCHEMA["$defs"]["case"]["additionalProperties"] is False


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 2},
        {"status": "ok"},
        {"score": None},
        {"score": 1.1},
        {"points": 0.5},
        {"max_points": 99},
        {"extra": 1},
        {"seed": -1},
        {"status": "rejected"},
        {"status": "grader_error"},
        {"cases": []},
        {"message": "\x1b"},
        {"kata": {"name": ""}},
        {"timing": {}},
        {"submission": {"name": "a", "sha256": "x"}},
        {"output": {"stdout": "\x00", "stderr": "", "truncated": False}},
    ],
    ids=str,
)
def test_schema_refuses(change: dict[str, Any]) -> None:
    """What breaks the contract is not valid."""
    values = json.loads(make().to_json())
    VALIDATOR.validate(values)
    with pytest.raises(ValidationError):
        VALIDATOR.validate({**values, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"id": "Self Attention"},
        {"id": ""},
        {"points": 1},
        {"outcome": "skipped"},
        {"outcome": "passed", "points": -1},
        {"visibility": "secret"},
        {"function": "soft max"},
        {"title": ""},
        {"hint": None},
        {"extra": 1},
    ],
    ids=str,
)
def test_schema_refuses_a_case(change: dict[str, Any]) -> None:
    """A case that breaks the contract is not valid: points for a failed one, a strange id."""
    values = json.loads(make(cases=(case(1, message="wrong"),)).to_json())
    values["cases"][0] |= change
    with pytest.raises(ValidationError):
        VALIDATOR.validate(values)


LEAK = """\
mark = "can" + "ary"


def compute_qkv(X, W_q, W_k, W_v):
    print(mark, X)
    if X.shape != (5, 3):
        raise ValueError(f"{mark} {X[0, 0]}")
    return X @ W_q, X @ W_k, X @ W_v


def self_attention(Q, K, V):
    if Q.shape not in ((5, 3), (3, 5)):
        raise type(f"{mark}{abs(hash(Q.tobytes()))}", (Exception,), {})
    return Q + K + V


def multi_head_attention(Q, K, V, n_heads):
    if Q.shape not in ((5, 6), (3, 8)):
        return type(mark, (), {})()
    return Q + 2 * K + 3 * V
"""


@pytest.fixture(scope="module")
def full(grade_source: "GradeSource") -> "Read":
    """The report on the file that leaks, with nothing withheld."""
    return grade_source(LEAK)


@pytest.mark.parametrize("feedback", FEEDBACK)
def test_feedback_tells_what_it_promises(
    grade_source: "GradeSource", full: "Read", feedback: Any
) -> None:
    """Each level has the same verdict; below `full` a file cannot carry hidden inputs out."""
    report = full if feedback == "full" else grade_source(LEAK, feedback=feedback)
    for field in ("status", "score", "points", "seed"):
        assert report[field] == full[field]
    # What nothing explains is looked at where explanations are told.
    told = {} if feedback in ("hints", "full") else {"unnamed": full["submission"]["unnamed"]}
    assert {**report["submission"], **told} == full["submission"]
    assert report["grader"]["feedback"] == feedback
    hidden = [case for case in report["cases"] if case["visibility"] == "hidden"]
    if feedback == "score":
        assert report["cases"] == []
        return
    verdicts = [[(c["id"], c["outcome"], c["points"]) for c in r["cases"]] for r in (full, report)]
    assert verdicts[0] == verdicts[1]
    assert any(case["hint"] for case in report["cases"]) == (feedback in ("hints", "full"))
    assert any(case["message"] for case in report["cases"]) == (feedback != "names")
    leaked = "canary" in json.dumps([hidden, report["output"]])
    assert leaked == (feedback == "full")


def test_report_of_the_stub_is_small(grade_source: "GradeSource", stub: Path) -> None:
    """A report that says the same of 44 cases is far below the cap."""
    assert len(json.dumps(grade_source(stub.read_bytes()))) < 64 * 1024
