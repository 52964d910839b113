"""The picture of a kata on a terminal: two maps of numbers side by side, denser is more."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from grader.report.model import Number, Picture
from grader.screen.terminal import Look

_STEPS = (0.05, 0.25, 0.5, 0.75)  # shares of the range at which the next shade begins
_SHADES = ("··", "░░", "▒▒", "▓▓", "██")
_ASCII = ("..", "--", "++", "##", "@@")
_GAP, _INDENT = "    ", "  "
_NEAR = 1e-3  # share of the range up to which two numbers are the same


class _Range(NamedTuple):
    """From where to where the right numbers go."""

    low: float
    high: float

    @classmethod
    def of(cls, picture: Picture) -> "_Range":
        """Return the range of a picture: from 0 to 1, or wider if the right numbers are."""
        right = [value for row in picture.expected for value in row if not isinstance(value, str)]
        return cls(min(0.0, *right, 0.0), max(1.0, *right, 1.0))

    @property
    def near(self) -> float:
        return _NEAR * (self.high - self.low)

    def step(self, value: Number) -> int | str:
        """Return the shade's number, or what stands for what is no number of the range."""
        if isinstance(value, str):
            return "??"
        if value < self.low - self.near:
            return f"<{self.low:.0f}"[:2]
        if value > self.high + self.near:
            return f">{self.high:.0f}"[:2]
        share = (value - self.low) / (self.high - self.low)
        return sum(share >= step for step in _STEPS)

    def same(self, value: Number, wanted: Number) -> bool:
        """Say whether two numbers are the same."""
        return (
            not isinstance(value, str)
            and not isinstance(wanted, str)
            and abs(value - wanted) <= self.near
        )


def heatmaps(picture: Picture, look: Look) -> list[str]:
    """Return the lines of the maps; none if they would look the same."""
    yours, right = picture.actual, picture.expected
    shades = _SHADES if look.unicode else _ASCII
    among = _Range.of(picture)
    if look.plain:
        return list(_sentences(picture, among))
    if [list(map(among.step, row)) for row in yours] == [
        list(map(among.step, row)) for row in right
    ]:
        return []
    maps = [
        _draw(title, picture, [[_shade(among.step(one), shades) for one in row] for row in numbers])
        for title, numbers in (("yours", yours), ("right", right))
    ]
    wide = len(_INDENT) + len(maps[0][0]) + len(_GAP) + len(maps[1][0])
    beside = [f"{_INDENT}{_GAP.join(pair)}".rstrip() for pair in zip(*maps, strict=True)]
    below = [f"{_INDENT}{line}".rstrip() for part in maps for line in part]
    numbers = (one for row in (*yours, *right) for one in row)
    legend = "; ?? is not finite" if any(isinstance(one, str) for one in numbers) else ""
    caption = f"{picture.caption}, a row for each {picture.row} (denser is more{legend}):"
    return [*look.wrap(caption, _INDENT), *(beside if wide <= look.width else below)]


def labelled(picture: Picture, function: str) -> Picture:
    """Return a picture that says whose it is where it stands below what is said of another."""
    whose = picture.function
    if whose == function or whose in picture.caption:
        return picture
    return replace(
        picture,
        caption=f"{picture.caption} ({whose})",
        numbers=f"{picture.numbers} ({whose})",
    )


def _draw(title: str, picture: Picture, cells: Sequence[Sequence[str]]) -> list[str]:
    """Return one map as lines of the same length."""
    left = max(map(len, (title, *picture.rows))) + 2
    widths = [max(len(label), 2) + 2 for label in picture.columns]
    head = title.ljust(left) + _cells(picture.columns, widths)
    return [
        head,
        *(
            label.ljust(left) + _cells(row, widths)
            for label, row in zip(picture.rows, cells, strict=True)
        ),
    ]


def _cells(texts: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(text.ljust(width) for text, width in zip(texts, widths, strict=True))


def _shade(step: int | str, shades: Sequence[str]) -> str:
    return step if isinstance(step, str) else shades[step]


def _sentences(picture: Picture, among: _Range) -> Iterator[str]:
    """Yield, for each row in which a number is wrong, the numbers and what they should be."""
    for label, yours, right in zip(picture.rows, picture.actual, picture.expected, strict=True):
        if not all(map(among.same, yours, right)):
            each = zip(picture.columns, yours, right, strict=True)
            told = ", ".join(
                f'"{column}" {_written(value, wanted, among)}'
                + (
                    ""
                    if among.same(value, wanted)
                    else f" (right: {_written(wanted, value, among)})"
                )
                for column, value, wanted in each
            )
            yield f'Your {picture.numbers} for the {picture.row} "{label}": {told}.'


def _written(value: Number, beside: Number, among: _Range) -> str:
    """Return a number in two digits, or in as many as tell it from what it is not the same as."""
    if isinstance(value, str):
        return value
    if isinstance(beside, str) or among.same(value, beside):
        return f"{value:.2g}"
    return next(
        (f"{value:.{n}g}" for n in (2, 3, 4) if f"{value:.{n}g}" != f"{beside:.{n}g}"),
        f"{value:.5g}",
    )
