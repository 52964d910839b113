"""D2L Brightspace, "Download" of a folder of submissions: a folder for each attempt, or flat.

`12345-678 - Ada Lovelace - Mar 1, 2026 1100 AM/`, or the same with ` - name.py` behind it, and
an `index.html` that lists them.
"""

import re
from collections.abc import Sequence

from grader.intake.item import Item
from grader.intake.platforms.dates import read_date
from grader.intake.platforms.told import Told, tops

_ABOUT = r"(?P<first>[0-9]+)-(?P<second>[0-9]+) ?- (?P<name>.+) - "
_FOLDER = re.compile(rf"{_ABOUT}(?P<when>(?:(?! - ).)*[0-9](?:(?! - ).)*)(?P<file>)", re.DOTALL)
_FILE = re.compile(
    rf"{_ABOUT}(?P<when>(?:(?! - ).)*\b[0-9]{{4}}\b(?:(?! - ).)*) - (?P<file>.+)", re.DOTALL
)


def recognize(items: Sequence[Item]) -> dict[str, Told]:
    """Return what is told, by the name at the top."""
    folders = {
        top: match
        for top, folder in tops(items).items()
        if (match := (_FOLDER if folder else _FILE).fullmatch(top))
    }
    if not folders:
        return {}
    # One of the two numbers is the folder's, which is the same for all.
    numbers = {match["first"] for match in folders.values()}
    mine = "second" if len(numbers) == 1 < len(folders) else "first"
    told = {"index.html": Told("brightspace", "", nobodys=True)}
    for top, match in folders.items():
        when = read_date(match["when"])
        attempt = when.isoformat() if when else match["when"]
        about = Told("brightspace", match["name"], match[mine], match["file"])
        told[top] = about._replace(when=when, attempt=attempt)
    return told
