"""Katas to verify."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.kata import Kata, load_kata

MakeKata = Callable[..., Kata]


@pytest.fixture
def make_kata(tmp_path: Path) -> MakeKata:
    """Write a kata of a stub, a solution and cases, and of other files by their names."""

    def make(stub: str, solution: str, cases: str, **others: str) -> Kata:
        folder = tmp_path / f"kata{len(list(tmp_path.iterdir()))}"
        files = {
            "exercise/README.md": "# A kata\n",
            "exercise/mine.py": stub,
            "solution/mine.py": solution,
            "cases.py": cases,
            **{name.replace("__", "/").replace("_toml", ".toml"): others[name] for name in others},
        }
        for name, text in files.items():
            path = folder / (name if "." in name else f"{name}.py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return load_kata(folder)

    return make
