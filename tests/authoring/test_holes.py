"""The search for edits of a solution that no case notices."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.authoring.holes import Hole, Search, search
from grader.errors import GraderFault
from grader.kata import Kata, load_kata

if TYPE_CHECKING:
    from tests.authoring.conftest import MakeKata

SOFTMAX = Path(__file__).parents[1] / "katas" / "softmax"


def found_in(kata: Kata) -> tuple[Search, dict[str, Hole]]:
    """Return what a search finds, and its holes by what they show."""

    def watch(things: Iterable[Any], length: int, label: str) -> Iterable[Any]:
        return things

    found = search(kata, watch, jobs=1)
    assert found.edits == found.killed + len(found.holes) + len(found.perhaps_equivalent)
    return found, {f"{hole.old} → {hole.new}": hole for hole in found.holes}


def test_boundary(make_kata: "MakeKata") -> None:
    """A boundary that no case stands on is a hole, with the value on it as the input."""
    solution = "def grown(age):\n    return age >= 18\n"
    cases = "from mine import grown\n\n\ndef test_some():\n"
    cases += "    assert grown(30) and not grown(5) and grown(19)\n"
    kata = make_kata("def grown(age):\n    pass\n", solution, cases)
    _, holes = found_in(kata)
    hole = holes["age >= 18 → age > 18"]
    assert (hole.line, hole.call, hole.solution, hole.edit, hole.asked) == (
        2,
        "grown(18)",
        "True",
        "False",
        False,
    )
    (kata.folder / "cases.py").write_text(cases.replace("19", "18").replace("5", "17"))
    closed = load_kata(kata.folder.rename(kata.folder.with_name("closed")))
    found, holes = found_in(closed)
    assert not holes
    assert found.edits == found.killed


def test_asked_and_not_looked_at(make_kata: "MakeKata") -> None:
    """Where a case asks what shows an edit, and does not look, that is said."""
    solution = "def halves(words):\n    return words[::2], words[1::2]\n"
    cases = "from mine import halves\n\n\ndef test_first():\n"
    cases += "    assert halves(['a', 'b', 'c', 'd'])[0] == ['a', 'c']\n"
    _, holes = found_in(make_kata("def halves(words):\n    pass\n", solution, cases))
    hole = holes["words[1::2] → words[1::]"]
    assert hole.asked
    assert hole.call == "halves(['a', 'b', 'c', 'd'])"
    assert hole.edit == "(['a', 'c'], ['b', 'c', 'd'])"


@pytest.mark.long
def test_by_name() -> None:
    """Cases that ask by name are replayed as well; what is the same stands apart."""
    found, holes = found_in(load_kata(SOFTMAX))
    assert not holes
    assert {hole.new for hole in found.perhaps_equivalent} == {
        "S.max(axis=-1, keepdims=True)",
        "E.sum(axis=-1, keepdims=True)",
    }


CLASS = '''
class Full(Exception):
    """No more."""


class Pile:
    def __init__(self, size):
        self.size, self.items = size, []

    def put(self, item):
        if len(self.items) >= self.size:
            raise Full(self.size)
        self.items.append(item)
        return self

    def __len__(self):
        return len(self.items)

    def top(self):
        return self.items[-1]
'''
CLASS_CASES = """
import pytest

from mine import Full, Pile


def test_put():
    pile = Pile(1).put("a")
    assert pile.top() == "a"
    assert len(pile) == 1
    with pytest.raises(Full):
        pile.put("b")
"""


@pytest.mark.long
def test_classes(make_kata: "MakeKata") -> None:
    """Calls of an object's methods are made again on one like it; own exceptions are known."""
    stub = "class Full(Exception):\n    pass\n\n\nclass Pile:\n    pass\n"
    found, holes = found_in(make_kata(stub, CLASS, CLASS_CASES))
    assert list(holes) == ["-1 → 0"]
    hole = holes["-1 → 0"]
    assert ".put(" in hole.call
    assert hole.call.endswith("top()")
    assert hole.solution != hole.edit
    assert not found.perhaps_equivalent
    assert found.killed == found.edits - 1


ENDLESS = """
def steps(n):
    count = 0
    while count < n:
        count += 1
    return count


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


def gone(n):
    if n > 1000:
        import os
        os._exit(3)
    return n
"""


@pytest.mark.long
def test_what_does_not_end(make_kata: "MakeKata") -> None:
    """An edit that loops for ever, recurses or ends its process is noticed; the search goes on."""
    cases = "from mine import deep, gone, steps\n\n\n"
    cases += "def test_steps():\n    assert steps(6) == 6 and steps(0) == 0\n\n\n"
    cases += "def test_deep():\n    assert deep(3) == 3\n\n\n"
    cases += "def test_gone():\n    assert gone(3) == 3\n"
    stub = "def steps(n):\n    pass\n\n\ndef deep(n):\n    pass\n\n\ndef gone(n):\n    pass\n"
    found, holes = found_in(make_kata(stub, ENDLESS, cases))
    assert "n > 1000 → n >= 1000" not in holes  # nothing answers there
    assert found.killed > found.edits / 2


def test_chance_is_no_difference(make_kata: "MakeKata") -> None:
    """Where the solution itself gives something else each time, nothing is made of it."""
    solution = "import os\n\n\ndef some(n):\n    return os.urandom(n + 0) + os.urandom(8)\n"
    cases = "from mine import some\n\n\ndef test_some():\n    assert len(some(4)) == 12\n"
    found, holes = found_in(make_kata("def some(n):\n    pass\n", solution, cases))
    assert not holes
    assert [hole.new for hole in found.perhaps_equivalent] == ["n - 0"]


def test_a_solution_that_fails(make_kata: "MakeKata") -> None:
    """Where the solution does not pass its cases there is nothing to hold edits against."""
    cases = "from mine import one\n\n\ndef test_one():\n    assert one() == 2\n"
    kata = make_kata("def one():\n    pass\n", "def one():\n    return 1\n", cases)
    with pytest.raises(GraderFault, match=r"cases\.one does not pass"):
        found_in(kata)
