"""Where this kata's statement, stub, solution and cases are, and what it asks for."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

NAME = "multi-head-attention"
VERSION = "1"
FILE = "multi_head_attention.py"
"""The name of the file that a learner writes."""
FUNCTIONS = {
    "compute_qkv": ("X", "W_q", "W_k", "W_v"),
    "self_attention": ("Q", "K", "V"),
    "multi_head_attention": ("Q", "K", "V", "n_heads"),
}
"""The functions of the kata, in the flow of data, with the names of their parameters."""
FOLDER = Path(__file__).parent.parent / "katas" / "attention"
"""The folder of the kata that is shipped."""
CASES = FOLDER / "cases"


def stub() -> Path:
    """Return the path of the file that a learner starts from."""
    return _data("exercise") / FILE


def statement() -> Path:
    """Return the path of the statement."""
    return _data("exercise") / "README.md"


@cache
def solution() -> ModuleType:
    """Return the reference, loaded from its path as a submission is."""
    spec = importlib.util.spec_from_file_location("attention_kata_solution", solution_path())
    if spec is None or spec.loader is None:
        raise ImportError("the solution cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    write, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = write
    return module


def solution_path() -> Path:
    """Return the path of the reference."""
    return _data("solution") / FILE


def folders() -> dict[str, Path]:
    """Return the folders that hold the kata beside the package, by name."""
    return {name: _data(name) for name in ("exercise", "solution")}


def _data(name: str) -> Path:
    """Return a folder of the kata: inside the package when installed, else in the checkout."""
    installed = FOLDER / name
    return installed if installed.is_dir() else FOLDER.parents[2] / name
