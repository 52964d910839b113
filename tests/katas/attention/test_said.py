"""What is said of a size, an order, a state or chance holds for what was tried on both sides."""

from typing import TYPE_CHECKING

import pytest

from grader.diagnosis.suspects import another_each_time, kept, remembered
from grader.diagnosis.symptoms import symptom
from grader.kata import default_kata
from grader.learner.code import Units
from tests.katas.attention.test_truth import RIGHT, SCORES, SHARED, file, told, words

if TYPE_CHECKING:
    from tests.conftest import GradeSource


def with_signature(order: str, body: str = RIGHT["self_attention"]) -> str:
    """Return a file whose self_attention takes its arguments in another order than asked for."""
    source = file(self_attention=body)
    return source.replace("def self_attention(Q, K, V):", f"def self_attention({order}):").replace(
        "[self_attention(*head) for head in heads]",
        f"[self_attention({order}) for Q, K, V in heads]",
    )


@pytest.mark.parametrize("order", ["Q, V, K", "V, Q, K", "K, V, Q"])
def test_names_in_another_order(grade_source: "GradeSource", order: str) -> None:
    """A signature in another order is told as that, not as the mistakes that it looks like."""
    report = grade_source(with_signature(order))
    assert told(report) == ["parameters-in-another-order"]
    assert "not used" not in words(report)


def test_use_in_another_order(grade_source: "GradeSource") -> None:
    """K and V that have changed places in the lines are told like those of a signature."""
    body = RIGHT["self_attention"].replace("=True) @ V", "=True) @ K").replace("K.T", "V.T")
    report = grade_source(file(self_attention=body))
    assert told(report, "self_attention") == ["parameters-in-another-order"]


@pytest.mark.parametrize("scores", ["K @ V.T", "K @ K.T", "V @ V.T"])
def test_no_argument_is_called_unused_that_is_used(
    grade_source: "GradeSource", scores: str
) -> None:
    """In a pair nothing is said that is true of one of the two mistakes alone."""
    body = RIGHT["self_attention"].replace("=True) @ V", "=True) @ K").replace("Q @ K.T", scores)
    assert "not used" not in words(grade_source(file(self_attention=body)))


REMEMBERED = {
    "an object's scale": (
        "class Keep:\n    scale = None\n\nkeep = Keep()\n",
        "if keep.scale is None: keep.scale = np.sqrt(Q.shape[1])\nscores = Q @ K.T / keep.scale\n",
    ),
    "a global scale": (
        "scale = None\n",
        "global scale\nscale = scale or np.sqrt(Q.shape[1])\nscores = Q @ K.T / scale\n",
    ),
    "a cache without a key": (
        "import functools\n\nwidth = [0]\n\n@functools.lru_cache\n"
        "def root():\n    return np.sqrt(width[0])\n",
        "width[0] = Q.shape[1]\nscores = Q @ K.T / root()\n",
    ),
    "a default argument": (
        "def root(d, kept=[]):\n    kept.append(d)\n    return np.sqrt(kept[0])\n",
        "scores = Q @ K.T / root(Q.shape[1])\n",
    ),
}


@pytest.mark.parametrize(("before", "scores"), REMEMBERED.values(), ids=REMEMBERED)
def test_a_scale_that_is_kept(grade_source: "GradeSource", before: str, scores: str) -> None:
    """A scale that the first call sets is something remembered, and no constant."""
    body = RIGHT["self_attention"].replace(SCORES, scores)
    source = file(self_attention=body).replace("numpy as np\n", f"numpy as np\n\n{before}", 1)
    report = grade_source(source)
    assert told(report, "self_attention") == ["calls-remembered"]
    assert "np.empty" not in words(report)
    assert ("default argument" in words(report)) == ("kept=[]" in before)


@pytest.mark.parametrize("limit", [8, 9, 13, 16, 20, 32])
def test_lengths_up_to_which_it_is_right(grade_source: "GradeSource", limit: int) -> None:
    """A limit is told that was tried on both sides."""
    body = f"if len(Q) > {limit}: return V\n{RIGHT['self_attention']}"
    found = words(grade_source(file(self_attention=body)))
    assert f"With {limit} tokens it is right; with {limit + 1}, and with each larger" in found


