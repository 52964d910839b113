"""What a learner may reasonably write works inside the jail; what is refused is told in words."""

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from grader.jail import Jail, Limits
from grader.kata import default_kata
from grader.learner.endings import CaseEnded
from grader.learner.submission import Rejected, Submission

KATA = default_kata()

LIMITS = Limits(call_seconds=30, submission_seconds=120, output_kib=64)
ARRAYS = [np.random.default_rng(seed).standard_normal((6, 4)) for seed in range(3)]

NUMPY = {
    "attention": """
        scores = Q @ K.T / np.sqrt(Q.shape[-1])
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        assert (weights @ V).shape == V.shape
    """,
    "einsum": """
        assert np.allclose(np.einsum("ij,kj->ik", Q, K), Q @ K.T)
        assert np.allclose(np.einsum("ij,kj,kl->il", Q, K, V, optimize=True), Q @ K.T @ V)
        assert "contraction" in np.einsum_path("ij,jk", Q, K.T)[1]
    """,
    "linalg": """
        square = Q.T @ Q
        np.linalg.eigvals(square), np.linalg.eigh(square), np.linalg.svd(Q), np.linalg.qr(Q)
        assert np.allclose(np.linalg.inv(square) @ square, np.eye(4))
        assert np.allclose(np.linalg.solve(square, square), np.eye(4))
        np.linalg.lstsq(Q, Q[:, 0], rcond=None), np.linalg.pinv(Q), np.linalg.cholesky(square)
        np.linalg.norm(Q), np.linalg.det(square), np.linalg.matrix_rank(Q)
        np.linalg.matrix_power(square, 3), np.linalg.cond(square), np.linalg.multi_dot([Q, K.T, V])
    """,
    "linalg: singular": """
        try:
            np.linalg.inv(np.zeros((2, 2)))
        except np.linalg.LinAlgError as error:
            assert "ingular" in str(error)
        else:
            raise AssertionError
    """,
    "fft": """
        assert np.allclose(np.fft.ifft(np.fft.fft(Q)), Q)
        np.fft.rfft2(Q), np.fft.fftfreq(8), np.fft.fftshift(Q)
    """,
    "random": """
        first = np.random.default_rng(1).normal(size=(2, 2))
        assert np.array_equal(first, np.random.default_rng(1).normal(size=(2, 2)))
        np.random.default_rng().integers(0, 5, 3), np.random.rand(2), np.random.RandomState(1).randn(2)
        np.random.seed(1); np.random.shuffle([1, 2]); np.random.default_rng().choice([1, 2, 3])
        np.random.SeedSequence().entropy
    """,
    "masked arrays": """
        masked = np.ma.masked_less(Q, 0)
        assert (masked.filled(0) >= 0).all() and str(masked) and repr(masked)
        assert np.ma.masked_invalid([1, np.nan]).mean() == 1
    """,
    "polynomials": """
        assert np.allclose(np.polynomial.polynomial.polyval(2.0, [1, 2]), 5)
        np.polyfit(np.arange(5.0), np.arange(5.0), 1), np.polynomial.Polynomial([1, 2]).deriv()
        np.polynomial.chebyshev.chebval(0.5, [1, 2]), np.poly1d([1, 2])(3), np.roots([1, 0, -1])
    """,
    "testing": """
        np.testing.assert_allclose(Q, Q)
        np.testing.assert_array_equal(Q, Q)
        try:
            np.testing.assert_allclose(Q, Q + 1)
        except AssertionError as error:
            assert "Mismatched elements" in str(error)
    """,
    "char and strings": """
        assert np.char.upper(np.array(["a"]))[0] == "A"
        assert np.strings.str_len(np.array(["ab"]))[0] == 2
        assert np.rec.array([(1, 2.0)], dtype=[("a", int), ("b", float)]).a[0] == 1
    """,
    "windows and strides": """
        assert np.lib.stride_tricks.sliding_window_view(Q, 2, axis=0).shape == (5, 4, 2)
        np.lib.stride_tricks.as_strided(Q, (2, 2), Q.strides), np.broadcast_to(Q, (3, 6, 4))
    """,
    "vectorize": """
        assert np.allclose(np.vectorize(lambda v: v * 2)(Q), Q * 2)
        np.apply_along_axis(sorted, 0, Q), np.apply_over_axes(np.sum, Q, [0]), np.frompyfunc(abs, 1, 1)(Q)
        np.fromiter((x for x in range(3)), float), np.fromfunction(lambda i, j: i + j, (2, 2))
    """,
    "sorting and statistics": """
        np.unique(Q), np.argsort(Q), np.median(Q), np.percentile(Q, 50), np.histogram(Q)
        np.cov(Q), np.corrcoef(Q), np.argpartition(Q, 2), np.searchsorted([1, 2], 1), np.bincount([1])
        np.quantile(Q, 0.3), np.average(Q, weights=Q**2), np.std(Q), np.nanmean(Q), np.gradient(Q)
    """,
    "joining and shaping": """
        np.pad(Q, 1), np.tril(Q), np.triu_indices(3), np.kron(Q, Q), np.tensordot(Q, K.T, 1)
        np.block([[Q, Q]]), np.meshgrid([1, 2], [3]), np.moveaxis(Q, 0, 1), np.split(Q, 2, axis=1)
        np.array_split(Q, 4), np.stack([Q, K]), np.hstack([Q]), np.roll(Q, 1), np.where(Q > 0, Q, 0)
        np.take_along_axis(Q, np.argsort(Q), 0), np.einsum("ij->ji", Q), np.ix_([1], [2]), np.r_[1:3]
        np.nditer(Q), np.ndindex(2, 2), np.dstack([Q, Q]), np.swapaxes(Q, 0, 1), np.squeeze(Q[None])
    """,
    "types": """
        np.datetime64("2020-01-01").astype(float), np.float16(1), np.longdouble(1), np.finfo(float).eps
        np.iinfo(int).max, np.result_type(Q, np.float32), np.dtype([("a", "f8")]), Q.astype(complex)
        np.timedelta64(1, "D"), np.issubdtype(Q.dtype, np.floating), np.can_cast("i4", "f8")
    """,
    "large products": """
        assert (np.ones((600, 600)) @ np.ones((600, 600)))[0, 0] == 600
    """,
    "printing": """
        print(Q); print(np.arange(100000)); print(np.arange(10000).reshape(100, 100))
        print(f"{Q!r} {Q.shape} {Q[0, 0]:.3f} {np.float32(1)!r}")
        np.set_printoptions(precision=3, suppress=True, linewidth=40); print(Q)
        with np.printoptions(threshold=5):
            print(Q)
        print(np.array2string(Q, formatter={"float": lambda x: "%.1f" % x}))
    """,
    "errstate": """
        with np.errstate(all="ignore"):
            assert np.isinf(np.exp(np.array([1e4])))[0]
        with np.errstate(all="raise"):
            try:
                np.exp(np.array([1e4]))
            except FloatingPointError:
                pass
            else:
                raise AssertionError
    """,
    "save to memory": """
        import io
        file = io.BytesIO(); np.save(file, Q); file.seek(0); assert (np.load(file) == Q).all()
        file = io.StringIO(); np.savetxt(file, Q); file.seek(0); assert np.loadtxt(file).shape == Q.shape
        np.genfromtxt(io.StringIO("1,2"), delimiter=","), np.frombuffer(Q.tobytes()), np.fromstring("1 2", sep=" ")
    """,
    "lazy parts without an import": """
        np.ma, np.fft, np.random, np.polynomial, np.testing, np.rec, np.char, np.ctypeslib, np.emath.sqrt(-1)
        np.lib.scimath, np.lib.format, np.lib.npyio, np.exceptions.AxisError, np.dtypes.Float64DType
        np.strings.upper(np.array(["a"]))
    """,
    "configuration": """
        assert np.__version__ and np.show_config
    """,
}
LIBRARY = {
    "imports inside functions": """
        import fractions, heapq, csv, bisect, array, copy, enum, abc, string, textwrap, pprint, struct
        import collections.abc, os.path, itertools as i, operator, numbers, cmath, secrets, uuid, zlib
        assert fractions.Fraction(1, 3) + 1
    """,
    "from submodules": """
        from numpy.linalg import norm, LinAlgError
        from numpy.lib.stride_tricks import sliding_window_view
        from numpy.random import default_rng, Generator
        from numpy.testing import assert_allclose
        from numpy.polynomial.polynomial import Polynomial
        from numpy.typing import NDArray
        from numpy import fft, ma, char, exceptions
        from concurrent.futures import ThreadPoolExecutor, as_completed
        from os import path
        from xml.etree import ElementTree
        from email.message import Message
        from importlib import metadata, resources
        from unittest import mock, TestCase
        from urllib.parse import urlparse
        from collections.abc import Sequence
        assert norm([3, 4]) == 5
    """,
    "dataclasses and typing": """
        import dataclasses, typing, enum
        @dataclasses.dataclass(frozen=True, slots=True)
        class Head:
            Q: np.ndarray
            scale: float = 1.0
        assert dataclasses.replace(Head(Q), scale=2.0).scale == 2
        T = typing.TypeVar("T")
        class Box(typing.Generic[T]): ...
        class Pair(typing.NamedTuple):
            a: int
        typing.get_type_hints(Pair), Box[int], enum.Enum("E", "a b").a
    """,
    "numbers": """
        import decimal, fractions, statistics, math, cmath, random
        assert decimal.Decimal("0.1") + decimal.Decimal("0.2") == decimal.Decimal("0.3")
        assert statistics.mean([1, 2, 3]) == 2 and statistics.stdev([1, 2]) > 0
        random.seed(1); random.random(); random.gauss(0, 1); random.SystemRandom().random()
        assert math.isclose(math.fsum([0.1] * 10), 1) and math.prod([2, 3]) == 6
    """,
    "text": """
        import json, re, string, textwrap, locale, unicodedata
        assert json.loads(json.dumps({"a": [1, None]})) == {"a": [1, None]}
        assert re.sub(r"(\\w+)", lambda m: m[1].upper(), "ab") == "AB"
        assert f"{1234.5:,.2f} {1e-9:g} {'x':>3}" == "1,234.50 1e-09   x"
        "{:n}".format(3), "ä".encode("latin-1"), "é".encode("utf-16"), b"a".decode("ascii")
        unicodedata.name("ä"), "%5.2f" % 1.5, string.Template("$a").substitute(a=1)
    """,
    "time": """
        import time, datetime, timeit
        time.time(), time.perf_counter(), time.monotonic(), time.process_time(), time.sleep(0.001)
        datetime.datetime.now(), datetime.date.today().isoformat(), time.strftime("%Y"), time.localtime()
        datetime.datetime.now(datetime.timezone.utc), timeit.timeit("1", number=3)
    """,
    "clocks and cores": """
        import os, time, threading
        assert len(os.sched_getaffinity(0)) >= 1
        assert os.cpu_count() >= 1 and getattr(os, "process_cpu_count", os.cpu_count)() >= 1
        for read in (time.time, time.monotonic, time.perf_counter, time.process_time,
                     time.thread_time, time.monotonic_ns):
            assert read() <= read()
        for name in dir(time):
            if name.startswith("CLOCK_"):
                clock = getattr(time, name)
                try:
                    assert time.clock_gettime(clock) >= 0 and time.clock_getres(clock) >= 0
                except OSError as error:
                    assert error.errno == 22 or name == "CLOCK_TAI"  # a clock that is not there
        for clock in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
            assert time.get_clock_info(clock).resolution > 0
        time.sleep(0.001)
    """,
    "as many threads as are allowed": """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        together = threading.Barrier(32)
        with ThreadPoolExecutor(32) as pool:
            places = list(pool.map(lambda n: together.wait(), range(32)))
        assert sorted(places) == list(range(32))
    """,
    "threads": """
        import threading, queue
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda x: x * 2, range(9))) == [x * 2 for x in range(9)]
        done, event, lock = [], threading.Event(), threading.Lock()
        def work():
            with lock:
                done.append(1)
            event.set()
        thread = threading.Thread(target=work); thread.start(); event.wait(5); thread.join(5)
        assert done == [1]
        items = queue.Queue(); items.put(1); assert items.get() == 1
        threading.local().x = 1
    """,
    "contextlib and functools": """
        import contextlib, functools, io, itertools, operator
        @contextlib.contextmanager
        def scale():
            yield 2
        with scale() as s, contextlib.suppress(ValueError), contextlib.ExitStack():
            assert s == 2
        with contextlib.redirect_stdout(io.StringIO()) as kept:
            print("hidden")
        assert kept.getvalue() == "hidden\\n"
        @functools.lru_cache(maxsize=None)
        def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
        assert fib(50) == 12586269025 and functools.reduce(operator.add, [1, 2]) == 3
        @functools.singledispatch
        def f(x): return 1
        functools.partial(max, 1)(2), functools.cached_property, list(itertools.pairwise([1, 2]))
    """,
    "pickle and copy": """
        import copy, io, pickle, marshal, base64, zlib, hashlib
        assert (pickle.loads(pickle.dumps(Q)) == Q).all() and (copy.deepcopy(Q) == Q).all()
        hashlib.sha256(Q.tobytes()).hexdigest(), zlib.compress(b"a"), base64.b64encode(b"a")
        stream = io.StringIO(); stream.write("x"); assert stream.getvalue() == "x"
    """,
    "logging": """
        import logging
        logging.basicConfig(level=logging.INFO)
        logging.warning("a warning of %s", "mine"); logging.getLogger(__name__).info("info")
        try:
            1 / 0
        except ZeroDivisionError:
            logging.exception("with a traceback")
    """,
    "warnings": """
        import warnings
        np.exp(np.array([1e4])); np.array([1.0]) / np.array([0.0]); np.log(np.array([-1.0]))
        warnings.warn("mine")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            np.mean([])
        assert caught
    """,
    "tracebacks": """
        import traceback
        try:
            raise ValueError("of my own")  # the learner's line
        except ValueError:
            told = traceback.format_exc()
            traceback.print_exc()
        assert "# the learner's line" in told
    """,
    "inspect": """
        import inspect, ast, dis, io
        assert "def self_attention" in inspect.getsource(self_attention)
        inspect.signature(self_attention), ast.parse("x"), dis.dis(self_attention, file=io.StringIO())
    """,
    "streams": """
        import sys
        sys.stdout.write("plain\\n"); sys.stderr.write("error\\n"); print("x", file=sys.stderr, flush=True)
        sys.stdout.flush(), sys.stdout.isatty(), sys.stdout.fileno(), sys.stdout.encoding, sys.stdin.closed
        assert not sys.stdout.isatty()
        print("ünïcödé 漢字 😀")
    """,
    "classes": """
        class Attention:
            heads: int = 2
            def __init__(self, scale): self.scale = scale
            def __call__(self, x): return x * self.scale
            @property
            def twice(self): return self.scale * 2
        assert Attention(2)(3) == 6 and Attention(1).twice == 2
        match Attention(3):
            case Attention(scale=3): pass
        def gen():
            yield from range(3)
        assert [*gen()] == [0, 1, 2] and (n := 3) == 3
    """,
    "garbage and sizes": """
        import gc, sys, weakref, tracemalloc
        gc.collect(); sys.getsizeof(Q); weakref.ref(gc); sys.getrecursionlimit(); sys.version_info
        tracemalloc.start(); tracemalloc.get_traced_memory(); tracemalloc.stop()
    """,
    "environment": """
        import os, platform, sys
        os.environ.get("HOME"), os.getpid(), os.cpu_count(), sys.platform, platform.python_version()
        os.path.join("a", "b"), os.sep, os.environ.copy(), os.urandom(4), os.path.basename("a/b")
    """,
    "deep but bounded recursion": """
        import sys
        def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
        assert depth(800) == 800
        sys.setrecursionlimit(5000)
        assert depth(4000) == 4000
    """,
    "signals that are one's own": """
        import signal
        signal.getsignal(signal.SIGINT), signal.Signals.SIGTERM.name
    """,
    "doctest and unittest": """
        import doctest, unittest, io
        class T(unittest.TestCase):
            def test_a(self): self.assertEqual(1, 1)
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(T)
        assert unittest.TextTestRunner(stream=io.StringIO()).run(suite).wasSuccessful()
    """,
    "modules by a name that the source spells": """
        import importlib
        import sqlite3, ctypes, multiprocessing, asyncio, socket, subprocess, tempfile, pathlib
        assert importlib.import_module("sqlite3") is sqlite3
        assert pathlib.PurePath("a") / "b"
    """,
}
ORDINARY = NUMPY | LIBRARY
LATE_IMPORTS = {
    "numpy.typing as an attribute": "np.typing.NDArray[np.float64]",
    "executors as an attribute": """
        import concurrent.futures as cf
        with cf.ThreadPoolExecutor(2) as pool:
            assert list(pool.map(abs, [-1])) == [1]
    """,
    "a pool of threads": """
        from multiprocessing.pool import ThreadPool
        import multiprocessing.dummy
        multiprocessing.dummy.Pool
    """,
    "parsing of times": """
        import datetime, time
        datetime.datetime.strptime("2020", "%Y"), time.strptime("2020", "%Y")
    """,
    "archives in memory": """
        import io
        file = io.BytesIO(); np.savez_compressed(file, Q=Q); file.seek(0)
        assert (np.load(file)["Q"] == Q).all()
    """,
    "encodings": """
        for name in ("cp1252", "iso8859-15", "unicode_escape", "raw_unicode_escape", "utf-7", "cp437"):
            "a".encode(name)
    """,
}
"""Modules that the library itself imports only when something of it is used."""


