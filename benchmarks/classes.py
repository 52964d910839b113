"""How time and memory grow with the size of a class.

    python benchmarks/classes.py [SIZE ...]

For each size a class is made up of right, wrong, broken and hostile submissions, no two of
them the same, and graded by `grade CLASS --out REPORTS`. Memory is that of the largest of our
processes; the slope is that of the line through the sizes' wall times.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.diagnosis.bank import bank
from grader.diagnosis.mutants import source_with
from grader.kata import default_kata

KATA = default_kata()

BROKEN = ("def (", "import torch\n", "x = 1\n", "def compute_qkv(X): return X\n", "\0")
HOSTILE = (
    "import os\nos._exit(0)\n",
    "import os\nos.kill(os.getpid(), 9)\n",
    "import os\nwhile True:\n    os.fork()\n",
    "print(open('/etc/passwd').read())\n",
    "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()\n",
    "x = bytearray(1 << 40)\n",
    "import socket\nsocket.create_connection(('127.0.0.1', 80))\n",
    "print('x' * 10**7)\n",
)


def write_class(folder: Path, size: int) -> None:
    """Write a class, the same each time: half right, the rest wrong, broken or hostile."""
    draw = random.Random(0)
    right = KATA.solution_path.read_text(encoding="utf-8")
    for number in range(size):
        kind = number % 10
        if kind < 5:
            source = right
        elif kind < 8:
            source = source_with(KATA, draw.choice(bank(KATA)))
        else:
            source = draw.choice(BROKEN if kind == 8 else HOSTILE)
        path = folder / f"learner {number:05}.py"
        path.write_text(f"{source}\n# learner {number}\n", encoding="utf-8")


def measure(size: int) -> tuple[float, float]:
    """Grade a class of this size; return wall time in seconds and memory in MiB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "class")
        folder.mkdir()
        write_class(folder, size)
        started = time.perf_counter()
        subprocess.run(
            [Path(sys.executable).with_name("grade"), folder, "--out", Path(name, "out")],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wall = time.perf_counter() - started
    return wall, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Measure and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", default=[100, 1000])
    sizes = sorted(parser.parse_args().sizes)
    print("| submissions | wall, s | a second | largest process, MiB |\n|---|---|---|---|")
    walls = []
    for size in sizes:
        wall, memory = measure(size)
        walls.append(wall)
        print(f"| {size} | {wall:.1f} | {size / wall:.1f} | {memory:.0f} |", flush=True)
    if len(sizes) > 1:
        slope = (walls[-1] - walls[0]) / (sizes[-1] - sizes[0])
        print(f"\n{1000 * slope:.1f} ms more for each submission more.")


if __name__ == "__main__":
    main()
