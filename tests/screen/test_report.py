"""The screen: what matters first, within the terminal, with and without color."""

import os
import re
import subprocess
import sysconfig
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from grader.diagnosis import exceptions as raised
from grader.diagnosis.bank import Mistake, bank, by_id
from grader.diagnosis.example import example
from grader.diagnosis.mutants import source_with
from grader.diagnosis.symptoms import texts
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import default_kata, load_kata
from grader.pages import submission as page
from grader.report.changes import Before
from grader.report.focus import RAISED, failed, first
from grader.report.model import MAX_PRINTED, Report
from grader.report.sentences import headline
from grader.report.warned import split
from grader.screen.naming import naming
from grader.screen.report import Detail, first_mistake, render
from grader.screen.terminal import WIDTH, Look, wrap
from tests.pages.test_payloads import read

if TYPE_CHECKING:
    from tests.conftest import RunCommand, RunInProcess

KATA = default_kata()

Make = Callable[[str], Report]
WIDE = Look()


@pytest.fixture(scope="module")
def make(jails: Callable[[Limits], Jail]) -> Make:
    """Grade a source into a report, once."""

    @cache
    def graded(source: str) -> Report:
        return grade(KATA, jails(Limits(20, 60)), source.encode(), name="mine.py", seed=9)

    return graded


@pytest.fixture(scope="module")
def unscaled(solution: Path) -> str:
    """A submission with one mistake that has a name, and that a picture shows."""
    text = solution.read_text()
    assert " / np.sqrt(d_k)" in text
    return text.replace(" / np.sqrt(d_k)", "")


def lines(report: Report, look: Look = WIDE, **detail: Any) -> list[str]:
    """Return the lines of a screen, without its styles; check that they fit."""
    named = first_mistake(report)
    if detail.get("hint") and named is not None:
        detail["example"] = example(KATA, by_id(KATA)[named.id])
    screen = render(report, look, Detail(**detail)).split("\n")
    for line in screen:
        assert columns(click.unstyle(line)) <= look.width or look.plain, line
        assert line == line.rstrip()
        assert not line.count("\x1b[") % 2, "a style that does not end on its line"
    return [click.unstyle(line) for line in screen]


def words(report: Report, look: Look = WIDE, **detail: Any) -> str:
    """Return the words of a screen, as if its lines were not wrapped."""
    return " ".join(" ".join(lines(report, look, **detail)).split())


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
    assert screen[-1] == "More: --seed 9 repeats this grading."
    assert len(screen) <= 25
    assert WIDTH == 80


def test_untouched_stub(make: Make, stub: Path) -> None:
    """The stub's functions are still to be done, which is not the same as wrong."""
    screen = lines(make(stub.read_text()))
    for function in ("compute_qkv", "self_attention", "multi_head_attention"):
        assert any(line.startswith(f"[TODO] {function} ") for line in screen)
    assert "[PASS]" not in "".join(screen)
    assert "[FAIL]" not in "".join(screen)
    assert len(screen) <= 23


@pytest.mark.long
@pytest.mark.parametrize("mistake", bank(KATA), ids=lambda mistake: mistake.id)
def test_one_mistake_fits_a_small_terminal(make: Make, mistake: Mistake) -> None:
    """Of a single mistake nothing scrolls off 80 columns and 24 lines, a prompt included."""
    screen = lines(make(source_with(KATA, mistake)), Look(height=24))
    assert len(screen) <= 23
    told = " ".join(" ".join(screen).split())
    assert mistake.title in told
    assert f"Next: {mistake.next_step}" in told


def test_first_what_matters_most(make: Make, unscaled: str) -> None:
    """The score, the mistake with its next step, the functions, the picture, how to see more."""
    report = make(unscaled)
    screen = lines(report)
    order = [
        f"mine.py{'72 / 100':>73}",
        f"  {report.diagnoses[0].title}",
        "  Next: ",
        "[PASS] compute_qkv",
        "[FAIL] self_attention",
        "[PASS] multi_head_attention",
        "  Who attends to whom",
        "More: ",
    ]
    places = [next(i for i, line in enumerate(screen) if line.startswith(text)) for text in order]
    assert places == sorted(places)
    assert "Seen:" not in "".join(screen)


