"""The paired test of two systems: by hand, against scipy, and on systems of which the answer is known."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import permutation_test

from conftest import CHECKOUT
from samples import documents
from scoring import LABELS, annotations
from tasrih.agree.measures import accuracy, draw, f1
from tasrih.agree.scores import Scores, scores
from tasrih.agree.significance import DRAWS, MOST_EXACT, difference, differences, randomisation
from tasrih.model import GOLD

approx = pytest.approx
counts = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6)


def table(pairs: list[tuple[int, int]], whole: float = 10.0) -> tuple[Any, Any]:
    """Two systems' (right, all) by article."""
    return tuple(np.array([[float(pair[side]), whole] for pair in pairs]) for side in (0, 1))


def test_p_by_hand() -> None:
    """Two articles, 9 and 8 against 5 and 6 right of ten: of four assignments two are as far apart, ±6."""
    one, other = table([(9, 5), (8, 6)])
    assert randomisation(one, other, accuracy) == (0.5, 4, True)
    # 7 − 6 in the second: ±5 and ±3, so both whole exchanges and nothing else.
    assert randomisation(*table([(9, 5), (7, 6)]), accuracy) == (0.5, 4, True)
    assert randomisation(*table([(9, 5), (9, 5), (9, 5), (9, 5)]), accuracy) == (2 / 16, 16, True)


@given(counts)
@settings(deadline=None, max_examples=60)
def test_all_assignments_are_tried_as_itertools_lists_them(pairs: list[tuple[int, int]]) -> None:
    one, other = table(pairs)
    observed = abs(one[:, 0].sum() - other[:, 0].sum())
    tried = [
        abs(
            sum(
                first - second if keep else second - first
                for keep, (first, second) in zip(kept, pairs, strict=True)
            )
        )
        for kept in product([True, False], repeat=len(pairs))
    ]
    p, _, exact = randomisation(one, other, accuracy)
    assert exact
    assert p == approx(np.mean([value >= observed for value in tried]))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=7))
@settings(deadline=None, max_examples=30)
def test_p_is_that_of_scipy(pairs: list[tuple[int, int]]) -> None:
    one, other = table(pairs)
    if np.array_equal(one, other):
        assert randomisation(one, other, accuracy)[0] == 1.0
        return

    def apart(first: Any, second: Any, axis: int) -> Any:
        return (first - second).sum(axis=axis)

    theirs = permutation_test(
        (one[:, 0], other[:, 0]), apart, permutation_type="samples", n_resamples=np.inf, alternative="two-sided", vectorized=True
    )  # fmt: skip
    assert randomisation(one, other, accuracy)[0] == approx(min(theirs.pvalue, 1.0))


def test_identical_systems_have_p_one_and_no_difference() -> None:
    one, _ = table([(9, 0), (3, 0), (7, 0)])
    found = difference(one, one.copy(), accuracy, draw(3, 100, 1))
    assert found[2:] == (0.0, 0.0, 0.0, 1.0, 1, True)


@pytest.mark.parametrize(("articles", "exact"), [(MOST_EXACT, True), (MOST_EXACT + 1, False), (40, False)])
def test_a_clearly_better_system_has_a_small_p_and_never_none(articles: int, exact: bool) -> None:
    one, other = table([(9, 2)] * articles)
    p, assignments, is_exact = randomisation(one, other, accuracy)
    assert (is_exact, assignments) == (exact, 2**articles if exact else DRAWS)
    assert 0 < p < 0.01
    if articles == 40:
        assert p == approx(1 / (DRAWS + 1))


def test_drawn_assignments_repeat_and_come_near_all_of_them() -> None:
    generator = np.random.default_rng(7)
    pairs = [(int(a), int(b)) for a, b in generator.integers(0, 10, size=(MOST_EXACT + 2, 2))]
    one, other = table(pairs)
    drawn, _, exact = randomisation(one, other, accuracy)
    assert not exact
    assert drawn == randomisation(one, other, accuracy)[0]
    observed = abs(sum(a - b for a, b in pairs))
    every = [
        abs(sum(sign * (a - b) for sign, (a, b) in zip(signs, pairs, strict=True)))
        for signs in product((1, -1), repeat=len(pairs))
    ]
    assert drawn == approx(np.mean([value >= observed for value in every]), abs=0.02)


def test_articles_that_are_alike_need_no_assignments() -> None:
    alike = [(5, 5)] * 30
    one, other = table([*alike, (9, 2), (8, 2)])
    assert randomisation(one, other, accuracy) == (0.5, 4, True)


def test_what_is_not_defined_has_no_difference_and_no_p() -> None:
    none, some = np.zeros((3, 3)), np.array([[1.0, 2.0, 2.0]] * 3)
    assert difference(none, some, f1, draw(3, 10, 1))[2:6] == (None, None, None, None)
    assert difference(none, some, f1, draw(3, 10, 1))[:2] == (None, 0.5)


def test_the_page_says_how_many_assignments_are_tried() -> None:
    page = " ".join((CHECKOUT / "docs" / "evaluation.md").read_text("utf-8").split())
    assert f"Up to {MOST_EXACT} articles on which the two differ" in page
    assert f"beyond that {DRAWS:,} are drawn" in page


def systems() -> tuple[Scores, Scores, Scores]:
    gold = documents()
    whole = {one["article"]["id"]: annotations(one, GOLD) for one in gold}
    half = {name: lines[: len(lines) // 2] for name, lines in whole.items()}
    return (
        scores("whole", gold, whole, LABELS, 50),
        scores("half", gold, half, LABELS, 50),
        scores("again", gold, whole, LABELS, 50),
    )


def test_differences_of_systems_have_the_figures_of_both_and_turn_round() -> None:
    whole, half, again = systems()
    there, back = list(differences(whole, half, 100)), list(differences(half, whole, 100))
    for one, other, mine, theirs in zip(there, back, whole.figures, half.figures, strict=True):
        assert (one.group, one.name, one.measure) == (mine.group, mine.name, mine.measure)
        assert (one.value, one.other) == (mine.value, theirs.value)
        assert one.p == other.p
        if one.difference is not None and other.difference is not None:
            assert one.difference == -other.difference
            assert one.low is not None and one.high is not None
            assert one.low <= one.difference <= one.high
    strict = next(one for one in there if one.measure == "F1")
    assert strict.difference is not None and strict.p is not None
    assert strict.difference > 0.2 and strict.p < 0.01
    assert {one.p for one in differences(whole, again, 100)} <= {1.0, None}
