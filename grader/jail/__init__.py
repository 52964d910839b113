"""The trusted side of the jail: starts workers, limits them, watches them, ends them."""

from grader.jail.isolation import Isolation, Level
from grader.jail.jail import Jail
from grader.jail.limits import Limits
from grader.jail.worker import Worker, WorkerDied, WorkerTimedOut

__all__ = ["Isolation", "Jail", "Level", "Limits", "Worker", "WorkerDied", "WorkerTimedOut"]
