"""The bank of known mistakes, the diagnosis and the cases, held against each other."""

from collections.abc import Iterator, Mapping, Sequence

from grader.authoring.claims import check_claim
from grader.authoring.findings import Findings, Shower
from grader.authoring.judging import Judging
from grader.cases.catalogue import all_cases
from grader.diagnosis import entries, fingerprints
from grader.diagnosis.bank import Mistake, bank, kept
from grader.diagnosis.behaviour import Behaviour
from grader.diagnosis.claims import Outcomes
from grader.diagnosis.explain import explain
from grader.diagnosis.mutants import functions_with, pairs, source_with
from grader.diagnosis.observation import observe_function, same
from grader.diagnosis.probe import probes
from grader.kata import Kata


def check_mistakes(kata: Kata, findings: Findings, watch: Shower) -> None:
    """Check that each mistake, and each pair, loses points, and that each case earns its place."""
    if bank(kata):
        with Judging(kata) as judging:
            _check_singles(kata, judging, findings, watch)
            _check_pairs(kata, judging, findings, watch)
    findings.problems += _check_tables(kata)


def check_bank(kata: Kata) -> Iterator[str]:
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


def _check_singles(kata: Kata, judging: Judging, findings: Findings, watch: Shower) -> None:
    """Each mistake loses points and is diagnosed as itself; each case earns its place."""
    known = bank(kata)
    findings.counts["mistakes"] = len(known)
    only: set[str] = set()
    needs = {case.id: case.needs for case in all_cases(kata)}
    for mistake in watch(known, len(known), "single mistakes"):
        caught = judging.missed(source_with(kata, mistake))
        if not caught:
            findings.problems.append(f"no case catches {mistake.id}")
        findings.caught[mistake.id] = [one for one in caught if needs[one] not in caught]
        findings.problems += check_claim(mistake, _outcomes(kata, mistake, caught, needs))
        if len(findings.caught[mistake.id]) == 1:
            only.add(findings.caught[mistake.id][0])
        named = diagnose_mistake(kata, mistake)
        if named != [mistake.id] and probes(kata, mistake.function):
            findings.problems.append(
                f"{mistake.id} is diagnosed as {', '.join(named) or 'nothing'}"
            )
    _check_cases(kata, findings, only)


def _outcomes(
    kata: Kata, mistake: Mistake, caught: Sequence[str], needs: Mapping[str, str | None]
) -> Outcomes:
    """Return what became of the cases of the function at fault, without those that were not run."""
    failed: set[str] = set()
    passed: set[str] = set()
    for case in all_cases(kata):
        if case.function == mistake.function and needs[case.id] not in caught:
            (failed if case.id in caught else passed).add(case.id.partition(".")[2])
    return Outcomes(frozenset(failed), frozenset(passed))


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


def _check_pairs(kata: Kata, judging: Judging, findings: Findings, watch: Shower) -> None:
    """Each pair of mistakes loses points, unless the two undo each other."""
    together = [
        (first, second)
        for first, second in pairs(kata, *kata.functions)
        if _root(kata, first) == _root(kata, second)
    ]
    findings.counts["pairs"] = len(together)
    for pair in watch(together, len(together), "pairs of mistakes"):
        names = [mistake.id for mistake in pair]
        likely = {case for name in names for case in findings.caught.get(name, ())}
        if judging.missed(source_with(kata, *pair), one_will_do=True, likely=likely):
            continue
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
