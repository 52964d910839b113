"""Bad input: nothing that a learner hands in breaks the grader, and each is told why."""

import errno
import os
import resource
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.kata import default_kata

if TYPE_CHECKING:
    from tests.conftest import GradeSource, ReadReport, RunCommand, RunInProcess

KATA = default_kata()

FUNCTIONS = list(KATA.functions)
PARAMETERS = {name: ", ".join(one.parameters) for name, one in KATA.functions.items()}


def of(report: dict[str, Any], function: str) -> list[dict[str, Any]]:
    """Return the cases of one function."""
    return [case for case in report["cases"] if case["function"] == function]


def points(report: dict[str, Any]) -> dict[str, int]:
    """Return the points of each function."""
    return {name: sum(case["points"] for case in of(report, name)) for name in FUNCTIONS}


def case(report: dict[str, Any], id_: str) -> dict[str, Any]:
    """Return the case with this identifier."""
    (found,) = (case for case in report["cases"] if case["id"] == id_)
    return found  # type: ignore[no-any-return]


# ---- paths: one sentence, exit 2, no report ------------------------------------------


def refused(ran: Any, target: Path) -> str:
    """Check that a path was refused as the command's user needs it; return the sentence."""
    assert ran.code == 2
    assert ran.out == ""
    assert not target.exists()
    lines: list[str] = ran.err.splitlines()
    (sentence,) = (line for line in lines if line.startswith("Error: "))
    assert lines[-1] == sentence
    return sentence


@pytest.mark.parametrize("name", ["missing.py", "no/such/folder/a.py", "file.py/a.py"])
def test_missing_path(run_grade: "RunInProcess", tmp_path: Path, name: str) -> None:
    """A path where nothing is: one sentence that names it, exit 2, no report."""
    (tmp_path / "file.py").touch()
    target = tmp_path / "report.json"
    assert name in refused(run_grade(tmp_path / name, "--json", target), target)


def test_folder_without_python(run_grade: "RunInProcess", tmp_path: Path) -> None:
    """A folder without Python files: one sentence that names it, exit 2, no report."""
    folder, target = tmp_path / "folder", tmp_path / "reports"
    folder.mkdir()
    (folder / "notes.txt").write_text("no Python here")
    options: tuple[list[str | Path], ...] = ([], ["--out", target])
    for chosen in options:
        assert str(folder) in refused(run_grade(folder, *chosen), target)


