"""What the tasks of a class are handed to: the processes of this machine, each by itself."""

import os
import time
from dataclasses import dataclass
from multiprocessing import connection, get_context
from typing import Any, Protocol

from grader.classroom.task import Graded, Task, forget, grade_task, prepare_process
from grader.errors import GraderFault, sentence
from grader.grading.ready import load
from grader.jail import Isolation, Jail, Limits, threads
from grader.kata import Kata
from grader.process import uninterrupted

TRIES = 3
"""Times that a jail is started before it is believed that there is none."""
_END_SECONDS = 5.0  # in which a process that has nothing to do must have ended


class NothingGrades(GraderFault):
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

    def isolation(self, kata: Kata, limits: Limits) -> Isolation:
        """Return what keeps the learners' code apart.

        Raises:
            NothingGrades: no jail comes up.
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
        until: when it must have come back.
        misses: how often in a row nothing could be graded here.
    """

    number: int
    process: Any = None
    line: Any = None
    key: Any = None
    until: float = 0.0
    misses: int = 0


class Processes:
    """Processes of this machine, each with one task at a time.

    What dies takes nothing along but its own task. It takes no thread and no lock, which a machine
    that is short of them refuses half-way, and which an interrupt may leave locked.

    Args:
        jobs: how many.
        patience: seconds after which one that has not come back is taken for dead.
    """

    def __init__(self, jobs: int, patience: float) -> None:
        self._jobs = jobs
        self._patience = patience
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
            place.key, place.until = key, time.monotonic() + self._patience
        except OSError as error:  # no process can be made, or it died with nothing to do
            self._clear(place)
            self._failed.append((key, Graded(unready=sentence(error))))
            self._miss(place)

    def collect(self, seconds: float) -> list[tuple[Any, Graded | None]]:
        """Return what has come; what died while it graded is lost."""
        came: list[tuple[Any, Graded | None]] = [*self._failed]
        self._failed.clear()
        busy = {place.line: place for place in self._places if place.key is not None}
        for place in busy.values():
            if time.monotonic() > place.until:
                place.process.kill()
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

    def isolation(self, kata: Kata, limits: Limits) -> Isolation:
        """Probe a jail here, while NumPy and pytest are imported for all processes."""
        for left in reversed(range(TRIES)):
            try:
                threads.check_room()
                with Jail(limits) as jail:
                    load_whole()
                    return jail.isolation
            except (GraderFault, OSError, RuntimeError) as error:
                if not left:
                    raise NothingGrades(sentence(error)) from error
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


def load_whole() -> None:
    """Import what grading takes; NumPy cannot be imported again after half of it was."""
    with uninterrupted():
        load()
