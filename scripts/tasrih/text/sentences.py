"""Sentence bounds. A line always ends one; so does a full stop, question or exclamation mark with
white space behind it, closing quotes and brackets included."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

_MARK = re.compile(r"\n|[.!?؟…]+[\"”»’)\]]*(?=\s)")


def _is_abbreviation(text: str, at: int) -> bool:
    """Whether the full stop at `at` stands behind a lone letter (د. أحمد), so that it ends nothing."""
    return text[at] == "." and at > 0 and text[at - 1].isalpha() and (at == 1 or not text[at - 2].isalnum())


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans [start, end) of the sentences of `text` in code points, without white space at their edges."""
    spans: list[tuple[int, int]] = []
    start = 0
    cuts = [match.end() for match in _MARK.finditer(text) if not _is_abbreviation(text, match.start())]
    for cut in (*cuts, len(text)):
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
