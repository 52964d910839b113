"""How a process of the untrusted side is started: its command and its environment."""

import importlib.util
import json
import os
import re
import sys
from collections.abc import Sequence

import grader.worker
from grader.errors import GraderFault


def python_command(folder: str, **config: object) -> list[str]:
    """Return the command of a process of the untrusted side.

    Without site-packages (`-S`), the user's (`-s`) or the current folder (`-P`), leaving no
    byte code behind (`-B`). Not isolated (`-I`), which would ignore the one environment
    that it is given and draw a hash seed of its own.

    Args:
        folder: where it finds our code of that side.
        config: see `grader/worker/__main__.py`.
    """
    options = ["-S", "-s", "-P", "-B", "-X", "utf8"]
    config["numpy"] = numpy_folder()
    return [python(), *options, os.path.join(folder, "__main__.py"), json.dumps(config)]


def named(words: Sequence[str], source: bytes) -> list[str]:
    """Return those of the words that a source has in it."""
    return [word for word in words if re.search(rb"\b%s\b" % word.encode(), source)]


def environment() -> dict[str, str]:
    """Return the whole environment of the untrusted side; nothing of ours is inherited."""
    return {
        "HOME": "/",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


def python() -> str:
    """Return the interpreter itself, beyond any virtual environment."""
    return os.path.realpath(sys.executable)


def worker_folder() -> str:
    """Return the folder of our code that runs on the untrusted side."""
    return os.path.dirname(os.path.abspath(grader.worker.__file__))


def numpy_folder() -> str:
    """Return the folder of the NumPy that the grader itself uses.

    Raises:
        GraderFault: there is none.
    """
    spec = importlib.util.find_spec("numpy")
    if spec is None or spec.origin is None:
        raise GraderFault("NumPy is not installed: install it next to the grader.")
    return os.path.dirname(spec.origin)
