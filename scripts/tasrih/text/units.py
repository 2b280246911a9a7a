"""Code points inside, other units at the border: UTF-16 and UTF-8 offsets, both directions."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import Literal, TypeAlias

Unit: TypeAlias = Literal["codepoint", "utf16", "byte"]


class BadOffset(ValueError):  # noqa: N818
    """An offset lies outside the text or inside a character."""


def _widths(text: str, unit: Unit) -> list[int]:
    if unit == "utf16":
        return [2 if ord(character) > 0xFFFF else 1 for character in text]
    return [len(character.encode()) for character in text]


class Offsets:
    """Converts offsets of one text between code points and `unit`.

    Raises BadOffset for an offset past the end, or inside a surrogate pair or a UTF-8 sequence.
    """

    def __init__(self, text: str, unit: Unit) -> None:
        self.unit = unit
        self._length = len(text)
        plain = unit == "codepoint" or (unit == "utf16" and (text.isascii() or max(text) <= "\uffff"))
        self._starts: list[int] | None = None if plain else [0, *accumulate(_widths(text, unit))]

    def to_codepoints(self, offset: int) -> int:
        """The code point at which `offset` (in this object's unit) stands."""
        if self._starts is None:
            return self._checked(offset)
        index = bisect_left(self._starts, offset)
        if offset < 0 or index >= len(self._starts):
            raise BadOffset(f"{self.unit} offset {offset} is outside of the text (0 to {self._starts[-1]})")
        if self._starts[index] != offset:
            raise BadOffset(f"{self.unit} offset {offset} is inside the character at code point {index - 1}")
        return index

    def from_codepoints(self, offset: int) -> int:
        """Where code point `offset` stands, in this object's unit."""
        self._checked(offset)
        return offset if self._starts is None else self._starts[offset]

    def _checked(self, offset: int) -> int:
        if not 0 <= offset <= self._length:
            raise BadOffset(f"offset {offset} is outside of the text (0 to {self._length})")
        return offset
