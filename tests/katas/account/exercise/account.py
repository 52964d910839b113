"""An account."""


class Overdrawn(Exception):
    """There is not enough."""


class Account:
    """What somebody has."""

    def __init__(self, owner, balance=0.0):
        pass
