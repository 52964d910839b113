"""What an LMS tells of a learner in the names of files and folders, and in its metadata."""

import re
from collections.abc import Sequence

from grader.errors import UsageError
from grader.intake.tree import Item
from grader.reading import reason

# A learner chooses what the file is called, which comes last; the LMS writes what is before it,
# with no underscore in the name. So who it is stands at the beginning, and nowhere else.
_MOODLE = re.compile(
    r"(?P<name>[^_]+)_(?P<id>[0-9]+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?",
    re.DOTALL,
)
_CANVAS = re.compile(
    r"(?P<name>[^_]+)_(?:LATE_)?(?P<id>[0-9]+)_(?P<submission>[0-9]+)_(?P<file>.+)", re.DOTALL
)
_GRADESCOPE = re.compile(r"submission_(?P<id>[0-9]+)")
_METADATA = "submission_metadata.yml"


def identify(name: str) -> tuple[str, str, str]:
    """Return the learner's name and identifier, and the file's name, that a name tells."""
    for pattern in (_MOODLE, _CANVAS):
        match = pattern.fullmatch(name)
        if match:
            return match["name"], match["id"], match["file"] or ""
    match = _GRADESCOPE.fullmatch(name)
    return (name, match["id"], "") if match else (name, "", "")


def is_a_learners(folder: str) -> bool:
    """Say whether an LMS made a folder of this name for one learner."""
    return any(pattern.fullmatch(folder) for pattern in (_MOODLE, _GRADESCOPE))


def gradescope_names(items: Sequence[Item]) -> dict[str, tuple[str, str]]:
    """Return (name, identifier) by folder, as Gradescope's metadata has them.

    Only lines as Gradescope indents them count, and only below `:submitters:`: what a learner
    has written elsewhere, or in a name that goes over several lines, names nobody.

    Raises:
        UsageError: it is there and cannot be read.
    """
    names: dict[str, tuple[str, str]] = {}
    folder, inside = "", False
    for line in _metadata(items).split("\n"):
        if line and not line[0].isspace() and line.rstrip().endswith(":"):
            folder, inside = line.rstrip()[:-1].strip("'\""), False
        elif re.match(r"  :", line):
            inside = line.rstrip() == "  :submitters:"
        field = re.match(r"  (?:- |  ):(name|sid):\s*(.*)", line) if folder and inside else None
        if field:
            name, identifier = names.get(folder, ("", ""))
            value = field[2].strip().strip("'\"")
            if field[1] == "name":
                name = f"{name}, {value}" if name else value
            names[folder] = (name, identifier or (value if field[1] == "sid" else ""))
    return names


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
