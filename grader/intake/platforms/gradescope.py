"""Gradescope, "Export Submissions": `submission_4711/`, and a list of who is who."""

import re
from collections.abc import Sequence

from grader.errors import UsageError
from grader.intake.item import Item, composed
from grader.intake.people import Person
from grader.intake.platforms.dates import read_date
from grader.intake.platforms.told import Told, tops
from grader.reading import reason

_FOLDER = re.compile(r"submission_(?P<id>[0-9]+)")
_METADATA = "submission_metadata.yml"
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_FIELD = re.compile(r"  (- |  ):(name|sid|email):\s*(.*)")


def recognize(items: Sequence[Item]) -> dict[str, Told]:
    """Return what is told, by the name at the top.

    Raises:
        UsageError: the list is there and cannot be read.
    """
    folders = {
        top: match
        for top, folder in tops(items).items()
        if folder and (match := _FOLDER.fullmatch(top))
    }
    if not folders:
        return {}
    listed = _submitters(_metadata(items))
    told = {_METADATA: Told("gradescope", "", nobodys=True)}
    for top, match in folders.items():
        people, when = listed.get(top, ((), ""))
        # Without the list, the number is that of the submission and nobody's.
        name = ", ".join(person.name for person in people) or top
        identifier = next((one.identifier for one in people if one.identifier), "")
        if not people:
            identifier = match["id"]
        told[top] = Told(
            "gradescope", name, identifier, when=read_date(when) if when else None, people=people
        )
    return told


def _submitters(text: str) -> dict[str, tuple[tuple[Person, ...], str]]:
    """Return the people of each folder, and when it was handed in.

    Only lines as Gradescope indents them count, and only below `:submitters:`: what a learner
    has written elsewhere, or in a name that goes over several lines, names nobody.
    """
    people: dict[str, list[dict[str, str]]] = {}
    created: dict[str, str] = {}
    folder, inside = "", False
    for line in text.split("\n"):
        if line and not line[0].isspace() and line.rstrip().endswith(":"):
            folder, inside = line.rstrip()[:-1].strip("'\""), False
        elif re.match(r"  :", line):
            inside = line.rstrip() == "  :submitters:"
            if folder and line.startswith("  :created_at:"):
                created[folder] = _value(line.partition("_at:")[2])
        field = _FIELD.match(line) if folder and inside else None
        if field:
            group = people.setdefault(folder, [])
            if field[1] == "- " or not group:
                group.append({})
            group[-1].setdefault(field[2], _value(field[3]))
    return {
        folder: (
            tuple(
                Person(one.get("name", ""), one.get("sid", ""), one.get("email", ""))
                for one in group
            ),
            created.get(folder, ""),
        )
        for folder, group in people.items()
    }


def _value(text: str) -> str:
    """Return what a value of YAML in one line stands for, quoted or not."""
    text = text.strip()
    if text[:1] == '"':
        whole = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
        text = _ESCAPE.sub(
            lambda match: (
                chr(int(match[1] or match[2] or match[3], 16)) if not match[4] else match[4]
            ),
            whole,
        )
    elif text[:1] == "'":
        text = (text[1:-1] if len(text) > 1 and text.endswith("'") else text[1:]).replace("''", "'")
    return composed("" if text in ("null", "~") else text)


def _metadata(items: Sequence[Item]) -> str:
    found = [item for item in items if str(item.path) == _METADATA]
    if not found:
        return ""
    try:
        if found[0].problem:
            raise OSError(found[0].problem)
        return found[0].read().decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(
            f"{_METADATA}, which tells who is who, cannot be read ({reason(error)}). "
            "Download the class again."
        ) from error
