"""Hostile submissions: each wants points, secrets, the machine, or to stop the grading.

An attack is a few lines. Where it does not say so itself, it runs both when the file is
loaded and when a function is called, and the functions return zeros, which earn nothing.
"""

import json

PORT = 48123
CANARY = "attention-kata-canary"

_FUNCTIONS = """
def compute_qkv(X, W_q, W_k, W_v):
    attack(); return X, X, X
def self_attention(Q, K, V):
    attack(); return np.zeros_like(V)
def multi_head_attention(Q, K, V, n_heads):
    attack(); return np.zeros_like(Q)
"""

_BODIES: dict[str, str] = {
    # ------------------------------------------------------------ process exit and signals
    "exit-os": "import os; os._exit(0)",
    "exit-sys": "import sys; sys.exit(0)",
    "exit-kill-self": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "exit-kill-parent": "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
    "exit-kill-group": "import os, signal; os.killpg(0, signal.SIGKILL)",
    "exit-kill-everyone": "import os; os.kill(-1, 9)",
    "exit-abort": "import os; os.abort()",
    "exit-segfault": "import ctypes; ctypes.string_at(0)",
    "exit-thread": "import os, threading; t = threading.Thread(target=os._exit, args=(0,)); "
    "t.start(); t.join()",
    "exit-keyboard": "raise KeyboardInterrupt",
    "exit-generator": "raise GeneratorExit",
    "exit-stop": "raise StopIteration",
    # ---------------------------------------------------------------------- endless work
    "endless-python": "while True: pass",
    "endless-swallow": "while True:\n        try:\n            while True: pass\n"
    "        except BaseException: pass",
    "endless-lock-held": "import itertools; sum(itertools.repeat(1))",
    "endless-power": "x = 10 ** (10 ** 9)",
    "endless-regex": "import re; re.match('(a*)*b', 'a' * 40)",
    "endless-sleep": "import time; time.sleep(3600)",
    "endless-signals": "import signal\n    for s in range(1, 32):\n"
    "        try: signal.signal(s, signal.SIG_IGN)\n        except (OSError, ValueError): pass\n"
    "    while True: pass",
    "endless-memory": "x = []\n    while True: x.append(bytearray(1 << 24))",
    "endless-array": "np.ones(1 << 33)",
    "endless-string": "'x' * (1 << 40)",
    "endless-print": "while True: print('x' * 65536)",
    "endless-write": "import os\n    while True: os.write(1, b'x' * 65536)",
    "endless-stderr": "import os\n    while True: os.write(2, b'x' * 65536)",
    "endless-recursion": "import sys; sys.setrecursionlimit(1 << 30)\n    def f(): f()\n    f()",
    "endless-threads": "import threading, time\n    while True: "
    "threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
    "endless-forks": "import os\n    while True: os.fork()",
    "endless-files": "import os\n    while True: os.open('/dev/null', 0)",
    "endless-pipes": "import os\n    while True: os.pipe()",
    "endless-dup": "import os\n    x = [os.dup(1) for _ in range(100000)]",
    "endless-compile": "compile('(' * 10 ** 6, '', 'eval')",
    # --------------------------------------------------------------------------- reading
    "read-cases": "import grader.cases.catalogue as c; print('LEAK', c.all_cases())",
    "read-solution": "import glob\n    for p in glob.glob('/**/solution/*.py', recursive=True): "
    "print('LEAK', open(p).read())",
    "read-spec": "import importlib.util; print('LEAK', importlib.util.find_spec('grader').origin)",
    "read-path": "import sys, os\n    for p in sys.path: print('LEAK', os.listdir(p))",
    "read-passwd": "print('LEAK', open('/etc/passwd').read())",
    "read-environment": "import os\n    if 'GRADE_CANARY' in os.environ: print('LEAK', os.environ)",
    "read-environ-file": "print('LEAK', open('/proc/self/environ').read())",
    "read-parent-memory": "import os; print('LEAK', open(f'/proc/{os.getppid()}/mem', 'rb').read(9))",
    "read-parent-fds": "import os; print('LEAK', os.listdir(f'/proc/{os.getppid()}/fd'))",
    "read-parent-vm": "import ctypes, os\n    class V(ctypes.Structure): _fields_ = [('b', "
    "ctypes.c_void_p), ('n', ctypes.c_size_t)]\n    b = ctypes.create_string_buffer(8)\n"
    "    l = V(ctypes.addressof(b), 8); r = V(ctypes.addressof(b), 8)\n"
    "    n = ctypes.CDLL(None).process_vm_readv(os.getppid(), ctypes.byref(l), 1, "
    "ctypes.byref(r), 1, 0)\n    if n > 0: print('LEAK', b.raw)",
    "read-ptrace": "import ctypes, os\n    if ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0: "
    "print('LEAK')",
    "read-home": "import os\n    for p in ('~', '/root', '/home', '/tmp'): "
    "print('LEAK', os.listdir(os.path.expanduser(p)))",
    "read-frames": "import sys\n    f = sys._getframe()\n    while f:\n"
    "        if {'want', 'expected', 'reference', 'seed'} & {*f.f_locals, *f.f_globals}: "
    "print('LEAK', f.f_locals)\n        f = f.f_back",
    "read-objects": "import gc\n    for o in gc.get_objects():\n"
    "        if type(o).__name__ in ('Case', 'Report', 'Judged'): print('LEAK', o)",
    "read-descriptors": "import os\n    for fd in (0, *range(5, 256)):\n"
    "        try: print('LEAK', os.read(fd, 100)) if os.read(fd, 1) else None\n"
    "        except OSError: pass",
    "read-getattr": "import builtins; print('LEAK', builtins.open.__self__.open('/etc/hostname').read())",
    "read-affinity": "import os\n    for p in range(1, 40000):\n"
    "        try: p != os.getpid() and print('LEAK', p, os.sched_getaffinity(p))\n"
    "        except ProcessLookupError: pass",
    "read-clock": "import time\n    for p in range(1, 40000):\n"
    "        try: print('LEAK', p, time.clock_gettime(~p << 3 | 2))\n"
    "        except OSError: pass",
    "read-clock-resolution": "import time\n    for p in range(1, 40000):\n"
    "        try: print('LEAK', p, time.clock_getres(~p << 3 | 2))\n"
    "        except OSError: pass",
    # ------------------------------------------------------------------ writing, leaving
    "write-tmp": f"open('/tmp/{CANARY}', 'w').write('CANARY')",
    "write-here": f"open('{CANARY}', 'w').write('CANARY')",
    "write-shm": f"open('/dev/shm/{CANARY}', 'w').write('CANARY')",
    "write-report": "open('report.json', 'w').write('{\"score\": 1}')",
    "write-site": f"import site; open(site.getsitepackages()[0] + '/{CANARY}.pth', 'w')",
    "write-memfd": f"import os; os.memfd_create('{CANARY}')",
    "write-shared-memory": "from multiprocessing import shared_memory as s; "
    f"s.SharedMemory('{CANARY}', True, 99)",
    "write-chmod": "import os; os.chmod('/tmp', 0)",
    "write-rename": "import os; os.rename('/tmp', '/tmp2')",
    "write-mkfifo": f"import os; os.mkfifo('/tmp/{CANARY}')",
    "leave-daemon": "import os\n    if os.fork() == 0:\n        os.setsid()\n"
    "        while True: pass",
    "leave-subprocess": "import subprocess; subprocess.Popen(['sleep', '999'], "
    "start_new_session=True)",
    "leave-system": "import os; os.system('sleep 999 &')",
    "leave-spawn": "import os; os.posix_spawn('/bin/sleep', ['sleep', '999'], {})",
    "leave-clone": "import ctypes; ctypes.CDLL(None).syscall(56, 17, 0, 0, 0, 0) or exit()",
    "leave-vfork": "import ctypes; ctypes.CDLL(None).syscall(58)",
    "leave-exec": "import os; os.execv('/bin/sleep', ['sleep', '999'])",
    "leave-atexit": "import atexit\n    @atexit.register\n    def f():\n        while True: pass",
    # --------------------------------------------------------------------------- network
    "net-tcp": f"import socket; socket.create_connection(('127.0.0.1', {PORT}), 1)",
    "net-udp": f"import socket; socket.socket(2, 2).sendto(b'CANARY', ('127.0.0.1', {PORT}))",
    "net-unix": f"import socket; socket.socket(1, 1).connect('\\0{CANARY}')",
    "net-http": f"import urllib.request; urllib.request.urlopen('http://127.0.0.1:{PORT}/')",
    "net-dns": "import socket; socket.getaddrinfo('example.org', 80)",
    "net-raw-syscall": "import ctypes; l = ctypes.CDLL(None)\n    assert l.syscall(41, 2, 1, 0) >= 0",
    "net-io-uring": "import ctypes; assert ctypes.CDLL(None).syscall(425, 8, 0) >= 0",
    # ------------------------------------------------------------------------- tampering
    "tamper-numpy": "import numpy.testing as t\n    np.allclose = np.array_equal = np.isclose = "
    "t.assert_allclose = lambda *a, **k: True",
    "tamper-json": "import json; json.dumps = lambda *a, **k: '{\"score\": 1}'",
    "tamper-write": "import os; os.write = lambda fd, data: len(data)",
    "tamper-read": "import os; os.read = lambda fd, n: b'\\0' * n",
    "tamper-close": "import os; os.closerange(0, 256)",
    "tamper-dup": "import os; os.dup2(1, 4); os.dup2(1, 3)",
    "tamper-modules": "import sys; sys.modules.clear()",
    "tamper-builtins": "import builtins\n    for n in ('isinstance', 'len', 'getattr', 'type'): "
    "setattr(builtins, n, lambda *a: True)",
    "tamper-stdout": "import sys; sys.stdout = sys.stderr = None",
    "tamper-trace": "import sys; sys.settrace(lambda *a: 1 / 0)",
    "tamper-audit": "import sys; sys.addaudithook(lambda *a: 1 / 0)",
    "tamper-worker": "import sys\n    f = sys._getframe()\n    while f:\n"
    "        for k in list(f.f_globals):\n"
    "            if k.startswith('describe') or k in ('reply', 'serve', 'pack'): "
    "f.f_globals[k] = lambda *a: {'kind': 'array'}\n        f = f.f_back",
    "tamper-limits": "import resource; resource.setrlimit(resource.RLIMIT_CPU, (-1, -1))",
    "tamper-fcntl": "import fcntl, os; fcntl.fcntl(4, 8, os.getppid())",
    "tamper-prctl": "import ctypes; assert ctypes.CDLL(None).prctl(4, 1, 0, 0, 0) == 0",
    "tamper-seccomp": "import ctypes; assert ctypes.CDLL(None).syscall(317, 0, 0, 0) == 0",
    # ------------------------------------------------------------ frames written by hand
    "frame-garbage": "import os; os.write(4, b'garbage' * 999)",
    "frame-huge": "import os, struct; os.write(4, struct.pack('<II', 1 << 31, 1 << 31))",
    "frame-many": "import os, struct; os.write(4, struct.pack('<II', 2, 1 << 30) + b'{}')",
    "frame-payload": "import os, struct; os.write(4, struct.pack('<IIQ', 2, 1, 1 << 60) + b'{}')",
    "frame-half": "import os, time; os.write(4, b'\\x09'); time.sleep(99)",
    "frame-half-exit": "import os; os.write(4, b'\\x09\\0\\0\\0'); os._exit(0)",
    "frame-nan": "import os, struct; j = b'{\"id\": NaN}'; "
    "os.write(4, struct.pack('<II', len(j), 0) + j)",
    "frame-deep": "import os, struct; j = b'[' * 60000; "
    "os.write(4, struct.pack('<II', len(j), 0) + j)",
    "frame-advance": "import os, struct, json\n    for i in range(99):\n"
    "        j = json.dumps({'id': i, 'result': {'kind': 'object', 'type': 'x'}}).encode()\n"
    "        os.write(4, struct.pack('<II', len(j), 0) + j)",
    "frame-object-dtype": "import os, struct, json\n    j = json.dumps({'id': 2, 'result': {'kind': "
    "'array', 'array': 0, 'dtype': '|O', 'shape': [1]}}).encode()\n"
    "    os.write(4, struct.pack('<IIQ', len(j), 1, 8) + j + b'\\0' * 8)",
    "frame-everywhere": "import os\n    for fd in range(256):\n"
    "        try: os.write(fd, b'{\"score\": 1}')\n        except OSError: pass",
    "frame-flood": "import os\n    while True: os.write(4, b'\\0' * 65536)",
}

