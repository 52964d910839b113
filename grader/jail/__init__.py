"""The trusted side of the jail: starts workers, limits them, watches them, ends them."""

from .isolation import Isolation
from .jail import Jail
from .limits import Limits
from .worker import Worker, WorkerDied, WorkerTimedOut

__all__ = ["Isolation", "Jail", "Limits", "Worker", "WorkerDied", "WorkerTimedOut"]
