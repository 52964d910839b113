"""The worker's loop: one request in, one reply out, until the trusted side hangs up."""

import os
import sys
from typing import Any

from . import arrays, wire
from .numeric import Lacking
from .objects import Objects
from .results import describe_error
from .submission import LearnerModule, is_defined

REQUESTS = 3
"""The descriptor on which requests arrive."""
REPLIES = 4
"""The descriptor on which replies leave."""
_CHUNK = 64 * 1024
_received = bytearray()  # of requests, not read yet


class HungUp(Exception):
    """The trusted side closed its end."""


def receive() -> tuple[wire.Header, list[bytearray]]:
    """Return the next request.

    Raises:
        HungUp: there will be none.
    """
    return wire.unpack(_read_exactly)


def reply(header: wire.Header, buffers: list[wire.Buffer]) -> None:
    """Send one reply."""
    frame = memoryview(wire.pack(header, buffers))
    while frame:
        frame = frame[os.write(REPLIES, frame) :]


def serve(load: wire.Header, source: bytes) -> None:
    """Run `source`, answer the request `load` about that, then answer calls.

    Requests are `{"id", "functions", "file", "notebook"}` for loading, once, with the source as the
    buffer, `{"id", "function", "args", "refilled"}` for a call with arrays, and what `objects` says
    for all else. Replies repeat the `id`; the one about loading holds `functions` and `failed`, the
    cells that raised, or `error`, the others what `LearnerModule.call` or `Objects.answer` says; or
    `lacks`, where there is an array and this worker was started without NumPy. Before
    that about loading come, with `at`, where each cell begins that is run for itself.

    Raises:
        HungUp: the trusted side has no more requests.
    """
    try:
        at = lambda place: reply({"id": load["id"], "at": place}, [])  # noqa: E731
        submission = LearnerModule(source, load["file"], notebook=load["notebook"], begun=at)
        loaded: wire.Header = {
            "functions": submission.describe(load["functions"]),
            "failed": submission.failed,
        }
    except BaseException as error:
        _flush()
        above = {"above": is_defined(load["file"], load["functions"])}
        reply({"id": load["id"], "error": {**describe_error(error), **above}}, [])
        return
    _flush()
    reply({"id": load["id"], **loaded}, [])
    before: dict[str, list[Any]] = {}
    objects = Objects(submission.module, load["file"])
    while True:
        request, buffers = receive()
        try:
            if "do" in request:
                header, answer = objects.answer(request, buffers)
            else:
                name, arguments = request["function"], _arguments(request["args"], buffers)
                if request["refilled"]:
                    arguments = arrays.refill(before.get(name, []), arguments)
                before[name] = arguments
                header, answer = submission.call(name, arguments)
        except Lacking:
            header, answer = {"lacks": True}, []
        _flush()
        reply({"id": request["id"], **header}, answer)


def _arguments(descriptions: list[Any], buffers: list[bytearray]) -> list[Any]:
    """Return the arguments of a call, arrays laid out in memory as their `layout` says.

    Arguments that share a buffer are one object, as they were for the caller.
    """
    made: dict[int, arrays.Array] = {}
    arguments = []
    for description in descriptions:
        if not isinstance(description, dict):
            arguments.append(description)
            continue
        layout = description.pop("layout")
        index = description["array"]
        if index not in made:
            made[index] = arrays.lay_out(arrays.read_array(description, buffers), layout)
        arguments.append(made[index])
    return arguments


def _read_exactly(count: int) -> bytearray:
    while len(_received) < count:
        chunk = os.read(REQUESTS, _CHUNK)
        if not chunk:
            raise HungUp
        _received.extend(chunk)
    data = _received[:count]
    del _received[:count]
    return data


def _flush() -> None:
    """Hand over what the learner printed; whatever stands in the place of stdout may fail."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:  # noqa: S110
            pass
