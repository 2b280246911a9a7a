"""BigBIO's knowledge base schema as JSON lines, one article a line.

https://github.com/bigscience-workshop/biomedical/blob/main/task_schemas.md: offsets are code points into the texts of the
passages with a blank between each two; ids are unique over a data set. The schema has no attributes of events, which are
lost. Read are lists of objects, and objects of lists, as `datasets` writes a sequence of records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from tasrih.formats import marks
from tasrih.formats.anchoring import MOST_MISPLACED, Counting, found, refuse_glut, same_words
from tasrih.formats.exchange import (
    File,
    Foreign,
    Imported,
    LabelReader,
    Note,
    Reading,
    annotations_of,
    text_of,
)
from tasrih.formats.json_rows import Row, is_number, listed, objects, rows
from tasrih.formats.marks import CLAIM, CUE, Link, Mark, Marked, MarkKind
from tasrih.model import UNNAMED, Document, Settings, visible
from tasrih.store import Misuse, is_id
from tasrih.text.canonical import NotText, canonical

MEMBER = "Member"
WIKIDATA = "Wikidata"
_REFERENT = "_referent_"
_MOST_SHOWN = 60


# --- Writing ------------------------------------------------------------------------------------------


def write(documents: Iterable[Document], settings: Settings, layer: str) -> Iterator[File]:
    """One file, an article a line."""
    yield "", b"".join(orjson.dumps(_row(document, layer)) + b"\n" for document in documents)


def _row(document: Document, layer: str) -> Row:
    article, text = document["article"]["id"], text_of(document)
    marked = marks.taken_apart(annotations_of(document, layer))
    referents: dict[str, list[str]] = {}
    for name, beside in marked.beside.items():
        if "referent" in beside:
            referents.setdefault(beside["referent"], []).append(f"{article}_{name}")
    members = [link for link in marked.links if link.role == "member"]
    return {
        "id": article,
        "document_id": article,
        "passages": [{"id": f"{article}_text", "type": "article", "text": [text], "offsets": [[0, len(text)]]}],
        "entities": [_entity(mark, marked, article, text) for mark in marked.marks if mark.kind in ("entity", "cue")],
        "events": [_event(mark, marked, article, text) for mark in marked.marks if mark.kind in ("claim", "stance")],
        "coreferences": [
            {"id": f"{article}{_REFERENT}{name}", "entity_ids": mentions} for name, mentions in referents.items()
        ],
        "relations": [
            {
                "id": f"{article}_member_{number}", "type": MEMBER, "arg1_id": f"{article}_{link.source}",
                "arg2_id": f"{article}_{link.target}", "normalized": [],
            }
            for number, link in enumerate(members, start=1)
        ],
    }  # fmt: skip


def _where(mark: Mark, text: str) -> Row:
    return {
        "text": [text[start:end] for start, end in mark.parts],
        "offsets": [list(part) for part in mark.parts],
    }


def _entity(mark: Mark, marked: Marked, article: str, text: str) -> Row:
    item = marked.beside.get(mark.id, {}).get("wikidata")
    normalized = [{"db_name": WIKIDATA, "db_id": item}] if item else []
    return {"id": f"{article}_{mark.id}", "type": mark.label, **_where(mark, text), "normalized": normalized}


def _event(mark: Mark, marked: Marked, article: str, text: str) -> Row:
    arguments = [
        {"role": link.role.capitalize(), "ref_id": f"{article}_{link.target}"}
        for link in marked.links
        if link.source == mark.id
    ]
    return {
        "id": f"{article}_{mark.id}",
        "type": mark.label,
        "trigger": _where(mark, text),
        "arguments": arguments,
    }


# --- Reading ------------------------------------------------------------------------------------------


def read(files: Iterable[File], reading: Reading) -> Imported:
    """The documents of files. Raises Misuse for a file of another shape, and for labels that the corpus does not have."""
    imported = Imported()
    labels = LabelReader(reading.labels, reading.mapping)
    seen: set[str] = set()
    for name, content in sorted(files):
        dropped = _Drops(imported, name or "the file")
        for where, row in rows(name or "the file", content, dropped.drop):
            if not isinstance(row.get("passages"), list | dict):
                raise Misuse(f"{where}: it has no passages, as every document of BigBIO's KB schema has")
            foreign = _Document(where, row, labels, reading, dropped, imported).read()
            if foreign is not None and foreign.name in seen:
                dropped.drop(where, f"«{foreign.name}» stands there twice")
            elif foreign is not None:
                seen.add(foreign.name)
                imported.documents.append(foreign)
    labels.refuse_unknown("the files")
    if not imported.documents:
        raise Misuse(f"nothing could be read: {imported.notes[0] if imported.notes else 'give a file'}")
    return imported


class _Drops:
    """Notes of what a file has that is left out, up to a measure."""

    def __init__(self, imported: Imported, file: str) -> None:
        self._imported = imported
        self._file = file
        self._times = 0

    def drop(self, where: str, what: str) -> None:
        self.note("dropped", where, what)

    def note(self, kind: Any, where: str, what: str) -> None:
        self._imported.notes.append(Note(kind, where, what))
        self._times += 1
        if self._times > MOST_MISPLACED:
            raise Misuse(
                f"{self._imported.notes[-1]}; more than {MOST_MISPLACED:,} things in {self._file} are like that"
            )


class _Document:
    """One row. Everything in it is somebody else's: each value is looked at before it is used."""

    def __init__(
        self, where: str, row: Row, labels: LabelReader, reading: Reading, drops: _Drops, imported: Imported
    ) -> None:
        self._where = where
        self._row = row
        self._labels = labels
        self._reading = reading
        self._drops = drops
        self._imported = imported
        self._name = next(
            (
                str(row[key])
                for key in ("document_id", "id")
                if is_number(row.get(key)) or (isinstance(row.get(key), str) and row[key])
            ),
            where,
        )
        self._marks: dict[str, Mark] = {}
        self._marked = Marked()
        self._left_out: Counter[str] = Counter()
        self._text = ""

    def read(self) -> Foreign | None:
        """The document; None, with a note, where it has no text."""
        source = " ".join(
            text for passage in objects(self._row["passages"]) for text in _texts(passage.get("text"))
        )
        try:
            self._text = canonical(source.encode())
        except NotText as error:
            self._drops.drop(self._where, str(error))
            return None
        self._counting = Counting(source, "codepoint")
        kinds = ("entities", "events", "coreferences", "relations")
        found = {kind: objects(self._row.get(kind)) for kind in kinds}
        for entity in found["entities"]:
            self._entity(entity)
        for event in found["events"]:
            self._event(event)
        for event in found["events"]:
            self._arguments(event)
        for number, coreference in enumerate(found["coreferences"], start=1):
            self._coreference(number, coreference)
        for relation in found["relations"]:
            self._relation(relation)
        self._imported.counts.update(documents=1, **{kind: len(records) for kind, records in found.items()})
        self._marked.marks = list(self._marks.values())
        named = {link.source for link in self._marked.links if link.role in ("claimer", "holder")}
        for mark in self._marked.marks:
            if mark.kind in ("claim", "stance") and mark.id not in named:
                mark.values["source"] = UNNAMED
        refuse_glut((end - start for mark in self._marked.marks for start, end in mark.parts), self._where)
        annotations, notes = marks.put_together(self._marked, self._text, self._where)
        self._imported.notes += notes
        self._imported.notes += [
            Note("dropped", self._where, f"{what}: {times:,}") for what, times in self._left_out.items()
        ]
        return Foreign(self._name, self._text, {"": annotations})

    def _leave_out(self, what: str) -> None:
        self._left_out[visible(what)] += 1

    def _add(self, record: Row, kind: MarkKind, label: str, where: Mapping[str, Any]) -> None:
        name = _name(record.get("id"))
        if not name or name in self._marks:
            self._drops.drop(
                self._where, f"{kind} «{name[:_MOST_SHOWN]}»: it has no id, or one that stands there twice"
            )
            return
        parts = self._parts(where, f"{kind} «{name[:_MOST_SHOWN]}»")
        if parts:
            ours = name.removeprefix(f"{self._name}_")
            self._marks[name] = Mark(ours if marks.is_ours(ours, kind[0]) else name, kind, label, parts)

    def _parts(self, where: Mapping[str, Any], what: str) -> list[tuple[int, int]]:
        """The stretches of `offsets`, held against `text`; nothing, with a note, where they have no place."""
        offsets = [pair for pair in listed(where.get("offsets")) if isinstance(pair, list) and len(pair) == 2]
        words = _texts(where.get("text"))
        parts = []
        for at, (start, end) in enumerate(offsets):
            quote = words[at] if len(words) == len(offsets) else None
            part = self._part(start, end, quote, what)
            if part is None:
                return []
            parts.append(part)
        if not parts:
            self._drops.drop(self._where, f"{what}: it has no offsets")
        if len(words) != len(offsets) and parts:
            self._drops.note(
                "note",
                self._where,
                f"{what}: its words are not one for each of its offsets, and not held against them",
            )
        return sorted(parts)

    def _part(self, start: Any, end: Any, quote: str | None, what: str) -> tuple[int, int] | None:
        low = self._counting.place(start) if is_number(start) else None
        high = self._counting.place(end) if is_number(end) else None
        inside = low is not None and high is not None and low < high
        if inside and (quote is None or _agree(self._text, low or 0, high or 0, quote)):
            return low or 0, high or 0
        at = found(self._text, quote, low or 0) if quote else None
        if quote and at is not None:
            self._drops.note(
                "repaired",
                self._where,
                f"{what}: «{quote[:_MOST_SHOWN]}» stands at {at}, not at {str(start)[:20]}",
            )
            return at, at + len(quote)
        said = f"«{(quote or '')[:_MOST_SHOWN]}» does not stand at {str(start)[:20]} to {str(end)[:20]}, and nowhere else once alone"
        self._drops.drop(self._where, f"{what}: {said}")
        return None

    def _entity(self, entity: Row) -> None:
        label = entity.get("type")
        if not isinstance(label, str) or not label:
            self._drops.drop(self._where, f"an entity without a type: «{visible(str(entity))[:_MOST_SHOWN]}»")
            return
        if label == CUE and CUE not in self._reading.mapping:
            self._add(entity, "cue", CUE, entity)
            return
        ours = self._labels.named(label, "entity")
        if ours is None:
            self._leave_out(f"entities «{label[:_MOST_SHOWN]}»")
            return
        self._add(entity, "entity", ours, entity)
        mark = self._marks.get(_name(entity.get("id")))
        for one in objects(entity.get("normalized")):
            if mark is not None and one.get("db_name") == WIKIDATA and isinstance(one.get("db_id"), str):
                self._marked.beside.setdefault(mark.id, {})["wikidata"] = one["db_id"]
            else:
                self._leave_out(f"normalisations «{str(one.get('db_name'))[:_MOST_SHOWN]}»")

    def _event(self, event: Row) -> None:
        """A claim or stance; of an event whose type the mapping gives as an entity's, the mention that its trigger is."""
        label, trigger = event.get("type"), event.get("trigger")
        label = label if isinstance(label, str) else ""
        trigger = trigger if isinstance(trigger, dict) else {}
        ours = self._reading.mapping.get(label, label)
        if ours == CLAIM:
            self._add(event, "claim", CLAIM, trigger)
        elif ours in self._reading.labels["stance"]:
            self._add(event, "stance", ours, trigger)
        elif ours in self._reading.labels["entity"] and label in self._reading.mapping:
            self._add(event, "entity", ours, trigger)
        else:
            self._leave_out(f"events «{label[:_MOST_SHOWN]}»")

    def _arguments(self, event: Row) -> None:
        mark = self._marks.get(_name(event.get("id")))
        if mark is None:
            return
        for argument in objects(event.get("arguments")):
            role = argument.get("role")
            target = self._marks.get(_name(argument.get("ref_id")))
            bare = role.lower() if isinstance(role, str) else ""
            if bare not in marks.ROLES or mark.kind == "entity":
                self._leave_out(f"arguments «{str(role)[:_MOST_SHOWN]}»")
            elif target is None:
                self._leave_out("arguments that are left out themselves")
            else:
                self._marked.links.append(Link(mark.id, bare, target.id))

    def _coreference(self, number: int, coreference: Row) -> None:
        name = _name(coreference.get("id")).rpartition(_REFERENT)[2]
        referent = (
            name if is_id(name) and _REFERENT in _name(coreference.get("id")) else f"coreference-{number}"
        )
        for one in listed(coreference.get("entity_ids")):
            mark = self._marks.get(_name(one))
            if mark is None or mark.kind != "entity":
                self._leave_out("mentions of coreferences that are left out themselves")
            else:
                self._marked.beside.setdefault(mark.id, {})["referent"] = referent

    def _relation(self, relation: Row) -> None:
        ends = [self._marks.get(_name(relation.get(key))) for key in ("arg1_id", "arg2_id")]
        if relation.get("type") == MEMBER and ends[0] is not None and ends[1] is not None:
            self._marked.links.append(Link(ends[0].id, "member", ends[1].id))
        else:
            self._leave_out(f"relations «{str(relation.get('type'))[:_MOST_SHOWN]}»")


def _name(value: Any) -> str:
    return value if isinstance(value, str) else str(value) if is_number(value) else ""


def _texts(value: Any) -> list[str]:
    """Texts of a list, or the one that stands alone."""
    return [value] if isinstance(value, str) else [one for one in listed(value) if isinstance(one, str)]


def _agree(text: str, start: int, end: int, quote: str) -> bool:
    return end - start <= 4 * len(quote) + 200 and same_words(text[start:end], quote)
