"""From inside the jail: nothing leads to cases, solution, report or pytest."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import grader
from grader.kata import default_kata

if TYPE_CHECKING:
    from tests.conftest import GradeSource

KATA = default_kata()

LOOK = """\
import errno
import gc
import json
import os
import stat
import sys
import types

import numpy as np


def compute_qkv(X, W_q, W_k, W_v):
    pass


def self_attention(Q, K, V):
    pass


def multi_head_attention(Q, K, V, n_heads):
    pass


seen = {"modules": {}, "argv": sys.argv, "orig_argv": sys.orig_argv, "path": sys.path}
for name, module in list(sys.modules.items()):
    seen["modules"][name] = str(getattr(module, "__file__", None))
seen["environment"] = dict(os.environ)
seen["open"], seen["files"], seen["kinds"] = [], [], []
for number in range(256):
    try:
        os.get_inheritable(number)
    except OSError as error:
        if error.errno == errno.EBADF:
            continue
    seen["open"].append(number)
    try:
        os.lseek(number, 0, os.SEEK_CUR)
        seen["files"].append(number)
    except OSError:
        pass
    try:
        seen["kinds"].append([number, stat.S_IFMT(os.fstat(number).st_mode)])
    except OSError:
        pass
seen["links"] = {}
for folder in ("/proc/self/fd", "/proc/self/cwd", "/proc/self/exe"):
    try:
        names = [os.path.join(folder, name) for name in os.listdir(folder)]
    except OSError:
        names = [folder]
    for name in names:
        try:
            seen["links"][name] = os.readlink(name)
        except OSError:
            pass
for name in ("cmdline", "environ"):
    try:
        with open("/proc/self/" + name, "rb") as file:
            seen[name] = file.read().decode("utf-8", "replace")
    except OSError:
        seen[name] = "refused"
seen["frames"] = []
frame = sys._getframe()
while frame:
    seen["frames"].append([frame.f_code.co_filename, sorted(frame.f_globals)])
    frame = frame.f_back
seen["collects"] = gc.isenabled()
functions = [thing for thing in gc.get_objects() if isinstance(thing, types.FunctionType)]
seen["homes"] = sorted({str(function.__module__) for function in functions})
wanted = ("compute_qkv", "self_attention", "multi_head_attention")
seen["functions"] = [
    f"{function.__module__}.{function.__name__}"
    for function in functions
    if function.__name__ in wanted or function.__name__.startswith("case_")
]
try:
    seen["cwd"] = os.listdir(".")
except OSError:
    seen["cwd"] = []
"""
CANARIES = {"GRADE_CANARY": "canary-in-the-environment", "API_TOKEN": "token-of-the-course"}


@pytest.fixture(scope="module")
def seen(grade_source: "GradeSource") -> dict[str, Any]:
    """What a submission sees when it looks around, told over its standard output."""
    before = dict(os.environ)
    os.environ.update(CANARIES)
    try:
        # memory_mib sets this jail apart: it starts with the canaries around it.
        source = LOOK + "print(json.dumps(seen))\n"
        report = grade_source(source, output_kib=64, memory_mib=1023)
        assert report["status"] == "graded", report["message"]
        # What only returns None is probed in another worker, which prints it all again.
        found: dict[str, Any] = json.loads(report["output"]["stdout"].partition("\n")[0])
        return found
    finally:
        for name in CANARIES:
            del os.environ[name]
        assert dict(os.environ) == before


def test_garbage(seen: dict[str, Any]) -> None:
    """What a submission leaves in circles is collected, as in any interpreter."""
    assert seen["collects"]


def test_modules(seen: dict[str, Any]) -> None:
    """No module of pytest, of the cases, of the solution or of the grader's trusted side."""
    for name in ("numpy", "json", "os"):
        assert name in seen["modules"]
    banned = ("pytest", "_pytest", "pluggy", "pytest_jsonreport", "grader", "click", "solution")
    assert not [name for name in seen["modules"] if name.split(".")[0] in banned]
    assert not [name for name in seen["modules"] if "case" in name.split(".")[-1].split("_")]
    worker = str(Path(grader.__file__).parent / "worker")
    package = str(Path(grader.__file__).parent)
    for file in seen["modules"].values():
        assert not file.startswith(package) or file.startswith(worker)
        assert "solution" not in Path(file).parts


