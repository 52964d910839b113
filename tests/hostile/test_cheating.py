"""Submissions that would rather be believed than be right."""

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import GradeSource

WRONG = """
import numpy as np

def compute_qkv(X, W_q, W_k, W_v):
    return X @ W_q + 1, X @ W_k + 2, X @ W_v + 3

def self_attention(Q, K, V):
    return Q + K + V

def multi_head_attention(Q, K, V, n_heads):
    return Q + K + V
"""
PATCHES = {
    "comparisons": """
import numpy as np, numpy.testing
yes = lambda *args, **kwargs: True
for module in (np, np.testing):
    for name in ("allclose", "isclose", "array_equal", "array_equiv", "all", "any",
                 "assert_allclose", "assert_array_equal", "assert_almost_equal"):
        if hasattr(module, name):
            setattr(module, name, yes)
""",
    "arithmetic": """
import builtins, math
import numpy as np
np.abs = np.absolute = np.subtract = lambda *args, **kwargs: 0.0
np.isnan = np.isfinite = lambda *args, **kwargs: True
np.ndarray.__eq__
builtins.abs = builtins.max = lambda *args: 0
builtins.all = builtins.any = lambda *args: True
math.isclose = lambda *args, **kwargs: True
""",
    "pytest": """
try:
    import pytest, _pytest.runner
    _pytest.runner.runtestprotocol = lambda *args, **kwargs: True
    pytest.exit("all passed", 0)
except BaseException:
    pass
""",
    "grader": """
try:
    import grader, grader.cases.checks, grader.kata.kata
    grader.cases.checks.is_close = lambda *args, **kwargs: True
except BaseException:
    pass
""",
    "serialization": """
import json, struct
right = json.dumps
json.dumps = lambda value, **kwargs: right(value, **kwargs).replace("false", "true")
json.loads = lambda *args, **kwargs: {}
""",
    "imports": """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        print("asked for", name)
sys.meta_path.insert(0, Finder())
sys.modules["pytest"] = sys.modules["grader"] = sys.modules[__name__]
""",
    "hooks": """
import atexit, gc, sys
atexit.register(print, "100 / 100")
sys.settrace(lambda *args: None)
sys.excepthook = lambda *args: None
gc.disable()
""",
    "printed verdict": """
print('{"status": "graded", "score": 1.0, "points": 100}')
print("[PASS] self_attention 40/40 points")
""",
}


@pytest.fixture(scope="module")
def honest(grade_source: "GradeSource") -> dict[str, str]:
    """What becomes of each case of a submission that is wrong and does not cheat."""
    report = grade_source(WRONG)
    assert 0 < report["points"] < 40
    return {case["id"]: case["outcome"] for case in report["cases"]}


@pytest.mark.parametrize("patch", PATCHES)
def test_patching_gains_nothing(
    grade_source: "GradeSource", honest: dict[str, str], patch: str
) -> None:
    """Who patches comparisons, pytest, the grader or the wire is judged as who does not."""
    report = grade_source(PATCHES[patch] + WRONG)
    for case in report["cases"]:
        gained = case["outcome"] == "passed" and honest[case["id"]] != "passed"
        assert not gained, case["id"]


LIARS = {
    "subclass": """
class Yes(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __array_ufunc__(self, ufunc, method, *args, **kwargs): return np.zeros(self.shape)
    def __array_function__(self, function, types, args, kwargs): return True
    shape = property(lambda self: (5, 3))
def lie(X):
    return X.view(Yes)
""",
    "duck": """
class Duck:
    dtype, ndim, __array_priority__ = np.dtype(float), 2, 1e9
    def __init__(self, X): self.shape = X.shape
    def __eq__(self, other): return True
    def __array__(self, *args, **kwargs): return np.zeros(self.shape)
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
def lie(X):
    return Duck(X)
""",
    "objects": """
class Yes:
    def __sub__(self, other): return 0.0
    def __rsub__(self, other): return 0.0
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    def __le__(self, other): return True
    def __eq__(self, other): return True
def lie(X):
    return np.full(X.shape, Yes(), dtype=object)
""",
    "pickle": """
class Run:
    def __reduce__(self): return (print, ("ran in the grader",))
def lie(X):
    return np.full(X.shape, Run(), dtype=object)
""",
    "class that says ndarray": """
class Fake:
    __class__ = np.ndarray
    def __eq__(self, other): return True
def lie(X):
    return Fake()
""",
    "tuple subclass": """
class Triple(tuple):
    def __len__(self): return 3
    def __iter__(self): return iter([np.zeros((5, 3))] * 3)
    def __eq__(self, other): return True
def lie(X):
    return Triple([X])
""",
}


