"""What the tasks of a class are handed to: processes of this machine, or a Dask cluster's."""

import os
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from multiprocessing import connection, get_context
from typing import Any, Protocol, TypeVar

from grader.classroom.task import Graded, Task, forget, grade_task, isolation_here, prepare_process
from grader.errors import GraderFault
from grader.grading import load
from grader.jail import Isolation, Jail, Limits
from grader.process import uninterrupted

Key = TypeVar("Key")
TRIES = 3
"""Times that a jail is started before it is believed that there is none."""
_AHEAD = 4  # tasks for each of a cluster's processes that are on their way at once
_EVERY_SECONDS = 5.0  # between two sentences that say the same
_END_SECONDS = 5.0  # in which a process that has nothing to do must have ended


class Lost(GraderFault):
    """There is nothing that grades, and trying again has not helped."""


class Crew(Protocol):
    """Takes tasks and gives back what came of them."""

    @property
    def room(self) -> bool:
        """Whether another task would be taken at once."""

    @property
    def busy(self) -> bool:
        """Whether something is on its way."""

    def hand_out(self, key: Any, task: Task) -> None:
        """Take a task, which `key` stands for."""

    def collect(self, seconds: float) -> list[tuple[Any, Graded | None]]:
        """Return what has come after so many seconds at most; None for what was lost."""

    def isolation(self, limits: Limits) -> Isolation:
        """Return what keeps the learners' code apart.

        Raises:
            Lost: no jail comes up.
        """

    def end(self) -> None:
        """End all that grades, whatever it is doing."""


@dataclass
class _Place:
    """Where one process of this machine grades, and the next one after its death.

    Attributes:
        number: which of them, from 0.
        process, line: the process and our end of the line to it, while there is one.
        key: what it is grading.
        misses: how often in a row nothing could be graded here.
    """

    number: int
    process: Any = None
    line: Any = None
    key: Any = None
    misses: int = 0


