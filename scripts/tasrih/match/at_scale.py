"""Near-duplicates among a million articles: sketches on disk, one band of them in memory at a time.

A text equal to an earlier one is known by its hash. For the others MinHash LSH proposes, the whole sketch sifts,
exact Jaccard decides. An article is its number: how many came before it. Memory grows with the number of
articles (about 100 bytes each), not with that of pairs.

Source of the method: Leskovec, Rajaraman, Ullman, «Mining of Massive Datasets» (2014), chapter 3.4.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from tasrih.match.near_duplicates import THRESHOLD
from tasrih.match.sketches import BANDS, Hashes, Sketches, shingle_hashes

Numbers = NDArray[np.int64]
Pairs = NDArray[np.int64]  # [m, 2], the earlier article first
Near = tuple[int, int, float]  # the earlier article, the later one, the share of their shingles
TextsOf = Callable[[Sequence[int]], Iterable[tuple[int, str]]]

# In a run of articles that agree on a band each is paired with so many before it, and with the first of all.
_REACH = 4
# Of 64 minima, texts that share half of their shingles agree on fewer than these once in ten thousand times.
_LEAST_AGREEMENT = 18
# In memory at once, each a few times over: 16 bytes a pair, 8 bytes a shingle, up to 4 bytes a character.
_MOST_PAIRS, _MOST_SHINGLES, _MOST_CHARACTERS = 2_000_000, 4_000_000, 1_000_000
_SHINGLES_A_TEXT = 32  # what a text takes besides its shingles


class SketchFiles:
    """The sketches of articles in a folder: a file of the exact hashes, one of the sizes, one a band.

    Files of plain numbers, one an article, so that a batch is appended and a band read alone. `folder` must be
    there, empty or as another SketchFiles left it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._exact, self._sizes = folder / "exact.u8", folder / "sizes.u4"
        self._bands = [folder / f"band-{band:02}.u8" for band in range(BANDS)]
        for file in (self._exact, self._sizes, *self._bands):
            file.touch()

    def __len__(self) -> int:
        return self._exact.stat().st_size // np.dtype(np.uint64).itemsize

    def add(self, sketches: Sketches) -> None:
        """Appends the sketches of the articles that come next."""
        files = [self._exact, self._sizes, *self._bands]
        for file, column in zip(files, [sketches.exact, sketches.sizes, *sketches.bands.T], strict=True):
            with file.open("ab") as stream:
                stream.write(column.tobytes())

    def exact(self) -> Hashes:
        return np.fromfile(self._exact, np.uint64)

    def sizes(self) -> NDArray[np.uint32]:
        return np.fromfile(self._sizes, np.uint32)

    def band(self, band: int) -> Hashes:
        return np.fromfile(self._bands[band], np.uint64)


def equal_texts(files: SketchFiles) -> Pairs:
    """Each article whose words are those of an earlier one, behind the first that has them."""
    exact = files.exact()
    _, first, which = np.unique(exact, return_index=True, return_inverse=True)
    firsts = first[which]
    (later,) = np.nonzero((exact != 0) & (firsts != np.arange(len(exact))))
    return np.stack([firsts[later], later], axis=1)


def _first_of_each(exact: Hashes) -> Numbers:
    """The numbers of the articles that have words, and not those of an earlier one."""
    hashes, first = np.unique(exact, return_index=True)
    return np.sort(first[hashes != 0])


