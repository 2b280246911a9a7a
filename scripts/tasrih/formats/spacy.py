"""spaCy's DocBin: what `spacy train` and `spacy debug data` take, and what a pipeline's documents are saved as.

A document's tokens are ours, with tokens of white space where there is more than one blank between two, so that `doc.text`
is the article's text. Spans of spaCy are runs of tokens: a span group each holds entities, claims (a span a fragment, all of
one id), cues and stances, widened to tokens, with their labels and ids; choices stand in `group.attrs` by id. `doc.ents` are
the outermost names. What spans cannot hold is in `doc.user_data["tasrih"]`: article.json, the header, links, remarks and the
code points of each mark. On reading the spans decide: where one is not what the code points widen to, it was changed, and is
taken as it stands; one that was taken out is gone with its links. `doc.ents` are read where there is no group of entities.

Reading goes without spaCy's own documents, whose code trusts the numbers of a file: sizes and indices are looked at first.
"""

from __future__ import annotations

import re
import struct
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple, cast

import numpy as np
import orjson
from spacy.attrs import IDS
from spacy.strings import StringStore
from spacy.tokens import Doc, DocBin, Span, SpanGroup
from spacy.vocab import Vocab
from srsly.msgpack import unpackb
from srsly.msgpack.exceptions import UnpackException

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
from tasrih.formats.runs import Tokens, tokens_of
from tasrih.model import Document, Settings
from tasrih.store import Misuse
from tasrih.text.sentences import sentences

GROUPS: dict[MarkKind, str] = {
    "entity": "entities",
    "claim": "claims",
    "cue": "cues",
    "stance": "stances",
}
KEPT = "tasrih"  # the key of doc.user_data
MOST_BYTES = 256 * 1024 * 1024  # of an unpacked DocBin, which has a hundred bytes a token
_DOCUMENTS_A_FILE = 500
_MOST_ITEMS = 1_000_000  # of one list of a file
_SPAN = struct.Struct(">QQQllll")  # as SpanGroup.to_bytes packs it: id, kb_id, label, tokens, characters
_WIKIDATA = re.compile(r"Q[1-9][0-9]*\Z")


class _Run(NamedTuple):
    """A span of a file: a run of tokens with its strings."""

    name: str
    label: str
    item: str
    first: int
    last: int


def _outermost(runs: Iterable[_Run], known: Tokens) -> list[_Run]:
    """Runs of which none touches another: the first ones, of those the longest."""
    trimmed = [run._replace(first=first, last=last) for run in runs for first, last in [known.without_space(run.first, run.last)]]  # fmt: skip
    chosen: list[_Run] = []
    for run in sorted(trimmed, key=lambda run: (run.first, -run.last)):
        if run.first < run.last and (not chosen or chosen[-1].last <= run.first):
            chosen.append(run)
    return chosen


# --- Writing ------------------------------------------------------------------------------------------


def write(documents: Iterable[Document], settings: Settings, layer: str) -> Iterator[File]:
    """DocBins of some hundred documents each; spaCy reads a folder of them as one."""
    waiting = iter(documents)
    number = 0
    while batch := list(islice(waiting, _DOCUMENTS_A_FILE)):
        number += 1
        vocabulary = Vocab()
        docs = [_doc(document, layer, vocabulary) for document in batch]
        yield f"part-{number:04}.spacy", DocBin(docs=docs, store_user_data=True).to_bytes()


