"""Notebooks, and the files that they become: the code cells are what was handed in."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.kata import load_kata
from grader.learner import code
from grader.learner.code import read_code
from grader.pages.source import Source, listing

if TYPE_CHECKING:
    from tests.conftest import GradeSource, ReadReport, RunInProcess

RIGHT = load_kata().solution_path.read_text(encoding="utf-8")


def notebook(*cells: Any, **parts: Any) -> str:
    """Return a notebook with these code cells after one of text, as Jupyter saves it."""
    text = {"cell_type": "markdown", "metadata": {}, "source": ["# Attention\n", "!pip"]}
    made: list[Any] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": cell.splitlines(keepends=True) if isinstance(cell, str) else cell,
        }
        for cell in cells
    ]
    whole = {"cells": [text, *made], "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **parts}
    return json.dumps(whole, indent=1)


def old_notebook(*cells: str) -> str:
    """Return a notebook of format 3."""
    made = [{"cell_type": "code", "language": "python", "input": [cell]} for cell in cells]
    return json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": made}]})


ALL_RIGHT = {
    "cells": notebook("import math", RIGHT),
    "format-3": old_notebook("import math", RIGHT),
    "one-text-a-cell": notebook(["import math"], [RIGHT]),
    "lines-without-ends": notebook(["import math", "import json"], RIGHT.split("\n")),
    "mark-in-front": "\ufeff" + notebook(RIGHT),
    "redefined": notebook(RIGHT.replace("/ np.sqrt", "* np.sqrt"), RIGHT),
    "magics": notebook(
        "%matplotlib inline\n!pip install numpy \\\n   scipy\n%load_ext autoreload",
        f"%%time\n{RIGHT}",
        "self_attention?\n?np.dot\nnp.dot??",
        "files = !ls\nfor file in files: print(file)",
        "if True:\n    !ls\n    %cd ..\nx = (10\n % 3)",
        "%%html\n<b>no Python</b>",
        "%%bash\nls 'it\n",
        "%time y = 1 + 1\nprint(y)",
        "a = %timeit -o 1 + 1",
        "pip install numpy",
        "display(1)\nget_ipython().run_line_magic('matplotlib', 'inline')",
        "from IPython.display import HTML, display\ndisplay(HTML('x'))",
    ),
    "magic-text": notebook(f'{RIGHT}\nTEXT = """\n%d of !\n?\n"""\nassert TEXT.count("%") == 1'),
    "future": notebook("from __future__ import annotations", f"def f(x: Nowhere): ...\n{RIGHT}"),
    "writefile": notebook(f"%%writefile multi_head_attention.py\n{RIGHT}", "import math"),
    "colab": '# -*- coding: utf-8 -*-\n"""Untitled0.ipynb\n"""\n\n!pip install torch\n'
    "%cd /content\n"
    f"from google.colab import drive\ndrive.mount('/content/drive')\n{RIGHT}",
    "nbconvert": "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\n"
    "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().system('pip install x')\n"
    f"\n# In[ ]:\n\n\n{RIGHT}\n# In[12]:\n\n\nprint(undefined)\n",
    "percent": f"# %%\nimport math\n\n# %% [markdown]\n# Text\n\n# %%\n{RIGHT}\n"
    "# %%\nassert False\n",
    "percent-of-spyder": f"#%% data\nopen('x')\n#%% code\n{RIGHT}",
    "jupytext": "# ---\n# jupyter:\n#   kernelspec:\n#     name: python3\n# ---\n\n"
    f"# %%\nx = nowhere\n\n# %%\n{RIGHT}",
    "databricks": f"# Databricks notebook source\nx = nowhere\n\n# COMMAND ----------\n\n{RIGHT}",
    "percent-in-a-function": RIGHT.replace("    Q = X @ W_q", "# %%\n    Q = X @ W_q"),
    "percent-in-a-text": f'{RIGHT}\nTEXT = """\n# %%\nnothing (\n"""\n',
    "marimo-function": "import marimo\napp = marimo.App()\nwith app.setup:\n"
    "    import numpy as np\n    from typing import Tuple\n\n\n"
    + "".join(
        f"@app.function\n{part}" if part.startswith("def ") else part
        for part in RIGHT.partition("\n\n\n")[2].replace("\n\n\n", "\n\n\n\0").split("\0")
    )
    + '\n\n@app.cell\ndef _():\n    print(1)\n\nif __name__ == "__main__":\n    app.run()\n',
}