def test_hints_are_given_as_asked(make: Make, unscaled: str) -> None:
    """--hint adds numbers, --no-hint keeps the next step back and says how to get it."""
    report = make(unscaled)
    step = f"Next: {report.diagnoses[0].next_step}"
    assert step in words(report)
    assert "with the mistake =" not in words(report)
    assert step in words(report, hint=True)
    assert "with the mistake = [[3.348 1.437]" in words(report, hint=True)
    assert step not in words(report, hint=False)
    assert "--hint shows the next step" in words(report, hint=False)


@pytest.mark.long
@pytest.mark.parametrize("mistake", bank(KATA), ids=lambda mistake: mistake.id)
def test_numbers_push_nothing_off_the_screen(make: Make, mistake: Mistake) -> None:
    """With --hint the score, the mistake and what changed stay on 80 columns and 24 lines."""
    report = make(source_with(KATA, mistake))
    screen = lines(report, Look(height=24), hint=True, before=Before(report))
    last = " ".join(" ".join(screen[-23:]).split())
    assert f"{report.points} / 100" in last
    assert "Since the last save" in last
    assert mistake.title in last
    assert f"Next: {mistake.next_step}" in last
    assert last.count("/40 points") == 2
    shown = " ".join(" ".join(screen).split())
    assert "Where it shows: " in shown or "small example shows it" in shown


def test_no_hint_can_be_had_after_all(make: Make, unscaled: str) -> None:
    """--no-hint says how to get the next step, whatever it is for, and while watching too."""
    known = make(unscaled)
    unknown = make(broken("raise ValueError('boom')"))
    for report in (known, unknown, make(broken("return V.tolist()"))):
        for watched in (False, True):
            text = words(report, hint=False, watched=watched)
            assert "Next:" not in text
            assert "--hint shows the next step" in text
    assert "--hint shows" not in words(unknown)


@pytest.mark.parametrize("feedback", ["score", "names"])
@pytest.mark.parametrize("option", ["hint", "cases"])
def test_levels_that_tell_no_mistake(
    jails: Callable[[Limits], Jail], unscaled: str, feedback: Any, option: str
) -> None:
    """Where the level of feedback keeps back what is asked for, the screen says so."""
    jail = jails(Limits(20, 60))
    report = grade(KATA, jail, unscaled.encode(), name="mine.py", seed=9, feedback=feedback)
    asked: dict[str, Any] = {option: True}
    assert f"the feedback level `{feedback}` tells" in words(report, **asked)
    assert "feedback level" not in words(report)
    full = replace(report, grader={**report.grader, "feedback": "full"})
    assert "feedback level" not in words(full, **asked)


def test_numbers_for_a_screen_reader(make: Make, unscaled: str) -> None:
    """--plain --hint prints a thing a line: each array is one, and each way to see more."""
    screen = lines(make(unscaled), Look(plain=True), hint=True)
    assert not any("  " in line for line in screen)
    assert any(line.startswith("Q = [[") and line.endswith("]]") for line in screen)
    assert any(line.startswith("with the mistake = [[") for line in screen)
    more = [line for line in screen if line.startswith("More: ")]
    assert len(more) == 3
    assert not any(";" in line or "`" in line for line in more)


def test_a_picture_that_does_not_fit_is_pointed_to(make: Make, unscaled: str) -> None:
    """Where there is no room for the picture, the screen says how to see it."""
    report = make(unscaled)
    told = "--format html=PATH draws who attends to whom"
    assert told in words(report, Look(height=20))
    assert told not in words(report)


def test_hints_that_feedback_does_not_allow(make: Make, unscaled: str) -> None:
    """Where the feedback tells no mistake, --hint cannot either."""
    report = replace(make(unscaled), diagnoses=())
    report = replace(report, cases=tuple(replace(c, message="", hint="") for c in report.cases))
    text = words(report, hint=True, cases=True)
    assert "Next:" not in text
    assert "Where it shows" not in text


