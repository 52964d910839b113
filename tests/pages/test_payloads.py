"""What a learner writes is text on a page, never markup, whatever it is and wherever it stands."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from grader.pages import class_page, submission
from grader.pages.matrices import heatmap
from tests.pages import samples

Shape = list[tuple[str, tuple[tuple[str, str], ...]]]

PAYLOADS = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "svg": "<svg onload=alert(1)><animate onbegin=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "closing": "</code></pre></title></style></script></td></table></svg><h1>x</h1>",
    "comment": "<!-- --><![CDATA[ ]]><?php ?>",
    "link": "<a href=javascript:alert(1)>x</a>",
    "meta": '<meta http-equiv=refresh content="0;url=//example.org"><base href=//example.org>',
    "entities": "&lt;script&gt; &#60;img&#62; &amp;amp;",
    "ansi": "\x1b[31mred\x1b]8;;https://example.org\x07link\x1b]8;;\x07",
    "bidi": "\u202e\u2066// check\u2069 \u200f\u061c",
    "zero width": "\u200b\u2060\ufeff\u00ad\U000e0041",
    "separators": "a\u2028b\u2029c\x0bd\x0ce\x85f",
    "surrogate": "\udcff\ud800",
    "nul": "a\x00b",
    "scheme": "javascript:alert(1)//",
    "path": "../../etc/passwd?x#y%2f\\",
}
UNSEEN = "\x00\x07\x0b\x0c\x1b\x85\xad\u061c\u200b\u200f\u2028\u2029\u202e\u2060\u2066\u2069\ufeff"


class _Reader(HTMLParser):
    """Notes the elements of a page with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.shape: Shape = []
        self.ended: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, tuple((name, value or "") for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.ended.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")


def read(page: bytes | str) -> _Reader:
    """Return what a parser sees in a page."""
    reader = _Reader()
    reader.feed(page if isinstance(page, str) else page.decode("utf-8"))
    reader.close()
    return reader


def of_submission(text: str) -> bytes:
    """Return the page of a submission with a text wherever a learner has a say."""
    return submission.render(samples.report(text, f"It raised {text}:"), f"x = '{text}'")


def of_rejected(text: str) -> bytes:
    """Return the page of a file that could not be loaded, and said so in its own words."""
    report = samples.rejected(f"Loading the file raised {text} (line 1: {text})")
    return submission.render(replace(report, submission={"name": text, "sha256": ""}), text)


def of_class(text: str) -> bytes:
    """Return the page of a class in which everybody has that name."""
    return class_page.render(*samples.classroom(30, text), title=text)


def of_heatmap(text: str) -> str:
    """Return the map of a picture in which all words are that text."""
    words: Any = dict.fromkeys(("caption", "about", "numbers", "row", "column"), text)
    return heatmap(replace(samples.picture([[1.0]], [["nan"]], [text]), **words))


def elements(shape: Shape) -> list[tuple[str, tuple[str, ...]]]:
    """Return elements with the names of their attributes, but for what each line adds."""
    return [(tag, tuple(name for name, _ in attributes)) for tag, attributes in shape]


PAGES = [of_submission, of_rejected, of_class, of_heatmap]


@pytest.mark.parametrize("render", PAGES)
@pytest.mark.parametrize("name", PAYLOADS)
def test_payload_makes_no_markup(render: Callable[[str], bytes | str], name: str) -> None:
    """A page with a payload has the elements and attributes of one with a word, no others."""
    lines = PAYLOADS[name].replace("\x0b", "").replace("\x0c", "")
    assert elements(read(render(lines)).shape) == elements(read(render("word")).shape)


@pytest.mark.parametrize("render", PAGES)
@pytest.mark.parametrize("name", PAYLOADS)
def test_attributes_do_nothing(render: Callable[[str], bytes | str], name: str) -> None:
    """No attribute handles an event, styles, or leads anywhere but to this page and its folder."""
    for _, attributes in read(render(PAYLOADS[name])).shape:
        for attribute, value in attributes:
            assert not attribute.startswith("on")
            assert attribute not in ("style", "src", "srcdoc", "srcset", "action", "xlink:href")
            if attribute == "href":
                assert value.startswith("#") or not set(value) & set(":/\\?#")


@pytest.mark.parametrize("render", PAGES)
@pytest.mark.parametrize("name", PAYLOADS)
def test_nothing_stays_unseen(render: Callable[[str], bytes | str], name: str) -> None:
    """No character of a page is one that nobody sees or that turns the direction of writing."""
    page = render(PAYLOADS[name])
    text = page if isinstance(page, str) else page.decode("utf-8")
    assert not set(text) & set(UNSEEN)


def test_controls_are_written_out() -> None:
    """A control character is shown by its number, in the source, the output and the name."""
    text = read(of_submission("a\u202eb\x1b[0m")).text
    assert text.count("a<U+202E>b<U+001B>[0m") > 4


def test_text_arrives_as_it_was() -> None:
    """What a learner printed reads on the page as it was printed."""
    assert PAYLOADS["script"] in read(of_submission(PAYLOADS["script"])).text
    assert PAYLOADS["entities"] in read(of_submission(PAYLOADS["entities"])).text


def test_elements_are_closed() -> None:
    """Every element that is opened is closed."""
    for page in (of_submission("x"), of_class("x")):
        reader = read(page)
        opened = [tag for tag, _ in reader.shape if tag not in ("meta", "br", "input")]
        assert sorted(opened) == sorted(reader.ended)
