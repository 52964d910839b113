"""Try graders with files that cheat, are wrong, or are right; print who falls for what.

    python -m benchmarks.graders                                   all that are known here
    python -m benchmarks.graders --grader grade --grader pytest
    python -m benchmarks.graders --grader 'mine=my-grader {file}'  prints a score from 0 to 1 last
    python -m benchmarks.graders --write FOLDER                    only the files and truth.csv

Each file is graded in a process of its own, in a folder that is thrown away, inside bubblewrap:
the system can be read only, and neither the network nor another process is in reach. That is for
this machine's sake, because most of the attacks would do it harm; it makes things easier for each
grader. A file that gets more than is fair is won by an attack or accepted though wrong; one that
gets less is refused though right; no verdict in time is counted apart.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.graders.adapters import OUT, Adapter, adapters, any_command
from benchmarks.graders.files import File, Kind, files, write
from grader.kata import default_kata

_ROUND = 1e-9  # a share of the points that is no difference
_MEMORY = 4 * 2**30  # bytes of address space that a grader may use
_WORDS: Mapping[Kind, str] = {
    "attack": "attacks that win",
    "wrong": "wrong, accepted",
    "right": "right, refused",
}


def main() -> None:
    """Measure and print the table as Markdown."""
    kata = default_kata()
    known = adapters(kata)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--grader", action="append", metavar="NAME[=COMMAND]")
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    parser.add_argument("--only", help="files whose name holds this")
    parser.add_argument("--seconds", type=float, default=30.0, help="for each file")
    parser.add_argument("--names", action="store_true", help="list what each grader fell for")
    options = parser.parse_args()
    if options.write:
        print(f"{len(write(options.write, kata))} files in {options.write}")
        return
    if shutil.which("bwrap") is None:
        sys.exit("bubblewrap is not here (bwrap), and these files are not to run without it.")
    chosen = [known.get(name) or any_command(name) for name in options.grader or known]
    tried = [file for file in files(kata) if not options.only or options.only in file.name]
    print(_head(tried))
    for adapter in chosen:
        fell, lost = try_with(adapter, tried, options.seconds)
        told = (str(sum(file.kind == kind for file in fell)) for kind in _WORDS)
        print(f"| {adapter.name} | {' | '.join(told)} | {len(lost)} |", flush=True)
        for file in (*fell, *lost) if options.names else ():
            print(f"  {file.name}", file=sys.stderr)


def try_with(adapter: Adapter, tried: list[File], seconds: float) -> tuple[list[File], list[File]]:
    """Return the files that got an unfair score, and those that got none."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        scores = list(pool.map(lambda file: score_of(adapter, file, seconds), tried))
    fell: list[File] = []
    lost: list[File] = []
    for file, score in zip(tried, scores, strict=True):
        if score is None:
            # No verdict is fair for an attack, which brought it about itself.
            (lost if file.kind != "attack" else []).append(file)
        elif not file.least - _ROUND <= score <= file.most + _ROUND:
            fell.append(file)
    return fell, lost


def score_of(adapter: Adapter, file: File, seconds: float) -> float | None:
    """Return the score that a grader gives a file; None if there is none."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in adapter.suite.items():
            (folder / path).write_text(text)
        (folder / file.name).write_bytes(file.source)
        places = {"file": str(folder / file.name), "out": str(folder / OUT)}
        command = [part.format(**places) for part in adapter.command]
        printed = _run(command, folder, seconds)
        try:
            return adapter.score(folder, printed)
        except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError):
            return None


def _run(command: list[str], folder: Path, seconds: float) -> str:
    """Run a command that may do harm; return what it printed."""
    walls = ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/"]
    walls += ["--dev", "/dev", "--proc", "/proc", "--setenv", "TMPDIR", str(folder)]
    walls += ["--bind", str(folder), str(folder), "--chdir", str(folder), "--"]
    walls += ["prlimit", f"--as={_MEMORY}", "--nproc=4000", "--"]
    process = subprocess.Popen(
        [*walls, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        printed, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        printed, _ = process.communicate()
    return printed[-100_000:].decode("utf-8", "replace")


def _head(tried: list[File]) -> str:
    counts = Counter(file.kind for file in tried)
    titles = [f"{word} (of {counts[kind]})" for kind, word in _WORDS.items()]
    return f"| grader | {' | '.join(titles)} | no verdict |\n|---|---|---|---|---|"


if __name__ == "__main__":
    main()
