"""What a suite may believe of the learner's objects, iterators and exceptions."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.cases.session import Session
from grader.grading.grader import Grader

STUB = "class Bank:\n    pass\n\n\nclass Account:\n    pass\n\n\ndef half(x):\n    pass\n"
SOLUTION = """
class Missing(Exception):
    def __init__(self, name):
        super().__init__(name)
        self.name = name

    def __str__(self):
        return f"nobody is called {self.name}"


class Account:
    def __init__(self, name):
        self.name = name

    def __lt__(self, other):
        return self.name < (other if isinstance(other, str) else other.name)


class Savings(Account):
    pass


class Bank:
    def __init__(self, *names):
        self.all = [Savings(name) for name in names]

    def accounts(self):
        return list(self.all)

    def each(self):
        yield from self.all

    def find(self, name):
        for one in self.all:
            if one.name == name:
                return one
        raise Missing(name)

    def first(self):
        return min(self.all).name

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        return kind is not None and issubclass(kind, KeyError)


def half(x):
    return x / 2
"""
CASES = """
import copy

import pytest

from bank import Account, Bank, Missing, Savings, half


def test_accounts():
    assert [one.name for one in Bank("a", "b").accounts()] == ["a", "b"]


def test_each():
    assert [one.name for one in Bank("a", "b").each()] == ["a", "b"]


def test_kinds():
    one = Bank("a").find("a")
    assert isinstance(one, Account)
    assert isinstance(one, Savings)
    assert not isinstance(Account("b"), Savings)
    assert not isinstance(Bank(), Account)


def test_missing():
    with pytest.raises(Missing, match="nobody is called z") as raised:
        Bank("a").find("z")
    assert raised.value.name == "z"


def test_first():
    assert Bank("b", "a").first() < "b"


def test_block():
    with Bank("a") as bank:
        assert bank.first() == "a"


def test_swallowed():
    with Bank("a"):
        raise KeyError("nothing")


@pytest.mark.parametrize(("x", "expected"), [(17, 8.5), (2, 1)])
def test_half(x, expected):
    assert half(x) == expected


def test_copies():
    bank = Bank("a")
    other, same = copy.deepcopy(bank), copy.copy(bank)
    assert other is not bank
    other.find("a").name = "b"
    assert bank.first() == same.first() == "a"
    same.find("a").name = "c"
    assert bank.first() == "c"


@pytest.mark.parametrize("x", [17, 2], ids=["odd", "even"])
def test_named(x):
    assert half(x) * 2 == x


def test_any_error():
    assert half(4) == 2
    with pytest.raises(Exception):
        half("x")


def test_all():
    assert half(4) == 2
    assert all(map(half, [1, 3]))
"""
Judge = Callable[..., set[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A kata with such a suite."""
    place = tmp_path / "bank"
    files = {"exercise/bank.py": STUB, "solution/bank.py": SOLUTION, "cases/test_bank.py": CASES}
    for name, text in {**files, "exercise/README.md": "# Bank\n"}.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    return place


@pytest.fixture
def judge(folder: Path) -> Iterator[Judge]:
    """Judge the solution after some replacements, and return the titles of what did not pass."""
    with Grader(folder) as ours:

        def judge(*replaced: tuple[str, str]) -> set[str]:
            source = SOLUTION
            for old, new in replaced:
                assert old in source
                source = source.replace(old, new)
            report = ours.grade(source, seed=1)
            assert report.status == "graded", report.message
            return {case.title for case in report.cases if case.outcome != "passed"}

        yield judge


def test_right_in_other_ways(judge: Judge) -> None:
    """Lists and generators of objects and exceptions of another make pass as they do alone."""
    assert not judge()
    assert not judge(("return list(self.all)", "yield from self.all"))
    assert not judge(("yield from self.all", "return self.all"))
    assert not judge(("return list(self.all)", "return {one: 1 for one in self.all}.keys()"))
    text = "super().__init__(name)\n        self.name = name\n"
    assert not judge((text, "super().__init__(name)\n\n    name = property(lambda s: s.args[0])\n"))


def test_exceptions_are_the_learners(judge: Judge) -> None:
    """What an exception says is what the learner's class says, not what the solution's does."""
    text = '    def __str__(self):\n        return f"nobody is called {self.name}"\n'
    assert judge((text, "")) == {"Missing"}
    assert judge(("self.name = name\n\n    def __str__", "pass\n\n    def __str__")) == {"Missing"}


def test_kinds_are_the_learners(judge: Judge) -> None:
    """A class stands on another only if it does so in the learner's code."""
    missed = judge(
        (
            "class Savings(Account):\n    pass",
            "class Savings:\n" + "    __init__ = Account.__init__\n    __lt__ = Account.__lt__",
        )
    )
    assert missed == {"Kinds"}


def test_an_object_for_a_value(judge: Judge) -> None:
    """An object is believed nothing where the solution gives a plain value."""
    assert judge(("return min(self.all).name", "return min(self.all)")) == {
        "Block",
        "Copies",
        "First",
    }


def test_blocks(judge: Judge) -> None:
    """A block swallows what the solution's swallows; a failed assertion in it is the learner's."""
    wrong = ("return min(self.all).name", "return 'b' + str(1 / len(self.all))")
    assert judge(wrong) == {"Block", "Copies", "First"}
    assert judge(wrong, ("return kind is not None and", "return True or")) == {
        "Block",
        "Copies",
        "First",
    }
    assert judge(("return kind is not None and issubclass(kind, KeyError)", "pass")) == {
        "Swallowed"
    }
    raises = ("return min(self.all).name", "raise KeyError(1)")
    assert judge(raises) == {
        "Block",
        "Copies",
        "First",
    }  # in this case the solution swallows nothing


@pytest.mark.long
@pytest.mark.parametrize(
    "ending", ["import os; os._exit(0)", "while True: pass", "return object()"]
)
def test_an_ending_is_no_exception(ending: str, judge: Judge) -> None:
    """A case that waits for any exception does not take the end of a worker for one."""
    code = f"if isinstance(x, str):\n        {ending}\n    return x / 2"
    assert judge(("return x / 2", code)) == {"Any error"}


def test_an_early_end(judge: Judge) -> None:
    """A StopIteration of a function ends nothing that goes through its results."""
    code = "if x == 3: raise StopIteration\n    return x / 2"
    assert judge(("return x / 2", code)) == {"All"}
    assert judge(("return x / 2", "if x == 'x': raise StopIteration\n    return x / 2")) == set()


def test_nothing_told_by_names(folder: Path) -> None:
    """The names of cases tell no parameters but those that the author has named."""
    with Grader(folder) as ours:
        cases = ours.grade(SOLUTION, seed=1).cases
    named = {case.id: case.title for case in cases if "half" in case.id or "named" in case.id}
    assert named == {
        "bank.half-1": "Half: 1",
        "bank.half-2": "Half: 2",
        "bank.named-odd": "Named: odd",
        "bank.named-even": "Named: even",
    }


def test_session_after_session(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that is begun anew asks the submission of its own."""
    monkeypatch.setattr(Session, "_MOST", 2)
    with Grader(folder) as ours:
        assert [ours.grade(SOLUTION).points for _ in range(5)] == [100] * 5
