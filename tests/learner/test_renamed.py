"""Parameters with other names than the statement's cost nothing, and are told."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import default_kata
from grader.learner.renamed import renamed
from grader.report.sentences import renamed as say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KATA = default_kata()
DEF = "def multi_head_attention(Q, K, V, n_heads):"
CALLED = "multi_head_attention"

# What stands in place of the def line (its body follows), and what is told of it.
OTHERS = {
    "one": ("def multi_head_attention(Q, K, V, num_heads):\n    n_heads = num_heads", "num_heads"),
    "a default": ("def multi_head_attention(Q, K, V, h=1):\n    n_heads = h", "h"),
    "more behind": ("def multi_head_attention(Q, K, V, h, n=0):\n    n_heads = h", "h"),
    "its own": (DEF, ""),
    "any name": (
        "def multi_head_attention(Q, K, V, *others, **named):\n"
        "    n_heads = (*others, *named.values())[0]",
        "",
    ),
    "no name": ("def multi_head_attention(*given):\n    Q, K, V, n_heads = given", ""),
    "by place": (f"{DEF[:-2]}, /):", ""),
}


@pytest.mark.parametrize(("line", "name"), OTHERS.values(), ids=OTHERS)
def test_what_is_told(
    jails: "Callable[[Limits], Jail]", solution: "Path", line: str, name: str
) -> None:
    """A name is told where a call by the statement's fails, and nothing else."""
    text = _with(solution, line)
    report = grade(KATA, jails(Limits(20, 60)), text.encode(), name="mine.py", seed=9)
    assert report.points == 100
    assert report.submission.get("renamed") == ({CALLED: {"n_heads": name}} if name else None)
    told = f"Parameters have other names than in the statement: {name} for n_heads in {CALLED}."
    assert say(report) == (f"{told} Calls by name fail." if name else "")


def test_a_cache(jails: "Callable[[Limits], Jail]", solution: "Path") -> None:
    """A function whose signature cannot be read is loaded, and nothing is told of its names."""
    text = _with(solution, f"@functools.lru_cache\n{DEF}").replace(
        "import numpy", "import functools\nimport numpy", 1
    )
    report = grade(KATA, jails(Limits(20, 60)), text.encode(), name="mine.py", seed=9)
    assert report.status == "graded"
    assert not say(report)


def test_what_a_wrapper_says_that_it_wraps(
    jails: "Callable[[Limits], Jail]", solution: "Path"
) -> None:
    """The names are those of what is called, not of what it wraps."""
    inner = "def inner(q, k, v, number):\n    return number"
    wrapper = f"@functools.wraps(inner)\n{DEF}"
    text = _with(solution, f"{inner}\n\n\n{wrapper}").replace(
        "import numpy", "import functools\nimport numpy", 1
    )
    report = grade(KATA, jails(Limits(20, 60)), text.encode(), name="mine.py", seed=9)
    assert report.points == 100
    assert not say(report)


@pytest.mark.parametrize("feedback", ["score", "names"])
def test_levels_that_do_not_tell(
    jails: "Callable[[Limits], Jail]", solution: "Path", feedback: Any
) -> None:
    """It is told where next steps are."""
    text = _with(solution, OTHERS["one"][0]).encode()
    how = {"name": "mine.py", "seed": 9, "feedback": feedback}
    assert not say(grade(KATA, jails(Limits(20, 60)), text, **how))


class Said:
    """A submission of which this is known."""

    def __init__(self, by_place: int, either: object) -> None:
        function = KATA.functions["self_attention"]._replace(by_place=by_place)
        self.kata = replace(KATA, functions={"self_attention": function})
        self.functions = {"self_attention": {"kind": "function", "either": either}}

    def misfit(self, name: str) -> None:
        """Say that it can be called."""


@pytest.mark.parametrize(
    ("by_place", "either", "told"),
    [
        (0, ["K", "Q", "V"], {}),
        (0, ["q", "k", "v"], {"Q": "q", "K": "k", "V": "v"}),
        (0, ["Q", "Q\n" * 50, "V"], {"K": "Q " * 19 + "Q…"}),
        (1, ["first", "k", "V"], {"K": "k"}),
        (3, ["q", "k", "v"], {}),
        (0, "QKV", {}),
        (0, None, {}),
    ],
)
def test_names(by_place: int, either: object, told: dict[str, str]) -> None:
    """Another order is none of names; what the statement passes by place only has none."""
    submission: Any = Said(by_place, either)
    assert renamed(submission) == ({"self_attention": told} if told else {})


def _with(solution: "Path", line: str) -> str:
    """Return the solution with another def line of its last function."""
    text = solution.read_text(encoding="utf-8")
    begin = text.index(f"def {CALLED}(")
    end = text.index(":\n", text.index("->", begin)) + 1
    return f"{text[:begin]}{line}{text[end:]}"
