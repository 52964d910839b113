"""From a name or a folder to a kata; what the manifest does not say is derived."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.kata import exercism, manifest
from grader.kata.exercism import Places
from grader.kata.kata import SHIPPED, Function, Kata, Tolerance

_PATTERNS = ("case_*.py", "test_*.py", "*_test.py")  # of files with cases


def load_kata(where: str | Path | None = None) -> Kata:
    """Return a kata.

    Args:
        where: the name of one that is shipped, or a folder; None is the first that is shipped.

    Raises:
        UsageError: there is none, or it does not hold together.
    """
    if where is None:
        return default_kata()
    if is_shipped(str(where)):  # whatever a folder here is called
        return _load(SHIPPED / where)
    folder = Path(where)
    if not folder.is_dir():
        for shipped in shipped_katas().values():
            if str(where) == shipped.name:
                return shipped
        names = ", ".join(shipped_katas())
        raise UsageError(f"There is no kata {where}: give a folder with one, or a name: {names}.")
    return _load(folder.resolve())


def default_kata() -> Kata:
    """Return the kata that is meant where none is named: the first that is shipped."""
    return _load(_folders()[0])


def shipped_katas() -> dict[str, Kata]:
    """Return the katas that are shipped, by the names of their folders."""
    return {folder.name: _load(folder) for folder in _folders()}


def is_shipped(name: str) -> bool:
    """Say whether a kata of this name is shipped."""
    return name.isidentifier() and (SHIPPED / name / manifest.NAME).is_file()


def _folders() -> list[Path]:
    return sorted(path.parent for path in SHIPPED.glob(f"*/{manifest.NAME}"))


@cache
def _load(folder: Path) -> Kata:
    ours = folder.parent == SHIPPED
    theirs = None if ours else exercism.read(folder)
    said = manifest.read(folder, own=not ours and theirs is None)
    places = theirs or _places(folder, said)
    for what, path in (("stub", places.stub), ("solution", places.solution)):
        if not path.is_file():
            raise UsageError(f"The kata in {folder} has no {what}: {path} is not there.")
    if not places.cases or not all(path.is_file() for path in places.cases):
        raise UsageError(
            f"The kata in {folder} has no cases: write cases.py, or files case_*.py in cases/."
        )
    words = said.get("words", {})
    return Kata(
        folder=folder,
        name=said.get("name", folder.name),
        version=said.get("version", "1"),
        title=said.get("title", folder.name),
        file=places.stub.name,
        functions=_functions(said.get("functions", {}), places.stub),
        stub=places.stub,
        statement=places.statement,
        solution_path=places.solution,
        cases=places.cases,
        limits=said.get("limits", {}),
        full_marks=f"{words.get('full_marks', '')} {_go_on(said)}".strip(),
        needs=said.get("needs", ""),
        next=said.get("next", ""),
        small_call=words.get("small_call", ""),
        tolerance=Tolerance(**said.get("tolerance", {})),
    )


def _go_on(said: Mapping[str, Any]) -> str:
    """Say how to begin the next kata, if it is here: in a kit there is one alone."""
    name = said.get("next", "")
    return f"Go on with: kata start {name}" if is_shipped(name) else ""


def _places(folder: Path, said: Mapping[str, Any]) -> Places:
    exercise = _data(folder, "exercise")
    file = said.get("file") or _only_file(exercise)
    cases = folder / "cases"
    found = {path for pattern in _PATTERNS for path in cases.glob(pattern)}
    return Places(
        exercise / file,
        exercise / "README.md",
        _data(folder, "solution") / file,
        tuple(sorted(found)) if cases.is_dir() else (folder / "cases.py",),
    )


def _data(folder: Path, name: str) -> Path:
    """Return a folder of the kata: inside it, or for a shipped one at the top of a checkout."""
    inside = folder / name
    if folder.parent == SHIPPED and not inside.is_dir():
        return SHIPPED.parent.parent / name
    return inside


def _only_file(exercise: Path) -> str:
    found = sorted(path.name for path in exercise.glob("*.py"))
    if len(found) == 1:
        return found[0]
    which = f"{len(found)} Python files ({', '.join(found)})" if found else "no Python file"
    raise UsageError(
        f"{exercise} holds {which}; a kata has one stub there, or names it: "
        f'`file = "…"` in {manifest.NAME}.'
    )


def _functions(said: Mapping[str, Mapping[str, Any]], stub: Path) -> dict[str, Function]:
    """Return the functions of the manifest; if it names none, those of the stub."""
    if not said:
        return {one.name: one for one in _functions_of(stub)}
    return {
        name: Function(
            name,
            tuple(about["parameters"]),
            tuple(about["returns"]) if isinstance(about.get("returns"), list) else (),
            about.get("formula", ""),
            about.get("stands_on", ""),
        )
        for name, about in said.items()
    }


def _functions_of(stub: Path) -> list[Function]:
    try:
        tree = ast.parse(stub.read_bytes())
    except SyntaxError as error:
        raise UsageError(
            f"The stub {stub} is no Python: line {error.lineno}: {error.msg}."
        ) from None
    found = [
        _described(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    if not found:
        raise UsageError(f"The stub {stub} defines no function and no class.")
    return found


def _described(node: ast.FunctionDef | ast.ClassDef) -> Function:
    if isinstance(node, ast.FunctionDef):
        return Function(node.name, _parameters(node), by_place=len(node.args.posonlyargs))
    made = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    return Function(node.name, _parameters(made[0])[1:] if made else (), is_class=True)


def _parameters(node: ast.FunctionDef) -> tuple[str, ...]:
    return tuple(arg.arg for arg in (*node.args.posonlyargs, *node.args.args))
