"""The grader as a library: what a program in Python uses in the place of the command."""

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from grader.errors import UsageError
from grader.grading.grade import grade_again_if_lost
from grader.grading.ready import begin_session
from grader.jail import Jail, Level, Limits, threads
from grader.kata import Kata, load_kata
from grader.reading import read_regular
from grader.report.model import FEEDBACK, Feedback, Report

if TYPE_CHECKING:
    from grader.cases.session import Session


class Grader:
    """Grades one submission after another, in one jail and one session of the cases.

    A context manager: a jail is started where it is entered, and all that runs is ended where it
    is left. It is for one thread at a time.

    Args:
        kata: what the submissions are to be: a `Kata`, the name of one that is shipped, a folder
            with one; None is the first that is shipped.
        limits: what each submission may use; None is what the kata says.
        feedback: how much the reports tell: "score", "names", "hints" or "full".
        require: run nothing unless the jail is at least this strong: "full", "strong", "partial".

    Raises:
        UsageError: there is no such kata, or no such level of feedback.
    """

    def __init__(
        self,
        kata: Kata | str | Path | None = None,
        *,
        limits: Limits | None = None,
        feedback: Feedback = "full",
        require: Level | None = None,
    ) -> None:
        self.kata = kata if isinstance(kata, Kata) else load_kata(kata)
        self.limits = limits or Limits(**self.kata.limits)
        if feedback not in FEEDBACK:
            raise UsageError(f"There is no feedback {feedback!r}, but {', '.join(FEEDBACK)}.")
        self._feedback = feedback
        self._require = require
        self._open = contextlib.ExitStack()
        self._jail: Jail | None = None
        self._session: Session | None = None

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as opening:
            threads.check_room()
            self._jail = opening.enter_context(Jail(self.limits, numpy=self.kata.names_numpy))
            self._session = opening.enter_context(begin_session(self.kata))
            if self._require is not None:
                self._jail.isolation.require(self._require)
            self._open = opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._jail = self._session = None
        self._open.close()

    def grade(
        self, source: str | bytes | Path, *, name: str | None = None, seed: int | None = None
    ) -> Report:
        """Judge one submission.

        Args:
            source: its text, or its bytes; or the path of its file, as a `Path`.
            name: the file's name, for the report; that of the path, or of the kata's file.
            seed: what the inputs of the cases are drawn from, from 0 to 2**32 - 1; drawn if None.

        Raises:
            GraderFault: the grader could not do its work; there is no verdict.
            UsageError: the file cannot be read, or the grader was not entered.
        """
        if self._jail is None:
            raise UsageError("Use the grader in a with statement: with Grader() as grader: …")
        if isinstance(source, Path):
            name = name or source.name
            try:
                source = read_regular(source)
            except OSError as error:
                raise UsageError(f"{name} cannot be read ({error}).") from error
        return grade_again_if_lost(
            self.kata,
            self._jail,
            source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source,
            name=name or self.kata.file,
            seed=int.from_bytes(os.urandom(4)) if seed is None else seed,
            feedback=self._feedback,
            session=self._session,
        )


def grade(
    source: str | bytes | Path,
    kata: Kata | str | Path | None = None,
    *,
    name: str | None = None,
    seed: int | None = None,
    limits: Limits | None = None,
    feedback: Feedback = "full",
) -> Report:
    """Judge one submission; for several, a `Grader` takes a fraction of the time for each.

    Args:
        source: as for `Grader.grade`.
        kata: as for `Grader`.
        name: as for `Grader.grade`.
        seed: as for `Grader.grade`.
        limits: as for `Grader`.
        feedback: as for `Grader`.

    Raises:
        GraderFault: the grader could not do its work; there is no verdict.
        UsageError: there is no such kata, or the file cannot be read.
    """
    with Grader(kata, limits=limits, feedback=feedback) as grader:
        return grader.grade(source, name=name, seed=seed)
