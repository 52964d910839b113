"""What is not here, or comes late: what only shows does nothing, what computes is told."""

from typing import TYPE_CHECKING

import pytest

from grader.kata import load_kata

if TYPE_CHECKING:
    from tests.conftest import GradeSource

RIGHT = load_kata().solution_path.read_text(encoding="utf-8")

SHOWS = {
    "plot": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n",
    "subplots": "from matplotlib import pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1])\n"
    "fig, (a, b) = plt.subplots(1, 2)\na.set_title('x')\nplt.rcParams['x'] = 3\n"
    "for one in plt.subplots(2)[1]: one.axis('off')\nfor i, one in enumerate(a.flat): one.plot()\n",
    "backend": "import matplotlib\nmatplotlib.use('Agg')\nassert matplotlib.__version__\n",
    "seaborn": "import seaborn as sns\nsns.set_theme()\nsns.heatmap([[1]], annot=True, cmap='x')\n",
    "plotly": "import plotly.express as px\nimport plotly.graph_objects as go\n"
    "px.line(x=[1]).show()\n"
    "go.Figure(data=[go.Bar(y=[1])]).show()\n",
    "colormap": "import matplotlib.cm as cm\nfrom mpl_toolkits.mplot3d import Axes3D\n"
    "cm.viridis(.5)\n",
    "tqdm": "from tqdm import tqdm, trange\nfrom tqdm.auto import tqdm as bar\n"
    "assert list(tqdm(range(3))) == [0, 1, 2] == list(trange(3)) == list(bar([0, 1, 2]))\n"
    "assert [i for i, _ in enumerate(tqdm([5, 6]))] == [0, 1]\nassert len(tqdm([1, 2])) == 2\n"
    "with tqdm(total=3) as one:\n    one.update(1)\n    one.set_description('x')\n",
    "rich": "from rich.progress import track\nfrom rich.console import Console\nimport rich\n"
    "assert list(track([1, 2], description='x')) == [1, 2]\nConsole().print('x')\n"
    "rich.print('x')\n",
    "streamlit": "import streamlit as st\nst.title('x')\nif st.button('go'):\n    raise OSError\n"
    "@st.cache_data\ndef f():\n    return 1\n@st.cache_data(ttl=3)\ndef g():\n    return 2\n"
    "assert (f(), g()) == (1, 2)\nfor _ in range(st.slider('n', 1, 3)): pass\n",
    "colab": "from google.colab import drive, files\ndrive.mount('/content')\nfiles.upload()\n",
    "ipython": "import IPython\nfrom IPython import get_ipython\nIPython.embed()\n",
    "tests": "import pytest\nimport hypothesis.strategies as st\nfrom hypothesis import given\n"
    "@pytest.mark.parametrize('n', [1])\ndef test_it(n):\n    assert False\n"
    "@pytest.fixture\ndef x():\n    return 1\nassert x() == 1\n@given(st.integers())\n"
    "def t(n): pass\n"
    "with pytest.raises(ValueError):\n    raise ValueError\nassert 1.0 == pytest.approx(1)\n"
    "pytest.main()\n",
    "unittest": "import unittest\nclass T(unittest.TestCase):\n    def test(self): pass\n"
    "unittest.main()\n",
    "unittest-options": "from unittest import TestCase, main\nmain(argv=['x'], verbosity=2)\n",
    "annotations": "from jaxtyping import Float\nfrom typing_extensions import TypeAlias\n"
    "def f(x: Float['n d']) -> Float['n']:\n    return x\n",
    "numba": "from numba import njit, prange\n@njit\ndef f(n):\n"
    "    return sum(i for i in prange(n))\n"
    "@njit(parallel=True)\ndef g(n):\n    return n\nassert f(3) == 3 == g(3)\n",
    "programs": "import this, antigravity, idlelib.idle\n",
    "turtle": "import turtle\nimport tkinter as tk\nturtle.forward(3)\ntk.Tk().mainloop()\n",
    "imported-by-name": "import importlib\nplt = importlib.import_module('matplotlib.pyplot')\n"
    "plt.plot([1])\n",
    "in-a-function": "def show():\n    import matplotlib.pyplot as plt\n    plt.plot([1])\n"
    "show()\n",
    "subclassed": "import tqdm\nclass Bar(tqdm.tqdm):\n    pass\n"
    "class Old(tqdm.std.tqdm, dict):\n    pass\n",
}


