"""A command that takes what `docker` takes: Docker itself, or podman in a store of its own.

Where the image that a Dockerfile starts from can be had nowhere, podman gets one that is made of
Debian's archive. It is kept in the user's cache folder, and never seen by the user's own podman.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

BASE = "docker.io/library/python:3.12-slim-bookworm"
"""What the Dockerfiles start from."""

_SETTINGS = """\
[containers]
default_ulimits = []
[engine]
cgroup_manager = "cgroupfs"
"""
_SHIM = """\
#!/bin/sh
export CONTAINERS_CONF={settings}
command=$1
shift
case $command in
  build) exec {podman} build --network host --isolation chroot "$@" ;;
  run) exec {podman} run --ulimit host "$@" ;;
  *) exec {podman} "$command" "$@" ;;
esac
"""
_PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


class NoEngine(Exception):
    """There is none here; the message says why."""


def find(folder: Path) -> Path:
    """Return the folder of a `docker` that builds and runs, and has the image to start from.

    Args:
        folder: where a command can be written.

    Raises:
        NoEngine: there is none.
    """
    real = shutil.which("docker")
    if real and _output([real, "info"], 30) is not None:
        if _output([real, "image", "inspect", BASE], 30) is None:
            _must([real, "pull", BASE], 300, "pull the image that the Dockerfile starts from")
        return Path(real).parent
    missing = [name for name in ("podman", "runc") if shutil.which(name) is None]
    if missing:
        raise NoEngine(f"There is no running Docker, and no {' or '.join(missing)}.")
    docker = _podman(folder)
    if _output([docker, "image", "exists", BASE], 30) is None:
        _get_base(docker, folder)
    _must(
        [docker, "run", "--rm", "--network", "host", BASE, "apt-get", "update"],
        120,
        "run a container that reaches Debian's archive",
    )
    return docker.parent


def _podman(folder: Path) -> Path:
    """Write the command `docker` into a folder: podman, with what it needs to take the same."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "attention-kata"
    cache.mkdir(parents=True, exist_ok=True)
    store = ["--root", str(cache / "images"), "--runroot", str(cache / "running")]
    settings = folder / "containers.conf"
    settings.write_text(_SETTINGS)
    docker = folder / "docker"
    podman = shlex.join(["podman", *store, "--runtime", "runc"])
    docker.write_text(_SHIM.format(settings=shlex.quote(str(settings)), podman=podman))
    docker.chmod(0o755)
    return docker


def _get_base(docker: Path, folder: Path) -> None:
    """Get the image to start from: out of the user's own store, a registry or Debian's archive."""
    if _output(["podman", "image", "exists", BASE], 30) is not None:
        copy = f"podman save {BASE} | {shlex.quote(str(docker))} load"
        _must(["bash", "-o", "pipefail", "-c", copy], 300, "copy the image from podman's store")
        return
    if _output([docker, "pull", BASE], 300) is not None:
        return
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        raise NoEngine(f"{BASE} cannot be pulled, and making one needs root and debootstrap.")
    root = folder / "base"
    try:
        _make_base(root)
        archive = f"tar -C {shlex.quote(str(root))} -c . | {shlex.quote(str(docker))} import"
        index = os.environ.get("PIP_INDEX_URL") or _output(
            [sys.executable, "-m", "pip", "config", "get", "global.index-url"], 60
        )
        environment = f"ENV PATH={_PATH}" + (f" PIP_INDEX_URL={index.strip()}" if index else "")
        archive += f" --change {shlex.quote(environment)} - {BASE}"
        _must(["bash", "-o", "pipefail", "-c", archive], 300, "import a base image")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _make_base(root: Path) -> None:
    """Lay out a Debian with Python where Docker's own image of Python has it."""
    sites = _output(
        ["apt-get", "indextargets", "--format", "$(RELEASE) $(SITE)", "Created-By: Packages"], 60
    )
    mirrors = [line.split()[1] for line in (sites or "").splitlines() if line[:9] == "bookworm "]
    mirror = mirrors[0] if mirrors else "http://deb.debian.org/debian"
    packages = "--include=python3,python3-venv,ca-certificates"
    command = ["debootstrap", "--variant=minbase", packages, "bookworm", str(root), mirror]
    _must(command, 600, "unpack Debian")
    _must(["chroot", str(root), "python3", "-m", "venv", "/usr/local"], 120, "set Python up")
    if _AUTHORITIES.is_file():
        shutil.copy(_AUTHORITIES, root / _AUTHORITIES.relative_to("/"))


def _output(command: Sequence[str | Path], seconds: float) -> str | None:
    """Return what a command writes, or None if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def _must(command: Sequence[str | Path], seconds: float, doing: str) -> None:
    """Run what an engine that can be used for the tests is able to do."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoEngine(f"It is not possible to {doing}: {error}") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-500:]
        raise NoEngine(f"It is not possible to {doing}: {said}")
