"""The page beside the editor: whom it answers, what it shows, and how it ends.

What a browser does needs the extra `browser` and a Chromium (`apt-get install chromium`).
"""

import contextlib
import http.client
import importlib.util
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil
import pytest

from grader.diagnosis.bank import by_id
from grader.diagnosis.mutants import source_with
from grader.kata import default_kata, load_kata
from tests.pages.test_payloads import PAYLOADS

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

KATA = default_kata()
SCRIPTS = Path(sys.executable).parent
RIGHT = KATA.solution_path.read_text(encoding="utf-8")
UNSCALED = source_with(KATA, by_id(KATA)["scores-not-scaled"])
PRINTS = f"{UNSCALED}\nprint('hello from here')\n"
HOSTILE = (
    f"{UNSCALED}\nprint({''.join(PAYLOADS.values())!r})\nraise ValueError({PAYLOADS['script']!r})\n"
)
SECONDS = 30_000
"""Milliseconds that a busy machine may take for what takes a part of a second."""


@dataclass
class Beside:
    """A grader that watches a file and serves its page.

    Attributes:
        file: what it watches.
        process: the grader's process.
        address: of the page.
    """

    file: Path
    process: subprocess.Popen[str]
    address: str

    def servers(self) -> list[psutil.Process]:
        """Return the processes under the grader that serve a page."""
        found = []
        for one in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):  # a worker that has ended
                if "grader.live.server" in one.cmdline():
                    found.append(one)
        return found

    def end(self) -> int:
        """Press Ctrl-C; return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def ask(self, path: str = "", method: str = "GET", **headers: str) -> "Answer":
        """Ask for something below the page's address, or for a path of its own."""
        parts = urlsplit(self.address)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        link = http.client.HTTPConnection(parts.netloc, timeout=60)
        with contextlib.closing(link):
            where = path if path.startswith(("/", "http")) else parts.path + path
            link.request(method, where, headers=given)
            with link.getresponse() as got:
                return Answer(got.status, got.headers)


@dataclass
class Answer:
    """What a server said to a request."""

    status: int
    headers: Message


Begin = Callable[..., Beside]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Start `grade FILE --watch --page`, with a browser that writes down where it is sent."""
    opened = tmp_path / "opened"
    os.mkfifo(opened)
    pipe = os.open(opened, os.O_RDONLY | os.O_NONBLOCK)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    started = []

    def start(source: str, *options: str, name: str = "mine.py") -> Beside:
        file = tmp_path / name
        file.write_text(source)
        process = subprocess.Popen(
            [SCRIPTS / "grade", name, "--watch", "--page", "--seed", "1", *options],
            cwd=tmp_path,
            env={**os.environ, "BROWSER": str(browser)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        assert select.select([pipe], [], [], SECONDS / 1000)[0], "no browser was opened"
        return Beside(file, process, os.read(pipe, 1000).decode().strip())

    yield start
    os.close(pipe)
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium of the system, started once."""
    playwright = pytest.importorskip("playwright.sync_api", reason="there is no extra `browser`")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no chromium on the PATH")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=path)
        yield chromium
        chromium.close()