@pytest.mark.parametrize("kind", ALL_RIGHT)
def test_right_code_has_all_points(grade_source: "GradeSource", kind: str) -> None:
    """A notebook, and what it becomes, has the points of the same code in a file."""
    report = grade_source(ALL_RIGHT[kind], name="mine.txt")
    assert report["points"] == 100, report
    failing = ("nbconvert", "percent", "percent-of-spyder", "jupytext", "databricks")
    assert bool(report["message"]) == (kind in failing)


def test_a_cell_that_fails_stops_no_other(grade_source: "GradeSource") -> None:
    """A cell that raises or is no Python is told by its number; the others count."""
    source = notebook("import math\nx = math.nothing", "y = (1,", RIGHT, "exit()", "raise OSError")
    report = grade_source(source)
    assert report["points"] == 100
    assert report["status"] == "graded"
    assert "Cell 1 raised AttributeError" in report["message"]
    assert "(cell 1, line 2: x = math.nothing)" in report["message"]
    assert "Cell 2 is not valid Python: the ( in this line is never closed" in report["message"]
    assert "All other cells were run." in report["message"]


def test_much_that_fails_is_told(grade_source: "GradeSource") -> None:
    """However long names and messages are, what is said of the cells arrives."""
    odd = "\u4e2d" * 300
    failing = [f"raise ValueError({odd * 9!r})"] * 40
    functions = [
        f"def {odd}{n}({', '.join(f'{odd}{m}' for m in range(9))}): pass" for n in range(60)
    ]
    wanted = [f"def {name}({odd}, *, {odd}1, {odd}2): pass" for name in load_kata().functions]
    report = grade_source(notebook(*failing, *functions, wanted[0]))
    assert report["status"] == "graded"
    assert "Cell 1 raised ValueError" in report["message"]
    assert "Others failed, too." in report["message"]


def test_a_function_in_a_cell_that_fails(grade_source: "GradeSource") -> None:
    """A function whose cell failed is not missing for no reason: the cell is named."""
    report = grade_source(notebook("import numpy as np\nnp.nothing\ndef compute_qkv(X): pass"))
    case = report["cases"][0]
    assert "cell 1, in which it is defined, failed" in case["message"]
    report = grade_source(notebook("import numpy as np", "def compute_qkv(X)\n    pass"))
    assert "cell 2, in which it is defined, failed" in report["cases"][0]["message"]


@pytest.mark.long
def test_a_cell_that_hangs(grade_source: "GradeSource") -> None:
    """A cell that does not end, or takes the process along, is told by its number."""
    slow = grade_source(notebook("x = 1", "while True:\n    pass", RIGHT), call_seconds=0.3)
    assert slow["message"].startswith("Cell 2 did not finish within 0.3 s.")
    gone = grade_source(notebook("import os", "x = 1", "os._exit(3)", RIGHT))
    assert "While cell 3 was running, your code" in gone["message"]
    source = f"# %%\nx = 1\n# %%\nwhile True:\n    pass\n{RIGHT}"
    part = grade_source(source, call_seconds=0.3)
    assert part["message"].startswith("What begins in line 3 did not finish")


def test_a_function_that_is_gone(grade_source: "GradeSource") -> None:
    """A function that was deleted, or set to None, is not said to be in a cell that failed."""
    line = RIGHT[: RIGHT.index("def self_attention")].count("\n") + 1
    for source, place in (
        (notebook(RIGHT, "x = 1\ndel self_attention"), f"cell 1, line {line}"),
        (f"{RIGHT}\nself_attention = None\n", f"line {line}"),
    ):
        messages = [case["message"] for case in grade_source(source)["cases"]]
        assert any(f"it is defined in {place}, and deleted later on" in one for one in messages)


def test_places_are_in_cells(grade_source: "GradeSource") -> None:
    """What is raised in a call is told with its cell and line, and no line of the JSON."""
    raising = RIGHT.replace("    return Q", "    raise ValueError('boom')\n    return Q", 1)
    raising = RIGHT.replace(
        "def compute_qkv", "def compute_qkv(*a):\n    raise OSError\ndef old", 1
    )
    report = grade_source(notebook("import math", "\n", raising))
    line = raising.split("\n").index("    raise OSError") + 1
    assert f"(cell 3, line {line}: raise OSError)" in report["cases"][0]["message"]