class Processes:
    """Processes of this machine, each with one task at a time.

    What dies takes nothing along but its own task. It takes no thread and no lock, which a machine
    that is short of them refuses half-way, and which an interrupt may leave locked.

    Args:
        jobs: how many.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._places = [_Place(number) for number in range(jobs)]
        self._failed: list[tuple[Any, Graded]] = []

    @property
    def room(self) -> bool:
        """Whether a place has nothing to do."""
        return any(place.key is None for place in self._places)

    @property
    def busy(self) -> bool:
        """Whether a place has something to do."""
        return bool(self._failed) or any(place.key is not None for place in self._places)

    def hand_out(self, key: Any, task: Task) -> None:
        """Take a task, in a process that is made now if need be."""
        place = next(place for place in self._places if place.key is None)
        try:
            if place.process is None:
                self._start(place)
            place.line.send(task)
            place.key = key
        except OSError as error:  # no process can be made, or it died with nothing to do
            self._clear(place)
            reason = f"No process to grade in can be started ({error.strerror or error})."
            self._failed.append((key, Graded(unready=reason)))
            self._miss(place)

    def collect(self, seconds: float) -> list[tuple[Any, Graded | None]]:
        """Return what has come; what died while it graded is lost."""
        came: list[tuple[Any, Graded | None]] = [*self._failed]
        self._failed.clear()
        busy = {place.line: place for place in self._places if place.key is not None}
        for line in connection.wait(list(busy), 0 if came else seconds):
            place = busy[line]
            graded: Graded | None = None
            try:
                graded = place.line.recv()
            except (OSError, EOFError):
                self._clear(place)
            came.append((place.key, graded))
            place.key = None
            if graded is not None and graded.unready:
                self._clear(place)
                self._miss(place)
            else:
                place.misses = 0
        return came

    def isolation(self, limits: Limits) -> Isolation:
        """Probe a jail here, while NumPy and pytest are imported for all processes."""
        for left in reversed(range(TRIES)):
            try:
                with Jail(limits) as jail:
                    _load()
                    return jail.isolation
            except (GraderFault, OSError, RuntimeError) as error:
                if not left:
                    raise Lost(str(error)) from error
        raise AssertionError("unreachable")

    def end(self) -> None:
        """End the processes: by themselves if they have nothing to do, else at once."""
        for place in self._places:
            if place.process is not None and place.key is not None:
                place.process.kill()
            if place.line is not None:
                place.line.close()
        for place in self._places:
            if place.process is not None:
                place.process.join(_END_SECONDS)
            self._clear(place)

    def _start(self, place: _Place) -> None:
        lines = [other.line for other in self._places if other.line is not None]
        context = get_context("fork")
        place.line, its = context.Pipe()
        try:
            arguments = (its, [*lines, place.line], place.number, self._jobs, os.getpid())
            process = context.Process(target=_serve, args=arguments, daemon=True)
            with uninterrupted():  # which is what the new process begins with, too
                process.start()
                place.process = process
        finally:
            its.close()

    def _clear(self, place: _Place) -> None:
        """Leave a place empty for the next process."""
        if place.process is not None:
            place.process.kill()
            place.process.join()
        if place.line is not None:
            place.line.close()
        place.process = place.line = None

    def _miss(self, place: _Place) -> None:
        """Do with fewer places where there seems to be no room for so many."""
        place.misses += 1
        if place.misses > 1 and len(self._places) > 1:
            self._places.remove(place)


def _serve(line: Any, others: list[Any], number: int, jobs: int, parent: int) -> None:
    """Grade what comes over a line until it is closed."""
    for other in others:
        other.close()
    prepare_process(number, jobs, parent)
    try:
        while True:
            line.send(grade_task(line.recv()))
    except (EOFError, OSError):
        forget()


class Cluster:
    """The workers of a Dask cluster.

    Args:
        address: its scheduler's.
        ahead: how many tasks are on their way at once.
        say: takes a sentence for the one who waits.

    Raises:
        GraderFault: there is no Dask here, or no scheduler there.
    """

    def __init__(self, address: str, jobs: int, say: Callable[[str], None]) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise GraderFault(
                "A cluster needs Dask: pip install 'attention-kata[cluster]'."
            ) from error
        try:
            self._client = Client(address, timeout=10)
        except (OSError, ValueError) as error:
            raise GraderFault(f"There is no Dask scheduler at {address} ({error}).") from error
        self._executor = self._client.get_executor(pure=False, retries=2)
        self._ahead = _AHEAD * jobs
        self._say = say
        self._said = float("-inf")
        self._under_way: dict[Future[Any], Any] = {}

    @property
    def room(self) -> bool:
        """Whether few are on their way."""
        return len(self._under_way) < self._ahead

    @property
    def busy(self) -> bool:
        """Whether any is on its way."""
        return bool(self._under_way)

    def hand_out(self, key: Any, task: Task) -> None:
        """Submit a task."""
        self._submit(key, grade_task, task)

    def collect(self, seconds: float) -> list[tuple[Any, Any]]:
        """Return what has come; say so if nobody is there to do it."""
        self._look()
        done, _ = wait(self._under_way, seconds, FIRST_COMPLETED)
        return [(self._under_way.pop(future), _result(future)) for future in done]

    def isolation(self, limits: Limits) -> Isolation:
        """Ask the first worker that is there."""
        _load()
        found: Isolation | str | None = None
        for _ in range(TRIES):
            self._submit("isolation", isolation_here, limits)
            while self.busy:
                for _, found in self.collect(1.0):
                    if isinstance(found, Isolation):
                        return found
        raise Lost(str(found or "The cluster's worker was lost while it started a jail."))

    def end(self) -> None:
        """Leave the cluster; what it still does is nobody's any more."""
        self._executor.shutdown(wait=False)
        self._client.close()

    def _submit(self, key: Any, function: Callable[..., Any], argument: Any) -> None:
        self._under_way[self._executor.submit(function, argument)] = key

    def _look(self) -> None:
        """Say from time to time that there are no workers, as long as there are none."""
        now = time.monotonic()
        if now - self._said < _EVERY_SECONDS:
            return
        try:
            workers = self._client.nthreads()
        except OSError as error:
            raise Lost(f"The Dask scheduler is gone ({error}).") from error
        self._said = now
        if not workers:
            self._say("The cluster has no workers yet; waiting for one. Ctrl-C ends this.")


def _load() -> None:
    """Import what grading takes; NumPy cannot be imported again after half of it was."""
    with uninterrupted():
        load()


def _result(future: Future[Any]) -> Any:
    try:
        return future.result()
    except Exception:
        return None
