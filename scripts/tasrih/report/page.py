"""One annotated article as an HTML page that stands alone: no script, one style block, nothing fetched.

The text is cut into segments (`tasrih.report.segments`); tags are drawn by the style sheet, so that the
text of the page, copied or read by a program, is the article's text and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tasrih.model import (
    UNSPECIFIED,
    Annotation,
    Article,
    Claim,
    Document,
    Labels,
    LayerView,
    Stance,
    text_order,
)
from tasrih.report import roles
from tasrih.report.controls import shown_controls
from tasrih.report.palette import Palette, counted
from tasrih.report.pieces import DEEPEST_LANE, Cutter, Step, steps
from tasrih.report.strings import ENGLISH, Language

_WORDS_IN_CHIP = 6
_ID = re.compile(r"[ecs][1-9][0-9]*\Z")
_WIKIDATA = re.compile(r"Q[1-9][0-9]*\Z")


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
    classes: str = ""
    target: Chip | None = None
    about: list[Chip] = field(default_factory=list)
    within: Chip | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph with the cards of the claims and stances that begin in it; `zone` where it is one."""

    zone: str
    steps: list[Step]
    cards: list[Card]


# --- The page -----------------------------------------------------------------------------------------


def page(document: Document, layer: str, labels: Labels, title: str | None = None) -> str:
    """Layer `layer` of `document` as a whole HTML page; `title` in place of the article's.

    Where the text is not at hand the page says so and lists the annotations by offsets and labels. Raises
    Misuse where the article has no such layer.
    """
    view = roles.view_of(document, layer)
    writer = Writer(view, Palette(labels))
    style = _style(view, writer.palette)
    address = view.article.get("url") or ""
    html: str = (
        environment()
        .get_template("page.html.jinja")
        .render(
            title=title or view.article.get("title") or view.article["id"],
            article=view.article,
            header=view.header,
            layer=view.name,
            direction=roles.direction(view.article["language"]),
            style=style,
            style_hash=style_hash(style),
            facts=facts(view.article),
            address=address,
            is_web=address.startswith(("https://", "http://")),
            figures=figures(view),
            withheld=view.text is None,
            rows=writer.rows(),
            loose=writer.loose(),
            referents=roles.referents(view),
            writer=writer,
            say=ENGLISH,
            ui=own_language(ENGLISH.code, ""),
            arrow="←" if roles.direction(view.article["language"]) == "rtl" else "→",
            live=False,
        )
    )
    return html.replace("\r", "&#13;")


def own_language(code: str, around: str) -> Markup:
    """The attribute that says the language of a page's own words, where it is not that of what is `around` them."""
    return Markup("") if code == around else Markup(' lang="{}"').format(code)


