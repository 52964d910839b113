"""What the learner of the tutorial saves, kata by kata, one version after the other."""

from dataclasses import dataclass

from grader.kata import Kata, default_kata, load_kata

KATA = default_kata()


@dataclass(frozen=True)
class Step:
    """One save.

    Attributes:
        name: what the save is about, in a word or two.
        source: the file.
        points: what it gets.
    """

    name: str
    source: str
    points: int


@dataclass(frozen=True)
class Session:
    """All saves of one kata.

    Attributes:
        kata: which.
        begin: what is typed to begin.
        prefix: what the names of its screens begin with.
        steps: the saves.
    """

    kata: Kata
    begin: str
    prefix: str
    steps: list[Step]

    @property
    def watch(self) -> str:
        """What is typed to be graded at each save."""
        which = "" if self.kata is KATA else f" --kata {self.kata.where}"
        return f"grade {self.kata.file}{which} --watch"


def sessions() -> list[Session]:
    """Return the sessions of the tutorial, in order."""
    return [
        Session(KATA, "kata start", "", steps()),
        Session(load_kata("causal"), "kata start causal", "causal: ", _causal_steps()),
        Session(load_kata("kv_cache"), "kata start kv_cache", "cache: ", _cache_steps()),
    ]


def _causal_steps() -> list[Step]:
    right = load_kata("causal").solution_path.read_text(encoding="utf-8")
    no_layer = _without(right, "multi_head_attention")
    ahead = _edit(
        _without(no_layer, "masked_attention"), "np.tri(seq_len, ", "np.tri(seq_len, k=1, "
    )
    guarded = "np.where(highest == -np.inf, 0, highest)"
    return [
        Step("causal: one ahead", ahead, 5),
        Step("causal: nowhere to look", _edit(no_layer, guarded, "highest"), 52),
        Step("causal: full marks", right, 100),
    ]


def _cache_steps() -> list[Step]:
    right = load_kata("kv_cache").solution_path.read_text(encoding="utf-8")
    aliased = _edit(_edit(right, "append(k.copy())", "append(k)"), "append(v.copy())", "append(v)")
    return [Step("cache: not copied", aliased, 93), Step("cache: full marks", right, 100)]


def steps() -> list[Step]:
    """Return the saves, each made of the solution by taking back what is not there yet."""
    right = KATA.solution_path.read_text(encoding="utf-8")
    no_heads = _without(right, "multi_head_attention")
    stable = "np.exp(scores - scores.max(axis=-1, keepdims=True))"
    overflowing = _edit(no_heads, stable, "np.exp(scores)")
    unscaled = _edit(overflowing, " / np.sqrt(d_k)", "")
    reshaped = right
    for name in ("Q", "K", "V"):
        split = f"np.split({name}, n_heads, axis=-1)"
        reshaped = _edit(reshaped, split, f"{name}.reshape(n_heads, len({name}), -1)")
    return [
        Step("projections", _without(no_heads, "self_attention"), 20),
        Step("not scaled", unscaled, 32),
        Step("not stable", overflowing, 51),
        Step("one head", no_heads, 60),
        Step("heads by reshape", reshaped, 67),
        Step("full marks", right, 100),
    ]


def _without(source: str, function: str) -> str:
    """Return a source in which a function has no body yet."""
    head, start, rest = source.partition(f"def {function}(")
    signature, colon, body = rest.partition(":\n")
    documentation = body.split("\n", 1)[0]
    _, gap, after = body.partition("\n\n\n")
    return f"{head}{start}{signature}{colon}{documentation}\n    pass\n{gap and gap[1:]}{after}"


def _edit(source: str, old: str, new: str) -> str:
    if source.count(old) != 1:
        raise ValueError(f"{old!r} is not there once.")
    return source.replace(old, new)