def _doc(document: Document, layer: str, vocabulary: Vocab) -> Doc:
    text = text_of(document)
    known = tokens_of(text)
    marked = marks.taken_apart(annotations_of(document, layer))
    # White space before the first sentence is of it.
    beginning = {0, *(bisect_left(known.starts, start) for start, _ in sentences(text)[1:])}
    doc = Doc(
        vocabulary,
        words=known.words,
        spaces=known.blanks,
        sent_starts=[at in beginning for at in range(len(known.words))],
    )
    names: list[_Run] = []
    for kind, group in GROUPS.items():
        of_kind = [mark for mark in marked.marks if mark.kind == kind]
        runs = [run for mark in of_kind for run in _runs(mark, marked, known)]
        attrs = {mark.id: mark.values for mark in of_kind if mark.values}
        doc.spans[group] = SpanGroup(doc, name=group, attrs=attrs, spans=[_span(doc, run) for run in runs])
        if kind == "entity":
            names = [run for run in runs if attrs.get(run.name, {}).get("form") != "nominal"]
    # Where nobody has annotated, nothing says that no name is there.
    default = "outside" if layer in document["layers"] else "missing"
    doc.set_ents([_span(doc, run) for run in _outermost(names, known)], default=default)
    header = document["layers"][layer][0] if layer in document["layers"] else None
    doc.user_data[KEPT] = {
        "article": document["article"],
        "header": header,
        "parts": {mark.id: [[*part] for part in mark.parts] for mark in marked.marks},
        "links": [[*link] for link in marked.links],
        "beside": {
            name: {key: value for key, value in beside.items() if key != "wikidata"}
            for name, beside in marked.beside.items()
        },
    }
    return doc


def _runs(mark: Mark, marked: Marked, known: Tokens) -> Iterator[_Run]:
    item = marked.beside.get(mark.id, {}).get("wikidata", "")
    for part in mark.parts:
        yield _Run(mark.id, mark.label, item, *known.widened(*part))


def _span(doc: Doc, run: _Run) -> Span:
    return Span(doc, run.first, run.last, label=run.label, kb_id=run.item, span_id=run.name)


# --- Reading: the file --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Packed:
    """One document of a file; `entities` are its `doc.ents`."""

    tokens: Tokens
    entities: list[_Run]
    groups: dict[str, tuple[dict[str, Any], list[_Run]]]
    user_data: dict[Any, Any]


def _unpacked(file: str, what: str, content: bytes, *, use_list: bool = True) -> Any:
    """A value of msgpack, without what numpy or others have registered to make objects. Raises Misuse."""
    try:
        return unpackb(
            content,
            raw=False,
            use_list=use_list,
            object_pairs_hook=dict,
            max_array_len=_MOST_ITEMS,
            max_map_len=_MOST_ITEMS,
        )
    except (ValueError, TypeError, OverflowError, MemoryError, UnpackException) as error:
        raise Misuse(
            f"{file}: {what} cannot be unpacked: {str(error)[:200] or type(error).__name__}; save it again"
        ) from None


def _inflated(file: str, content: bytes) -> bytes:
    try:
        inflating = zlib.decompressobj()
        unpacked = inflating.decompress(content, MOST_BYTES + 1)
    except zlib.error:
        raise Misuse(f"{file}: it is no DocBin of spaCy, which are compressed by zlib") from None
    if len(unpacked) > MOST_BYTES:
        raise Misuse(f"{file}: it unpacks to more than {MOST_BYTES:,} bytes; save it in several DocBins")
    if not inflating.eof:
        raise Misuse(f"{file}: it breaks off; save it again")
    return unpacked


