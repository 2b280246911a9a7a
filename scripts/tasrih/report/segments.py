"""The text of an article cut at every boundary of its annotations, so that spans may nest and cross.

All offsets are code points into the article's text; spans and segments are half-open.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from tasrih.model import LayerView, claim_parts

Kind: TypeAlias = Literal["zone", "claim", "stance", "cue", "entity"]

# From the outermost to the innermost where several cover one segment.
KINDS: tuple[Kind, ...] = ("zone", "claim", "stance", "cue", "entity")
MOST_SPANS = 24  # elements within each other that are named: browsers give up at some hundreds


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that an annotation or a zone marks.

    `owner` is the annotation's id, of a zone its kind; `part` counts the fragments of a claim from 0.
    """

    kind: Kind
    start: int
    end: int
    owner: str
    part: int = 0

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text in which no span begins or ends; `spans` cover it, the outermost first."""

    start: int
    end: int
    spans: tuple[Span, ...]


def layer_spans(view: LayerView) -> list[Span]:
    """Every span of a layer and of its article's zones, cut to the text; what lies outside is left out."""
    bound = len(view.text) if view.text is not None else view.article["length"]
    return [
        Span(span.kind, max(span.start, 0), min(span.end, bound), span.owner, span.part)
        for span in _all_spans(view)
        if max(span.start, 0) < min(span.end, bound)
    ]


def _all_spans(view: LayerView) -> Iterator[Span]:
    for zone in view.article["zones"]:
        yield Span("zone", zone["start"], zone["end"], zone["kind"])
    for claim in view.claims:
        for part, (start, end) in enumerate(claim_parts(claim)):
            yield Span("claim", start, end, claim["id"], part)
        if cue := claim.get("cue"):
            yield Span("cue", cue["start"], cue["end"], claim["id"])
    for stance in view.stances:
        yield Span("stance", stance["start"], stance["end"], stance["id"])
    for entity in view.entities:
        yield Span("entity", entity["start"], entity["end"], entity["id"])


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Bounds of the paragraphs: a line with the line ends behind it. Together they are the whole text."""
    bounds, start = [], 0
    for line_end in range(1, len(text) + 1):
        at_end = line_end == len(text)
        if at_end or (text[line_end - 1] == "\n" and text[line_end] != "\n"):
            bounds.append((start, line_end))
            start = line_end
    return bounds


def by_paragraph(bounds: Sequence[tuple[int, int]], spans: Iterable[Span]) -> list[list[Span]]:
    """For each paragraph the spans that lie in it, in whole or in part.

    Of those that neither begin nor end in it no more than `MOST_SPANS` are named, the outermost.
    """
    starts = [start for start, _ in bounds]
    found: list[list[Span]] = [[] for _ in bounds]
    covering = [0] * len(bounds)
    for span in sorted(spans, key=nesting):
        at = max(bisect_right(starts, span.start) - 1, 0)
        while at < len(bounds) and bounds[at][0] < span.end:
            start, end = bounds[at]
            covers = span.start < start and end < span.end
            if not covers or covering[at] < MOST_SPANS:
                found[at].append(span)
                covering[at] += covers
            at += 1
    return found


def lanes(spans: Iterable[Span], deepest: int | None = None) -> dict[Span, int]:
    """A lane for each span, so that overlapping spans of one kind never share one; the innermost come first.

    With `deepest` there is no lane beyond it: what finds no other place shares that one.
    """
    taken: dict[Kind, list[list[tuple[int, int]]]] = {}
    found: dict[Span, int] = {}
    for span in sorted(spans, key=nesting, reverse=True):
        lanes_of_kind = taken.setdefault(span.kind, [])
        lane = next((lane for lane, here in enumerate(lanes_of_kind) if _is_free(here, span)), None)
        if lane is None:
            lane = len(lanes_of_kind)
            if lane == deepest:
                found[span] = lane
                continue
            lanes_of_kind.append([])
        insort(lanes_of_kind[lane], (span.start, span.end))
        found[span] = lane
    return found


def _is_free(taken: Sequence[tuple[int, int]], span: Span) -> bool:
    """Whether `span` overlaps none of `taken`, which are sorted and do not overlap each other."""
    at = bisect_right(taken, (span.start, span.end))
    return (at == 0 or taken[at - 1][1] <= span.start) and (at == len(taken) or span.end <= taken[at][0])


def segments(start: int, end: int, spans: Sequence[Span], cuts: Iterable[int] = ()) -> list[Segment]:
    """[start, end) cut at every boundary of `spans` and at `cuts`: without a gap and in order.

    Of more than `MOST_SPANS` spans over one segment the outermost are named, for a page cannot show them all.
    """
    here = sorted((span for span in spans if span.start < end and start < span.end), key=nesting)
    opening: dict[int, list[tuple[tuple[int, int, int, str, int], Span]]] = {}
    closing: dict[int, list[tuple[tuple[int, int, int, str, int], Span]]] = {}
    for span in here:
        entry = ((*nesting(span), span.part), span)
        opening.setdefault(max(span.start, start), []).append(entry)
        closing.setdefault(span.end, []).append(entry)
    bounds = sorted({bound for bound in {*opening, *closing, *cuts} if start < bound < end} | {start, end})
    found: list[Segment] = []
    current: list[tuple[tuple[int, int, int, str, int], Span]] = []
    for left, right in pairwise(bounds):
        for entry in closing.get(left, ()):
            del current[bisect_left(current, entry[0], key=lambda other: other[0])]
        for entry in opening.get(left, ()):
            insort(current, entry, key=lambda other: other[0])
        found.append(Segment(left, right, tuple(span for _, span in current[:MOST_SPANS])))
    return found


def nesting(span: Span) -> tuple[int, int, int, str]:
    """Sort key: by kind, then the longer span first."""
    return KINDS.index(span.kind), -span.length, span.start, span.owner


def inside_word(text: str, at: int) -> bool:
    """Whether letters, digits or marks stand on both sides of offset `at`, so that a gap would break a word."""
    return 0 < at < len(text) and _in_word(text[at - 1]) and _in_word(text[at])


def word_start(text: str, at: int) -> int:
    """Start of the word that offset `at` lies in, `at` itself where it lies in none."""
    while inside_word(text, at):
        at -= 1
    return at


def _in_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"
