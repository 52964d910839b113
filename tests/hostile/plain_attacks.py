"""Submissions to two katas whose cases are ordinary suites: none has a right answer of its own.

The number before each is the most that it may get: what a plain `return` of the same would.
"""

SERIES_NAMES = "center weighted_mean is_sorted group runs headline".split()
ALL = "\ncenter = weighted_mean = is_sorted = group = runs = headline = f\n"
EVERYTHING = """
class Everything:
    def __init__(self, *args, **kwargs): pass
    def __iter__(self): return self
    def __next__(self): raise StopIteration
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __contains__ = __lt__
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __abs__(self): return 0.0
    __float__ = __abs__
    def __round__(self, digits=0): return 0
    def __getattr__(self, name):
        if name.startswith("__"): raise AttributeError(name)
        return lambda *args, **kwargs: True
    def __getitem__(self, at): return self
    def __len__(self): return 2
    def __bool__(self): return True
    def __hash__(self): return 1
    def __str__(self): return "RAIN!"
    __repr__ = __str__
    def __array__(self, *args, **kwargs): raise TypeError
    def __array_ufunc__(self, *args, **kwargs): return True
"""


def _all(body: str, before: str = "") -> str:
    lines = "\n    ".join(body.strip().splitlines())
    return f"{before}\ndef f(*args, **kwargs):\n    {lines}\n{ALL}"


