"""A suite as a teacher has it: NumPy's, pytest's and unittest's ways to compare."""

import math
import unittest

import numpy as np
import pytest
from series import center, group, headline, is_sorted, runs, weighted_mean

TABLE = np.array([[1.0, 10.0], [2.0, 20.0], [6.0, 30.0]])


def test_center_testing():
    expected = np.array([[-2.0, -10.0], [-1.0, 0.0], [3.0, 10.0]])
    np.testing.assert_allclose(center(TABLE), expected)


def test_center_allclose():
    assert np.allclose(center(TABLE), [[-2, -10], [-1, 0], [3, 10]])


def test_center_equal():
    assert (center(TABLE) == np.array([[-2, -10], [-1, 0], [3, 10]])).all()


def test_center_columns_sum_to_zero(rng):
    X = rng.standard_normal((4, 3))
    np.testing.assert_allclose(center(X).mean(axis=0) + X.mean(axis=0), X.mean(axis=0))
    np.testing.assert_allclose(center(X).std(axis=0), X.std(axis=0))


def test_center_error():
    got = center(TABLE)
    assert np.abs(got - (TABLE - TABLE.mean(axis=0))).max() < 1e-9


def test_center_leaves_its_input():
    X = TABLE.copy()
    got = center(X)
    np.testing.assert_array_equal(X, TABLE)
    assert got[0, 0] == pytest.approx(-2)


@pytest.mark.parametrize(
    ("xs", "weights", "expected"),
    [([1, 2, 3], None, 2.0), ([1, 2], [3, 1], 1.25), ([0.1, 0.2], None, 0.15)],
)
def test_weighted_mean(xs, weights, expected):
    assert weighted_mean(xs, weights=weights) == pytest.approx(expected)


def test_weighted_mean_error():
    with pytest.raises(ValueError, match="1 weights for 2 numbers"):
        weighted_mean([1, 2], [1])


def test_weighted_mean_any_error():
    assert weighted_mean([4, 6], [1, 1]) == 5
    with pytest.raises(Exception):  # noqa: B017
        weighted_mean([1, 2], [1])


def test_weighted_mean_close():
    assert abs(weighted_mean([1, 2, 4]) - 7 / 3) < 1e-9


def test_weighted_mean_isclose():
    assert math.isclose(weighted_mean([1, 2, 4], [1, 1, 2]), 2.75)


@pytest.mark.parametrize("xs", [[1, 2, 2], [], [5], [-3, 0, 9]])
def test_sorted(xs):
    assert is_sorted(xs) is True
    assert not is_sorted([*xs, -100, -99]) or len(xs) == 0


def test_sorted_many():
    assert all(map(is_sorted, [[1, 2], [3, 3], [0]]))
    assert not any(map(is_sorted, [[2, 1], [3, 1, 5]]))


class TestMean(unittest.TestCase):
    def test_almost(self):
        self.assertAlmostEqual(weighted_mean([0.1, 0.7]), 0.4)

    def test_between(self):
        self.assertGreater(weighted_mean([1, 2]), 1)
        self.assertLess(weighted_mean([1, 2]), 2)

    def test_delta(self):
        self.assertAlmostEqual(weighted_mean([10, 11]), 10.5, delta=0.01)

    def test_raises(self):
        with self.assertRaises(ValueError) as raised:
            weighted_mean([1], [])
        self.assertEqual(str(raised.exception), "0 weights for 1 numbers")


class TestWords(unittest.TestCase):
    def setUp(self):
        self.words = ["apple", "bean", "avocado"]

    def test_group(self):
        self.assertEqual(group(self.words), {"a": ["apple", "avocado"], "b": ["bean"]})

    def test_group_parts(self):
        found = group(self.words)
        self.assertIn("apple", found["a"])
        self.assertNotIn("bean", found["a"])
        self.assertCountEqual(found, ["a", "b"])
        self.assertEqual(self.words, ["apple", "bean", "avocado"])

    def test_group_keys(self):
        self.assertIn("b", group(self.words))
        self.assertTrue({"a", "b"} <= set(group(self.words)))

    def test_runs(self):
        self.assertListEqual(runs([1, 1, 2]), [(1, 2), (2, 1)])
        self.assertSequenceEqual(runs("aab"), [("a", 2), ("b", 1)])

    def test_runs_hold(self):
        self.assertIn((3, 2), runs([1, 3, 3]))
        self.assertEqual(len(runs([1, 3, 3])), 2)

    def test_headline(self):
        self.assertEqual(headline("good news"), "GOOD NEWS!")

    def test_headline_parts(self):
        said = headline("rain")
        self.assertTrue(said.startswith("RAIN"))
        self.assertTrue(said.endswith("!"))
        self.assertRegex(said, r"^RAIN!$")
