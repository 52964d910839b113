"""Attention weights as two heat-maps side by side, and the same numbers as a table."""

import math
from collections.abc import Iterator, Sequence

from grader.pages.markup import Html, join, tag
from grader.pages.page import more, scroller
from grader.report.model import Weight
from grader.text import shorten

Weights = Sequence[Sequence[Weight]]

TOLERANCE = 1e-3
"""Up to which two weights are shown as equal."""
_CELL, _LEFT, _TOP = 48, 60, 24  # units of the drawing
_LIGHT, _DARK = (255, 255, 255), (8, 48, 107)
_UNKNOWN = "#b8b8b8"
_MOST_LABEL = 8  # characters


def heatmap(tokens: Sequence[str], expected: Weights, actual: Weights) -> Html:
    """Return the weights that were expected and those that came back.

    Args:
        tokens: n names; rows are queries, columns are keys.
        expected: n rows of n weights from 0 to 1.
        actual: the same of the learner; what is not a finite number is shown as such.

    Raises:
        ValueError: one of them is not n by n.
    """
    wanted, seen = _numbers(tokens, expected), _numbers(tokens, actual)
    figures = tag(
        "div",
        _figure("Your weights", tokens, seen, wanted),
        _figure("Expected weights", tokens, wanted, wanted),
        class_="maps",
    )
    key = (
        "A row is a token that asks, a column one that is looked at; darker is more. "
        "A frame marks a weight that differs."
    )
    numbers = more("The same as a table", scroller("Weights", _table(tokens, wanted, seen)))
    sums = [tag("p", sentence) for sentence in _sums(tokens, seen)]
    return join([figures, tag("p", key, class_="quiet"), *sums, numbers])


def _numbers(tokens: Sequence[str], weights: Weights) -> list[list[float]]:
    """Return weights as numbers, after a look at their shape."""
    size = len(tokens)
    if len(weights) != size or any(len(row) != size for row in weights):
        raise ValueError(f"{size} tokens have {size} rows of {size} weights.")
    return [[float(weight) for weight in row] for row in weights]


def _figure(
    title: str, tokens: Sequence[str], weights: list[list[float]], wanted: list[list[float]]
) -> Html:
    side = _CELL * len(tokens)
    cells = (
        _cell(f"{query} to {key}", row, column, weights[row][column], wanted[row][column])
        for row, query in enumerate(tokens)
        for column, key in enumerate(tokens)
    )
    drawing = tag(
        "svg",
        *_labels(tokens),
        *cells,
        viewBox=f"0 0 {_LEFT + side} {_TOP + side}",
        role="img",
        aria_label=f"{title}, as a heat-map; the numbers are in the table below.",
    )
    return tag("figure", tag("figcaption", title), drawing)


def _labels(tokens: Sequence[str]) -> Iterator[Html]:
    for position, token in enumerate(tokens):
        middle = _CELL * (position + 0.5)
        text = shorten(token, _MOST_LABEL)
        yield _text(text, _LEFT - 5, _TOP + middle, text_anchor="end", class_="label")
        yield _text(text, _LEFT + middle, _TOP / 2, text_anchor="middle", class_="label")


def _cell(name: str, row: int, column: int, weight: float, wanted: float) -> Html:
    x, y = _LEFT + _CELL * column, _TOP + _CELL * row
    fill, ink = _colors(weight)
    off = not _equal(weight, wanted)
    number, right = _written(weight, wanted), _written(wanted, weight)
    told = f"{name}: {number}" + (f", should be {right}" if off else "")
    inset = 2  # so that frames of neighbours do not cover each other
    square = tag(
        "rect",
        x=x + inset,
        y=y + inset,
        width=_CELL - 2 * inset,
        height=_CELL - 2 * inset,
        fill=fill,
        class_="off" if off else None,
    )
    drawn = _text(number, x + _CELL / 2, y + _CELL / 2, text_anchor="middle", fill=ink)
    return tag("g", tag("title", told), square, drawn)


def _text(text: str, x: float, y: float, **attributes: str | float) -> Html:
    return tag("text", text, x=x, y=y, dominant_baseline="middle", font_size=11, **attributes)


def _colors(weight: float) -> tuple[str, str]:
    """Return the color of a cell and that of its number, at least 4.5 to 1 apart."""
    if not math.isfinite(weight):
        return _UNKNOWN, "#000000"
    part = min(max(weight, 0.0), 1.0)
    fill = [round(light + part * (dark - light)) for light, dark in zip(_LIGHT, _DARK, strict=True)]
    paper = luminance(fill)
    ink = "#000000" if (paper + 0.05) / 0.05 >= 1.05 / (paper + 0.05) else "#ffffff"
    return "#" + "".join(f"{channel:02x}" for channel in fill), ink


def luminance(color: Sequence[int]) -> float:
    """Return the relative luminance, 0 to 1, of red, green and blue from 0 to 255."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in color)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _equal(weight: float, wanted: float) -> bool:
    return abs(weight - wanted) <= TOLERANCE  # nan equals nothing


def _written(weight: float, beside: float = math.nan) -> str:
    """Return a weight with two digits, in at most six characters.

    Where it differs from the one beside it, and would look the same, it has a third digit.
    """
    if abs(weight) >= 100:
        return f"{weight:.0e}".replace("+0", "")
    alike = f"{weight:.2f}" == f"{beside:.2f}" and not _equal(weight, beside)
    return f"{weight:.{3 if alike else 2}f}"


def _sums(tokens: Sequence[str], weights: list[list[float]]) -> Iterator[str]:
    """Say which of the learner's rows do not share out one unit."""
    for token, row in zip(tokens, weights, strict=True):
        if not _equal(sum(row), 1.0):
            yield f"Your row of {token} adds to {_written(sum(row), 1.0)}, not to 1."


def _table(tokens: Sequence[str], wanted: list[list[float]], seen: list[list[float]]) -> Html:
    def cell(weight: float, right: float) -> str:
        off = "" if _equal(weight, right) else f", should be {_written(right, weight)}"
        return f"{_written(weight, right)}{off}"

    heads = [tag("th", token, scope="col") for token in ("Query", *tokens, "Sum of yours")]
    rows = [
        tag(
            "tr",
            tag("th", token, scope="row"),
            *(tag("td", cell(*pair)) for pair in zip(mine, right, strict=True)),
            tag("td", _written(sum(mine), 1.0)),
        )
        for token, mine, right in zip(tokens, seen, wanted, strict=True)
    ]
    caption = tag("caption", "Your weights, and the expected one where it differs")
    return tag("table", caption, tag("thead", tag("tr", *heads)), tag("tbody", *rows))
