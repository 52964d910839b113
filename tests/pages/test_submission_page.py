"""The page of one submission: the three fates, what is marked, what is left out."""

from dataclasses import replace
from typing import Any

import pytest

from grader.formats import View, find
from grader.pages import submission
from grader.pages.source import MAX_LINE, MAX_LINES
from grader.report.next_steps import after_rejection
from grader.report.seen import Seen
from grader.report.sentences import headline
from tests.pages import samples
from tests.pages.test_payloads import read


def text_of(report: Any, source: str = samples.SOURCE) -> str:
    """Return the text of a report's page."""
    return read(submission.render(report, source)).text


def test_the_format_is_registered() -> None:
    """`--format html` is the page of the report and the source."""
    view = View(samples.report(), samples.SOURCE)
    assert find("html").render(view) == submission.render(view.report, view.source)


def test_same_verdict_same_bytes() -> None:
    """Two runs of one grading, which differ in their times, make the same page."""
    report = samples.report()
    later = replace(report, timing={"seconds": 9.5})
    assert submission.render(report) == submission.render(later)


def test_graded() -> None:
    """A graded page tells points, the first mistake, each case with its outcome and next step."""
    report = samples.report()
    text = text_of(report)
    assert f"{report.points} of 100 points" in text
    assert report.diagnoses[0].next_step in text
    for case in report.cases:
        assert case.title in text
    for word in ("PASS", "FAIL", "FAIL: error", "FAIL: timeout", "FAIL: crashed", "not judged"):
        assert word in text
    assert "Compute one row by hand." in text
    assert "--seed 1" in text
    assert "numpy 2.4.6" in text


def test_one_mistake_at_a_time() -> None:
    """The first mistake is open, that of a later function is there for who asks."""
    page = submission.render(samples.report()).decode()
    first, second = samples.report().diagnoses
    asked = page.index("The mistake after this one")
    assert page.index(first.explanation[:20]) < asked < page.index(second.explanation[:20])


@pytest.mark.parametrize(
    ("certainty", "words"),
    [
        ("pair", "There is a second mistake with it: "),
        ("one-of", "Or it is this, which looks the same from here: "),
    ],
)
def test_mistakes_that_belong_together(certainty: Any, words: str) -> None:
    """The mistake beside the first one is named with it."""
    first, second = samples.report().diagnoses
    both = (
        replace(first, certainty=certainty),
        replace(second, certainty=certainty, function=first.function),
    )
    assert words + second.title in text_of(replace(samples.report(), diagnoses=both))


def test_a_second_mistake_that_may_follow_from_the_first() -> None:
    """Of a pair on a base that is right, nothing is called a mistake that the first may cause."""
    first, second = samples.report().diagnoses
    on = {**samples.report().kata, "stands_on": {second.function: first.function}}
    cases = tuple(
        replace(case, outcome="passed") if case.function == first.function else case
        for case in samples.report().cases
    )
    pair = tuple(
        replace(each, certainty="pair", function=second.function) for each in (second, first)
    )
    report = replace(samples.report(), kata=on, cases=cases, diagnoses=pair)
    assert f"What comes back is as if this were so, too: {first.title}." in text_of(report)
    assert "second mistake" not in text_of(report)


def test_rejected() -> None:
    """A file that could not be loaded is told why, with the line, and has no table of cases."""
    page = submission.render(samples.rejected(), samples.SOURCE).decode()
    assert "The file could not be loaded." in page
    assert '<a href="#L4">line 4</a>' in page
    assert "Function by function" not in page


def test_grader_error() -> None:
    """A fault of the grader has no points, and is called no fault of the submission."""
    text = text_of(samples.without_verdict())
    assert "No verdict" in text
    assert "not the fault of the submission" in text
    assert "of 100 points" not in text


def test_full_marks() -> None:
    """Full marks get a word, and no mistakes."""
    text = text_of(samples.full_marks())
    assert "Full marks." in text
    assert "FAIL" not in text


def test_score_alone() -> None:
    """At feedback `score` the page says that there is no more to it."""
    report = replace(samples.report(), cases=(), diagnoses=())
    assert "the number of points and no more" in text_of(report)


def test_failing_lines_are_marked_and_linked() -> None:
    """A line that messages speak of is marked, leads to its cases, and they lead to it."""
    page = submission.render(samples.report(), samples.SOURCE)
    shape = read(page).shape
    marked = [dict(some)["id"] for tag, some in shape if dict(some).get("class") == "line marked"]
    assert marked == ["L5"]
    targets = {dict(some)["id"] for _, some in shape if "id" in dict(some)}
    links = {dict(some)["href"] for tag, some in shape if tag == "a"}
    assert "#L5" in links
    assert any(link.startswith("#case-") for link in links)
    assert {link[1:] for link in links} <= targets


