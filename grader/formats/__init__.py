"""What platforms take: one module a format, each a pure function from a view to bytes.

A format is an entry point of the group `attention_kata.formats`: its name is the format's, its
object a `Format`. Ours are registered like everybody's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from grader.errors import GraderError, GraderFault, UsageError
from grader.report.model import Report

GROUP = "attention_kata.formats"


@dataclass(frozen=True)
class View:
    """All that a format may show.

    Attributes:
        report: the report, from which what the feedback level withholds is gone.
        source: the learner's file as text; undecodable bytes stand as U+FFFD.
        environment: the variables by which a platform tells who handed in what.
        written: when the report is written, in seconds since 1970 (UTC).
        naming: what is typed behind a command so that it is about this kata.
    """

    report: Report
    source: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    written: float = 0.0
    naming: str = ""


@dataclass(frozen=True)
class Format:
    """How a report is written for one platform.

    Attributes:
        title: what takes it, one line.
        render: returns the bytes of a view; pure. None means that nothing may be there, not
            even an older file: some platforms take that for a broken grader.
        appends: whether it is added to what is in its file, for which others write too.
        commands: whether it is made of GitHub's workflow commands, to be obeyed where they
            are printed; all else that is printed there must not be.
    """

    title: str
    render: Callable[[View], bytes | None]
    appends: bool = False
    commands: bool = False


def names() -> list[str]:
    """Return the names of the formats that are installed, sorted."""
    from importlib import metadata  # slow to load

    return sorted(metadata.entry_points(group=GROUP).names)


def describe(name: str) -> str:
    """Return the title of the format of this name, or why it cannot be used."""
    try:
        return find(name).title
    except UsageError as error:
        return str(error)


def find(name: str) -> Format:
    """Return the format of this name; what goes wrong when it renders names it.

    Raises:
        UsageError: there is none, or it cannot be loaded.
    """
    from importlib import metadata

    for entry in metadata.entry_points(group=GROUP, name=name):
        try:
            found = entry.load()
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise UsageError(f"The format {name} cannot be loaded: {why}.") from error
        if isinstance(found, Format):
            return replace(found, render=partial(_render, name, found.render))
        raise UsageError(f"The format {name} cannot be loaded: {entry.value} is no Format.")
    raise UsageError(f"There is no format {name}; `grade --formats` lists them.")


def _render(name: str, render: Callable[[View], object], view: View) -> bytes | None:
    """Render a view in a format that anybody may have written.

    Raises:
        GraderFault: the format failed.
    """
    try:
        data = render(view)
    except GraderError:
        raise
    except Exception as error:
        raise GraderFault(f"The format {name} failed ({type(error).__name__}: {error}).") from error
    if data is None or isinstance(data, bytes):
        return data
    kind = type(data).__name__
    raise GraderFault(f"The format {name} failed: it made a {kind}, and only bytes can be written.")
