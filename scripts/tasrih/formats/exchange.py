"""What every format of other tools reads into and writes from: files by their names, documents, and notes of what was lost.

A format is a module with two functions. `write` gives files as pairs of a relative name and bytes (of a format of one
file the name is empty); `read` takes such pairs. Neither touches a disk. Offsets are code points on this side.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Literal, NamedTuple, TypeAlias, cast

from tasrih import store
from tasrih.model import Annotation, Article, Document, Labels, Layer, Settings, text_order, visible
from tasrih.store import Misuse, is_id, is_layer_name
from tasrih.text.canonical import NotText, canonical, sha256
from tasrih.text.slugs import slug

File: TypeAlias = tuple[str, bytes]
Kind: TypeAlias = Literal["dropped", "repaired", "note"]

_MOST_NAMED = 20


class Note(NamedTuple):
    """Something that reading left out or mended: `Note("dropped", "a.ann:12", "relation «Family»")`"""

    kind: Kind
    where: str
    what: str

    def __str__(self) -> str:
        return visible(f"{self.where}: {self.what}" + ("" if self.kind == "note" else f" ({self.kind})"))


@dataclass(slots=True)
class Foreign:
    """A document as a file of another tool gives it.

    `metadata` has the keys of article.json that the file states, `layers` the annotations by annotator ("" where the
    file names none) and `headers` what it states of those layers; offsets are code points into `text`.
    """

    name: str
    text: str
    layers: dict[str, list[Annotation]] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Imported:
    """What was read: documents, a note for everything that is not as the file had it, and what was counted in the file."""

    documents: list[Foreign] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader knows beside the file.

    `mapping` gives other corpora's labels in ours, "" for one that is left out; `texts` the texts of the corpus by
    article id, which formats without a text of their own need; `options` what the format's options were set to.
    """

    labels: Labels
    mapping: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)


class LabelReader:
    """Names other corpora's labels in ours and remembers those that it cannot.

    >>> LabelReader({"entity": ["PER"], "stance": [], "topic": []}, {"PERS": "PER"}).named("PERS", "entity")
    'PER'
    """

    def __init__(self, labels: Labels, mapping: Mapping[str, str]) -> None:
        self._known = {kind: frozenset(cast(list[str], names)) for kind, names in labels.items()}
        self._mapping = mapping
        self._unknown: Counter[str] = Counter()
        for foreign, ours in mapping.items():
            if ours and not any(ours in names for names in self._known.values()):
                raise Misuse(f"--map {foreign}={ours}: «{ours}» is not a label of the corpus: {self._all()}")

    def named(self, label: str, kind: Literal["entity", "stance"]) -> str | None:
        """Our name of a label; None where it is left out, or unknown, which `refuse_unknown` says in the end."""
        ours = self._mapping.get(label, label)
        if ours in self._known[kind]:
            return ours
        if ours:
            self._unknown[label] += 1
        return None

    def refuse_unknown(self, file: str) -> None:
        """Raises Misuse with every label that has no name in the corpus, and how often it stands in the file."""
        if not self._unknown:
            return
        listed = ", ".join(
            f"«{visible(label)}» {times:,} ×" for label, times in self._unknown.most_common(_MOST_NAMED)
        )
        more = len(self._unknown) - _MOST_NAMED
        first = visible(next(iter(self._unknown)))
        raise Misuse(
            f"{file}: labels that the corpus does not have: {listed}{f' and {more} more' if more > 0 else ''}; the corpus has "
            f"{self._all()}; say what each is with --map {first}=LABEL, or leave it out with --map {first}="
        )

    def _all(self) -> str:
        return ", ".join(sorted(self._known["entity"] | self._known["stance"]))


def quoted(text: str, start: int, end: int) -> dict[str, Any]:
    """A span with the words that stand there. Raises ValueError where it is empty or outside of the text."""
    if not 0 <= start < end <= len(text):
        raise ValueError(
            f"the span {start} to {end} is empty or outside of the text of {len(text):,} characters"
        )
    return {"start": start, "end": end, "text": text[start:end]}


# --- Between a foreign document and ours --------------------------------------------------------------


def made_canonical(foreign: Foreign) -> list[Note]:
    """Makes a document's text canonical in place, and moves every offset with it; says so where anything changed.

    An annotation of nothing but what the canonical text does not have is left out. Raises NotText.
    """
    plain = canonical(foreign.text.encode("utf-8", "surrogatepass"))
    if plain == foreign.text:
        return []
    kept = [not (mark == BOM_MARK and at == 0) for at, mark in enumerate(foreign.text)]
    for match in _CARRIAGE_RETURN.finditer(foreign.text):
        kept[match.start()] = False
    places = [0, *accumulate(kept)]
    if places[-1] != len(plain):
        raise NotText("it begins with several byte order marks")
    notes = [
        Note("repaired", foreign.name, "the text had CRLF, CR or a byte order mark; offsets moved with it")
    ]
    for annotator, lines in foreign.layers.items():
        moved = [_moved(cast(dict[str, Any], line), places, plain) for line in lines]
        notes += [
            Note("dropped", foreign.name, f"{line['id']}: it marks a line end alone")
            for line, new in zip(lines, moved, strict=True)
            if new is None
        ]
        foreign.layers[annotator] = [cast(Annotation, line) for line in moved if line is not None]
    foreign.text = plain
    return notes


