"""What is kept of a text to find its near-duplicates among a million: two hashes, one of the whole, one MinHash.

The same words and shingles as in near_duplicates.py, hashed. A shingle's hash is a polynomial of the hashes of its
words, so that a word is hashed once however often it comes, and a batch's shingles are found in a few operations
on whole arrays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from tasrih.match.near_duplicates import SHINGLE, words

# Two permutations are a band. Of pairs that share half of their shingles one in ten thousand agrees on no band.
BANDS = 32
PERMUTATIONS = 2 * BANDS
_SEED = 1

Hashes = NDArray[np.uint64]

_BYTES = 8
_BASE = 0x9E3779B97F4A7C15  # odd, so that no bit of a word's hash is lost
_MOST_CACHED, _LONGEST_CACHED = 200_000, 64


class Sketches(NamedTuple):
    """Sketches of a batch of n texts."""

    exact: Hashes  # [n] equal where the words are, in their order; 0 for a text without words
    bands: Hashes  # [n, BANDS] of near-duplicates some are equal; a band is two minima of 32 bits
    sizes: NDArray[np.uint32]  # [n] how many runs of SHINGLE words a text has, repeated ones counted


class _WordHashes(dict[str, bytes]):
    """Hashes of the words of runs without white space, one behind the other. Words repeat, so most are only looked up."""

    def __missing__(self, run: str) -> bytes:
        hashed = b"".join(hashlib.blake2b(word.encode(), digest_size=_BYTES).digest() for word in words(run))
        if len(run) <= _LONGEST_CACHED:
            if len(self) >= _MOST_CACHED:
                self.clear()
            self[run] = hashed
        return hashed


_word_hashes = _WordHashes()


def _hashed(texts: Iterable[str]) -> list[bytes]:
    """The hashes of the words of each text. No word goes over white space, so runs can be looked up one by one."""
    return [b"".join(map(_word_hashes.__getitem__, text.split())) for text in texts]


def _exact(hashed: Sequence[bytes]) -> Hashes:
    digests = (
        hashlib.blake2b(part, digest_size=_BYTES).digest() if part else bytes(_BYTES) for part in hashed
    )
    return np.frombuffer(b"".join(digests), np.uint64)


def _runs(hashed: Iterable[bytes]) -> tuple[Hashes, NDArray[np.int64]]:
    """Hashes of the runs of SHINGLE words of all texts, and where those of each text begin, with the end."""
    padded = [part.ljust(SHINGLE * _BYTES, b"\0") if part else part for part in hashed]
    lengths = np.fromiter(map(len, padded), np.int64, len(padded)) // _BYTES
    flat = np.frombuffer(b"".join(padded), np.uint64)
    offsets = np.concatenate([[0], np.cumsum(np.maximum(lengths - (SHINGLE - 1), 0))])
    if not len(flat):
        return flat, offsets
    count = len(flat) - (SHINGLE - 1)
    runs = flat[:count].copy()
    for at in range(1, SHINGLE):
        runs *= np.uint64(_BASE)
        runs += flat[at : at + count]
    inside = np.ones(len(flat), bool)
    ends = np.cumsum(lengths)[lengths > 0]
    for back in range(1, SHINGLE):
        inside[ends - back] = False
    return runs[inside[:count]], offsets


def shingle_hashes(texts: Sequence[str]) -> list[Hashes]:
    """For each text the hashes of its shingles, sorted, each once.

    That two different shingles of a pair of articles have one hash has a chance of less than one in a billion.
    """
    flat, offsets = _runs(_hashed(texts))
    return [np.unique(flat[start:end]) for start, end in pairwise(offsets.tolist())]


def _minima(runs: Hashes) -> list[int]:
    """The least value of `runs` under each permutation.

    One text at a time: for many rensa starts threads, and a process that is forked from one with such threads
    waits for them for ever.
    """
    ends = (0, len(runs))
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(runs, ends, PERMUTATIONS, _SEED)
    (row,) = matrix.to_rows()
    return cast("list[int]", row)


def sketch(texts: Sequence[str]) -> Sketches:
    """Sketches of `texts`: the same in every process, whatever else is in the batch."""
    hashed = _hashed(texts)
    flat, offsets = _runs(hashed)
    minima = [_minima(flat[start:end]) for start, end in pairwise(offsets.tolist())]
    rows = np.array(minima, np.uint32).reshape(len(texts), PERMUTATIONS)
    return Sketches(_exact(hashed), rows.view(np.uint64), np.diff(offsets).astype(np.uint32))
