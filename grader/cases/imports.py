"""What the cases import: what the learner wrote, by its name, and helpers that lie beside them."""

import contextlib
import importlib.machinery
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from grader.errors import GraderFault
from grader.kata import Kata

if TYPE_CHECKING:
    from grader.cases.standin import StandIn


class _Kept:
    """What the cases of a kata hold on to, which are imported once for all sessions of them."""

    def __init__(self) -> None:
        self.stand_in: StandIn | None = None
        self.helpers: dict[str, ModuleType] = {}


@cache
def _kept(kata: Kata) -> _Kept:
    return _Kept()


class Imports:
    """The imports of a kata's cases, which are its own: two katas may have a module of one name.

    Args:
        kata: whose cases they are.

    Attributes:
        broke: why a file with cases could not be imported, if one could not.
    """

    def __init__(self, kata: Kata) -> None:
        self._kata = kata
        self._kept = _kept(kata)
        self.broke: GraderFault | None = None

    @property
    def stand_in(self) -> "StandIn | None":
        """What stands for what the learner wrote, once a case has imported it."""
        return self._kept.stand_in

    def load(self, path: Path) -> ModuleType:
        """Return the module of a file with cases."""
        try:
            with self.possible():
                return self._kata.case_module(path)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            self.broke = GraderFault(f"The cases in {path.name} cannot be imported ({why}).")
            raise

    @contextlib.contextmanager
    def possible(self) -> Iterator[None]:
        """Let the cases import what the learner wrote, by its name, and helpers beside them.

        What stands for it is made when it is first imported: not every kata's cases do so.
        """
        name = self._kata.module
        folders = list(dict.fromkeys(str(one.parent) for one in self._kata.cases))
        before = sys.modules.pop(name, None)
        if self.stand_in is not None:
            sys.modules[name] = self.stand_in.module
        sys.modules |= self._kept.helpers
        there = set(sys.modules)
        sys.meta_path.insert(0, self)
        sys.path[:0] = folders
        try:
            yield
        finally:
            for folder in folders:  # what others have put there meanwhile stays
                with contextlib.suppress(ValueError):
                    sys.path.remove(folder)
            sys.meta_path.remove(self)
            sys.modules.pop(name, None)
            for one in [*self._kept.helpers, *(set(sys.modules) - there)]:
                if self._is_helper(one):
                    self._kept.helpers[one] = sys.modules.pop(one)
            if before is not None:
                sys.modules[name] = before

    def _is_helper(self, name: str) -> bool:
        """Say whether a module lies beside the cases: another kata may have one of that name."""
        file = getattr(sys.modules.get(name), "__file__", None)
        folders = {str(one.parent) for one in self._kata.cases}
        return file is not None and "." not in name and os.path.dirname(file) in folders

    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        """Find the module that the cases import; see `importlib.abc.MetaPathFinder`."""
        if name != self._kata.module:
            return None
        return importlib.machinery.ModuleSpec(name, self)  # type: ignore[arg-type]

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return the stand-in; see `importlib.abc.Loader`."""
        from grader.cases.standin import StandIn

        self._kept.stand_in = self._kept.stand_in or StandIn(self._kata)
        return self._kept.stand_in.module

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: it is whole; see `importlib.abc.Loader`."""
