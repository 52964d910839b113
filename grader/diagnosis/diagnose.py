"""What explains a learner's wrong functions: known mistakes, else what was seen.

What a function did is looked at in a few ways, each less strict than the one before, and
explainers are asked in turn. Where nothing fits, nothing is said.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from typing import NamedTuple

import numpy as np

from grader.diagnosis import fingerprints
from grader.diagnosis.bank import Mistake, mistakes_of
from grader.diagnosis.base import Base, explain_on_known, explain_on_own, is_wrong_itself
from grader.diagnosis.behaviour import Behaviour, right_on_probes
from grader.diagnosis.claims import Outcomes
from grader.diagnosis.experiment import Reading, Subject
from grader.diagnosis.explain import explain_afresh
from grader.diagnosis.mutants import functions_with
from grader.diagnosis.observation import observe_submission
from grader.diagnosis.orders import other_order
from grader.diagnosis.plain import read_plain
from grader.diagnosis.probe import probes
from grader.diagnosis.readings import no_attempt
from grader.diagnosis.study import Study
from grader.diagnosis.symptoms import readings, symptom
from grader.diagnosis.unnamed import digest
from grader.jail.talk import Errand
from grader.kata import Kata
from grader.learner.code import defined_twice
from grader.learner.submission import Submission
from grader.report.focus import RAISED
from grader.report.model import Certainty, Diagnosis

Wrong = Mapping[str, Outcomes]
"""What became of the cases of each function that failed one, in the order of the kata."""


def diagnose(kata: Kata, submission: Submission, wrong: Wrong) -> list[Diagnosis]:
    """Return the mistakes that explain what wrong functions do, in the flow of data.

    Args:
        kata: what the submission is to be.
        submission: the learner's functions; fresh workers are used, of which the first may be
            prepared.
        wrong: what is to be explained. The cases only tell what must not be said.
    """
    errands = submission.workers.errands
    errands.extend(_errands(kata, wrong))
    try:
        with np.errstate(all="ignore"):
            return list(_diagnose(kata, submission, wrong))
    finally:
        errands.clear()


def _errands(kata: Kata, functions: Iterable[str]) -> Iterator[Errand]:
    """Yield what answers are held against, which takes a while to make the first time."""
    for name in functions:
        yield partial(fingerprints.load, kata, name)
        yield partial(right_on_probes, kata, kata.functions[name])


def _diagnose(kata: Kata, submission: Submission, wrong: Wrong) -> Iterator[Diagnosis]:
    told: list[Diagnosis] = []
    bases = {name: Base(wrong=True) for name in wrong}
    for name in wrong:
        function = kata.functions[name]
        misfit = submission.misfit(name)
        if misfit is not None:
            yield symptom(kata, name, (f"function-{misfit}", {}))
            continue
        made = probes(kata, name)
        if not made:
            found = [symptom(kata, name, one) for one in read_plain(kata, submission, function)]
            told += found
            yield from found
            continue
        submission.workers.prepare(2)  # one to ask, one for what its answers will give rise to
        seen = observe_submission(submission, function, made)
        if seen is None:
            continue
        base = bases.get(function.stands_on, Base())
        behaviour = Behaviour.of(kata, function, made, seen)
        own = Subject(kata, submission, function.stands_on) if base.wrong else None
        if base.unsteady or (own and base.may_raise(behaviour, own, told=bool(told))):
            continue  # what the base returned is at fault
        question = _Question(submission, behaviour, base, own, wrong[name])
        found = list(_explain(question))
        is_named = any(one.known for one in found) or _no_attempt(question) is not None
        if not base.wrong and not is_named:
            submission.unnamed[name] = digest(seen)
        bases[name] = Base.of(kata, found, behaviour)
        if not bases[name].mistake:
            stand_on_it = (other for other in wrong if kata.functions[other].stands_on == name)
            submission.workers.errands.extend(
                partial(_compile, kata, mistake)
                for other in stand_on_it
                for mistake in mistakes_of(kata, other)
            )
        yield from _defined_twice(kata, submission, name)
        before = {one.id for one in told} - RAISED  # another line raises the same
        told += found
        yield from (one for one in found if one.id not in before)


def _defined_twice(kata: Kata, submission: Submission, name: str) -> Iterator[Diagnosis]:
    """Say that a function takes the place of an earlier one, which may be the one that is meant."""
    places = defined_twice(submission.functions.get(name), submission.code)
    if places:
        words = {"name": name, "earlier": places[0], "later": places[1]}
        yield symptom(kata, name, ("defined-twice", words))


@cache
def _compile(kata: Kata, mistake: Mistake) -> None:
    """Make a mistake of the bank, once: what was compiled for it is kept."""
    functions_with(kata, mistake)


class _Question(NamedTuple):
    """What did a function do, and why? Asked of each explainer.

    Attributes:
        submission: the learner's functions.
        behaviour: what the function did, in the way that it is looked at.
        base: what is known of what it stands on.
        own: the learner's function on which it stands, to be called, if that is wrong.
        outcomes: what became of its cases.
    """

    submission: Submission
    behaviour: Behaviour
    base: Base
    own: Subject | None
    outcomes: Outcomes

    @property
    def study(self) -> Study:
        """The function, to be looked into."""
        return Study(
            self.submission,
            self.behaviour,
            self.own,
            base_is_sound=self.base.is_sound,
            outcomes=self.outcomes,
        )


_Explainer = Callable[[_Question], list[Diagnosis] | None]
"""None where it has no explanation; else what is said, which may be nothing."""


def _explain(question: _Question) -> Iterator[Diagnosis]:
    """Yield what explains one function, then what is overlooked on the way, which costs less."""
    if question.base.explains(question.behaviour):
        return
    found = _no_attempt(question)
    aside: list[Diagnosis] = []
    if found is None:
        for view in _VIEWS:
            viewed = view(question.behaviour)
            if viewed is None:
                continue
            overlooked, behaviour = viewed
            if not (question.base.changes and view is _as_if_nothing_changed):
                aside += _symptoms(question, overlooked)  # else it is the base that changes it
            if overlooked and behaviour.is_right:
                found = []  # that is all
                break
            question = question._replace(behaviour=behaviour)
            found = _by_mistakes(question)
            if found is None and overlooked and behaviour.core.is_right:
                found = []  # whatever raises in corners may do so for the same reason
            if found is not None:
                break
    for explainer in _EXPLAINERS:
        found = explainer(question) if found is None else found
    yield from found or ()
    yield from aside


_View = Callable[[Behaviour], tuple[list[Reading], Behaviour] | None]
"""What is said of what is overlooked, and what the rest is; None if that is nothing new."""


def _as_it_is(behaviour: Behaviour) -> tuple[list[Reading], Behaviour]:
    return [], behaviour


def _as_if_a_tuple(behaviour: Behaviour) -> tuple[list[Reading], Behaviour] | None:
    seen = behaviour.seen
    if {each.kind for each in seen} != {"list"} or seen[0].values is None:
        return None
    return [("list-for-tuple", {})], behaviour.seen_as(lambda each: each._replace(kind="array"))


def _as_if_nothing_changed(behaviour: Behaviour) -> tuple[list[Reading], Behaviour] | None:
    changed = {name for each in behaviour.seen for name in each.effects} - {"overwritten"}
    if not changed:
        return None
    place = {name: at for at, name in enumerate(behaviour.function.parameters)}
    *others, last = sorted(changed, key=lambda name: (place.get(name, len(place)), name))
    words = {"names": f"{', '.join(others)} and {last}" if others else last}
    return [("inputs-changed", words)], behaviour.seen_as(lambda each: each._replace(effects=()))


_VIEWS: tuple[_View, ...] = (_as_it_is, _as_if_a_tuple, _as_if_nothing_changed)


def _no_attempt(question: _Question) -> list[Diagnosis] | None:
    found = no_attempt(question.study)
    return None if found is None else list(_symptoms(question, found))


def _by_mistakes(question: _Question) -> list[Diagnosis] | None:
    submission, behaviour, base = question.submission, question.behaviour, question.base
    mistakes, certainty = explain_afresh(submission, behaviour, base.mistakes)
    if base.wrong and not base.mistakes:  # what is seen of it here has been told of it already
        mistakes = [one for one in mistakes if one.function == behaviour.function.name]
    order = other_order(question.study) if certainty == "pair" else None
    if order:
        return list(_symptoms(question, order))  # one thing was done, not two
    if not mistakes:
        return None
    named = _named(question, mistakes, certainty)
    if not named and certainty == "part":
        _note_if_wrong_itself(question)
    return named


def _by_mistakes_on_base(question: _Question) -> list[Diagnosis] | None:
    """Explain what is wrong on a wrong base; nothing, if all is as it should be on that base."""
    behaviour, base, own = question.behaviour, question.base, question.own
    if own is None or all(each.kind == "raised" for each in behaviour.core.seen):
        return None
    mistakes = (
        explain_on_known(base.mistake, behaviour)
        if base.mistake
        else explain_on_own(own, behaviour)
    )
    if mistakes:
        return _named(question, mistakes, "part")
    _note_if_wrong_itself(question)
    return [] if mistakes is None else None


def _note_if_wrong_itself(question: _Question) -> None:
    behaviour, own = question.behaviour, question.own
    if own is not None and is_wrong_itself(question.base.mistake, own, behaviour):
        question.submission.unnamed[behaviour.function.name] = digest(behaviour.seen)


def _by_what_is_seen(question: _Question) -> list[Diagnosis] | None:
    if question.base.explains(question.behaviour):
        return []
    return list(_symptoms(question, readings(question.study)))


_EXPLAINERS: tuple[_Explainer, ...] = (_by_mistakes_on_base, _by_what_is_seen)


def _symptoms(question: _Question, found: Iterable[Reading]) -> Iterator[Diagnosis]:
    kata, name = question.behaviour.kata, question.behaviour.function.name
    return (symptom(kata, name, reading, question.outcomes) for reading in found)


def _named(
    question: _Question, mistakes: Iterable[Mistake], certainty: Certainty
) -> list[Diagnosis]:
    """Return the mistakes that are not told of the base already, nor refuted by a case."""
    outcomes = question.outcomes
    new = [mistake for mistake in mistakes if mistake not in question.base.mistakes]
    left = [mistake for mistake in new if not mistake.claim.is_impossible(outcomes)]
    certainty = certainty if len(left) == len(new) else "part"
    return [_diagnosis(one, question.behaviour.function.name, certainty, outcomes) for one in left]


def _diagnosis(
    mistake: Mistake, function: str, certainty: Certainty, outcomes: Outcomes
) -> Diagnosis:
    """Return a known mistake in words that are true of it here.

    What its explanation says of other inputs holds where it is all that is wrong, if at all.
    """
    claim = mistake.claim
    alone = certainty in ("exact", "one-of") and not claim.is_contradicted(outcomes)
    return Diagnosis(
        id=mistake.id,
        title=mistake.title,
        function=function,
        explanation=mistake.explanation if alone else claim.otherwise or mistake.explanation,
        next_step=mistake.next_step,
        certainty=certainty,
        known=True,
    )