def test_all_cases_when_asked(make: Make, unscaled: str) -> None:
    """--cases shows the title of every case, and of each that failed what was seen."""
    report = make(unscaled)
    text = words(report, cases=True)
    marks = {"passed": "PASS", "not_run": "WAIT"}
    for case in report.cases:
        assert f"[{marks.get(case.outcome, 'FAIL')}] {case.title}" in text
        if case.outcome not in marks:
            assert f"Seen: {' '.join(case.message.split())}" in text
            assert f"Next: {case.hint}" in text
    assert "Seen:" not in words(report)


BROKEN = {
    "return {}['boom']": ("A call ends in a KeyError", "raised KeyError: 'boom' (line 6"),
    "import os; os._exit(1)": ("A call takes the whole program along", "your code ended"),
    "return undefined": ("", "raised NameError: name 'undefined' is not defined (line 6"),
    "while True: pass": ("A call does not come to an end in time", "did not finish within"),
}
"""Bodies of self_attention, with what is said of them, and what was seen."""


@pytest.mark.parametrize("body", BROKEN)
def test_first_what_comes_first_in_the_flow_of_data(
    jails: Callable[[Limits], Jail], body: str
) -> None:
    """An error in an earlier function comes before all that is known of a later one."""
    title, seen = BROKEN[body]
    report = grade(KATA, jails(Limits(0.5, 60)), broken(body).encode(), name="mine.py", seed=9)
    text = words(report)
    assert title in text
    assert text.count("Seen: ") == 1
    assert seen in text
    assert text.index(seen) < text.index("[PASS] compute_qkv")
    assert "[TODO] multi_head_attention" in text
    assert "Nothing is returned" not in text
    if title:
        case = next(case for case in report.cases if failed(case))
        assert f"Case: {case.title}" in text
        assert f"Next: {case.hint}" in text


def broken(body: str) -> str:
    """Return a submission whose self_attention has this body, and whose heads are unwritten."""
    return (
        "def compute_qkv(X, W_q, W_k, W_v):\n    return X @ W_q, X @ W_k, X @ W_v\n\n\n"
        f"def self_attention(Q, K, V):\n    {body}\n\n\n"
        "def multi_head_attention(Q, K, V, n_heads):\n    pass\n"
    )


def test_a_known_mistake_of_a_later_function_waits(make: Make, solution: Path) -> None:
    """A wrong function without a name for its mistake comes before a later one that has one."""
    heads = source_with(KATA, by_id(KATA)["heads-reversed"])
    report = make(f"{heads}\n\ndef self_attention(Q, K, V):\n    raise ValueError('boom')\n")
    known = make(heads).diagnoses[0]
    report = replace(report, diagnoses=(known,))
    text = words(report)
    assert text.index("raised ValueError: boom") < text.index(f"After that: {known.title}.")


def test_words_that_refer_to_a_message_have_it_beside_them() -> None:
    """Each diagnosis that is read off an exception is one that the exception is shown with."""
    assert {name for name, *_ in raised._PATTERNS} <= RAISED
    assert set(texts(KATA)) >= RAISED


def test_stub_is_to_be_done_without_a_diagnosis(make: Make, stub: Path) -> None:
    """What gives nothing back is still to be done, named or not."""
    screen = words(replace(make(stub.read_text()), diagnoses=()))
    assert screen.count("[TODO]") == 3


@pytest.mark.parametrize(
    ("body", "outcome"),
    [("raise ValueError('boom')", "(error)"), ("import os; os._exit(1)", "(crashed)")],
)
def test_other_outcomes_are_named(make: Make, body: str, outcome: str) -> None:
    """A case that ended in another way than a wrong answer says in which."""
    screen = lines(make(f"def self_attention(Q, K, V):\n    {body}\n"), cases=True)
    assert any(line.endswith(outcome) for line in screen)


