"""Any plain value and any object of the learner's, asked for in a real jail."""

import math
import operator
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.jail import Jail, Limits
from grader.kata import default_kata
from grader.learner.endings import CaseEnded, Crashed, Failed, NotRun, TimedOut
from grader.learner.outcomes import METHOD, Odd, Returned, Thrown, odd_value
from grader.learner.rebuilt import rebuild
from grader.learner.remote import (
    Handle,
    LearnerRaised,
    NotSendable,
    Remote,
    write_back,
)
from grader.learner.submission import Submission
from grader.report.seen import Seen
from grader.worker import values
from grader.worker.objects import FUNCTION, ITERABLE, ITERATOR

Open = Callable[..., Remote]


@pytest.fixture
def open_remote(jails: Callable[[Limits], Jail]) -> Iterator[Open]:
    """Load a source in a worker, to be asked for anything."""
    opened = []

    def load(source: str, *classes: str, **limits: Any) -> Remote:
        chosen = Limits(**{"call_seconds": 20, "submission_seconds": 60, **limits})
        submission = Submission(jails(chosen), source.encode(), default_kata())
        opened.append(submission)
        submission.load()
        return Remote(submission, classes)

    yield load
    for submission in opened:
        submission.end()


PLAIN: list[Any] = [
    *(None, True, 0, -(2**64), 1.5, math.inf, "", "\u00e9\ud800", b"\x00\xff"),
    *([], (), {}, set(), frozenset({1}), [1, (2, [3, {"a": {4.5}}])]),
    {("a", 1): [None], 2: {"x": b"y"}},
]
ARRAYS = [
    *(np.zeros(()), np.zeros(0), np.arange(3), np.arange(6.0)[::2], np.array([True, False])),
    *(np.arange(24, dtype="f").reshape(2, 3, 4), np.ones((1, 2, 3, 4)).T, np.zeros((0, 2))),
]
NUMBERS = [np.float64(1.5), np.float32(0.5), np.int64(-3), np.uint8(200), np.bool_(True)]


@pytest.fixture(scope="module")
def echo(jails: Callable[[Limits], Jail]) -> Iterator[Remote]:
    """A function that returns what it is given, and one that says what that is."""
    source = (
        "def echo(value): return value\n"
        "def name(value): return type(value).__module__ + '.' + type(value).__qualname__\n"
        "def same(a, b): return a is b\n"
        "def multi_head_attention(Q, K, V, n_heads): return Q\n"
        "def take(a, b=2, *rest, c, d=4, **more): return a, b, rest, c, d, more\n"
    )
    submission = Submission(
        jails(Limits(call_seconds=20, submission_seconds=60)), source.encode(), default_kata()
    )
    submission.load()
    yield Remote(submission)
    submission.end()


@pytest.mark.parametrize("value", PLAIN, ids=ascii)
def test_plain_values_go_there_and_back(echo: Remote, value: Any) -> None:
    """Each plain value is one for the learner's code, and comes back as it was."""
    assert echo.call("echo", [value]) == value
    assert type(echo.call("echo", [value])) is type(value)
    assert echo.call("name", [value]) == f"builtins.{type(value).__name__}"


@pytest.mark.parametrize("value", [*ARRAYS, *NUMBERS], ids=lambda v: f"{v.dtype}{v.shape}")
def test_arrays_go_there_and_back(echo: Remote, value: Any) -> None:
    """Arrays of any dimension and NumPy's scalars come back with dtype, shape and elements."""
    got = echo.call("echo", [[value]])[0]
    assert type(got) is type(value)
    assert got.dtype == value.dtype
    np.testing.assert_array_equal(got, value, strict=True)
    assert echo.call("name", [value]) == f"numpy.{type(value).__name__}"