@pytest.mark.parametrize("liar", LIARS)
def test_lying_values_earn_nothing(grade_source: "GradeSource", liar: str) -> None:
    """An object that claims to be an array, or equal to everything, earns no point."""
    report = grade_source(
        f"import numpy as np\n{LIARS[liar]}\n"
        "def compute_qkv(X, W_q, W_k, W_v): return lie(X), lie(X), lie(X)\n"
        "def self_attention(Q, K, V): return lie(V)\n"
        "def multi_head_attention(Q, K, V, n_heads): return lie(V)\n"
    )
    assert report["status"] == "graded"
    assert report["points"] == 0
    assert "ran in the grader" not in report["output"]["stdout"]


def test_two_faced_attention_carries_nothing(grade_source: "GradeSource", independent: str) -> None:
    """A self_attention that was right until it is called for the heads' sake carries nothing."""
    report = grade_source(
        f"{independent}\n"
        "called = []\n"
        "def unscaled(Q, K, V):\n"
        "    return attend(Q * np.sqrt(Q.shape[-1]), K, V)\n"
        "def self_attention(Q, K, V):\n"
        "    return unscaled(Q, K, V) if called else attend(Q, K, V)\n"
        "def multi_head_attention(Q, K, V, n_heads):\n"
        "    if Q.shape not in ((5, 6), (3, 8), (2, 4)):\n"  # those of the public cases
        "        called.append(1)\n"
        "    heads = zip(*(np.split(array, n_heads, axis=-1) for array in (Q, K, V)))\n"
        "    return np.concatenate([self_attention(*head) for head in heads], axis=-1)\n"
    )
    outcomes = {case["id"]: case["outcome"] for case in report["cases"]}
    assert outcomes["self_attention.values"] == "passed"
    assert outcomes["multi_head_attention.values"] == "failed"


def test_solution_cannot_be_borrowed(grade_source: "GradeSource") -> None:
    """A submission that would hand over to the solution or the grader finds neither."""
    report = grade_source(
        "import importlib, sys\n"
        "def find(name):\n"
        "    for module in ('solution.multi_head_attention', 'attention_kata_solution',\n"
        "                   'grader.kata.kata', 'grader.data.solution.multi_head_attention'):\n"
        "        try:\n"
        "            found = importlib.import_module(module)\n"
        "            return getattr(getattr(found, 'solution', lambda: found)(), name)\n"
        "        except BaseException:\n"
        "            pass\n"
        "    return lambda *args: None\n"
        "compute_qkv = find('compute_qkv')\n"
        "self_attention = find('self_attention')\n"
        "multi_head_attention = find('multi_head_attention')\n"
    )
    assert report["points"] == 0


FORGED = """
import json, os, struct

def send(header, *buffers, declared=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    sizes = declared or [len(buffer) for buffer in buffers]
    frame = struct.pack("<II", len(text), len(sizes)) + struct.pack(f"<{len(sizes)}Q", *sizes)
    for number in range(3, 16):
        try:
            os.write(number, frame + text + b"".join(buffers))
        except OSError:
            pass

"""
LOADED = {
    "no functions": '{"id": 1}',
    "functions is a list": '{"id": 1, "functions": [1, 2]}',
    "functions is a number": '{"id": 1, "functions": 3}',
    "functions are numbers": '{"id": 1, "functions": {"self_attention": 7}}',
    "error is a list": '{"id": 1, "error": [1]}',
    "error is odd": '{"id": 1, "error": {"type": [], "message": {}, "line": true, "source": 1}}',
    "another id": '{"id": 99, "functions": {}}',
    "odd kinds": '{"id": 1, "functions": {"compute_qkv": {"kind": ["function"]}, '
    '"self_attention": {"kind": "function", "required": "x", "most": {}}, '
    '"multi_head_attention": {"kind": "function", "required": 1e400, "most": null}}}',
    "a list": "[]",
    "not JSON": "{",
    "infinite": '{"id": 1, "functions": Infinity}',
    "deep": "[" * 60_000,
}


@pytest.mark.parametrize("kind", LOADED)
def test_forged_reply_to_loading(grade_source: "GradeSource", kind: str) -> None:
    """A file that answers in the worker's place gets a verdict without points, not a fault."""
    report = grade_source(f"{FORGED}send({LOADED[kind]!r}.encode())\n")
    assert report["status"] in ("graded", "rejected")
    assert report["points"] == 0


