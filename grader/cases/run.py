"""The trusted pytest run: the hidden cases, against one submission after the other.

The run is ours alone. Nothing of the caller's reaches it: no configuration file, no plugin, no
PYTEST_* variable, no current folder; of conftest files only those of the kata.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from grader.cases.plugin import Plugin
from grader.cases.runner import Order, Tell
from grader.kata import Kata

_UNNEEDED = (
    *("cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "legacypath"),
    *("logging", "nose", "pastebin", "pytester", "recwarn", "setuponly", "setupplan"),
    *("skipping", "stepwise", "subtests", "terminalreporter", "threadexception"),
    *("unraisableexception", "warnings"),
)
_CONFIGURATION = Path(__file__).with_name("pytest.ini")
_HEARD = ("PYTEST_", "PY_COLORS")  # how the variables begin that pytest listens to
_starting = threading.Lock()


def run(kata: Kata, orders: Iterable[Order], tell: Tell = lambda _: None) -> None:
    """Judge one order after the other in one session of pytest.

    Args:
        kata: whose cases they are.
        orders: what is judged.
        tell: see there.

    Raises:
        GraderFault: the cases cannot be collected.
    """
    folder = kata.cases[0].parent
    arguments = [
        *map(str, kata.cases),
        f"--rootdir={folder}",
        f"--confcutdir={folder}",
        f"--config-file={_CONFIGURATION}",
        "--import-mode=importlib",
        "--assert=plain",
        "-p",
        "pytest_jsonreport.plugin",
        "--json-report",
        "--json-report-file=none",
        "--json-report-omit",
        *("collectors", "keywords", "log", "streams", "traceback"),
    ]
    unneeded = [*_UNNEEDED, *_unneeded_by(kata)]
    arguments += ["--capture=no"] if "capture" not in unneeded else []
    for name in unneeded:
        arguments += ["-p", f"no:{name}"]
    with _own_environment() as put_back:
        plugin = Plugin(kata, orders, put_back, tell)
        pytest.main(arguments, plugins=[plugin])
    if plugin.broke is not None:
        raise plugin.broke


def _unneeded_by(kata: Kata) -> Iterator[str]:
    """Yield the parts of pytest that cases never name, each of which takes long to load."""
    folders = {path.parent for path in kata.cases}
    texts = [path.read_bytes() for folder in folders for path in folder.glob("*.py")]
    words = {
        "capture": b"cap",
        "unittest": b"unittest",
        "monkeypatch": b"monkeypatch",
        "tmpdir": b"tmp",
    }
    for plugin, word in words.items():
        if not any(word in text for text in texts):
            yield plugin


@contextlib.contextmanager
def _own_environment() -> Iterator[Callable[[], None]]:
    """Hide from pytest every variable of the caller's that it listens to, and write no byte code.

    Gives what puts all of it back: pytest listens when it starts, and what it sets itself while
    it runs is of no use to anybody here. One session starts at a time, since the variables are the
    whole process's: another would put back what this one has not read yet.
    """
    _starting.acquire()
    starts = True
    before = {name: os.environ[name] for name in os.environ if name.startswith(_HEARD)}
    write = sys.dont_write_bytecode

    def put_back() -> None:
        nonlocal starts
        if not starts:
            _starting.acquire()
        try:
            sys.dont_write_bytecode = write
            _forget_variables()
            os.environ.update(before)
        finally:
            starts = False
            _starting.release()

    try:
        _forget_variables()
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        sys.dont_write_bytecode = True
        yield put_back
    finally:
        put_back()


def _forget_variables() -> None:
    for name in [name for name in os.environ if name.startswith(_HEARD)]:
        del os.environ[name]
