"""What the levels of feedback keep back, whatever a submission does to tell a hidden input."""

import json
import re
from dataclasses import replace
from itertools import product
from textwrap import dedent, indent
from typing import TYPE_CHECKING, Any, get_args

import pytest

from grader.cases.catalogue import all_cases, functions, in_running_order
from grader.cases.session import Judged
from grader.formats import View, find, names
from grader.grading import feedback
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import default_kata
from grader.report.model import FEEDBACK, Feedback
from grader.report.next_steps import next_step
from grader.report.seen import Outcome, Seen
from tests.corpora import some_quick
from tests.pages import samples

if TYPE_CHECKING:
    from tests.conftest import GradeSource

KATA = default_kata()

SEEDS = range(6)
SPY = """
import sys
{independent}
right = dict(globals())
PUBLIC = (5, 3), (3, 5), (2, 2), (2, 4), (5, 6), (3, 8)
numbers = []


def bits():
    return int(abs(numbers[0]) * 1e15) % (1 << 30)


def spying(name):
    def function(*args):
        if args[0].shape in PUBLIC:
            return right[name](*args)
        numbers.append(float(args[0].flat[0]))
        return tell(right[name](*args), *args)

    return function


def compute_qkv(X, W_q, W_k, W_v):
    return spying("compute_qkv")(X, W_q, W_k, W_v)


def self_attention(Q, K, V):
    return spying("self_attention")(Q, K, V)


def multi_head_attention(Q, K, V, n_heads):
    return spying("multi_head_attention")(Q, K, V, n_heads)


def each(answer, change):
    return tuple(map(change, answer)) if isinstance(answer, tuple) else change(answer)


def tell(answer, *args):
"""
CHANNELS = {
    "value": "return each(answer, lambda out: out + 10.0 ** (bits() % 300))",
    "place": """
        def change(out):
            out = out.copy()
            out.flat[bits() % out.size] += 1e3
            return out
        return each(answer, change)""",
    "factor": "return each(answer, lambda out: out * (1 + bits()))",
    "which part": """
        if not isinstance(answer, tuple):
            return np.roll(answer + 1, bits(), axis=0)
        return tuple(out + 1 if bits() >> place & 1 else out - 1e9 for place, out in
                     enumerate(answer))""",
    "kind of number": """
        kinds = np.nan, np.inf, -np.inf, 0, 1e300, 5e-324
        return each(answer, lambda out: np.full_like(out, kinds[bits() % 6], dtype=float))""",
    "shape": "return each(answer, lambda out: np.zeros((bits() % 50 + 50, bits() % 97)))",
    "axes": "return each(answer, lambda out: np.zeros((1,) * (bits() % 9) + (1, 1, 1)))",
    "dtype": """
        kinds = "S1 S2 S33 U7 complex64 complex128 M8[s] m8[D] O bool".split()
        return each(answer, lambda out: np.zeros(out.shape, kinds[bits() % len(kinds)]))""",
    "count": "return tuple(answer[:1]) * (4 + bits() % 1000)",
    "type": """
        kinds = int, float, str, dict, set, type("T%d" % bits(), (), {}), np.float32, np.int8
        return kinds[bits() % len(kinds)]()""",
    "subclass": """
        kind = type("A%d" % bits(), (np.ndarray,), {})
        return each(answer, lambda out: out.view(kind))""",
    "nothing or something": "return (None, [], 0, answer[0])[bits() % 4]",
    "changed arguments": """
        for place, array in enumerate(args[:3]):
            if bits() >> place & 1 or place == 0:
                array += 1
        return each(answer, lambda out: out + 1)""",
    "exception": """
        import builtins
        kinds = [kind for kind in vars(builtins).values() if isinstance(kind, type)
                 and issubclass(kind, Exception) and not issubclass(kind, UnicodeError)]
        raise kinds[bits() % len(kinds)]()""",
    "type of its own": "raise type('E%d' % bits(), (Exception,), {})",
    "message": "raise ValueError(repr(numbers))",
    "advice": "raise (ModuleNotFoundError, MemoryError)[bits() % 2](str(bits()))",
    "line": "exec(compile('\\n' * (bits() % 90) + '1 / 0', right['__file__'], 'exec'))",
    "refusal": """
        import os, socket
        (lambda: open("/etc/passwd"), lambda: os.listdir("/"), lambda: os.fork(),
         lambda: os.kill(1, 9), lambda: socket.socket(), lambda: os.mkdir("/x"))[bits() % 6]()""",
    "end": """
        import os, signal
        if bits() % 3 == 0:
            os._exit(bits() % 200)
        if bits() % 3 == 1:
            os.close(bits() % 60 + 3)
            os._exit(1)
        os.abort()""",
    "print": "print(numbers); sys.stderr.write(repr(numbers)); return each(answer, np.negative)",
    "later exceptions": """
        globals()["numbers"] = numbers[:1]
        for name in ("compute_qkv", "self_attention", "multi_head_attention"):
            setattr(sys.modules[__name__], name, bits())
        raise KeyError(bits())""",
    "names": """
        module = sys.modules["multi_head_attention"]
        module.self_attention = module.multi_head_attention = lambda *args: bits()
        return each(answer, lambda out: out + bits())""",
}
"""Ways to tell what `bits` gives of a hidden input, by what is chosen."""


