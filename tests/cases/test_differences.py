"""What is said of an array that is wrong."""

import numpy as np
import pytest

from grader.cases.differences import describe_difference
from grader.worker.arrays import Array

EXPECTED = np.array([[14.0, 0, 2, 1], [1, 0, 3, 4]])
SIZE = np.array([18.0, 6, 6, 4])


@pytest.mark.parametrize(
    ("place", "error", "said"),
    [
        ((0, 2), 0.433, "the largest error is at [0, 2]: 14% of the largest value expected in"),
        ((1, 0), -14, "at [1, 0]: as large as the largest value expected in that column."),
        ((1, 3), 10, "at [1, 3]: 2.5 times the largest value expected in that column."),
        ((0, 1), 1, "the largest error is at [0, 1]."),
    ],
)
def test_a_share_is_of_what_is_expected(place: tuple[int, int], error: float, said: str) -> None:
    """The share is of the largest value expected in the column, whatever errors are measured by."""
    got = EXPECTED.copy()
    got[place] += error
    assert said in describe_difference(got, EXPECTED, SIZE, "It")


@pytest.mark.parametrize("want", [np.array([1.0, 5, 2]), np.array([[1.0, 5, 2]] * 2).T])
def test_the_largest_error_is_the_greatest_distance(want: Array) -> None:
    """Of several errors the one is named that is farthest from what is expected."""
    got = want.copy()
    got.flat[0] += 2
    got.flat[-1] += 3
    shown = [int(at) for at in np.unravel_index(got.size - 1, got.shape)]
    assert f"the largest error is at {shown}: 60% of" in describe_difference(got, want, 5.0, "It")


@pytest.mark.parametrize(("given", "lost"), [([0.0, 2, 1], True), ([0.0, 0, 0], False)])
def test_nothing_is_lost_of_zeros(given: list[float], lost: bool) -> None:
    """Numbers without fractions have lost them; nothing but zeros has not been cut."""
    want = np.array([0.9, 2.7, 1.1] if lost else [0.9, 0.7, 0.1])
    said = describe_difference(np.array(given), want, 5.0, "It")
    assert ("behind the decimal point" in said) is lost
