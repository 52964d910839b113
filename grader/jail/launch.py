"""How a process of the untrusted side is started: its command and its environment."""

import importlib.util
import json
import os
import sys

import grader.worker
from grader.errors import GraderFault


def worker_command(**config: object) -> list[str]:
    """Return the command of a process of the untrusted side.

    Isolated (`-I`), without site-packages (`-S`), leaving no byte code behind (`-B`).
    """
    main = os.path.join(os.path.dirname(os.path.abspath(grader.worker.__file__)), "__main__.py")
    config["numpy"] = numpy_folder()
    python = os.path.realpath(sys.executable)
    return [python, "-I", "-S", "-B", "-X", "utf8", main, json.dumps(config)]


def worker_environment() -> dict[str, str]:
    """Return the whole environment of the untrusted side; nothing of ours is inherited."""
    return {
        "HOME": "/",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


def numpy_folder() -> str:
    """Return the folder of the NumPy that the grader itself uses."""
    spec = importlib.util.find_spec("numpy")
    if spec is None or spec.origin is None:
        raise GraderFault("NumPy is not installed: install it next to the grader.")
    return os.path.dirname(spec.origin)