def outcomes_of(report: dict[str, Any]) -> dict[str, str]:
    """Return how each case ended."""
    return {case["id"]: case["outcome"] for case in report["cases"]}


def told(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without what is the grader's own to say: its seed."""
    return {key: value for key, value in report.items() if key not in ("seed", "timing")}


def spy(independent: str, channel: str) -> str:
    """Return a submission that is right on public inputs, and on others tells what it can."""
    body = indent(dedent(CHANNELS[channel]).strip(), " " * 4)
    return f"{SPY.replace('{independent}', independent)}{body}\n"


@pytest.mark.long
@pytest.mark.parametrize("channel", some_quick(CHANNELS, 4))
def test_hidden_inputs_are_not_told(
    grade_source: "GradeSource", independent: str, channel: str
) -> None:
    """Two reports at `hints` differ by how the cases ended, if they differ at all."""
    source = spy(independent, channel)
    known: dict[str, dict[str, Any]] = {}
    said: dict[tuple[str, str], set[str]] = {}
    ended = set()
    for seed in SEEDS:
        report = grade_source(source, seed=seed, feedback="hints")
        assert report["status"] == "graded"
        outcomes = outcomes_of(report)
        first = known.setdefault(json.dumps(outcomes), told(report))
        assert told(report) == first
        for case in report["cases"]:
            if case["visibility"] == "hidden":
                ended.add(case["outcome"])
                case_said = said.setdefault((case["id"], case["outcome"]), set())
                case_said.add(case["message"] + case["hint"])
    assert ended - {"passed", "not_run"}, "the submission told nothing, so nothing was tried"
    for (_, outcome), sentences in said.items():
        assert len(sentences) == 1 or outcome == "not_run"


@pytest.mark.long
@pytest.mark.parametrize("level", ["score", "names"])
def test_lower_levels_tell_less(grade_source: "GradeSource", independent: str, level: Any) -> None:
    """At `names` and `score` too, two reports differ by outcomes and points alone."""
    for channel in ("value", "message", "shape", "end"):
        known: dict[object, dict[str, Any]] = {}
        for seed in SEEDS[:3]:
            report = grade_source(spy(independent, channel), seed=seed, feedback=level)
            key = (report["points"], json.dumps(outcomes_of(report)))
            assert told(report) == known.setdefault(key, told(report))
            assert not any(case["message"] or case["hint"] for case in report["cases"])
            assert not any(case["seen"] for case in report["cases"])


KEEPS = """
import numpy as np
kept = []

def compute_qkv(X, W_q, W_k, W_v):
    kept.append(X[0, 0])
    return X @ W_q, X @ W_k, X @ W_v

def self_attention(Q, K, V):
    kept.append(Q[0, 0])
    if Q.shape == (2, 2):
        raise ValueError(repr(kept))
    return V + Q + K

def multi_head_attention(Q, K, V, n_heads):
    raise ValueError(repr(kept))
"""


@pytest.mark.long
def test_public_cases_know_no_hidden_input(grade_source: "GradeSource") -> None:
    """What a public case says is told as it is, and is the same whatever the hidden inputs are."""
    said = []
    for seed in SEEDS:
        report = grade_source(KEEPS, seed=seed, feedback="hints")
        cases = [case for case in report["cases"] if case["visibility"] == "visible"]
        said.append([case["message"] for case in cases])
    assert "raised ValueError: [" in said[0][-2]
    assert said == [said[0]] * len(said)


def test_public_cases_run_first() -> None:
    """All public cases run before any hidden one, and each case after the one that it needs."""
    order = [case for case, _ in in_running_order(functions(KATA))]
    assert {case.id for case in order} == {case.id for case in all_cases(KATA)}
    hidden = [not case.is_open for case in order]
    assert hidden == sorted(hidden)
    for place, case in enumerate(order):
        assert case.needs is None or case.needs in {before.id for before in order[:place]}


SECRET = Seen("raised", "Secret", "secret", "secret", 1234, "secret")


def sentences_for(case_id: str) -> set[str]:
    """Return all that can be said of a case, whatever the cases that it needs came to."""
    by_id = {case.id: case for case in all_cases(KATA)}
    chain = [by_id[case_id]]
    while chain[-1].needs is not None:
        chain.append(by_id[chain[-1].needs])
    said = set()
    for outcomes in product(get_args(Outcome), repeat=len(chain)):
        judged = [
            Judged(case, outcome, "secret 1234", SECRET)
            for case, outcome in zip(chain, outcomes, strict=True)
        ]
        told_of = feedback.tell_cases(judged, "hints", loaded=True)[0]
        said.add(told_of.message)
        assert told_of.seen is None, "facts are chosen by the learner's code"
    return said


@pytest.mark.parametrize(
    "case", [case for case in all_cases(KATA) if case.is_hidden], ids=lambda case: str(case.id)
)
def test_all_sentences(case: Any) -> None:
    """What can be said of a hidden case is a handful of sentences without a number or a place."""
    said = sentences_for(case.id)
    assert len(said) <= 8
    titles = {f": {other.title}." for other in all_cases(KATA)}
    for sentence in said:
        assert "secret" not in sentence
        assert not re.search(r"\d", sentence) or any(sentence.endswith(t) for t in titles)


@pytest.mark.parametrize("level", ["score", "names", "hints"])
def test_seconds_tell_nothing(level: Any) -> None:
    """Below `full` the time it took is a power of ten, so that it cannot be waited out."""
    told_of = {feedback.tell_seconds(number / 777, level) for number in range(1, 40_000)}
    assert told_of == {0.01, 0.1, 1.0, 10.0, 100.0}
    assert feedback.tell_seconds(1e-9, level) == 1e-3
    assert feedback.tell_seconds(1e9, level) == 1e3
    assert feedback.tell_seconds(1.234567, "full") == 1.234567


@pytest.mark.long
def test_no_format_tells_more(independent: str) -> None:
    """Every format says the same at `hints`, whatever a hidden case raised.

    A diagnosis is of public inputs alone, and may say what is raised for these.
    """
    with Jail(Limits(call_seconds=20, submission_seconds=60)) as jail:
        reports = []
        for channel in ("message", "line", "exception"):
            source = spy(independent, channel).encode()
            report = grade(KATA, jail, source, name="a.py", seed=1, feedback="hints")
            same = {"sha256": "0" * 64, "name": "a.py"}
            timing = {"seconds": 1.0}
            reports.append(replace(report, submission=same, timing=timing, diagnoses=()))
    for name in names():
        first, *others = [find(name).render(View(report)) for report in reports]
        assert all(other == first for other in others), name


@pytest.mark.parametrize("level", FEEDBACK)
def test_a_level_tells_a_part_of_what_the_next_one_tells(level: Feedback) -> None:
    """What is told is a function of all that is known, and each level adds to the one before."""
    seen = Seen("raised", "KeyError", "'k'", line=5, source="x[k]")
    judged = [Judged(case, "error", "It raised.", seen) for case in all_cases(KATA)]
    whole = replace(samples.with_picture(), cases=(), timing={"seconds": 1.5})
    told_of = feedback.tell(whole, judged, level)
    rank = FEEDBACK.index(level)
    assert told_of == feedback.tell(whole, judged, level)
    assert told_of.grader["feedback"] == level
    assert len(told_of.cases) == (len(judged) if rank >= 1 else 0)
    assert told_of.diagnoses == (whole.diagnoses if rank >= 2 else ())
    assert told_of.picture == (whole.picture if rank >= 3 else None)
    assert told_of.output == (whole.output if rank >= 3 else feedback.NOTHING_PRINTED)
    assert told_of.timing == {"seconds": 1.5 if rank >= 3 else 10.0}
    told_facts = [case.id for case in told_of.cases if case.seen]
    known = [one.case for one in judged if rank == 3 or (rank == 2 and one.case.is_open)]
    assert told_facts == [case.id for case in known]


@pytest.mark.parametrize("outcome", ["failed", "error", "timeout", "crashed"])
def test_a_next_step_is_left(outcome: Outcome) -> None:
    """Whoever is not told what a hidden case raised gets a step that can be taken all the same."""
    case = next(case for case in all_cases(KATA) if case.is_hidden)
    judged = [Judged(case, outcome, "secret", SECRET)]
    (told_of,) = feedback.tell_cases(judged, "hints", loaded=True)
    assert told_of.hint == next_step(replace(told_of, hint=case.hint))
    assert told_of.hint
    assert "line that is named" not in told_of.hint
