"""Runs of words that were seen with labels, found again in other texts: the longest first, none over another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

Label = TypeVar("Label", bound=Hashable)
Words: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry(Generic[Label]):
    """A run of words, its most frequent label, and the share of its times that had it."""

    words: Words
    label: Label
    share: float


@dataclass(frozen=True, slots=True)
class Match(Generic[Label]):
    """Words `first` to `behind`, half-open, of a text are an entry's."""

    first: int
    behind: int
    entry: Entry[Label]


Lexicon: TypeAlias = Mapping[str, Sequence[Entry[Label]]]


def lexicon(counts: Mapping[Words, Counter[Label]]) -> Lexicon[Label]:
    """Entries by their first word, the longest first. Of labels that are equally frequent the first counted is taken."""
    found: dict[str, list[Entry[Label]]] = defaultdict(list)
    for words, labels in counts.items():
        if words:
            label, times = labels.most_common(1)[0]
            found[words[0]].append(Entry(words, label, times / labels.total()))
    for alike in found.values():
        alike.sort(key=lambda entry: (-len(entry.words), entry.words))
    return dict(found)


def matches(words: Sequence[str], known: Lexicon[Label]) -> Iterator[Match[Label]]:
    """The entries that stand in `words`, from left to right."""
    at = 0
    while at < len(words):
        entry = next(
            (one for one in known.get(words[at], ()) if tuple(words[at : at + len(one.words)]) == one.words),
            None,
        )
        if entry is None:
            at += 1
            continue
        yield Match(at, at + len(entry.words), entry)
        at += len(entry.words)
