"""Which modules a module imports only when one of its functions first needs them."""

import opcode
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from types import CodeType

_IMPORT, _CONSTANT = opcode.opmap["IMPORT_NAME"], opcode.opmap["LOAD_CONST"]
_ASIDE = frozenset(("main", "_main", "test", "_test", "_test_generator", "__main__"))
"""Functions that run a module as a program of its own, which no submission does."""


def imported_late(module: str) -> Iterator[str]:
    """Yield the names of the modules that the functions of a module import.

    Args:
        module: one that has been imported.
    """
    spec = getattr(sys.modules.get(module), "__spec__", None)
    try:
        code = spec.loader.get_code(module)  # type: ignore[union-attr]
    except Exception:  # built in, or written in C
        return
    waiting = _functions(code)
    while waiting:
        function = waiting.pop()
        if function.co_name not in _ASIDE:
            waiting += _functions(function)
            for name, level in _imports(function):
                if level and spec is not None:
                    yield resolve_name("." * level + name, spec.parent or module)
                elif name:
                    yield name


def _functions(code: CodeType | None) -> list[CodeType]:
    """Return the functions and classes that are defined in a piece of code."""
    return [one for one in code.co_consts if isinstance(one, CodeType)] if code else []


def _imports(function: CodeType) -> Iterator[tuple[str, int]]:
    """Yield the name and the level of each import; looked for in bytes, as it is done often."""
    code = function.co_code
    operations = code[::2]
    at = operations.find(_IMPORT)
    while at >= 0:
        argument = code[2 * at - 3]
        level = function.co_consts[argument] if operations[at - 2] == _CONSTANT else argument
        if code[2 * at + 1] < len(function.co_names) and isinstance(level, int):
            yield function.co_names[code[2 * at + 1]], level
        at = operations.find(_IMPORT, at + 1)