class _File:
    """A DocBin. Its sizes and numbers are somebody else's: each is looked at before it is used."""

    def __init__(self, file: str, content: bytes, imported: Imported) -> None:
        self._file = file
        self._imported = imported
        self._letters = 0
        whole = _unpacked(file, "it", _inflated(file, content))
        self._whole: dict[str, Any] = whole if isinstance(whole, dict) else {}
        strings = self._list("strings")
        if not all(isinstance(one, str) for one in strings):
            self._refuse("its strings are none")
        self._strings = StringStore(strings)
        attributes = self._list("attrs")
        if IDS["ORTH"] not in attributes or not all(type(one) is int for one in attributes):
            self._refuse("its attributes are none of spaCy's")
        self._attributes = {one: at for at, one in enumerate(attributes)}
        self._lengths = self._array("lengths", "<i4").tolist()
        flat, self._blanks = self._array("tokens", "<u8"), self._array("spaces", "u1")
        count = sum(self._lengths)
        if min(self._lengths, default=0) < 0 or flat.size != count * len(attributes) or self._blanks.size != count:  # fmt: skip
            self._refuse("its tokens are more or fewer than its lengths say")
        self._tokens = flat.reshape((count, len(attributes)))

    def _refuse(self, what: str) -> None:
        raise Misuse(f"{self._file}: it is no DocBin: {what}; save it again with a spaCy of version 3")

    def _list(self, name: str) -> list[Any]:
        value = self._whole.get(name)
        if not isinstance(value, list):
            self._refuse(f"it has no list of {name}")
        return cast(list[Any], value)

    def _array(self, name: str, kind: str) -> Any:
        value = self._whole.get(name)
        if not isinstance(value, bytes) or len(value) % np.dtype(kind).itemsize:
            self._refuse(f"its {name} are none")
        return np.frombuffer(cast(bytes, value), dtype=kind)

    def _string(self, number: int) -> str:
        try:
            return self._strings[number]
        except (KeyError, OverflowError):
            self._refuse("its tokens name strings that it does not have")
            return ""

    def documents(self) -> Iterator[_Packed]:
        """The documents, one by one."""
        begin = 0
        for at, length in enumerate(self._lengths):
            rows = self._tokens[begin : begin + length]
            flags = self._of(at, "flags", dict) or {}
            blanks = self._blanks[begin : begin + length].astype(bool).tolist()
            words = [self._string(number) for number in rows[:, self._attributes[IDS["ORTH"]]].tolist()]
            self._letters += sum(map(len, words)) + length
            if self._letters > store.MAX_FILE:
                raise Misuse(f"{self._file}: its texts have more than {store.MAX_FILE:,} characters")
            known = Tokens(words, [True] * length if flags.get("has_unknown_spaces") else blanks)
            where = f"{self._file}: document {at + 1}"
            data = self._of(at, "user_data", bytes)
            unpacked = _unpacked(where, "its user_data", data, use_list=False) if data else {}
            yield _Packed(
                known,
                self._entities(rows),
                self._groups(at, length, where),
                unpacked if isinstance(unpacked, dict) else {},
            )
            begin += length

    def left_out(self) -> list[str]:
        """The attributes of tokens that have a value and no place with us."""
        names = ("TAG", "POS", "MORPH", "LEMMA", "DEP")
        there = [name for name in names if IDS[name] in self._attributes]
        return [name for name in there if self._tokens[:, self._attributes[IDS[name]]].any()]

    def _of(self, at: int, name: str, kind: type) -> Any:
        values = self._whole.get(name)
        value = values[at] if isinstance(values, list) and at < len(values) else None
        return value if isinstance(value, kind) else None

    def categories(self, at: int) -> bool:
        """Whether a document has categories."""
        return bool(self._of(at, "cats", dict))

    def _column(self, rows: Any, name: str) -> list[int]:
        at = self._attributes.get(IDS[name])
        return [0] * len(rows) if at is None else cast(list[int], rows[:, at].tolist())

    def _entities(self, rows: Any) -> list[_Run]:
        """`doc.ents`: 3 begins one, 1 goes on."""
        columns = [self._column(rows, name) for name in ("ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID")]
        runs: list[_Run] = []
        inside = False
        for at, (code, label, item, name) in enumerate(zip(*columns, strict=True)):
            if code == 1 and inside and runs[-1].label == self._string(label):
                runs[-1] = runs[-1]._replace(last=at + 1)
                continue
            inside = code in (1, 3) and label != 0
            if inside:
                strings = [self._string(number) for number in (name, label, item)]
                runs.append(_Run(strings[0], strings[1], strings[2], at, at + 1))
        return runs

    def _groups(self, at: int, length: int, where: str) -> dict[str, tuple[dict[str, Any], list[_Run]]]:
        packed = self._of(at, "span_groups", bytes)
        listed = _unpacked(where, "its span groups", packed) if packed else []
        if isinstance(listed, list):  # as spaCy 3.0 to 3.3 had them
            listed = dict.fromkeys((one for one in listed if isinstance(one, bytes)), ())
        groups = {}
        for content, names in listed.items() if isinstance(listed, dict) else ():
            one = _unpacked(where, "a span group", content) if isinstance(content, bytes) else None
            if not isinstance(one, dict) or not isinstance(one.get("spans"), list):
                self._refuse("a span group is none")
            one = cast(dict[str, Any], one)
            attrs = one.get("attrs")
            runs = [run for span in one["spans"] if (run := self._run(span, length, where)) is not None]
            for name in names if isinstance(names, list) and names else [one.get("name")]:
                if isinstance(name, str):
                    groups[name] = (attrs if isinstance(attrs, dict) else {}, runs)
        return groups

    def _run(self, packed: Any, length: int, where: str) -> _Run | None:
        if not isinstance(packed, bytes) or len(packed) != _SPAN.size:
            self._refuse("a span of a group is none")
        name, item, label, first, last, _, _ = _SPAN.unpack(packed)
        if not 0 <= first < last <= length:
            self._imported.notes.append(
                Note("dropped", where, f"a span of the tokens {first} to {last}, of which it has {length:,}")
            )
            return None
        return _Run(self._string(name), self._string(label), self._string(item), first, last)


