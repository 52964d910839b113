"""What the screen and the page say of a report in the same words."""

from collections.abc import Sequence

from grader.report import Diagnosis

FULL_MARKS = (
    "All of it is right, and stable. What comes next in a transformer: masks, batches and the "
    "projection of the joined heads."
)


def beside(diagnoses: Sequence[Diagnosis]) -> str:
    """Say what stands beside the first of a function's diagnoses; empty if nothing does."""
    first, *others = diagnoses
    if first.certainty == "pair" and others:
        return f"There is a second mistake with it: {others[0].title}."
    if first.certainty == "one-of" and others:
        return f"Or it is this, which looks the same from here: {others[0].title}."
    return "Something else shows once this is mended." if first.certainty == "part" else ""
