"""Importing, before the door shuts, what a submission will want to import.

Once a worker is locked down no file can be opened, so no module can be found. Modules of the
standard library and of NumPy that the source names are imported for it; nothing else is.
"""

import ast
import hashlib
import importlib
import sys
from collections.abc import Iterator

_UNWELCOME = frozenset(
    "antigravity ensurepip idlelib lib2to3 pip test this tkinter turtle turtledemo venv".split()
)
"""Modules that do something when imported, or are no library."""
_MOST = 512
_BY_WORD = {
    b"concurrent": "concurrent.futures.thread",
    b"multiprocessing": "multiprocessing.dummy",
    b"strptime": "_strptime",
    b"savez": "zipfile",
    b"np.load": "zipfile",
    b"numpy.load": "zipfile",
}
"""Modules that the library imports by itself, late, for a source with this word in it."""


def import_for(source: bytes) -> str:
    """Import what `source` names; what cannot be imported is left to fail in the source.

    Returns:
        A hash of the code that does not depend on its formatting, comments and names; empty
        if it is no Python.
    """
    try:
        tree = ast.parse(source)
    except Exception:
        return ""
    for module, attribute in list(_named(tree))[:_MOST]:
        root = module.partition(".")[0]
        if root in _UNWELCOME or (root != "numpy" and root not in sys.stdlib_module_names):
            continue
        try:
            imported = importlib.import_module(module)
            everything = getattr(imported, "__all__", ())
            for name in everything if attribute == "*" else filter(None, [attribute]):
                # A submodule, or an attribute that is only made when it is asked for.
                if not hasattr(imported, name):
                    importlib.import_module(f"{module}.{name}")
        except Exception:  # noqa: S112
            continue
    for word, module in _BY_WORD.items():
        if word in source:
            importlib.import_module(module)
    return _hash(tree)


def _hash(tree: ast.AST) -> str:
    """Hash a tree with its names numbered in the order in which they appear."""
    numbers: dict[str, str] = {}
    for node in ast.walk(tree):
        for field in ("id", "arg", "name"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                setattr(node, field, numbers.setdefault(name, str(len(numbers))))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""  # docstrings, messages
    return hashlib.sha256(ast.dump(tree, annotate_fields=False).encode()).hexdigest()


def _named(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield (module, attribute) for each import in the source; "" is no attribute, "*" all."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ""
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield node.module, alias.name
