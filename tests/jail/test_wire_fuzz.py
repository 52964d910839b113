"""Whatever comes from a worker, the trusted side sees a frame, an answer or an end of the case."""

import os
import struct
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.errors import GraderFault
from grader.jail.ending import Ending
from grader.jail.process import Pipes
from grader.jail.talk import Talk
from grader.jail.worker import NotStarted, Worker, WorkerDied, WorkerTimedOut
from grader.kata import default_kata
from grader.learner.answer import KINDS, Answer
from grader.learner.code import Units
from grader.learner.endings import CaseEnded
from grader.learner.load_errors import describe_load_error, seen_at_loading
from grader.learner.messages import MAX_SAID, describe_error, seen_of
from grader.learner.submission import Submission
from grader.worker import arrays, wire

KATA = default_kata()

WORDS = """
    result kind array sequence object refused items length tuple type why dtype shape changed
    overwritten error message line attempted functions function class value missing required most
    id fault limited held code subclass size NoneType <f8 <i4 |b1 >f2 |O8 compute_qkv
    self_attention open\x20a\x20file
""".split()
NUMBERS = st.integers(-3, 10) | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=6) | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=12,
)
BUFFERS = st.lists(st.binary(max_size=72).map(bytearray), max_size=4)
DTYPES = st.sampled_from("<f8 <f4 <f2 >f8 <i4 <i8 |i1 |u1 <u2 |b1 |O8 <c16 |V8 <U1".split())
SHAPES = st.lists(st.integers(-1, 4) | NUMBERS, max_size=9)
ARRAY = st.fixed_dictionaries(
    {"kind": st.just("array"), "array": st.integers(-1, 4) | JSON},
    optional={"dtype": DTYPES | JSON, "shape": SHAPES | JSON, "extra": JSON},
)
OTHER = st.fixed_dictionaries(
    {"kind": st.sampled_from(["object", "refused", "array", "sequence", "?"])},
    optional={
        "type": st.text(max_size=9) | JSON,
        "why": st.sampled_from(["subclass", "dtype", "size", "?"]) | JSON,
    },
)
ITEM = ARRAY | OTHER | JSON
SEQUENCE = st.fixed_dictionaries(
    {"kind": st.just("sequence")},
    optional={
        "items": st.lists(ITEM, max_size=4) | JSON,
        "length": st.integers(-1, 4) | JSON,
        "tuple": st.booleans() | JSON,
        "type": JSON,
    },
)
ERROR = st.fixed_dictionaries(
    {},
    optional={
        "type": JSON | st.sampled_from(["MemoryError", "SyntaxError", "SystemExit", "ValueError"]),
        "message": JSON | st.text(max_size=30),
        "line": JSON | st.integers(-2, 9),
        "attempted": JSON | st.sampled_from(["open a file", "use the network"]),
    },
)
REPLY = st.fixed_dictionaries(
    {},
    optional={
        "result": ARRAY | SEQUENCE | OTHER | JSON,
        "changed": st.lists(JSON | st.integers(-2, 5), max_size=6) | JSON,
        "overwritten": JSON,
        "error": ERROR | JSON,
        "functions": st.dictionaries(st.sampled_from(list(KATA.functions)), ITEM) | JSON,
        "id": st.integers(0, 4) | JSON,
        "known": st.fixed_dictionaries({}, optional={"code": JSON, "imports": JSON}) | JSON,
    },
)
SOURCES = st.sampled_from([b"", b"\n", b"x = 1\r\ny = 2\rz\n", b"\xff\xfe\x00", b"a\x0cb\n" * 4])


def use(answer: Answer, names: tuple[str, ...]) -> None:
    """Ask an answer for all that a case can ask it for."""
    assert set(answer.changed) <= set(KATA.functions[answer.function].parameters)
    assert type(answer.overwritten) is bool
    assert answer.kind in KINDS
    for ask in (lambda: answer.is_tuple, answer.array, lambda: answer.arrays(names)):
        try:
            got: object = ask()
        except CaseEnded as ended:
            text = ended.message
            assert type(text) is str
            assert text
            text.encode()  # no lone surrogate: it goes into the report
            continue
        for array in got if isinstance(got, list) else [got]:
            assert type(array) in (np.ndarray, bool)
            if isinstance(array, np.ndarray):
                assert array.dtype.char in arrays.DTYPES
                assert array.ndim <= arrays.MAX_NDIM