@dataclass(frozen=True)
class Said:
    """What a submission did: the message of its end (empty if it answered), and its streams."""

    message: str
    stdout: str
    stderr: str


Run = Callable[[str], Said]


def source_of(body: str, head: str = "") -> str:
    """Return a submission whose `self_attention` runs `body`."""
    indented = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    return f"import numpy as np\n{head}def self_attention(Q, K, V):\n{indented}\n    return V\n"


def run_in(jail: Jail, source: str) -> Said:
    """Load `source` in a worker of `jail` and call its `self_attention`."""
    submission = Submission(jail, source.encode(), KATA)
    message = ""
    try:
        submission.load()
        answer = submission.self_attention(*ARRAYS)
        np.testing.assert_array_equal(answer.array(), ARRAYS[2])
    except (Rejected, CaseEnded) as ended:
        message = ended.message
    finally:
        submission.end()
    return Said(message, submission.workers.stdout.decode(), submission.workers.stderr.decode())


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run a source in the strongest jail that this machine gives."""
    with Jail(LIMITS) as jail:
        if jail.isolation.level not in ("full", "strong"):
            pytest.skip(f"this machine gives isolation {jail.isolation.level!r}")
        yield lambda source: run_in(jail, source)


@pytest.mark.parametrize("what", ORDINARY)
def test_ordinary_code(what: str, run: Run) -> None:
    """Code that any learner may write does in the jail what it does outside."""
    assert run(source_of(ORDINARY[what])).message == ""


@pytest.mark.parametrize("what", LATE_IMPORTS)
def test_late_imports(what: str, run: Run) -> None:
    """What the library imports late by itself is there too."""
    assert run(source_of(LATE_IMPORTS[what])).message == ""


@pytest.mark.parametrize("draw", ["np.random.rand()", "__import__('random').random()"])
def test_each_worker_has_chances_of_its_own(draw: str, run: Run) -> None:
    """Forks of one process do not draw the same numbers."""
    assert len({run(source_of(f"print({draw})")).stdout for _ in range(4)}) == 4


@pytest.mark.parametrize(
    "without",
    [("bubblewrap",), ("bubblewrap", "landlock"), ("seccomp",), ("seccomp", "landlock")],
    ids="+".join,
)
def test_ordinary_code_at_every_level(without: tuple[str, ...]) -> None:
    """All of that works whichever layers there are, in forked and in cold workers."""
    bodies = "".join(
        f"def code_{number}(Q, K, V):\n"
        + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ").replace(
            "self_attention", f"code_{number}"
        )
        + "\n"
        for number, body in enumerate(ORDINARY.values())
    )
    calls = "".join(f"code_{number}(Q, K, V)\n" for number in range(len(ORDINARY)))
    with Jail(LIMITS, without=without) as jail:
        said = run_in(jail, source_of(calls, head=bodies))
    assert said.message == ""


def test_a_failing_snippet_would_show(run: Run) -> None:
    """An assertion that fails inside is seen outside, with its message and the learner's line."""
    said = run(source_of("assert Q.shape == (1, 1), 'my message'"))
    assert said.message == (
        "self_attention raised AssertionError: my message "
        "(line 3: assert Q.shape == (1, 1), 'my message')"
    )


