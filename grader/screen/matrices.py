"""Attention weights on a terminal: two heat-maps side by side, denser is more."""

from collections.abc import Iterator, Sequence

from grader.report.model import Attention, Weight
from grader.screen.terminal import Look

_STEPS = (0.05, 0.25, 0.5, 0.75)  # the weights at which the next shade begins
_SHADES = ("··", "░░", "▒▒", "▓▓", "██")
_ASCII = ("..", "--", "++", "##", "@@")
_GAP, _INDENT = "    ", "  "
_NEAR = 1e-3  # up to which two weights are the same


def heatmaps(attention: Attention, look: Look) -> list[str]:
    """Return the lines of the pictures; none if they would look the same."""
    yours, right = attention.actual, attention.expected
    shades = _SHADES if look.unicode else _ASCII
    if look.plain:
        return list(_sentences(attention))
    if [list(map(_step, row)) for row in yours] == [list(map(_step, row)) for row in right]:
        return []
    where = "" if attention.head is None else f" in head {attention.head}"
    maps = [
        _draw(title, attention.tokens, weights, shades)
        for title, weights in (("yours", yours), ("right", right))
    ]
    wide = len(_INDENT) + len(maps[0][0]) + len(_GAP) + len(maps[1][0])
    beside = [f"{_INDENT}{_GAP.join(pair)}".rstrip() for pair in zip(*maps, strict=True)]
    below = [f"{_INDENT}{line}".rstrip() for part in maps for line in part]
    caption = f"Who attends to whom{where}, a row for each query (denser is more):"
    return [*look.wrap(caption, _INDENT), *(beside if wide <= look.width else below)]


def _draw(
    title: str, tokens: Sequence[str], rows: Sequence[Sequence[Weight]], shades: Sequence[str]
) -> list[str]:
    """Return one map as lines of the same length."""
    left = max(map(len, (title, *tokens))) + 2
    widths = [max(len(token), 2) + 2 for token in tokens]
    head = title.ljust(left) + _cells(tokens, widths)
    return [
        head,
        *(
            token.ljust(left) + _cells([_shade(weight, shades) for weight in row], widths)
            for token, row in zip(tokens, rows, strict=True)
        ),
    ]


def _cells(texts: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(text.ljust(width) for text, width in zip(texts, widths, strict=True))


def _shade(weight: Weight, shades: Sequence[str]) -> str:
    step = _step(weight)
    return step if isinstance(step, str) else shades[step]


def _step(weight: Weight) -> int | str:
    """Return the shade's number, or what stands for a number that is no weight."""
    if isinstance(weight, str):
        return "??"
    if not -_NEAR <= weight <= 1 + _NEAR:
        return "<0" if weight < 0 else ">1"
    return sum(weight >= step for step in _STEPS)


def _sentences(attention: Attention) -> Iterator[str]:
    """Yield, for each query whose weights are wrong, the weights and what they should be."""
    where = "" if attention.head is None else f" in head {attention.head}"
    for token, yours, right in zip(
        attention.tokens, attention.actual, attention.expected, strict=True
    ):
        if not all(map(_same, yours, right)):
            each = zip(attention.tokens, yours, right, strict=True)
            told = ", ".join(
                f'"{key}" {_written(weight, wanted)}'
                + ("" if _same(weight, wanted) else f" (right: {_written(wanted, weight)})")
                for key, weight, wanted in each
            )
            yield f'Your weights{where} for the query "{token}": {told}.'


def _same(weight: Weight, wanted: Weight) -> bool:
    return (
        not isinstance(weight, str)
        and not isinstance(wanted, str)
        and abs(weight - wanted) <= _NEAR
    )


def _written(weight: Weight, beside: Weight) -> str:
    """Return a weight in two digits, or in as many as tell it from what it is not the same as."""
    if isinstance(weight, str):
        return weight
    if isinstance(beside, str) or _same(weight, beside):
        return f"{weight:.2g}"
    return next(
        (f"{weight:.{n}g}" for n in (2, 3, 4) if f"{weight:.{n}g}" != f"{beside:.{n}g}"),
        f"{weight:.5g}",
    )
