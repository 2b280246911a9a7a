"""Measures of agreement as functions of counts.

Every measure takes counts of one article or the sum over articles, with any number of leading axes, so that
one call works out the measure of a thousand resamples. What cannot be worked out (no item, one value only) is
NaN: «not defined», never 1.0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Counts: TypeAlias = NDArray[np.float64]
Measure: TypeAlias = Callable[[Counts], Counts]


def _ratio(part: Any, whole: Any) -> Counts:
    """`part / whole`, NaN where the whole is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, np.asarray(part) / np.asarray(whole), np.nan)


def f1(counts: Counts) -> Counts:
    """F1 of (in both, in the first, in the second): the harmonic mean of precision and recall."""
    return _ratio(2 * counts[..., 0], counts[..., 1] + counts[..., 2])


def precision(counts: Counts) -> Counts:
    """Share of (in both, in the first, in the second) of what the second has."""
    return _ratio(counts[..., 0], counts[..., 2])


def recall(counts: Counts) -> Counts:
    """Share of (in both, in the first, in the second) of what the first has."""
    return _ratio(counts[..., 0], counts[..., 1])


def macro_f1(counts: Counts) -> Counts:
    """The mean of the F1 of labels that either layer has; `counts` has a row of (in both, first, second) a label."""
    values = f1(counts)
    defined = ~np.isnan(values)
    return _ratio(np.where(defined, values, 0.0).sum(axis=-1), defined.sum(axis=-1))


def b_cubed(counts: Counts) -> Counts:
    """F1 of (sum of precisions, sum of recalls, mentions): B³ of Bagga and Baldwin (1998)."""
    precision, recall = _ratio(counts[..., 0], counts[..., 2]), _ratio(counts[..., 1], counts[..., 2])
    return _ratio(2 * precision * recall, precision + recall)


def accuracy(counts: Counts) -> Counts:
    """Share of (the same, all)."""
    return _ratio(counts[..., 0], counts[..., 1])


def kappa(counts: Counts) -> Counts:
    """Cohen's kappa (1960) of a table of counts, one annotator's values down, the other's across."""
    items = counts.sum(axis=(-2, -1))
    observed = _ratio(np.trace(counts, axis1=-2, axis2=-1), items)
    expected = _ratio((counts.sum(axis=-1) * counts.sum(axis=-2)).sum(axis=-1), items**2)
    return _ratio(observed - expected, np.where(np.isclose(expected, 1.0), 0.0, 1.0 - expected))


def alpha(coincidences: Counts) -> Counts:
    """Krippendorff's alpha for nominal data of a table of coincidences (Krippendorff 2011)."""
    values = coincidences.sum(axis=-1)
    items = values.sum(axis=-1)
    observed = items - np.trace(coincidences, axis1=-2, axis2=-1)
    expected = _ratio(items**2 - (values**2).sum(axis=-1), items - 1)
    return 1.0 - _ratio(observed, np.nan_to_num(expected))


def coincidences(units: NDArray[np.int64], values: int) -> Counts:
    """The table of coincidences of `units`, shape (units, annotators), cells 0..values-1 or -1 for none given.

    Every ordered pair of values within a unit of m annotators counts 1/(m - 1).
    """
    table = np.zeros((values, values))
    if not units.size:
        return table
    given = (units >= 0).sum(axis=1)
    for first in range(units.shape[1]):
        for second in range(units.shape[1]):
            if first != second:
                both = (units[:, first] >= 0) & (units[:, second] >= 0)
                np.add.at(table, (units[both, first], units[both, second]), 1.0 / (given[both] - 1))
    return table


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and its bootstrap interval; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


def interval(counts: Counts, measure: Measure, resamples: Counts) -> Interval:
    """The measure over all articles, and the middle 95 % of it over resamples of articles.

    `counts` has the articles along its first axis, `resamples` is how often each resample draws each article,
    shape (resamples, articles). The articles are what is drawn, as annotations of one article are not
    independent (the percentile bootstrap of Efron 1979). One article alone has no interval.
    """
    value = _defined(of_sum(counts, measure))
    if value is None or len(counts) < 2:
        return Interval(value, None, None)
    return middle(value, of_draws(counts, measure, resamples))


def of_sum(counts: Counts, measure: Measure) -> Counts:
    """The measure over all articles."""
    return measure(np.asarray(counts.sum(axis=0), dtype=np.float64))


def of_draws(counts: Counts, measure: Measure, weights: Counts) -> Counts:
    """The measure over each weighting of articles; `weights` has the shape (weightings, articles)."""
    return measure(np.asarray(np.tensordot(weights, counts, axes=(1, 0)), dtype=np.float64))


def middle(value: float, drawn: Counts) -> Interval:
    """`value` with the middle 95 % of what was drawn, as far as it is defined."""
    drawn = drawn[~np.isnan(drawn)]
    if not drawn.size:
        return Interval(value, None, None)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(value, float(low), float(high))


def _defined(value: Counts) -> float | None:
    return None if np.isnan(value) else float(value)


def draw(articles: int, resamples: int, seed: int) -> Counts:
    """How often each of `resamples` draws with replacement has each of `articles`."""
    generator = np.random.default_rng(seed)
    return generator.multinomial(articles, [1 / articles] * articles, size=resamples).astype(np.float64)
