"""HTML out of text: whatever is not markup of ours is escaped, by default and everywhere."""

import html
import re
import unicodedata
from collections.abc import Iterable

from grader.text import JOINERS

_SUSPECT = re.compile(r"[^\t\n -~\u00a1-\u00ac\u00ae-\u02ff]")
_VOID = frozenset({"br", "input", "link", "meta"})


class Html(str):
    """Markup; in it, all text that came from elsewhere is escaped."""

    __slots__ = ()


Child = str | int | float | None


def visible(text: str) -> str:
    """Return `text` with the characters that nobody sees written out, as <U+202E>.

    These are controls but tab and newline, characters that turn the direction of writing or
    have no width, separators of lines, and lone surrogates.
    """
    return _SUSPECT.sub(lambda found: _spelled(found[0]), text)


def _spelled(character: str) -> str:
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return f"<U+{ord(character):04X}>" if hidden and character not in JOINERS else character


def escape(value: Child) -> Html:
    """Return a value as markup: `Html` as it is, other text escaped, nothing for None."""
    if isinstance(value, Html):
        return value
    return Html("" if value is None else html.escape(visible(str(value))))


def join(children: Iterable[Child]) -> Html:
    """Return children one after the other."""
    return Html("".join(escape(child) for child in children))


def tag(name: str, /, *children: Child, **attributes: str | float | bool | None) -> Html:
    """Return an element.

    Args:
        name: of the element.
        children: markup, or text to escape.
        attributes: values are escaped; None and False leave the attribute out, True gives it
            no value. `class_` stands for class, `aria_label` for aria-label.
    """
    opened = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        opened.append(attribute if value is True else f'{attribute}="{escape(value)}"')
    start = f"<{' '.join(opened)}>"
    return Html(start if name in _VOID else f"{start}{join(children)}</{name}>")


def table(caption: Child, heads: Iterable[Child], rows: Iterable[Html], **attributes: str) -> Html:
    """Return a table with a caption and a row of column headers."""
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        tag("tbody", *rows),
        **attributes,
    )


def bar(part: float, whole: float) -> Html:
    """Return a horizontal bar that is filled to part / whole; the number stands beside it."""
    percent = f"{100 * part / whole if whole else 0:.1f}%"
    return tag(
        "svg",
        tag("rect", width="100%", height="100%", class_="track"),
        tag("rect", width=percent, height="100%", class_="filled"),
        class_="bar",
        aria_hidden="true",
    )
