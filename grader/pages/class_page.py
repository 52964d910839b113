"""The page of a class: how it stands, what it got wrong, and who is who."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from grader.pages.learners_table import STATUS, Row, learners_table, number
from grader.pages.links import SHOWN, Links
from grader.pages.markup import Child, Html, bar, join, table, tag
from grader.pages.page import asset, facts, more, page, section

_EXAMPLES = 5


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
    link = Links(reports)
    parts = list(_sections(summary, learners, link))
    links = (tag("li", tag("a", heading, href=f"#{name}")) for name, heading, _ in parts)
    return page(
        title,
        tag("header", tag("h1", title), _standing(summary)),
        tag("nav", tag("ul", *links), aria_label="Parts of this page"),
        tag("main", *(section(*part) for part in parts), id="main", tabindex="-1"),
        script=asset("class.js"),
    )


def _standing(summary: Mapping[str, Any]) -> Html:
    status, points = summary["status"], summary["points"]
    pairs: list[tuple[str, Child]] = [("Submissions", tag("strong", summary["submissions"]))]
    pairs += [(words.capitalize(), status.get(name, 0)) for name, (words, _) in STATUS.items()]
    if points["mean"] is not None:
        pairs += [("Mean, of 100", points["mean"]), ("Median", points["median"])]
    return facts(pairs)


def _sections(
    summary: Mapping[str, Any], learners: list[Row], link: Links
) -> Iterator[tuple[str, str, Html]]:
    """Yield (anchor, heading, content) of each part that there is something to say in."""
    yield "scores", "Scores", _distribution(summary["points"]["distribution"])
    if summary.get("functions"):
        yield "functions", "Functions", _functions(summary["functions"])
    if summary["mistakes"]:
        yield "mistakes", "Most common mistakes", _mistakes(summary, link)
    if summary.get("unnamed"):
        yield "unnamed", "Mistakes without a name", _unnamed(summary["unnamed"], link)
    if any(case["of"] for case in summary["cases"]):
        yield "cases", "Hardest cases", _cases(summary["cases"])
    for name, heading, caption in (
        ("not_loaded", "Files that could not be loaded", "They score 0"),
        ("grader_errors", "Failures of the grader", "No fault of the learners: grade them again"),
        ("notes", "What else was handed in", "What was judged, and what was not"),
    ):
        if summary.get(name):
            yield name, heading, _messages(caption, summary[name], link)
    if any(summary["identical"].values()):
        yield "identical", "Identical submissions", _identical(summary["identical"], link)
    if summary.get("missing"):
        yield "missing", "Handed in nothing", _names(summary["missing"], "learners")
    if summary.get("not_on_the_roster"):
        names = _names(summary["not_on_the_roster"], "learners")
        yield "strangers", "Not on the roster, or not once", names
    if summary.get("ignored"):
        paths = [tag("code", path) for path in summary["ignored"]]
        yield "ignored", "Files that are nobody's submission", _names(paths, "files")
    yield "learners", "Learners", learners_table(summary, learners, link)


def _names(names: Sequence[Child], what: str) -> Html:
    """Return a list of names, the first at once and the rest for who asks."""
    items = [tag("li", tag("bdi", name)) for name in names]
    first, rest = tag("ul", *items[:SHOWN]), items[SHOWN:]
    others = more(f"and {len(rest)} more {what}", tag("ul", *rest)) if rest else None
    return join([first, others])


def _functions(functions: Sequence[Mapping[str, Any]]) -> Html:
    rows = [
        tag(
            "tr",
            tag("th", tag("code", one["name"]), scope="row"),
            *(tag("td", one[state], class_="number") for state in ("right", "wrong", "not_begun")),
        )
        for one in functions
    ]
    heads = ("Function", number("Right"), number("Wrong"), number("Not begun"))
    return table("How many have each function", heads, rows)


def _unnamed(groups: Sequence[Mapping[str, Any]], link: Links) -> Html:
    rows = [
        tag(
            "tr",
            tag("th", tag("code", group["function"]), scope="row"),
            tag("td", len(group["keys"]), class_="number"),
            tag("td", link.listed(group["keys"])),
        )
        for group in groups
    ]
    caption = "They give the same wrong results on the public inputs, and no mistake explains them"
    return _ranking(caption, "groups", ("Function", number("Learners"), "Reports"), rows)


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
    return table("Learners by points", ("Points", number("Learners"), _quiet("Bar")), rows)


def _mistakes(summary: Mapping[str, Any], link: Links) -> Html:
    most = max(mistake["learners"] for mistake in summary["mistakes"])
    rows = [
        tag(
            "tr",
            tag("th", mistake["title"], tag("br"), tag("code", mistake["id"]), scope="row"),
            tag("td", mistake["learners"], bar(mistake["learners"], most), class_="number"),
            tag("td", link.listed(mistake.get("keys") or [mistake["example"]], _EXAMPLES)),
        )
        for mistake in summary["mistakes"]
    ]
    caption = "Mistakes that explain what came back, most frequent first"
    return _ranking(caption, "mistakes", ("Mistake", number("Learners"), "Reports"), rows)


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
    heads = ("Case", number("Passed, of those judged"), _quiet("Bar"))
    return _ranking("Cases that the fewest passed", "cases", heads, rows)


def _ranking(caption: str, what: str, heads: Sequence[Child], rows: list[Html]) -> Html:
    """Return the head of a ranking, and the rest of it for who asks."""
    first, rest = rows[:SHOWN], rows[SHOWN:]
    others = f"and {len(rest)} more {what}"
    return join(
        [table(caption, heads, first), more(others, table(others, heads, rest)) if rest else None]
    )


def _messages(caption: str, found: list[dict[str, str]], link: Links) -> Html:
    rows = [
        tag("tr", tag("th", link.named(one["key"]), scope="row"), tag("td", one["message"]))
        for one in found
    ]
    return _ranking(caption, "learners", ("Learner", "Why"), rows)


def _identical(groups: Mapping[str, list[list[str]]], link: Links) -> Html:
    what = {"bytes": "The same file", "code": "The same code but for layout and names"}
    rows = [
        tag("tr", tag("th", what[kind], scope="row"), tag("td", link.listed(group)))
        for kind in what
        for group in sorted(groups[kind], key=len, reverse=True)
    ]
    caption = "No verdict: short solutions can be alike by chance"
    return _ranking(caption, "groups", ("What is identical", "Learners"), rows)


def _quiet(text: str) -> Html:
    """Return a heading for those who hear the page: what is below it shows a number again."""
    return tag("span", text, class_="heard")
