"""The zygote: NumPy imported, no learner's code, forks a worker for each submission.

The trusted side speaks to it over a socket of packets, each a JSON object.
Its first packet is unasked and says what the kernel offers. Then:

- `{"op": "fork", "worker": number, "late": […], …orders}`, with the worker's four descriptors;
  not answered.
- `{"op": "kill", "worker": number}`: the worker is killed; not answered.
- `{"op": "end", "worker": number, "grace": seconds}`: the worker is killed after that time
  unless it has ended by itself; the answer is `{"status": …}`, as `waitpid` has it, or null if
  it was killed here.
- `{"op": "settle"}`: the answer, `{}`, says that all orders before it have been carried out.
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
    workers: dict[int, int] = {}
    while True:
        packet, descriptors, _, _ = socket.recv_fds(control, wire.MAX_PACKET, 4)
        if not packet:
            os._exit(0)
        order = json.loads(packet)
        if order["op"] == "fork":
            workers[order["worker"]] = _fork(order, list(descriptors), program)
        elif order["op"] == "kill":
            _end(workers.pop(order["worker"]), 0.0)
        else:
            answer: wire.Header = {}
            if order["op"] == "end":
                answer = {"status": _end(workers.pop(order["worker"]), order["grace"])}
            elif order["op"] == "probe":
                answer = _probe(order, program, control)
            control.send(json.dumps(answer).encode())


def _fork(order: wire.Header, descriptors: list[int], program: bytes) -> int:
    """Fork a worker and return its process's number."""
    requests, replies, stdout, stderr = descriptors
    pid = os.fork()
    if pid == 0:
        _forget_zygote()
        child.take_descriptors(requests, replies, stdout, stderr)
        warm.part_ways(order["late"])  # here, so that no submission finds what another needed
        child.run(child.orders_of(order), program)
    for descriptor in descriptors:
        os.close(descriptor)
    return pid


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
