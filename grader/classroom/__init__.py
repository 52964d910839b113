"""Many submissions: found, graded in parallel, written down, compared."""

from grader.classroom.running import ClassRun, run_class

__all__ = ["ClassRun", "run_class"]
