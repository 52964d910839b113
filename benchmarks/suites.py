"""What a plain suite costs here beside plain pytest: `python benchmarks/suites.py [--rounds N]`.

Each suite of a hundred cases judges the same file twice: by `grade --kata`, in a jail, with a
report; and by `pytest`, beside the file and without anything that keeps it apart. Both are whole
processes, one after the other in each round, so that what slows the machine slows both. Neither
writes byte code meanwhile where the environment says so; that of the grader is made beforehand.
"""

import argparse
import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOLUTION = """
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        if not self.items:
            raise IndexError("nothing is left")
        return self.items.pop()

    def __len__(self):
        return len(self.items)


def words(text, *, least=1):
    counted = {}
    for word in text.lower().split():
        if len(word) >= least:
            counted[word] = counted.get(word, 0) + 1
    return counted
"""
WORDS = """
import pytest

from suite import words


@pytest.mark.parametrize("n", range(100))
def test_words(n):
    assert words("a b " * n + "c", least=1) == ({"a": n, "b": n, "c": 1} if n else {"c": 1})
"""
MIXED = """
import pytest

from suite import Stack, words


@pytest.mark.parametrize("n", range(60))
def test_words(n):
    assert words("a b " * n + "c", least=1) == ({"a": n, "b": n, "c": 1} if n else {"c": 1})


@pytest.mark.parametrize("n", range(30))
def test_stack(n):
    stack = Stack()
    for item in range(3):
        stack.push(item * n)
    assert [stack.pop() for _ in range(3)] == [2 * n, n, 0]
    assert len(stack) == 0


@pytest.mark.parametrize("n", range(10))
def test_empty(n):
    with pytest.raises(IndexError, match="nothing"):
        Stack().pop()
"""
UNITTEST = """
import unittest

from suite import Stack, words


class SuiteTest(unittest.TestCase):
    def setUp(self):
        self.text = "a b"

""" + "".join(
    f"""
    def test_words_{n}(self):
        self.assertEqual(words(self.text * {n} + " c"), words(self.text * {n} + " c "))
"""
    if n % 2
    else f"""
    def test_stack_{n}(self):
        stack = Stack()
        stack.push({n})
        self.assertEqual(len(stack), 1)
        self.assertEqual(stack.pop(), {n})
        with self.assertRaises(IndexError):
            stack.pop()
"""
    for n in range(100)
)
SUITES = {"functions": WORDS, "functions and a class": MIXED, "unittest": UNITTEST}
"""A hundred cases each, as teachers write them: of functions alone, the half of them of a class, in
one class of unittest."""
CALL = "from grader.commands.entry import main; main()"


def main() -> None:
    """Measure, and print the times and their ratio."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    compileall.compile_dir(Path(__file__).parents[1] / "grader", quiet=1)  # as an installer does
    for name, cases in SUITES.items():
        with tempfile.TemporaryDirectory() as scratch:
            print(f"{name}: {compare(Path(scratch) / 'suite', cases, rounds)}", flush=True)


def compare(kata: Path, cases: str, rounds: int) -> str:
    """Return what judging the solution by these cases takes, here and by plain pytest."""
    for name in ("exercise", "solution", "beside"):
        (kata / name).mkdir(parents=True)
    stub = SOLUTION.replace("counted[word] = counted.get(word, 0) + 1", "pass")
    (kata / "exercise" / "suite.py").write_text(stub)
    (kata / "solution" / "suite.py").write_text(SOLUTION)
    (kata / "cases.py").write_text(cases)
    (kata / "beside" / "suite.py").write_text(SOLUTION)
    (kata / "beside" / "test_suite.py").write_text(cases)
    file = str(kata / "solution" / "suite.py")
    graded = [sys.executable, "-c", CALL, file, "--kata", str(kata), "--seed", "1"]
    plain = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_suite.py"]
    took: dict[str, list[float]] = {"grade": [], "pytest": []}
    for turn in range(rounds + 1):
        for name, command in (("grade", graded), ("pytest", plain)):
            seconds = run(command, kata / "beside")
            if turn:  # the first warms up
                took[name].append(seconds)
    told = [
        f"{name} median {statistics.median(seconds):.3f} s, best {min(seconds):.3f}"
        for name, seconds in took.items()
    ]
    both = zip(took["grade"], took["pytest"], strict=True)
    ratio = statistics.median(ours / theirs for ours, theirs in both)
    return f"{'; '.join(told)}; ratio of pairs, median: {ratio:.2f}"


def run(command: list[str], folder: Path) -> float:
    """Return the seconds that a command takes, which must succeed."""
    started = time.perf_counter()
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # plain, whatever is installed
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=alone)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