@pytest.mark.parametrize("layout", ["fortran", "strided", "read-only"])
@pytest.mark.parametrize("value", ARRAYS, ids=lambda v: str(v.shape))
def test_arrays_of_any_dimension_can_be_laid_out(echo: Remote, value: Any, layout: str) -> None:
    """An array of any dimension has its elements, however it lies in memory."""
    outcome = echo.ask("call", ["echo", value], layout=layout)
    assert isinstance(outcome, Returned)
    np.testing.assert_array_equal(outcome.value, value, strict=True)
    assert not outcome.changed


def test_keyword_arguments_and_defaults(echo: Remote) -> None:
    """Arguments by position and by keyword arrive as such, and what is left out has its default."""
    assert echo.call("take", [1], {"c": 3}) == (1, 2, (), 3, 4, {})
    assert echo.call("take", [1, 5, 6], {"d": [7], "c": 3, "name": 8}) == (
        *(1, 5, (6,), 3, [7]),
        {"name": 8},
    )


def test_what_is_passed_twice_is_one_object(echo: Remote) -> None:
    """An argument that is passed twice is one object for the learner's code."""
    value, array = [1], np.ones(2)
    assert echo.call("same", [value, value]) is True
    assert echo.call("same", [array], {"b": array}) is True
    assert echo.call("same", [value, [1]]) is False
    first, second = echo.call("echo", [[value, value]])
    assert first is second


@pytest.mark.parametrize(
    "value", [lambda: 0, object(), (x for x in [1]), default_kata(), [print], {"f": len}, Failed]
)
def test_what_a_case_may_not_pass(echo: Remote, value: Any) -> None:
    """A closure, a generator or an object of ours never reaches the learner's code."""
    with pytest.raises(NotSendable, match="passes to echo an object that is no plain value"):
        echo.call("echo", [value])


STACK = """
class Full(ValueError):
    def __init__(self, size, why="full"):
        super().__init__(size, why)
        self.size = size
        self.stack = object()


class Stack:
    LIMIT = 3

    def __init__(self, items=(), *, limit=None):
        self.items = list(items)
        self.limit = limit or self.LIMIT

    @classmethod
    def of(cls, *items):
        return cls(items)

    def push(self, item):
        if len(self.items) >= self.limit:
            raise Full(len(self.items))
        self.items.append(item)
        return self

    def pop(self):
        return self.items.pop()

    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
    def __contains__(self, item): return item in self.items
    def __eq__(self, other): return isinstance(other, Stack) and self.items == other.items
    def __getitem__(self, at): return self.items[at]
    def __setitem__(self, at, item): self.items[at] = item
    def __delitem__(self, at): del self.items[at]
    def __call__(self, x, *, y=1): return x + y
    def __repr__(self): return f"Stack({self.items!r})"
    def __add__(self, other): return Stack([*self.items, *other.items])
    def __radd__(self, other): return other + len(self.items)
    def __enter__(self): return self
    def __exit__(self, *error): self.items.clear()


def longest(stacks): return max(stacks, key=len)
def count(n):
    for i in range(n):
        yield i
    raise KeyError("end")
def adder(n): return lambda x: x + n
SIZE = [3, 4]
"""


def test_objects_stay_in_the_worker(open_remote: Open) -> None:
    """An object of a class of the kata is asked for what it does, and is the same each time."""
    remote = open_remote(STACK, "Stack")
    stack = remote.call("Stack", [[1]], {"limit": 2})
    assert isinstance(stack, Handle)
    assert stack._at.kind == "Stack"
    assert remote.method(stack, "push", [2]) is stack
    assert remote.operate("len", stack) == 2
    assert remote.operate("contains", stack, 2) is True
    assert remote.operate("getitem", stack, 0) == 1
    remote.operate("setitem", stack, 0, {"x": 5})
    assert remote.attribute(stack, "items") == [{"x": 5}, 2]
    remote.operate("delitem", stack, 0)
    assert remote.operate("list", stack) == [2]
    assert remote.attribute(stack, "push") is METHOD
    assert remote.attribute(stack, "limit") == 2
    remote.operate("set_attribute", stack, "limit", 9)
    assert remote.attribute(stack, "limit") == 9
    assert remote.operate("apply", stack, 1) == 2
    assert remote.settle("", remote.ask("apply", [stack, 1], {"y": 5})) == 6
    assert remote.operate("repr", stack) == "Stack([2])"
    assert remote.operate("bool", stack) is True
    other = remote.call("Stack.of", [2])
    assert other is not stack
    assert remote.operate("eq", stack, other) is True
    assert remote.operate("list", remote.operate("add", stack, other)) == [2, 2]
    assert remote.operate("add", 10, stack) == 11
    assert remote.call("longest", [[stack, remote.call("Stack"), other]]) is stack
    assert remote.method(stack, "__enter__") is stack
    assert remote.method(stack, "__exit__", [None, None, None]) is None
    assert remote.operate("len", stack) == 0
    assert remote.get("SIZE") == [3, 4]
    assert remote.get("Stack.LIMIT") == 3
    assert remote.get("Stack") is METHOD
    with pytest.raises(LearnerRaised) as caught:
        remote.operate("hash", stack)
    assert caught.value.thrown.type == "TypeError"


