"""Directions of imports: a module knows the next one of the line, never the one before."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import grader
from grader.kata import default_kata

KATA = default_kata()

PACKAGE = Path(grader.__file__).parent
WORKER = PACKAGE / "worker"
KATAS = PACKAGE / "katas"
CASES = [path for folder in sorted(KATAS.glob("*/cases")) for path in sorted(folder.rglob("*.py"))]
STDLIB = sys.stdlib_module_names
MOST_LINES = 300

FLOORS = [
    {"errors", "process", "reading", "report", "text", "worker"},
    {"console", "jail", "kata"},
    {"files", "kits", "learner"},
    {"cases", "intake"},
    {"diagnosis", "pages"},
    {"formats", "katas/common", "live"},
    {"grading", "katas/attention", "katas/causal", "katas/kv_cache", "screen"},
    {"authoring", "classroom"},
    {"commands"},
]
"""The rooms of the package, by floor: a room stands above all that it imports."""
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def imports_of(path: Path) -> set[str]:
    """Return the absolute names of all that a module of ours imports, wherever in it."""
    package = ["grader", *path.relative_to(PACKAGE).parts[:-1]]
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            names |= {qualify(module, alias.name) for alias in node.names}
    return names


def qualify(module: str, name: str) -> str:
    """Return the module that `from module import name` depends on."""
    path = PACKAGE.parent.joinpath(*module.split("."), name)
    is_module = module.startswith("grader") and (path.is_dir() or path.with_suffix(".py").exists())
    return f"{module}.{name}" if is_module else module


def modules_under(folder: Path) -> list[Path]:
    """Return the modules of a folder, those below it included."""
    return sorted(folder.rglob("*.py"))


def ours(path: Path) -> set[str]:
    """Return what a module imports of ours."""
    return {name for name in imports_of(path) if name.split(".")[0] == "grader"}


def name_of(path: Path) -> str:
    """Return a module's path inside the package, for the names of tests."""
    return str(path.relative_to(PACKAGE))


def test_the_package_is_seen() -> None:
    """The helpers of these tests see imports of all kinds, or the tests would prove nothing."""
    assert "grader.jail" in imports_of(PACKAGE / "grading" / "grade.py")
    assert "grader.cases.session" in imports_of(PACKAGE / "grading" / "grade.py")
    assert "grader.kata.manifest" in imports_of(PACKAGE / "kata" / "load.py")
    assert "grader.worker.wire" in imports_of(WORKER / "serve.py")
    assert len(modules_under(WORKER)) > 5
    assert len(CASES) > 15
    assert {"View", "GROUP"} & names_of_types(PACKAGE / "formats" / "__init__.py") == {"View"}
    assert "Outcome" in names_of_types(PACKAGE / "report" / "seen.py")
    for word in (
        "own attention",
        "self_attention",
        "n_heads",
        "d_k",
        "causal",
        "a KVCache",
        "kv_cache",
    ):
        assert OF_THE_KATA.search(word)
    for word in ("attention-kata", "load_kata", "pthread_kill", "self.name", "itself"):
        assert not OF_THE_KATA.search(word)


@pytest.mark.parametrize("path", modules_under(WORKER), ids=name_of)
def test_worker_imports_nothing_of_ours_from_outside(path: Path) -> None:
    """The untrusted side imports the standard library, NumPy and its own folder, no more."""
    for name in imports_of(path):
        root = name.split(".")[0]
        inside = name == "grader.worker" or name.startswith("grader.worker.")
        # A worker process knows its folder as the package `worker`.
        assert root in STDLIB or root in ("numpy", "worker") or inside, name


@pytest.mark.parametrize("path", CASES, ids=name_of)
def test_cases_see_the_submission_and_little_else(path: Path) -> None:
    """Cases import their helpers, answers, endings and NumPy: no jail, no report."""
    allowed = {
        "grader.cases.case",
        "grader.cases.checks",
        "grader.katas.common.batches",
        "grader.katas.common.inputs",
        "grader.katas.common.tokens",
        "grader.learner.answer",
        "grader.learner.endings",
        "grader.learner.instance",
        "grader.learner.remote",
        "grader.learner.submission",
        "grader.report.seen",
        "grader.worker.arrays",
    }
    for name in imports_of(path):
        root = name.split(".")[0]
        helper = name.startswith(dotted(path.parent) + ".")
        assert name in allowed or helper or root == "numpy" or root in STDLIB, name


