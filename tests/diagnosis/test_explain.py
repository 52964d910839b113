"""Which pairs of mistakes are told."""

from typing import Any

import numpy as np
import pytest

from grader.diagnosis import fingerprints
from grader.diagnosis.bank import Mistake, bank
from grader.diagnosis.behaviour import Behaviour
from grader.diagnosis.explain import explain
from grader.diagnosis.mutants import functions_with
from grader.diagnosis.observation import observe_function
from grader.diagnosis.probe import probes
from grader.kata import load_kata

KATA = load_kata("kv_cache")
FUNCTION = KATA.functions["KVCache"]
BY_ID = {mistake.id: mistake for mistake in bank(KATA)}


def _explained(*names: str) -> tuple[list[str], str]:
    made = probes(KATA, "KVCache")
    wrong = functions_with(KATA, *(BY_ID[name] for name in names))["KVCache"]
    with np.errstate(all="ignore"):
        behaviour = Behaviour.of(KATA, FUNCTION, made, observe_function(wrong, FUNCTION, made))
        found, certainty = explain(behaviour)
    return sorted(one.id for one in found), certainty


def test_mistakes_that_make_up_for_each_other_are_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    """What two mistakes undo on ordinary inputs comes of one thing, and no pair is told."""
    one_thing, found = BY_ID["query-kept-after-the-answer"], fingerprints.candidates
    names = ("attend-keeps-the-query", "last-token-not-seen")
    assert _explained(*names) == ([one_thing.id], "exact")

    def of_others(*args: Any) -> list[tuple[Mistake, ...]]:
        return [each for each in found(*args) if one_thing not in each]

    monkeypatch.setattr(fingerprints, "candidates", of_others)
    assert _explained(*names)[1] == "part"


@pytest.mark.parametrize(
    "pair",
    [
        ("only-axes-compared", "stack-made-once"),
        ("half-kept", "stack-made-once"),
        ("half-kept", "softmax-over-heads"),
        ("not-normalized", "not-scaled"),
    ],
)
def test_pairs_are_told(pair: tuple[str, str]) -> None:
    """Two mistakes that have nothing to do with each other are told together."""
    assert _explained(*pair) == (list(pair), "pair")
