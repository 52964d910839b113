"""Cases of multi_head_attention: a layer with its projections, under masks."""

from types import ModuleType

import numpy as np

from grader.cases.case import case
from grader.cases.checks import check_close, check_depends, check_shape
from grader.katas.common import batches
from grader.learner.endings import Failed
from grader.learner.submission import Submission
from grader.report.seen import Seen

from .checks import LAYER, check_layer

SIZES = (
    *((2, 5, 6, 3), (3, 4, 6, 2), (1, 7, 8, 4), (2, 3, 12, 4), (4, 2, 8, 2), (2, 6, 15, 5)),
    *((2, 4, 4, 2), (3, 3, 9, 3), (4, 4, 8, 4), (1, 33, 24, 6), (2, 17, 16, 8)),
)
"""Values of (batch, seq_len, d_model, n_heads)."""


@case(
    "multi_head_attention.returns",
    "Returns one array with the shape of X, in which all inputs take part",
    points=3,
    visibility="visible",
    hint="What does your function return, and what is its shape for 2 sequences, 5 tokens, 6 "
    "features and 3 heads?",
)
def case_returns(submission: Submission, rng: np.random.Generator) -> None:
    layer, other = batches.layer(rng, 2, 5, 6, 3), batches.layer(rng, 2, 5, 6, 3)
    changes = {"X": layer._replace(X=other.X), "W_q": layer._replace(W_q=other.W_q)}
    changes |= {"W_k": layer._replace(W_k=other.W_k), "W_v": layer._replace(W_v=other.W_v)}
    changes["W_o"] = layer._replace(W_o=other.W_o)
    calls = [layer, *changes.values(), (*layer, batches.causal(5))]
    answers = submission.call_each("multi_head_attention", calls)
    got = next(answers).array()
    check_shape(got, layer.X.shape, LAYER)
    for name in (*changes, "the mask"):
        changed = next(answers).array()
        check_shape(changed, layer.X.shape, LAYER)
        check_depends(got, changed, layer.errors, "multi_head_attention", name)


@case(
    "multi_head_attention.example",
    "The worked example as a layer, and its columns changed by W_o",
    points=3,
    needs="returns",
    visibility="visible",
    hint="With one head and identity weights, does the layer give what masked_attention gives for "
    "X as Q, K and V? If not, print the Q, K and V of your head; if so, try another W_o.",
)
def case_example(submission: Submission, reference: ModuleType) -> None:
    X = np.array([[[1.0, 2, 0, 1], [0, 1, 1, 0], [2, 0, 1, 1]]])
    eye = np.eye(4)
    swapped = eye[[1, 0, 2, 3]]
    causal = batches.causal(3)
    calls = [
        (batches.Layer(X, eye, eye, eye, W_o, n_heads), mask)
        for n_heads in (1, 2)
        for W_o in (eye, swapped)
        for mask in (None, causal)
    ]
    check_layer(submission, reference, *calls)


