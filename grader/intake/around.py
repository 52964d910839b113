"""What lies around a class: folders of reports, a folder around all, a course's other folders."""

from pathlib import Path

from grader.intake import marks
from grader.intake.item import Item
from grader.intake.platforms import nbgrader, recognize, tops


def without_reports(items: list[Item], root: Path) -> tuple[list[Item], list[str]]:
    """Leave out the folders of reports that runs of this class made; return the rest, and them.

    What has Python files is a submission, whatever it bears.
    """
    python = {folder for item in items if _is_python(item) for folder in item.path.parents}
    marked = {
        item.path.parent
        for item in items
        if item.path.name == marks.FILE
        and item.path.parent.parts
        and item.path.parent not in python
        and _is_ours(item, root)
    }
    kept = [item for item in items if not marked.intersection([item.path, *item.path.parents])]
    return kept, sorted(map(str, marked))


def _is_python(item: Item) -> bool:
    return not item.is_folder and item.path.suffix.lower() == ".py"


def _is_ours(mark: Item, root: Path) -> bool:
    try:
        place = str(mark.path.parent)
        return not mark.problem and marks.is_ours(mark.read(), root, place)
    except OSError:
        return False


def of_course(items: list[Item]) -> tuple[list[Item], list[str]]:
    """Return what was submitted of nbgrader's course, and the names beside it."""
    names = list(tops(items))
    if not nbgrader.is_course(names):
        return items, []
    inside = [item for item in items if item.path.parts[0] == nbgrader.SUBMITTED]
    below = [_below(item) for item in inside if len(item.path.parts) > 1]
    return below, [name for name in names if name != nbgrader.SUBMITTED]


def _below(item: Item) -> Item:
    return item._replace(path=item.path.relative_to(item.path.parts[0]))


def without_common_folder(items: list[Item], wanted: str) -> list[Item]:
    """Take off a folder that only stands around all the others, as zips often have it.

    A folder that a platform made for a learner never does: what is in it is the learner's.
    """
    found = tops(items)
    if len(found) != 1 or not all(found.values()) or recognize(items):
        return items
    inner = [_below(item) for item in items if len(item.path.parts) > 1]
    here = [item.path.name for item in inner if len(item.path.parts) == 1 and not item.is_folder]
    python = {name for name in here if name.endswith(".py")}
    deeper = any(item.is_folder or len(item.path.parts) > 1 for item in inner)
    if wanted in here or not (deeper or len(python) > 1):
        return items
    return inner
