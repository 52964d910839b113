"""The zygote: no learner's code, and NumPy if it is told so; forks a worker for each submission.

The trusted side speaks to it over a socket of packets, each a JSON object.
Its first packet is unasked and says what the kernel offers. Then:

- `{"op": "fork", "worker": number, "late": […], …orders}`, with the worker's four descriptors;
  not answered. Where no process can be made, that is said on the worker's own pipe.
- `{"op": "kill", "worker": number}`: the worker is killed; not answered.
- `{"op": "end", "worker": number, "grace": seconds}`: the worker is killed after that time
  unless it has ended by itself; the answer says how, as `grader.jail.ending.Ending` has it, and
  is empty if it was killed here.
- `{"op": "stopped", "worker": number}`: the answer, `{"stopped": …}`, says whether somebody has
  stopped it, be it that it runs again.
- `{"op": "numpy"}`: NumPy is imported, for all workers that are forked from then on; not answered.
- `{"op": "settle"}`: the answer, `{}`, says that all orders before it have been carried out.
- `{"op": "probe", …orders}`: the answer is what `probe.report` found out in a worker. It may be
  sent before the first packet has come: what the kernel offers is put into the orders here.
"""

import contextlib
import json
import os
import resource
import select
import signal
import socket
import time
import traceback
from typing import NoReturn

from . import child, kernel, lockdown, probe, warm, wire


def run(config: wire.Header) -> None:
    """Serve the trusted side until it hangs up, then end, and every worker with it.

    Args:
        config: beside what each `run` is given, `control`, the descriptor of the socket, and
            `plain`, whether it begins without NumPy.
    """
    control = socket.socket(fileno=config["control"])
    kernel.die_with_parent()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    with open(kernel.filter_path(config["folder"]), "rb") as file:
        program = file.read()
    offers = probe.describe_kernel()
    asked = _is_asked(control)  # then that is a probe, which takes its time beside NumPy
    first = _Probe({**_receive(control)[0], **offers}, program, control) if asked else None
    warm.warm_up()
    if not config["plain"]:
        warm.warm_up_numpy(config["bring_numpy"])
    warm.keep()
    for packet in (offers, *([first.found()] if first else [])):
        control.send(json.dumps(packet).encode())
    workers: dict[int, int] = {}
    while True:
        order, descriptors = _receive(control)
        if order["op"] == "fork":
            pid = _fork(order, descriptors, program)
            if pid is not None:
                workers[order["worker"]] = pid
        elif order["op"] == "kill":
            _end(workers.pop(order["worker"], None), 0.0)
        elif order["op"] == "numpy":
            warm.warm_up_numpy(config["bring_numpy"])
            warm.keep()
        else:
            answer: wire.Header = {}
            if order["op"] == "end":
                answer = _end(workers.pop(order["worker"], None), order["grace"])
            elif order["op"] == "stopped":
                answer = {"stopped": _was_stopped(workers.get(order["worker"]))}
            elif order["op"] == "probe":
                answer = _Probe({**order, **offers}, program, control).found()
            control.send(json.dumps(answer).encode())


def _is_asked(control: socket.socket) -> bool:
    """Say whether an order has come already."""
    return bool(select.select([control], [], [], 0)[0])


def _receive(control: socket.socket) -> tuple[wire.Header, list[int]]:
    """Return the next order and the descriptors that came with it; end if nobody is there."""
    packet, descriptors, _, _ = socket.recv_fds(control, wire.MAX_PACKET, 4)
    if not packet:
        os._exit(0)
    return json.loads(packet), list(descriptors)


def _fork(order: wire.Header, descriptors: list[int], program: bytes) -> int | None:
    """Fork a worker and return its process's number; None if there is none to be had."""
    try:
        if len(descriptors) != len(child.DESCRIPTORS):
            return None  # this process may have no more: the worker's pipes hang up
        orders = child.orders_of(order, to_fork=True)
        pid = os.fork()
        if pid == 0:
            _be_worker(order["late"], orders, descriptors, program)
        return pid
    except OSError as error:
        reason = f"No process can be made for it ({error})."
        unborn = {"id": wire.LOCKED, "unborn": reason, "errno": error.errno}
        with contextlib.suppress(OSError):
            os.write(descriptors[child.DESCRIPTORS.index("replies")], wire.pack(unborn))
        return None
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _be_worker(
    late: list[str], orders: lockdown.Orders, descriptors: list[int], program: bytes
) -> NoReturn:
    """Be a worker, and never a zygote again."""
    try:
        _forget_zygote()
        child.take_descriptors(*descriptors)
        warm.part_ways(late)  # here, so that no submission finds what another needed
        child.run(orders, program)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


class _Probe:
    """A worker that tries its own walls, under way.

    Args:
        order: see above.
        program: the seccomp program.
        control: the socket, which the worker must not have.
    """

    def __init__(self, order: wire.Header, program: bytes, control: socket.socket) -> None:
        self._pid: int | None = None
        mine, its = os.pipe()
        self._pipe = os.fdopen(mine, "rb")
        try:
            orders = child.orders_of(order, to_fork=True)
            self._pid = os.fork()
        except OSError as error:
            self._lack: wire.Header = {"error": str(error), "errno": error.errno}
        if self._pid == 0:
            found: wire.Header = {"error": "the probe ended early"}
            try:
                _forget_zygote()
                control.close()
                found = probe.report(orders, program, order["targets"])
            finally:
                os.write(its, json.dumps(found).encode())
                os._exit(0)
        os.close(its)

    def found(self) -> wire.Header:
        """Return what it reports, or why there is no such report."""
        with self._pipe as pipe:
            text = pipe.read()
        if self._pid is None:
            return self._lack
        _end(self._pid, 1.0)
        found = json.loads(text) if text else {"error": "the probe was killed"}
        assert isinstance(found, dict)
        return found


def _forget_zygote() -> None:
    """Be a process of its own after a fork."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def _was_stopped(pid: int | None) -> bool:
    """Say whether a worker is stopped, or was and has been told to go on."""
    events = os.WSTOPPED | os.WCONTINUED | os.WNOHANG | os.WNOWAIT
    return pid is not None and os.waitid(os.P_PID, pid, events) is not None


def _fresh() -> int:
    """Return the memory that a worker begins with, in KiB: what this process has."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _end(pid: int | None, grace: float) -> wire.Header:
    """Reap a worker, killing it if it has not ended within `grace` seconds; say how it ended."""
    if pid is None:
        return {}
    deadline = time.monotonic() + grace
    while True:
        done, status, used = os.wait4(pid, os.WNOHANG)
        if done:
            return {
                "status": os.waitstatus_to_exitcode(status),
                "cpu_seconds": used.ru_utime + used.ru_stime,
                "memory_mib": max(0, used.ru_maxrss - _fresh()) / 1024,
            }
        left = deadline - time.monotonic()
        if left <= 0:
            break
        signal.sigtimedwait([signal.SIGCHLD], left)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return {}
