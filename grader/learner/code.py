"""What a learner handed in, as code: the text of a file, or the code cells of a notebook.

A notebook is known by what is in it, whatever its name. It is read here, on the trusted side,
by the standard library's JSON and within caps that are checked before anything is parsed.
"""

import codecs
import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from grader.text import clean_line

MAX_CODE = 1024 * 1024
"""Bytes that the code of a submission may have."""
MAX_NOTEBOOK = 16 * 1024 * 1024
"""Bytes that a notebook may have with all that its cells have printed and drawn."""
MAX_CELLS = 2_000
"""Units cells that a notebook may have."""
CELL_END = b"\0"
"""What stands between two cells on the way to the worker; no Python source holds it."""

_MOST_PARTS = 1_000_000  # lists, objects and members of a notebook's JSON
_LINE_END = re.compile(r"\r\n|\r|\n")  # what Python takes for one, and nothing else
_BLANKS = b" \t\r\n\f"
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CELL = re.compile(  # as nbconvert writes it; VS Code, Spyder and Jupytext; Databricks; IPython
    rb"^#(?: In ?\[[ \d]*\]:?[ \t]*| ?%%(?:[ \t].*)?| COMMAND -{10}[ \t]*| <codecell>[ \t]*)\r?$",
    re.MULTILINE,
)


_ARCHIVE = "a zip archive"
_BEGINNINGS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", _ARCHIVE),
    (b"PK\x05\x06", _ARCHIVE),
    (b"\xd0\xcf\x11\xe0", "a document of an old Office"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a compiled program"),
    (b"MZ\x90", "a compiled program"),
    (b"\x93NUMPY", "an array that NumPy saved"),
    (b"bplist", "a web archive"),
    (b"SQLite format", "a database"),
)
"""How files begin that are no text, and what they are."""
_INSTEAD = "Hand in the Python file itself (.py), or a notebook (.ipynb)."


class Units(NamedTuple):
    """The code of a submission.

    Attributes:
        text: what the worker runs; `CELL_END` stands between two cells.
        notebook: whether the cells are those of a notebook, so that places are told in them.
        problem: why there is nothing to run; empty if there is.
    """

    text: bytes = b""
    notebook: bool = False
    problem: str = ""

    def lines(self, cell: Any = None) -> Sequence[str]:
        """Return the lines of a cell, counted from 1, or of the whole file; none if it has none."""
        if not self.notebook:
            return self.cells()[0] if cell is None else ()
        cells = self.cells()
        return cells[cell - 1] if type(cell) is int and 0 < cell <= len(cells) else ()

    def cells(self) -> Sequence[Sequence[str]]:
        """Return the lines of each cell of a notebook, or of the one text that a file is."""
        return _cells_of(self.text if self.notebook else self.text.replace(CELL_END, b""))

    def place(self, cell: Any, line: Any) -> str:
        """Name a place that exists, as in "line 7" or "cell 5, line 3"; empty for another."""
        if type(line) is not int or not 0 < line <= len(self.lines(cell)):
            return ""
        return f"cell {cell}, line {line}" if self.notebook else f"line {line}"


def defined_twice(about: Any, code: Units) -> tuple[str, str] | None:
    """Return where a function is defined, and where again; None if it is not.

    Args:
        about: what a worker says of the function.
        code: where it stands.
    """
    lines = about.get("lines") if isinstance(about, dict) else None
    if not isinstance(lines, list) or len(lines) != 2:
        return None
    first, last = (code.place(about.get("cell"), line) for line in lines)
    return (first, last) if first and last else None


@lru_cache(maxsize=2)
def read_code(source: bytes) -> Units:
    """Return the code in what was handed in.

    Args:
        source: the bytes of the file.
    """
    if not source.strip(_BLANKS):
        return Units(problem="The file is empty. Was it saved?")
    kind = _kind(source)
    if kind:
        return Units(problem=f"The file is {kind}, not code as text. {_INSTEAD}")
    text = _utf8(source)
    found = _notebook(text)
    if found is None:
        found = _script(text)
    if not found.problem and len(found.text) > MAX_CODE:
        return Units(
            problem=f"The file has {len(found.text) / 2**20:.1f} MiB of code; a submission may "
            f"have {MAX_CODE // 2**20} MiB. Does it hold data that your code does not need?"
        )
    return found


def _kind(source: bytes) -> str:
    """Name what a file is that is no text, by how it begins; empty if it may be one."""
    kind = next((kind for begin, kind in _BEGINNINGS if source.startswith(begin)), "")
    if kind == _ARCHIVE:
        parts = ((b"word/", "a Word document"), (b"xl/", "a spreadsheet"), (b"ppt/", "slides"))
        inside = next((what for part, what in parts if part in source), "")
        return inside or ("an OpenDocument file" if b"opendocument" in source[:200] else kind)
    return "compiled Python (.pyc)" if source[2:4] == b"\r\n" and b"\0" in source[:16] else kind


