"""What is said of a wrong function when no known mistake explains it: what was seen, no more.

The function is called on inputs of ours that differ in one way each, in fresh workers; what is
said holds for everything that was tried.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from grader.diagnosis import entries
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
    own = entries.read(kata, "symptoms")
    for name, text in own.items():
        if not isinstance(text, dict) or set(text) != {"title", "explanation", "next_step"}:
            raise UsageError(f"symptoms.toml: {name} has a title, an explanation, a next_step.")
    return {**GENERAL, **PLAIN, **own}


def symptom(kata: Kata, function: str, reading: Reading) -> Diagnosis:
    """Return a symptom with its texts filled in."""
    name, words = reading
    text = {key: value.format(**words) for key, value in texts(kata)[name].items()}
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
        return next((each for each in found if each is not None), [])
    except CaseEnded:
        return []  # it hung or died: the case's message says so
