"""A worker that is a process of its own from the start, for one submission.

It stands in for the zygote where there is no seccomp, without which a fork of the zygote
would not be safe from the next one.
"""

from . import child, warm, wire


def run(config: wire.Header) -> None:
    """Serve one submission on the descriptors `requests` and `replies`."""
    warm.warm_up()
    warm.warm_up_numpy(config["bring_numpy"])
    warm.part_ways(config["late"])
    child.take_descriptors(config["requests"], config["replies"])
    child.run(child.orders_of(config), program=b"")
