"""What changed from one report to the next, for who is working on the file."""

from collections.abc import Iterator

from grader.report import Report


def changes(before: Report, now: Report) -> Iterator[str]:
    """Yield sentences: first the points, then the mistakes that went and those that came."""
    if now.status == "rejected":
        if before.status == "graded":
            yield "Since the last save: the file cannot be loaded any more."
        return
    gained = now.points - before.points
    points = f"{abs(gained)} point{'' if abs(gained) == 1 else 's'}"
    if gained:
        yield f"Since the last save: {points} {'more' if gained > 0 else 'fewer'}."
    else:
        yield "Since the last save: as many points as before."
    titles = [{(one.function, one.id): one.title for one in r.diagnoses} for r in (before, now)]
    for key, title in titles[0].items():
        if key not in titles[1]:
            yield f"Gone: {title}."
    for key, title in titles[1].items():
        if key not in titles[0]:
            yield f"New: {title}."