def test_printed_text_arrives(run: Run) -> None:
    """What is printed, logged and warned about reaches the report, in any script."""
    said = run(source_of(LIBRARY["streams"] + LIBRARY["logging"] + LIBRARY["warnings"]))
    assert "ünïcödé 漢字 😀" in said.stdout
    assert "error\n" in said.stderr
    assert "WARNING:root:a warning of mine" in said.stderr
    assert "with a traceback" in said.stderr
    assert "RuntimeWarning: overflow encountered in exp" in said.stderr
    assert "np.exp(np.array([1e4]))" in said.stderr  # the learner's line
    assert "UserWarning: mine" in said.stderr


def test_tracebacks_show_the_learners_lines(run: Run) -> None:
    """A traceback that is printed inside names the learner's file, line and text."""
    said = run(source_of("import traceback\ntry:\n    1 / 0  # here\nexcept Exception:\n"
                         "    traceback.print_exc()"))  # fmt: skip
    assert 'File "multi_head_attention.py", line 5, in self_attention' in said.stderr
    assert "1 / 0  # here" in said.stderr
    assert "ZeroDivisionError: division by zero" in said.stderr


ERRORS = {
    "Q @ np.ones((3, 3))": "ValueError: matmul: Input operand 1 has a mismatch in its core dim",
    "Q + np.ones(3)": "ValueError: operands could not be broadcast together with shapes (6,4) (3,)",
    "np.add('a', Q)": "UFuncTypeError|UFuncNoLoopError: ufunc 'add' did not contain a loop",
    "np.array([[1], [1, 2]])": "ValueError: setting an array element with a sequence",
    "np.concatenate([])": "ValueError: need at least one array to concatenate",
    "np.split(Q, 5)": "ValueError: array split does not result in an equal division",
    "Q.reshape(5, 5)": "ValueError: cannot reshape array of size 24 into shape (5,5)",
    "Q[99]": "IndexError: index 99 is out of bounds for axis 0 with size 6",
    "Q.sum(axis=7)": "AxisError: axis 7 is out of bounds for array of dimension 2",
    "np.linalg.inv(np.zeros((2, 2)))": "LinAlgError: Singular matrix",
    "np.linalg.inv(Q)": "LinAlgError: Last 2 dimensions of the array must be square",
    "np.einsum('ij,jk', Q, Q)": "ValueError: operands could not be broadcast together",
    "np.softmax(Q)": "AttributeError: there is no softmax in NumPy",
    "Q.foo": "AttributeError: 'numpy.ndarray' object has no attribute 'foo'",
    "np.stack([Q, Q[0]])": "ValueError: all input arrays must have the same shape",
    "bool(Q)": "ValueError: The truth value of an array with more than one element is ambiguous",
    "np.random.choice(Q)": "ValueError: a must be 1-dimensional",
    "undefined": "NameError: name 'undefined' is not defined",
    "int('x')": "ValueError: invalid literal for int() with base 10: 'x'",
    "self_attention(Q, K, V)": "RecursionError: maximum recursion depth exceeded",
}


