"""Formats as validators take them that others wrote; each is seen to reject a broken sample."""

import ast
import io
import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import html5lib
import pytest
import xmlschema
from lxml import etree
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from tests.formats.conftest import Render, Views

from grader.formats import View, find

pytestmark = pytest.mark.long

FATES: tuple[str, ...] = ("right", "wrong", "raising", "talking", "rejected")
FATES += tuple(f"{name} at {level}" for name in ("right", "wrong") for level in ("names", "score"))

fates = pytest.mark.parametrize("fate", FATES)


def run(command: list[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a validator."""
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, **options
    )


# ------------------------------------------------------------------------------ JUnit XML


@fates
def test_junit(views: "Views", render: "Render", junit_xsd: Path, fate: str) -> None:
    """JUnit XML is valid against the XSD of Jenkins' xunit plug-in."""
    schema = xmlschema.XMLSchema(str(junit_xsd))
    text = render("junit", views[fate]).decode()
    schema.validate(text)
    for broken in ('<testsuite color="red"', "<testsuite>"):
        assert not schema.is_valid(text.replace("<testsuite ", f"{broken} ", 1))


@fates
def test_junit_as_ctrf(views: "Views", render: "Render", node_tools: Path, fate: str) -> None:
    """Npm's junit-to-ctrf reads it, and counts what we count."""
    (node_tools / "report.xml").write_bytes(render("junit", views[fate]))
    script = (
        "const {convertJUnitToCTRFReport: convert} = await import('junit-to-ctrf');"
        "console.log(JSON.stringify((await convert('report.xml')).results.summary));"
    )
    done = run(["node", "--input-type=module", "-e", script], cwd=node_tools)
    counted = json.loads(done.stdout.splitlines()[-1])
    ours = json.loads(render("ctrf", views[fate]))["results"]["summary"]
    for name in ("tests", "passed", "failed", "skipped"):
        assert counted[name] == ours[name]


# ------------------------------------------------------------------------------------ CTRF


def test_ctrf(views: "Views", render: "Render", node_tools: Path) -> None:
    """Npm's ctrf finds the report valid, and a broken one not."""
    reports = [json.loads(render("ctrf", views[fate])) for fate in FATES]
    broken = json.loads(render("ctrf", views["wrong"]))
    broken["results"]["tests"][0]["status"] = "fine"
    (node_tools / "reports.json").write_text(json.dumps([*reports, broken]))
    script = (
        "import {validate} from 'ctrf'; import {readFileSync} from 'node:fs';"
        "const all = JSON.parse(readFileSync('reports.json'));"
        "console.log(JSON.stringify(all.map((one) => validate(one).valid)));"
    )
    done = run(["node", "--input-type=module", "-e", script], cwd=node_tools)
    assert json.loads(done.stdout) == [True] * len(reports) + [False], done.stderr


# --------------------------------------------------------------------------------- Coursera

COURSERA = """
import sys, types
class Missing(types.ModuleType):
    def __getattr__(self, name):
        return type(name, (Exception,), {})
for name in ("docker", "docker.utils", "requests", "requests.exceptions"):
    sys.modules[name] = Missing(name)
for name in ("coursera_autograder", "coursera_autograder.commands"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [sys.argv[1] + "/" + name.replace(".", "/")]
sys.modules["coursera_autograder"].utils = None
from coursera_autograder.commands import grade
class Client:
    def __getattr__(self, name):
        return lambda *arguments, **options: 0
    def logs(self, *arguments, **options):
        return ""
    def get_archive(self, container, path):
        return [open("feedback.tar", "rb").read()], {}
class Options:
    dst_dir, timeout, no_rm = ".", 1, False
grade.run_container(Client(), "container", Options())
"""


def coursera_takes(feedback: bytes, tools: Path, folder: Path) -> bool:
    """Say whether Coursera's own check of a grader's output passes."""
    with tarfile.open(folder / "feedback.tar", "w") as archive:
        member = tarfile.TarInfo("feedback.json")
        member.size = len(feedback)
        archive.addfile(member, io.BytesIO(feedback))
    done = run([sys.executable, "-c", COURSERA, tools], cwd=folder)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode == 0


@fates
def test_coursera(
    views: "Views", render: "Render", python_tools: Path, tmp_path: Path, fate: str
) -> None:
    """coursera_autograder takes the feedback; not with a score beyond 1."""
    feedback = render("coursera", views[fate])
    assert coursera_takes(feedback, python_tools, tmp_path)
    broken = re.sub(rb'"fractionalScore": [0-9.]+', b'"fractionalScore": 1.5', feedback)
    assert not coursera_takes(broken, python_tools, tmp_path)


# ------------------------------------------------------------------------------------- edX


def edx_parser(tools: Path) -> Callable[[str], tuple[bool, bool, float, str]]:
    """Return edX's own reading of a reply, cut out of the class that it is a method of."""
    (path,) = tools.glob("xblocks_contrib/problem/capa/responsetypes.py")
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name == "_parse_score_msg":
            module = ast.Module([node], [])
    names: dict[str, Any] = {"json": json, "etree": etree, "html5lib": html5lib}
    names["log"] = type("Log", (), {"error": staticmethod(lambda *_: None)})
    exec(compile(module, str(path), "exec"), names)
    return lambda text: names["_parse_score_msg"](None, text)


@fates
def test_edx(views: "Views", render: "Render", python_tools: Path, fate: str) -> None:
    """EdX's CodeResponse reads the reply; not one without a message."""
    parse = edx_parser(python_tools)
    report = views[fate].report
    reply = render("edx", views[fate]).decode()
    valid, correct, score, message = parse(reply)
    assert (valid, correct, score) == (True, report.score == 1, report.score)
    etree.fromstring(message)
    assert not parse(json.dumps({**json.loads(reply), "msg": ""}))[0]


# ------------------------------------------------------------------------------------- LTI

LTI = """
import json, sys, types
sys.modules["requests"] = types.ModuleType("requests")
sys.modules["requests"].Response = object
package = types.ModuleType("pylti1p3")
package.__path__ = [sys.argv[1] + "/pylti1p3"]  # pylti1p3next keeps the name of what it goes on
sys.modules["pylti1p3"] = package
from pylti1p3.grade import Grade
score = json.load(sys.stdin)
grade = Grade()
for key, set_ in {
    "scoreGiven": grade.set_score_given, "scoreMaximum": grade.set_score_maximum,
    "activityProgress": grade.set_activity_progress, "comment": grade.set_comment,
    "gradingProgress": grade.set_grading_progress, "timestamp": grade.set_timestamp,
    "userId": grade.set_user_id,
}.items():
    if key in score:
        set_(score[key])
print(grade.get_value())
"""


@pytest.mark.parametrize("fate", [*FATES, "broken grader"])
def test_lti(views: "Views", render: "Render", python_tools: Path, fate: str) -> None:
    """pylti1p3next's Grade takes each field, and posts what we wrote; no score that is a text."""
    body = json.loads(render("ags", views[fate]))
    command: list[str | Path] = [sys.executable, "-c", LTI, python_tools]
    done = run(command, input=json.dumps(body))
    assert json.loads(done.stdout) == body, done.stderr
    assert run(command, input=json.dumps({**body, "scoreGiven": "7"})).returncode != 0


# ---------------------------------------------------------------------------------- GitHub

ACTIONS = """
const core = require('@actions/core');
for (const one of JSON.parse(require('node:fs').readFileSync(0))) {
  core.error(one.message, {title: one.title, file: one.file, startLine: one.line});
}
"""


def as_core_prints(lines: list[str], node_tools: Path) -> list[str]:
    """Return what @actions/core prints for the annotations that a runner reads in lines.

    Both are without the order of the properties, which means nothing.
    """
    decoded = []
    for line in lines:
        match = re.fullmatch(r"::error title=(.*?),file=(.*?)(?:,line=(\d+))?::(.*)", line)
        assert match
        title, file, number, message = match.groups()
        for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n")):
            title, file = title.replace(code, character), file.replace(code, character)
            message = message.replace(code, character) if code in ("%0D", "%0A") else message
        title, file, message = (part.replace("%25", "%") for part in (title, file, message))
        decoded.append({"title": title, "file": file, "line": number, "message": message})
    done = run(["node", "-e", ACTIONS], cwd=node_tools, input=json.dumps(decoded))
    return [in_order(line) for line in done.stdout.splitlines()]


def in_order(line: str) -> str:
    """Return a command with its properties sorted."""
    command, properties, data = re.fullmatch(r"(::error )(.*?)(::.*)", line).groups()  # type: ignore[union-attr]
    return command + ",".join(sorted(properties.split(","))) + data


def test_github_annotations(
    views: "Views", say: Callable[[View, str], View], render: "Render", node_tools: Path
) -> None:
    """@actions/core prints the same commands for the same annotations; not unescaped ones."""
    hostile = say(views["raising"], "100%,a:b\r\nx (line 3: y)%0A::error::z")
    for view in (views["raising"], hostile):
        lines = render("github-annotations", view).decode().splitlines()
        assert any(",line=" in line for line in lines)
        assert as_core_prints(lines, node_tools) == [in_order(line) for line in lines]
    for escape, broken in (("%25", "%"), ("%3A", ":"), ("%2C", ", ")):
        part = next(line for line in lines if escape in line)
        wrong = part.replace(escape, broken)
        assert as_core_prints([wrong], node_tools) != [in_order(wrong)]


# ------------------------------------------------------------------------ Markdown and HTML

BLOCKS: tuple[str, ...] = ("heading", "paragraph", "table", "thead", "tbody", "tr", "th", "td")
BLOCKS += ("bullet_list", "list_item")


@fates
def test_markdown(views: "Views", render: "Render", fate: str) -> None:
    """markdown-it finds headings, one table and code; no markup, image or link of a learner's."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(
        render("markdown", views[fate]).decode()
    )
    kinds = {token.type for token in tokens}
    inner = {child.type for token in tokens for child in token.children or ()}
    assert inner <= {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
    assert kinds <= {
        *(f"{name}_{end}" for name in BLOCKS for end in ("open", "close")),
        *("inline", "fence", "html_block"),
    }
    blocks = [token.content for token in tokens if token.type == "html_block"]
    allowed = {"<details><summary>What your code printed</summary>\n", "</details>\n"}
    assert set(blocks) <= allowed
    assert ("table_open" in kinds) == (fate != "rejected" and "score" not in fate)


NAMES = (
    "heading",
    "paragraph",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "bullet_list",
    "list_item",
)


@fates
def test_coderunner_html(views: "Views", render: "Render", fate: str) -> None:
    """html5lib, which is strict here, finds nothing wrong with the pieces of HTML."""
    parser = html5lib.HTMLParser(strict=True)
    found = json.loads(render("coderunner", views[fate]))
    for name in ("prologuehtml", "epiloguehtml"):
        parser.parseFragment(found.get(name, ""))
    with pytest.raises(html5lib.html5parser.ParseError):
        parser.parseFragment(found["prologuehtml"] + "</b>")


@fates
def test_page(views: "Views", render: "Render", fate: str) -> None:
    """html5lib, which is strict here, finds nothing wrong with the page, but with broken ones."""
    page = render("html", views[fate]).decode()
    html5lib.HTMLParser(strict=True).parse(page)
    for broken in (
        page.replace("</main>", "", 1),
        page.replace("<!doctype html>", "", 1).replace("<!DOCTYPE html>", "", 1),
        page.replace("</body>", "<td>x & y &nosuch; </td></body>", 1),
    ):
        assert broken != page
        with pytest.raises(html5lib.html5parser.ParseError):
            html5lib.HTMLParser(strict=True).parse(broken)


def test_formats_are_covered() -> None:
    """The formats named here are there."""
    for name in ("junit", "ctrf", "coursera", "edx", "ags", "github-annotations", "markdown"):
        assert find(name).title
