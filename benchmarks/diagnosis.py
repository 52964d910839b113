"""What naming the mistake costs: wrong submissions graded with diagnosis, and without.

    python benchmarks/diagnosis.py [--rounds 3] [FOLDER ...]

Without folders the submissions are the known mistakes. Both gradings of a submission follow
each other in the same process; of each the fastest of the rounds counts, and the difference is
what diagnosis adds. The solution is graded the same way, `--rounds` times twenty.
"""

import argparse
import statistics
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
        added = sorted(added_to(timed, source, rounds) for source in wrong)
        passing = added_to(timed, solution, rounds * 20)
    print("| submissions | median | 90th percentile | worst |\n|---|---|---|---|")
    figures = (statistics.median(added), added[len(added) * 9 // 10], added[-1])
    print(f"| {len(added)} wrong |", " | ".join(f"{1000 * s:.0f} ms" for s in figures), "|")
    print(f"| the solution | {1000 * passing:.1f} ms | | |")


def added_to(timed: partial[float], source: bytes, rounds: int) -> float:
    """Return the seconds that diagnosis adds to one grading of `source`."""
    pairs = [(timed(source, "hints"), timed(source, "names")) for _ in range(rounds)]
    return min(full for full, _ in pairs) - min(names for _, names in pairs)


if __name__ == "__main__":
    main()
