"""What `grade` was asked for, apart from how: light to import, as each start counts."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ClassOptions:
    """What only a class takes; see `grade --help`."""

    out: Path | None
    jobs: int | None
    fresh: bool
    compare: Path | None
    cluster: str | None
    gradebook: Path | None
    column: str | None
    formats: tuple[str, ...]

    @property
    def given(self) -> list[str]:
        """The names of the options that were given and that a file does not take."""
        given = [f"--{name}" for name, value in vars(self).items() if value]
        return [name for name in given if name != "--formats"]
