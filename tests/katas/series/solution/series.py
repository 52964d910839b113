"""Series of numbers, and words."""

from itertools import groupby


def center(X):
    """Take the mean of each column away."""
    return X - X.mean(axis=0)


def weighted_mean(xs, weights=None):
    """Return the mean."""
    weights = [1] * len(xs) if weights is None else weights
    if len(weights) != len(xs):
        raise ValueError(f"{len(weights)} weights for {len(xs)} numbers")
    return sum(x * w for x, w in zip(xs, weights, strict=True)) / sum(weights)


def is_sorted(xs):
    """Say whether no number is smaller than the one before."""
    return all(a <= b for a, b in zip(xs, xs[1:], strict=False))


def group(words):
    """Group words by their first letters."""
    found = {}
    for word in words:
        found.setdefault(word[0], []).append(word)
    return found


def runs(xs):
    """Return each run's value and length."""
    return [(value, len(list(members))) for value, members in groupby(xs)]


def headline(text):
    """Shout."""
    return text.upper() + "!"