BOM_MARK = "\ufeff"
_CARRIAGE_RETURN = re.compile(r"\r(?=\n)")


def _moved(record: dict[str, Any], places: Sequence[int], text: str) -> dict[str, Any] | None:
    start, end = places[record["start"]], places[record["end"]]
    if start >= end:
        return None
    moved = {**record, **quoted(text, start, end)}
    if fragments := record.get("fragments"):
        moved["fragments"] = [[places[first], places[last]] for first, last in fragments]
    if cue := record.get("cue"):
        first, last = places[cue["start"]], places[cue["end"]]
        moved["cue"] = quoted(text, first, last) if first < last else None
    return moved


def as_document(
    foreign: Foreign, settings: Settings, given: Mapping[str, Any], *, default: str = "gold", prefix: str = ""
) -> Document:
    """A new article of a foreign document: what the file states of it, and `given` for what it does not.

    `given` holds topic, licence and the like; event is the article itself where nothing names one. A layer without an
    annotator's name is called `default`; ids begin with `prefix`.
    """
    own = foreign.metadata.get("id") or (foreign.name if is_id(foreign.name) else slug(foreign.name))
    name = f"{prefix}{own}"
    stated = {
        key: value for key, value in foreign.metadata.items() if key not in ("id", "text_sha256", "length")
    }
    article = {
        "id": name, "language": settings["languages"][0], "event": name, "origin": "reported", "zones": [], **given, **stated,
        "text_sha256": sha256(foreign.text), "length": len(foreign.text),
    }  # fmt: skip
    layers = layers_of(foreign, cast(Article, article), settings, default)
    return cast(Document, {"article": article, "text": foreign.text, "layers": layers})


def layers_of(
    foreign: Foreign, article: Article, settings: Settings, default: str
) -> dict[str, list[Layer | Annotation]]:
    """The layers of a foreign document as those of an article, by name, each with its header and in text order.

    Raises Misuse where two annotators would be one layer.
    """
    names = {annotator: layer_name(annotator, default) for annotator in foreign.layers}
    if len(set(names.values())) < len(names):
        raise Misuse(
            f"{foreign.name}: the annotators {', '.join(map(visible, names))} would be one layer; rename one in the file"
        )
    return {
        name: [
            header_of(article, name, settings, foreign.headers.get(annotator, {})),
            *sorted(foreign.layers[annotator], key=text_order),
        ]
        for annotator, name in names.items()
    }


def layer_name(annotator: str, default: str) -> str:
    """A layer's name of an annotator's, which may hold anything."""
    if not annotator:
        return default
    return annotator if is_layer_name(annotator) else slug(annotator)


def header_of(article: Article, layer: str, settings: Settings, stated: Mapping[str, Any]) -> Layer:
    """The header of a layer: what the file states, and where it states nothing the corpus's guidelines."""
    header = {
        "type": "layer", "guidelines": settings["guidelines"], **stated, "article": article["id"],
        "text_sha256": article["text_sha256"], "annotator": layer,
    }  # fmt: skip
    return cast(Layer, header)


def text_of(document: Document) -> str:
    """The text. Raises Misuse where it is withheld and not at hand."""
    if document["text"] is None:
        raise Misuse(f"{document['article']['id']}: its text is withheld; run «tasrih hydrate FILE» first")
    return document["text"]


def annotations_of(document: Document, layer: str) -> list[Annotation]:
    """The annotations of a layer in text order; none where the document has no such layer."""
    lines = cast(list[Annotation], document["layers"].get(layer, [])[1:])
    return sorted(lines, key=text_order)


def decoded(name: str, content: bytes) -> str:
    """A file of UTF-8 as text, line ends as they are, no byte order mark. Raises Misuse."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Misuse(f"{name}: byte {error.start} is not UTF-8; convert the file first") from None


def decoded_json(name: str, content: bytes, mend: str = "") -> Any:
    """A JSON value. Raises Misuse where it is none, with what is to be done."""
    try:
        return store.decode(content)
    except (ValueError, RecursionError) as error:
        raise Misuse(f"{name}: it is no JSON: {str(error)[:200]}{mend}") from None


def only_file(files: Iterable[File], wanted: str) -> File:
    """The one file of a format of one file. Raises Misuse where there are none or several."""
    given = list(files)
    if len(given) != 1:
        raise Misuse(f"give one file, {wanted}; here are {len(given)}")
    return given[0]


def named_files(files: Iterable[File], suffixes: Sequence[str]) -> Iterator[File]:
    """Files with one of the endings, in the order of their names."""
    for name, content in sorted(files):
        if name.endswith(tuple(suffixes)):
            yield name, content
