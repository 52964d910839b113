"""The Docker kit in a real container: built from its Dockerfile, run as its documents say."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.kata import default_kata
from grader.kits import export
from tests.hostile import floods
from tests.hostile.attacks import CANARY, sources
from tests.kits.container import Container, Ended, blocks
from tests.kits.engine import NoEngine, find

KATA = default_kata()

ROOT = Path(__file__).resolve().parents[2]
LIMITS = (
    "--network none --read-only --tmpfs /tmp --cap-drop ALL "
    "--security-opt no-new-privileges --pids-limit 128 --memory 1g"
).split()
RIGHT = {path.stem: path.read_bytes() for path in sorted((ROOT / "tests" / "right").glob("*.py"))}
pytestmark = pytest.mark.long
ATTACKS = {name: source for name, source in sources().items() if not name.endswith("-at-import")}


def _among_the_right() -> dict[str, bytes]:
    """Return the floods, named so that right files run beside each."""
    every = sorted(RIGHT)[:: len(RIGHT) // len(floods.sources())]
    named = zip(every, floods.sources().items(), strict=False)
    return {f"{before}.{name}": text for before, (name, text) in named}


FLOODS = _among_the_right()
THREADS = {name: floods.sources()[name] for name in ("raw-at-call", "sleeping-at-call")}


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """The kit's image, built from its own Dockerfile by the README's first command."""
    folder = tmp_path_factory.mktemp("engine")
    try:
        place = find(folder)
    except NoEngine as reason:
        pytest.skip(str(reason))
    export(KATA, "docker", folder / "kit")
    made = Container(f"{place}{os.pathsep}{os.environ['PATH']}", folder / "kit")
    (build,) = re.findall(r"`(docker build [^`]+)`", (folder / "kit" / "README.md").read_text())
    built = made.shell(build, folder / "kit")
    assert built.code == 0, built.said
    yield made
    made.shell("docker rmi -f attention-kata; docker image prune -f", folder)


def hand_in(folder: Path, files: dict[str, bytes]) -> Path:
    """Lay out a class, and return the folder around it."""
    (folder / "class").mkdir()
    for name, source in files.items():
        (folder / "class" / f"{name}.py").write_bytes(source)
    return folder


@pytest.fixture(scope="module")
def ordinary(container: Container, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A class of all right files, with a flood at every few of them, and one without effect."""
    files = RIGHT | FLOODS | {"calm": floods.CALM.encode()}
    return container.grade(hand_in(tmp_path_factory.mktemp("ordinary"), files))


