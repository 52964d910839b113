"""Speed and memory beside what teachers use else, on the same cases, in one run.

    pip install -e . 'gradescope-utils>=0.5'
    python benchmarks/peers.py [--rounds 5] [--class-size 50] [--before OLD/bin/grade]

The peers run the same cases on the same submission (the solution), each in the way that its
documentation shows, one process a submission, in that process: nothing keeps the learner's
code from the cases. `floor` is a process that imports NumPy and ends. Rounds alternate
between all of them, so that a busy moment of the machine hits all alike; of each the median
counts. CPU time is the whole machine's, because a process that ends by being killed, as a jail
does, is in nobody's account: have nothing else run. Memory is the largest process's.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader.kata import default_kata

KATA = default_kata()

HARNESS = """
import sys
import tokenize
from grader.cases import catalogue
from grader.cases.given import given_to
from grader.cases.rehearsal import Rehearsal
from grader.kata import default_kata

kata = default_kata()
cases = catalogue.functions(kata)
rehearsal = Rehearsal(tokenize.open(sys.argv[-1]).read(), kata)

def run(case, function):
    wanted = function.__code__.co_varnames[: function.__code__.co_argcount]
    given = given_to(case, rehearsal, 1)
    function(**{name: given[name]() for name in wanted})
"""
"""What the peers' suites share: a case, run on the learner's functions in this process."""
PYTEST_SUITE = """
import pytest
from harness import cases, run

@pytest.mark.parametrize(("case", "function"), cases, ids=lambda each: getattr(each, 'id', ''))
def test_case(case, function):
    run(case, function)
"""
UNITTEST_SUITE = """
import unittest
from gradescope_utils.autograder_utils.decorators import weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner
from harness import cases, run

class Cases(unittest.TestCase):
    pass

def add(case, function):
    @weight(case.max_points)
    def test(self):
        run(case, function)
    setattr(Cases, "test_" + case.id.replace(".", "_"), test)

for one in cases:
    add(*one)
suite = unittest.defaultTestLoader.loadTestsFromTestCase(Cases)
with open("results.json", "w") as results:
    JSONTestRunner(visibility="visible", stream=results).run(suite)
"""


@dataclass(frozen=True)
class Cost:
    """What one run took: wall time and CPU time in seconds, memory in MiB."""

    wall: float
    cpu: float
    memory: float


def busy() -> float:
    """Return the seconds that the machine's cores have worked since it started; see proc(5)."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, interrupts, soft, *_ = map(int, file.readline().split()[1:])
    return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")


def measure(run: Callable[[], None]) -> Cost:
    """Run in a fresh child, so that the memory of its own children is all that is looked at."""
    reads, writes = os.pipe()
    pid = os.fork()
    if pid == 0:
        started, worked = time.perf_counter(), busy()
        run()
        wall, worked = time.perf_counter() - started, busy() - worked
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        text = f"{wall} {worked} {largest / 1024}"
        os.write(writes, text.encode())
        os._exit(0)
    os.close(writes)
    text = os.read(reads, 200).decode()
    os.close(reads)
    os.waitpid(pid, 0)
    return Cost(*map(float, text.split()))


def call(*command: object, cwd: Path) -> None:
    """Run a command that must succeed, quietly."""
    subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def one_by_one(command: Callable[[Path], list[object]], files: list[Path], at_once: int) -> None:
    """Run a command for each file, so many at once."""
    waiting = list(files)
    running: list[subprocess.Popen[bytes]] = []
    while waiting or running:
        while waiting and len(running) < at_once:
            words = list(map(str, command(waiting.pop())))
            running.append(
                subprocess.Popen(
                    words,
                    cwd=files[0].parent.parent,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        if running.pop(0).wait() != 0:
            raise SystemExit("a peer failed")


def main() -> None:
    """Measure and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--class-size", type=int, default=50)
    parser.add_argument("--before", type=Path, help="the command `grade` of an older environment")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = prepare(folder, options.class_size)
        runs = contenders(folder, files, options.before)
        costs: dict[tuple[str, str], list[Cost]] = {}
        for _ in range(options.rounds):
            for key, run in runs.items():
                costs.setdefault(key, []).append(measure(run))
    print_table(costs, options.class_size)


def prepare(folder: Path, size: int) -> list[Path]:
    """Write the class and the peers' suites; return the class's files."""
    (folder / "class").mkdir()
    (folder / "harness.py").write_text(HARNESS)
    (folder / "test_suite.py").write_text(PYTEST_SUITE)
    (folder / "run_tests.py").write_text(UNITTEST_SUITE)
    (folder / "pytest.ini").touch()
    files = [folder / "class" / f"learner{number}.py" for number in range(size)]
    for file in files:
        shutil.copy(KATA.solution_path, file)
    return files


def contenders(
    folder: Path, files: list[Path], before: Path | None
) -> dict[tuple[str, str], Callable[[], None]]:
    """Return what is measured, by what is graded and who grades."""
    python = sys.executable
    graders = {"grade": Path(python).with_name("grade")}
    if before is not None:
        graders["grade before"] = before
    commands: dict[str, Callable[[Path], list[object]]] = {
        "floor: import numpy": lambda _: [python, "-c", "import numpy"],
        "plain pytest --json-report": lambda file: [
            *(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--json-report"),
            *(f"--json-report-file={file}.json", "test_suite.py", file),
        ],
        "gradescope-utils": lambda file: [python, "run_tests.py", file],
    }
    runs: dict[tuple[str, str], Callable[[], None]] = {}
    for name, command in commands.items():
        runs["one", name] = partial(one_by_one, command, files[:1], 1)
        runs["class", name] = partial(one_by_one, command, files, 1)
        runs["class", f"{name}, two at once"] = partial(one_by_one, command, files, 2)
    for name, grade in graders.items():
        one = (grade, files[0], "--json", folder / "o")
        runs["one", name] = partial(call, *one, cwd=folder)
        whole = (
            grade,
            folder / "class",
            "--out",
            folder / name.replace(" ", "-"),
            "--jobs",
            2,
            "--fresh",
        )
        runs["class", f"{name}, two jobs"] = partial(call, *whole, cwd=folder)
    return runs


def print_table(costs: dict[tuple[str, str], list[Cost]], size: int) -> None:
    """Print medians, and how many times ours each takes."""
    for kind, title in (("one", "one submission"), ("class", f"{size} submissions")):
        rows = {name: found for (what, name), found in costs.items() if what == kind}
        medians = {
            name: Cost(
                *(
                    statistics.median(getattr(cost, field) for cost in found)
                    for field in ("wall", "cpu", "memory")
                )
            )
            for name, found in rows.items()
        }
        ours = next(
            cost for name, cost in medians.items() if name.startswith("grade,") or name == "grade"
        )
        print(f"\n| {title} | wall, s | CPU, s | memory, MiB | wall / ours |")
        print("|---|---|---|---|---|")
        for name, cost in sorted(medians.items(), key=lambda item: item[1].wall):
            ratio = cost.wall / ours.wall
            print(
                f"| {name} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.memory:.0f} | {ratio:.2f} |"
            )


if __name__ == "__main__":
    main()
