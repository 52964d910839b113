"""Whether the parts of a kata fit each other: statement, stub, solution, manifest, cases."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader.cases.case import Case
from grader.cases.catalogue import all_cases
from grader.cases.collected import POINTS
from grader.kata import Function, Kata, is_shipped

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class _Signature(NamedTuple):
    """What a function takes.

    Attributes:
        names: the names of its parameters, in order.
        required: how many of them a call must fill by position.
        open: whether it takes any number of them.
    """

    names: tuple[str, ...]
    required: int
    open: bool

    def takes(self, count: int) -> bool:
        """Say whether it can be called with so many arguments."""
        return self.required <= count and (self.open or count <= len(self.names))


def check_cases(kata: Kata) -> Iterator[str]:
    """Yield what is wrong with the cases as a whole: their points, their identifiers."""
    cases = all_cases(kata)
    for name, count in Counter(case.id for case in cases).items():
        if count > 1:
            yield f"{count} cases have the identifier {name}: name them apart"
    known = {case.id for case in cases}
    for case in cases:
        if case.needs is not None and case.needs not in known:
            yield f"the case {case.id} needs {case.needs}, and there is no such case"
    yield from _check_points(cases)


def _check_points(cases: tuple[Case, ...]) -> Iterator[str]:
    points = sum(case.max_points for case in cases)
    plain = all(case.max_points == 1 for case in cases)
    wanted = len(cases) if plain and len(cases) > POINTS else POINTS
    if points != wanted:
        yield f"the points of the {len(cases)} cases sum to {points}, not to {wanted}"
    for case in cases:
        if case.max_points < 1:
            yield f"the case {case.id} is worth {case.max_points} points"


def check_files(kata: Kata) -> Iterator[str]:
    """Yield where statement, stub, solution and manifest do not fit each other."""
    if not kata.statement.is_file():
        yield f"there is no statement: {kata.statement} is not there"
    if kata.next and not is_shipped(kata.next):
        yield f"kata.toml: next is {kata.next}, and no kata of that name is shipped"
    stub, solution = _definitions(kata.stub), _definitions(kata.solution_path)
    derived = not (kata.folder / "kata.toml").is_file()
    for name, function in kata.functions.items():
        if not hasattr(kata.solution, name):
            yield f"{_named(kata.solution_path)} has no {name}, which is to be written"
        if not derived and name not in stub:
            yield f"{_named(kata.stub)} has no {name}, which the manifest names"
        places = ((kata.stub, stub), (kata.solution_path, solution))
        for path, found in places:
            if name in found:
                yield from _check_function(function, found[name], path, same=not derived)
        if name in stub and name in solution:
            yield from _check_methods(kata, name, stub[name], solution[name])
    for name in stub:
        if name not in kata.functions and not name.startswith("_"):
            yield f"{_named(kata.stub)} has {name}, which the manifest does not name"


def _check_function(
    function: Function, found: _Definition, path: Path, *, same: bool
) -> Iterator[str]:
    """Compare a definition with what the kata says of it: word by word if a manifest does."""
    if isinstance(found, ast.ClassDef) != function.is_class and function.is_class:
        yield f"{_named(path)}: {function.name} is no class, as it is in the stub"
        return
    signature = _signature(found)
    if signature is None:
        return
    wanted = ", ".join(function.parameters)
    if same and not function.is_class and signature.names != function.parameters:
        have = ", ".join(signature.names)
        if not signature.open:
            yield f"{_named(path)}: {function.name} takes ({have}), the manifest says ({wanted})"
    elif not function.is_class and not signature.takes(len(function.parameters)):
        yield f"{_named(path)}: {function.name} cannot be called with ({wanted})"


def _check_methods(
    kata: Kata, name: str, stub: _Definition, solution: _Definition
) -> Iterator[str]:
    """Compare the methods of a class of the stub with those of the solution."""
    if not isinstance(stub, ast.ClassDef) or not isinstance(solution, ast.ClassDef):
        return
    have = _methods(solution)
    own = getattr(kata.solution, name, None)
    if isinstance(own, type) and issubclass(own, BaseException):
        return  # how an exception is made is the affair of who raises it
    for method, node in _methods(stub).items():
        if method not in have:
            if not hasattr(own, method):
                yield f"{_named(kata.solution_path)}: {name} has no {method}, as it has in the stub"
            continue
        ours, theirs = _signature(node), _signature(have[method])
        if ours is not None and theirs is not None and not theirs.takes(len(ours.names)):
            wanted = ", ".join(ours.names)
            yield (
                f"{_named(kata.solution_path)}: {name}.{method} cannot be called with ({wanted}), "
                "as it stands in the stub"
            )


def _definitions(path: Path) -> dict[str, _Definition]:
    tree = ast.parse(path.read_bytes())
    return {node.name: node for node in tree.body if isinstance(node, _Definition)}


def _methods(node: ast.ClassDef) -> dict[str, _Definition]:
    return {one.name: one for one in node.body if isinstance(one, _Definition)}


def _signature(node: _Definition) -> _Signature | None:
    """Return what a function takes; of a class what making one does, None if it does not say."""
    if isinstance(node, ast.ClassDef):
        made = _methods(node).get("__init__")
        return None if made is None else _signature(made)
    args = [*node.args.posonlyargs, *node.args.args]
    names = tuple(arg.arg for arg in args)
    return _Signature(names, len(names) - len(node.args.defaults), node.args.vararg is not None)


def _named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
