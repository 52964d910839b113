"""Cases of the cache: what it gives, token by token."""

import numpy as np

from grader.cases.case import case
from grader.cases.checks import check_close, check_depends
from grader.katas.common import tokens
from grader.learner.submission import Submission

from .checks import WHAT, Cache, check_each_step

SIZES = ((5, 2, 4), (4, 3, 2), (7, 1, 3), (3, 4, 1), (2, 1, 1), (6, 3, 3), (9, 5, 8), (4, 2, 2))
"""Values of (tokens, heads, d_k)."""


@case(
    "KVCache.returns",
    "attend returns one array of shape (n_heads, d_k), in which q, k and v take part",
    points=5,
    visibility="visible",
    hint="What does attend return after two tokens, and what is its shape for 2 heads of 4 "
    "features?",
)
def case_returns(submission: Submission, rng: np.random.Generator) -> None:
    q, k, v = tokens.bounded(rng, 3, 2, 4, 2.0)
    other = tokens.bounded(rng, 3, 2, 4, 2.0)
    got = Cache(submission, 2, 4).fill(k, v).attend(q[0])
    size = np.abs(v).max(axis=0)
    changed = {
        "q": (q[1], k, v),
        "the keys": (q[0], other[1], v),
        "the values": (q[0], k, other[2]),
        "earlier tokens": (q[0], np.array([other[1][0], *k[1:]]), np.array([other[2][0], *v[1:]])),
    }
    for names, (query, keys, values) in changed.items():
        after = Cache(submission, 2, 4).fill(keys, values).attend(query)
        check_depends(got, after, size, "attend", names)


@case(
    "KVCache.example",
    "The worked example: three tokens, and a query after each",
    points=7,
    needs="returns",
    visibility="visible",
    hint="The statement works this example out by hand: compare the scores, the weights and the "
    "output with yours, token by token.",
)
def case_example(submission: Submission) -> None:
    q = np.array([[2.0, 0, 0, 0]])
    cache = Cache(submission, 1, 4)
    for score, value in ((0, [6.0, 0, 0, 1]), (0.693, [12, 0, 6, 1]), (1.099, [18, 6, 0, 1])):
        cache.append(np.array([[score, 0.0, 0, 0]]), np.array([value], dtype=float))
        cache.check(q)


@case(
    "KVCache.values",
    "Random tokens, with a query after each",
    points=10,
    needs="returns",
    hint="Take one head, two tokens of two features, and compute both scores, what they are "
    "divided by, the weights and the weighted sum by hand.",
)
def case_values(submission: Submission, rng: np.random.Generator) -> None:
    check_each_step(submission, [tokens.bounded(rng, *size, 3.0) for size in SIZES])


@case(
    "KVCache.last-row",
    "It gives the last row of attention over all tokens so far, however long they are",
    points=6,
    needs="returns",
    hint="Append twenty tokens and ask once. Are all of them looked at, the first one too?",
)
def case_last_row(submission: Submission, rng: np.random.Generator) -> None:
    many = int(rng.integers(1030, 1200))  # beyond what anybody sets aside
    for n, heads, d_k in ((20, 2, 3), (70, 1, 4), (129, 2, 2), (many, 1, 2)):
        q, k, v = tokens.bounded(rng, n, heads, d_k, 3.0)
        cache = Cache(submission, heads, d_k)
        cache.append_each(k, v)
        for query in (q[-1], q[0]):
            cache.check(query)
        cache.check_length()


@case(
    "KVCache.equal-keys",
    "Tokens with equal keys, or equal in all, are tokens of their own",
    points=2,
    needs="returns",
    hint="Append the same key twice, with different values. What is len(cache), and what is kept?",
)
def case_equal_keys(submission: Submission, rng: np.random.Generator) -> None:
    q, k, v = tokens.bounded(rng, 5, 2, 3, 2.0)
    k[2], k[4], v[4] = k[0], k[1], v[1]  # one key with two values, and one token twice
    cache = Cache(submission, 2, 3)
    for at in range(5):
        cache.append(k[at], v[at])
        cache.check(q[at])
        cache.check_length()


@case(
    "KVCache.length",
    "len is the number of tokens",
    points=4,
    needs="returns",
    hint="What is len(cache) before anything was appended, and after two tokens in three heads?",
)
def case_length(submission: Submission, rng: np.random.Generator) -> None:
    for n, heads, d_k in ((4, 3, 2), (3, 1, 5)):
        q, k, v = tokens.bounded(rng, n, heads, d_k, 2.0)
        cache = Cache(submission, heads, d_k)
        cache.check_length()
        for each in zip(k, v, strict=True):
            cache.append(*each)
            cache.check_length()
            cache.attend(q[0])
            cache.check_length()


@case(
    "KVCache.empty",
    "Before anything was appended attend gives zeros",
    points=5,
    needs="returns",
    hint="What has an empty cache to look at, and what shape must come back all the same?",
)
def case_empty(submission: Submission, rng: np.random.Generator) -> None:
    for heads, d_k in ((2, 4), (1, 3), (3, 1)):
        q, k, v = tokens.bounded(rng, 2, heads, d_k, 2.0)
        cache = Cache(submission, heads, d_k)
        cache.check(q[0])
        cache.check_length()
        cache.append(k[0], v[0])  # and nothing of that stays behind
        cache.check(q[1])


