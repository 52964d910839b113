"""The checks of `.ci/run` one by one, and the tests on each Python with oldest and newest packages.

nox                                  lint, the types, the quick tests on this Python
nox -s matrix                        the quick tests on each Python and dependency
nox -s 'matrix-3.13(minimum)'        one of these
nox -s matrix -- -m 'long or not long'
"""

import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nox

PYTHONS = ("3.11", "3.12", "3.13")
ROOT = Path(__file__).parent

nox.options.sessions = ["lint", "tests"]
nox.options.error_on_missing_interpreters = True


def minima() -> Iterator[str]:
    """Yield the oldest version of each dependency that pyproject.toml allows, as constraints."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for requirement in (
        *project["dependencies"],
        *extras["learn"],
        *extras["cluster"],
        *extras["test"],
    ):
        found = re.fullmatch(r"([\w-]+)(?:\[\w+\])?>=([\d.]+)(?:; *(.*))?", requirement)
        if found is not None:
            marker = f"; {found[3]}" if found[3] else ""
            yield f"{found[1]}=={found[2]}{marker}"


@nox.session
def lint(session: nox.Session) -> None:
    """Run the linters and the type checker."""
    session.install("-e", ".[dev,browser]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the quick tests, or what `pytest` is to be told after `--`."""
    session.install("-e", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS)
@nox.parametrize("dependencies", ["minimum", "newest"], ids=["minimum", "newest"])
def matrix(session: nox.Session, dependencies: str) -> None:
    """Run the quick tests on each Python, with the oldest and the newest of all dependencies."""
    constraints = Path(session.create_tmp()) / "constraints.txt"
    constraints.write_text("\n".join(minima()) if dependencies == "minimum" else "")
    session.install("--upgrade", "-e", ".[test]", "--constraint", str(constraints))
    session.run("pytest", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site of the documents; a warning is an error."""
    session.install("-e", ".[docs]")
    session.run("sphinx-build", "-q", "-W", "--keep-going", "docs", "build/site")


@nox.session
def release(session: nox.Session) -> None:
    """Build what is released, and check it."""
    session.install("build", "twine", "check-wheel-contents")
    out = ROOT / "dist"
    shutil.rmtree(out, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(out))
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    session.run("twine", "check", "--strict", str(wheel), str(sdist))
    session.run("check-wheel-contents", str(wheel))
