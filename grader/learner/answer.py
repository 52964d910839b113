"""What a learner's function returned: a claim, checked piece by piece."""

from typing import Any

from grader.kata import Function
from grader.learner import messages
from grader.learner.endings import CaseEnded
from grader.worker import arrays, wire

Array = arrays.Array
KINDS = (
    *("array", "booleans", "subclass", "dtype", "tuple", "list", "list of arrays"),
    *("nothing", "object"),
)
"""What can come back: an array, of numbers or of booleans; one of a subclass, or of other things;
…; None; the rest."""


class Answer:
    """What a function returned, not believed yet.

    Args:
        function: which of the kata's.
        reply: the worker's header.
        buffers: the worker's buffers.
    """

    def __init__(self, function: Function, reply: wire.Header, buffers: list[bytearray]) -> None:
        self.function = function.name
        self._parameters = function.parameters
        self._reply = reply
        self._buffers = buffers

    @property
    def changed(self) -> list[str]:
        """The names of the arguments that the function changed."""
        names = self._parameters
        positions = self._reply.get("changed")
        if not isinstance(positions, list):
            return []
        return [names[p] for p in positions if type(p) is int and 0 <= p < len(names)]

    @property
    def overwritten(self) -> bool:
        """Whether the call changed an array that an earlier call had returned."""
        return self._reply.get("overwritten") is True

    def array(self, *, booleans: bool = False) -> Array:
        """Return the answer as an array.

        Args:
            booleans: whether it may be one of booleans, too.

        Raises:
            Failed: it is not one.
        """
        return self._array(self._result(), self.function, returned=True, booleans=booleans)

    def arrays(self, names: tuple[str, ...]) -> list[Array]:
        """Return the answer as the arrays of a tuple, one for each name.

        Raises:
            Failed: it is not such a tuple.
        """
        result = self._result()
        items, length = result.get("items"), result.get("length")
        if result.get("kind") != "sequence" or not isinstance(items, list):
            raise messages.no_tuple(self.function, result, names)
        if type(length) is not int or length < len(items):
            raise messages.meddled()
        if length != len(names) or len(items) != len(names):
            raise messages.wrong_count(self.function, length, names)
        buffers = [item.get("array") for item in items if isinstance(item, dict)]
        if any(buffers.count(each) > 1 for each in buffers if each is not None):
            raise messages.meddled()  # one buffer for several arrays costs more than it sends
        described = zip(names, items, strict=True)
        return [self._array(item, f"{self.function}: {name}") for name, item in described]

    def any_arrays(self) -> list[Array]:
        """Return the array that was returned, or those in what was returned, if there are any."""
        result = self._reply.get("result")
        items = result.get("items") if isinstance(result, dict) else None
        found = []
        for item in items if isinstance(items, list) else [result]:
            try:
                found.append(self._array(item, self.function))
            except CaseEnded:
                continue
        return found

    @property
    def kind(self) -> str:
        """What was returned, one of `KINDS`."""
        result = self._reply.get("result")
        if not isinstance(result, dict):
            return "object"
        kind, items, why = result.get("kind"), result.get("items"), result.get("why")
        if kind == "array":
            return "booleans" if result.get("dtype") == arrays.BOOL else "array"
        if kind == "refused" and why in ("subclass", "dtype"):
            return str(why)
        if kind == "object":
            return {"NoneType": "nothing"}.get(str(result.get("type")), "object")
        if kind != "sequence" or not isinstance(items, list):
            return "object"
        if self.is_tuple:
            return "tuple"
        full = all(isinstance(item, dict) and item.get("kind") == "array" for item in items)
        return "list of arrays" if items and full else "list"

    @property
    def is_tuple(self) -> bool:
        """Whether the function returned a tuple."""
        return self._result().get("tuple") is True

    def _result(self) -> wire.Header:
        result = self._reply.get("result")
        if not isinstance(result, dict):
            raise messages.meddled()
        if result.get("kind") == "object" and result.get("type") == "NoneType":
            raise messages.returned_none(self.function)
        return result

    def _array(
        self, result: Any, what: str, *, returned: bool = False, booleans: bool = False
    ) -> Array:
        if not isinstance(result, dict) or result.get("kind") != "array":
            raise messages.no_array(what, result, returned=returned)
        if result.get("dtype") == arrays.BOOL and not booleans:
            refused = {"kind": "refused", "why": "dtype", "type": "bool"}
            raise messages.no_array(what, refused, returned=returned)
        description = {key: result.get(key) for key in ("array", "dtype", "shape")}
        try:
            return arrays.read_array(description, self._buffers)
        except wire.WireError as error:
            raise messages.meddled() from error
