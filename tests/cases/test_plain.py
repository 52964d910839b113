"""Suites as teachers have them already: pytest and unittest, with an import at the top."""

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.errors import GraderFault
from grader.grading.grader import Grader
from grader.kata import load_kata
from grader.report.model import CaseResult, Report

STUB = '''
class Full(Exception):
    """The shelf is full."""


class Shelf:
    def __init__(self, size):
        pass

    def put(self, name, *, at=0):
        pass


def total(prices, discount=0):
    pass


def longest(words):
    pass
'''
SOLUTION = '''
class Full(Exception):
    """The shelf is full."""


class Shelf:
    def __init__(self, size):
        self.size, self.names = size, []

    def put(self, name, *, at=0):
        if len(self.names) == self.size:
            raise Full("no room for", name)
        self.names.insert(at, name)
        return self

    def __len__(self):
        return len(self.names)

    def __eq__(self, other):
        return isinstance(other, Shelf) and self.names == other.names

    @classmethod
    def of(cls, *names):
        made = cls(len(names))
        for name in names[::-1]:
            made.put(name)
        return made


def total(prices, discount=0):
    if discount > 1:
        raise ValueError(f"a discount of {discount}")
    return sum(prices.values()) * (1 - discount)


def longest(words):
    return sorted(words, key=lambda word: (-len(word), word))[:2]
'''
CASES = '''
import unittest

import pytest

from helpers import PRICES
from shop import Full, Shelf, longest, total


@pytest.fixture
def shelf():
    return Shelf(2).put("a")


@pytest.mark.parametrize(("discount", "expected"), [(0, 6), (0.5, 3)])
def test_total(discount, expected):
    """The total of all prices"""
    assert total(PRICES, discount=discount) == expected, "add up the values of the dict"


def test_too_much_discount():
    with pytest.raises(ValueError, match="a discount of 2"):
        total({}, 2)


def test_put(shelf):
    shelf.put("b", at=1)
    assert shelf.names == ["a", "b"]
    assert isinstance(shelf, Shelf)
    assert len(shelf) == 2
    with pytest.raises(Full) as raised:
        shelf.put("c")
    assert raised.value.args == ("no room for", "c")


def test_same_shelves():
    assert Shelf.of("a", "b") == Shelf(2).put("b").put("a")
    assert Shelf.of("a") != Shelf.of("b")


class TestLongest(unittest.TestCase):
    def setUp(self):
        self.words = ["as", "pear", "fig", "plum"]

    def test_two(self):
        self.assertEqual(longest(self.words), ["pear", "plum"])

    def test_each(self):
        for word in self.words:
            with self.subTest(word=word):
                self.assertEqual(longest([word])[0], word, "one word is the longest")

    @unittest.skip("not yet")
    def test_later(self):
        self.fail("it was skipped")
'''
Judge = Callable[..., Report]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A kata with such a suite."""
    place = tmp_path / "shop"
    files = {
        "exercise/shop.py": STUB,
        "solution/shop.py": SOLUTION,
        "cases/test_shop.py": CASES,
        "cases/helpers.py": "PRICES = {'tea': 2, 'jam': 4}\n",
    }
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    (place / "exercise" / "README.md").write_text("# Shop\n")
    return place


@pytest.fixture
def judge(folder: Path) -> Iterator[Judge]:
    """Judge the solution after some replacements, in one session."""
    with Grader(folder) as ours:

        def judge(*replaced: tuple[str, str], source: str = SOLUTION) -> Report:
            for old, new in replaced:
                assert old in source
                source = source.replace(old, new)
            return ours.grade(source, seed=1)

        yield judge


def missed(report: Report) -> dict[str, CaseResult]:
    """Return the cases that did not pass, by title."""
    assert report.status == "graded", report.message
    return {case.title: case for case in report.cases if case.outcome != "passed"}


def test_right_and_stub(judge: Judge) -> None:
    """The solution passes all that is not skipped; the stub passes nothing that counts."""
    right = judge()
    assert not missed(right)
    assert sorted(case.points for case in right.cases) == [14] * 5 + [15] * 2
    assert {case.function for case in right.cases} == {"total", "Shelf", "longest"}
    assert [case.title for case in right.cases][-2:] == ["Each", "Two"]
    stub = judge(source=STUB)
    assert stub.points == 0


def test_known_of_the_cases(judge: Judge) -> None:
    """Identifiers fit the schema, titles are the docstring's first line or the name in words."""
    titles = {case.id: case.title for case in judge().cases}
    assert titles["shop.total-1"] == "The total of all prices: 1"
    assert titles["shop.too_much_discount"] == "Too much discount"
    assert titles["longest.two"] == "Two"