@pytest.mark.parametrize("number", ["0", "6", "99999999999"])
def test_lines_that_do_not_exist(number: str) -> None:
    """A message that speaks of a line that the file has not leads nowhere."""
    seen = samples.SEEN._replace(line=int(number))
    report = samples.report(message=f"see line {number}", seen=seen)
    page = submission.render(report, samples.SOURCE)
    assert b'href="#L' not in page
    assert b'class="line marked"' not in page


def test_only_the_line_that_raised_is_marked() -> None:
    """A line of which an exception speaks is not marked: the exception's words are no facts."""
    report = samples.report(message="f raised ValueError: see line 2 (line 5: return undefined)")
    shape = read(submission.render(report, samples.SOURCE)).shape
    marked = [dict(some)["id"] for tag, some in shape if dict(some).get("class") == "line marked"]
    assert marked == ["L5"]


def test_lines_are_those_of_python() -> None:
    """Form feeds and Unicode's separators end no line; all of Python's line ends do."""
    page = submission.render(samples.report(), "a\x0cb\u2028c\r\nd\re\nf").decode()
    assert page.count('id="L') == 4


@pytest.mark.long
def test_a_huge_file_is_cut() -> None:
    """Of a file beyond all measure the beginning is shown, and that it is not all is said."""
    page = submission.render(samples.report(), f"{'x' * 10**5}\n" * (MAX_LINES + 7))
    assert len(page) < 1.2 * MAX_LINE * MAX_LINES
    assert b"7 more lines are not shown." in page


def test_the_picture_is_drawn() -> None:
    """A report with a picture gets its maps, in the words of the picture; one without has none."""
    report = samples.with_picture()
    assert report.picture is not None
    words: Any = {"caption": "What is near", "about": "Of a map.", "numbers": "miles"}
    told = text_of(replace(report, picture=replace(report.picture, **words)))
    for part in (*words.values(), "Your miles", "Expected miles"):
        assert part in told
    assert "Expected" not in text_of(samples.report())


def test_a_picture_of_what_is_right() -> None:
    """Where a function is wrong and the picture shows nothing of it, there is no picture."""
    whole = samples.with_picture()
    assert whole.picture is not None
    same = replace(whole.picture, actual=whole.picture.expected)
    assert "A frame marks what differs." in text_of(whole)
    told = text_of(replace(whole, picture=same))
    assert "Expected" not in told
    assert same.caption not in told
    told = text_of(replace(samples.full_marks(), picture=same))
    assert "Expected weights" in told
    assert "A frame" not in told


def test_first_what_comes_first_in_the_flow_of_data() -> None:
    """A case of an earlier function comes before what is known of a later one, with its step."""
    whole = samples.report()
    case = next(one for one in whole.cases if one.outcome == "error")
    cases = tuple(one for one in whole.cases if one is case or one.function != case.function)
    report = replace(whole, cases=cases, diagnoses=whole.diagnoses[1:])
    page = read(submission.render(report, samples.SOURCE)).text
    first = page[page.rindex("What to look at first") :]
    places = [
        first.index(words)
        for words in (
            headline(case),
            case.title,
            "Seen: ",
            case.hint,
            "The mistake after this one",
            report.diagnoses[0].title,
        )
    ]
    assert places == sorted(places)


def test_words_that_refer_to_a_message_have_it_beside_them() -> None:
    """A diagnosis that is read off an exception is shown with the exception and its line."""
    whole = samples.report()
    found = replace(whole.diagnoses[0], id="name-not-defined")
    page = submission.render(replace(whole, diagnoses=(found,)), samples.SOURCE).decode()
    card = page[page.index(found.explanation[:20]) : page.index("Function by function</h2>")]
    assert "raised NameError: undefined" in card
    assert '<a href="#L5">line 5</a>' in card


def test_unwritten_functions_are_to_be_done() -> None:
    """What gives nothing back is [TODO] on the page as on the screen."""
    whole = samples.report()
    found = replace(whole.diagnoses[1], id="nothing-returned")
    text = text_of(replace(whole, diagnoses=(whole.diagnoses[0], found)))
    assert "TODO" in text
    assert "returns nothing yet" in text
    assert "The mistake after this one" not in text
    assert "TODO" not in text_of(whole)


def test_rejected_files_have_a_next_step() -> None:
    """A file whose loading does not end well is told what to try, as on the screen."""
    report = samples.rejected("the file did not finish within 2 s.", Seen("timeout"))
    assert f"Next: {after_rejection(report.seen)}" in text_of(report)


def test_warnings_stand_apart() -> None:
    """What NumPy warned of has a part of its own, with its line; what was printed is left alone."""
    warned = "mine.py:5: RuntimeWarning: overflow encountered in exp\n  np.exp(x)\n"
    report = samples.report()
    output = {"stdout": "", "stderr": f"mine\n{warned}mine too\n", "truncated": False}
    page = submission.render(replace(report, output=output), samples.SOURCE).decode()
    assert 'overflow encountered in exp (<a href="#L5">line 5</a>)' in page
    assert "<pre>mine\nmine too\n</pre>" in page
    output["stderr"] = warned
    assert "What your code printed" not in text_of(replace(report, output=output))
