"""The trusted side's handle on a zygote."""

import contextlib
import json
import os
import socket
import subprocess
from typing import Any

from grader.errors import GraderFault
from grader.jail import launch
from grader.worker import wire

_START_SECONDS = 30.0


class Zygote:
    """A zygote process, being started or running.

    Args:
        prefix: the words before its command, which put it into a `bwrap`.
        folder: where it finds our worker folder, as it sees the files.
    """

    def __init__(self, prefix: list[str], folder: str) -> None:
        self._control, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(_START_SECONDS)
        self._offers: dict[str, Any] | None = None
        command = launch.python_command(folder, run="zygote", control=its.fileno())
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
        its.close()
        _give_way_to_the_grader(self._process.pid)

    def wait_until_ready(self) -> dict[str, Any]:
        """Return what the kernel offers, as the zygote found it.

        Raises:
            GraderFault: the zygote did not come up; the message is what it said last.
        """
        if self._offers is None:
            self._offers = self._receive()
        return self._offers

    def tell(self, order: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
        """Send an order that is not answered; see `grader/worker/zygote.py`.

        Raises:
            GraderFault: the zygote is gone.
        """
        try:
            socket.send_fds(self._control, [json.dumps(order).encode()], descriptors)
        except BrokenPipeError as error:
            raise GraderFault(f"The jail's zygote has ended: {self._last_words()}") from error
        except OSError as error:
            raise GraderFault(f"The jail's zygote is gone ({error}).") from error

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """Send an order and return the answer; see `grader/worker/zygote.py`.

        Raises:
            GraderFault: the zygote is gone or does not answer.
        """
        self.wait_until_ready()
        self.tell(order)
        return self._receive()

    def end(self) -> None:
        """End the zygote, and with it every worker that it started."""
        self._control.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, 9)
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _receive(self) -> dict[str, Any]:
        try:
            packet = self._control.recv(wire.MAX_PACKET)
        except OSError as error:
            raise GraderFault(f"The jail's zygote does not answer ({error}).") from error
        if not packet:
            raise GraderFault(f"The jail's zygote has ended: {self._last_words()}")
        answer = json.loads(packet)
        assert isinstance(answer, dict)
        return answer

    def _last_words(self) -> str:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, 9)
        self._process.wait()
        assert self._process.stderr is not None
        lines = self._process.stderr.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def _give_way_to_the_grader(pid: int) -> None:
    """Let the kernel end a zygote or its workers first, where a container's memory runs out.

    It would take the largest otherwise: the grader, where a submission holds less than it may.
    A `bwrap` may have its child by now, which stays as it is; in containers there is none.
    """
    with contextlib.suppress(OSError), open(f"/proc/{pid}/oom_score_adj", "w") as score:
        score.write("1000")
