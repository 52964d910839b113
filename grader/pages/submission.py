"""The page of one submission: what to do first, where it stands, how it was judged."""

from collections.abc import Iterator, Sequence

from grader.pages.first import BRIEF, HINT, PageDetail, what_is_first
from grader.pages.markup import Html, bar, escape, join, table, tag
from grader.pages.matrices import differs, heatmap
from grader.pages.page import badge, facts, more, page, scroller, section
from grader.pages.source import Source, Spot, listing
from grader.report.focus import is_unwritten
from grader.report.model import CaseResult, FunctionResult, Report
from grader.report.seen import Seen
from grader.report.sentences import may_come_of_its_base, on_its_base, renamed
from grader.report.warned import split

_OUTCOMES = {
    "passed": ("PASS", "pass"),
    "failed": ("FAIL", "fail"),
    "error": ("FAIL: error", "fail"),
    "timeout": ("FAIL: timeout", "fail"),
    "crashed": ("FAIL: crashed", "fail"),
    "not_run": ("not judged", "wait"),
}
_INPUTS = {"visible": "its inputs are public", "hidden": "its inputs are not shown"}
_HEADS = ("Outcome", "Case", tag("span", "Points", class_="number"))


def render(report: Report, source: str = "", naming: str = "") -> bytes:
    """Return the page of a report, the same bytes for the same verdict.

    Args:
        report: what the feedback level withholds is gone from it.
        source: the learner's file as text; empty shows none.
        naming: what is typed behind a command so that it is about this kata.
    """
    return page(title(report), *body(report, source, detail=PageDetail(naming)))


def title(report: Report) -> str:
    """Return the title of a report's page."""
    return f"{standing(report)}: {report.submission['name']}"


def body(
    report: Report, source: str, *, order: Sequence[str] = (), detail: PageDetail = BRIEF
) -> list[Html]:
    """Return the landmarks of a report's page.

    Args:
        report: the report.
        source: the learner's file as text; empty shows none.
        order: names of parts that come before the others, in this order.
        detail: how much is shown.
    """
    file = Source.of(source)
    last = len(order)
    parts = sorted(
        _sections(report, file, detail),
        key=lambda part: order.index(part[0]) if part[0] in order else last,
    )
    names = [(name, heading) for name, heading, _ in parts]
    links = [
        tag("li", tag("a", heading, href=f"#{name}"))
        for name, heading in (*names, ("judged", "How it was judged"))
    ]
    return [
        _header(report, detail),
        tag("nav", tag("ul", *links), aria_label="Parts of this report"),
        tag("main", *(section(*part) for part in parts), id="main", tabindex="-1"),
        _footer(report),
    ]


def standing(report: Report) -> str:
    """Say how many points there are."""
    if report.score is None:
        return "No verdict"
    return f"{report.points} of {report.max_points} points"


def _header(report: Report, detail: PageDetail) -> Html:
    score: tuple[Html, ...] = (tag("p", tag("strong", "No verdict"), class_="score"),)
    if report.score is not None:
        number = tag("strong", report.points)
        told = tag("p", number, f" of {report.max_points} points", class_="score")
        score = (*(() if detail.told else (told,)), bar(report.points, report.max_points))
    name = tag("h1", tag("bdi", report.submission["name"]))
    return tag("header", tag("p", f"Kata: {report.kata['name']}", class_="quiet"), name, *score)


def _sections(report: Report, file: Source, detail: PageDetail) -> Iterator[tuple[str, str, Html]]:
    """Yield (anchor, heading, content) of each part that there is something to say in."""
    yield "first", "What to look at first", what_is_first(report, file, detail)
    if report.status == "graded" and report.message:
        yield "cells", "Cells that failed", tag("p", file.linked(report.message))
    if report.status == "graded" and report.cases:
        yield "functions", "Function by function", join(_functions(report, file))
    if renamed(report):
        yield "renamed", "Names of parameters", tag("p", renamed(report))
    if report.picture is not None and (report.score == 1 or differs(report.picture)):
        about = tag("p", report.picture.about)
        yield "picture", report.picture.caption, join([about, heatmap(report.picture)])
    if file.shown:
        yield "file", "Your file", listing(file, _notes(report, file))
    warnings, stderr = split(report.output["stderr"])
    if warnings:
        lines = (tag("li", file.linked(f"{one.text} ({one.place})")) for one in warnings)
        yield "warned", "What NumPy warned of", tag("ul", *lines)
    printed = [("stdout", report.output["stdout"]), ("stderr", stderr)]
    if any(text for _, text in printed):
        yield "printed", "What your code printed", _printed(report, printed)


