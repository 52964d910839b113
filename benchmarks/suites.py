"""What a plain suite costs here beside plain pytest: `python benchmarks/suites.py [--rounds N]`.

The same suite of a hundred cases judges the same file twice: by `grade --kata`, in a jail, with a
report; and by `pytest`, beside the file and without anything that keeps it apart. Both are whole
processes, one after the other in each round, so that what slows the machine slows both.
"""

import argparse
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
CASES = """
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
CALL = "from grader.commands.entry import main; main()"


def main() -> None:
    """Measure, and print the times and their ratio."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as scratch:
        kata = Path(scratch) / "suite"
        for name in ("exercise", "solution", "beside"):
            (kata / name).mkdir(parents=True)
        stub = SOLUTION.replace("counted[word] = counted.get(word, 0) + 1", "pass")
        (kata / "exercise" / "suite.py").write_text(stub)
        (kata / "solution" / "suite.py").write_text(SOLUTION)
        (kata / "cases.py").write_text(CASES)
        (kata / "beside" / "suite.py").write_text(SOLUTION)
        (kata / "beside" / "test_suite.py").write_text(CASES)
        file = str(kata / "solution" / "suite.py")
        ours = [sys.executable, "-c", CALL, file, "--kata", str(kata), "--seed", "1"]
        plain = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_suite.py"]
        took: dict[str, list[float]] = {"grade": [], "pytest": []}
        for turn in range(rounds + 1):
            for name, command in (("grade", ours), ("pytest", plain)):
                seconds = run(command, kata / "beside")
                if turn:  # the first warms up
                    took[name].append(seconds)
    pairs = zip(took["grade"], took["pytest"], strict=True)
    for name, all_of_them in took.items():
        print(
            f"{name:<8} median {statistics.median(all_of_them):.3f} s, best {min(all_of_them):.3f}"
        )
    print(f"ratio of pairs, median: {statistics.median(a / b for a, b in pairs):.2f}")


def run(command: list[str], folder: Path) -> float:
    """Return the seconds that a command takes, which must succeed."""
    started = time.perf_counter()
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # plain, whatever is installed
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=alone)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
