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

from grader.authoring.expressions import ARITHMETIC, EditsOfExpressions
from grader.authoring.spliced import Edit


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


class _Finder(EditsOfExpressions, ast.NodeVisitor):
    """Notes the edits of statements, too; what is no part of what is computed is left alone."""

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
            self.replace(node, "pass")
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Leave out an assignment to a part of something; others leave a name without a value."""
        if not all(isinstance(target, ast.Tuple) for target in node.targets):
            self.replace(node, "pass")
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Leave it out, or do something else."""
        sign, others = ARITHMETIC[type(node.op)]
        self.replace(node, "pass")
        for other in (*(f"{each}=" for each in others), "="):
            self.swap_sign(node.target, node.value, f"{sign}=", other, node)
        self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        """Leave it out; its words are not the cases' business."""
        self.replace(node, "pass")

    def visit_Return(self, node: ast.Return) -> None:
        """Return nothing."""
        if node.value is not None:
            self.replace(node, "return None")
            self.visit(node.value)

    def visit_Delete(self, node: ast.Delete) -> None:
        """Leave it out."""
        self.replace(node, "pass")

    def visit_Break(self, node: ast.Break) -> None:
        """Go on instead."""
        self.replace(node, "continue")

    def visit_Continue(self, node: ast.Continue) -> None:
        """End the loop instead, or go on with its body."""
        self.replace(node, "break")
        self.replace(node, "pass")

    def visit_While(self, node: ast.While) -> None:
        """Turn the condition around."""
        self._turn_around(node.test)
        self.generic_visit(node)


def _is_text(statement: ast.stmt) -> bool:
    """Say whether a statement is a docstring or an ellipsis."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