class Window:
    """A window that shows the page, and all that it did."""

    def __init__(self, context: Any, address: str) -> None:
        self.page = context.new_page()
        self.noise: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.noise.append(message.text))
        self.page.on("pageerror", lambda error: self.noise.append(str(error)))
        self.page.on("dialog", lambda dialog: self.noise.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.loads = 0
        self.page.on("load", self._count)
        self.page.goto(address)

    def _count(self, _: Any) -> None:
        self.loads += 1

    def until(self, words: str) -> None:
        """Wait until the page says this somewhere."""
        self.page.wait_for_function(
            "words => document.body.innerText.includes(words)", arg=words, timeout=SECONDS
        )

    def until_state(self, words: str) -> None:
        """Wait until the line about how things stand begins like this."""
        self.page.wait_for_function(
            "words => document.getElementById('state').textContent.startsWith(words)",
            arg=words,
            timeout=SECONDS,
        )


@pytest.fixture
def look(browser: Any) -> Iterator[Callable[..., Window]]:
    """Open a window that shows the page of a grader."""
    contexts = []

    def open_(beside: Beside, **settings: Any) -> Window:
        contexts.append(browser.new_context(**settings))
        return Window(contexts[-1], beside.address)

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.long
def test_a_save_changes_the_page_and_loads_nothing(
    begin: Begin, look: Callable[..., Window]
) -> None:
    """After a save the same page has the new score, what changed, the mistake and the weights."""
    beside = begin(KATA.stub.read_text())
    window = look(beside)
    window.until_state("0 of 100 points.")
    window.page.evaluate("document.body.mark = 'the same document'")
    beside.file.write_text(PRINTS)
    window.until_state("72 of 100 points. Since the last save: 72 points more.")
    assert "72 of 100 points" in window.page.title()
    main = window.page.locator("main").inner_text()
    places = [
        main.index(words)
        for words in ("The scores are not scaled", "Next:", "Your weights", "hello from here")
    ]
    assert places == sorted(places)
    assert window.page.locator("#picture svg").count() == 2
    beside.file.write_text(RIGHT)
    window.until_state("100 of 100 points. Since the last save: 28 points more. Gone:")
    assert "Full marks." in window.page.locator("main").inner_text()
    assert window.page.evaluate("document.body.mark") == "the same document"
    assert window.loads == 1
    assert window.requests == [beside.address]
    assert window.noise == []


@pytest.mark.long
def test_what_is_opened_stays_open(begin: Begin, look: Callable[..., Window]) -> None:
    """What a reader has opened and focused is so after a save that does not change it."""
    beside = begin(UNSCALED)
    window = look(beside)
    window.until_state("72 of 100 points.")
    passed = window.page.locator("#functions .function").first.locator("summary").first
    passed.click()
    shown = window.page.get_by_text("What it returns is a tuple")
    assert shown.is_visible()
    beside.file.write_text(PRINTS)
    window.until("hello from here")
    assert shown.is_visible()
    assert passed.evaluate("one => one === document.activeElement")


@pytest.mark.long
def test_a_second_window(begin: Begin, look: Callable[..., Window]) -> None:
    """Each window shows what is so, and follows, whenever it was opened and the others closed."""
    beside = begin(UNSCALED)
    first = look(beside)
    first.until_state("72 of 100 points.")
    second = look(beside, java_script_enabled=True)
    second.until_state("72 of 100 points.")
    beside.file.write_text(RIGHT)
    for window in (first, second):
        window.until_state("100 of 100 points.")
    first.page.close()
    beside.file.write_text(UNSCALED)
    second.until_state("72 of 100 points. Since the last save: 28 points fewer.")


@pytest.mark.long
def test_the_editor_saves(begin: Begin, look: Callable[..., Window]) -> None:
    """A file that is gone, empty or cannot be loaded is told of on the page as on the terminal."""
    beside = begin(UNSCALED)
    window = look(beside)
    window.until_state("72 of 100 points.")
    beside.file.unlink()
    window.until_state("The file is gone; waiting for it.")
    beside.file.write_text("")
    window.until_state("The file is empty; waiting for more.")
    beside.file.write_text("def f(:\n")
    window.until("The file could not be loaded.")
    beside.file.write_text(UNSCALED)
    window.until_state("72 of 100 points. Since the last save that could be loaded: ")


@pytest.mark.long
def test_the_page_says_that_the_grader_has_ended(begin: Begin, look: Callable[..., Window]) -> None:
    """Ctrl-C ends the grader and its server; the page says so and keeps what it showed."""
    beside = begin(UNSCALED, name="my file.py")
    window = look(beside)
    window.until_state("72 of 100 points.")
    (server,) = beside.servers()
    assert beside.end() == 0
    assert not server.is_running()
    window.until_state("The grader has ended")
    assert "grade 'my file.py' --watch --page" in window.page.locator("#state").inner_text()
    assert "The scores are not scaled" in window.page.locator("main").inner_text()
    assert "gone" in (window.page.locator("#state").get_attribute("class") or "")


@pytest.mark.long
def test_hostile_text_is_text(begin: Begin, look: Callable[..., Window]) -> None:
    """Whatever the file prints, raises and is called is text on the page, and runs nothing."""
    beside = begin(UNSCALED, name="<img src=x onerror=alert(1)>.py")
    window = look(beside)
    window.until_state("72 of 100 points.")
    beside.file.write_text(HOSTILE)
    window.until("The file could not be loaded.")
    window.until(PAYLOADS["script"])
    assert window.page.locator("main img, main script, h1 img").count() == 0
    assert window.noise == []
    assert window.requests == [beside.address]


@pytest.mark.long
def test_the_policy_holds(begin: Begin, look: Callable[..., Window]) -> None:
    """Whatever came into the page in spite of all could run nothing and ask nobody else."""
    beside = begin(UNSCALED)
    window = look(beside)
    window.until_state("72 of 100 points.")
    window.page.evaluate(
        """async () => {
            const added = document.createElement("div");
            added.innerHTML = "<img src='https://example.org/x.png' onerror='alert(1)'>";
            document.body.append(added);
            const script = document.createElement("script");
            script.textContent = "document.title = 'taken over'";
            document.body.append(script);
            for (const where of ["http://127.0.0.1:9/", "https://example.org/"]) {
                await fetch(where).then(() => document.title = "sent", () => {});
            }
        }"""
    )
    assert window.page.title().startswith("72 of 100 points")
    assert len(window.noise) >= 4
    assert all("Content Security Policy" in text for text in window.noise)


@pytest.mark.long
def test_accessible(begin: Begin, look: Callable[..., Window]) -> None:
    """The page is as sound for everybody as those that are written to files, ended too."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    beside = begin(PRINTS)
    for width in (360, 1280):
        window = look(beside, viewport={"width": width, "height": 800})
        window.until_state("72 of 100 points.")
        found = axe.Axe().run(window.page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
    assert beside.end() == 0
    window.until_state("The grader has ended")
    found = axe.Axe().run(window.page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.long
def test_the_next_step_waits(begin: Begin, look: Callable[..., Window]) -> None:
    """With --no-hint the next step is on the page when it is asked for."""
    beside = begin(UNSCALED, "--no-hint")
    window = look(beside)
    window.until_state("72 of 100 points.")
    card = window.page.locator("#first .card")
    step = card.get_by_text("For d_k = 64")
    assert not step.is_visible()
    card.get_by_text("What to try next").click()
    assert step.is_visible()


@pytest.mark.long
def test_numbers_are_offered(begin: Begin, look: Callable[..., Window]) -> None:
    """What --hint shows in the terminal is on the page when it is asked for."""
    window = look(begin(UNSCALED))
    window.until_state("72 of 100 points.")
    card = window.page.locator("#first .card")
    numbers = card.get_by_text("with the mistake =")
    assert not numbers.is_visible()
    card.get_by_text("Small numbers where it shows").click()
    assert numbers.is_visible()


@pytest.mark.long
def test_without_a_script(begin: Begin, look: Callable[..., Window]) -> None:
    """Without script the page shows how things stood when it was loaded, and says so."""
    beside = begin(UNSCALED)
    window = look(beside)
    window.until_state("72 of 100 points.")
    still = look(beside, java_script_enabled=False)
    assert "The scores are not scaled" in still.page.locator("main").inner_text()
    assert "reload it after each" in still.page.locator("noscript").inner_html()


MUCH = UNSCALED.replace("    d_k = ", "    print(*range(200), sep=chr(10))\n    d_k = ")


@pytest.mark.long
def test_much_that_is_printed(begin: Begin, look: Callable[..., Window]) -> None:
    """What was printed stands after the functions and is no higher than a part of the window."""
    assert MUCH != UNSCALED
    window = look(begin(MUCH), viewport={"width": 800, "height": 800})
    window.until_state("72 of 100 points.")
    part = window.page.locator("#printed .scroll").first
    assert part.is_visible()
    assert part.bounding_box()["height"] <= 300
    names = window.page.locator("main > section").evaluate_all("all => all.map(one => one.id)")
    assert names.index("functions") < names.index("printed")


@pytest.mark.long
def test_the_points_stand_there_once(begin: Begin, look: Callable[..., Window]) -> None:
    """Above the mistake the points are told once, in the line that stays."""
    window = look(begin(UNSCALED))
    window.until_state("72 of 100 points.")
    told = window.page.locator("body").inner_text()
    assert told[: told.index("The scores are not scaled")].count("72 of 100 points") == 1


@pytest.mark.long
def test_it_names_the_kata(begin: Begin, look: Callable[..., Window]) -> None:
    """The command that tells more names the kata, where that is not the first one."""
    kata = load_kata("causal")
    ahead = source_with(kata, by_id(kata)["mask-one-ahead"])
    window = look(begin(ahead, "--kata", "causal", name="causal.py"))
    window.until("More on it: kata explain mask-one-ahead --kata causal")


def test_whom_it_answers(begin: Begin) -> None:
    """Only who has the address is answered, by the machine's own name, and from no other page."""
    beside = begin(UNSCALED)
    port = urlsplit(beside.address).port
    shown = beside.ask()
    assert shown.status == 200
    policy = shown.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert shown.headers["Cache-Control"] == "no-store"
    assert "Server" not in shown.headers
    assert beside.ask(Host=f"localhost:{port}").status == 200
    for host in ("example.org", f"example.org:{port}", "127.0.0.1.example.org", "0.0.0.0", "[::1]"):
        assert beside.ask(Host=host).status == 403
    for origin in ("http://example.org", f"https://127.0.0.1:{port}", "http://127.0.0.1", "null"):
        assert beside.ask(Origin=origin).status == 403
    for path in ("/", "//", "/favicon.ico", f"/{'x' * 22}/", beside.address, "../", "x", "%00"):
        assert beside.ask(path).status == 404, path
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "HEAD"):
        assert beside.ask(method=method).status == 405


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def test_whom_it_tells(begin: Begin) -> None:
    """News are for the page's own origin alone: no other, none, and no wrong token."""
    beside = begin(UNSCALED)
    own = beside.address.rsplit("/", 2)[0]
    assert beside.ask("live", **UPGRADE, Origin=own).status == 101
    assert beside.ask("live", **UPGRADE).status == 403
    assert beside.ask("live", **UPGRADE, Origin="http://example.org").status == 403
    assert beside.ask("live", **UPGRADE, Origin=own, Host="example.org").status == 403
    assert beside.ask(f"/{'x' * 22}/live", **UPGRADE, Origin=own).status == 404
    assert beside.ask("live").status == 403