def test_what_is_not_available_is_no_exception(make: Make, unscaled: str) -> None:
    """A case in which a library is used that is not there has a headline that says so."""
    body = "def self_attention(Q, K, V):\n    return softmax(Q @ K.T) @ V"
    others = unscaled.replace("def self_attention(", "def written_by_hand(")
    report = make(f"{others}\nfrom scipy.special import softmax\n\n{body}\n")
    assert "Something is used that is not available here" in words(report)


def test_rejected(make: Make) -> None:
    """A file that cannot be loaded shows why, and no function."""
    screen = lines(make("import numpy\nraise RuntimeError('boom')\n"))
    text = " ".join(" ".join(screen).split())
    assert screen[0].endswith("  0 / 100")
    assert "[FAIL] The file could not be loaded." in text
    assert "RuntimeError: boom (line 2: raise RuntimeError('boom'))" in text
    assert "Does it run on its own" in text
    assert "--cases" not in text
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
    for width in (40, 80):
        lines(make(f"def self_attention(Q, K, V):\n    raise ValueError({text!r})\n"), Look(width))


@pytest.mark.parametrize("name", ["a" * 200 + ".py", "数" * 60 + ".py", "ab", "a b.py"])
def test_any_name_fits(make: Make, stub: Path, name: str) -> None:
    """A file name of any length leaves room for the score."""
    report = make(stub.read_text())
    screen = lines(replace(report, submission={**report.submission, "name": name}))
    assert screen[0].endswith("  0 / 100")


def printing(source: str, what: str) -> str:
    """Return a submission whose self_attention prints this in each call."""
    head = "def self_attention("
    begin = source.index("\n    ", source.index(head))
    body = source.index('"""', source.index('"""', begin) + 3) + 3 if '"""' in source else begin
    return f"{source[:body]}\n    print({what})\n{source[body:]}"


@pytest.mark.long
def test_what_failing_cases_print_is_shown(make: Make, unscaled: str, solution: Path) -> None:
    """The first lines that the first failing case printed are shown, of however many there are."""
    report = make(printing(unscaled, "Q.shape, *range(9), sep=chr(10)"))
    case = next(case for case in report.cases if failed(case))
    told = lines(report)
    at = told.index(f"  Your code printed, in the case: {case.title}")
    assert told[at + 1 : at + 5] == [
        *("    (2, 2)", "    0", "    1"),
        "    (7 more lines; --cases shows more)",
    ]
    assert "Your code printed" in words(report, watched=True)
    assert "Your code printed" not in words(report, cases=True)
    assert "Printed: (2, 2)" in words(report, cases=True)
    assert len(lines(report, Look(height=24))) <= 24
    for look in (WIDE, Look(plain=True)):
        assert "Your code printed" not in words(make(printing(solution.read_text(), "1")), look)
        assert "Your code printed" not in words(make(unscaled), look)
    plain = lines(make(printing(unscaled, "list(range(99))")), Look(plain=True))
    (printed,) = (line for line in plain if line.startswith("Printed: "))
    assert len(printed) < 250
    many = make(printing(unscaled, "*range(150), sep=chr(10)"))
    assert "    (there is more; --cases shows more)" in lines(many)
    assert "(there is more)" in words(many, cases=True)
    (long,) = {case.printed for case in many.cases if case.printed}
    assert long.endswith("…")
    assert len(long) == MAX_PRINTED
    (wide,) = (one for one in lines(make(printing(unscaled, "'ab ' * 40"))) if "ab ab" in one)
    assert wide.endswith("…")
    assert len(wide) <= WIDTH
    much = printing(unscaled, "list(range(999))")
    assert "printed more than is kept" in words(make(much))


def test_both_shapes_stand_beside_the_headline(make: Make, solution: Path) -> None:
    """Where a wrong shape is what shows first, the first screen has it and the right one."""
    head = "\n\ndef self_attention(Q, K, V):\n    return"
    for body in SHAPES:
        report = make(f"{solution.read_text()}{head} {body}\n")
        found = first(report)
        assert found is not None
        assert found.case is not None
        assert found.case.seen is not None
        assert found.case.seen.code == "shape"
        told = words(report)
        assert re.search(r"Seen: .* has shape \(.*\), but should have shape \(.*\)\.", told)
        title = found.diagnoses[0].title if found.diagnoses else headline(found.case)
        assert told.index(title) < told.index("Seen: ")