NOT_HERE = {
    "__import__('sqli' + 'te3')": "self_attention needs Python's module sqlite3 too late",
    "__import__('torch').ones(3)": "self_attention is written for PyTorch",
    "import helpers": "self_attention imports helpers, which is not here",
    "input('Q? ')": "self_attention tried to ask for an input; in this kata your code cannot",
}


@pytest.mark.parametrize("code", NOT_HERE)
def test_what_is_not_here(code: str, run: Run) -> None:
    """A call that wants what is not here is told what that is, with its line."""
    message = run(source_of(code)).message
    assert message.startswith(NOT_HERE[code])
    assert f"(line 3: {code})" in message


@pytest.mark.parametrize("code", ERRORS)
def test_error_messages(code: str, run: Run) -> None:
    """Errors of Python and NumPy come out with their own words and the learner's line."""
    kinds, _, words = ERRORS[code].partition(": ")
    message = run(source_of(code)).message
    assert re.search(f"self_attention raised [a-zA-Z_.]*({kinds}): ", message), message
    assert words in message
    assert f"(line 3: {code})" in message


FILE, FOLDER, PROCESS = "open a file", "list a folder", "start a process"
NETWORK, SIGNAL = "use the network", "send a signal"
REFUSED = {
    "open('/etc/passwd')": FILE,
    "open('notes.txt', 'w')": FILE,
    "np.load('weights.npy')": FILE,
    "np.save('weights.npy', Q)": FILE,
    "np.savetxt('weights.txt', Q)": FILE,
    "Q.tofile('weights.bin')": FILE,
    "np.loadtxt('weights.txt')": FILE,
    "np.memmap('weights.bin', mode='w+', shape=3)": FILE,
    "import logging; logging.FileHandler('a.log')": FILE,
    "import pathlib; pathlib.Path('a').read_text()": FILE,
    "import os; os.open('/', os.O_RDONLY)": FILE,
    "import os; os.listdir('/')": FOLDER,
    "import os; os.listdir()": FOLDER,
    "import os; list(os.scandir('.'))": FOLDER,
    "import os; os.mkdir('a')": "make a folder",
    "import os; os.remove('a')": "delete a file",
    "import os; os.rename('a', 'b')": "rename a file",
    "import os; os.chmod('a', 0)": "change a file",
    "import os; os.symlink('a', 'b')": "make a link",
    "import os; os.link('a', 'b')": "make a link",
    "import os; os.fork()": PROCESS,
    "import os; os.execv('/bin/sh', ['sh'])": PROCESS,
    "import os; os.posix_spawn('/bin/sh', ['sh'], {})": PROCESS,
    "import subprocess; subprocess.run(['ls'])": PROCESS,
    "import os; os.kill(os.getppid(), 9)": SIGNAL,
    "import os; os.killpg(1, 9)": SIGNAL,
    "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))": "change its limits",
    "import socket; socket.socket()": NETWORK,
    "import socket; socket.create_connection(('127.0.0.1', 80))": NETWORK,
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_is_refused_is_told_in_words(code: str, run: Run) -> None:
    """What the jail refuses reaches the learner as a sentence about the kata, with the line."""
    message = run(source_of(code)).message
    want = f"self_attention tried to {REFUSED[code]}; in this kata your code cannot, and need not"
    assert message.startswith(want), message
    assert f"(line 3: {code})" in message


@pytest.mark.parametrize(
    "code",
    [
        "import multiprocessing\nmultiprocessing.Process(target=print).start()",
        "import multiprocessing\nmultiprocessing.Pool(2)",
        "from concurrent.futures import ProcessPoolExecutor\n"
        "with ProcessPoolExecutor(2) as pool:\n    list(pool.map(abs, [1]))",
        "import asyncio\nasync def f(): return 1\nasyncio.run(f())",
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:1/')",
        "import ctypes\nctypes.CDLL('libof-mine.so')",
        "import tempfile\ntempfile.TemporaryFile()",
        "import tempfile\ntempfile.mkdtemp()",
        "import os\nos.stat('/')",
        "import os\nos.pipe()",
        "import os\nos.nice(1)",
        "import os\nos.system('ls') and None\nos.popen('ls').read()",
        "import sqlite3\nsqlite3.connect('a.db').execute('create table a (b)')",
        "import mmap\nmmap.mmap(3, 10)",
    ],
)
def test_other_things_that_need_the_machine(code: str, run: Run) -> None:
    """Whatever else wants the machine ends in an error that names the line, never in a crash."""
    message = run(source_of(code)).message
    assert message.startswith(("self_attention tried to ", "self_attention raised ")), message
    assert "(line " in message


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.sched_getaffinity(os.getppid())",
        "import os; os.sched_getaffinity(os.getpid())",
        "import time; time.clock_gettime(~1 << 3 | 2)",
        "import time; time.clock_getres(~1 << 3 | 2)",
        "import time; time.clock_gettime(-6)",
    ],
)
def test_other_processes_are_not_there(code: str, run: Run) -> None:
    """Cores and clocks can be asked for without a process's number only, not even its own."""
    assert "tried to do what only a program outside the jail can do" in run(source_of(code)).message


