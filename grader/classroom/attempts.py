"""Which attempt of a learner's counts, when all are graded."""

from collections.abc import Iterable
from dataclasses import replace

from grader.classroom.records import Record


def best(records: Iterable[Record]) -> list[Record]:
    """Return one record for each learner: the best attempt, of equal ones the last.

    What an earlier attempt has brought stands under the learner's key; its report bears its own.
    """
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record.earlier_of or record.key, []).append(record)
    return [_best(key, group) for key, group in groups.items()]


def _best(key: str, group: list[Record]) -> Record:
    if len(group) == 1:
        return group[0]
    ordered = sorted(group, key=lambda one: (one.earlier_of == "", one.key))  # the last is last
    points = [-1.0 if one.counted is None else one.counted for one in ordered]
    chosen = ordered[max(range(len(ordered)), key=lambda at: (points[at], at))]
    others = ", ".join(
        f"{one.attempt} {one.points if one.score is not None else 'without points'}"
        for one in ordered
        if one is not chosen
    )
    note = f"{chosen.note} Best of its attempts; the others: {others}.".strip()
    return replace(chosen, note=note, learner=ordered[-1].learner)
