"""The trusted side's handle on a zygote."""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

from grader.errors import Doubtful, GraderFault
from grader.jail import launch
from grader.jail.ending import Ending, comes_from_outside
from grader.worker import wire

_START_SECONDS = 30.0
_END_SECONDS = 5.0  # in which a zygote that has hung up must have ended


class Refused(GraderFault):
    """The zygote ended by itself: it cannot be had in this way, as its last words say."""


class ZygoteLost(Doubtful):
    """The zygote was killed, does not answer, or there was no process to be had for it."""


class Zygote:
    """A zygote process, being started or running.

    Args:
        prefix: the words before its command, which put it into a `bwrap`.
        folder: where it finds our worker folder, as it sees the files.
        plain: whether it begins without NumPy.

    Attributes:
        has_numpy: whether its next worker has NumPy.

    Raises:
        ZygoteLost: no process can be started.
    """

    def __init__(self, prefix: list[str], folder: str, *, plain: bool = False) -> None:
        self.has_numpy = not plain
        self._control, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(_START_SECONDS)
        self._offers: dict[str, Any] | None = None
        self._fault: GraderFault | None = None
        command = launch.python_command(folder, run="zygote", control=its.fileno(), plain=plain)
        try:
            with _giving_way():
                self._process = subprocess.Popen(
                    [*prefix, *command],
                    env=launch.environment(),
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    pass_fds=(its.fileno(),),
                    start_new_session=True,
                )
        except OSError as error:
            self._control.close()
            raise ZygoteLost(f"The jail's zygote cannot be started ({error}).") from error
        finally:
            its.close()

    def wait_until_ready(self) -> dict[str, Any]:
        """Return what the kernel offers, as the zygote found it.

        Raises:
            Refused: the zygote did not come up; the message ends with what it said last.
            ZygoteLost: the same, but not for a reason of its own.
        """
        if self._offers is None:
            self._offers = self.receive()
        return self._offers

    def tell(self, order: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
        """Send an order that is not answered; see `grader/worker/zygote.py`.

        Raises:
            Refused, ZygoteLost: the zygote is gone.
        """
        try:
            socket.send_fds(self._control, [json.dumps(order).encode()], descriptors)
        except OSError as error:
            raise self._gone(error) from error

    def bring_numpy(self) -> None:
        """Have NumPy in all workers from now on.

        Raises:
            Refused, ZygoteLost: the zygote is gone.
        """
        if not self.has_numpy:
            self.tell({"op": "numpy"})
            self.has_numpy = True

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """Send an order and return the answer; see `grader/worker/zygote.py`.

        Raises:
            Refused, ZygoteLost: the zygote is gone or does not answer.
        """
        self.wait_until_ready()
        self.tell(order)
        return self.receive()

    def receive(self) -> dict[str, Any]:
        """Return the next answer.

        Raises:
            Refused, ZygoteLost: the zygote is gone or does not answer.
        """
        try:
            packet = self._control.recv(wire.MAX_PACKET)
        except OSError as error:
            raise self._gone(error) from error
        if not packet:
            raise self._gone()
        answer = json.loads(packet)
        assert isinstance(answer, dict)
        return answer

    def end(self) -> None:
        """End the zygote, and with it every worker that it started."""
        self._fault = self._fault or ZygoteLost("The jail's zygote was ended.")
        self._control.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _gone(self, error: OSError | None = None) -> GraderFault:
        """Say why there is no zygote any more, and see to it that there is none."""
        self._fault = self._fault or self._find_fault(error)
        return self._fault

    def _find_fault(self, error: OSError | None) -> GraderFault:
        hung_up = error is None or isinstance(error, BrokenPipeError | ConnectionResetError)
        status = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = self._process.wait(_END_SECONDS if hung_up else 0.0)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._control.close()
        if status is None:
            return ZygoteLost(f"The jail's zygote does not answer ({error or 'it hung up'}).")
        number = -status if status < 0 else status - 128  # `bwrap` says it as a shell does
        if number > 0 and comes_from_outside(number):
            return ZygoteLost(f"The jail's zygote was ended from outside (signal {number}).")
        assert self._process.stderr is not None
        lines = self._process.stderr.read().decode("utf-8", "replace").strip().splitlines()
        return Refused(f"The jail's zygote has ended: {lines[-1] if lines else 'it said nothing'}")


class Forked:
    """A worker forked by the zygote, which is not waited for."""

    def __init__(
        self, zygote: Zygote, orders: dict[str, Any], descriptors: tuple[int, ...]
    ) -> None:
        self._zygote = zygote
        self._number = next(_numbers)
        zygote.tell({"op": "fork", "worker": self._number, **orders}, descriptors)

    def kill(self) -> None:
        """Have it killed; it can have started nothing."""
        self._zygote.tell({"op": "kill", "worker": self._number})

    def end(self, grace: float) -> Ending | None:
        """Kill it; it can have started nothing. Return how it ended if it did so by itself."""
        ending = self._zygote.ask({"op": "end", "worker": self._number, "grace": grace})
        return Ending(**ending) if ending else None

    def was_stopped(self) -> bool:
        """Say whether somebody has stopped it; it can stop neither itself nor another."""
        return bool(self._zygote.ask({"op": "stopped", "worker": self._number})["stopped"])


_numbers = itertools.count()


@contextlib.contextmanager
def _giving_way() -> Iterator[None]:
    """Let the kernel end what is started here first, where a container's memory runs out.

    It would take the largest otherwise: the grader, where a submission holds less than it may. A
    process hands this on to all that it starts; in a `bwrap` nobody could set it any more.
    """
    path = "/proc/self/oom_score_adj"
    try:
        with open(path) as file:
            before = file.read()
        with open(path, "w") as file:
            file.write("1000")
    except OSError:
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError), open(path, "w") as file:
            file.write(before)
