"""Make the picture of a step's summary in docs/images: `python tools/summary_picture.py`.

Needs the extras `browser` and `test`, and a Chromium of the system. GitHub's own styles are not
used: what is shown is the Markdown, as markdown-it reads it.
"""

import shutil
import sys
from pathlib import Path

from markdown_it import MarkdownIt
from playwright.sync_api import sync_playwright

from grader.formats.markdown import render
from grader.grading.grade import grade
from grader.jail import Jail, Limits
from grader.kata import default_kata

KATA = default_kata()

TARGET = Path(__file__).resolve().parent.parent / "docs" / "images" / "github-summary.png"
STYLE = """
body { font: 16px/1.5 sans-serif; margin: 24px 32px; color: #1f2328; }
h2 { border-bottom: 1px solid #d1d9e0; padding-bottom: 6px; }
code { background: #eff1f3; border-radius: 4px; padding: 2px 6px; font-size: 85%; }
table { border-collapse: collapse; }
th, td { border: 1px solid #d1d9e0; padding: 6px 13px; }
"""


def main() -> None:
    """Grade a submission that forgets to scale, and take the picture of its summary."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("There is no chromium on the PATH; install it (apt-get install chromium).")
    source = KATA.solution_path.read_text().replace(" / np.sqrt(d_k)", "")
    with Jail(Limits()) as jail:
        report = grade(KATA, jail, source.encode(), name=KATA.file, seed=1, feedback="hints")
    body = MarkdownIt("gfm-like", {"linkify": False}).render(render(report))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        page = browser.new_page(viewport={"width": 960, "height": 640})
        page.set_content(f"<!doctype html><style>{STYLE}</style>{body}")
        page.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    main()
