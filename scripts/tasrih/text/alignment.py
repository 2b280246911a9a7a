"""Where the words of a text stand in a corrected one.

The two texts are compared line by line, what differs sentence by sentence, then word by word and letter by letter,
so that a correction inside a word moves nothing but that word. Offsets are code points.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# How a stretch is cut, from coarse to fine, and the code points on either side up to which it is: a longer stretch
# that was written anew would take too long, and its words are gone in any case.
_LEVELS = (
    (re.compile(r"[^\n]*\n|[^\n]+"), 1 << 40),
    (re.compile(r"[^.!?؟]*[.!?؟]+\s*|[^.!?؟]+"), 1 << 40),
    (re.compile(r"\w+\s*|[^\w\s]\s*|\s+"), 20_000),
    (re.compile(r"(?s)."), 2_000),
)
_KEPT_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Block:
    """[start, end) of the old text became [new_start, new_end) of the new one; `same` where the letters are the same."""

    start: int
    end: int
    new_start: int
    new_end: int
    same: bool


class Alignment:
    """The blocks in which a text became another, and what that makes of a span."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self.blocks = list(_joined(_blocks(old, new)))
        self._starts = [block.start for block in self.blocks]

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """Where [start, end) of the old text stands in the new one, or None where its words are gone.

        A span whose inner letters were corrected is placed; one that kept less than half of its letters, or an
        edge of which lies within a stretch that was written anew, is not.
        """
        new_start, new_end = self._edge(start, start), self._edge(end - 1, end)
        if new_start is None or new_end is None or new_end <= new_start:
            return None
        if self._kept(start, end) < _KEPT_SHARE * (end - start):
            return None
        return new_start, new_end

    def _edge(self, at: int, edge: int) -> int | None:
        """Where the edge of the code point `at`, before or behind it, stands in the new text."""
        block = self._block(at)
        if block is None:
            return None
        if block.same:
            return block.new_start + edge - block.start
        return {block.start: block.new_start, block.end: block.new_end}.get(edge)

    def _block(self, at: int) -> Block | None:
        index = bisect_right(self._starts, at) - 1
        # A block without old letters is where something was put in.
        while index >= 0 and self.blocks[index].end <= at:
            index -= 1
        return self.blocks[index] if index >= 0 and self.blocks[index].start <= at else None

    def _kept(self, start: int, end: int) -> int:
        """How many code points of [start, end) stand in the new text unchanged."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        kept = 0
        for block in self.blocks[first:]:
            if block.start >= end:
                break
            if block.same:
                kept += max(0, min(end, block.end) - max(start, block.start))
        return kept


def _blocks(old: str, new: str, at: int = 0, new_at: int = 0, level: int = 0) -> Iterator[Block]:
    """The blocks of two stretches that begin at `at` and `new_at`, what differs cut finer and finer."""
    if level == len(_LEVELS) or max(len(old), len(new)) > _LEVELS[level][1] or not old or not new:
        yield Block(at, at + len(old), new_at, new_at + len(new), False)
        return
    pattern = _LEVELS[level][0]
    ones, others = pattern.findall(old), pattern.findall(new)
    starts, new_starts = _offsets(ones), _offsets(others)
    for tag, i1, i2, j1, j2 in _opcodes(ones, others):
        start, end, new_start, new_end = starts[i1], starts[i2], new_starts[j1], new_starts[j2]
        if tag == "equal":
            yield Block(at + start, at + end, new_at + new_start, new_at + new_end, True)
        else:
            yield from _blocks(
                old[start:end], new[new_start:new_end], at + start, new_at + new_start, level + 1
            )


def _opcodes(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """difflib's opcodes, what is the same at both ends set aside first: most corrections are small."""
    head = next(
        (k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    room = min(len(one), len(other)) - head
    tail = next((k for k in range(room) if one[len(one) - 1 - k] != other[len(other) - 1 - k]), room)
    if head:
        yield "equal", 0, head, 0, head
    middle, changed = one[head : len(one) - tail], other[head : len(other) - tail]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, middle, changed, autojunk=False).get_opcodes():
        yield tag, head + i1, head + i2, head + j1, head + j2
    if tail:
        yield "equal", len(one) - tail, len(one), len(other) - tail, len(other)


def _joined(blocks: Iterator[Block]) -> Iterator[Block]:
    """Neighbours of one kind as one block."""
    waiting: Block | None = None
    for block in blocks:
        if waiting and waiting.same and block.same:
            waiting = Block(waiting.start, block.end, waiting.new_start, block.new_end, True)
            continue
        if waiting:
            yield waiting
        waiting = block
    if waiting:
        yield waiting


def _offsets(parts: Sequence[str]) -> list[int]:
    offsets = [0]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    return offsets