SHAPES = ("Q @ K.T @ V[:, :1]", "(Q @ K.T @ V)[None]", "(Q @ K.T @ V)[:-1]", "Q @ K.T")


@pytest.mark.parametrize("width", [40, 57, 72, 80])
@pytest.mark.parametrize("name", ["attention", "causal", "kv_cache"])
def test_what_is_copied_stays_on_one_line(
    jails: Callable[[Limits], Jail], name: str, width: int
) -> None:
    """No command, and no option with its value, is cut by the end of a line that it fits."""
    kata = load_kata(name)
    jail = jails(Limits(20, 60))
    stub = grade(kata, jail, kata.stub.read_bytes(), name="mine.py", seed=9)
    for mistake in (one for one in bank(kata) if len(one.id) < 22):
        found = replace(stub.diagnoses[0], id=mistake.id, title=mistake.title, known=True)
        report = replace(stub, diagnoses=(found,), output={"stdout": "x", "stderr": ""})
        told = lines(report, Look(width), naming=naming(kata))
        commands = [f"`kata explain {mistake.id}{naming(kata)}`", "--seed 9", "--json PATH"]
        for command in commands:
            assert len(command) >= width or any(command in line for line in told), told
    full = replace(stub, score=1.0, diagnoses=(), cases=(), kata={**stub.kata, **FULL})
    assert any("kata start causal" in line for line in lines(full, Look(width)))
    for text in (
        FULL["full_marks"],
        "Add `--kata causal` to it. " * 9,
        "See `a b` and ` c d` too.",
    ):
        for first_, rest in (("", ""), ("       ", "    ")):
            wrapped = wrap(text, first_, rest, width)
            assert " ".join(" ".join(wrapped).split()) == " ".join(text.split())
            assert all(line.count("`") % 2 == 0 for line in wrapped if "` a" not in text)


FULL = {"full_marks": "Now you know it. " * 9 + "Go on with: kata start causal"}


def test_a_function_without_points_has_a_reason(make: Make, unscaled: str) -> None:
    """Of a function that loses everything something is said, and once for a whole file."""
    for body in ("raise ValueError('even only')", "return Q[0] + K[0] + V[0]"):
        report = make(f"{unscaled}\n\ndef multi_head_attention(Q, K, V, n_heads):\n    {body}\n")
        report = replace(report, diagnoses=report.diagnoses[:1])
        case = next(c for c in report.cases if c.function == "multi_head_attention" and failed(c))
        assert f"0 of 17 cases, 16 not judged Seen: {case.message}" in words(report)
        assert "0 of 17 cases, 16 not judged Seen" not in words(report, cases=True)
    other = make((load_kata("kv_cache").solution_path).read_text())
    assert words(other).count("Seen: ") == 1


def test_what_a_function_stands_on(make: Make, unscaled: str, independent: str) -> None:
    """Right heads on a wrong attention are said to lose nothing by it; if none answers, to wait."""
    free, stands = "What is wrong in self_attention costs no points here.", "It stands on self_"
    assert words(make(unscaled)).count(free) == 1
    assert words(make(unscaled), Look(plain=True)).count(free) == 1
    assert free in read(page.render(make(unscaled))).text
    assert free not in words(make(independent))
    assert stands not in words(make(independent))
    for body in ("raise ValueError('boom')", "pass"):
        report = make(f"{unscaled}\n\ndef self_attention(Q, K, V):\n    {body}\n")
        assert report.functions[2].points == 0
        told = words(report)
        assert (
            stands in told or "After that" in told or "multi_head_attention returned None" in told
        )
        assert free not in told