@pytest.mark.long
@settings(max_examples=600)
@given(st.sampled_from(list(KATA.functions)), REPLY, BUFFERS, st.integers(0, 4))
@example("compute_qkv", {"result": {"kind": "sequence", "items": [[]], "length": 1}}, [], 1)
@example("self_attention", {"result": {"kind": "object", "type": "\ud800"}}, [], 1)
@example("self_attention", {"result": {"kind": "refused", "why": [], "type": {}}}, [], 1)
@example("self_attention", {"changed": [True, 1.0, "0", None, 10**30]}, [], 1)
@example("self_attention", {"result": {"kind": "sequence", "length": 1, "items": [0]}}, [], 1)
def test_answers(function: str, reply: dict[str, Any], buffers: list[bytearray], n: int) -> None:
    """Whatever JSON and buffers a worker answers with, a case gets an array or ends."""
    use(Answer(KATA.functions[function], reply, buffers), ("Q", "K", "V", "W")[:n])


@pytest.mark.long
@settings(max_examples=400)
@given(ERROR | JSON, SOURCES)
@example({"type": "\ud800", "message": "\ud800\x00\x1b[31m\u202e", "line": 1}, b"x\n")
@example({"line": True}, b"x\n")
@example({"line": 10**30, "type": [], "message": {}}, b"x\n")
@example({"attempted": "call your teacher"}, b"x\n")
@example({"attempted": ["open a file"]}, b"x\n")
def test_errors(error: Any, source: bytes) -> None:
    """Whatever a worker says was raised, it becomes a sentence of one line that can be written."""
    for text in (describe_error(error, source), describe_load_error(error, source)):
        assert text
        assert not set(text) & set("\n\r\x00\x1b\u202e")
        assert len(text) < 1200
        text.encode()
        assert "call your teacher" not in text
    for seen in (seen_of(error, source), seen_at_loading(error, source)):
        assert seen.code in ("raised", "refused", "not_python", "ends_program")
        assert seen.line is None or 0 < seen.line <= len(source) + 1
        for fact in (seen.type, seen.said, seen.name, seen.source):
            assert not set(fact) & set("\n\r\x00\x1b\u202e")
            assert len(fact) <= MAX_SAID
            fact.encode()


@pytest.mark.long
@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(list(KATA.functions)), ITEM | JSON) | st.just({}))
@example({"self_attention": {"kind": "function", "required": True, "most": []}})
@example({"self_attention": {"kind": "function", "required": 10**30, "most": -1}})
@example({"self_attention": {"kind": []}})
@example({"self_attention": {"kind": "missing", "where": 3}, "": {"defined": [{"name": "\ud800"}]}})
@example({"self_attention": {"kind": "missing", "where": {"inside": [], "line": 1}}, "": []})
@example({"": {"defined": [{"name": "causal_mask"}, {"name": "masked_attention"}, {"name": []}]}})
@example({"self_attention": {"kind": "function", "required": 9, "most": 9, "names": [[], "\n"]}})
def test_functions(functions: dict[str, Any]) -> None:
    """Whatever a worker says of its functions, they can be called or the case ends."""
    submission = Submission.__new__(Submission)
    submission.code = Units(b"x = 1\n")
    submission.functions = functions
    submission.kata = KATA
    for name in KATA.functions:
        with suppress(CaseEnded):
            submission._check_function(name)
        assert submission.misfit(name) in (
            None,
            "missing",
            "of-another-kata",
            "no-function",
            "signature",
        )


class Nothing:
    """In the place of a process: there is none to end."""

    def kill(self) -> None:
        """Kill nothing."""

    def was_stopped(self) -> bool:
        """Nobody has stopped it."""
        return False

    def end(self, grace: float) -> Ending | None:
        """End nothing, which was ended by nothing else."""
        return None


class Talking:
    """A worker that is only its pipes: what it says is written before it is listened to."""

    def __init__(self, said: bytes, *, printed: bytes = b"") -> None:
        ends = [os.pipe() for _ in range(4)]
        (their_requests, requests), (replies, theirs), (out, their_out), (err, their_err) = ends
        self._theirs = [their_requests, theirs, their_out, their_err]
        os.set_blocking(theirs, False)
        with suppress(BlockingIOError):
            os.write(theirs, said)
        os.write(their_out, printed)
        for descriptor in (theirs, their_out, their_err):
            os.close(descriptor)
            self._theirs.remove(descriptor)
        talk = Talk(Pipes(requests, replies, out, err), 1024, deque())
        self.worker = Worker(Nothing(), talk)

    def close(self) -> None:
        """End the worker and close what is left of its pipes."""
        self.worker.end()
        for descriptor in self._theirs:
            os.close(descriptor)


