"""Prodigy's JSON lines, an article each, for `spans.manual` and `rel.manual`.

Entities, claims (a span a fragment, all of one id), cues and stances are spans, widened to tokens as the tool asks; roles are
relations from head to child. What neither holds is under the key `tasrih`, which Prodigy keeps as it keeps every key that it
does not know: article.json, the header, choices, remarks and the code points of each span. On reading, spans and relations
decide: a span that is not where it was put is taken as it stands. Offsets of Prodigy are code points, and the last token of
a span is inside of it. Lines that were rejected or ignored are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    only_file,
    text_of,
)
from tasrih.formats.marks import Link, Mark, Marked, MarkKind
from tasrih.formats.runs import Tokens, tokens_of
from tasrih.model import Document, Settings
from tasrih.store import Misuse

KEPT = "tasrih"
_KIND_OF_LABEL: dict[str, MarkKind] = {marks.CLAIM: "claim", marks.CUE: "cue"}


# --- Writing ------------------------------------------------------------------------------------------


def write(documents: Iterable[Document], settings: Settings, layer: str) -> Iterator[File]:
    """One file, a line an article."""
    lines = (orjson.dumps(_task(document, layer), option=orjson.OPT_APPEND_NEWLINE) for document in documents)
    yield "", b"".join(lines)


def _task(document: Document, layer: str) -> dict[str, Any]:
    text, article = text_of(document), document["article"]
    known = tokens_of(text)
    marked = marks.taken_apart(annotations_of(document, layer))
    by_mark = {mark.id: [_span(mark, part, known) for part in mark.parts] for mark in marked.marks}
    kept = {
        "article": article,
        "header": document["layers"][layer][0] if layer in document["layers"] else None,
        "parts": {
            mark.id: [
                [*part, span["start"], span["end"]]
                for part, span in zip(mark.parts, by_mark[mark.id], strict=True)
            ]
            for mark in marked.marks
        },
        "values": {mark.id: mark.values for mark in marked.marks if mark.values},
        "beside": marked.beside,
    }
    return {
        "text": text,
        "tokens": [
            {"text": word, "start": start, "end": end, "id": at, "ws": blank}
            for at, (word, start, end, blank) in enumerate(
                zip(known.words, known.starts, known.ends, known.blanks, strict=True)
            )
        ],
        "spans": [span for spans in by_mark.values() for span in spans],
        "relations": [
            _relation(link, by_mark)
            for link in marked.links
            if link.source in by_mark and link.target in by_mark
        ],
        "meta": {"article": article["id"], "title": article.get("title") or ""},
        KEPT: kept,
    }  # fmt: skip


def _span(mark: Mark, part: tuple[int, int], known: Tokens) -> dict[str, Any]:
    first, last = known.widened(*part)
    return {
        "start": known.starts[first], "end": known.ends[last - 1], "token_start": first, "token_end": last - 1,
        "label": mark.label, "id": mark.id, "kind": mark.kind,
    }  # fmt: skip


def _relation(link: Link, by_mark: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """From the last token of the one to the last of the other, which is how Prodigy names spans of several."""
    head, child = by_mark[link.source][0], by_mark[link.target][0]
    return {
        "head": head["token_end"], "child": child["token_end"], "head_span": head, "child_span": child,
        "label": link.role,
    }  # fmt: skip


# --- Reading ------------------------------------------------------------------------------------------


def read(files: Iterable[File], reading: Reading) -> Imported:
    """The lines of a file, ours and others'. Raises Misuse for what is none, and for labels that the corpus does not have."""
    imported = Imported()
    labels = LabelReader(reading.labels, reading.mapping)
    name, content = only_file(files, "JSON lines of Prodigy")
    name = name or "the file"
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            _Line(f"{name}:{number}", line, labels, reading, imported).read()
    if not imported.documents and not imported.notes:
        raise Misuse(f"{name}: it is empty; give what «prodigy db-out» wrote")
    labels.refuse_unknown(name)
    return imported


