"""How much of the machine one submission may use."""

from dataclasses import dataclass, fields

from grader.errors import UsageError


@dataclass(frozen=True)
class Limits:
    """The limits of one submission.

    Attributes:
        call_seconds: wall time of one call, and of loading the file.
        submission_seconds: wall time of everything that the submission does.
        memory_mib: memory that it may map beyond what NumPy needs, in MiB.
        output_kib: how much of stdout and of stderr is kept for the report, in KiB.

    Raises:
        UsageError: a limit is not positive, or above its maximum.
    """

    call_seconds: float = 2.0
    submission_seconds: float = 10.0
    memory_mib: int = 1024
    output_kib: int = 16

    def __post_init__(self) -> None:
        for limit in fields(self):
            value, most = getattr(self, limit.name), MAXIMA[limit.name]
            if not 0 < value <= most:
                raise UsageError(
                    f"The limit {limit.name} must be above 0 and at most {most}, not {value}."
                )


MAXIMA: dict[str, float] = {
    "call_seconds": 60,
    "submission_seconds": 600,
    "memory_mib": 16 * 1024,
    "output_kib": 64,
}
"""What no option can exceed."""
