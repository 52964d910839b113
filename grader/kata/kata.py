"""What a kata is, and where its parts are."""

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

SHIPPED = Path(__file__).parent.parent / "katas"
"""The folder of the katas that are shipped, each a package in it."""
_OURS = "grader.katas"


class Function(NamedTuple):
    """A function or a class that a learner writes.

    Attributes:
        name: its name.
        parameters: the names of its parameters.
        returns: the names of what the tuple holds that it returns; empty if it returns no tuple.
        formula: what it computes, in a line; may be empty.
        stands_on: the function on which it stands, if credit for it is carried forward.
        is_class: whether it is a class; its parameters are those of `__init__` then.
        by_place: how many of its parameters cannot be passed by name.
    """

    name: str
    parameters: tuple[str, ...]
    returns: tuple[str, ...] = ()
    formula: str = ""
    stands_on: str = ""
    is_class: bool = False
    by_place: int = 0


class Tolerance(NamedTuple):
    """Errors up to which values count as the same, as a share of what they are measured by."""

    float64: float = 2e-6
    float32: float = 2e-5


_TOLERANCE = Tolerance()


@dataclass(frozen=True, eq=False)
class Kata:
    """A kata, read from its folder; made by `load_kata`.

    Attributes:
        folder: where its parts are.
        name: what a report calls it.
        version: the same.
        title: one line.
        file: the name of the file that a learner writes.
        functions: what a learner writes, by name, in the flow of data.
        stub: the path of the file that a learner starts from.
        statement: the path of the statement.
        solution_path: the path of the reference.
        cases: the paths of the files with the cases, sorted.
        limits: defaults of this kata, by the names of `grader.jail.Limits`.
        full_marks: what is said to a learner who has full marks; may be empty.
        needs: what one has to know before, in a line; may be empty.
        next: the name of a kata that is shipped and comes after this one; may be empty.
        small_call: small arguments in words, for next steps: "two tokens of two features".
        tolerance: errors up to which values count as the same.
    """

    folder: Path
    name: str
    version: str
    title: str
    file: str
    functions: Mapping[str, Function]
    stub: Path
    statement: Path
    solution_path: Path
    cases: tuple[Path, ...]
    limits: Mapping[str, Any] = field(default_factory=dict)
    full_marks: str = ""
    needs: str = ""
    next: str = ""
    small_call: str = ""
    tolerance: Tolerance = _TOLERANCE

    def __reduce__(self) -> tuple[Callable[..., "Kata"], tuple[str]]:
        """Travel to other processes as a name, or as the path of the folder."""
        from grader.kata.load import load_kata

        return load_kata, (self.where,)

    @property
    def module(self) -> str:
        """The name under which the cases import what the learner wrote."""
        return self.file.removesuffix(".py")

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes among what a learner writes."""
        return tuple(name for name, one in self.functions.items() if one.is_class)

    @property
    def verdict_files(self) -> tuple[Path, ...]:
        """The files that a verdict hangs on: all of the cases' folder, and the solution."""
        folder = self.folder / "cases"
        cases = sorted(folder.glob("*.py")) if folder.is_dir() else self.cases
        return (*cases, self.solution_path)

    @cached_property
    def solution(self) -> ModuleType:
        """The reference, loaded from its path as a submission is."""
        return _run(self.solution_path, f"{self.module}_solution")

    @cached_property
    def names_numpy(self) -> bool:
        """Whether what judges by it names NumPy, or `rng`; if not, all that is passed is plain."""
        folders = {path.parent for path in self.cases}
        beside = (path for folder in folders for path in folder.glob("*.py"))
        texts = (path.read_bytes() for path in (self.solution_path, *beside))
        return any(b"numpy" in text or b"rng" in text for text in texts)

    def part(self, name: str) -> ModuleType | None:
        """Return the module of this name in the folder; None if the kata has no such part."""
        place = self.folder.joinpath(*name.split("."))
        if not place.with_suffix(".py").is_file() and not (place / "__init__.py").is_file():
            return None
        write, sys.dont_write_bytecode = sys.dont_write_bytecode, not self.is_shipped
        try:
            return importlib.import_module(f"{self._package}.{name}")
        finally:
            sys.dont_write_bytecode = write

    def case_module(self, path: Path) -> ModuleType:
        """Return the module of a file with cases."""
        inside = ".".join(path.relative_to(self.folder).with_suffix("").parts)
        if self.is_shipped:
            return importlib.import_module(f"{self._package}.{inside}")
        name = f"{self._package}.{inside}"
        if name not in sys.modules:
            folder = name.rpartition(".")[0]
            importlib.import_module(folder)
            _run(path, name)  # from its path: a test runner around this one would rewrite it
        return sys.modules[name]

    @property
    def where(self) -> str:
        """What `load_kata` finds it by: its name if it is shipped, else the path of its folder."""
        return self.folder.name if self.is_shipped else str(self.folder)

    @property
    def is_shipped(self) -> bool:
        """Whether it comes with the grader."""
        return self.folder.parent == SHIPPED

    @cached_property
    def _package(self) -> str:
        """The name of the package that the folder is; modules in it import each other by `.`."""
        if self.is_shipped:
            return f"{_OURS}.{self.folder.name}"
        name = f"kata_{hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]}"
        package = ModuleType(name)
        package.__path__ = [str(self.folder)]
        sys.modules.setdefault(name, package)
        return name


def _run(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look for theirs there
    write, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    finally:
        sys.dont_write_bytecode = write
    return module
