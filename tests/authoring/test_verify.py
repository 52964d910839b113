"""The self-check of a kata without a bank, and its command."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.authoring.findings import Findings, describe
from grader.authoring.verify import verify
from grader.kata import Kata

if TYPE_CHECKING:
    from tests.authoring.conftest import MakeKata
    from tests.conftest import RunInProcess

STUB = "def double(n):\n    pass\n"
RIGHT = "def double(n):\n    return 2 * n\n"
CASES = '''
from mine import double


def test_small():
    """Small numbers"""
    assert double(3) == 6


def test_text():
    assert double("ab") == "abab"
'''
MARKED = """
from grader.cases.case import case
from mine import double


@case("double.one", "One", points=60, hint="What is 2 times 1?")
def test_one():
    assert double(1) == 2


@case("double.two", "Two", points=40, hint="What is 2 times 2?")
def test_two():
    assert double(2) == 4
"""


def checked(kata: Kata) -> Findings:
    """Return what is found, without the search for holes."""
    return verify(kata, None, lambda things, length, label: things)


def test_all_is_well(make_kata: "MakeKata") -> None:
    """A kata that holds together has no problem and no warning."""
    kata = make_kata(STUB, RIGHT, CASES)
    findings = checked(kata)
    assert (findings.problems, findings.warnings) == ([], [])
    assert describe(kata, findings) == "Checked: solution and stub.\nAll is well."


SLIPS = {
    "solution fails": (STUB, RIGHT.replace("2", "3"), CASES, "scores 0.0, not 1.0"),
    "stub passes": (RIGHT, RIGHT, CASES, "scores 1.0, as it is handed out"),
    "points": (STUB, RIGHT, MARKED.replace("60", "50"), "2 cases sum to 90, not to 100"),
    "points with plain ones": (
        STUB,
        RIGHT,
        MARKED.replace("60", "61") + "\n\ndef test_more():\n    assert double(0) == 0\n",
        "sum to 102, not to 100",
    ),
    "no points": (
        STUB,
        RIGHT,
        MARKED.replace("60", "100").replace("40", "0"),
        "double.two is worth 0 points",
    ),
    "identifiers": (STUB, RIGHT, MARKED.replace(".two", ".one"), "2 cases have the identifier"),
    "needs": (
        STUB,
        RIGHT,
        MARKED.replace("points=40", 'points=40, needs="nine"'),
        "needs double.nine, and there is no such case",
    ),
    "no such function": (STUB, "def triple(n):\n    return 3 * n\n", CASES, "has no double"),
    "arguments": (
        STUB,
        "def double(n, m):\n    return n + m\n",
        CASES,
        "double cannot be called with (n)",
    ),
    "methods": (
        "class Pile:\n    def put(self, a, b):\n        pass\n\n    def top(self):\n        pass\n",
        "class Pile:\n    def put(self, a):\n        return a\n",
        "from mine import Pile\n\n\ndef test_put():\n    assert Pile().put(1) == 1\n",
        "Pile has no top",
    ),
    "the author's fault": (STUB, RIGHT, CASES + "    len(5)\n", "broke: TypeError"),
    "no import": (STUB, RIGHT, "import nothing_at_all\n", "cannot be imported"),
}


@pytest.mark.parametrize(("stub", "solution", "cases", "told"), SLIPS.values(), ids=SLIPS)
def test_slips(make_kata: "MakeKata", stub: str, solution: str, cases: str, told: str) -> None:
    """What does not hold together is a problem that names it."""
    problems = checked(make_kata(stub, solution, cases)).problems
    assert any(told in problem for problem in problems), problems


def test_manifest(make_kata: "MakeKata") -> None:
    """Where kata.toml names functions, stub and solution have just these, and their parameters."""
    manifest = 'format = 1\n\n[functions.double]\nparameters = ["x"]\n'
    kata = make_kata(STUB + "\n\ndef more(n):\n    pass\n", RIGHT, CASES, kata_toml=manifest)
    assert checked(kata).problems == [
        "exercise/mine.py: double takes (n), the manifest says (x)",
        "solution/mine.py: double takes (n), the manifest says (x)",
        "exercise/mine.py has more, which the manifest does not name",
    ]


def test_stub_with_points(make_kata: "MakeKata") -> None:
    """A case that passes on the stub is a warning, and with --strict a problem."""
    cases = CASES + "\n\ndef test_nothing():\n    assert double(0) in (0, None)\n"
    kata = make_kata(STUB, RIGHT, cases)
    findings = checked(kata)
    told = "the stub passes cases.nothing as it is handed out: 34 points"
    assert (findings.problems, findings.warnings) == ([], [told])
    strict = verify(kata, None, lambda things, length, label: things, strict=True)
    assert strict.problems == [told]


SUBMISSIONS = {
    "submissions__accepted__sum.py": "def double(n):\n    return n + n\n",
    "submissions__wrong_answer__half.py": "def double(n):\n    return n\n",
    "submissions__run_time_error__raises.py": "def double(n):\n    raise KeyError\n",
    "submissions__run_time_error__no_python.py": "def (\n",
    "submissions__time_limit_exceeded__loops.py": "def double(n):\n    while True:\n        pass\n",
}


@pytest.mark.long
def test_submissions(make_kata: "MakeKata") -> None:
    """Hand-ins that get what their folders and the table say are no problem."""
    table = '["wrong_answer/half.py"]\nscore = 0\nsays = "double(3) returned 3"\n'
    table += '["wrong_answer/some.py"]\nscore = 0.5\nsays = ["ab", "double"]\n'
    some = "def double(n):\n    return 6\n"
    kata = make_kata(
        STUB,
        RIGHT,
        CASES,
        kata_toml="format = 1\n\n[limits]\ncall_seconds = 0.5\n",
        submissions_toml=table,
        submissions__wrong_answer__some=some,
        **SUBMISSIONS,
    )
    findings = checked(kata)
    assert findings.problems == []
    assert findings.counts == {"submissions": 6}


WRONG = {
    "not accepted": ({"submissions__accepted__a.py": STUB}, "accepted/a.py: score 0.0, not 1.0"),
    "accepted": ({"submissions__wrong_answer__a.py": RIGHT}, "no case tells it from what is right"),
    "another way": (
        {"submissions__run_time_error__a.py": STUB},
        "no case ends in the way of run_time_error: they end as failed",
    ),
    "not loaded": ({"submissions__wrong_answer__a.py": "def ("}, "cannot be loaded"),
    "folder": (
        {"submissions__wrong__a.py": STUB},
        "means nothing (known: accepted",
    ),
    "no such file": (
        {
            "submissions__wrong_answer__a.py": STUB,
            "submissions_toml": '["wrong_answer/b.py"]\nscore = 0\n',
        },
        "there is no wrong_answer/b.py; is it meant to be wrong_answer/a.py?",
    ),
    "key": (
        {
            "submissions__wrong_answer__a.py": STUB,
            "submissions_toml": '["wrong_answer/a.py"]\nscores = 0\n',
        },
        "scores means nothing; is it meant to be score?",
    ),
    "score": (
        {
            "submissions__wrong_answer__a.py": STUB,
            "submissions_toml": '["wrong_answer/a.py"]\nscore = 0.5\n',
        },
        "score 0.0, not 0.5",
    ),
    "diagnosis": (
        {
            "submissions__wrong_answer__a.py": STUB,
            "submissions_toml": '["wrong_answer/a.py"]\ndiagnosis = "odd"\n',
        },
        "diagnosed as nothing, not as odd",
    ),
    "says": (
        {
            "submissions__wrong_answer__a.py": STUB,
            "submissions_toml": '["wrong_answer/a.py"]\nsays = "no such words"\n',
        },
        "nothing says 'no such words'",
    ),
    "no TOML": (
        {"submissions__wrong_answer__a.py": STUB, "submissions_toml": "score 1\n"},
        "submissions.toml is no TOML",
    ),
}


@pytest.mark.parametrize(("files", "told"), WRONG.values(), ids=WRONG)
def test_submissions_that_get_something_else(
    make_kata: "MakeKata", files: dict[str, str], told: str
) -> None:
    """A hand-in that does not get what is said of it is a problem; so is a slip in saying it."""
    problems = checked(make_kata(STUB, RIGHT, CASES, **files)).problems
    assert any(told in problem for problem in problems), problems


def test_command(make_kata: "MakeKata", run_kata: "RunInProcess", tmp_path: Path) -> None:
    """The command takes a folder either way; holes are warnings unless --strict; JSON has them."""
    kata = make_kata(STUB, RIGHT, CASES)
    ran = run_kata("verify", kata.folder, "--no-holes")
    assert (ran.code, ran.out) == (0, "Checked: solution and stub.\nAll is well.\n")
    assert run_kata("verify", "--kata", kata.folder, "--no-holes").code == 0
    assert run_kata("verify", kata.folder, "--kata", kata.folder).code == 2
    assert run_kata("verify", tmp_path / "nothing").code == 2
    other = kata.folder.rename(tmp_path / "other")
    (other / "kata.toml").write_text("format = 2\n")
    ran = run_kata("verify", other, "--json", "-")
    assert ran.code == 1
    assert "format must be the number 1" in json.loads(ran.out)["problems"][0]


@pytest.mark.long
def test_holes_by_command(make_kata: "MakeKata", run_kata: "RunInProcess") -> None:
    """A hole is shown with its line, the edit and an input, and decides with --strict alone."""
    solution = "def grown(age):\n    return age >= 18\n"
    cases = "from mine import grown\n\n\ndef test_some():\n    assert grown(30) and not grown(1)\n"
    kata = make_kata("def grown(age):\n    pass\n", solution, cases)
    ran = run_kata("verify", kata.folder)
    assert ran.code == 0, ran.out
    assert "solution/mine.py:2: age >= 18 → age > 18\n    grown(18)\n" in ran.out
    assert "      solution  True\n      edit      False\n" in ran.out
    assert "A case more would close" in ran.out
    ran = run_kata("verify", kata.folder, "--strict", "--json", "-")
    findings = json.loads(ran.out)
    assert ran.code == 1
    assert findings["holes"][0]["call"].startswith("grown(")
    assert findings["problems"][0].startswith("no case notices")
    assert findings["counts"]["edits"] == findings["counts"]["killed"] + len(findings["holes"])
