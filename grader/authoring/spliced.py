"""Edits of a source's text by way of its syntax tree."""

import ast
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

_MOST_SHOWN = 60  # characters of what an edit replaces, and of what comes in its place


class Edit(NamedTuple):
    """One edit.

    Attributes:
        line: the line of the source that it begins in, from 1.
        old: what it replaces, in one line.
        new: what comes in its place, likewise.
        source: the whole source with it.
    """

    line: int
    old: str
    new: str
    source: str


class EditsOfText:
    """Notes edits of a source's text, each at the place of a node of its syntax tree.

    Args:
        source: the source.

    Attributes:
        found: the edits.
        tree: the syntax tree.
    """

    def __init__(self, source: str) -> None:
        self.found: list[Edit] = []
        self.tree = ast.parse(source)
        self._source = source

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins, in bytes: columns of a syntax tree are counted in them."""
        return [0, *accumulate(len(line.encode()) + 1 for line in self._source.split("\n"))]

    @cached_property
    def data(self) -> bytes:
        """The source in bytes, in which columns are counted."""
        return self._source.encode()

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Return where a node begins and ends in them."""
        at: ast.expr = node  # type: ignore[assignment]
        assert at.end_lineno is not None
        assert at.end_col_offset is not None
        start = self._starts[at.lineno - 1] + at.col_offset
        return start, self._starts[at.end_lineno - 1] + at.end_col_offset

    def text(self, node: ast.AST) -> str:
        """Return what stands there."""
        start, end = self.span(node)
        return self.data[start:end].decode()

    def operand(self, node: ast.expr) -> str:
        """Return the text of an expression as it can stand beside an operator."""
        alone = isinstance(node, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript)
        return self.text(node) if alone else f"({self.text(node)})"

    def replace(self, node: ast.AST, new: str, shown: ast.AST | None = None) -> None:
        """Note an edit of a node, shown as one of what it stands in."""
        self.splice(*self.span(node), new, shown or node)

    def splice(self, start: int, end: int, new: str, shown: ast.AST) -> None:
        """Note an edit of some bytes, shown as one of a node that they stand in."""
        data = self.data
        whole = data[:start] + new.encode() + data[end:]
        first, last = self.span(shown)
        old_text = data[first:last].decode()
        new_text = (data[first:start] + new.encode() + data[end:last]).decode()
        line = data[:start].count(b"\n") + 1
        self.found.append(Edit(line, _short(old_text), _short(new_text), whole.decode()))

    def swap_sign(
        self, left: ast.expr, right: ast.expr, old: str, new: str, whole: ast.AST
    ) -> None:
        """Replace the sign that stands between two operands."""
        start, end = self.span(left)[1], self.span(right)[0]
        between = self.data[start:end].decode()
        at = between.find(old)
        if at < 0 or "#" in between[:at]:
            return
        at += start
        self.splice(at, at + len(old.encode()), new, whole)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_SHOWN else f"{line[: _MOST_SHOWN - 1]}…"
