"""Texts cut for the tagger: words, where they begin, and runs of them that are tagged together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tasrih.text.sentences import sentences
from tasrih.text.tokens import tokens

Tags = list[str]
_LONGEST = 200  # words of a sentence; a text without a full stop is cut, so that it costs no more than others

OUTSIDE = "O"


@dataclass(frozen=True, slots=True)
class Cut:
    """A text with its words, the code point at which each begins, and its sentences as half-open ranges of words."""

    text: str
    words: Sequence[str]
    starts: Sequence[int]
    sentences: Sequence[tuple[int, int]]

    def span(self, first: int, behind: int) -> tuple[int, int]:
        """The code points of words [first, behind)."""
        return self.starts[first], self.starts[behind - 1] + len(self.words[behind - 1])

    def words_of(self, start: int, end: int) -> tuple[int, int]:
        """The words [first, behind) that share a code point with [start, end)."""
        return max(0, bisect_right(self.starts, start) - 1), bisect_left(self.starts, end)


def cut(text: str) -> Cut:
    """`text` in the words of `tasrih.text.tokens`, by sentences."""
    words, starts = tokens(text)
    edges = sorted({0, len(words), *(bisect_left(starts, start) for start, _ in sentences(text))})
    return Cut(text, words, starts, list(_bounded(edges)))


def joined(spoken: Iterable[Sequence[str]]) -> Cut:
    """Sentences that are words already, as a text of a line each."""
    words: list[str] = []
    starts: list[int] = []
    edges = [0]
    at = 0
    for sentence in spoken:
        for word in sentence:
            words.append(word)
            starts.append(at)
            at += len(word) + 1
        edges.append(len(words))
    lines = (" ".join(words[first:behind]) for first, behind in pairwise(edges))
    return Cut("\n".join(lines), words, starts, list(_bounded(edges)))


def _bounded(edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    for first, behind in pairwise(edges):
        for start in range(first, behind, _LONGEST):
            yield start, min(start + _LONGEST, behind)


def tags(count: int, spans: Iterable[tuple[int, int, str]]) -> Tags:
    """A tag in IOB2 for each of `count` words: B opens a span [first, behind) of a label, I goes on."""
    found = [OUTSIDE] * count
    for first, behind, label in spans:
        found[first:behind] = [f"B-{label}", *[f"I-{label}"] * (behind - first - 1)]
    return found


def spans(tags_: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """The spans [first, behind) of tags in IOB2, IOB1 or IOBES. An inner tag that fits none before it opens a span."""
    first, label = 0, ""
    for at, tag in enumerate((*tags_, OUTSIDE)):
        kind, _, name = tag.partition("-")
        if label and (kind in "OBS" or name != label):
            yield first, at, label
            label = ""
        if kind != OUTSIDE and not label:
            first, label = at, name
