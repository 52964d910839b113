"""Importing, before the door shuts, what a submission will want to import.

Once a worker is locked down no file can be opened, so no module can be found. Modules of the
standard library and of NumPy that the source names are imported for it; nothing else is.
"""

import ast
import contextlib
import hashlib
import importlib
import re
import sys
from collections.abc import Iterator, Sequence

from . import wire
from .cells import units
from .libraries import KINDS

_UNWELCOME = frozenset("antigravity idlelib test this tkinter turtle turtledemo".split())
"""Modules that start a program when they are imported, or are no use without a screen."""
_BESIDE = frozenset("asyncio distutils http numpy urllib webbrowser xmlrpc".split())
"""Packages that take long, and that what is imported late hardly ever needs them for."""
_OF_NUMPY = frozenset(
    "char ctypeslib dtypes exceptions fft lib linalg ma matlib polynomial random rec strings "
    "testing typing version".split()
)
"""The public parts of NumPy; others may run programs when they are imported."""
_IMPORTED = re.compile(rb"\b(?:(?:import|from)\b|import_module\(|__import__\()[ \t(]*[\"']?(\w+)")
_MOST = 512
_LONGEST = 80  # letters: what is longer names nothing that can be imported
_BY_WORD = {
    b"strptime": "_strptime",
    b"savez": "zipfile",
    b"np.load": "zipfile",
    b"numpy.load": "zipfile",
    b".info(": "pydoc",
    b"help(": "pydoc",
    b"breakpoint": "pdb",
}
"""Modules that are imported late for a source with this word in it."""
_whole: set[str] = set()
"""Modules whose functions import nothing that is not there already."""
_HELPERS = ("syntax", "stand_ins")
"""Modules of ours that some sources need: to say why they are no Python; for what is not here."""


def study(source: bytes, *, notebook: bool = False) -> wire.Header:
    """Return what a worker has to know of a source before it runs it.

    Args:
        source: the code; see `cells`.
        notebook: whether it is cut into the cells of a notebook.

    Returns:
        `imports`: the modules to import, each with the name to take from it, "" for none and
        "*" for all. `code`: a hash of the code that does not depend on its formatting, comments
        and names; empty if it is no Python, or too odd to be hashed.
    """
    code, trees, helpers = "", [], set()
    named: list[tuple[str, str]] = []
    for unit in units(source, "", notebook=notebook):
        try:
            trees.append(unit.parsed())
            named += _named(trees[-1])
            compile(trees[-1], unit.file, "exec", dont_inherit=True)
        except Exception:  # no Python, or nested deeper than a tree can be made of
            helpers.add("syntax")
            named += _named_by_line(unit.text)
    if any(name.decode() in KINDS for name in _IMPORTED.findall(source)):
        helpers.add("stand_ins")
    if trees:
        whole = ast.Module([node for tree in trees for node in tree.body], [])
        with contextlib.suppress(Exception):
            code = _hash(whole)
    imports = [[module, name] for module, name in named if _is_welcome(module, name)]
    by_word = [[module, ""] for word, module in _BY_WORD.items() if word in source]
    return {"imports": imports[:_MOST] + by_word, "code": code, "helpers": sorted(helpers)}


def make_whole(modules: Sequence[str]) -> None:
    """Import modules, and what their functions will import when they are called.

    A zygote does that once with those that most submissions name: its workers have it from there.
    """
    for module in modules:
        importlib.import_module(module)
    _import_late(set(sys.modules).difference(modules))


def import_each(known: wire.Header) -> None:
    """Import what `study` found; what cannot be imported is left to fail in the source.

    It may have been found in another worker, and no right is given up yet: it is checked again.
    """
    wanted = [each for each in known["imports"] if _is_welcome(*each)]
    if any(name or module not in _whole for module, name in wanted):
        before = set(sys.modules).difference(module for module, _ in wanted)
        for module, name in wanted:
            _import(module, name)
        _import_late(before)
    for helper in known["helpers"]:
        if helper in _HELPERS:
            importlib.import_module(f".{helper}", __package__)


