"""A process in which wrong solutions of ours are judged: one that does not end ends with it.

The process is told a source, judges it as a session judges a submission, and where no case
notices anything it looks for an input that tells it from the solution.
"""

import contextlib
import multiprocessing
import os
import resource
import signal
import time
from multiprocessing.connection import Connection
from typing import Any, Literal, NamedTuple

from grader.authoring.replay import Candidate, Witness, candidates, find
from grader.cases.recorded import Recorder
from grader.cases.rehearsal import Rehearsal
from grader.cases.session import Session
from grader.errors import GraderFault
from grader.kata import Kata

SEEDS = (1, 2, 3)
"""What the cases draw from: what is let through is let through with each of them."""
_TIMES = 20.0  # as long as the solution takes, in computing, before something counts as endless
_AT_LEAST = 1.0  # seconds of computing that anything may take
_WALL = 60.0  # seconds in which an answer must have come, whatever is waited for
_MEMORY = 4 * 2**30
Verdict = Literal["killed", "survived", "fault"]


class Tried(NamedTuple):
    """What came of a wrong solution.

    Attributes:
        verdict: whether a case noticed it; `fault` where the solution itself does not pass.
        by: the first case that did, or how it ended.
        witness: where no case did, an input that tells it from the solution, if one was found.
    """

    verdict: Verdict
    by: str = ""
    witness: Witness | None = None


class Bench:
    """The process, and the next one after its end.

    Args:
        kata: whose cases judge.
    """

    def __init__(self, kata: Kata) -> None:
        self._kata = kata
        self._line: Connection | None = None
        self._process: Any = None

    def try_out(self, source: str) -> Tried:
        """Judge a source.

        Raises:
            GraderFault: the process does not come up.
        """
        self._start()
        assert self._line is not None
        verdict: Tried | None = None
        try:
            self._line.send(source)
            for _ in range(2):
                if not self._line.poll(_WALL):
                    break
                verdict = self._line.recv()
                if verdict.verdict != "survived" or verdict.by == "searched":
                    return verdict
        except (EOFError, OSError):
            pass
        self.end()
        # The cases' part was over, or it did not end: then a submission would not have, either.
        return verdict or Tried("killed", "it does not come to an end")

    def end(self) -> None:
        """End the process."""
        if self._line is not None:
            self._line.close()
            self._process.kill()
            self._process.join()
        self._line = None

    def _start(self) -> None:
        if self._line is not None:
            return
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._kata, theirs), daemon=True)
        self._process.start()
        theirs.close()
        try:
            ready = self._line.recv() if self._line.poll(_WALL) else "it does not answer"
        except (EOFError, OSError):
            ready = "it ended"
        if ready:
            self.end()
            raise GraderFault(f"The solution cannot be tried without a jail: {ready}.")


def _serve(kata: Kata, line: Connection) -> None:
    """Judge what comes in, until there is nothing more to come."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asks ends this one
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    solution = kata.solution_path.read_text(encoding="utf-8")
    with Session(kata) as session:
        judge = _Judge(kata, session, solution)
        line.send(judge.fault)
        with contextlib.suppress(EOFError, OSError):
            while True:
                for tried in judge.steps(line.recv()):
                    line.send(tried)
        os._exit(0)  # no thread of a wrong solution's is waited for


class _Judge:
    def __init__(self, kata: Kata, session: Session, solution: str) -> None:
        self._kata = kata
        self._session = session
        self._solution = solution
        self._candidates: list[Candidate] | None = None
        before = time.process_time()
        missed = self._missed(solution)
        self.fault = f"{missed} does not pass" if missed else ""
        self._seconds = max(_AT_LEAST, _TIMES * (time.process_time() - before))

    def steps(self, source: str) -> Any:
        """Yield what the cases say of a source, then what tells it apart if they say nothing."""
        signal.setitimer(signal.ITIMER_PROF, self._seconds)  # and nobody catches the signal
        by = self._missed(source)
        signal.setitimer(signal.ITIMER_PROF, 0)
        if by:
            yield Tried("killed", by)
            return
        yield Tried("survived")
        if self._candidates is None:
            self._candidates = self._record()
        witness = find(
            self._candidates,
            lambda: Rehearsal(self._solution, self._kata).module,
            lambda: Rehearsal(source, self._kata).module,
        )
        yield Tried("survived", "searched", witness)

    def _missed(self, source: str) -> str:
        """Return the first case that a source does not pass; empty if there is none."""
        try:
            for seed in SEEDS:
                judged = self._session.judge(Rehearsal(source, self._kata), seed)
                found = next((one for one in judged if one.outcome != "passed"), None)
                if found is not None:
                    return found.case.id
        except BaseException as error:
            return f"{type(error).__name__}: {error}"
        return ""

    def _record(self) -> list[Candidate]:
        """Have the cases ask the solution, and return what is worth asking again."""
        rehearsal = Rehearsal(self._solution, self._kata)
        recorder = Recorder(rehearsal.module)
        self._session.judge(rehearsal, SEEDS[0])
        make = lambda: Rehearsal(self._solution, self._kata).module  # noqa: E731
        return candidates(self._kata, recorder.calls, make, SEEDS[0])
