"""Cases that are run at once, and those around which something stands."""

from pathlib import Path
from typing import Any

import pytest

from grader.cases import direct
from grader.errors import GraderFault
from grader.grading.grader import Grader

ONE = "def one(x=0):\n    return x + 1\n"
AROUND = """
import asyncio
import unittest

import pytest
from one import one

seen = []

def setup_module():
    seen.append("module")

@pytest.fixture(autouse=True)
def around():
    seen.append("around")
    yield
    seen.append("after")

@pytest.fixture
def doubled(request):
    return 2 * request.param

def test_autouse():
    assert seen[:2] == ["module", "around"]
    assert one() == 1

@pytest.mark.parametrize("doubled", [3], indirect=True)
def test_indirect(doubled):
    assert one(doubled) == 7

@pytest.mark.parametrize(("doubled", "plain"), [(3, 4)], indirect=["doubled"])
def test_half_indirect(doubled, plain):
    assert one(doubled) == plain + 3

class TestMethods:
    def setup_method(self):
        self.number = 5

    @pytest.mark.parametrize("more", [1])
    def test_method(self, more):
        assert one(self.number) == 5 + more

class TestOfUnittest(unittest.TestCase):
    def test_autouse(self):
        self.assertEqual(seen[-1], "around")
        self.assertEqual(one(), 1)
"""
CLASSES = """
import unittest
import pytest
from one import one

def pytest_generate_tests(metafunc):
    if "made" in metafunc.fixturenames:
        metafunc.parametrize("made", [1, 2])

def test_made(made):
    assert one(made) == made + 1

@pytest.mark.parametrize("x", [1, 2])
@pytest.mark.parametrize("y", (3,))
def test_grid(x, y, reference):
    assert one(x + y) == reference.one(x + y)

class WholeClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.number = 8

    def test_class(self):
        self.assertEqual(one(self.number), 9)

class Each(unittest.TestCase):
    def setUp(self):
        self.cleaned = []
        self.addCleanup(self.cleaned.append, 1)
        self.number = 4

    def tearDown(self):
        assert self.number == 4

    def test_set_up(self):
        self.assertEqual(one(self.number), 5)

class Later(unittest.IsolatedAsyncioTestCase):
    async def test_awaited(self):
        self.assertEqual(one(1), 2)
"""


def kata(folder: Path, cases: str) -> Path:
    """Make a kata with these cases."""
    for name, text in {"exercise": "def one(x=0): ...\n", "solution": ONE}.items():
        (folder / name).mkdir()
        (folder / name / "one.py").write_text(text)
    (folder / "cases.py").write_text(cases)
    return folder


@pytest.mark.parametrize("cases", [AROUND, CLASSES], ids=["around", "classes"])
def test_what_stands_around_a_case(cases: str, tmp_path: Path) -> None:
    """All that pytest and unittest put around a case is there, and no case passes unasked."""
    with Grader(kata(tmp_path, cases)) as ours:
        for _ in range(2):
            right = ours.grade(ONE, seed=1)
            assert {case.outcome for case in right.cases} == {"passed"}, right
        wrong = ours.grade("def one(x=0):\n    return -5\n", seed=1)
    assert {case.outcome for case in wrong.cases} == {"failed"}


def test_few_stages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain function and a test of unittest are run without stages; what asks for more is not."""
    ran = list[str]()
    run = direct.run

    def noted(item: pytest.Function, **given: Any) -> None:
        ran.append(item.name)
        run(item, **given)

    monkeypatch.setattr(direct, "run", noted)
    with Grader(kata(tmp_path, CLASSES)) as ours:
        assert ours.grade(ONE).score == 1
    assert ran == ["test_grid[3-1]", "test_grid[3-2]", "test_set_up"]


ENDINGS = {
    "tear-down": ("def tearDown(self):\n        self.assertEqual(one(), 1)", "failed"),
    "clean-up": ("def setUp(self):\n        self.addCleanup(self.look)", "failed"),
    "skipped while it runs": ("def setUp(self):\n        self.skipTest('x')", "fault"),
    "broken": ("def setUp(self):\n        self.assertEqual(1 / 0, 1)", "fault"),
}


@pytest.mark.parametrize(("around", "ends"), ENDINGS.values(), ids=ENDINGS)
def test_how_a_test_of_unittest_ends(around: str, ends: str, tmp_path: Path) -> None:
    """Whatever part of a test of unittest does not pass, the test does not."""
    cases = f"""import unittest
from one import one

class Case(unittest.TestCase):
    {around}

    def look(self):
        self.assertEqual(one(), 1)

    def test_nothing(self):
        pass
"""
    with Grader(kata(tmp_path, cases)) as ours:
        if ends == "fault":
            with pytest.raises(GraderFault):
                ours.grade(ONE)
            return
        assert ours.grade(ONE).score == 1
        (case,) = ours.grade("def one(x=0): ...\n").cases
        assert case.outcome == ends