@pytest.mark.parametrize("kind", SHOWS)
def test_what_only_shows_does_nothing(grade_source: "GradeSource", kind: str) -> None:
    """Plots, progress, pages and tests at the end of a right file cost no points."""
    report = grade_source(f"{RIGHT}\n{SHOWS[kind]}")
    assert report["points"] == 100, report["message"]


GUARDED = {
    "import-error": "try:\n    import torch\n    HAS = True\nexcept ImportError:\n"
    "    HAS = False\n",
    "module-not-found": "try:\n    from scipy.special import softmax\n    HAS = True\n"
    "except ModuleNotFoundError:\n    HAS = False\n",
    "bare": "try:\n    import google.colab\n    HAS = True\nexcept:\n    HAS = False\n",
    "several": "try:\n    import torch\n    HAS = True\nexcept (ValueError, ImportError):\n"
    "    HAS = False\n",
    "function": "def has():\n    try:\n        import jax\n        return True\n"
    "    except Exception:\n"
    "        return False\nHAS = has()\n",
    "spec": "import importlib.util\nHAS = importlib.util.find_spec('torch') is not None\n",
    "suppress": "import contextlib\nHAS = False\nwith contextlib.suppress(ImportError):\n"
    "    import matplotlib\n    HAS = True\n",
    "by-name": "import importlib\ntry:\n    importlib.import_module('torch')\n    HAS = True\n"
    "except ImportError:\n    HAS = False\n",
}


@pytest.mark.parametrize("kind", GUARDED)
def test_an_import_that_may_fail_does(grade_source: "GradeSource", kind: str) -> None:
    """Code that is prepared for a missing library takes the branch for that."""
    report = grade_source(f"{GUARDED[kind]}assert not HAS\n{RIGHT}")
    assert report["points"] == 100, report["message"]


UNUSED = (
    "import torch\nimport torch.nn as nn\nfrom torch import Tensor\nimport tensorflow as tf\n"
    "import pandas as pd, jax.numpy as jnp, sklearn.metrics\nfrom einops import rearrange\n"
    "from typing import Optional\n"
    "class Module(nn.Module):\n    def forward(self, x: Tensor, y: Optional[torch.Tensor] = None,"
    " z: torch.Tensor | None = None) -> Tensor:\n        return nn.Linear(3, 3)(x)\n"
    "assert not isinstance(1, torch.Tensor)\n"
)


def test_a_library_that_is_not_used_costs_nothing(grade_source: "GradeSource") -> None:
    """An import, an annotation and a class of a library that computes are no use of it."""
    assert grade_source(f"{UNUSED}{RIGHT}")["points"] == 100


USED = {
    "pytorch": ("import torch", "torch.softmax(x, -1)", "PyTorch's softmax"),
    "functional": ("import torch.nn.functional as F", "F.softmax(x, dim=1)", "PyTorch's softmax"),
    "tensor": ("import torch", "torch.tensor(x)", "written for PyTorch"),
    "keras": ("import tensorflow as tf", "tf.matmul(x, x)", "written for TensorFlow"),
    "scipy": ("from scipy.special import softmax", "softmax(x)", "SciPy's softmax"),
    "einops": ("from einops import rearrange", "rearrange(x, 'a b -> b a')", "einops.rearrange"),
    "instance": ("import torch.nn as nn", "nn.MultiheadAttention(2, 2)", "MultiheadAttention"),
    "subclass": ("import torch.nn as nn\nclass M(nn.Module): pass", "M()", "PyTorch"),
    "late": ("", "__import__('torch').ones(3)", "written for PyTorch"),
    "array": ("import pandas as pd", "np.asarray(pd.NA)", "pandas"),
}


