"""Measures against published worked examples, against the reference packages, and against hand counts."""

from __future__ import annotations

import math

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score

from tasrih.agree.measures import accuracy, alpha, b_cubed, coincidences, draw, f1, interval, kappa

# Krippendorff, «Computing Krippendorff's Alpha-Reliability» (2011): nominal data, two observers (section B)
# and four observers with values missing (section C).
BINARY = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
NOMINAL = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]


def alpha_of(units: np.ndarray, values: int) -> float:
    return float(alpha(coincidences(units, values)))


def table_of(pairs: list[tuple[int, int]], values: int) -> np.ndarray:
    table = np.zeros((values, values))
    for one, other in pairs:
        table[one, other] += 1
    return table


def test_alpha_of_the_published_binary_example() -> None:
    assert alpha_of(np.array(BINARY).T, 2) == pytest.approx(0.095, abs=5e-4)


def test_alpha_of_the_published_example_with_missing_values() -> None:
    assert alpha_of(np.array(NOMINAL).T - 1, 5) == pytest.approx(0.743, abs=5e-4)


def test_kappa_of_a_textbook_table() -> None:
    """Fifty grant proposals read twice: observed 0.70, by chance 0.50, kappa 0.40."""
    assert float(kappa(np.array([[20.0, 5.0], [10.0, 15.0]]))) == pytest.approx(0.4)


pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40)


@given(pairs)
def test_kappa_is_that_of_scikit_learn(found: list[tuple[int, int]]) -> None:
    mine = float(kappa(table_of(found, 4)))
    if len({value for pair in found for value in pair}) == 1:
        assert math.isnan(mine)
        return
    ones, others = zip(*found, strict=True)
    assert mine == pytest.approx(cohen_kappa_score(ones, others))


@given(st.lists(st.lists(st.integers(-1, 3), min_size=3, max_size=3), min_size=2, max_size=30))
def test_alpha_is_that_of_krippendorff(units: list[list[int]]) -> None:
    data = np.array(units)
    pairable = data[(data >= 0).sum(axis=1) > 1]
    mine = alpha_of(data, 4)
    if len(set(pairable[pairable >= 0])) < 2:
        assert math.isnan(mine)
        return
    given_values = np.where(data < 0, np.nan, data.astype(float)).T
    assert mine == pytest.approx(
        krippendorff.alpha(reliability_data=given_values, level_of_measurement="nominal")
    )


@given(pairs)
def test_alpha_of_two_is_that_of_their_table_both_ways_round(found: list[tuple[int, int]]) -> None:
    table = table_of(found, 4)
    both = float(alpha(table + table.T))
    units = alpha_of(np.array(found), 4)
    assert both == pytest.approx(units, nan_ok=True)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_f1_is_that_of_scikit_learn(found: list[tuple[bool, bool]]) -> None:
    ones, others = zip(*found, strict=True)
    counts = np.array([sum(a and b for a, b in found), sum(ones), sum(others)], dtype=float)
    if not any(ones) and not any(others):
        assert math.isnan(float(f1(counts)))
    else:
        assert float(f1(counts)) == pytest.approx(f1_score(ones, others))


@pytest.mark.parametrize("measure", [f1, accuracy, b_cubed])
def test_nothing_counted_is_not_defined(measure: object) -> None:
    assert math.isnan(float(measure(np.zeros(3))))  # type: ignore[operator]


@pytest.mark.parametrize("measure", [kappa, alpha])
@pytest.mark.parametrize(
    "table", [np.zeros((2, 2)), np.array([[7.0, 0.0], [0.0, 0.0]])], ids=["none", "one value"]
)
def test_one_value_alone_is_not_defined(measure: object, table: np.ndarray) -> None:
    assert math.isnan(float(measure(table)))  # type: ignore[operator]


def test_the_interval_holds_the_value_and_repeats() -> None:
    counts = np.array([[9.0, 10.0], [4.0, 8.0], [5.0, 5.0], [7.0, 9.0]])
    found = interval(counts, accuracy, draw(4, 500, 1))
    assert found.value == pytest.approx(25 / 32)
    assert found.low is not None and found.high is not None
    assert 0.5 <= found.low < 25 / 32 < found.high <= 1.0
    assert found == interval(counts, accuracy, draw(4, 500, 1))


def test_equal_articles_give_an_interval_of_no_width() -> None:
    found = interval(np.array([[3.0, 4.0]] * 5), accuracy, draw(5, 200, 1))
    assert (found.low, found.value, found.high) == (0.75, 0.75, 0.75)


def test_one_article_has_no_interval() -> None:
    found = interval(np.array([[3.0, 4.0]]), accuracy, draw(1, 10, 1))
    assert (found.value, found.low, found.high) == (0.75, None, None)
