"""The table of a class's learners: a line each, which a script sorts and filters."""

from collections.abc import Mapping, Sequence
from typing import Any

from grader.pages.links import Links, key_of
from grader.pages.markup import Child, Html, join, table, tag
from grader.pages.page import badge

STATUS = {
    "graded": ("graded", "pass"),
    "rejected": ("not loaded", "fail"),
    "grader_error": ("no verdict", "wait"),
}
"""Each status, as a reader has it, and how it looks."""
_FILTERS = {
    "all": "everybody",
    "failed": "failed something",
    "unloaded": "not loaded",
    "alike": "alike",
    "late": "late",
    "unnamed": "wrong in a way without a name",
    "unjudged": "no verdict",
}
"""What may be asked for alone; each line says which of these it is."""

Row = Mapping[str, Any]


def learners_table(summary: Mapping[str, Any], learners: Sequence[Row], links: Links) -> Html:
    """Return the table, and what asks for a part of it."""
    titles = {mistake["id"]: mistake["title"] for mistake in summary["mistakes"]}
    alike = {key for groups in summary["identical"].values() for group in groups for key in group}
    unnamed = {key for group in summary.get("unnamed", ()) for key in group["keys"]}
    lines = []
    for row in learners:
        kinds = _kinds(row, alike, unnamed)
        lines.append(_line(row, kinds, titles, links))
    heads = ("Learner", "Identifier", number("Points"), "Status", "Lost most by", "Data")
    return join([_search(), table("Learners and their reports", heads, lines, class_="learners")])


def number(text: str) -> Html:
    """Return a heading of numbers."""
    return tag("span", text, class_="number")


def _search() -> Html:
    """Return what a script shows: a box to search in, and what to show alone."""
    choices = (tag("option", words, value=kind) for kind, words in _FILTERS.items())
    return tag(
        "div",
        tag("label", "Search names, statuses, mistakes", for_="query"),
        tag("input", type="search", id="query", autocomplete="off"),
        tag("label", "Show", for_="kind"),
        tag("select", *choices, id="kind"),
        tag("span", id="count", role="status"),
        class_="search",
        hidden=True,
    )


def _kinds(row: Row, alike: set[str], unnamed: set[str]) -> str:
    key, status = key_of(row), row["status"]
    found = {
        "failed": status == "graded" and row["points"] not in ("", None, 100),
        "unloaded": status == "rejected",
        "unjudged": status == "grader_error",
        "alike": key in alike,
        "late": bool(row.get("late")),
        "unnamed": key in unnamed,
    }
    return " ".join(kind for kind, fits in found.items() if fits)


def _line(row: Row, kinds: str, titles: Mapping[str, str], links: Links) -> Html:
    key, found = key_of(row), row["first_diagnosis"]
    points = "none" if row["points"] in ("", None) else row["points"]
    late: Child = tag("span", "late", class_="badge wait") if row.get("late") else None
    return tag(
        "tr",
        tag("th", links.named(key, row["name"]), scope="row"),
        tag("td", row["identifier"]),
        tag("td", points, class_="number"),
        tag("td", badge(*STATUS.get(row["status"], (row["status"], "wait"))), late),
        tag("td", row.get("reason") or titles.get(found, found)),
        tag("td", links.others(key, row["name"])),
        data_kinds=kinds or None,
    )
