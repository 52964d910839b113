"""The pages in a browser: they load nothing, fit a phone, and can be read by everybody.

Needs the extra `browser` and a Chromium of the system (`apt-get install chromium`).
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.pages import class_page, submission
from tests.pages import samples
from tests.pages.test_payloads import PAYLOADS

pytestmark = pytest.mark.long
sync_api = pytest.importorskip("playwright.sync_api", reason="the extra `browser` is not installed")
axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="the extra `browser` is not installed"
)

HOSTILE = "".join(PAYLOADS.values())
LEARNERS = 40


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium of the system, started once."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no chromium on the PATH")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a page of each kind, and the reports of a class beside its page."""
    out = tmp_path_factory.mktemp("pages")
    pages = {
        "graded": submission.render(samples.report(), samples.SOURCE * 20),
        "rejected": submission.render(samples.rejected(), samples.SOURCE),
        "grader_error": submission.render(samples.without_verdict(), samples.SOURCE),
        "full_marks": submission.render(samples.full_marks(), samples.SOURCE),
        "picture": submission.render(samples.with_picture(), samples.SOURCE),
        "hostile": submission.render(samples.report(HOSTILE), HOSTILE * 3),
        "hostile_class": class_page.render(*samples.classroom(12, HOSTILE), title=HOSTILE),
    }
    summary, rows = samples.classroom(LEARNERS, "José")
    pages["class"] = class_page.render(summary, rows, title="Autumn")
    for row in rows:
        report = replace(samples.report(), submission={"name": row["name"], "sha256": ""})
        pages[row["key"]] = submission.render(report)
        (out / f"{row['key']}.json").write_text(report.to_json(), encoding="utf-8")
    for name, page in pages.items():
        (out / f"{name}.html").write_bytes(page)
    return out


