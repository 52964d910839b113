"""Fuzz the trusted side's parser, guided by coverage, for as long as it is let.

    pip install atheris        # not a dependency of the project
    python tools/fuzz_wire.py [--values] -max_total_time=300 [CORPUS]
    python tools/fuzz_wire.py [--values] --shake=1000000 CORPUS

The other options are libFuzzer's. With `--values` each input is one of plain values, see
`try_values`. `--shake` tries so many inputs that are those of a corpus with random changes; it
does not look at coverage, and so is many times faster.

Without `--values` an input is either the bytes of a worker's reply or a plan by which a reply is
built that gets past the frame's own checks. From either come what a case asks of an answer, and
the sentences for a learner. Nothing but `WireError`, the end of the bytes and `CaseEnded` may come
out; whatever else does stops the run, and libFuzzer writes the input to a file `crash-…`, which
can be given as an argument to see it again.
"""

import json
import random
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import atheris
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

SHAKE = next((argument[8:] for argument in sys.argv if argument.startswith("--shake=")), "")

with nullcontext() if SHAKE else atheris.instrument_imports(include=["grader"]):
    from grader.kata import default_kata
    from grader.learner.answer import Answer
    from grader.learner.endings import CaseEnded
    from grader.learner.load_errors import describe_load_error
    from grader.learner.messages import describe_error
    from grader.learner.outcomes import METHOD, Odd, Returned, Thrown
    from grader.learner.rebuilt import rebuild
    from grader.learner.remote import Handle, LearnerRaised, Remote
    from grader.learner.submission import Submission
    from grader.worker import arrays, values, wire

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


TAGS = [*"ltszdbifnarh"]
LEAVES = [
    *("nan", "inf", "-inf", "00", "-ff", "f" * 40, "\ud800", "", "Stack", ".iterator", ".x"),
    *("<f8", "<f4", ">f2", "|b1", "|u1", "<i4", "|O8", "0000000000000000", "01", "02"),
    *("builtins.ValueError", ".Full", "builtins.SystemExit", "json.decoder.JSONDecodeError"),
    *("numpy.linalg.LinAlgError", "builtins.UnicodeDecodeError", "args", "__class__", "code"),
    *(None, True, False, 0, 1, -1, 2**63 - 1, 2**63, 0.5, -0.0, 1e308, 2**61 - 1),
]
CLASSES = ["Stack", "Node"]


class EndOfBytes(Exception):
    """The input holds no more."""


def main() -> None:
    """Let libFuzzer call `try_input` or `try_values` until it has had enough."""
    judge = try_values if "--values" in sys.argv else try_input
    arguments = [argument for argument in sys.argv if not argument.startswith("--")]
    if SHAKE:
        shake(judge, Path(arguments[1]), int(SHAKE))
        return
    atheris.Setup(arguments, judge)
    atheris.Fuzz()


def shake(judge: Callable[[bytes], None], corpus: Path, count: int) -> None:
    """Judge so many inputs that are those of a corpus with random changes."""
    seeds = [path.read_bytes() for path in sorted(corpus.iterdir())]
    chance = random.Random(1)
    for number in range(count):
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(1, 4)):
            at, kind = chance.randint(0, len(data)), chance.randint(0, 3)
            if kind == 0:
                data[at : at + 1] = bytes([chance.randint(0, 255)])
            elif kind == 1:
                data.insert(at, chance.choice(b'[]",:{}0123456789abltszdifnrh'))
            elif kind == 2:
                del data[at : at + chance.randint(1, 4)]
            else:  # a piece of another
                other = chance.choice(seeds)
                start = chance.randint(0, len(other))
                data[at:at] = other[start : start + chance.randint(1, 24)]
        try:
            judge(bytes(data))
        except BaseException:
            Path("crash-shaken").write_bytes(data)
            raise
        if (number + 1) % 100_000 == 0:
            print(number + 1, flush=True)


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


