"""Which articles are near-duplicates of each other: MinHash LSH proposes, exact Jaccard decides.

Texts are compared as sets of five-word shingles without harakat, tatweel, case and punctuation.
Source of the method: Broder, «On the resemblance and containment of documents» (1997).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tasrih.text.tokens import bare

SHINGLE = 5
THRESHOLD = 0.5
# Bands of two rows: of pairs that share half of their shingles fewer than one in a million is not proposed.
_PERMUTATIONS, _BANDS, _SEED = 128, 64, 1
_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of `text` as they are compared: without harakat, tatweel, case and punctuation."""
    return _WORD.findall(bare(text).casefold())


def shingles(text: str) -> frozenset[str]:
    """The runs of SHINGLE words of `text`; a shorter text is one shingle."""
    parts = words(text)
    if len(parts) <= SHINGLE:
        return frozenset([" ".join(parts)]) if parts else frozenset()
    return frozenset(" ".join(parts[at : at + SHINGLE]) for at in range(len(parts) - SHINGLE + 1))


def near_duplicates(
    texts: Iterable[tuple[str, str]], threshold: float = THRESHOLD
) -> Iterator[tuple[str, str, float]]:
    """Pairs of ids whose texts share at least `threshold` of their shingles (Jaccard), with that share.

    `texts` are (id, text) pairs. Each pair comes once, in the order in which its second text came.
    """
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS, num_bands=_BANDS)
    seen: list[tuple[str, frozenset[str]]] = []
    for name, text in texts:
        parts = shingles(text)
        if not parts:
            continue
        sketch = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
        sketch.update(sorted(parts))
        for key in sorted(index.query(sketch)):
            other, other_parts = seen[key]
            share = len(parts & other_parts) / len(parts | other_parts)
            if share >= threshold:
                yield other, name, share
        index.insert(len(seen), sketch)
        seen.append((name, parts))
