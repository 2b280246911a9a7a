"""Moves the annotations of a text to a corrected text, and says what has no place there any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from tasrih.model import NOBODY, Annotation, Article, Document, Layer, visible
from tasrih.text.alignment import Alignment
from tasrih.text.canonical import sha256

_LISTS = ("claimers", "holders", "about", "members")
_NEEDED = ("claimers", "holders", "target")


@dataclass(frozen=True, slots=True)
class Lost:
    """What could not be placed: an annotation, a link of one (`id` is then that of the one that holds it), or a zone."""

    layer: str
    id: str
    words: str
    why: str

    def __str__(self) -> str:
        where = "/".join(filter(None, (self.layer, self.id)))
        words = visible(self.words)
        return f"{where}: «{words if len(words) <= 80 else words[:80] + '…'}»: {self.why}"


def reanchored(document: Document, text: str) -> tuple[Document, list[Lost]]:
    """`document` with `text` in the place of its own, every quote, offset, zone and hash brought along.

    Quotes must be in words and the text at hand. An annotation whose words are gone is left out, and so is one
    that cannot be without it: a claim without a claimer that is left, a stance without its target.
    """
    alignment = Alignment(cast(str, document["text"]), text)
    layers: dict[str, list[Layer | Annotation]] = {}
    lost: list[Lost] = []
    for name, lines in document["layers"].items():
        header = cast(Layer, {**lines[0], "text_sha256": sha256(text)})
        annotations, missing = placed(cast(Sequence[Annotation], lines[1:]), alignment)
        layers[name] = [header, *annotations]
        lost += [replace(one, layer=name) for one in missing]
    article, zones = _article(document["article"], alignment)
    return {"article": article, "text": text, "layers": layers}, [*zones, *lost]


def placed(annotations: Sequence[Annotation], alignment: Alignment) -> tuple[list[Annotation], list[Lost]]:
    """The annotations of one layer at their places in the new text, and what of them is lost."""
    kept: dict[str, Any] = {}
    lost: list[Lost] = []
    for line in annotations:
        record = with_spans(cast(Any, line), alignment)
        if record is None:
            lost.append(_lost(line, "its words are gone"))
        else:
            kept[line["id"]] = record
    originals = {line["id"]: line for line in annotations}
    while dropped := [(name, key) for name, record in kept.items() if (key := _breaks(record, kept))]:
        for name, key in dropped:
            del kept[name]
            lost.append(_lost(originals[name], f"no {key} is left"))
    for name, record in kept.items():
        for key, gone in _dangling(record, kept):
            lost.append(_lost(originals[name], f"{key} lost {gone}"))
            _unlink(record, key, gone)
    return list(kept.values()), lost


def with_spans(record: Mapping[str, Any], alignment: Alignment) -> dict[str, Any] | None:
    """A record with its span, fragments and cue at their places in the new text; None where one of them has none."""
    moved = dict(record)
    if "start" in record and "end" in record:
        place = alignment.place(record["start"], record["end"])
        if place is None:
            return None
        moved["start"], moved["end"] = place
        if "text" in record:
            moved["text"] = alignment.new[place[0] : place[1]]
    if fragments := record.get("fragments"):
        places = [alignment.place(start, end) for start, end in fragments]
        if None in places:
            return None
        moved["fragments"] = [list(cast(tuple[int, int], place)) for place in places]
    if cue := record.get("cue"):
        moved["cue"] = with_spans(cue, alignment)
        if moved["cue"] is None:
            return None
    return moved


def _article(article: Article, alignment: Alignment) -> tuple[Article, list[Lost]]:
    zones: list[Any] = []
    lost: list[Lost] = []
    for zone in article["zones"]:
        place = alignment.place(zone["start"], zone["end"])
        if place is None:
            words = alignment.old[zone["start"] : zone["end"]]
            lost.append(Lost("", f"{zone['kind']} zone", words, "its words are gone"))
        else:
            zones.append({**zone, "start": place[0], "end": place[1]})
    digest = sha256(alignment.new)
    changed: Any = {**article, "text_sha256": digest, "length": len(alignment.new), "zones": zones}
    if article.get("source_sha256"):
        changed["source_sha256"] = digest
    return cast(Article, changed), lost


def _lost(line: Annotation, why: str) -> Lost:
    return Lost("", line["id"], line.get("text", ""), why)


def _links(record: Mapping[str, Any], key: str) -> list[str]:
    value = record.get(key)
    found = value if isinstance(value, list) else [value] if value else []
    return [name for name in found if name not in NOBODY]


def _breaks(record: Mapping[str, Any], kept: Mapping[str, Any]) -> str | None:
    """The link that an annotation needs and of which nothing is left."""
    for key in _NEEDED:
        links = _links(record, key)
        if links and not any(name in kept for name in links):
            return key
    return None


def _dangling(record: Mapping[str, Any], kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    keys = (*_LISTS, "within")
    return [(key, name) for key in keys for name in _links(record, key) if name not in kept]


def _unlink(record: dict[str, Any], key: str, gone: str) -> None:
    if key == "within":
        record[key] = None
    else:
        record[key] = [name for name in record[key] if name != gone]