@pytest.fixture(scope="module")
def hostile(container: Container, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A class of all attacks, with less time for each than they would take."""
    briefly = "--jobs 2", "--jobs 2 --call-seconds 0.5 --submission-seconds 3"
    return container.grade(hand_in(tmp_path_factory.mktemp("hostile"), ATTACKS), briefly)


def test_what_is_documented(container: Container) -> None:
    """The README and the page give one command for a class, with all that is relied on here."""
    one, several = blocks(container.kit / "README.md")
    assert blocks(ROOT / "docs" / "lms" / "docker.md") == [several]
    for command in (one, several):
        assert set(LIMITS) <= set(command.split())


def test_one_file(container: Container, tmp_path: Path) -> None:
    """The README's command for one file prints its report and nothing else."""
    (tmp_path / KATA.file).write_bytes(KATA.solution_path.read_bytes())
    ended = container.shell(f"{blocks(container.kit / 'README.md')[0].strip()} >report", tmp_path)
    assert ended.code == 0, ended.said
    report = json.loads((tmp_path / "report").read_text())
    assert report["points"] == 100
    assert report["isolation"]["level"] in ("full", "strong")


@pytest.mark.parametrize("which", ["ordinary", "hostile"])
def test_a_class_ends_well(
    container: Container, request: pytest.FixtureRequest, which: str
) -> None:
    """All have a report, at one level; no file but the reports and no container is left."""
    ended: Ended = request.getfixturevalue(which)
    assert ended.code == 0, ended.said
    handed_in = {path.stem for path in (ended.folder / "class").iterdir()}
    assert set(ended.reports) == handed_in, ended.said
    assert ended.levels in ({"full"}, {"strong"}), ended.said
    assert not list((ended.folder / "reports").rglob(f"*{CANARY}*"))
    assert container.left() == ""


@pytest.mark.parametrize("name", RIGHT)
def test_right_is_right(ordinary: Ended, name: str) -> None:
    """A right file has full marks, whatever runs beside it."""
    report = ordinary.of(name)
    missed = [(case["id"], case["message"]) for case in report["cases"] if not case["points"]]
    assert (report["message"], missed) == ("", [])
    assert report["points"] == 100


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_to_blame(ordinary: Ended, name: str) -> None:
    """What takes all there is has a verdict, and no more than it would have without."""
    report = ordinary.of(name)
    assert report["status"] in ("graded", "rejected"), report["message"]
    assert report["points"] <= ordinary.of("calm")["points"]


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_fails(hostile: Ended, name: str) -> None:
    """An attack has a verdict without points, and has read nothing."""
    report = hostile.of(name)
    assert report["status"] in ("graded", "rejected"), report["message"]
    assert report["points"] == 0
    assert "LEAK" not in report["output"]["stdout"]


def test_nothing_is_left_inside(container: Container, tmp_path: Path) -> None:
    """When the class has ended, none of its processes and no file is left in the container."""
    leaving = {name: ATTACKS[name] for name in ATTACKS if name.startswith("leave-")}
    hand_in(tmp_path, leaving | THREADS)
    look = "cat /proc/[0-9]*/cmdline | tr '\\0' ' '; echo; ls -A /tmp /dev/shm"
    inside = f"grade /work --out /reports --jobs 2 || exit; cd /; ({look}) >/reports/left"
    ended = container.grade(
        tmp_path,
        ("attention-kata /work --out /reports --jobs 2", f'attention-kata -c "{inside}"'),
        ("docker run", "docker run --entrypoint sh"),
    )
    assert ended.code == 0, ended.said
    left = (tmp_path / "reports" / "left").read_text()
    processes, _, files = left.partition("\n")
    assert "python" not in processes, left
    assert "sleep" not in processes, left
    assert files.split() == ["/dev/shm:", "/tmp:"], left


ELSEWHERE = {
    "another user": (('--user "$(id -u):$(id -g)"', "--user 1000:1000"),),
    "its own user": (('--user "$(id -u):$(id -g)"', ""),),
    "nothing to write to": (("--tmpfs /tmp", ""),),
    "all capabilities": (("--cap-drop ALL --security-opt no-new-privileges", ""),),
}
FEW = {name: RIGHT[name] for name in ("plain_loops", "by_row_threads", "thread_pool_heads")}
HOARDS = {f"hoard_{size}": floods.hoard(size) for size in (40, 50, 60, 70, 80, 90)}


@pytest.mark.parametrize("where", ELSEWHERE)
def test_elsewhere(container: Container, tmp_path: Path, where: str) -> None:
    """Under other users and limits right files have full marks too, and floods are to blame."""
    hand_in(tmp_path, FEW | THREADS)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports").chmod(0o777)
    ended = container.grade(tmp_path, *ELSEWHERE[where])
    assert ended.code == 0, ended.said
    assert ended.levels in ({"full"}, {"strong"}), ended.said
    points = {name: ended.of(name)["points"] for name in FEW}
    assert points == dict.fromkeys(FEW, 100), ended.said
    statuses = {name: ended.of(name)["status"] for name in THREADS}
    assert statuses == dict.fromkeys(THREADS, "graded"), ended.said


def test_little_memory(container: Container, tmp_path: Path) -> None:
    """Where memory runs out the class goes on, and a right file has full marks or no verdict."""
    hand_in(tmp_path, FEW | HOARDS)
    ended = container.grade(tmp_path, ("--memory 1g", "--memory 160m --memory-swap 160m"))
    assert ended.code in (0, 3), ended.said
    assert {ended.of(name)["score"] for name in FEW} <= {1.0, None}, ended.said


NOTHING = {
    "ten processes": ("--pids-limit 128", "--pids-limit 10", "processes"),
    "no shared memory": ("--tmpfs /tmp", "--tmpfs /tmp --ipc none", "/dev/shm"),
}


@pytest.mark.parametrize("where", NOTHING)
def test_where_nothing_can_be_graded(container: Container, tmp_path: Path, where: str) -> None:
    """Where there is too little to grade with, one sentence says so; nobody has a verdict."""
    ended = container.grade(hand_in(tmp_path, FEW), NOTHING[where][:2])
    if ended.code:
        assert ended.code == 3, ended.said
        assert "Traceback" not in ended.said
        assert NOTHING[where][2] in ended.said
    points = {report["score"] for report in ended.reports.values()}
    assert points <= {None if ended.code else 1.0}, ended.said
