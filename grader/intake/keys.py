"""What a learner's reports are called."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

from grader.intake.item import composed
from grader.text import without_unseen

RESERVED = ("summary", "run", "changes", "class", "gradebook", "index", "unnamed", "feedback")
"""Names of files in the folder of the reports that are no learner's."""
_BYTES = 200


def unique(learners: Sequence[tuple[str, str]]) -> list[str]:
    """Return a file name for each (name, identifier): readable, short, unlike all others.

    The identifier is part of it where names are the same.
    """
    taken = {name.casefold() for name in RESERVED}
    count_of = Counter(name.casefold() for name, _ in learners)
    keys = []
    for name, identifier in learners:
        if identifier and count_of[name.casefold()] > 1:
            name = f"{name}_{identifier}"
        text = composed(name)
        text = re.sub(r'[/\\:*?"<>|]', "_", without_unseen(text, "_")).strip(" .") or "_"
        if len(text.encode()) > _BYTES:
            digest = hashlib.sha256(text.encode()).hexdigest()[:8]
            text = text.encode()[: _BYTES - 9].decode("utf-8", "ignore") + f"~{digest}"
        key, count = text, 1
        while key.casefold() in taken:
            count += 1
            key = f"{text}~{count}"
        taken.add(key.casefold())
        keys.append(key)
    return keys


def pseudonym(learner: tuple[str, str, str], salt: str) -> str:
    """Return a name for a learner that tells nothing, and stays from one run to the next."""
    digest = hashlib.sha256("\0".join((salt, *learner)).encode("utf-8", "replace"))
    return f"learner-{digest.hexdigest()[:8]}"
