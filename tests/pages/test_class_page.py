"""The page of a class: what it counts, whom it links to, and how large it gets."""

from urllib.parse import unquote

from grader.pages import class_page
from tests.pages import samples
from tests.pages.test_payloads import read


def hrefs(page: bytes) -> list[str]:
    """Return where the links of a page lead."""
    return [dict(attributes)["href"] for tag, attributes in read(page).shape if tag == "a"]


def test_what_a_teacher_wants_to_know() -> None:
    """Scores, mistakes, cases, failures and identical files are all there."""
    summary, rows = samples.classroom(60)
    text = read(class_page.render(summary, rows, title="Autumn")).text
    for mistake in summary["mistakes"]:
        assert mistake["title"] in text
    for case in summary["cases"]:
        assert case["title"] in text
    for words in ("90 to 100", "The jail broke.", "no Python.", "The same file", "Ada.txt"):
        assert words in text


def test_everybody_is_linked() -> None:
    """Each learner's name leads to the page, and a second link to the data."""
    summary, rows = samples.classroom(12)
    found = [unquote(link) for link in hrefs(class_page.render(summary, rows))]
    for row in rows:
        assert f"{row['key']}.html" in found
        assert f"{row['key']}.json" in found


def test_only_reports_that_were_written() -> None:
    """Without pages of the learners, names lead to their data."""
    found = hrefs(class_page.render(*samples.classroom(12), reports=("json",)))
    assert not any(link.endswith(".html") for link in found)
    assert any(link.endswith(".json") for link in found)


def test_rows_of_the_gradebook_will_do() -> None:
    """Rows without keys, as the gradebook has them, are linked by their names."""
    summary, rows = samples.classroom(4)
    bare = [{name: value for name, value in row.items() if name != "key"} for row in rows]
    assert "Ada%200003.html" in hrefs(class_page.render(summary, bare))


def test_links_inside_the_page_lead_somewhere() -> None:
    """All anchors that are linked to exist."""
    page = class_page.render(*samples.classroom(60))
    ids = {value for _, some in read(page).shape for name, value in some if name == "id"}
    assert {link[1:] for link in hrefs(page) if link.startswith("#")} <= ids


def test_an_empty_class() -> None:
    """A class in which nobody was graded yet has its page."""
    assert "Learners" in read(class_page.render(*samples.classroom(0))).text


def test_a_thousand_learners() -> None:
    """A thousand learners take less than 2 MB."""
    assert len(class_page.render(*samples.classroom(1000))) < 2_000_000
