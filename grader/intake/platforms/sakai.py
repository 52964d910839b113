"""Sakai, "Download All": `Lovelace, Ada(alovelace)/Submission attachment(s)/name.py`.

Beside that folder are the teacher's own files: comments, feedback, the time of the hand-in.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from grader.intake.item import Item
from grader.intake.platforms.told import Told

_FOLDER = re.compile(r"(?P<name>.+?)\s*\((?P<id>[^()]+)\)")
_WITHIN = "Submission attachment(s)"
_ABOUT = {"timestamp.txt", "comments.txt", "Feedback Attachment(s)", _WITHIN}
_LISTS = ("grades.csv", "grades.xls", "grades.xlsx")


def recognize(items: Sequence[Item]) -> dict[str, Told]:
    """Return what is told, by the name at the top."""
    below: dict[str, set[str]] = {}
    for item in items:
        if len(item.path.parts) > 1:
            below.setdefault(item.path.parts[0], set()).add(item.path.parts[1])
    times = {
        item.path.parts[0]: item
        for item in items
        if len(item.path.parts) == 2 and item.path.name == "timestamp.txt"
    }
    told = {}
    for top, inside in below.items():
        match = _FOLDER.fullmatch(top)
        if match and inside & _ABOUT:
            when = _time(times[top]) if top in times else None
            told[top] = Told("sakai", match["name"], match["id"], when=when, within=_WITHIN)
    if told:
        told |= {name: Told("sakai", "", nobodys=True) for name in _LISTS}
    return told


def is_typed(name: str) -> bool:
    """Say whether a file is what a learner typed into a box."""
    return name.endswith("_submissionText.html")


def _time(item: Item) -> datetime | None:
    """Return when something was handed in: 20260301110000000."""
    try:
        return datetime.strptime(item.read()[:14].decode("ascii", "replace"), "%Y%m%d%H%M%S")
    except (OSError, ValueError):
        return None