def as_text(source: bytes) -> str:
    """Return the text of a file, whatever it is encoded in."""
    return _utf8(source).decode("utf-8", "replace")


def _script(text: bytes) -> Units:
    if CELL_END in text:
        return Units(
            problem="The file holds NUL bytes, so it is not a Python source file. Save it as text."
        )
    parts = _CELL.split(text)
    if len(parts) == 1:
        return Units(text)
    marks = [mark[0] for mark in _CELL.finditer(text)]
    return Units(CELL_END.join([parts[0], *map(bytes.__add__, marks, parts[1:])]))


def _utf8(source: bytes) -> bytes:
    """Return a file that was saved in UTF-16 or UTF-32 in UTF-8; any other as it is."""
    for mark, encoding in _MARKS:
        if source.startswith(mark):
            return source.decode(encoding, "replace").encode()
    begin = source[:200]
    for encoding, nothing, something in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        if len(begin) > 3 and not any(begin[nothing::2]) and all(begin[something::2]):
            return source.decode(encoding, "replace").encode()
    return source


def _notebook(source: bytes) -> Units | None:
    """Return the code cells of a notebook; None if the file is none."""
    begin = source[:4096].lstrip(codecs.BOM_UTF8 + _BLANKS)
    if not begin.startswith(b"{") or not (b'"cells"' in source or b'"worksheets"' in source):
        return None
    if len(source) > MAX_NOTEBOOK or sum(map(source.count, (b"{", b"[", b","))) > _MOST_PARTS:
        return Units(
            problem=f"The notebook has {len(source) / 2**20:.1f} MiB, too much to be read. Clear "
            'the output of all cells ("Clear All Outputs"), save it and hand it in again.'
        )
    try:
        found = json.loads(source)
    except (ValueError, RecursionError, MemoryError) as error:
        return _damaged(source, error)
    if not isinstance(found, dict):
        return None
    language = _language(found)
    if language and not language.lower().startswith(("python", "ipython")):
        name = clean_line(language, 20)
        return Units(problem=f"The notebook is written in {name}. This kata is judged in Python.")
    sources = [_text(cell) for cell in _code_cells(found)]
    if len(sources) > MAX_CELLS:
        return Units(
            problem=f"The notebook has {len(sources)} code cells; {MAX_CELLS} may be run. Hand in "
            "those that hold your functions."
        )
    if not any(text.strip() for text in sources):
        if re.search(rb"\bdef \w", source):
            return Units(
                problem="The notebook holds its code in cells of text, and no code cell with "
                "anything in it. Turn them into code cells."
            )
        return Units(problem="The notebook holds no code cell with anything in it. Was it saved?")
    cells = (text.encode("utf-8", "replace").replace(CELL_END, b"?") for text in sources)
    return Units(CELL_END.join(cells), notebook=True)


def _damaged(source: bytes, error: Exception) -> Units | None:
    if b'"cell_type"' not in source:
        return None  # a dict of somebody's own
    merged = re.search(rb"^[ \t]*(<{7}|>{7}) ", source, re.MULTILINE)
    if merged:
        line = source.count(b"\n", 0, merged.start()) + 1
        return Units(
            problem=f"The notebook holds marks of a merge (line {line} of the file). Settle the "
            "merge, open it in Jupyter to see that it works, and hand it in again."
        )
    at = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
    return Units(
        problem=f"The notebook is damaged: what it consists of (JSON) breaks off or is wrong{at}. "
        "Open it, save it and hand it in again."
    )


def _language(found: dict[str, Any]) -> str:
    """Return the language that a notebook names, if it names one."""
    metadata = found.get("metadata")
    for part, key in (("language_info", "name"), ("kernelspec", "language")):
        about = metadata.get(part) if isinstance(metadata, dict) else None
        name = about.get(key) if isinstance(about, dict) else None
        if isinstance(name, str) and name:
            return name
    return ""


def _code_cells(found: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Yield the code cells of formats 4 and 3, in order."""
    sheets = found.get("worksheets")
    holders = [found, *(sheets if isinstance(sheets, list) else ())]
    for holder in holders:
        cells = holder.get("cells") if isinstance(holder, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            if isinstance(cell, dict) and cell.get("cell_type") == "code":
                yield cell


def _text(cell: dict[str, Any]) -> str:
    """Return what stands in a code cell."""
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        ended = any(line.endswith("\n") for line in lines)
        return ("" if ended else "\n").join(lines)
    return source if isinstance(source, str) else ""


@lru_cache(maxsize=2)
def _cells_of(text: bytes) -> Sequence[Sequence[str]]:
    """Return the lines of each cell, found once, as they are asked for at each exception."""
    return [_LINE_END.split(cell.decode("utf-8", "replace")) for cell in text.split(CELL_END)]
