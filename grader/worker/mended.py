"""What a line that is no Python lacks or has too much, found by trying: would it be Python then?

A change is believed only if the parser gets past the line with it.
"""

import ast
import difflib
import keyword
import re
import warnings
from collections.abc import Iterator, Sequence

from . import wire
from .brackets import bare

_MOST_LETTERS = 50_000  # of a source that is parsed again and again
_MOST_GAPS, _MOST_WORDS = 12, 12  # of one line that are tried
_NEAR = 0.65
_BESIDE = re.compile(r"[\w)\]}\"'](\s+)(?=[\w(\[{\"'])")
_INSTEAD = (
    ("&&", "and", re.compile(r"\s*&&\s*"), " and "),
    ("||", "or", re.compile(r"\s*\|\|\s*"), " or "),
    ("<>", "!=", re.compile(r"<>"), "!="),
    ("===", "==", re.compile(r"==="), "=="),
    ("!==", "!=", re.compile(r"!=="), "!="),
    ("=>", ">=", re.compile(r"=>"), ">="),
    ("=<", "<=", re.compile(r"=<"), "<="),
    (":=", "=", re.compile(r":="), "="),
    ("<-", "=", re.compile(r"<-"), "="),
    ("!", "not", re.compile(r"!(?!=)"), " not "),
    ("//", "#", re.compile(r"//"), "#"),
    ("/*", "#", re.compile(r"/\*"), "#"),
    ("[", "(", re.compile(r"(def\s+\w+)\[(.*)\]"), r"\1(\2)"),
    ("from", "import", re.compile(r"^(\s*)from\b"), r"\1import"),
    ("`", "nothing", re.compile(r"`"), ""),
    ("$", "nothing", re.compile(r"\$"), ""),
    ("then", "nothing", re.compile(r"\bthen\b"), ""),
    ("do", "nothing", re.compile(r"\bdo\b"), ""),
    ("->", "nothing", re.compile(r"->"), ""),
    ("=", "nothing", re.compile(r"(?<=[=+\-*/]) ?="), ""),
    ("=", "nothing", re.compile(r"\b(return|print)\s*="), r"\1 "),
    ("? :", "if and else", re.compile(r"=\s*(.+?)\s*\?\s*(.+?)\s*:\s*(.+)"), r"= \2 if \1 else \3"),
)
"""What is written for something else in other languages, or is too much: sign, what stands for
it in Python, where it is, and what is tried in its place."""
_BELONGS = re.compile(r"(\s*)(elif|else|except|finally)\b")
_NAMELESS = re.compile(r"\s*(?:async\s+)?(def|class)\s*[(:]")
_DIGIT = re.compile(r"(?:^|[\s(,])(\d+[A-Za-z]\w*)\s*(?:=|,|\()")
_NAMED = re.compile(r"\s*(?:def\s+(\w+(?:[- ]\w+)+)\s*\(|([^\W\d]\w*(?:-[^\W\d]\w*)+)\s*=(?!=))")
_PAIR = re.compile(r"([-+*/@%=,;&|<>.])\s*([-+*/@%=,;&|<>.])")
_OPEN_END = re.compile(r"([-+*/@%=.&|]|\b(?:and|or|not|in|is))\s*$")
_DASHED = re.compile(r"\s*(?:import|from)\s+([\w.]+-[\w.-]+)")
_BRACES = re.compile(r"(?<!\w)(?:[rR]?[fF]|[fF][rR])(\"|')(.*?)\1")


def try_changes(lines: Sequence[str], number: int) -> wire.Header:
    """Return what would make a line Python, as the facts of `syntax`; empty if nothing does.

    Args:
        lines: the source, of which the parser stopped in this line.
        number: the line.
    """
    if sum(map(len, lines)) > _MOST_LETTERS:
        return {}
    line = lines[number - 1].rstrip("\r\n")
    return (
        _looked_at(line)
        or _replaced(lines, number, line)
        or _belonging(lines, number, line)
        or _beside(lines, number, line)
        or misspelt(lines, number, line)
        or _gap(lines, number, line)
    )


def passes(lines: Sequence[str], number: int, *instead: str) -> bool:
    """Say whether the parser gets past a line if others stand in its place."""
    changed = [*lines[: number - 1], *(f"{line}\n" for line in instead), *lines[number:]]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse("".join(changed))
    except SyntaxError as error:
        return (error.lineno or 0) > number - 1 + len(instead)
    except (ValueError, RecursionError, MemoryError):
        return False
    return True