_ANSWERS: dict[str, str] = {
    # ---------------------------------------------------------------------- lying values
    "lie-subclass": "type('A', (np.ndarray,), {'__eq__': lambda *a: True, '__sub__': lambda s, o: "
    "np.zeros(1)})((5, 3))",
    "lie-array": "type('A', (), {'__array__': lambda *a, **k: V, 'shape': (5, 3), "
    "'dtype': np.dtype(float)})()",
    "lie-object": "np.array([[type('A', (), {'__eq__': lambda *a: True})()]])",
    "lie-broadcast": "np.broadcast_to(np.float64(0), (1 << 30, 1 << 30))",
    "lie-strided": "np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 20, 1 << 20), (0, 0))",
    "lie-out-of-bounds": "np.lib.stride_tricks.as_strided(np.zeros(1), V.shape, (1 << 40, 1 << 40))",
    "lie-structured": "np.zeros(V.shape, dtype=[('a', 'f8')])",
    "lie-complex": "np.zeros(V.shape, dtype=complex)",
    "lie-masked": "np.ma.masked_all(V.shape)",
    "lie-nan": "np.full(V.shape, np.nan)",
    "lie-infinite": "np.full(V.shape, np.inf)",
    "lie-huge": "np.full(V.shape, 1e308)",
    "lie-string": "np.array('x' * 10 ** 6)",
    "lie-dates": "np.zeros(V.shape, dtype='M8[s]')",
    "lie-many-axes": "np.zeros((1,) * 60)",
    "lie-scalar": "np.float64(1)",
    "lie-true": "True",
    "lie-self": "self_attention",
    "lie-generator": "(x for x in V)",
    "lie-endless-tuple": "type('T', (tuple,), {'__iter__': lambda s: iter(int, 1), "
    "'__len__': lambda s: 3})()",
    "lie-recursive": "(lambda l: (l.append(l), l)[1])([])",
    "lie-class": "type('\\x1b[31m' + 'x' * 10 ** 6, (), {})()",
    "lie-class-property": "type('A', (), {'__class__': property(lambda s: np.ndarray)})()",
}

