"""Cases of what a cache promises: what it shares with nobody, and what it refuses."""

import numpy as np

from grader.cases.case import case
from grader.cases.checks import check_close
from grader.katas.common import tokens
from grader.learner.endings import Failed
from grader.learner.instance import Instance
from grader.learner.submission import REFILLED, Submission
from grader.report.seen import Seen

from .checks import NAME, WHAT, Cache, check_refused, check_unchanged


@case(
    "KVCache.returned",
    "What was returned stays, and belongs to the caller",
    points=7,
    needs="returns",
    hint="Keep what attend returned, append a token, and print it again. Then write into it and "
    "ask once more.",
)
def case_returned(submission: Submission, rng: np.random.Generator) -> None:
    q, k, v = tokens.bounded(rng, 5, 2, 3, 2.0)
    for empty in (False, True):
        cache = Cache(submission, 2, 3)
        if empty:
            cache.check(q[0])
            cache.object.fill_result(1e3)
            cache.check(q[0])  # the zeros are the caller's, too
            Cache(submission, 2, 3).check(q[1])
        for at in range(5):
            if empty or at:
                cache.check(q[at])
            cache.append(k[at], v[at])
            cache.check(q[at])
            cache.check(q[at - 1])
            if at != 1:
                cache.object.fill_result(1e3)
            cache.check(q[at])


@case(
    "KVCache.appended",
    "What was appended stays, whatever the caller writes into its arrays",
    points=7,
    needs="returns",
    hint="Append a key, write other numbers into the same array, append it again. Are both tokens "
    "the same now?",
)
def case_appended(submission: Submission, rng: np.random.Generator) -> None:
    for heads, d_k in ((2, 3), (1, 4)):
        q, k, v = tokens.bounded(rng, 5, heads, d_k, 2.0)
        cache = Cache(submission, heads, d_k)
        for each in zip(q, k, v, strict=True):
            check_unchanged(cache.append(*each[1:], layout=REFILLED))
            cache.check(each[0])
        cache.check(q[0], layout=REFILLED)
        cache.check(q[1], layout=REFILLED)


@case(
    "KVCache.two-caches",
    "Two caches share nothing",
    points=6,
    needs="returns",
    hint="Make two caches, fill one, and ask the other. What do both hold that was made only once?",
)
def case_two_caches(submission: Submission, rng: np.random.Generator) -> None:
    for sizes in (((2, 3), (2, 3)), ((2, 3), (3, 2)), ((1, 4), (2, 4))):
        caches = [Cache(submission, *size) for size in sizes]
        drawn = [tokens.bounded(rng, 4, *size, 2.0) for size in sizes]
        for at in range(4):
            for cache, (q, k, v) in zip(caches, drawn, strict=True):
                cache.append(k[at], v[at])
                cache.check(q[at])
                cache.check_length()
        later = Cache(submission, *sizes[0])
        later.check_length()
        later.check(drawn[0][0][0])
        caches[0].check(drawn[0][0][0])


@case(
    "KVCache.asked-again",
    "attend keeps nothing: asking twice gives the same, whatever was asked before",
    points=3,
    needs="returns",
    hint="Call attend three times with the same query. What does your method leave behind in self?",
)
def case_asked_again(submission: Submission, rng: np.random.Generator) -> None:
    q, k, v = tokens.bounded(rng, 4, 2, 3, 2.0)
    cache = Cache(submission, 2, 3).fill(k[:3], v[:3])
    for at in (0, 0, 1, 2, 0, 3):
        cache.check(q[at])
        cache.check_length()
    cache.append(k[3], v[3])
    cache.check(q[3])
    cache.check(q[3])


