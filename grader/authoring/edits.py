"""Small automatic edits of a solution's source: what a slip of the pen would make of it.

They are edits of the text, found by way of its syntax tree, so that each can be shown as it would
stand in the file. The kinds: operators of arithmetic, comparisons and their boundaries, `and` with
`or`, conditions turned around, constants next to the one that is there, axes, keyword arguments
left out, neighboring arguments swapped, calls that leave their argument as it is, `max` with `min`,
bounds of slices and ranges, and statements left out. Libraries that do the like (cosmic-ray,
mutmut) rewrite files and run commands; none has edits of axes, arguments or calls.
"""

import ast
import re
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

_MOST_SHOWN = 60  # characters of what an edit replaces, and of what comes in its place
_ARITHMETIC = {
    ast.Add: ("+", ("-",)),
    ast.Sub: ("-", ("+",)),
    ast.Mult: ("*", ("/",)),
    ast.Div: ("/", ("*",)),
    ast.FloorDiv: ("//", ("/",)),
    ast.Mod: ("%", ("//",)),
    ast.Pow: ("**", ("*",)),
    ast.MatMult: ("@", ("*",)),
    ast.LShift: ("<<", (">>",)),
    ast.RShift: (">>", ("<<",)),
    ast.BitAnd: ("&", ("|",)),
    ast.BitOr: ("|", ("&",)),
    ast.BitXor: ("^", ("&",)),
}
_COMPARISONS = {
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.In: ("in", ("not in",)),
    ast.NotIn: ("not in", ("in",)),
    ast.Is: ("is", ("is not",)),
    ast.IsNot: ("is not", ("is",)),
}
_COMMUTATIVE = frozenset(
    "max min add multiply maximum minimum gcd lcm hypot isclose allclose array_equal".split()
)
_OPPOSITES = {
    "max": "min",
    "min": "max",
    "maximum": "minimum",
    "minimum": "maximum",
    "argmax": "argmin",
    "argmin": "argmax",
    "floor": "ceil",
    "ceil": "floor",
    "any": "all",
    "all": "any",
    "append": "appendleft",
    "upper": "lower",
    "lower": "upper",
    "lstrip": "rstrip",
    "rstrip": "lstrip",
    "startswith": "endswith",
    "endswith": "startswith",
}
_KEEPING = frozenset(  # calls whose first argument could stand in their place
    "abs absolute round around sorted set frozenset list tuple int float str reversed sum max min"
    " sqrt exp exp2 expm1 log log2 log10 log1p square maximum minimum clip floor ceil where"
    " negative unique sort cumsum diff transpose squeeze ravel flip roll nan_to_num asarray"
    " deepcopy".split()
)


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


def edits(source: str) -> list[Edit]:
    """Return all edits of a source that leave it Python, each different, from top to bottom."""
    finder = _Finder(source)
    finder.visit(finder.tree)
    known = {ast.dump(finder.tree)}
    kept = []
    for edit in finder.found:
        try:
            dump = ast.dump(ast.parse(edit.source))
        except SyntaxError:
            continue
        if dump not in known:
            known.add(dump)
            kept.append(edit)
    return sorted(kept, key=lambda edit: edit.line)