SERIES: dict[str, tuple[int, str]] = {
    # ------------------------------------------------------------- equal to everything
    "everything-iterator": (0, _all("return Everything()", EVERYTHING)),
    "everything-object": (
        0,
        _all("return Everything()", EVERYTHING.replace("    def __next__", "    def next")),
    ),
    "everything-class": (0, EVERYTHING + ALL.replace("= f\n", "= Everything\n")),
    "everything-in-list": (0, _all("return [Everything()] * 2", EVERYTHING)),
    "everything-in-dict": (3, _all("return {'a': Everything(), 'b': Everything()}", EVERYTHING)),
    "everything-as-key": (0, _all("return {Everything(): 1}", EVERYTHING)),
    "float-subclass": (
        0,
        _all(
            "return F(2)",
            "class F(float):\n    __eq__ = __lt__ = __gt__ = lambda *a: True\n"
            "    __sub__ = __rsub__ = lambda *a: 0.0\n    __hash__ = None",
        ),
    ),
    "str-subclass": (
        0,
        _all(
            "return S('x')",
            "class S(str):\n    __eq__ = __contains__ = startswith = endswith = lambda *a: True\n"
            "    __hash__ = str.__hash__",
        ),
    ),
    "list-subclass": (
        0,
        _all("return L([1])", "class L(list):\n    __eq__ = __contains__ = lambda *a: True"),
    ),
    "dict-subclass": (
        0,
        _all(
            "return D(a=1)",
            "class D(dict):\n    __eq__ = __contains__ = lambda *a: True\n"
            "    def __missing__(self, key): return D()",
        ),
    ),
    "array-subclass": (
        0,
        _all(
            "return np.zeros((3, 2)).view(A)",
            "import numpy as np\nclass A(np.ndarray):\n"
            "    def __array_ufunc__(self, *a, **k): return True\n"
            "    __eq__ = __sub__ = lambda *a: A(0)\n    all = lambda *a: True",
        ),
    ),
    "array-of-objects": (
        0,
        _all(
            "return np.array([[Everything()] * 2] * 3, object)", "import numpy as np" + EVERYTHING
        ),
    ),
    "matrix": (0, _all("return np.matrix([[0.0]])", "import numpy as np")),
    "masked": (0, _all("return np.ma.masked_all((3, 2))", "import numpy as np")),
    "record": (
        0,
        _all("return np.zeros(3, [('a', float), ('b', float)])", "import numpy as np"),
    ),
    "class-spoofed": (
        0,
        _all(
            "return C()",
            EVERYTHING + "class C(Everything):\n    __class__ = property(lambda self: float)",
        ),
    ),
    "metaclass": (
        0,
        _all(
            "return C",
            "class M(type):\n    __eq__ = __lt__ = __gt__ = __contains__ = lambda *a: True\n"
            "    __sub__ = __rsub__ = lambda *a: 0.0\n    __hash__ = None\n"
            "class C(metaclass=M): pass",
        ),
    ),
    "mock": (0, _all("return MagicMock()", "from unittest.mock import MagicMock, ANY")),
    "any": (0, _all("return ANY", "from unittest.mock import ANY")),
    "nan": (0, _all("return float('nan')")),
    "nan-array": (0, _all("return np.full((3, 2), np.nan)", "import numpy as np")),
    "infinity": (0, _all("return float('inf')")),
    "infinite-array": (0, _all("return np.full((3, 2), np.inf)", "import numpy as np")),
    "not-a-time": (0, _all("return np.array(['NaT'], 'M8[s]')", "import numpy as np")),
    "complex": (0, _all("return complex('nan+nanj')")),
    "decimal-nan": (0, _all("return Decimal('nan')", "from decimal import Decimal")),
    # --------------------------------------------------------------------- nothing at all
    "empty-array": (0, _all("return np.empty((0,) + np.shape(args[0]))", "import numpy as np")),
    "empty-wide": (0, _all("return np.empty((3, 0))", "import numpy as np")),
    "empty-deep": (0, _all("return np.empty((0, 3, 2))", "import numpy as np")),
    "empty-list": (0, _all("return []")),
    "empty-lists": (0, _all("return [[], [], []]")),
    "empty-text": (0, _all("return ''")),
    "empty-dict": (3, _all("return {}")),
    "empty-iterator": (0, _all("return iter(())")),
    "empty-generator": (0, _all("return\nyield")),
    "empty-keys": (0, _all("return {}.keys()")),
    "empty-range": (0, _all("return range(0)")),
    # -------------------------------------------------------------------------- constants
    "none": (0, _all("return None")),
    "true": (4, _all("return True")),
    "false": (0, _all("return False")),
    "zero": (0, _all("return 0")),
    "one-broadcast": (0, _all("return np.array([[[0.0]]])", "import numpy as np")),
    "its-argument": (0, _all("return args[0]")),
    "itself": (0, _all("return f")),
    # ------------------------------------------------------------------------- exceptions
    **{
        f"raises-{name}": (0, _all(f"raise {name}"))
        for name in (
            *("StopIteration", "StopAsyncIteration", "GeneratorExit", "KeyboardInterrupt"),
            *("SystemExit(0)", "AssertionError", "AssertionError('x', 'y')", "NotImplementedError"),
            *("MemoryError", "RecursionError", "BaseException", "Warning('x')"),
            *("ExceptionGroup('x', [ValueError(1)])", "KeyError([1])", "AttributeError('x')"),
            *(
                "BaseExceptionGroup('x', [KeyboardInterrupt()])",
                "UnicodeDecodeError('a', b'', 0, 1, 'b')",
            ),
            *(
                "OSError(1, 'x')",
                "SyntaxError('x', ('f', 1, 2, 'text'))",
                "EOFError",
                "ImportError(name='x')",
            ),
        )
    },
    "raises-value-error": (0, _all("raise ValueError")),
    "raises-skip": (0, _all("raise unittest.SkipTest('x')", "import unittest")),
    "raises-named-like-pytest": (
        0,
        _all(
            "raise make('Exit', 'Skipped', 'Failed', 'XFailed')",
            "def make(*names):\n    for name in names:\n"
            "        E = type(name, (Exception,), {'__module__': '_pytest.outcomes'})\n    return E('x')",
        ),
    ),
    "raises-named-like-ours": (
        0,
        _all(
            "raise type('GraderFault', (Exception,), {'__module__': 'grader.errors'})('x')",
        ),
    ),
    "raises-what-lies": (
        0,
        _all(
            "raise E()",
            "class E(ValueError):\n    args = property(lambda self: 1 / 0)\n"
            "    __str__ = __repr__ = lambda self: 1 / 0\n"
            "    __dict__ = property(lambda self: 1 / 0)\n    __module__ = 5",
        ),
    ),
    "raises-with-names": (
        0,
        _all(
            "e = ValueError('x')\n"
            "for name in ('with_traceback', 'add_note', 'args', '__notes__', '__traceback__x',"
            " '_thrown_by_the_learner', 'exceptions', 'outcome', 'message', 'seen', 'code', 'msg'):\n"
            "    e.__dict__[name] = 'passed'\nraise e",
        ),
    ),
    "raises-with-handles": (0, _all("raise ValueError(iter('x'), f)")),
    "raises-with-a-name-of-lines": (
        0,
        _all("raise type('E\\x1b[31m\\n' * 500, (ValueError,), {})('\\x00\\x1b]0;x\\x07' * 9999)"),
    ),
    "raises-deep": (
        0,
        _all("x = []\nfor _ in range(10 ** 5): x = [x]\nraise ValueError(x)"),
    ),
    "raises-long": (0, _all("raise ValueError('x' * 10 ** 8)")),
    "raises-chain": (
        0,
        _all("try: 1 / 0\nexcept Exception as e:\n    e.__cause__ = e\n    raise e from e"),
    ),
    "raises-in-hash": (
        0,
        _all("return {C()}", "class C:\n    def __hash__(self): return 1\n    __next__ = 1"),
    ),
    # ---------------------------------------------------------- what ends or stops a worker
    "ends": (0, _all("os._exit(0)", "import os")),
    "ends-where-it-should-raise": (
        0,
        "import os\ndef weighted_mean(xs, weights=None):\n"
        "    if weights is not None and len(xs) != len(weights): os._exit(0)\n    return 0\n"
        "center = is_sorted = group = runs = headline = weighted_mean\n",
    ),
    "kills": (0, _all("os.kill(os.getpid(), 9)", "import os")),
    "aborts": (0, _all("os.abort()", "import os")),
    "ends-later": (0, _all("return 1", "import atexit, os, sys\natexit.register(os._exit, 0)")),
    "ends-while-loading": (0, "import os\nos._exit(0)\n"),
    "exits-while-loading": (0, "raise SystemExit(0)\n"),
    "thread-ends": (
        0,
        _all("return 1", "import os, threading\nthreading.Timer(0.02, os._exit, (0,)).start()"),
    ),
    "handles-signals": (
        0,
        _all(
            "return 1",
            "import signal\nfor s in range(1, 32):\n    try: signal.signal(s, lambda *a: None)\n"
            "    except Exception: pass",
        ),
    ),
    # -------------------------------------------------------------------- forged replies
    "closes-pipes": (0, _all("os.close(3); os.close(4)", "import os")),
    "writes-garbage": (0, _all("os.write(4, b'\\xff' * 64)", "import os")),
    "writes-zeros": (0, _all("os.write(4, bytes(4096))", "import os")),
    "reads-requests": (0, _all("return os.read(3, 1 << 16)", "import os")),
    "answers-twice": (
        0,
        _all(
            "import os, sys\n"
            "frame = sys._getframe()\n"
            "while frame and 'request' not in frame.f_locals: frame = frame.f_back\n"
            "return os.write(4, b'{}')",
        ),
    ),
    "patches-worker": (
        0,
        _all(
            "return 1",
            "import sys\nfor name, module in list(sys.modules.items()):\n"
            "    if 'worker' in name:\n"
            "        for key in list(vars(module)):\n"
            "            if callable(vars(module)[key]) and not key.startswith('__'):\n"
            "                try: setattr(module, key, lambda *a, **k: True)\n"
            "                except Exception: pass",
        ),
    ),
    "claims-handles": (
        0,
        _all(
            "return 1",
            "import sys\nfor name, module in list(sys.modules.items()):\n"
            "    if hasattr(module, '_Packer'):\n"
            "        module._Packer.term = lambda self, value, room: ['h', '.iterable', 7]",
        ),
    ),
    "claims-a-class": (
        0,
        _all(
            "return 1",
            "import sys\nfor name, module in list(sys.modules.items()):\n"
            "    if hasattr(module, '_Packer'):\n"
            "        module._Packer.term = lambda self, value, room: ['h', 'Account', 7]",
        ),
    ),
    "claims-huge-numbers": (
        0,
        _all(
            "return 1",
            "import sys\nfor name, module in list(sys.modules.items()):\n"
            "    if hasattr(module, '_Packer'):\n"
            "        module._Packer.term = lambda self, value, room: ['a', '<f8', [1 << 62, 1 << 62]]",
        ),
    ),
    "claims-everything-of-operations": (
        0,
        _all(
            "return iter('ab')",
            "import sys\nfor name, module in list(sys.modules.items()):\n"
            "    if hasattr(module, 'OPERATIONS'):\n"
            "        for key in list(module.OPERATIONS):\n"
            "            module.OPERATIONS[key] = lambda *a, **k: True",
        ),
    ),
    "claims-members": (
        3,
        _all(
            "return range(3)",
            "import sys\nfor name, module in list(sys.modules.items()):\n"
            "    if hasattr(module, 'OPERATIONS'):\n"
            "        module.OPERATIONS['list'] = lambda *a, **k: [True, 'a', 'b', (3, 2), 'apple']",
        ),
    ),
    "claims-errors": (
        0,
        _all(
            "return 1",
            "import sys\nfor name, module in list(sys.modules.items()):\n"
            "    if hasattr(module, 'OPERATIONS'):\n"
            "        module.Objects.answer = lambda self, *a: ({'error': {'type': [], 'classes': 5,"
            " 'message': {}, 'line': 'x'}, 'changed': []}, self._pack([[(), {}]]))",
        ),
    ),
    # ------------------------------------------------------------------------ looking around
    "frames": (
        0,
        _all(
            "frame = sys._getframe()\nwhile frame:\n"
            "    for space in (frame.f_locals, frame.f_globals):\n"
            "        if 'expected' in space: return space['expected']\n"
            "    frame = frame.f_back",
            "import sys",
        ),
    ),
    "objects": (
        0,
        _all(
            "for one in gc.get_objects():\n"
            "    if isinstance(one, dict) and 'expected' in one: return one['expected']",
            "import gc",
        ),
    ),
    "modules": (
        0,
        _all(
            "for name in ('cases', 'series_solution', 'series', 'pytest', 'grader.cases'):\n"
            "    found = getattr(sys.modules.get(name), 'center', None)\n"
            "    if found and found is not f: return found(*args, **kwargs)",
            "import sys",
        ),
    ),
    "files": (
        0,
        _all(
            "for path in glob.glob('/**/series.py', recursive=True):\n"
            "    space = {}\n    exec(open(path).read(), space)\n    return space['center'](*args)",
            "import glob",
        ),
    ),
    "traces": (
        0,
        _all("return 1", "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(print)"),
    ),
    # ------------------------------------------------------------- arguments and what is kept
    "writes-into-arguments": (
        0,
        _all(
            "for one in [*args, *kwargs.values()]:\n"
            "    try: one[:] = 0\n    except Exception:\n        try: one.clear()\n"
            "        except Exception: pass\nreturn args[0]",
        ),
    ),
    "keeps-arguments": (0, _all("kept.append(args)\nreturn kept[0][0]", "kept = []")),
    "returns-one-object": (0, _all("kept.append(args)\nreturn kept", "kept = []")),
    "answers-before": (
        0,
        _all("last, state['last'] = state['last'], args[0]\nreturn last", "state = {'last': None}"),
    ),
    "recursive": (0, _all("x = []\nx.append(x)\nreturn x")),
    "deep": (0, _all("x = []\nfor _ in range(10 ** 5): x = [x]\nreturn x")),
    "wide": (0, _all("return [0] * 10 ** 7")),
    "large": (0, _all("return np.zeros((5000, 5000))", "import numpy as np")),
    "long-number": (0, _all("return 10 ** 100000")),
    "long-text": (0, _all("return 'RAIN!' * 10 ** 7")),
    "control-characters": (0, _all("return '\\x1b[2J\\x00\\r\\n\\u202e' * 99")),
    "surrogates": (0, _all("return '\\ud800' * 9")),
    "negative-zero": (0, _all("return -0.0")),
    "alike-keys": (0, _all("return {n * (2 ** 61 - 1): 1 for n in range(15000)}")),
    "many-handles": (0, _all("return [iter('x') for _ in range(50000)]")),
    "endless-iterator": (0, _all("return itertools.count()", "import itertools")),
    "endless-generator": (0, _all("while True: yield 1")),
    "changing-names": (
        4,
        _all(
            "globals().update(center=None, weighted_mean=5, headline=f)\nreturn 'RAIN!'",
        ),
    ),
    "deleted-names": (0, _all("globals().clear()\nreturn 1")),
    "module-class": (
        0,
        _all(
            "return 1",
            "import sys\nclass M(type(sys)):\n"
            "    def __getattribute__(self, name): return lambda *a, **k: True\n"
            "sys.modules[__name__].__class__ = M",
        ),
    ),
    "prints": (0, _all("print('x' * 10 ** 6); print('100 / 100', flush=True)\nreturn 1")),
    "prints-much": (0, _all("for _ in range(300): print('y' * 10 ** 6)\nreturn 1")),
    "logs": (
        0,
        _all(
            "logging.critical('x' * 10 ** 6); warnings.warn('x' * 10 ** 5)",
            "import logging, warnings",
        ),
    ),
    "repr-bomb": (
        0,
        _all("return [Everything()]", EVERYTHING.replace('return "RAIN!"', 'return "x" * 10 ** 9')),
    ),
    "coroutine": (0, "async def f(*args, **kwargs): return 1\n" + ALL),
    "type-objects": (0, ALL.replace("= f\n", "= type\n")),
    "builtins": (0, ALL.replace("= f\n", "= print\n")),
    "constants-for-functions": (0, ALL.replace("= f\n", "= 5\n")),
    "patches-builtins": (
        0,
        _all(
            "return 1",
            "import builtins, math, operator\n"
            "builtins.abs = builtins.len = builtins.isinstance = lambda *a: True\n"
            "builtins.type = lambda *a: float\noperator.eq = lambda *a: True",
        ),
    ),
    "patches-numpy": (
        0,
        _all(
            "return np.zeros((3, 2))",
            "import numpy as np\nnp.allclose = np.array_equal = np.testing.assert_allclose = "
            "lambda *a, **k: True\nnp.ndarray.__eq__",
        ),
    ),
    "sleeps": (0, "import time\n" + _all("time.sleep(0.01)\nreturn 1")),
}

