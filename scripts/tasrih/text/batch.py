"""Texts of a batch laid end to end, so that the words, sentences and tokens of all are found by few operations.

They are those that `sentences` and `tokens` find in each text alone, which a test holds. Offsets are code points of
the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tasrih.text.sentences import CLOSING, ENDING, is_abbreviation
from tasrih.text.tokens import parts_of

Numbers: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

# What a code point is, as bits.
_SPACE, _NEWLINE, _ENDING, _STOP, _CLOSING, _IN_WORD = (1 << bit for bit in range(6))
_LAST_SPACE = 0x3000


def _bits() -> npt.NDArray[np.uint8]:
    """Those of all code points up to the last that is white space; one behind it stands for all others."""
    bits = np.zeros(_LAST_SPACE + 2, np.uint8)
    bits[[point for point in range(_LAST_SPACE + 1) if chr(point).isspace()]] |= _SPACE
    # Behind a letter other than waw stands no lone one, so that with most full stops no more need be looked at.
    bits[[point for point in range(ord("ء"), ord("ي") + 1) if chr(point) != "و"]] |= _IN_WORD
    for characters, bit in (("\n", _NEWLINE), (ENDING, _ENDING), (".", _STOP), (CLOSING, _CLOSING)):
        bits[[ord(character) for character in characters]] |= bit
    return bits


_BITS = _bits()


@dataclass(slots=True)
class Tokens:
    """The tokens of all texts and their bounds."""

    words: pa.Array
    starts: Numbers
    ends: Numbers


@dataclass(slots=True)
class TextBatch:
    """Texts laid end to end with a line end behind each.

    `bases` has where each text begins and the end of the whole, `bits` what every code point is, `bytes_at` the byte of
    `utf8` at which it begins. A word is a run without white space.
    """

    texts: Sequence[str]
    bases: Numbers
    utf8: bytes
    bits: npt.NDArray[np.uint8]
    bytes_at: npt.NDArray[np.int32]
    word_starts: Numbers
    word_ends: Numbers

    @classmethod
    def of(cls, texts: Sequence[str], encoded: Sequence[bytes]) -> TextBatch:
        """`encoded` are the texts as UTF-8."""
        bases, bits = _laid_out(texts)
        utf8 = b"\n".join([*encoded, b""])
        begins = np.frombuffer(utf8, np.int8) >= -0x40  # other bytes than these go on with a code point
        starts, ends = _words(bits)
        return cls(texts, bases, utf8, bits, np.flatnonzero(begins).astype(np.int32), starts, ends)

    def column(self) -> pa.Array:
        """The texts."""
        return self.cut(self.bases[:-1], self.bases[1:] - 1)

    def cut(self, starts: Numbers, ends: Numbers) -> pa.Array:
        """What stands in spans that follow one another."""
        edges = np.zeros(2 * len(starts) + 1, np.int32)
        edges[:-1:2], edges[1::2] = self.bytes_at[starts], self.bytes_at[ends]
        edges[-1] = edges[-2] if len(starts) else 0
        pieces = pa.StringArray.from_buffers(len(edges) - 1, pa.py_buffer(edges), pa.py_buffer(self.utf8))
        return pieces.take(pa.array(np.arange(0, len(pieces), 2)))

    def cut_any(self, starts: Numbers, ends: Numbers) -> pa.Array:
        """What stands in spans of any order."""
        bounds = zip(self.bytes_at[starts].tolist(), self.bytes_at[ends].tolist(), strict=True)
        return pa.array([self.utf8[start:end] for start, end in bounds], pa.string())

    def sentences(self) -> tuple[Numbers, Numbers]:
        """Starts and ends of the sentences of all texts. A sentence is a run of words: none is cut."""
        first = np.unique(np.concatenate([[0], np.searchsorted(self.word_starts, self._cuts())]))
        first = first[first < len(self.word_starts)]
        behind = np.append(first[1:], len(self.word_starts))[: len(first)]
        return self.word_starts[first], self.word_ends[behind - 1]

    def _cuts(self) -> Numbers:
        """Behind what a new sentence may begin: a line end, and a mark with white space behind it."""
        places = np.flatnonzero((self.bits & (_NEWLINE | _ENDING | _CLOSING)) != 0)
        bits = self.bits[places]
        lines, marks, closing = (places[(bits & bit) != 0] for bit in (_NEWLINE, _ENDING, _CLOSING))
        behind = _ends_of_runs(marks)
        closed = (self.bits[behind] & _CLOSING) != 0
        behind[closed] = _ends_of_runs(closing)[np.searchsorted(closing, behind[closed])]
        ending = (self.bits[behind] & _SPACE) != 0
        marks, behind = marks[ending], behind[ending]
        return np.concatenate([lines + 1, behind[~self._abbreviations(marks)]])

    def _abbreviations(self, marks: Numbers) -> Flags:
        """Which of the marks are full stops behind a lone letter."""
        found = np.zeros(len(marks), bool)
        stops = ((self.bits[marks] & _STOP) != 0) & ((self.bits[marks - 2] & _IN_WORD) == 0)
        owners = np.searchsorted(self.bases, marks, "right") - 1
        for number in np.flatnonzero(stops).tolist():
            owner = owners[number]
            found[number] = is_abbreviation(self.texts[owner], int(marks[number] - self.bases[owner]))
        return found

    def tokens(self) -> Tokens:
        """Words repeat, so every word is cut up once."""
        coded = self.cut(self.word_starts, self.word_ends).dictionary_encode()
        known = _Vocabulary.of(coded.dictionary)
        codes = coded.indices.to_numpy()
        sizes = known.sizes[codes]
        word = np.repeat(np.arange(len(codes)), sizes)
        which = np.arange(len(word)) + np.repeat(known.first[codes] + sizes - np.cumsum(sizes), sizes)
        starts = self.word_starts[word] + known.shifts[which]
        lengths = pc.utf8_length(known.tokens).to_numpy()
        return Tokens(known.tokens.take(pa.array(which)), starts, starts + lengths[which])


@dataclass(slots=True)
class _Vocabulary:
    """The tokens of different words: of each word `sizes`, from `first` on; `shifts` is where in the word each begins."""

    tokens: pa.Array
    shifts: Numbers
    first: Numbers
    sizes: Numbers

    @classmethod
    def of(cls, words: pa.Array) -> _Vocabulary:
        first, sizes = np.arange(len(words)), np.ones(len(words), np.int64)
        tokens: list[str] = []
        shifts: list[int] = []
        for number, parts in enumerate(parts_of(words.to_pylist())):
            if parts is not None:
                first[number], sizes[number] = len(words) + len(tokens), len(parts[0])
                tokens += parts[0]
                shifts += parts[1]
        every = pa.concat_arrays([words, pa.array(tokens, pa.string())])
        return cls(every, np.array([0] * len(words) + shifts, np.int64), first, sizes)


def count_words(texts: Sequence[str]) -> list[int]:
    """How many words each text has: `len(text.split())` without making them."""
    bases, bits = _laid_out(texts)
    return cast(list[int], np.diff(np.searchsorted(_words(bits)[0], bases)).tolist())


def _laid_out(texts: Sequence[str]) -> tuple[Numbers, npt.NDArray[np.uint8]]:
    """The bases and bits of a batch."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    points = np.frombuffer("\n".join([*texts, ""]).encode("utf-32-le"), "<u4")
    return np.concatenate([[0], np.cumsum(lengths)]), _BITS.take(points, mode="clip")


def _words(bits: npt.NDArray[np.uint8]) -> tuple[Numbers, Numbers]:
    """Starts and ends of the words of what ends with white space."""
    inside = (bits & _SPACE) == 0
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    if len(inside) and inside[0]:
        edges = np.concatenate([[0], edges])
    return edges[::2], edges[1::2]


def _ends_of_runs(places: Numbers) -> Numbers:
    """For each of ascending places one past the last of those that follow it without a gap."""
    breaks = np.flatnonzero(np.diff(places) != 1)
    last = np.append(breaks, len(places) - 1)[: len(places)]
    return np.repeat(places[last] + 1, np.diff(last, prepend=-1))