@pytest.mark.parametrize("kind", USED)
def test_a_library_that_is_used_is_told(grade_source: "GradeSource", kind: str) -> None:
    """A function that computes with a library fails by that, and only that function."""
    head, used, said = USED[kind]
    body = RIGHT.replace(
        "def self_attention(", f"{head}\ndef self_attention(x, K, V):\n    {used}\ndef old("
    )
    report = grade_source(body.replace("old(Q, K, V)", "self_attention(Q, K, V)"))
    failed = [case for case in report["cases"] if case["function"] == "self_attention"]
    assert said in failed[0]["message"]
    assert "standard library" not in failed[0]["message"]
    assert all(c["points"] for c in report["cases"] if c["function"] == "compute_qkv")


LATE = {
    "argparse": "import argparse\np = argparse.ArgumentParser(description='x')\n"
    "p.add_argument('--n', type=int)\nprint(p.parse_args([]), p.format_help())\n",
    "gettext": "import gettext\ngettext.translation('x', fallback=True)\n"
    "print(gettext.gettext('x'))\n",
    "profile": "import cProfile\np = cProfile.Profile()\np.enable()\np.disable()\n"
    "p.print_stats()\n",
    "doctest": "import doctest\ndoctest.testmod()\n",
    "importlib": "import importlib\nimportlib.import_module('decimal').Decimal(1)\n",
    "import-builtin": "__import__('fractions').Fraction(1)\n",
    "pool": "import multiprocessing as mp\nimport multiprocessing.pool\nassert mp.pool.ThreadPool\n"
    "assert mp.cpu_count\nfrom multiprocessing import Pool, Process, Queue\n",
    "futures": "import concurrent.futures as cf\nwith cf.ThreadPoolExecutor(1) as e:\n"
    "    assert e.submit(abs, -1).result() == 1\n",
    "info": "import numpy as np\nnp.info(np.dot)\n",
    "strptime": "import time, datetime\ntime.strptime('2020', '%Y')\n"
    "datetime.datetime.strptime('2020', '%Y')\n",
    "counter": "from collections import Counter\nCounter('aab').most_common(1)\n",
    "random": "import random, statistics, heapq, secrets, uuid\nuuid.uuid4()\n"
    "secrets.token_hex()\n",
    "text": "import textwrap, pprint, string, difflib, html, json, csv, io, configparser\n"
    "pprint.pprint({1: 2})\n",
    "logging": "import logging, logging.config, logging.handlers\nlogging.warning('x')\n",
    "timeit": "import timeit\ntimeit.timeit('1', number=3)\ntimeit.repeat('1', number=1)\n",
    "interpreter": "print(copyright, credits, license)\nhelp(abs)\nassert callable(exit)\n"
    "assert callable(quit)\n",
    "asyncio": "import asyncio\nasync def f(): return 1\nassert asyncio.Future\n",
    "ast": "import ast, dis, inspect, tokenize, symtable\ninspect.getsource(compute_qkv)\n"
    "dis.dis(compute_qkv)\n",
}


@pytest.mark.parametrize("kind", LATE)
def test_the_library_comes_late(grade_source: "GradeSource", kind: str) -> None:
    """What the standard library imports by itself, when it is first used, is there."""
    report = grade_source(f"{RIGHT}\n{LATE[kind]}")
    assert report["points"] == 100, report["message"]


def test_stand_ins_are_the_learners_alone(grade_source: "GradeSource") -> None:
    """Where nothing asks for a stand-in there is none, and the library's imports find none."""
    report = grade_source(
        f"{RIGHT}\nimport sys\nassert not any('stand_ins' in name for name in sys.modules)\n"
        "assert len(sys.meta_path) == 3\n"
    )
    assert report["points"] == 100, report["message"]