@pytest.mark.parametrize("block", [4, 8, 16])
def test_blocks_that_are_whole(grade_source: "GradeSource", block: int) -> None:
    """Where short inputs go another way they are told apart from whole blocks."""
    rows = f"np.arange(len(Q)) // {block} < len(Q) // {block}"
    body = f"rows = ({rows})[:, None]\n{RIGHT['self_attention'].replace('return ', 'out = ')}\n"
    body = f"{body}return out if len(Q) <= {block} else rows * out"
    found = words(grade_source(file(self_attention=body)))
    assert f"Up to {block} tokens, and where their number is a multiple of {block}, " in found


ONES = {
    "one token or one feature": ("len(Q) == 1 or Q.shape[1] == 1", ""),
    "one token or one head": ("", "len(Q) == 1 or n_heads == 1"),
    "one token, one head or heads of one feature": (
        "",
        "1 in (len(Q), n_heads, Q.shape[1] // n_heads)",
    ),
}


@pytest.mark.parametrize(("which", "where"), ONES.items(), ids=ONES)
def test_axes_of_one(grade_source: "GradeSource", which: str, where: tuple[str, str]) -> None:
    """Of axes of length one only those are told that go wrong."""
    names = ("self_attention", "multi_head_attention")
    bodies = {
        name: f"if {condition}: return 0.5 * V\n{RIGHT[name]}"
        for name, condition in zip(names, where, strict=True)
        if condition
    }
    assert f"right except with {which}. " in words(grade_source(file(**bodies)))


@pytest.mark.parametrize("base", ["nan_to_num", ""])
def test_heads_of_earlier_calls(grade_source: "GradeSource", base: str) -> None:
    """Heads that are kept are not told as a number of heads that is kept, on a wrong base too."""
    bodies = {
        "multi_head_attention": (
            "width = Q.shape[1] // n_heads\n"
            "for i in range(n_heads):\n"
            "    at = slice(i * width, (i + 1) * width)\n"
            "    kept.append(self_attention(Q[:, at], K[:, at], V[:, at]))\n"
            "return np.concatenate(kept, axis=1)"
        )
    }
    if base:
        bodies["self_attention"] = (
            "e = np.exp(Q @ K.T / np.sqrt(Q.shape[1]))\n"
            "return np.nan_to_num(e / e.sum(axis=1, keepdims=True)) @ V"
        )
    source = file(**bodies).replace("numpy as np\n", "numpy as np\n\nkept = []\n", 1)
    assert told(grade_source(source), "multi_head_attention") == ["results-kept"]


@pytest.mark.parametrize("limit", [4, 7, 9])
def test_heads_up_to_which_it_is_right(grade_source: "GradeSource", limit: int) -> None:
    """The same of the number of heads."""
    body = f"if n_heads > {limit}: return V\n{RIGHT['multi_head_attention']}"
    found = words(grade_source(file(multi_head_attention=body)))
    assert f"With {limit} heads it is right; with {limit + 1}, and with each larger" in found


JOINED_AS_DONE = (
    "from concurrent.futures import ThreadPoolExecutor, as_completed\n"
    "import time\n"
    "parts = zip(*(np.split(A, n_heads, axis=1) for A in (Q, K, V)))\n"
    "def work(*part):\n"
    "    time.sleep(0.01 * np.random.default_rng().random())\n"
    "    return self_attention(*part)\n"
    "with ThreadPoolExecutor(8) as pool:\n"
    "    futures = [pool.submit(work, *part) for part in parts]\n"
    "    return np.concatenate([one.result() for one in as_completed(futures)], axis=1)"
)
CHANCE = {
    "threads": ("multi_head_attention", JOINED_AS_DONE, "in which threads end", "np.empty"),
    "numbers of nobody": (
        "self_attention",
        f"{RIGHT['self_attention'].replace('return ', 'out = ')}\n"
        "return out + np.empty_like(V) * 0 + np.frombuffer(__import__('os').urandom(1), 'u1')",
        "numbers of np.empty_like",
        "draws",
    ),
    "now and then": (
        "self_attention",
        RIGHT["self_attention"] + " * (1 + (np.random.default_rng().random() < 0.2))",
        "draws random",
        "thread",
    ),
    "dropout": (
        "self_attention",
        RIGHT["self_attention"] + " * np.random.rand(*V.shape)",
        "draws random",
        "thread",
    ),
}


