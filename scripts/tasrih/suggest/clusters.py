"""Words that stand in like places, as clusters learnt from raw text, so that the tagger knows something of words that gold lacks.

A word's neighbours (one and two words before and behind, each place for itself) and its affixes are weighed by positive
pointwise mutual information, the matrix is reduced by a randomised singular value decomposition (Halko, Martinsson and Tropp
2011), and its rows are clustered by k-means, coarsely and finely.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import orjson

from tasrih.store import Misuse
from tasrih.suggest.features import clitics_and_stem, form

Matrix: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
Numbers: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"

SIZES = (50, 200, 800)
_SEED = 1
_LEAST_TIMES, _MOST_WORDS, _CONTEXT_WORDS = 3, 50_000, 8_000
_PLACES = (-2, -1, 1, 2)
_AFFIXES, _AFFIX_SIZES, _AFFIX_WEIGHT = 20_000, (2, 3), 0.3
_SMOOTHING = 0.75  # of context frequencies, as in Levy, Goldberg and Dagan 2015
_DIMENSIONS, _MORE, _POWERS, _ROUNDS = 64, 10, 2, 15
_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters of folded words, one of each size."""

    of: Mapping[str, Sequence[int]]

    def marks(self, word: str) -> list[str]:
        """What is known of a word, or else of its stem, as attributes."""
        plain = form(word)
        if (found := self.of.get(plain)) is not None:
            return [f"k{size}:{number}" for size, number in enumerate(found)]
        stem = clitics_and_stem(plain)[1]
        for instead in (stem, f"ال{stem}"):
            if (found := self.of.get(instead)) is not None:
                return [f"k{size}s{number}" for size, number in enumerate(found)]
        return ["k-"]

    def as_bytes(self) -> bytes:
        """As the part of a model."""
        return orjson.dumps(dict(self.of), option=orjson.OPT_SORT_KEYS)


def read(part: bytes) -> Clusters:
    """Clusters from the part of a model."""
    return Clusters(orjson.loads(part))


def learn(lines: Iterable[Sequence[str]]) -> Clusters:
    """Clusters of the words of sentences. Raises Misuse where there are too few to say anything."""
    words: list[str] = []
    for line in lines:
        words += [
            "",
            "",
            *map(form, line),
        ]  # as many as a neighbour is away, so that none is of another sentence
    words += ["", ""]
    times = Counter(words)
    del times[""]
    order = sorted(times, key=lambda word: (-times[word], word))
    vocabulary = [word for word in order[:_MOST_WORDS] if times[word] >= _LEAST_TIMES]
    if len(vocabulary) < max(SIZES):
        raise Misuse(
            f"the raw text has {len(vocabulary):,} words of {_LEAST_TIMES} or more times; {max(SIZES):,} are needed"
        )
    weighed = _informative(*_counted(words, vocabulary, [times[word] for word in vocabulary]))
    vectors = _reduced(*weighed, len(vocabulary))
    found = [_clustered(vectors, size) for size in SIZES]
    return Clusters({word: [int(numbers[row]) for numbers in found] for row, word in enumerate(vocabulary)})


def _counted(
    words: Sequence[str], vocabulary: Sequence[str], times: Sequence[int]
) -> tuple[Numbers, Numbers, Matrix]:
    """Rows (words), columns (contexts) and weights of what stands with what; a pair stands once."""
    number = {word: at for at, word in enumerate(vocabulary)}
    numbers = np.array([number.get(word, -1) for word in words], dtype=np.int64)
    contexts = np.where(numbers < _CONTEXT_WORDS, numbers, -1)
    width = _CONTEXT_WORDS * len(_PLACES) + _AFFIXES
    keys: list[Numbers] = []
    for place, distance in enumerate(_PLACES):
        there = np.roll(contexts, -distance)
        pairs = (numbers >= 0) & (there >= 0)
        keys.append(numbers[pairs] * width + place * _CONTEXT_WORDS + there[pairs])
    found, counts = np.unique(np.concatenate(keys), return_counts=True)
    affixed: Counter[int] = Counter()
    for row, (word, often) in enumerate(zip(vocabulary, times, strict=True)):
        for size in _AFFIX_SIZES:
            if len(word) > size:
                for affix in (f"p{word[:size]}", f"s{word[-size:]}"):
                    column = zlib.crc32(affix.encode()) % _AFFIXES + _CONTEXT_WORDS * len(_PLACES)
                    affixed[row * width + column] += often
    every = np.concatenate([found, np.fromiter(affixed, np.int64, len(affixed))])
    weights = np.concatenate(
        [counts.astype(np.float64), _AFFIX_WEIGHT * np.fromiter(affixed.values(), np.float64, len(affixed))]
    )
    return every // width, every % width, weights


def _informative(rows: Numbers, columns: Numbers, weights: Matrix) -> tuple[Numbers, Numbers, Matrix]:
    """Positive pointwise mutual information in the place of counts."""
    by_row = np.bincount(rows, weights)
    by_column = np.bincount(columns, weights) ** _SMOOTHING
    share = by_column / by_column.sum()
    information = np.log(weights / (by_row[rows] * share[columns]))
    kept = information > 0
    return rows[kept], columns[kept], information[kept]


def _reduced(rows: Numbers, columns: Numbers, values: Matrix, count: int) -> Matrix:
    """A vector of length one for each row."""
    width = int(columns.max()) + 1
    there = _by_row(rows, columns, values, count)
    back = _by_row(columns, rows, values, width)
    basis = np.random.default_rng(_SEED).standard_normal((width, _DIMENSIONS + _MORE))
    image = _times(there, basis)
    for _ in range(_POWERS):
        image = _times(there, _times(back, np.linalg.qr(image)[0]))
    frame = np.linalg.qr(image)[0]
    left, strengths, _ = np.linalg.svd(_times(back, frame).T, full_matrices=False)
    vectors = (frame @ left)[:, :_DIMENSIONS] * np.sqrt(strengths[:_DIMENSIONS])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float64)


Sparse: TypeAlias = tuple[
    Numbers, Numbers, Matrix
]  # where each row begins (and the last ends), columns, values


def _by_row(rows: Numbers, columns: Numbers, values: Matrix, count: int) -> Sparse:
    order = np.lexsort((columns, rows))
    return np.searchsorted(rows[order], np.arange(count + 1)), columns[order], values[order]


def _times(sparse: Sparse, dense: Matrix) -> Matrix:
    """The product of a sparse matrix and a dense one, some rows at a time."""
    begins, columns, values = sparse
    product = np.zeros((len(begins) - 1, dense.shape[1]))
    for first in range(0, len(product), _ROWS_AT_ONCE):
        edges = begins[first : first + _ROWS_AT_ONCE + 1]
        filled = np.flatnonzero(np.diff(edges))
        if len(filled):
            part = slice(edges[0], edges[-1])
            terms = values[part, None] * dense[columns[part]]
            product[first + filled] = np.add.reduceat(terms, edges[filled] - edges[0], axis=0)
    return product


def _clustered(vectors: Matrix, size: int) -> Numbers:
    """The cluster of each vector, by k-means on the sphere from evenly spaced words on, the frequent ones first."""
    centres = vectors[np.linspace(0, len(vectors) - 1, size).astype(np.int64)]
    nearest = np.zeros(len(vectors), dtype=np.int64)
    for _ in range(_ROUNDS):
        nearest = np.argmax(vectors @ centres.T, axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, vectors)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.where(lengths > 0, lengths, 1.0), centres)
    return nearest