def test_unreadable_path(
    run_grade: "RunInProcess", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that may not be read: one sentence with the reason, exit 2, no report."""
    path, target = tmp_path / "a.py", tmp_path / "report.json"
    path.write_text("")
    ordinary = os.open

    def refuse(name: str | Path, *how: int, dir_fd: int | None = None) -> int:
        if name == path:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return ordinary(name, *how, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refuse)  # root could open it all the same
    sentence = refused(run_grade(path, "--json", target), target)
    assert "permission denied" in sentence.lower()


def test_path_that_leads_to_itself(run_grade: "RunInProcess", tmp_path: Path) -> None:
    """A symbolic link to itself: one sentence, exit 2, no report."""
    path, target = tmp_path / "a.py", tmp_path / "report.json"
    path.symlink_to(path)
    refused(run_grade(path, "--json", target), target)


def test_path_too_long(run_grade: "RunInProcess", tmp_path: Path) -> None:
    """A path that the system cannot even look up: one sentence, exit 2, no report."""
    target = tmp_path / "report.json"
    refused(run_grade(tmp_path / ("a" * 300), "--json", target), target)


def test_endless_file(grade_command: "RunCommand", tmp_path: Path) -> None:
    """A file without an end is not read to the end: rejected or refused, with a sentence."""

    def give_little_memory() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))

    ran = grade_command("/dev/zero", cwd=tmp_path, preexec=give_little_memory)
    assert ran.code in (0, 2)
    assert "Traceback" not in ran.err


# ---- files that cannot be loaded: rejected, score 0, and why -------------------------

REJECTED = {
    "syntax": (b"import numpy as np\n\ndef f(:\n    pass\n", ["not valid Python", "(line 3"]),
    "indentation": (b"def f():\npass\n", ["not valid Python", "indented block", "(line 2"]),
    "tabs": (b"if 1:\n        a = 1\n\tb = 2\n", ["not valid Python", "(line 3"]),
    "exception": (b"x = 1\nraise RuntimeError('boom')\n", ["RuntimeError: boom", "(line 2"]),
    "exception-within": (
        b"def f():\n    return 1 / 0\n\nf()\n",
        ["ZeroDivisionError", "(line 2: return 1 / 0)"],
    ),
    "missing-module": (b"import numpy\nimport helpers\n", ["helpers", "(line 2", "One file"]),
    "library-used": (b"import torch\ntorch.ones(3)\n", ["PyTorch", "np.array", "(line 2"]),
    "exit": (b"import sys\nsys.exit('bye')\n", ["ends the program", "SystemExit", "(line 2"]),
    "exit-0": (b"import sys\nsys.exit(0)\n", ["ends the program", "(line 2"]),
    "keyboard-interrupt": (b"raise KeyboardInterrupt\n", ["KeyboardInterrupt", "(line 1"]),
    "base-exception": (
        b"class E(BaseException):\n    pass\nraise E('odd')\n",
        ["E: odd", "(line 3"],
    ),
    "exception-without-words": (
        b"class E(Exception):\n    def __str__(self):\n        raise self\nraise E\n",
        ["raised E", "(line 4"],
    ),
    "latin-1": (b"name = 'caf\xe9'\n", ["not valid Python", "utf-8"]),
    "nul": (b"x = 1\0\n", ["NUL"]),
    "empty": (b"", ["empty"]),
    "blank": (b" \n\t\r\n\n", ["empty"]),
    "5-MB": (b"#" * 5_000_000, ["MiB"]),
    "binary": (bytes(range(1, 256)), ["not valid Python"]),
    "nested": (b"x = " + b"(" * 5_000 + b")" * 5_000, ["not valid Python"]),
    "unknown-encoding": (b"# coding: klingon\nx = 1\n", ["not valid Python", "klingon"]),
    "notebook": (b'{"cells": [], "metadata": {"x": null}}\n', ["no code cell"]),
}


@pytest.mark.parametrize("kind", REJECTED)
def test_file_that_cannot_be_loaded(grade_source: "GradeSource", kind: str) -> None:
    """A file that cannot be loaded is rejected with score 0, the reason and its line."""
    source, fragments = REJECTED[kind]
    report = grade_source(source)
    assert report["status"] == "rejected"
    assert report["score"] == 0.0
    for fragment in fragments:
        assert fragment in report["message"]
    assert "Traceback" not in report["message"]
    assert {case["outcome"] for case in report["cases"]} == {"not_run"}


def test_rejected_file_is_a_success_of_the_grader(
    run_grade: "RunInProcess", read_report: "ReadReport", tmp_path: Path
) -> None:
    """A rejected file exits with 0, or 1 below --fail-under, and the screen says why."""
    path, target = tmp_path / "a.py", tmp_path / "report.json"
    path.write_text("def f(:\n    pass\n")
    ran = run_grade(path, "--json", target)
    assert ran.code == 0
    assert ran.err == ""
    assert "could not be loaded" in ran.out
    assert "(line 1: def f(:)" in " ".join(ran.out.split())
    assert read_report(target.read_bytes())["status"] == "rejected"
    assert run_grade(path, "--fail-under", "0.01").code == 1


def test_many_imports_of_long_names(grade_source: "GradeSource", independent: str) -> None:
    """However many things a file imports, and whatever their names, it is graded."""
    imports = [f"    from os import {'x' * 500}{number}\n" for number in range(600)]
    guarded = "".join(f"try:\n{line}except ImportError:\n    pass\n" for line in imports)
    assert grade_source(independent + guarded)["score"] == 1.0


def test_largest_file(grade_source: "GradeSource", independent: str) -> None:
    """A file of 1 MiB is graded, one byte more is not."""
    padding = "#" * (1024 * 1024 - len(independent))
    assert grade_source(independent + padding)["score"] == 1.0
    assert grade_source(independent + padding + "#")["status"] == "rejected"


def test_endless_loop_at_import(grade_source: "GradeSource") -> None:
    """A file that never finishes loading is rejected within the time of one call."""
    report = grade_source("while True:\n    pass\n", call_seconds=0.3)
    assert report["status"] == "rejected"
    assert "did not finish within 0.3 s" in report["message"]


@pytest.mark.parametrize(
    "death",
    [
        "import os; os._exit(0)",
        "import numpy as np\nnp.lib.stride_tricks.as_strided(np.zeros(2), (2,), (1 << 44,))[1] = 1",
    ],
    ids=["exit", "segfault"],
)
def test_death_at_import(grade_source: "GradeSource", death: str) -> None:
    """A file that takes its process along while it loads is rejected, and that is said."""
    report = grade_source(death)
    assert report["status"] == "rejected"
    assert "While the file was running, your code" in report["message"]


# ---- functions that are not what the kata asks for -----------------------------------

BODIES = {
    "returns-None": ("return None", ["is not implemented yet"]),
    "prints-only": ("print('done')", ["is not implemented yet"]),
    "returns-string": ("return 'Q'", ["returned an object of type str"]),
    "returns-scalar": ("return np.float64(1)", ["returned an object of type numpy.float64"]),
    "returns-dict": ("return {}", ["returned an object of type dict"]),
    "returns-module": ("return np", ["returned an object of type module"]),
}
RAISED = {
    "raises": ("raise ValueError('boom')", "raised ValueError: boom", True),
    "exits": ("raise SystemExit(0)", "raised SystemExit: 0", True),
    "interrupts": ("raise KeyboardInterrupt", "raised KeyboardInterrupt", True),
    "has-a-typo": ("return nump.eye(3)", "raised NameError", True),
    "does-not-fit": ("return np.eye(3) @ np.eye(4)", "raised ValueError", True),
    "recurses": ("return {name}({parameters})", "raised RecursionError", True),
    "asserts": ("assert False", "raised AssertionError", True),
}
KINDS = {
    "missing": ("", "There is no function {name} in your file"),
    "class": ("class {name}:\n    pass", "{name} is a class in your file"),
    "number": ("{name} = 3", "{name} is not a function in your file"),
    "None": ("{name} = None", "{name}"),
    "too-few": ("def {name}(a): return a", "yours takes 1"),
    "too-many": ("def {name}({parameters}, mask): return 1", "{name} must be callable as {name}("),
    "keyword-only": ("def {name}(*, {parameters}): return 1", "{name} must be callable as {name}("),
    "async": ("async def {name}({parameters}): return 1", "{name} is an async function"),
    "generator": ("def {name}({parameters}): yield 1", "{name} is a generator"),
}


def define(code: str) -> str:
    """Return a submission that has `code` for each function, names filled in."""
    parts = [code.format(name=name, parameters=PARAMETERS[name]) for name in FUNCTIONS]
    return "import numpy as np\n" + "\n".join(parts) + "\n"


@pytest.mark.parametrize("kind", KINDS)
def test_not_a_function(grade_source: "GradeSource", kind: str) -> None:
    """What cannot be called as the kata asks fails, by name, in the first case of each."""
    code, fragment = KINDS[kind]
    report = grade_source(define(code))
    assert report["status"] == "graded"
    assert report["points"] == 0
    for name in FUNCTIONS:
        first, *others = of(report, name)
        assert first["outcome"] == "failed"
        assert fragment.format(name=name) in first["message"]
        assert {case["outcome"] for case in others} == {"not_run"}


@pytest.mark.parametrize("kind", BODIES)
def test_not_an_array(grade_source: "GradeSource", kind: str) -> None:
    """What is not an array fails the first case of each function, which names what it is."""
    body, fragments = BODIES[kind]
    report = grade_source(define("def {name}({parameters}):\n    " + body.replace("{}", "{{}}")))
    assert report["points"] == 0
    for name in FUNCTIONS:
        first, *others = of(report, name)
        assert first["outcome"] == "failed"
        for fragment in [f"{name} ", *fragments]:
            assert fragment in first["message"]
        assert {case["outcome"] for case in others} == {"not_run"}


@pytest.mark.parametrize("kind", RAISED)
def test_raises(grade_source: "GradeSource", kind: str) -> None:
    """An exception is an error that names the function, what was raised, and the line."""
    body, raised, has_line = RAISED[kind]
    source = define("def {name}({parameters}):\n    " + body)
    report = grade_source(source)
    assert report["points"] == 0
    for number, name in enumerate(FUNCTIONS):
        first, *others = of(report, name)
        assert first["outcome"] == "error"
        assert first["message"].startswith(f"{name} {raised}")
        line = 2 * number + 3
        shown = source.splitlines()[line - 1].strip()
        assert (f"(line {line}: {shown})" in first["message"]) == has_line
        assert {case["outcome"] for case in others} == {"not_run"}


def test_line_that_is_named_is_the_one_shown(grade_source: "GradeSource") -> None:
    """A form feed, which Python does not count as a line's end, does not shift the line shown."""
    source = "# one\n\x0c\n# three\ndef self_attention(Q, K, V):\n    a = 1\n    raise KeyError\n"
    first, *_ = of(grade_source(source), "self_attention")
    assert "(line 6: raise KeyError)" in first["message"]


def test_line_in_another_function(grade_source: "GradeSource") -> None:
    """The line is the innermost of the learner's own, not one of NumPy's."""
    source = "import numpy as np\ndef deeper(x):\n    return np.linalg.inv(x)\n"
    source += "def self_attention(Q, K, V):\n    return deeper(Q)\n"
    first, *_ = of(grade_source(source), "self_attention")
    assert "LinAlgError" in first["message"]
    assert "(line 3: return np.linalg.inv(x))" in first["message"]


ARRAYS = {
    "a list": ("[[1.0, 2.0]]", "returned an object of type list, but should return a NumPy array"),
    "a tuple": ("(Q, K)", "returned an object of type tuple, but should return a NumPy array"),
    "wrong shape": ("np.zeros((1, 2, 3))", "has shape (1, 2, 3), but should have shape (5, "),
    "no axes": ("np.zeros(())", "has shape (), but should have shape (5, "),
    "empty": ("np.zeros((0, 3))", "has shape (0, 3), but should have shape (5, "),
    "objects": ("Q.astype(object)", "an array of dtype object, but should return an array of real"),
    "complex": (
        "Q.astype(complex)",
        "an array of dtype complex128, but should return an array of r",
    ),
    "strings": ("Q.astype(str)", "an array of dtype str"),
    "dates": ("Q.astype('M8[s]')", "an array of dtype datetime64[s]"),
    "records": ("np.zeros(3, 'f8,f8')", "an array of dtype void"),
    "a matrix": ("np.matrix(Q)", "type matrix, but should return a plain np.ndarray"),
    "masked": ("np.ma.array(Q)", "type MaskedArray, but should return a plain np.ndarray"),
    "gigantic": ("np.broadcast_to(0.0, (10**6, 10**6))", "an array of shape (1000000, 1000000)"),
    "many axes": ("np.zeros((1,) * 12)", "an array of shape (1, 1"),
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_not_the_right_kind_of_array(grade_source: "GradeSource", kind: str) -> None:
    """An array that is not a plain array of real numbers in the right shape fails, by name."""
    value, fragment = ARRAYS[kind]
    report = grade_source(f"import numpy as np\nself_attention = lambda Q, K, V: {value}\n")
    assert report["points"] == 0
    first, *_ = of(report, "self_attention")
    assert first["outcome"] == "failed"
    assert "self_attention" in first["message"]
    assert fragment in first["message"]


def test_two_functions_are_each_named(grade_source: "GradeSource") -> None:
    """The same fault in two functions is told of each, by its name."""
    report = grade_source(
        "import numpy as np\nself_attention = lambda Q, K, V: [Q]\n"
        "multi_head_attention = lambda Q, K, V, n_heads: [Q]\n"
    )
    for name in ("self_attention", "multi_head_attention"):
        first, *_ = of(report, name)
        assert f"{name} returned an object of type list" in first["message"]


TUPLES = {
    "one array": ("X", "returned one array, but should return a tuple (Q, K, V)"),
    "two things": ("(X, X)", "returned 2 things"),
    "four things": ("(X, X, X, X)", "returned 4 things"),
    "a thousand things": ("[X] * 1000", "returned 1000 things"),
    "stacked": ("np.stack([X, X, X])", "returned one array"),
    "strings": ("('Q', 'K', 'V')", "compute_qkv: Q is an object of type str"),
    "nested": ("([X], [X], [X])", "compute_qkv: Q is an object of type list"),
    "a subclass": ("(X, np.matrix(X), X)", "compute_qkv: K is an object of type matrix"),
    "objects": ("(X, X, X.astype(object))", "compute_qkv: V is an array of dtype object"),
    "wrong shape": ("(X, X, X.T)", "V has shape (3, 5), but should have shape (5, 3)"),
    "a generator": ("(x for x in (X, X, X))", "returned an object of type generator"),
}


@pytest.mark.parametrize("kind", TUPLES)
def test_not_the_right_tuple(grade_source: "GradeSource", kind: str) -> None:
    """A compute_qkv that does not return three arrays fails, told what it returned instead."""
    value, fragment = TUPLES[kind]
    report = grade_source(f"import numpy as np\ncompute_qkv = lambda X, q, k, v: {value}\n")
    assert report["points"] == 0
    first, *_ = of(report, "compute_qkv")
    assert first["outcome"] == "failed"
    assert fragment in first["message"]


VALUES = {
    "nan": ("* np.nan", ""),
    "inf": ("* np.inf", ""),
    "one-nan": ("* np.where(np.arange(X.shape[1]) == 1, np.nan, 1)", "nan"),
    "huge": ("* 1e308", ""),
    "bool": ("> 0", ""),
    "int8": (".astype(np.int8)", ""),
    "uint64": (".astype(np.uint64)", ""),
    "float16": (".astype(np.float16)", ""),
    "overflowing-float16": (".astype(np.float16) * np.float16(60000)", "inf"),
    "int64-minimum": (".astype(np.int64) + np.iinfo(np.int64).min", ""),
}


@pytest.mark.parametrize("kind", VALUES)
def test_wrong_values(grade_source: "GradeSource", independent: str, kind: str) -> None:
    """Arrays of whatever values and types fail cases, and never trip the grader itself."""
    change, fragment = VALUES[kind]
    report = grade_source(
        f"{independent}\n"
        "def spoil(X):\n"
        "    with np.errstate(all='ignore'):\n"
        f"        return X {change}\n"
        "right = compute_qkv, multi_head_attention\n"
        "compute_qkv = lambda *args: tuple(spoil(array) for array in right[0](*args))\n"
        "self_attention = lambda Q, K, V: spoil(attend(Q, K, V))\n"
        "multi_head_attention = lambda *args: spoil(right[1](*args))\n"
    )
    assert report["status"] == "graded"
    for name in ("compute_qkv", "self_attention"):
        failed = [case for case in of(report, name) if case["outcome"] == "failed"]
        assert failed
        assert case(report, f"{name}.values")["points"] == 0
        assert any(fragment in case["message"] for case in failed)


def test_nan_is_named(grade_source: "GradeSource") -> None:
    """An answer that is NaN throughout, or in places, is told so."""
    report = grade_source("import numpy as np\nself_attention = lambda Q, K, V: V * np.nan\n")
    first, *_ = of(report, "self_attention")
    assert first["outcome"] == "failed"
    assert "nan" in first["message"].lower()


# ---- calls that do not come back -----------------------------------------------------


def break_when(independent: str, condition: str, action: str) -> str:
    """Return a right submission whose self_attention does `action` under `condition`."""
    return (
        f"{independent}\n"
        "def self_attention(Q, K, V):\n"
        f"    if {condition}:\n"
        f"        {action}\n"
        "    return attend(Q, K, V)\n"
    )


ENDLESS = "while True: pass"
SEGFAULT = "np.lib.stride_tricks.as_strided(np.zeros(2), (2,), (1 << 44,))[1] = 1"
DEATHS = {
    "segfault": SEGFAULT,
    "exit-0": "import os; os._exit(0)",
    "exit-7": "import os; os._exit(7)",
}
IDENTITY = "np.array_equal(V, np.eye(len(V)))"
"""What holds for the inputs of one case alone: self_attention.weights."""


def test_endless_loop_in_a_call(grade_source: "GradeSource", independent: str) -> None:
    """A call that does not return is a timeout; the other functions are judged as ever."""
    report = grade_source(break_when(independent, "True", ENDLESS), call_seconds=0.3)
    first, *others = of(report, "self_attention")
    assert first["outcome"] == "timeout"
    assert first["message"] == "self_attention did not finish within 0.3 s."
    assert {case["outcome"] for case in others} == {"not_run"}
    assert points(report) == {"compute_qkv": 20, "self_attention": 0, "multi_head_attention": 40}


@pytest.mark.long
def test_endless_loop_in_one_case(grade_source: "GradeSource", independent: str) -> None:
    """One call that does not return costs its own case; before and after it all counts."""
    report = grade_source(break_when(independent, IDENTITY, ENDLESS), call_seconds=0.5)
    lost = case(report, "self_attention.weights")
    assert lost["outcome"] == "timeout"
    assert report["points"] == 100 - lost["max_points"]


@pytest.mark.long
def test_endless_loop_in_many_cases(grade_source: "GradeSource", independent: str) -> None:
    """A function that keeps hanging is not called for ever; what it earned before counts."""
    source = break_when(independent, "Q.shape[1] == 4", ENDLESS)
    report = grade_source(source, call_seconds=0.3)
    outcomes = {case["id"]: case["outcome"] for case in of(report, "self_attention")}
    assert outcomes["self_attention.returns"] == "passed"
    assert outcomes["self_attention.example"] == "passed"
    assert outcomes["self_attention.values"] == "timeout"
    assert outcomes["self_attention.one-token"] == "timeout"
    stopped = case(report, "self_attention.permutation")
    assert stopped["outcome"] == "not_run"
    assert "self_attention was stopped too often" in stopped["message"]
    assert points(report)["multi_head_attention"] == 40


@pytest.mark.long
def test_budget_of_a_submission(grade_source: "GradeSource", independent: str) -> None:
    """When a submission's time is used up the rest is not run, and what it earned counts."""
    slow = "import time\ndef busy():\n    end = time.monotonic() + 0.1\n"
    slow += "    while time.monotonic() < end: pass\n"
    source = slow + independent.replace("    scores =", "    busy()\n    scores =")
    report = grade_source(source, submission_seconds=3.0)  # the public cases alone take 1.8
    assert points(report)["compute_qkv"] == 20
    assert report["points"] < 60
    late = [case for case in report["cases"] if "were used up" in case["message"]]
    assert late
    assert {case["outcome"] for case in late} <= {"not_run", "timeout"}


@pytest.mark.parametrize("death", DEATHS)
def test_dead_worker(grade_source: "GradeSource", independent: str, death: str) -> None:
    """A call that takes its process along is a crash; the other functions are judged as ever."""
    report = grade_source(break_when(independent, "True", DEATHS[death]))
    first, *others = of(report, "self_attention")
    assert first["outcome"] == "crashed"
    assert "While self_attention was running, your code" in first["message"]
    assert {case["outcome"] for case in others} == {"not_run"}
    assert points(report) == {"compute_qkv": 20, "self_attention": 0, "multi_head_attention": 40}


@pytest.mark.parametrize("death", DEATHS)
def test_next_case_gets_a_fresh_worker(
    grade_source: "GradeSource", independent: str, death: str
) -> None:
    """One crash costs its own case; the next is judged in a fresh worker."""
    report = grade_source(break_when(independent, IDENTITY, DEATHS[death]))
    lost = case(report, "self_attention.weights")
    assert lost["outcome"] == "crashed"
    assert report["points"] == 100 - lost["max_points"]


@pytest.mark.parametrize("signal", ["SIGKILL", "SIGTERM", "SIGSTOP"])
def test_signal_to_itself(grade_source: "GradeSource", independent: str, signal: str) -> None:
    """A process that signals itself loses the case: killed, stopped, or refused the signal."""
    kill = f"import os, signal; os.kill(os.getpid(), signal.{signal})"
    report = grade_source(break_when(independent, IDENTITY, kill), call_seconds=1)
    lost = case(report, "self_attention.weights")
    assert lost["outcome"] in ("crashed", "timeout", "error")
    assert "self_attention" in lost["message"]
    assert report["points"] == 100 - lost["max_points"]


def test_segfault_is_named(grade_source: "GradeSource", independent: str) -> None:
    """The learner of a crash reads that it was the interpreter which crashed."""
    report = grade_source(break_when(independent, IDENTITY, SEGFAULT))
    assert "segmentation fault" in case(report, "self_attention.weights")["message"]


# ---- what is printed -----------------------------------------------------------------


def test_prints_are_kept(grade_source: "GradeSource", independent: str) -> None:
    """What a right file prints is in the report and costs nothing, also after a crash."""
    loud = "import sys\nprint('at import')\nprint('on stderr', file=sys.stderr)\n"
    report = grade_source(loud + independent)
    assert report["score"] == 1.0
    assert report["output"] == {
        "stdout": "at import\n",
        "stderr": "on stderr\n",
        "truncated": False,
    }
    crash = "print('last words', flush=True); import os; os._exit(0)"
    printed = grade_source(break_when(independent, IDENTITY, crash))["output"]["stdout"]
    assert "last words" in printed


def test_streams_are_ordinary(grade_source: "GradeSource", independent: str) -> None:
    """What files do to their streams at the top works: reconfigure, flush, write, isatty."""
    source = (
        "import sys\n"
        "for stream in (sys.stdout, sys.stderr):\n"
        "    stream.reconfigure(encoding='utf-8', errors='replace', line_buffering=True)\n"
        "    assert not stream.isatty() and not stream.seekable() and stream.writable()\n"
        "    stream.write('√\\n')\n"
        "    stream.flush()\n"
        "assert sys.stdin.read() == ''\n"
    )
    report = grade_source(source + independent)
    assert report["message"] == ""
    assert report["score"] == 1.0
    assert report["output"]["stdout"] == report["output"]["stderr"] == "√\n"


def test_much_output_is_cut(grade_source: "GradeSource", independent: str) -> None:
    """Output beyond the cap is left out, said so, and costs nothing."""
    report = grade_source(f"print('x' * 1_000_000)\n{independent}", output_kib=2)
    assert report["score"] == 1.0
    assert report["output"]["stdout"] == "x" * 2048
    assert report["output"]["truncated"] is True


@pytest.mark.parametrize("output_kib", [16, 64])
def test_output_of_any_bytes(
    grade_source: "GradeSource", independent: str, output_kib: int
) -> None:
    """Bytes that are no text, or fill the report, leave a report that is strict and small."""
    flood = "import sys\nfor stream in (sys.stdout, sys.stderr):\n"
    flood += "    stream.buffer.write(bytes(range(256)) * 1000)\n    stream.flush()\n"
    report = grade_source(flood + independent, output_kib=output_kib)
    assert report["score"] == 1.0
    assert report["output"]["truncated"] is True


HOSTILE_TEXT = r"\x1b[31m\x00\x07\x9b\x85\u2028\ud800\udcff\u202e\r\n\x7f\ufeff"


def test_text_of_any_characters(grade_source: "GradeSource", independent: str) -> None:
    """Control characters and lone surrogates reach the report nowhere, wherever they begin."""
    text = f"'{HOSTILE_TEXT}'"
    shout = f"import sys\nsys.stdout.buffer.write({text}.encode('utf-8', 'surrogatepass'))\n"
    report = grade_source(shout + f"raise ValueError({text})", name="a\x1b[31m\udcff\n.py")
    assert "ValueError" in report["message"]
    report = grade_source(
        f"{shout}{independent}\nself_attention = lambda Q, K, V: {{}}[{text}]\n"
        f"multi_head_attention = lambda *a: type('a\\x1b\\ud800', (), {{}})()\n"
    )
    assert points(report) == {"compute_qkv": 20, "self_attention": 0, "multi_head_attention": 0}


def test_long_messages_are_cut(grade_source: "GradeSource") -> None:
    """A message of any length is shown by its beginning."""
    report = grade_source("raise ValueError('x' * 10_000_000)")
    assert "xxx" in report["message"]
    assert len(report["message"]) <= 600