@pytest.mark.parametrize(("function", "body", "named", "unnamed"), CHANCE.values(), ids=CHANCE)
def test_chance_is_looked_for_where_it_can_be(
    grade_source: "GradeSource", function: str, body: str, named: str, unnamed: str
) -> None:
    """Of what makes results hang on chance, what the file has is named, and nothing else."""
    report = grade_source(file(**{function: body}))
    assert told(report, function) == ["another-result-each-time"]
    assert named in words(report)
    assert unnamed not in words(report)


def test_an_array_that_is_kept_for_a_shape(grade_source: "GradeSource") -> None:
    """That calls write to one array is said of calls of one shape alone."""
    body = (
        "made = buffers.setdefault(Q.shape, np.empty(Q.shape))\n"
        + RIGHT["multi_head_attention"].replace("return ", "made[:] = ")
        + "\nreturn made"
    )
    source = file(multi_head_attention=body).replace("numpy as np\n", "numpy as np\nbuffers = {}\n")
    report = grade_source(source)
    assert told(report) == ["result-buffer-reused"]
    assert "of the same shape" in report["diagnoses"][0]["title"]
    assert "same shape" in report["diagnoses"][0]["explanation"]


BOUND = "bound = {}\ne = np.exp(scores - bound / np.sqrt(Q.shape[1]))\n"
NORM = "np.linalg.norm({}, axis=1, keepdims=True)"
BOUNDS = {
    "of each query": f"{NORM.format('Q')} * np.linalg.norm(K, axis=1).max()",
    "of all queries": f"{NORM.format('Q')}.max() * {NORM.format('K')}.max()",
    "of each pair": f"{NORM.format('Q')} * {NORM.format('K')}.max() + 1",
    "of sums of squares": f"({NORM.format('Q')} ** 2 + {NORM.format('K')}.max() ** 2) / 2",
}


@pytest.mark.parametrize("bound", BOUNDS.values(), ids=BOUNDS)
def test_a_bound_in_place_of_the_maximum(grade_source: "GradeSource", bound: str) -> None:
    """Where some rows of large scores are right, no size is told from which on they are wrong."""
    body = f"{SCORES}{BOUND.format(bound)}{SHARED}"
    report = grade_source(file(self_attention=body))
    assert told(report, "self_attention") == ["another-bound-subtracted"]
    assert "Once scores reach" not in words(report)
    assert "inf" not in words(report)


LARGE = "if {}: scores = scores - scores.max(axis=1, keepdims=True)\ne = np.exp(scores)\n"
BRANCHES = {
    "one row is large": (
        "scores.max() > 700",
        ["Large positive scores are right", "Beside rows whose scores lie as far"],
    ),
    "all rows are large": ("(scores.max(axis=1) > 100).all()", []),
}


@pytest.mark.parametrize(("when", "said"), BRANCHES.values(), ids=BRANCHES)
def test_a_branch_on_the_scores(grade_source: "GradeSource", when: str, said: list[str]) -> None:
    """Of rows far below 0 it is told what others beside them change, and what comes back."""
    found = words(grade_source(file(self_attention=f"{SCORES}{LARGE.format(when)}{SHARED}")))
    assert "nan comes back" in found
    for text in ("Large positive scores are right", "Beside rows whose scores lie as far"):
        assert (text in found) == (text in said)


BORDERS = {
    "from 709.8 on": (
        f"{SCORES}e = [[math.exp(s) for s in row] for row in scores]\n",
        "about 710,",
    ),
    "from 745.2 on": (
        f"{SCORES}e = np.exp(scores - (scores.max() > 9) * scores.max(axis=1, keepdims=True))\n",
        "about 745 or more below 0, nan",
    ),
    "from 250 on": (
        f"{SCORES}scores[(scores >= 250).any(axis=1)] = np.nan\n"
        "e = np.exp(scores - scores.max(axis=1, keepdims=True))\n",
        "about 250,",
    ),
}


@pytest.mark.parametrize(("lines", "border"), BORDERS.values(), ids=BORDERS)
def test_from_which_scores_on(grade_source: "GradeSource", lines: str, border: str) -> None:
    """The size from which scores go wrong is looked for between what is right and what is not."""
    source = file(self_attention=f"{lines}e = np.array(e)\n{SHARED}")
    assert border in words(grade_source(f"import math\n{source}"))


