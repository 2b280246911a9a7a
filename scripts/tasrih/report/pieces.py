"""The text of an article in pieces for a page: stretches of text and tags, each with the marks round it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Any, TypeAlias

from tasrih.model import LayerView
from tasrih.report import segments
from tasrih.report.palette import Palette
from tasrih.report.segments import Segment, Span
from tasrih.report.strings import ENGLISH, Language

DEEPEST_LANE = 5
_EDGES = ("opens", "closes")
_EDGED = ("cue", "entity")  # drawn with a beginning and an end

_TagsAt: TypeAlias = "dict[int, list[tuple[Span, Tag]]]"


@dataclass(frozen=True, slots=True)
class Tag:
    """A small mark beside a span that says what it is and leads to its card; `anchor` is where links lead."""

    text: str
    classes: str
    href: str
    title: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text or a tag, and the classes of the elements that mark it, the outermost first."""

    marks: list[str]
    text: str = ""
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A piece in the order of writing: how many elements end before it, which begin, and the piece itself.

    Neighbours in the same marks share their elements, so that a mark is drawn and lit as one. The last step of a
    paragraph ends what is open and has no piece.
    """

    closed: int
    opened: list[str]
    piece: Piece | None


def steps(pieces: Iterable[Piece]) -> Iterator[Step]:
    """`pieces` as elements that open and close."""
    whole = list(pieces)
    current: list[str] = []
    for piece, marks in zip(whole, _joined([piece.marks for piece in whole]), strict=True):
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(current, marks, strict=False)))
        yield Step(len(current) - shared, marks[shared:], piece)
        current = marks
    yield Step(len(current), [], None)


def _joined(rows: Sequence[list[str]], depth: int = 0) -> list[list[str]]:
    """The marks of pieces in a row, where what is the same element but for its edges has them all."""
    found: list[list[str]] = []
    for name, run in groupby(rows, lambda marks: _unedged(marks[depth]) if depth < len(marks) else None):
        same = list(run)
        if name is not None:
            edges = [edge for edge in _EDGES if any(marks[depth].endswith(f" {edge}") for marks in same)]
            joined = " ".join([name, *edges])
            same = _joined([[*marks[:depth], joined, *marks[depth + 1 :]] for marks in same], depth + 1)
        found += same
    return found


def _unedged(mark: str) -> str:
    return next((mark.removesuffix(f" {edge}") for edge in _EDGES if mark.endswith(f" {edge}")), mark)


class Cutter:
    """Cuts the text of one layer's article into pieces."""

    def __init__(self, view: LayerView, palette: Palette, say: Language = ENGLISH) -> None:
        self.text = view.text or ""
        self.palette = palette
        self.say = say
        self.spans = segments.layer_spans(view) if self.text else []
        self.paragraphs = segments.paragraphs(self.text)
        in_paragraphs = segments.by_paragraph(self.paragraphs, self.spans)
        self._in_paragraph = {
            start: spans for (start, _), spans in zip(self.paragraphs, in_paragraphs, strict=True)
        }
        self._lanes = segments.lanes(self.spans, DEEPEST_LANE)
        self._by_id = view.by_id()
        parts = sorted((span for span in self.spans if span.kind == "claim"), key=lambda span: -span.part)
        self._first_part = {span.owner: span.part for span in parts}

    def shown(self) -> set[str]:
        """The ids that have an anchor in the text."""
        return {span.owner for span in self.spans if span.kind in ("claim", "stance", "entity")}

    def zone(self, start: int, end: int) -> str:
        """The kind of zone that covers all words of the paragraph [start, end), or an empty string."""
        words = self.text[start:end]
        first = start + len(words) - len(words.lstrip())
        last = start + len(words.rstrip())
        zones = (
            span
            for span in self._in_paragraph[start]
            if span.kind == "zone" and span.start <= first < last <= span.end
        )
        return next((zone.owner for zone in zones), "")

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        """The paragraph [start, end) with its tags: those of claims before their first word, others behind their last.

        The line ends behind the words are kept apart, so that a page need not show them as empty lines.
        """
        here = self._in_paragraph[start]
        opening, closing = self._opening_tags(here, start), self._closing_tags(here)
        line_end = start + len(self.text[start:end].rstrip("\n"))
        before: tuple[Span, ...] = ()
        for segment in segments.segments(start, end, here, [*opening, line_end]):
            for _, tag in opening.get(segment.start, []):
                yield Piece(self._marks([span for span in before if span in segment.spans]), tag=tag)
            yield self._text_piece(segment) if segment.start < line_end else self._line_end_piece(segment)
            for span, tag in closing.get(segment.end, []):
                yield self._closing_piece(segment, span, tag)
            before = segment.spans

    # Tags

    def _opening_tags(self, here: Sequence[Span], start: int) -> _TagsAt:
        tags: _TagsAt = {}
        for span in sorted(here, key=segments.nesting):
            if span.kind == "claim" and span.start >= start:
                at = max(segments.word_start(self.text, span.start), start)
                tags.setdefault(at, []).append((span, self._claim_tag(span)))
        return tags

    def _closing_tags(self, here: Sequence[Span]) -> _TagsAt:
        tags: _TagsAt = {}
        makers = {"entity": self._entity_tag, "stance": self._stance_tag, "cue": self._cue_tag}
        for span in sorted(here, key=segments.nesting, reverse=True):
            if maker := makers.get(span.kind):
                tags.setdefault(span.end, []).append((span, maker(span)))
        return tags

    def _claim_tag(self, span: Span) -> Tag:
        claim = span.owner
        if span.part != self._first_part[claim]:
            title = self.say("content of claim {id}, continued", id=claim)
            return Tag(f"…{claim}", f"claim-tag in-{claim}", f"#card-{claim}", title)
        title = self.say("content of claim {id}", id=claim)
        return Tag(claim, f"claim-tag in-{claim}", f"#card-{claim}", title, claim)

    def _cue_tag(self, span: Span) -> Tag:
        title = self.say("cue of claim {id}", id=span.owner)
        return Tag(span.owner, "cue-tag", f"#card-{span.owner}", title)

    def _stance_tag(self, span: Span) -> Tag:
        stance: Any = self._by_id[span.owner]
        label = stance["label"]
        text = f"{self.palette.stance_symbol(label)} {span.owner}"
        classes = f"stance-tag {self.palette.stance_class(label)}"
        title = self.say("stance {id}: {label}", id=span.owner, label=self.say.label(label))
        return Tag(text, classes, f"#card-{span.owner}", title, span.owner)

    def _entity_tag(self, span: Span) -> Tag:
        entity: Any = self._by_id[span.owner]
        label, form = (self.say.label(entity.get(name) or "") for name in ("label", "form"))
        said = [span.owner, label, form, entity.get("referent") or ""]
        classes = f"entity-tag {self.palette.mention_classes(entity)}"
        title = self.say(", ").join(part for part in said if part)
        return Tag(entity["label"], classes, f"#row-{span.owner}", title, span.owner)

    # Marks

    def _text_piece(self, segment: Segment) -> Piece:
        opened = [span for span in segment.spans if span.start == segment.start]
        edge = "" if segments.inside_word(self.text, segment.start) else "opens"
        return Piece(self._marks(segment.spans, opened, edge), self.text[segment.start : segment.end])

    def _line_end_piece(self, segment: Segment) -> Piece:
        return Piece(["line-end"], self.text[segment.start : segment.end])

    def _closing_piece(self, segment: Segment, owner: Span, tag: Tag) -> Piece:
        """The tag of `owner`, inside of it and of whatever is still open behind the segment."""
        own = segments.nesting(owner)
        still_open = [
            span for span in segment.spans if span.end > segment.end or segments.nesting(span) <= own
        ]
        return Piece(self._marks(still_open, [owner], "closes"), tag=tag)

    def _marks(self, spans: Sequence[Span], at_edge: Sequence[Span] = (), edge: str = "") -> list[str]:
        """The classes of the elements for `spans`, the outermost first; `edge` for those that begin or end here."""
        outermost_first = sorted(spans, key=segments.nesting)
        return [
            " ".join(
                [*self._classes(span), *([edge] if edge and span in at_edge and span.kind in _EDGED else [])]
            )
            for span in outermost_first
        ]

    def _classes(self, span: Span) -> list[str]:
        if span.kind == "zone":
            return ["zone", span.owner]
        lane = min(self._lanes[span], DEEPEST_LANE)
        return [span.kind, f"lane-{lane}", f"in-{span.owner}", *self._kind_classes(span)]

    def _kind_classes(self, span: Span) -> list[str]:
        annotation: Any = self._by_id[span.owner]
        if span.kind == "entity":
            return [self.palette.mention_classes(annotation)]
        if span.kind == "stance":
            return [self.palette.stance_class(annotation["label"])]
        return ["unattributed"] if span.kind == "claim" and annotation.get("mode") == "unattributed" else []
