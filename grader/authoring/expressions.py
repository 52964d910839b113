"""Edits of expressions: operators, boundaries, constants, arguments, calls."""

import ast
from itertools import pairwise

from grader.authoring.spliced import EditsOfText

ARITHMETIC = {
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
COMPARISONS = {
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
COMMUTATIVE = frozenset(
    "max min add multiply maximum minimum gcd lcm hypot isclose allclose array_equal".split()
)
OPPOSITES = {
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
KEEPING = frozenset(  # calls whose first argument could stand in their place
    "abs absolute round around sorted set frozenset list tuple int float str reversed sum max min"
    " sqrt exp exp2 expm1 log log2 log10 log1p square maximum minimum clip floor ceil where"
    " negative unique sort cumsum diff transpose squeeze ravel flip roll nan_to_num asarray"
    " deepcopy".split()
)


class EditsOfExpressions(EditsOfText, ast.NodeVisitor):
    """Notes the edits of expressions."""

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
            self.swap_sign(left, right, f" {old} ", f" {new} ", node)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Do something else with two operands; where their order counts, swap them."""
        if isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
            return  # a text that is put together
        sign, others = ARITHMETIC[type(node.op)]
        for other in others:
            self.swap_sign(node.left, node.right, sign, other, node)
        if isinstance(node.op, ast.MatMult | ast.Sub | ast.Div):
            left, right = self.operand(node.left), self.operand(node.right)
            self.replace(node, f"{right} {sign} {left}")
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Move a boundary, or compare the other way around."""
        for left, right, operator in zip(
            [node.left, *node.comparators], node.comparators, node.ops, strict=False
        ):
            sign, others = COMPARISONS[type(operator)]
            for other in others:
                self.swap_sign(left, right, sign, other, node)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Leave out a sign or a `not`."""
        self.replace(node, self.operand(node.operand))
        if isinstance(node.operand, ast.Constant):
            self._edit_number(node, -number(node.operand.value))
        else:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Put another constant in its place."""
        if isinstance(node.value, bool):
            self.replace(node, str(not node.value))
        elif isinstance(node.value, int | float):
            self._edit_number(node, node.value)
        elif isinstance(node.value, str | bytes):
            prefix = "b" if isinstance(node.value, bytes) else ""
            self.replace(node, f'{prefix}""' if node.value else f'{prefix}"x"')

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Leave out a bound of a slice; what it is a slice of is looked into."""
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for part in parts:
            if isinstance(part, ast.Slice):
                for bound in (part.lower, part.upper, part.step):
                    if bound is not None:
                        self.replace(bound, "", node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Edit what is called, and with what; see the kinds above."""
        name = called(node)
        plain = not any(isinstance(arg, ast.Starred) for arg in node.args)
        if name in OPPOSITES:
            self._rename(node, name)
        if plain and name not in COMMUTATIVE:
            for left, right in pairwise(node.args):
                if ast.dump(left) != ast.dump(right):
                    start, end = self.span(left)[0], self.span(right)[1]
                    between = self.data[self.span(left)[1] : self.span(right)[0]].decode()
                    swapped = f"{self.text(right)}{between}{self.text(left)}"
                    self.splice(start, end, swapped, node)
        if plain and node.args and name in KEEPING:
            self.replace(node, self.operand(node.args[0]))
        if plain and len(node.args) == 2 and name in ("max", "min", "maximum", "minimum"):
            self.replace(node, self.operand(node.args[1]))
        if isinstance(node.func, ast.Attribute) and not node.args and not is_module(node.func):
            self.replace(node, self.text(node.func.value))
        if name == "range" and plain and len(node.args) <= 2:
            last = node.args[-1]
            for change in ("+ 1", "- 1"):
                self.splice(*self.span(last), f"{self.text(last)} {change}", node)
        for keyword in node.keywords:
            self._edit_keyword(node, keyword)
        self.generic_visit(node)

    def _rename(self, node: ast.Call, name: str) -> None:
        end = self.span(node.func)[1]
        self.splice(end - len(name.encode()), end, OPPOSITES[name], node)

    def _edit_keyword(self, node: ast.Call, keyword: ast.keyword) -> None:
        """Leave out an argument that has a name; turn to another axis."""
        if keyword.arg is None:
            return
        rest = [self.text(one) for one in (*node.args, *node.keywords) if one is not keyword]
        self.replace(node, f"{self.text(node.func)}({', '.join(rest)})")
        if keyword.arg == "axis" and text_of_number(keyword.value) is not None:
            at = text_of_number(keyword.value)
            for axis in ("0", "-1", "1"):
                if axis != at:
                    self.replace(keyword.value, axis, node)

    def visit_keyword(self, node: ast.keyword) -> None:
        """Look into a value; that of an axis has been edited."""
        if node.arg != "axis" or text_of_number(node.value) is None:
            self.visit(node.value)

    def _edit_number(self, node: ast.expr, value: complex) -> None:
        if isinstance(value, int):
            others: list[complex] = [value + 1, value - 1]
        elif isinstance(value, float):
            others = [value + 1, value * 2 if value else -1.0, value * 1.01]
        else:
            return
        for other in others:
            self.replace(node, repr(other))

    def _turn_around(self, test: ast.expr) -> None:
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return  # its comparison is turned around
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return
        if isinstance(test, ast.Constant):
            return
        self.replace(test, f"not {self.operand(test)}")


def called(node: ast.Call) -> str:
    """Return the last part of the name of what is called; empty if it has none."""
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def is_module(node: ast.Attribute) -> bool:
    """Say whether what an attribute is asked of looks like a module, as `np` does."""
    root: ast.expr = node.value
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in _MODULES


_MODULES = frozenset("np numpy math random itertools functools collections re string time".split())


def number(value: object) -> complex:
    """Return a number as it is; something else as none of those that are edited."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0j


def text_of_number(node: ast.expr) -> str | None:
    """Return what stands there if that is a whole number."""
    text = ast.unparse(node)
    return text if text.lstrip("-").isdigit() else None