def test_iterators_and_functions_stay_too(open_remote: Open) -> None:
    """What Python makes of a yield, of a lambda or of a call of iter can be asked on."""
    remote = open_remote(
        STACK + "def keys(): return {1: 2}.keys()\ndef endless(): return iter(int, 1)\n", "Stack"
    )
    counting = remote.call("count", [2])
    assert counting._at.kind == ITERATOR
    assert [remote.operate("next", counting) for _ in range(2)] == [0, 1]
    with pytest.raises(LearnerRaised, match="end"):
        remote.operate("next", counting)
    each = remote.operate("iter", remote.call("Stack", ["ab"]))
    assert [remote.operate("next", each) for _ in range(2)] == ["a", "b"]
    with pytest.raises(LearnerRaised) as caught:
        remote.operate("next", each)
    assert caught.value.thrown.classes[0] == "builtins.StopIteration"
    add = remote.call("adder", [3])
    assert add._at.kind == FUNCTION
    assert remote.operate("apply", add, 4) == 7
    endless = remote.call("endless")
    with pytest.raises(Failed, match="more than any case asks for"):
        remote.operate("list", endless)
    keys = remote.call("keys")
    assert keys._at.kind == ITERABLE
    assert remote.operate("list", keys) == [1]


def test_operations_are_python_s() -> None:
    """Each operation that Python has a symbol for is one that can be asked for."""
    from grader.worker.operations import OPERATIONS

    for name in ("eq", "lt", "add", "matmul", "iadd", "contains", "neg", "pow"):
        assert OPERATIONS[name] is getattr(operator, name)


def thrown_by(remote: Remote, name: str, *args: Any) -> Thrown:
    """Return what a call throws."""
    outcome = remote.ask("call", [name, *args])
    assert isinstance(outcome, Thrown)
    return outcome


def test_exceptions_are_told_as_facts(open_remote: Open) -> None:
    """What is raised is told by its class, what that stands on, its arguments and its line."""
    source = STACK + (
        "def fail():\n"
        "    raise KeyError('a', 2)\n"
        "def odd():\n"
        "    raise OverflowError(object())\n"
        "def fill():\n"
        "    Stack.of(1, 2, 3).push(4)\n"
        "def json_():\n"
        "    import json; json.loads('{')\n"
        "def singular():\n"
        "    import numpy as np; np.linalg.inv(np.zeros((2, 2)))\n"
    )
    remote = open_remote(source, "Stack")
    thrown = thrown_by(remote, "fail")
    assert (thrown.type, thrown.args) == ("KeyError", ("a", 2))
    assert thrown.classes[:2] == ("builtins.KeyError", "builtins.LookupError")
    assert source.splitlines()[(thrown.line or 0) - 1] == "    raise KeyError('a', 2)"
    assert thrown.seen == Seen(
        *("raised", "KeyError", "('a', 2)"),
        line=thrown.line,
        source="raise KeyError('a', 2)",
    )
    assert thrown.sentence.startswith("raised KeyError: ('a', 2) (line ")
    assert thrown_by(remote, "odd").args is None
    full = thrown_by(remote, "fill")
    assert full.classes[:2] == (".Full", "builtins.ValueError")
    assert full.args == (3, "full")
    assert full.attributes == {"size": 3}
    assert thrown_by(remote, "json_").classes[0] == "json.decoder.JSONDecodeError"
    assert thrown_by(remote, "singular").classes[0] == "numpy.linalg.LinAlgError"
    missing = thrown_by(remote, "fail", 1)
    assert missing.type == "TypeError"
    assert "fail() takes 0 positional arguments" in missing.message


