"""Which particular lives of a cache go wrong, where ordinary ones are right."""

from grader.diagnosis.experiment import Reading
from grader.diagnosis.readings import wrong_in_particular
from grader.diagnosis.study import Study
from grader.diagnosis.where import listed

from .trials import LENGTH_ASKED


def in_particular(study: Study) -> list[Reading] | None:
    """Name the particular lives that go wrong; a method is named first that is wrong in any life.

    Whatever is kept, len can be asked for: where it is wrong, no input is particular.
    """
    found = study.where.particulars()
    length = next((each for each in found if each.name == LENGTH_ASKED), None)
    if length is None:
        return wrong_in_particular(study)
    others = [each for each in found if each.name != LENGTH_ASKED]
    more = f" It goes wrong for these, too: {listed(others[:_MOST_NAMED])}." if others else ""
    how = f"an error is raised ({length.told})" if length.is_raised else "the result is wrong"
    return [("length-wrong", {"how": how, "more": more})]


_MOST_NAMED = 3
