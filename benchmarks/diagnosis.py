"""What naming the mistake costs: wrong submissions graded with diagnosis, and without.

    python benchmarks/diagnosis.py [--rounds 3] [--whole 10] [FOLDER ...]

Without folders the submissions are the known mistakes. Both gradings of a submission follow
each other in the same process, as in a class; of each the fastest of the rounds counts, and the
difference is what diagnosis adds. The solution is graded the same way, `--rounds` times twenty.
The submissions for which that is most (`--whole` of them) are then graded by `grade`, a process
each time, which has to load the bank too; of each the median of the rounds times three counts.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from grader import kata, misconceptions
from grader.grading import begin_session, grade
from grader.jail import Jail, Limits
from grader.judging import Session
from grader.report import Feedback


def seconds(jail: Jail, session: Session, source: bytes, feedback: Feedback) -> float:
    """Grade once and return the wall time in seconds."""
    started = time.perf_counter()
    grade(jail, source, name="a.py", seed=1, feedback=feedback, session=session)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--whole", type=int, default=10)
    parser.add_argument("folders", nargs="*", type=Path)
    options = parser.parse_args()
    rounds = options.rounds
    solution = kata.solution_path().read_bytes()
    wrong = [path.read_bytes() for folder in options.folders for path in folder.glob("*.py")]
    if not wrong:
        bank = misconceptions.bank()
        wrong = [misconceptions.source_with(mistake).encode() for mistake in bank]
    with Jail(Limits()) as jail, begin_session() as session:
        timed = partial(seconds, jail, session)
        timed(wrong[0], "hints")  # what is loaded once, for all submissions
        added = sorted((added_to(timed, source, rounds), source) for source in wrong)
        passing = added_to(timed, solution, rounds * 20)
    worst = [source for _, source in added[-options.whole :]]
    with tempfile.TemporaryDirectory() as folder:
        alone = sorted(added_to_process(Path(folder), source, rounds * 3) for source in worst)
    print("| submissions | median | 90th percentile | worst |\n|---|---|---|---|")
    print_row(f"{len(added)} wrong, in one process", [seconds for seconds, _ in added])
    print_row(f"the {len(alone)} worst of them, a process each", alone)
    print(f"| the solution | {1000 * passing:.1f} ms | | |")


def print_row(name: str, added: list[float]) -> None:
    """Print what is typical of figures in ascending order."""
    figures = (statistics.median(added), added[len(added) * 9 // 10], added[-1])
    print(f"| {name} |", " | ".join(f"{1000 * s:.0f} ms" for s in figures), "|")


def added_to_process(folder: Path, source: bytes, rounds: int) -> float:
    """Return the seconds that diagnosis adds to a process that grades `source`."""
    file = folder / "a.py"
    file.write_bytes(source)
    command = [Path(sys.executable).with_name("grade"), file, "--json", folder / "report"]
    taken: dict[str, list[float]] = {"hints": [], "names": []}
    for _ in range(rounds):
        for feedback, times in taken.items():
            started = time.perf_counter()
            subprocess.run([*command, "--feedback", feedback], check=True, capture_output=True)
            times.append(time.perf_counter() - started)
    return statistics.median(taken["hints"]) - statistics.median(taken["names"])


def added_to(timed: partial[float], source: bytes, rounds: int) -> float:
    """Return the seconds that diagnosis adds to one grading of `source`."""
    pairs = [(timed(source, "hints"), timed(source, "names")) for _ in range(rounds)]
    return min(full for full, _ in pairs) - min(names for _, names in pairs)


if __name__ == "__main__":
    main()
