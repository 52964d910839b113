"""attention-kata: a kata on multi-head attention, and the grader that judges it."""

__version__ = "0.1.0"

__all__ = ["__version__"]
