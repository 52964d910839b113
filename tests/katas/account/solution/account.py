"""An account."""


class Overdrawn(Exception):
    """There is not enough."""

    def __init__(self, missing):
        super().__init__(missing)
        self.missing = missing

    def __str__(self):
        return f"{self.missing} is missing"


class Account:
    """What somebody has."""

    def __init__(self, owner, balance=0.0):
        self.owner = owner
        self._balance = balance
        self._booked = []
        self._before = []

    @property
    def balance(self):
        """What there is."""
        return self._balance

    def deposit(self, amount):
        """Put something in."""
        self._check(amount)
        self._book(amount)

    def withdraw(self, amount):
        """Take something out."""
        self._check(amount)
        if amount > self._balance:
            raise Overdrawn(amount - self._balance)
        self._book(-amount)

    def average(self):
        """Return the mean of what was booked."""
        return sum(self._booked) / len(self._booked)

    @classmethod
    def from_text(cls, text):
        """Make one."""
        owner, _, balance = text.partition(":")
        return cls(owner, float(balance))

    def _check(self, amount):
        if amount <= 0:
            raise ValueError(f"an amount of {amount}")

    def _book(self, amount):
        self._balance += amount
        self._booked.append(amount)

    def __len__(self):
        return len(self._booked)

    def __iter__(self):
        return iter(self._booked)

    def __contains__(self, amount):
        return amount in self._booked

    def __getitem__(self, at):
        return self._booked[at]

    def __eq__(self, other):
        if not isinstance(other, Account):
            return NotImplemented
        return (self.owner, self.balance) == (other.owner, other.balance)

    def __hash__(self):
        return hash(self.owner)

    def __add__(self, other):
        return Account(f"{self.owner} and {other.owner}", self.balance + other.balance)

    def __sub__(self, other):
        return self.balance - other.balance

    def __lt__(self, other):
        return self.balance < other.balance

    def __enter__(self):
        self._before.append((self._balance, list(self._booked)))
        return self

    def __exit__(self, kind, error, trace):
        before = self._before.pop()
        if kind is not None:
            self._balance, self._booked = before