_RAISES: dict[str, str] = {
    "raise-gigantic": "raise ValueError('x' * 10 ** 8)",
    "raise-str-raises": "raise type('E', (Exception,), {'__str__': lambda s: 1 / 0})()",
    "raise-str-endless": "raise type('E', (Exception,), {'__str__': lambda s: "
    "[0 for _ in iter(int, 1)]})()",
    "raise-surrogates": "raise ValueError('\\ud800\\x00\\x1b]0;x\\x07\\u202e')",
    "raise-exits": "raise type('E', (Exception,), {'__str__': lambda s: exit()})()",
    "raise-base": "raise BaseException('no')",
    "raise-chain": "e = ValueError()\n    for _ in range(10 ** 5):\n        f = ValueError(); "
    "f.__cause__ = e; e = f\n    raise e",
}


def sources() -> dict[str, bytes]:
    """Return all attacks, by name."""
    found = {}
    for name, body in _BODIES.items():
        define = f"import numpy as np\ndef attack():\n    {body}\n"
        found[f"{name}-at-call"] = (define + _FUNCTIONS).encode()
        found[f"{name}-at-import"] = (define + _FUNCTIONS + "attack()\n").encode()
    for name, value in _ANSWERS.items():
        found[name] = (
            "import numpy as np\n"
            f"def compute_qkv(X, a, b, c):\n    V = X\n    x = {value}\n    return x, x, x\n"
            f"def self_attention(Q, K, V):\n    return {value}\n"
            f"def multi_head_attention(Q, K, V, n):\n    return {value}\n"
        ).encode()
    for name, body in _RAISES.items():
        found[name] = (f"import numpy as np\ndef attack():\n    {body}\n" + _FUNCTIONS).encode()
    return found | _generated()


