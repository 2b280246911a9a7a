"""W3C Web Annotation: one annotation page of JSON-LD an article.

https://www.w3.org/TR/annotation-model/: a target is selected by position (code points, as the model asks) and by quote
with the words around it, so that it is found again where the text was changed. Foreign pages are read as far as their
targets select the text of a source: a label is the first tag or classifying body.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

import orjson

from tasrih import store
from tasrih.formats import marks
from tasrih.formats.exchange import (
    File,
    Foreign,
    Imported,
    LabelReader,
    Note,
    Reading,
    annotations_of,
    named_files,
    text_of,
)
from tasrih.formats.marks import Link, Mark, Marked, MarkKind
from tasrih.model import Document, Settings
from tasrih.store import Misuse

CONTEXT = ["http://www.w3.org/ns/anno.jsonld", {"tasrih": "https://tasrih.example/ns#"}]
AROUND = 32  # code points of context before and behind a quote
_NS = "tasrih:"


# --- Writing ------------------------------------------------------------------------------------------


def write(documents: Iterable[Document], settings: Settings, layer: str) -> Iterator[File]:
    """A page an article."""
    for document in documents:
        page = _page(document, layer)
        yield f"{document['article']['id']}.jsonld", orjson.dumps(page, option=orjson.OPT_INDENT_2) + b"\n"


def _page(document: Document, layer: str) -> dict[str, Any]:
    article, text = document["article"], text_of(document)
    source = f"urn:tasrih:{article['id']}"
    marked = marks.taken_apart(annotations_of(document, layer))
    items = [_item(mark, marked, text, source) for mark in marked.marks]
    header = document["layers"][layer][0] if layer in document["layers"] else None
    return {
        "@context": CONTEXT, "id": f"{source}#{layer}", "type": "AnnotationPage", f"{_NS}article": article,
        f"{_NS}text": text, f"{_NS}header": header, "items": items,
    }  # fmt: skip


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
    targets = [_target(text, part, source) for part in mark.parts]
    item = {
        "id": f"{source}#{mark.id}", "type": "Annotation", "motivation": "classifying", f"{_NS}kind": mark.kind,
        "body": bodies, "target": targets if len(targets) > 1 else targets[0],
    }  # fmt: skip
    if mark.id in marked.beside:
        item[f"{_NS}beside"] = marked.beside[mark.id]
    return item


def _target(text: str, part: tuple[int, int], source: str) -> dict[str, Any]:
    start, end = part
    quote = {
        "type": "TextQuoteSelector", "exact": text[start:end], "prefix": text[max(0, start - AROUND) : start],
        "suffix": text[end : end + AROUND],
    }  # fmt: skip
    position = {"type": "TextPositionSelector", "start": start, "end": end, "refinedBy": quote}
    return {"type": "SpecificResource", "source": source, "selector": position}


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

    def _decoded(self, content: bytes) -> dict[str, Any]:
        try:
            page = store.decode(content)
        except (ValueError, RecursionError) as error:
            raise Misuse(f"{self._file}: it is no JSON: {str(error)[:200]}") from None
        if not isinstance(page, dict) or page.get("type") not in ("AnnotationPage", "AnnotationCollection"):
            raise Misuse(f"{self._file}: it is no annotation page: its type is to be AnnotationPage")
        return page

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
        bodies = [body for body in _listed(item.get("body")) if isinstance(body, dict)]
        label = next(
            (body.get("value") for body in bodies if body.get("purpose") in ("classifying", "tagging")), None
        )
        parts = [part for target in _listed(item.get("target")) if (part := self._part(target)) is not None]
        kind = item.get(f"{_NS}kind", "entity")
        if (
            not isinstance(label, str)
            or not parts
            or not isinstance(kind, str)
            or kind not in marks.ATTRIBUTES
        ):
            return self._note(where, "it has no label, or selects no words of the text")
        if kind in ("entity", "stance"):
            ours = self._labels.named(label, cast(Any, kind))
            if ours is None:
                return self._note(where, f"label «{label}»")
            label = ours
        name = _fragment(item.get("id")) or where
        values = {
            body[f"{_NS}attribute"]: body["value"]
            for body in bodies
            if isinstance(body.get(f"{_NS}attribute"), str) and isinstance(body.get("value"), str)
        }
        self._marked.marks.append(Mark(name, cast(MarkKind, kind), label, parts, values))
        for body in bodies:
            role, target = body.get(f"{_NS}role"), _fragment(body.get("source"))
            if isinstance(role, str) and target:
                self._marked.links.append(Link(name, role, target))
        if isinstance(beside := item.get(f"{_NS}beside"), dict):
            self._marked.beside[name] = beside
        return None

    def _part(self, target: Any) -> tuple[int, int] | None:
        """The stretch that a target selects; the quote decides where it stands once and the position disagrees."""
        selectors = _selectors(target)
        position = next((one for one in selectors if one.get("type") == "TextPositionSelector"), {})
        quote = next((one for one in selectors if one.get("type") == "TextQuoteSelector"), {}).get("exact")
        start, end = position.get("start"), position.get("end")
        inside = type(start) is int and type(end) is int and 0 <= start < end <= len(self._text)
        if inside and (not isinstance(quote, str) or self._text[start:end] == quote):
            return cast(int, start), cast(int, end)
        if isinstance(quote, str) and quote and self._text.count(quote) == 1:
            at = self._text.index(quote)
            if position:
                self._imported.notes.append(
                    Note("repaired", self._file, f"«{quote[:40]}» stands at {at}, not at {start}")
                )
            return at, at + len(quote)
        return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _selectors(target: Any) -> list[dict[str, Any]]:
    """The selectors of a target, each with what refines it."""
    found: list[dict[str, Any]] = []
    waiting = _listed(target.get("selector")) if isinstance(target, dict) else []
    while waiting and len(found) < 20:
        one = waiting.pop()
        if isinstance(one, dict):
            found.append(one)
            waiting += _listed(one.get("refinedBy"))
    return found


def _fragment(value: Any) -> str:
    return value.rsplit("#", 1)[1] if isinstance(value, str) and "#" in value else ""
