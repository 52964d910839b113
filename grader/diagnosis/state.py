"""Whether a result hangs on more than the inputs: on chance, or on earlier calls."""

from collections.abc import Iterator, Sequence

import numpy as np

from grader.diagnosis.experiment import Reading, close
from grader.diagnosis.observation import Observation, enlarged, observe_submission, same
from grader.diagnosis.probe import CORE, REPEATED, Probe
from grader.diagnosis.study import Study
from grader.diagnosis.suspects import another_each_time, kept, remembered

_AGAIN = 4  # times that one call is made to see whether it gives one result


def state(study: Study) -> list[Reading] | None:
    """Find out whether a result hangs on more than the inputs: on chance, or on earlier calls."""
    submission, function = study.submission, study.function
    made, seen, right = study.behaviour.made, study.behaviour.seen, study.behaviour.right
    # All probes in another order than before, then one of them again and again, then others like
    # it: what is kept for a shape shows when the next call has the same, what is kept for good
    # when the first call has other sizes, and what is kept for one of the arguments when it comes
    # with others.
    others = [place for place, probe in enumerate(made) if probe.group == REPEATED]
    alike = [made[0], *(made[place] for place in others)]
    begin = max(place for place, probe in enumerate(made) if probe.group == CORE)
    mixed = [call for one in _mixed(alike) for call in (made[begin], one, made[0])]
    order = [*mixed, made[begin], *made[::-1], *[made[0]] * _AGAIN, *alike[1:]]
    tried = observe_submission(submission, function, order)
    if tried is None:
        return None
    whole, behind = tried, tried[2 : len(mixed) : 3]
    beginning, *tried = tried[len(mixed) :]
    backwards, again = tried[: len(made)], tried[len(made) : len(made) + _AGAIN]
    if not _alike(again, [again[0]] * _AGAIN):
        fresh = [
            observe_submission(submission, function, [made[0]] * _AGAIN) or [] for _ in range(2)
        ]
        steady = _alike(*fresh) and bool(fresh[0]) and _alike(fresh[0][:1], right[:1])
        if not steady:
            return [another_each_time(submission.code)]
        return [_outlived(study, alike)]
    before = [*seen, *(seen[place] for place in (*others, begin)), *[seen[0]] * len(behind)]
    now = [*backwards[::-1], *tried[len(made) + _AGAIN :], beginning, *behind]
    if not _alike(before, now):
        if not _alike(whole, observe_submission(submission, function, order) or []):
            return [another_each_time(submission.code)]  # which four calls in a row did not show
        return [_outlived(study, alike)]
    if _alike(seen, right) and any("overwritten" in each.effects for each in seen):
        return [("results-overwritten", {})]
    submission.workers.steady.add(function.name)
    return None


def _outlived(study: Study, made: Sequence[Probe]) -> Reading:
    """Return what outlives a call: its result, if that comes back with the next one, or something.

    Args:
        study: the function.
        made: calls of one size.
    """
    code, pair = study.submission.code, made[:2]
    both, alone = (
        observe_submission(study.submission, study.function, calls) or []
        for calls in (pair, pair[1:])
    )
    arrays = [
        enlarged(each.values, probe.size)
        for each, probe in zip([*both, *alone], [*pair, *pair[1:]], strict=False)
        if each.values is not None
    ]
    if len(arrays) == 3 and arrays[0].shape == arrays[2].shape:
        first, second, own = arrays
        for axis in range(own.ndim):
            if close(second, np.concatenate([first, own], axis)):
                return kept(code, "behind")
            if close(second, np.concatenate([own, first], axis)):
                return kept(code, "in front of")
    return remembered(code)


def _alike(some: Sequence[Observation], others: Sequence[Observation]) -> bool:
    """Say whether the same came back each time, whatever else the calls did."""
    pairs = zip(map(_bare, some), map(_bare, others), strict=True)
    return len(some) == len(others) and all(same(*both) for both in pairs)


def _bare(each: Observation) -> Observation:
    """Return what came back without what the call did, and without the container it came in."""
    container = each.values is not None and each.kind == "list"
    return each._replace(effects=(), kind="array" if container else each.kind)


def _mixed(alike: Sequence[Probe]) -> Iterator[Probe]:
    """Yield calls that have one array of the first of these, and else what one like it has."""
    first, *others = alike
    for other in others:
        pairs = zip(first.args, other.args, strict=False)
        for place, (own, its) in enumerate(pairs):
            if not isinstance(own, np.ndarray) or not isinstance(its, np.ndarray):
                continue
            if own.shape == its.shape and not np.array_equal(own, its):
                yield other._replace(args=(*other.args[:place], own, *other.args[place + 1 :]))
