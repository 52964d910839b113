"""The authors' self-check: the cases, the bank and the diagnosis, held against each other."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from grader.cases.catalogue import all_cases
from grader.cases.rehearsal import run_cases
from grader.diagnosis.bank import Mistake, bank, functions_with, pairs, source_with
from grader.diagnosis.behaviour import Behaviour
from grader.diagnosis.diagnose import explain
from grader.diagnosis.fingerprints import load, make
from grader.diagnosis.observation import observe_function, same
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import Kata
from grader.katas.attention.probes import probes

SEED = 1

REASONS = {
    "returns": "all others stand on it; its inputs are public",
    "example": "public: the one that a learner can follow by hand",
    "one-token": "says at once that a single token is what goes wrong",
    "zero-scores": "says at once that scores of zero are what goes wrong",
    "weights": "says what is wrong with the weights, not only that something is",
    "permutation": "says that the order of tokens matters where it should not",
    "key-shift": "says that a shift of the scores matters where it should not",
    "independent": "says that heads touch each other",
    "negative": "tells strongly negative scores from large ones",
    "far-rows": "tells a maximum over too much from none at all",
    "far-heads": "tells a maximum over too much from none at all",
    "large": "stability of heads that do not call self_attention",
    "one-head": "says that the scale or the split is wrong even for one head",
    "all-heads": "heads of one feature are where squeezing and halving go wrong",
    "odd-heads": "odd numbers are where halving goes wrong",
    "integers": "says that integer inputs are what goes wrong",
    "float32": "single precision is in scope; nothing else uses it",
    "layouts": "memory order is in scope; nothing else varies it",
    "small": "tells rounding from wrong values",
    "unchanged": "says that an input was changed, where read-only inputs raise only",
    "repeated": "says that something outlives a call",
    "values": "the formula itself",
    "tuple": "the container alone",
}
"""Why a case is kept though each mistake that it catches fails another one too."""


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
    kata: Kata, golden: Path | None, watch: Callable[[Iterable[Any], int, str], Iterable[Any]]
) -> Findings:
    """Check everything.

    Args:
        kata: what is to be checked.
        golden: a folder of submissions, each with what it must get; see `check_golden`.
        watch: shows progress: takes an iterable, its length and a label, and yields from it.
    """
    findings = Findings()
    with Jail(Limits()) as jail:
        for path, score in ((kata.solution_path, 1.0), (kata.stub, 0.0)):
            report = grade(kata, jail, path.read_bytes(), name=path.name, seed=SEED)
            if report.score != score:
                findings.problems.append(f"{path} scores {report.score}, not {score}")
        if golden is not None:
            files = sorted(golden.glob("*.py"))
            findings.counts["golden"] = len(files)
            for path in watch(files, len(files), "golden submissions"):
                findings.problems += check_golden(kata, jail, path)
    _check_singles(kata, findings, watch)
    _check_pairs(kata, findings, watch)
    for function in kata.functions:
        if load(function).tobytes() != make(function).tobytes():
            findings.problems.append(
                f"The table of {function} is out of date: run kata verify --update"
            )
    return findings


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
    findings.counts["mistakes"] = len(bank())
    only: set[str] = set()
    for mistake in watch(bank(), len(bank()), "single mistakes"):
        passed = run_cases(source_with(mistake), SEED, kata)
        caught = [case_id for case_id, good in passed.items() if not good]
        if not caught:
            findings.problems.append(f"no case catches {mistake.id}")
        needs = {case.id: case.needs for case in all_cases(kata)}
        findings.caught[mistake.id] = [one for one in caught if needs[one] not in caught]
        if len(findings.caught[mistake.id]) == 1:
            only.add(findings.caught[mistake.id][0])
        named = diagnose_mistake(mistake)
        if named != [mistake.id]:
            findings.problems.append(
                f"{mistake.id} is diagnosed as {', '.join(named) or 'nothing'}"
            )
    for case in all_cases(kata):
        if case.id in only:
            continue
        reason = REASONS.get(case.id.partition(".")[2])
        if reason is None:
            findings.problems.append(f"the case {case.id} is superfluous and has no reason")
        else:
            findings.kept[case.id] = reason


def diagnose_mistake(mistake: Mistake) -> list[str]:
    """Return the identifiers that the diagnosis gives to the solution with this mistake."""
    function = mistake.function
    seen = observe_function(functions_with(mistake)[function], function, probes(function))
    found, _ = explain(Behaviour.of(function, probes(function), seen))
    return [one.id for one in found]


def _check_pairs(kata: Kata, findings: Findings, watch: Callable[..., Iterable[Any]]) -> None:
    """Each pair of mistakes loses points, unless the two undo each other."""
    together = [
        pair
        for pair in pairs(*kata.functions)
        if (pair[0].function == "compute_qkv") == (pair[1].function == "compute_qkv")
    ]
    findings.counts["pairs"] = len(together)
    for pair in watch(together, len(together), "pairs of mistakes"):
        if not all(run_cases(source_with(*pair), SEED, kata, until_missed=True).values()):
            continue
        names = [mistake.id for mistake in pair]
        if _cancel_out(kata, pair):
            findings.cancelled.append(names)
        else:
            findings.problems.append(f"no case catches {names[0]} with {names[1]}")


def _cancel_out(kata: Kata, pair: tuple[Mistake, Mistake]) -> bool:
    """Say whether two mistakes together do on every probe what the solution does."""
    for function in kata.functions:
        made = probes(function)
        both = observe_function(functions_with(*pair)[function], function, made)
        right = observe_function(functions_with()[function], function, made)
        if not all(same(*two) for two in zip(both, right, strict=True)):
            return False
    return True
