"""Calls of the kata's functions that differ in one way each, and what they can have in common."""

from collections.abc import Callable, Mapping
from functools import cache
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

import numpy as np

from grader.diagnosis.probe import CORE, Probe
from grader.diagnosis.where import NO_WORDS, Condition, Stage
from grader.worker.arrays import Array


class AttentionTrial(NamedTuple):
    """One call that differs from ordinary ones in what its name says."""

    seq_len: int
    d_model: int
    n_heads: int = 1
    layout: str = "plain"
    whole: str = ""
    single: bool = False
    in_heads: bool = False
    scores: str = "any"
    number: int = 0

    @property
    def tells_little(self) -> str:
        """What makes many a wrong function right here: the weights are all the same, or 1."""
        if self.seq_len == 1:
            return "with one token"
        return "where all scores are 0" if self.scores == "zero" else ""

    @property
    def d_k(self) -> int:
        """Features of a head."""
        return self.d_model // self.n_heads

    def probe(self, function: str) -> Probe:
        """Return the call, of random numbers, the same each time."""
        rng = np.random.default_rng([1706, self.seq_len, self.d_model, self.n_heads, self.number])
        tokens, width = self.seq_len, self.d_model
        shapes = [(tokens, width)] * 3
        if function == "compute_qkv":
            shapes = [(tokens, width), *[(width, width)] * 3]
        arrays: list[Array] = [rng.standard_normal(shape) for shape in shapes]
        if self.whole:
            kind = np.float64 if self.whole == "floats" else np.int64
            whole = [np.ceil(2 * array).astype(kind) for array in arrays]
            arrays = [*whole[:1], *arrays[1:]] if self.whole == "X" else whole
        if self.single:  # numbers whose products float32 holds as they are
            arrays = [np.round(2 * array).astype(np.float32) / 2 for array in arrays]
        if self.scores == "zero":
            arrays[0] = np.zeros_like(arrays[0])
        if self.scores == "alike":
            arrays[1] = arrays[0]
        if self.scores == "repeated":
            arrays[1][1:3] = arrays[1][0]
        size = np.maximum(1.0, np.abs(arrays[-1]).max(axis=0))
        heads = [self.n_heads] if function == "multi_head_attention" else []
        return Probe(CORE, (*arrays, *heads), size, self.layout)


_SIZES = (
    *((1, 4), (1, 1), (2, 2), (3, 3), (4, 4), (2, 5), (5, 2), (4, 1), (6, 3), (7, 4), (3, 6)),
    *((8, 5), (12, 3), (12, 9), (16, 3), (18, 4), (17, 3), (32, 3), (33, 3)),
)
_SIZES_OF_HEADS = (
    *((1, 1, 1), (1, 4, 2), (1, 3, 3), (1, 4, 1), (2, 4, 2), (4, 4, 1), (4, 4, 2), (4, 4, 4)),
    *((7, 3, 1), (7, 3, 3), (5, 6, 2), (5, 6, 3), (6, 6, 2), (3, 8, 4), (2, 10, 5), (3, 9, 3)),
    *(
        (12, 3, 1),
        (3, 12, 6),
        (2, 16, 8),
        (3, 24, 12),
        (12, 40, 4),
        (18, 4, 2),
        (17, 6, 3),
        (32, 2, 1),
        (33, 2, 1),
    ),
)


_OF_DIFFERENT_ROWS = 3  # number of a draw where no two rows of whole numbers are alike
_SHORT = 16  # tokens up to which a size is tried at all events: Python's loops take long for more


@cache
def trials(function: str, stage: Stage) -> list[AttentionTrial]:
    """Return trials of a function; those that differ in more than size are among the short ones."""
    heads = function == "multi_head_attention"
    of_function = _SIZES_OF_HEADS if heads else _SIZES
    sizes = [AttentionTrial(*size)._replace(in_heads=heads) for size in of_function]
    if stage == "long":
        return [trial for trial in sizes if trial.seq_len > _SHORT]
    sizes = [trial for trial in sizes if trial.seq_len <= _SHORT]
    if stage == "again":
        return [trial._replace(number=1) for trial in sizes]
    usual = AttentionTrial(5, 6, 2, in_heads=True) if heads else AttentionTrial(6, 3)
    layouts = [usual._replace(layout=name) for name in ("fortran", "strided", "read-only")]
    scores = [] if function == "compute_qkv" else ["zero", "alike", "repeated"]
    odd = [usual._replace(scores=name) for name in scores] or [usual._replace(single=True)]
    # Of projections the tokens alone: what their dtype does to the weights shows then.
    whole = "X" if function == "compute_qkv" else "all"
    kinds = [usual._replace(whole=name, number=_OF_DIFFERENT_ROWS) for name in (whole, "floats")]
    return [*sizes, *layouts, *odd, *kinds]


