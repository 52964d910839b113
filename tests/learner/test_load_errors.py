"""Why a file does not load: the sentence is true, says what to do, and fits on three lines."""

import platform
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from grader.kata import load_kata
from grader.learner.load_errors import describe_load_error

if TYPE_CHECKING:
    from tests.conftest import GradeSource

RIGHT = load_kata().solution_path.read_text(encoding="utf-8")
FIRST = "import numpy as np\n"
TAB_FIRST = FIRST + "\ndef f(X):\n\tQ = X\n    K = X\n    return Q, K\n"
MAIN = '`if __name__ == "__main__":`'
NUMBERED = "".join(f"{number} {line}" for number, line in enumerate(FIRST * 9, 1))

WORDS: dict[str, tuple[str | bytes, list[str]]] = {
    # what came with copied text
    "fence": (f"```python\n{RIGHT}```\n", ["Markdown around the code", "(line 1: ```python)"]),
    "fence-below": (f"{RIGHT}\n```\n", ["Markdown around the code", "delete the lines"]),
    "fence-tildes": (f"~~~\n{RIGHT}\n~~~\n", ["Markdown around the code"]),
    "prompt": (">>> import numpy as np\n>>> x = 1\n", ["prompts of an interpreter", "(line 1"]),
    "prompt-ipython": ("In [1]: import numpy as np\n", ["prompts of an interpreter"]),
    "prompt-below": (f"{FIRST}>>> x = 1\n", ["prompts of an interpreter", "(line 2"]),
    "numbers": ("1 import numpy as np\n2 x = 1\n", ["numbers in front of its lines", "Delete"]),
    "numbers-colon": ("1: import numpy as np\n2: x = 1\n", ["numbers in front of its lines"]),
    "numbers-from-ten": (
        "10 import numpy as np\n11\n12 x = 1\n",
        ["numbers in front of its lines"],
    ),
    "chat": (f"Sure! Here is the code:\n{RIGHT}", ["text that is no code", "(line 1: Sure!"]),
    "chat-quote": (f"Here\u2019s the code you need:\n{RIGHT}", ["text that is no code"]),
    "chat-below": (f"{RIGHT}\nThis handles all of the edge cases.\n", ["text that is no code"]),
    "html": (f"<!DOCTYPE html>\n<html>\n{RIGHT}", ["HTML", "Download the file itself"]),
    "html-piece": (f'<div class="x">\n{RIGHT}', ["HTML"]),
    "rtf": ("{\\rtf1\\ansi\n\\f0 import numpy\n}\n", ["RTF", "plain text"]),
    "merge": (f"{FIRST}<<<<<<< HEAD\nx = 1\n=======\nx = 2\n", ["marks of a merge", "(line 2"]),
    "merge-rest": (f"{FIRST}x = 1\n>>>>>>> main\n", ["marks of a merge", "(line 3"]),
    "underlined": ("x = 1\n========\n", ["text that is no code", "(line 2"]),
    "mail": ("> import numpy\n> x = 1\n", ["as in an answer to a mail"]),
    "xml": ("<?xml version='1.0'?>\n<x/>\n", ["XML"]),
    "diff": ("@@ -1 +1 @@\n+import numpy\n", ["a diff", "Hand in the file"]),
    # characters that nobody typed
    "no-break": ("def f(x):\n\u00a0\u00a0return x\n", ["NO-BREAK SPACE", "blanks of that line"]),
    "quotes": ("x = \u201ca\u201d\n", ["LEFT DOUBLE QUOTATION MARK", 'Type it again: "']),
    "minus": ("x = 1 \u2212 2\n", ["MINUS SIGN", "Type it again: -"]),
    "zero-width": ("x\u200b = 1\n", ["ZERO WIDTH SPACE", "Delete it"]),
    "full-width": ("print\uff081\uff09\n", ["FULLWIDTH LEFT PARENTHESIS", "Type it again: ("]),
    "mark-inside": ("x = 1\n\ufeffy = 2\n", ["ZERO WIDTH NO-BREAK SPACE"]),
    # indentation
    "tab-first": (TAB_FIRST, ["line 4 is indented with a tab, line 5 with blanks"]),
    "tab-second": ("if 1:\n        a = 1\n\tb = 2\n", ["line 3 is indented with a tab, line 2"]),
    "tab-and-blanks": ("if 1:\n\ta = 1\n\t    b = 2\n", ["indented"]),
    "block": ("def f():\nx = 1\n", ["after line 1 an indented block has to follow"]),
    "block-comment": ("def f():\n# later\n", ["after line 1 an indented block"]),
    "block-at-the-end": ("x = 1\ndef f():\n", ["after line 2 an indented block"]),
    "deeper": ("x = 1\n    y = 2\n", ["nothing above it asks for that", "(line 2"]),
    "between": ("if 1:\n    x = 1\n  y = 2\n", ["as no line above it is", "(line 3"]),
    # what is missing or too much
    "unclosed": ("x = (1,\ny = 2\ndef f():\n    pass\n", ["the ( in this line is never closed"]),
    "unmatched": ("x = 1)\n", ["the ) in this line closes nothing"]),
    "mismatch": ("x = [1,\n  2)\n", ["the ) in this line cannot close what was opened in line 1"]),
    "string": ("x = 'a\n", ["the text after the ' in this line does not end"]),
    "string-long": ('x = 1\ny = """a\nb\n', ['the text after the """ in this line does not end']),
    "colon": ("def f(x)\n    return x\n", ["a colon is missing in this line", "(line 1"]),
    "colon-else": ("if 1:\n    x = 1\nelse\n    x = 2\n", ["a colon is missing", "(line 3"]),
    "colon-dict": ("x = {1: 2}\nfor k in {1: 2}\n    pass\n", ["a colon is missing", "(line 2"]),
    "assigned": ("x = 1\nif x = 1:\n    pass\n", ["= gives a value", "(line 2"]),
    "outside": ("x = 1\nreturn x\n", ["belongs into a function, and stands in none", "(line 2"]),
    "outside-loop": ("def f():\n    break\n", ["belongs into a loop, and stands in none"]),
    "python-2": ("x = 1\nprint 'x'\n", ["this is Python 2", "(line 2"]),
    "python-2-except": ("try:\n    x\nexcept ValueError, e:\n    x\n", ["this is Python 2"]),
    "elif": ("if 1:\n    x = 1\nelse if 2:\n    x = 2\n", ["Write elif", "(line 3"]),
    "increment": ("x = 1\nx++\n", ["no ++ and no --", "(line 2"]),
    "javascript": ("function f(x) {\n  return x;\n}\n", ["another language", "(line 1"]),
    "java": ("public class A {\n}\n", ["another language"]),
    "keyword": ("lambda = 3\n", ["lambda is a word of Python's own"]),
    "keyword-def": ("def is(x):\n    return x\n", ["is is a word of Python's own"]),
    "comma": ("x = [1 2]\n", ["something is missing between 1 and 2", "(line 1"]),
    "comma-parameter": ("def f(Q, K V):\n    pass\n", ["missing between K and V"]),
    "operator": ("def f(e):\n    return e e.sum(axis=-1)\n", ["missing between e and e.sum"]),
    "two-in-a-line": ("a = 1 b = 2\n", ["missing between 1 and b", "a new line?"]),
    "in": ("for i range(3):\n    pass\n", ["missing between i and range", "A for needs in."]),
    "colon-comment": ("if 1  # one\n    x = 1\n", ["a colon is missing", "(line 1"]),
    "colon-lines": ("def f(a,\n      b)\n    return a\n", ["a colon is missing", "(line 2"]),
    "misspelt": ("def f(x):\n    retrun x\n", ["retrun is no word", "Do you mean return?"]),
    "misspelt-case": ("Def f(x):\n    return x\n", ["Def is no word", "Do you mean def?"]),
    "misspelt-import": ("imoprt numpy as np\n", ["imoprt is no word", "mean import?"]),
    "and": ("if 1 && 2:\n    pass\n", ["has && where Python has and"]),
    "or": ("if 1 || 2:\n    pass\n", ["has || where Python has or"]),
    "not": ("x = 1\nif !x:\n    pass\n", ["has ! where Python has not"]),
    "unequal": ("if 1 <> 2:\n    pass\n", ["has <> where Python has !="]),
    "at-least": ("if 1 => 2:\n    pass\n", ["has => where Python has >="]),
    "becomes": ("n := 3\n", ["has := where Python has ="]),
    "slashes": ("x = 1\n// shift it\n", ["has // where Python has #"]),
    "ternary": ("x = 1\ny = x > 0 ? 1 : 0\n", ["where Python has if and else"]),
    "square-def": ("def f[x]:\n    return x\n", ["has [ where Python has ("]),
    "dollar": ("$x = 1\n", ["the $ in this line is too much"]),
    "then": ("if 1 == 2 then:\n    pass\n", ["the then in this line is too much"]),
    "twice": ("e = 1\ne += = 1\n", ["the = in this line is too much"]),
    "else-alone": ("def f(x):\n    else:\n        x = 1\n", ["this else belongs to no if"]),
    "elif-alone": ("if 1:\n    x = 1\ny = 2\nelif 2:\n    x = 3\n", ["elif belongs to no if"]),
    "except-alone": ("x = 1\nexcept ValueError:\n    x = 2\n", ["except belongs to no try"]),
    "try-alone": ("try:\n    x = 1\ny = 2\n", ["the try in line 1 has no except", "(line 3"]),
    "nameless": ("def (x):\n    return x\n", ["a name is missing after def"]),
    "digit": ("d = 3\n2d = d\n", ["2d begins with a digit"]),
    "dash": ("import multi-head\n", ["multi-head can be no module's name"]),
    "backslash": ("x = 1 + \\ \n    2\n", ["something stands after the \\", "blanks too"]),
    "brace": ("x = 1\nprint(f'{x')\n", ["the { in an f-string", "(line 2"]),
    "brace-empty": ("print(f'{}')\n", ["the {} in an f-string of this line is empty"]),
    "call-assigned": ("abs(1) = 2\n", ["cannot assign to", "Change the line as this asks"]),
    "number-in-line": ("x = (1e5, 2 3)\n", ["something is missing between 2 and 3"]),
    "pair": ("x = 2 * / 3\n", ["* and / stand side by side", "Delete one of them"]),
    "pair-ends": ("x = 1;;\n", ["; and ; stand side by side"]),
    "open-end": ("x = 1 +\ny = 2\n", ["follow the + at the end of this line", "brackets"]),
    "name-of-two": ("def self attention(x):\n    pass\n", ["self attention is no name", "Write _"]),
    "name-dashed": ("d-k = 3\n", ["d-k is no name", "Write _"]),
    "as": ("import numpy np\n", ["missing between numpy and np", "Is it as?"]),
    "from": ("from numpy as np\n", ["has from where Python has import"]),
    "return-equal": ("def f(x):\n    return = x\n", ["the = in this line is too much"]),
    "backtick": ("x = `1\n", ["the ` in this line is too much"]),
    "path": ('x = "C:\\Users\\ada"\n', ["a \\ in a text of this line", "Write / for it"]),
    "brace-and-quote": ('x = 1\nprint(f"a {x"}")\n', ["the { in an f-string", "(line 2"]),
    "elseif": ("if 1:\n    x = 1\nelseif 2:\n    x = 2\n", ["elseif is no word", "mean elif?"]),
    "widths": ("def f():\n   x = 1\n    return x\n", ["4 blanks in front, line 2 has 3"]),
    "dot": ("x = 2 \u00b7 3\n", ["MIDDLE DOT", "Type it again: *"]),
    "no-prose": ("f = lambda x return x\n", ["Python stops in this line", "(line 1"]),
    "unknown": ("x = 1\n@\n", ["Python stops in this line", "(line 2"]),
    "chat-fenced": (
        f"Sure! Here is the code:\n\n```python\n{RIGHT}```\nEnjoy it a lot!\n",
        ["Markdown around the code", "all outside of them"],
    ),
    "latex": ("\\documentclass{article}\n", ["LaTeX"]),
    "link": ("https://colab.research.google.com/drive/1a?usp=sharing\n", ["a link, not the code"]),
    "command": ("#!/bin/bash\npython3 attention.py\n", ["a command for a terminal", "(line 2"]),
    "c++": ("#include <iostream>\nusing namespace std;\n", ["another language", "(line 2"]),
    "latin-1": (b"name = 'caf\xe9'\n", ["not saved as utf-8", "Save it as UTF-8"]),
    # what happens when it is run
    "exit": (f"{RIGHT}\nexit()\n", ["ends the program", MAIN]),
    "quit": (f"{RIGHT}\nquit(0)\n", ["ends the program", MAIN]),
    "sys-exit": ("import sys\nsys.exit('bye')\n", ["ends the program", "(line 2"]),
    "input": (f"{RIGHT}\nn = int(input('n? '))\n", ["nobody is at the keyboard here", MAIN]),
    "input-in-main": (f"{RIGHT}\ndef main():\n    return input()\nmain()\n", ["at the keyboard"]),
    "network": (
        "import urllib.request\nurllib.request.urlopen('http://x.org')\n",
        ["network, and there is none here", "(line 2"],
    ),
    "network-socket": (
        "import socket\nsocket.create_connection(('x.org', 80))\n",
        ["network, and there is none here"],
    ),
    "network-library": (f"{FIRST}import requests\nrequests.get('x')\n", ["no network here"]),
    "pdb": (f"{RIGHT}\nimport pdb\npdb.set_trace()\n", ["debugger that was left in", "pdb.set"]),
    "breakpoint": (f"{RIGHT}\nbreakpoint()\n", ["debugger that was left in", "breakpoint()"]),
    "ipdb": (f"{RIGHT}\nimport ipdb; ipdb.set_trace()\n", ["debugger that was left in"]),
    "own-module": (f"{FIRST}from softmax import rows\n", ["softmax, which is not", "One file"]),
    "own-module-named": (f"{FIRST}import my_utils\n", ["my_utils, which is not", "One file"]),
    "relative": (f"{FIRST}from .softmax import rows\n", ["files beside it", "into this one"]),
    "relative-package": (f"{FIRST}from . import softmax\n", ["files beside it"]),
    "pytorch": (
        "import torch\nx = torch.ones(3)\n",
        ["written for PyTorch", "is axis=", "is K.swapaxes(-2, -1)"],
    ),
    "tensorflow": ("import tensorflow as tf\nx = tf.ones(3)\n", ["written for TensorFlow"]),
    "scipy": (
        f"{FIRST}from scipy.special import softmax\nsoftmax([1])\n",
        ["SciPy's softmax", "yours to write"],
    ),
    "removed": (f"{FIRST}x = np.Inf\n", ["np.Inf is no longer in NumPy", "Write np.inf."]),
    "removed-alias": (f"{FIRST}x = np.float(3)\n", ["np.float is no longer", "Write float."]),
    "removed-function": (f"{FIRST}x = np.product([1])\n", ["np.product", "Write np.prod."]),
    "never-there": (f"{FIRST}x = np.softmax([1])\n", ["no softmax in NumPy", "yours to write"]),
    "arguments": (
        f"{RIGHT}\nimport argparse\np = argparse.ArgumentParser()\np.add_argument('x')\n"
        "p.parse_args()\n",
        ["arguments of the command line", "All functions stand above", MAIN],
    ),
    "arguments-indexed": ("import sys\nx = sys.argv[1]\n", ["arguments of the command line"]),
    "stdin": ("import sys\nx = int(sys.stdin.readline())\n", ["nobody is at the keyboard"]),
    "exit-above": (f"{RIGHT}\nexit()\n", ["All functions stand above line"]),
    "torch-above": (f"{RIGHT}\nimport torch\ntorch.rand(3)\n", ["PyTorch", "stand above", MAIN]),
    "torch-module": (
        "import torch.nn as nn\nclass A(nn.Module):\n    pass\nnn.Linear(2, 2)\n",
        ["written for PyTorch", "is axis=", "is K.swapaxes(-2, -1)"],
    ),
    "loadtxt": (f"{FIRST}x = np.loadtxt('a.csv')\n", ["tried to open a file", "(line 2"]),
    "newer-name": (
        "from itertools import nothing_yet\n",
        ["grades here, and its itertools has no nothing_yet"],
    ),
    "newer-attribute": ("import math\nx = math.nothing_yet\n", ["its math has no nothing_yet"]),
    "itself": (f"from multi_head_attention import rows\n{RIGHT}", ["which is this file here"]),
    "numpi": ("import numpi as np\n", ["no such module", "Do you mean numpy?"]),
    "no-import": ("x = np.ones(3)\n", ["NameError", "Write `import numpy as np` at the top."]),
    "no-import-math": ("x = math.pi\n", ["NameError", "Write `import math` at the top."]),
    "null": ("x = null\n", ["NameError", "In Python that is None."]),
    "xrange": ("x = xrange(3)\n", ["NameError", "In Python 3 that is range."]),
    "near": ("def softmx(x):\n    pass\nsoftmax(1)\n", ["mean softmx (line 1)?"]),
    "superscript": ("K = 3\nx = K\u1d40\n", ["K\u1d40 in line 2 is read as this name"]),
    "bare": (f"{FIRST}x = exp(3)\n", ["NameError", "Do you mean np.exp?"]),
    "cyrillic": ("\u0435 = 1\nx = e\n", ["cyrillic small letter ie", "in line 1"]),
    "last-line": (f"{RIGHT}\nprint(undefined)\n", ["NameError", "All functions stand above"]),
}
"""Sources, and what is said of each."""


