"""Whether a value is what it should be: any plain value, arrays of any dimension."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.cases.checks import check_close, check_equal
from grader.learner.endings import Failed
from grader.learner.remote import Handle
from grader.report.seen import Seen

STRIDED = np.arange(14.0)[::2]
SAME: list[tuple[Any, Any]] = [
    *((1, 1.0), (1, np.int8(1)), (np.float32(0.5), 0.5), (2.0, np.array(2)), (np.array(2.0), 2)),
    *((math.nan, math.nan), (math.inf, np.inf), (10**400, 10**400), (True, np.True_)),
    *((None, None), ("\ud800", "\ud800"), (b"x", b"x"), ({1}, frozenset({1})), ([], []), ((), ())),
    *(([1, [2.0, {"a": (3,)}]], [1, [2, {"a": (3.0,)}]]), ({}, {})),
    *((STRIDED, STRIDED.copy()), (np.zeros(0), np.zeros(0)), (np.zeros((2, 0, 3)),) * 2),
    (np.array([np.nan, -np.inf]), np.array([np.nan, -np.inf])),
    (np.arange(24).reshape(2, 3, 4), np.arange(24.0).reshape(2, 3, 4)),
    (np.array([True, False]), np.array([True, False])),
    (np.array([1, 2], ">i2"), np.array([1, 2], "u8")),
    ([np.ones(2), "x"], [np.ones(2, "f"), "x"]),
]


@pytest.mark.parametrize(("got", "want"), SAME, ids=lambda value: ascii(value)[:20])
def test_what_is_the_same(got: Any, want: Any) -> None:
    """Equal values pass, whatever the type of a number and the layout of an array."""
    check_equal(got, want)
    check_close(got, want)


CUBE = np.arange(1.0, 25).reshape(2, 3, 4)
WRONG_CUBE = CUBE.copy()
WRONG_CUBE[1, 2, 0] = 99
DIFFERENT: list[tuple[Any, Any, str]] = [
    (3, 4, "It is 3, which is wrong."),
    (3, "3", "It is 3, a number, but should be a string."),
    (None, 3, "It is None, but should be a number."),
    (None, [], "It is None, but should be a list."),
    ([1], (1,), "It is a list, but should be a tuple."),
    ([1], np.array([1]), "It is a list, but should be a NumPy array."),
    (np.array([1]), [1], "It is a NumPy array, but should be a list."),
    (np.array([1]), 1, "It is a NumPy array, but should be a number."),
    ("3.5", 3.5, "It is '3.5', a string, but should be a number."),
    (Handle(None, "Stack", 1), 3, "an object of class Stack, but"),  # type: ignore[arg-type]
    (object(), [1], "an object of type object, but"),
    ([1, 2], [1, 2, 3], "It has 2 items, but should have 3."),
    ([1], [1, 2], "It has 1 item, but should have 2."),
    ([1, 5, 3], [1, 2, 3], "It[1] is 5, which is wrong."),
    ([9, 9, 3], [1, 2, 3], "It[0] is 9, which is wrong. 2 of the 3 items there differ."),
    ([[1], [2, 3]], [[1], [2, 4]], "It[1][1] is 3, which is wrong."),
    ({"a": [1]}, {"a": [2]}, "It['a'][0] is 1, which is wrong."),
    ({"a": 1, "b": 2}, {"a": 1}, "It has a key that it should not have: 'b'."),
    ({"a": 1}, {"a": 1, "b": 2, "c": 3}, "It lacks 2 of the 3 keys that it should have."),
    ({1, 5, 7}, {1}, "It holds what it should not: "),
    ({1}, {1, 2}, "It lacks 1 of the 2 that it should hold."),
    ("abc", "abd", "It is 'abc', which is wrong from character 2 on."),
    ("ab", "abc", "It is 'ab', which is wrong: it ends too early."),
    ("abcd", "abc", "which is wrong: it goes on for too long."),
    ("a  b\n", "a b", "its spaces or line ends differ"),
    ("ABC", "abc", "its upper and lower case differ"),
    ("x" * 500, "y", "…"),
    ("\x1b[31m\ud800", "y", "which is wrong"),
    (math.nan, 1.0, "It is nan, which is wrong."),
    (1.0, math.inf, "It is 1.0, which is wrong."),
    (10**400, 1.0, "which is wrong."),
    (1.0, 10**400, "It is 1.0, which is wrong."),
    (np.array([1.0, 2]), np.array([1.0, 2, 3]), "It has shape (2,), but should have shape (3,)."),
    (np.array([1.0, 5, 3]), np.array([1.0, 2, 3]), "It is wrong in entry 1 of 3; the "),
    (np.array([1.0, np.nan]), np.array([1.0, 2]), "It holds nan in entry 1 of 2."),
    (np.array([1.0, 2]), np.array([1.0, np.nan]), "It is wrong in entry 1 of 2; the "),
    (np.array([np.inf, 2]), np.array([np.inf, 3]), "It is wrong in entry 1 of 2; the "),
    (WRONG_CUBE, CUBE, "It is wrong in 1 of 24 entries; the "),
    (WRONG_CUBE.T[::2], CUBE.T[::2], "It is wrong in 1 of 12 entries; the "),
    (np.array([True, True]), np.array([True, False]), "It is wrong in entry 1 of 2; the "),
    (np.zeros(9), np.arange(9.0), "It is wrong in 8 of 9 entries; the "),
    (np.array([[[3.0]]]), np.array([[[4.0]]]), "It is wrong in its only entry; the "),
    ([np.ones(2)], [np.zeros(2)], "It[0] is wrong in every entry; the "),
]


@pytest.mark.parametrize(("got", "want", "says"), DIFFERENT, ids=lambda value: ascii(value)[:20])
@pytest.mark.parametrize("check", [check_equal, check_close])
def test_what_differs(check: Any, got: Any, want: Any, says: str) -> None:
    """A value that differs is told by what was seen, where, and how often, in a clean sentence."""
    with pytest.raises(Failed) as caught:
        check(got, want, what="It")
    assert says in caught.value.message
    assert "\x1b" not in caught.value.message
    caught.value.message.encode()


def test_where_an_exact_array_differs() -> None:
    """Of an array that is to be exact, the first wrong entry is told."""
    with pytest.raises(Failed, match=r"the first one, at \[1, 2, 0\], is 99.0."):
        check_equal(WRONG_CUBE, CUBE)


@pytest.mark.parametrize("shape", [(5,), (1,), (2, 3), (2, 2, 2), (2, 1, 3, 2)])
def test_small_errors(shape: tuple[int, ...]) -> None:
    """An error that rounding makes is none, a larger one is, in arrays of each dimension."""
    want = np.random.default_rng(1).standard_normal(shape)
    check_close(want * (1 + 1e-9), want)
    with pytest.raises(Failed):
        check_equal(want * (1 + 1e-9), want)
    with pytest.raises(Failed):
        check_close(want * (1 + 1e-4), want)
    check_close(want.astype("f"), want, dtype="float32")
    check_close((want * (1 + 1e-9)).tolist(), want.tolist())
    with pytest.raises(Failed):
        check_close((want * (1 + 1e-4)).tolist(), want.tolist())
    check_close(want + 1e-7, want, np.ones(shape))
    with pytest.raises(Failed, match=r"a constant factor of 2\.|its only entry"):
        check_close(want * 2, want, np.abs(want).max())


def test_a_number_in_the_place_of_zero() -> None:
    """Where there should be 0, what is left of rounding passes, and no more."""
    check_close(1e-17, 0)
    check_close(np.array([1.0, 1e-17]), np.array([1.0, 0]))
    for got, want in ((1e-4, 0), (np.array([1e6, 1.01]), np.array([1e6, 1.0]))):
        with pytest.raises(Failed):
            check_close(got, want)


class Broken:
    """Raises whenever it is compared."""

    def __eq__(self, other: object) -> bool:
        raise ValueError("broken")

    __hash__ = object.__hash__


def test_whose_fault_a_comparison_is() -> None:
    """What breaks a comparison is the learner's if their value does it, else the case's."""
    with pytest.raises(Failed, match="cannot be compared"):
        check_equal([Broken()], [type("Broken", (), {})()])
    with pytest.raises(Failed):
        check_equal(Broken(), 1)
    with pytest.raises(ValueError, match="broken"):
        check_equal(Broken(), Broken())


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=4)
    | st.binary(max_size=3)
    | st.builds(
        lambda dtype, shape, value: np.full(shape, value).astype(dtype),
        st.sampled_from(["f8", "f4", "i8", "u1", "?"]),
        st.lists(st.integers(0, 3), max_size=3),
        st.sampled_from([0, 1, 7]),
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.integers(0, 3) | st.text(max_size=1), inner, max_size=3)
        | st.sets(st.integers(0, 4), max_size=3)
    ),
    max_leaves=5,
)


def said(check: Any, one: Any, other: Any) -> str:
    """Return what a check says of two values; nothing if they are the same."""
    try:
        check(one, other)
    except Failed as failed:
        return failed.message
    return ""


@pytest.mark.long
@settings(max_examples=800)
@given(VALUES, VALUES)
@example(np.zeros(3), np.zeros((3, 1)))
@example({"a": math.nan}, {"a": np.array(math.nan)})
@example([10**400], [math.inf])
def test_any_two_values(one: Any, other: Any) -> None:
    """Any two plain values are the same, or differ in a sentence; each is the same as itself."""
    for check in (check_equal, check_close):
        check(one, one)
        failed = said(check, one, other)
        assert "cannot be compared" not in failed
        failed.encode()


@pytest.mark.parametrize(
    ("got", "want", "seen"),
    [
        (np.zeros(3), np.zeros(4), Seen("shape")),
        (np.full(3, np.nan), np.zeros(3), Seen("not_finite")),
        (np.ones(3), np.zeros(3), Seen("values")),
        (np.ones(3, dtype=bool), np.zeros(3), Seen("values")),
        ([0.0, 0.0, 0.0], np.zeros(3), Seen("wrong_kind", type="list")),
        (1.5, 2, Seen("values")),
        (np.float64(1.5), 2, Seen("values")),
        (None, 2, Seen("returned_none")),
        ([None], [2], Seen("wrong_kind", type="NoneType")),
        ((1,), (1, 2), Seen("wrong_count")),
        ([1], [1, 2], Seen("values")),
        ([np.ones(2)], [np.ones((2, 1))], Seen("shape")),
        (math.nan, 1.0, Seen("not_finite")),
        (np.array([np.inf]), np.array([-np.inf]), Seen("values")),
        ({"a": 2}, {"a": 1}, Seen("values")),
        ("2", 2, Seen("wrong_kind", type="str")),
        ([1], [2], Seen("values")),
    ],
)
def test_a_difference_as_facts(got: Any, want: Any, seen: Seen) -> None:
    """What differs is told as facts, too: a shape, a kind, what is not finite, else the values."""
    with pytest.raises(Failed) as failed:
        check_close(got, want)
    assert failed.value.seen == seen
