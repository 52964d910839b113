"""Cases of multi_head_attention: heads split, attended in and joined."""

from types import ModuleType

import numpy as np

from grader.cases.case import case
from grader.cases.checks import check_close, check_each_column_depends, check_shape
from grader.katas.common import inputs as attention
from grader.katas.common.inputs import HeadsCall
from grader.learner.submission import Submission

from .carried import WHAT, check_answers, check_each
from .checks import check_alive, check_returns

SIZES = (
    (5, 6, 3),
    (5, 6, 2),
    (7, 8, 2),
    (7, 8, 4),
    (4, 12, 4),
    (6, 12, 2),
    (3, 12, 6),
    (8, 8, 2),
    (2, 4, 2),
    (4, 24, 12),
    (33, 24, 6),
    (16, 32, 8),
    (48, 16, 2),
)
"""Values of (seq_len, d_model, n_heads)."""


@case(
    "multi_head_attention.returns",
    "Returns one array with the shape of Q",
    points=3,
    visibility="visible",
    hint="What does your function return, and what is its shape for 5 tokens, 6 features and "
    "3 heads?",
)
def case_returns(submission: Submission, rng: np.random.Generator) -> None:
    check_returns(submission, rng, "multi_head_attention", (5, 6, 3), (3, 8, 2))


@case(
    "multi_head_attention.example",
    "The worked example: two tokens, two heads",
    points=3,
    needs="returns",
    excused_by=(
        "self_attention.example",
        "self_attention.large",
    ),
    visibility="visible",
    hint="The statement works this example out by hand: which features does each head get, and "
    "where does its output go?",
)
def case_example(submission: Submission, reference: ModuleType) -> None:
    X = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])
    check_each(submission, reference, (X, X, X, 2))


