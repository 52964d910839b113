"""The jail's life: start, probe, one worker after another, end."""

import contextlib
import itertools
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from grader.errors import GraderFault
from grader.jail import bubblewrap, isolation, launch
from grader.jail.isolation import Isolation, Targets
from grader.jail.limits import Limits
from grader.jail.worker import Errand, Pipes, Worker
from grader.jail.zygote import Zygote
from grader.worker import kernel
from grader.worker.late import LATE

LAYERS = ("bubblewrap", "limits", "identity", "capabilities", "landlock", "seccomp")
"""All layers, in the order in which they come into force."""


class Jail:
    """Starts workers. A context manager: leaving it ends whatever still runs.

    Entering it only begins to start the zygote, so that other things can be done meanwhile. It
    may be entered again while it is open: the first to leave ends it.

    Args:
        limits: what each submission may use.
        without: layers to do without, to see what the others do.
        ahead: whether a worker may be started before it is needed, as there is a core to spare.

    Attributes:
        errands: what is done, in this order, while one of its workers is waited for.
    """

    def __init__(
        self, limits: Limits, *, without: tuple[str, ...] = (), ahead: bool = True
    ) -> None:
        self.limits = limits
        self.ahead = ahead
        self.errands: deque[Errand] = deque()
        self._layers = [layer for layer in LAYERS if layer not in without]
        self._zygote: Zygote | None = None
        self._isolation: Isolation | None = None
        self._bubblewrap = "left out" if "bubblewrap" in without else "not installed"
        self._prefix: list[str] = []
        self._ways: Iterator[tuple[str, list[str]]] = iter(())
        self._kernel: dict[str, Any] = {}

    def __enter__(self) -> Self:
        if sys.platform == "win32":
            raise GraderFault("Windows has no jail of its own: run this in WSL 2 or in Docker.")
        ready = sys.platform == "linux" and os.path.exists(
            kernel.filter_path(launch.worker_folder())
        )
        if ready and self._zygote is None:
            if "bubblewrap" in self._layers:
                self._ways = bubblewrap.prefixes()
            self._start_next()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_zygote()

    @property
    def isolation(self) -> Isolation:
        """What keeps the learner's code apart, probed when it is first asked for.

        Raises:
            GraderFault: no worker can be started at all.
        """
        if self._isolation is None:
            self._isolation = self._probe()
            if not self._forks:
                self._end_zygote()
        return self._isolation

    def start_worker(self, source: bytes) -> Worker:
        """Return a new worker, which has seen no learner's code yet.

        Args:
            source: what it will run; looked at only for the parts of NumPy that it names.

        Raises:
            GraderFault: none can be started.
        """
        late = [word for word in LATE if re.search(rb"\b%s\b" % word.encode(), source)]
        orders = {**self._orders(self._held), "late": late}
        requests, to_worker = os.pipe()
        from_worker, replies = os.pipe()
        stdout, stdout_end = os.pipe()
        stderr, stderr_end = os.pipe()
        theirs = (requests, replies, stdout_end, stderr_end)
        try:
            process: Forked | Cold
            if self._forks:
                process = self._fork(orders, theirs)
            else:
                process = Cold(self._prefix, self._folder, orders, theirs)
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        pipes = Pipes(to_worker, from_worker, stdout, stderr)
        return Worker(process, pipes, self.limits.output_kib * 1024, self.errands)

    def settle(self) -> None:
        """Wait until no worker is left of those that were ended."""
        if self._zygote is not None:
            with contextlib.suppress(GraderFault):  # with it all that it started is gone
                self._zygote.ask({"op": "settle"})

    @property
    def _held(self) -> list[str]:
        """The layers that workers are told to apply: those that the probe saw hold."""
        held = self.isolation.layers
        return [layer for layer in self._layers if held.get(layer) == "held"]

    @property
    def _forks(self) -> bool:
        """Whether workers are forks of the zygote, which is safe under seccomp only."""
        return self.isolation.layers.get("seccomp") == "held"

    @property
    def _folder(self) -> str:
        return bubblewrap.WORKER_FOLDER if self._prefix else launch.worker_folder()

    def _fork(self, orders: dict[str, Any], descriptors: tuple[int, ...]) -> "Forked":
        try:
            if self._zygote is None:
                raise GraderFault("The jail has no zygote.")
            return Forked(self._zygote, orders, descriptors)
        except GraderFault:
            self._end_zygote()
            self._zygote = Zygote(self._prefix, self._folder)
            self._zygote.wait_until_ready()
            return Forked(self._zygote, orders, descriptors)

    def _start_next(self) -> None:
        """Start a zygote in the next way there is to; the last one is without `bwrap`."""
        self._bubblewrap, self._prefix = next(self._ways, (self._bubblewrap, []))
        self._zygote = Zygote(self._prefix, self._folder)

    def _probe(self) -> Isolation:
        while self._zygote is not None:
            try:
                self._kernel = self._zygote.wait_until_ready()
                break
            except GraderFault as fault:
                self._end_zygote()
                if not self._prefix:
                    raise
                self._bubblewrap = f"refused: {fault}"
                self._start_next()
        else:
            return Isolation("process", {"seccomp": f"not on {platform.system()}"})
        targets = Targets(__file__)
        try:
            order = {
                "op": "probe",
                "targets": targets.order,
                **self._orders([layer for layer in self._layers if layer != "bubblewrap"]),
            }
            found = self._zygote.ask(order)
        finally:
            targets.close()
        return isolation.judge(found, self._bubblewrap)

    def _orders(self, layers: list[str]) -> dict[str, Any]:
        return {
            "layers": layers,
            "landlock_abi": self._kernel.get("landlock_abi", 0),
            "cpu_seconds": self.limits.submission_seconds + 1,
            "memory_mib": self.limits.memory_mib,
        }

    def _end_zygote(self) -> None:
        if self._zygote is not None:
            self._zygote.end()
            self._zygote = None


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

    def end(self, grace: float) -> int | None:
        """Kill it; it can have started nothing. Return how it ended if it did so by itself."""
        order = {"op": "end", "worker": self._number, "grace": grace}
        status = self._zygote.ask(order)["status"]
        return int(status) if status is not None else None


_numbers = itertools.count()


class Cold:
    """A worker that is a process of its own, in a session that it leads."""

    def __init__(
        self,
        prefix: list[str],
        folder: str,
        orders: dict[str, Any],
        descriptors: tuple[int, ...],
    ) -> None:
        requests, replies, stdout, stderr = descriptors
        self._folder = tempfile.mkdtemp(prefix="attention-kata-")
        command = launch.python_command(
            folder, run="cold", requests=requests, replies=replies, **orders
        )
        self._process = subprocess.Popen(
            [*prefix, *command],
            env=launch.environment(),
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            pass_fds=(requests, replies),
            start_new_session=True,
        )

    def kill(self) -> None:
        """Kill the session."""
        self.end(0.0)

    def end(self, grace: float) -> int | None:
        """Kill the session; return how the process ended if it did so by itself."""
        status: int | None = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = self._process.wait(grace)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
        return status
