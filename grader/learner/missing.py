"""What a learner's code wants that is not here, in words: libraries, modules, functions."""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grader.learner.code import Units
from grader.text import alike, clean_line, is_near, nearest
from grader.worker.libraries import KINDS, READY, READY_IN

_ENOUGH = 0.45  # of its letters, for a function that takes what the kata passes
_MOST_NAMED = 5  # parameters that have no default
Said = tuple[str, str]
"""What is wrong, without its end; and what to do."""
_NAMES = {
    "PIL": "Pillow",
    "cv2": "OpenCV",
    "cupy": "CuPy",
    "flax": "Flax",
    "jax": "JAX",
    "keras": "Keras",
    "pytorch_lightning": "PyTorch Lightning",
    "scipy": "SciPy",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "sympy": "SymPy",
    "tensorflow": "TensorFlow",
    "torch": "PyTorch",
    "transformers": "Transformers",
}
_DIFFERS = {
    "torch": "torch.tensor is np.array, dim= is axis=, keepdim= is keepdims=, "
    "K.transpose(-2, -1) is K.swapaxes(-2, -1)",
    "tensorflow": "tf.matmul is @, tf.reduce_max is np.max, tf.shape(x) is x.shape, tf.exp is "
    "np.exp",
    "jax": "jnp.exp is np.exp, jnp.matmul is @, x.at[i].set(y) is x[i] = y",
    "cupy": "cp.exp is np.exp, and so are all others",
}
"""What is called otherwise in NumPy."""
_COMMON = "numpy math typing random functools itertools collections dataclasses".split()
_FRAMES = frozenset("Module ModuleList Parameter Sequential Linear Embedding Dropout".split())
"""What a file of a library's is built from, rather than what it has ready."""
_SEE = "The functions need NumPy alone."


def say_used(it: str, used: str, line: str = "") -> Said:
    """Say that a library is used that only stands in here.

    Args:
        it: what uses it, at the start of a sentence.
        used: what of it, with dots.
        line: the learner's line.
    """
    root, _, rest = used.partition(".")
    kind, last = KINDS.get(root), rest.rpartition(".")[2]
    name = _NAMES.get(root, root)
    if kind == "fetches":
        return f"{it} uses {name}, and there is no network here", "Delete what needs one."
    parts = rest.split(".")[:-1]
    if last in READY or (READY_IN.intersection(parts) and last not in _FRAMES):
        return f"{it} uses {name}'s {last}", "It is yours to write here, with NumPy."
    if root in _DIFFERS:
        return f"{it} is written for {name}, and here is NumPy alone", f"{_DIFFERS[root]}."
    what = f"{it} uses {used}, and {name} is not here"
    return clean_line(what, 120), _SEE


def say_missing_module(it: str, module: str, line: str) -> Said:
    """Say that a module is not here.

    Args:
        it: what imports it, at the start of a sentence.
        module: its name, as far as it is known.
        line: the learner's line.
    """
    root = module.partition(".")[0]
    if line.lstrip().startswith("from ."):
        what = f"{it} imports from files beside it, and one file is judged"
        return what, "Put what you need of them into this one."
    if root in sys.stdlib_module_names:
        if root in line:
            return f"{it} imports {module}, which cannot run here", "Do without it."
        what = f"{it} needs Python's module {module} too late: no file can be opened any more"
        return what, f"Write `import {module}` at the top of the file."
    if root in KINDS:
        return f"{it} imports {module}, which is not here", _SEE
    if near := nearest(root, _COMMON):
        return f"{it} imports {module}, and there is no such module", f"Do you mean {near}?"
    what = f"{it} imports {module}, which is not here"
    return what, "One file is judged: if it is your own, put what you need of it into this one."


def say_missing_function(
    name: str,
    parameters: Sequence[str],
    about: Any,
    defined: Any,
    code: Units,
    others: Sequence[str] = (),
) -> str:
    """Say that there is no function of a name, and where it may be.

    Args:
        name: the function.
        parameters: what the kata passes.
        about: what the worker says of the name; see `grader.worker.where.find`.
        defined: what it says stands at the top instead.
        code: the code, for the places.
        others: the functions of the kata that the file does have.
    """
    begin = f"There is no function {name} in your file"
    about = about if isinstance(about, dict) else {}
    place = code.place(about.get("cell"), about.get("line"))
    holder = clean_line(str(about.get("holder") or ""), 40)
    inside = {
        "class": f"it stands inside class {holder} ({place}). Move it to the left margin, "
        "without self.",
        "function": f"it stands inside the function {holder} ({place}), out of reach. Move it to "
        "the left margin.",
        "main": f'it stands below `if __name__ == "__main__":` ({place}), which holds only where '
        "you run the file. Move it above.",
        "gone": f"it is defined in {place}, and deleted later on, or set to None.",
        "block": f"its def depends on the condition in {place}. Move it to the left margin.",
        "marimo": f"it stands inside a cell of marimo's ({place}). Mark it with @app.function "
        "instead, or hand in a plain Python file.",
    }
    kind = str(about.get("inside"))
    if place and kind in inside:
        return f"{name} cannot be called: {inside[kind]}"
    if kind == "cell":
        cell = about.get("cell")
        which = f"cell {cell}" if type(cell) is int else "the part of the file"
        return f"{name} cannot be called: {which}, in which it is defined, failed. Fix that first."
    if aside := _aside(name, code):
        return f"{name} cannot be called: {aside}"
    near = _nearest(name, parameters, defined, code)
    if near is not None:
        other, where, is_class = near
        if is_class:
            return f"{begin}. {other} ({where}) is a class; the kata asks for a function."
        return f"{begin}. There is {other} ({where}): is it that? Then name it {name}."
    if defined == [] and others:
        return f"{begin}, only {' and '.join(others)}. Is it still to be written?"
    if defined == []:
        return f"{begin}, nor any other. Is it the right file?"
    return f"{begin}. Is its name spelled exactly so?"