def try_values(data: bytes) -> None:
    """Judge the reply to a request with plain values: a text as it comes, or one of terms."""
    plan = atheris.FuzzedDataProvider(data)
    header: dict[str, Any] = {plan.PickValueInList(["id", "odd", "method", "missing", "error"]): 1}
    header["changed"] = [plan.ConsumeIntInRange(0, 2) for _ in range(plan.ConsumeIntInRange(0, 2))]
    if "error" in header:
        names = [plan.PickValueInList(LEAVES) for _ in range(3)]
        header["error"] = {"type": names[0], "classes": names, "message": "m", "line": 1}
    elif "odd" in header:
        header["odd"] = {"why": plan.PickValueInList([*values.REASONS, "x", None, []]), "type": "t"}
    elements = plan.ConsumeBytes(plan.ConsumeIntInRange(0, 72))
    if plan.ConsumeBool():
        text = plan.ConsumeBytes(plan.remaining_bytes())
    else:
        terms = [term(plan, 6) for _ in range(plan.ConsumeIntInRange(0, 3))]
        if "error" in header:  # arguments and attributes
            terms = [["l", ["t", *terms], ["d", "code", *terms[:1]]]]
        text = json.dumps(terms).encode()
    judge_values(header, [bytearray(text), bytearray(elements)])


def term(plan: Any, depth: int) -> Any:
    """Build something like the term of a value by a plan."""
    kind = plan.ConsumeIntInRange(0, 7 if depth else 2)
    if kind <= 1:
        return plan.PickValueInList(LEAVES)
    if kind == 2:
        return ["r", plan.ConsumeIntInRange(-1, 4)]
    if kind == 3:
        shape = [plan.ConsumeIntInRange(-1, 4) for _ in range(plan.ConsumeIntInRange(0, 9))]
        return ["a", plan.PickValueInList(LEAVES), shape]
    tag = plan.PickValueInList(TAGS)
    return [tag, *(term(plan, depth - 1) for _ in range(plan.ConsumeIntInRange(0, 4)))]


def judge_values(header: wire.Header, buffers: list[bytearray]) -> None:
    """Take a reply as `Remote` does, and what is in it as a case may."""
    workers = SimpleNamespace(now=None, source=SOURCE)
    submission: Any = SimpleNamespace(workers=workers, exchange=lambda *_: (header, buffers))
    remote = Remote(submission, CLASSES)
    try:
        outcome = remote.ask("call", ["f", 1])
        if isinstance(outcome, Thrown):
            made = rebuild(outcome, {"Full": ValueError})
            assert made is None or isinstance(made, Exception | SystemExit)
            outcome.sentence.encode()
        value = remote.settle("f", outcome)
    except (CaseEnded, LearnerRaised) as ended:
        str(ended)
        return
    assert outcome is METHOD or isinstance(outcome, Returned | Odd)
    if isinstance(outcome, Returned):
        check_plain(value, values.MAX_DEPTH)
        for now in outcome.changed.values():
            check_plain(now, values.MAX_DEPTH)
        values.unpack(values.pack([value], remote._describe), remote._find)
        ascii(value)


def check_plain(value: Any, room: int) -> None:
    """Check that a value is of a plain type throughout, and nested no deeper than it may be."""
    kind = type(value)
    if kind in (list, tuple, set, frozenset, dict):
        assert room > 0
        for member in value:
            check_plain(member, room - 1)
        if kind is dict:
            for member in value.values():
                check_plain(member, room - 1)
    elif kind is np.ndarray or isinstance(value, np.generic):
        assert value.dtype.char in arrays.DTYPES | {"?"}
        assert value.ndim <= arrays.MAX_NDIM
        value.sum()
    else:
        assert value is None or kind in (bool, int, float, str, bytes, Handle), kind


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
        submission.kata = KATA
        submission.functions = functions
        for function in KATA.functions:
            try:
                submission._check_function(function)
            except CaseEnded as ended:
                ended.message.encode()


if __name__ == "__main__":
    main()
