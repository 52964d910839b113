"""What pytest, its runner of unittest and pytest-json-report ask of a plugin beside the cases."""

from pathlib import Path
from typing import Any

import pytest


class Quirks:
    """Answers them."""

    def pytest_addoption(self, parser: pytest.Parser) -> None:
        """Have the options of pytest's debugger, which its runner of unittest looks for."""
        parser.addoption("--pdb", dest="usepdb", action="store_true")
        parser.addoption("--trace", dest="trace", action="store_true")

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Give pytest-json-report what it asks for at the end, which went with legacypath."""
        about: Any = session
        about.fspath = session.path

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Dir:
        """Import no folder as a package: it may have the name of one that is something else."""
        folder: pytest.Dir = pytest.Dir.from_parent(parent, path=path)
        return folder

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Report a stage without its traceback, which nobody reads and which takes long."""
        assert call.when != "collect"
        noted = getattr(item, "_excinfo", None)  # unittest raises nothing, it notes
        if noted:
            call.excinfo = noted.pop(0)
            noted.clear()
        passed = call.excinfo is None
        return pytest.TestReport(
            item.nodeid, item.location, {}, "passed" if passed else "failed", None, call.when
        )
