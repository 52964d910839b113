"""`grade FILE --watch`: again at each save."""

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from grader.commands.options import ScreenOptions
from grader.console import Unwinding, is_unread
from grader.errors import GraderError, UsageError
from grader.intake.file import read_submission
from grader.kata import Kata
from grader.report.changes import Before
from grader.report.model import Report
from grader.screen.naming import naming
from grader.screen.terminal import named, quoted

if TYPE_CHECKING:
    from grader.live.page import LivePage

GRADING = "Grading…"
GONE = "The file is gone; waiting for it."
EMPTY = "The file is empty; waiting for more."
_LOOK_MS = 1000  # how often a change is looked for that the system did not tell of


class Write(Protocol):
    """Writes a report where it is to go, the screen too, with where its page is."""

    def __call__(
        self, report: Report, source: bytes, /, *, before: Before | None, page: str
    ) -> None:
        """Write it."""


def page_of(
    path: Path, kata: Kata, screen: ScreenOptions
) -> "contextlib.AbstractContextManager[LivePage | None]":
    """Return what yields the page beside the editor, which is on its way; or None, unasked.

    Raises:
        UsageError: the package that serves it is not installed.
        GraderFault: there is no process to be had for it.
    """
    if not screen.page:
        return contextlib.nullcontext()
    from grader.live.page import LivePage
    from grader.pages.first import PageDetail

    which = naming(kata)
    command = f"grade {quoted(path)}{which} --watch --page"

    def in_numbers(report: Report) -> list[str]:
        from grader.commands.targets import example_of
        from grader.screen.mistake import numbers

        example = example_of(kata, report)
        return [] if example is None else [click.unstyle(line) for line in numbers(example)]

    detail = PageDetail(which, folded=screen.hint is False)
    return LivePage(named(path.name), command, detail, in_numbers)


def follow(
    path: Path,
    source: bytes,
    judge: Callable[[bytes], Report],
    write: Write,
    pages: "contextlib.AbstractContextManager[LivePage | None]",
) -> None:
    """Judge a file at each save and show what came of it, on a page too if there is one.

    Args:
        path: the file.
        source: its content.
        judge: judges a content.
        write: writes what came of it.
        pages: yields the page, or None; see `page_of`.

    Raises:
        UsageError: the package that watches is not installed.
        GraderFault: the page does not come up.
    """
    with Unwinding(), pages as page:

        def show(report: Report, source: bytes, *, before: Before | None) -> None:
            if page is not None:
                page.show(report, source, before)
            write(report, source, before=before, page=page.address if page is not None else "")
            if is_unread():
                sys.exit()

        def tell(text: str) -> None:
            click.echo(named(text))
            if page is not None:
                page.say(named(text))

        if page is not None:
            page.begin(GRADING)
            click.echo(f"The page: {page.address}")
        watch(path, source, judge, show, tell)


class Show(Protocol):
    """Shows a report, and what changed since `before`."""

    def __call__(self, report: Report, source: bytes, /, *, before: Before | None) -> None:
        """Show it."""


def watch(
    path: Path,
    source: bytes,
    judge: Callable[[bytes], Report],
    show: Show,
    tell: Callable[[str], object],
) -> None:
    """Judge a file now and whenever it is saved with other content, until interrupted.

    What an editor does while it saves (the file is gone, or empty) is waited for.

    Args:
        path: the file.
        source: its content.
        judge: judges a content.
        show: shows what came of it.
        tell: tells, in a line below what is shown, that this is not how it stands any more.

    Raises:
        UsageError: the package that watches is not installed.
    """
    try:
        import watchfiles
    except ImportError:
        raise UsageError(
            "--watch needs the package watchfiles: pip install 'attention-kata[learn]'."
        ) from None
    before: Before | None = None
    told = ""
    try:
        tell(GRADING)
        report = judge(source)
        show(report, source, before=None)
        saves = watchfiles.watch(
            path.parent,
            watch_filter=lambda change, name: Path(name).name == path.name,
            recursive=False,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
        )
        for _ in saves:
            now, why = _read(path)
            if now is None:
                if why != told:
                    tell(why)
                told = why
                continue
            if now == source and not told:
                continue
            told = ""
            tell(GRADING)
            if now != source:
                source = now
                if report.status == "graded":
                    before = Before(report)
                elif before is not None:
                    before = Before(before.report, is_last=False)
                report = judge(source)
            show(report, source, before=before)
    except KeyboardInterrupt:
        return


def _read(path: Path) -> tuple[bytes | None, str]:
    """Return what was saved; or None and why not, if it is not there, or not yet."""
    try:
        source = read_submission(path)
    except GraderError as error:
        return None, str(error) if os.path.lexists(path) else GONE
    return (source, "") if source.strip() else (None, EMPTY)