def test_arguments(seen: dict[str, Any]) -> None:
    """The arguments name no case, solution or report; nothing of the caller's."""
    told = " ".join([*seen["argv"], *seen["orig_argv"], seen["cmdline"]])
    told = told.replace(str(Path(grader.__file__).parent), "").replace(sys.prefix, "")
    for word in ("case", "solution", "report", "pytest", "seed"):
        assert word not in told


def test_environment(seen: dict[str, Any]) -> None:
    """The environment is our own: no variable of the caller's, none of pytest's."""
    allowed = {"HOME", "LANG", "LC_CTYPE", "PATH", "PYTHONHASHSEED", "TMPDIR", "TZ", "PWD"}
    threads = {name for name in seen["environment"] if name.endswith("_NUM_THREADS")}
    assert threads
    assert set(seen["environment"]) - threads <= allowed
    for value in CANARIES.values():
        assert value not in json.dumps(seen)


def test_search_path(seen: dict[str, Any]) -> None:
    """No folder from which the grader, pytest or the solution could be imported is searched."""
    for folder in seen["path"]:
        assert "site-packages" not in folder
        assert "dist-packages" not in folder
        assert not (Path(folder) / "grader").exists()
        assert not (Path(folder) / "pytest").exists()


def test_descriptors(seen: dict[str, Any]) -> None:
    """The open descriptors are its streams and two pipes: no file, folder or device of ours."""
    assert {1, 2} <= set(seen["open"]) <= set(range(5))
    assert set(seen["files"]) <= {0}  # on /dev/null one can seek
    for _, kind in seen["kinds"]:
        assert kind in (stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK)
    for name, link in seen["links"].items():
        if name.startswith("/proc/self/fd"):
            assert link.startswith(("pipe:", "socket:", os.devnull, "/proc/")), link


def test_frames(seen: dict[str, Any]) -> None:
    """The frames below the submission hold names of the worker's modules only."""
    folders = (str(Path(grader.__file__).parent / "worker"), "/jail/worker")
    assert len(seen["frames"]) > 1
    for file, names in seen["frames"]:
        inside = file.startswith(folders) or file == "multi_head_attention.py"
        assert inside or "importlib" in file or "runpy" in file, file
        assert not {"kata", "all_cases", "points", "judge", "Report"} & set(names)


def test_objects(seen: dict[str, Any]) -> None:
    """What the garbage collector knows holds no function of the cases or the solution."""
    assert sorted(seen["functions"]) == sorted(f"multi_head_attention.{f}" for f in KATA.functions)
    banned = ("pytest", "_pytest", "pluggy", "pytest_jsonreport", "grader", "tests")
    assert not [home for home in seen["homes"] if home.split(".")[0] in banned]


def test_folder_is_empty(seen: dict[str, Any]) -> None:
    """The current folder holds nothing, or cannot be read."""
    assert seen["cwd"] == []


def test_stack_in_a_call(grade_source: "GradeSource") -> None:
    """In a call no frame below holds expected values, a case or its identifier."""
    report = grade_source(
        "import sys\n"
        "def self_attention(Q, K, V):\n"
        "    names, frame = [], sys._getframe(1)\n"
        "    while frame:\n"
        "        names += [*frame.f_locals, frame.f_code.co_name]\n"
        "        frame = frame.f_back\n"
        "    print(*names)\n",
        output_kib=64,
    )
    names = set(report["output"]["stdout"].split())
    assert "call" in names
    assert not {"want", "expected", "reference", "rng", "seed", "points", "case_returns"} & names


def test_cases_differ_from_what_is_told(grade_source: "GradeSource", solution: Path) -> None:
    """No report on a wrong submission holds a line of the solution or a path of ours."""
    source = "".join(f"def {name}(*args):\n    raise ValueError(args)\n" for name in KATA.functions)
    text = json.dumps(grade_source(source))
    assert str(Path(grader.__file__).parent) not in text
    assert sys.prefix not in text
    for line in solution.read_text().splitlines():
        if len(line.strip()) > 30:
            assert line.strip() not in text
