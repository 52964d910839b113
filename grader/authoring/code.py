"""Calls, and what came of them, as they are shown: as code."""

import reprlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.cases.recorded import CaseCall, Ref

_TEXT = 240  # characters of a call, or of a result
_repr = reprlib.Repr()
_repr.maxlist = _repr.maxtuple = _repr.maxset = _repr.maxdict = 8
_repr.maxstring = _repr.maxother = 80


def as_code(calls: Sequence[CaseCall], most: int = _TEXT) -> str:
    """Return calls as one would write them, the last ones of many."""
    used = {one.at for call in calls for one in _all_refs(call)}
    texts = []
    for at, call in enumerate(calls):
        given = [shown(arg) for arg in call.args]
        given += [f"{name}={shown(arg)}" for name, arg in call.kwargs.items()]
        before = "" if call.owner is None else f"{_name(call.owner)}."
        text = f"{before}{call.name}({', '.join(given)})"
        texts.append(f"{_name(Ref(at))} = {text}" if at in used else text)
    whole = "; ".join(texts)
    return whole if len(whole) <= most else f"…{whole[-most:]}" if len(texts) > 1 else whole[:most]


def _all_refs(call: CaseCall) -> list[Ref]:
    found = [call.owner] if call.owner is not None else []
    return found + [one for one in (*call.args, *call.kwargs.values()) if isinstance(one, Ref)]


def _name(ref: Ref) -> str:
    return f"object{ref.at + 1}"


def shown(value: Any) -> str:
    """Return a value as code, shortened."""
    if isinstance(value, Ref):
        return _name(value)
    if isinstance(value, np.ndarray):
        if not value.size:
            return f"np.empty({value.shape})"
        text = np.array2string(value, threshold=24, edgeitems=2, precision=4, separator=", ")
        return f"array({' '.join(text.split())})"
    text = " ".join(_repr.repr(value).split())
    return text if len(text) <= _TEXT else f"{text[: _TEXT - 1]}…"


def details(value: Any, args: Any) -> str:
    """Say what does not show in what was returned: its shape, what became of the arguments."""
    if isinstance(value, np.ndarray):
        return f"of shape {value.shape}; the arguments are {shown(args[0])} then"
    return f"the arguments are {shown(args)} then"