def as_notebook(source: bytes) -> bytes:
    """Return a notebook with a source as a cell, between two others."""
    texts = ("import math", source.decode("utf-8", "replace"), "print(math.pi)")
    cells = [{"cell_type": "code", "metadata": {}, "source": text} for text in texts]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()


def _generated() -> dict[str, bytes]:
    """Return sources that are no ordinary text."""
    plain = ("import numpy as np\ndef attack(): pass\n" + _FUNCTIONS).encode()
    return {
        "source-empty": b"",
        "source-blank": b" \n\t\n",
        "source-nul": plain + b"\0",
        "source-latin": b"# -*- coding: ascii -*-\n" + plain + "# é".encode("latin-1"),
        "source-unknown-coding": b"# coding: no-such-codec\n" + plain,
        "source-rot13": b"# coding: rot13\nvzcbeg bf\n",
        "source-utf16": plain.decode().encode("utf-16"),
        "source-deep": b"x = " + b"(" * 100_000 + b")" * 100_000,
        "source-deep-unary": b"x = " + b"-" * 500_000 + b"1",
        "source-deep-lists": b"x = " + b"[" * 90 + b"]" * 90 + b"\n" + plain,
        "source-deep-attributes": b"x = a" + b".a" * 300_000,
        "source-huge-constant": b"x = 9 ** 9 ** 9\n",
        "source-huge-number": b"x = " + b"9" * 900_000,
        "source-many-functions": b"def f(): pass\n" * 60_000,
        "source-large": b"#" * (5 * 1024 * 1024),
        "source-long-line": b"x = '" + b"y" * 900_000 + b"'\n" + plain,
        "source-confusable": plain.replace(b"self_attention", "self_аttention".encode()),
        "source-getattr": b"def __getattr__(name): return lambda *a: a[0]\n",
        "source-deleted": plain + b"del self_attention\n",
        "source-surrogate": b"x = '\xed\xa0\x80'\n" + plain,
        "source-imports": b"".join(
            b"import antigravity, turtle, this, tkinter\n" for _ in range(9)
        ),
        "source-imports-of-far-letters": b"def late():\n"
        + b"".join(f"  from os import {chr(131072 + n) * 60}\n".encode() for n in range(600))
        + plain,
        "source-import-grader": b"from grader.kata import default_kata\nglobals().update(vars(default_kata().solution))\n",
    }
