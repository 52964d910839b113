"""From kata to kata: what there is, how one begins, and what comes next."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.kata import default_kata, load_kata, shipped_katas
from grader.screen.naming import naming

if TYPE_CHECKING:
    from tests.conftest import RunInProcess

SCRIPTS = Path(sys.executable).parent


def test_list(run_kata: "RunInProcess") -> None:
    """Each kata that is shipped is listed with what one needs to know before, in 80 columns."""
    ran = run_kata("list")
    assert ran.code == 0
    for name, kata in shipped_katas().items():
        assert f"{name:<12}{kata.title}" in ran.out
        assert kata.needs
        assert f"Before: {kata.needs}." in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_they_lead_to_each_other() -> None:
    """From the first kata each is reached, and each but the last names the next one's command."""
    seen, kata = [default_kata()], default_kata()
    while kata.next:
        assert kata.full_marks.endswith(f"kata start {kata.next}")
        kata = load_kata(kata.next)
        assert kata not in seen
        seen.append(kata)
    assert set(seen) == set(shipped_katas().values())


@pytest.mark.parametrize("name", [*shipped_katas()])
def test_start_by_name(
    run_kata: "RunInProcess", name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`kata start NAME` writes the stub of that kata, here or into a folder."""
    kata = load_kata(name)
    for words in ((name, tmp_path / "one"), (tmp_path / "two", "--kata", name)):
        ran = run_kata("start", *words)
        assert ran.code == 0
    assert (tmp_path / "one" / kata.file).read_bytes() == kata.stub.read_bytes()
    assert (tmp_path / "two" / kata.file).read_bytes() == kata.stub.read_bytes()
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).mkdir()  # a folder of that name changes nothing
    assert run_kata("start", name).code == 0
    assert (tmp_path / kata.file).is_file()


def test_start_of_nobody(run_kata: "RunInProcess", tmp_path: Path) -> None:
    """A name that is nobody's is an error where a folder follows, and a folder where none does."""
    ran = run_kata("start", "nobody", tmp_path / "x")
    assert ran.code == 2
    assert "There is no kata 'nobody'" in ran.err
    assert not (tmp_path / "x").exists()
    assert run_kata("start", tmp_path / "mine").code == 0
    assert (tmp_path / "mine" / default_kata().file).is_file()


def test_statement_by_name(run_kata: "RunInProcess", tmp_path: Path) -> None:
    """`kata statement NAME` shows what the option shows, of a folder too, and takes one kata."""
    for name in shipped_katas():
        asked = run_kata("statement", name)
        assert asked == run_kata("statement", "--kata", name)
        assert asked.code == 0
    shutil.copytree(load_kata("causal").folder, tmp_path / "mine")
    assert "`kata start --kata " in run_kata("statement", tmp_path / "mine").out
    both = run_kata("statement", "causal", "--kata", "kv_cache")
    assert both.code == 2
    assert "Name one kata: causal, or --kata kv_cache." in both.err
    assert "There is no kata nobody" in run_kata("statement", "nobody").err


PAIRS = [(asked, other) for asked in shipped_katas() for other in shipped_katas() if asked != other]


@pytest.mark.long
@pytest.mark.parametrize(("asked", "other"), PAIRS)
def test_the_file_of_another_kata(
    run_grade: "RunInProcess", asked: str, other: str, tmp_path: Path
) -> None:
    """A file that has all of another kata's functions is judged as asked, and told of that kata."""
    kata = load_kata(other)
    for source in (kata.solution_path, kata.stub):
        file = tmp_path / f"renamed_{source.parent.name}.py"
        file.write_bytes(source.read_bytes())
        told = run_grade(file, "--kata", asked, "--plain").out
        assert f"The file has all that the kata {other} asks for, " in told
        assert f"add `--kata {other}`." in told
        assert ": 0 of 100 points." in told
        assert "After that" not in told
        assert told.count("has all that") == 1
        assert "spelled" not in told
        told = run_grade(file, "--kata", asked, "--plain", "--feedback", "names").out
        assert "has all that" not in told


@pytest.mark.long
def test_what_is_no_file_of_another_kata(run_grade: "RunInProcess", tmp_path: Path) -> None:
    """A file with a function that only this kata asks for, or without all of another's, is not."""
    causal = load_kata("causal").solution_path.read_text(encoding="utf-8")
    file = tmp_path / "mine.py"
    for text in (
        f"{causal}\n\ndef self_attention(Q, K, V):\n    pass\n",
        causal.replace("def causal_mask", "def mask"),
        "import numpy as np\n",
    ):
        file.write_text(text, encoding="utf-8")
        assert "has all that" not in run_grade(file, "--plain").out


COMPLETED = [
    ("grade", "grade --kata ca", {"causal"}),
    ("grade", "grade --kata k", {"kv_cache"}),
    ("kata", "kata statement --kata a", {"attention"}),
    ("kata", "kata start c", {"causal"}),
    ("kata", "kata statement k", {"kv_cache"}),
]


@pytest.mark.parametrize(("command", "words", "wanted"), COMPLETED)
def test_completion(command: str, words: str, wanted: set[str]) -> None:
    """The shell completes the names of katas."""
    assert complete(command, words) == {("plain", name) for name in wanted}


def test_completion_of_folders() -> None:
    """Where no name goes on from what is typed, the shell looks for folders."""
    assert complete("grade", "grade --kata my/fol") == {("dir", "my/fol")}


def complete(command: str, words: str) -> set[tuple[str, str]]:
    """Return what the shell is told, as bash asks for it."""
    about = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    done = subprocess.run(
        [SCRIPTS / command],
        env={**os.environ, f"_{command.upper()}_COMPLETE": "bash_complete", **about},
        capture_output=True,
        text=True,
        check=True,
    )
    return {tuple(line.split(",", 1)) for line in done.stdout.splitlines()}  # type: ignore[misc]


def test_hints_name_the_kata(run_grade: "RunInProcess", tmp_path: Path) -> None:
    """The command that tells of a mistake names the kata, where that is not the first one."""
    ran = run_grade(ahead(tmp_path), "--kata", "causal", "--plain")
    assert "kata explain mask-one-ahead --kata causal" in ran.out


def ahead(folder: Path) -> Path:
    """Write a submission for the kata `causal` with a mistake that has a name."""
    kata = load_kata("causal")
    text = kata.solution_path.read_text(encoding="utf-8")
    file = folder / kata.file
    file.write_text(text.replace("np.tri(seq_len, ", "np.tri(seq_len, k=1, "), encoding="utf-8")
    return file


@pytest.mark.long
def test_pages_name_the_kata(run_grade: "RunInProcess", tmp_path: Path) -> None:
    """On a page, one of a class too, the same command names the kata as on the screen."""
    (tmp_path / "class").mkdir()
    file, page = ahead(tmp_path / "class"), tmp_path / "page.html"
    assert run_grade(file, "--kata", "causal", "--format", f"html={page}").code == 0
    options = ("--kata", "causal", "--out", tmp_path / "out", "--jobs", "1", "--format", "html")
    assert run_grade(file.parent, *options).code == 0
    for each in (page, tmp_path / "out" / "causal.html"):
        assert "<code>kata explain mask-one-ahead --kata causal</code>" in each.read_text()


def test_no_path_of_this_machine_is_told_elsewhere(tmp_path: Path) -> None:
    """A kata of one's own is named by its path to who has it, and by its folder to others."""
    shutil.copytree(load_kata("causal").folder, tmp_path / "mine")
    kata = load_kata(tmp_path / "mine")
    assert naming(kata) == f" --kata {tmp_path / 'mine'}"
    assert naming(kata, elsewhere=True) == " --kata mine"
    assert naming(default_kata()) == naming(default_kata(), elsewhere=True) == ""
