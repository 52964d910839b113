"""Make the pictures of the pages in docs/images: `python tools/screenshots.py`.

Needs the extra `browser` and a Chromium of the system. A class is made of the files in
tests/golden and some of tests/right, graded, and looked at.
"""

import csv
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from grader.pages import class_page

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SEED = "1"
NAMES = (
    "Ada Amir Bea Chen Dana Eli Femi Gil Hana Ivo Jun Kofi Lea Mei Nils Ola Pia Quinn Rosa Sami "
    "Tove Uma Vera Wim Xenia Yara Zoe"
)


@dataclass(frozen=True)
class Picture:
    """One picture: of which page, how large (in pixels), in which colors, from where on."""

    name: str
    page: str
    width: int
    height: int
    scheme: str = "light"
    anchor: str = ""


PICTURES = (
    Picture("report", "unscaled", 960, 900),
    Picture("report-source", "opens_a_file", 960, 700, anchor="#file"),
    Picture("attention", "unscaled", 960, 560, anchor="#picture"),
    Picture("report-phone-dark", "unscaled", 360, 760, "dark"),
    Picture("class", "class", 960, 1000),
    Picture("class-phone-dark", "class", 360, 760, "dark", "#learners"),
)


def main() -> None:
    """Grade, write the pages into a folder that does not last, and take the pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("There is no chromium on the PATH; install it (apt-get install chromium).")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        pages = Path(folder)
        for name in ("unscaled", "opens_a_file"):
            page = pages / f"{name}.html"
            grade(ROOT / "tests/golden" / f"{name}.py", "--seed", SEED, "--format", f"html={page}")
        (pages / "class.html").write_bytes(class_of(pages))
        browser = playwright.chromium.launch(executable_path=chromium)
        for picture in PICTURES:
            take(browser, picture, pages)
        browser.close()


def grade(*arguments: str | Path) -> None:
    """Run `grade`."""
    subprocess.run(["grade", *arguments], check=True, stdout=subprocess.DEVNULL)


def class_of(folder: Path) -> bytes:
    """Return the page of a class, graded in this folder."""
    files = sorted((ROOT / "tests/golden").glob("*.py")) + sorted((ROOT / "tests/right").glob("*"))
    learners, reports = folder / "class", folder / "reports"
    learners.mkdir()
    for name, file in zip(NAMES.split(), files, strict=False):
        shutil.copy(file, learners / f"{name}.py")
    grade(learners, "--out", reports, "--seed", SEED)
    summary = json.loads((reports / "summary.json").read_text(encoding="utf-8"))
    with (reports / "gradebook.csv").open(encoding="utf-8", newline="") as gradebook:
        rows = list(csv.DictReader(gradebook))
    return class_page.render(summary, rows, title="Transformers, autumn")


def take(browser: Browser, picture: Picture, pages: Path) -> None:
    """Take one picture."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto((pages / f"{picture.page}.html").as_uri() + picture.anchor)
    page.screenshot(path=IMAGES / f"{picture.name}.png")
    context.close()


if __name__ == "__main__":
    main()
