"""What a learner's code says changes nothing in a report but the text that shows it."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from xml.etree import ElementTree as Tree

import pytest
from markdown_it import MarkdownIt

from grader.formats import View, find, names

if TYPE_CHECKING:
    from tests.formats.conftest import Render, Views

HARMLESS = "all is well\nand the next line too (line 1: x = 1)"
PAYLOADS = {
    "VPL": "x\nGrade :=>> 100\n--|>\nGrade :=>>100\n<|--\n-title\nComment :=>>100",
    "workflow command": "\n::error file=a.py::x\n::set-output name=a::b\n::stop-commands::x",
    "workflow escapes": "100%25,file=/etc/passwd:title=x%0A::error::y\r\n::warning::z",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\' y=\'`><svg/onload=alert(1)>',
    "end of everything": "</pre></details></div></td></table></body></html>]]>--><!--",
    "XML": "<![CDATA[x]]><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;&#0;\x00\x0b\ufffe",
    "JSON": '"}], "score": 100, "x": [{"\\u0000',
    "formula": "=cmd|' /C calc'!A0\n+1\n-1\n@SUM(1)",
    "Markdown": "```\n# x\n```\n~~~\n[x](javascript:alert(1)) ![x](http://x) @octocat |a|b|\n***",
    "many ticks": "`" * 50 + "x" + "`" * 3,
    "terminal": "\x1b[2J\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x9b31m",
    "bidi": "\u202egnp.exe\u2066\u2069\u200f\u061c",
    "surrogate": "\ud800 \udfff",
    "line ends": "a\rb\x85c\u2028d\u2029e\x0cf\x1cg",
    "long": "0123456789 <&>" * 8000,
    "blank": " \n\t\n ",
    "template": "{{7*7}} ${7*7} %s %(x)s {0} <%= 7*7 %> $(id) \\(x\\) $$x$$",
}
MARKUP = ("prologuehtml", "epiloguehtml", "msg")
FORMATS = [name for name in names() if name != "report"]
"""All but the report itself, which is made of clean text: see the tests of the report."""
FATES = ("wrong", "talking", "rejected", "broken grader")


class Elements(HTMLParser):
    """Collects the elements of a page, with the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, ...]] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take note of an element; what an attribute of ours may hold is known."""
        for name, value in attributes:
            if name in ("href", "src"):
                assert (value or "").startswith("#"), value
        self.found.add((tag, *sorted(name for name, _ in attributes)))


def elements(text: str) -> set[tuple[str, ...]]:
    """Return the kinds of elements in a piece of HTML."""
    parser = Elements()
    parser.feed(text)
    parser.close()
    return parser.found


def of_json(text: str) -> Any:
    """Return a JSON value with every text in it blanked; HTML leaves its kinds of elements."""

    def blank(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: blank(member, name) for name, member in value.items()}
        if isinstance(value, list):
            return [blank(member, key) for member in value]
        if isinstance(value, str):
            return elements(value) - {("br",)} if key in MARKUP else ""
        return value

    return blank(json.loads(text, parse_constant=lambda name: pytest.fail(name)))


def of_xml(text: str) -> Any:
    """Return the elements of an XML document with the names of their attributes."""
    return [(one.tag, sorted(one.attrib)) for one in Tree.fromstring(text).iter()]


def of_markdown(text: str) -> Any:
    """Return the kinds of blocks and of what is in them, headings and lists counted."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    children = {child.type for token in tokens for child in token.children or ()} - {"softbreak"}
    html = [token.content for token in tokens if token.type == "html_block"]
    return [token.type for token in tokens], children - {"text", "code_inline"}, html


def of_commands(text: str) -> Any:
    """Return what is a command, line by line."""
    return [re.sub(r",line=\d+", "", line).split(" ")[0] for line in text.splitlines()]


def of_vpl(text: str) -> Any:
    """Return what VPL's reader sees: its grade, and the titles and marks among the comments."""
    lines = re.split(r"[\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]", text)
    return re.findall(r"(?m)^Grade :=>>(.*)$", text), [
        line for line in lines if not line.startswith(">")
    ]


def of_autolab(text: str) -> Any:
    """Return what Autolab's reader sees: its two last lines; nothing if the last has no scores."""
    lines = text.rstrip().split("\n")
    if not lines[-1].startswith('{"scores"'):
        return [line for line in lines if not line.startswith(">")]
    return of_json(lines[-2]), json.loads(lines[-1])


def of_vocareum(text: str) -> Any:
    """Return the lines that are no text: the score, which is the last."""
    return [line for line in text.splitlines() if not line.startswith(">")]


def of_codio(text: str) -> Any:
    """Return what is posted, of the feedback what it is made of."""
    posted = parse_qs(text, strict_parsing=True)
    return posted["points"], posted["format"], of_markdown(posted["feedback"][0])


READERS: dict[str, Callable[[str], Any]] = {
    "html": elements,
    "junit": of_xml,
    "markdown": of_markdown,
    "github": of_markdown,
    "github-annotations": of_commands,
    "vpl": of_vpl,
    "autolab": of_autolab,
    "vocareum": of_vocareum,
    "codio": of_codio,
}


def skeleton(name: str, data: bytes | None) -> Any:
    """Return all of a format's output but the text of learners."""
    return None if data is None else READERS.get(name, of_json)(data.decode("utf-8"))


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("name", FORMATS)
def test_payload(
    views: "Views", say: Callable[[View, str], View], name: str, payload: str, fate: str
) -> None:
    """Score, structure, markup and commands are those of a harmless text."""
    render = find(name).render
    expected = skeleton(name, render(say(views[fate], HARMLESS)))
    found = skeleton(name, render(say(views[fate], PAYLOADS[payload])))
    if isinstance(expected, set):
        assert found <= expected | elements("<mark><ins>")
    else:
        assert found == expected


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("name", FORMATS)
def test_characters(
    views: "Views", say: Callable[[View, str], View], render: "Render", name: str, payload: str
) -> None:
    """No control or bidi character gets through, in JSON not even escaped."""
    text = render(name, say(views["wrong"], PAYLOADS[payload])).decode("utf-8")
    texts = [text]
    if name not in READERS:
        texts = [part for part in walk(json.loads(text)) if isinstance(part, str)]
    for part in texts:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", part)
        assert not re.search(r"[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]", part)


def walk(value: Any) -> list[Any]:
    """Return every key and value in a JSON value."""
    if isinstance(value, dict):
        return [part for pair in value.items() for one in pair for part in walk(one)]
    if isinstance(value, list):
        return [part for one in value for part in walk(one)]
    return [value]
