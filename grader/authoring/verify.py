"""The authors' self-check: all that a kata is made of, held against each other."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from grader.authoring.contract import check_cases, check_files
from grader.authoring.handins import check_golden, check_submissions
from grader.authoring.holes import Hole, search
from grader.authoring.judging import SEED
from grader.authoring.mistakes import check_bank, check_mistakes
from grader.diagnosis import entries, fingerprints
from grader.diagnosis.bank import bank
from grader.diagnosis.probe import probes
from grader.diagnosis.symptoms import texts
from grader.errors import GraderFault, UsageError
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import Kata
from grader.report.model import Report

Watch = Callable[[Iterable[Any], int, str], Iterable[Any]]
"""Shows progress: takes an iterable, its length and a label, and yields from it."""


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


def verify(
    kata: Kata,
    golden: Path | None,
    watch: Watch,
    *,
    update: bool = False,
    holes: bool = False,
    strict: bool = False,
) -> Findings:
    """Check everything.

    Args:
        kata: what is to be checked.
        golden: a folder of submissions, each with what it must get; see `check_golden`.
        watch: shows progress.
        update: make the tables of known mistakes first.
        holes: also look for edits of the solution that no case notices.
        strict: such an edit, and all else that is a warning, is a problem.
    """
    findings = Findings()
    findings.problems += _check_parts(kata)
    if findings.problems:
        return findings  # what stands on these would say the same in other words
    if update:
        entries.update(kata)
        fingerprints.update(kata)
    sound = _check_graded(kata, golden, findings, watch)
    if sound:
        check_mistakes(kata, findings, watch)
    if sound and holes:
        _look_for_holes(kata, findings, watch)
    if strict:
        findings.problems += findings.warnings
        count = len(findings.holes)
        findings.problems += [f"no case notices {count} edits of the solution"] if count else []
        findings.warnings = []
    return findings


def _check_parts(kata: Kata) -> list[str]:
    """Return what is wrong with the parts themselves, before anything is graded."""
    try:
        bank(kata), texts(kata), [probes(kata, name) for name in kata.functions]
        return list(check_files(kata)) or [*check_cases(kata), *check_bank(kata)]
    except (UsageError, GraderFault) as error:
        return [str(error)]
    except Exception as error:  # the solution, or a part of the kata, cannot be imported
        return [f"the kata cannot be loaded: {type(error).__name__}: {error}"]


def _check_graded(kata: Kata, golden: Path | None, findings: Findings, watch: Watch) -> bool:
    """Grade what the kata brings along; return whether the solution gets what it must."""
    with Jail(Limits(**kata.limits)) as jail:
        try:
            solution = _grade(kata, jail, kata.solution_path)
            stub = _grade(kata, jail, kata.stub)
        except GraderFault as fault:
            findings.problems.append(str(fault))
            return False
        for path, report in ((kata.solution_path, solution), (kata.stub, stub)):
            if "diagnosis" in report.grader:
                findings.problems.append(f"{path}: {report.grader['diagnosis']}")
        sound = solution.score == 1.0
        if not sound:
            findings.problems.append(
                f"{kata.solution_path} scores {solution.score}, not 1.0{_missed(solution)}"
            )
        _check_stub(kata, stub, findings)
        if golden is not None:
            files = sorted(golden.glob("*.py"))
            findings.counts["golden"] = len(files)
            for path in watch(files, len(files), "golden submissions"):
                findings.problems += check_golden(kata, jail, path)
        count, problems = check_submissions(kata, jail, watch)
        findings.problems += problems
        if count:
            findings.counts["submissions"] = count
    return sound


def _check_stub(kata: Kata, stub: Report, findings: Findings) -> None:
    """A stub never has full marks; where there is a bank, whose cases are watched, it has none."""
    passed = [case.id for case in stub.cases if case.outcome == "passed"]
    if stub.score == 1.0 or (bank(kata) and stub.score):
        findings.problems.append(f"{kata.stub} scores {stub.score}, as it is handed out")
    elif passed:
        findings.warnings.append(
            f"the stub passes {', '.join(passed)} as it is handed out: {stub.points} points"
        )


def _grade(kata: Kata, jail: Jail, path: Path) -> Report:
    return grade(kata, jail, path.read_bytes(), name=path.name, seed=SEED)


def _missed(report: Report) -> str:
    """Say which cases were not passed, and what the first of them says."""
    missed = [case for case in report.cases if case.outcome != "passed"]
    if report.status != "graded" or not missed:
        return f": {report.message}" if report.message else ""
    return f": {', '.join(case.id for case in missed)} ({missed[0].message})"


def _look_for_holes(kata: Kata, findings: Findings, watch: Watch) -> None:
    try:
        found = search(kata, watch)
    except GraderFault as fault:
        findings.warnings.append(f"no search for holes: {fault}")
        return
    findings.holes, findings.perhaps_equivalent = found.holes, found.perhaps_equivalent
    survivors = len(found.holes) + len(found.perhaps_equivalent)
    findings.counts |= {"edits": found.edits, "killed": found.killed, "survivors": survivors}


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
        lines += ["Perhaps the same as the solution, as no input was found where it shows:", ""]
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


def _describe_mistakes(findings: Findings) -> list[str]:
    lines = ["mistake                           caught by"]
    for mistake, cases in findings.caught.items():
        short = ", ".join(cases[:3]) + (f" and {len(cases) - 3} more" if len(cases) > 3 else "")
        lines.append(f"{mistake:<33} {short}")
    lines += ["", "Cases that are no mistake's only catch, and why they are kept:"]
    lines += [f"  {case}: {reason}" for case, reason in findings.kept.items()]
    lines += ["", "Pairs that undo each other:"]
    return [*lines, *(f"  {' with '.join(pair)}" for pair in findings.cancelled), ""]


def _place(kata: Kata, hole: Hole) -> str:
    path = kata.solution_path
    return f"{path.parent.name}/{path.name}:{hole.line}: {hole.old} → {hole.new}"