def style_hash(style: str) -> str:
    """The source expression by which a Content-Security-Policy allows the style block `style`."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


@cache
def environment() -> Environment:
    """The templates of the pages; everything is escaped, and `controls` makes hidden direction marks seen."""
    made = Environment(
        loader=PackageLoader("tasrih.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["controls"] = shown_controls
    return made


def _style(view: LayerView, palette: Palette) -> str:
    """The whole style sheet: the fixed part, the colours of the labels, and what a link to an id lights up."""
    fixed = files("tasrih.report").joinpath("templates/page.css").read_text("utf-8")
    lanes = (f".lane-{lane}{{--lane:{lane}}}" for lane in range(DEEPEST_LANE + 1))
    ids = sorted({line["id"] for line in view.annotations if _ID.match(line["id"])})
    return "\n".join([fixed.strip(), *palette.rules(), *lanes, *map(_light, ids)])


def _light(identifier: str) -> str:
    """The rule that lights up all parts of an annotation when it or its card is the target, or is pointed at."""
    chosen = f"#{identifier}:target,#card-{identifier}:target,#card-{identifier}:hover"
    return f":root:has({chosen}) .in-{identifier}{{box-shadow:inset 0 0 0 9em var(--lit)}}"


def facts(article: Article) -> list[tuple[str, str]]:
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
        ("licence", rights["licence"] + ("" if rights["redistribute"] else ", text withheld")),
        ("based on", "; ".join(article.get("sources") or [])),
    ]
    return [(name, value) for name, value in facts if value]


def figures(view: LayerView) -> list[tuple[str, int]]:
    return [
        ("mentions", len(view.entities)),
        ("referents", len(roles.referents(view))),
        ("claims", len(view.claims)),
        ("stances", len(view.stances)),
        ("characters", view.article["length"] if view.text is None else len(view.text)),
    ]


# --- Annotations → what the template shows ------------------------------------------------------------


class Writer:
    """Rows, cards and chips of one layer."""

    def __init__(self, view: LayerView, palette: Palette, say: Language = ENGLISH) -> None:
        self.view = view
        self.palette = palette
        self.say = say
        self._by_id = view.by_id()
        self._cutter = Cutter(view, palette, say)
        anchored: list[Claim | Stance] = [*view.claims, *view.stances]
        self._anchored = sorted(anchored, key=text_order)

    def rows(self) -> list[Row]:
        """The paragraphs with their cards; none where the text is withheld."""
        return [self._row(start, end) for start, end in self._cutter.paragraphs]

    def _row(self, start: int, end: int) -> Row:
        pieces = self._cutter.pieces(start, end)
        return Row(self._cutter.zone(start, end), list(steps(pieces)), self._cards(start, end))

    def loose(self) -> list[tuple[Annotation, Card | None]]:
        """Annotations that no text shows, in text order: all of them where the text is withheld.

        A card comes with those that begin in no paragraph.
        """
        shown, length = self._cutter.shown(), len(self.view.text or "")
        loose = sorted((line for line in self.view.annotations if line["id"] not in shown), key=text_order)
        return [
            (line, self._card(line) if line["type"] != "entity" and line["start"] >= length else None)
            for line in loose
        ]

    # Cards

    def _cards(self, start: int, end: int) -> list[Card]:
        """The cards of the claims and stances that begin in [start, end)."""
        first, last = (bisect_left(self._anchored, at, key=lambda line: line["start"]) for at in (start, end))
        return [self._card(line) for line in self._anchored[first:last]]

    def _card(self, annotation: Claim | Stance) -> Card:
        return (
            self._claim_card(annotation) if annotation["type"] == "claim" else self._stance_card(annotation)
        )

    def _claim_card(self, claim: Claim) -> Card:
        cue, within = claim.get("cue"), claim.get("within")
        return Card(
            claim,
            self.chips(claim["claimers"]),
            self.quote(claim),
            roles.attributes(claim),
            roles.remarks(claim),
            cue=self.quote(cue) if cue else "",
            about=self.chips(claim.get("about") or []),
            within=self._chip(within) if within else None,
        )

    def _stance_card(self, stance: Stance) -> Card:
        return Card(
            stance,
            self.chips(stance["holders"]),
            self.quote(stance),
            roles.attributes(stance),
            roles.remarks(stance),
            classes=self.palette.stance_class(stance["label"]),
            target=self._chip(stance["target"]),
        )

    def in_roles(self, annotation: Claim | Stance) -> str:
        """The roles of a claim or stance for a script: `claimer:e1,e3 about:e2`; what has no mention is left out."""
        record = cast(dict[str, Any], annotation)
        roles_of = (
            ("claimer", record.get("claimers")),
            ("about", record.get("about")),
            ("within", [record.get("within")]),
            ("holder", record.get("holders")),
            ("target", [record.get("target")]),
        )
        known = ((name, [i for i in ids or () if i in self._by_id]) for name, ids in roles_of)
        return " ".join(f"{name}:{','.join(ids)}" for name, ids in known if ids)

    # Words and chips

    def _chip(self, source: str) -> Chip:
        annotation = self._by_id.get(source)
        if annotation is None:
            return Chip(self.nobody(source), "nobody")
        words = self.quote(annotation)
        if annotation["type"] == "entity":
            return Chip(words, f"entity {self.palette.mention_classes(annotation)}", f"#{source}")
        return Chip(_shortened(words), "proposition", f"#{source}", source)

    def nobody(self, source: str) -> str:
        """Who speaks where there is no mention; an id that leads nowhere is named as such."""
        said = roles.SOURCE_WORDS.get(source)
        return self.say(said) if said else self.say("{id}, which is missing", id=source)

    def chips(self, sources: Iterable[str]) -> list[Chip]:
        """Claimers, holders, subjects or members."""
        return [self._chip(source) for source in sources]

    def quote(self, record: Any) -> str:
        """The words of an annotation."""
        return roles.quote(self.view.text, record)

    def in_short(self, annotation: Annotation) -> str:
        """The attributes of an annotation in one line."""
        if annotation["type"] == "entity":
            return self.say.label(annotation.get("form", UNSPECIFIED))
        return self.say(", ").join(
            self.say.label(attribute.phrase) for attribute in roles.attributes(annotation)
        )

    def remarks(self, annotation: Annotation) -> list[tuple[str, str]]:
        """What was remarked on an annotation."""
        return roles.remarks(annotation)

    def wikidata_address(self, item: str) -> str:
        """Where a Wikidata item is found; empty for what is no item."""
        return f"https://www.wikidata.org/wiki/{item}" if _WIKIDATA.match(item) else ""

    # Legends

    def entity_legend(self) -> list[tuple[Chip, int]]:
        """Every entity label with the number of its mentions."""
        counts = counted(self.palette.labels["entity"], [entity["label"] for entity in self.view.entities])
        return [(Chip(label, f"entity {self.palette.entity_class(label)}"), count) for label, count in counts]

    def stance_legend(self) -> list[tuple[str, int]]:
        """Every stance label with the number of its stances."""
        return counted(self.palette.labels["stance"], [stance["label"] for stance in self.view.stances])


def _shortened(words: str) -> str:
    """The first words of a content that stands in full elsewhere on the page."""
    first = words.split()
    return words if len(first) <= _WORDS_IN_CHIP else " ".join(first[:_WORDS_IN_CHIP]) + " …"
