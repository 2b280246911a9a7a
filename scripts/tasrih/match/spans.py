"""Which annotation of one layer is which of another: one to one, by an optimal assignment.

Two annotations can be paired where their spans share a code point. Among all pairings the one is taken that
has, in this order, the most pairs of the same span, the most of those with the same label, and the greatest
overlap. White space at the edges of a span does not count, and the order of the lines makes no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

import numpy as np

from tasrih.model import Annotation, claim_parts
from tasrih.store import Misuse

Parts: TypeAlias = tuple[tuple[int, int], ...]
T = TypeVar("T", bound=Annotation)

# One pair of the same span outweighs the two pairs that it may stand in the way of; a label only decides
# between pairings that are else equal.
_SAME_SPAN, _SAME_LABEL, _LIKELIER = 2.0, 1.0, 1e-4


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """One annotation of each layer. `overlap` is Dice's coefficient of their code points: 1.0 is the same span."""

    one: T
    other: T
    overlap: float

    @property
    def is_exact(self) -> bool:
        """Whether both have the same span."""
        return self.overlap == 1.0


def parts(annotation: Annotation, text: str | None) -> Parts:
    """The stretches of an annotation in code points, without white space at their edges."""
    spans = (
        claim_parts(annotation)
        if annotation["type"] == "claim"
        else [(annotation["start"], annotation["end"])]
    )
    return tuple(trimmed(start, end, text) for start, end in spans)


def trimmed(start: int, end: int, text: str | None) -> tuple[int, int]:
    """[start, end) without white space at its edges; as it is where the text is not at hand or all is white."""
    words = "" if text is None else text[start:end]
    if not words.strip():
        return start, end
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


def overlap(one: Parts, other: Parts) -> float:
    """Dice's coefficient of two sets of code points: twice what they share by what both have."""
    shared = sum(max(0, min(end, last) - max(start, first)) for start, end in one for first, last in other)
    both = sum(end - start for start, end in (*one, *other))
    return 2 * shared / both if both else 0.0


def pairs(
    ones: Sequence[T],
    others: Sequence[T],
    text: str | None,
    label: Callable[[T], Hashable],
    likelihood: Callable[[T, T], float] = lambda one, other: 0.0,
) -> list[Pair[T]]:
    """The best pairing of two layers' annotations of one type, in text order.

    `label` is what a pair should have in common, `likelihood` (0..1) decides where nothing else does.
    """
    one_parts = {line["id"]: parts(line, text) for line in ones}
    other_parts = {line["id"]: parts(line, text) for line in others}
    ones = sorted(ones, key=lambda line: (one_parts[line["id"]], str(label(line))))
    others = sorted(others, key=lambda line: (other_parts[line["id"]], str(label(line))))
    overlaps = np.zeros((len(ones), len(others)))
    weights = np.zeros_like(overlaps)
    for row, column in _touching(
        [one_parts[line["id"]] for line in ones], [other_parts[line["id"]] for line in others]
    ):
        one, other = ones[row], others[column]
        share = overlap(one_parts[one["id"]], other_parts[other["id"]])
        if share:
            same = label(one) == label(other)
            overlaps[row, column] = share
            weights[row, column] = (
                share
                + (_SAME_SPAN + _SAME_LABEL * same if share == 1.0 else _LIKELIER * same)
                + _LIKELIER / 10 * likelihood(one, other)
            )
    return [
        Pair(ones[row], others[column], float(overlaps[row, column])) for row, column in assignment(weights)
    ]


def _touching(ones: Sequence[Parts], others: Sequence[Parts]) -> Iterator[tuple[int, int]]:
    """The places of those whose envelopes overlap: of most pairs nothing more need be worked out."""
    first, last = _envelopes(ones)
    start, end = _envelopes(others)
    for row in range(len(ones)):
        for column in np.flatnonzero((start < last[row]) & (end > first[row])):
            yield row, int(column)


def _envelopes(spans: Sequence[Parts]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    bounds = [(min(start for start, _ in span), max(end for _, end in span)) for span in spans]
    both = np.array(bounds, dtype=np.float64).reshape(len(bounds), 2)  # an offset may be past 64 bits
    return both[:, 0], both[:, 1]


def assignment(weights: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> list[tuple[int, int]]:
    """Rows and columns of the one-to-one assignment of greatest total weight; a weight of 0 is no pair.

    The Hungarian method of scipy. Raises Misuse where scipy is not installed.
    """
    if not weights.any():
        return []
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError:
        raise Misuse("comparing layers needs scipy: pip install 'tasrih[agree]'") from None
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return [
        (int(row), int(column)) for row, column in zip(rows, columns, strict=True) if weights[row, column]
    ]
