"""D2L Brightspace, "Download" of a folder of submissions: a folder for each attempt.

`12345-678 - Ada Lovelace - Mar 1, 2026 1100 AM/`, and an `index.html` that lists them.
"""

import re
from collections.abc import Sequence

from grader.intake.item import Item
from grader.intake.platforms.dates import read_date
from grader.intake.platforms.told import Told, tops

_FOLDER = re.compile(
    r"(?P<first>[0-9]+)-(?P<second>[0-9]+) ?- (?P<name>.+) - "
    r"(?P<when>(?:(?! - ).)*[0-9](?:(?! - ).)*)",
    re.DOTALL,
)


def recognize(items: Sequence[Item]) -> dict[str, Told]:
    """Return what is told, by the name at the top."""
    folders = {
        top: match
        for top, folder in tops(items).items()
        if folder and (match := _FOLDER.fullmatch(top))
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
        about = Told("brightspace", match["name"], match[mine], when=when, attempt=attempt)
        told[top] = about
    return told