def test_what_fails_may_come_of_what_it_stands_on(make: Make, stub: Path, unscaled: str) -> None:
    """Heads that lose points without a word of their own have a line that says where to look."""
    line = "What fails here may come from self_attention: mend that first."
    changes = unscaled.replace("scores = Q", "Q /= np.sqrt(1)\n    scores = Q", 1)
    assert changes != unscaled
    report = make(changes)
    assert {one.function for one in report.diagnoses} == {"self_attention"}
    assert 0 < report.functions[2].points < report.functions[2].max_points
    assert words(report).count(line) == 1
    assert line in read(page.render(report)).text
    for other in (make(unscaled), make(stub.read_text())):
        assert line not in words(other)


@pytest.mark.parametrize("shortcut", ["V", "Q", "self_attention(K, Q, V)", "0.5 * (Q + K)"])
def test_what_fails_with_one_head_alone(make: Make, unscaled: str, shortcut: str) -> None:
    """What a function does beside what it stands on does not come from there."""
    split = "    Q_heads = "
    changed = unscaled.replace(
        split, f"    if n_heads == 1:\n        return {shortcut}\n{split}", 1
    )
    for source in (changed, changed.replace("scores = Q", "scores = 0.25 * Q", 1)):
        assert source != unscaled
        report = make(source)
        assert 30 <= report.functions[2].points < report.functions[2].max_points
        assert "may come from" not in words(report)


def test_printed_text_is_pointed_to(make: Make, independent: str) -> None:
    """What a file prints does not get on the screen, which says where it is."""
    text = words(make(f"print('my own words')\n{independent}"))
    assert "my own words" not in text
    assert "--json PATH keeps what your code printed" in text


OVERFLOW = "mine.py:12: RuntimeWarning: overflow encountered in exp\n  np.exp(x)\n"
DIVIDE = "cell 3:13: RuntimeWarning: invalid value encountered in divide\n  a / b\n"
OTHER = "mine.py:3: UserWarning: mine\n  warnings.warn('mine')\n"


@pytest.mark.parametrize(
    ("stdout", "stderr", "told", "printed"),
    [
        ("", OVERFLOW * 2, "NumPy warned: overflow encountered in exp (line 12).", False),
        ("mine", OVERFLOW, "NumPy warned: overflow encountered in exp (line 12).", True),
        (
            "",
            DIVIDE + OVERFLOW,
            "NumPy warned: invalid value encountered in divide (cell 3, line 13), and 1 more.",
            False,
        ),
        (
            "",
            f"mine\n{OVERFLOW}mine too\n",
            "NumPy warned: overflow encountered in exp (line 12).",
            True,
        ),
        ("mine", "", "", True),
        ("", OTHER, "", True),
        ("", "", "", False),
    ],
)
def test_warnings_are_told(
    make: Make, stub: Path, stdout: str, stderr: str, told: str, printed: bool
) -> None:
    """NumPy's warnings have a line of their own, whatever else was printed."""
    output = {"stdout": stdout, "stderr": stderr}
    report = replace(make(stub.read_text()), output=output)
    warned = [line for line in lines(report) if "warned" in line]
    assert warned == ([told] if told else [])
    assert ("--json PATH keeps what your code printed" in words(report)) == printed


def test_a_warning_of_a_library_has_no_line_of_the_file(make: Make, stub: Path) -> None:
    """A line of another file is not told as one of the learner's."""
    elsewhere = "/usr/lib/numpy/ma/core.py:989: RuntimeWarning: overflow encountered in exp\n"
    report = replace(make(stub.read_text()), output={"stdout": "", "stderr": elsewhere})
    told = "NumPy warned: overflow encountered in exp (in the code of a library)."
    assert told in words(report)


def test_what_is_left_without_warnings() -> None:
    """What was printed around a warning is left as it was, to the byte."""
    assert split(f"a\n{OVERFLOW}b\n  c\n{DIVIDE}{OTHER}").rest == f"a\nb\n  c\n{OTHER}"