@pytest.mark.parametrize("path", CASES, ids=name_of)
def test_cases_do_not_touch_the_machine(path: Path) -> None:
    """Cases compute: they open no file, start no process and know no clock."""
    banned = {"os", "subprocess", "socket", "time", "random", "threading", "shutil", "tempfile"}
    assert not banned & {name.split(".")[0] for name in imports_of(path)}


@pytest.mark.parametrize("path", modules_under(PACKAGE / "jail"), ids=name_of)
def test_jail_knows_no_kata(path: Path) -> None:
    """The jail runs any submission: it imports no kata, cases, report, grading or command."""
    allowed = ("grader.jail", "grader.worker", "grader.errors", "grader.text")
    for name in ours(path):
        assert name == "grader" or name.startswith(allowed), name


def room_of(name: str) -> str:
    """Return the room of a module by its dotted name: its folder, or a module that lies flat."""
    parts = name.split(".")[1:]
    return "/".join(parts[:2]) if parts[0] == "katas" else parts[0]


def dotted(path: Path) -> str:
    """Return the dotted name of a module of ours."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", modules_under(PACKAGE), ids=name_of)
def test_imports_run_downward(path: Path) -> None:
    """A room imports only rooms below it."""
    here = dotted(path)
    if "templates" in path.parts or here in ("grader", "grader.katas"):
        return
    for name in ours(path):
        if name == "grader" or room_of(name) == room_of(here):
            continue
        assert FLOOR[room_of(name)] < FLOOR[room_of(here)], f"{here} imports {name}"


OF_THE_KATA = re.compile(
    r"(?<!test_)attention(?![-_]kata)|\bself_|\bn_heads\b|\bd_k\b|\bcausal\b|kv_?cache",
    re.IGNORECASE,
)


def test_the_kata_has_a_room_of_its_own() -> None:
    """What judges and tells speaks of no kata: its words, names and numbers are handed in."""
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc" and not path.is_relative_to(KATAS):
            words = OF_THE_KATA.findall(path.read_text(encoding="utf-8", errors="replace"))
            assert not words, path


def test_few_modules_stand_flat() -> None:
    """What is not the package's face has a room; six modules at the most are everybody's."""
    assert len([path for path in PACKAGE.glob("*.py") if path.name != "__init__.py"]) <= 6


def test_modules_are_short() -> None:
    """No module has more lines than one can keep in mind."""
    lines = {name_of(path): len(path.read_bytes().splitlines()) for path in modules_under(PACKAGE)}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def names_of_types(path: Path) -> set[str]:
    """Return what a module's public classes and its names for other types are called."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign) and not isinstance(node.value, ast.Attribute):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name for name in names if name[0].isupper() and not name.isupper()}


def test_a_name_stands_for_one_type() -> None:
    """No two modules have public types of one name, or a reader takes one for the other."""
    places: dict[str, list[str]] = {}
    given = {"exercise", "solution"}  # the stub and the solution define the same
    for path in modules_under(PACKAGE):
        for name in names_of_types(path) if path.parent.name not in given else ():
            places.setdefault(name, []).append(name_of(path))
    assert {name: those for name, those in places.items() if len(those) > 1} == {}


def test_only_the_kata_knows_where_the_solution_is() -> None:
    """One room names the folders of the exercise and the solution."""
    for path in modules_under(PACKAGE):
        if path.parent != PACKAGE / "kata":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
            assert not texts & {"solution", "exercise", KATA.file}, path


def test_dependencies_are_declared(root: Path) -> None:
    """The package imports nothing that is neither declared nor in the standard library."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"]]
    lines += [line for name in extras if name not in ("test", "lint") for line in extras[name]]
    declared = {line.partition(">")[0] for line in lines}
    assert {"click", "numpy", "pytest", "pytest-json-report"} <= declared
    known = {"_pytest", "pytest_jsonreport", *(name.replace("-", "_") for name in declared)}
    found = {name.split(".")[0] for path in modules_under(PACKAGE) for name in imports_of(path)}
    assert found - set(STDLIB) <= known | {"grader", "worker"}


@pytest.mark.parametrize(
    "module", ["grader", "grader.commands.grade", "grader.commands.entry", "grader.commands.kata"]
)
def test_commands_start_light(module: str) -> None:
    """Importing a command imports neither pytest nor the cases: they load as the jail starts."""
    code = f"import sys, {module}; print(*(m for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"pytest", "_pytest", "grader.cases.catalogue", "grader.cases.session"}


def test_public_face_is_typed(root: Path) -> None:
    """The package says that it is typed, and the names that it makes public exist."""
    assert (PACKAGE / "py.typed").exists()
    for name in grader.__all__:
        assert hasattr(grader, name)