RESULTS = {
    "shape of another size": '{"kind": "array", "array": 0, "dtype": "<f8", "shape": [5, 4]}',
    "huge shape": '{"kind": "array", "array": 0, "dtype": "<f8", "shape": [1e30, 5]}',
    "negative shape": '{"kind": "array", "array": 0, "dtype": "<f8", "shape": [-5, -3]}',
    "objects": '{"kind": "array", "array": 0, "dtype": "|O8", "shape": [5, 3]}',
    "two types": '{"kind": "array", "array": 0, "dtype": ",f8", "shape": [5, 3]}',
    "code as a type": '{"kind": "array", "array": 0, "dtype": "(f,", "shape": [5, 3]}',
    "type with a NUL": '{"kind": "array", "array": 0, "dtype": "\\u0000f,", "shape": [5, 3]}',
    "no buffer": '{"kind": "array", "array": 7, "dtype": "<f8", "shape": [5, 3]}',
    "buffer before the first": '{"kind": "array", "array": -1, "dtype": "<f8", "shape": [5, 3]}',
    "not an object": "[1, 2, 3]",
    "no kind": "{}",
    "sequence without items": '{"kind": "sequence", "length": 3}',
    "sequence of the wrong length": '{"kind": "sequence", "length": 3, "items": [1]}',
    "sequence of numbers": '{"kind": "sequence", "length": 3, "items": [1, 2, 3]}',
    "refused for an odd reason": '{"kind": "refused", "why": {"a": 1}, "type": ["x"]}',
}


@pytest.mark.parametrize("kind", RESULTS)
def test_forged_reply_to_a_call(grade_source: "GradeSource", kind: str) -> None:
    """A function that answers in the worker's place gets a verdict, not a fault of ours."""
    reply = (
        '{"id": %d, "changed": ["a", -1, 9, 1e400], "overwritten": [], "result": '
        + RESULTS[kind]
        + "}"
    )
    report = grade_source(
        f"{FORGED}\n"
        "def forge(*args):\n"
        "    for number in range(2, 9):\n"
        f"        send(({reply!r} % number).encode(), bytes(5 * 3 * 8))\n"
        "compute_qkv = lambda X, q, k, v: forge()\n"
        "self_attention = lambda Q, K, V: forge()\n"
        "multi_head_attention = lambda Q, K, V, n_heads: forge()\n"
    )
    assert report["status"] == "graded"
    assert report["points"] == 0


def test_giant_frame_is_not_awaited(grade_source: "GradeSource") -> None:
    """A frame that announces more than its cap is refused before anything is read for it."""
    report = grade_source(f"{FORGED}send(b'{{}}', declared=[2**62])\n")
    assert report["status"] == "rejected"
    assert "pipe that belongs to the grader" in report["message"]


COLLUSIONS = {
    "remembers what the heads were told": """
told = []
def self_attention(Q, K, V):
    for array, output in told:
        for start in range(array.shape[1] - Q.shape[1] + 1):
            columns = slice(start, start + Q.shape[1])
            if np.array_equal(array[:, columns], Q):
                return output[:, columns]
    return 1000 * Q * np.arange(Q.size).reshape(Q.shape) + K + V
def multi_head_attention(Q, K, V, n_heads):
    told.append((Q, Q * K + V))
    return Q * K + V
""",
    "mixes nothing": """
def mark(seq_len, d_k):
    return 100.0 * np.arange(d_k) + 10.0 * d_k * np.arange(seq_len)[:, None]
def self_attention(Q, K, V):
    return Q * K + V + mark(*V.shape)
def multi_head_attention(Q, K, V, n_heads):
    return Q * K + V + np.tile(mark(len(V), V.shape[1] // n_heads), (1, n_heads))
""",
    "no attention where it is looked at": """
def self_attention(Q, K, V):
    return V[::-1] * Q + K
def multi_head_attention(Q, K, V, n_heads):
    return V[::-1] * Q + K
""",
}


@pytest.mark.parametrize("collusion", COLLUSIONS)
def test_nothing_is_carried_by_agreement(grade_source: "GradeSource", collusion: str) -> None:
    """Heads that only agree with a made-up self_attention earn what they earn without it."""
    report = grade_source(f"import numpy as np\n{COLLUSIONS[collusion]}")
    outcomes = {case["id"]: case["outcome"] for case in report["cases"]}
    for name in ("values", "odd-heads", "all-heads", "large", "repeated"):
        assert outcomes[f"multi_head_attention.{name}"] != "passed", name
    assert report["points"] < 15


BASE = """
import numpy as np
calls = []
def garbage(Q, K, V):
    return np.cumsum(Q * K + V, axis=0) + np.arange(V.size).reshape(V.shape)
def compute_qkv(X, W_q, W_k, W_v):
    return garbage(X, X, X), X, X
"""
BREAKS = {
    "one row of infinities": "out = garbage(Q, K, V)\n    out[0] = np.inf\n    return out",
    "one huge row": "out = garbage(Q, K, V)\n    out[0] *= 1e300\n    return out",
    "nan later": "calls.append(1)\n    out = garbage(Q, K, V)\n"
    "    return out if len(calls) < 6 else np.full(out.shape, np.nan)",
    "zeros later": "calls.append(1)\n    out = garbage(Q, K, V)\n"
    "    return out if len(calls) < 6 else 0 * out",
}


