"""Kill processes of a class while it is graded, and see whether a report ever tells of it.

    python tools/kill_processes.py worker --kills 300 [--jobs 2] [--submissions 40]

A class of right and wrong files is graded without disturbance. Then it is graded again and
again, each time with one kind of process killed at random moments, until so many were killed;
and once more after that, undisturbed, so that what was doubtful is made good. A report must be
the undisturbed one or a `grader_error`; after the rerun it must be the undisturbed one. The
exit code is 1 if one ever was not.

The kinds: `worker` runs a file; `zygote` forks workers; `bwrap` is around a zygote; `grading`
is a process of the pool; `main` is the command itself.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEED = "7"
KINDS = ("worker", "zygote", "bwrap", "grading", "main")
MISTAKES = (
    ("", ""),
    (" / np.sqrt(d_k)", ""),
    ("axis=-1, keepdims=True))\n", "axis=0, keepdims=True))\n"),
    ("return Q, K, V", "return Q, V, K"),
    ("    weights =", "    raise ValueError(d_k)\n    weights ="),
    ("weights @ V", "weights"),
    ("import numpy as np\n", "import numpy as np\nfrom os import nothing\n"),
)


def main() -> None:
    """Parse, grade, kill, compare, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--submissions", type=int, default=42)
    parser.add_argument("--pause", type=float, default=2.0, help="most seconds between two kills")
    parser.add_argument("--chance", type=int, default=1, help="what the moments are drawn from")
    asked = parser.parse_args()
    draw = random.Random(asked.chance)
    folder = Path(tempfile.mkdtemp(prefix="attention-kata-kills-"))
    try:
        class_folder = make_class(folder / "class", asked.submissions)
        run(class_folder, folder / "undisturbed", asked.jobs).wait()
        undisturbed = reports(folder / "undisturbed")
        kills, rounds, seen = 0, 0, Counter[str]()
        while kills < asked.kills:
            rounds += 1
            out = folder / f"out-{rounds}"
            kills += disturb(run(class_folder, out, asked.jobs), asked.kind, draw, asked.pause)
            seen += compare(undisturbed, reports(out), "")
            run(class_folder, out, asked.jobs).wait()
            seen += compare(undisturbed, reports(out), "after the rerun: ")
            shutil.rmtree(out, ignore_errors=True)
    finally:
        shutil.rmtree(folder)
    print(
        f"{asked.kind}: {kills} kills in {rounds} classes of {len(undisturbed)}, {asked.jobs} jobs"
    )
    for what, count in sorted(seen.items()):
        print(f"  {count:6} {what}")
    wrong = [what for what in seen if "OTHER" in what]
    sys.exit(1 if wrong else 0)


def make_class(folder: Path, count: int) -> Path:
    """Write so many files, right and wrong ones, no two the same."""
    folder.mkdir()
    solution = (ROOT / "solution" / "multi_head_attention.py").read_text(encoding="utf-8")
    for number in range(count):
        old, new = MISTAKES[number % len(MISTAKES)]
        assert old in solution
        source = solution.replace(old, new) + f"\n# {number}\n"
        (folder / f"learner-{number}.py").write_text(source, encoding="utf-8")
    return folder


def run(class_folder: Path, out: Path, jobs: int) -> "subprocess.Popen[bytes]":
    """Begin to grade a class."""
    command = [
        sys.executable,
        "-c",
        "from grader.commands.grade import main; main(prog_name='grade')",
    ]
    options = ["--out", str(out), "--jobs", str(jobs), "--seed", SEED]
    quiet = subprocess.DEVNULL
    return subprocess.Popen([*command, str(class_folder), *options], stdout=quiet, stderr=quiet)


def disturb(
    grading: "subprocess.Popen[bytes]", kind: str, draw: random.Random, pause: float
) -> int:
    """Kill processes of a kind until the class is done; return how many."""
    kills = 0
    while grading.poll() is None:
        time.sleep(draw.uniform(0, pause))
        there = sorted(pid for pid, what in processes(grading.pid).items() if what == kind)
        if there:
            try:
                os.kill(draw.choice(there), signal.SIGKILL)
            except ProcessLookupError:
                continue
            kills += 1
    return kills


def processes(main_pid: int) -> dict[int, str]:
    """Return what each process is that the command has started, and the command itself."""
    parents, commands = {}, {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = Path("/proc", name, "stat").read_text()
            words = Path("/proc", name, "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        parents[int(name)] = int(stat.rpartition(")")[2].split()[1])
        commands[int(name)] = words
    found = {main_pid: "main"} if main_pid in commands else {}
    border = [main_pid]
    while border:
        parent = border.pop()
        for pid in [pid for pid, one in parents.items() if one == parent]:
            border.append(pid)
            found[pid] = kind_of(commands[pid], found.get(parent, ""))
    return found


def kind_of(words: list[bytes], parent: str) -> str:
    """Say what a process is, by its command and its parent."""
    if words[0].endswith(b"bwrap"):
        return "bwrap"
    if any(b'"run": "zygote"' in word for word in words):
        return "worker" if parent in ("zygote", "worker") else "zygote"
    if any(b"resource_tracker" in word or b"semaphore" in word for word in words):
        return "tracker"
    return "grading"


def reports(out: Path) -> dict[str, dict[str, object]]:
    """Return the reports of a class, without what differs from run to run."""
    found = {}
    for path in sorted(out.glob("learner-*.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        report.pop("timing")
        found[path.name] = report
    return found


def compare(
    wanted: dict[str, dict[str, object]], got: dict[str, dict[str, object]], when: str
) -> Counter[str]:
    """Count what became of the reports."""
    counts = Counter[str]()
    for name, report in wanted.items():
        there = got.get(name)
        if there is None:
            counts[f"{when}not there"] += 1
        elif there == report:
            counts[f"{when}equal"] += 1
        elif there["status"] == "grader_error":
            counts[f"{when}grader_error"] += 1
        else:
            differing = [key for key in report if there.get(key) != report[key]]
            counts[f"{when}OTHER: {', '.join(differing)}"] += 1
    return counts


if __name__ == "__main__":
    main()
