"""The verdict on a submission: what the run of the hidden cases says of each."""

import queue
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

from grader.cases import called
from grader.cases.case import Case
from grader.cases.runner import Order
from grader.errors import Doubtful, GraderFault
from grader.kata import Kata
from grader.learner.submission import Submission
from grader.report.seen import Outcome, Seen

_LOOK_SECONDS = 1.0  # how often it is looked whether a session still lives


class Judged(NamedTuple):
    """A case that has been judged.

    Attributes:
        case: what is known of it beforehand.
        outcome: how it ended.
        message: what was seen, for the learner; empty if there is nothing to say.
        seen: the same as facts; None where it passed.
        printed: what the learner's code printed to stdout meanwhile; empty where it passed.
    """

    case: Case
    outcome: Outcome
    message: str
    seen: Seen | None = None
    printed: str = ""

    @property
    def points(self) -> int:
        """The points earned: all of the case's, or none."""
        return self.case.max_points if self.outcome == "passed" else 0


class Session:
    """A run of a kata's cases that judges one submission after the other, by pytest if need be.

    It is in a thread of its own, so that it collects its cases while the jail starts, and
    is begun anew after a number of submissions, so that what pytest remembers of each does
    not add up. A context manager: leaving it ends the session.

    Args:
        kata: whose cases they are.
    """

    _MOST = 200

    def __init__(self, kata: Kata) -> None:
        self._kata = kata
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._orders.put(None)
        self._thread.join()

    def judge(self, submission: Submission, seed: int) -> list[Judged]:
        """Run all cases against a loaded submission, in the order of the kata's functions.

        Args:
            submission: the learner's functions.
            seed: what the inputs of the cases are drawn from.

        Raises:
            GraderFault: a case failed for a reason that is not the learner's.
        """
        if self._count >= self._MOST or not self._thread.is_alive():
            self.__exit__()
            self._begin()
        self._count += 1
        order = Order(submission, seed)
        self._orders.put(order)
        order.wait(self._thread)
        if order.error is not None:
            raise order.error
        if order.records is None:
            raise self._broken_off()
        return _read(self.cases, order.records)

    @property
    def cases(self) -> tuple[Case, ...]:
        """What is known of each case before it runs, in the order of a report.

        Raises:
            GraderFault: the cases cannot be collected.
        """
        while not self._collected.wait(_LOOK_SECONDS) and self._thread.is_alive():
            pass
        if not self._collected.is_set():
            raise self._broken_off()
        return self._cases

    def _broken_off(self) -> GraderFault:
        if isinstance(self._failure, GraderFault):
            return self._failure
        why = f": {self._failure}" if self._failure is not None else ""
        return GraderFault(f"The run of the hidden cases broke off{why}.")

    def _begin(self) -> None:
        self._cases: tuple[Case, ...] = ()
        self._collected = threading.Event()
        self._orders: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._count = 0

    def _run(self) -> None:
        try:
            orders = iter(self._orders.get, None)
            cases = called.find(self._kata)
            if cases:
                called.run(self._kata, cases, orders, self._take)
            else:
                from grader.cases.run import run  # which imports pytest

                run(self._kata, orders, self._take)
        except KeyboardInterrupt:
            pass  # whoever waits for the submission has it
        except Exception as error:
            self._failure = error

    def _take(self, cases: tuple[Case, ...]) -> None:
        self._cases = cases
        self._collected.set()


def _read(cases: Sequence[Case], records: dict[str, dict[str, Any]]) -> list[Judged]:
    """Turn what was written down of each case into judged cases; fail closed."""
    judged = []
    for about in cases:
        record = records.get(about.id, {})
        stages = [record.get(stage) for stage in ("setup", "call", "teardown")]
        outcome = record.get("outcome")
        if outcome is None:
            kind = Doubtful if record.get("doubtful") else GraderFault
            raise kind(record.get("fault", f"The grader's own case {about.id} has no outcome."))
        if (outcome == "passed") != (stages == ["passed"] * 3):
            raise GraderFault(f"The grader's own case {about.id} ended in two ways at once.")
        seen, printed = record.get("seen"), record.get("printed", "")
        judged.append(Judged(about, outcome, record["message"], seen, printed))
    return judged
