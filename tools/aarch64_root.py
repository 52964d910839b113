"""What the machine of `run_on_aarch64.py` is made of: Debian's packages, wheels and a script."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

PACKAGES = "python3 busybox-static bubblewrap libseccomp2 libstdc++6 linux-image-arm64".split()
PLATFORMS = ("manylinux_2_28_aarch64", "manylinux2014_aarch64", "manylinux_2_17_aarch64")
FIRST = """#!/busybox sh
/busybox mount -t tmpfs -o size=90%,mode=755 tmpfs /new
/busybox tar -x -f /root.tar -C /new
exec /busybox switch_root /new /start
"""
START = """#!/usr/bin/busybox sh
busybox() { /usr/bin/busybox "$@"; }
busybox mount -t proc proc /proc
busybox mount -t sysfs sys /sys
busybox mount -t securityfs security /sys/kernel/security
busybox mount -t devtmpfs dev /dev
busybox mkdir -p /dev/shm /dev/pts
busybox mount -t tmpfs -o mode=1777 shm /dev/shm
busybox mount -t devpts pts /dev/pts
busybox mount -t tmpfs -o mode=1777 tmp /tmp
busybox ifconfig lo up
export PATH=/usr/local/bin:/usr/bin:/usr/sbin HOME=/tmp LANG=C.UTF-8 PYTHONPATH=/app
cd /tmp
python3 /work/aarch64_guest.py /work >/dev/console 2>&1
busybox poweroff -f
"""


def download(cache: Path, source: str) -> list[Path]:
    """Download Debian's packages for arm64 by apt, into a state of its own; return them."""
    apt = cache / "apt"
    for folder in ("lists/partial", "archives/partial"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    (apt / "status").write_text("")
    (apt / "sources.list").write_text(f"deb {source}\n")
    options = {
        "APT::Architecture": "arm64",
        "APT::Architectures::": "arm64",
        "APT::Sandbox::User": "",
        "Debug::NoLocking": "1",
        "Dir::Etc::SourceList": f"{apt}/sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State::Lists": f"{apt}/lists",
        "Dir::State::Status": f"{apt}/status",
        "Dir::Cache::Archives": f"{apt}/archives",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
    }
    command = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items())]
    run(*command, "update")
    run(*command, "install", "-y", "--download-only", "--no-install-recommends", *PACKAGES)
    run(*command, "autoclean")  # the versions of an earlier time
    return sorted((apt / "archives").glob("*.deb"))


def make_root(cache: Path, packages: list[Path], clone: Path) -> Path:
    """Unpack the packages and the wheels; leave the kernel beside the root, and return that."""
    root, kernel, wheels = cache / "root", cache / "kernel", cache / "wheels"
    for folder in (root, kernel, wheels):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    for package in packages:
        into = kernel if package.name.startswith("linux-image") else root
        run("dpkg-deb", "-x", str(package), str(into))
    for name in ("bin", "sbin", "lib"):  # an installed Debian has them below /usr alone
        shutil.copytree(root / name, root / "usr" / name, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(root / name)
        (root / name).symlink_to(f"usr/{name}")
    shutil.rmtree(root / "usr/share")
    for name in ("proc", "sys", "dev", "tmp", "work", "usr/local/bin", "root"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "usr/bin/sh").unlink(missing_ok=True)
    (root / "usr/bin/sh").symlink_to("busybox")
    people = (("root", 0, "/root"), ("nobody", 65534, "/nonexistent"))
    (root / "etc/passwd").write_text(
        "".join(f"{name}:x:{uid}:{uid}::{home}:/bin/sh\n" for name, uid, home in people)
    )
    (root / "etc/group").write_text("root:x:0:\nnogroup:x:65534:\n")
    (root / "start").write_text(START)
    (root / "start").chmod(0o755)
    pip = (sys.executable, "-m", "pip")
    run(*pip, "wheel", "--no-deps", "--wheel-dir", str(wheels), str(clone))
    (wheel,) = wheels.glob("*.whl")
    version = os.readlink(root / "usr/bin/python3").removeprefix("python")
    target = ("--target", str(root / "app"), "--python-version", version, "--only-binary=:all:")
    platforms = [f"--platform={name}" for name in PLATFORMS]
    run(*pip, "install", "--no-compile", *target, *platforms, str(wheel))
    return root


def pack(root: Path, initramfs: Path) -> None:
    """Write the initramfs: busybox, the script that begins, and all else as an archive."""
    tar = initramfs.with_name("root.tar")
    with tarfile.open(tar, "w") as archive:
        archive.add(root, ".", filter=of_root)
    busybox = (root / "usr/bin/busybox").read_bytes()
    with initramfs.open("wb") as out:
        out.write(newc("new", 0o40755, b"") + newc("busybox", 0o100755, busybox))
        out.write(newc("init", 0o100755, FIRST.encode()))
        out.write(newc("root.tar", 0o100644, tar.read_bytes()))
        out.write(newc("TRAILER!!!", 0, b""))
    tar.unlink()


def newc(name: str, mode: int, data: bytes) -> bytes:
    """Return a file of root's as cpio's format `newc` has it, which the kernel unpacks."""
    fields = (0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    return b"".join(part + b"\0" * (-len(part) % 4) for part in (head, data))


def of_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Give a file of the archive to root, whoever made it."""
    return member.replace(uid=0, gid=0, uname="", gname="", deep=False)


def run(*command: str) -> None:
    """Run a command, and stop with what it said if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command[:4])} … failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
