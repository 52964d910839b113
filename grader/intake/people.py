"""Who a learner is: a name, and what lists of people know the learner by."""

from typing import NamedTuple

from grader.intake.item import composed


class Person(NamedTuple):
    """One learner.

    Attributes:
        name: as the platform tells it, or the roster.
        identifier: the platform's own; may be empty.
        email: may be empty.
        also: other identifiers, as the roster has them.
    """

    name: str
    identifier: str = ""
    email: str = ""
    also: tuple[str, ...] = ()


def squash(name: str) -> str:
    """Return a name's letters and digits alone, to be compared.

    Canvas has them so in the names of files, and spreadsheets differ in commas and blanks.
    """
    folded = composed(composed(name).casefold())
    return "".join(character for character in folded if character.isalnum())


def spellings(name: str) -> set[str]:
    """Return the ways in which lists have a name, squashed: "Lovelace, Ada" is Ada Lovelace.

    Where the last name begins is not told without a comma, so it may be at any blank.
    """
    last, comma, first = name.partition(",")
    if comma:
        return {squash(name), squash(first + last)} - {""}
    words = name.split()
    turned = (words[at:] + words[:at] for at in range(len(words)))
    return {squash("".join(each)) for each in turned} - {""}
