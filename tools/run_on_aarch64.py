"""Run the grader on an aarch64 machine made of software: doctor, solution, right and hostile files.

    python tools/run_on_aarch64.py CACHE [--steps doctor solution right] [--archive ADDRESS]

Needs Debian or Ubuntu with `qemu-system-arm` and `debian-archive-keyring`, the project installed
with pip, and a gigabyte in the folder CACHE, where all goes that is downloaded; no root. Debian's
packages for arm64 come from the archive named by --archive, by apt and checked with the keyring;
the wheels come by pip, from wherever it is set up to look, and this clone's is built. They go into
an initramfs, from which a tmpfs is filled that becomes the root: bubblewrap refuses to work in an
initramfs. Debian's own kernel boots it, without a network; the answers come over the serial
console, and all that it shows is kept in CACHE/console.txt.

The exit code is 1 if the jail is not `full`, if a layer did not hold, if a file of the solution
or of tests/right has less than full marks, or if a hostile file has more than it says that it may
(`# at-most: N` in tests/hostile/corpus; nothing for the attacks of tests/hostile/attacks.py); and
if an answer is missing. Software is some twenty times slower than a machine, so the limits of time
are wider; all of it takes about half an hour on two cores.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.hostile.attacks import sources  # noqa: E402
from tools.aarch64_guest import MARK  # noqa: E402
from tools.aarch64_root import download, make_root, pack  # noqa: E402

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
STEPS = ("doctor", "solution", "right", "hostile", "attacks")
PATIENT = ("--call-seconds=30", "--submission-seconds=300")
BRISK = ("--call-seconds=10", "--submission-seconds=60")  # many attacks never end by themselves
ALWAYS = ("--seed=5", "--require-isolation=full", "--jobs=2")


class Bounds(NamedTuple):
    """The fewest and the most points that a file may get."""

    least: int
    most: int


class Row(NamedTuple):
    """What came out of a step, as the table shows it."""

    step: str
    files: str
    seen: str
    seconds: str
    faults: list[str]


def main() -> int:
    """Make the machine, run it, and judge what it answers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("cache", type=Path, help="the folder of what is downloaded and made")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS)
    parser.add_argument("--archive", default="http://deb.debian.org/debian")
    parser.add_argument("--suite", default="bookworm", help="of Debian; its Python is used")
    parser.add_argument("--keyring", default=KEYRING)
    parser.add_argument("--cores", type=int, default=2, help="of the machine of software")
    parser.add_argument("--minutes", type=float, default=120, help="until it is given up")
    asked = parser.parse_args()
    cache: Path = asked.cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    packages = download(cache, f"[signed-by={asked.keyring}] {asked.archive} {asked.suite} main")
    root = make_root(cache, packages, ROOT)
    classes = {step: files_of(step) for step in asked.steps if step != "doctor"}
    make_plan(root / "work", asked.steps, classes)
    pack(root, cache / "initramfs")
    started = time.monotonic()
    answers = boot(cache, asked.cores, asked.minutes * 60)
    bounds = {step: {name: one[1] for name, one in some.items()} for step, some in classes.items()}
    rows = [judge(step, answers.get(step), bounds.get(step, {})) for step in asked.steps]
    print(table(rows))
    print(f"{time.monotonic() - started:.0f} s from the start of the machine to its end")
    return 1 if any(row.faults for row in rows) else 0


def files_of(step: str) -> dict[str, tuple[bytes, Bounds]]:
    """Return the files of a class, by name, each with what it may get."""
    if step == "attacks":
        return {f"{name}.py": (source, Bounds(0, 0)) for name, source in sources().items()}
    folder = {"solution": "solution", "right": "tests/right", "hostile": "tests/hostile/corpus"}
    found = {path.name: path.read_bytes() for path in sorted((ROOT / folder[step]).glob("*.py"))}
    return {name: (source, bounds_of(step, source)) for name, source in found.items()}


def bounds_of(step: str, source: bytes) -> Bounds:
    """Return what a file may get: all if it is right, else at most what its first line says."""
    if step != "hostile":
        return Bounds(100, 100)
    said = re.match(rb"# at-most: (\d+)\n", source)
    return Bounds(0, int(said[1]) if said else 0)