@case(
    "KVCache.shapes",
    "Wrong shapes are a ValueError that names both",
    points=6,
    needs="returns",
    hint="Which shape does the cache need, and which did it get? Call each method with an array of "
    "another shape and read what it says.",
)
def case_shapes(submission: Submission, rng: np.random.Generator) -> None:
    for n_heads, d_k, filled in ((2, 4, 1), (3, 3, 0)):
        _, k, v = tokens.bounded(rng, 2, n_heads, d_k, 2.0)
        cache = Cache(submission, n_heads, d_k).fill(k[:filled], v[:filled])
        for shape in (
            *((n_heads + 1, d_k), (n_heads, d_k + 1), (n_heads - 1, d_k), (n_heads, d_k - 1)),
            *((n_heads * d_k,), (d_k, n_heads + 5), (1, n_heads, d_k), (n_heads, d_k, 1)),
            *((n_heads, 2 * d_k), (2 * n_heads, d_k)),
        ):
            wrong = rng.standard_normal(shape)
            check_refused(cache, "append", (wrong, v[0]), shape)
            check_refused(cache, "append", (k[0], wrong), shape)
            check_refused(cache, "attend", (wrong,), shape)
    cache = Cache(submission, 2, 4)
    for method, args in (("append", 2), ("attend", 1)):
        check_refused(cache, method, [rng.standard_normal((4, 2))] * args, (4, 2))


@case(
    "KVCache.broadcast",
    "Shapes that NumPy would broadcast are refused, too",
    points=3,
    needs="returns",
    hint="What does NumPy make of (2, 4) and (1, 4), or of (2, 4) and (4,)? And what should you?",
)
def case_broadcast(submission: Submission, rng: np.random.Generator) -> None:
    n_heads, d_k = 3, 4
    _, k, v = tokens.bounded(rng, 2, n_heads, d_k, 2.0)
    for filled in (1, 0):
        cache = Cache(submission, n_heads, d_k).fill(k[:filled], v[:filled])
        for shape in ((1, d_k), (d_k,), (n_heads, 1), (1, 1), (1,), ()):
            wrong = rng.standard_normal(shape) if shape else np.array(0.5)
            check_refused(cache, "append", (wrong, v[0]), shape)
            check_refused(cache, "append", (k[0], wrong), shape)
            check_refused(cache, "attend", (wrong,), shape)
        cache.check_length()


@case(
    "KVCache.refused",
    "A refused append keeps nothing",
    points=4,
    needs="returns",
    hint="If k fits and v does not: what has your method done before it raises?",
)
def case_refused(submission: Submission, rng: np.random.Generator) -> None:
    q, k, v = tokens.bounded(rng, 4, 2, 3, 2.0)
    cache = Cache(submission, 2, 3)
    for at in range(4):
        for args in ((k[at], v[at][:, :2]), (k[at][:1], v[at]), (k[at][:, :2], v[at][:, :2])):
            if cache.object.error("append", *args) is None:
                text = "append took an array of another shape than the cache has."
                raise Failed(text, Seen("values"))
        cache.check_length()
        cache.check(q[at])
        cache.append(k[at], v[at])
        cache.check(q[at])
        cache.check_length()


@case(
    "KVCache.append-returns",
    "append returns nothing",
    points=1,
    needs="returns",
    hint="What stands behind the return of your append, if it has one?",
)
def case_append_returns(submission: Submission, rng: np.random.Generator) -> None:
    _, k, v = tokens.bounded(rng, 2, 2, 3, 2.0)
    cache = Instance.of(submission, NAME, 2, 3)
    for at in range(2):
        if cache.call("append", k[at], v[at]).value is not None:
            raise Failed("append returned something.", Seen("values"))


@case(
    "KVCache.unchanged",
    "The inputs are left as they were",
    points=1,
    needs="returns",
    hint="Print k, v and q before and after the calls.",
)
def case_unchanged(submission: Submission, rng: np.random.Generator) -> None:
    q, k, v = tokens.bounded(rng, 3, 2, 3, 2.0)
    cache = Cache(submission, 2, 3)
    for at in range(3):
        names = cache.append(k[at], v[at])
        if 2 in cache.object.call("attend", q[at]).changed:
            names.append("q")
        check_unchanged(names)
    check_close(cache.attend(q[0]), tokens.attended(q[0], k, v), np.abs(v).max(axis=0), WHAT)
