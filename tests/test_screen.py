"""The screen: 80 columns, the same words with and without color."""

import os
import re
import subprocess
import sysconfig
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from grader.grading import grade
from grader.jail import Jail, Limits
from grader.report import Report
from grader.screen import WIDTH, render

if TYPE_CHECKING:
    from tests.conftest import RunCommand, RunInProcess

Make = Callable[[str], Report]


@pytest.fixture(scope="module")
def make(jails: Callable[[Limits], Jail]) -> Make:
    """Grade a source into a report, once."""

    @cache
    def graded(source: str) -> Report:
        return grade(jails(Limits(20, 60)), source.encode(), name="mine.py", seed=9)

    return graded


def lines(report: Report) -> list[str]:
    """Return the lines of a screen, without its styles; check that they fit."""
    screen = render(report).split("\n")
    for line in screen:
        assert columns(click.unstyle(line)) <= WIDTH == 80, line
        assert line == line.rstrip()
        assert not line.count("\x1b[") % 2, "a style that does not end on its line"
    return [click.unstyle(line) for line in screen]


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def test_full_marks(make: Make, solution: Path) -> None:
    """Full marks are one line a function, the score, one warm line, and how to repeat it."""
    screen = lines(make(solution.read_text()))
    assert screen[0] == f"mine.py{'100 / 100':>73}"
    for function, points in (("compute_qkv", 20), ("self_attention", 40)):
        (line,) = (line for line in screen if function in line)
        assert line.startswith("[PASS] ")
        assert re.search(rf" {points}/{points} points +(\d+) of \1 cases$", line)
    assert not any("[FAIL]" in line for line in screen)
    assert any("Repeat this grading with --seed 9." in line for line in screen)
    assert len(screen) <= 25


def test_untouched_stub(make: Make, stub: Path) -> None:
    """The stub's screen says of each function that it is not implemented yet, briefly."""
    screen = lines(make(stub.read_text()))
    text = " ".join(" ".join(screen).split())
    assert screen[0].endswith("  0 / 100")
    for function in ("compute_qkv", "self_attention", "multi_head_attention"):
        assert f"{function} is not implemented yet" in text
    assert "[PASS]" not in text
    assert len(screen) <= 40


def test_what_failed_and_why(make: Make, independent: str) -> None:
    """A failed case shows its title, what was seen and a next step; passed ones do not."""
    report = make(independent.replace(" / np.sqrt(Q.shape[-1])", ""))
    screen = lines(report)
    text = " ".join(" ".join(screen).split())
    assert "[PASS] compute_qkv" in text
    assert "[FAIL] self_attention" in text
    for case in report.cases:
        shown = f"- {case.title}" in text
        assert shown == (case.outcome not in ("passed", "not_run"))
        if shown:
            assert f"Seen: {' '.join(case.message.split())}" in text
            assert f"Next: {case.hint}" in text


@pytest.mark.parametrize(
    ("body", "outcome"),
    [("raise ValueError('boom')", "(error)"), ("import os; os._exit(1)", "(crashed)")],
)
def test_other_outcomes_are_named(make: Make, body: str, outcome: str) -> None:
    """A case that ended in another way than a wrong answer says in which."""
    screen = lines(make(f"def self_attention(Q, K, V):\n    {body}\n"))
    assert any(line.endswith(outcome) for line in screen)


def test_rejected(make: Make) -> None:
    """A file that cannot be loaded shows why, and no function."""
    screen = lines(make("import numpy\nraise RuntimeError('boom')\n"))
    text = " ".join(" ".join(screen).split())
    assert screen[0].endswith("  0 / 100")
    assert "[FAIL] The file could not be loaded." in text
    assert "RuntimeError: boom (line 2: raise RuntimeError('boom'))" in text
    assert "compute_qkv" not in text


