"""The trusted side of the jail: starts workers, limits them, watches them, ends them.

Theory of operation. Three kinds of processes, from the trusted to the untrusted:

- The *grader* holds cases, solution, points and report. It starts a zygote by exec, so that
  nothing of these is in its memory, in a `bwrap` where that works.
- The *zygote* imports NumPy and then only waits. A socket of packets joins it with the grader
  (fork, kill, end, settle, probe; see `worker/zygote.py`). It ends when that socket closes.
- A *worker* is a fork of the zygote, or a process of its own where no filter keeps forks apart.
  Four pipes join it with the grader, whose ends came over the socket: requests, replies, stdout,
  stderr. It limits its resources, imports what the source names, gives up every right for good
  (user, capabilities, Landlock, seccomp), says so, and only then runs the learner's source.

The grader sends frames on requests and waits for replies, reading what is printed meanwhile; each
wait has a deadline of time in which the grader itself was awake. A worker ends when requests
closes, when the zygote kills it, or by its own doing; how it ended is the zygote's word, and what
a signal from outside means is decided in `ending.py`. A zygote that is lost is started anew in the
way that was probed, never a weaker one; what cannot be had again is `Doubtful` or a `GraderFault`.
Everything a worker says is a claim: frames have caps, and whoever breaks the protocol is ended.
"""

from grader.jail.isolation import Isolation, Level
from grader.jail.jail import Jail
from grader.jail.limits import Limits
from grader.jail.worker import Worker, WorkerDied, WorkerTimedOut

__all__ = ["Isolation", "Jail", "Level", "Limits", "Worker", "WorkerDied", "WorkerTimedOut"]
