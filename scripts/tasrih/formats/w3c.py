"""W3C Web Annotation: one annotation page of JSON-LD an article.

https://www.w3.org/TR/annotation-model/: positions are code points (section 4.2.4 asks for them), a target is selected twice,
by position and by quote with the words around it, so that it is found again where the text was changed. Several targets of
an annotation are annotated each for itself, so a content in fragments has one target, its envelope, and its fragments as an
extension. Of foreign pages a label is the first body that tags or classifies. Where a quote stands several times the model
would have all of them annotated; it is left out instead, with a note.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
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
    named_files,
    text_of,
)
from tasrih.formats.marks import Link, Mark, Marked, MarkKind
from tasrih.model import Document, Settings
from tasrih.store import Misuse

_TERMS = "urn:tasrih:terms#"
_JSON = ("article", "header", "beside", "fragments")  # terms whose values are JSON and nothing of the model
CONTEXT: list[Any] = [
    "http://www.w3.org/ns/anno.jsonld",
    {
        "@version": 1.1,
        "tasrih": _TERMS,
        **{f"tasrih:{term}": {"@id": f"{_TERMS}{term}", "@type": "@json"} for term in _JSON},
    },
]
AROUND = 32  # code points of context before and behind a quote
_NS = "tasrih:"
_LABELLING = frozenset(("classifying", "tagging"))
_FRAGMENT = re.compile(r"char=(\d{1,10}),(\d{1,10})")  # RFC 5147
_SHOWN = 40
_DEEPEST = 5  # selectors that refine one another
_MOST_SELECTORS = 20
_MOST_FOUND = 1000  # places of a quote
_MOST_SEARCHED = 5000  # quotes of a page that are looked for, as they do not stand where its positions say


# --- Writing ------------------------------------------------------------------------------------------


def write(documents: Iterable[Document], settings: Settings, layer: str) -> Iterator[File]:
    """A page an article."""
    for document in documents:
        page = _page(document, layer)
        yield f"{document['article']['id']}.jsonld", orjson.dumps(page, option=orjson.OPT_INDENT_2) + b"\n"


def _page(document: Document, layer: str) -> dict[str, Any]:
    article, text = document["article"], text_of(document)
    source = f"urn:tasrih:article:{article['id']}"
    marked = marks.taken_apart(annotations_of(document, layer))
    items = [_item(mark, marked, text, source) for mark in marked.marks]
    header = document["layers"][layer][0] if layer in document["layers"] else None
    ours = {f"{_NS}article": article, f"{_NS}text": text, f"{_NS}header": header}
    collection = {"id": f"{source}#{layer}", "type": "AnnotationCollection", "total": len(items)}
    if not items:  # a page is to have one annotation at least
        return {"@context": CONTEXT, **collection, **ours}
    page = {"id": f"{source}#{layer}-1", "type": "AnnotationPage", "partOf": collection, "startIndex": 0}
    return {"@context": CONTEXT, **page, **ours, "items": items}


def _item(mark: Mark, marked: Marked, text: str, source: str) -> dict[str, Any]:
    bodies: list[dict[str, Any]] = [{"type": "TextualBody", "purpose": "classifying", "value": mark.label}]
    bodies += [
        {"type": "TextualBody", "purpose": "tagging", f"{_NS}attribute": name, "value": value}
        for name, value in mark.values.items()
    ]
    bodies += [
        {
            "type": "SpecificResource",
            "purpose": "linking",
            f"{_NS}role": link.role,
            "source": f"{source}#{link.target}",
        }
        for link in marked.links
        if link.source == mark.id
    ]
    item = {
        "id": f"{source}#{mark.id}", "type": "Annotation", "motivation": "classifying", f"{_NS}kind": mark.kind,
        "body": bodies, "target": _target(text, mark.parts, source),
    }  # fmt: skip
    if mark.id in marked.beside:
        item[f"{_NS}beside"] = marked.beside[mark.id]
    return item


def _target(text: str, parts: Sequence[tuple[int, int]], source: str) -> dict[str, Any]:
    start, end = parts[0][0], max(end for _, end in parts)
    position = {"type": "TextPositionSelector", "start": start, "end": end}
    quote = {
        "type": "TextQuoteSelector", "exact": text[start:end], "prefix": text[max(0, start - AROUND) : start],
        "suffix": text[end : end + AROUND],
    }  # fmt: skip
    target = {"type": "SpecificResource", "source": source, "selector": [position, quote]}
    return target | ({f"{_NS}fragments": [list(part) for part in parts]} if len(parts) > 1 else {})


# --- Reading ------------------------------------------------------------------------------------------


def read(files: Iterable[File], reading: Reading) -> Imported:
    """The pages of files. Raises Misuse for a file that is none, and for labels that the corpus does not have."""
    imported = Imported()
    labels = LabelReader(reading.labels, reading.mapping)
    for name, content in named_files(files, (".jsonld", ".json")):
        _Page(name, content, labels, reading, imported).read()
    labels.refuse_unknown("the pages")
    return imported


class _Page:
    """One file. Everything in it is somebody else's: each value is looked at before it is used."""

    def __init__(
        self, name: str, content: bytes, labels: LabelReader, reading: Reading, imported: Imported
    ) -> None:
        self._file = name
        self._labels = labels
        self._reading = reading
        self._imported = imported
        self._page = self._decoded(content)
        self._marked = Marked()
        self._text = ""
        self._searched = 0
        self._names: set[str] = set()

    def _decoded(self, content: bytes) -> dict[str, Any]:
        """The page: as it is, the first one of a collection, or one made of an annotation or a list of them."""
        page = decoded_json(self._file, content)
        if isinstance(page, list):
            return {"items": page}
        types = _strings(page.get("type")) if isinstance(page, dict) else frozenset()
        if "AnnotationPage" in types:
            return cast(dict[str, Any], page)
        if "AnnotationCollection" in types:
            first = page.get("first", {"items": []})
            if isinstance(first, dict):
                return cast(dict[str, Any], page | first)
            raise Misuse(f"{self._file}: its pages are in other files; give those")
        if "Annotation" in types:
            return {"items": [page]}
        raise Misuse(f"{self._file}: it is no annotation page: its type is to be AnnotationPage")

    def _note(self, item: str, what: str) -> None:
        self._imported.notes.append(Note("dropped", f"{self._file}: {item}", what))

    def read(self) -> None:
        article = self._page.get(f"{_NS}article")
        metadata = article if isinstance(article, dict) else {}
        name = metadata.get("id")
        name = name if isinstance(name, str) else self._file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        text = self._page.get(f"{_NS}text", self._reading.texts.get(name))
        if not isinstance(text, str):
            raise Misuse(f"{self._file}: it holds no text, and the corpus has no article «{name}»")
        self._text = text
        items = self._page.get("items")
        if not isinstance(items, list):
            raise Misuse(f"{self._file}: its items are no list")
        for number, item in enumerate(items, start=1):
            self._item(item, f"item {number}")
        annotations, notes = marks.put_together(self._marked, text, self._file)
        self._imported.notes += notes
        header = self._page.get(f"{_NS}header")
        header = header if isinstance(header, dict) else {}
        annotator = header.get("annotator")
        annotator = annotator if isinstance(annotator, str) else ""
        self._imported.documents.append(
            Foreign(name, text, {annotator: annotations}, metadata, {annotator: header})
        )

    def _item(self, item: Any, where: str) -> None:
        if not isinstance(item, dict):
            return self._note(where, "it is no object")
        kind = item.get(f"{_NS}kind", "entity")
        label = _label(item)
        if label is None or not isinstance(kind, str) or kind not in marks.ATTRIBUTES:
            return self._note(where, "it has no body that tags or classifies")
        if kind in ("entity", "stance"):
            ours = self._labels.named(label, cast(Any, kind))
            if ours is None:
                return self._note(where, f"label «{label[:_SHOWN]}»")
            label = ours
        for number, target in enumerate(_listed(item.get("target"))):
            name = _fragment(item.get("id")) or where
            self._mark(
                item,
                f"{name} target {number + 1}" if number else name,
                cast(MarkKind, kind),
                label,
                target,
                where,
            )
        if not _listed(item.get("target")):
            self._note(where, "it has no target")
        return None

    def _mark(
        self, item: dict[str, Any], name: str, kind: MarkKind, label: str, target: Any, where: str
    ) -> None:
        found = self._selected(target, where)
        if isinstance(found, str):
            return self._note(where, found)
        if name in self._names:
            name = f"{name} of {where}"
        self._names.add(name)
        bodies = [body for body in _listed(item.get("body")) if isinstance(body, dict)]
        values = {
            body[f"{_NS}attribute"]: body["value"]
            for body in bodies
            if isinstance(body.get(f"{_NS}attribute"), str) and isinstance(body.get("value"), str)
        }
        self._marked.marks.append(Mark(name, kind, label, _parts(target, found), values))
        for body in bodies:
            role, end = body.get(f"{_NS}role"), _fragment(body.get("source"))
            if isinstance(role, str) and end:
                self._marked.links.append(Link(name, role, end))
        beside = item.get(f"{_NS}beside")
        if isinstance(beside, dict):
            self._marked.beside[name] = beside
        elif creator := _creator(item.get("creator")):
            self._marked.beside[name] = {"by": creator}
        return None

    def _selected(self, target: Any, where: str) -> tuple[int, int] | str:
        """The stretch that a target selects, or why it selects none."""
        if isinstance(target, str):
            selectors: list[Any] = (
                [{"type": "FragmentSelector", "value": _fragment(target)}] if "#" in target else []
            )
        else:
            selectors = _listed(target.get("selector")) if isinstance(target, dict) else []
        if not selectors:
            return "its target selects no words of the text"
        return self._agreed(selectors, (0, len(self._text)), where, 0)

    def _agreed(
        self, selectors: Sequence[Any], within: tuple[int, int], where: str, depth: int
    ) -> tuple[int, int] | str:
        """The one stretch of several selectors of the same words; the quote decides where its position disagrees."""
        quote: str | None = None
        position: tuple[int, int] | None = None
        quoted_: list[tuple[int, int]] = []
        unread = "it has no selector"
        for selector in selectors[:_MOST_SELECTORS]:
            if not isinstance(selector, dict) or depth > _DEEPEST:
                continue
            exact = selector.get("exact")
            if "TextQuoteSelector" in _strings(selector.get("type")) and isinstance(exact, str) and exact:
                quote, quoted_ = exact, self._places(selector, exact, within, position)
                place = quoted_[0] if len(quoted_) == 1 else None
            else:
                place = _position(selector, within)
                position = position or place
                if place is None:
                    unread = _not_read(selector)
            if place is not None and selector.get("refinedBy") is not None:
                inner = self._agreed(_listed(selector["refinedBy"]), place, where, depth + 1)
                if isinstance(inner, str):
                    return inner
                quote, position = None, inner
        if quote is None:
            return position if position is not None else unread
        if position is not None and self._text[slice(*position)] == quote:
            return position
        said = f"«{quote[:_SHOWN]}»"
        if len(quoted_) != 1:
            return (
                f"{said} does not stand there"
                if not quoted_
                else f"{said} stands {len(quoted_):,} times, and nothing says which it is"
            )
        if position is not None:
            self._imported.notes.append(
                Note(
                    "repaired",
                    f"{self._file}: {where}",
                    f"{said} stands at {quoted_[0][0]}, not at {position[0]}",
                )
            )
        return quoted_[0]

    def _places(
        self, selector: dict[str, Any], exact: str, within: tuple[int, int], position: tuple[int, int] | None
    ) -> list[tuple[int, int]]:
        """Where a quote stands; where several times, only where the words around it do."""
        if position is not None and self._text[slice(*position)] == exact:
            return [position]
        self._searched += 1
        if self._searched > _MOST_SEARCHED:
            return []
        start, end = within
        starts: list[int] = []
        while len(starts) < _MOST_FOUND and (at := self._text.find(exact, start, end)) >= 0:
            starts.append(at)
            start = at + 1
        before, behind = (
            value if isinstance(value := selector.get(key), str) else "" for key in ("prefix", "suffix")
        )
        around = [
            at
            for at in starts
            if self._text.endswith(before, 0, at) and self._text.startswith(behind, at + len(exact))
        ]
        return [(at, at + len(exact)) for at in around or starts]


