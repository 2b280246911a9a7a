"""doccano: JSON lines of a project for sequence labelling with relations, one article a line.

doccano keeps keys that it does not know and gives them back, so `tasrih` carries what it has no place for: the article, the
layer's header, ids, attributes, notes. A span that comes back with its label and place unchanged is the one that was
written; what was added is numbered on, what was deleted is gone. doccano counts offsets as its page does, in UTF-16 units
(its issue 2290); a file that other programs made of code points is read with the option unit. Older exports, triples of
start, end and label, are read too; labels of whole texts, tables and words with tags are refused with what to do instead.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

import orjson

from tasrih.formats import marks
from tasrih.formats.anchoring import MOST_MISPLACED, Counting, refuse_glut
from tasrih.formats.exchange import (
    File,
    Foreign,
    Imported,
    LabelReader,
    Note,
    Reading,
    annotations_of,
    decoded,
    text_of,
)
from tasrih.formats.json_rows import is_number, listed, rows
from tasrih.formats.marks import CLAIM, CUE, Link, Mark, Marked, MarkKind
from tasrih.model import Document, Settings, visible
from tasrih.store import Misuse, is_id
from tasrih.text.canonical import NotText, canonical
from tasrih.text.units import Offsets, Unit

PART_OF = "part-of"
_OWN = "tasrih"
_TEXT_KEYS = ("text", "column_data")
_SPAN_KEYS = ("entities", "label", "labels", "column_label", "annotations")
_RELATIONS, _COMMENTS, _CATEGORIES = "relations", "Comments", ("cats", "categories")
_KNOWN = {"id", _OWN, *_TEXT_KEYS, *_SPAN_KEYS, _RELATIONS, _COMMENTS, *_CATEGORIES}
_PICTURES = ("filename", "img", "url", "audio")
_MOST_SHOWN = 60
_MOST_USERS = 100
_TAGGED = re.compile(r"\s*\S+\s+(?:O|[BIOESLU]-\S+)\s*")


# --- Writing ------------------------------------------------------------------------------------------


def write(
    documents: Iterable[Document], settings: Settings, layer: str, unit: str = "utf16"
) -> Iterator[File]:
    """One file; its lines are written as the articles come."""
    lines, first = [], 1
    for number, document in enumerate(documents, start=1):
        row = _row(document, layer, cast(Unit, unit), number, first)
        first += len(row["entities"])
        lines.append(orjson.dumps(row))
    yield "", b"".join(line + b"\n" for line in lines)


def _row(document: Document, layer: str, unit: Unit, number: int, first: int) -> dict[str, Any]:
    """A line; its spans are numbered from `first`, for doccano's ids are unique over the project."""
    text = text_of(document)
    offsets = Offsets(text, unit)
    marked = marks.taken_apart(annotations_of(document, layer))
    entities: list[dict[str, Any]] = []
    relations: list[tuple[int, str, int]] = []
    firsts: dict[str, int] = {}
    for mark in marked.marks:
        for start, end in mark.parts:
            name = first + len(entities)
            place = {
                "start_offset": offsets.from_codepoints(start),
                "end_offset": offsets.from_codepoints(end),
            }
            entities.append({"id": name, "label": mark.label, **place})
            if mark.id in firsts:
                relations.append((name, PART_OF, firsts[mark.id]))
            firsts.setdefault(mark.id, name)
    relations += [
        (firsts[link.source], link.role, firsts[link.target])
        for link in marked.links
        if link.target in firsts
    ]
    own = {
        "article": document["article"],
        "header": document["layers"][layer][0] if layer in document["layers"] else None,
        "unit": unit,
        "marks": [
            {
                "id": mark.id,
                "kind": mark.kind,
                "label": mark.label,
                "parts": mark.parts,
                "values": mark.values,
            }
            for mark in marked.marks
        ],
        "beside": marked.beside,
    }
    named = [
        {"id": at, "from_id": source, "to_id": target, "type": role}
        for at, (source, role, target) in enumerate(relations, start=1)
    ]
    return {"id": number, "text": text, _OWN: own, "entities": entities, _RELATIONS: named, _COMMENTS: []}


# --- Reading ------------------------------------------------------------------------------------------


