"""What naming the mistake costs: the time that the diagnosis of wrong submissions takes.

    python benchmarks/diagnosis.py [--rounds 3] [--whole 10] [FOLDER ...]

Without folders the submissions are the known mistakes. They are graded one after the other in one
process, as in a class; of each the fastest of the rounds counts. The submissions for which that is
most (`--whole` of them) are then graded by `grade`, a process each time, which has to load the
bank too, at the levels `hints` and `names` in turn, of which the second does without a diagnosis;
of each the difference of the medians of `--rounds` times three counts.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from grader import diagnosis, kata, misconceptions
from grader.grading import begin_session, grade
from grader.jail import Jail, Limits

diagnose = diagnosis.diagnose


def main() -> None:
    """Measure and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--whole", type=int, default=10)
    parser.add_argument("folders", nargs="*", type=Path)
    options = parser.parse_args()
    wrong = [path.read_bytes() for folder in options.folders for path in folder.glob("*.py")]
    if not wrong:
        bank = misconceptions.bank()
        wrong = [misconceptions.source_with(mistake).encode() for mistake in bank]
    rounds = [seconds(wrong) for _ in range(options.rounds)]
    taken = [min(each) for each in zip(*rounds, strict=True)]
    order = sorted(range(len(wrong)), key=lambda place: taken[place])
    with tempfile.TemporaryDirectory() as folder:
        worst = [wrong[place] for place in order[-options.whole :]]
        alone = sorted(added_to_process(Path(folder), each, options.rounds * 3) for each in worst)
    print("| submissions | median | 90th percentile | worst |\n|---|---|---|---|")
    print_row(f"{len(wrong)} wrong, in one process", sorted(taken))
    print_row(f"the {len(alone)} worst of them, a process each", alone)
    passing = seconds([kata.solution_path().read_bytes()])
    print("| the solution |", "not diagnosed" if passing == [0.0] else "diagnosed", "| | |")


def seconds(sources: list[bytes]) -> list[float]:
    """Grade each in one process; return the seconds that its diagnosis took, 0 without one."""
    taken: list[float] = []

    def timed(*args: Any) -> Any:
        started = time.perf_counter()
        found = diagnose(*args)
        taken[-1] = time.perf_counter() - started
        return found

    diagnosis.diagnose = timed
    with Jail(Limits()) as jail, begin_session() as session:
        for source in sources[:3] + sources:  # the first to load what is loaded once
            taken.append(0.0)
            grade(jail, source, name="a.py", seed=1, feedback="hints", session=session)
    return taken[-len(sources) :]


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


if __name__ == "__main__":
    main()