def _functions(report: Report, file: Source) -> Iterator[Html]:
    """Yield the overview, then each function with its cases, what failed first."""
    heads = ("Result", "Function", "Points", "Cases passed")
    rows = [_overview(function, report) for function in report.functions]
    yield table("Where each function stands", heads, rows)
    for name in (function.name for function in report.functions):
        cases = [case for case in report.cases if case.function == name]
        base = on_its_base(name, report) or may_come_of_its_base(name, report)
        about = tag("p", base, class_="quiet") if base else None
        yield tag(
            "div", tag("h3", tag("code", name)), about, *_cases(cases, file), class_="function"
        )


def _overview(function: FunctionResult, report: Report) -> Html:
    word = ("PASS", "pass") if function.passed == function.cases else ("FAIL", "fail")
    count = f"{function.passed} of {function.cases}"
    if is_unwritten(function.name, report):
        word, count = ("TODO", "wait"), "returns nothing yet"
    cells = (tag("td", f"{function.points} of {function.max_points}"), tag("td", count))
    name = tag("th", tag("code", function.name), scope="row")
    return tag("tr", tag("td", badge(*word)), name, *cells)


def _cases(cases: list[CaseResult], file: Source) -> Iterator[Html]:
    groups = {
        "pass": [case for case in cases if case.outcome == "passed"],
        "wait": [case for case in cases if case.outcome == "not_run"],
    }
    failed = [case for case in cases if case.outcome not in ("passed", "not_run")]
    if failed:
        yield _case_table(f"{_count(failed)} failed", failed, file)
    if groups["wait"]:
        title = f"{_count(groups['wait'])} can be judged after that"
        yield more(title, _case_table(title, groups["wait"], file))
    if groups["pass"]:
        title = f"{_count(groups['pass'])} passed"
        yield more(title, _case_table(title, groups["pass"], file))


def _count(cases: list[CaseResult]) -> str:
    return "1 case" if len(cases) == 1 else f"{len(cases)} cases"


def _case_table(caption: str, cases: list[CaseResult], file: Source) -> Html:
    return table(caption, _HEADS, [_case(case, file) for case in cases], class_="cases")


def _case(case: CaseResult, file: Source) -> Html:
    told = [
        tag("strong", case.title),
        tag("span", f" ({_INPUTS[case.visibility]})", class_="quiet"),
        tag("p", file.linked(case.message)) if case.message else None,
        more("What it printed", tag("pre", case.printed)) if case.printed else None,
        more(HINT, tag("p", case.hint)) if case.hint else None,
    ]
    points = tag("td", f"{case.points} of {case.max_points}", class_="number")
    outcome = tag("td", badge(*_OUTCOMES[case.outcome]))
    return tag("tr", outcome, tag("td", *told), points, id=f"case-{case.id}")


def _notes(report: Report, file: Source) -> dict[Spot, list[Html]]:
    """Return, by line, what was raised there."""
    notes: dict[Spot, list[Html]] = {}

    def note(seen: Seen | None, text: Html) -> None:
        place = (seen.cell or 0, seen.line or 0) if seen is not None else (0, 0)
        if file.has(place):
            written = join([badge("FAIL", "fail"), " ", text])
            notes.setdefault(place, []).append(written)

    note(report.seen, escape(report.message))
    for case in report.cases:
        note(case.seen, tag("a", f"{case.function}: {case.title}", href=f"#case-{case.id}"))
    return notes


def _printed(report: Report, printed: list[tuple[str, str]]) -> Html:
    cut = tag("p", "It printed more than the report keeps.") if report.output["truncated"] else None
    texts = (
        join([tag("h3", name), scroller(f"Your code's {name}", tag("pre", text))])
        for name, text in printed
        if text
    )
    return join([cut, *texts])


def _footer(report: Report) -> Html:
    layers = ", ".join(f"{name} {state}" for name, state in report.isolation["layers"].items())
    versions = report.grader
    tools = ", ".join(f"{name} {versions[name]}" for name in ("python", "numpy", "pytest"))
    pairs = [
        ("To repeat this grading", tag("code", f"--seed {report.seed}")),
        ("Isolation", f"{report.isolation['level']} ({layers})"),
        ("Grader", f"attention-kata {versions['version']}"),
        ("Versions", tools),
        ("Kata", f"{report.kata['name']}, version {report.kata['version']}"),
        ("Feedback", versions["feedback"]),
        ("SHA-256 of the file", tag("code", report.submission["sha256"])),
        ("SHA-256 of the cases", tag("code", versions["cases_sha256"])),
    ]
    heading = tag("h2", "How it was judged", id="judged")
    return tag("footer", heading, facts([(name, escape(value)) for name, value in pairs]))