def _position(selector: dict[str, Any], within: tuple[int, int]) -> tuple[int, int] | None:
    """The stretch of a position, counted from the beginning of what it refines; None where it is none."""
    types = _strings(selector.get("type"))
    start, end = selector.get("start"), selector.get("end")
    value = selector.get("value")
    if "FragmentSelector" in types and isinstance(value, str) and (match := _FRAGMENT.fullmatch(value)):
        start, end = int(match[1]), int(match[2])
    elif "TextPositionSelector" not in types:
        return None
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= within[1] - within[0]:
        return None
    return within[0] + start, within[0] + end


def _not_read(selector: dict[str, Any]) -> str:
    types = ", ".join(sorted(_strings(selector.get("type")))) or "a selector without a type"
    if types == "TextPositionSelector":
        return (
            f"its position {selector.get('start')} to {selector.get('end')} is empty or outside of the text"[
                :200
            ]
        )
    return f"{types} does not select words of a plain text in a way that is read: give positions, quotes, or char=…"[
        :200
    ]


def _parts(target: Any, envelope: tuple[int, int]) -> list[tuple[int, int]]:
    """The fragments of a content where they are what they are to be, else the one stretch."""
    given = _listed(target.get(f"{_NS}fragments")) if isinstance(target, dict) else []
    parts = [
        (one[0], one[1])
        for one in given
        if isinstance(one, list)
        and len(one) == 2
        and type(one[0]) is int
        and type(one[1]) is int
        and one[0] < one[1]
    ]
    edges = [edge for part in parts for edge in part]
    sound = len(parts) == len(given) > 1 and edges == sorted(edges) and (edges[0], edges[-1]) == envelope
    return parts if sound else [envelope]


