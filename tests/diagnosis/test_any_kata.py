"""The diagnosis knows no kata: what it knows of one is in the kata's folder."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from grader.authoring.verify import verify
from grader.diagnosis.bank import bank, by_id
from grader.diagnosis.example import example
from grader.diagnosis.mutants import functions_with, source_with
from grader.diagnosis.symptoms import texts
from grader.errors import UsageError
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import Kata, default_kata, load_kata, shipped_katas
from grader.report.model import Report
from grader.screen.mistake import describe, describe_bank, describe_symptom
from grader.screen.terminal import Look

if TYPE_CHECKING:
    from tests.conftest import ReadReport, RunInProcess

SOFTMAX = Path(__file__).parents[1] / "katas" / "softmax"
MISTAKES = '''
[kept]
values = "says that it is no matter of size"
example = """
the one that a learner
can follow by hand"""

[[mistake]]
id = "over-columns"
function = "softmax"
title = "The sum runs over columns"
explanation = """\\
Each column sums to 1, where each row should: \\
the axis of the sum is the other one."""
next_step = "Print the sum of a row."
edits = [["E.sum(axis=1", "E.sum(axis=0"]]

[[mistake]]
id = "no-maximum"
function = 'softmax'
title = "Nothing is subtracted"
explanation = "For large scores the exponentials are infinite."
next_step = "What is np.exp(1000)?"
edits = [
    # the whole subtraction
    [" - S.max(axis=1, keepdims=True)", ""],
]

[[mistake]]
id = "base-two"
function = "softmax"
title = "Powers of two"
explanation = "The base is 2, where e is asked for."
next_step = "What is e to the power of 1?"
edits = [["np.exp(", "np.exp2("]]
'''
PROBES = """
import numpy as np

from grader.diagnosis.probe import CORE, Probe


def probes(function):
    rng = np.random.default_rng(1)
    drawn = [rng.standard_normal(shape) for shape in ((3, 4), (4, 3), (2, 5))]
    return [
        *(Probe(CORE, (S,), np.ones(S.shape[1])) for S in drawn),
        Probe("large", (1000 + drawn[0],), np.ones(4)),
    ]
"""
EXAMPLES = """
import numpy as np


def small_inputs(function):
    yield "two rows", [[np.array([[0.0, 1.0], [2.0, 0.0]])]]
