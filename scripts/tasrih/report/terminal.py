"""One annotated article for a terminal: the text with styled spans, then what the annotations say.

Many terminals order right-to-left text badly where scripts mix. So nothing is written into the text, and a
line holds either Latin or the article's words, or Latin first and then one run of the article's words, with no
quotation mark at its end, which such terminals would put on the wrong side.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from tasrih.model import Annotation, Claim, Document, Entity, Labels, LayerView, Stance, text_order
from tasrih.report import roles, segments
from tasrih.report.segments import Segment

_COLOURS = (
    "bright_blue", "dark_orange", "green", "yellow4", "medium_purple", "deep_pink2",
    "gold3", "magenta", "grey62", "slate_blue1", "cyan", "rosy_brown",
)  # fmt: skip
_STANCE_COLOURS = {"support": "dodger_blue1", "oppose": "orange_red1"}
_QUIET = Style(dim=True)
_ZONES = {"heading": Style(bold=True), "credit": Style(dim=True)}
_CLAIM = Style(underline=True)
_CUE = Style(italic=True, reverse=True)
# Control characters but tab and line feed: a text must not steer the terminal of whoever reads it.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def render(document: Document, layer: str, labels: Labels) -> RenderableType:
    """Layer `layer` of `document` for a rich console to print.

    Where the text is not at hand it says so, and offsets stand for the words. Raises Misuse where the article
    has no such layer.
    """
    view = roles.view_of(document, layer)
    return Group(
        _head(view),
        *(_text(view, labels) if view.text is not None else [_withheld()]),
        *_sentences(view, labels),
        *_entities(view, labels),
    )


def _plain(words: str) -> str:
    """`words` in one line and without control characters."""
    return " ".join(_safe(words).split())


def _safe(text: str) -> str:
    """`text`, as long as before, with a replacement character for each control character."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def _listed(view: LayerView, words: Iterable[str]) -> str:
    """Several words or phrases with the commas of the article's direction."""
    comma = "، " if roles.direction(view.article["language"]) == "rtl" else ", "
    return comma.join(_plain(part) for part in words)


def _entity_style(label: str, labels: Labels) -> Style:
    known = labels["entity"].index(label) if label in labels["entity"] else len(labels["entity"])
    return Style(color=_COLOURS[known % len(_COLOURS)], bold=True)


def _stance_style(label: str) -> Style:
    return Style(color=_STANCE_COLOURS.get(label, "grey62"), bold=True)


# --- Head and text ------------------------------------------------------------------------------------


def _head(view: LayerView) -> RenderableType:
    article, header = view.article, view.header
    facts = [
        article["id"],
        article["topic"],
        article.get("date"),
        article.get("publisher"),
        article["origin"],
    ]
    counts = (
        f"{len(view.entities)} mentions, {len(roles.referents(view))} referents, "
        f"{len(view.claims)} claims, {len(view.stances)} stances"
    )
    lines = [
        Text(_plain(article.get("title") or article["id"]), Style(bold=True)),
        Text(_plain(", ".join(fact for fact in facts if fact)), _QUIET),
        Text(_plain(f"layer {view.name}, guidelines {header['guidelines']}: {counts}"), _QUIET),
    ]
    return Group(Rule(style=_QUIET), *lines, Rule(style=_QUIET))


def _withheld() -> RenderableType:
    return Padding(
        Text(
            "The text is withheld: it may not be redistributed and no local copy of it was found. Offsets in code "
            "points stand for the words. Whoever has the text completes it with «tasrih hydrate FILE».",
            Style(color="yellow"),
        ),
        (1, 0),
    )


def _text(view: LayerView, labels: Labels) -> Iterator[RenderableType]:
    """The legend, and every paragraph with its spans styled."""
    yield _legend(view, labels)
    text = _safe(view.text or "")
    spans = segments.layer_spans(view)
    by_id = view.by_id()
    for start, end in segments.paragraphs(text):
        line = text[start:end].rstrip("\n")
        paragraph = Text()
        for segment in segments.segments(start, start + len(line), spans):
            paragraph.append(text[segment.start : segment.end], _segment_style(segment, by_id, labels))
        yield Padding(paragraph, (0, 0, 1, 0))


def _segment_style(segment: Segment, by_id: Mapping[str, Annotation], labels: Labels) -> Style:
    style = Style()
    for span in segment.spans:
        if span.kind == "zone":
            style += _ZONES.get(span.owner, Style())
        elif span.kind == "claim":
            style += _CLAIM
        elif span.kind == "cue":
            style += _CUE
        else:
            label = by_id[span.owner]["label"]  # type: ignore[typeddict-item]
            style += (
                _entity_style(label, labels)
                if span.kind == "entity"
                else _stance_style(label) + Style(reverse=True)
            )
    return style


