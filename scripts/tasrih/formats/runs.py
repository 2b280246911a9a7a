"""Text as spaCy and Prodigy cut it: tokens that make up the whole of it, and spans that are runs of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from tasrih.text.tokens import tokens


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text, which with a blank behind those that have one make up the whole of it."""

    words: list[str]
    blanks: list[bool]
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        at = 0
        for word, blank in zip(self.words, self.blanks, strict=True):
            self.starts.append(at)
            at += len(word)
            self.ends.append(at)
            at += blank

    def text(self) -> str:
        return "".join(
            word + " " if blank else word for word, blank in zip(self.words, self.blanks, strict=True)
        )

    def widened(self, start: int, end: int) -> tuple[int, int]:
        """The run of tokens that touches code points; of a lone blank the token before it."""
        first, last = bisect_right(self.ends, start), bisect_left(self.starts, end)
        return (first, last) if first < last else (first - 1, first)

    def without_space(self, first: int, last: int) -> tuple[int, int]:
        """A run without tokens of white space at its edges; spaCy learns no entity that has them."""
        while first < last and self.words[first].isspace():
            first += 1
        while first < last and self.words[last - 1].isspace():
            last -= 1
        return first, last


def tokens_of(text: str) -> Tokens:
    """Our tokens of a text, and between them tokens of what white space is more than one blank."""
    words: list[str] = []
    blanks: list[bool] = []
    at = 0
    for word, start in (*zip(*tokens(text), strict=True), ("", len(text))):
        between = text[at:start]
        if words and between.startswith(" "):
            blanks[-1] = True
            between = between[1:]
        for one in (between, word):
            if one:
                words.append(one)
                blanks.append(False)
        at = start + len(word)
    return Tokens(words, blanks)
