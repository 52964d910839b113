"""The jail's life: start, probe, one worker after another, end."""

import contextlib
import itertools
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from grader.errors import GraderFault
from grader.jail import bubblewrap, isolation, launch, memory, threads
from grader.jail.ending import Circumstances
from grader.jail.isolation import Isolation, Targets
from grader.jail.limits import Limits
from grader.jail.process import Process, make_pipes
from grader.jail.talk import Errand, Talk
from grader.jail.worker import Worker
from grader.jail.zygote import Forked, Refused, Zygote, ZygoteLost
from grader.worker import kernel
from grader.worker.late import LATE

LAYERS = ("bubblewrap", "limits", "identity", "capabilities", "landlock", "seccomp")
"""All layers, in the order in which they come into force."""
_REFUSALS = 2  # times that a zygote may end by itself before that is taken for an answer
_LOSSES = 8  # times that one may be lost before it is said that there is none to be had
_PATIENCE = 30.0  # seconds after which a loss is the last
_SHARE = 2  # workers of one submission which hold memory at once


class Jail:
    """Starts workers. A context manager: leaving it ends whatever still runs.

    Entering it only begins to start the zygote, so that other things can be done meanwhile. It
    may be entered again while it is open: the first to leave ends it.

    Args:
        limits: what each submission may use.
        without: layers to do without, to see what the others do.
        ahead: whether a worker may be started before it is needed, as there is a core to spare.
        numpy: whether each worker has NumPy; if not, those have it whose source names it.

    Attributes:
        errands: what is done, in this order, while one of its workers is waited for.
    """

    def __init__(
        self, limits: Limits, *, without: Sequence[str] = (), ahead: bool = True, numpy: bool = True
    ) -> None:
        self.limits = limits
        self._numpy = numpy
        self.ahead = ahead
        self.errands: deque[Errand] = deque()
        self._layers = [layer for layer in LAYERS if layer not in without]
        self._zygote: Zygote | None = None
        self._isolation: Isolation | None = None
        self._targets: Targets | None = None  # while a probe is on its way
        self._bubblewrap = "left out" if "bubblewrap" in without else "not installed"
        self._ways: list[tuple[str, list[str]]] = []
        self._prefix: list[str] = []
        self._has_filter = False
        self._kernel: dict[str, Any] = {}
        self._again = False
        self._memory_mib = float(limits.memory_mib)

    def __enter__(self) -> Self:
        if sys.platform == "win32":
            raise GraderFault("Windows has no jail of its own: run this in WSL 2 or in Docker.")
        self._has_filter = sys.platform == "linux" and os.path.exists(
            kernel.filter_path(launch.worker_folder())
        )
        if self._has_filter and not self._ways:
            self._ways = [
                *(bubblewrap.prefixes() if "bubblewrap" in self._layers else ()),
                ("", []),
            ]
            self._prefix = self._ways[0][1]
        if self._has_filter and self._zygote is None:
            with contextlib.suppress(GraderFault):  # who needs it tries again
                self._begin_probe()
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

    def expect(self, *, numpy: bool) -> None:
        """Say whether each worker is to have NumPy, whatever its source names."""
        self._numpy = numpy
        if numpy and self._zygote is not None:
            with contextlib.suppress(GraderFault):  # who needs it tries again
                self._zygote.bring_numpy()

    def start_worker(self, source: bytes) -> Worker:
        """Return a new worker, which has seen no learner's code yet.

        Args:
            source: what it will run; looked at only for the parts of NumPy that it names.

        Raises:
            Doubtful: none can be started.
        """
        late = launch.named(LATE, source)
        numpy = bool(self._numpy or not self._forks or late or launch.named(["numpy"], source))
        orders = {**self._orders(self._held), "late": late}
        pipes, theirs = make_pipes()
        try:
            process: Process
            if self._forks:
                process = self._fork(orders, theirs, numpy)
            else:
                from grader.jail.cold import Cold  # seldom, and it imports a lot

                process = Cold(self._prefix, self._folder, orders, theirs)
        except GraderFault:
            pipes.close()
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        circumstances = Circumstances(
            orders["cpu_seconds"], self._memory_mib, self._again, self._forks
        )
        talk = Talk(pipes, self.limits.output_kib * 1024, self.errands)
        return Worker(process, talk, circumstances, has_numpy=numpy)

    @contextmanager
    def again(self) -> Iterator[None]:
        """Start everything anew for a second try, as strong as it was probed to be.

        Nothing else should run meanwhile: what ends a worker now is more likely its own doing.
        """
        self._end_zygote()
        self.errands.clear()
        self._again, plain = True, not self._numpy
        self._numpy = True
        self._memory_mib = min(self.limits.memory_mib, memory.left_mib() / _SHARE)
        try:
            yield
        finally:
            self._again, self._numpy = False, not plain

    def watch_threads(self, source: bytes) -> threads.Watch:
        """Begin to watch whether the machine refuses a submission threads; a second try counts."""
        return threads.Watch(source, alone=self._again)

    @property
    def counts_apart(self) -> bool:
        """Whether the threads of each worker are counted apart from others'."""
        return bool(self._kernel.get("counted_apart", True))

    def settle(self) -> None:
        """Wait until no worker is left of those that were ended."""
        if self._zygote is not None and self._targets is None:
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

    def _fork(self, orders: dict[str, Any], descriptors: tuple[int, ...], numpy: bool) -> "Forked":
        """Have a worker forked; a zygote that is gone is replaced by one of the same kind."""
        started = time.monotonic()
        for losses in itertools.count(1):
            try:
                if self._zygote is None:
                    self._zygote = self._new_zygote()
                    self._zygote.wait_until_ready()
                if numpy:
                    self._zygote.bring_numpy()
                return Forked(self._zygote, orders, descriptors)
            except GraderFault as fault:
                self._end_zygote()
                if losses == _LOSSES or time.monotonic() - started > _PATIENCE:
                    raise ZygoteLost(f"The jail could not be started again. {fault}") from fault
        raise AssertionError("it was tried without end")

    def _probe(self) -> Isolation:
        """Find out how strong the jail is, in the first of the ways in which it can be started."""
        if not self._has_filter:
            import platform  # seldom

            return Isolation("process", {"seccomp": f"not on {platform.system()}"})
        for held, prefix in self._ways:
            self._prefix = prefix
            try:
                found = self._find_out()
            except Refused as refused:
                if not prefix:
                    raise
                self._bubblewrap = f"refused: {refused}"
            else:
                return isolation.judge(found, held or self._bubblewrap)
        raise AssertionError("the last way is without bubblewrap")

    def _find_out(self) -> dict[str, Any]:
        """Return what a worker of a zygote that is started in this way finds it can still do.

        Raises:
            Refused: it cannot be started in this way, and says so each time.
            ZygoteLost: it may be possible, but something else came between: no weaker way is tried.
        """
        started, refusals, losses = time.monotonic(), 0, 0
        while True:
            try:
                return self._end_probe()
            except Refused:
                self._end_zygote()
                refusals += 1
                if refusals == _REFUSALS:
                    raise
            except ZygoteLost:
                self._end_zygote()
                refusals, losses = 0, losses + 1
                if losses == _LOSSES or time.monotonic() - started > _PATIENCE:
                    raise

    def _begin_probe(self) -> None:
        """Ask a zygote what a worker of it can do, a new one before it is ready: none waits then.

        Raises:
            Refused, ZygoteLost: as for `_find_out`.
        """
        if self._zygote is None:
            self._zygote = self._new_zygote()
        self._targets = Targets(__file__)
        layers = [layer for layer in self._layers if layer != "bubblewrap"]
        order = {"op": "probe", "targets": self._targets.order, **self._orders(layers)}
        self._zygote.tell(order)

    def _new_zygote(self) -> Zygote:
        return Zygote(self._prefix, self._folder, plain=not self._numpy)

    def _end_probe(self) -> dict[str, Any]:
        if self._targets is None:
            self._begin_probe()
        assert self._zygote is not None
        self._kernel = self._zygote.wait_until_ready()
        found = self._zygote.receive()
        self._forget_probe()
        if "error" in found:
            lack = OSError(found.get("errno", 0), found["error"])
            raise ZygoteLost(f"The jail could not be probed: {found['error']}.") from lack
        self._kernel["counted_apart"] = found["counted_apart"]
        return found

    def _forget_probe(self) -> None:
        if self._targets is not None:
            self._targets.close()
            self._targets = None

    def _orders(self, layers: list[str]) -> dict[str, Any]:
        return {
            "layers": layers,
            "landlock_abi": self._kernel.get("landlock_abi", 0),
            "cpu_seconds": self.limits.submission_seconds + 1,
            "memory_mib": self.limits.memory_mib,
            "threads": threads.MOST,
            "counted_apart": self._kernel.get("counted_apart", True),
        }

    def _end_zygote(self) -> None:
        self._forget_probe()
        if self._zygote is not None:
            self._zygote.end()
            self._zygote = None
