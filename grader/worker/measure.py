"""How much values may hold, and how much of that has been seen on either side; see `values`."""

MAX_DEPTH = 8
"""Containers that may be nested in each other."""
MAX_SIZE = 8 * 1024 * 1024
"""Size of all values of a message: characters and bytes, and `NODE` for each value in them."""
NODE = 64
"""Size of a value beside what it holds."""
MAX_TEXT = 2 * 1024 * 1024
"""Bytes of a message's JSON."""
MAX_MESSAGE = MAX_TEXT + MAX_SIZE
"""Bytes of a message: what the buffers of a frame with values may have together."""
MAX_BITS = 14_000
"""Bits of an int: each that crosses can be printed, as Python prints up to 4300 digits."""
ALIGNMENT = 8
"""Bytes to a multiple of which the elements of an array are filled up."""
WORD = 1 << 63
"""From here on an int is a large one."""
MUTABLE, KEYED = "lsd", "szd"
"""Tags of what can be referred to, apart from arrays; of what has keys."""
MAX_KEYS = 20_000
"""Members of all sets and keys of all dictionaries of a message."""
MAX_ALIKE = 16
"""Keys of one hash: more are no accident, and each is compared with all of them."""


class NotPlain(Exception):
    """A value that may not cross.

    Args:
        why: what is wrong with it; one of `REASONS`.
        name: the name of its type.
    """

    def __init__(self, why: str, name: str) -> None:
        super().__init__(why, name)
        self.why = why
        self.name = name


REASONS = ("object", "subclass", "dtype", "size", "depth", "digits")
"""Why a value may not cross: it is none of the types above; of a subclass of one; an array of
other things than real numbers; too large; nested too deep, or in itself; too long a number."""


class Measure:
    """What has been counted of a message on either side.

    Attributes:
        size: what has been seen so far, as if nothing were shared.
        room: the levels that were left at the deepest place of the container that is open.
    """

    def __init__(self) -> None:
        self.size = 0
        self.room = MAX_DEPTH
        self._keys = 0

    def take(self, size: int) -> None:
        """Count what is seen."""
        self.size += size
        if self.size > MAX_SIZE:
            raise NotPlain("size", "object")

    def take_keys(self, count: int) -> None:
        """Count the keys of a dictionary, or the members of a set."""
        self._keys += count
        if self._keys > MAX_KEYS:
            raise NotPlain("size", "object")

    def enter(self, room: int) -> tuple[int, int]:
        """Open a container where `room` levels are left; `leave` wants what this returns."""
        if room <= 0:
            raise NotPlain("depth", "object")
        outer, self.room = self.room, room - 1
        return self.size, outer

    def leave(self, room: int, entered: tuple[int, int]) -> tuple[int, int]:
        """Close a container; return its size and its levels."""
        size, outer = entered
        measured = self.size - size, room - self.room
        self.room = min(outer, self.room)
        return measured

    def again(self, room: int, measured: tuple[int, int]) -> None:
        """Count a container that was seen before."""
        size, levels = measured
        self.take(size)
        if levels > room:
            raise NotPlain("depth", "object")
        self.room = min(self.room, room - levels)