@case(
    "multi_head_attention.values",
    "Random layers of many sizes, without a mask",
    points=7,
    needs="returns",
    hint="Fill X with 100 * token + feature, take identity weights, and print what each head gets.",
)
def case_values(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    layers = [batches.layer(rng, *size) for size in (*SIZES, *SIZES[:6])]
    check_layer(submission, reference, *((layer, None) for layer in layers))


@case(
    "multi_head_attention.no-mask",
    "Without a mask, left out or None, everybody may look everywhere",
    points=2,
    needs="returns",
    hint="What is the mask when it is not given, and what shows everything?",
)
def case_no_mask(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    layer = batches.layer(rng, 2, 5, 6, 3)
    calls = [layer, (*layer, None), (*layer, np.ones((5, 5), bool)), layer]
    want = reference.multi_head_attention(*layer)
    for answer in submission.call_each("multi_head_attention", calls):
        got = answer.array()
        check_shape(got, layer.X.shape, LAYER)
        check_close(got, want, layer.errors, LAYER)


@case(
    "multi_head_attention.masks",
    "Under masks of every shape that broadcasts",
    points=6,
    needs="returns",
    hint="Does your function hand the mask on as it is, and do the heads come at the axis where "
    "the mask has them?",
)
def case_masks(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    calls = []
    for batch, seq_len, d_model, n_heads in ((2, 5, 6, 3), (3, 3, 6, 3), (4, 2, 8, 4)):
        layer = batches.layer(rng, batch, seq_len, d_model, n_heads)
        masks = batches.masks(rng, (batch, n_heads, seq_len, 1))
        calls += [(layer, mask) for mask in (batches.causal(seq_len), *masks)]
    check_layer(submission, reference, *calls)


@case(
    "multi_head_attention.one-head",
    "With one head",
    points=2,
    needs="returns",
    hint="With one head there is nothing to split. What are d_k and the scale then?",
)
def case_one_head(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    layers = [batches.layer(rng, *size, 1) for size in ((2, 5, 4), (3, 4, 6), (1, 6, 1))]
    calls = [(layer, mask) for layer in layers for mask in (None, batches.causal(layer.X.shape[1]))]
    check_layer(submission, reference, *calls)


@case(
    "multi_head_attention.all-heads",
    "As many heads as features",
    points=2,
    needs="returns",
    hint="If each head has one feature, what is d_k, and which shape has a head?",
)
def case_all_heads(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    layers = [batches.layer(rng, *size, size[2]) for size in ((2, 5, 4), (3, 3, 7), (1, 4, 6))]
    calls = [(layer, mask) for layer in layers for mask in (None, batches.causal(layer.X.shape[1]))]
    check_layer(submission, reference, *calls)


@case(
    "multi_head_attention.independent",
    "Sequences do not touch each other, nor heads before they are joined",
    points=3,
    needs="returns",
    hint="Change one sequence of X: which part of the output may change? And with the identity as "
    "W_o, which features of the output does one head's share of W_v reach?",
)
def case_independent(submission: Submission, rng: np.random.Generator) -> None:
    layer, other = batches.layer(rng, 3, 4, 6, 3), batches.layer(rng, 3, 4, 6, 3)
    layer = layer._replace(W_o=np.eye(6))
    kept_parts, calls = [], [(*layer, batches.causal(4))]
    for batch in (0, 2):
        changed = np.arange(3)[:, None, None] == batch
        X = np.where(changed, other.X, layer.X)
        calls.append((*layer._replace(X=X), batches.causal(4)))
        kept_parts.append(~np.broadcast_to(changed, (3, 4, 6)))
    for head in range(3):
        changed = np.arange(6) // 2 == head
        weights = {
            name: np.where(changed, getattr(other, name), getattr(layer, name))
            for name in ("W_q", "W_k", "W_v")
        }
        calls.append((*layer._replace(**weights), batches.causal(4)))
        kept_parts.append(~np.broadcast_to(changed, (3, 4, 6)))
    answers = submission.call_each("multi_head_attention", calls)
    got, *after = (answer.array() for answer in answers)
    check_shape(got, layer.X.shape, LAYER)
    if not np.isfinite(got).all():
        raise Failed(f"{LAYER} is not finite.", Seen("not_finite"))
    for kept, array in zip(kept_parts, after, strict=True):
        check_shape(array, layer.X.shape, LAYER)
        before, now = np.where(kept, got, 0), np.where(kept, array, 0)
        check_close(now, before, layer.errors, "What another sequence or head puts out")
        ours, theirs = np.where(kept, 0, got), np.where(kept, 0, array)
        check_depends(ours, theirs, layer.errors, "multi_head_attention", "its inputs")


@case(
    "multi_head_attention.empty-rows",
    "Who may look nowhere gets zeros",
    points=2,
    needs="returns",
    hint="Hide everything from one token in head 0 alone, and from another in all heads. What do "
    "the heads put out for each of them, and what should come out of the layer?",
)
def case_empty_rows(
    submission: Submission, reference: ModuleType, rng: np.random.Generator
) -> None:
    layer = batches.layer(rng, 2, 5, 6, 3)
    some = batches.mask(rng, 2, 3, 5, 5)
    some[0, :, 1] = some[1, 2, 4] = False
    padded = batches.causal(5) & (np.arange(5) > 1)
    whole = np.array([True, False])[:, None, None, None]
    calls = [(layer, mask) for mask in (some, padded, whole, np.zeros((5, 5), bool))]
    check_layer(submission, reference, *calls)


@case(
    "multi_head_attention.large",
    "Scores so large that exp overflows, or far apart between heads and sequences",
    points=2,
    needs="returns",
    hint="Is the softmax inside your heads the stable one? Over what is its maximum taken?",
)
def case_large(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    calls = []
    for factor in (1_000.0, -1_000.0, 1e5):
        layer = batches.layer(rng, 2, 4, 6, 3)
        calls.append((layer._replace(W_q=factor * layer.W_q), batches.causal(4)))
    layer = batches.layer(rng, 2, 4, 6, 3)
    by_head = layer._replace(W_q=layer.W_q * np.repeat([1.0, 3_000.0, -3_000.0], 2))
    tokens = np.abs(layer.X) + 0.5
    signs = np.repeat([1.0, -1.0, 1.0], 2)
    apart = layer._replace(X=tokens, W_q=2_000 * np.eye(6) * signs, W_k=np.eye(6))
    by_batch = layer._replace(X=tokens * np.array([40.0, 1.0])[:, None, None])
    calls += [(each, batches.causal(4)) for each in (by_head, apart, by_batch)]
    check_layer(submission, reference, *calls)


@case(
    "multi_head_attention.one-token",
    "A sequence of one token, a batch of one",
    points=2,
    needs="returns",
    hint="With an axis of length 1, does anything squeeze it away or mistake it for another?",
)
def case_one_token(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    sizes = ((3, 1, 6, 2), (1, 1, 4, 4), (1, 1, 1, 1), (1, 4, 6, 3))
    calls = [
        (batches.layer(rng, *size), mask)
        for size in sizes
        for mask in (None, batches.causal(size[1]))
    ]
    check_layer(submission, reference, *calls)