def frame(header: bytes, *buffers: bytes) -> bytes:
    """Return a frame made by hand."""
    sizes = struct.pack(f"<{len(buffers)}Q", *map(len, buffers))
    return struct.pack("<II", len(header), len(buffers)) + sizes + header + b"".join(buffers)


def replies(headers: list[dict[str, Any]]) -> Iterator[bytes]:
    """Return these headers as frames."""
    for header in headers:
        with suppress(wire.WireError, UnicodeEncodeError):
            yield wire.pack(header)


@pytest.mark.long
@settings(max_examples=300)
@given(
    st.binary(max_size=200)
    | st.lists(REPLY, max_size=3).map(lambda headers: b"".join(replies(headers)))
    | st.binary(max_size=60).map(frame),
    st.binary(max_size=40),
    st.integers(0, 30),
)
@example(wire.pack({"id": 1}), b"", 0)
@example(wire.pack({"id": 1}) * 3, b"printed", 0)
@example(wire.pack({"id": 2}), b"", 0)
@example(wire.pack({"id": True}), b"", 0)
@example(frame(b"[" * 60_000), b"", 0)
@example(frame(b'{"id": 1, "x": ' + b"9" * 5000 + b"}"), b"", 0)
@example(b"\xff" * 16, b"", 0)
def test_replies(said: bytes, printed: bytes, cut: int) -> None:
    """Whatever bytes stand on a worker's pipe, a reply comes out or the worker has died."""
    talking = Talking(said[: len(said) - cut] if cut else said, printed=printed)
    try:
        for request in talking.worker.send([({"function": "f"}, [])], 1):
            header, buffers = talking.worker.receive(request, 1)
            assert header["id"] == request
            assert all(type(buffer) is bytearray for buffer in buffers)
    except (WorkerDied, WorkerTimedOut):
        assert talking.worker.ended
    finally:
        talking.close()


@pytest.mark.long
@settings(max_examples=200)
@given(
    st.lists(REPLY, max_size=4).map(lambda headers: b"".join(replies(headers)))
    | st.binary(max_size=80).map(lambda data: wire.pack({"id": 0}) * 2 + frame(data))
    | st.binary(max_size=80)
)
@example(wire.pack({"id": 0, "limited": True}) + wire.pack({"id": 0}) + wire.pack({"id": 1}))
@example(wire.pack({"id": 0, "fault": "no"}))
@example(wire.pack({"fault": {"a": []}}))
def test_replies_to_loading(said: bytes) -> None:
    """Whatever a worker says while it is locked down, loading ends in a reply or in an error."""
    talking = Talking(said)
    try:
        talking.worker.hand_over({"functions": []}, b"x = 1\n")
        header, _ = talking.worker.loaded(1)
        assert header["id"] == 1
    except (WorkerDied, WorkerTimedOut, GraderFault):
        assert talking.worker.ended
    finally:
        talking.close()


def test_why_a_worker_did_not_come_up() -> None:
    """What started a worker and is gone itself tells why the worker did not come up."""

    class Gone(Nothing):
        def end(self, grace: float) -> Ending | None:
            raise GraderFault("no memory")

    talking = Talking(b"")
    talking.worker._process = Gone()
    try:
        with pytest.raises(NotStarted, match=r"did not come up\. no memory"):
            talking.worker.loaded(1)
        assert talking.worker.ended
    finally:
        talking.close()


@pytest.mark.parametrize("size", [0, 1, 8, wire.MAX_HEADER - 20])
def test_a_whole_frame_is_a_reply(size: int) -> None:
    """A right frame is taken for what it is, or these tests would prove nothing."""
    talking = Talking(wire.pack({"id": 1, "x": "y" * size})[: 60 * 1024])
    whole = size < 60 * 1024
    try:
        (request,) = talking.worker.send([({}, [])], 1)
        if whole:
            assert talking.worker.receive(request, 1)[0]["x"] == "y" * size
        else:
            with pytest.raises(WorkerDied):
                talking.worker.receive(request, 1)
    finally:
        talking.close()
