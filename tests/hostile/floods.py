"""Submissions that take all the threads, cores or memory there are, and what they are without."""

# Threads by the system call itself, past what Python counts and on one stack for all of them.
_RAW = """
import ctypes, mmap, struct
def flood(most=4000, flags=0x100 | 0x200 | 0x400 | 0x800 | 0x10000):
    code, stack = mmap.mmap(-1, 4096, prot=7), mmap.mmap(-1, 65536)
    pause = ctypes.create_string_buffer(struct.pack("<qq", 3600, 0))
    code.write(bytes.fromhex("48c7c038000000" "0f05" "4885c0" "7401" "c3" "48bf")
        + struct.pack("<Q", ctypes.addressof(pause))
        + bytes.fromhex("4831f6" "48c7c023000000" "0f05" "ebe8"))
    clone = ctypes.CFUNCTYPE(ctypes.c_long, *[ctypes.c_long] * 5)(
        ctypes.addressof(ctypes.c_char.from_buffer(code)))
    top = ctypes.addressof(ctypes.c_char.from_buffer(stack)) + 65536 - 64
    while most and clone(flags, top, 0, 0, 0) > 0:
        most -= 1
    kept.append((code, stack, pause, clone))
"""
_SLEEPING = """
import _thread, threading, time
threading.stack_size(32768)
def flood():
    while True:
        try: _thread.start_new_thread(time.sleep, (3600,))
        except RuntimeError: break
"""
_BURNING = """
import hashlib, threading, time
def burn():
    while True: hashlib.pbkdf2_hmac("sha256", b"x", b"y", 400000)
def flood():
    for _ in range(250):
        try: threading.Thread(target=burn, daemon=True).start()
        except RuntimeError: break
    time.sleep(1.5)
"""
_HOARDING = """
import time
def flood():
    try:
        while True: kept.append(np.ones(1 << 18))
    except MemoryError: time.sleep(1.5)
"""
_CALM = "def flood(): pass"
# Wrong in a way that is looked into, by further workers, while the flood holds what it has.
_FUNCTIONS = """
def compute_qkv(X, W_q, W_k, W_v):
    kept or flood() or kept.append(1)
    return X @ W_q, X @ W_k, X @ W_v
def self_attention(Q, K, V):
    return V + Q + K
def multi_head_attention(Q, K, V, n_heads):
    return Q + V + K
"""
CALM = f"import numpy as np\nkept = []\n{_CALM}\n{_FUNCTIONS}"


def sources() -> dict[str, bytes]:
    """Return all floods, by name."""
    kinds = {"raw": _RAW, "sleeping": _SLEEPING, "burning": _BURNING, "hoarding": _HOARDING}
    found = {}
    for kind, text in kinds.items():
        found[f"{kind}-at-call"] = CALM.replace(_CALM, text).encode()
        found[f"{kind}-at-import"] = f"{CALM.replace(_CALM, text)}\nflood()\n".encode()
    return found


def hoard(mebibytes: int) -> bytes:
    """Return what holds some memory, less than it may."""
    return CALM.replace("kept = []", f"kept = [np.ones({mebibytes} << 17)]").encode()