def read(files: Iterable[File], reading: Reading) -> Imported:
    """The articles of files. Raises Misuse for a file of another kind, and for labels that the corpus does not have.

    Where several files hold one article, as doccano's exports by user do, each is a layer, called by its file's name.
    """
    imported = Imported()
    labels = LabelReader(reading.labels, reading.mapping)
    given = sorted(files)
    if not given:
        raise Misuse("give a file of doccano's, .jsonl or .json")
    documents: dict[str, Foreign] = {}
    for name, content in given:
        found = _File(name or "the file", content, labels, reading, imported)
        for foreign in found.documents():
            _add(documents, foreign, name, imported)
    labels.refuse_unknown("the files")
    if not documents:
        raise Misuse(
            f"nothing could be read: {imported.notes[0] if imported.notes else 'the files are empty'}"
        )
    imported.documents = list(documents.values())
    return imported


def _add(documents: dict[str, Foreign], foreign: Foreign, file: str, imported: Imported) -> None:
    """Adds a document, as one more layer where the article is there already."""
    there = documents.setdefault(foreign.name, foreign)
    if there is foreign:
        return
    if there.text != foreign.text:
        imported.notes.append(
            Note("dropped", file, f"«{foreign.name}» stands there with another text already")
        )
        return
    for annotator, lines in foreign.layers.items():
        stem = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        layer = annotator if annotator not in there.layers else stem
        if layer in there.layers:
            imported.notes.append(Note("dropped", file, f"«{foreign.name}» stands there twice"))
        else:
            there.layers[layer] = lines
            there.headers[layer] = foreign.headers.get(annotator, {})


class _Span(NamedTuple):
    """A span as a row gives it: doccano's number (None where it has none), label, offsets in the row's unit, who made it."""

    name: int | None
    label: str
    start: int
    end: int
    user: str


