"""The trusted run is ours alone: nothing that lies about changes a verdict."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import grader

if TYPE_CHECKING:
    from tests.conftest import ReadReport, Report, RunCommand

EVIL = """\
import builtins, os, sys
with open({marker!r}, "a") as marker:
    marker.write(__name__)
try:
    import pytest
except ImportError:
    pass
else:
    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(pyfuncitem):
        try:
            yield
        except Exception:
            pass
        return True
    def pytest_collection_modifyitems(items):
        del items[1:]
"""
"""A module that leaves a mark when it runs, and as a plugin lets every case pass."""
NOTHING = "addopts = -k nothing\npython_functions = nothing\nfilterwarnings = error\n"
TOML = """\
[tool.pytest.ini_options]
addopts = ["-k", "nothing"]
python_functions = ["nothing"]
[tool.pytest]
addopts = ["-k", "nothing"]
"""
FILES = {
    "pytest.ini": f"[pytest]\n{NOTHING}",
    ".pytest.ini": f"[pytest]\n{NOTHING}",
    "pytest.toml": '[pytest]\naddopts = ["-k", "nothing"]\n',
    "tox.ini": f"[pytest]\n{NOTHING}",
    "setup.cfg": f"[tool:pytest]\n{NOTHING}",
    "pyproject.toml": TOML,
    "conftest.py": EVIL,
    "sitecustomize.py": EVIL,
    "usercustomize.py": EVIL,
    "numpy.py": EVIL,
    "numpy/__init__.py": EVIL,
    "pytest.py": EVIL,
    "pytest_jsonreport/__init__.py": EVIL,
    "grader.py": EVIL,
    "json.py": EVIL,
    "click.py": EVIL,
    "case_compute_qkv.py": EVIL,
    "evil.pth": "import os; os._exit(9)\n",
}
GROUPS = {
    "configuration": [name for name in FILES if name.endswith((".ini", ".cfg", ".toml"))],
    "conftest": ["conftest.py"],
    "modules": [
        *("sitecustomize.py", "usercustomize.py", "evil.pth", "pytest_jsonreport/__init__.py"),
        *("numpy.py", "pytest.py", "grader.py", "json.py", "click.py", "case_compute_qkv.py"),
    ],
}
ENVIRONMENTS = {
    "addopts": {"PYTEST_ADDOPTS": "-k nothing"},
    "addopts-plugin": {"PYTEST_ADDOPTS": "-p evil"},
    "plugins": {"PYTEST_PLUGINS": "evil"},
    "others": {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "",
        "PYTEST_DEBUG": "1",
        "PYTEST_THEME": "nothing",
        "FORCE_COLOR": "1",
    },
}


@pytest.fixture(scope="module")
def wrong(independent: str) -> str:
    """A submission that earns some of the points."""
    return independent.replace(" / np.sqrt(Q.shape[-1])", "")


@pytest.fixture(scope="module")
def verdict(
    wrong: str,
    grade_command: "RunCommand",
    read_report: "ReadReport",
    tmp_path_factory: pytest.TempPathFactory,
) -> "Report":
    """The report on that submission where nothing else lies about."""
    folder = tmp_path_factory.mktemp("clean")
    (folder / "wrong.py").write_text(wrong)
    report = read_report(
        grade_command("wrong.py", "--json", "-", "--seed", "7", cwd=folder).out,
    )
    assert 0 < report["points"] < 100
    del report["timing"]
    return report


def plant(folder: Path, names: list[str], marker: Path) -> None:
    """Put these files in a folder."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FILES[name].replace("{marker!r}", repr(str(marker))))


def files(folder: Path) -> dict[str, bytes]:
    """Return all that a folder holds."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.long
@pytest.mark.parametrize("group", [*GROUPS, "all, caller elsewhere"])
def test_files_that_lie_about(
    group: str,
    wrong: str,
    verdict: "Report",
    grade_command: "RunCommand",
    read_report: "ReadReport",
    tmp_path: Path,
) -> None:
    """No file beside the submission or in the caller's folder changes a verdict or runs."""
    learner, caller, marker = tmp_path / "learner", tmp_path / "caller", tmp_path / "marker"
    for folder in (learner, caller):
        folder.mkdir()
        plant(folder, GROUPS.get(group, list(FILES)), marker)
    (learner / "wrong.py").write_text(wrong)
    before = files(tmp_path)
    cwd = learner if group in GROUPS else caller
    ran = grade_command(learner / "wrong.py", "--json", "-", "--seed", "7", cwd=cwd)
    assert ran.code == 0
    assert ran.err == ""
    report = read_report(ran.out)
    del report["timing"]
    assert report == verdict
    assert files(tmp_path) == before


@pytest.mark.long
@pytest.mark.parametrize("kind", ENVIRONMENTS)
def test_variables_of_the_caller(
    kind: str,
    wrong: str,
    verdict: "Report",
    grade_command: "RunCommand",
    read_report: "ReadReport",
    tmp_path: Path,
) -> None:
    """No variable that pytest listens to changes a verdict or runs code of the caller's."""
    marker, path = tmp_path / "marker", tmp_path / "wrong.py"
    plant(tmp_path / "plugins", ["conftest.py"], marker)
    (tmp_path / "plugins" / "conftest.py").rename(tmp_path / "plugins" / "evil.py")
    path.write_text(wrong)
    before = files(tmp_path)
    env = {
        **ENVIRONMENTS[kind],
        "PYTHONPATH": str(tmp_path / "plugins"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    ran = grade_command(path, "--json", "-", "--seed", "7", cwd=tmp_path, env=env)
    assert ran.code == 0
    assert ran.err == ""
    report = read_report(ran.out)
    del report["timing"]
    assert report == verdict
    assert files(tmp_path) == before


def test_learner_cannot_import_its_neighbours(
    grade_command: "RunCommand",
    read_report: "ReadReport",
    independent: str,
    tmp_path: Path,
) -> None:
    """A file beside the submission is not importable for it: one file is what is judged."""
    (tmp_path / "helper.py").write_text("x = 1\n")
    (tmp_path / "a.py").write_text(f"import helper\n{independent}")
    report = read_report(grade_command("a.py", "--json", "-", cwd=tmp_path).out)
    assert report["status"] == "rejected"
    assert "helper" in report["message"]
    assert "(line 1" in report["message"]


@pytest.mark.long
def test_nothing_is_left_behind(
    grade_command: "RunCommand", independent: str, tmp_path: Path
) -> None:
    """The caller's folder, the one for temporary files and the package hold what they held."""
    work, temporary = tmp_path / "work", tmp_path / "temporary"
    work.mkdir()
    temporary.mkdir()
    crash = independent.replace(
        "def self_attention(", "def self_attention(*a): os._exit(0)\ndef b("
    )
    for name, source in {"right.py": independent, "crash.py": f"import os\n{crash}"}.items():
        (work / name).write_text(source)
    package = Path(grader.__file__).parent
    before, installed = files(work), {name for name in files(package) if ".pyc" not in name}
    for name in ("right.py", "crash.py"):
        ran = grade_command(name, cwd=work, env={"TMPDIR": str(temporary)})
        assert ran.code == 0
    assert files(work) == before
    assert list(temporary.iterdir()) == []
    assert {name for name in files(package) if ".pyc" not in name} == installed
    assert not [name for name in installed if re.search(r"/\.\w+_cache/", name)]
