"""A kata's two files of texts, the bank of mistakes and that of symptoms, and how they are read.

Both are TOML, for those who write them. Reading that takes a while, so `kata verify --update`
writes what stands in each as JSON into the folder `tables`, with a hash of the file that it was
made of: a table that is missing or out of date is not looked at, and the file is read instead.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.files import write_atomically
from grader.kata import Kata

FILES = ("mistakes", "symptoms")
_HASH = "sha256"  # of the file that a table was made of
_TABLE = "table"


def read(kata: Kata, name: str) -> dict[str, Any]:
    """Return what stands in one of `FILES`; nothing if the kata has no such file.

    Raises:
        UsageError: the file is no TOML.
    """
    source = _source(kata, name)
    if source is None:
        return {}
    table = _table(kata, name)
    return _parse(name, source) if table is None else table


def knows_edits(kata: Kata) -> bool:
    """Say whether the table of the mistakes has the same edits as the file, whatever the texts."""
    if _table(kata, "mistakes") is not None:
        return True
    return _edits(_made(kata, "mistakes").get(_TABLE)) == _edits(read(kata, "mistakes"))


def update(kata: Kata) -> None:
    """Make the tables of both files again."""
    for name in FILES:
        source = _source(kata, name)
        if source is not None:
            path = _path(kata, name)
            path.parent.mkdir(exist_ok=True)
            made = {_HASH: _hash(source), _TABLE: _parse(name, source)}
            write_atomically(path, json.dumps(made, ensure_ascii=False, indent=1) + "\n")


def is_fresh(kata: Kata, name: str) -> bool:
    """Say whether the table of a file, if there is such a file, is what `update` would make."""
    source = _source(kata, name)
    return source is None or _table(kata, name) == _parse(name, source)


def _source(kata: Kata, name: str) -> bytes | None:
    try:
        return (kata.folder / f"{name}.toml").read_bytes()
    except FileNotFoundError:
        return None


def _table(kata: Kata, name: str) -> dict[str, Any] | None:
    """Return the table of a file; None if there is none, or it was made of another file."""
    made = _made(kata, name)
    table: dict[str, Any] | None = made.get(_TABLE)
    return table if made.get(_HASH) == _hash(_source(kata, name) or b"") else None


def _made(kata: Kata, name: str) -> dict[str, Any]:
    """Return what `update` wrote, whenever that was; nothing if it cannot be read."""
    try:
        made = json.loads(_path(kata, name).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return made if isinstance(made, dict) else {}


def _edits(table: Any) -> list[tuple[Any, ...]] | None:
    """Return what each mistake of a bank changes, in order; None if that cannot be read."""
    try:
        return [(one["id"], one["function"], one["edits"]) for one in table["mistake"]]
    except (TypeError, KeyError):
        return None


def _path(kata: Kata, name: str) -> Path:
    return kata.folder / "tables" / f"{name}.json"


def _hash(source: bytes) -> str:
    return hashlib.sha256(source).hexdigest()


def _parse(name: str, source: bytes) -> dict[str, Any]:
    import tomllib  # takes a while to load

    try:
        return tomllib.loads(source.decode("utf-8"))
    except ValueError as error:
        raise UsageError(f"{name}.toml is no TOML: {error}") from error
