"""Why a source is no Python, as facts: found by looking at it, not at what the parser says."""

import ast
import keyword
import re
import sys
from collections.abc import Sequence

from . import wire
from .brackets import bare, first_unbalanced
from .mended import braces, misspelt, passes, try_changes

_BLOCKS = re.compile(
    r"\s*(?:async\s+)?(def|class|if|elif|else|for|while|try|except|finally|with|match|case)\b"
)
_FOREIGN = (
    ("fence", re.compile(r"\s*(?:```|~~~)")),
    ("prompt", re.compile(r"\s*(?:>>>(?: |$)|\.\.\. |(?:In|Out) ?\[\d*\]: ?)")),
    ("merge", re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: |$)")),
    ("diff", re.compile(r"@@ -\d|diff --git |\+\+\+ |--- |[-+](?:import|from|def|class|    )\b")),
    ("quote", re.compile(r"> ")),
    (
        "html",
        re.compile(r"\s*<(?:!doctype|!--|\?xml|/?[a-z][a-z0-9]*(?:\s[^<>]*)?>)", re.IGNORECASE),
    ),
    ("rtf", re.compile(r"\{\\rtf")),
    ("latex", re.compile(r"\s*(?:\\[a-z]+\s*[\[{]|\$\$)")),
    ("link", re.compile(r"\s*<?https?://\S+>?\s*$")),
    (
        "command",
        re.compile(r"\s*(?:\$ |(?:python3?|bash|sh|echo|cd|git|jupyter|sudo|export) +[\w./~\"'-])"),
    ),
    ("prose", re.compile(r"\s*(?:\*\*|---+\s*$|={4,}\s*$)")),
)
"""What a line begins with that is no Python but something that came with it."""
_NUMBERED = re.compile(r"\s*(\d+)(?:[:.|)]\s*|\s+)(?!\d*\s*$)(\S.*)?$")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019\-/][^\W\d_]+)*[,.:;!?…]*\Z")
_PYTHON_2 = re.compile(
    r"\s*(?:print\s+[^\s(=.,\[]|print\s*$|exec\s+[\"'\w]|raise\s+\w+\s*,"
    r"|except\s+[\w.]+\s*,\s*[a-z_]\w*\s*:)"
)
_NEWER = (
    ((3, 12), re.compile(r"\s*type\s+\w+\s*(?:\[.*\])?\s*=")),
    ((3, 12), re.compile(r"\s*(?:async\s+)?(?:def\s+\w+\s*\[.*\]\(|class\s+\w+\s*\[)")),
    ((3, 14), re.compile(r"\s*except\*?\s+[\w.]+\s*(?:,\s*[\w.]+\s*)+:")),
    ((3, 14), re.compile(r"""(?:^|[^\w])(?:[rR]?[tT]|[tT][rR])["']""")),
)
"""What a later version than the oldest that runs this understands."""
_ASSIGNED = re.compile(r"(\s*(?:if|elif|while|return|assert)\b[^=!<>:]*[^=!<>:])=(?=[^=])")
_MOST_LETTERS = 200_000  # of a source that is searched for brackets letter by letter
_LANGUAGE = re.compile(
    r"\s*(?:public|private|function|var|let|const|package|using|cimport|cdef|fn|func|void|int|double|float|static)"
    r"\s+[\w$<>\[\]]+.*[({;=]|.*\{\s*$|\s*<\?php"
)
_DOTS = "\u00b7\u0387"
"""What a name may hold, but no product."""
_WORDS = (
    ("elif", re.compile(r"\s*else\s+if\b")),
    ("increment", re.compile(r"\s*[\w.\[\]]+(?:\+\+|--)\s*;?\s*$")),
    ("language", _LANGUAGE),
)
"""What is said in other languages only."""


def facts(lines: Sequence[str], error: SyntaxError) -> wire.Header:
    """Return what is wrong with a source: a `code`, and what belongs to it.

    Args:
        lines: the source.
        error: what Python said of it.
    """
    number = error.lineno if isinstance(error.lineno, int) else 0
    if not 0 < number <= len(lines):
        return {"code": "syntax"}
    line = lines[number - 1].rstrip("\r\n")
    return (
        _foreign(lines, number)
        or _stray(line, error)
        or _indentation(lines, number, error)
        or _other_version(line)
        or _other_words(line)
        or braces(line)
        or _unbalanced(lines, number)
        or _misplaced(lines, number)
        or _of_line(lines, number)
        or try_changes(lines, number)
        or {"code": "syntax"}
    )


def _foreign(lines: Sequence[str], number: int) -> wire.Header:
    """Return what came along with the code that stands in this line."""
    line = lines[number - 1].rstrip("\r\n")
    for code, pattern in _FOREIGN:
        if pattern.match(line):
            return {"code": code}
    if _is_numbered(lines, number):
        return {"code": "numbered"}
    if _LANGUAGE.match(line):
        return {}
    words = line.split()
    plain = sum(_WORD.match(word.strip("*_`\"'()“”")) is not None for word in words)
    if (
        len(words) >= 3
        and " = " not in line
        and plain >= 0.8 * len(words)
        and not _BLOCKS.match(line)
    ):
        if words[0] in ("import", "from", "return", "print"):
            return {}
        if word := misspelt(lines, number, line):
            return word
        return {"code": "chat" if any(map(_FOREIGN[0][1].match, lines)) else "prose"}
    return {}


