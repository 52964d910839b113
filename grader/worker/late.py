"""The parts of NumPy that it imports when they are first used."""

EARLY = ("char", "ctypeslib", "fft", "ma", "polynomial", "random", "rec", "strings", "typing")
"""Those that a zygote has: they take little, or others need them unnamed (np.median needs ma), or
learners often mention them, in a trial at the end of their file for instance (random)."""

LATE = ("testing",)
"""Those that take longer: a worker imports them if the source of its submission mentions them."""