def test_text_of_the_author_alone(judge: Judge) -> None:
    """An author's own text is told, and what came; what a library says of the expected is not."""
    wrong = missed(judge(("sum(prices.values())", "7"), ("[:2]", "[:1]")))
    case = wrong["The total of all prices: 1"]
    assert case.message.startswith("add up the values of the dict.")
    assert "total({'jam': 4, 'tea': 2}, discount=0) returned 7." in case.message
    assert wrong["Two"].message == "longest(['as', 'pear', 'fig', 'plum']) returned ['pear']."
    assert "plum'] !=" not in str(wrong)
    each = missed(judge(("[:2]", "[1:]")))["Each"]
    assert "list index" not in each.message  # the case could not go on


def test_what_the_learner_raises(judge: Judge) -> None:
    """An exception that nobody waits for is the learner's, with its line."""
    wrong = missed(judge(("    return sum(", "    return 1 / 0 + sum(")))
    case = wrong["The total of all prices: 1"]
    assert (case.outcome, case.message.partition(":")[0]) == (
        "error",
        "total raised ZeroDivisionError",
    )
    wrong = missed(judge(('raise ValueError(f"a discount', 'raise KeyError(f"a discount')))
    assert [*wrong] == ["Too much discount"]
    wrong = missed(judge(('raise Full("no room for", name)', "raise AssertionError('a')")))
    assert wrong["Put"].outcome == "error"


def test_what_a_case_cannot_go_on_with(judge: Judge) -> None:
    """Where a case breaks on what came, and not on the solution, that is the learner's doing."""
    wrong = missed(
        judge(("return sorted(words, key=lambda word: (-len(word), word))[:2]", "return 5"))
    )
    assert (wrong["Each"].outcome, wrong["Each"].points) == ("failed", 0)
    assert "longest(['as']) returned 5" in wrong["Each"].message


@pytest.mark.parametrize(
    "broken",
    [
        "def test_broken():\n    assert len(5) == total({})\n",
        "def test_broken():\n    total(lambda: 1)\n",
        "def test_broken(nothing):\n    total({})\n",
        "x = total({})\n",
        "import nothing_of_the_kind\n",
    ],
)
def test_fault_of_the_author(broken: str, folder: Path) -> None:
    """A case that breaks on the solution too, or passes what may not cross, is nobody's zero."""
    (folder / "cases" / "test_broken.py").write_text(f"from shop import total\n{broken}")
    kata = load_kata(folder)
    with Grader(kata) as ours, pytest.raises(GraderFault):
        ours.grade(kata.solution_path)


CHEATS = {
    "equal to everything": """
        class Shelf:
            def __init__(self, *a, **k): pass
            def __eq__(self, other): return True
            def __getattr__(self, name): return Shelf()
            def __len__(self): return 2
        def total(*a, **k): return Shelf()
        longest = total
    """,
    "subclasses": """
        class Any(float):
            def __eq__(self, other): return True
        class Words(list):
            def __eq__(self, other): return True
        def total(*a, **k): return Any()
        def longest(*a): return Words()
    """,
    "the end of the run": """
        import sys, os
        def total(*a, **k): raise SystemExit(0)
        def longest(*a): os._exit(0)
    """,
    "skipped": """
        import unittest
        def total(*a, **k): raise unittest.SkipTest("x")
        def longest(*a): raise KeyboardInterrupt
    """,
    "the caller": """
        import gc, sys
        def total(*a, **k):
            for one in gc.get_objects():
                if isinstance(one, dict) and "PRICES" in one: return 6
            return sys._getframe(1).f_locals.get("expected", 0)
        def longest(*a): return sys.modules.get("helpers", [])
    """,
}


