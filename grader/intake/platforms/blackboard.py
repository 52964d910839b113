"""Blackboard, "Assignment File Download": all files of all attempts in one folder.

`HW3_alovelace_attempt_2026-03-01-11-00-00_name.py`, and for each attempt
`HW3_alovelace_attempt_2026-03-01-11-00-00.txt`, which begins with `Name: Ada Lovelace (alovelace)`.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from grader.intake.item import Item
from grader.intake.platforms.told import Told, in_front, tops

_NAME = re.compile(
    r"(?P<head>.+?)_attempt_(?P<when>[0-9]{4}(?:-[0-9]{2}){5})(?:_(?P<file>.+)|\.txt)", re.DOTALL
)
_FIRST_LINE = re.compile(r"[^:\n]+:\s*(?P<name>[^\n]+?)\s*\((?P<id>[^()\n]+)\)\s*(?:\n|\Z)")


def recognize(items: Sequence[Item]) -> dict[str, Told]:
    """Return what is told, by the name at the top."""
    found = {top: match for top in tops(items) if (match := _NAME.fullmatch(top))}
    if not found:
        return {}
    written = {str(item.path): item for item in items if item.path.name in found}
    people = {}
    for top, match in found.items():
        if not match["file"] and top in written:
            people[match["head"]] = _told(written[top], match["head"]) or ("", "")
    item = _item({match["head"] for match in found.values()})
    told = {}
    for top, match in found.items():
        head = match["head"]
        name, identifier = people.get(head) or ("", "")
        identifier = identifier or head.removeprefix(item)
        when = match["when"]
        about = Told("blackboard", name or identifier, identifier, match["file"] or top)
        told[top] = about._replace(when=_date(when), attempt=when, beside=not match["file"])
    return told


def _item(heads: set[str]) -> str:
    """Return what stands before all user names: the title of what was handed in."""
    if len(heads) == 1:
        title, found, _ = next(iter(heads)).rpartition("_")
        return title + found
    return in_front(heads, "_")


def _told(item: Item, head: str) -> tuple[str, str] | None:
    """Return the name and the user name that a text of Blackboard's begins with."""
    try:
        text = item.read()[:2000].decode("utf-8-sig", "replace")
    except OSError:
        return None
    match = _FIRST_LINE.match(text.replace("\r\n", "\n"))
    if match and head.endswith(f"_{match['id']}"):  # what another wrote there does not fit
        return match["name"], match["id"]
    return None


def _date(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
