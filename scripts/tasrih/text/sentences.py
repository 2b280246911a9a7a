"""Sentence bounds. A line always ends one; so does a full stop, question or exclamation mark with
white space behind it, closing quotes and brackets included."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

ENDING = ".!?؟…"
CLOSING = '"”»’)]'
_MARK = re.compile(f"[\n{ENDING}]")
_END = re.compile(rf"[{ENDING}]+[{re.escape(CLOSING)}]*(?=\s)")


def _ends(text: str) -> Iterator[int]:
    """Code points behind which a new sentence may begin."""
    for match in _MARK.finditer(text):  # one set of characters is found far quicker than the whole pattern
        at = match.start()
        if text[at] == "\n":
            yield at + 1
        elif (end := _END.match(text, at)) and not is_abbreviation(text, at):
            yield end.end()


def is_abbreviation(text: str, at: int) -> bool:
    """Whether the full stop at `at` stands behind a lone letter (د. أحمد، ود. أحمد), so that it ends nothing."""
    if text[at] != "." or not at or not text[at - 1].isalpha():
        return False
    before = at - 2 if at > 2 and text[at - 2] == "و" else at - 1
    return before == 0 or not (text[before - 1].isalnum() or unicodedata.combining(text[before - 1]))


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans [start, end) of the sentences of `text` in code points, without white space at their edges."""
    spans: list[tuple[int, int]] = []
    start = 0
    for cut in (*_ends(text), len(text)):
        piece = text[start:cut]
        inner = piece.strip()
        if inner:
            lead = len(piece) - len(piece.lstrip())
            spans.append((start + lead, start + lead + len(inner)))
        start = cut
    return spans


def sentence_run(starts: Sequence[int], ends: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """Start and end of the smallest run of sentences that holds [start, end).

    `starts` and `ends` are the sentences' bounds, ascending. A span outside of every sentence is its own run.
    """
    first = bisect_right(starts, start) - 1
    last = bisect_left(ends, end)
    run_start = min(start, starts[first]) if first >= 0 else start
    run_end = max(end, ends[last]) if last < len(ends) else end
    return run_start, run_end
