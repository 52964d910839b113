"""The parts of NumPy that it imports when they are first used."""

EARLY = ("char", "ctypeslib", "fft", "polynomial", "rec", "strings", "typing")
"""Those that take little: a zygote imports them, for all its workers."""

LATE = ("ma", "random", "testing")
"""Those that take longer: a worker imports them if the source of its submission mentions them."""
