"""What to look at first on the page of a submission: cards with the mistake and its next step."""

from typing import NamedTuple

from grader.pages.markup import Html, join, tag
from grader.pages.page import badge, more
from grader.pages.source import Source
from grader.report.focus import NOT_WRITTEN, First, first
from grader.report.model import Diagnosis, Report
from grader.report.next_steps import after_rejection
from grader.report.sentences import beside, explain, full_marks, headline

HINT = "What to try next"
NUMBERS = "Small numbers where it shows"


class PageDetail(NamedTuple):
    """How much is shown, and in what words.

    Attributes:
        naming: what is typed behind a command so that it is about this kata.
        folded: whether the next step is shown only when it is asked for.
        told: whether the points stand above all this already.
        numbers: lines that show the first mistake in small numbers, when they are asked for.
    """

    naming: str = ""
    folded: bool = False
    told: bool = False
    numbers: tuple[str, ...] = ()


BRIEF = PageDetail()


def what_is_first(report: Report, file: Source, detail: PageDetail) -> Html:
    """Return what stands above all else: the mistake, or why there is none to tell."""
    message = tag("p", file.linked(report.message))
    if report.status == "grader_error":
        fault = tag("p", tag("strong", "The grader could not do its work."))
        blame = tag("p", "This is not the fault of the submission. Grade it again.")
        return tag("div", fault, message, blame, class_="card")
    if report.status == "rejected":
        title = tag("p", badge("FAIL", "fail"), " ", tag("strong", "The file could not be loaded."))
        rest = tag("p", "No function was judged. Fix this and grade it again.")
        step = _next(after_rejection(report.seen), detail.folded)
        return tag("div", title, message, step, rest, class_="card bad")
    if report.score == 1:
        title = tag("p", badge("PASS", "pass"), " ", tag("strong", "Full marks."))
        return tag("div", title, tag("p", full_marks(report)), class_="card good")
    if not report.cases:
        return tag("p", "This report tells the number of points and no more.")
    return _mistakes(report, file, detail)


def _mistakes(report: Report, file: Source, detail: PageDetail) -> Html:
    """Show what is wrong first in the flow of data; what is wrong later when asked for."""
    found = first(report)
    if found is None:
        return tag("p", "The cases below say what was seen.")
    later: dict[str, list[Diagnosis]] = {}
    for one in report.diagnoses:
        if one.function != found.function:
            later.setdefault(one.function, []).append(one)
    cards = [
        _card(First(name, tuple(those), None), report, file, detail._replace(numbers=()))
        for name, those in later.items()
        if those[0].id != NOT_WRITTEN
    ]
    after = more("The mistake after this one", *cards) if cards else None
    return join([_card(found, report, file, detail), after])


def _card(found: First, report: Report, file: Source, detail: PageDetail) -> Html:
    case = found.case
    seen = tag("p", tag("strong", "Seen: "), file.linked(case.message)) if case else None
    where = tag("p", "in ", tag("code", found.function), class_="quiet")
    if case is not None and not found.diagnoses:
        about = tag("p", "Case: ", tag("a", case.title, href=f"#case-{case.id}"))
        told = [about, seen if case.message else None, _next(case.hint, detail.folded)]
        return tag("div", tag("h3", headline(case)), where, *told, class_="card bad")
    diagnosis, also = found.diagnoses[0], beside(found.diagnoses, report)
    command = tag("code", explain(diagnosis, detail.naming))
    return tag(
        "div",
        tag("h3", diagnosis.title),
        where,
        tag("p", diagnosis.explanation),
        tag("p", also) if also else None,
        seen,
        _next(diagnosis.next_step, detail.folded),
        more(NUMBERS, tag("pre", "\n".join(detail.numbers))) if detail.numbers else None,
        tag("p", "More on it: ", command, class_="quiet") if diagnosis.known else None,
        class_="card" if diagnosis.id == NOT_WRITTEN else "card bad",
    )


def _next(step: str, folded: bool) -> Html | None:
    if folded and step:
        return more(HINT, tag("p", step))
    return tag("p", tag("strong", "Next: "), step) if step else None