"""
Make = Callable[..., Kata]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write softmax with some parts more; return the kata."""

    def write(**parts: str) -> Kata:
        folder = tmp_path / f"softmax{len(list(tmp_path.iterdir()))}"
        shutil.copytree(SOFTMAX, folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name, text in parts.items():
            (folder / name.replace("_toml", ".toml").replace("_py", ".py")).write_text(text)
        return load_kata(folder)

    return write


@pytest.fixture(scope="module")
def jail() -> Any:
    """A jail."""
    with Jail(Limits(20, 60)) as jail:
        yield jail


def graded(kata: Kata, jail: Jail, source: str) -> Report:
    """Return the report of a source."""
    return grade(kata, jail, source.encode(), name="softmax.py", seed=1)


def ids(report: Report) -> list[str]:
    """Return what is named in a report, which must not have broken."""
    assert "diagnosis" not in report.grader
    return [one.id for one in report.diagnoses]


def right(kata: Kata) -> str:
    """Return the solution."""
    return kata.solution_path.read_text(encoding="utf-8")


@pytest.mark.parametrize("updated", [False, True])
def test_mistakes_of_another_kata(make: Make, jail: Jail, updated: bool) -> None:
    """Its own mistakes are named, pairs of them once the tables are made, and it verifies."""
    kata = make(mistakes_toml=MISTAKES, probes_py=PROBES, examples_py=EXAMPLES)
    findings = verify(kata, None, lambda things, length, label: things, update=updated)
    stale = ["mistakes", *(["softmax"] if not updated else [])]
    told = [f"The table of {name} is out of date: run kata verify --update" for name in stale]
    assert findings.problems == ([] if updated else told)
    assert findings.counts == {"mistakes": 3, "pairs": 3}
    kata = load_kata(kata.folder)
    for mistake in bank(kata):
        assert ids(graded(kata, jail, source_with(kata, mistake))) == [mistake.id]
    pair = by_id(kata)["over-columns"], by_id(kata)["base-two"]
    named = ids(graded(kata, jail, source_with(kata, *pair)))
    assert named == ([one.id for one in pair] if updated else [])
    (one,) = graded(kata, jail, source_with(kata, pair[0])).diagnoses
    assert one.explanation == (
        "Each column sums to 1, where each row should: the axis of the sum is the other one."
    )


@pytest.mark.parametrize(
    "made",
    [
        "yield 'a call that is no list', [1, 2]",
        "yield 'without calls'",
        "yield 1, 2, 3",
        "raise KeyError(function)",
    ],
)
def test_examples_that_are_broken(make: Make, run_grade: "RunInProcess", made: str) -> None:
    """Small inputs of another form are told with their file, and cost a learner no report."""
    broken = f"def small_inputs(function):\n    {made}\n"
    kata = make(mistakes_toml=MISTAKES, probes_py=PROBES, examples_py=broken)
    told = "examples.py: small_inputs('softmax') is to yield a title and a list of calls"
    (problem,) = verify(kata, None, lambda things, length, label: things).problems
    assert problem.startswith(told)
    wrong = kata.folder / "mine.py"
    wrong.write_text(source_with(kata, by_id(kata)["over-columns"]))
    shown = run_grade(wrong, "--kata", kata.folder, "--hint")
    assert "The sum runs over columns" in shown.out
    assert f"No numbers are shown: {told}" in shown.err
    assert shown.code == 0


SAYS_ALL = MISTAKES.replace("are infinite.", "are infinite. Everything else is right.")


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("", ["no-maximum says that all is right, and does not say beside which cases"]),
        ('only = ["large"]', ["no-maximum says what is right, and not how it goes beside"]),
        (
            'only = ["larger"]\notherwise = "Some exponentials are infinite."',
            ["no-maximum claims something of larger, which is no case"],
        ),
        (
            'only = ["large"]\notherwise = "Everything is right."',
            ["no-maximum says that all is right where other cases fail"],
        ),
        (
            'only = ["values"]\notherwise = "Some exponentials are infinite."',
            ["no-maximum says that all else is right, and fails large"],
        ),
        (
            'right = ["large"]\notherwise = "Some exponentials are infinite."',
            ["no-maximum says that all else is right, and fails large"],
        ),
        (
            'only = ["large"]\nwrong = ["values"]\notherwise = "Some are infinite."',
            ["no-maximum says what is wrong, and passes values"],
        ),
        ('only = ["large"]\notherwise = "Some exponentials are infinite."', []),
    ],
)
def test_claims_are_verified(make: Make, claim: str, told: list[str]) -> None:
    """The self-check finds a text that claims what its own wrong solution refutes."""
    text = SAYS_ALL.replace('next_step = "What is np.exp(1000)?"', f"{claim}\nnext_step = 'Why?'")
    kata = make(mistakes_toml=text, probes_py=PROBES)
    findings = verify(kata, None, lambda things, length, label: things, update=True)
    assert len(findings.problems) == len(told)
    for problem, begins in zip(findings.problems, told, strict=True):
        assert problem.startswith(begins)


@pytest.mark.parametrize("line", ['only = "large"', "right = [1]", "otherwise = 3"])
def test_claims_that_are_broken(make: Make, line: str) -> None:
    """A claim that is no list of names is told with the entry that it is in."""
    text = MISTAKES.replace('next_step = "What is np.exp(1000)?"', f"{line}\nnext_step = 'Why?'")
    with pytest.raises(UsageError, match=r"mistake 2 \(no-maximum\): right, only, wrong are lists"):
        bank(make(mistakes_toml=text, probes_py=PROBES))


BODIES = {
    "nothing-returned": "pass",
    "list-returned": "return [list(row) for row in right(S)]",
    "no-real-numbers": "return right(S).astype(complex)",
    "something-else-returned": "return 1.5",
    "input-returned": "return S.copy()",
    "always-zero": "return 0 * S",
    "always-nan": "return S + np.nan",
    "name-not-defined": "return rihgt(S)",
    "few-digits": "return np.round(right(S), 4)",
    "another-result-each-time": "return right(S) + np.random.rand()",
    "calls-remembered": "kept.append(1)\n    return right(S) + len(kept) - 1",
    "inputs-changed": "out = right(S)\n    S += 1\n    return out + 0.1 * S",
    "one-shape-always": "return np.ones((2, 2))",
    "shape-wrong": "return right(S).ravel()",
    "more-returned": "return right(S), S",
    "subclass-returned": "return np.matrix(right(S))",
    "own-check-refuses": "assert S.ndim < 2\n    return right(S)",
}