WHERE = {
    "class": ("class Solution:\n{0}", "stands inside class Solution (line 2)"),
    "main": ('if __name__ == "__main__":\n{0}', 'below `if __name__ == "__main__":` (line 2)'),
    "function": ("def main():\n{0}\nmain()\n", "inside the function main (line 2)"),
    "block": ("if len(np.__name__) > 9:\n{0}", "depends on the condition in line 2"),
    "marimo": ("import marimo\napp = marimo.App()\n@app.cell\ndef _():\n{0}", "cell of marimo's"),
}


@pytest.mark.parametrize("kind", WHERE)
def test_where_a_function_stands(grade_source: "GradeSource", kind: str) -> None:
    """A function that is defined out of reach is told with what it stands in, and the line."""
    body = RIGHT.partition("\n\n\n")[2]
    inner = "".join(f"    {line}\n" for line in body.split("\n"))
    head = "import numpy as np; from typing import Tuple\n"
    report = grade_source(head + WHERE[kind][0].format(inner))
    assert report["points"] == 0
    failed = [case["message"] for case in report["cases"] if case["outcome"] == "failed"]
    assert failed
    assert all(WHERE[kind][1] in message for message in failed)


NEAR = {
    "scaled_dot_product_attention": "self_attention",
    "selfAttention": "self_attention",
    "attention": "self_attention",
    "computeQKV": "compute_qkv",
    "qkv": "compute_qkv",
    "multihead_attention": "multi_head_attention",
    "mha": "multi_head_attention",
}


@pytest.mark.parametrize("name", NEAR)
def test_names_next_to_the_right_one(grade_source: "GradeSource", name: str) -> None:
    """A function of another name with the same parameters is asked about, with its line."""
    right = NEAR[name]
    report = grade_source(RIGHT.replace(f"{right}(", f"{name}("))
    line = RIGHT[: RIGHT.index(f"def {right}(")].count("\n") + 1
    said = [case["message"] for case in report["cases"] if case["function"] == right]
    assert f"There is {name} (line {line}): is it that?" in said[0]


def test_names_far_from_the_right_one(grade_source: "GradeSource") -> None:
    """A helper that has nothing to do with it is not asked about."""
    report = grade_source("def softmax(x):\n    return x\n\n\ndef main():\n    pass\n")
    assert not any("is it that?" in case["message"] for case in report["cases"])


def test_parameters_that_are_too_many(grade_source: "GradeSource") -> None:
    """A parameter that the kata does not pass and that has no default is named."""
    report = grade_source(RIGHT.replace("n_heads: int)", "n_heads: int, mask, causal)"))
    said = [c["message"] for c in report["cases"] if c["function"] == "multi_head_attention"]
    assert "yours takes 6, and mask and causal have no default" in said[0]
    signature = "def multi_head_attention(X, W_q, W_k, W_v, n_heads):\n    return X\n"
    report = grade_source(f"{RIGHT}\n\n{signature}")
    said = [c["message"] for c in report["cases"] if c["function"] == "multi_head_attention"]
    assert "yours takes 5, and X, W_q, W_k and W_v have no default" in said[0]


CALLS = {
    "removed": ("np.float(1) + ", "np.float is no longer in NumPy", "Write float."),
    "misspelt": ("np.concatinate([Q]) + ", "no concatinate in NumPy", "np.concatenate?"),
    "math": ("np.math.pi + ", "np.math is no longer in NumPy", "`import math`"),
    "unknown": ("xrange(1) + ", "name 'xrange' is not defined", "In Python 3 that is range."),
    "cyrillic": ("(lambda \u0435: e)(1) + ", "name 'e' is not defined", "cyrillic small letter ie"),
}
"""What a call begins with, and what is said of it."""


