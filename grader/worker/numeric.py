"""NumPy, imported when it is first asked for: many a kata has to do with plain values alone.

This module runs on both sides. On the trusted one that is soon; a worker that was started without
NumPy can import nothing any more, and says so.
"""

import contextlib
import importlib
import sys
from typing import TYPE_CHECKING, Any

__all__ = ["Lacking", "is_array", "is_scalar", "np", "silent"]


class Lacking(BaseException):
    """This process has no NumPy and can get none; no fault of the code that it runs."""


class _Late:
    """In the place of NumPy."""

    def __getattr__(self, name: str) -> Any:
        try:
            found = getattr(importlib.import_module("numpy"), name)
        except ImportError as error:
            raise Lacking from error
        setattr(self, name, found)  # the next time without this
        return found


if TYPE_CHECKING:
    import numpy as np
else:
    np = _Late()


def is_array(value: object) -> bool:
    """Say whether a value is an array; nothing is where nobody has imported NumPy."""
    return "numpy" in sys.modules and isinstance(value, np.ndarray)


def is_scalar(kind: type) -> bool:
    """Say the same of a type, and of NumPy's numbers."""
    return "numpy" in sys.modules and issubclass(kind, np.generic)


def silent() -> contextlib.AbstractContextManager[None]:
    """Warn nobody of what is done with numbers here, such as an overflow."""
    return np.errstate(all="ignore") if "numpy" in sys.modules else contextlib.nullcontext()
