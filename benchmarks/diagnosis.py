"""What naming the mistake costs: the time that the diagnosis of wrong submissions takes.

    python benchmarks/diagnosis.py [--rounds 3] [--whole 10] [FOLDER ...]

Without folders the submissions are the known mistakes. They are graded one after the other in one
process, as in a class; of each the fastest of the rounds counts. The submissions for which that is
most (`--whole` of them) are then graded in a process each, as by a learner, where the diagnosis has
to load the bank too; of each the median of `--rounds` times five counts.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

from grader.diagnosis.bank import bank
from grader.diagnosis.mutants import source_with
from grader.grading import grade as grading
from grader.grading.grade import grade
from grader.grading.ready import begin_session
from grader.jail import Jail, Limits
from grader.kata import default_kata

KATA = default_kata()

diagnose = grading._diagnose


def main() -> None:
    """Measure and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--whole", type=int, default=10)
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("folders", nargs="*", type=Path)
    options = parser.parse_args()
    if options.alone:
        print(seconds([options.alone.read_bytes()])[0])
        return
    wrong = [path.read_bytes() for folder in options.folders for path in folder.glob("*.py")]
    if not wrong:
        wrong = [source_with(KATA, mistake).encode() for mistake in bank(KATA)]
    rounds = [seconds_in_class(wrong) for _ in range(options.rounds)]
    taken = [min(each) for each in zip(*rounds, strict=True)]
    order = sorted(range(len(wrong)), key=lambda place: taken[place])
    with tempfile.TemporaryDirectory() as folder:
        worst = [wrong[place] for place in order[-options.whole :]]
        alone = sorted(seconds_alone(Path(folder), each, options.rounds * 5) for each in worst)
    print("| submissions | median | 90th percentile | worst |\n|---|---|---|---|")
    print_row(f"{len(wrong)} wrong, in one process", sorted(taken))
    print_row(f"the {len(alone)} worst of them, a process each", alone)
    passing = seconds([KATA.solution_path.read_bytes()])
    print(f"| the solution | {1000 * passing[0]:.2f} ms | | |")


def seconds_in_class(sources: list[bytes]) -> list[float]:
    """Return the seconds that the diagnosis of each takes once all is loaded."""
    return seconds(sources[:3] + sources, ahead=False)[3:]


def seconds(sources: list[bytes], *, ahead: bool = True) -> list[float]:
    """Grade each in this process; return the seconds that its diagnosis took, 0 without one."""
    taken: list[float] = []

    def timed(*args: Any) -> Any:
        started = time.perf_counter()
        found = diagnose(*args)
        taken[-1] = time.perf_counter() - started
        return found

    with (
        patch.object(grading, "_diagnose", timed),
        Jail(Limits(), ahead=ahead) as jail,
        begin_session(KATA) as session,
    ):
        for source in sources:
            taken.append(0.0)
            grade(KATA, jail, source, name="a.py", seed=1, feedback="hints", session=session)
    return taken


def print_row(name: str, added: list[float]) -> None:
    """Print what is typical of figures in ascending order."""
    figures = (statistics.median(added), added[len(added) * 9 // 10], added[-1])
    print(f"| {name} |", " | ".join(f"{1000 * s:.0f} ms" for s in figures), "|")


def seconds_alone(folder: Path, source: bytes, rounds: int) -> float:
    """Return the seconds that the diagnosis takes in a process that grades nothing else."""
    file = folder / "a.py"
    file.write_bytes(source)
    command = [sys.executable, __file__, "--alone", str(file)]
    ran = [subprocess.run(command, check=True, capture_output=True) for _ in range(rounds)]
    return statistics.median(float(each.stdout) for each in ran)


if __name__ == "__main__":
    main()
