"""A worker from its first moment to the learner's code: descriptors, lock-down, service."""

import gc
import os
import sys
from typing import IO

from . import counting, imports, interpreter, lockdown, refusals, serve, wire

DESCRIPTORS = ("requests", "replies", "stdout", "stderr")
"""A worker's ends of its four pipes, in the order in which they are handed over."""


def take_descriptors(requests: int, replies: int, *streams: int) -> None:
    """Put the pipes where `serve` expects them and close all else above stderr.

    Args:
        requests: becomes descriptor 3.
        replies: becomes descriptor 4.
        streams: become stdout and stderr; without any, those stay as they are.
    """
    free = max(requests, replies, serve.REPLIES, *streams) + 1
    places = dict(
        zip((serve.REQUESTS, serve.REPLIES, 1, 2), (requests, replies, *streams), strict=False)
    )
    for offset, descriptor in enumerate(places.values()):
        os.dup2(descriptor, free + offset, inheritable=False)
    for offset, place in enumerate(places):
        os.dup2(free + offset, place, inheritable=False)
    os.closerange(serve.REPLIES + 1, os.sysconf("SC_OPEN_MAX"))
    # The streams of a zygote were made for other descriptors: a pipe cannot be sought in.
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        stream = _stream(descriptor)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _stream(descriptor: int) -> IO[str]:
    # Not even text that is no text, such as a lone surrogate, should cost points.
    mode, errors = ("w", "backslashreplace") if descriptor else ("r", "strict")
    return open(descriptor, mode, encoding="utf-8", errors=errors, closefd=False)


def run(orders: lockdown.Orders, program: bytes) -> None:
    """Lock this process down, say so, serve one submission, end.

    A worker that cannot give up what it was told to says why and ends: no learner's code
    ever runs in it.
    """
    try:
        load, (source,) = serve.receive()
        sys.argv[:] = [load["file"]]
        try:
            lockdown.limit_resources(orders)
            serve.reply({"id": wire.LOCKED, "limited": True}, [])
            known = load["known"] or imports.study(bytes(source), notebook=load["notebook"])
            imports.import_each(known)
            held = list(lockdown.give_up_rights(orders, program))
        except Exception as error:
            serve.reply({"id": wire.LOCKED, "fault": f"{type(error).__name__}: {error}"}, [])
            return
        serve.reply({"id": wire.LOCKED, "held": held, "known": known}, [])
        gc.enable()
        refusals.watch()
        interpreter.complete()
        serve.serve(load, bytes(source))
    except serve.HungUp:
        pass
    finally:
        os._exit(0)


def orders_of(config: wire.Header, *, to_fork: bool = False) -> lockdown.Orders:
    """Return the orders that a configuration holds, in the worker's process.

    Args:
        config: see `lockdown.Orders`.
        to_fork: this is the process that forks the worker, which is a task more.
    """
    counted = None if config["counted_apart"] else counting.counted() + to_fork
    return lockdown.Orders(
        layers=tuple(config["layers"]),
        landlock_abi=config["landlock_abi"],
        cpu_seconds=config["cpu_seconds"],
        memory_mib=config["memory_mib"],
        threads=config["threads"],
        counted=counted,
    )
