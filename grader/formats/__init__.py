"""What platforms take: one module a format, each a pure function from a view to bytes.

A format is an entry point of the group `attention_kata.formats`: its name is the format's, its
object a `Format`. Ours are registered like everybody's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from grader.errors import UsageError
from grader.report import Report

GROUP = "attention_kata.formats"


@dataclass(frozen=True)
class View:
    """All that a format may show.

    Attributes:
        report: the report, from which what the feedback level withholds is gone.
        source: the learner's file as text; undecodable bytes stand as U+FFFD.
        environment: the variables by which a platform tells who handed in what.
        written: when the report is written, in seconds since 1970 (UTC).
    """

    report: Report
    source: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    written: float = 0.0


@dataclass(frozen=True)
class Format:
    """How a report is written for one platform.

    Attributes:
        title: what takes it, one line.
        render: returns the bytes of a view; pure. None means that nothing may be there, not
            even an older file: some platforms take that for a broken grader.
    """

    title: str
    render: Callable[[View], bytes | None]


def names() -> list[str]:
    """Return the names of the formats that are installed, sorted."""
    from importlib import metadata  # slow to load, and only needed while the jail starts

    return sorted(metadata.entry_points(group=GROUP).names)


def find(name: str) -> Format:
    """Return the format of this name.

    Raises:
        UsageError: there is none, or it cannot be loaded.
    """
    from importlib import metadata

    for entry in metadata.entry_points(group=GROUP, name=name):
        try:
            found = entry.load()
        except Exception as error:
            raise UsageError(f"The format {name} cannot be loaded ({error}).") from error
        if isinstance(found, Format):
            return found
        raise UsageError(f"The format {name} is no Format ({entry.value}).")
    raise UsageError(f"There is no format {name}; `grade --formats` lists them.")
