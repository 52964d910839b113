"""What is done with objects as Python does it, by name; see `objects`."""

import copy
import itertools
import operator
from collections.abc import Callable
from typing import Any

from .measure import MAX_SIZE, NODE


def _each(this: Any, name: str, *columns: Any) -> None:
    """Call a method with one row of each array after the other."""
    for args in zip(*columns, strict=True):
        getattr(this, name)(*args)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "each": _each,
    "apply": lambda function, /, *args, **kwargs: function(*args, **kwargs),
    # Not all of what never ends, but more than may cross.
    "list": lambda items: list(itertools.islice(items, MAX_SIZE // NODE + 1)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "set_attribute": setattr,
    "delete_attribute": delattr,
    **{
        name: getattr(operator, name)
        for name in """
            abs add and_ call concat contains delitem eq floordiv ge getitem gt iadd iand
            ifloordiv ilshift imatmul imod imul index inv ior ipow irshift isub itruediv ixor
            le lshift lt matmul mod mul ne neg or_ pos pow rshift setitem sub truediv xor
        """.split()
    },
    **{
        each.__name__: each
        for each in (
            bool,
            bytes,
            complex,
            divmod,
            float,
            format,
            hash,
            int,
            iter,
            len,
            next,
            repr,
            reversed,
            round,
            str,
        )
    },
}
"""What is done with operands as Python does it, by name."""