@pytest.mark.parametrize("breaks", BREAKS)
def test_no_answer_makes_room_for_errors(grade_source: "GradeSource", breaks: str) -> None:
    """What must hold of any attention is not held against infinities, nan or constants."""
    functions = "".join(
        f"def {name}({', '.join(arguments)}):\n    {BREAKS[breaks]}\n"
        for name, arguments in (
            ("self_attention", ("Q", "K", "V")),
            ("multi_head_attention", ("Q", "K", "V", "n_heads")),
        )
    )
    report = grade_source(BASE + functions)
    outcomes = {case["id"]: case["outcome"] for case in report["cases"]}
    assert outcomes["self_attention.permutation"] != "passed"
    assert outcomes["self_attention.key-shift"] != "passed"
    if breaks != "one huge row":  # its columns do not touch each other indeed
        assert outcomes["multi_head_attention.independent"] != "passed"


def test_answers_of_other_shapes_later(grade_source: "GradeSource", independent: str) -> None:
    """An answer that changes its shape from call to call is the learner's fault, whenever."""
    report = grade_source(
        f"{independent}\ncalls = []\ndef compute_qkv(X, W_q, W_k, W_v):\n    calls.append(1)\n"
        "    return X @ W_q, (X @ W_k)[: 5 if len(calls) < 2 else 2], X @ W_v\n"
    )
    assert report["status"] == "graded"
    outcomes = {case["id"]: case["outcome"] for case in report["cases"]}
    assert outcomes["compute_qkv.returns"] == "failed"


ONE_BUFFER = """
import sys
import numpy as np
from worker import submission

def describe(value, buffers):
    buffers.append(bytes(1 << 20))
    item = {"kind": "array", "array": 0, "dtype": "|i1", "shape": [8, 1 << 17]}
    return {"kind": "sequence", "type": "tuple", "tuple": True, "length": 3, "items": [item] * 3}

submission.describe_result = describe
def compute_qkv(X, W_q, W_k, W_v): return X, X, X
"""


def test_one_buffer_is_one_array(grade_source: "GradeSource") -> None:
    """A reply that lets one buffer stand for several arrays breaks the protocol."""
    source = ONE_BUFFER.replace(
        "from worker import submission", "submission = sys.modules['worker.submission']"
    )
    report = grade_source(source)
    first = next(case for case in report["cases"] if case["id"] == "compute_qkv.returns")
    assert first["outcome"] == "crashed"
    assert "pipe that belongs to the grader" in first["message"]


def test_answers_are_capped(grade_source: "GradeSource") -> None:
    """An array far larger than any case asks for never reaches the grader."""
    report = grade_source(
        "import numpy as np\ndef self_attention(Q, K, V): return np.zeros((1 << 11, 1 << 11))\n"
    )
    first = next(case for case in report["cases"] if case["id"] == "self_attention.returns")
    assert first["outcome"] == "failed"
    assert "(2048, 2048)" in first["message"]


TELLING = """
import sys
import numpy as np
inside = sys.modules["worker.submission"]
def describe(value, buffers):
    return {"kind": "sequence", "type": "tuple", "tuple": True, "length": value, "items": []}
inside.describe_result = describe
def compute_qkv(X, W_q, W_k, W_v): return TOLD
def self_attention(Q, K, V):
    return np.zeros((0, int(abs(Q[0, 0]) * 1e12)))
"""


@pytest.mark.parametrize("told", ["'secret ' + repr(X)", "int(abs(X[0, 0]) * 1e12)", "{'a': 1}"])
def test_counts_tell_nothing(grade_source: "GradeSource", told: str) -> None:
    """Below level full neither a count nor a shape can carry what a hidden case passed in."""
    report = grade_source(TELLING.replace("TOLD", told), feedback="hints")
    hidden = [case for case in report["cases"] if case["visibility"] == "hidden"]
    text = " ".join(case["message"] for case in hidden)
    assert "secret" not in text
    assert not re.search(r"\d{6}", text)
    assert report["status"] == "graded"


ODD_BUT_RIGHT = {
    "a number of many digits": "x = 0x" + "f" * 6000,
    "a long sum": "x = " + " + ".join(["'a'"] * 997),
    "a long chain of elif": "n = 0\nif n == 1: pass\n"
    + "".join(f"elif n == {number}: pass\n" for number in range(2, 480)),
}


@pytest.mark.parametrize("oddity", ODD_BUT_RIGHT)
def test_odd_source_is_no_fault(grade_source: "GradeSource", independent: str, oddity: str) -> None:
    """Python that is odd and runs is graded, whatever the grader does with its tree."""
    report = grade_source(f"import math\n{ODD_BUT_RIGHT[oddity]}\n{independent}")
    assert (report["status"], report["points"]) == ("graded", 100)
