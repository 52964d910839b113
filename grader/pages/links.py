"""Links from the page of a class to the reports beside it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from grader.pages.markup import Html, escape, join, tag
from grader.pages.page import more

SHOWN = 10
"""Of a kind, before the rest is asked for."""


def key_of(row: Mapping[str, Any]) -> str:
    """Return what a learner's reports are named after."""
    return str(row.get("key") or row["name"])


class Links:
    """Leads to a learner's reports, whose files are named after the learner's key."""

    def __init__(self, reports: Sequence[str]) -> None:
        self._reports = reports

    def named(self, key: str, text: str | None = None) -> Html:
        """Return a name that leads to the first kind of report."""
        return self._to(key, self._reports[0], tag("bdi", key if text is None else text))

    def others(self, key: str, name: str) -> Html:
        """Return links to the other kinds of report."""
        return join(
            self._to(key, kind, kind.upper(), aria_label=f"{name}, {kind.upper()}")
            for kind in self._reports[1:]
        )

    def listed(self, keys: Sequence[str], shown: int = SHOWN) -> Html:
        """Return the first of some names, and the rest of them for who asks."""
        first, rest = keys[:shown], keys[shown:]
        others = more(f"and {len(rest)} more", self._separated(rest)) if rest else None
        return join([self._separated(first), others])

    def _separated(self, keys: Sequence[str]) -> Html:
        return join(
            join([escape(", " if position else ""), self.named(key)])
            for position, key in enumerate(keys)
        )

    @staticmethod
    def _to(key: str, kind: str, text: str, **attributes: str) -> Html:
        address = quote(f"{key}.{kind}", safe="", errors="replace")
        return tag("a", text, href=address, **attributes)
