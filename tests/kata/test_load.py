"""A kata is a folder: what it need not say is derived, what it says is read strictly."""

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.authoring.contract import check_files
from grader.errors import UsageError
from grader.kata import default_kata, load_kata, manifest, shipped_katas

SOFTMAX = Path(__file__).parent.parent / "katas" / "softmax"
Change = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a kata, to be spoiled."""
    return shutil.copytree(SOFTMAX, tmp_path / "my softmax.2")


def test_shipped() -> None:
    """One that is shipped is found by the name of its folder and by its own."""
    assert load_kata() is default_kata()
    for folder, kata in shipped_katas().items():
        assert load_kata(folder) is load_kata(kata.name) is kata


def test_manifest_over_what_is_derived(folder: Path) -> None:
    """What the manifest says counts; functions are in its order."""
    (folder / "kata.toml").write_text(
        'format = 1\nname = "s"\nversion = "7"\ntitle = "Soft"\n[limits]\ncall_seconds = 5\n'
        '[functions.softmax]\nparameters = ["S"]\nreturns = ["a", "b"]\nformula = "e"\n'
        '[words]\nfull_marks = "Next."\n[tolerance]\nfloat64 = 1e-3\n'
    )
    kata = load_kata(folder)
    assert (kata.name, kata.version, kata.title, kata.full_marks) == ("s", "7", "Soft", "Next.")
    assert kata.functions["softmax"].returns == ("a", "b")
    assert (kata.tolerance.float64, kata.limits) == (1e-3, {"call_seconds": 5})


def test_made_manifest(folder: Path) -> None:
    """What is made of a manifest is read in its place until the manifest changes."""
    text = 'format = 1\ntitle = "One"\n'
    (folder / "tables").mkdir()
    (folder / "kata.toml").write_text(text)
    manifest.make(folder)
    (folder / "tables" / "kata.json").write_text(
        (folder / "tables" / "kata.json").read_text().replace("One", "Two")
    )
    assert manifest.read(folder)["title"] == "Two"
    (folder / "kata.toml").write_text(text.replace("One", "Three"))
    assert manifest.read(folder)["title"] == "Three"


def test_shipped_manifests_are_made() -> None:
    """Those that are shipped are read fast, and say what their manifests say."""
    for kata in shipped_katas().values():
        path = kata.folder / manifest.NAME
        data = path.read_bytes()
        assert manifest._made(kata.folder, data) == manifest._parse(path, data)


def test_travels(folder: Path) -> None:
    """To another process a kata travels as its place, and is the same one where it came from."""
    for kata in (load_kata(folder), load_kata()):
        assert pickle.loads(pickle.dumps(kata)) is kata


def test_parts(folder: Path) -> None:
    """A part is a module that imports its neighbors; what is not there is None, not an error."""
    (folder / "inputs.py").write_text("ONE = 1\n")
    (folder / "readings").mkdir()
    (folder / "readings" / "__init__.py").write_text("from ..inputs import ONE\n")
    kata = load_kata(folder)
    readings = kata.part("readings")
    assert readings is not None
    assert readings.ONE == 1
    assert kata.part("probes") is None
    assert not [*folder.rglob("__pycache__")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format = 2", "format must be the number 1"),
        ("", "must say format = 1"),
        ("format = 1\nnam = 'x'", "nam means nothing; is it meant to be name?"),
        ("format = 1\nqqq = 'x'", "qqq means nothing"),
        ("format = 1\nname = 3", "name must be a text"),
        ("format = 1\n[limits]\ncall_second = 1", "limits.call_second means nothing; is it"),
        ("format = 1\n[limits]\ncall_seconds = 0", "limits.call_seconds must be a number above 0"),
        ("format = 1\n[limits]\ncall_seconds = true", "limits.call_seconds must be a number"),
        ("format = 1\n[functions.f]", "functions.f has no parameters"),
        ("format = 1\n[functions.f]\nparameters = ['x']\nstands_on = 'g'", "stands on g"),
        ("format = 1\n[functions.f]\nparameters = ['x']\nreturns = 'tuple'", "returns must be"),
        ("format = 1\n[imports]\nallow = 'numpy'", "imports.allow must be a list of texts"),
        ("format = 1\n[imports]\nallow = ['numpy', 'scipy']", "no other is in the jail"),
        ("format = 1\nfile = 'other.py'", "no stub"),
        ("format = = 1", "is no TOML"),
        ("\xff", "is no TOML"),
    ],
)
def test_manifest_that_is_wrong(text: str, said: str, folder: Path) -> None:
    """A slip in the manifest is one sentence that names it, and what may be meant."""
    (folder / "kata.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        load_kata(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: shutil.rmtree(f / "exercise"), "no Python file"),
        (lambda f: (f / "exercise" / "two.py").touch(), "holds 2 Python files"),
        (lambda f: shutil.rmtree(f / "solution"), "no solution"),
        (lambda f: (f / "cases.py").unlink(), "no cases"),
        (lambda f: (f / "cases.py").rename(f / "case.py"), "meant to be cases.py"),
        (lambda f: (f / "probe.py").touch(), "meant to be probes.py"),
        (lambda f: (f / "exercise" / "softmax.py").write_text("def ("), "is no Python: line 1"),
        (
            lambda f: (f / "exercise" / "softmax.py").write_text("x = 1"),
            "defines no function and no class",
        ),
    ],
)
def test_folder_that_is_wrong(change: Change, said: str, folder: Path) -> None:
    """What a folder lacks is said, and what would be overlooked in it."""
    change(folder)
    with pytest.raises(UsageError, match=said):
        load_kata(folder)


def test_what_comes_before_and_after(folder: Path) -> None:
    """A manifest says what one needs to know before, and which shipped kata comes next."""
    (folder / "kata.toml").write_text('format = 1\nneeds = "loops"\nnext = "causal"\n')
    kata = load_kata(folder)
    assert (kata.needs, kata.next) == ("loops", "causal")
    assert kata.full_marks == "Go on with: kata start causal"
    other = folder.with_name("other")  # what was read of a folder is remembered
    shutil.copytree(folder, other)
    (other / "kata.toml").write_text('format = 1\nnext = "nowhere"\n')
    assert load_kata(other).full_marks == ""
    assert [found for found in check_files(load_kata(other)) if "nowhere" in found]


def test_a_name_is_that_of_the_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that has the name of a kata is not taken for one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "causal").mkdir()
    assert load_kata("causal").is_shipped


def test_no_kata(tmp_path: Path) -> None:
    """A name that is nobody's, and a folder that is empty, are told apart."""
    with pytest.raises(UsageError, match="There is no kata nowhere"):
        load_kata("nowhere")
    with pytest.raises(UsageError, match="no Python file"):
        load_kata(tmp_path)
