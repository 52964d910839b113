"""A page for a browser: one file, nothing from the network, no script."""

from grader.formats import Format, View
from grader.pages.submission import render


def _render(view: View) -> bytes:
    return render(view.report, view.source, view.naming)


FORMAT = Format("a page to read in a browser, one file that loads nothing", _render)
