"""The authors' self-check: the cases, the bank and the diagnosis, held against each other."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from grader.cases.catalogue import all_cases
from grader.cases.rehearsal import run_cases
from grader.diagnosis import entries, fingerprints
from grader.diagnosis.bank import Mistake, bank, kept
from grader.diagnosis.behaviour import Behaviour
from grader.diagnosis.explain import explain
from grader.diagnosis.mutants import functions_with, pairs, source_with
from grader.diagnosis.observation import observe_function, same
from grader.diagnosis.probe import probes
from grader.diagnosis.symptoms import texts
from grader.errors import UsageError
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import Kata

SEED = 1


@dataclass
class Findings:
    """What the self-check found.

    Attributes:
        problems: what must not be; empty if all is well.
        caught: for each mistake, the cases that fail it by themselves.
        cancelled: pairs of mistakes that undo each other.
        kept: the cases that are no mistake's only catch, with the reason why they are kept.
        counts: how many of each were tried.
    """

    problems: list[str] = field(default_factory=list)
    caught: dict[str, list[str]] = field(default_factory=dict)
    cancelled: list[list[str]] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the findings as JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def verify(
    kata: Kata,
    golden: Path | None,
    watch: Callable[[Iterable[Any], int, str], Iterable[Any]],
    *,
    update: bool = False,
) -> Findings:
    """Check everything.

    Args:
        kata: what is to be checked.
        golden: a folder of submissions, each with what it must get; see `check_golden`.
        watch: shows progress: takes an iterable, its length and a label, and yields from it.
        update: make the tables of known mistakes first.
    """
    findings = Findings()
    try:
        bank(kata), texts(kata), [probes(kata, name) for name in kata.functions]
    except UsageError as error:
        findings.problems.append(str(error))
    else:
        findings.problems += _check_bank(kata)
    if findings.problems:
        return findings  # what stands on the bank would say the same in other words
    if update:
        entries.update(kata)
        fingerprints.update(kata)
    with Jail(Limits()) as jail:
        for path, score in ((kata.solution_path, 1.0), (kata.stub, 0.0)):
            report = grade(kata, jail, path.read_bytes(), name=path.name, seed=SEED)
            if report.score != score:
                findings.problems.append(f"{path} scores {report.score}, not {score}")
            if "diagnosis" in report.grader:
                findings.problems.append(f"{path}: {report.grader['diagnosis']}")
        if golden is not None:
            files = sorted(golden.glob("*.py"))
            findings.counts["golden"] = len(files)
            for path in watch(files, len(files), "golden submissions"):
                findings.problems += check_golden(kata, jail, path)
    _check_singles(kata, findings, watch)
    _check_pairs(kata, findings, watch)
    findings.problems += _check_tables(kata)
    return findings


def _check_bank(kata: Kata) -> Iterator[str]:
    """Yield what is wrong with mistakes before any case is run."""
    for mistake in bank(kata):
        try:
            functions_with(kata, mistake)
        except Exception as error:  # an edit can make anything of the solution
            yield f"{mistake.id} cannot be made in the solution: {type(error).__name__}: {error}"


def _check_tables(kata: Kata) -> Iterator[str]:
    """Yield the tables that are not what their sources make of them."""
    stale = [name for name in entries.FILES if not entries.is_fresh(kata, name)]
    stale += [name for name in kata.functions if not fingerprints.is_fresh(kata, name)]
    for name in stale:
        yield f"The table of {name} is out of date: run kata verify --update"


def check_golden(kata: Kata, jail: Jail, path: Path) -> Iterator[str]:
    """Grade a file that says in comments what it must get, and yield what is different.

    Lines at its top: `# score: 0.72`, `# status: graded` (if not given: graded), and any
    number of `# says: TEXT`, which must stand in the report as it is, and `# diagnosis: ID`.
    """
    source = path.read_bytes()
    report = grade(kata, jail, source, name=path.name, seed=SEED)
    text = report.to_json()
    wanted = [
        line[2:].split(": ", 1)
        for line in source.decode("utf-8", "replace").splitlines()
        if line.startswith(("# score: ", "# status: ", "# says: ", "# diagnosis: "))
    ]
    if "diagnosis" in report.grader:
        yield f"{path.name}: {report.grader['diagnosis']}"
    if not any(key == "status" for key, _ in wanted) and report.status != "graded":
        yield f"{path.name}: status {report.status}, not graded"
    for key, value in wanted:
        if key == "score" and report.score != float(value):
            yield f"{path.name}: score {report.score}, not {value}"
        if key == "status" and report.status != value:
            yield f"{path.name}: status {report.status}, not {value}"
        if key == "says" and value not in text:
            yield f"{path.name}: nothing says {value!r}"
        if key == "diagnosis" and value not in [found.id for found in report.diagnoses]:
            yield f"{path.name}: not diagnosed as {value}"


def describe(findings: Findings) -> str:
    """Return the findings as a screen: the table of who catches whom, then what is wrong."""
    lines = ["mistake                           caught by"]
    for mistake, cases in findings.caught.items():
        short = ", ".join(cases[:3]) + (f" and {len(cases) - 3} more" if len(cases) > 3 else "")
        lines.append(f"{mistake:<33} {short}")
    lines += ["", "Cases that are no mistake's only catch, and why they are kept:"]
    lines += [f"  {case}: {reason}" for case, reason in findings.kept.items()]
    lines += ["", "Pairs that undo each other:"]
    lines += [f"  {' with '.join(pair)}" for pair in findings.cancelled]
    counts = ", ".join(f"{count} {name}" for name, count in findings.counts.items())
    verdict = [f"PROBLEM {problem}" for problem in findings.problems] or ["All is well."]
    return "\n".join([*lines, "", f"Checked: {counts}.", *verdict])


def _check_singles(kata: Kata, findings: Findings, watch: Callable[..., Iterable[Any]]) -> None:
    """Each mistake loses points and is diagnosed as itself; each case earns its place."""
    known = bank(kata)
    findings.counts["mistakes"] = len(known)
    only: set[str] = set()
    needs = {case.id: case.needs for case in all_cases(kata)}
    for mistake in watch(known, len(known), "single mistakes"):
        passed = run_cases(source_with(kata, mistake), SEED, kata)
        caught = [case_id for case_id, good in passed.items() if not good]
        if not caught:
            findings.problems.append(f"no case catches {mistake.id}")
        findings.caught[mistake.id] = [one for one in caught if needs[one] not in caught]
        if len(findings.caught[mistake.id]) == 1:
            only.add(findings.caught[mistake.id][0])
        named = diagnose_mistake(kata, mistake)
        if named != [mistake.id] and probes(kata, mistake.function):
            findings.problems.append(
                f"{mistake.id} is diagnosed as {', '.join(named) or 'nothing'}"
            )
    if known:
        _check_cases(kata, findings, only)


def _check_cases(kata: Kata, findings: Findings, only: set[str]) -> None:
    """Each case is the only one that catches some mistake, or says why it is kept."""
    reasons = kept(kata)
    used: set[str] = set()
    for case in all_cases(kata):
        name = case.id.partition(".")[2]
        used.add(name)
        if case.id in only:
            continue
        if name in reasons:
            findings.kept[case.id] = reasons[name]
        else:
            findings.problems.append(f"the case {case.id} is superfluous and has no reason")
    for name in reasons.keys() - used:
        findings.problems.append(f"mistakes.toml: [kept] has {name}, and there is no such case")


def diagnose_mistake(kata: Kata, mistake: Mistake) -> list[str]:
    """Return the identifiers that the diagnosis gives to the solution with this mistake."""
    function, made = kata.functions[mistake.function], probes(kata, mistake.function)
    seen = observe_function(functions_with(kata, mistake)[function.name], function, made)
    found, _ = explain(Behaviour.of(kata, function, made, seen))
    return [one.id for one in found]


def _check_pairs(kata: Kata, findings: Findings, watch: Callable[..., Iterable[Any]]) -> None:
    """Each pair of mistakes loses points, unless the two undo each other."""
    together = [
        (first, second)
        for first, second in pairs(kata, *kata.functions)
        if _root(kata, first) == _root(kata, second)
    ]
    findings.counts["pairs"] = len(together)
    for pair in watch(together, len(together), "pairs of mistakes"):
        if not all(run_cases(source_with(kata, *pair), SEED, kata, until_missed=True).values()):
            continue
        names = [mistake.id for mistake in pair]
        if _cancel_out(kata, pair):
            findings.cancelled.append(names)
        else:
            findings.problems.append(f"no case catches {names[0]} with {names[1]}")


def _root(kata: Kata, mistake: Mistake) -> str:
    """Return the function at fault, or the one that it stands on."""
    return kata.functions[mistake.function].stands_on or mistake.function


def _cancel_out(kata: Kata, pair: tuple[Mistake, Mistake]) -> bool:
    """Say whether two mistakes together do on every probe what the solution does."""
    both, right = functions_with(kata, *pair), functions_with(kata)
    return all(
        same(*two)
        for function in kata.functions.values()
        for two in zip(
            observe_function(both[function.name], function, probes(kata, function.name)),
            observe_function(right[function.name], function, probes(kata, function.name)),
            strict=True,
        )
    )
