"""What a kata is: a folder, read into one frozen value which is handed to whatever needs it."""

from grader.kata.kata import Function, Kata
from grader.kata.load import default_kata, is_shipped, load_kata, shipped_katas

__all__ = ["Function", "Kata", "default_kata", "is_shipped", "load_kata", "shipped_katas"]