def those_there(names: Iterable[str], functions: Mapping[str, Any]) -> list[str]:
    """Return which of the names are functions of the file, given what the worker says of each."""
    each = ((name, functions.get(name)) for name in names)
    return [name for name, of in each if isinstance(of, dict) and of.get("kind") == "function"]


def _aside(name: str, code: Units) -> str:
    """Say where the def of a function stands that is a comment, or inside a text."""
    head = re.compile(rf"\s*(#[#\s]*)?(?:async\s+)?def\s+{re.escape(name)}\s*\(")
    for number, lines in enumerate(code.cells(), 1):
        for at, line in enumerate(lines, 1):
            if found := head.match(line):
                place = code.place(number if code.notebook else None, at)
                if found[1]:
                    return f"it stands behind a # ({place}). Take that away from all its lines."
                return f"it stands inside a text ({place}). Take the quotation marks away."
    return ""


def _nearest(
    name: str, parameters: Sequence[str], defined: Any, code: Units
) -> tuple[str, str, bool] | None:
    """Return the name and the place of what may be meant, and whether it is a class."""
    found = []
    for one in defined if isinstance(defined, list) else ():
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            continue
        place = code.place(one.get("cell"), one.get("line"))
        other = clean_line(one["name"], 60)
        same = one.get("parameters") == [*parameters]
        if place and other and (is_near(other, name) or (same and _may_stand_for(other, name))):
            found.append((same, alike(other, name), other, place, one.get("class") is True))
    best = max(found, default=None)
    return best[2:] if best is not None else None


def _may_stand_for(other: str, name: str) -> bool:
    """Say whether a function with the right parameters is called by some of a name's words.

    These are its initials, one of its words, or enough of its letters.
    """
    words = name.lower().split("_")
    said = other.lower().split("_")
    initials = "".join(word[:1] for word in words)
    return other.lower() == initials or set(said) <= set(words) or alike(other, name) >= _ENOUGH


def say_signature(name: str, parameters: Sequence[str], about: Mapping[str, Any]) -> str:
    """Say that a function cannot be called with what the kata passes.

    Args:
        name: the function's name.
        parameters: what the kata passes.
        about: what the worker says: `required` and `most`, how many arguments it needs and takes
            (None for no limit), `names`, those that it needs, `by_name`, those by name only.
    """
    required, most = about.get("required"), about.get("most")
    begin = (
        f"{name} must be callable as {name}({', '.join(parameters)}), "
        f"with {len(parameters)} arguments; yours takes"
    )
    by_name = _named(about.get("by_name"))
    if by_name:
        return f"{begin} {' and '.join(by_name[:3])} by name only. Delete the * in front of it."
    if most is None:
        taken = f"at least {required}"
    else:
        taken = str(most) if required == most else f"{required} to {most}"
    names = _named(about.get("names"))
    more = [one for one in names if one not in parameters]
    if len(names) <= len(parameters) or not more:
        return f"{begin} {taken}."
    have = "has" if len(more) == 1 else "have"
    *first, last = more if len(more) <= _MOST_NAMED else [*more[: _MOST_NAMED - 1], "others"]
    named = f"{', '.join(first)} and {last}" if first else last
    return f"{begin} {taken}, and {named} {have} no default."


def _named(names: Any) -> list[str]:
    return [clean_line(str(one), 40) for one in names] if isinstance(names, list) else []


def say_not_in_numpy(name: str) -> Said:
    """Say that NumPy has nothing of a name, and what is meant by it.

    Args:
        name: the name.
    """
    import numpy as np

    version = ".".join(np.__version__.split(".")[:2])
    if name in _RENAMED:
        return f"np.{name} is no longer in NumPy; {version} runs here", f"Write {_RENAMED[name]}."
    what = f"there is no {name} in NumPy"
    if name in READY:
        return what, "It is yours to write here."
    near = nearest(name, [one for one in dir(np) if one.islower()])
    return what, f"Do you mean np.{near}?" if near else "What does it compute?"


_RENAMED = {
    **dict.fromkeys(("Inf", "Infinity", "infty", "PINF"), "np.inf"),
    **dict.fromkeys(("NaN", "NAN"), "np.nan"),
    **{name: name for name in ("float", "int", "bool", "complex", "object", "str")},
    "NINF": "-np.inf",
    "alltrue": "np.all",
    "asfarray": "np.asarray with a dtype",
    "asscalar": "x.item()",
    "complex_": "np.complex128",
    "cumproduct": "np.cumprod",
    "float_": "np.float64",
    "in1d": "np.isin",
    "long": "int",
    "math": "`import math`, and math in its place",
    "mat": "np.array",
    "msort": "np.sort with axis=0",
    "product": "np.prod",
    "round_": "np.round",
    "row_stack": "np.vstack",
    "sometrue": "np.any",
    "trapz": "np.trapezoid",
    "unicode_": "np.str_",
}
"""What is to be written for names that NumPy had, up to 1.19 or to 1.26."""
