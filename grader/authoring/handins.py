"""Hand-ins that say what they must get, and whether they get it.

The folder `submissions` of a kata has Kattis' words for that: `accepted`, `wrong_answer`,
`run_time_error`, `time_limit_exceeded`. `submissions.toml` says more of single files.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.authoring.findings import Shower, some_of
from grader.errors import GraderFault
from grader.grading.grade import grade
from grader.jail import Jail
from grader.kata import Kata
from grader.report.model import Report
from grader.text import nearest

SEED = 1
_VERDICTS: Mapping[str, tuple[str, ...]] = {
    "accepted": (),
    "wrong_answer": ("failed",),
    "run_time_error": ("error", "crashed"),
    "time_limit_exceeded": ("timeout",),
}
"""How at least one case must end that is not passed."""
_KEYS = ("score", "diagnosis", "says")
_EXACT = 0.005  # a score is said to two digits


def check_submissions(kata: Kata, jail: Jail, watch: Shower) -> tuple[int, list[str]]:
    """Grade what is in the folder `submissions`; return how many files, and what is wrong."""
    folder, told = kata.folder / "submissions", kata.folder / "submissions.toml"
    problems: list[str] = []
    files: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith((".", "__")):
            continue
        if path.is_dir() and path.name in _VERDICTS:
            files |= {f"{path.name}/{one.name}": one for one in sorted(path.glob("*.py"))}
        else:
            problems.append(
                f"submissions/{path.name} means nothing{_nearest(path.name, _VERDICTS)}"
            )
    try:
        wanted = tomllib.loads(told.read_text(encoding="utf-8")) if told.is_file() else {}
    except ValueError as error:
        return 0, [*problems, f"submissions.toml is no TOML: {error}"]
    for name, about in wanted.items():
        if name not in files:
            problems.append(f"submissions.toml: there is no {name}{_nearest(name, files)}")
        elif not isinstance(about, dict):
            problems.append(f"submissions.toml: {name} has {', '.join(_KEYS)}")
        else:
            problems += _check_keys(name, about)
    for name, path in watch(files.items(), len(files), "submissions") if files else ():
        about = wanted.get(name)
        problems += _check(kata, jail, name, path, about if isinstance(about, dict) else {})
    return len(files), problems


def _check_keys(name: str, about: Mapping[str, Any]) -> Iterator[str]:
    for key, value in about.items():
        place = f"submissions.toml: {name}: {key}"
        if key not in _KEYS:
            yield f"{place} means nothing{_nearest(key, _KEYS)}"
        elif key == "score" and (isinstance(value, bool) or not isinstance(value, int | float)):
            yield f"{place} must be a number from 0 to 1"
        elif key != "score" and not all(isinstance(one, str) for one in _listed(value)):
            yield f"{place} must be a text, or a list of texts"


def _check(
    kata: Kata, jail: Jail, name: str, path: Path, about: Mapping[str, Any]
) -> Iterator[str]:
    """Grade a file, and yield what is not as its folder and the table say."""
    try:
        report = grade(kata, jail, path.read_bytes(), name=path.name, seed=SEED)
    except GraderFault as fault:
        yield f"{name}: {fault}"
        return
    if "diagnosis" in report.grader:
        yield f"{name}: {report.grader['diagnosis']}"
    verdict = name.partition("/")[0]
    yield from _check_verdict(name, verdict, report)
    score = about.get("score")
    if isinstance(score, int | float) and abs((report.score or 0.0) - score) >= _EXACT:
        yield f"{name}: score {report.score}, not {score}"
    for one in _listed(about.get("diagnosis", [])):
        if one not in [found.id for found in report.diagnoses]:
            named = ", ".join(found.id for found in report.diagnoses) or "nothing"
            yield f"{name}: diagnosed as {named}, not as {one}"
    text = report.to_json() if "says" in about else ""
    for one in _listed(about.get("says", [])):
        if str(one) not in text:
            yield f"{name}: nothing says {one!r}"


def _check_verdict(name: str, verdict: str, report: Report) -> Iterator[str]:
    outcomes = {case.outcome for case in report.cases} - {"passed", "not_run"}
    if verdict == "accepted":
        if report.score != 1.0:
            missed = [case.id for case in report.cases if case.outcome != "passed"]
            why = report.message or f"it does not pass {some_of(missed)}"
            yield f"{name}: score {report.score}, not 1.0: {why}"
        return
    if report.score == 1.0:
        yield f"{name} gets full marks: no case tells it from what is right"
        return
    if report.status == "rejected":
        if verdict != "run_time_error":
            yield f"{name} cannot be loaded: {report.message}"
    elif not outcomes & set(_VERDICTS[verdict]):
        ended = ", ".join(sorted(outcomes)) or "nothing that can be told"
        yield f"{name}: no case ends in the way of {verdict}: they end as {ended}"


def check_golden(kata: Kata, jail: Jail, path: Path) -> Iterator[str]:
    """Grade a file that says in comments what it must get, and yield what is different.

    Lines at its top: `# score: 0.72`, `# status: graded` (if not given: graded), and any
    number of `# says: TEXT`, which must stand in the report as it is, and `# diagnosis: ID`.
    """
    source = path.read_bytes()
    report = grade(kata, jail, source, name=path.name, seed=SEED)
    text = report.to_json()
    wanted = [
        line[2:].split(": ", 1)
        for line in source.decode("utf-8", "replace").splitlines()
        if line.startswith(("# score: ", "# status: ", "# says: ", "# diagnosis: "))
    ]
    if "diagnosis" in report.grader:
        yield f"{path.name}: {report.grader['diagnosis']}"
    if not any(key == "status" for key, _ in wanted) and report.status != "graded":
        yield f"{path.name}: status {report.status}, not graded"
    for key, value in wanted:
        if key == "score" and report.score != float(value):
            yield f"{path.name}: score {report.score}, not {value}"
        if key == "status" and report.status != value:
            yield f"{path.name}: status {report.status}, not {value}"
        if key == "says" and value not in text:
            yield f"{path.name}: nothing says {value!r}"
        if key == "diagnosis" and value not in [found.id for found in report.diagnoses]:
            yield f"{path.name}: not diagnosed as {value}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _nearest(word: str, words: Iterable[str]) -> str:
    near = nearest(word, words)
    return f"; is it meant to be {near}?" if near else f" (known: {', '.join(words)})"