class _Line:
    """One task. Everything in it is somebody else's: each value is looked at before it is used."""

    def __init__(
        self, where: str, line: bytes, labels: LabelReader, reading: Reading, imported: Imported
    ) -> None:
        self._where = where
        self._labels = labels
        self._reading = reading
        self._imported = imported
        self._marked = Marked()
        self._task = self._decoded(line)
        self._kept = _object(self._task.get(KEPT))
        self._text = ""
        self._ends: dict[tuple[Any, ...], Mark] = {}  # by place, kind and id or label

    def _decoded(self, line: bytes) -> dict[str, Any]:
        task = decoded_json(self._where, line, "; give what «prodigy db-out» wrote")
        if not isinstance(task, dict):
            raise Misuse(f"{self._where}: it is no object; give what «prodigy db-out» wrote")
        return task

    def _note(self, what: str, kind: Any = "dropped") -> None:
        self._imported.notes.append(Note(kind, self._where, what))

    def read(self) -> None:
        answer = self._task.get("answer", "accept")
        self._imported.counts[
            f"answer {answer}" if answer in ("accept", "reject", "ignore") else "answer"
        ] += 1
        if answer != "accept":
            return self._note(f"its answer is «{str(answer)[:40]}»")
        text = self._task.get("text")
        if not isinstance(text, str) or not text.strip():
            return self._note("it has no text, so that it is no task over one")
        self._text = text
        self._spans()
        for number, relation in enumerate(_list(self._task.get("relations")), start=1):
            self._relation(_object(relation), f"relation {number}")
        annotations, notes = marks.put_together(self._marked, text, self._where)
        self._imported.notes += notes
        article, header = _object(self._kept.get("article")), _object(self._kept.get("header"))
        name = article.get("id")
        if not isinstance(name, str) or not name:
            article.pop("id", None)
            name = self._where.rsplit("/", 1)[-1].replace(".jsonl:", "-")
        # Who annotated in Prodigy says so; else the layer is whose it was.
        by = next(
            (one for one in (self._task.get("_annotator_id"), header.get("annotator")) if isinstance(one, str)), ""
        )  # fmt: skip
        self._imported.documents.append(Foreign(name, text, {by: annotations}, article, {by: header}))
        return None

    # --- Spans

    def _spans(self) -> None:
        named: dict[str, tuple[MarkKind, str, list[tuple[int, int]]]] = {}
        for number, one in enumerate(_list(self._task.get("spans")), start=1):
            span = _object(one)
            part, label = self._part(span), span.get("label")
            if part is None or not isinstance(label, str):
                self._note(f"span {number}: it has no label, or marks no words of the text")
                continue
            self._imported.counts["span"] += 1
            kind = self._kind(span, label)
            name = span.get("id")
            is_ours = isinstance(name, str) and marks.is_ours(name.removesuffix("-cue"), kind[0])
            if not is_ours or (name in named and (kind != "claim" or named[name][0] != kind)):
                name = f"span {number}"
            named.setdefault(cast(str, name), (kind, label, []))[2].append(part)
        for name, (kind, label, parts) in named.items():
            self._mark(name, kind, label, parts)

    def _kind(self, span: dict[str, Any], label: str) -> MarkKind:
        kind = span.get("kind")
        if isinstance(kind, str) and kind in marks.ATTRIBUTES:
            return cast(MarkKind, kind)
        if label in _KIND_OF_LABEL and label not in self._reading.mapping:
            return _KIND_OF_LABEL[label]
        ours = self._reading.mapping.get(label, label)
        labels = self._reading.labels
        return "stance" if ours in labels["stance"] and ours not in labels["entity"] else "entity"

    def _part(self, span: dict[str, Any]) -> tuple[int, int] | None:
        """The code points of a span, or those of its tokens; the last token is inside of it."""
        start, end = span.get("start"), span.get("end")
        if start is None and end is None:
            tokens = _list(self._task.get("tokens"))
            first, last = span.get("token_start"), span.get("token_end")
            if type(first) is int and type(last) is int and 0 <= first <= last < len(tokens):
                start, end = _object(tokens[first]).get("start"), _object(tokens[last]).get("end")
        if type(start) is int and type(end) is int and 0 <= start < end <= len(self._text):
            return start, end
        return None

    def _mark(self, name: str, kind: MarkKind, label: str, parts: list[tuple[int, int]]) -> None:
        ours: str | None = label
        if kind in ("entity", "stance"):
            ours = self._labels.named(label, cast(Any, kind))
        if ours is None:
            return self._note(f"{name}: label «{label}»")
        given = _object(_object(self._kept.get("values")).get(name))
        values = {key: value for key, value in given.items() if isinstance(value, str)}
        mark = Mark(name, kind, ours, self._exact(name, parts), values)
        self._marked.marks.append(mark)
        self._marked.beside[name] = _object(_object(self._kept.get("beside")).get(name))
        for part in parts:
            for sign in (name, ours):
                self._ends.setdefault((part, kind, sign), mark)
        return None

    def _exact(self, name: str, parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The code points that were kept, where the spans are still those that were written for them."""
        kept = _object(self._kept.get("parts")).get(name)
        exact = [
            cast(list[int], one)
            for one in _list(kept)
            if isinstance(one, list) and len(one) == 4 and all(type(number) is int for number in one)
        ]
        if exact and sorted((one[2], one[3]) for one in exact) == sorted(parts):
            return [(one[0], one[1]) for one in exact]
        if kept is not None:
            self._note(f"{name}: its span was changed; it is taken as it stands", "note")
        return sorted(set(parts))

    # --- Relations

    def _relation(self, relation: dict[str, Any], where: str) -> None:
        role = relation.get("label")
        start, ends = marks.ROLES.get(role, ("", ())) if isinstance(role, str) else ("", ())
        head = self._end(_object(relation.get("head_span")), (start,))
        child = self._end(_object(relation.get("child_span")), ends)
        self._imported.counts["relation"] += 1
        if head is None or child is None:
            self._note(f"{where} «{str(role)[:40]}»: it joins nothing that it may join")
        else:
            self._marked.links.append(Link(head.id, cast(str, role), child.id))

    def _end(self, span: dict[str, Any], kinds: tuple[str, ...]) -> Mark | None:
        """The mark at an end of a relation: of those that stand there the one with its id, else the first that fits."""
        part, label = self._part(span), span.get("label")
        for sign in (span.get("id"), label, self._reading.mapping.get(str(label))):
            for kind in kinds:
                if isinstance(sign, str) and (found := self._ends.get((part, kind, sign))):
                    return found
        return None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
