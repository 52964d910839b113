"""The heat-maps: what is drawn, readable, and told in words as well."""

import re
from typing import Any

import pytest

from grader.pages.markup import Html
from grader.pages.matrices import heatmap, luminance
from tests.pages.samples import picture
from tests.pages.test_payloads import read

RIGHT = [[0.7, 0.2, 0.1], [0.05, 0.9, 0.05], [0.3, 0.3, 0.4]]


def drawn_of(*numbers: Any, **labels: Any) -> Html:
    """Return the drawing of what is expected and what came back."""
    return heatmap(picture(*numbers, **labels))


def test_two_drawings_and_a_table() -> None:
    """There are two drawings of n by n cells with titles, and one table of n rows."""
    shape = [tag for tag, _ in read(drawn_of(RIGHT, RIGHT)).shape]
    assert shape.count("svg") == 2
    assert shape.count("title") == shape.count("rect") == 18
    assert shape.count("tr") == 4
    assert shape.count("caption") == 1


def test_equal_weights_are_not_framed() -> None:
    """What is right has no frame, no correction, and no sentence about its rows."""
    drawn = drawn_of(RIGHT, RIGHT)
    assert 'class="off"' not in drawn
    assert "should be" not in drawn
    assert "adds to" not in drawn


def test_both_numbers_have_as_many_digits() -> None:
    """Where two numbers differ in the third digit, both drawings show it, as the words do."""
    drawn = drawn_of([[0.1, 0.9], [0.5, 0.5]], [[0.097, 0.9], [0.5, 0.5]], rows=("a", "b"))
    assert drawn.count(">0.097<") == drawn.count(">0.100<") == 1
    assert ">0.10<" not in drawn


def test_what_differs_is_said_in_words_too() -> None:
    """A wrong weight has a frame, and its title and the table say what it should be."""
    wrong = [RIGHT[0], [0.05, 0.8, 0.05], RIGHT[2]]
    drawn = drawn_of(RIGHT, wrong)
    assert drawn.count('class="off"') == 1
    assert "<title>cat to cat: 0.80, should be 0.90</title>" in drawn
    assert "<td>0.80, should be 0.90</td>" in drawn
    assert "Your row of cat adds to 0.90, not to 1." in drawn


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), -1e300, "nan", "-inf"])
def test_weights_that_are_no_weights(weight: float | str) -> None:
    """What is no weight from 0 to 1 is drawn all the same, and framed."""
    assert 'class="off"' in drawn_of([[1.0]], [[weight]], rows=["a"])


def test_numbers_are_readable() -> None:
    """Each number stands out from its cell by at least 4.5 to 1, whatever the weight."""
    for step in range(101):
        drawn = drawn_of([[step / 100]], [[step / 100]], rows=["a"])
        paper, ink = re.findall(r' fill="#([0-9a-f]{6})"', drawn)[:2]
        dark, light = sorted(luminance(bytes.fromhex(color)) for color in (paper, ink))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("actual", [[], [[1.0]], [[1.0, 0.0], [1.0]], [[1.0] * 2] * 3])
def test_another_shape_is_refused(actual: list[list[float]]) -> None:
    """Numbers that have no label each cannot be drawn, and the error says how many there are."""
    with pytest.raises(ValueError, match="2 rows and 2 columns has 2 times 2"):
        drawn_of([[1.0, 0.0], [0.0, 1.0]], actual, rows=["a", "b"])


def test_numbers_that_differ_look_different() -> None:
    """Two weights that differ and are equal in two digits are written with a third."""
    page = drawn_of([[0.981, 0.019]], [[0.984, 0.0]], rows=["a"], columns=["a", "b"])
    assert "a to a: 0.984, should be 0.981" in page
    assert ">0.984</text>" in page
    assert "adds to 0.98," in page
    assert "adds to 1.003, not to 1." in drawn_of([[1.0]], [[1.003]], rows=["a"])


def test_any_matrix_is_drawn() -> None:
    """Rows and columns have labels of their own, and numbers may be of any size."""
    right, yours = [[-3.0, 4.0, 0.5]], [[-3.0, -4.0, 0.5]]
    drawn = drawn_of(right, yours, rows=["only"], columns=["x", "y", "z"])
    assert drawn.count("<rect") == 6
    assert "<title>only to y: -4.00, should be 4.00</title>" in drawn
    assert drawn.count('class="off"') == 1
    assert len(set(re.findall(r"<rect[^>]* fill=\"(#[0-9a-f]{6})\"", drawn))) == 3
    assert "adds to" not in drawn
    assert "Sum of yours" not in drawn