def _looked_at(line: str) -> wire.Header:
    """Return what can be seen without trying."""
    code = "".join(bare(line))
    if re.search(r"\\.", code):
        return {"code": "backslash"}
    for name, pattern in (("nameless", _NAMELESS), ("digit", _DIGIT), ("dashed", _DASHED)):
        found = pattern.search(code)
        if found and not _is_number(found[1]):
            return {"code": name, "sign": found[1][:40]}
    if (named := _NAMED.match(code)) and not keyword.iskeyword(code.split()[0].replace("def", "")):
        return {"code": "dashname", "sign": (named[1] or named[2])[:40]}
    return {}


def braces(line: str) -> wire.Header:
    """Return what is wrong with the braces of an f-string in a line."""
    for text in _BRACES.finditer(line):
        inside = text[2].replace("{{", "").replace("}}", "")
        if inside.count("{") != inside.count("}"):
            return {"code": "braces", "sign": "{" if inside.count("{") > inside.count("}") else "}"}
        if re.search(r"\{\s*\}", inside):
            return {"code": "braces", "sign": "{}"}
    return {}


def _is_number(word: str) -> bool:
    try:
        return isinstance(ast.literal_eval(word), int | float | complex)
    except (ValueError, SyntaxError):
        return False


def _replaced(lines: Sequence[str], number: int, line: str) -> wire.Header:
    for sign, right, pattern, put in _INSTEAD:
        if pattern.search(line) and passes(lines, number, pattern.sub(put, line)):
            return {"code": "instead", "sign": sign, "right": right}
    return {}


def _belonging(lines: Sequence[str], number: int, line: str) -> wire.Header:
    """Return that a branch has no beginning, or that a try has no end."""
    branch = _BELONGS.match(line)
    if branch and passes(lines, number, f"{branch[1]}if True:"):
        return {"code": "branch", "sign": branch[2]}
    for at in range(number - 1, 0, -1):
        begin = re.match(r"(\s*)try\s*:", lines[at - 1])
        if begin and passes(lines, number, f"{begin[1]}finally: pass", line):
            return {"code": "try", "other": at}
    return {}


def _beside(lines: Sequence[str], number: int, line: str) -> wire.Header:
    """Return two signs between which something is missing, or one at the end of a line."""
    if "\\" in line and passes(lines, number, line.replace("\\", "/")):
        return {"code": "escape"}
    code = "".join(bare(line))
    for pair in _PAIR.finditer(line):
        if passes(lines, number, line[: pair.end(1)] + line[pair.end() :]) or passes(
            lines, number, line[: pair.start()] + line[pair.start(2) :]
        ):
            return {"code": "pair", "sign": pair[1], "right": pair[2]}
    ends = _OPEN_END.search(code)
    if ends and passes(lines, number, f"{line.rstrip()} 0"):
        return {"code": "open_end", "sign": ends[1]}
    return {}


def misspelt(lines: Sequence[str], number: int, line: str) -> wire.Header:
    """Return a word that is nearly one of Python's own."""
    for word in list(re.finditer(r"[A-Za-z]{2,}", line))[:_MOST_WORDS]:
        if keyword.iskeyword(word[0]):
            continue
        for right in difflib.get_close_matches(word[0].lower(), keyword.kwlist, 2, _NEAR):
            if passes(lines, number, line[: word.start()] + right + line[word.end() :]):
                return {"code": "misspelt", "sign": word[0][:40], "right": right}
    return {}


def _gap(lines: Sequence[str], number: int, line: str) -> wire.Header:
    """Return two words between which something is missing."""
    margin = line[: len(line) - len(line.lstrip())]
    for before, after in _gaps(line):
        words = re.findall(r"[^\s(\[{]+", before)[-1:], re.findall(r"\S[\w.]*", after)[:1]
        about: wire.Header = {"code": "gap", "sign": words[0][0][-20:], "right": words[1][0][:20]}
        if "for" in before and passes(lines, number, f"{before} in {after}"):
            return {**about, "code": "in"}
        if "import" in before and passes(lines, number, f"{before} as {after}"):
            return {**about, "code": "as"}
        if passes(lines, number, f"{before}, {after}") or passes(
            lines, number, before, margin + after
        ):
            return about
    return {}


def _gaps(line: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before and after each blank between two words that are no keywords."""
    found = 0
    for match in _BESIDE.finditer(line):
        before, after = line[: match.start(1)], line[match.end(1) :]
        words = re.search(r"(\w*)$", before), re.match(r"\w*", after)
        if any(word and keyword.iskeyword(word[0]) for word in words) or not before.strip():
            continue
        found += 1
        if found > _MOST_GAPS:
            return
        yield before, after
