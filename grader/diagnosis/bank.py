"""The bank of known mistakes of a kata, with all that a learner reads of each: `mistakes.toml`."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from grader.diagnosis import entries
from grader.diagnosis.claims import KEYS, SaidOfCases, read_claim
from grader.errors import UsageError
from grader.kata import Kata


class Mistake(NamedTuple):
    """One known mistake, a small edit of the solution's source.

    Attributes:
        id: stable; what `kata explain` takes.
        function: the function at fault.
        title: the mistake in a few words.
        explanation: what comes out, and why it is not what is asked for.
        next_step: a question or an experiment, not the answer.
        edits: (old, new) pairs of the solution's source. One that changes nothing says what the
            texts count on: no other mistake that changes it is made together with this one.
        claim: what the texts say of inputs that are not at fault.
    """

    id: str
    function: str
    title: str
    explanation: str
    next_step: str
    edits: tuple[tuple[str, str], ...]
    claim: SaidOfCases = SaidOfCases()


@cache
def bank(kata: Kata) -> tuple[Mistake, ...]:
    """Return all known mistakes, in the flow of data, likelier ones first.

    Raises:
        UsageError: an entry of the bank is not as it should be.
    """
    read = entries.read(kata, "mistakes").get("mistake", [])
    if not isinstance(read, list):
        raise UsageError("mistakes.toml: each mistake begins with [[mistake]].")
    found = tuple(_mistake(kata, number, entry) for number, entry in enumerate(read, 1))
    if len({mistake.id for mistake in found}) < len(found):
        raise UsageError("mistakes.toml: two mistakes have one id.")
    return found


@cache
def by_id(kata: Kata) -> Mapping[str, Mistake]:
    """Return the bank by identifier."""
    return {mistake.id: mistake for mistake in bank(kata)}


def mistakes_of(kata: Kata, function: str) -> list[Mistake]:
    """Return the known mistakes of one function."""
    return [mistake for mistake in bank(kata) if mistake.function == function]


def kept(kata: Kata) -> Mapping[str, str]:
    """Return why cases are kept though each mistake that they catch fails another one too."""
    found: Mapping[str, str] = entries.read(kata, "mistakes").get("kept", {})
    return found


_TEXTS = tuple(name for name in Mistake._fields if name not in ("edits", "claim"))
_KEYS = {*_TEXTS, "edits"}


def _mistake(kata: Kata, number: int, entry: Mapping[str, Any]) -> Mistake:
    where = f"mistakes.toml, mistake {number} ({entry.get('id', 'without an id')})"
    if set(entry) - KEYS != _KEYS:
        raise UsageError(
            f"{where}: a mistake has {', '.join((*_TEXTS, 'edits'))}, perhaps "
            f"{', '.join(SaidOfCases._fields)}, and nothing else."
        )
    texts = {name: entry[name] for name in _TEXTS}
    if not all(isinstance(text, str) and text for text in texts.values()):
        raise UsageError(f"{where}: {', '.join(_TEXTS)} are texts.")
    if entry["function"] not in kata.functions:
        raise UsageError(f"{where}: the kata has no function {entry['function']}.")
    edits = entry["edits"]
    if not isinstance(edits, list) or not edits or not all(map(_is_edit, edits)):
        raise UsageError(f'{where}: edits are [["old text", "new text"], …].')
    claim = read_claim(entry, where)
    return Mistake(**texts, edits=tuple((old, new) for old, new in edits), claim=claim)


def _is_edit(edit: Any) -> bool:
    texts = isinstance(edit, list) and [type(one) for one in edit] == [str, str]
    return texts and bool(edit[0])