@case(
    "multi_head_attention.values",
    "Random inputs of many sizes and numbers of heads",
    points=9,
    needs="returns",
    excused_by=("self_attention.values",),
    hint="Fill Q with 100 * token + feature and print what each head gets: all tokens, and which "
    "features?",
)
def case_values(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    check_answers(submission, reference, submission.credit.answered["multi_head_attention"][:1])
    check_each(
        submission,
        reference,
        *(
            (*attention.heads(rng, *size, top), size[2])
            for top, sizes in ((4.0, SIZES), (2.0, SIZES[:6]))
            for size in sizes
        ),
    )


@case(
    "multi_head_attention.one-head",
    "With one head it is self_attention",
    points=2,
    needs="returns",
    excused_by=("self_attention.values",),
    hint="With one head there is nothing to split. What are d_k and the scale then?",
)
def case_one_head(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    sizes = ((5, 4), (6, 6), (4, 1))
    check_each(submission, reference, *((*attention.bounded(rng, *size, 3.0), 1) for size in sizes))


@case(
    "multi_head_attention.all-heads",
    "As many heads as features",
    points=2,
    needs="returns",
    excused_by=("self_attention.values",),
    hint="If each head has one feature, what are d_k and the shape of its scores?",
)
def case_all_heads(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    sizes = ((5, 4), (3, 7), (6, 6))
    drawn = ((*attention.heads(rng, *size, size[1], 3.0), size[1]) for size in sizes)
    check_each(submission, reference, *drawn)


@case(
    "multi_head_attention.odd-heads",
    "Odd numbers of heads",
    points=2,
    needs="returns",
    excused_by=("self_attention.values",),
    hint="Try 3 heads of 5 features. Is anything halved, or written for two heads?",
)
def case_odd_heads(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    sizes = ((4, 15, 3), (6, 15, 5), (5, 14, 7), (9, 27, 9), (3, 26, 13))
    drawn = ((*attention.heads(rng, *size, 3.0), size[2]) for size in sizes)
    check_each(submission, reference, *drawn)


@case(
    "multi_head_attention.independent",
    "A head's features do not touch another head's output",
    points=3,
    needs="returns",
    hint="Change the features of head 0 only: which columns of the output may change?",
)
def case_independent(submission: Submission, rng: np.random.Generator) -> None:
    Q, K, V = attention.draw(rng, 5, 6)
    columns, calls = np.arange(6), [(Q, K, V, 3)]
    owned = [columns // 2 == head for head in range(3)]
    for changed in (*owned, *(columns == first for first in (0, 2, 4))):
        new = attention.draw(rng, 5, 6)
        q, k, v = (np.where(changed, b, a) for a, b in zip((Q, K, V), new, strict=True))
        calls.append((q, k, v, 3))
    answers = submission.call_each("multi_head_attention", calls)
    before, *after = (answer.array() for answer in answers)
    size = check_alive(before, V, WHAT)
    for head, own in enumerate(owned):
        all_changed, one_changed = after[head], after[3 + head]
        check_shape(all_changed, (5, 6), WHAT)
        check_shape(one_changed, (5, 6), WHAT)
        what = f"With other features in head {head}, what the other heads put out"
        check_close(all_changed[:, ~own], before[:, ~own], size[~own], what)
        second = 2 * head + 1
        check_each_column_depends(
            before[:, [second]],
            one_changed[:, [second]],
            size[[second]],
            "multi_head_attention",
            f"the other feature of head {head}",
        )


@case(
    "multi_head_attention.one-token",
    "A sequence of one token",
    points=1,
    needs="returns",
    excused_by=("self_attention.one-token",),
    hint="With a single key there is a single weight in each head. What must it be?",
)
def case_one_token(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    sizes = ((6, 3), (4, 4), (4, 1), (1, 1))
    drawn = ((*attention.heads(rng, 1, *size, 9.0), size[1]) for size in sizes)
    check_each(submission, reference, *drawn)


@case(
    "multi_head_attention.zero-scores",
    "Heads or tokens that are the same, or zero",
    points=1,
    needs="values",
    excused_by=("self_attention.zero-scores",),
    hint="Give two heads the same queries, or two tokens the same keys, and other values. Can your "
    "code tell them apart?",
)
def case_zero_scores(
    submission: Submission, reference: ModuleType, rng: np.random.Generator
) -> None:
    Q, K, V = attention.heads(rng, 5, 6, 3, 3.0)
    alike = np.tile(Q[:, :2], 3)
    half = np.concatenate([np.zeros((5, 2)), Q[:, 2:]], axis=1)
    drawn: list[HeadsCall] = [(queries, K, V, 3) for queries in (alike, np.zeros_like(Q), half)]
    drawn.append((Q, np.tile(K[:, :2], 3), V, 3))
    drawn.append((Q, K[[0, 0, 0, 3, 4]], V, 3))
    check_each(submission, reference, *drawn)


@case(
    "multi_head_attention.large",
    "Scores so large that exp overflows, or all strongly negative",
    points=3,
    needs="values",
    excused_by=(
        "self_attention.large",
        "self_attention.negative",
    ),
    hint="Is the softmax inside your heads the stable one? Call each head on its own.",
)
def case_large(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    shares = np.array([1.0, 0.9, 1.0, 0.8])
    drawn: list[HeadsCall] = [(*attention.heads(rng, 5, 6, 3, 1e5), 3)]
    for far in (2_000.0, -2_000.0, 1e6, -1e6):
        heads = [attention.offset(rng, 4, 3, far * shares) for _ in range(2)]
        drawn.append((*attention.side_by_side(*heads), 2))
    below = [attention.first_far_below(rng, 5, 3) for _ in range(2)]
    drawn.append((*attention.side_by_side(*below), 2))
    check_each(submission, reference, *drawn, finite=False)


@case(
    "multi_head_attention.far-heads",
    "Rows and heads whose scores are far apart from each other",
    points=3,
    needs="values",
    excused_by=(
        "self_attention.far-rows",
        "self_attention.large",
        "self_attention.negative",
    ),
    hint="Let the scores of one head lie around 2000 and those of another around -2000: over "
    "what is your maximum taken?",
)
def case_far_heads(submission: Submission, reference: ModuleType, rng: np.random.Generator) -> None:
    shares = np.array([1.0, 0.9, 1.0, 0.8])
    drawn: list[HeadsCall] = []
    for far in (2_000.0, 1e6):
        for signs in ((1, -1), (-1, 1)):
            heads = [attention.offset(rng, 4, 3, sign * far * shares) for sign in signs]
            drawn.append((*attention.side_by_side(*heads), 2))
        mixed = far * np.array([1.0, -1.0, 0.0, 0.5])
        heads = [attention.offset(rng, 4, 3, mixed), attention.offset(rng, 4, 3, -mixed)]
        drawn.append((*attention.side_by_side(*heads, attention.bounded(rng, 4, 3, 3.0)), 3))
    drawn += [(*attention.heads(rng, *size, 9.0), size[2]) for size in SIZES[3:6]]
    check_each(submission, reference, *drawn, finite=False)
