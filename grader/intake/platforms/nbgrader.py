"""nbgrader's tree: `submitted/ada/ps1/name.py`, beside `source/`, `release/` and the rest.

Of the folder of a course only what was submitted is of learners; `learners` takes it for the
class. So nothing is told here of single names but that of the time.
"""

from collections.abc import Sequence

from grader.intake.item import Item
from grader.intake.platforms.dates import read_date
from grader.intake.platforms.told import Told

SUBMITTED = "submitted"
_BESIDE = ("source", "release", "autograded", "feedback", "gradebook.db", "nbgrader_config.py")


def is_course(tops: Sequence[str]) -> bool:
    """Say whether the names at the top are those of a course."""
    return SUBMITTED in tops and any(name in tops for name in _BESIDE)


def recognize(items: Sequence[Item]) -> dict[str, Told]:
    """Return what is told, by the name at the top."""
    told = {}
    for item in items:
        if len(item.path.parts) == 3 and item.path.name == "timestamp.txt" and not item.problem:
            top = item.path.parts[0]
            try:
                when = read_date(item.read()[:40].decode("ascii", "replace"))
            except OSError:
                when = None
            if when:
                told[top] = Told("nbgrader", top, top, when=when)
    if not told:
        return {}
    others = {item.path.parts[0] for item in items if len(item.path.parts) > 2}
    return {**{top: Told("nbgrader", top, top) for top in others}, **told}