def test_imports_of_far_letters(run: Run) -> None:
    """Imports whose names are long and of far letters are left to fail where they stand."""
    names = [chr(131072 + number) * 60 for number in range(600)]
    late = "".join(f"    from collections import {name}\n" for name in names)
    late += "".join(f"    import {name}.{name}\n    import numpy.{name}\n" for name in names)
    said = run(
        f"import numpy as np\ndef late():\n{late}\ndef self_attention(Q, K, V):\n    late()\n"
    )
    assert "raised ImportError: cannot import name" in said.message
    bold = "".join(
        chr(ord(letter) - ord("a") + 0x1D41A) for letter in "deque"
    )  # is deque to Python
    assert run(source_of(f"from collections import {bold}\ndeque()")).message == ""


@pytest.mark.parametrize(
    "code",
    [
        "from numpy import nothing",
        "from numpy.linalg import nothing",
        "from collections import nothing",
        "from json.decoder import nothing",
    ],
)
def test_no_path_in_an_import_error(code: str, run: Run) -> None:
    """An import that fails does not tell where the library lies on the grader's machine."""
    message = run(source_of(code)).message
    assert "cannot import name 'nothing' from" in message
    assert "/" not in message
    assert "__init__" not in message


def test_too_many_threads(run: Run) -> None:
    """Threads without end end in a sentence that says so, or the memory for them does."""
    said = run(
        source_of(
            "import threading\nstop = threading.Event()\ntry:\n    for _ in range(100_000):\n"
            "        threading.Thread(target=stop.wait, daemon=True).start()\n"
            "finally:\n    stop.set()"
        )
    )
    assert "start more threads than it may" in said.message