def test_nobody_else_has_its_sockets(begin: Begin) -> None:
    """The server is on loopback and alone there; nothing of the jail holds a socket of it."""
    beside = begin(UNSCALED)
    (server,) = beside.servers()
    beside.ask()
    grader = psutil.Process(beside.process.pid)
    held: dict[int, set[str]] = {}
    for one in (grader, *grader.children(recursive=True)):
        with contextlib.suppress(OSError):  # a worker that has ended
            for link in Path(f"/proc/{one.pid}/fd").iterdir():
                with contextlib.suppress(OSError):  # closed by now
                    held.setdefault(one.pid, set()).add(str(link.readlink()))
    assert len(held) > 2
    (listening,) = [one for one in server.net_connections("tcp") if one.status == "LISTEN"]
    assert listening.laddr.ip == "127.0.0.1"
    own = {link for link in held.pop(server.pid) if link.startswith("socket:")}
    assert own
    for links in held.values():
        assert not own & links


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_grader_that_is_killed_leaves_no_server(begin: Begin, number: int) -> None:
    """However the grader ends, its server ends by itself."""
    beside = begin(UNSCALED)
    (server,) = beside.servers()
    beside.process.send_signal(number)
    beside.process.wait(60)
    server.wait(60)


@pytest.mark.long
def test_a_server_that_is_killed(begin: Begin) -> None:
    """Without its server the grader goes on, on the terminal, and names no address any more."""
    beside = begin(UNSCALED)
    assert beside.process.stdout is not None
    lines = iter(beside.process.stdout.readline, "")
    assert any(line == f"The page: {beside.address}\n" for line in lines if "Ctrl-C" not in line)
    (server,) = beside.servers()
    server.kill()
    with contextlib.suppress(psutil.NoSuchProcess):
        while server.status() != psutil.STATUS_ZOMBIE:
            pass  # who started it has not asked for its end yet
    while "100 / 100" not in next(lines):
        if beside.file.read_text() != RIGHT:
            beside.file.write_text(RIGHT)
    assert beside.end() == 0
    assert "The page:" not in "".join(lines)


def test_files_of_the_folder_are_not_imported(begin: Begin, tmp_path: Path) -> None:
    """The server imports nothing from the folder that the learner works in."""
    mark = tmp_path / "imported"
    evil = f"open({str(mark)!r}, 'w').close()\n"
    for name in ("tornado", "asyncio", "json", "webbrowser", "grader", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(evil)
    beside = begin(UNSCALED)
    assert beside.ask().status == 200
    assert not mark.exists()


def test_it_needs_its_package(
    run_grade: "RunInProcess", monkeypatch: pytest.MonkeyPatch, stub: Path
) -> None:
    """Without the package that serves it, one sentence says what to install."""
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "grader.live.page.find_spec", lambda name: None if name == "tornado" else found(name)
    )
    ran = run_grade(stub, "--watch", "--page")
    assert ran.code == 2
    assert "--page needs the package tornado: pip install 'attention-kata[learn]'." in ran.err


def test_it_goes_with_watching(run_grade: "RunInProcess", stub: Path) -> None:
    """Without --watch there is nothing to follow, and a sentence says so."""
    ran = run_grade(stub, "--page")
    assert ran.code == 2
    assert "--watch" in ran.err
