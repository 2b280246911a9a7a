"""Where the quotes of a foreign file stand in its text, when its offsets and its quotes disagree."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from tasrih.store import Misuse
from tasrih.text.units import BadOffset, Offsets, Unit

NEARBY = 200  # code points either side in which a quote is looked for first
MOST_MISPLACED = 1_000
_MOST_MARKED = 50_000_000
_MARK = "\ufeff"


def found(text: str, quote: str, near: int) -> int | None:
    """Where `quote` stands once: close to code point `near`, else in the whole text; None where it never or often does.

    >>> found("of a and of b", "of", 12), found("of a and b", "of", 5), found("of a", "on", 0)
    (None, 0, None)
    """
    if not quote:
        return None
    start = max(0, near - NEARBY)
    for low, high in ((start, start + 2 * NEARBY + len(quote)), (0, len(text))):
        at = text.find(quote, low, high)
        if at >= 0 and text.find(quote, at + 1, high) < 0:
            return at
        if at >= 0:
            return None
    return None


def same_words(words: str, quote: str) -> bool:
    """Whether two quotes differ in white space alone."""
    return words == quote or "".join(words.split()) == "".join(quote.split())


class Counting:
    """One way in which a file may have counted its offsets: its line ends and byte order mark, and the unit.

    `place` gives code points of the canonical text, None where there are none.
    """

    def __init__(self, source: str, unit: Unit) -> None:
        self._offsets = Offsets(source, unit)
        dropped = [match.start() for match in re.finditer("\r\n", source)]
        leading = len(source) - len(source.lstrip(_MARK))
        self._dropped = [*range(leading), *dropped]

    def place(self, offset: int) -> int | None:
        """The code point of the canonical text at which `offset` stands."""
        try:
            at = self._offsets.to_codepoints(offset)
        except BadOffset:
            return None
        return at - bisect_left(self._dropped, at)


def countings(source: str, text: str) -> Iterator[Counting]:
    """The ways of counting that differ on `source`, whose canonical form is `text`; code points of the file come first."""
    sources = dict.fromkeys((source, text, text.replace("\n", "\r\n")))
    units: tuple[Unit, ...] = ("codepoint", "utf16") if max(source, default="") > "\uffff" else ("codepoint",)
    for one in sources:
        for unit in units:
            yield Counting(one, unit)


def refuse_glut(lengths: Iterable[int], where: str) -> None:
    """Raises Misuse where what is marked, all together, is so long that it would fill the memory."""
    if (total := sum(lengths)) > _MOST_MARKED:
        raise Misuse(
            f"{where}: its annotations mark {total:,} characters, one over the other; more than {_MOST_MARKED:,} are not read"
        )
