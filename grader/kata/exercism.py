"""A kata in Exercism's layout, as their Python track has it: it is one as it is.

The format: exercism.org/docs/building/tracks/practice-exercises.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from grader.errors import UsageError

_CONFIG = ".meta/config.json"
_STATEMENT = ".docs/instructions.md"


class Places(NamedTuple):
    """Where the parts of a kata are that everything stands on."""

    stub: Path
    statement: Path
    solution: Path
    cases: tuple[Path, ...]


def read(folder: Path) -> Places | None:
    """Return where the parts of an exercise are; None if the folder has not this layout.

    Raises:
        UsageError: its configuration cannot be read.
    """
    path = folder / _CONFIG
    try:
        said = json.loads(path.read_bytes())
        files = said["files"]
        stub, example, tests = (_list(files[key]) for key in ("solution", "example", "test"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} cannot be read ({type(error).__name__}: {error}).") from error
    return Places(
        folder / stub[0],
        folder / _STATEMENT,
        folder / example[0],
        tuple(folder / name for name in tests),
    )


def _list(value: Any) -> list[str]:
    if not (isinstance(value, list) and value and all(isinstance(one, str) for one in value)):
        raise ValueError("a list of file names is missing")
    return value
