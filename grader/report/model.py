"""The report: the product's contract, version 1.

Its JSON Schema is `report.schema.json` beside this file; `kata schema` prints it.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from grader.report.seen import Outcome, Seen

SCHEMA_VERSION = 1
MAX_BYTES = 256 * 1024
"""What a report may have, as JSON."""
MAX_PRINTED = 400
"""Characters of what a case's calls printed; a text as long as that may be the beginning of one."""

Status = Literal["graded", "rejected", "grader_error"]
Certainty = Literal["exact", "pair", "one-of", "part"]
Feedback = Literal["score", "names", "hints", "full"]
FEEDBACK: tuple[Feedback, ...] = ("score", "names", "hints", "full")
"""How much of a verdict is told: the number; what passed; the mistakes, what public cases saw and
how hidden ones ended; all of it. Each level tells what those before it tell."""


@dataclass(frozen=True)
class CaseResult:
    """What became of one case.

    Attributes:
        id: matches `[a-z0-9._-]+`, unique and stable.
        title: what it checks, one line.
        function: the function of the kata that it judges.
        points: earned, an integer.
        max_points: what can be earned, an integer.
        visibility: whether the case's inputs are public.
        outcome: how it ended.
        message: what was seen; empty when it passed.
        hint: a next step; empty when it passed.
        seen: what was seen, as facts; None when it passed, and where it may not be told.
        printed: the beginning of what the function printed meanwhile; empty when it passed, and
            where it may not be told.
    """

    id: str
    title: str
    function: str
    points: int
    max_points: int
    visibility: Literal["visible", "hidden"]
    outcome: Outcome
    message: str
    hint: str
    seen: Seen | None = None
    printed: str = ""


@dataclass(frozen=True)
class FunctionResult:
    """What became of the cases of one function.

    Attributes:
        name: the function.
        points: earned, an integer.
        max_points: what can be earned, an integer.
        passed: the number of cases that passed.
        cases: the number of cases.
    """

    name: str
    points: int
    max_points: int
    passed: int
    cases: int


@dataclass(frozen=True)
class Diagnosis:
    """A mistake that explains what came back.

    Attributes:
        id: the mistake's identifier in the bank.
        title: the mistake in a few words.
        function: the function in which it shows.
        explanation: what comes out, and why it is not what was asked for.
        next_step: a question or an experiment.
        known: whether it is a mistake of the bank, of which `kata explain` has a page with numbers.
        certainty: "exact": this mistake alone explains every probe; "pair": it does together
            with the one beside it; "one-of": it or the one beside it does; "part": it
            explains one kind of input, and something else shows in others.
    """

    id: str
    title: str
    function: str
    explanation: str
    next_step: str
    certainty: Certainty
    known: bool = False


Number = float | str
"""A number; "nan", "inf" or "-inf" where there is none that JSON knows."""


@dataclass(frozen=True)
class Picture:
    """Two matrices to draw beside each other, of a public input: what came back, and what is right.

    All of its words are the kata's.

    Attributes:
        function: the function whose answer it is.
        caption: what it shows, in a few words that begin a sentence.
        about: what input it is of and how to read it, in sentences.
        numbers: what the numbers are, in the plural: "weights".
        row: what there is a row for, in the singular.
        column: what there is a column for, likewise.
        rows: the labels of the rows.
        columns: the labels of the columns.
        expected: the right numbers, row by row.
        actual: what came back in their place.
    """

    function: str
    caption: str
    about: str
    numbers: str
    row: str
    column: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    expected: tuple[tuple[Number, ...], ...]
    actual: tuple[tuple[Number, ...], ...]


@dataclass(frozen=True)
class Report:
    """The verdict on one submission.

    Attributes:
        kata: `name`, `version` and `title` of the kata, what is said at `full_marks`, and which
            function `stands_on` which, by its name.
        submission: `name` of the file and `sha256` of its bytes; `renamed`, by function, the names
            of parameters by those of the statement, where they are others.
        status: `graded`; `rejected` (it could not be loaded: score 0); `grader_error` (not
            the learner's fault: no score).
        score: `points` / `max_points`, from 0 to 1; None on `grader_error`.
        points: the sum of the cases' points.
        max_points: 100.
        message: why, when not `graded`; else the cells of a notebook that failed, if any did.
        seen: of a file that was run and could not be loaded, what was seen, as facts; else None.
        cases: one entry for each case; empty on `grader_error` and at feedback `score`.
        diagnoses: the mistakes that explain what came back.
        picture: what came back beside what is right, at feedback `full` and if the kata draws
            something and there is an answer to draw; else None.
        isolation: `level` and `layers` of what kept the learner's code apart.
        output: `stdout` and `stderr` of the learner's code, and whether they were `truncated`.
        seed: what the inputs of the cases were drawn from.
        timing: all that varies from run to run; `seconds` is the wall time, below `full`
            rounded up to a power of ten.
        grader: `version`, `cases_sha256`, and the versions of `python`, `numpy`, `pytest`;
            `feedback`, the level at which the report was made; `diagnosis`, a sentence, if
            what names the mistakes broke.
    """

    kata: dict[str, Any]
    submission: dict[str, Any]
    status: Status
    score: float | None
    points: int
    message: str
    cases: tuple[CaseResult, ...]
    isolation: dict[str, Any]
    output: dict[str, Any]
    seed: int
    timing: dict[str, float]
    grader: dict[str, str]
    diagnoses: tuple[Diagnosis, ...] = ()
    picture: Picture | None = None
    seen: Seen | None = None
    max_points: int = 100
    schema_version: int = field(default=SCHEMA_VERSION, init=False)

    @property
    def functions(self) -> tuple[FunctionResult, ...]:
        """Where each function stands, in the order of the cases."""
        by_name: dict[str, list[CaseResult]] = {}
        for case in self.cases:
            by_name.setdefault(case.function, []).append(case)
        return tuple(
            FunctionResult(
                name=name,
                points=sum(case.points for case in cases),
                max_points=sum(case.max_points for case in cases),
                passed=sum(case.outcome == "passed" for case in cases),
                cases=len(cases),
            )
            for name, cases in by_name.items()
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON's types, in the documented order."""
        values = {**asdict(self), "functions": [asdict(one) for one in self.functions]}
        values["seen"] = self.seen and self.seen.as_dict()
        for case, told in zip(self.cases, values["cases"], strict=True):
            told["seen"] = case.seen and case.seen.as_dict()
        return {name: values[name] for name in _ORDER}

    def to_json(self) -> str:
        """Return the report as strict JSON of at most `MAX_BYTES` bytes, ending in a newline."""
        values = self.as_dict()
        text = _dump(values)
        if len(text.encode()) > MAX_BYTES:
            values["output"] = {"stdout": "", "stderr": "", "truncated": True}
            text = _dump(values)
        return text


def schema() -> str:
    """Return the JSON Schema (draft 2020-12) of the report."""
    return Path(__file__).with_name("report.schema.json").read_text(encoding="utf-8")


def _dump(values: dict[str, Any]) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


_ORDER = (
    "schema_version",
    "kata",
    "submission",
    "status",
    "score",
    "points",
    "max_points",
    "message",
    "seen",
    "functions",
    "cases",
    "diagnoses",
    "picture",
    "isolation",
    "output",
    "seed",
    "timing",
    "grader",
)