def test_a_reason_of_many_is_said_once(make: Make) -> None:
    """With every case the reason for which many are not judged stands there once, and how many."""
    source = "def compute_qkv(X, W_q, W_k, W_v):\n    raise ValueError('mine')\n"
    for look in (WIDE, Look(plain=True)):
        told = words(make(source), look, cases=True)
        functions = told[told.index("[FAIL] Returns the tuple") :]
        assert functions.count("raised ValueError: mine") == 1
        assert "These 10: Not judged, because of what the first case shows. " in functions
        assert functions.count("There is no function self_attention") == 1
        assert all(case.title in functions for case in make(source).cases)


def test_what_was_seen_in_many_is_said_once(make: Make, stub: Path) -> None:
    """Cases in which the same was seen stand together; each has the next step of its own."""
    whole = make(stub.read_text())
    seen = "The output holds nan."
    cases = tuple(
        replace(
            case, outcome="failed", message=seen, hint="One step." if number % 2 else "Another."
        )
        for number, case in enumerate(whole.cases)
        if case.function == "compute_qkv"
    )
    passed = replace(cases[1], outcome="passed", message="", hint="")
    told = words(replace(whole, cases=(cases[0], passed, *cases[2:])), cases=True)
    assert told.count(seen) == 1
    assert told.count("Seen: the same.") == len(cases) - 2
    assert told.index(cases[2].title) < told.index(passed.title)
    alike = tuple(replace(case, hint="One step.") for case in cases)
    told = words(replace(whole, cases=alike), cases=True)
    assert f"Seen in these {len(cases)}: {seen} Next: One step." in told
    assert told.count("One step.") == 1


@pytest.mark.parametrize("width", [40, 52, 66])
def test_narrow_terminals(make: Make, unscaled: str, width: int) -> None:
    """On a narrow terminal the same is said in shorter lines, the pictures one below another."""
    report = make(unscaled)
    screen = lines(report, Look(width))
    text = " ".join(" ".join(screen).split())
    assert f"Next: {report.diagnoses[0].next_step}" in text
    assert sum(line.startswith("  itself ") for line in screen) == 2


def test_a_screen_reader_gets_a_thing_a_line(make: Make, unscaled: str) -> None:
    """--plain has no pictures, columns, empty or wrapped lines, and says what weights are wrong."""
    report = make(unscaled)
    screen = lines(report, Look(plain=True))
    assert all(screen)
    assert not any("  " in line for line in screen)
    assert screen[0] == "mine.py: 72 of 100 points."
    assert screen[1] == f"Mistake in self_attention: {report.diagnoses[0].title}."
    assert screen[2] == f"Why: {report.diagnoses[0].explanation}"
    assert screen[3] == f"Next: {report.diagnoses[0].next_step}"
    one = report.functions[1]
    counted = f"{one.points} of {one.max_points} points, {one.passed} of {one.cases} cases"
    assert screen[5] == f"self_attention: fail, {counted}."
    assert any(
        'for the query "cat": "the" 0.025 (right: 0.098), "cat" 0.82' in line for line in screen
    )


def test_without_unicode(make: Make, unscaled: str) -> None:
    """A terminal that has ASCII alone gets the same screen spelled in ASCII."""
    screen = "\n".join(lines(make(unscaled), Look(unicode=False)))
    assert screen.isascii()
    assert "Q K^T" in screen
    assert "?" not in screen.replace("Q K^T?", "").replace("to 1?", "")
    assert "@@" in screen


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


@pytest.mark.parametrize(
    ("edit", "seed"), [("", "1417400149"), (" / np.sqrt(d_k)", "7")], ids=["right", "unscaled"]
)
def test_screen_of_the_command_is_the_rendered_one(
    run_grade: "RunInProcess", solution: Path, tmp_path: Path, edit: str, seed: str
) -> None:
    """The README's examples are what the command prints for the seeds that they show."""
    path = tmp_path / "multi_head_attention.py"
    path.write_text(solution.read_text().replace(edit, "") if edit else solution.read_text())
    screen = run_grade(path, "--seed", seed).out
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert screen.strip() in readme
