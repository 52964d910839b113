"""What is said of functions and classes of any plain values, where a kata has no bank."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.grading.grader import Grader
from grader.report.model import Report

STUB = """
class Shelf:
    def __init__(self, size):
        pass

    def put(self, name):
        pass


def total(prices, discount=0):
    pass


def longest(words):
    pass
"""
RIGHT = """
class Shelf:
    def __init__(self, size):
        self.size, self.names = size, []

    def put(self, name):
        self.names.append(name)
        return len(self.names)


def total(prices, discount=0):
    return sum(prices.values()) * (1 - discount)


def longest(words):
    return sorted(words, key=lambda word: (-len(word), word))[:2]
"""
CASES = """
from grader.cases.case import case
from shop import Shelf, longest, total


@case("total.some", "Some prices", points=30, hint="Which sum?", visibility="visible")
def test_total():
    assert total({"a": 3, "b": 4.5}) == 7.5
    assert total({"a": 3, "b": 4}, discount=0.5) == 3.5
    assert total({}) == 0
    assert total({"c": 1.25}) == 1.25


@case("longest.two", "Two words", points=30, hint="Which words?", visibility="visible")
def test_longest():
    assert longest(["a", "bcd", "ef"]) == ["bcd", "ef"]
    assert longest(["a", "bcd", "xyz", "ef"]) == ["bcd", "xyz"]


@case("Shelf.put", "Put", points=40, hint="Which count?", visibility="visible")
def test_put():
    shelf = Shelf(3)
    assert shelf.put("a") == 1
    assert shelf.put("b") == 2
"""
Judge = Callable[[str], Report]


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """Judge sources by a kata whose cases are visible."""
    folder: Path = tmp_path_factory.mktemp("katas") / "shop"
    files = {"exercise/shop.py": STUB, "solution/shop.py": RIGHT, "cases.py": CASES}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with Grader(folder) as ours:
        yield lambda source: ours.grade(source, seed=1)


def named(report: Report) -> list[tuple[str, str]]:
    """Return the functions and what is said of each; the diagnosis must not have broken."""
    assert "diagnosis" not in report.grader, report.grader
    return [(one.function, one.id) for one in report.diagnoses]


BODIES = {
    "total: pass": "nothing-returned",
    "total: return str(right(*a, **k))": "another-kind-returned",
    "total: return [right(*a, **k)]": "another-kind-returned",
    "total: return round(right(*a, **k), 2) + 0.0001": "few-digits",
    "total: return 1": "one-result-always",
    "total: return rihgt(*a, **k)": "name-not-defined",
    "total: a[0].clear(); return 1.5": "inputs-changed",
    "longest: return tuple(right(*a))": "another-kind-returned",
    "longest: return right(*a)[:1]": "length-wrong",
    "longest: return iter(right(*a))": "no-plain-value",
    "longest: return a[0][99]": "index-out-of-range",
    "longest: return list(range(len(a[0]) / 1))": "whole-number-needed",
    "longest: kept.extend(a[0]); return sorted(kept)[:2]": "calls-remembered",
    "longest: import random; return [str(random.random())]": "another-result-each-time",
    "longest: return sorted(a[0])[:2]": "",
    "longest: return right(*a)": "",
}


@pytest.mark.parametrize(("body", "name"), BODIES.items(), ids=BODIES)
def test_functions(judge: Judge, body: str, name: str) -> None:
    """What can be seen on the inputs of visible cases is said, and nothing else."""
    function, _, code = body.partition(": ")
    source = f"{RIGHT}\n\nright, kept = {function}, []\n\n\ndef {function}(*a, **k):\n    {code}\n"
    report = judge(source)
    assert named(report) == ([(function, name)] if name else [])
    for one in report.diagnoses:
        assert "{" not in f"{one.title} {one.explanation} {one.next_step}"


def test_classes(judge: Judge) -> None:
    """Methods are looked at as functions are."""
    assert named(judge(RIGHT.replace("return len(self.names)", "pass"))) == [
        ("Shelf", "nothing-returned")
    ]
    assert named(judge(RIGHT.replace("len(self.names)", "str(len(self.names))"))) == [
        ("Shelf", "another-kind-returned")
    ]
    raises = RIGHT.replace("self.names.append(name)", "self.name.append(nmae)")
    assert named(judge(raises.replace("self.name.", "names."))) == [("Shelf", "name-not-defined")]


@pytest.mark.long
def test_stub_and_what_hangs(judge: Judge) -> None:
    """A stub is told that it returns nothing; what does not come back breaks nothing."""
    names = ["Shelf", "total", "longest"]
    assert named(judge(STUB)) == [(name, "nothing-returned") for name in names]
    assert named(judge(RIGHT.replace("return sum", "while True: pass\n    return sum"))) == []
