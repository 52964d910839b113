"""The picture of a kata as two maps side by side, and the same numbers as a table."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from grader.pages.markup import Html, join, tag
from grader.pages.page import more, scroller
from grader.report.model import Number, Picture
from grader.text import shorten

TOLERANCE = 1e-3
"""Share of the range up to which two numbers are shown as equal."""
_CELL, _LEFT, _TOP = 48, 60, 24  # units of the drawing
_LIGHT, _DARK = (255, 255, 255), (8, 48, 107)
_UNKNOWN = "#b8b8b8"
_MOST_LABEL = 8  # characters
_Rows = list[list[float]]


class _Map(NamedTuple):
    """What is drawn: a picture whose words are numbers, and from where to where they go."""

    picture: Picture
    actual: _Rows
    expected: _Rows
    low: float
    high: float

    @classmethod
    def of(cls, picture: Picture) -> "_Map":
        """Return the map of a picture, after a look at its shape."""
        actual, expected = (_numbers(picture, each) for each in (picture.actual, picture.expected))
        right = [value for row in expected for value in row if math.isfinite(value)]
        return cls(picture, actual, expected, min([0.0, *right]), max([1.0, *right]))

    def equal(self, value: float, wanted: float) -> bool:
        """Say whether two numbers are shown as equal; nan equals nothing."""
        return abs(value - wanted) <= TOLERANCE * (self.high - self.low)

    def written(self, value: float, beside: float = math.nan) -> str:
        """Return a number with two digits, in at most six characters.

        Where it differs from the one beside it, and would look the same, it has a third digit.
        """
        if abs(value) >= 100:
            return f"{value:.0e}".replace("+0", "")
        alike = f"{value:.2f}" == f"{beside:.2f}" and not self.equal(value, beside)
        return f"{value:.{3 if alike else 2}f}"

    @property
    def shares(self) -> bool:
        """Whether each row shares out one unit, if it is right."""
        return all(self.equal(sum(row), 1.0) for row in self.expected)


def differs(picture: Picture) -> bool:
    """Say whether anything came back that is not as expected."""
    drawn = _Map.of(picture)
    both = zip(drawn.actual, drawn.expected, strict=True)
    return not all(drawn.equal(*pair) for rows in both for pair in zip(*rows, strict=True))


def heatmap(picture: Picture) -> Html:
    """Return the numbers that were expected and those that came back.

    What came back and is not a finite number is shown as such.

    Raises:
        ValueError: one of them has not a row for each label, or a number for each in a row.
    """
    drawn = _Map.of(picture)
    figures = tag(
        "div",
        _figure(f"Your {picture.numbers}", drawn, drawn.actual),
        _figure(f"Expected {picture.numbers}", drawn, drawn.expected),
        class_="maps",
    )
    key = f"A row for each {picture.row}, a column for each {picture.column}; darker is more."
    if differs(picture):
        key += " A frame marks what differs."
    title = picture.numbers[:1].upper() + picture.numbers[1:]
    numbers = more("The same as a table", scroller(title, _table(drawn)))
    sums = [tag("p", sentence) for sentence in _sums(drawn)]
    return join([figures, tag("p", key, class_="quiet"), *sums, numbers])


def _numbers(picture: Picture, rows: Sequence[Sequence[Number]]) -> _Rows:
    """Return what may be words as numbers, after a look at their shape."""
    high, wide = len(picture.rows), len(picture.columns)
    if len(rows) != high or any(len(row) != wide for row in rows):
        raise ValueError(f"A picture of {high} rows and {wide} columns has {high} times {wide}.")
    return [[float(value) for value in row] for row in rows]


def _figure(title: str, drawn: _Map, numbers: _Rows) -> Html:
    rows, columns = drawn.picture.rows, drawn.picture.columns
    cells = (
        _cell(f"{one} to {other}", row, column, drawn, numbers)
        for row, one in enumerate(rows)
        for column, other in enumerate(columns)
    )
    drawing = tag(
        "svg",
        *_labels(drawn.picture),
        *cells,
        viewBox=f"0 0 {_LEFT + _CELL * len(columns)} {_TOP + _CELL * len(rows)}",
        role="img",
        aria_label=f"{title}, as a heat-map; the numbers are in the table below.",
    )
    return tag("figure", tag("figcaption", title), drawing)


def _labels(picture: Picture) -> Iterator[Html]:
    for position in range(max(len(picture.rows), len(picture.columns))):
        middle = _CELL * (position + 0.5)
        for label in picture.rows[position : position + 1]:
            text = shorten(label, _MOST_LABEL)
            yield _text(text, _LEFT - 5, _TOP + middle, text_anchor="end", class_="label")
        for label in picture.columns[position : position + 1]:
            text = shorten(label, _MOST_LABEL)
            yield _text(text, _LEFT + middle, _TOP / 2, text_anchor="middle", class_="label")


def _cell(name: str, row: int, column: int, drawn: _Map, numbers: _Rows) -> Html:
    x, y = _LEFT + _CELL * column, _TOP + _CELL * row
    value, wanted = numbers[row][column], drawn.expected[row][column]
    fill, ink = _colors((value - drawn.low) / (drawn.high - drawn.low))
    off = not drawn.equal(value, wanted)
    beside = drawn.actual[row][column] if numbers is drawn.expected else wanted
    number, right = drawn.written(value, beside), drawn.written(wanted, value)
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
    written = _text(number, x + _CELL / 2, y + _CELL / 2, text_anchor="middle", fill=ink)
    return tag("g", tag("title", told), square, written)


def _text(text: str, x: float, y: float, **attributes: str | float) -> Html:
    return tag("text", text, x=x, y=y, dominant_baseline="middle", font_size=11, **attributes)


def _colors(share: float) -> tuple[str, str]:
    """Return the color of a cell and that of its number, at least 4.5 to 1 apart."""
    if not math.isfinite(share):
        return _UNKNOWN, "#000000"
    part = min(max(share, 0.0), 1.0)
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


def _sums(drawn: _Map) -> Iterator[str]:
    """Say which of the learner's rows do not share out one unit, where they should."""
    for label, row in zip(drawn.picture.rows, drawn.actual, strict=True):
        if drawn.shares and not drawn.equal(sum(row), 1.0):
            yield f"Your row of {label} adds to {drawn.written(sum(row), 1.0)}, not to 1."


def _table(drawn: _Map) -> Html:
    def cell(value: float, right: float) -> str:
        off = "" if drawn.equal(value, right) else f", should be {drawn.written(right, value)}"
        return f"{drawn.written(value, right)}{off}"

    picture = drawn.picture
    corner = picture.row[:1].upper() + picture.row[1:]
    sums = ("Sum of yours",) if drawn.shares else ()
    heads = [tag("th", label, scope="col") for label in (corner, *picture.columns, *sums)]
    rows = [
        tag(
            "tr",
            tag("th", label, scope="row"),
            *(tag("td", cell(*pair)) for pair in zip(mine, right, strict=True)),
            *(tag("td", drawn.written(sum(mine), 1.0)) for _ in sums),
        )
        for label, mine, right in zip(picture.rows, drawn.actual, drawn.expected, strict=True)
    ]
    caption = tag("caption", f"Your {picture.numbers}, and the expected one where it differs")
    return tag("table", caption, tag("thead", tag("tr", *heads)), tag("tbody", *rows))
