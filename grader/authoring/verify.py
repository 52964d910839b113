"""The authors' self-check: all that a kata is made of, held against each other."""

from pathlib import Path

from grader.authoring.claims import check_texts
from grader.authoring.contract import check_cases, check_files
from grader.authoring.findings import Findings, Shower, some_of
from grader.authoring.handins import check_golden, check_submissions
from grader.authoring.holes import search
from grader.authoring.judging import SEED
from grader.authoring.mistakes import check_bank, check_mistakes
from grader.diagnosis import entries, fingerprints
from grader.diagnosis.bank import bank
from grader.diagnosis.example import small_probes
from grader.diagnosis.probe import probes
from grader.diagnosis.symptoms import texts
from grader.errors import GraderFault, UsageError
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import Kata, manifest
from grader.report.model import Report


def verify(
    kata: Kata,
    golden: Path | None,
    watch: Shower,
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
        manifest.make(kata.folder)
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
        problems = list(check_files(kata))
        if not problems:
            bank(kata), texts(kata)
            for name in kata.functions:
                probes(kata, name), small_probes(kata, name)
            problems = [*check_cases(kata), *check_bank(kata), *check_texts(kata)]
        return problems
    except (UsageError, GraderFault) as error:
        return [str(error)]
    except Exception as error:  # the solution, or a part of the kata, cannot be imported
        return [f"the kata cannot be loaded: {type(error).__name__}: {error}"]


def _check_graded(kata: Kata, golden: Path | None, findings: Findings, watch: Shower) -> bool:
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
            f"the stub passes {some_of(passed)} as it is handed out: {stub.points} points"
        )


def _grade(kata: Kata, jail: Jail, path: Path) -> Report:
    return grade(kata, jail, path.read_bytes(), name=path.name, seed=SEED)


def _missed(report: Report) -> str:
    """Say which cases were not passed, and what the first of them says."""
    missed = [case for case in report.cases if case.outcome != "passed"]
    if report.status != "graded" or not missed:
        return f": {report.message}" if report.message else ""
    return f": {some_of([case.id for case in missed])} ({missed[0].message})"


def _look_for_holes(kata: Kata, findings: Findings, watch: Shower) -> None:
    try:
        found = search(kata, watch)
    except GraderFault as fault:
        findings.warnings.append(f"no search for holes: {fault}")
        return
    findings.holes, findings.perhaps_equivalent = found.holes, found.perhaps_equivalent
    survivors = len(found.holes) + len(found.perhaps_equivalent)
    findings.counts |= {"edits": found.edits, "killed": found.killed, "survivors": survivors}
