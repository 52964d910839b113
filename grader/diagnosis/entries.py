"""Entries of the two files of texts, the bank of mistakes and that of symptoms.

Both are TOML, for those who write them, and each value stands on a line of its own and is JSON
too: so a single entry is read in a sixth of the time that `tomllib` takes.
"""

import json
from typing import Any

from grader.kata import kata


def text_of(file: str) -> str:
    """Return the text of one of the two files, which lie in the folder of the kata."""
    return (kata.FOLDER / file).read_text(encoding="utf-8")


def read(entry: str) -> dict[str, Any]:
    """Return the values of an entry by their keys.

    Args:
        entry: its lines, without the one in brackets that it begins with.

    Raises:
        ValueError: a line is no comment and holds no key and value.
    """
    values = {}
    for line in entry.splitlines():
        if not line or line.startswith("#"):
            continue
        key, _, value = line.partition(" = ")
        try:
            values[key] = json.loads(value)
        except ValueError as error:
            raise ValueError(f"no key and value on one line, as JSON has them: {line}") from error
    return values