@pytest.mark.parametrize("kind", WORDS)
def test_why_a_file_does_not_load(grade_source: "GradeSource", kind: str) -> None:
    """What is said names what is wrong and what to do, on at most three lines of a screen."""
    source, fragments = WORDS[kind]
    report = grade_source(source)
    assert report["status"] == "rejected"
    for fragment in fragments:
        assert fragment in report["message"]
    assert len(textwrap.wrap(report["message"], 80 - 7)) <= 3
    assert "standard library" not in report["message"]


NEWER = {
    "f-string": 'c = {"d": 1}\nprint(f"{c["d"]}")\n',
    "f-string-method": "print(f'{' '.join(['a'])}')\n",
    "type": "type Rows = list[int]\n",
    "generic": "def f[T](x: T) -> T:\n    return x\n",
    "generic-class": "class A[T]:\n    pass\n",
    "except": "try:\n    pass\nexcept ValueError, TypeError:\n    pass\n",
}


@pytest.mark.parametrize("kind", NEWER)
def test_newer_python(grade_source: "GradeSource", kind: str) -> None:
    """What a newer Python understands is said to be that, with the version that grades."""
    report = grade_source(NEWER[kind])
    here = ".".join(platform.python_version_tuple()[:2])
    needed = "3.14" if kind == "except" else "3.12"
    if tuple(map(int, here.split("."))) >= tuple(map(int, needed.split("."))):
        assert report["status"] == "graded"
    else:
        assert f"needs Python {needed}, and Python {here} grades here" in report["message"]


