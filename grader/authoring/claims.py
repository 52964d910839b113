"""What the texts of mistakes and symptoms claim, held against the cases and against the words."""

import re
from collections.abc import Iterator

from grader.cases.catalogue import all_cases
from grader.diagnosis.bank import Mistake, bank
from grader.diagnosis.claims import Outcomes
from grader.diagnosis.symptoms import claims, texts
from grader.kata import Kata

_ALL_RIGHT = re.compile(
    r"\b(all|everything)( else)?( other (inputs|numbers))? (is|are|comes?( out)?) right\b",
    re.IGNORECASE,
)
"""What says that something is right which a case may find to be wrong."""


def check_texts(kata: Kata) -> Iterator[str]:
    """Yield the texts that say more than they claim, and the claims that nothing can be held to."""
    names = {case.id.partition(".")[2] for case in all_cases(kata)}
    said = {mistake.id: (mistake.explanation, mistake.claim) for mistake in bank(kata)}
    for name, claim in claims(kata).items():
        said[name] = (texts(kata)[name]["explanation"], claim)
    for name, (explanation, claim) in said.items():
        if _ALL_RIGHT.search(explanation) and not claim.says_right:
            yield f"{name} says that all is right, and does not say beside which cases"
        if _ALL_RIGHT.search(claim.otherwise):
            yield f"{name} says that all is right where other cases fail"
        unknown = {*claim.right, *claim.wrong, *(claim.only or ())} - names
        if unknown:
            yield f"{name} claims something of {', '.join(sorted(unknown))}, which is no case"
    for mistake in bank(kata):
        if mistake.claim.says_right and not mistake.claim.otherwise:
            yield f"{mistake.id} says what is right, and not how it goes beside another mistake"


def check_claim(mistake: Mistake, outcomes: Outcomes) -> Iterator[str]:
    """Yield what a mistake claims and its own wrong solution refutes.

    Args:
        mistake: the mistake.
        outcomes: what became of the cases of its function with nothing else wrong.
    """
    claim = mistake.claim
    if claim.is_contradicted(outcomes):
        failed = outcomes.failed - set(outcomes.failed if claim.only is None else claim.only)
        failed |= outcomes.failed & set(claim.right)
        yield f"{mistake.id} says that all else is right, and fails {', '.join(sorted(failed))}"
    if claim.is_impossible(outcomes):
        passed = outcomes.passed & set(claim.wrong)
        yield f"{mistake.id} says what is wrong, and passes {', '.join(sorted(passed))}"
