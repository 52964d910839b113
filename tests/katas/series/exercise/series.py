"""Series of numbers, and words."""


def center(X):
    pass


def weighted_mean(xs, weights=None):
    pass


def is_sorted(xs):
    pass


def group(words):
    pass


def runs(xs):
    pass


def headline(text):
    pass