@case(
    "KVCache.one-token",
    "With one token the output is its value",
    points=3,
    needs="returns",
    hint="With a single key there is a single weight in each head. What must it be?",
)
def case_one_token(submission: Submission, rng: np.random.Generator) -> None:
    for heads, d_k in ((2, 4), (3, 1), (1, 1)):
        q, k, v = tokens.bounded(rng, 1, heads, d_k, 5.0)
        cache = Cache(submission, heads, d_k).fill(k, v)
        for query in (q[0], -q[0]):
            check_close(cache.attend(query), v[0], np.abs(v[0]), WHAT)


@case(
    "KVCache.independent",
    "Heads do not touch each other",
    points=4,
    needs="returns",
    hint="Change q, k and v of head 0 only: which rows of the output may change?",
)
def case_independent(submission: Submission, rng: np.random.Generator) -> None:
    first, other = (tokens.bounded(rng, 4, 3, 2, 3.0) for _ in range(2))
    q, k, v = first
    got = Cache(submission, 3, 2).fill(k, v).attend(q[0])
    size = np.abs(v).max(axis=0)
    for head in range(3):
        changed = np.arange(3)[:, None] == head
        q, k, v = (np.where(changed, new, old) for old, new in zip(first, other, strict=True))
        after = Cache(submission, 3, 2).fill(k, v).attend(q[0])
        kept = np.arange(3) != head
        check_close(after[kept], got[kept], size[kept], "What the other heads put out")
        check_depends(after[~kept], got[~kept], size[~kept], "attend", f"head {head}")


@case(
    "KVCache.large",
    "Scores up to a million, of either sign",
    points=8,
    needs="returns",
    hint="What is np.exp(1000)? Which number may be subtracted from all scores of a head without "
    "changing its weights?",
)
def case_large(submission: Submission, rng: np.random.Generator) -> None:
    shares = np.array([1.0, 0.9, 1.0, 0.8])
    drawn = [tokens.offset(rng, 4, 2, 3, far * shares) for far in (1_500.0, -1_500.0, 1e6, -1e6)]
    drawn += [tokens.offset(rng, 4, 2, 3, np.array([[far], [-far]])) for far in (2_000.0, 1e6)]
    drawn += [tokens.bounded(rng, 5, 2, 3, top) for top in (2_000.0, 1e6)]
    rising = np.argsort((drawn[-2][1] * drawn[-2][0][-1]).sum(axis=(1, 2)))
    q, k, v = drawn[-2]
    drawn += [(q, k[order], v) for order in (rising, rising[::-1])]
    for q, k, v in drawn:
        cache = Cache(submission, *q.shape[1:]).fill(k, v)
        cache.check(q[0])
        cache.check(q[-1])


@case(
    "KVCache.integers",
    "Integers first, fractions later, and the other way round",
    points=3,
    needs="values",
    hint="If the first key holds integers, which dtype has what you keep it in, and what becomes "
    "of 0.5 in it?",
)
def case_integers(submission: Submission, rng: np.random.Generator) -> None:
    for dtype in (np.int64, np.int32):
        whole = rng.integers(-2, 3, (3, 3, 2, 3)).astype(dtype)
        drawn = tokens.bounded(rng, 3, 2, 3, 2.0)
        for first, then in ((whole, drawn), (drawn, whole), (whole, whole)):
            cache = Cache(submission, 2, 3)
            for q, k, v in (*zip(*first, strict=True), *zip(*then, strict=True)):
                cache.append(k, v)
                cache.check(q)


@case(
    "KVCache.float32",
    "Single-precision inputs",
    points=2,
    needs="values",
    hint="Does anything in your class depend on the dtype of its inputs?",
)
def case_float32(submission: Submission, rng: np.random.Generator) -> None:
    q, k, v = (array.astype(np.float32) for array in tokens.bounded(rng, 6, 2, 4, 3.0))
    check_each_step(submission, [(q, k, v)], dtype="float32")


@case(
    "KVCache.layouts",
    "Inputs that are read-only or laid out differently in memory",
    points=2,
    needs="values",
    hint="Try arrays that are transposed, every second column of wider ones, and some that cannot "
    "be written to.",
)
def case_layouts(submission: Submission, rng: np.random.Generator) -> None:
    for layout in ("fortran", "strided", "read-only"):
        check_each_step(submission, [tokens.bounded(rng, 4, 2, 3, 3.0)], layout=layout)


@case(
    "KVCache.small",
    "Very small and very large values keep their digits",
    points=1,
    needs="values",
    hint="Is anything rounded, cut off, or added to avoid a division by zero?",
)
def case_small(submission: Submission, rng: np.random.Generator) -> None:
    for factor in (1e-6, 1e6):
        q, k, v = tokens.bounded(rng, 4, 2, 3, 3.0)
        check_each_step(submission, [(q, k, factor * v)])
