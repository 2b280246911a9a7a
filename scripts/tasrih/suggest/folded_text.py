"""Text folded for look-up, with the way back to the places of the unchanged text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tasrih.text.folding import folded


class _Letters(dict[int, str]):
    """What each code point becomes; a new one is folded when it is first met."""

    def __missing__(self, code: int) -> str:
        letters = folded(chr(code)) if code not in _NEVER else ""
        self[code] = letters
        return letters


_NEVER = frozenset(
    range(0xD800, 0xE000)
)  # lone surrogates stand in no text; what cannot be written is not looked up
_LETTERS = _Letters()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text and its folded form; `places` has, for each code point of `form`, where in `text` it comes from.

    `places` ends with the length of the text. It is a range where folding changed no length.
    """

    text: str
    form: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The code points of the text that [start, end) of the form comes from, with the marks on its last letter."""
        first, last = self.places[start], self.places[end - 1] + 1
        while last < self.places[end] and self.text[last] not in "\n" and not _LETTERS[ord(self.text[last])]:
            last += 1
        return first, last


@lru_cache(maxsize=4)  # of a long text few, which each suggester asks for again
def fold(text: str) -> Folded:
    """`text` folded by `tasrih.text.folding`, letter by letter."""
    form = text.translate(_LETTERS)
    if len(form) == len(text) and all(len(_LETTERS[ord(letter)]) == 1 for letter in set(text)):
        return Folded(text, form, range(len(text) + 1))
    places = [place for place, letter in enumerate(text) for _ in _LETTERS[ord(letter)]]
    return Folded(text, form, [*places, len(text)])
