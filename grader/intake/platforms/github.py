"""Clones of GitHub Classroom's repositories: `homework-3-ada/`, each with its `.git`.

What is the same in front of all is the assignment; what is left is the login.
"""

from collections.abc import Sequence

from grader.intake.item import Item
from grader.intake.platforms.told import Told, in_front


def recognize(items: Sequence[Item]) -> dict[str, Told]:
    """Return what is told, by the name at the top."""
    clones = [item.path.name for item in items if item.is_clone and len(item.path.parts) == 1]
    common = in_front(clones, "-") if len(clones) > 1 else ""
    told = {}
    for name in clones:
        login = name.removeprefix(common)
        told[name] = Told("github", login, login)
    return told
