"""The life of an object of a class: how it is made, and what is asked of it then.

It is to a class what a call is to a function: a probe. An object of the learner's lives in the
worker; one of a wrong solution is asked in the same way, in this process.
"""

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from grader.learner.outcomes import CallOutcome, Odd, Returned, Thrown
from grader.learner.remote import Handle, Remote
from grader.learner.submission import Submission
from grader.report.seen import Seen
from grader.worker.arrays import DTYPES, Array
from grader.worker.objects import Objects

MAKE, LENGTH, FILL = "make", "len", "fill"
"""Steps that are no method: another object, the length of one, numbers written to a result."""


class Step(NamedTuple):
    """One step of a life.

    Attributes:
        method: the method that is called; or one of those above.
        args: its arguments.
        gives: whether what comes back is looked at.
        on: the place of the object, in the order in which they were made.
        layout: how arrays lie in memory; see `Submission.call`.
        refused: that a ValueError is waited for, and what its words must hold.
        each: whether the method is called with each row of its arguments.
        silent: whether it is to return nothing, which is looked at.
    """

    method: str
    args: tuple[Any, ...] = ()
    gives: bool = False
    on: int = 0
    layout: str = ""
    refused: tuple[str, ...] = ()
    each: bool = False
    silent: bool = False

    @property
    def code(self) -> str:
        """The step as one would write it."""
        if self.method == MAKE:
            return f"make another of {', '.join(map(str, self.args))}"
        if self.method == FILL:
            return f"write {self.args[0]:g} all over what came back"
        shown = (np.array2string(arg, precision=3, separator=", ") for arg in self.args)
        texts = (" ".join(text.split()) for text in shown)
        whose = f"object {self.on + 1}: " if self.on else ""
        return f"{whose}{self.method}({', '.join(texts)})"


class Note(NamedTuple):
    """What came of a step that is looked at and gives no array.

    Attributes:
        method: the step's.
        raised: the type of what it raised; "" if nothing was.
        named: which of the words that are waited for its message holds.
        value: what a length is; True where something came back that should not.
    """

    method: str
    raised: str = ""
    named: tuple[str, ...] = ()
    value: Any = None

    @property
    def text(self) -> str:
        """The same in words, which tell one life from another."""
        if self.method == LENGTH:
            return f"len is {self.value}"
        if self.value is not None:
            return f"{self.method} returns something"
        if not self.raised:
            return f"{self.method} raises nothing"
        return f"{self.method} raises {self.raised}, naming {' and '.join(self.named) or 'nothing'}"


class Lived(NamedTuple):
    """What came of a life.

    Attributes:
        kind: as of an observation; where something beside arrays was looked at, that too.
        arrays: those that came back.
        effects: which arguments were changed, and whether an earlier array was written to.
        seen: of an exception that nobody waited for, its facts.
        notes: what beside arrays was looked at, as facts, up to where it broke off.
    """

    kind: str
    arrays: tuple[Array, ...] = ()
    effects: tuple[str, ...] = ()
    seen: Seen | None = None
    notes: tuple[Note, ...] = ()


class Here(Submission):
    """A module of ours in the place of a submission: asked in this process.

    Args:
        module: the module.
    """

    def __init__(self, module: ModuleType) -> None:
        self.workers: Any = _NoWorkers()
        self._objects = Objects(module, f"{module.__name__}.py")

    def exchange(self, name: str, request: Any, most: int) -> Any:
        """See `Submission`."""
        header, buffers = request
        reply, answer = self._objects.answer(header, [bytearray(one) for one in buffers])
        return reply, [bytearray(one) for one in answer]


class _NoWorkers:
    now = source = b""


def live(
    target: Submission,
    owner: Callable[..., Any],
    name: str,
    args: tuple[Any, ...],
    life: tuple[Step, ...],
) -> Lived:
    """Make an object and go through its life, to the end or to where it breaks off.

    Args:
        target: where the class is.
        owner: the class as we know it, for the names of parameters.
        name: what it is called.
        args: what the object is made of.
        life: what is asked of it then.

    Raises:
        CaseEnded: it hung or died.
    """
    remote = Remote(target, [name])
    steps = (Step(MAKE, args), *life)
    objects: list[Any] = []
    arrays: list[Array] = []
    notes: list[Note] = []
    effects: dict[str, None] = {}
    for step in steps:
        outcome = _do(remote, name, step, objects)
        if isinstance(outcome, Thrown):
            if not step.refused:
                return Lived("raised", (), tuple(effects), outcome.seen, tuple(notes))
            known = "ValueError" if "builtins.ValueError" in outcome.classes else outcome.type
            said = tuple(text for text in step.refused if text in outcome.message)
            notes.append(Note(step.method, known, said))
            continue
        if not isinstance(outcome, Returned):
            if step.gives or step.method == MAKE:
                return Lived(_odd(outcome), (), tuple(effects), notes=tuple(notes))
            continue
        if outcome.overwritten and step.method != FILL:
            effects["overwritten"] = None
        effects |= dict.fromkeys(_changed(owner, step, outcome))
        value = outcome.value
        if step.refused:
            notes.append(Note(step.method))
        elif step.method == MAKE:
            if not isinstance(value, Handle):
                return Lived("object")
            objects.append(value)
        elif step.method == LENGTH:
            notes.append(Note(LENGTH, value=value))
        elif step.silent and value is not None:
            notes.append(Note(step.method, value=True))
        elif step.gives:
            if not isinstance(value, np.ndarray) or value.dtype == np.bool_:
                return Lived(_kind(value), (), tuple(effects), notes=tuple(notes))
            arrays.append(value)
    kind = "; ".join(("array", *(note.text for note in notes)))
    return Lived(kind, tuple(arrays), tuple(effects), notes=tuple(notes))


def _do(remote: Remote, name: str, step: Step, objects: list[Any]) -> CallOutcome:
    if step.method == MAKE:
        return remote.ask("call", [name, *step.args])
    if step.method == FILL:
        return remote.ask("fill", step.args)
    owner = objects[step.on]
    if step.method == LENGTH:
        return remote.ask("len", [owner])
    do = "each" if step.each else "method"
    return remote.ask(do, [owner, step.method, *step.args], layout=step.layout)


def _changed(owner: Callable[..., Any], step: Step, outcome: Returned) -> list[str]:
    """Return the names of the arguments that a step changed."""
    places = [place - 2 for place in outcome.changed if place >= 2]
    if not places:
        return []
    names = [*inspect.signature(getattr(owner, step.method)).parameters][1:]
    return [names[place] for place in places if place < len(names)]


def _odd(outcome: object) -> str:
    return "dtype" if isinstance(outcome, Odd) and outcome.why == "dtype" else "object"


def _kind(value: Any) -> str:
    """Return what `Answer.kind` says of the same value."""
    if isinstance(value, np.ndarray):
        return "booleans" if value.dtype.char in DTYPES else "dtype"
    if value is None:
        return "nothing"
    return type(value).__name__ if isinstance(value, tuple | list) else "object"
