"""The zygote: NumPy imported, no learner's code, forks a worker for each submission.

The trusted side speaks to it over a socket of packets, each a JSON object.
Its first packet is unasked and says what the kernel offers. Then, each answered by one packet:

- `{"op": "fork", "late": […], …orders}`, with the worker's four descriptors; the answer
  is `{"pid": …}`.
- `{"op": "end", "pid": …, "grace": seconds}`: the worker is killed after that time unless
  it has ended by itself; the answer is `{"status": …}`, as `waitpid` has it, or null if it
  was killed here.
- `{"op": "probe", …orders}`: the answer is what `probe.report` found out in a worker.
"""

import json
import os
import signal
import socket
import time

from . import child, kernel, probe, warm, wire


def run(config: wire.Header) -> None:
    """Serve the trusted side until it hangs up, then end, and every worker with it."""
    control = socket.socket(fileno=config["control"])
    kernel.die_with_parent()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    with open(kernel.filter_path(config["folder"]), "rb") as file:
        program = file.read()
    warm.warm_up()
    control.send(json.dumps(probe.describe_kernel()).encode())
    while True:
        packet, descriptors, _, _ = socket.recv_fds(control, wire.MAX_PACKET, 4)
        if not packet:
            os._exit(0)
        answer = _obey(json.loads(packet), list(descriptors), program, control)
        control.send(json.dumps(answer).encode())


def _obey(
    order: wire.Header, descriptors: list[int], program: bytes, control: socket.socket
) -> wire.Header:
    if order["op"] == "end":
        return {"status": _end(order["pid"], order["grace"])}
    if order["op"] == "probe":
        return _probe(order, program, control)
    requests, replies, stdout, stderr = descriptors
    pid = os.fork()
    if pid == 0:
        _forget_zygote()
        child.take_descriptors(requests, replies, stdout, stderr)
        warm.part_ways(order["late"])  # here, so that no submission finds what another needed
        child.run(child.orders_of(order), program)
    for descriptor in descriptors:
        os.close(descriptor)
    return {"pid": pid}


def _probe(order: wire.Header, program: bytes, control: socket.socket) -> wire.Header:
    """Fork a worker that tries its own walls, and return what it reports."""
    mine, its = os.pipe()
    pid = os.fork()
    if pid == 0:
        _forget_zygote()
        control.close()
        found: wire.Header = {"error": "the probe ended early"}
        try:
            found = probe.report(child.orders_of(order), program, order["targets"])
        finally:
            os.write(its, json.dumps(found).encode())
            os._exit(0)
    os.close(its)
    with open(mine, "rb") as pipe:
        text = pipe.read()
    _end(pid, 1.0)
    found = json.loads(text) if text else {"error": "the probe was killed"}
    assert isinstance(found, dict)
    return found


def _forget_zygote() -> None:
    """Be a process of its own after a fork."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def _end(pid: int, grace: float) -> int | None:
    """Reap a worker, killing it if it has not ended within `grace` seconds."""
    deadline = time.monotonic() + grace
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        left = deadline - time.monotonic()
        if left <= 0:
            break
        signal.sigtimedwait([signal.SIGCHLD], left)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None
