"""One annotated article as an HTML page that stands alone: no script, one style block, nothing fetched.

The text is cut into segments (`tasrih.report.segments`); tags are drawn by the style sheet, so that the
text of the page, copied or read by a program, is the article's text and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from jinja2 import Environment, PackageLoader, StrictUndefined

from tasrih.model import (
    UNSPECIFIED,
    Annotation,
    Article,
    Claim,
    Document,
    Entity,
    Labels,
    LayerView,
    Stance,
    text_order,
)
from tasrih.report import roles, segments
from tasrih.report.segments import Segment, Span

# Tint and ink of the entity labels, in the order of the label set. The tints differ in lightness as well as
# in hue (after Paul Tol's light scheme), and a tag names the label, so that no reader depends on the hue.
_PALETTE = (
    ("#cfe3f7", "#1f5a96"), ("#fbe0c3", "#8f4a00"), ("#cdeadb", "#14694a"), ("#deecb4", "#55660a"),
    ("#e6dbf3", "#67418f"), ("#fad5dc", "#9b2246"), ("#f6eab0", "#6f5900"), ("#f3d1ea", "#8a2573"),
    ("#e2e2e0", "#545450"), ("#d5d8f6", "#3b3f9e"), ("#c9ebf1", "#0d6470"), ("#ebdacd", "#73452a"),
)  # fmt: skip
# Ink and symbol of the stance labels: blue and vermilion keep apart for every kind of colour vision.
_STANCES = (("#0b62a0", "▲"), ("#b3400a", "▼"), ("#5f5f5f", "●"), ("#7a3b8f", "◆"), ("#46690f", "■"))
_STANCE_PLACES = {"support": 0, "oppose": 1, "neutral": 2}
_DEEPEST_LANE = 5
_WORDS_IN_CHIP = 6
_ID = re.compile(r"[ecs][1-9][0-9]*\Z")
_WIKIDATA = re.compile(r"Q[1-9][0-9]*\Z")

TagsAt: TypeAlias = dict[int, list[tuple[Span, "Tag"]]]


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
    """A stretch of text or a tag, within the elements that mark it, the outermost first."""

    marks: list[str]
    text: str = ""
    tag: Tag | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """An annotation in few words, with a link to its place; a claim has its number before the words."""

    text: str
    classes: str
    href: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A claim or a stance as a sentence. A claim has a cue and a content, a stance a label and a target."""

    annotation: Claim | Stance
    sources: list[Chip]
    words: str
    attributes: list[roles.Attribute]
    remarks: list[tuple[str, str]]
    cue: str = ""
    symbol: str = ""
    classes: str = ""
    target: Chip | None = None
    about: list[Chip] = field(default_factory=list)
    within: Chip | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph with the cards of the claims and stances that begin in it; `zone` where it is one."""

    zone: str
    pieces: list[Piece]
    line_end: str
    cards: list[Card]


# --- The page -----------------------------------------------------------------------------------------


def page(document: Document, layer: str, labels: Labels, title: str | None = None) -> str:
    """Layer `layer` of `document` as a whole HTML page; `title` in place of the article's.

    Where the text is not at hand the page says so and lists the annotations by offsets and labels. Raises
    Misuse where the article has no such layer.
    """
    view = roles.view_of(document, layer)
    writer = _Writer(view, labels)
    style = _style(view, labels)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    html = _template().render(
        title=title or view.article.get("title") or view.article["id"],
        article=view.article,
        header=view.header,
        layer=view.name,
        direction=roles.direction(view.article["language"]),
        style=style,
        style_hash=f"sha256-{digest}",
        facts=_facts(view.article),
        address=view.article.get("url") or "",
        is_web=(view.article.get("url") or "").startswith(("https://", "http://")),
        figures=_figures(view),
        entity_legend=writer.entity_legend(),
        stance_legend=writer.stance_legend(),
        rows=writer.rows(),
        loose=writer.loose(),
        referents=roles.referents(view),
        writer=writer,
    )
    return html.replace("\r", "&#13;")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("tasrih.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template() -> Any:
    return _environment().get_template("page.html.jinja")


def _style(view: LayerView, labels: Labels) -> str:
    """The whole style sheet: the fixed part, the colours of the labels, and what a link to an id lights up."""
    fixed = files("tasrih.report").joinpath("templates/page.css").read_text("utf-8")
    rules = []
    for place in range(len(labels["entity"])):
        tint, ink = _PALETTE[place % len(_PALETTE)]
        rules.append(f".label-{place}{{--tint:{tint};--ink:{ink}}}")
    for place in range(len(labels["stance"]) + len(_STANCES)):
        rules.append(f".stance-{place}{{--ink:{_STANCES[place % len(_STANCES)][0]}}}")
    rules += [f".lane-{lane}{{--lane:{lane}}}" for lane in range(_DEEPEST_LANE + 1)]
    for identifier in sorted({line["id"] for line in view.annotations if _ID.match(line["id"])}):
        lit = f"#{identifier}:target,#card-{identifier}:target,#card-{identifier}:hover"
        rules.append(f":root:has({lit}) .in-{identifier}{{box-shadow:inset 0 0 0 9em var(--lit)}}")
    return "\n".join([fixed.strip(), *rules])


def _facts(article: Article) -> list[tuple[str, str]]:
    """Metadata as name and value, in the order in which it is read; what is not given is left out."""
    credit = article.get("credits") or {}
    rights = article["rights"]
    facts = [
        ("article", article["id"]),
        ("event", article["event"]),
        ("topic", article["topic"]),
        ("date", article.get("date")),
        ("publisher", article.get("publisher")),
        ("source", credit.get("source")),
        ("picture", credit.get("image")),
        ("countries", ", ".join(article.get("countries") or [])),
        ("origin", article["origin"] + (", invented" if article.get("invented") else "")),
        ("author", article.get("author")),
        ("language", article["language"]),
        ("licence", rights["licence"] + ("" if rights["redistribute"] else " (text withheld)")),
        ("based on", "; ".join(article.get("sources") or [])),
    ]
    return [(name, value) for name, value in facts if value]


def _figures(view: LayerView) -> list[tuple[str, int]]:
    return [
        ("mentions", len(view.entities)),
        ("referents", len(roles.referents(view))),
        ("claims", len(view.claims)),
        ("stances", len(view.stances)),
        ("characters", view.article["length"] if view.text is None else len(view.text)),
    ]


# --- Annotations → elements ---------------------------------------------------------------------------


class _Writer:
    """Turns the annotations of one layer into what the template shows."""

    def __init__(self, view: LayerView, labels: Labels) -> None:
        self.view = view
        self.labels = labels
        self.by_id = view.by_id()
        self.spans = segments.layer_spans(view)
        self.lanes = segments.lanes(self.spans)
        self.anchored = {span.owner for span in self.spans if span.kind in ("claim", "stance", "entity")}

    # Classes and chips

    def label_class(self, label: str) -> str:
        """The class that colours an entity label."""
        return (
            f"label-{self.labels['entity'].index(label)}" if label in self.labels["entity"] else "label-none"
        )

    def stance_place(self, label: str) -> int:
        """Place of a stance label among colours and symbols."""
        if label in _STANCE_PLACES:
            return _STANCE_PLACES[label]
        known = [name for name in self.labels["stance"] if name not in _STANCE_PLACES]
        return len(_STANCE_PLACES) + (known.index(label) if label in known else len(known))

    def stance_symbol(self, label: str) -> str:
        """The sign that stands for a stance label."""
        return _STANCES[self.stance_place(label) % len(_STANCES)][1]

    def entity_classes(self, entity: Entity) -> str:
        """Classes of a mention: its colour, and whether it is a nominal."""
        return self.label_class(entity["label"]) + (" nominal" if entity.get("form") == "nominal" else "")

    def chip(self, source: str) -> Chip:
        """A claimer, holder, target or subject."""
        words = roles.source_words(self.view, source, self.by_id)
        annotation = self.by_id.get(source)
        if annotation is None:
            return Chip(words, "nobody")
        if annotation["type"] == "entity":
            return Chip(words, f"entity {self.entity_classes(annotation)}", f"#{source}")
        return Chip(_shortened(words), "proposition", f"#{source}", source)

    def chips(self, sources: Sequence[str]) -> list[Chip]:
        """Several of them."""
        return [self.chip(source) for source in sources]

    def quote(self, record: Any) -> str:
        """The words of an annotation."""
        return roles.quote(self.view.text, record)

    def in_short(self, annotation: Annotation) -> str:
        """The attributes of an annotation in one line."""
        if annotation["type"] == "entity":
            return annotation.get("form", UNSPECIFIED)
        return ", ".join(attribute.phrase for attribute in roles.attributes(annotation))

    def remarks(self, annotation: Annotation) -> list[tuple[str, str]]:
        """What was remarked on an annotation."""
        return roles.remarks(annotation)

    def wikidata_address(self, item: str) -> str:
        """Where a Wikidata item is found; empty for what is no item."""
        return f"https://www.wikidata.org/wiki/{item}" if _WIKIDATA.match(item) else ""

    # Legends

    def entity_legend(self) -> list[tuple[Chip, int]]:
        """Every entity label with the number of its mentions; unknown labels come last."""
        counts = _counts(self.labels["entity"], self.view.entities)
        return [(Chip(label, f"entity {self.label_class(label)}"), count) for label, count in counts]

    def stance_legend(self) -> list[tuple[Chip, int]]:
        """Every stance label with its symbol and the number of its stances."""
        counts = _counts(self.labels["stance"], self.view.stances)
        return [
            (Chip(f"{self.stance_symbol(label)} {label}", f"stance-{self.stance_place(label)}"), count)
            for label, count in counts
        ]

    # Cards

    def card(self, annotation: Claim | Stance) -> Card:
        """A claim or stance as a sentence."""
        common = (
            self.quote(annotation),
            roles.attributes(annotation),
            roles.remarks(annotation),
        )
        if annotation["type"] == "stance":
            return Card(
                annotation,
                self.chips(annotation["holders"]),
                *common,
                symbol=self.stance_symbol(annotation["label"]),
                classes=f"stance-{self.stance_place(annotation['label'])}",
                target=self.chip(annotation["target"]),
            )
        cue, within = annotation.get("cue"), annotation.get("within")
        return Card(
            annotation,
            self.chips(annotation["claimers"]),
            *common,
            cue=self.quote(cue) if cue else "",
            about=self.chips(annotation.get("about") or []),
            within=self.chip(within) if within else None,
        )

    def cards(self, start: int, end: int) -> list[Card]:
        """The cards of the claims and stances that begin in [start, end)."""
        found = [
            line
            for line in self.view.annotations
            if line["type"] != "entity" and start <= line["start"] < end
        ]
        return [self.card(line) for line in sorted(found, key=text_order) if line["type"] != "entity"]

    def loose(self) -> list[tuple[Annotation, Card | None]]:
        """Annotations that no text shows, in text order: all of them where the text is withheld."""
        unplaced = [
            line
            for line in self.view.annotations
            if self.view.text is None or line["id"] not in self.anchored
        ]
        length = len(self.view.text or "")
        return [
            (line, self.card(line) if line["type"] != "entity" and line["start"] >= length else None)
            for line in sorted(unplaced, key=text_order)
        ]

    # Text

    def rows(self) -> list[Row]:
        """The paragraphs with their cards; none where the text is withheld."""
        return [self._row(start, end) for start, end in segments.paragraphs(self.view.text or "")]

    def _row(self, start: int, end: int) -> Row:
        paragraph = (self.view.text or "")[start:end]
        line = paragraph.rstrip("\n")
        pieces = list(self.pieces(start, start + len(line)))
        return Row(self._zone(start, end), pieces, paragraph[len(line) :], self.cards(start, end))

    def _zone(self, start: int, end: int) -> str:
        """The kind of zone that covers all words of a paragraph, or an empty string."""
        text = self.view.text or ""
        words = text[start:end]
        first = start + len(words) - len(words.lstrip())
        last = start + len(words.rstrip())
        zones = (
            span for span in self.spans if span.kind == "zone" and span.start <= first < last <= span.end
        )
        return next((zone.owner for zone in zones), "")

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        """The text from `start` to `end` with its tags: a claim's before its first word, others behind their last."""
        here = [span for span in self.spans if span.start < end and start < span.end]
        opening, closing = self._opening_tags(here, start), self._closing_tags(here)
        previous: tuple[Span, ...] = ()
        for segment in segments.segments(start, end, here, opening):
            for _, tag in opening.get(segment.start, []):
                yield Piece(self._marks([span for span in previous if span in segment.spans]), tag=tag)
            yield self._text_piece(segment)
            for span, tag in closing.get(segment.end, []):
                yield self._closing_piece(segment, span, tag)
            previous = segment.spans

    def _opening_tags(self, here: Sequence[Span], start: int) -> TagsAt:
        tags: TagsAt = {}
        for span in sorted(here, key=segments.nesting):
            if span.kind == "claim" and span.start >= start:
                at = max(segments.word_start(self.view.text or "", span.start), start)
                tags.setdefault(at, []).append((span, self._claim_tag(span)))
        return tags

    def _closing_tags(self, here: Sequence[Span]) -> TagsAt:
        tags: TagsAt = {}
        makers = {"entity": self._entity_tag, "stance": self._stance_tag, "cue": self._cue_tag}
        for span in sorted(here, key=segments.nesting, reverse=True):
            if maker := makers.get(span.kind):
                tags.setdefault(span.end, []).append((span, maker(span)))
        return tags

    def _claim_tag(self, span: Span) -> Tag:
        placed = min(
            other.part for other in self.spans if other.kind == "claim" and other.owner == span.owner
        )
        first = span.part == placed
        title = f"content of claim {span.owner}" + ("" if first else ", continued")
        return Tag(
            span.owner if first else f"…{span.owner}",
            f"claim-tag in-{span.owner}",
            f"#card-{span.owner}",
            title,
            span.owner if first else "",
        )

    def _cue_tag(self, span: Span) -> Tag:
        return Tag(span.owner, "cue-tag", f"#card-{span.owner}", f"cue of claim {span.owner}")

    def _stance_tag(self, span: Span) -> Tag:
        label = self.by_id[span.owner]["label"]  # type: ignore[typeddict-item]
        text = f"{self.stance_symbol(label)} {span.owner}"
        classes = f"stance-tag stance-{self.stance_place(label)}"
        return Tag(text, classes, f"#card-{span.owner}", f"stance {span.owner}: {label}", span.owner)

    def _entity_tag(self, span: Span) -> Tag:
        entity: Any = self.by_id[span.owner]
        said = [
            span.owner,
            entity["label"],
            entity.get("form", "form unspecified"),
            entity.get("referent") or "",
        ]
        title = ", ".join(part for part in said if part)
        return Tag(
            entity["label"],
            f"entity-tag {self.entity_classes(entity)}",
            f"#row-{span.owner}",
            title,
            span.owner,
        )

    def _text_piece(self, segment: Segment) -> Piece:
        text = self.view.text or ""
        opened = [span for span in segment.spans if span.start == segment.start]
        edge = "cuts" if segments.inside_word(text, segment.start) else "opens"
        return Piece(self._marks(segment.spans, opened, edge), text[segment.start : segment.end])

    def _closing_piece(self, segment: Segment, owner: Span, tag: Tag) -> Piece:
        """The tag of `owner`, inside of it and of whatever is still open behind the segment."""
        own = segments.nesting(owner)
        open_still = [
            span for span in segment.spans if span.end > segment.end or segments.nesting(span) <= own
        ]
        return Piece(self._marks(open_still, [owner], "closes"), tag=tag)

    def _marks(self, spans: Sequence[Span], at_edge: Sequence[Span] = (), edge: str = "") -> list[str]:
        """The classes of the elements for `spans`, the outermost first; `edge` for those that begin or end here."""
        ordered = sorted(
            spans, key=lambda span: (segments.KINDS.index(span.kind), -self.lanes[span], span.owner)
        )
        return [" ".join([*self._classes(span), *([edge] if span in at_edge else [])]) for span in ordered]

    def _classes(self, span: Span) -> list[str]:
        if span.kind == "zone":
            return ["zone", span.owner]
        annotation: Any = self.by_id[span.owner]
        special: dict[str, Callable[[], list[str]]] = {
            "entity": lambda: [self.entity_classes(annotation)],
            "claim": lambda: ["unattributed"] if annotation.get("mode") == "unattributed" else [],
            "stance": lambda: [f"stance-{self.stance_place(annotation['label'])}"],
            "cue": lambda: [],
        }
        lane = min(self.lanes[span], _DEEPEST_LANE)
        return [span.kind, f"lane-{lane}", *special[span.kind](), f"in-{span.owner}"]


def _shortened(words: str) -> str:
    """The first words of a content that stands in full elsewhere on the page."""
    first = words.split(maxsplit=_WORDS_IN_CHIP)
    return words if len(first) <= _WORDS_IN_CHIP else " ".join(first[:_WORDS_IN_CHIP]) + " …"


def _counts(labels: Sequence[str], annotations: Sequence[Entity] | Sequence[Stance]) -> list[tuple[str, int]]:
    used = [annotation["label"] for annotation in annotations]
    return [(label, used.count(label)) for label in dict.fromkeys([*labels, *sorted(used)])]
