"""What is said of a wrong function when no known mistake explains it: what was seen, no more.

The function is called on inputs of ours that differ in one way each, in fresh workers; what is
said holds for everything that was tried.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from grader.diagnosis import entries
from grader.diagnosis.claims import KEYS, Outcomes, SaidOfCases, read_claim
from grader.diagnosis.experiment import Reading
from grader.diagnosis.plain_texts import PLAIN
from grader.diagnosis.readings import READERS
from grader.diagnosis.study import Reader, Study
from grader.diagnosis.texts import GENERAL
from grader.errors import UsageError
from grader.kata import Kata
from grader.learner.endings import CaseEnded
from grader.report.model import Diagnosis


@cache
def texts(kata: Kata) -> Mapping[str, Mapping[str, str]]:
    """Return title, explanation and next step of each symptom, by identifier.

    Raises:
        UsageError: an entry of the kata's `symptoms.toml` is not as it should be.
    """
    own = {}
    for name, text in entries.read(kata, "symptoms").items():
        if not isinstance(text, dict) or set(text) - KEYS != _TEXTS:
            raise UsageError(f"symptoms.toml: {name} has a title, an explanation, a next_step.")
        own[name] = {key: text[key] for key in text if key in _TEXTS}
    return {**GENERAL, **PLAIN, **own}


_TEXTS = {"title", "explanation", "next_step"}


@cache
def claims(kata: Kata) -> Mapping[str, SaidOfCases]:
    """Return what the texts of the kata's own symptoms claim, by identifier.

    Raises:
        UsageError: as for `texts`.
    """
    own = entries.read(kata, "symptoms")
    return {name: read_claim(text, f"symptoms.toml, {name}") for name, text in own.items()}


_NO_CLAIM = SaidOfCases()
_NOTHING_KNOWN = Outcomes()


def symptom(
    kata: Kata, function: str, reading: Reading, outcomes: Outcomes = _NOTHING_KNOWN
) -> Diagnosis:
    """Return a symptom with its texts filled in, without what the cases contradict."""
    name, words = reading
    text = dict(texts(kata)[name])
    claim = claims(kata).get(name, _NO_CLAIM)
    if claim.otherwise and claim.is_contradicted(outcomes):
        text["explanation"] = claim.otherwise
    text = {key: value.format(**words) for key, value in text.items()}
    return Diagnosis(
        id=name,
        title=text["title"],
        function=function,
        explanation=text["explanation"],
        next_step=text["next_step"],
        certainty="exact",
    )


def readings(study: Study) -> Sequence[Reading]:
    """Return what can be said of a function that no known mistake explains.

    A kata says in `readings.py`, or a package of that name, in `READERS`, what is looked at and in
    which order.
    """
    part = study.kata.part("readings")
    readers: Sequence[Reader] = READERS if part is None else part.READERS
    try:
        found = (reader(study) for reader in readers)
        return next((each for each in found if each is not None and _may_be_told(study, each)), [])
    except CaseEnded:
        return []  # it hung or died: the case's message says so


def _may_be_told(study: Study, found: Sequence[Reading]) -> bool:
    """Say whether no case contradicts what would be said; else there is more to find out."""
    told = [claims(study.kata).get(name, _NO_CLAIM) for name, _ in found]
    return not any(
        claim.is_impossible(study.outcomes)
        or (claim.is_contradicted(study.outcomes) and not claim.otherwise)
        for claim in told
    )
