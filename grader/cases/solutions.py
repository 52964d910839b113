"""The solution, or a wrong one of ours, in the place of what a learner wrote."""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from grader.kata import Kata
from grader.learner.credit import Credit
from grader.learner.outcomes import METHOD
from grader.learner.submission import Submission
from grader.worker.objects import Objects


class _Here:
    """In the place of workers: what is asked is in this process."""

    source = printed = b""

    def __init__(self) -> None:
        self.now = self

    def printed_since(self, before: int) -> bytes:
        """Return nothing; see `Workers`."""
        return b""


class Solution(Submission):
    """The solution in the place of a submission: asked in this process, answered as by a worker.

    Args:
        kata: whose it is.
    """

    def __init__(self, kata: Kata) -> None:
        self.kata = kata
        self.credit = Credit(kata.functions)
        self.workers: Any = _Here()
        self._objects = Objects(kata.solution, kata.file)

    def exchange(self, name: str, request: Any, most: int) -> Any:
        """See `Submission`."""
        header, buffers = request
        reply, answer = self._objects.answer(header, [bytearray(one) for one in buffers])
        return reply, [bytearray(one) for one in answer]

    def settle(self) -> int:
        """Do nothing: nothing is owed; see `Submission`."""
        return 0


class Ours:
    """The solution, or a wrong one of ours, in this process.

    Args:
        module: the module.
        exceptions: the solution's own, in the place of which those of this module are raised.
    """

    def __init__(self, module: ModuleType, exceptions: Mapping[str, type[BaseException]]) -> None:
        self._module = module
        self._exceptions = exceptions

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """See `Target`."""
        try:
            return self._find(name)(*args, **kwargs)
        except Exception as error:
            known = self._exceptions.get(type(error).__name__)
            if known is None or isinstance(error, known):
                raise
            raise known(*error.args) from None

    def get(self, name: str) -> Any:
        """See `Target`."""
        found = self._find(name)
        return METHOD if callable(found) else found

    def is_of(self, value: object, name: str) -> bool:
        """See `Target`."""
        return isinstance(value, self._find(name))

    def _find(self, name: str) -> Any:
        found: Any = self._module
        for part in name.split("."):
            found = getattr(found, part)
        return found