@pytest.mark.parametrize(("name", "body"), BODIES.items(), ids=BODIES)
def test_what_can_be_seen_of_any_function(make: Make, jail: Jail, name: str, body: str) -> None:
    """Without a bank, without readings, what can be seen of any function is said."""
    kata = make(probes_py=PROBES)
    source = f"{right(kata)}\n\nright, kept = softmax, []\n\n\ndef softmax(S):\n    {body}\n"
    report = graded(kata, jail, source)
    assert name in ids(report), report
    for one in report.diagnoses:
        words = f"{one.title} {one.explanation} {one.next_step}"
        assert not {"attention", "token", "Q", "head"} & set(words.replace(",", "").split())
        assert "{" not in words


@pytest.mark.parametrize("shape", ["sum()", "ravel()", "sum(axis=1)", "[None]", "[:, :1]", "[:1]"])
def test_shapes_are_told_apart(make: Make, jail: Jail, shape: str) -> None:
    """How a shape is wrong is said, of whatever shape."""
    kata = make(probes_py=PROBES)
    source = f"{right(kata)}\n\nright = softmax\n\n\ndef softmax(S):\n    return right(S).{shape}\n"
    report = graded(kata, jail, source.replace(".[", "["))
    said = {
        "ravel()": "it has fewer axes",
        "sum(axis=1)": "it has fewer axes",
        "[None]": "it has more axes",
        "[:, :1]": "it always has 1 columns",
        "[:1]": "its first axis has another length",
    }
    if shape == "sum()":
        assert ids(report) == ["something-else-returned"]  # a number of NumPy is no array
    else:
        assert ids(report) == ["shape-wrong"]
        assert said[shape] in report.diagnoses[0].explanation


def test_no_parts_at_all(make: Make, jail: Jail, run_kata: "RunInProcess") -> None:
    """A kata that is a statement, a stub, a solution and cases is told what its example shows."""
    kata = make()
    assert ids(graded(kata, jail, "def softmax(S):\n    return S\n")) == ["input-returned"]
    hidden = (kata.folder / "cases.py").read_text().replace('    visibility="visible",\n', "")
    (kata.folder / "cases.py").write_text(hidden)
    closed = load_kata(kata.folder.rename(kata.folder.with_name("closed")))
    assert ids(graded(closed, jail, "def softmax(S):\n    return S\n")) == []
    kata = make()
    assert bank(kata) == ()
    assert "nothing-returned" in describe_bank(kata)
    assert verify(kata, None, lambda things, length, label: things).problems == []
    assert run_kata("explain", "nothing-returned", "--kata", kata.folder).code == 0


def test_explained(make: Make, run_kata: "RunInProcess") -> None:
    """`kata explain` has a page for a mistake, with an example if there is one."""
    kata = make(mistakes_toml=MISTAKES, examples_py=EXAMPLES)
    known = by_id(kata)["base-two"]
    text = click.unstyle(describe(kata, known, example(kata, known)))
    assert "Where it shows: two rows." in text
    assert "The formula" not in text
    assert "No small example" in describe(kata, known, None)
    assert text in run_kata("explain", "base-two", "--kata", kata.folder).out


def test_a_table_that_is_out_of_date(make: Make, jail: Jail) -> None:
    """What stands in the file counts, not what a table holds that was made of another one."""
    kata = make(mistakes_toml=MISTAKES, probes_py=PROBES)
    verify(kata, None, lambda things, length, label: things, update=True)
    first, *rest = MISTAKES.split("[[mistake]]")
    other = shutil.copytree(kata.folder, kata.folder.with_name("other"))
    (other / "mistakes.toml").write_text(
        "[[mistake]]".join([first, *rest[1:]]).replace("Powers of two", "Two is the base")
    )
    changed = load_kata(other)
    assert [one.title for one in bank(changed)] == ["Nothing is subtracted", "Two is the base"]
    assert ids(graded(changed, jail, source_with(changed, by_id(changed)["base-two"]))) == [
        "base-two"
    ]