class Seen:
    """A page in a browser, and all that it did while it was looked at."""

    def __init__(self, context: Any, path: Path) -> None:
        self.page = context.new_page()
        self.noise: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.noise.append(message.text))
        self.page.on("pageerror", lambda error: self.noise.append(str(error)))
        self.page.on("dialog", lambda dialog: self.noise.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.refused: list[tuple[str, str]] = []
        self.page.on("requestfailed", lambda one: self.refused.append((one.url, one.failure)))
        self.page.goto(path.as_uri())


@pytest.fixture
def see(browser: Any, folder: Path) -> Iterator[Any]:
    """Open a page of the folder in a browser with these settings."""
    contexts = []

    def open_(name: str, **settings: Any) -> Seen:
        contexts.append(browser.new_context(**settings))
        return Seen(contexts[-1], folder / f"{name}.html")

    yield open_
    for context in contexts:
        context.close()


KINDS = [
    *("graded", "rejected", "grader_error", "full_marks"),
    *("picture", "hostile", "class", "hostile_class"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", KINDS)
def test_page_is_sound(see: Any, folder: Path, name: str, width: int, scheme: str) -> None:
    """A page asks for nothing, says nothing on the console, fits, and axe finds it accessible."""
    seen = see(name, viewport={"width": width, "height": 800}, color_scheme=scheme)
    seen.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    found = axe.Axe().run(seen.page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert seen.noise == []
    assert seen.requests == [(folder / f"{name}.html").as_uri()]


def test_the_policy_holds(see: Any) -> None:
    """Whatever came into the page in spite of all could neither run nor load anything."""
    seen = see("graded")
    seen.page.evaluate(
        """() => {
            const added = document.createElement("div");
            added.innerHTML = "<img src='https://example.org/x.png' onerror='alert(1)'>";
            document.body.append(added);
            const script = document.createElement("script");
            script.textContent = "document.title = 'taken over'";
            document.body.append(script);
        }"""
    )
    seen.page.wait_for_function("document.images[0].complete")
    assert "taken over" not in seen.page.title()
    assert seen.refused == [("https://example.org/x.png", "csp")]
    assert all("Content Security Policy" in text for text in seen.noise)


def test_search(see: Any) -> None:
    """Typing a part of a name, accents or not, leaves the rows with it, and says how many."""
    page = see("class").page
    page.get_by_label("Search").fill("jose 0003")
    rows = page.locator("#learners tbody tr:visible")
    assert rows.count() == 1
    assert "José 0003" in rows.text_content()
    assert page.get_by_role("status").inner_text() == f"1 of {LEARNERS} shown"
    page.get_by_label("Search").fill("")
    assert rows.count() == LEARNERS


@pytest.mark.parametrize(
    ("kind", "shown"), [("everybody", LEARNERS), ("not loaded", 4), ("late", 6), ("no verdict", 1)]
)
def test_filter(see: Any, kind: str, shown: int) -> None:
    """What is asked for alone is shown alone, and searching goes on in it."""
    page = see("class").page
    page.get_by_label("Show", exact=True).select_option(kind)
    assert page.locator("#learners tbody tr:visible").count() == shown
    assert page.get_by_role("status").inner_text() == f"{shown} of {LEARNERS} shown"


def test_sort(see: Any) -> None:
    """A heading sorts by its column, numbers as numbers, and the other way round next time."""
    page = see("class").page
    heading = page.locator("#learners").get_by_role("button", name="Points")
    values = "rows => rows.map(row => row.cells[2].textContent)"
    rows = page.locator("#learners tbody tr")
    for order, state in ((1, "ascending"), (-1, "descending")):
        heading.click()
        numbers = [int(cell) for cell in rows.evaluate_all(values) if cell != "none"]
        assert numbers == sorted(numbers)[::order]
        assert page.locator("#learners th[aria-sort]").get_attribute("aria-sort") == state


def test_all_names_at_a_mistake(see: Any) -> None:
    """Behind the first names at a mistake are all others, one press away."""
    page = see("class").page
    row = page.locator("#mistakes tbody tr").first
    count = int(row.locator("td").first.inner_text().split()[0])
    assert row.locator("a").count() == count
    if count > 5:
        row.locator("summary").first.click()
    assert row.locator("a:visible").count() == count


def test_without_script(see: Any) -> None:
    """Without script all learners are there, and no box that would do nothing."""
    page = see("class", java_script_enabled=False).page
    assert page.locator("#learners tbody tr:visible").count() == LEARNERS
    assert not page.locator("#query").is_visible()


def test_links_to_reports(see: Any) -> None:
    """A learner's name leads to the learner's page, and the data beside it to the data."""
    page = see("class").page
    data = page.get_by_role("link", name="José 0003, JSON").get_attribute("href")
    page.locator("#learners").get_by_role("link", name="José 0003", exact=True).click()
    page.wait_for_url("**/Jos*0003_3.html")
    assert page.locator("h1").inner_text() == "José 0003"
    assert data == "Jos%C3%A9%200003_3.json"


def test_from_a_message_to_the_line_and_back(see: Any) -> None:
    """A line in a message leads to that line of the file, and the note there to the case."""
    page = see("graded", viewport={"width": 360, "height": 640}).page
    page.get_by_role("link", name="line 5").first.click()
    expect = sync_api.expect
    expect(page.locator("#L5")).to_be_in_viewport()
    page.locator(".note a").first.click()
    assert page.locator("tr:target").count() == 1
    expect(page.locator("tr:target")).to_be_in_viewport()


def test_by_keyboard(see: Any) -> None:
    """The first key press offers to skip to the report; a hint opens without a mouse."""
    page = see("graded").page
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the report"
    hint = page.locator("details").filter(has_text="What to try next").first
    hint.locator("summary").focus()
    page.keyboard.press("Enter")
    assert hint.get_by_text("Compute one row by hand.").is_visible()


def test_printed_pages_hide_nothing(see: Any) -> None:
    """On paper the hints are there, and the links that lead nowhere are not."""
    page = see("graded").page
    hint = page.get_by_text("Compute one row by hand.").first
    shown = "element => element.checkVisibility({contentVisibilityAuto: true})"
    assert not hint.evaluate(shown)
    page.emulate_media(media="print")
    assert hint.evaluate(shown)
    assert not page.locator("nav").is_visible()
