"""Run inside the machine that `run_on_aarch64.py` boots; needs nothing but Python's own library.

    python3 aarch64_guest.py /work

The folder holds `plan.json`, a list of steps, and a folder of files for each of them that grades.
After each step one line with its answer goes to stdout, which is the serial console.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

MARK = "@@answer "
ENTRY = "import sys; from grader.commands.entry import {0}; sys.exit({0}())"
LONGEST = 2000  # characters of what a command said that are sent


def main() -> None:
    """Do each step of the plan, and answer."""
    folder = Path(sys.argv[1])
    for step in json.loads((folder / "plan.json").read_text()):
        started = time.monotonic()
        answer = ask_doctor() if step["name"] == "doctor" else grade(folder, step)
        seconds = round(time.monotonic() - started, 1)
        text = json.dumps({"step": step["name"], "seconds": seconds} | answer)
        print(f"\n{MARK}{text}", flush=True)


def ask_doctor() -> dict[str, Any]:
    """Return what `kata doctor` says."""
    done = run("kata", "doctor")
    return {"code": done.returncode, "said": (done.stdout + done.stderr)[-LONGEST:]}


def grade(folder: Path, step: dict[str, Any]) -> dict[str, Any]:
    """Grade a class, and return its files' statuses and points."""
    out = folder / f"{step['name']}-out"
    done = run("main", str(folder / step["name"]), "--out", str(out), *step["options"])
    files = {}
    for path in out.glob("*.json"):
        report = json.loads(path.read_text())
        if "submission" in report:
            files[report["submission"]["name"]] = [report["status"], report["points"]]
    return {"code": done.returncode, "said": done.stderr[-LONGEST:], "files": files}


def run(entry: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run one of the project's two commands, which pip's scripts for another machine are not."""
    command = [sys.executable, "-c", ENTRY.format(entry), *arguments]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    main()
