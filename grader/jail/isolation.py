"""What keeps the learner's code apart: probed on this machine, then a fact for the report."""

import os
import socket
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from grader.errors import GraderFault

Level = Literal["full", "strong", "partial", "process"]
LEVELS: tuple[Level, ...] = ("full", "strong", "partial", "process")
"""All levels, strongest first."""

WEAK = (
    "on this machine the file runs in a process of its own, but not in a jail; grade only files "
    "that you trust. `kata doctor` shows what is missing."
)
"""What whoever grades at the lowest level is told."""

HOW_TO_GET = {
    "seccomp": "a Linux kernel with seccomp filters, on x86_64 or aarch64",
    "landlock": "Linux 5.13 or newer with Landlock enabled",
    "bubblewrap": "the package bubblewrap of your distribution, and user namespaces",
}


def is_at_least(level: Level, required: Level) -> bool:
    """Say whether a level is as strong as the one required, or stronger."""
    return LEVELS.index(level) <= LEVELS.index(required)


class Isolation(NamedTuple):
    """The isolation in force.

    Attributes:
        level: one word for all of it.
        layers: each layer by name, with "held …" or why it does not hold.
        reached: what the probe could still do, by attempt; empty at full and strong.
    """

    level: Level
    layers: dict[str, str]
    reached: Mapping[str, str] = MappingProxyType({})

    def require(self, level: Level) -> None:
        """Raise unless the isolation is at least `level`.

        Raises:
            GraderFault: it is weaker; the message says what is missing and how to get it.
        """
        if is_at_least(self.level, level):
            return
        wanted = ["seccomp"] if level != "partial" else []
        if not self._holds("landlock") and not self._holds("bubblewrap") and level != "strong":
            wanted += ["landlock", "bubblewrap"]
        missing = [layer for layer in wanted if not self._holds(layer)] or ["seccomp"]
        needs = " or ".join(HOW_TO_GET[layer] for layer in missing)
        why = "; ".join(f"{layer}: {self.layers.get(layer, 'absent')}" for layer in missing)
        raise GraderFault(
            f"This machine gives isolation '{self.level}', but '{level}' is required; nothing "
            f"was run. Missing: {why}. It takes {needs}. `kata doctor` shows every layer."
        )

    def _holds(self, layer: str) -> bool:
        return self.layers.get(layer, "").startswith("held")


def judge(found: dict[str, Any], bubblewrap: str) -> Isolation:
    """Turn what a probe reported into a level.

    Args:
        found: the answer of `grader.worker.probe.report`.
        bubblewrap: "held …", or why the zygote is not inside one.
    """
    layers: dict[str, str] = dict(found["layers"])
    if bubblewrap.startswith("held") and found["seen"]:
        bubblewrap = "started, but the grader's files can be seen inside"
    layers["bubblewrap"] = bubblewrap
    reached = {name: came for name, came in found["reached"].items() if came != "refused"}
    second = layers.get("landlock") == "held" or bubblewrap.startswith("held")
    level: Level
    if layers.get("seccomp") == "held" and not reached:
        level = "full" if second else "strong"
    else:
        level = "partial" if second else "process"
    return Isolation(level, layers, reached)


class Targets:
    """What a probe tries to reach: a file of the cases, a listener on loopback, this process."""

    def __init__(self, path: str) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.order = {
            "file": path,
            "port": self._listener.getsockname()[1],
            "pid": os.getpid(),
        }

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()
