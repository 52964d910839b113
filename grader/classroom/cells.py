"""A CSV file of which cells can be replaced without a change to any other byte."""

import re
from collections.abc import Iterable, Iterator

from grader.errors import UsageError

_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)"(.*)', re.DOTALL)
_MARK = "\ufeff"
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}  # Blackboard's, with tabs


class Table:
    """A header with rows below it.

    Attributes:
        titles: the cells of the header.
        header: the same in lower case.

    Raises:
        UsageError: it is no table in UTF-8 or UTF-16.
    """

    def __init__(self, data: bytes) -> None:
        self._encoding = _UTF16.get(data[:2], "utf-8")
        try:
            text = data.decode(self._encoding)
        except UnicodeDecodeError as error:
            raise UsageError("The gradebook is not in UTF-8; export it as CSV in UTF-8.") from error
        self._text = text.removeprefix(_MARK)
        self._mark = text[: len(text) - len(self._text)]
        self._delimiter = max(",;\t", key=self._text.partition("\n")[0].count)
        self._spans = list(self._split())
        if len(self._spans) < 2:
            raise UsageError("The gradebook has no header with learners below it.")
        self.titles = [self._read(span) for span in self._spans.pop(0)]
        self.header = [title.lower() for title in self.titles]

    @property
    def rows(self) -> range:
        """The numbers of the rows below the header."""
        return range(len(self._spans))

    def cell(self, row: int, column: int) -> str:
        """Return the content of a cell; empty if the row is shorter."""
        spans = self._spans[row]
        return self._read(spans[column]) if column < len(spans) else ""

    def column(self, title: str) -> list[str]:
        """Return the cells below a title in lower case; none if there is no such column."""
        if title not in self.header:
            return []
        return [self.cell(row, self.header.index(title)) for row in self.rows]

    def with_cells(self, column: int, values: Iterable[tuple[int, str]]) -> bytes:
        """Return the file with other values in some rows of a column.

        Cells stay quoted if they were.
        """
        parts, done = [], 0
        for row, value in sorted(values):
            spans = self._spans[row]
            missing = max(0, column + 1 - len(spans))
            start, end = (spans[-1][1],) * 2 if missing else spans[column]
            quote = '"' if self._text[start:end].startswith('"') else ""
            parts += [self._text[done:start], self._delimiter * missing, quote, value, quote]
            done = end
        return "".join([self._mark, *parts, self._text[done:]]).encode(self._encoding)

    def _read(self, span: tuple[int, int]) -> str:
        raw = self._text[slice(*span)]
        quoted = _QUOTED.fullmatch(raw)
        return (quoted[1].replace('""', '"') + quoted[2] if quoted else raw).strip()

    def _split(self) -> Iterator[list[tuple[int, int]]]:
        """Yield the rows, each with where its cells begin and end."""
        plain = rf"[^{self._delimiter}\r\n]*"
        quoted = rf'"[^"]*(?:""[^"]*)*"{plain}'
        cell = re.compile(rf"({quoted}|{plain})({self._delimiter}|\r\n|\n|\r|\Z)")
        row: list[tuple[int, int]] = []
        at = 0
        while (at < len(self._text) or row) and (match := cell.match(self._text, at)):
            row.append(match.span(1))
            at = match.end()
            if match[2] != self._delimiter:
                yield row
                row = []
