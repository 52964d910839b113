"""Canvas, "Download Submissions": all files in one folder (lib/content_zipper.rb).

`lovelaceada_123_4711_name.py`; `lovelaceada_LATE_123_4711_name.py`; without names
`anon_Ab3dE_4711_name.py` and `LATE_anon_Ab3dE_4711_name.py`; and what was typed in, or linked:
`lovelaceada_123_text.html`, `lovelaceada_123_link.html`.
"""

import re
from collections.abc import Sequence

from grader.intake.item import Item
from grader.intake.platforms.told import Told, tops

_FILE = r"(?:[0-9]+_(?P<file>.+)|(?P<typed>(?:text|link)\.html))"
_NAMED = re.compile(rf"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>[0-9]+)_{_FILE}", re.DOTALL)
_ANONYMOUS = re.compile(
    rf"(?P<late>LATE_)?(?P<name>anon_(?P<id>[A-Za-z0-9]{{5}}))_{_FILE}", re.DOTALL
)


def recognize(items: Sequence[Item]) -> dict[str, Told]:
    """Return what is told, by the name at the top."""
    told = {}
    for top in tops(items):
        match = _ANONYMOUS.fullmatch(top) or _NAMED.fullmatch(top)
        if match:
            file, late = match["file"] or match["typed"], bool(match["late"])
            told[top] = Told("canvas", match["name"], match["id"], file, late)
    return told
