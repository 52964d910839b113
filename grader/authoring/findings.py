"""What the self-check found, as values, as JSON and as a screen."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from grader.authoring.holes import Hole
from grader.kata import Kata

Shower = Callable[[Iterable[Any], int, str], Iterable[Any]]
"""Shows progress: takes an iterable, its length and a label, and yields from it."""

_MOST_NAMED = 3  # cases


@dataclass
class Findings:
    """What the self-check found.

    Attributes:
        problems: what must not be; empty if all is well.
        warnings: what may be meant as it is.
        caught: for each mistake, the cases that fail it by themselves.
        cancelled: pairs of mistakes that undo each other.
        kept: the cases that are no mistake's only catch, with the reason why they are kept.
        holes: small edits of the solution that no case notices.
        perhaps_equivalent: those for which no input was found where it shows.
        counts: how many of each were tried.
    """

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    caught: dict[str, list[str]] = field(default_factory=dict)
    cancelled: list[list[str]] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    holes: list[Hole] = field(default_factory=list)
    perhaps_equivalent: list[Hole] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the findings as JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def describe(kata: Kata, findings: Findings) -> str:
    """Return the findings as a screen: who catches whom, holes, then what is wrong."""
    lines: list[str] = []
    if findings.caught:
        lines += _describe_mistakes(findings)
    if findings.holes:
        lines += ["Edits of the solution that no case notices:", ""]
        for hole in findings.holes:
            lines += [
                f"  {_place(kata, hole)}",
                f"    {hole.call}",
                f"      solution  {hole.solution}",
                f"      edit      {hole.edit}",
                *(["      A case asks just that, and does not look."] if hole.asked else []),
                "",
            ]
    if findings.perhaps_equivalent:
        lines += [
            "No input was found where these show, so they may be the same as the solution:",
            "",
        ]
        lines += [f"  {_place(kata, hole)}" for hole in findings.perhaps_equivalent]
        lines += [""]
    counts = dict(findings.counts)
    edits = counts.pop("edits", None)
    killed, survivors = counts.pop("killed", 0), counts.pop("survivors", 0)
    told = ["solution and stub", *(f"{count} {name}" for name, count in counts.items())]
    if edits is not None:
        told.append(f"{edits} edits of the solution ({killed} noticed, {survivors} not)")
    lines.append(f"Checked: {', '.join(told)}.")
    lines += [f"WARNING {warning}" for warning in findings.warnings]
    lines += [f"PROBLEM {problem}" for problem in findings.problems]
    if not findings.problems:
        holes = len(findings.holes)
        lines.append(
            "All is well."
            if not holes
            else f"It holds together. A case more would close {holes} "
            f"hole{'' if holes == 1 else 's'}: see above."
        )
    return "\n".join(lines)


def some_of(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    rest = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _describe_mistakes(findings: Findings) -> list[str]:
    lines = ["mistake                           caught by"]
    for mistake, cases in findings.caught.items():
        lines.append(f"{mistake:<33} {some_of(cases)}")
    lines += ["", "Cases that are no mistake's only catch, and why they are kept:"]
    lines += [f"  {case}: {reason}" for case, reason in findings.kept.items()]
    lines += ["", "Pairs that undo each other:"]
    return [*lines, *(f"  {' with '.join(pair)}" for pair in findings.cancelled), ""]


def _place(kata: Kata, hole: Hole) -> str:
    path = kata.solution_path
    return f"{path.parent.name}/{path.name}:{hole.line}: {hole.old} → {hole.new}"
