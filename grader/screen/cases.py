"""The cases of a function on the screen, each with what was seen, the reason of many said once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.report.focus import answered
from grader.report.model import MAX_PRINTED, CaseResult
from grader.screen.terminal import Look, cut, mark
from grader.text import shorten

_INDENT, _DEEPER = " " * 7, " " * 14
_MOST_PRINTED = 5  # lines that a case shows of what was printed
_FEW_PRINTED = 3  # lines that are shown unasked
_MOST_PLAIN = 200  # characters of it for a screen reader
_TOO_MUCH = (
    "Your code printed more than is kept, and nothing is left of the cases that failed. Print "
    "less, to see it here."
)
_WORDS = {"passed": "PASS", "not_run": "WAIT"}
_PLAIN = ("passed", "not_run", "failed")
"""Outcomes that the word in front says all of."""


def every_case(cases: Sequence[CaseResult], look: Look, hinted: bool) -> Iterator[str]:
    """Show all cases in their order; those with the same reason stand together, to say it once.

    Args:
        cases: those of one function.
        look: how they are drawn.
        hinted: whether the next step is shown.
    """
    groups: dict[tuple[str, ...], list[CaseResult]] = {}
    for case in cases:
        case = replace(case, hint=case.hint if hinted else "", message=_once(case, cases))
        key = (case.id,) if case.outcome == "passed" else (case.outcome, case.message)
        groups.setdefault(key, []).append(case)
    for group in groups.values():
        if len({(case.hint, case.printed) for case in group}) > 1:
            yield from _one_by_one(group, look)
        else:
            yield from _together(group, look)


def _once(case: CaseResult, cases: Sequence[CaseResult]) -> str:
    """Return what is said of a case, but for the end of it that is another's reason."""
    for other in cases:
        if other is not case and other.message and case.message.endswith(f": {other.message}"):
            return f"{case.message.removesuffix(f': {other.message}')}."
    return case.message


def _one_by_one(group: Sequence[CaseResult], look: Look) -> Iterator[str]:
    """Show cases with the same reason, of each of which something else is to be said."""
    for number, case in enumerate(group):
        yield from _title(case, look)
        yield from look.wrap("Seen: the same." if number and case.message else _seen(case), _DEEPER)
        yield from _details(case, look)


def _together(group: Sequence[CaseResult], look: Look) -> Iterator[str]:
    """Show cases of which all is the same, or one alone."""
    for case in group:
        yield from _title(case, look)
    yield from look.wrap(_seen(group[0], len(group)), _DEEPER)
    yield from _details(group[0], look)


def _title(case: CaseResult, look: Look) -> Iterator[str]:
    outcome = "" if case.outcome in _PLAIN else f" ({case.outcome})"
    word = _WORDS.get(case.outcome, "FAIL")
    yield from look.wrap(f"{mark(word)} {case.title}{outcome}", _INDENT, _DEEPER)


def _seen(case: CaseResult, count: int = 1) -> str:
    """Say what was seen of a case, or of as many."""
    if not case.message:
        return ""
    if case.outcome == "not_run":
        return f"{f'These {count}: ' if count > 1 else ''}{case.message}"
    return f"Seen{f' in these {count}' if count > 1 else ''}: {case.message}"


def _details(case: CaseResult, look: Look) -> Iterator[str]:
    yield from _printed(case, look)
    if case.hint:
        yield from look.wrap(f"Next: {case.hint}", _DEEPER)


def some_printed(cases: Sequence[CaseResult], look: Look, *, cut: bool) -> Iterator[str]:
    """Show the beginning of what was printed in the first of some cases in which anything was.

    Args:
        cases: those that failed.
        look: how they are drawn.
        cut: whether more was printed in all than is kept: then nothing may be left of these.
    """
    case = next((case for case in cases if case.printed.strip()), None)
    if case is None:
        if cut and any(map(answered, cases)):
            yield from look.wrap(_TOO_MUCH, "  ")
        return
    yield from look.wrap(f"Your code printed, in the case: {case.title}", "  ")
    if look.plain:
        yield from look.wrap(f"Printed: {shorten(case.printed, _MOST_PLAIN)}")
    else:
        yield from _lines(case.printed, look, "    ", _FEW_PRINTED, "; --cases shows more")


def _printed(case: CaseResult, look: Look) -> Iterator[str]:
    """Show the first lines of what the function printed, as they are."""
    if look.plain:
        yield from look.wrap(f"Printed: {case.printed}" if case.printed else "")
    elif case.printed:
        yield from _lines(case.printed, look, f"{_DEEPER}Printed: ", _MOST_PRINTED)


def _lines(printed: str, look: Look, begin: str, most: int, how: str = "") -> Iterator[str]:
    """Show the first lines of a text as they are, and that there are more, and how.

    How many more is said where all of the text is kept.
    """
    lines = printed.strip("\n").split("\n")
    for line in lines[:most]:
        yield _fitting(f"{begin}{look.spell(line.expandtabs())}", look)
        begin = " " * len(begin)
    if len(lines) > most:
        left = len(lines) - most
        count = f"{left} more line{'s' if left > 1 else ''}"
        yield f"{begin}({count if len(printed) < MAX_PRINTED else 'there is more'}{how})"


def _fitting(line: str, look: Look) -> str:
    """Return a line, or its beginning and an ellipsis if it does not fit."""
    line = line.rstrip()
    if cut(line, look.width) == line:
        return line
    end = look.spell("…")
    return cut(line, look.width - len(end)) + end
