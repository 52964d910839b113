"""Files that a grader is tried with, each with what a fair verdict on it is."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from grader.diagnosis.bank import bank
from grader.diagnosis.mutants import source_with
from grader.kata import Kata
from tests.hostile import attacks
from tests.hostile.test_corpus import FILES, at_most

TESTS = Path(__file__).resolve().parents[2] / "tests"
TRUTH = "truth.csv"
Kind = Literal["attack", "wrong", "right"]


class File(NamedTuple):
    """A file to grade.

    Attributes:
        name: the file's name.
        kind: `attack` wants what it has not earned, `wrong` has a mistake, `right` has none.
        least: the smallest share of the points that is fair, from 0 to 1.
        most: the greatest.
        source: its bytes.
    """

    name: str
    kind: Kind
    least: float
    most: float
    source: bytes


def files(kata: Kata) -> Iterator[File]:
    """Yield all files: the attacks, each second known mistake, and right ones of many styles."""
    for name, source in attacks.sources().items():
        yield File(f"attack-{name}.py", "attack", 0.0, 0.0, source)
    for path in FILES:
        yield File(f"attack-{path.stem}.py", "attack", 0.0, at_most(path) / 100, path.read_bytes())
    for mistake in bank(kata)[::2]:
        source = source_with(kata, mistake).encode()
        yield File(f"wrong-{mistake.id}.py", "wrong", 0.0, 0.99, source)
    for path in sorted((TESTS / "right").glob("*.py")):
        yield File(f"right-{path.stem}.py", "right", 1.0, 1.0, path.read_bytes())


def write(folder: Path, kata: Kata) -> list[File]:
    """Write all files into a new folder, with the truth about them in `truth.csv`."""
    folder.mkdir(parents=True)
    written = list(files(kata))
    for file in written:
        (folder / file.name).write_bytes(file.source)
    with open(folder / TRUTH, "w", newline="", encoding="utf-8") as table:
        writer = csv.writer(table)
        writer.writerow(("file", "kind", "least", "most"))
        writer.writerows((file.name, file.kind, file.least, file.most) for file in written)
    return written
