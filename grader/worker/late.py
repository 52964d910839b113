"""The parts of NumPy that it imports when they are first used."""

EARLY = ("char", "ctypeslib", "fft", "ma", "polynomial", "random", "rec", "strings", "typing")
"""Those that take little, or that others need unnamed (np.median needs ma): a zygote has them."""

LATE = ("testing",)
"""Those that take longer: a worker imports them if the source of its submission mentions them."""