@pytest.mark.parametrize("source", CHEATS.values(), ids=CHEATS)
def test_nothing_is_won(source: str, judge: Judge) -> None:
    """What fools comparisons, ends the run or looks around gets no points."""
    assert judge(source=textwrap.dedent(source)).points == 0


def test_more_than_a_hundred(folder: Path) -> None:
    """Where there are more cases than points, each is one point."""
    many = "import pytest\nfrom shop import total\n@pytest.mark.parametrize('n', range(120))\n"
    many += "def test_one(n):\n    assert total({'a': n}) == n\n"
    (folder / "cases" / "test_shop.py").write_text(many)
    with Grader(folder) as ours:
        report = ours.grade(SOLUTION.replace("return sum", "return 1 and sum"), seed=1)
        half = ours.grade(SOLUTION.replace("sum(prices.values())", "min(59, *prices.values(), 59)"))
    assert (report.points, report.max_points, report.score) == (120, 120, 1.0)
    assert (half.points, half.score) == (60, 0.5)


def test_two_katas_at_once(folder: Path, tmp_path: Path) -> None:
    """Helpers of one name that lie beside the cases of two katas are two modules."""
    other = tmp_path / "other"
    folder.rename(other)
    (other / "cases" / "helpers.py").write_text("PRICES = {'tea': 1}\n")
    text = (other / "cases" / "test_shop.py").read_text()
    (other / "cases" / "test_shop.py").write_text(text.replace("(0, 6), (0.5, 3)", "(0, 1)"))
    with Grader(other) as ours:
        assert not missed(ours.grade(SOLUTION))


def test_session_after_session(folder: Path) -> None:
    """A second session of the same cases in one process asks as the first did."""
    for _ in range(2):
        with Grader(folder) as ours:
            assert not missed(ours.grade(SOLUTION, seed=1))


@pytest.mark.parametrize("name", ["ask", "asks", "target", "known", "module", "classes"])
def test_names_that_are_ours_too(name: str, tmp_path: Path) -> None:
    """A solution may call its functions what it likes; what is no test's prefix stays a name."""
    place = tmp_path / "k"
    for folder, body in {"exercise": "pass", "solution": "return x + 1"}.items():
        (place / folder).mkdir(parents=True)
        (place / folder / "k.py").write_text(f"def {name}(x):\n    {body}\n")
    test = f"from k import {name}\n\n\ndef test_next():\n    assert {name}(1) == 2\n"
    (place / "cases.py").write_text(test)
    with Grader(place) as ours:
        report = ours.grade((place / "solution" / "k.py").read_text())
    assert (report.points, [case.id for case in report.cases]) == (100, ["cases.next"])


MARKED = """
import pytest

from grader.cases.case import case
from grader.cases.checks import check_equal
from shop import longest


@pytest.fixture(scope="module")
def words():
    yield ["a", "ab"]
    assert TAKEN == ["plain", "called", "with words"]


TAKEN = []


def take(what):
    if "called last" in TAKEN:
        TAKEN.clear()
    TAKEN.append(what)


@case("longest.called", "Called", points=20, hint="?")
def case_called(submission):
    take("called")
    check_equal(longest(["abc"]), ["abc"])


@case("longest.words", "With words", points=20, hint="?", needs="called")
def case_words(words):
    take("with words")
    check_equal(longest(words), ["ab", "a"])


def test_plain():
    take("plain")
    assert longest(["b", "a"]) == ["a", "b"]


@case("longest.last", "Called last", points=20, hint="?")
def case_last(reference):
    take("called last")
    check_equal(longest(["a"]), reference.longest(["a"]))
"""


def test_all_kinds_of_cases_in_one_file(folder: Path) -> None:
    """Cases that are merely called, with fixtures of a module, and plain ones stand in one file."""
    (folder / "cases" / "test_shop.py").write_text(MARKED)
    with Grader(folder) as ours:
        for _ in range(2):
            assert [(case.outcome, case.message) for case in ours.grade(SOLUTION).cases] == [
                ("passed", "")
            ] * 4
            wrong = SOLUTION.replace("[:2]", "[:1]")
            ended = {case.title: case.outcome for case in ours.grade(wrong).cases}
            assert ended.pop("Called") == "passed"
            assert ended.pop("Called last") == "passed"
            assert set(ended.values()) == {"failed"}
