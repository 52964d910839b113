"""Show what differs in the reports of two graders: `python tools/compare_reports.py BEFORE AFTER`.

BEFORE and AFTER are each the command of a grader, such as `/tmp/old/bin/grade`, or a folder of
reports that was kept with --keep. Both judge the same files with the same seed: those of
tests/right, tests/golden and tests/hostile/corpus, and the solution with each mistake of the bank.

Differences are counted by their place in the report, with an example of each; what is only added
is listed apart. What may differ between any two graders is not looked at: the timing, the version,
the hash of the cases. The exit code is 1 if anything else differs.

Some hostile files are never judged twice in the same way, as they ask the clock or the process for
its number: compare a grader with itself to see which.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.diagnosis.bank import bank
from grader.diagnosis.mutants import source_with
from grader.kata import default_kata

TESTS = Path(__file__).resolve().parent.parent / "tests"
FOLDERS = ("right", "golden", "hostile/corpus")
LEVELS = ("full", "hints", "names", "score")
UNSTEADY = frozenset(("timing", "grader.version", "grader.cases_sha256"))
MOST_NAMED = 8
LONGEST = 300  # characters of a value that is shown
LIMITS = ("--call-seconds=10", "--submission-seconds=60")  # such that a busy machine breaks none
NONE = object()
Difference = tuple[str, Any, Any]
"""A place in a report, what stood there before and what does now; `NONE` for nothing."""


def main() -> int:
    """Compare, tell, and return the exit code."""
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(options.keep or scratch)
        files = place / "files"
        collect(files)
        before, after = (
            reports_of(which, files, place / name, options)
            for which, name in ((options.before, "before"), (options.after, "after"))
        )
        return tell(before, after)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("before", help="the command of a grader, or a folder of reports")
    parser.add_argument("after", help="likewise")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--feedback", choices=LEVELS, action="append", help="full and hints if none"
    )
    parser.add_argument("--keep", metavar="DIR", help="keep the reports in DIR/before, DIR/after")
    options = parser.parse_args()
    options.feedback = options.feedback or ["full", "hints"]
    return options


def collect(folder: Path) -> None:
    """Put all files that are graded into one folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FOLDERS:
        for path in sorted((TESTS / name).glob("*.py")):
            shutil.copy(path, folder / f"{Path(name).parts[0]}-{path.name}")
    kata = default_kata()
    for mistake in bank(kata):
        source = source_with(kata, mistake)
        (folder / f"bank-{mistake.id}.py").write_text(source, encoding="utf-8")


def reports_of(
    which: str, files: Path, out: Path, options: argparse.Namespace
) -> dict[str, dict[str, Any]]:
    """Return the reports of a grader, or those of a folder, by level and name."""
    place = Path(which)
    if not place.is_dir():
        place = out
        for level in options.feedback:
            command = [which, str(files), f"--out={out / level}", f"--feedback={level}", "--fresh"]
            subprocess.run(
                [*command, f"--seed={options.seed}", *LIMITS],
                stdout=subprocess.DEVNULL,
                check=True,
            )
    found = {
        str(path.relative_to(place)): json.loads(path.read_text(encoding="utf-8"))
        for level in options.feedback
        for path in sorted((place / level).glob("*.json"))
    }
    return {name: report for name, report in found.items() if "schema_version" in report}


def tell(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> int:
    """Print what differs and what is added; return 1 if anything differs."""
    added: dict[str, list[str]] = {}
    found: dict[str, list[tuple[str, Difference]]] = {}
    for name in sorted({*before, *after}):
        for difference in differences(before.get(name, NONE), after.get(name, NONE)):
            where, old, _ = difference
            if old is NONE and name in before:
                added.setdefault(where, []).append(name)
            else:
                found.setdefault(where, []).append((name, difference))
    print(f"{len(before)} reports before, {len(after)} after.")
    for where, names in sorted(added.items()):
        print(f"Added: {where}, {len(names)} times, first in {names[0]}.")
    for where, those in sorted(found.items()):
        name, (_, old, new) = those[0]
        print(f"Differs: {where or 'the report'}, {len(those)} times, first in {name}:")
        print(f"    before: {_shown(old)}\n    after:  {_shown(new)}")
        print(f"    in {_listed(list(dict.fromkeys(each for each, _ in those)))}")
    if not before or not after:
        print("There is nothing to compare.")
        return 1
    return bool(found)


def differences(old: Any, new: Any, where: str = "") -> Iterator[Difference]:
    """Yield what differs in two values of JSON; members of lists all count as one place."""
    if where in UNSTEADY:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            below = f"{where}.{key}".lstrip(".")
            yield from differences(old.get(key, NONE), new.get(key, NONE), below)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for one, other in zip(old, new, strict=True):
            yield from differences(one, other, f"{where}[]")
    elif old is NONE or new is NONE or old != new:
        yield where, old, new


def _shown(value: Any) -> str:
    return "nothing" if value is NONE else json.dumps(value, ensure_ascii=False)[:LONGEST]


def _listed(names: list[str]) -> str:
    left = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {left} more" if left > 0 else "")


if __name__ == "__main__":
    sys.exit(main())