_WHOLE = {
    False: "Where the number of tokens is a multiple of {block}",
    True: "Up to {block} tokens, and where their number is a multiple of {block}",
}
_IN_BLOCKS = {"right": _WHOLE[True].format(block="{most}")}
_ALL_WHOLE = {
    "which": "the same shapes with an integer dtype",
    "tried": "for one array and 0.5 * np.eye(2) for the others, then with whole numbers in all",
}
_WHOLE_AND_SINGLE = {"which": "integers and for float32"}
_X_WHOLE = {
    "which": "an X of integers and weights of floats",
    "tried": "for X and 0.5 * np.eye(2) for the others",
}
_FEATURES, _OF_A_HEAD = {"features": "features"}, {"features": "features of a head"}


def _width(trial: AttentionTrial) -> int:
    return trial.d_model


def _features_of_a_head(trial: AttentionTrial) -> int:
    return trial.d_k


_CONDITIONS: tuple[tuple[Any, ...], ...] = (
    ("wrong-for-layouts", lambda t: t.layout in ("fortran", "strided")),
    ("wrong-for-fortran-order", lambda t: t.layout == "fortran"),
    ("inputs-written-to", lambda t: t.layout == "read-only"),
    ("wrong-for-integers", lambda t: t.whole == "all", _ALL_WHOLE),
    ("wrong-for-integers", lambda t: t.whole == "X", _X_WHOLE),
    ("wrong-for-dtypes", lambda t: t.single or t.whole == "X", _WHOLE_AND_SINGLE),
    ("wrong-for-dtypes", lambda t: t.single, {"which": "float32"}),
    ("inputs-written-to", lambda t: t.whole in ("all", "X") or t.layout == "read-only"),
    ("wrong-for-zero-scores", lambda t: t.scores == "zero"),
    ("wrong-for-equal-q-and-k", lambda t: t.scores == "alike"),
    ("wrong-for-equal-keys", lambda t: t.scores == "repeated"),
    ("wrong-for-one-number", lambda t: t.seq_len == t.d_model == 1),
    ("wrong-for-one-token", lambda t: t.seq_len == 1),
    ("wrong-for-one-head", lambda t: t.n_heads == 1),
    ("wrong-for-axes-of-one", lambda t: t.d_k == 1 and not t.in_heads, {"which": "one feature"}),
    ("wrong-for-one-feature", lambda t: t.d_k == 1 and t.in_heads),
    ("wrong-for-one-feature", lambda t: t.d_k == 1 and t.n_heads > 1),
    *(
        (
            "wrong-for-axes-of-one",
            lambda t, sizes=sizes: 1 in sizes(t),
            {"which": f"{', '.join(names[:-1])} or {names[-1]}"},
        )
        for sizes, *names in (
            (lambda t: () if t.in_heads else (t.seq_len, t.d_k), "one token", "one feature"),
            (
                lambda t: (t.seq_len, t.d_k) if t.in_heads else (),
                "one token",
                "heads of one feature",
            ),
            (lambda t: (t.seq_len, t.n_heads), "one token", "one head"),
            (lambda t: (t.n_heads, t.d_k), "one head", "heads of one feature"),
            (
                lambda t: (t.seq_len, t.n_heads, t.d_k),
                "one token",
                "one head",
                "heads of one feature",
            ),
        )
    ),
    ("wrong-for-odd-heads", lambda t: t.n_heads % 2 == 1),
    ("wrong-for-odd-heads", lambda t: t.n_heads % 2 == 1 and t.n_heads > 1),
    ("tokens-cut-by-heads", lambda t: t.seq_len % t.n_heads > 0),
    ("wrong-for-odd-lengths", lambda t: t.seq_len % 2 == 1),
    ("wrong-for-odd-lengths", lambda t: t.seq_len % 2 == 1 and t.seq_len > 1),
    ("wrong-for-odd-d-k", lambda t: t.d_k % 2 == 1 and t.in_heads),
    ("wrong-for-even-lengths", lambda t: t.seq_len % 2 == 0),
    ("wrong-for-squares", lambda t: t.seq_len == t.d_model),
    ("wrong-for-squares", lambda t: t.seq_len == t.d_model > 1),
    (
        "wrong-for-stretched",
        lambda t: t.seq_len in (1, t.d_model) and t.d_model > 1 and not t.in_heads,
    ),
    (
        "wrong-for-stretched",
        lambda t: (t.seq_len == t.d_model or 1 in (t.seq_len, t.d_model)) and not t.in_heads,
    ),
    ("square-only", lambda t: t.seq_len != t.d_model, _FEATURES),
    ("square-only", lambda t: t.seq_len != t.d_k, _OF_A_HEAD),
    *(
        (
            f"wrong-for-{which}",
            lambda t, holds=holds, width=width: holds(t.seq_len, width(t)),
            words,
        )
        for which, holds in (
            ("more-tokens", gt),
            ("as-many-tokens-or-more", ge),
            ("fewer-tokens", lt),
            ("as-many-tokens-or-fewer", le),
        )
        for width, words in ((_width, _FEATURES), (_features_of_a_head, _OF_A_HEAD))
    ),
    ("answered-by-heart", lambda t: (t.seq_len, t.d_model, t.n_heads) in ((2, 2, 1), (2, 4, 2))),
    ("heads-in-powers-of-two", lambda t: t.n_heads & (t.n_heads - 1) != 0, {"unless": ""}),
    (
        "heads-in-powers-of-two",
        lambda t: t.n_heads & (t.n_heads - 1) != 0 and t.d_k > 1,
        {"unless": ", unless each has one feature"},
    ),
    ("two-heads-only", lambda t: t.n_heads != 2),
    ("two-features-only", lambda t: t.d_k != 2),
    *(
        (
            "whole-blocks-only",
            lambda t, block=block, most=most: t.seq_len > most and t.seq_len % block > 0,
            {"right": _WHOLE[most > 0].format(block=block)},
            block,
        )
        for block in (4, 8, 16)
        for most in (0, block)
    ),
    *(
        ("wrong-for-many-heads", lambda t, most=most: t.n_heads > most)
        for most in (2, 3, 4, 5, 6, 9, 10)
    ),
    *(
        ("wrong-for-long", lambda t, most=most: t.seq_len > most)
        for most in (3, 4, 5, 6, 7, 8, 12, 16, 17, 18, 32)
    ),
    *(
        ("wrong-for-large-d-k", lambda t, most=most: t.d_k > most and t.n_heads > 1)
        for most in (3, 4, 5)
    ),
    *(
        ("wrong-for-wide", lambda t, most=most: t.d_model > most)
        for most in (3, 4, 5, 6, 8, 9, 10, 12, 16, 24)
    ),
)


