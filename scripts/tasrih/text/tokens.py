"""Tokens for the `ner` view. They depend on the text alone, never on its annotations.

A token is a run of letters, marks and digits, a number with its separators, or one other character.
Proclitics (و ف ب ل ك) become tokens of their own where the rest is a known word: `known_words.txt`
beside this module, which `make known-words` makes from the corpus's own articles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import cast

MARKS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
_TOKEN = re.compile(
    rf"\d+(?:[.,:/٫٬]\d+)+|[\w{MARKS}\u0640\u200c\u200d]+(?:['’-](?=[A-Za-z])[A-Za-z]+)*|[^\w\s]"
)
_DIACRITICS = re.compile(f"[{MARKS}\u0640]")
_ARABIC_WORD = re.compile(f"[\u0621-\u064a{MARKS}\u0670\u0671]+\\Z")
_CONJUNCTIONS = frozenset("وف")
_PREPOSITIONS = frozenset("بلك")
_PROCLITICS = _CONJUNCTIONS | _PREPOSITIONS
_SHORTEST_REST = 3


def bare(word: str) -> str:
    """`word` without harakat and tatweel: the form in which words are looked up."""
    return _DIACRITICS.sub("", word)


@cache
def known_words() -> frozenset[str]:
    """Words (without harakat) that may stand behind a proclitic."""
    lines = Path(__file__).with_name("known_words.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _known(rest: str, words: frozenset[str]) -> bool:
    return len(rest) >= _SHORTEST_REST and rest in words


def proclitics(word: str) -> int:
    """How many code points of `word` are proclitics before a known word: 0, 1 or 2.

    Behind لل the rest begins at the second ل, as in the annotation (للأمم → ل + لأمم).
    """
    if (
        len(word) <= _SHORTEST_REST
        or word[0] not in _PROCLITICS
        or not _ARABIC_WORD.match(word)
        or bare(word) != word
    ):
        return 0
    words = known_words()
    if word in words:
        return 0
    for skipped in (1, 2):
        head, rest = word[:skipped], word[skipped:]
        if skipped == 2 and not (head[0] in _CONJUNCTIONS and head[1] in _PREPOSITIONS):
            continue
        if skipped == 1 and head not in _PROCLITICS:
            continue
        if _known(rest, words):
            return skipped
        if head[-1] == "ل" and rest.startswith("ل") and _known("ا" + rest, words):
            return skipped
    return 0


Parts = tuple[list[str], list[int]]
_MOST_CACHED = 500_000
_ONE_MORE = (1).__add__
_cached: dict[str, Parts | None] = {}
_several: set[str] = set()  # the cached chunks of more than one token


def _parts(chunk: str) -> Parts | None:
    """Tokens of a run without white space and where in it each begins; None where it is one token."""
    words: list[str] = []
    starts: list[int] = []
    for match in _TOKEN.finditer(chunk):
        word, at = match.group(), match.start()
        skipped = proclitics(word)
        words += [*word[:skipped], word[skipped:]]
        starts += range(at, at + skipped + 1)
    return None if words == [chunk] else (words, starts)


def _learn(chunks: Iterable[str]) -> None:
    """Cuts the chunks that are new. Words repeat, so most of a text is only looked up."""
    if len(_cached) > _MOST_CACHED:
        _cached.clear()
        _several.clear()
    new = {chunk: _parts(chunk) for chunk in set(chunks).difference(_cached)}
    _cached.update(new)
    _several.update(chunk for chunk, parts in new.items() if parts is not None)


def parts_of(chunks: Sequence[str]) -> list[Parts | None]:
    """For each run without white space its tokens and where in it each begins; None where it is one token."""
    _learn(chunks)
    return [_cached[chunk] for chunk in chunks]


def _chunk_starts(text: str, chunks: list[str]) -> list[int]:
    if not chunks:
        return []
    lead = text.index(chunks[0])
    starts = list(accumulate(map(_ONE_MORE, map(len, chunks)), initial=lead))
    if starts.pop() == len(text.rstrip()) + 1:  # every separator is one character
        return starts
    starts, at = [], 0
    for chunk in chunks:
        at = text.index(chunk, at)
        starts.append(at)
        at += len(chunk)
    return starts


def tokens(text: str) -> tuple[list[str], list[int]]:
    """Tokens of `text` and the code point at which each begins."""
    chunks = text.split()
    _learn(chunks)
    starts = _chunk_starts(text, chunks)
    if _several.isdisjoint(chunks):
        return chunks, starts
    several = [index for index, parts in enumerate(map(_cached.__getitem__, chunks)) if parts is not None]
    words: list[str] = []
    places: list[int] = []
    done = 0
    for index in several:
        words += chunks[done:index]
        places += starts[done:index]
        inner, offsets = cast(Parts, _cached[chunks[index]])
        at = starts[index]
        words += inner
        places += [at + offset for offset in offsets]
        done = index + 1
    return words + chunks[done:], places + starts[done:]