def test_refused_while_the_file_loads(run: Run) -> None:
    """A file that opens another when it is loaded is told the same, with its line."""
    said = run("import numpy as np\nX = np.load('weights.npy')\n")
    assert said.message == (
        "Loading the file tried to open a file; in this kata your code cannot, and need not "
        "(line 2: X = np.load('weights.npy')). Delete that line, or put it below "
        '`if __name__ == "__main__":`.'
    )


def test_refusal_can_be_caught(run: Run) -> None:
    """A refused call raises an ordinary error, which the learner's code can handle."""
    code = "try:\n    open('a')\nexcept OSError as error:\n    assert error.errno in (1, 13)"
    assert run(source_of(code)).message == ""


def test_an_error_after_a_refusal_is_its_own(run: Run) -> None:
    """An ordinary error that comes after a refused call is not called a refusal."""
    message = run(source_of("try:\n    open('a')\nexcept OSError:\n    pass\n1 / 0")).message
    assert message == "self_attention raised ZeroDivisionError: division by zero (line 7: 1 / 0)"


def test_memory_error_says_so(run: Run) -> None:
    """An array that does not fit ends in a sentence about memory."""
    message = run(source_of("np.ones(1 << 33)")).message
    assert "Unable to allocate 64.0 GiB" in message
    assert "more than a submission may use" in message
