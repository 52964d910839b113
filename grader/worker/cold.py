"""A worker that is a process of its own, for one submission."""

import os
import sys

from . import serve, wire
from .results import SUBMISSION_FILE


def run(config: wire.Header) -> None:
    """Take the places of the descriptors, read the source, serve it, end."""
    take_descriptors(config["requests"], config["replies"])
    sys.argv[:] = [SUBMISSION_FILE]
    try:
        load, (source,) = serve.receive()
        serve.serve(load, bytes(source))
    except serve.HungUp:
        pass
    finally:
        os._exit(0)


def take_descriptors(requests: int, replies: int) -> None:
    """Put the two pipes where `serve` expects them and close all else above stderr."""
    free = max(requests, replies, serve.REPLIES) + 1
    os.dup2(requests, free, inheritable=False)
    os.dup2(replies, free + 1, inheritable=False)
    os.dup2(free, serve.REQUESTS, inheritable=False)
    os.dup2(free + 1, serve.REPLIES, inheritable=False)
    os.closerange(serve.REPLIES + 1, os.sysconf("SC_OPEN_MAX"))
