"""The page of a class: what it counts, whom it links to, and how large it gets."""

import re
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
    for words in (
        "90 to 100",
        "The jail broke.",
        "no Python.",
        "The same file",
        "Ada.txt",
        "They score 0",
    ):
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


def test_long_lists_are_cut() -> None:
    """Of those not loaded, of groups, of a group's members and of stray files ten are shown."""
    summary, rows = samples.classroom(0)
    keys = [f"Ada {number:03}" for number in range(200)]
    summary["not_loaded"] = [{"key": key, "message": "No Python."} for key in keys]
    summary["identical"] = {"bytes": [keys, *([key, "Bo"] for key in keys)], "code": []}
    summary["ignored"] = [f"{key}.txt" for key in keys]
    page = class_page.render(summary, rows).decode()
    for words in ("190 more learners", "191 more groups", "190 more<", "190 more files"):
        assert f"and {words}" in page, words
    shown = re.sub(r"<details>.*?</details>", "", page)
    while "<details>" in shown:
        shown = re.sub(r"<details>(?:(?!<details>).)*?</details>", "", shown, flags=re.DOTALL)
    assert len(re.findall(r"Ada \d", shown)) < 60


def test_cases_count_who_was_judged() -> None:
    """A case that waits for another one counts only those for whom it was judged."""
    summary, _ = samples.classroom(3)
    judged = {case.id: case.outcome != "not_run" for case in samples.report().cases}
    assert set(judged.values()) == {True, False}
    for case in summary["cases"]:
        assert case["of"] == (3 if judged[case["id"]] else 0)
    text = read(class_page.render(*samples.classroom(3))).text
    assert " of 0" not in text
