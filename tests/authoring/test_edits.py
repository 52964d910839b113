"""Small automatic edits of a source."""

import ast

import pytest

from grader.authoring.edits import edits
from grader.kata import default_kata

MADE = [
    ("return a + b", "a + b → a - b"),
    ("return a @ b", "a @ b → b @ a"),
    ("return (a) / (b * c)", "(a) / (b * c) → (a) * (b * c)"),
    ("return a < b", "a < b → a <= b"),
    ("return a not in b", "a not in b → a in b"),
    ("return a and b or c", "a and b → a or b"),
    ("return a if b else c", "b → not b"),
    ("while a:\n        b()\n    return 1", "a → not a"),
    ("return [x for x in a if x.y]", "x.y → not x.y"),
    ("return a[:-1]", "a[:-1] → a[:]"),
    ("return a[1]", "1 → 2"),
    ("return -1", "-1 → 1"),
    ("return 2.5", "2.5 → 3.5"),
    ("return True", "True → False"),
    ('return "a"', '"a" → ""'),
    ("return a.sum(axis=0)", "a.sum(axis=0) → a.sum(axis=-1)"),
    ("return a.sum(axis=0, keepdims=True)", "a.sum(axis=0, keepdims=True) → a.sum(axis=0)"),
    ("return f(a, b)", "f(a, b) → f(b, a)"),
    ("return abs(a)", "abs(a) → a"),
    ("return max(a, b)", "max(a, b) → min(a, b)"),
    ("return a.strip()", "a.strip() → a"),
    ("return list(range(a))", "range(a) → range(a - 1)"),
    ("a += b\n    return a", "a += b → a -= b"),
    ("a.sort()\n    return a", "a.sort() → pass"),
    ("raise ValueError('é')", "raise ValueError('é') → pass"),
    ("for x in a:\n        if x:\n            break\n    return x", "break → continue"),
    ("é = 'äö'; return é + a", "é + a → é - a"),
]


@pytest.mark.parametrize(("body", "shown"), MADE, ids=[shown for _, shown in MADE])
def test_kinds(body: str, shown: str) -> None:
    """Each kind of edit is made where it can be, and shown as it stands in the file."""
    source = f"def f(a, b, c=0):\n    {body}\n"
    made = {f"{edit.old} → {edit.new}": edit for edit in edits(source)}
    edit = made[shown]
    assert edit.source.count("\n") == source.count("\n")
    assert edit.new in " ".join(edit.source.split())
    ast.parse(edit.source)


def test_what_is_left_alone() -> None:
    """Docstrings, types, imports, messages, formatted texts and what runs a file are no edits."""
    source = '''"""Text, 1 + 1."""
import numpy as np


class Full(Exception):
    """A text."""


def f(a: "int" = None) -> "list[1]":
    """Another text."""
    b: "int" = a
    if b is None:
        raise Full(f"none {1 + 1}", "text")
    return f"{b + 1}"


if __name__ == "__main__":
    print(f(1) + 1)
'''
    made = [f"{edit.old} → {edit.new}" for edit in edits(source)]
    assert made == [
        "b is None → b is not None",
        'raise Full(f"none {1 + 1}", "text") → pass',
        'return f"{b + 1}" → return None',
    ]


def test_all_differ() -> None:
    """No two edits make the same code, none makes the solution, and lines are told from the top."""
    source = default_kata().solution_path.read_text()
    made = edits(source)
    dumps = {ast.dump(ast.parse(edit.source)) for edit in made}
    assert len(dumps | {ast.dump(ast.parse(source))}) == len(made) + 1
    assert [edit.line for edit in made] == sorted(edit.line for edit in made)
    for edit in made:
        assert edit.source.splitlines()[edit.line - 1] != source.splitlines()[edit.line - 1]
