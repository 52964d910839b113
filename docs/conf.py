"""How the site is built: `sphinx-build -W --keep-going docs build/site`."""

import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "attention-kata"
author = "The attention-kata maintainers"
version = release = metadata.version(project)

extensions = ["myst_parser", "schema_reference"]
exclude_patterns = ["_extensions"]
source_suffix = {".md": "markdown"}
nitpicky = True
smartquotes = False
myst_heading_anchors = 3

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False

PAGES = {"exercise/README": "statement", "CHANGELOG": "changelog"}
"""Files of the repository outside this folder that the site has as a page of its own.

Other files that a page links to are copied into the site.
"""


def setup(app: Sphinx) -> None:
    """Let links work both here and where the repository is browsed, and keys reach everything."""
    app.connect("doctree-read", _to_pages)
    app.connect("html-page-context", _for_keyboards, priority=900)


def _to_pages(app: Sphinx, doctree: nodes.document) -> None:
    """Point links to a file that has a page to that page."""
    for link in doctree.findall(pending_xref):
        outside = link["reftarget"].removeprefix(f"{app.srcdir.parent}/")
        link["reftarget"] = PAGES.get(outside, link["reftarget"])


def _for_keyboards(app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any) -> None:
    """Let keys scroll what is wider than a phone, and say which level the captions have."""
    focus = {"<pre>": '<pre tabindex="0">', '<div class="table-': '<div tabindex="0" class="table-'}
    level = {'role="heading"': 'role="heading" aria-level="2"'}
    for part, changes in (("body", focus), ("furo_navigation_tree", level)):
        for old, new in changes.items():
            context[part] = context.get(part, "").replace(old, new)
