"""Near-duplicates among texts that come one at a time: what is kept of a text is its sketch and its shingles' hashes.

The same words, shingles and measure as in near_duplicates.py; about 7 kB a text of 400 words.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tasrih.match.near_duplicates import THRESHOLD
from tasrih.match.sketches import BANDS, Hashes, shingle_hashes, sketch

_REACH = (
    16  # texts of one band that a new one is compared with: the first of them, so that a crowd costs no more
)


class NearIndex:
    """Texts by name, and which of them a new one is near to.

    >>> index = NearIndex()
    >>> index.add("first", "one two three four five six seven")
    []
    >>> index.add("second", "One two three four five six seven!")
    [('first', 1.0)]
    """

    def __init__(self, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold
        self._names: list[str] = []
        self._parts: list[Hashes] = []
        self._bands: list[defaultdict[int, list[int]]] = [defaultdict(list) for _ in range(BANDS)]

    def near(self, text: str) -> list[tuple[str, float]]:
        """Names of texts that share at least the threshold of their shingles with `text`, the nearest first."""
        return self._compared(*self._sketched(text))

    def add(self, name: str, text: str, *, unless_near: bool = False) -> list[tuple[str, float]]:
        """Adds a text, with `unless_near` only one that is near to none; returns what `near` gives for it."""
        bands, parts = self._sketched(text)
        found = self._compared(bands, parts)
        if not (found and unless_near):
            self._kept(name, bands, parts)
        return found

    def keep(self, name: str, text: str) -> None:
        """Adds a text without looking for what it is near to."""
        self._kept(name, *self._sketched(text))

    def _kept(self, name: str, bands: list[int], parts: Hashes) -> None:
        if len(parts):
            for band, value in zip(self._bands, bands, strict=True):
                if len(band[value]) < _REACH:
                    band[value].append(len(self._names))
            self._names.append(name)
            self._parts.append(parts)

    def _sketched(self, text: str) -> tuple[list[int], Hashes]:
        (parts,) = shingle_hashes([text])
        return (sketch([text]).bands[0].tolist() if len(parts) else []), parts

    def _compared(self, bands: list[int], parts: Hashes) -> list[tuple[str, float]]:
        proposed = {at for band, value in zip(self._bands, bands, strict=False) for at in band.get(value, ())}
        found = []
        for at in sorted(proposed):
            other = self._parts[at]
            both = len(np.intersect1d(parts, other, assume_unique=True))
            share = both / (len(parts) + len(other) - both)
            if share >= self._threshold:
                found.append((self._names[at], share))
        return sorted(found, key=lambda pair: -pair[1])