@pytest.mark.parametrize("kind", CALLS)
def test_names_that_a_call_misses(grade_source: "GradeSource", kind: str) -> None:
    """A name that NumPy or Python does not have is told with what is meant, in calls as well."""
    begin, *fragments = CALLS[kind]
    report = grade_source(RIGHT.replace("    return weights @ V", f"    return {begin}weights @ V"))
    case = next(one for one in report["cases"] if one["id"].startswith("self_attention"))
    for fragment in fragments:
        assert fragment in case["message"]


def test_parameters_by_name_only(grade_source: "GradeSource") -> None:
    """A parameter behind a * is told by its name."""
    report = grade_source(RIGHT.replace("n_heads: int)", "*, n_heads: int)"))
    said = " ".join(case["message"] for case in report["cases"])
    assert "yours takes n_heads by name only. Delete the * in front of it." in said


def test_functions_that_are_no_code(grade_source: "GradeSource") -> None:
    """A def behind a #, or inside a text, is told with its line; and that there is none at all."""
    lines = "".join(f"# {line}" for line in RIGHT.splitlines(keepends=True))
    for source, fragment in (
        (lines, "it stands behind a # (line 13)"),
        (f"'''\n{RIGHT.replace(chr(34) * 3, chr(34))}\n'''\n", "it stands inside a text (line 14)"),
        ("# later\n", "nor any other. Is it the right file?"),
    ):
        assert fragment in grade_source(source)["cases"][0]["message"]


HALVES = {
    ("multi_head_attention",): "only compute_qkv and self_attention. Is it still to be written?",
    ("compute_qkv",): "only self_attention and multi_head_attention. Is it still to be written?",
    ("compute_qkv", "multi_head_attention"): "only self_attention. Is it still to be written?",
}


@pytest.mark.parametrize("gone", HALVES)
def test_functions_still_to_be_written(grade_source: "GradeSource", gone: tuple[str, ...]) -> None:
    """Where some of the kata's functions are missing, the file is not said to have none."""
    head, *defs = RIGHT.split("\n\n\ndef ")
    source = "\n\n\ndef ".join([head, *(one for one in defs if not one.startswith(gone))])
    for name in gone:
        report = grade_source(source)
        said = [case["message"] for case in report["cases"] if case["function"] == name]
        assert f"There is no function {name} in your file, {HALVES[gone]}" == said[0]
    report = grade_source(f"{source}\n\n\ndef softmax(x):\n    return x\n")
    assert "Is its name spelled exactly so?" in str(report)


SETTINGS = (
    "import torch, pandas as pd, tensorflow as tf, jax\ntorch.manual_seed(0)\n"
    "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\n"
    "pd.set_option('display.max_rows', 5)\npd.options.display.width = 80\n"
    "tf.random.set_seed(1)\ntf.get_logger().setLevel('ERROR')\n"
    "jax.config.update('jax_enable_x64', True)\n"
    "@torch.no_grad()\ndef f(): return 1\n@jax.jit\ndef g(): return 1\n"
    "@tf.function\ndef h(): return 1\nassert f() == g() == h() == 1\n"
    "with torch.no_grad():\n    pass\n"
)


def test_what_only_sets_something_does_nothing(grade_source: "GradeSource") -> None:
    """A seed, an option, the choice of a machine and a mark on a function compute nothing."""
    assert grade_source(f"{SETTINGS}{RIGHT}")["points"] == 100


def test_what_asks_for_the_program_itself(grade_source: "GradeSource") -> None:
    """What looks names up in `__main__` finds the learner's; the folder need not be changed."""
    tail = (
        "\nimport cProfile, os, timeit\nfrom pathlib import Path\n"
        "os.chdir(os.path.dirname(os.path.abspath(__file__)))\n"
        "assert not (Path(__file__).parent / 'data.npz').exists()\n"
        "cProfile.run('self_attention(np.eye(2), np.eye(2), np.eye(2))')\n"
        "timeit.timeit('f(e, e, e)', 'from __main__ import self_attention as f, np; e = np.eye(2)',"
        " number=2)\n"
    )
    report = grade_source(f"{RIGHT}{tail}")
    assert report["points"] == 100, report["message"]
