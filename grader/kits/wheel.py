"""A wheel of the grader that is running, so that a kit needs nobody to publish one.

The format: PyPA's "Binary distribution format", version 1.0.
"""

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import grader
from grader import __version__
from grader.kata import Kata
from grader.kata import manifest as manifest_file
from grader.kata.kata import SHIPPED

_NAME = f"attention_kata-{__version__}"
_EXERCISM = {".meta", ".docs"}  # hidden folders of a kata that are parts of it
_MADE = (1980, 1, 1, 0, 0, 0)  # the same wheel from the same files


def build_wheel(kata: Kata, folder: Path) -> Path:
    """Write the wheel, which grades by this kata, into a folder and return its path."""
    info = f"{_NAME}.dist-info"
    target = folder / f"{_NAME}-py3-none-any.whl"
    records = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (*_package(kata), *_description(info)):
            archive.writestr(zipfile.ZipInfo(name, _MADE), data, zipfile.ZIP_DEFLATED)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            records.append(f"{name},sha256={digest},{len(data)}\n")
        records.append(f"{info}/RECORD,,\n")
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD", _MADE), "".join(records))
    return target


def _package(kata: Kata) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the package, and of this kata alone: it is the one that is meant there.

    What katas share is in the package as all else is.
    """
    root = Path(grader.__file__).parent
    katas = root / SHIPPED.name
    found = {f"grader/{path.relative_to(root).as_posix()}": path for path in _files(root)}
    theirs = [path.parent for path in katas.glob(f"*/{manifest_file.NAME}")]
    ours = {
        name: path
        for name, path in found.items()
        if not any(folder in path.parents for folder in theirs)
    }
    inside = f"grader/katas/{kata.folder.name.replace('.', '_')}"
    outside = {path.parent for path in (kata.stub, kata.solution_path)} if kata.is_shipped else ()
    for folder in (kata.folder, *outside):
        place = inside if folder == kata.folder else f"{inside}/{folder.name}"
        for file in _files(folder):
            name = file.relative_to(folder).as_posix()
            hidden = [one for one in name.split("/") if one.startswith(".")]
            if not set(hidden) - _EXERCISM:
                ours[f"{place}/{name}"] = file
    manifest = f"{inside}/{manifest_file.NAME}"
    said = manifest_file.read(kata.folder)
    ours.pop(manifest, None)
    text = (kata.folder / manifest_file.NAME).read_bytes() if said else b"format = 1\n"
    yield manifest, text if "name" in said else f"name = {json.dumps(kata.name)}\n".encode() + text
    for name, path in sorted(ours.items()):
        yield name, path.read_bytes()


def _files(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _description(info: str) -> Iterator[tuple[str, bytes]]:
    """Yield what describes the package, as it is installed here."""
    installed = metadata.distribution("attention-kata")
    licenses = [f"licenses/{name}" for name in installed.metadata.get_all("License-File") or ()]
    for name in ("METADATA", "entry_points.txt", *licenses):
        text = installed.read_text(name)
        if text is not None:
            yield f"{info}/{name}", text.encode()
    text = (
        "Wheel-Version: 1.0\nGenerator: attention-kata\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    yield f"{info}/WHEEL", text.encode()
