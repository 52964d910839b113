"""attention-kata: katas in Python, and the grader that judges them.

    from grader import Grader

    with Grader() as grader:
        report = grader.grade(source)

Importing this is light: what a name stands for is imported when it is first asked for.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from grader.errors import Doubtful, GraderError, GraderFault, UsageError
    from grader.grading.grader import Grader, grade
    from grader.jail import Limits
    from grader.kata import Kata, load_kata
    from grader.report.model import Report

__version__ = "1.0.0"

__all__ = [
    "Doubtful",
    "Grader",
    "GraderError",
    "GraderFault",
    "Kata",
    "Limits",
    "Report",
    "UsageError",
    "__version__",
    "grade",
    "load_kata",
]

_HOMES = {
    "grader.errors": ("Doubtful", "GraderError", "GraderFault", "UsageError"),
    "grader.grading.grader": ("Grader", "grade"),
    "grader.jail": ("Limits",),
    "grader.kata": ("Kata", "load_kata"),
    "grader.report.model": ("Report",),
}


def __getattr__(name: str) -> "Any":
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
