"""What a learner's code finds in any interpreter, and in a notebook's, beside the language."""

import builtins
import errno
import os
import sys
from typing import Any, NoReturn

from .results import NotHere

_END = "Ctrl-D (i.e. EOF)"


class _Shell:
    """What a notebook's interpreter is asked for; it does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


def complete() -> None:
    """Put in place what `site` and IPython would, and what stands in for a debugger."""
    site = sys.modules.get("_sitebuiltins")
    if site is not None:
        for name in ("exit", "quit"):
            setattr(builtins, name, site.Quitter(name, _END))
        for name in ("copyright", "credits", "license"):
            setattr(builtins, name, site._Printer(name, sys.copyright))
        builtins.help = site._Helper()
    for name in ("display", "get_ipython"):
        setattr(builtins, name, _nothing if name == "display" else _Shell)
    sys.breakpointhook = _break
    os.chdir = _nothing
    os.getcwd, os.getcwdb = (lambda: "/"), (lambda: b"/")  # for paths that nothing comes of
    for name in ("pathlib", "pathlib._abc"):  # that a file is not there is what Path.exists says
        paths: Any = sys.modules.get(name)
        if hasattr(paths, "_IGNORED_ERRNOS"):
            paths._IGNORED_ERRNOS += (errno.EPERM, errno.EACCES)
    pdb: Any = sys.modules.get("pdb")
    if pdb is not None:
        pdb.set_trace = pdb.post_mortem = pdb.pm = _break
    unittest: Any = sys.modules.get("unittest")
    if unittest is not None:  # it ends the program
        unittest.main = _nothing
    stand_ins: Any = sys.modules.get(f"{__package__}.stand_ins")
    if stand_ins is not None:
        stand_ins.install()


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing."""


def _break(*_: Any, **__: Any) -> NoReturn:
    raise NotHere("ipdb.set_trace")