def test_grader_error(make: Make, stub: Path) -> None:
    """A grader error shows no score."""
    report = replace(
        make(stub.read_text()), status="grader_error", score=None, points=0, cases=(), message="x"
    )
    assert lines(report) == ["No verdict: the grader could not do its work."]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 500,
        "long words " * 50,
        "/a/very/long/path" * 20,
        "日本語" * 60,
        "e\u0301" * 99,
        "a-b" * 99,
    ],
    ids=["one-word", "words", "path", "wide", "combining", "hyphens"],
)
def test_any_message_fits(make: Make, text: str) -> None:
    """Messages of any length and script are wrapped to 80 columns."""
    lines(make(f"raise ValueError({text!r})\n"))
    lines(make(f"def self_attention(Q, K, V):\n    raise ValueError({text!r})\n"))


@pytest.mark.parametrize("name", ["a" * 200 + ".py", "数" * 60 + ".py", "ab", "a b.py"])
def test_any_name_fits(make: Make, stub: Path, name: str) -> None:
    """A file name of any length leaves room for the score."""
    report = make(stub.read_text())
    screen = lines(replace(report, submission={**report.submission, "name": name}))
    assert screen[0].endswith("  0 / 100")


def test_printed_text_is_pointed_to(make: Make, independent: str) -> None:
    """What a file prints does not get on the screen, which says where it is."""
    text = "\n".join(lines(make(f"print('my own words')\n{independent}")))
    assert "my own words" not in text
    assert "What your code printed is in the report" in text


def test_nothing_is_said_by_color_alone(make: Make, independent: str) -> None:
    """Without its styles the screen has the same words, and marks that say it in letters."""
    report = make(independent.replace("X @ W_v", "X @ W_k"))
    styled = render(report)
    assert "\x1b[32m[PASS]" in styled
    assert "\x1b[31m[FAIL]" in styled
    assert "[PASS]" in click.unstyle(styled)
    assert "[FAIL]" in click.unstyle(styled)


def test_no_color_without_a_terminal(grade_command: "RunCommand", solution: Path) -> None:
    """Into a pipe or a file goes no escape sequence."""
    ran = grade_command(solution, cwd=solution.parent)
    assert "[PASS]" in ran.out
    assert "\x1b" not in ran.out


@pytest.mark.parametrize(
    ("env", "colored"),
    [
        ({}, True),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": "0"}, False),
        ({"TERM": "dumb"}, False),
    ],
    ids=str,
)
def test_color_on_a_terminal(
    solution: Path, tmp_path: Path, env: dict[str, str], colored: bool
) -> None:
    """A terminal gets color, unless NO_COLOR is set and not empty or the terminal is dumb."""
    text = on_a_terminal([str(solution)], {"TERM": "xterm", **env}, tmp_path)
    assert "[PASS]" in click.unstyle(text)
    assert ("\x1b[" in text) == colored


def test_json_has_no_color_on_a_terminal(solution: Path, tmp_path: Path) -> None:
    """The report holds no escape sequence even when it is printed on a terminal."""
    text = on_a_terminal([str(solution), "--json", "-"], {"TERM": "xterm"}, tmp_path)
    assert text.lstrip().startswith("{")
    assert "\x1b" not in text


def on_a_terminal(arguments: list[str], env: dict[str, str], cwd: Path) -> str:
    """Return what `grade` writes on a terminal."""
    ours, theirs = os.openpty()
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        [os.path.join(sysconfig.get_path("scripts"), "grade"), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.STDOUT,
        env={**kept, **env},
        cwd=cwd,
    )
    os.close(theirs)
    written = bytearray()
    try:
        while chunk := os.read(ours, 4096):
            written += chunk
    except OSError:
        pass  # what Linux says when the other end of a terminal is closed
    finally:
        os.close(ours)
    assert process.wait() == 0
    return written.decode("utf-8")


def test_screen_of_the_command_is_the_rendered_one(
    run_grade: "RunInProcess", solution: Path
) -> None:
    """The README's example is what the command prints for the seed that it shows."""
    screen = run_grade(solution, "--seed", "1417400149").out
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert screen.strip() in readme