def _condition(
    symptom: str,
    holds: Callable[[AttentionTrial], bool],
    words: Mapping[str, str] = NO_WORDS,
    block: int = 0,
) -> Condition:
    size = _d_k if "d-k" in symptom else _width if "wide" in symptom else _tokens
    of_size = _OF_SIZE.get(symptom)
    of_heads = "heads" in symptom
    blocks = ("whole-blocks-only", _IN_BLOCKS) if symptom == "wrong-for-long" else None
    return Condition(symptom, holds, _heads if of_heads else size, of_size, words, blocks, block)


def _heads(trial: AttentionTrial) -> int:
    return trial.n_heads


def _tokens(trial: AttentionTrial) -> int:
    return trial.seq_len


def _d_k(trial: AttentionTrial) -> int:
    return trial.d_k if trial.n_heads > 1 else 0


def _of_length(trial: AttentionTrial, seq_len: int) -> AttentionTrial:
    return trial._replace(seq_len=seq_len)


def _of_heads(trial: AttentionTrial, n_heads: int) -> AttentionTrial:
    return trial._replace(n_heads=n_heads, d_model=n_heads * trial.d_k)


def _of_d_k(trial: AttentionTrial, d_k: int) -> AttentionTrial:
    return trial._replace(d_model=trial.n_heads * d_k)


_OF_SIZE = {
    "wrong-for-long": _of_length,
    "whole-blocks-only": _of_length,
    "wrong-for-many-heads": _of_heads,
    "wrong-for-large-d-k": _of_d_k,
}
"""How the same trial is made of another size, where a size is what tells right from wrong."""

CONDITIONS = tuple(_condition(*each) for each in _CONDITIONS)
"""Where a function is wrong, from the narrowest to the widest."""
GENERAL = (_condition("wrong-for-more-heads", lambda t: t.n_heads > 1),)
"""What many a mistake brings about."""
