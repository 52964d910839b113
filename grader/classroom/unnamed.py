"""Wrong answers that no known mistake explains, by who gives the same ones."""

from collections.abc import Iterable
from typing import Any

from grader.classroom.records import Record

_STUB = """\
# {count} files do the same, and no known mistake explains it; one of them is {example}.
# Find the edit of the solution that does what they do; `kata verify` sees whether it does.
[[mistake]]
id = "unnamed-{digest}"
function = "{function}"
title = ""
explanation = ""
next_step = ""
edits = [["", ""]]
"""


def groups(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Return who does the same in a function, for two and more; the largest group first."""
    keys: dict[tuple[str, str], list[str]] = {}
    for record in records:
        for one in record.unnamed:
            keys.setdefault(one, []).append(record.key)
    found = [
        {"function": function, "digest": digest, "keys": some}
        for (function, digest), some in keys.items()
        if len(some) > 1
    ]
    return sorted(found, key=lambda one: (-len(one["keys"]), one["function"], one["digest"]))


def stubs(found: Iterable[dict[str, Any]]) -> str:
    """Return the beginning of an entry of the bank for each group, to be filled in."""
    return "\n".join(
        _STUB.format(
            count=len(one["keys"]),
            example=one["keys"][0].replace("\n", " "),
            digest=one["digest"],
            function=one["function"],
        )
        for one in found
    )
