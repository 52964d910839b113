"""What naming the mistake costs: each known mistake graded with diagnosis, and without.

    python benchmarks/diagnosis.py [--rounds 3]

Both gradings of a submission follow each other in the same process; of each the fastest of
the rounds counts, and the difference is what diagnosis adds. The solution is graded the same
way, `--rounds` times twenty.
"""

import argparse
import statistics
import time
from functools import partial

from grader import kata, misconceptions
from grader.grading import grade
from grader.jail import Jail, Limits
from grader.judging import Session
from grader.report import Feedback


def seconds(jail: Jail, session: Session, source: str, feedback: Feedback) -> float:
    """Grade once and return the wall time in seconds."""
    started = time.perf_counter()
    grade(jail, source.encode(), name="a.py", seed=1, feedback=feedback, session=session)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    solution = kata.solution_path().read_text()
    wrong = [misconceptions.source_with(mistake) for mistake in misconceptions.bank()]
    with Jail(Limits()) as jail:
        session = Session()
        timed = partial(seconds, jail, session)
        timed(wrong[0], "full")  # what is loaded once, for all submissions
        added = sorted(added_to(timed, source, rounds) for source in wrong)
        passing = added_to(timed, solution, rounds * 20)
        session.close()
    print("| submissions | median | 90th percentile | worst |\n|---|---|---|---|")
    figures = (statistics.median(added), added[len(added) * 9 // 10], added[-1])
    print(f"| {len(added)} wrong |", " | ".join(f"{1000 * s:.0f} ms" for s in figures), "|")
    print(f"| the solution | {1000 * passing:.1f} ms | | |")


def added_to(timed: partial[float], source: str, rounds: int) -> float:
    """Return the seconds that diagnosis adds to one grading of `source`."""
    pairs = [(timed(source, "full"), timed(source, "names")) for _ in range(rounds)]
    return min(full for full, _ in pairs) - min(names for _, names in pairs)


if __name__ == "__main__":
    main()
