"""The text of an article cut at every boundary of its annotations, so that spans may nest and cross.

All offsets are code points into the article's text; spans and segments are half-open.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from tasrih.model import LayerView, claim_parts

Kind: TypeAlias = Literal["zone", "claim", "stance", "cue", "entity"]

# From the outermost to the innermost where several cover one segment.
KINDS: tuple[Kind, ...] = ("zone", "claim", "stance", "cue", "entity")


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


def lanes(spans: Iterable[Span]) -> dict[Span, int]:
    """A lane for each span, so that overlapping spans of one kind never share one; the innermost come first."""
    placed: list[Span] = []
    found: dict[Span, int] = {}
    for span in sorted(spans, key=nesting, reverse=True):
        taken = {found[other] for other in placed if other.kind == span.kind and _overlap(other, span)}
        found[span] = next(lane for lane in range(len(taken) + 1) if lane not in taken)
        placed.append(span)
    return found


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def segments(start: int, end: int, spans: Sequence[Span], cuts: Iterable[int] = ()) -> list[Segment]:
    """[start, end) cut at every boundary of `spans` and at `cuts`: without a gap and in order."""
    here = sorted((span for span in spans if span.start < end and start < span.end), key=nesting)
    bounds = {bound for span in here for bound in (span.start, span.end)} | set(cuts) | {start, end}
    inside = sorted(bound for bound in bounds if start <= bound <= end)
    return [
        Segment(left, right, tuple(span for span in here if span.start <= left and right <= span.end))
        for left, right in pairwise(inside)
    ]


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