def _is_numbered(lines: Sequence[str], number: int) -> bool:
    """Say whether this line and the next that is not blank begin with numbers that go on."""
    here = _NUMBERED.match(lines[number - 1])
    after = next((line for line in lines[number:] if line.strip()), "")
    there = re.match(r"\s*(\d+)\b", after)
    return bool(here and there and 0 < int(there[1][:9]) - int(here[1][:9]) < 50)


def _stray(line: str, error: SyntaxError) -> wire.Header:
    """Return the character that no keyboard for Python writes, at which the parser stopped."""
    at = (error.offset or 0) - 1
    around = line[at : at + 1] + line
    for one in around:
        if one in _DOTS and _is_in_code(line, one):
            return {"code": "character", "character": ord(one)}
        if not one.isascii() and not one.isidentifier() and not ("a" + one).isidentifier():
            if _is_in_code(line, one):
                return {"code": "character", "character": ord(one)}
        elif one < " " and one not in "\t\f":
            return {"code": "character", "character": ord(one)}
    return {}


def _is_in_code(line: str, character: str) -> bool:
    """Say whether a character of a line stands outside of texts and comments."""
    return character in "".join(bare(line))


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t\f"))]


def _indentation(lines: Sequence[str], number: int, error: SyntaxError) -> wire.Header:
    if not isinstance(error, IndentationError):
        return {}
    here = _margin(lines[number - 1])
    above = [at for at in range(number - 1, 0, -1) if _is_code(lines[at - 1])]
    for at in above:
        there = _margin(lines[at - 1])
        if not there:
            break
        if here and ("\t" in here) != ("\t" in there):
            tab, blank = (number, at) if "\t" in here else (at, number)
            return {"code": "tabs", "tab": tab, "blank": blank}
        if "\t" in there and " " in there:
            return {"code": "tabs", "tab": at, "blank": at}
    if "\t" in here and " " in here:
        return {"code": "tabs", "tab": number, "blank": number}
    if not above:
        return {"code": "indented", "other": 0}
    if _opens(lines[number - 1]) and not any(map(_is_code, lines[number:])):
        return {"code": "block", "other": number}
    before = above[0]
    opens = _opens(lines[before - 1])
    if opens and len(here) <= len(_margin(lines[before - 1])):
        return {"code": "block", "other": before}
    if opens or len(here) > len(_margin(lines[before - 1])):
        widths = len(here.expandtabs()), len(_margin(lines[before - 1]).expandtabs())
        return {"code": "indented", "other": before, "widths": [] if opens else [*widths]}
    return {"code": "outdented", "other": before}


def _opens(line: str) -> bool:
    """Say whether a line opens a block."""
    return "".join(bare(line.rstrip("\r\n"))).rstrip().endswith(":")


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _other_version(line: str) -> wire.Header:
    if _PYTHON_2.match(line):
        return {"code": "python2"}
    for version, pattern in _NEWER:
        if sys.version_info < version and pattern.search(line):
            return {"code": "newer", "version": list(version)}
    if sys.version_info < (3, 12) and _has_newer_text(line):
        return {"code": "newer", "version": [3, 12]}
    return {}


def _other_words(line: str) -> wire.Header:
    """Return what other languages say otherwise, or a name that is a word of Python's own."""
    code = "".join(bare(line))
    for name, pattern in _WORDS:
        if pattern.match(code):
            return {"code": name}
    named = re.match(r"\s*(\w+)\s*(?:=[^=]|,)|\s*(?:def|class)\s+(\w+)", code)
    word = (named[1] or named[2]) if named else ""
    is_name = keyword.iskeyword(word) and word not in (
        "return",
        "from",
        "import",
        "yield",
        "assert",
    )
    return {"code": "keyword", "sign": word} if is_name else {}


def _has_newer_text(line: str) -> bool:
    """Say whether an f-string of this line holds its own quotation marks within braces."""
    for found in re.finditer(r"(?:[rR]?[fF]|[fF][rR])(\"\"\"|'''|\"|')", line):
        quote, depth, at = found[1], 0, found.end()
        nested = 0
        while at < len(line):
            if line.startswith(quote, at):
                if not depth:
                    break
                nested += 1
            elif line[at] == "\\" and depth:
                nested += 2
            depth += {"{": 1, "}": -1}.get(line[at], 0)
            at += 1
        if nested and nested % 2 == 0 and at < len(line):
            return True
    return False


def _unbalanced(lines: Sequence[str], number: int) -> wire.Header:
    if sum(map(len, lines)) > _MOST_LETTERS:
        return {}
    mark = first_unbalanced("".join(lines))
    if mark is None or mark.line > number:
        return {}
    return mark._asdict()


def _misplaced(lines: Sequence[str], number: int) -> wire.Header:
    """Return what stands outside of the function or loop that it needs."""
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    kinds: dict[type[ast.AST], str] = {ast.Break: "loop", ast.Continue: "loop"}
    kinds |= dict.fromkeys((ast.Return, ast.Yield, ast.YieldFrom, ast.Await), "function")
    for node in ast.walk(tree):
        if getattr(node, "lineno", None) == number and type(node) in kinds:
            return {"code": "outside", "of": kinds[type(node)]}
    return {}


def _of_line(lines: Sequence[str], number: int) -> wire.Header:
    line = lines[number - 1].rstrip()
    for ended in (f"{line.rstrip(';')}:", re.sub(r"\s*#.*", ":", line)):
        if ended.endswith(":") and passes(lines, number, ended):
            return {"code": "colon"}
    if _ASSIGNED.match(line) and passes(lines, number, _ASSIGNED.sub(r"\1==", line, count=1)):
        return {"code": "assigned"}
    return {}
