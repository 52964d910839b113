"""What the learner's code raised, as an exception that a case can catch."""

import importlib
from collections.abc import Mapping
from contextlib import suppress

from grader.learner.outcomes import Thrown

_MODULES = frozenset(
    """
    _csv binascii builtins configparser dataclasses decimal json.decoder numpy.exceptions
    numpy.linalg queue _queue re statistics struct
    """.split()
)
"""The modules whose exceptions are made here. Others have some that tell pytest something."""


def rebuild(
    thrown: Thrown, own: Mapping[str, type[BaseException]] | None = None
) -> BaseException | None:
    """Return the exception that was thrown, of the nearest class that is known here.

    Args:
        thrown: what the worker says of it.
        own: the classes of the kata's solution by name; their `__init__` is not run.

    Returns:
        An `Exception` or `SystemExit`; None if it is neither, as what is raised by Ctrl-C.
    """
    for name in thrown.classes:
        module, _, last = name.rpartition(".")
        kind = _standard(module, last) if module else (own or {}).get(last)
        if kind is not None and issubclass(kind, Exception | SystemExit):
            return _make(kind, thrown, plainly=bool(module))
    return None


def _standard(module: str, name: str) -> type[BaseException] | None:
    found = getattr(importlib.import_module(module), name, None) if module in _MODULES else None
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _make(kind: type[BaseException], thrown: Thrown, *, plainly: bool) -> BaseException:
    args = (thrown.message,) if thrown.args is None else thrown.args
    try:
        made = kind(*args) if plainly else kind.__new__(kind, *args)
    except Exception:
        made = kind.__new__(kind)
        made.args = args
    for name, value in thrown.attributes.items():
        if name.isidentifier() and not name.startswith("_") and not hasattr(BaseException, name):
            with suppress(Exception):  # a name that this class has for itself
                setattr(made, name, value)
    return made if plainly else _saying(made, thrown.message)


def _saying(made: BaseException, message: str) -> BaseException:
    """Return an exception of the solution's class that says what the learner's says."""
    kind, said = type(made), None
    with suppress(Exception):
        said = str(made)
    if said is None or said[: len(message)] != message or (said and not message):
        about = {"__module__": kind.__module__, "__str__": lambda _: message}
        with suppress(TypeError):  # a class with slots
            made.__class__ = type(kind.__name__, (kind,), about)
    return made