class Full(Exception):
    """As the solution may have it."""

    def __init__(self, size: int) -> None:
        raise AssertionError("this must not be run")


def thrown(*classes: str, args: Any = ("x",), **attributes: Any) -> Thrown:
    """Return what a worker may say was thrown."""
    return Thrown("T", classes, args, attributes, "the message", 1, "raised T.", Seen("raised"))


@pytest.mark.parametrize(
    ("facts", "want"),
    [
        (thrown("builtins.KeyError", args=("a", 2)), KeyError("a", 2)),
        (thrown(".Unknown", "builtins.ValueError"), ValueError("x")),
        (thrown("builtins.ValueError", args=None), ValueError("the message")),
        (thrown("builtins.UnicodeDecodeError"), UnicodeError("x")),
        (thrown("numpy.linalg.LinAlgError"), np.linalg.LinAlgError("x")),
        (thrown("unittest.case.SkipTest", "builtins.Exception"), Exception("x")),
        (thrown("os.system", "builtins.print", "builtins.Exception"), Exception("x")),
        (thrown("builtins.SystemExit", args=(3,)), SystemExit(3)),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_exceptions_are_made_anew(facts: Thrown, want: BaseException) -> None:
    """An exception arrives as one of the nearest class that a case may catch."""
    made = rebuild(facts)
    assert type(made) is type(want) or isinstance(made, type(want))
    assert made is not None
    assert made.args == want.args


def test_own_exceptions_are_made_anew() -> None:
    """An exception class of the solution has the arguments and attributes that are told."""
    facts = thrown(".Full", "builtins.Exception", size=3, __class__=1, __traceback__=None)
    made = rebuild(facts, {"Full": Full})
    assert isinstance(made, Full)
    assert made.args == ("x",)
    assert vars(made) == {"size": 3}


@pytest.mark.parametrize("name", ["KeyboardInterrupt", "GeneratorExit", "BaseException", "print"])
def test_what_no_case_may_catch(name: str) -> None:
    """What ends more than a case is never raised on the trusted side."""
    assert rebuild(thrown(f"builtins.{name}", "builtins.BaseException")) is None


@pytest.mark.parametrize(
    ("expression", "why", "says"),
    [
        ("object()", "object", "f returned an object of type object, but it should be a plain"),
        ("Stack()", "object", "an object of type Stack"),
        ("1j", "object", "complex"),
        ("type('L', (list,), {})([1])", "subclass", "type L, but it should be a plain value, not"),
        ("np.array([1j])", "dtype", "an array of dtype complex128, but it should be one of real"),
        ("np.zeros(1 << 21)", "size", "more than any case asks for"),
        ("'x' * (9 << 20)", "size", "more than any case asks for"),
        ("1 << 20_000", "digits", "an int that is longer"),
        ("a", "depth", "nested in more than 8 levels, or contains itself"),
    ],
)
def test_what_does_not_come_back(open_remote: Open, expression: str, why: str, says: str) -> None:
    """What is no plain value ends the case with a sentence that says what it is."""
    source = f"{STACK}import numpy as np\na = []\na.append(a)\ndef f(): return {expression}\n"
    remote = open_remote(source)
    outcome = remote.ask("call", ["f"])
    assert isinstance(outcome, Odd)
    assert outcome.why == why
    with pytest.raises(Failed) as caught:
        remote.settle("f", outcome)
    assert says in caught.value.message
    assert isinstance(remote.ask("call", ["f"]), Odd)


CHANGES = """
import numpy as np
last = np.zeros(3)

def sort(items, table=None, grid=None):
    items.sort()
    if table is not None:
        table["x"] = items
    if grid is not None:
        grid *= 2
def spoil(items): items.append(object())
def again():
    last[:] += 1
    return last
"""


def test_changed_arguments_are_told_and_not_written(open_remote: Open) -> None:
    """What the learner's code writes to its arguments is told; a case decides what it does."""
    remote = open_remote(CHANGES)
    items, table, grid = [3, 1], {"y": 1}, np.ones((2, 2))
    outcome = remote.ask("call", ["sort", items, table], {"grid": grid})
    assert isinstance(outcome, Returned)
    assert list(outcome.changed) == [1, 2, 3]
    assert (items, table, grid.sum()) == ([3, 1], {"y": 1}, 4)
    for operand, now in zip((items, table, grid), outcome.changed.values(), strict=True):
        write_back(operand, now)
    assert (items, table, grid.sum()) == ([1, 3], {"y": 1, "x": [1, 3]}, 8)
    outcome = remote.ask("call", ["sort", (2, 1)])
    assert isinstance(outcome, Thrown)
    outcome = remote.ask("call", ["sort", [1, 2]])
    assert isinstance(outcome, Returned)
    assert not outcome.changed
    outcome = remote.ask("call", ["spoil", []])
    assert outcome == Odd("object", "object", True)


def test_an_earlier_answer_that_changes_is_told(open_remote: Open) -> None:
    """A function that writes to what it has returned before is found out."""
    remote = open_remote(CHANGES)
    outcomes = [remote.ask("call", ["again"]) for _ in range(2)]
    assert [o.overwritten for o in outcomes if isinstance(o, Returned)] == [False, True]


def test_what_is_missing(open_remote: Open) -> None:
    """A name that the file does not have ends the case with a sentence."""
    remote = open_remote("x = 1\n", "Stack")
    with pytest.raises(Failed, match="no class Stack in your file"):
        remote.call("Stack", [1])
    with pytest.raises(LearnerRaised, match="no attribute"):
        remote.get("x.y")


@pytest.mark.long
def test_an_object_whose_process_has_ended(open_remote: Open) -> None:
    """A handle outlives its worker as something that can no longer be asked."""
    source = (
        "class A: pass\ndef hang():\n    while True: pass\ndef die():\n    import os; os._exit(1)\n"
    )
    remote = open_remote(source, "A", call_seconds=3)
    handle = remote.call("A")
    with pytest.raises(Crashed):
        remote.call("die")
    with pytest.raises(NotRun, match="The process that held this A has ended"):
        remote.attribute(handle, "x")
    assert isinstance(remote.call("A"), Handle)
    with pytest.raises(TimedOut):
        remote.call("hang")


def test_arrays_and_values_can_be_asked_for_in_turn(open_remote: Open) -> None:
    """The calls of the attention kata and those of any other go to the same worker."""
    source = "seen = []\ndef self_attention(Q, K, V):\n    seen.append(1)\n    return Q\n"
    remote = open_remote(source + "def count(): return len(seen)\n")
    one = np.ones((2, 2))
    submission: Any = remote._submission
    assert submission.self_attention(one, one, one).array().sum() == 4
    assert remote.call("count") == 1
    assert submission.self_attention(one, one, one).array().sum() == 4
    assert remote.call("count") == 2


@pytest.mark.parametrize("layout", ["plain", "fortran", "strided", "read-only", "refilled"])
def test_calls_by_name_pass_arrays_of_any_dimension(echo: Remote, layout: str) -> None:
    """A function that is called by its name is passed arrays of any dimension in each layout."""
    submission: Any = echo._submission
    for value in (np.ones(()), np.arange(3.0), np.ones((2, 3, 4)), np.ones((0, 2))):
        got = submission.call("multi_head_attention", value, value, value, 1, layout=layout).array()
        np.testing.assert_array_equal(got, value, strict=True)


REPLIES = st.dictionaries(
    st.sampled_from(["odd", "error", "missing", "method", "changed", "overwritten"]),
    st.none()
    | st.booleans()
    | st.lists(st.integers(-1, 3) | st.text(max_size=1), max_size=3)
    | st.dictionaries(
        st.sampled_from(["why", "type", "argument", "classes", "message", "line", "attempted"]),
        st.none()
        | st.integers(-1, 9)
        | st.text(st.characters(codec=None), max_size=4)
        | st.lists(st.text(max_size=3) | st.integers(), max_size=3)
        | st.sampled_from([*values.REASONS, "builtins.ValueError"]),
    ),
)
TEXTS = st.binary(max_size=8) | st.sampled_from(
    [
        *(b"[]", b"[1]", b"[1,2]", b"[1,2,3]", b"[null]", b'[["l",1]]', b'[["h","A",1]]'),
        *(b'[["l",["t",1],["d","a",2]]]', b'[["l",null,["d",1,2]]]'),
        *(b'[["h",".iterator",1]]', b'[["h","B",1]]', b'[["h","A",-1]]'),
    ]
)


@pytest.mark.long
@settings(max_examples=1000)
@given(REPLIES, st.lists(TEXTS | st.just(b""), max_size=3))
@example({"changed": []}, [b"[1]", b""])
@example({"changed": [], "error": {"line": 10**30}}, [b'[["l",["t",1],["d","a",2]]]', b""])
def test_any_reply(header: dict[str, Any], buffers: list[bytes]) -> None:
    """Whatever a worker replies, it is one of the outcomes or ends the case."""
    reply = (header, [bytearray(buffer) for buffer in buffers])
    workers = SimpleNamespace(now=None, source=b"x = 1\n")
    submission: Any = SimpleNamespace(workers=workers, exchange=lambda *_: reply)
    remote = Remote(submission, ["A"])
    try:
        outcome = remote.ask("call", ["f", [1]])
    except CaseEnded as ended:
        ended.message.encode()
        return
    assert isinstance(outcome, Returned | Thrown | Odd) or outcome is METHOD
    if isinstance(outcome, Thrown):
        outcome.sentence.encode()
        made = rebuild(outcome)
        assert made is None or isinstance(made, Exception)
    elif isinstance(outcome, Odd):
        odd_value("f", outcome).message.encode()
    elif isinstance(outcome, Returned):
        assert set(outcome.changed) <= {0, 1}
        assert type(outcome.overwritten) is bool


@pytest.mark.parametrize(
    "trick",
    [
        "values.pack = lambda *a: [b'[[1]]', b'']",
        "values.pack = lambda *a: [b'[' * 1000, b'']",
        "values.pack = lambda *a: [b'[[\"h\",\"A\",1]]', b'']",
        "values.pack = lambda *a: []",
        "values.pack = lambda *a: [b'[1,2]', b'']",
        "values.pack = lambda *a: [b'[1]', bytes(11 << 20)]",
    ],
)
def test_a_worker_that_lies(open_remote: Open, trick: str) -> None:
    """A reply that is none ends the case as the learner's doing."""
    source = f"import sys\nvalues = sys.modules['worker.values']\ndef f():\n    {trick}\n"
    remote = open_remote(source)
    with pytest.raises(CaseEnded) as caught:
        remote.call("f")
    assert caught.value.outcome == "crashed"


def test_many_keys_of_one_hash(open_remote: Open) -> None:
    """A set that was made to be slow is refused before it is made."""
    source = (
        "import sys\nvalues = sys.modules['worker.values']\n"
        "def f():\n"
        "    terms = ','.join('[\"i\",\"%x\"]' % (k * (2**61 - 1)) for k in range(8, 19_000))\n"
        "    values.pack = lambda *a: [b'[[\"s\",' + terms.encode() + b']]', b'']\n"
    )
    with pytest.raises(Crashed):
        open_remote(source).call("f")
