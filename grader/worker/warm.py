"""What a zygote does once so that its workers need no file: imports that come late by nature."""

import _sitebuiltins
import atexit
import encodings.ascii
import encodings.cp437
import encodings.cp1252
import encodings.idna
import encodings.iso8859_15
import encodings.latin_1
import encodings.punycode
import encodings.raw_unicode_escape
import encodings.unicode_escape
import encodings.utf_7
import encodings.utf_8_sig
import encodings.utf_16
import encodings.utf_32
import gc
import heapq
import importlib
import mmap
import pwd
import sys
import traceback
import warnings
from collections.abc import Callable

from . import imports, kernel
from .late import EARLY, LATE
from .numeric import np


def warm_up() -> None:
    """Import what any worker may want."""
    kernel.share_arenas()
    imports.make_whole(("typing", "math"))


def keep() -> None:
    """Never look for garbage in what is there now: that would copy it in each worker."""
    gc.freeze()


def warm_up_numpy(bring: Callable[[], None]) -> None:
    """Import NumPy, and provoke its errors that import something when they are first raised.

    Args:
        bring: imports the package itself.
    """
    bring()
    one = np.ones((2, 3))
    for provoke in (
        lambda: one @ one,
        lambda: one + np.ones(2),
        lambda: np.add("a", 1),
        lambda: np.array([[1], [1, 2]]),
        lambda: np.concatenate([]),
        lambda: np.ones(1 << 62),
        lambda: np.linalg.inv(np.zeros((2, 2))),
        lambda: np.split(one, 5),
        lambda: one.sum(axis=7),
        lambda: np.divide(1, np.zeros(2)),
        lambda: repr(one),
    ):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                provoke()
        except Exception:
            traceback.format_exc()
    for part in EARLY:
        importlib.import_module(f"numpy.{part}")
    imports.make_whole(("numpy",))


def part_ways(words: list[str]) -> None:
    """Make a fork a worker of its own: parts of NumPy that its source mentions, its own chance.

    Args:
        words: the parts, out of those of `LATE`.
    """
    for word in words:
        if word in LATE:
            importlib.import_module(f"numpy.{word}")
    if "numpy" in sys.modules:
        np.random.seed()  # the generator that each process has, in this one anew


MODULES = (_sitebuiltins, atexit, heapq, mmap, pwd)
"""Modules that NumPy and others import when a function first needs them, and that take nothing."""
CODECS = (
    encodings.ascii,
    encodings.cp437,
    encodings.cp1252,
    encodings.iso8859_15,
    encodings.punycode,
    encodings.raw_unicode_escape,
    encodings.unicode_escape,
    encodings.utf_7,
    encodings.idna,
    encodings.latin_1,
    encodings.utf_16,
    encodings.utf_32,
    encodings.utf_8_sig,
)
"""The encodings that a source may declare, imported here because they are found by name."""
