"""Right submissions to the katas with ordinary suites, in styles of their own."""

import re
from pathlib import Path

_HERE = Path(__file__).parent
_SERIES = (_HERE / "series" / "solution" / "series.py").read_text(encoding="utf-8")
_ACCOUNT = (_HERE / "account" / "solution" / "account.py").read_text(encoding="utf-8")


def _function(name: str, text: str, before: str = "") -> str:
    """Return the solution of series with another function."""
    pattern = re.compile(rf"^def {name}\(.*?(?=^def |\Z)", re.MULTILINE | re.DOTALL)
    replaced, count = pattern.subn(lambda _: text + "\n\n", _SERIES)
    assert count == 1
    return before + replaced


def _account(*pairs: tuple[str, str]) -> str:
    """Return the solution of account with other parts."""
    text = _ACCOUNT
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


SERIES = {
    "numpy-scalars": _function(
        "weighted_mean",
        "def weighted_mean(xs, weights=None):\n"
        "    if weights is not None and len(weights) != len(xs):\n"
        '        raise ValueError(f"{len(weights)} weights for {len(xs)} numbers")\n'
        "    return np.average(xs, weights=weights)\n",
        "import numpy as np\n",
    ),
    "generator-for-a-mean": _function(
        "weighted_mean",
        "def weighted_mean(xs, weights=None, *, strict=True):\n"
        "    if weights is None: weights = [1] * len(xs)\n"
        "    if strict and (n := len(weights)) != (m := len(xs)):\n"
        '        raise ValueError(f"{n} weights for {m} numbers")\n'
        "    return sum(map(lambda p: p[0] * p[1], zip(xs, weights))) / sum(weights)\n",
    ),
    "own-error": _function(
        "weighted_mean",
        "class Mismatch(ValueError):\n"
        "    def __init__(self, n, m):\n"
        '        self.n, self.m = n, m\n        super().__init__(f"{n} weights for {m} numbers")\n\n'
        "def weighted_mean(xs, weights=None):\n"
        "    weights = weights if weights is not None else [1 for _ in xs]\n"
        "    if len(weights) != len(xs): raise Mismatch(len(weights), len(xs))\n"
        "    return sum(x * w for x, w in zip(xs, weights)) / sum(weights)\n",
    ),
    "match": _function(
        "runs",
        "def runs(xs):\n    found = []\n    for x in xs:\n        match found:\n"
        "            case [*_, (value, count)] if value == x: found[-1] = (value, count + 1)\n"
        "            case _: found.append((x, 1))\n    return found\n",
    ),
    "named-tuples": _function(
        "runs",
        "def runs(xs):\n    return [Run(v, sum(1 for _ in g)) for v, g in groupby(xs)]\n",
        "from collections import namedtuple\nRun = namedtuple('Run', 'value count')\n",
    ),
    "recursion": _function(
        "is_sorted",
        "def is_sorted(xs):\n    return len(xs) < 2 or (xs[0] <= xs[1] and is_sorted(xs[1:]))\n",
    ),
    "sorted-itself": _function("is_sorted", "is_sorted = lambda xs: list(xs) == sorted(xs)\n"),
    "defaultdict": _function(
        "group",
        "def group(words):\n    found = defaultdict(list)\n    for w in words: found[w[0]].append(w)\n"
        "    return found\n",
        "from collections import defaultdict\n",
    ),
    "comprehension": _function(
        "group",
        "def group(words: list[str]) -> dict[str, list[str]]:\n"
        "    return {a: [w for w in words if w.startswith(a)] for a in {w[0]: 0 for w in words}}\n",
    ),
    "decorated": _function(
        "headline",
        "def loud(function):\n    @functools.wraps(function)\n    def louder(*args, **kwargs):\n"
        "        return function(*args, **kwargs) + '!'\n    return louder\n\n"
        "@loud\n@functools.lru_cache\ndef headline(text): return text.upper()\n",
        "import functools\n",
    ),
    "closure": _function(
        "headline",
        "def _make(end):\n    def headline(text, end=end): return f'{text.upper()}{end}'\n"
        "    return headline\n\nheadline = _make('!')\n",
    ),
    "callable-object": _function(
        "headline",
        "class _Headline:\n    def __call__(self, text): return text.upper() + '!'\n\n"
        "headline = _Headline()\n",
    ),
    "partial": _function(
        "headline",
        "headline = functools.partial('{0:s}!'.format)\n_old = headline\n"
        "def headline(text): return _old(text.upper())\n",
        "import functools\n",
    ),
    "einsum": _function(
        "center",
        "def center(X):\n    return X - np.einsum('ij->j', X) / len(X)\n",
        "import numpy as np\n",
    ),
    "loops-and-views": _function(
        "center",
        "def center(X):\n    Y = np.asfortranarray(X, dtype=float).T.copy()\n"
        "    for row in Y: row -= row.mean()\n    return Y.T\n",
        "import numpy as np\n",
    ),
    "array-class": _function(
        "runs",
        "class Counted:\n    def __init__(self, xs): self.xs = iter(xs)\n"
        "    def __iter__(self): return self\n    def __next__(self):\n"
        "        v = self.held if hasattr(self, 'held') else next(self.xs)\n"
        "        n = 1\n        for x in self.xs:\n            if x != v:\n"
        "                self.held = x\n                return v, n\n            n += 1\n"
        "        self.xs = iter(())\n        self.__dict__.pop('held', None)\n        return v, n\n\n"
        "def runs(xs): return [*Counted(xs)]\n",
    ),
}
_EQ = "        if not isinstance(other, Account):\n            return NotImplemented\n"
ACCOUNT = {
    "fluent": _account(
        ("        self._book(amount)\n", "        self._book(amount)\n        return self\n"),
        ("        self._book(-amount)\n", "        self._book(-amount)\n        return self\n"),
    ),
    "returns-what-there-is": _account(
        (
            "        self._book(amount)\n",
            "        self._book(amount)\n        return self._booked\n",
        ),
        ("        self._book(-amount)\n", "        self._book(-amount)\n        return ''\n"),
    ),
    "inherited": _account(("class Account:", "class _Base:")).replace(
        "isinstance(other, Account)", "isinstance(other, _Base)"
    )
    + "\n\nclass Account(_Base):\n    pass\n",
    "slots": _account(
        (
            "class Account:\n",
            "class Account:\n    __slots__ = '_balance', '_booked', '_before', 'owner'\n",
        )
    ),
    "generator-iteration": _account(
        ("return iter(self._booked)", "yield from self._booked"),
    ),
    "total-ordering": _account(
        ("class Account:\n", "import functools\n\n@functools.total_ordering\nclass Account:\n")
    ),
    "own-error-inherited": _account(
        ("raise Overdrawn(", "raise _Missing("),
        ("class Account:", "class _Missing(Overdrawn):\n    pass\n\n\nclass Account:"),
    ),
    "dataclass-error": _account(
        (
            "    def __init__(self, missing):\n        super().__init__(missing)\n"
            "        self.missing = missing\n\n",
            "    missing: float = 0\n\n",
        ),
        ("class Overdrawn", "from dataclasses import dataclass\n\n@dataclass\nclass Overdrawn"),
    ),
    "error-with-a-text": _account(
        ("super().__init__(missing)", "super().__init__(f'{missing} is missing')"),
        ('    def __str__(self):\n        return f"{self.missing} is missing"\n', ""),
    ),
    "error-with-a-property": _account(
        (
            "    def __init__(self, missing):\n        super().__init__(missing)\n"
            "        self.missing = missing\n\n",
            "    missing = property(lambda self: self.args[0])\n\n",
        ),
    ),
    "dataclass": _account(
        (
            "    def __init__(self, owner, balance=0.0):\n        self.owner = owner\n"
            "        self._balance = balance\n        self._booked = []\n        self._before = []\n",
            "    owner: str\n    _balance: float = 0.0\n    _booked: list = field(default_factory=list)\n"
            "    _before: list = field(default_factory=list)\n",
        ),
        (
            "class Account:",
            "from dataclasses import dataclass, field\n\n@dataclass(eq=False)\nclass Account:",
        ),
    ),
    "numpy-balance": _account(
        ("return sum(self._booked) / len(self._booked)", "return np.mean(self._booked)"),
        ("return self.balance - other.balance", "return np.subtract(self.balance, other.balance)"),
        ('"""An account."""', "import numpy as np"),
    ),
    "extra-arguments": _account(
        (
            "def __init__(self, owner, balance=0.0):",
            "def __init__(self, owner, balance=0.0, *rest, **more):",
        ),
        ("def average(self):", "def average(self, digits=None):"),
    ),
    "context-by-a-helper": _account(
        (
            "        before = self._before.pop()\n        if kind is not None:\n"
            "            self._balance, self._booked = before\n",
            "        before = self._before.pop()\n        if isinstance(error, Exception):\n"
            "            assert issubclass(kind, Exception)\n"
            "            self._balance, self._booked = before\n        return None\n",
        ),
    ),
    "equal-by-key": _account(
        (_EQ, "        if type(self) is not type(other): return False\n"),
    ),
    "iterator-of-its-own": _account(
        ("return iter(self._booked)", "return _Walk(self._booked)"),
        (
            "class Account:",
            "class _Walk:\n    def __init__(self, items): self.items, self.at = items, -1\n"
            "    def __iter__(self): return self\n    def __next__(self):\n        self.at += 1\n"
            "        if self.at >= len(self.items): raise StopIteration\n"
            "        return self.items[self.at]\n\n\nclass Account:",
        ),
    ),
    "balance-by-getattr": _account(
        (
            '    @property\n    def balance(self):\n        """What there is."""\n'
            "        return self._balance\n",
            "    def __getattr__(self, name):\n        if name == 'balance': return self._balance\n"
            "        raise AttributeError(name)\n\n    def __setattr__(self, name, value):\n"
            "        if name == 'balance': raise AttributeError(name)\n"
            "        object.__setattr__(self, name, value)\n",
        )
    ),
}