def test_encodings_that_are_read(grade_source: "GradeSource") -> None:
    """A right file that an editor or a shell of Windows saved in UTF-16 has all points."""
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"):
        assert grade_source(RIGHT.encode(encoding))["points"] == 100


BINARY = {
    "a PDF": b"%PDF-1.7\n\x00",
    "a zip archive": b"PK\x03\x04\x14\0\0\0",
    "a Word document": b"PK\x03\x04\x14\0\0\0word/document.xml",
    "a picture": b"\x89PNG\r\n\x1a\n\0",
    "compiled Python": b"\xa7\r\r\n\0\0\0\0",
    "a document of an old Office": b"\xd0\xcf\x11\xe0\xa1\xb1",
}


@pytest.mark.parametrize("kind", BINARY)
def test_files_that_are_no_text(grade_source: "GradeSource", kind: str) -> None:
    """A file that is no text is said to be what it is, by its content."""
    report = grade_source(BINARY[kind])
    assert report["status"] == "rejected"
    assert f"The file is {kind}" in report["message"]
    assert ".ipynb" in report["message"]


def test_a_claim_is_no_sentence() -> None:
    """What a worker claims beside the facts that are known is not repeated."""
    odd: list[Any] = [{"code": "nonsense"}, {"code": ["tabs"]}, {"code": "character"}, [], "tabs"]
    for facts in odd:
        error = {"type": "SyntaxError", "message": "invalid", "line": 1, "syntax": facts}
        said = describe_load_error(error, b"x\n")
        assert said.startswith("The file is not valid Python: invalid (line 1")