class _Finder(ast.NodeVisitor):
    """Collects edits; what is no part of what the code computes is left alone."""

    def __init__(self, source: str) -> None:
        self.found: list[Edit] = []
        self.tree = ast.parse(source)
        self._source = source

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins, in bytes: columns of a syntax tree are counted in them."""
        return [0, *accumulate(len(line.encode()) + 1 for line in self._source.split("\n"))]

    @cached_property
    def _bytes(self) -> bytes:
        return self._source.encode()

    def _span(self, node: ast.AST) -> tuple[int, int]:
        at: ast.expr = node  # type: ignore[assignment]
        assert at.end_lineno is not None
        assert at.end_col_offset is not None
        start = self._starts[at.lineno - 1] + at.col_offset
        return start, self._starts[at.end_lineno - 1] + at.end_col_offset

    def _text(self, node: ast.AST) -> str:
        start, end = self._span(node)
        return self._bytes[start:end].decode()

    def _operand(self, node: ast.expr) -> str:
        """Return the text of an expression as it can stand beside an operator."""
        alone = isinstance(node, ast.Name | ast.Constant | ast.Call | ast.Attribute | ast.Subscript)
        return self._text(node) if alone else f"({self._text(node)})"

    def _replace(self, node: ast.AST, new: str, shown: ast.AST | None = None) -> None:
        """Note an edit of a node, shown as one of what it stands in."""
        self._splice(*self._span(node), new, shown or node)

    def _splice(self, start: int, end: int, new: str, shown: ast.AST) -> None:
        data = self._bytes
        whole = data[:start] + new.encode() + data[end:]
        first, last = self._span(shown)
        old_text = data[first:last].decode()
        new_text = (data[first:start] + new.encode() + data[end:last]).decode()
        line = data[:start].count(b"\n") + 1
        self.found.append(Edit(line, _short(old_text), _short(new_text), whole.decode()))

    def _swap_sign(
        self, left: ast.expr, right: ast.expr, old: str, new: str, whole: ast.AST
    ) -> None:
        """Replace the sign that stands between two operands."""
        start, end = self._span(left)[1], self._span(right)[0]
        between = self._bytes[start:end].decode()
        at = between.find(old)
        if at < 0 or "#" in between[:at]:
            return
        at += start
        self._splice(at, at + len(old.encode()), new, whole)

    # What holds nothing that is computed.

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Leave a text with values in it alone: before 3.12 nobody knows where they stand."""

    def visit_If(self, node: ast.If) -> None:
        """Turn the condition around, and leave what runs a file as a program alone."""
        if "__name__" in ast.dump(node.test) and node in self.tree.body:
            return
        self._turn_around(node.test)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Look into a body and its default arguments, not into what is said about types."""
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        self._visit_body(node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Look into a body; what an exception holds is not the cases' business."""
        bases = " ".join(ast.unparse(base) for base in node.bases)
        if not re.search(r"(Exception|Error|Warning)\b", bases):
            self._visit_body(node.body)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Look at the value alone."""
        if node.value is not None:
            self.visit(node.value)

    def _visit_body(self, body: list[ast.stmt]) -> None:
        for at, statement in enumerate(body):
            if at == 0 and _is_text(statement):
                continue
            self.visit(statement)

    # Statements.

    def visit_Expr(self, node: ast.Expr) -> None:
        """Leave out a call."""
        if not _is_text(node):
            self._replace(node, "pass")
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Leave out an assignment to a part of something; others leave a name without a value."""
        if not all(isinstance(target, ast.Tuple) for target in node.targets):
            self._replace(node, "pass")
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Leave it out, or do something else."""
        sign, others = _ARITHMETIC[type(node.op)]
        self._replace(node, "pass")
        for other in (*(f"{each}=" for each in others), "="):
            self._swap_sign(node.target, node.value, f"{sign}=", other, node)
        self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Leave it out; its words are not the cases' business."""
        self._replace(node, "pass")

    def visit_Return(self, node: ast.Return) -> None:
        """Return nothing."""
        if node.value is not None:
            self._replace(node, "return None")
            self.visit(node.value)

    def visit_Delete(self, node: ast.Delete) -> None:
        """Leave it out."""
        self._replace(node, "pass")

    def visit_Break(self, node: ast.Break) -> None:
        """Go on instead."""
        self._replace(node, "continue")

    def visit_Continue(self, node: ast.Continue) -> None:
        """End the loop instead, or go on with its body."""
        self._replace(node, "break")
        self._replace(node, "pass")

    def visit_While(self, node: ast.While) -> None:
        """Turn the condition around."""
        self._turn_around(node.test)
        self.generic_visit(node)

    # Expressions.

    def visit_IfExp(self, node: ast.IfExp) -> None:
        """Turn the condition around."""
        self._turn_around(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """Turn its conditions around."""
        for test in node.ifs:
            self._turn_around(test)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Put the other connective between two operands."""
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in pairwise(node.values):
            self._swap_sign(left, right, f" {old} ", f" {new} ", node)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Do something else with two operands; where their order counts, swap them."""
        if isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
            return  # a text that is put together
        sign, others = _ARITHMETIC[type(node.op)]
        for other in others:
            self._swap_sign(node.left, node.right, sign, other, node)
        if isinstance(node.op, ast.MatMult | ast.Sub | ast.Div):
            left, right = self._operand(node.left), self._operand(node.right)
            self._replace(node, f"{right} {sign} {left}")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Move a boundary, or compare the other way around."""
        for left, right, operator in zip(
            [node.left, *node.comparators], node.comparators, node.ops, strict=False
        ):
            sign, others = _COMPARISONS[type(operator)]
            for other in others:
                self._swap_sign(left, right, sign, other, node)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Leave out a sign or a `not`."""
        self._replace(node, self._operand(node.operand))
        if isinstance(node.operand, ast.Constant):
            self._edit_number(node, -_number(node.operand.value))
        else:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Put another constant in its place."""
        if isinstance(node.value, bool):
            self._replace(node, str(not node.value))
        elif isinstance(node.value, int | float):
            self._edit_number(node, node.value)
        elif isinstance(node.value, str | bytes):
            prefix = "b" if isinstance(node.value, bytes) else ""
            self._replace(node, f'{prefix}""' if node.value else f'{prefix}"x"')

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Leave out a bound of a slice; what it is a slice of is looked into."""
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for part in parts:
            if isinstance(part, ast.Slice):
                for bound in (part.lower, part.upper, part.step):
                    if bound is not None:
                        self._replace(bound, "", node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Edit what is called, and with what; see the kinds above."""
        name = _called(node)
        plain = not any(isinstance(arg, ast.Starred) for arg in node.args)
        if name in _OPPOSITES:
            self._rename(node, name)
        if plain and name not in _COMMUTATIVE:
            for left, right in pairwise(node.args):
                if ast.dump(left) != ast.dump(right):
                    start, end = self._span(left)[0], self._span(right)[1]
                    between = self._bytes[self._span(left)[1] : self._span(right)[0]].decode()
                    swapped = f"{self._text(right)}{between}{self._text(left)}"
                    self._splice(start, end, swapped, node)
        if plain and node.args and name in _KEEPING:
            self._replace(node, self._operand(node.args[0]))
        if plain and len(node.args) == 2 and name in ("max", "min", "maximum", "minimum"):
            self._replace(node, self._operand(node.args[1]))
        if isinstance(node.func, ast.Attribute) and not node.args and not _is_module(node.func):
            self._replace(node, self._text(node.func.value))
        if name == "range" and plain and len(node.args) <= 2:
            last = node.args[-1]
            for change in ("+ 1", "- 1"):
                self._splice(*self._span(last), f"{self._text(last)} {change}", node)
        for keyword in node.keywords:
            self._edit_keyword(node, keyword)
        self.generic_visit(node)

    def _rename(self, node: ast.Call, name: str) -> None:
        end = self._span(node.func)[1]
        self._splice(end - len(name.encode()), end, _OPPOSITES[name], node)

    def _edit_keyword(self, node: ast.Call, keyword: ast.keyword) -> None:
        """Leave out an argument that has a name; turn to another axis."""
        if keyword.arg is None:
            return
        rest = [self._text(one) for one in (*node.args, *node.keywords) if one is not keyword]
        self._replace(node, f"{self._text(node.func)}({', '.join(rest)})")
        if keyword.arg == "axis" and _text_of_number(keyword.value) is not None:
            at = _text_of_number(keyword.value)
            for axis in ("0", "-1", "1"):
                if axis != at:
                    self._replace(keyword.value, axis, node)

    def visit_keyword(self, node: ast.keyword) -> None:
        """Look into a value; that of an axis has been edited."""
        if node.arg != "axis" or _text_of_number(node.value) is None:
            self.visit(node.value)

    def _edit_number(self, node: ast.expr, value: complex) -> None:
        if isinstance(value, int):
            others: list[complex] = [value + 1, value - 1]
        elif isinstance(value, float):
            others = [value + 1, value * 2 if value else -1.0, value * 1.01]
        else:
            return
        for other in others:
            self._replace(node, repr(other))

    def _turn_around(self, test: ast.expr) -> None:
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return  # its comparison is turned around
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return
        if isinstance(test, ast.Constant):
            return
        self._replace(test, f"not {self._operand(test)}")


def _is_text(statement: ast.stmt) -> bool:
    """Say whether a statement is a docstring or an ellipsis."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _called(node: ast.Call) -> str:
    """Return the last part of the name of what is called; empty if it has none."""
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _is_module(node: ast.Attribute) -> bool:
    """Say whether what an attribute is asked of looks like a module, as `np` does."""
    root: ast.expr = node.value
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in _MODULES


_MODULES = frozenset("np numpy math random itertools functools collections re string time".split())


def _number(value: object) -> complex:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0j


def _text_of_number(node: ast.expr) -> str | None:
    """Return what stands there if that is a whole number."""
    text = ast.unparse(node)
    return text if text.lstrip("-").isdigit() else None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_SHOWN else f"{line[: _MOST_SHOWN - 1]}…"