# --- Reading: documents -------------------------------------------------------------------------------


def read(files: Iterable[File], reading: Reading) -> Imported:
    """The documents of DocBins. Raises Misuse for a file that is none, and for labels that the corpus does not have."""
    imported = Imported()
    labels = LabelReader(reading.labels, reading.mapping)
    for name, content in named_files(files, (".spacy",)):
        packed = _File(name, content, imported)
        for number, one in enumerate(packed.documents(), start=1):
            _Reader(name, number, one, labels, imported).read()
            if packed.categories(number - 1):
                imported.notes.append(Note("dropped", f"{name}: document {number}", "its categories"))
        if left_out := packed.left_out():
            imported.notes.append(Note("dropped", name, f"of its tokens {', '.join(left_out)}"))
    if not imported.documents:
        raise Misuse("no document of a DocBin is among the files: they end in .spacy")
    labels.refuse_unknown("the spans")
    return imported


class _Reader:
    """One document."""

    def __init__(
        self, file: str, number: int, packed: _Packed, labels: LabelReader, imported: Imported
    ) -> None:
        self._stem = f"{file.rsplit('/', 1)[-1].rsplit('.', 1)[0]}-{number}"
        self._where = f"{file}: document {number}"
        self._packed = packed
        self._labels = labels
        self._imported = imported
        self._marked = Marked()
        self._is_ours = KEPT in packed.user_data
        self._kept = self._what_was_kept()

    def _note(self, what: str, kind: Any = "dropped") -> None:
        self._imported.notes.append(Note(kind, self._where, what))

    def _what_was_kept(self) -> dict[str, Any]:
        """What we wrote beside the spans, its tuples as lists again."""
        try:
            kept = orjson.loads(orjson.dumps(self._packed.user_data.get(KEPT)))
        except (TypeError, ValueError, RecursionError):
            self._note(f"user_data «{KEPT}»: it is nothing that we wrote")
            return {}
        return kept if isinstance(kept, dict) else {}

    def _of_kept(self, name: str, kind: type) -> Any:
        value = self._kept.get(name)
        return value if isinstance(value, kind) else kind()

    def read(self) -> None:
        text = self._packed.tokens.text()
        if not text.strip():
            return self._note("it has no text")
        for kind, group in GROUPS.items():
            attrs, runs = self._packed.groups.pop(group, ({}, None))
            if kind == "entity":
                runs = self._entities(attrs, runs)
            self._marks(kind, runs or [], attrs)
        for name, (_, runs) in self._packed.groups.items():
            self._note(f"{len(runs):,} spans of the group «{name[:80]}»")
        for link in self._of_kept("links", list):
            if isinstance(link, list) and len(link) == 3 and all(isinstance(one, str) for one in link):
                self._marked.links.append(Link(*link))
        annotations, notes = marks.put_together(self._marked, text, self._where)
        self._imported.notes += notes
        article, header = self._of_kept("article", dict), self._of_kept("header", dict)
        name, annotator = article.get("id"), header.get("annotator")
        if not isinstance(name, str) or not name:
            article.pop("id", None)
            name = self._stem
        annotator = annotator if isinstance(annotator, str) else ""
        self._imported.documents.append(
            Foreign(name, text, {annotator: annotations}, article, {annotator: header})
        )
        return None

    def _entities(self, attrs: dict[str, Any], runs: list[_Run] | None) -> list[_Run]:
        """The group of entities; without one `doc.ents`, and of another's file the spans that spaCy's categoriser learns."""
        found = self._packed.entities
        if runs is None:
            others = [] if self._is_ours else self._packed.groups.pop("sc", ({}, []))[1]
            places = {(run.first, run.last, run.label) for run in found}
            return found + [run for run in others if (run.first, run.last, run.label) not in places]
        forms = {name: one.get("form") for name, one in attrs.items() if isinstance(one, dict)}
        names = [run for run in runs if forms.get(run.name) != "nominal"]
        projected = {(run.first, run.last, run.label) for run in _outermost(names, self._packed.tokens)}
        if changed := projected ^ {(run.first, run.last, run.label) for run in found}:
            self._note(
                f"doc.ents differ from the group «entities» in {len(changed):,} spans; the group is taken",
                "note",
            )
        return runs

    def _marks(self, kind: MarkKind, runs: Sequence[_Run], attrs: dict[str, Any]) -> None:
        named: dict[str, list[_Run]] = {}
        for number, run in enumerate(runs):
            is_ours = marks.is_ours(run.name.removesuffix("-cue"), kind[0])
            name = run.name if is_ours and (kind == "claim" or run.name not in named) else f"{kind} {number}"
            named.setdefault(name, []).append(run)
        for name, of_name in named.items():
            label = of_name[0].label
            if kind in ("entity", "stance"):
                ours = self._labels.named(label, cast(Any, kind))
                if ours is None:
                    self._note(f"{name}: label «{label}»")
                    continue
                label = ours
            values = attrs.get(name)
            values = {
                key: value
                for key, value in (values.items() if isinstance(values, dict) else ())
                if isinstance(key, str) and isinstance(value, str)
            }
            self._marked.marks.append(Mark(name, kind, label, self._parts(name, of_name), values))
            self._marked.beside[name] = self._beside(name, of_name[0])

    def _beside(self, name: str, run: _Run) -> dict[str, Any]:
        beside = self._of_kept("beside", dict).get(name)
        beside = beside if isinstance(beside, dict) else {}
        if run.item and (self._is_ours or _WIKIDATA.match(run.item)):
            beside["wikidata"] = run.item
        return beside

    def _parts(self, name: str, runs: list[_Run]) -> list[tuple[int, int]]:
        """The code points that were kept, where the spans are still what they widen to; else those of the spans."""
        known = self._packed.tokens
        there = sorted((run.first, run.last) for run in runs)
        kept = self._of_kept("parts", dict).get(name)
        parts = [
            (part[0], part[1])
            for part in (kept if isinstance(kept, list) else ())
            if isinstance(part, list) and len(part) == 2 and all(type(one) is int for one in part)
            if 0 <= part[0] < part[1] <= known.ends[-1] + known.blanks[-1]
        ]
        if parts and sorted(known.widened(*part) for part in parts) == there:
            return parts
        if kept is not None:
            self._note(f"{name}: its span was changed; it is taken as it stands", "note")
        return sorted({(known.starts[first], known.ends[last - 1]) for first, last in there})
