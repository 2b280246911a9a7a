"""Offsets in JSON: an object a document with its text and a list of spans, as JSON lines or one list.

What keys are called differs from corpus to corpus, so they are found: by well-known names, and by what stands there; options
name them where that fails. So is the unit of the offsets, for each document: code points, UTF-16 units or bytes, the first
under which every quote stands where its span says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson

from tasrih.formats import marks
from tasrih.formats.exchange import (
    File,
    Foreign,
    Imported,
    LabelReader,
    Note,
    Reading,
    annotations_of,
    decoded_json,
    text_of,
)
from tasrih.formats.marks import Link, Mark, Marked
from tasrih.model import Document, Settings
from tasrih.store import Misuse
from tasrih.text.units import BadOffset, Offsets, Unit

FOUND = "found"
# Names of keys as corpora and tools have them, ours first.
KEYS: dict[str, tuple[str, ...]] = {
    "text": ("text", "content", "document", "sentence", "full_text", "body"),
    "spans": ("spans", "entities", "mentions", "location_mentions", "annotations", "labels", "label", "ner"),
    "id": ("id", "doc_id", "document_id", "tweet_id", "uid", "_id", "name"),
    "start": ("start", "begin", "start_offset", "startIdx", "startOffset", "start_char", "start_idx", "from"),
    "end": ("end", "stop", "end_offset", "endIdx", "endOffset", "end_char", "end_idx", "to"),
    "label": ("label", "type", "tag", "category", "entity_type", "entity", "class"),
    "quote": ("text", "quote", "mention", "surface", "value", "word", "span"),
}
_OF_DOCUMENTS, _OF_SPANS = ("text", "spans", "id"), ("start", "end", "label", "quote")
_UNITS: dict[Unit, str] = {"codepoint": "code points", "utf16": "UTF-16 units", "byte": "bytes"}
_BESIDE: dict[str, type | tuple[type, ...]] = {
    "referent": str, "wikidata": str, "confidence": (int, float), "by": str, "note": str,
}  # fmt: skip
_SHOWN = 40
_MOST_SEARCHED = 1000  # spans of a document whose words are looked for elsewhere in its text
_LOOKED_AT = 10_000  # documents, to find out what keys are called


# --- Writing ------------------------------------------------------------------------------------------


def write(documents: Iterable[Document], settings: Settings, layer: str, **options: str) -> Iterator[File]:
    """One file of JSON lines. An option that names a key is how it is called; offsets are code points unless `unit` says else."""
    named = {key: KEYS[key][0] if options[key] == FOUND else options[key] for key in KEYS}
    for kinds in (_OF_DOCUMENTS, _OF_SPANS):
        if len({named[key] for key in kinds}) < len(kinds):
            raise Misuse(f"two of {', '.join(kinds)} would have one name; give each its own")
    unit = cast(Unit, "codepoint" if options["unit"] == FOUND else options["unit"])
    yield "", b"".join(orjson.dumps(_record(one, layer, named, unit)) + b"\n" for one in documents)


def _record(document: Document, layer: str, named: Mapping[str, str], unit: Unit) -> dict[str, Any]:
    text = text_of(document)
    offsets = Offsets(text, unit)
    marked = marks.taken_apart(annotations_of(document, layer))
    spans = []
    for mark in marked.marks:
        if mark.kind == "entity":
            [(start, end)] = mark.parts
            place = {
                "start": offsets.from_codepoints(start),
                "end": offsets.from_codepoints(end),
                "label": mark.label,
                "quote": text[start:end],
            }
            members = [link.target for link in marked.links if link.source == mark.id]
            spans.append(
                {named[key]: value for key, value in place.items()}
                | {"id": mark.id, **mark.values, **marked.beside.get(mark.id, {})}
                | ({"members": members} if members else {})
            )
    header = document["layers"][layer][0] if layer in document["layers"] else None
    return {
        named["id"]: document["article"]["id"], named["text"]: text, named["spans"]: spans,
        "article": document["article"], "header": header,
    }  # fmt: skip


# --- Reading ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Record:
    """An object of a file and where it stands in it, for messages."""

    where: str
    values: dict[str, Any]


def read(files: Iterable[File], reading: Reading) -> Imported:
    """The documents of files. Raises Misuse for a file without texts or spans, and for labels that the corpus does not have."""
    imported = Imported()
    labels = LabelReader(reading.labels, reading.mapping)
    for name, content in sorted(files):
        records = list(_records(name, content, imported))
        keys = _keys(name, records, reading.options)
        for number, record in enumerate(records, start=1):
            stem = name.rsplit(".", 1)[0] or "document"
            own = stem if len(records) == 1 else f"{stem}-{number:0{len(str(len(records)))}}"
            _Reader(record, keys, reading, labels, imported).read(own)
    labels.refuse_unknown("the files")
    return imported


def _records(name: str, content: bytes, imported: Imported) -> Iterator[_Record]:
    """The objects of a file of JSON lines, or of one list. Raises Misuse."""
    body = content.removeprefix(b"\xef\xbb\xbf").strip()
    if body.startswith(b"["):
        every = [(f"{name}: item {at}", one) for at, one in enumerate(_decoded(name, body), start=1)]
    else:
        lines = [
            (at, line)
            for at, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1)
            if line.strip()
        ]
        every = [(f"{name}:{at}", _decoded(f"{name}:{at}", line)) for at, line in lines]
    for where, one in every:
        if isinstance(one, dict):
            yield _Record(where, one)
        else:
            imported.notes.append(Note("dropped", where, "it is no object"))


def _decoded(where: str, content: bytes) -> Any:
    return decoded_json(where, content, "; give an object a line, or one list of objects")


def _keys(name: str, records: Sequence[_Record], options: Mapping[str, str]) -> dict[str, str]:
    """What the keys are called in a file. Raises Misuse where there is none for the text or for spans."""
    some = [record.values for record in records[:_LOOKED_AT]]
    given = {key: value for key in KEYS if (value := options.get(key, FOUND)) != FOUND}
    keys = dict(given)
    keys.setdefault("text", _first_of(KEYS["text"], some, str))
    keys.setdefault("id", _first_of(KEYS["id"], some, str, int))
    if "spans" not in keys:
        lists = dict.fromkeys(key for one in some for key, value in one.items() if isinstance(value, list))
        known = [key for key in KEYS["spans"] if key in lists] + [
            key for key in lists if key not in KEYS["spans"]
        ]
        full = [
            key
            for key in known
            if any(_looks_like_span(item, given) for one in some for item in _listed(one.get(key)))
        ]
        empty = [key for key in known if key in KEYS["spans"]]
        keys["spans"] = next(iter(full or empty), "")
    for key in ("text", "spans"):
        if not keys[key]:
            there = ", ".join(list(dict.fromkeys(key for one in some for key in one))[:20]) or "none"
            raise Misuse(
                f"{name}: there is no key for {key}; its keys are {there}: say which with --option {key}=KEY"
            )
    items = [item for one in some for item in _listed(one.get(keys["spans"])) if isinstance(item, dict)]
    for key, kind in _KINDS.items():
        keys.setdefault(key, _first_of(KEYS[key], items, kind))
    return keys


_KINDS: dict[str, type] = {"start": int, "end": int, "label": str, "quote": str}


def _first_of(names: Sequence[str], some: Iterable[Mapping[str, Any]], *kinds: type) -> str:
    """The first of the names under which something of these types stands; "" where none is."""
    there = {key for one in some for key in names if type(one.get(key)) in kinds}
    return next((key for key in names if key in there), "")


def _looks_like_span(item: Any, given: Mapping[str, str]) -> bool:
    if isinstance(item, list):
        return len(item) == 3 and type(item[0]) is int and type(item[1]) is int and isinstance(item[2], str)
    if not isinstance(item, dict):
        return False
    return all(
        any(type(item.get(key)) is int for key in (given.get(kind, ""), *KEYS[kind]))
        for kind in ("start", "end")
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class _Span:
    """A span as the file has it; the offsets are in a unit that is not known yet."""

    start: int
    end: int
    label: str
    quote: str | None
    values: dict[str, Any]


class _Reader:
    """One document. Everything in it is somebody else's: each value is looked at before it is used."""

    def __init__(
        self,
        record: _Record,
        keys: Mapping[str, str],
        reading: Reading,
        labels: LabelReader,
        imported: Imported,
    ) -> None:
        self._where = record.where
        self._values = record.values
        self._keys = keys
        self._reading = reading
        self._labels = labels
        self._imported = imported
        self._searched = 0

    def _note(self, kind: Any, what: str) -> None:
        self._imported.notes.append(Note(kind, self._where, what))

    def read(self, own: str) -> None:
        text = self._values.get(self._keys["text"])
        if not isinstance(text, str) or not text:
            return self._note("dropped", f"no text stands under «{self._keys['text']}»")
        article, header = self._values.get("article"), self._values.get("header")
        metadata = article if isinstance(article, dict) else {}
        stated = self._values.get(self._keys["id"])
        name = str(stated) if type(stated) in (str, int) and str(stated) else own
        items = self._values.get(self._keys["spans"]) or []
        if not isinstance(items, list):
            return self._note("dropped", f"«{self._keys['spans']}» is no list")
        self._imported.counts.update(documents=1, entities=len(items))
        spans = [
            span
            for number, item in enumerate(items, start=1)
            if (span := self._span(item, number)) is not None
        ]
        marked = self._marked(text, spans)
        annotations, notes = marks.put_together(marked, text, self._where)
        self._imported.notes += notes
        headers = header if isinstance(header, dict) else {}
        annotator = headers.get("annotator")
        annotator = annotator if isinstance(annotator, str) else ""
        self._imported.documents.append(
            Foreign(name, text, {annotator: annotations}, metadata, {annotator: headers})
        )
        return None

    def _span(self, item: Any, number: int) -> _Span | None:
        if isinstance(item, list) and len(item) == 3:
            item = dict(zip(("start", "end", "label"), item, strict=True))
            start, end, label, quote = item["start"], item["end"], item["label"], None
        elif isinstance(item, dict):
            start, end, label, quote = (item.get(self._keys[key]) for key in _OF_SPANS)
        else:
            self._note("dropped", f"span {number} is neither an object nor a list of start, end and label")
            return None
        if type(start) is not int or type(end) is not int or not isinstance(label, str):
            self._note("dropped", f"span {number} has no start, end or label")
            return None
        return _Span(start, end, label, quote if isinstance(quote, str) and quote else None, item)

    def _marked(self, text: str, spans: Sequence[_Span]) -> Marked:
        ids = [span.values.get("id") for span in spans]
        own = all(isinstance(one, str) and marks.is_ours(one, "e") for one in ids) and len(set(ids)) == len(
            ids
        )
        marked = Marked()
        for number, (span, place) in enumerate(zip(spans, self._placed(text, spans), strict=True), start=1):
            label = self._labels.named(span.label, "entity") if place else None
            if place is None:
                continue
            if label is None:
                self._note("dropped", f"{span.label[:_SHOWN]} «{text[slice(*place)][:_SHOWN]}»")
                continue
            name = cast(str, span.values["id"]) if own else f"span {number}"
            form = span.values.get("form")
            values = (
                {"form": form} if isinstance(form, str) and form in marks.ATTRIBUTES["entity"]["form"] else {}
            )
            marked.marks.append(Mark(name, "entity", label, [place], values))
            marked.beside[name] = {
                key: value
                for key, kind in _BESIDE.items()
                if isinstance(value := span.values.get(key), kind) and not isinstance(value, bool)
            }
            members = span.values.get("members") if own else None
            marked.links += [Link(name, "member", one) for one in _listed(members) if isinstance(one, str)]
        return marked

    def _placed(self, text: str, spans: Sequence[_Span]) -> list[tuple[int, int] | None]:
        """Where spans stand in code points, under the first unit that most quotes fit; None for one that is left out."""
        wanted = self._reading.options.get("unit", FOUND)
        units = list(_UNITS) if wanted == FOUND else [cast(Unit, wanted)]
        tried = {
            unit: [_place(text, span, offsets) for span in spans]
            for unit in units
            for offsets in [Offsets(text, unit)]
        }
        unit = max(
            tried,
            key=lambda unit: sum(
                _fits(text, span, place) for span, place in zip(spans, tried[unit], strict=True)
            ),
        )
        if unit != "codepoint" and wanted == FOUND:
            self._note("note", f"its offsets are {_UNITS[unit]}; they are converted to code points")
        elif (
            wanted == FOUND
            and max(text) > "\uffff"
            and any(
                span.quote is None and place is not None
                for span, place in zip(spans, tried[unit], strict=True)
            )
        ):
            self._note(
                "note",
                "spans without quotes in a text with emoji or the like: taken as code points; --option unit=utf16 if not",
            )
        return [self._mended(text, span, place) for span, place in zip(spans, tried[unit], strict=True)]

    def _mended(self, text: str, span: _Span, place: tuple[int, int] | None) -> tuple[int, int] | None:
        if place is not None and _fits(text, span, place):
            return place
        said = f"{span.label[:_SHOWN]} {span.start} to {span.end}"
        if span.quote is None:
            self._note("dropped", f"{said}: outside of the text or empty")
            return None
        there = (
            f"«{text[slice(*place)][:_SHOWN]}» stands there, not «{span.quote[:_SHOWN]}»"
            if place
            else "outside of the text"
        )
        self._searched += 1
        if self._searched > _MOST_SEARCHED:
            self._note("dropped", f"{said}: {there}; too many spans do not fit for each to be looked for")
            return None
        times = text.count(span.quote)
        if times != 1:
            self._note("dropped", f"{said}: {there}, which stands {times} × in the text")
            return None
        at = text.index(span.quote)
        self._note("repaired", f"{said}: {there}; it is taken where that stands, at {at}")
        return at, at + len(span.quote)


def _place(text: str, span: _Span, offsets: Offsets) -> tuple[int, int] | None:
    try:
        start, end = offsets.to_codepoints(span.start), offsets.to_codepoints(span.end)
    except BadOffset:
        return None
    return (start, end) if start < end else None


def _fits(text: str, span: _Span, place: tuple[int, int] | None) -> bool:
    return place is not None and (span.quote is None or text[slice(*place)] == span.quote)