def test_a_check_of_ones_own_on_large_scores(grade_source: "GradeSource") -> None:
    """Nothing is asked of exponentials that are never reached."""
    body = (
        f"{SCORES}if scores.max() > 700: raise OverflowError\n{SHIFTED}e = np.exp(scores)\n{SHARED}"
    )
    found = told(grade_source(file(self_attention=body)), "self_attention")
    assert found == ["own-check-refuses", "right-until-high"]


def test_a_bound_that_other_inputs_pass(grade_source: "GradeSource") -> None:
    """Zeros that come back for some large scores are not told of all."""
    body = f"{SCORES}e = np.minimum(np.exp(scores), 1e308)\n{SHARED}"
    found = words(grade_source(file(self_attention=body)))
    assert "zeros come back for some inputs" in found


SHIFTED = f"{SCORES}scores = scores - scores.max(axis=1, keepdims=True)\n"
FAR = {
    "raised everywhere": (
        f"with np.errstate(all='raise'):\n    {SCORES.strip()}\n"
        "    e = np.exp(scores - scores.max(axis=1, keepdims=True))\n",
        ["scores of one key", "an error is raised", "Which number should exp give"],
    ),
    "raised by hand": (
        f"{SHIFTED}if scores.min() < -740: raise ValueError('underflow')\ne = np.exp(scores)\n",
        ["scores of one key", "an error is raised", "Which number should exp give"],
    ),
    "a dtype of the first": (
        f"{SHIFTED}e = np.vectorize(lambda s: 0 if s < -30 else np.exp(s))(scores)\n",
        ["scores of the first key", "their dtype"],
    ),
}


@pytest.mark.parametrize(("lines", "said"), FAR.values(), ids=FAR)
def test_a_key_far_below(grade_source: "GradeSource", lines: str, said: list[str]) -> None:
    """It is told which key it is, if it is one, and what to look at hangs on what is seen."""
    report = grade_source(file(self_attention=f"{lines}{SHARED}"))
    assert told(report, "self_attention") == ["wrong-for-a-far-key"]
    assert all(text in words(report) for text in said)
    assert ("dtype" in words(report)) == ("their dtype" in said)


SERIES = (
    "term, e = np.ones_like(scores), np.ones_like(scores)\n"
    "for n in range(1, {terms}):\n    term = term * scores / n\n    e = e + term\n"
)


@pytest.mark.parametrize(("terms", "small"), [(30, True), (25, True), (4, False), (3, False)])
def test_a_series_for_exp(grade_source: "GradeSource", terms: int, small: bool) -> None:
    """That weights are right for scores near each other is told where they are."""
    body = f"{SHIFTED}{SERIES.format(terms=terms)}{SHARED}"
    found = words(grade_source(file(self_attention=body)))
    assert "not the softmax" in found
    assert ("near each other, they are right" in found) == small


def test_other_inputs_of_an_overflow(grade_source: "GradeSource") -> None:
    """Where nothing is subtracted, ordinary scores alone are called right."""
    found = words(grade_source(file(self_attention=f"{SCORES}e = np.exp(scores)\n{SHARED}")))
    assert "Scores of ordinary size come out right." in found


def test_names_are_listed_in_their_order(grade_source: "GradeSource") -> None:
    """Inputs that are changed are named as the statement names them."""
    body = "for A in (V, K, Q): A += 0.5\nfor A in (V, K, Q): A -= 0.4\n"
    found = words(grade_source(file(self_attention=body + RIGHT["self_attention"])))
    assert "Q, K and V" in found


def test_order_and_another_mistake(grade_source: "GradeSource") -> None:
    """Heads that fit a signature of another order are not said to compare queries with values."""
    source = with_signature("Q, V, K").replace(" / np.sqrt(Q.shape[1])", "", 1)
    found = words(grade_source(source))
    assert "compares its queries with the values" not in found
    assert "called with (Q, V, K)" in found


def test_all_that_a_file_may_have_fits() -> None:
    """A file with all that may be asked about gets texts of the length that texts have."""
    code = Units(b"@cache\ndef f(a=[]): self.a = np.empty_like(as_completed(random.random()))\n")
    for reading in (another_each_time(code), remembered(code), kept(code, "in front of")):
        found = symptom(default_kata(), "self_attention", reading)
        assert "np.empty_like" in found.next_step
        assert len(found.explanation) <= 300
        assert len(found.next_step) <= 200
