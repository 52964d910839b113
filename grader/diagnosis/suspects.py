"""What in a learner's file may make a result hang on more than the inputs, by the words in it.

Only what the file has is asked about. It is looked at as text: nothing is concluded from it.
"""

import re

from grader.diagnosis.experiment import Reading
from grader.learner.code import Units

_COMMENT = re.compile(r"#.*")
_UNSET = re.compile(r"\b(empty(?:_like)?)\(")
_CHANCE = (
    (re.compile(r"\brandom\b|\bdefault_rng\b|\brandn?\("), "draws random numbers"),
    (
        re.compile(r"\bas_completed\b|\bimap_unordered\b|\b[Tt]hread(?:ing|s|Pool)?\b|\bPool\w*"),
        "takes results in the order in which threads end",
    ),
)
_KEPT = (
    (
        re.compile(r"\bdef\b[^\n]*=\s*(?:[\[{]|dict\(|list\(|set\(|np\.)"),
        "a default argument",
        "default arguments",
    ),
    (re.compile(r"\bself\."), "an attribute of an object", "attributes of objects"),
    (re.compile(r"\b(?:lru_)?cache\b"), "a cache", "caches"),
)


def another_each_time(code: Units) -> Reading:
    """Return what is said where the same call gives another result each time."""
    text = _text(code)
    found = [words for pattern, words in _CHANCE if pattern.search(text)]
    unset = _UNSET.search(text)
    if unset:
        found.append(f"reads numbers of np.{unset[1]} that nobody has set")
    found.append("keeps something from one call for the next")
    return "another-result-each-time", {"chance": _joined(found, "or")}


def remembered(code: Units) -> Reading:
    """Return what is said where a result hangs on earlier calls."""
    return "calls-remembered", _outliving(code)


def kept(code: Units, place: str) -> Reading:
    """Return what is said where the results of earlier calls come back with the new one.

    Args:
        code: the learner's.
        place: where the new one stands: "behind" them, or "in front of" them.
    """
    return "results-kept", {**_outliving(code), "place": place}


def _outliving(code: Units) -> dict[str, str]:
    text = _text(code)
    found = [both for pattern, *both in _KEPT if pattern.search(text)]
    kept = ["a variable outside of the function", *(one for one, _ in found)]
    shown = ["the variables outside of it", *(many for _, many in found)]
    unset = _UNSET.search(text)
    if unset:
        kept.append(f"the numbers that lie in np.{unset[1]}")
        shown.append(f"each new np.{unset[1]}")
    return {"kept": _joined(kept, "or"), "shown": _joined(shown, "and")}


def _text(code: Units) -> str:
    return "\n".join(_COMMENT.sub("", line) for cell in code.cells() for line in cell)


def _joined(names: list[str], word: str) -> str:
    *others, last = names
    return f"{', '.join(others)} {word} {last}" if others else last
