"""What plain cases ask: the learner's code in its worker; see `solutions` for what is ours."""

import traceback
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from grader.cases import things
from grader.cases.things import (
    EMPTY,
    OBJECT,
    SOMETHING,
    SWALLOWS,
    THROWN,
    Asking,
    Callee,
    Later,
    Members,
    Thing,
    Whole,
)
from grader.learner.endings import CaseEnded, Raised
from grader.learner.outcomes import METHOD, Uncalled
from grader.learner.rebuilt import rebuild
from grader.learner.remote import Handle, LearnerRaised, Place, Remote
from grader.learner.submission import Submission
from grader.worker.numeric import is_array
from grader.worker.objects import FUNCTION, ITERABLE, ITERATOR

Fact = tuple[str, str]
"""Something that was asked, and what is known of what it gave: see `grader.cases.things`."""
_KINDS: dict[str, type[Asking]] = {ITERATOR: Members, ITERABLE: Whole, FUNCTION: Callee}


class Asked(NamedTuple):
    """What a case asked last, and what came.

    Attributes:
        what: the function, or the method of a class.
        args: what it was given.
        kwargs: the same by name.
        result: what it returned; None if it raised.
        raised: whether it did.
    """

    what: str
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    result: Any = None
    raised: bool = False


class Target(Protocol):
    """What a stand-in asks."""

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call a function, make an object of a class, or call what a class has by a name."""

    def get(self, name: str) -> Any:
        """Return what a class has under a name; `METHOD` if it can be called."""

    def is_of(self, value: object, name: str) -> bool:
        """Say whether a value is an object of a class of the kata."""


class Known(NamedTuple):
    """What is known here of a kata's classes.

    Attributes:
        handles: the class of the handles of each, by its name.
        exceptions: those that are exceptions, by their names.
        methods: of each class of handles, the names of the solution's methods.
    """

    handles: dict[str, type[Handle]]
    exceptions: dict[str, type[BaseException]]
    methods: dict[str, frozenset[str]]


class Learners:
    """The learner's code, in its worker; or the solution, asked in the same way.

    Args:
        submission: the learner's.
        known: whose objects become handles, and what is raised here.
        allowed: what the solution gives; None if that is not known, and all is believed.

    Attributes:
        last: what was asked last.
        facts: what is known of what the case was given.
        given: the same of all cases so far.
        ended: how the case ended first by what it cannot have waited for, if it did.
        later: the method that is called next, which nobody has been asked for yet.
    """

    def __init__(
        self, submission: Submission, known: Known, allowed: frozenset[Fact] | None = None
    ) -> None:
        self._known = known
        self._allowed = allowed
        self._remote = Remote(submission, [*known.handles], self._make, self._admits)
        self.given: set[Fact] = set()
        self._origin = ""
        self.begin()

    def begin(self, here: Set[Fact] = frozenset()) -> None:
        """Forget the case before; `here` is what the solution gives in the one that begins."""
        self._here = here
        self.last: Asked | None = None
        self.facts: set[Fact] = set()
        self.ended: CaseEnded | None = None
        self.later: Later | None = None
        self._stopped: list[tuple[StopIteration, CaseEnded]] = []

    def end(self) -> CaseEnded | None:
        """Return how a case ended, as far as it need not know itself.

        A case that waits for an exception must not take the death of a worker for it; and what is
        written in C takes a StopIteration, whoever raises it, for the end of what it goes through.
        """
        try:
            self._catch_up()
        except CaseEnded:  # noted
            pass
        except Exception as error:
            if not hasattr(error, THROWN):
                raise
            self.ended = self.ended or Raised(getattr(error, THROWN))
        if self.ended is not None:
            return self.ended
        return next((how for error, how in self._stopped if not _is_seen(error)), None)

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """See `Target`."""
        return self.ask(name, args, kwargs, lambda: self._remote.call(name, args, kwargs))

    def get(self, name: str) -> Any:
        """See `Target`."""
        return self.ask(name, (), {}, lambda: self._remote.get(name))

    def is_of(self, value: object, name: str) -> bool:
        """See `Target`."""
        if not isinstance(value, Thing):
            return False
        self._catch_up()
        return value._at.kind == name or self._remote.operate("is_of", value, name) is True

    def ask(
        self,
        what: str,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        ask: Callable[[], Any],
        origin: str = "",
    ) -> Any:
        """Ask, and raise what the learner's code raised.

        Args:
            what: what is asked, for the learner.
            args: what it is given.
            kwargs: the same by name.
            ask: asks.
            origin: what gave that which is asked for its members, if anything did.

        Raises:
            CaseEnded: there was no answer, or what was raised cannot be raised here.
        """
        self._catch_up()
        self.last = Asked(what, args, kwargs, raised=True)
        self._origin = origin or what
        try:
            result = ask()
        except LearnerRaised as raised:
            said = f"{what} {raised.thrown.sentence}"
            error = rebuild(raised.thrown, self._known.exceptions)
            if error is None:
                self.ended = self.ended or Raised(said)
                raise self.ended from None
            setattr(error, THROWN, said)
            if isinstance(error, StopIteration) and what != "next":
                self._stopped.append((error, Raised(said)))
            raise error from None
        except CaseEnded as ended:
            self.ended = self.ended or ended
            raise
        self.last = Asked(what, args, kwargs, result)
        if result is not None and result is not METHOD and type(result) is not Uncalled:
            self.note(self._origin, EMPTY if _is_empty(result) else SOMETHING)
        return result

    def has_method(self, kind: str, name: str) -> bool:
        """Say whether a class of the solution has a method of this name."""
        return name in self._known.methods.get(kind, ())

    def _catch_up(self) -> None:
        """Ask for the method that was to be called next, as something else is asked before that."""
        later, self.later = self.later, None
        if later is not None:
            later.look()

    def note(self, what: str, fact: str) -> None:
        """Note something of what was given."""
        self.facts.add((what, fact))
        self.given.add((what, fact))

    def allows(self, what: str, fact: str) -> bool:
        """Say whether the solution gives this, too; what it swallows, in the same case."""
        self.note(what, fact)
        if self._allowed is None:
            return True
        return (what, fact) in (self._here if fact == SWALLOWS else self._allowed)

    def _admits(self, kind: str) -> bool:
        made = self._origin == kind  # by its class
        return made or kind in _KINDS or self.allows(self._origin, OBJECT)

    def _make(self, remote: Remote, kind: str, number: int) -> Handle:
        handle: Handle = object.__new__(self._known.handles.get(kind) or _KINDS[kind])
        about = {"_at": Place(remote, kind, number), "_asker": self, "_origin": self._origin}
        for name, value in about.items():
            object.__setattr__(handle, name, value)
        return handle


def _is_empty(value: Any) -> bool:
    """Say whether a value holds nothing, or an array of nothing.

    Much that is asked of all members holds then, and NumPy takes such an array for any other.
    """
    if is_array(value):
        return bool(value.size == 0)
    if isinstance(value, list | tuple):
        arrays = any(is_array(each) and _is_empty(each) for each in value)
        return arrays or all(map(_is_empty, value))
    return isinstance(value, str | bytes | dict | set | frozenset) and not value


def _is_seen(error: BaseException) -> bool:
    """Say whether an exception came out of this package, so that a case could see it."""
    trace = error.__traceback__
    return trace is None or any(
        frame.f_code.co_filename not in _OURS for frame, _ in traceback.walk_tb(trace)
    )


_OURS = (__file__, str(Path(__file__).with_name("standin.py")), things.__file__)
