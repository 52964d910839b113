"""Cases that are run without pytest's three stages, which cost more than most cases do.

They are those around which nothing is: no fixture, no set-up of a module or class. What comes of
them is the same.
"""

import sys
from typing import Any

import pytest

from grader.cases.given import GIVEN, asked_by

_OF_UNITTEST = "_unittest_setUpClass"  # how a fixture begins that pytest has for each such class


def is_direct(item: pytest.Item) -> bool:
    """Say whether nothing is around a case."""
    if not isinstance(item, pytest.Function):
        return False
    around = set(item.fixturenames) - GIVEN - {"request"}  # which the fixture `rng` asks for
    if item.cls is not None:
        if not all(name.startswith(_OF_UNITTEST) for name in around):
            return False
        return _is_plain_unittest(item.cls) and not asked_by(item.function) - {"self"}
    marks = [mark for mark in item.iter_markers("parametrize") if not mark.kwargs.get("indirect")]
    direct = {name for mark in marks if len(mark.args) < 3 for name in argument_names(mark)} - GIVEN
    if around - direct or _parameters(item).keys() - direct:
        return False
    return asked_by(item.obj) <= direct | GIVEN


def run(item: pytest.Function, **given: Any) -> None:
    """Run such a case.

    Args:
        item: the case.
        given: what it asks for by name.

    Raises:
        BaseException: whatever it raises.
    """
    if item.cls is None:
        item.obj(**_parameters(item), **given)
        return
    vars(item).pop("_excinfo", None)
    item.cls(item.name)(item)  # an item notes what unittest tells
    noted: Any = vars(item).pop("_excinfo", None)
    if noted:
        raise noted[0].value


def argument_names(mark: pytest.Mark) -> list[str]:
    """Return the names of the arguments that a mark has values for."""
    names = mark.args[0] if mark.args else mark.kwargs.get("argnames", "")
    return [each.strip() for each in names.split(",")] if isinstance(names, str) else list(names)


def _is_plain_unittest(kind: type) -> bool:
    module: Any = sys.modules.get("unittest.case")  # if there is a class of it, it is there
    if module is None or not issubclass(kind, module.TestCase):
        return False
    own = {name for each in kind.__mro__ if each is not module.TestCase for name in vars(each)}
    return own.isdisjoint(("setUpClass", "tearDownClass", "run", "__call__", "debug"))


def _parameters(item: pytest.Function) -> dict[str, Any]:
    return dict(item.callspec.params) if hasattr(item, "callspec") else {}
