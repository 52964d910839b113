"""Moodle, "Download all submissions": a folder for each learner, or flat.

`Ada Lovelace_123_assignsubmission_file_/` (from 4.1 on without the last underscore), or
`Ada Lovelace_123_assignsubmission_file_name.py`. In blind marking the name is the word for
"participant" in the teacher's language; a group's has the group's name and number, and
the group of those in no group has none (mod/assign/classes/downloader.php).
"""

import re
from collections.abc import Sequence

from grader.intake.item import Item
from grader.intake.platforms.told import Told, tops

# No name has an underscore: Moodle writes a blank for it.
_NAME = re.compile(
    r"(?P<name>[^_]+)(?:_(?P<id>[0-9]+))?_assignsubmission_[a-z0-9]+(?:_(?P<file>.*))?", re.DOTALL
)


def recognize(items: Sequence[Item]) -> dict[str, Told]:
    """Return what is told, by the name at the top."""
    told = {}
    for top in tops(items):
        if match := _NAME.fullmatch(top):
            told[top] = Told("moodle", match["name"], match["id"] or "", match["file"] or "")
    return told
