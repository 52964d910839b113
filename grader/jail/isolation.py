"""What keeps the learner's code apart, as a fact for the report."""

from dataclasses import dataclass, field
from typing import Literal

Level = Literal["full", "strong", "partial", "process"]


@dataclass(frozen=True)
class Isolation:
    """The isolation in force.

    Attributes:
        level: one word for all of it.
        layers: each layer by name, with what it is or why it is missing.
    """

    level: Level
    layers: dict[str, str] = field(default_factory=dict)