def _legend(view: LayerView, labels: Labels) -> RenderableType:
    used = dict.fromkeys([*labels["entity"], *sorted(entity["label"] for entity in view.entities)])
    counts = Counter(entity["label"] for entity in view.entities)
    parts = [
        Text.assemble((label, _entity_style(label, labels)), f" {counts[label]}")
        for label in used
        if counts[label]
    ]
    parts += [Text("content of a claim", _CLAIM), Text("cue", _CUE)]
    stances = dict.fromkeys(stance["label"] for stance in view.stances)
    parts += [Text(_plain(label), _stance_style(label) + Style(reverse=True)) for label in stances]
    return Padding(Text("  ").join(parts), (0, 0, 1, 0))


# --- Sentences ----------------------------------------------------------------------------------------


def _sentences(view: LayerView, labels: Labels) -> Iterator[RenderableType]:
    """Claims and stances, each with its id, its sentence and what qualifies it."""
    by_id = view.by_id()
    if view.claims:
        claims = sorted(view.claims, key=text_order)
        yield _section("Claims", ((claim["id"], _claim_lines(claim, view, by_id)) for claim in claims))
    if view.stances:
        stances = sorted(view.stances, key=text_order)
        yield _section("Stances", ((stance["id"], _stance_lines(stance, view, by_id)) for stance in stances))


def _section(title: str, entries: Iterable[tuple[str, list[Text]]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for identifier, lines in entries:
        grid.add_row(Text(_plain(identifier), Style(bold=True)), Group(*lines))
    return Group(Text(title, Style(bold=True)), Padding(grid, (0, 0, 1, 0)))


def _sources(view: LayerView, sources: Iterable[str], by_id: Mapping[str, Annotation]) -> str:
    return _listed(view, (roles.source_words(view, source, by_id) for source in sources))


def _claim_lines(claim: Claim, view: LayerView, by_id: Mapping[str, Annotation]) -> list[Text]:
    cue = claim.get("cue")
    said = [_sources(view, claim["claimers"], by_id), _plain(roles.quote(view.text, cue)) if cue else ""]
    content = _plain(roles.quote(view.text, claim))
    lines = [Text(": ".join([*(part for part in said if part), content])), _qualities(claim)]
    if about := claim.get("about"):
        lines.append(_role("about", _sources(view, about, by_id)))
    if within := claim.get("within"):
        lines.append(_role("within", f"{within} {_sources(view, [within], by_id)}"))
    return [*lines, *_remarks(claim)]


def _stance_lines(stance: Stance, view: LayerView, by_id: Mapping[str, Annotation]) -> list[Text]:
    label, target = _plain(stance["label"]), stance["target"]
    return [
        Text.assemble((label, _stance_style(stance["label"])), f" {_plain(roles.quote(view.text, stance))}"),
        _role("holder", _sources(view, stance["holders"], by_id)),
        _role("target", (f"{target} " if target.startswith("c") else "") + _sources(view, [target], by_id)),
        _qualities(stance),
        *_remarks(stance),
    ]


def _qualities(annotation: Claim | Stance) -> Text:
    """The attributes, those that are not usual in bold."""
    quality = [
        Text(_plain(attribute.phrase), _QUIET if attribute.usual else Style(bold=True))
        for attribute in roles.attributes(annotation)
    ]
    return Text(", ", _QUIET).join(quality)


def _role(name: str, words: str) -> Text:
    return Text.assemble((f"{name} ", _QUIET), words)


def _remarks(annotation: Annotation) -> list[Text]:
    return [_role(name, _plain(value)) for name, value in roles.remarks(annotation)]


# --- Entities -----------------------------------------------------------------------------------------


def _entities(view: LayerView, labels: Labels) -> Iterator[RenderableType]:
    """The referents; the column with the article's words is the last, so that nothing Latin follows it."""
    if not view.entities:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style=_QUIET)
    for name in ("label", "referent", "mentions", "roles", "words"):
        table.add_column(name, overflow="fold")
    for referent in roles.referents(view):
        label = Text(", ").join(
            Text(_plain(label), _entity_style(label, labels)) for label in referent.labels
        )
        words = dict.fromkeys(roles.quote(view.text, mention) for mention in referent.mentions)
        table.add_row(
            label,
            Text(_plain(" ".join([referent.name or "-", *referent.wikidata]))),
            Text(_plain(" ".join(mention["id"] for mention in referent.mentions))),
            Text(_plain("; ".join(f"{role} {' '.join(ids)}" for role, ids in referent.roles))),
            Text(_listed(view, words)),
        )
    yield Group(Text("Who and what is named", Style(bold=True)), Padding(table, (0, 0, 1, 0)))
    if remarked := [
        (entity["id"], lines) for entity in view.entities if (lines := _entity_remarks(entity, view))
    ]:
        yield _section("Remarks on mentions", remarked)


def _entity_remarks(entity: Entity, view: LayerView) -> list[Text]:
    members = entity.get("members") or []
    return [
        *([_role("members", _sources(view, members, view.by_id()))] if members else []),
        *_remarks(entity),
    ]
