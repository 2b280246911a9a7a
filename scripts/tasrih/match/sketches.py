"""Near-duplicates among very many texts: sketches made where the texts are, pairs found band by band on disk.

The measure, the shingles and the threshold are those of near_duplicates. Equal texts are found by their hash first,
and one of them stands for all. Source of the method: Leskovec, Rajaraman and Ullman, «Mining of Massive Datasets»,
chapter 3.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

from tasrih.match.near_duplicates import THRESHOLD, shingles

# Bands of two rows: of pairs that share half of their shingles one in ten thousand is not proposed.
BANDS = 32
_SEED = 1
_BLOCK = 4096  # pairs whose texts are in memory at once

Hashes = npt.NDArray[np.uint64]
Pairs = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sketches:
    """Of every text the hash of its shingles (0 for a text without a word) [n], and its bands [n, BANDS]."""

    exact: Hashes
    bands: Hashes


def sketch(texts: Sequence[str]) -> Sketches:
    """The sketches of some texts. Keeps nothing between calls."""
    exact = np.zeros(len(texts), np.uint64)
    rows = np.zeros((len(texts), 2 * BANDS), np.uint32)
    for number, text in enumerate(texts):
        parts = sorted(shingles(text))
        if parts:
            exact[number] = max(1, _hash("\n".join(parts)))
            made = RMinHash(num_perm=2 * BANDS, seed=_SEED)
            made.update(parts)
            rows[number] = made.digest()
    return Sketches(exact, np.ascontiguousarray(rows).view(np.uint64))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def near_duplicates(
    sketches: Iterable[Sketches],
    texts_of: Callable[[Sequence[int]], Iterator[tuple[int, str]]],
    threshold: float = THRESHOLD,
) -> Pairs:
    """Pairs [k, 2] of the numbers of texts that share at least `threshold` of their shingles (Jaccard).

    Of equal texts each is paired with the first alone, and in a band with very many texts each with its neighbours
    alone, so that the pairs are linear in the texts; the groups that they join are the same. `texts_of` gives
    (number, text) for ascending numbers. Memory holds one band of all texts, whatever their number.
    """
    with tempfile.TemporaryDirectory(prefix="tasrih-bands-") as folder:
        exact = _on_disk(sketches, Path(folder))
        first, equal = _equal(exact)
        candidates = _candidates(Path(folder), np.flatnonzero(first), len(exact))
    return np.concatenate([equal, _verified(candidates, texts_of, threshold)])


def _on_disk(sketches: Iterable[Sketches], folder: Path) -> Hashes:
    """Writes each band of all texts into a file of its own; returns the exact hashes."""
    exact: list[Hashes] = [np.zeros(0, np.uint64)]
    files = [(folder / str(band)).open("wb") for band in range(BANDS)]
    try:
        for some in sketches:
            exact.append(some.exact)
            for band, file in enumerate(files):
                file.write(np.ascontiguousarray(some.bands[:, band]).tobytes())
    finally:
        for file in files:
            file.close()
    return np.concatenate(exact)


def _equal(exact: Hashes) -> tuple[npt.NDArray[np.bool_], Pairs]:
    """Which texts stand for all that are equal, and pairs of each other text with the first."""
    _, first, which = np.unique(exact, return_index=True, return_inverse=True)
    numbers = np.arange(len(exact))
    stands = (first[which] == numbers) & (exact != 0)
    others = np.flatnonzero((first[which] != numbers) & (exact != 0))
    return stands, np.stack([first[which][others], others], axis=1).astype(np.int64)


def _candidates(folder: Path, chosen: npt.NDArray[Any], count: int) -> Pairs:
    """Pairs of chosen texts that share a band."""
    codes = np.zeros(0, np.int64)
    for band in range(BANDS if len(chosen) > 1 else 0):
        values = np.fromfile(folder / str(band), np.uint64)[chosen]
        order = np.argsort(values, kind="stable")
        values = values[order]
        begins = np.concatenate([[True], values[1:] != values[:-1]])
        heads = chosen[order][np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))]
        inside = np.flatnonzero(~begins)
        members = chosen[order]
        pairs = [heads[inside] * count + members[inside], members[inside - 1] * count + members[inside]]
        codes = np.unique(np.concatenate([codes, *pairs]))
    return np.stack([codes // max(1, count), codes % max(1, count)], axis=1)


def _verified(
    candidates: Pairs, texts_of: Callable[[Sequence[int]], Iterator[tuple[int, str]]], threshold: float
) -> Pairs:
    found = []
    for at in range(0, len(candidates), _BLOCK):
        block = candidates[at : at + _BLOCK]
        parts = {number: shingles(text) for number, text in texts_of(np.unique(block).tolist())}
        for one, other in block.tolist():
            shared = len(parts[one] & parts[other])
            if shared >= threshold * (len(parts[one]) + len(parts[other]) - shared):
                found.append((one, other))
    return np.array(found, np.int64).reshape(-1, 2)


def groups(count: int, pairs: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """For every number below `count` the smallest number that `pairs` join it with."""
    parent = np.arange(count)

    def find(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = int(parent[number])
        return number

    for one, other in pairs.tolist():
        low, high = sorted((find(one), find(other)))
        parent[high] = low
    while True:
        above = parent[parent]
        if np.array_equal(above, parent):
            return parent
        parent = above
