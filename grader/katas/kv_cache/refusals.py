"""What can be read off how a cache refuses arrays that do not fit, where all else is right."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from grader.diagnosis.experiment import Reading
from grader.diagnosis.lives import LENGTH, Step
from grader.diagnosis.observation import Observation, same
from grader.diagnosis.probe import Probe
from grader.diagnosis.study import Study

from .particulars import in_particular

GROUP = "refused"
_NEED = (2, 4)
_SHOWN = 4  # shapes that are named in a text


def _broadcasts(shape: tuple[int, ...]) -> bool:
    if len(shape) > len(_NEED):
        return False
    pairs = zip(reversed(shape), reversed(_NEED), strict=False)
    return all(length in (1, need) for length, need in pairs)


_KINDS = (
    (
        _broadcasts,
        "They are among those that NumPy would broadcast to (2, 4).",
        "What does NumPy make of an array of shape (1, 4) where (2, 4) is asked for? Which line "
        "compares the whole shape before it can do that?",
    ),
    (
        lambda shape: math.prod(shape) == math.prod(_NEED),
        "They hold as many numbers as an array of shape (2, 4).",
        "What do you compare: how many numbers there are, or the shape itself? Print both for an "
        "array of shape (4, 2).",
    ),
    (
        lambda shape: shape[-1:] == _NEED[-1:],
        "Their last axis has the right length.",
        "Which axes do you compare? Print the whole shape of an array of shape (3, 4) beside what "
        "you compare it with.",
    ),
    (
        lambda shape: shape[:1] == _NEED[:1],
        "Their first axis has the right length.",
        "Which axes do you compare? Print the whole shape of an array of shape (2, 3) beside what "
        "you compare it with.",
    ),
    (
        lambda shape: len(shape) == len(_NEED),
        "They have two axes, as they should, of other lengths.",
        "What do you compare: the number of axes, or the length of each? Is one length that fits "
        "enough for your check?",
    ),
)
"""What shapes can have in common that are taken; what is said then; the next step."""


class _Try(NamedTuple):
    """One call with an array that does not fit.

    Attributes:
        name: which argument it is, or both.
        shape: its shape.
        filled: whether anything was kept before.
        raised: the type of what was raised; "" if nothing was.
        named: those of both shapes that the message names.
        right: whether the whole life is right, or what was looked at before it broke off.
        kept: whether anything of it was kept, as the length says after it; or it was not asked.
    """

    name: str
    shape: tuple[int, ...]
    filled: bool
    raised: str
    named: tuple[str, ...]
    right: bool
    kept: bool


def refusals(study: Study) -> list[Reading] | None:
    """Say which wrong shapes are not refused as they should be, if that is all that is wrong."""
    others = [at for at, probe in enumerate(study.behaviour.made) if probe.group != GROUP]
    return _refused(study) if study.behaviour.at(others).is_right else None


def refusals_beside(study: Study) -> list[Reading] | None:
    """Say the same where other particular inputs go wrong too, and that these do."""
    found = _refused(study) if study.core.is_right else None
    return found and [*found, *(in_particular(study) or [])]


def _refused(study: Study) -> list[Reading] | None:
    behaviour = study.behaviour
    both = zip(behaviour.made, behaviour.seen, behaviour.right, strict=True)
    tries = [_try(*each) for each in both if each[0].group == GROUP]
    wrong = [each for each in tries if each is not None and not each.right]
    if not wrong:
        return None
    taken = [each for each in wrong if not each.raised]
    appended = [each for each in taken if each.name != "q"]
    if appended and not any(each.kept for each in appended):
        return [("refused-in-silence", {"what": _what(taken)})]
    if taken:
        return [_taken(taken, [each for each in tries if each is not None])]
    return _of_errors(wrong)


def _try(probe: Probe, seen: Observation, right: Observation) -> _Try | None:
    """Return what came of one life; None if its arrays do not fit in different ways.

    Nor is anything known of a call that the life did not come to.
    """
    at, step = next((at, step) for at, step in enumerate(probe.life) if step.refused)
    unfit = [place for place, arg in enumerate(step.args) if arg.shape != _NEED]
    if len({step.args[place].shape for place in unfit}) != 1:
        return None
    note = next((each for each in seen.notes if each.method == step.method), None)
    if note is None:
        return None
    name, shape = _name(step, unfit), step.args[unfit[0]].shape
    lengths = [[e.value for e in one.notes if e.method == LENGTH] for one in (seen, right)]
    kept = not lengths[1] or lengths[0] != lengths[1]
    return _Try(name, shape, at > 0, note.raised, note.named, _is_right(seen, right), kept)


def _is_right(seen: Observation, right: Observation) -> bool:
    """Say whether a life is right; of one that broke off, what was looked at before."""
    if seen.values is None and not seen.kind.startswith("array"):
        return seen.notes == right.notes[: len(seen.notes)]
    return same(seen, right)


def _name(step: Step, places: Sequence[int]) -> str:
    return "q" if step.method == "attend" else _and(["kv"[place] for place in places])


def _taken(taken: Sequence[_Try], tries: Sequence[_Try]) -> Reading:
    in_filled = [each for each in taken if each.filled]
    taken = in_filled or taken
    names = _names(taken)
    if len(names) > 1 and "k and v" in names:
        taken = [each for each in taken if each.name != "k and v"]  # that is no news
        names = _names(taken)
    asked = [each for each in tries if each.name in names]
    shapes = {each.shape for each in taken}
    words = {"names": _and(names), "what": _what(taken), "more": ""}
    words["kept"] = " that holds one token" if in_filled else ""
    words["next"] = (
        f"Where do you compare {_and(names)} with (n_heads, d_k)? Is that done before anything is "
        "computed or kept, and does the error leave your method?"
    )
    if not in_filled:
        words["more"] = " That was before anything was appended; later they are refused."
        words["next"] = (
            "Which lines does your method go through while the cache is empty, and which of them "
            "looks at the shape?"
        )
    elif shapes < {each.shape for each in asked}:
        for holds, more, following in _KINDS:
            if all(map(holds, shapes)):
                words["more"], words["next"] = f" {more}", following
                break
    errors = [each for each in asked if each.raised and not each.right]
    if errors:
        words["more"] += (
            f" With others, of {_and(_names(errors))}, an error comes that does not name both "
            "shapes as Python writes them: it may be one of NumPy's, from the middle of your "
            "method."
        )
    return ("wrong-shapes-taken", words)


def _of_errors(wrong: Sequence[_Try]) -> list[Reading] | None:
    others = sorted({each.raised for each in wrong} - {"ValueError"})
    if others:
        names = _and(_names([each for each in wrong if each.raised != "ValueError"]))
        return [("refused-by-another-error", {"types": _and(others), "names": names})]
    names = _and(_names(wrong))
    named = [each for each in wrong if len(each.named) == 2]
    if named:
        return [("refused-and-kept", {})] if len(named) == len(wrong) else None
    missing = _missing(wrong)
    following = _AS_PYTHON if missing != _ITS_OWN else _WHOSE.format(names=names)
    words = {"names": names, "what": _what(wrong), "missing": missing, "next": following}
    return [("message-not-as-python-writes", words)]


_ITS_OWN = " The one that came is missing."
_WHOSE = (
    "Print the message beside the shape of {names}. Where does your code put the shape that came "
    "into the message, and of which array is it?"
)
_AS_PYTHON = (
    "Print the message beside the two shapes. Is each of them in it, with brackets, comma and "
    "space, and does your own code write it?"
)


def _missing(wrong: Sequence[_Try]) -> str:
    """Say which of both shapes none of the messages holds, if it is one alone."""
    held = {each.named for each in wrong}
    if held == {(str(_NEED),)}:
        return _ITS_OWN
    needed_is_missing = all(each.named == (str(each.shape),) for each in wrong)
    return " The one that is needed is missing." if needed_is_missing else ""


def _what(some: Sequence[_Try]) -> str:
    """Say of which arguments and shapes, with some of them."""
    parts = []
    for name in _names(some):
        shapes = [str(one) for one in dict.fromkeys(e.shape for e in some if e.name == name)]
        shown = shapes[:_SHOWN] + ["others"] * (len(shapes) > _SHOWN)
        both = " both" if name == "k and v" else ""
        parts.append(f"{name}{both} of shape {_and(shown)}")
    return "; ".join(parts)


def _names(some: Iterable[_Try]) -> list[str]:
    found = {each.name for each in some}
    return [name for name in ("k", "v", "k and v", "q") if name in found]


def _and(words: Sequence[str]) -> str:
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last
