"""The parts of NumPy that it imports when they are first used."""

LATE = (
    "char",
    "ctypeslib",
    "fft",
    "ma",
    "polynomial",
    "random",
    "rec",
    "strings",
    "testing",
    "typing",
)