def _runs(keys: Hashes) -> tuple[Numbers, Numbers]:
    """Places in `keys` whose key comes more than once, run by run, and how many of its run come before each."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    as_before = np.zeros(len(keys), bool)
    as_before[1:] = ordered[1:] == ordered[:-1]
    in_run = as_before.copy()
    in_run[:-1] |= as_before[1:]
    places, starts = order[in_run], np.flatnonzero(~as_before[in_run])
    lengths = np.diff(np.append(starts, len(places)))
    return places, np.arange(len(places)) - np.repeat(starts, lengths)


def _proposed(keys: Hashes) -> Numbers:
    """Places in `keys` of equal keys, packed as later << 32 | earlier and sorted: of a run of k about 5k, not k²."""
    places, before = _runs(keys)
    found = []
    for back in range(1, _REACH + 1):
        (later,) = np.nonzero(before >= back)
        found.append(places[later] << 32 | places[later - back])
    (later,) = np.nonzero(before > _REACH)
    found.append(places[later] << 32 | places[later - before[later]])
    return np.sort(np.concatenate(found))


def _cuts(counts: Numbers) -> Numbers:
    """Where to cut a list of `counts` so that what stands between two cuts sums to about _MOST_PAIRS at most."""
    part = np.cumsum(counts) // _MOST_PAIRS
    return np.concatenate([[0], np.flatnonzero(np.diff(part)) + 1, [len(counts)]])


def _agreement(files: SketchFiles, articles: Numbers, later: Numbers, earlier: Numbers) -> NDArray[np.int64]:
    """On how many minima the sketches of each pair agree; `later` and `earlier` are places in `articles`."""
    agreed = np.zeros(len(later), np.int64)
    for band in range(BANDS):
        minima = files.band(band)[articles].view(np.uint32).reshape(-1, 2)
        agreed += np.count_nonzero(minima[later] == minima[earlier], axis=1)
    return agreed


def candidate_pairs(files: SketchFiles) -> Iterator[Pairs]:
    """Pairs that may be near-duplicates, each once, by the later article; equal texts and those without words left out.

    Comes in blocks that fit in memory. Where more than _REACH + 1 articles agree on a band, that band pairs each
    with the _REACH before it and the first. Near-duplicates that are further apart there may not be a pair, but
    other bands find them, or articles between them join them; benchmarks/near_duplicates.py counts what is left.
    """
    articles = _first_of_each(files.exact())
    counts = np.zeros(len(articles), np.int64)
    with TemporaryDirectory(dir=files.folder) as folder:
        spilled = [Path(folder) / str(band) for band in range(BANDS)]
        for band, file in enumerate(spilled):
            packed = _proposed(files.band(band)[articles])
            counts += np.bincount(packed >> 32, minlength=len(articles))
            packed.tofile(file)
        for low, high in pairwise(_cuts(counts).tolist()):
            packed = np.unique(np.concatenate([_between(file, low << 32, high << 32) for file in spilled]))
            later, earlier = packed >> 32, packed & 0xFFFFFFFF
            kept = _agreement(files, articles, later, earlier) >= _LEAST_AGREEMENT
            yield np.stack([articles[earlier[kept]], articles[later[kept]]], axis=1)


def _between(file: Path, low: int, high: int) -> Numbers:
    """The numbers from `low` up to `high` of a file of sorted ones."""
    if not file.stat().st_size:  # nothing cannot be mapped
        return np.empty(0, np.int64)
    numbers = np.memmap(file, np.int64, "r")
    start, end = np.searchsorted(numbers, [low, high])
    return np.array(numbers[start:end])


def _shares(pairs: Pairs, texts: Iterable[tuple[int, str]]) -> Iterator[float]:
    """The share of their shingles that the two of each pair have in common (Jaccard)."""
    hashes: dict[int, Hashes] = {}
    for batch in _batches(texts):
        numbers, contents = zip(*batch, strict=True)
        hashes.update(zip(numbers, shingle_hashes(contents), strict=True))
    for first, second in pairs.tolist():
        one, other = hashes[first], hashes[second]
        common = len(np.intersect1d(one, other, assume_unique=True))
        yield common / (len(one) + len(other) - common)


def _batches(texts: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    batch: list[tuple[int, str]] = []
    characters = 0
    for number, text in texts:
        batch.append((number, text))
        characters += len(text)
        if characters > _MOST_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def verified(files: SketchFiles, blocks: Iterable[Pairs], texts_of: TextsOf) -> Iterator[Near]:
    """The pairs of `blocks` that share at least THRESHOLD of their shingles, with that share.

    `texts_of` gives each of the numbers that it is called with, which rise, with the text that was sketched. It is
    called with as many at once as memory holds the shingles of, so that shards are read through few times.
    """
    sizes = files.sizes().astype(np.int64)
    for block in blocks:
        part = np.cumsum((sizes[block] + _SHINGLES_A_TEXT).sum(axis=1)) // _MOST_SHINGLES
        for pairs in np.split(block, np.flatnonzero(np.diff(part)) + 1):
            shares = _shares(pairs, texts_of(np.unique(pairs).tolist()))
            for (first, second), share in zip(pairs.tolist(), shares, strict=True):
                if share >= THRESHOLD:
                    yield first, second, share


def near_duplicates_in(files: SketchFiles, texts_of: TextsOf) -> Iterator[Near]:
    """Pairs that share at least THRESHOLD of their shingles, enough of them to join all that belong together.

    Of texts with the same words only the first is compared with others.
    """
    for first, second in equal_texts(files):
        yield int(first), int(second), 1.0
    yield from verified(files, candidate_pairs(files), texts_of)


def groups(count: int, pairs: Iterable[tuple[int, int]]) -> Numbers:
    """For each of `count` articles the smallest number among those that `pairs` join it with, itself included."""
    parents = array("q", range(count))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    for one, other in pairs:
        first, second = root(one), root(other)
        parents[max(first, second)] = min(first, second)
    found = np.array(parents, np.int64)
    while not np.array_equal(found, found[found]):
        found = found[found]
    return found
