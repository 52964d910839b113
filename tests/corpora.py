"""Corpora: all of one is long, a part of it is quick."""

from collections.abc import Iterable
from typing import Any

import pytest


def some_quick(things: Iterable[Any], every: int = 8) -> list[Any]:
    """Return parameters of which all but each eighth, say, bear the mark `long`."""
    return [
        thing if place % every == 0 else pytest.param(thing, marks=pytest.mark.long)
        for place, thing in enumerate(things)
    ]
