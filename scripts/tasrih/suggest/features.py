"""What the tagger sees of a word: its letters without their variants, its affixes and clitics, and where it stands.

Everything about a word alone is worked out once a word and kept, so that a text costs little more than looking up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from tasrih.text.folding import folded

FEATURES_VERSION = 2
Attributes: TypeAlias = list[str]

_MOST_CACHED = 200_000
_LONGEST_AFFIX = 4
_SHORTEST_STEM = 3
_FURTHEST = 2
_SHAPES = ((re.compile("[A-Za-z]+"), "A"), (re.compile("[0-9]+"), "9"), (re.compile("[ء-ي]+"), "ع"))


@lru_cache(_MOST_CACHED)
def form(word: str) -> str:
    """The word as it is looked up: folded, or as it is where nothing is left of it."""
    return folded(word) or word


@lru_cache(_MOST_CACHED)
def clitics_and_stem(word: str) -> tuple[str, str]:
    """The most that may be split off the front of a folded word (و ف, ب ل ك, ال), and the rest."""
    head, rest = "", word
    if len(rest) > _SHORTEST_STEM and rest[0] in "وف":
        head, rest = rest[0], rest[1:]
    if len(rest) > _SHORTEST_STEM and rest[0] in "بلك":
        head, rest = head + rest[0], rest[1:]
    if len(rest) > _SHORTEST_STEM + 1 and rest.startswith("ال"):
        return head + "ال", rest[2:]
    if len(rest) > _SHORTEST_STEM and head.endswith("ل") and rest[0] == "ل":
        return head + "ال", rest[1:]
    return head, rest


@lru_cache(_MOST_CACHED)
def shape(word: str) -> str:
    """Which scripts and marks a word is made of, and how long a number is."""
    if word.isdigit():
        return f"9{min(len(word), 5)}"
    for run, letter in _SHAPES:
        word = run.sub(letter, word)
    return word[:4]


@lru_cache(_MOST_CACHED)
def _own(word: str) -> tuple[str, ...]:
    """What a word is by itself."""
    plain = form(word)
    head, stem = clitics_and_stem(plain)
    affixes = [
        mark
        for size in range(1, min(_LONGEST_AFFIX, len(plain) - 1) + 1)
        for mark in (f"p{plain[:size]}", f"s{plain[-size:]}")
    ]
    return (
        "b", f"w{plain}", f"t{stem}", f"c{head}", f"h{shape(word)}", f"l{min(len(plain), 8)}", *affixes,
    )  # fmt: skip


@lru_cache(_MOST_CACHED)
def _seen_from(word: str, distance: int) -> tuple[str, ...]:
    """What a word is to one that stands `distance` words before (negative: behind) it."""
    plain = form(word)
    if abs(distance) == _FURTHEST:
        return (f"{distance}w{plain}",)
    head, stem = clitics_and_stem(plain)
    return (
        f"{distance}w{plain}", f"{distance}t{stem}", f"{distance}c{head}", f"{distance}h{shape(word)}",
        f"{distance}p{plain[:2]}", f"{distance}s{plain[-2:]}", f"{distance}S{plain[-3:]}",
    )  # fmt: skip


def attributes(words: Sequence[str], marks: Sequence[Sequence[str]]) -> list[Attributes]:
    """The attributes of each word of a sentence. `marks` are what else is known of each word, such as lists that it is on."""
    count = len(words)
    found: list[Attributes] = []
    for at, word in enumerate(words):
        own = [*_own(word), *marks[at]]
        for distance in (-2, -1, 1, 2):
            there = at + distance
            if 0 <= there < count:
                own += _seen_from(words[there], distance)
            elif abs(distance) == 1:
                own.append(f"{distance}#")
        if at:
            own.append(f"<{form(words[at - 1])}|{form(word)}")
            own += [f"-{mark}" for mark in marks[at - 1]]
        if at + 1 < count:
            own.append(f">{form(word)}|{form(words[at + 1])}")
            own += [f"+{mark}" for mark in marks[at + 1]]
        found.append(own)
    return found
