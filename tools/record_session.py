"""Record the tutorial's session in a real terminal: `python tools/record_session.py`.

Needs tmux and the extra `learn`. In a terminal of 80 columns and 24 lines the commands of the
tutorial are typed and the versions of tests/commands/session.py are saved. What can be seen after
each goes to docs/session.txt, and one of the screens as a picture to docs/images/session.svg.
"""

import contextlib
import html
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rich.color import Color
from rich.style import Style
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.commands.session import sessions  # noqa: E402

DOCS = ROOT / "docs"
COLUMNS, LINES = 80, 24
PICTURED = "heads by reshape"
_CELL, _ROW, _EDGE = 8.4, 18, 16  # of a picture, in pixels
_PAPER, _INK = "#1b1f24", "#e6e6e6"
_COLORS = {1: "#ff8f86", 2: "#7ee787", 3: "#e3b341"}


class Terminal:
    """A terminal of tmux."""

    def __init__(self, folder: Path) -> None:
        self._tmux = ["tmux", "-S", str(folder / "socket"), "-f", "/dev/null"]
        scripts = sysconfig.get_path("scripts")
        shell = f"env PATH={scripts}:/usr/bin:/bin PS1='$ ' bash --norc --noprofile"
        size = ["-x", str(COLUMNS), "-y", str(LINES)]
        work = folder / "work"
        work.mkdir()
        self._run("new-session", "-d", *size, "-c", str(work), shell)
        self._run("set", "status", "off")
        self.folder = work

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([*self._tmux, *arguments], check=True, capture_output=True, text=True)
        return done.stdout

    def type(self, line: str) -> None:
        """Type a line."""
        self._run("send-keys", "-l", line)
        self._run("send-keys", "Enter")

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._run("send-keys", "C-c")

    def until(self, pattern: str) -> str:
        """Return what can be seen, with its styles, as soon as it holds this."""
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            seen = self._run("capture-pane", "-p", "-e")
            if re.search(pattern, Text.from_ansi(seen).plain, re.DOTALL):
                return seen.rstrip()
            time.sleep(0.05)  # tmux tells nobody when a pane changes
        raise TimeoutError(f"{pattern!r} did not come up in:\n{seen}")

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("kill-server")


def main() -> None:
    """Record, and write what was seen."""
    if shutil.which("tmux") is None:
        sys.exit("There is no tmux on the PATH; install it (apt-get install tmux).")
    seen = []
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(Path(folder))
        try:
            for name, screen in record(terminal):
                seen.append(f"--- {name}\n{Text.from_ansi(screen).plain}\n")
                if name == PICTURED:
                    picture = draw(screen, f"A screen of the grader: {name}")
                    (DOCS / "images" / "session.svg").write_text(picture, encoding="utf-8")
        finally:
            terminal.close()
    (DOCS / "session.txt").write_text("\n".join(seen), encoding="utf-8")


def record(terminal: Terminal) -> Iterator[tuple[str, str]]:
    """Yield what each step of the session is called, and what could be seen after it."""
    for session in sessions():
        terminal.until(r"\$")
        terminal.type("clear")
        terminal.until(r"\A\$\s*\Z")
        terminal.type(session.begin)
        yield f"{session.prefix}start", terminal.until(r"begin with.*\n\$")
        terminal.type(f"clear; {session.watch} --seed 1")
        yield f"{session.prefix}watch", terminal.until(r" 0 / 100.*Ctrl-C ends")
        for step in session.steps:
            (terminal.folder / session.kata.file).write_text(step.source, encoding="utf-8")
            yield step.name, terminal.until(rf" {step.points} / 100.*Ctrl-C ends")
        terminal.interrupt()


def draw(screen: str, title: str) -> str:
    """Return a screen as an SVG that loads nothing."""
    rows = [Text.from_ansi(line) for line in screen.split("\n")]
    width, height = COLUMNS * _CELL + 2 * _EDGE, len(rows) * _ROW + 2 * _EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height}" role="img">',
        f"<title>{html.escape(title)}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{_PAPER}"/>',
        '<g font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" '
        'font-size="14" xml:space="preserve">',
    ]
    for row, text in enumerate(rows):
        y = _EDGE + _ROW * (row + 0.75)
        for start, words, style in _runs(text):
            bold = ' font-weight="bold"' if style.bold else ""
            parts.append(
                f'<text x="{_EDGE + start * _CELL:g}" y="{y:g}" fill="{_fill(style.color)}"{bold} '
                f'textLength="{len(words) * _CELL:g}">{html.escape(words)}</text>'
            )
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _runs(text: Text) -> Iterator[tuple[int, str, Style]]:
    """Yield the words of a line that have one style: the column, the words, the style."""
    styles = [Style.combine(_styles_at(text, place)) for place in range(len(text))]
    for found in re.finditer(r"\S+(?: \S+)*", text.plain):
        start = found.start()
        for place in range(found.start() + 1, found.end() + 1):
            if place == found.end() or styles[place] != styles[start]:
                yield start, text.plain[start:place], styles[start]
                start = place


def _styles_at(text: Text, place: int) -> Iterator[Style]:
    yield Style.null()
    for span in text.spans:
        if span.start <= place < span.end and isinstance(span.style, Style):
            yield span.style


def _fill(color: Color | None) -> str:
    if color is None or color.is_default:
        return _INK
    return _COLORS[color.number or 0]


if __name__ == "__main__":
    main()
