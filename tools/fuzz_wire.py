"""Fuzz the trusted side's parser, guided by coverage, for as long as it is let.

    pip install atheris        # not a dependency of the project
    python tools/fuzz_wire.py -max_total_time=300 [CORPUS]

The options are libFuzzer's. An input is either the bytes of a worker's reply or a plan by
which a reply is built that gets past the frame's own checks. From either come what a case
asks of an answer, and the sentences for a learner. Nothing but `WireError`, the end of the
bytes and `CaseEnded` may come out; whatever else does stops the run, and libFuzzer writes
the input to a file `crash-…`, which can be given as an argument to see it again.
"""

import sys
from pathlib import Path
from typing import Any

import atheris

sys.path.insert(0, str(Path(__file__).parent.parent))

with atheris.instrument_imports(include=["grader"]):
    from grader.kata import default_kata
    from grader.learner.answer import Answer
    from grader.learner.endings import CaseEnded
    from grader.learner.messages import describe_error, describe_load_error
    from grader.learner.submission import Submission
    from grader.worker import arrays, wire

KATA = default_kata()
NAMES = ("Q", "K", "V")
KEYS = """
    result kind array sequence object refused items length tuple type why dtype shape changed
    overwritten error message line attempted functions required most id
""".split()
WORDS = [
    *"array sequence object refused function class value missing async generator".split(),
    *"subclass size dtype NoneType MemoryError SyntaxError SystemExit ValueError".split(),
    *"<f8 <f4 <f2 >f8 <i4 <i8 |i1 |u1 <u2 |b1 |O8 <c16 |V8 <U1 numpy.float64".split(),
    *("open a file", "\ud800", "\x1b[31m", "\u202e"),
]
SOURCE = b"import numpy as np\r\ndef self_attention(Q, K, V):\x0c\n    return V\n\xff"


class EndOfBytes(Exception):
    """The input holds no more."""


def main() -> None:
    """Let libFuzzer call `try_input` until it has had enough."""
    atheris.Setup(sys.argv, try_input)
    atheris.Fuzz()


def try_input(data: bytes) -> None:
    """Judge one input."""
    plan = atheris.FuzzedDataProvider(data)
    if plan.ConsumeBool():
        raw = plan.ConsumeBytes(plan.remaining_bytes())
    else:
        header = {plan.PickValueInList(KEYS): build(plan, 4) for _ in range(4)}
        count = plan.ConsumeIntInRange(0, 3)
        buffers = [plan.ConsumeBytes(plan.ConsumeIntInRange(0, 72)) for _ in range(count)]
        try:
            raw = wire.pack(header, buffers)
        except wire.WireError:
            return
    rest = memoryview(raw)

    def read_exactly(size: int) -> bytearray:
        nonlocal rest
        if size > wire.MAX_PAYLOAD:
            raise AssertionError(f"{size} bytes were asked for")
        if size > len(rest):
            raise EndOfBytes
        piece, rest = bytearray(rest[:size]), rest[size:]
        return piece

    try:
        while rest:
            use(*wire.unpack(read_exactly))
    except (wire.WireError, EndOfBytes):
        pass


def build(plan: Any, depth: int) -> Any:
    """Build a JSON value by a plan."""
    kind = plan.ConsumeIntInRange(0, 8 if depth else 5)
    if kind == 0:
        return plan.PickValueInList([None, True, False])
    if kind == 1:
        return plan.ConsumeIntInRange(-2, 9)
    if kind == 2:
        return plan.ConsumeInt(16)
    if kind == 3:
        return plan.ConsumeRegularFloat()
    if kind == 4:
        return plan.PickValueInList(WORDS)
    if kind == 5:
        return plan.ConsumeUnicode(8)
    if kind == 6:
        return [build(plan, depth - 1) for _ in range(plan.ConsumeIntInRange(0, 5))]
    if kind == 7:  # nearly an array
        return {
            "kind": "array",
            "array": plan.ConsumeIntInRange(-1, 3),
            "dtype": plan.PickValueInList(WORDS),
            "shape": [plan.ConsumeIntInRange(-1, 5) for _ in range(plan.ConsumeIntInRange(0, 9))],
        }
    return {
        plan.PickValueInList(KEYS): build(plan, depth - 1)
        for _ in range(plan.ConsumeIntInRange(0, 6))
    }


def use(header: wire.Header, buffers: list[bytearray]) -> None:
    """Ask of a reply all that the trusted side ever asks."""
    for function in KATA.functions:
        answer = Answer(KATA.functions[function], header, buffers)
        assert set(answer.changed) <= set(KATA.functions[function].parameters)
        assert type(answer.overwritten) is bool
        assert type(answer.kind) is str
        for ask in (lambda a: a.is_tuple, Answer.array, lambda a: a.arrays(NAMES)):
            try:
                got = ask(answer)
            except CaseEnded as ended:
                ended.message.encode()
                continue
            for array in got if isinstance(got, list) else [got]:
                if not isinstance(array, bool):
                    assert array.dtype.char in arrays.DTYPES
                    assert array.ndim <= arrays.MAX_NDIM
                    array.sum()  # touches each element, where it says that they are
    describe_error(header.get("error"), SOURCE).encode()
    describe_load_error(header.get("error"), SOURCE).encode()
    functions = header.get("functions")
    if isinstance(functions, dict):
        submission = Submission.__new__(Submission)
        submission._functions = functions
        for function in KATA.functions:
            try:
                submission._check_function(function)
            except CaseEnded as ended:
                ended.message.encode()


if __name__ == "__main__":
    main()