def make_plan(work: Path, steps: list[str], classes: dict[str, Any]) -> None:
    """Write what the machine shall do, and the files to do it with."""
    shutil.copy(ROOT / "tools/aarch64_guest.py", work)
    for step, files in classes.items():
        (work / step).mkdir()
        for name, (source, _) in files.items():
            (work / step / name).write_bytes(source)
    options = {step: [*(BRISK if step == "attacks" else PATIENT), *ALWAYS] for step in steps}
    plan = [{"name": step, "options": options[step]} for step in steps]
    (work / "plan.json").write_text(json.dumps(plan))


def boot(cache: Path, cores: int, seconds: float) -> dict[str, Any]:
    """Run the machine until it is done or its time is up, and return its answers by step."""
    kernel = max((cache / "kernel/boot").glob("vmlinuz-*"), key=lambda path: path.stat().st_mtime)
    command = ["qemu-system-aarch64", "-M", "virt", "-cpu", "max,pauth-impdef=on", "-m", "4096"]
    command += ["-accel", "tcg,thread=multi", "-smp", str(cores), "-nographic", "-no-reboot"]
    command += ["-net", "none", "-kernel", str(kernel), "-initrd", str(cache / "initramfs")]
    command += ["-append", "console=ttyAMA0 quiet panic=-1"]
    lines = []
    with (
        (cache / "console.txt").open("w") as console,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as machine,
    ):
        timer = threading.Timer(seconds, machine.kill)
        timer.start()
        try:
            for line in machine.stdout or ():
                console.write(line)
                console.flush()
                lines.append(line)
                if MARK in line:
                    print(f"answered: {', '.join(read_answers([line]))}", flush=True)
        finally:
            timer.cancel()
            machine.kill()
    return read_answers(lines)


def read_answers(lines: Iterable[str]) -> dict[str, Any]:
    """Return the answers among a console's lines, by step; what is no whole answer is none."""
    answers = {}
    for line in lines:
        before, mark, text = line.partition(MARK)
        try:
            answer = json.loads(text) if mark and not before.strip() else {}
            answers[answer["step"]] = answer
        except (ValueError, KeyError, TypeError):
            continue
    return answers


def judge(step: str, answer: dict[str, Any] | None, bounds: dict[str, Bounds]) -> Row:
    """Return the row of a step, with all that is wrong with its answer."""
    if answer is None:
        return Row(step, "", "", "", ["there is no answer"])
    seconds = f"{answer['seconds']:.0f}"
    faults = [] if answer["code"] == 0 else [f"exit code {answer['code']}: {answer['said']}"]
    if step == "doctor":
        level = re.search(r"^isolation: (\w+)", answer["said"], re.MULTILINE)
        seen = level[1] if level else "nothing"
        missed = re.findall(r"^\[MISS\] (\w+)", answer["said"], re.MULTILINE)
        faults += [f"the jail is {seen}, not full"] if seen != "full" else []
        faults += [f"{name} did not hold" for name in missed]
        return Row(step, "", f"level {seen}", seconds, faults)
    files: dict[str, Any] = answer["files"]
    for name, (least, most) in bounds.items():
        status, points = files.get(name, ("not reported", None))
        if status not in ("graded", "rejected"):
            faults.append(f"{name} is {status}")
        elif not least <= points <= most:
            faults.append(f"{name} has {points} points, not {least} to {most}")
    statuses = Counter(status for status, _ in files.values())
    most_seen = max((points for _, points in files.values() if points is not None), default="none")
    seen = ", ".join(f"{number} {status}" for status, number in sorted(statuses.items()))
    return Row(step, str(len(bounds)), f"{seen}; most points {most_seen}", seconds, faults)


def table(rows: list[Row]) -> str:
    """Return the rows as lines of a table, each with its faults below it."""
    lines = [f"{'step':9} {'files':>5} {'seconds':>7}  what was seen"]
    for row in rows:
        verdict = "WRONG" if row.faults else "as it must be"
        lines.append(f"{row.step:9} {row.files:>5} {row.seconds:>7}  {row.seen}: {verdict}")
        lines += [f"          - {fault}" for fault in row.faults]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