def _import_late(before: set[str]) -> None:
    """Import what the functions of the modules that came since will import when they are called.

    Args:
        before: the modules that were there.
    """
    waiting = [name for name in sys.modules if name not in before and name not in _whole]
    seen = {*before, *waiting}
    if not waiting:
        return
    lazily = importlib.import_module(".lazily", __package__)
    while waiting:
        module = waiting.pop()
        _whole.add(module)
        for name in list(lazily.imported_late(module)):
            root = name.partition(".")[0]
            if name not in seen and root not in _BESIDE and _is_welcome(name):
                _import(name, "")
                waiting += [new for new in sys.modules if new not in seen]
                seen |= {name, *waiting}


def _is_welcome(module: str, name: str = "") -> bool:
    """Say whether a module may be imported: one of the library that does nothing by that.

    All its names are short and in ASCII, so that as many as `_MOST` of them fit in a header.
    """
    if len(module) + len(name) > _LONGEST or not (module + name).isascii():
        return False
    root, _, rest = module.partition(".")
    if root == "numpy":
        return not rest or rest.partition(".")[0] in _OF_NUMPY
    hidden = any(part.startswith("__") for part in module.split(".")) and module != "__future__"
    return root in sys.stdlib_module_names and root not in _UNWELCOME and not hidden


def _import(module: str, attribute: str) -> None:
    try:
        imported = importlib.import_module(module)
        everything = getattr(imported, "__all__", ())
        for name in everything if attribute == "*" else filter(None, [attribute]):
            # A submodule, or an attribute that is only made when it is asked for.
            if not hasattr(imported, name) and _is_welcome(f"{module}.{name}"):
                importlib.import_module(f"{module}.{name}")
    except Exception:  # noqa: S110
        pass


def _hash(tree: ast.AST) -> str:
    """Hash what is somebody's own in a tree, with its names numbered as they appear; "" if nothing.

    Without recursion, as a tree may be deeper than the interpreter can go.
    """
    own = _own(tree)
    if all(map(_is_short, own)):
        return ""
    numbers: dict[str, int] = {}
    digest = hashlib.sha256()
    waiting: list[object] = [own]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.AST):
            digest.update(f"({type(node).__name__} {len(node._fields)}".encode())
            for field in node._fields:
                value = getattr(node, field, None)
                if field in ("id", "arg", "name") and isinstance(value, str):
                    value = numbers.setdefault(value, len(numbers))
                elif isinstance(node, ast.Constant) and isinstance(value, str):
                    value = ""  # docstrings, messages
                waiting.append(value)
        elif isinstance(node, list):
            digest.update(f"[{len(node)}".encode())
            waiting += node
        else:
            text = hex(node) if type(node) is int else repr(node)  # decimals may be refused
            digest.update(f" {type(node).__name__} {text}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _own(tree: ast.AST) -> list[ast.stmt]:
    """Return the statements that make the functions: no imports, and none that try them out."""
    return [node for node in getattr(tree, "body", []) if not _is_beside(node)]


def _is_beside(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not isinstance(node.value, ast.Lambda)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Expr | ast.Assert | ast.If)


def _is_short(node: ast.stmt) -> bool:
    """Say whether a statement is one that all write alike: a stub, a function of one line."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return isinstance(node, ast.Assign | ast.AnnAssign)  # of a lambda
    first = node.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return len(node.body) - is_text <= 1


def _named(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield (module, attribute) for each import in the source; "" is no attribute, "*" all."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ""
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield node.module, alias.name
        elif isinstance(node, ast.Call) and _name_of(node.func) in ("import_module", "__import__"):
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value, ""


def _name_of(called: ast.expr) -> str:
    return getattr(called, "attr", "") or getattr(called, "id", "")


def _named_by_line(source: bytes) -> Iterator[tuple[str, str]]:
    """Yield the modules of the import statements that a line begins with."""
    for found in re.finditer(rb"^[ \t]*(?:import|from)[ \t]+([\w.]+)", source, re.MULTILINE):
        yield found[1].decode("ascii", "replace"), ""
