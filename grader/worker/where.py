"""Where a function stands that is not at the top of the code, and what does stand there."""

import ast
import re
from collections.abc import Iterator, Sequence

from . import wire
from .cells import Unit

_DEFS = ast.FunctionDef | ast.AsyncFunctionDef
_MOST, _MOST_PARAMETERS = 20, 6
_LONGEST = 60  # letters of a name: all of it fits into one header


def find(
    name: str, trees: Sequence[tuple[Unit, ast.Module | None]], failed: Sequence[Unit] = ()
) -> wire.Header:
    """Return where a function of this name is defined, out of reach; empty if nowhere.

    Args:
        name: the function.
        trees: each unit with its tree, None where it has none.
        failed: the units that did not run to their end.

    Returns:
        `inside`: what it stands in: "class", "function", "main" (the condition that holds when
        the file is run), "marimo", "block", "cell" (one that did not run to its end) or "gone"
        (it was defined, and something else has been done with its name since); `holder`:
        the name of a class or function; `cell` and `line`: where that begins.
    """
    for unit, tree in trees:
        place: wire.Header = {"cell": unit.cell} if unit.cell else {}
        if tree is None:
            if re.search(rb"^[ \t]*(?:async )?def %s\b" % name.encode(), unit.text, re.MULTILINE):
                return {**place, "inside": "cell"}
            continue
        for node, holders in _definitions(tree):
            if node.name == name:
                if not holders:
                    inside = "cell" if unit in failed else "gone"
                    return {**place, "inside": inside, "line": node.lineno}
                return {**place, **_holder(holders), "line": holders[0].lineno}
    return {}


def defined(
    trees: Sequence[tuple[Unit, ast.Module | None]], but: Sequence[str]
) -> list[wire.Header]:
    """Return the functions and classes that do stand at the top, with their parameters.

    Args:
        trees: as for `find`.
        but: names that are left out.
    """
    found: list[wire.Header] = []
    for unit, tree in trees:
        for node in tree.body if tree else ():
            if not isinstance(node, _DEFS | ast.ClassDef) or node.name in but:
                continue
            if len(node.name) <= _LONGEST:
                parameters = [] if isinstance(node, ast.ClassDef) else node.args.args
                about: wire.Header = {"name": node.name, "line": node.lineno}
                about["class"] = isinstance(node, ast.ClassDef)
                about["parameters"] = [one.arg[:_LONGEST] for one in parameters][:_MOST_PARAMETERS]
                found.append({**about, "cell": unit.cell} if unit.cell else about)
    return found[:_MOST]


def repeated(names: Sequence[str], text: bytes) -> list[str]:
    """Return those of the names that a text may define more than once."""
    defs = re.findall(rb"^(?:async def|def|class)[ \t]+(\w+)", text, re.MULTILINE)
    return [name for name in names if defs.count(name.encode()) > 1]


def lines_of(name: str, tree: ast.Module) -> list[int]:
    """Return the lines at which a name is defined at the top of a unit, since it was used there."""
    lines: list[int] = []
    for node in tree.body:
        if not isinstance(node, _DEFS | ast.ClassDef):
            names = (one.id for one in ast.walk(node) if isinstance(one, ast.Name))
            lines = [] if name in names else lines
        elif node.name == name:
            lines.append(node.lineno)
    return lines


def _definitions(tree: ast.Module) -> Iterator[tuple[_DEFS | ast.ClassDef, list[ast.stmt]]]:
    """Yield each function or class with the statements that it stands in, from outside."""
    waiting: list[tuple[ast.AST, list[ast.stmt]]] = [(tree, [])]
    while waiting:
        node, holders = waiting.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _DEFS | ast.ClassDef):
                yield child, holders
            if isinstance(child, ast.stmt | ast.excepthandler):
                inner = [*holders, child] if isinstance(child, ast.stmt) else holders
                waiting.append((child, inner))


def _holder(holders: Sequence[ast.stmt]) -> wire.Header:
    outer = holders[0]
    if isinstance(outer, ast.ClassDef):
        return {"inside": "class", "holder": outer.name[:_LONGEST]}
    if isinstance(outer, _DEFS):
        decorators = " ".join(ast.unparse(one) for one in outer.decorator_list)
        marimo = re.search(r"\bapp\.cell\b", decorators)
        return {"inside": "marimo" if marimo else "function", "holder": outer.name[:_LONGEST]}
    if isinstance(outer, ast.If) and _asks_for_name(outer.test):
        return {"inside": "main"}
    return {"inside": "block"}


def _asks_for_name(test: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(test))
