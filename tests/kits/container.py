"""Containers of the Docker kit, and how what ran in them ended."""

import csv
import json
import os
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

NAME = "attention-kata-under-test"
"""What the image and the container are called, so that nobody's own are touched."""

_SECONDS = 600


@dataclass(frozen=True)
class Container:
    """What runs the kit's image.

    Attributes:
        path: where the command `docker` is found.
        kit: the kit's folder.
    """

    path: str
    kit: Path

    def shell(self, commands: str, folder: Path) -> "Ended":
        """Run commands as a teacher types them."""
        commands = re.sub(r"\battention-kata\b", NAME, commands)
        commands = commands.replace("docker run ", f"docker run --name {NAME} ")
        with (folder / "said").open("w+", encoding="utf-8", errors="replace") as said:
            running = subprocess.Popen(
                ["sh", "-ec", commands],
                cwd=folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
            try:
                code = running.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                code = -1
                subprocess.run(["docker", "rm", "-f", NAME], env=self.environment(), check=False)
                running.wait()
            said.seek(0)
            return Ended(code, f"{commands}\nended with {code}\n{said.read()}", folder)

    def environment(self) -> dict[str, str]:
        """Return the environment in which `docker` is the engine's."""
        return {**os.environ, "PATH": self.path}

    def left(self) -> str:
        """Return the containers that are still there."""
        command = ["docker", "ps", "-aq", "--filter", f"name={NAME}"]
        return subprocess.check_output(command, env=self.environment(), text=True)

    def grade(self, folder: Path, *changes: tuple[str, str]) -> "Ended":
        """Run the README's command for a class, with other words in some places."""
        command = blocks(self.kit / "README.md")[1]
        for old, new in changes:
            assert command.count(old) == 1, old
            command = command.replace(old, new)
        return self.shell(command, folder)


@dataclass(frozen=True)
class Ended:
    """How commands ended.

    Attributes:
        code: the exit code; -1 if they did not come to an end.
        said: the commands and what they wrote, to be shown where something is wrong.
        folder: where they ran.
    """

    code: int
    said: str
    folder: Path

    @cached_property
    def reports(self) -> dict[str, dict[str, Any]]:
        """The reports of a class, by name; none where nothing came of it."""
        table = self.folder / "reports" / "gradebook.csv"
        lines = table.read_text(encoding="utf-8").splitlines() if table.exists() else []
        paths = [table.with_name(f"{line['name']}.json") for line in csv.DictReader(lines)]
        return {path.stem: json.loads(path.read_bytes()) for path in paths}

    def of(self, name: str) -> dict[str, Any]:
        """Return a report; where there is none, what the command said is to be seen."""
        assert name in self.reports, self.said
        return self.reports[name]

    @property
    def levels(self) -> set[str]:
        """The levels at which was graded."""
        return {report["isolation"]["level"] for report in self.reports.values()}


def blocks(page: Path) -> list[str]:
    """Return a page's commands, block by block."""
    found = re.findall(r"^ *```sh\n(.*?)^ *```$", page.read_text(), re.MULTILINE | re.DOTALL)
    return [re.sub(r"^ +", "", text, flags=re.MULTILINE) for text in found]
