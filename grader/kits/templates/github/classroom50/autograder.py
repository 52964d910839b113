#!/usr/bin/env python3
"""Classroom 50 runs this in the learner's checkout and reads result.json there.

The grader is the wheel beside this file, installed anew into a folder outside of the checkout:
of what a learner pushes, nothing is run but the submission, and that in the jail. Another exit
code than 0 says that the autograder failed; the score does not change it.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

WHEEL = Path(__file__).resolve().with_name("@WHEEL@")
OPTIONS = ["--require-isolation", "strong", "--feedback", "hints"]


def install(folder: Path) -> Path:
    """Install the grader into a folder and return its command."""
    # -I and the working folder: a venv.py or pip.py in the checkout must not be imported.
    subprocess.run([sys.executable, "-I", "-m", "venv", "."], cwd=folder, check=True)
    python = folder / "bin" / "python"
    pip = [str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, str(WHEEL)], cwd=folder, check=True)
    return folder / "bin" / "grade"


def main() -> int:
    """Leave result.json in the working folder, or none."""
    Path("result.json").unlink(missing_ok=True)  # a learner's own would be no result
    with tempfile.TemporaryDirectory(prefix="kata-") as folder:
        grade = install(Path(folder))
        return subprocess.call(
            [grade, ".", "--one", *OPTIONS, "--format", "classroom50=result.json"]
        )


if __name__ == "__main__":
    sys.exit(main())
