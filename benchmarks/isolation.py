"""What the jail costs: the same grading at level full and at level process, side by side.

    python benchmarks/isolation.py [ROUNDS]

Both jails stand ready in one process and take turns, so that a busy machine slows both. The
cost is the ratio of the medians.
"""

import statistics
import sys
import time
from pathlib import Path

from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import default_kata

KATA = default_kata()

SOLUTION = Path(__file__).parent.parent / "solution" / "multi_head_attention.py"


def main(rounds: int) -> None:
    """Print the medians and their ratio as Markdown."""
    source = SOLUTION.read_bytes()
    layers = ("bubblewrap", "landlock", "seccomp", "identity", "capabilities")
    with Jail(Limits()) as strong, Jail(Limits(), without=layers) as weak:
        jails = {strong.isolation.level: strong, weak.isolation.level: weak}
        seconds: dict[str, list[float]] = {name: [] for name in jails}
        for _ in range(rounds + 1):
            for level, jail in jails.items():
                started = time.perf_counter()
                grade(KATA, jail, source, name="solution", seed=1)
                seconds[level].append(time.perf_counter() - started)
    medians = {level: statistics.median(times[1:]) for level, times in seconds.items()}
    print("| level | median of one grading | ratio |")
    print("|---|---|---|")
    for name, median in medians.items():
        print(f"| {name} | {median * 1000:.0f} ms | {median / medians['process']:.2f} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
