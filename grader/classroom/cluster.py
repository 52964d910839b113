"""What the tasks of a class are handed to: the workers of a Dask cluster."""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from grader.classroom.crew import TRIES, NothingGrades, load_whole
from grader.classroom.task import Task, grade_task, isolation_here
from grader.errors import GraderFault
from grader.jail import Isolation, Limits
from grader.kata import Kata

_AHEAD = 4  # tasks for each process that are on their way at once
_EVERY_SECONDS = 5.0  # between two sentences that say the same


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

    def isolation(self, kata: Kata, limits: Limits) -> Isolation:
        """Ask the first worker that is there."""
        load_whole()
        found: Isolation | str | None = None
        for _ in range(TRIES):
            self._submit("isolation", isolation_here, kata, limits)
            while self.busy:
                for _, found in self.collect(1.0):
                    if isinstance(found, Isolation):
                        return found
        raise NothingGrades(str(found or "The cluster's worker was lost while it started a jail."))

    def end(self) -> None:
        """Leave the cluster; what it still does is nobody's any more."""
        self._executor.shutdown(wait=False)
        self._client.close()

    def _submit(self, key: Any, function: Callable[..., Any], *arguments: Any) -> None:
        self._under_way[self._executor.submit(function, *arguments)] = key

    def _look(self) -> None:
        """Say from time to time that there are no workers, as long as there are none."""
        now = time.monotonic()
        if now - self._said < _EVERY_SECONDS:
            return
        try:
            workers = self._client.nthreads()
        except OSError as error:
            raise NothingGrades(f"The Dask scheduler is gone ({error}).") from error
        self._said = now
        if not workers:
            self._say("The cluster has no workers yet; waiting for one. Ctrl-C ends this.")


def _result(future: Future[Any]) -> Any:
    try:
        return future.result()
    except Exception:
        return None