def _label(item: dict[str, Any]) -> str | None:
    """What the first body says that tags or classifies; a body without a purpose has the annotation's motivation."""
    motivation = _strings(item.get("motivation"))
    value = item.get("bodyValue")
    if isinstance(value, str) and value and motivation & _LABELLING:
        return value
    for body in _listed(item.get("body")):
        purposes, said = motivation, body
        if isinstance(body, dict):
            if f"{_NS}attribute" in body:
                continue
            purposes = _strings(body.get("purpose")) or motivation
            said = next(
                (body[key] for key in ("value", "source", "id") if isinstance(body.get(key), str)), None
            )
        if purposes & _LABELLING and isinstance(said, str) and said:
            return said
    return None


def _creator(value: Any) -> str:
    """Who made an annotation: a name, else the address that stands for one."""
    for one in _listed(value):
        said = (
            one
            if isinstance(one, str)
            else next((one[key] for key in ("name", "nickname", "id") if isinstance(one.get(key), str)), "")
            if isinstance(one, dict)
            else ""
        )
        if said:
            return cast(str, said)
    return ""


def _strings(value: Any) -> frozenset[str]:
    return frozenset(one for one in _listed(value) if isinstance(one, str))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _fragment(value: Any) -> str:
    return value.rsplit("#", 1)[1] if isinstance(value, str) and "#" in value else ""
