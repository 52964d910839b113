"""The guide for authors: its edits are made in a copy of the checkout, its commands are run."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.cases.catalogue import all_cases
from grader.kata import default_kata
from tests.conftest import SCRIPTS
from tests.documents import Block, blocks, looks_like

pytestmark = pytest.mark.long

KATA = Path("grader", "katas", "attention")
BANK, CASES = KATA / "mistakes.toml", KATA / "cases" / "case_self_attention.py"
KEPT = "\n[kept]\n"
RUN = {
    "For authors": 1,
    "The self-check": 2,
    "Change points": 2,
    "Add a case": 3,
    "Add a mistake": 6,
    "Add a golden submission": 2,
    "Add a format": 4,
    "Another exercise": 1,
    "Before a change lands": 1,
}
"""The sections of the guide that have blocks of code, and how many the tests here know."""
INSTALLS = ("For authors", "Before a change lands")
"""Sections whose commands install this checkout, or build the site; other tests do that."""


@pytest.fixture(scope="module")
def guide(root: Path) -> list[Block]:
    """The blocks of the guide."""
    return list(blocks(root / "docs" / "authors.md"))


@dataclass(frozen=True)
class Checkout:
    """A copy of the checkout, whose grader is the one that is run."""

    folder: Path
    path: tuple[Path, ...] = ()

    def edit(self, name: Path | str, old: str, new: str) -> None:
        """Put `new` where `old` stands once in a file."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    def run(self, command: str, code: int = 0) -> str:
        """Run a command; return what it prints."""
        places = os.pathsep.join(map(str, (self.folder, *self.path)))
        env = {**os.environ, "PYTHONPATH": places}
        env["PATH"] = f"{SCRIPTS}{os.pathsep}{env['PATH']}"
        done = subprocess.run(
            ["bash", "-euc", command],
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def verify(self, command: str = "kata verify", code: int = 0) -> str:
        """Run the self-check, without the search for edits that no case notices."""
        return self.run(f"{command.strip()} --no-holes", code)


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Checkout:
    """A copy with the mistakes that the golden submissions make, whose check takes seconds.

    Of the other mistakes some are the only ones that a case catches. So all cases are kept.
    """
    for name in ("grader", "exercise", "solution", "tests/golden"):
        left_out = shutil.ignore_patterns("__pycache__")
        shutil.copytree(root / name, tmp_path / name, ignore=left_out)
    made = "".join(path.read_text("utf-8") for path in (tmp_path / "tests/golden").glob("*.py"))
    golden = set(re.findall(r"^# diagnosis: (\S+)", made, re.MULTILINE))
    mistakes, _, reasons = (tmp_path / BANK).read_text("utf-8").partition(KEPT)
    head, *entries = mistakes.split("[[mistake]]\n")
    needed = [entry for entry in entries if found_id(entry) in golden]
    assert len(needed) > 5
    names = {case.id.partition(".")[2] for case in all_cases(default_kata())}
    names -= set(re.findall(r"^(\S+) = ", reasons, re.MULTILINE))
    reasons += "".join(f'{name} = "kept"\n' for name in sorted(names))
    (tmp_path / BANK).write_text("[[mistake]]\n".join([head, *needed]) + KEPT + reasons, "utf-8")
    copy = Checkout(tmp_path)
    copy.run(
        "python -c 'from grader.kata import default_kata as kata\n"
        "from grader.diagnosis import entries, fingerprints\n"
        "entries.update(kata()), fingerprints.update(kata())'"
    )
    return copy


def found_id(entry: str) -> str:
    """Return the identifier of an entry of the bank."""
    return str(re.findall(r'^id = "(.*)"$', entry, re.MULTILINE)[0])


def of(guide: list[Block], section: str) -> list[str]:
    """Return the blocks of a section, as many as the tests know."""
    found = [block.text for block in guide if block.section == section]
    assert len(found) == RUN[section]
    return found


def take_a_point(checkout: Checkout) -> None:
    """Take a point from self_attention.values."""
    text = (checkout.folder / CASES).read_text("utf-8")
    mark = re.search(r'"self_attention\.values",.*?points=(\d+)', text, re.DOTALL)
    assert mark is not None
    checkout.edit(CASES, mark[0], f"{mark[0].removesuffix(mark[1])}{int(mark[1]) - 1}")


def add_mistake(checkout: Checkout, entry: str) -> None:
    """Put an entry at the end of the bank."""
    checkout.edit(BANK, KEPT, f"\n{entry}{KEPT}")


def test_no_example_is_left_out(guide: list[Block]) -> None:
    """Each block of the guide is run or compared by a test, or installs this checkout."""
    assert Counter(block.section for block in guide) == RUN
    for block in guide:
        if block.section in INSTALLS:
            assert block.text.startswith("pip install -e ")


def test_self_check(guide: list[Block], root: Path) -> None:
    """The self-check of the checkout finds all well, and prints what the guide shows."""
    command, shown = of(guide, "The self-check")
    assert looks_like("…\n" + shown).fullmatch(Checkout(root).run(command))


def test_points(guide: list[Block], checkout: Checkout) -> None:
    """Points that are given to nobody, or moved, are told of as the guide shows."""
    nobody, moved = of(guide, "Change points")
    take_a_point(checkout)
    command = "kata verify --golden tests/golden"
    assert looks_like("…\n" + nobody).fullmatch(checkout.verify(command, code=1))
    checkout.edit(CASES, '"Head 0 of the worked example",\n    points=3', '"Head 0",\n    points=4')
    assert looks_like("…\n" + moved).fullmatch(checkout.verify(command, code=1))


def test_case(guide: list[Block], checkout: Checkout) -> None:
    """The case of the guide is asked for a reason, and all is well when it has the one there."""
    code, asked, reason = of(guide, "Add a case")
    take_a_point(checkout)
    cases = checkout.folder / CASES
    cases.write_text(f"{cases.read_text('utf-8')}\n\n{code}", "utf-8")
    assert looks_like("…\n" + asked).fullmatch(checkout.verify(code=1))
    checkout.edit(BANK, KEPT, f"{KEPT}{reason}")
    assert checkout.verify("kata verify --update").endswith("\nAll is well.\n")
    right = checkout.run("grade solution/multi_head_attention.py --cases")
    assert "Tokens with equal queries get equal outputs" in right


def test_mistake(guide: list[Block], checkout: Checkout) -> None:
    """The mistake of the guide is explained, checked, and told from one that does the same."""
    entry, command, shown, twice, _, _ = of(guide, "Add a mistake")
    add_mistake(checkout, entry)
    explained = checkout.run(f"kata explain {found_id(entry)}")
    assert "Nobody looks at the last token" in explained
    assert "Where it shows" in explained
    assert looks_like(shown).fullmatch(checkout.verify(command))
    bank = (checkout.folder / BANK).read_text("utf-8").partition(KEPT)[0]
    (other,) = (one for one in bank.split("[[mistake]]\n") if '"scores-not-scaled"' in one)
    other = other.replace('"scores-not-scaled"', '"no-scale"')
    add_mistake(checkout, f"[[mistake]]\n{other}")
    told = checkout.verify(code=1)
    assert looks_like(f"…\n{twice}…\n").fullmatch(told)
    assert "PROBLEM The table of self_attention is out of date" in told


def test_claim(guide: list[Block], checkout: Checkout) -> None:
    """A claim that the mistake's own wrong solution refutes is told of as the guide shows."""
    *_, claim, refuted = of(guide, "Add a mistake")
    bank = (checkout.folder / BANK).read_text("utf-8")
    keys = re.findall(r"^(\w+) = ", claim, re.MULTILINE)
    assert keys == ["explanation", "only", "otherwise"]
    only = re.findall(r"^only = .*$", claim, re.MULTILINE)[0]
    assert only in bank
    checkout.edit(BANK, only, only.replace('"large", ', ""))
    told = checkout.verify("kata verify", code=1)
    assert refuted.strip().replace("values", "large") in told


def test_the_other_katas(guide: list[Block], root: Path) -> None:
    """The other katas that are shipped hold together as well."""
    (commands,) = of(guide, "Another exercise")
    for command in commands.splitlines():
        assert Checkout(root).run(command).endswith("\nAll is well.\n")


def test_golden(guide: list[Block], checkout: Checkout) -> None:
    """The golden submission of the guide comes from the bank and gets what it says."""
    says, command = of(guide, "Add a golden submission")
    add_mistake(checkout, of(guide, "Add a mistake")[0])
    path = checkout.folder / "tests" / "golden" / "last_key_missing.py"
    path.write_text(says + checkout.run(command))
    told = checkout.verify("kata verify --update --golden tests/golden")
    assert told.endswith("\nAll is well.\n")


def test_format(
    guide: list[Block], checkout: Checkout, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The format of the guide, as a package of its own, is listed and writes what it shows."""
    module, project, command, shown = of(guide, "Add a format")
    package = tmp_path_factory.mktemp("oneline")
    (package / "oneline.py").write_text(module)
    (package / "pyproject.toml").write_text(project)
    site = package / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site)]
    subprocess.run([*pip, str(package)], check=True, capture_output=True)
    there = Checkout(checkout.folder, (site,))
    assert re.search(r"^ *oneline +One line for a log$", there.run("grade --formats"), re.MULTILINE)
    assert there.run(command) == shown
    there.run("mkdir class && cp tests/golden/unscaled.py class/ben.py")
    there.run("grade class/ --out out/ --format oneline")
    assert (checkout.folder / "out" / "ben.oneline").read_text() == "ben.py 72 scores-not-scaled\n"
