"""Whose is what, by the names that platforms give to files and folders: a module for each.

A learner chooses what the file is called, and the platform writes what is around it. So who it
is stands where the platform writes, and nowhere else.
"""

from collections.abc import Sequence

from grader.intake.item import Item
from grader.intake.platforms import (
    blackboard,
    brightspace,
    canvas,
    github,
    gradescope,
    moodle,
    nbgrader,
    sakai,
)
from grader.intake.platforms.told import Told, tops

__all__ = ["Told", "recognize", "tops"]

_PLATFORMS = (gradescope, moodle, blackboard, brightspace, canvas, sakai, github, nbgrader)


def recognize(items: Sequence[Item]) -> dict[str, Told]:
    """Return what the names of a class's files and folders tell, by the name at the top.

    Raises:
        UsageError: a list of who is who is there and cannot be read.
    """
    told: dict[str, Told] = {}
    for platform in _PLATFORMS:
        left = [item for item in items if item.path.parts[0] not in told]
        told |= platform.recognize(left)
    return told
