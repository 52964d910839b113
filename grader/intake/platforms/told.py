"""What a platform tells by a name."""

from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from grader.intake.item import Item
from grader.intake.people import Person


class Told(NamedTuple):
    """What the name of a file or a folder tells of what is in it.

    Attributes:
        platform: whose name it is; empty if no platform wrote it.
        name: the learner's, or the group's.
        identifier: the platform's number or name for the learner.
        file: what the learner called the file; empty for a folder.
        late: whether the platform marks it as late.
        when: when it was handed in.
        attempt: which attempt it is of, for several of a learner's; they sort by it.
        within: the folder below that alone has what was handed in.
        beside: whether it is what the platform wrote about a learner, and nothing handed in.
        nobodys: whether it is the platform's own, about no learner alone.
        people: the members of a group.
    """

    platform: str
    name: str
    identifier: str = ""
    file: str = ""
    late: bool = False
    when: datetime | None = None
    attempt: str = ""
    within: str = ""
    beside: bool = False
    nobodys: bool = False
    people: tuple[Person, ...] = ()


def tops(items: Iterable[Item]) -> dict[str, bool]:
    """Return the names at the top, and whether each is a folder's."""
    found: dict[str, bool] = {}
    for item in items:
        name = item.path.parts[0]
        found[name] = found.get(name, False) or item.is_folder or len(item.path.parts) > 1
    return found


def in_front(names: Iterable[str], end: str) -> str:
    """Return what stands in front of all of some names, up to a character that ends it."""
    ordered = sorted(names)
    pairs = zip(ordered[0], ordered[-1], strict=False) if ordered else ()
    common = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return common[: common.rfind(end) + 1]
