"""Whether one system is better than another on the same gold, or only luckier.

The test is approximate randomisation (Noreen, «Computer-Intensive Methods for Testing Hypotheses», 1989; Yeh,
«More accurate tests for the statistical significance of result differences», 2000): were the systems alike, either
could have given the output of any article. So the two systems' counts are swapped article by article, and p is the share
of such assignments under which the difference is at least as great, in either direction. The interval is the
percentile bootstrap over articles, both systems drawn together. p is not corrected for the number of figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tasrih.agree.figures import SEED
from tasrih.agree.measures import Counts, Measure, draw, middle, of_draws, of_sum
from tasrih.agree.scores import MEASURES, RESAMPLES, Scores

MOST_EXACT = 12  # articles on which two systems differ, up to which all 2^n assignments are tried
DRAWS = 9_999
_NEARLY = 1e-12  # a sum of floats in another order is not a smaller difference


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of two systems and what to make of it; None where a figure is not defined.

    `assignments` is how many were tried; `exact` says that they are all that there are.
    """

    group: str
    name: str
    measure: str
    value: float | None
    other: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    assignments: int
    exact: bool


def differences(one: Scores, other: Scores, resamples: int = RESAMPLES) -> Iterator[Difference]:
    """Every figure of `one` less that of `other`; both are over the same articles."""
    draws = draw(len(one.articles), resamples, SEED) if one.articles else np.zeros((resamples, 0))
    for mine, theirs in zip(one.tallies, other.tallies, strict=True):
        for measure in mine.measures:
            found = difference(mine.counts, theirs.counts, MEASURES[measure], draws)
            yield Difference(mine.group, mine.name, measure, *found)


def difference(
    one: Counts, other: Counts, measure: Measure, draws: Counts
) -> tuple[float | None, float | None, float | None, float | None, float | None, float | None, int, bool]:
    """Both values, their difference, its interval, p, and the assignments tried and whether these are all.

    `one` and `other` have the articles along their first axis, `draws` the shape (resamples, articles).
    """
    values = [
        None if np.isnan(value) else float(value) for value in (of_sum(one, measure), of_sum(other, measure))
    ]
    if values[0] is None or values[1] is None:
        return values[0], values[1], None, None, None, None, 0, False
    observed = values[0] - values[1]
    low = high = None
    if len(one) > 1:
        found = middle(observed, of_draws(one, measure, draws) - of_draws(other, measure, draws))
        low, high = found.low, found.high
    p, assignments, exact = randomisation(one, other, measure)
    return values[0], values[1], observed, low, high, p, assignments, exact


def randomisation(one: Counts, other: Counts, measure: Measure) -> tuple[float, int, bool]:
    """p of a two-sided approximate randomisation test, the assignments tried, and whether these are all.

    Articles with equal counts are the same either way and are not swapped. Where more than `MOST_EXACT` differ,
    `DRAWS` assignments are drawn, and the one observed is counted with them, so that p is never 0. An assignment under which
    the measure is not defined counts against a difference.
    """
    differs = (one != other).reshape(len(one), -1).any(axis=1)
    articles = int(differs.sum())
    exact = articles <= MOST_EXACT
    swapped = np.zeros((2**articles if exact else DRAWS, len(one)))
    if exact:
        swapped[:, differs] = (np.arange(2**articles)[:, None] >> np.arange(articles)) & 1
    else:
        swapped[:, differs] = np.random.default_rng(SEED).integers(0, 2, size=(DRAWS, articles))
    found = np.abs(_after(one, other, measure, swapped))
    observed = abs(float(of_sum(one, measure) - of_sum(other, measure)))
    at_least = int((np.isnan(found) | (found >= observed - _NEARLY)).sum())
    extra = 0 if exact else 1
    return (at_least + extra) / (len(swapped) + extra), len(swapped), exact


def _after(one: Counts, other: Counts, measure: Measure, swapped: Counts) -> Counts:
    """The difference of the measure under each assignment."""
    kept = 1.0 - swapped
    total = one + other
    mine = np.tensordot(kept, one, axes=(1, 0)) + np.tensordot(swapped, other, axes=(1, 0))
    return measure(mine) - measure(total.sum(axis=0) - mine)
