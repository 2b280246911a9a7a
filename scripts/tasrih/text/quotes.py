"""Quotation marks: which ones belong together and whether a span stands inside a pair."""

from __future__ import annotations

CLOSING = {"«": "»", "“": "”", "‘": "’", '"': '"', "”": "“", "‹": "›", "„": "“"}
OPENERS = frozenset(CLOSING)
MARKS = OPENERS | frozenset(CLOSING.values())
_SOFT = frozenset(" \t.،,؛;:!?؟…")


def enclosed(text: str, start: int, end: int) -> bool:
    """Whether quotation marks stand round [start, end): an opener before it, and behind it its closer.

    White space inside the marks, and punctuation between the words and the closing mark, are passed over.
    """
    before = start - 1
    while before >= 0 and text[before] in " \t":
        before -= 1
    if before < 0 or text[before] not in OPENERS:
        return False
    after = end
    while after < len(text) and text[after] in _SOFT:
        after += 1
    return after < len(text) and text[after] == CLOSING[text[before]]
