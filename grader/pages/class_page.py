"""The page of a class: how it stands, what it got wrong, and who is who."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from grader.pages.markup import Child, Html, bar, escape, join, table, tag
from grader.pages.page import asset, badge, facts, more, page, section

_STATUS = {
    "graded": ("graded", "pass"),
    "rejected": ("not loaded", "fail"),
    "grader_error": ("no verdict", "wait"),
}
_MOST_EXAMPLES = 5
_SHOWN = 10  # of a kind, before the rest is asked for

Row = Mapping[str, Any]


def render(
    summary: Mapping[str, Any],
    rows: Iterable[Row],
    *,
    title: str = "Class",
    reports: Sequence[str] = ("html", "json"),
) -> bytes:
    """Return the page of a class, which stands in the folder of its reports.

    Args:
        summary: as in `summary.json`.
        rows: one a learner, with the columns of the gradebook; `key`, if it is there, names
            the learner's report, else `name` does.
        title: of the page.
        reports: the endings of the reports that were written; names lead to the first.
    """
    learners = list(rows)
    link = _Links(reports)
    parts = list(_sections(summary, learners, link))
    links = (tag("li", tag("a", heading, href=f"#{name}")) for name, heading, _ in parts)
    return page(
        title,
        tag("header", tag("h1", title), _standing(summary)),
        tag("nav", tag("ul", *links), aria_label="Parts of this page"),
        tag("main", *(section(*part) for part in parts), id="main", tabindex="-1"),
        script=asset("class.js"),
    )


class _Links:
    """Leads to a learner's reports, whose files are named after the learner's key."""

    def __init__(self, reports: Sequence[str]) -> None:
        self._reports = reports

    def named(self, key: str, text: str | None = None) -> Html:
        """Return a name that leads to the first kind of report."""
        return self._to(key, self._reports[0], tag("bdi", key if text is None else text))

    def others(self, key: str, name: str) -> Html:
        """Return links to the other kinds of report."""
        return join(
            self._to(key, kind, kind.upper(), aria_label=f"{name}, {kind.upper()}")
            for kind in self._reports[1:]
        )

    @staticmethod
    def _to(key: str, kind: str, text: str, **attributes: str) -> Html:
        address = quote(f"{key}.{kind}", safe="", errors="replace")
        return tag("a", text, href=address, **attributes)


def _standing(summary: Mapping[str, Any]) -> Html:
    status, points = summary["status"], summary["points"]
    pairs: list[tuple[str, Child]] = [("Submissions", tag("strong", summary["submissions"]))]
    pairs += [(words.capitalize(), status.get(name, 0)) for name, (words, _) in _STATUS.items()]
    if points["mean"] is not None:
        pairs += [("Mean, of 100", points["mean"]), ("Median", points["median"])]
    return facts(pairs)


def _sections(
    summary: Mapping[str, Any], learners: list[Row], link: _Links
) -> Iterator[tuple[str, str, Html]]:
    """Yield (anchor, heading, content) of each part that there is something to say in."""
    yield "scores", "Scores", _distribution(summary["points"]["distribution"])
    if summary["mistakes"]:
        yield "mistakes", "Most common mistakes", _mistakes(summary, learners, link)
    if any(case["of"] for case in summary["cases"]):
        yield "cases", "Hardest cases", _cases(summary["cases"])
    for name, heading, caption in (
        ("not_loaded", "Files that could not be loaded", "They have no points"),
        ("grader_errors", "Failures of the grader", "No fault of the learners: grade them again"),
    ):
        if summary[name]:
            yield name, heading, _messages(caption, summary[name], link)
    if any(summary["identical"].values()):
        yield "identical", "Identical submissions", _identical(summary["identical"], link)
    if summary.get("ignored"):
        files = [tag("li", tag("code", path)) for path in summary["ignored"]]
        first, rest = tag("ul", *files[:_SHOWN]), files[_SHOWN:]
        others = more(f"and {len(rest)} more files", tag("ul", *rest)) if rest else None
        yield "ignored", "Files that are nobody's submission", join([first, others])
    yield "learners", "Learners", _learners(summary, learners, link)


def _distribution(counts: Mapping[str, int]) -> Html:
    most = max(counts.values(), default=0)
    rows = [
        tag(
            "tr",
            tag("th", points.replace("-", " to "), scope="row"),
            tag("td", count, class_="number"),
            tag("td", bar(count, most), class_="wide"),
        )
        for points, count in counts.items()
    ]
    return table("Learners by points", ("Points", _right("Learners"), _quiet("Bar")), rows)


def _mistakes(summary: Mapping[str, Any], learners: list[Row], link: _Links) -> Html:
    most = max(mistake["learners"] for mistake in summary["mistakes"])
    rows = [
        tag(
            "tr",
            tag("th", mistake["title"], tag("br"), tag("code", mistake["id"]), scope="row"),
            tag("td", mistake["learners"], bar(mistake["learners"], most), class_="number"),
            tag("td", _examples(mistake, learners, link)),
        )
        for mistake in summary["mistakes"]
    ]
    caption = "Mistakes that explain what came back, most frequent first"
    return _ranking(caption, "mistakes", ("Mistake", _right("Learners"), "Reports"), rows)


def _examples(mistake: Mapping[str, Any], learners: list[Row], link: _Links) -> Html:
    keys = [mistake["example"]]
    keys += [_key(row) for row in learners if row["first_diagnosis"] == mistake["id"]]
    shown = list(dict.fromkeys(keys))[:_MOST_EXAMPLES]
    return tag("ul", *(tag("li", link.named(key)) for key in shown), class_="plain")


def _cases(cases: list[dict[str, Any]]) -> Html:
    rows = [
        tag(
            "tr",
            tag("th", case["title"], tag("br"), tag("code", case["id"]), scope="row"),
            tag("td", f"{case['passed']} of {case['of']}", class_="number"),
            tag("td", bar(case["passed"], case["of"]), class_="wide"),
        )
        for case in cases
        if case["of"]
    ]
    heads = ("Case", _right("Passed, of those judged"), _quiet("Bar"))
    return _ranking("Cases that the fewest passed", "cases", heads, rows)


def _ranking(caption: str, what: str, heads: Sequence[Child], rows: list[Html]) -> Html:
    """Return the head of a ranking, and the rest of it for who asks."""
    first, rest = rows[:_SHOWN], rows[_SHOWN:]
    others = f"and {len(rest)} more {what}"
    return join(
        [table(caption, heads, first), more(others, table(others, heads, rest)) if rest else None]
    )


def _messages(caption: str, found: list[dict[str, str]], link: _Links) -> Html:
    rows = [
        tag("tr", tag("th", link.named(one["key"]), scope="row"), tag("td", one["message"]))
        for one in found
    ]
    return _ranking(caption, "learners", ("Learner", "Why"), rows)


def _identical(groups: Mapping[str, list[list[str]]], link: _Links) -> Html:
    what = {"bytes": "The same file", "code": "The same code but for layout and names"}
    rows = [
        tag("tr", tag("th", what[kind], scope="row"), tag("td", *_listed(group, link)))
        for kind in what
        for group in sorted(groups[kind], key=len, reverse=True)
    ]
    caption = "No verdict: short solutions can be alike by chance"
    return _ranking(caption, "groups", ("What is identical", "Learners"), rows)


def _listed(keys: list[str], link: _Links) -> Iterator[Html]:
    """Yield the first names of a group, and the rest of them for who asks."""
    yield from _separated(keys[:_SHOWN], link)
    rest = keys[_SHOWN:]
    if rest:
        yield more(f"and {len(rest)} more", *_separated(rest, link))


def _separated(keys: list[str], link: _Links) -> Iterator[Html]:
    for position, key in enumerate(keys):
        yield escape(", " if position else "")
        yield link.named(key)


def _learners(summary: Mapping[str, Any], learners: list[Row], link: _Links) -> Html:
    titles = {mistake["id"]: mistake["title"] for mistake in summary["mistakes"]}
    search = tag(
        "div",
        tag("label", "Search names, statuses, mistakes", for_="query"),
        tag("input", type="search", id="query", autocomplete="off"),
        tag("span", id="count", role="status"),
        class_="search",
        hidden=True,
    )
    heads = ("Learner", "Identifier", _right("Points"), "Status", "First mistake", "Data")
    rows = [_learner(row, titles, link) for row in learners]
    return join([search, table("Learners and their reports", heads, rows, class_="learners")])


def _learner(row: Row, titles: Mapping[str, str], link: _Links) -> Html:
    key, found = _key(row), row["first_diagnosis"]
    points = "none" if row["points"] in ("", None) else row["points"]
    return tag(
        "tr",
        tag("th", link.named(key, row["name"]), scope="row"),
        tag("td", row["identifier"]),
        tag("td", points, class_="number"),
        tag("td", badge(*_STATUS.get(row["status"], (row["status"], "wait")))),
        tag("td", titles.get(found, found)),
        tag("td", link.others(key, row["name"])),
    )


def _key(row: Row) -> str:
    return str(row.get("key") or row["name"])


def _right(text: str) -> Html:
    return tag("span", text, class_="number")


def _quiet(text: str) -> Html:
    """Return a heading for those who hear the page: what is below it shows a number again."""
    return tag("span", text, class_="heard")
