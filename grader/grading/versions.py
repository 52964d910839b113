"""What a verdict hangs on, beside the submission and the seed."""

import hashlib
import platform
import sys
from functools import cache

import _pytest  # the version alone: pytest itself takes long to import

from grader import __version__
from grader.kata import Kata


@cache
def versions(kata: Kata) -> dict[str, str]:
    """Return the versions of everything that a verdict of this kata hangs on."""
    return {
        "version": __version__,
        "cases_sha256": cases_sha256(kata),
        "python": platform.python_version(),
        "numpy": _numpy(),
        "pytest": _pytest.__version__,
    }


def _numpy() -> str:
    """Return the version of NumPy, which not every kata needs."""
    there = sys.modules.get("numpy")
    if there is not None:
        return str(there.__version__)
    from importlib.metadata import version

    return version("numpy")


@cache
def cases_sha256(kata: Kata) -> str:
    """Return a hash of the hidden cases and of the solution that they are judged by."""
    digest = hashlib.sha256()
    for path in kata.verdict_files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
