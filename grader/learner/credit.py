"""What the cases of one submission keep for those after them."""

from collections.abc import Iterable
from typing import Any

from grader.learner.answer import Answer

Answered = tuple[tuple[Any, ...], Answer]
"""The arguments of a call, and what came back."""


class Credit:
    """What the cases of one submission keep for those after them.

    Attributes:
        excused: whether the case is to be judged on the learner's own functions.
        answered: each function's calls and what came back, in order.
    """

    def __init__(self, functions: Iterable[str]) -> None:
        self.excused = False
        self.answered: dict[str, list[Answered]] = {name: [] for name in functions}
