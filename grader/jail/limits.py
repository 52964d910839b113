"""How much of the machine one submission may use."""

from typing import NamedTuple, Self

from grader.errors import UsageError


class _Limits(NamedTuple):
    call_seconds: float
    submission_seconds: float
    memory_mib: int
    output_kib: int


class Limits(_Limits):
    """The limits of one submission.

    Attributes:
        call_seconds: wall time of one call, and of loading the file.
        submission_seconds: wall time of everything that the submission does.
        memory_mib: memory that it may map beyond what NumPy needs, in MiB.
        output_kib: how much of stdout and of stderr is kept for the report, in KiB.

    Raises:
        UsageError: a limit is not positive, or above its maximum.
    """

    __slots__ = ()

    def __new__(
        cls,
        call_seconds: float = 2.0,
        submission_seconds: float = 10.0,
        memory_mib: int = 1024,
        output_kib: int = 16,
    ) -> Self:
        """Return limits that are possible."""
        made = super().__new__(cls, call_seconds, submission_seconds, memory_mib, output_kib)
        for name, value in made._asdict().items():
            if not 0 < value <= MAXIMA[name]:
                raise UsageError(
                    f"The limit {name} must be above 0 and at most {MAXIMA[name]}, not {value}."
                )
        return made


MAXIMA: dict[str, float] = {
    "call_seconds": 60,
    "submission_seconds": 600,
    "memory_mib": 16 * 1024,
    "output_kib": 64,
}
"""What no option can exceed."""
