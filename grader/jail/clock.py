"""Time that a worker may take, counted only while this process itself is awake."""

import time

SLICE = 0.1
"""Seconds that are waited at a time, and the most that is counted for a wait."""


class Clock:
    """A number of seconds that run down while something is waited for.

    Whoever waits does so for at most `slice` seconds at a time, and ticks after each. What a
    wait took beyond a slice is time in which this process did not run (it was stopped, had no
    core, the machine slept), so nobody can have used it.

    Args:
        seconds: how long.

    Attributes:
        left: the seconds that are left.
    """

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self._seen = time.monotonic()

    @property
    def slice(self) -> float:
        """Seconds to wait until the next tick."""
        return min(self.left, SLICE)

    def tick(self) -> float:
        """Count the time since the last tick; return what was counted."""
        now = time.monotonic()
        counted = min(now - self._seen, SLICE)
        self._seen = now
        self.left = max(0.0, self.left - counted)
        return counted
