"""A wheel of the grader that is running, so that a kit needs nobody to publish one.

The format: PyPA's "Binary distribution format", version 1.0.
"""

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import grader
from grader import __version__
from grader.kata import shipped_katas

_NAME = f"attention_kata-{__version__}"
_MADE = (1980, 1, 1, 0, 0, 0)  # the same wheel from the same files


def build_wheel(folder: Path) -> Path:
    """Write the wheel into a folder and return its path."""
    info = f"{_NAME}.dist-info"
    target = folder / f"{_NAME}-py3-none-any.whl"
    records = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (*_package(), *_description(info)):
            archive.writestr(zipfile.ZipInfo(name, _MADE), data, zipfile.ZIP_DEFLATED)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            records.append(f"{name},sha256={digest},{len(data)}\n")
        records.append(f"{info}/RECORD,,\n")
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD", _MADE), "".join(records))
    return target


def _package() -> Iterator[tuple[str, bytes]]:
    """Yield the files of the package, the exercise and the solution among them."""
    root = Path(grader.__file__).parent
    found = {f"grader/{path.relative_to(root).as_posix()}": path for path in _files(root)}
    for kata in shipped_katas().values():
        for folder in (kata.exercise, kata.solution_path.parent):
            inside = f"grader/katas/{kata.folder.name}/{folder.name}"
            found |= {
                f"{inside}/{file.relative_to(folder).as_posix()}": file for file in _files(folder)
            }
    for name, path in sorted(found.items()):
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
