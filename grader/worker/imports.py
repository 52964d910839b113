"""Importing, before the door shuts, what a submission will want to import.

Once a worker is locked down no file can be opened, so no module can be found. Modules of the
standard library and of NumPy that the source names are imported for it; nothing else is.
"""

import ast
import importlib
import sys
from collections.abc import Iterator

_UNWELCOME = frozenset(
    "antigravity ensurepip idlelib lib2to3 pip test this tkinter turtle turtledemo venv".split()
)
"""Modules that do something when imported, or are no library."""
_MOST = 64


def import_for(source: bytes) -> None:
    """Import what `source` names; what cannot be imported is left to fail in the source."""
    try:
        tree = ast.parse(source)
    except Exception:
        return
    for module, attribute in list(_named(tree))[:_MOST]:
        root = module.partition(".")[0]
        if root in _UNWELCOME or (root != "numpy" and root not in sys.stdlib_module_names):
            continue
        try:
            imported = importlib.import_module(module)
            # A submodule, or an attribute that is only made when it is asked for.
            if attribute and not hasattr(imported, attribute):
                importlib.import_module(f"{module}.{attribute}")
        except Exception:  # noqa: S112
            continue


def _named(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield (module, attribute) for each import in the source; attribute may be empty."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ""
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield node.module, alias.name if alias.name != "*" else ""
