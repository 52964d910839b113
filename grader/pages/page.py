"""The shell that all pages share: one file, and a policy under which it can load nothing."""

import base64
import hashlib
from importlib import resources

from grader.pages.markup import Child, Html, join, tag


def page(title: str, *body: Child, script: str = "", served: bool = False) -> bytes:
    """Return a whole page.

    Args:
        title: of the window.
        body: the landmarks: header, nav, main, footer.
        script: JavaScript; the page must be of use without it.
        served: whether the script may ask where the page came from for more.
    """
    style = asset("page.css")
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script, served)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Html(style)),
    ]
    skip = tag("a", "Skip to the report", class_="skip", href="#main")
    code = tag("script", Html(script)) if script else None
    document = tag("html", tag("head", *head), tag("body", skip, *body, code), lang="en")
    return f"<!doctype html>\n{document}\n".encode()


def asset(name: str) -> str:
    """Return a file of this package that pages hold inside."""
    return resources.files("grader.pages").joinpath(name).read_text(encoding="utf-8").strip()


def badge(word: str, kind: str) -> Html:
    """Return a word that says how something ended; `kind` (pass, fail, wait) colors it."""
    return tag("span", word, class_=f"badge {kind}")


def section(name: str, heading: Child, *content: Child) -> Html:
    """Return a part of the page that its heading names."""
    title = tag("h2", heading, id=f"{name}-heading")
    return tag("section", title, *content, id=name, aria_labelledby=f"{name}-heading")


def more(summary: Child, *content: Child) -> Html:
    """Return what is shown when it is asked for; printed, it is always shown."""
    return tag("details", tag("summary", summary), *content)


def facts(pairs: list[tuple[str, Child]]) -> Html:
    """Return names and their values."""
    return tag("dl", join(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs))


def scroller(label: str, content: Child) -> Html:
    """Return something wide, which scrolls by itself, by keyboard too."""
    return tag("div", content, class_="scroll", role="region", aria_label=label, tabindex="0")


def _policy(style: str, script: str, served: bool) -> str:
    """Return the policy that allows this style and this script, and nothing else."""
    allowed = ["default-src 'none'", f"style-src {_hash(style)}"]
    if script:
        allowed.append(f"script-src {_hash(script)}")
    if served:
        allowed.append("connect-src 'self'")
    return "; ".join([*allowed, "base-uri 'none'", "form-action 'none'"])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