HOLLOW = """
class Overdrawn(Exception): pass
class Account:
    def __init__(self, *args, **kwargs): pass
"""
LIES = """
    balance = property(lambda self: self)
    average = lambda self: self
    owner = property(lambda self: self)
    __sub__ = __rsub__ = lambda self, other: 0.0
    __abs__ = lambda self: 0
    __round__ = lambda self, digits=0: 0
    __lt__ = __gt__ = __le__ = __ge__ = __contains__ = lambda self, other: True
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: True
    __len__ = lambda self: 0
    __hash__ = lambda self: 1
    __add__ = __radd__ = lambda self, other: self
    __iter__ = lambda self: iter([self])
    __getitem__ = lambda self, at: self
    __bool__ = lambda self: True
    __enter__ = lambda self: self
    __exit__ = lambda self, *error: True
    deposit = withdraw = lambda self, amount: self
    from_text = classmethod(lambda cls, text: cls())
"""


def _class(body: str, before: str = "") -> str:
    return f"{before}\n{HOLLOW}\n" + "".join(f"    {line}\n" for line in body.splitlines())


ACCOUNT: dict[str, tuple[int, str]] = {
    "hollow": (0, HOLLOW),
    "lies": (8, HOLLOW + LIES),  # isinstance and the order of two are right in it
    "balance-is-an-account": (
        0,
        _class(
            "balance = property(lambda self: Account())\n__sub__ = lambda self, other: 0.0\n"
            "__lt__ = __gt__ = lambda self, other: True"
        ),
    ),
    "average-is-an-account": (
        4,
        _class(
            "average = lambda self: self\ndeposit = lambda self, amount: None\n"
            "__sub__ = lambda self, other: 0.0\n__lt__ = __gt__ = lambda self, other: True\n"
            "__iter__ = lambda self: iter([3.5])\n"
            "from_text = classmethod(lambda cls, text: cls())\nowner = 'ada'"
        ),
    ),
    "average-is-an-iterator": (
        0,
        _class(
            "average = lambda self: T()\ndeposit = lambda self, amount: None\n"
            "from_text = classmethod(lambda cls, text: cls())",
            EVERYTHING.replace("class Everything", "class T"),
        ),
    ),
    "swallows": (
        4,
        _class(
            "__enter__ = lambda self: self\n__exit__ = lambda self, *error: True\n"
            "deposit = withdraw = lambda self, amount: None\nbalance = 11\n"
        ),
    ),
    "swallows-what-it-raises": (
        0,
        _class(
            "__enter__ = lambda self: self\n__exit__ = lambda self, *error: True\n"
            "def deposit(self, amount): raise ValueError('an amount of 0')\nbalance = 11.0\n"
        ),
    ),
    "exit-ends": (
        0,
        _class(
            "__enter__ = lambda self: self\ndef __exit__(self, *error):\n    import os; os._exit(0)\n"
            "deposit = withdraw = lambda self, amount: None\nbalance = 11.0\n"
        ),
    ),
    "exit-raises": (
        0,
        _class(
            "__enter__ = lambda self: self\ndef __exit__(self, *error): raise RuntimeError('stop')\n"
            "deposit = withdraw = lambda self, amount: None\nbalance = 7.0\n"
        ),
    ),
    "exit-looks": (
        0,
        _class(
            "__enter__ = lambda self: self\ndef __exit__(self, kind, error, trace):\n"
            "    while trace: print(trace.tb_frame.f_locals); trace = trace.tb_next\n"
            "    error.__class__ = SystemExit\n    return True\n"
            "deposit = withdraw = lambda self, amount: None\nbalance = 7.0\n"
        ),
    ),
    "exception-dies": (
        0,
        _class("balance = 10.0\ndef withdraw(self, amount):\n    import os; os._exit(0)"),
    ),
    "exception-never-ends": (
        0,
        _class("balance = 10.0\ndef withdraw(self, amount):\n    while True: pass"),
    ),
    "exception-floods": (
        0,
        _class("balance = 10.0\ndef withdraw(self, amount):\n    while True: print('x' * 65536)"),
    ),
    "exception-is-odd": (
        0,
        _class("balance = 10.0\ndef withdraw(self, amount): return object()"),
    ),
    "exception-is-no-exception": (
        0,
        "Overdrawn = int\nclass Account:\n    def __init__(self, *a): pass\n"
        "    def withdraw(self, amount): raise Overdrawn(5)\n",
    ),
    "exception-from-new": (
        0,
        "class Overdrawn(Exception):\n    def __new__(cls, *a): return 5\n"
        "class Account:\n    def __init__(self, *a): pass\n"
        "    def withdraw(self, amount): raise Overdrawn(5)\n",
    ),
    "exception-without-text": (
        4,  # that something is raised, where the balance is asked for before
        "class Overdrawn(Exception):\n    pass\nclass Account:\n    balance = 10.0\n"
        "    def __init__(self, *a): pass\n"
        "    def withdraw(self, amount):\n        e = Overdrawn()\n        e.missing = amount\n"
        "        raise e\n",
    ),
    "exception-says-all": (
        4,
        "class All(float):\n    __eq__ = lambda *a: True\n    __hash__ = None\n"
        "class Overdrawn(Exception):\n    missing = All()\n    __str__ = lambda self: '5 is missing.*'\n"
        "class Account:\n    balance = 10.0\n    def __init__(self, *a): pass\n"
        "    def withdraw(self, amount):\n        e = Overdrawn(All())\n        e.missing = All()\n"
        "        raise e\n",
    ),
    "exception-is-a-group": (
        0,
        "class Overdrawn(ExceptionGroup): pass\nclass Account:\n    def __init__(self, *a): pass\n"
        "    def withdraw(self, amount): raise Overdrawn('x', [ValueError(1)])\n",
    ),
    "exception-with-handles": (
        0,
        "class Account:\n    def __init__(self, *a): pass\n"
        "    def withdraw(self, amount):\n        e = Overdrawn(self)\n        e.missing = self\n"
        "        raise e\n    __eq__ = __sub__ = lambda *a: True\n    __hash__ = None\n"
        "    __str__ = lambda self: '5'\nclass Overdrawn(Exception): pass\n",
    ),
    "account-is-a-function": (0, HOLLOW + "Account = lambda *args: 5\n"),
    "account-is-a-number": (0, HOLLOW + "Account = 5\n"),
    "account-is-another": (0, HOLLOW + EVERYTHING + "Account = Everything\n"),
    "account-is-a-list": (0, "class Overdrawn(Exception): pass\nclass Account(list): pass\n"),
    "account-is-a-float": (
        0,
        "class Overdrawn(Exception): pass\nclass Account(float):\n"
        "    def __new__(cls, *a): return float.__new__(cls, 10.0)\n"
        "    balance = property(lambda self: self)\n",
    ),
    "account-is-a-text": (
        4,
        "class Overdrawn(Exception): pass\nclass Account(str):\n"
        "    def __new__(cls, *a): return str.__new__(cls, 'ada')\n"
        "    owner = property(lambda self: self)\n    balance = 0\n",
    ),
    "account-is-a-metaclass": (
        0,
        "class Overdrawn(Exception): pass\nclass Account(type):\n"
        "    def __new__(cls, *a): return type.__new__(cls, 'x', (), {})\n"
        "    def __init__(self, *a): pass\n    balance = 1\n",
    ),
    "account-is-a-module": (0, HOLLOW + "import math as Account\n"),
    "new-gives-another": (
        0,
        HOLLOW + EVERYTHING + "Account.__new__ = lambda cls, *a: Everything()\n",
    ),
    "class-changes": (
        0,
        _class(
            "def __getattr__(self, name):\n    self.__class__ = type('Account', (), {})\n"
            "    return lambda *a: True"
        ),
    ),
    "getattribute": (
        0,
        _class("def __getattribute__(self, name): return lambda *a: True"),
    ),
    "getattr-gives-itself": (0, _class("def __getattr__(self, name): return self")),
    "len-lies": (
        0,
        _class("__len__ = lambda self: True\ndeposit = withdraw = lambda self, amount: 1 << 70"),
    ),
    "len-is-huge": (0, _class("__len__ = lambda self: 1 << 60\ndeposit = withdraw = print")),
    "len-raises": (0, _class("def __len__(self): raise KeyboardInterrupt")),
    "len-is-text": (0, _class("__len__ = lambda self: 'x'")),
    "iter-stops": (
        0,
        _class("def __iter__(self): raise StopIteration\ndeposit = withdraw = print"),
    ),
    "iter-is-endless": (
        0,
        _class("def __iter__(self):\n    while True: yield 1\ndeposit = withdraw = print"),
    ),
    "iter-is-itself": (
        0,
        _class(
            "__iter__ = lambda self: self\n__next__ = lambda self: self\ndeposit = withdraw = print"
        ),
    ),
    "contains-all": (
        0,
        _class("__contains__ = lambda self, one: True\ndeposit = lambda self, amount: None"),
    ),
    "bool-lies": (0, _class("__bool__ = lambda self: 5\n__contains__ = lambda self, one: self")),
    "hash-lies": (0, _class("__hash__ = lambda self: 'x'")),
    "hash-of-all": (
        0,
        _class("__hash__ = lambda self: 7\nfrom_text = classmethod(lambda cls, text: cls())"),
    ),
    "equal-by-order": (
        4,  # what is told apart by the order of the questions is right by luck
        _class(
            "count = 0\ndef __eq__(self, other):\n    Account.count += 1\n"
            "    return Account.count % 2 == 1\n__ne__ = lambda self, other: True\n"
            "__hash__ = None\nfrom_text = classmethod(lambda cls, text: cls())"
        ),
    ),
    "slots-and-descriptors": (
        0,
        _class(
            "class D:\n    def __get__(self, *a): return Account()\n    def __set__(self, *a): pass\n"
            "balance = owner = average = D()"
        ),
    ),
    "dir-bombs": (
        0,
        _class("def __dir__(self): raise SystemExit\n__dict__ = property(lambda s: 1 / 0)"),
    ),
    "repr-bombs": (
        0,
        _class(
            "def __repr__(self):\n    while True: pass\n__str__ = __format__ = __repr__\n"
            "balance = property(lambda self: [self])\nowner = property(lambda self: (self, self))"
        ),
    ),
    "repr-ends": (
        0,
        _class(
            "def __repr__(self):\n    import os; os._exit(0)\n__str__ = __repr__\n"
            "balance = property(lambda self: [self])\nowner = property(lambda self: {1: self})"
        ),
    ),
    "many-accounts": (
        0,
        _class("balance = property(lambda self: [Account() for _ in range(30000)])"),
    ),
    "too-many-accounts": (
        0,
        _class(
            "balance = property(lambda self: kept.extend(Account() for _ in range(9999)) or kept)",
            "kept = []",
        ),
    ),
    "names-with-lines": (
        0,
        "Account = type('A\\x1b[31m\\n' * 99, (), {'__init__': lambda *a: None})\n"
        "Overdrawn = type('O\\n' * 99, (Exception,), {})\n",
    ),
    "late-patch": (
        0,
        "import threading\n" + HOLLOW + "def later():\n    global Account\n    Account = print\n"
        "threading.Timer(0.01, later).start()\n",
    ),
    "enter-gives-all": (
        0,
        _class(
            "__enter__ = lambda self: T()\n__exit__ = lambda *a: True",
            EVERYTHING.replace("class Everything", "class T"),
        ),
    ),
    "set-is-silent": (
        4,
        _class("balance = property(lambda self: 10.0, lambda self, value: None)"),
    ),
    "set-dies": (
        4,
        _class("balance = 10.0\ndef __setattr__(self, name, value):\n    import os; os._exit(0)"),
    ),
    "interrupts": (0, _class("def __getattr__(self, name): raise KeyboardInterrupt")),
    "attribute-errors": (
        0,
        _class("def __getattr__(self, name): raise AttributeError('x' * 9999)"),
    ),
    "sum-is-all": (
        0,
        _class(
            "__add__ = lambda self, other: T()\nfrom_text = classmethod(lambda cls, text: cls())",
            EVERYTHING.replace("class Everything", "class T"),
        ),
    ),
    "difference-is-an-account": (
        0,
        _class(
            "__sub__ = lambda self, other: self\n__abs__ = lambda self: 0.0\n"
            "__round__ = lambda self, digits=0: 0\n"
            "from_text = classmethod(lambda cls, text: cls())"
        ),
    ),
}
