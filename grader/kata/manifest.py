"""`kata.toml`, format 1: read strictly, so that a slip of the pen is an error and not silence."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from grader.errors import UsageError

NAME = "kata.toml"
_MADE = "tables/kata.json"  # the same, as it is read in a tenth of the time
FORMAT = 1
_FILES = (
    *("cases", "cases.py", "exercise", "solution", "submissions", "submissions.toml", "tables"),
    *("mistakes.toml", "symptoms.toml", "readings", "readings.py"),
    *("probes.py", "trials.py", "examples.py", "picture.py", NAME),
)
_NUMPY = "numpy"  # what there is in the jail beside the standard library
_TEXT, _NUMBER, _TEXTS = "a text", "a number above 0", "a list of texts"
_TOP = {
    "format": "the number 1",
    **dict.fromkeys(("name", "version", "title", "file", "needs", "next"), _TEXT),
    **dict.fromkeys(("limits", "imports", "functions", "words", "tolerance"), "a table"),
}
_LIMITS = ("call_seconds", "submission_seconds", "memory_mib", "output_kib")
_TABLES = {
    "limits": dict.fromkeys(_LIMITS, _NUMBER),
    "imports": {"allow": _TEXTS},
    "words": dict.fromkeys(("full_marks", "small_call"), _TEXT),
    "tolerance": dict.fromkeys(("float64", "float32"), _NUMBER),
}
_FUNCTION = {
    "parameters": _TEXTS,
    "returns": '"array", "value", or a list of names',
    "formula": _TEXT,
    "stands_on": _TEXT,
}


def read(folder: Path, *, own: bool = True) -> dict[str, Any]:
    """Return what a kata's manifest says; empty if there is none.

    Args:
        folder: the kata's.
        own: whether the other files in it are the kata's, and not by a layout of somebody else's.

    Raises:
        UsageError: it cannot be read, says what nobody would look at, or a file beside it has
            nearly a name that means something.
    """
    if own:
        _check_files(folder)
    path = folder / NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    made = _made(folder, data)
    return _parse(path, data) if made is None else made


def make(folder: Path) -> None:
    """Write what the manifest says as it is read fast, beside the tables of the kata."""
    path = folder / NAME
    if path.is_file() and (folder / _MADE).parent.is_dir():
        data = path.read_bytes()
        made = {"sha256": hashlib.sha256(data).hexdigest(), "said": _parse(path, data)}
        (folder / _MADE).write_text(json.dumps(made) + "\n", encoding="utf-8")


def _made(folder: Path, data: bytes) -> dict[str, Any] | None:
    """Return what was written of a manifest, which was checked then; None if it has changed."""
    try:
        made = json.loads((folder / _MADE).read_bytes())
        fits = made["sha256"] == hashlib.sha256(data).hexdigest()
        said: dict[str, Any] = made["said"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return said if fits else None


def _parse(path: Path, data: bytes) -> dict[str, Any]:
    import tomllib  # takes a while to load

    try:
        said = tomllib.loads(data.decode("utf-8"))
    except ValueError as error:
        raise UsageError(f"{path} is no TOML: {error}.") from None
    _check(path, "", said, _TOP)
    if said.get("format") != FORMAT:
        raise UsageError(f"{path} must say format = {FORMAT}.")
    for name, keys in _TABLES.items():
        _check(path, name, said.get(name, {}), keys)
    if said.get("imports", {}).get("allow", [_NUMPY]) != [_NUMPY]:
        raise UsageError(f'{path}: imports.allow can be ["numpy"] alone: no other is in the jail.')
    functions = said.get("functions", {})
    for name, about in functions.items():
        _check_function(path, name, about, functions)
    return said


def _check_function(path: Path, name: str, about: Any, functions: Mapping[str, Any]) -> None:
    table = f"functions.{name}"
    if not isinstance(about, dict) or not name.isidentifier():
        raise UsageError(f"{path}: {table} must be a table with the name of a function.")
    _check(path, table, about, _FUNCTION)
    if "parameters" not in about:
        raise UsageError(f'{path}: {table} has no parameters: parameters = ["x"].')
    base = about.get("stands_on")
    if base is not None and (base not in functions or base == name):
        raise UsageError(f"{path}: {table} stands on {base}, which is no other function of it.")


def _check(path: Path, table: str, said: Mapping[str, Any], keys: Mapping[str, str]) -> None:
    for key, value in said.items():
        place = f"{table}.{key}" if table else key
        if key not in keys:
            raise UsageError(f"{path}: {place} means nothing{_nearest(key, keys)}.")
        if not _is(value, keys[key]):
            raise UsageError(f"{path}: {place} must be {keys[key]}.")


def _is(value: Any, what: str) -> bool:
    if what == _TEXT:
        return isinstance(value, str) and bool(value.strip())
    if what == _NUMBER:
        return type(value) in (int, float) and value > 0
    if what == "a table":
        return isinstance(value, dict)
    texts = isinstance(value, list) and all(isinstance(one, str) and one for one in value)
    if what == _TEXTS:
        return texts
    return value == 1 if what.startswith("the") else texts or value in ("array", "value")


def _check_files(folder: Path) -> None:
    """Refuse a file whose name is nearly one that means something."""
    for path in folder.iterdir():
        if path.name not in _FILES and not path.name.startswith("."):
            from grader.text import nearest  # as all of what is seldom said

            stems = {Path(name).stem: name for name in _FILES if Path(name).suffix == path.suffix}
            meant = stems.get(nearest(path.stem, stems) or "")
            if meant is not None and not (folder / meant).exists():
                raise UsageError(f"{path} would be overlooked. Is it meant to be {meant}?")


def _nearest(word: str, words: Iterable[str]) -> str:
    from grader.text import nearest

    near = nearest(word, words)
    return f"; is it meant to be {near}?" if near else f" (known: {', '.join(words)})"