BROKEN = {
    "no TOML": ("[[mistake]]\nid = 1 2\n", "mistakes.toml is no TOML"),
    "a key missing": ('[[mistake]]\nid = "a"\n', "mistake 1 (a)"),
    "no such function": (MISTAKES.replace('"softmax"', '"softmin"'), "no function softmin"),
    "one id": (MISTAKES.replace("base-two", "no-maximum"), "two mistakes have one id"),
    "no edits": (MISTAKES.replace('[["np.exp(", "np.exp2("]]', "[]"), "edits are"),
    "an empty text": (MISTAKES.replace('"Powers of two"', '""'), "are texts"),
}


@pytest.mark.parametrize(("text", "told"), BROKEN.values(), ids=BROKEN)
def test_a_bank_that_is_broken(
    make: Make, jail: Jail, read_report: "ReadReport", text: str, told: str
) -> None:
    """A bank that cannot be read takes no points, is told in the report, and does not verify."""
    kata = make(mistakes_toml=text, probes_py=PROBES)
    source = right(kata).replace("np.exp(", "np.exp2(")
    report = read_report(graded(kata, jail, source).to_json())
    assert told in report["grader"]["diagnosis"]
    assert (report["status"], report["points"], report["diagnoses"]) == ("graded", 0, [])
    findings = verify(kata, None, lambda things, length, label: things)
    assert any(told in problem for problem in findings.problems)
    with pytest.raises(UsageError, match="mistakes"):
        bank(kata)


def test_symptoms_that_are_broken(make: Make, jail: Jail) -> None:
    """A text of a symptom that is incomplete is told likewise."""
    kata = make(symptoms_toml='[nothing-returned]\ntitle = "Nothing"\n', probes_py=PROBES)
    report = graded(kata, jail, "def softmax(S):\n    pass\n")
    assert "symptoms.toml: nothing-returned" in report.grader["diagnosis"]
    assert verify(kata, None, lambda things, length, label: things).problems
    with pytest.raises(UsageError):
        texts(kata)


def test_probes_that_tell_nothing(make: Make, jail: Jail) -> None:
    """Probes without an ordinary one are told likewise."""
    kata = make(probes_py=PROBES.replace("Probe(CORE", 'Probe("odd"'))
    report = graded(kata, jail, "def softmax(S):\n    pass\n")
    assert "none of the probes of softmax" in report.grader["diagnosis"]
    (problem,) = verify(kata, None, lambda things, length, label: things).problems
    assert "none of the probes of softmax" in problem


@pytest.mark.parametrize("edit", ["np.exp(", "axis=1"])
def test_an_edit_that_cannot_be_made(make: Make, jail: Jail, edit: str) -> None:
    """An edit that leaves no Python, or stands twice, is told by self-check and report."""
    broken = MISTAKES.replace('["np.exp(", "np.exp2("]', f'["{edit}", "(("]')
    kata = make(mistakes_toml=broken, probes_py=PROBES)
    (problem,) = verify(kata, None, lambda things, length, label: things).problems
    assert problem.startswith("base-two cannot be made in the solution")
    report = graded(kata, jail, right(kata).replace("axis=1", "axis=0"))
    assert "The diagnosis broke" in report.grader["diagnosis"]
    assert "line" in report.grader["diagnosis"]