class _File:
    """One file. Everything in it is somebody else's: each value is looked at before it is used."""

    def __init__(
        self, name: str, content: bytes, labels: LabelReader, reading: Reading, imported: Imported
    ) -> None:
        self._name = name
        self._labels = labels
        self._reading = reading
        self._imported = imported
        self._left_out: Counter[str] = Counter()
        self._dropped = 0
        self._rows = list(self._decoded(content))

    def documents(self) -> Iterator[Foreign]:
        """The rows as documents. Raises Misuse where not one of them is a text with spans."""
        self._refuse_other_tasks()
        for where, row in self._rows:
            if (foreign := self._document(where, row)) is not None:
                yield foreign
        for what, times in self._left_out.items():
            self._imported.notes.append(Note("dropped", self._name, f"{what}: {times:,}"))

    def _drop(self, where: str, what: str) -> None:
        self._imported.notes.append(Note("dropped", where, what))
        self._dropped += 1
        if self._dropped > MOST_MISPLACED:
            raise Misuse(
                f"{self._imported.notes[-1]}; more than {MOST_MISPLACED:,} things in {self._name} are like that"
            )

    # From bytes to rows.

    def _decoded(self, content: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every object with where it stands: of JSON lines, of a list, or one alone."""
        _refuse_other_endings(self._name)
        _refuse_lines_of_words(self._name, decoded(self._name, content))
        return rows(self._name, content, self._drop)

    def _refuse_other_tasks(self) -> None:
        """Raises Misuse where no row has a text and spans, saying what the rows are."""
        rows = [row for _, row in self._rows]
        if any(_text(row) is not None and _holds_spans(row) for row in rows):
            return
        first = rows[0]
        keys = visible(", ".join(list(first)[:8]))
        if any(key in row for row in rows for key in _PICTURES) and not any(
            _text(row) is not None for row in rows
        ):
            raise Misuse(f"{self._name}: a project of pictures or sound ({keys}); Tasrih annotates texts")
        if not any(_text(row) is not None for row in rows):
            raise Misuse(
                f"{self._name}: no row has a text; the keys are {keys or 'none'}, and the text is to be «text»"
            )
        raise Misuse(
            f"{self._name}: its labels are said of whole texts, with no place in them, and Tasrih annotates words; export a project "
            "for sequence labelling, or take the texts alone with «tasrih ingest»"
        )

    # From rows to documents.

    def _document(self, where: str, row: dict[str, Any]) -> Foreign | None:
        source = _text(row)
        if source is None:
            self._drop(where, "it has no text")
            return None
        try:
            text = canonical(source.encode())
        except NotText as error:
            self._drop(where, str(error))
            return None
        own = row.get(_OWN)
        own = own if isinstance(own, dict) else {}
        unit: Unit = (
            "codepoint" if own.get("unit", self._reading.options.get("unit")) == "codepoint" else "utf16"
        )
        article = own.get("article")
        metadata = article if isinstance(article, dict) else {}
        name = metadata.get("id")
        if not (isinstance(name, str) and is_id(name)):  # it names a folder later on
            metadata = {key: value for key, value in metadata.items() if key != "id"}
            name = self._numbered_name(where, row)
        if unit == "utf16" and not own and max(source) > "\uffff":
            what = "offsets are taken as UTF-16 units, as doccano counts; the text has characters of two: see the option unit"
            self._imported.notes.append(Note("note", where, what))
        self._count_left_out(row)
        assembler = _Row(where, text, Counting(source, unit), own, self)
        header = own.get("header")
        header = header if isinstance(header, dict) else {}
        annotator = header.get("annotator")
        annotator = annotator if isinstance(annotator, str) else ""
        spans = list(self._spans(where, row))
        users = sorted({span.user for span in spans}) or [""]
        if len(users) > _MOST_USERS:
            raise Misuse(f"{where}: {len(users):,} users annotated it; more than {_MOST_USERS} are not read")
        layers = {
            user or annotator: assembler.layer(row, [span for span in spans if span.user == user])
            for user in users
        }
        self._imported.counts.update(
            documents=1, spans=len(spans), relations=len(listed(row.get(_RELATIONS)))
        )
        return Foreign(name, text, layers, metadata, {annotator: header} if annotator in layers else {})

    def _numbered_name(self, where: str, row: Mapping[str, Any]) -> str:
        stem = self._name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        number = row.get("id", row.get("doc_id"))
        return (
            f"{stem}-{number}"
            if type(number) is int
            else f"{stem}-{where.rsplit(' ', 1)[-1].rsplit(':', 1)[-1]}"
        )

    def _count_left_out(self, row: Mapping[str, Any]) -> None:
        for key in row.keys() - _KNOWN:
            self._left_out[f"values of «{visible(str(key))[:_MOST_SHOWN]}»"] += 1
        for key in _CATEGORIES:
            if listed(row.get(key)):
                self._left_out["labels of whole texts"] += len(listed(row.get(key)))
        for comment in listed(row.get(_COMMENTS)):
            self._left_out[f"the comment «{visible(str(comment))[:_MOST_SHOWN]}»"] += 1

    def _spans(self, where: str, row: Mapping[str, Any]) -> Iterator[_Span]:
        key = next((key for key in _SPAN_KEYS if listed(row.get(key))), "")
        for one in listed(row.get(key)):
            span = _span(one)
            if span is None:
                self._drop(where, f"«{visible(str(one))[:_MOST_SHOWN]}» in {key} is no span")
            else:
                yield span

    def label(self, label: str) -> tuple[MarkKind, str] | None:
        """Kind and our name of a label; None where it is left out."""
        ours = self._reading.mapping.get(label, label)
        if label not in self._reading.mapping and label in (CLAIM, CUE):
            return ("claim", CLAIM) if label == CLAIM else ("cue", CUE)
        if ours in self._reading.labels["stance"]:
            return "stance", ours
        named = self._labels.named(label, "entity")
        return None if named is None else ("entity", named)

    def leave_out(self, what: str) -> None:
        """Counts something that is left out."""
        self._left_out[visible(what)] += 1

    def note(self, where: str, what: str) -> None:
        """Notes something that is left out where it stands."""
        self._drop(where, what)

    def assembled(self, marked: Marked, text: str, where: str) -> list[Any]:
        """The annotations of marks and links."""
        annotations, notes = marks.put_together(marked, text, where)
        self._imported.notes += notes
        return annotations


class _Row:
    """The spans and relations of one row, as marks and links."""

    def __init__(
        self, where: str, text: str, counting: Counting, own: Mapping[str, Any], file: _File
    ) -> None:
        self._where = where
        self._text = text
        self._counting = counting
        self._file = file
        self._written = [mark for one in listed(own.get("marks")) if (mark := _mark(one)) is not None]
        self._beside = _beside(own.get("beside"))
        self._free: Counter[str] = Counter()
        for mark in self._written:
            if marks.is_ours(mark.id, mark.id[:1]):
                self._free[mark.id[0]] = max(self._free[mark.id[0]], int(mark.id[1:]))

    def layer(self, row: Mapping[str, Any], spans: list[_Span]) -> list[Any]:
        """The annotations of one user's spans."""
        waiting: defaultdict[tuple[str, int, int], list[Mark]] = defaultdict(list)
        for mark in self._written:
            for start, end in mark.parts:
                waiting[mark.label, start, end].append(mark)
        made: dict[str, Mark] = {}
        by_number: dict[int, Mark] = {}
        for number, span in enumerate(spans, start=1):
            found = self._of_span(span, number, waiting, made)
            if found is not None and span.name is not None:
                by_number[span.name] = found
        refuse_glut((end - start for mark in made.values() for start, end in mark.parts), self._where)
        marked = Marked(beside={name: self._beside[name] for name in made if name in self._beside})
        joined: dict[str, Mark] = {}
        for source, role, target in self._relations(row):
            ends = by_number.get(source), by_number.get(target)
            if ends[0] is None or ends[1] is None:
                self._file.leave_out(f"relations «{role[:_MOST_SHOWN]}» of what is left out")
            elif role == PART_OF:
                self._join(ends[0], ends[1], joined)
            elif role not in marks.ROLES:
                self._file.leave_out(f"relations «{role[:_MOST_SHOWN]}»")
            else:
                marked.links.append(Link(ends[0].id, role, ends[1].id))
        for name in joined:
            _root(made[name], joined).parts += made[name].parts
        for mark in made.values():
            mark.parts = sorted(set(mark.parts))
        marked.marks = [mark for mark in made.values() if mark.id not in joined]
        marked.links = [
            Link(_root(made[link.source], joined).id, link.role, _root(made[link.target], joined).id)
            for link in marked.links
        ]
        return self._file.assembled(marked, self._text, self._where)

    def _join(self, part: Mark, first: Mark, joined: dict[str, Mark]) -> None:
        """Makes `part` a part of `first`, where they are not one already and are of one kind."""
        whole = _root(first, joined)
        if part is whole or part.id in joined:
            return
        if part.kind != whole.kind:
            self._file.leave_out(f"relations «{PART_OF}» of two kinds")
            return
        joined[part.id] = whole

    def _of_span(
        self, span: _Span, number: int, waiting: dict[tuple[str, int, int], list[Mark]], made: dict[str, Mark]
    ) -> Mark | None:
        """The mark of a span: the one that was written, or a new one. None where it is left out."""
        start, end = self._counting.place(span.start), self._counting.place(span.end)
        if start is None or end is None or start >= end:
            self._file.note(
                self._where,
                f"«{span.label[:_MOST_SHOWN]}» at {span.start} to {span.end}: no words of the text stand there",
            )
            return None
        found = self._file.label(span.label)
        if found is None:
            self._file.leave_out(f"spans «{span.label[:_MOST_SHOWN]}»")
            return None
        kind, label = found
        same = waiting.get((span.label, start, end))
        if same and same[0].kind == kind:
            written = same.pop(0)
            if written.id in made:
                made[written.id].parts.append((start, end))
            else:
                made[written.id] = Mark(written.id, kind, label, [(start, end)], dict(written.values))
            return made[written.id]
        name = self._fresh(kind, number)
        made[name] = Mark(name, kind, label, [(start, end)])
        return made[name]

    def _fresh(self, kind: MarkKind, number: int) -> str:
        """An id for a span that was added: the next free one, or one that is numbered in text order with all others."""
        if not self._written or kind == "cue":
            return f"span-{number}"
        self._free[kind[0]] += 1
        return f"{kind[0]}{self._free[kind[0]]}"

    def _relations(self, row: Mapping[str, Any]) -> Iterator[tuple[int, str, int]]:
        for one in listed(row.get(_RELATIONS)):
            stated = one if isinstance(one, dict) else {}
            source, role, target = stated.get("from_id"), stated.get("type"), stated.get("to_id")
            if is_number(source) and isinstance(role, str) and is_number(target):
                yield source, role, target
            else:
                self._file.note(self._where, f"«{visible(str(one))[:_MOST_SHOWN]}» is no relation")


def _root(mark: Mark, joined: dict[str, Mark]) -> Mark:
    """The mark of which `mark` is a part, or itself; the way there is made short for the next time."""
    root = mark
    while root.id in joined:
        root = joined[root.id]
    while mark.id in joined and joined[mark.id] is not root:
        joined[mark.id], mark = root, joined[mark.id]
    return root


def _text(row: Mapping[str, Any]) -> str | None:
    return next((row[key] for key in _TEXT_KEYS if isinstance(row.get(key), str)), None)


def _holds_spans(row: Mapping[str, Any]) -> bool:
    """Whether a row is of sequence labelling: it has spans, or a list in which spans would stand."""
    if isinstance(row.get("entities"), list):
        return True
    found = [one for key in _SPAN_KEYS for one in listed(row.get(key))]
    return any(isinstance(one, list | dict) for one in found)


def _span(one: Any) -> _Span | None:
    """A span of either of doccano's shapes: an object, or start, end and label."""
    if isinstance(one, list) and len(one) == 3:
        name, (start, end, label), user = None, one, None
    elif isinstance(one, dict):
        name, user, label = one.get("id"), one.get("user"), one.get("label")
        start, end = one.get("start_offset"), one.get("end_offset")
    else:
        return None
    label = str(label) if is_number(label) else label  # the oldest exports have the label's number
    if not isinstance(label, str) or not label or not (is_number(start) and is_number(end)):
        return None
    who = f"user-{user}" if is_number(user) and user >= 0 else ""
    return _Span(name if is_number(name) else None, label, start, end, who)


def _mark(one: Any) -> Mark | None:
    """A mark of our own list; None where it is not of its shape."""
    if not isinstance(one, dict):
        return None
    name, kind, label, values = (one.get(key) for key in ("id", "kind", "label", "values"))
    parts = [
        (part[0], part[1])
        for part in listed(one.get("parts"))
        if isinstance(part, list) and len(part) == 2 and all(is_number(end) for end in part)
    ]
    if not (isinstance(name, str) and name and isinstance(label, str) and isinstance(values, dict)):
        return None
    if not (isinstance(kind, str) and kind in marks.ATTRIBUTES):
        return None
    known = {key: value for key, value in values.items() if isinstance(value, str)}
    return Mark(name, cast(MarkKind, kind), label, parts, known)


def _beside(value: Any) -> dict[str, dict[str, Any]]:
    """What our own list says beside the marks, by id, as far as it is of the right kinds."""
    found: dict[str, dict[str, Any]] = {}
    for name, said in value.items() if isinstance(value, dict) else ():
        if isinstance(said, dict):
            found[name] = {
                key: said[key]
                for key in marks.BESIDE
                if (isinstance(said.get(key), str) and said[key])
                or (key == "confidence" and type(said.get(key)) in (int, float))
            }
    return found


def _refuse_other_endings(name: str) -> None:
    """Raises Misuse for the kinds of file of doccano's that have no spans of a text, by their endings."""
    ending = name.rsplit("/", 1)[-1].rpartition(".")[2].lower()
    if ending in ("csv", "tsv", "xlsx", "xls"):
        raise Misuse(f"{name}: a table of doccano's holds labels of whole texts; export the project as JSONL")
    if ending == "conll":
        raise Misuse(
            f"{name}: words with tags, a word a line; import it as CoNLL, or export the project as JSONL"
        )
    if ending in ("jpg", "jpeg", "png", "gif", "mp3", "wav", "ogg"):
        raise Misuse(f"{name}: a picture or sound; Tasrih annotates texts")
    if ending == "zip":
        raise Misuse(f"{name}: an archive; unpack it and import its files, one a user")


def _refuse_lines_of_words(name: str, text: str) -> None:
    """Raises Misuse for text that is not JSON at all, saying what it looks like."""
    lines = [line for line in text[:10_000].split("\n") if line.strip()]
    if lines and text.lstrip()[:1] in "[{":
        return
    if any(line.startswith("__label__") for line in lines):
        raise Misuse(
            f"{name}: fastText lines hold labels of whole texts; export a project for sequence labelling as JSONL"
        )
    if lines and all(_TAGGED.fullmatch(line) for line in lines):
        raise Misuse(f"{name}: it looks like words with tags, a word a line; import it as CoNLL")
    raise Misuse(f"{name}: it is no JSON; texts without annotations are taken with «tasrih ingest»")
