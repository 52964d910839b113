"""How a case ended, as facts: what a message is made from, and all that programs need of it.

Nothing looks at the words. Whoever wants to know what was seen asks for the code.
"""

from typing import Any, Literal, NamedTuple

Outcome = Literal["passed", "failed", "error", "timeout", "crashed", "not_run"]
Code = Literal[
    "missing",
    "not_a_function",
    "signature",
    "returned_none",
    "wrong_kind",
    "wrong_count",
    "dtype",
    "shape",
    "values",
    "not_finite",
    "constant",
    "changed_inputs",
    "overwritten",
    "assertion",
    "raised",
    "refused",
    "not_here",
    "not_python",
    "ends_program",
    "timeout",
    "killed",
    "meddled",
    "waits",
    "time_used_up",
    "stopped_too_often",
    "not_loaded",
    "not_run",
]
"""What can be seen of a function or of a file; the schema of the report says what each means."""


class Seen(NamedTuple):
    """What was seen of a case that was not passed, or of a file that could not be loaded.

    Attributes:
        code: what it was.
        type: of what was raised or returned; of what is there in a function's place, its kind.
        said: what the exception says, in the words of whoever raised it.
        name: the arguments that were changed; what the code tried to do when it was refused; the
            case that is waited for; of a missing function the kata that the file looks like; of a
            library what was used or imported and is not here; of an exception the name that has
            no value.
        line: where it was raised, the innermost line of the learner's file.
        source: the text of that line.
        cell: the code cell of a notebook in which the line is, counted from 1; else None.
    """

    code: Code
    type: str = ""
    said: str = ""
    name: str = ""
    line: int | None = None
    source: str = ""
    cell: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the facts that there are, as JSON's types."""
        return {key: value for key, value in self._asdict().items() if value not in ("", None)}


NOT_CALLABLE = frozenset(("missing", "not_a_function", "signature"))
"""The codes where there was nothing to call."""
