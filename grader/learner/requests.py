"""What is sent to a worker to have a function called with arrays."""

from collections.abc import Sequence

from grader.jail.worker import Request
from grader.worker import arrays, wire

Argument = arrays.Array | int | None
"""What a function may be called with in one of these requests."""

REFILLED = "refilled"
"""The layout of arrays that are the array objects of the last call, filled anew."""


def describe_call(name: str, args: Sequence[Argument], layout: str) -> Request:
    """Return the request for a call; an array that is passed twice is sent once."""
    buffers: list[wire.Buffer] = []
    seen: dict[int, wire.Header] = {}
    described: list[int | wire.Header | None] = []
    for arg in args:
        if arg is None or isinstance(arg, int):
            described.append(arg)
            continue
        if id(arg) not in seen:
            seen[id(arg)] = {**arrays.describe_array(arg, buffers), "layout": layout}
        described.append(seen[id(arg)])
    return {"function": name, "args": described, "refilled": layout == REFILLED}, buffers