def test_parts_that_are_broken(make: Make, tmp_path: Path, run_grade: "RunInProcess") -> None:
    """A part whose Python fails is told by name and line, on the terminal too; the points stand."""
    kata = make(probes_py=PROBES, readings_py="READERS = (\n    1 / 0,\n)\n")
    path = tmp_path / "mine.py"
    path.write_text(right(kata).replace("np.exp(", "np.exp2("))
    ran = run_grade(path, "--kata", kata.folder, "--json", tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    told = "The diagnosis broke (ZeroDivisionError in readings.py, line 2). The points stand."
    assert report["grader"]["diagnosis"] == told
    assert told in ran.err
    assert ran.code == 0
    findings = verify(kata, None, lambda things, length, label: things)
    assert any(told in problem for problem in findings.problems)


SOLUTION = '''\
"""A solution as people write them."""
from __future__ import annotations

import functools
import numpy as np
SCALE = 1.0
def plain(code: Unknown):

    @functools.wraps(code)


    def same(*args):
        return code(*args)


    return same
# what is asked for
@plain
@plain
def softmax(S: Unknown) -> Unknown:
    """Return weights.


    Each row sums to 1.
    """
    E = np.exp(SCALE * (S - S.max(axis=1, keepdims=True)))


    return E / E.sum(axis=1, keepdims=True)
if __name__ == "__main__":
    raise SystemExit
'''


def test_a_solution_of_any_style(make: Make) -> None:
    """Mistakes are made in a solution whatever its blank lines, decorators and annotations."""
    edits = '[["SCALE = 1.0\\ndef plain", "SCALE = 2.0\\ndef plain"]]'
    kata = make(
        solution_py="",
        mistakes_toml=MISTAKES.replace('[["np.exp(", "np.exp2("]]', edits),
        probes_py=PROBES,
    )
    kata.solution_path.write_text(SOLUTION)
    for mistakes in ((), (by_id(kata)["base-two"],), tuple(bank(kata))[::2], tuple(bank(kata))):
        namespace: dict[str, Any] = {"__name__": "mistaken"}
        exec(source_with(kata, *mistakes), namespace)
        code = functions_with(kata, *mistakes)["softmax"]
        for S in ([[1.0, 2.0], [3.0, 5.0]], [[0.5, -1.0]]):
            array = namespace["np"].array(S)
            assert (code(array) == namespace["softmax"](array)).all()
    assert source_with(kata) == SOLUTION
    assert "SCALE = 2.0" in source_with(kata, by_id(kata)["base-two"])


@pytest.mark.long
def test_a_copy_of_the_shipped_kata(tmp_path: Path, jail: Jail) -> None:
    """The shipped kata names the same mistakes from whatever folder it is loaded."""
    ours = default_kata()
    folder = tmp_path / "copy"
    shutil.copytree(ours.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name, place in (("exercise", ours.stub.parent), ("solution", ours.solution_path.parent)):
        shutil.copytree(place, folder / name, dirs_exist_ok=True)
    copy = load_kata(folder)
    assert copy is not ours
    known = by_id(ours)
    wrong = [
        source_with(ours, known["scores-not-scaled"], known["heads-reversed"]),
        source_with(ours).replace(" / np.sqrt(d_k)", " / np.sqrt(d_k) * 0.617"),
        source_with(ours).replace("return weights @ V", "return np.tanh(weights @ V)"),
        source_with(ours).replace("return Q, K, V", "return Q + 1, K, V"),
    ]
    for source in wrong:
        there, here = graded(copy, jail, source), graded(ours, jail, source)
        assert ids(there) == ids(here)
        assert there.diagnoses == here.diagnoses


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("Powers of two", "Powers of 2", ["over-columns", "base-two"]),
        ("np.exp2(", "np.expm1(", []),
    ],
)
def test_tables_of_older_texts(
    make: Make, jail: Jail, tmp_path: Path, old: str, new: str, named: list[str]
) -> None:
    """Pairs are named while only texts differ from those of the tables, and not if an edit does."""
    made = make(mistakes_toml=MISTAKES, probes_py=PROBES, examples_py=EXAMPLES)
    verify(made, None, lambda things, length, label: things, update=True)
    shutil.copytree(made.folder, tmp_path / "since")
    changed = tmp_path / "since" / "mistakes.toml"
    assert changed.read_text("utf-8").count(old) == 1
    changed.write_text(changed.read_text("utf-8").replace(old, new), "utf-8")
    kata = load_kata(tmp_path / "since")
    source = source_with(kata, by_id(kata)["over-columns"], by_id(kata)["base-two"])
    assert ids(graded(kata, jail, source)) == named


GAP = r"(?<![,|] )…|[{}]| \(\)|: ?\.|:$|, ,| [.,;]( |$)"
"""What is left in a text of which a part is missing; dots go on with a list, too."""


@pytest.mark.parametrize("name", [*shipped_katas()])
def test_no_explained_text_has_a_gap(name: str) -> None:
    """`kata explain ID` tells whole sentences, of all IDs: no blank is left to be filled in."""
    kata = load_kata(name)
    told = {mistake.id: describe(kata, mistake, None, Look(500)) for mistake in bank(kata)}
    told |= {one: describe_symptom(kata, one, Look(500)) for one in texts(kata)}
    told |= {"": describe_bank(kata, Look(500))}
    for one, text in told.items():
        for line in map(click.unstyle, text.split("\n")):
            assert not re.search(GAP, line), (one, line)
        title, *_, step = text.split("\n")
        assert len(click.unstyle(title).split()) >= 3 or not one, one
        assert not one or step.startswith("Next: "), one
        assert not one or len(text.split("\n")[2 if one in texts(kata) else 3]) > 10, one