def test_the_same_code_is_alike(grade_source: "GradeSource") -> None:
    """The hash of the code is that of a file, and does not hang on cells and magics."""
    alone = grade_source(RIGHT)["submission"]
    cut = grade_source(notebook(*RIGHT.split("\n\n\n")))["submission"]
    assert alone["code_sha256"] == cut["code_sha256"]
    assert alone["sha256"] != cut["sha256"]


REFUSED = {
    "another-language": (
        notebook("x <- 1", metadata={"language_info": {"name": "R"}}),
        "written in R",
    ),
    "julia": (notebook("x = 1", metadata={"kernelspec": {"language": "julia"}}), "in julia"),
    "no-code": (notebook(), "no code cell"),
    "code-in-text": (
        notebook(cells=[{"cell_type": "markdown", "source": ["def f(): pass"]}]),
        "Turn them into code cells",
    ),
    "empty-cells": (notebook("", "\n"), "no code cell"),
    "cut-off": (notebook(RIGHT)[:-200], "is damaged"),
    "merged": (
        notebook(RIGHT).replace(' "metadata"', '<<<<<<< HEAD\n "metadata"', 1),
        "marks of a merge",
    ),
    "nested": ('{"cells": ' + "[" * 100_000 + "]" * 100_000 + ', "cell_type": 1}', "damaged"),
    "many-cells": (notebook(*["x = 1"] * 2_001), "2001 code cells"),
    "many-parts": ('{"cells": [' + "[]," * 1_000_001 + '1], "cell_type": 1}', "too much"),
    "large-outputs": (
        notebook(RIGHT)[:-2] + ', "x": "' + "a" * code.MAX_NOTEBOOK + '"}',
        "Clear the output",
    ),
    "much-code": (notebook("#" * 600_000, "#" * 600_000), "1.1 MiB of code"),
    "number": ('{"cells": [' + "1" * 5_000 + '], "cell_type": 1}', "damaged"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_notebooks_that_are_not_run(kind: str) -> None:
    """A notebook that is too much, damaged or in another language is refused with a sentence."""
    source, said = REFUSED[kind]
    assert said in read_code(source.encode()).problem


def test_odd_notebooks_are_read() -> None:
    """JSON that is a notebook in part only gives the cells that there are, and never raises."""
    for found in (
        {"cells": None},
        {"cells": [1, None, {"cell_type": "code"}]},
        {"cells": [{"cell_type": "code", "source": [1, "x = 1"]}]},
        {"cells": [{"cell_type": "code", "source": {"a": 1}}], "metadata": []},
        {"worksheets": [{"cells": {}}, 3], "cells": [{"cell_type": "code", "source": "x"}]},
        {"cells": [{"cell_type": "code", "source": "\ud800\0"}]},
        {"cells": [], "metadata": {"language_info": {"name": 3}}},
    ):
        made = read_code(json.dumps(found).encode())
        assert made.notebook or made.problem


def test_a_dictionary_is_no_notebook(grade_source: "GradeSource") -> None:
    """A Python file that begins with a brace is a Python file."""
    assert not read_code(b'{"cells": 1, "x": None}\n').notebook
    assert grade_source('{"cells": None}\n' + RIGHT)["points"] == 100


def test_the_page_shows_cells() -> None:
    """A page shows the code cells with their numbers, and leads to a cell's line."""
    source = Source.of(notebook("import math\n", "x = 1\ny = 2\n"))
    shown = str(listing(source, {(2, 2): []}))
    assert "Cell 1" in shown
    assert "Cell 2" in shown
    assert 'id="C2L2"' in shown
    assert "nbformat" not in shown
    assert source.has((2, 2))
    assert not any(map(source.has, [(0, 1), (1, 3), (3, 1), (2, 0)]))
    assert 'href="#C2L2"' in str(source.linked("at cell 2, line 2"))


def test_the_command_takes_notebooks(
    run_grade: "RunInProcess", read_report: "ReadReport", tmp_path: Path
) -> None:
    """`grade mine.ipynb` judges the code cells; the screen tells of a cell that failed."""
    path, target = tmp_path / "mine.ipynb", tmp_path / "report.json"
    path.write_text(notebook(RIGHT, "print(undefined)"))
    ran = run_grade(path, "--json", target, "--seed", "1")
    assert ran.code == 0
    assert "Cell 2 raised NameError" in " ".join(ran.out.split())
    report = read_report(target.read_bytes())
    assert report["points"] == 100
    assert report["submission"]["name"] == "mine.ipynb"
