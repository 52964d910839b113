"""The page that lives beside the editor: that of a submission, which changes at each save."""

from grader.pages.first import PageDetail
from grader.pages.markup import Html, tag, visible
from grader.pages.page import asset, page
from grader.pages.submission import body, standing, title
from grader.report.changes import Before, changes
from grader.report.model import Report

_ORDER = ("first", "cells", "picture", "warned", "renamed", "functions", "printed", "file")
"""What a learner looks at after a save comes first; the file is open in the editor."""


def render(report: Report, source: str, state: str, command: str, detail: PageDetail) -> bytes:
    """Return the page of a report.

    Args:
        report: what is to be shown.
        source: the learner's file as text.
        state: how things stand.
        command: what starts the grader again, for when it has ended.
        detail: how much is shown.
    """
    parts = body(report, source, order=_ORDER, detail=detail._replace(told=True))
    return _page(title(report), state, command, *parts)


def waiting(name: str, state: str, command: str) -> bytes:
    """Return the page before there is a report on the file of that name."""
    heading = tag("header", tag("h1", tag("bdi", name)))
    return _page(name, state, command, heading, tag("main", id="main", tabindex="-1"))


def state_of(report: Report, before: Before | None) -> str:
    """Say how a file stands, and what has changed since the last save."""
    changed = changes(before, report) if before is not None else ()
    return visible(" ".join([f"{standing(report)}.", *changed]))


def _page(title: str, state: str, command: str, *parts: Html) -> bytes:
    gone = f"The grader has ended, and this is how the file stood. To go on: {command}"
    line = tag("p", state, id="state", role="status", data_gone=gone)
    still = "This page follows your saves by a script, which does not run: reload it after each."
    without = tag("noscript", tag("p", still))
    return page(title, line, without, *parts, script=asset("live.js"), served=True)
