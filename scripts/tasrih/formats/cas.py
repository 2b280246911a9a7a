"""UIMA CAS, as XMI or as JSON, in layers that INCEpTION knows how to show.

An entity, claim, cue or stance is an annotation of a type `webanno.custom.…`; choices are string features; roles are slot
features, which are arrays of links with a role and a target, the link types named as INCEpTION names those it makes. A
claim that is interrupted is annotated at its first part, and has a slot `fragments` for the others. article.json and the
layer's header travel as JSON in two `MetaDataStringField`s of DKPro, a type that INCEpTION itself has. Beside the documents
stand two type systems: TypeSystem.xml has every type, layers.xml those that become layers of a project.

Offsets of a CAS count UTF-16 units. On the way out the library dkpro-cassis makes the files. It does not read them: it
makes classes out of the names of types and features, by way of generated code, and a file's names are somebody else's. A
CAS is flat, so that what is wanted of one is soon read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any, cast
from xml.etree.ElementTree import Element, ParseError  # the names alone; defusedxml parses

import cassis
import orjson
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

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
    decoded_json,
    named_files,
    text_of,
)
from tasrih.formats.marks import Link, Mark, Marked, MarkKind
from tasrih.model import Document, Settings
from tasrih.store import Misuse
from tasrih.text.sentences import sentences
from tasrih.text.tokens import tokens
from tasrih.text.units import BadOffset, Offsets

ANNOTATION, FS_ARRAY, STRING = "uima.tcas.Annotation", "uima.cas.FSArray", "uima.cas.String"
_DKPRO = "de.tudarmstadt.ukp.dkpro.core.api"
DOCUMENT = f"{_DKPRO}.metadata.type.DocumentMetaData"
FIELD = f"{_DKPRO}.metadata.type.MetaDataStringField"
SENTENCE, TOKEN = f"{_DKPRO}.segmentation.type.Sentence", f"{_DKPRO}.segmentation.type.Token"
NAMED = f"{_DKPRO}.ner.type."  # NamedEntity, and the types of its own that DKPro gives to some labels
FRAGMENT = "webanno.custom.Fragment"
TYPES: dict[MarkKind, str] = {
    "entity": "webanno.custom.Entity",
    "claim": "webanno.custom.Claim",
    "cue": "webanno.custom.Cue",
    "stance": "webanno.custom.Stance",
}
KINDS = {name: kind for kind, name in TYPES.items()}
# Of every kind its slot features, each with the role of its links and the type that they lead to.
SLOTS: dict[MarkKind, dict[str, tuple[str, str]]] = {
    "entity": {"members": ("member", TYPES["entity"])},
    "claim": {
        "claimers": ("claimer", TYPES["entity"]),
        "cue": ("cue", TYPES["cue"]),
        "about": ("about", TYPES["entity"]),
        "within": ("within", TYPES["claim"]),
        "fragments": ("fragment", FRAGMENT),
    },
    "cue": {},
    "stance": {"holders": ("holder", TYPES["entity"]), "target": ("target", ANNOTATION)},
}
LABELLED = ("entity", "stance")
_BESIDE: dict[MarkKind, tuple[str, ...]] = {
    "entity": marks.BESIDE, "claim": marks.BESIDE[2:], "cue": (), "stance": marks.BESIDE[2:],
}  # fmt: skip
_ARTICLE, _HEADER, _EXACT = "tasrih.article", "tasrih.header", "tasrih.exact"
# What XML 1.0 cannot hold, not even as a reference; each is one unit of UTF-16, as is what stands for it.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STAND_IN = "\ufffd"


# --- Types --------------------------------------------------------------------------------------------


@cache
def type_system(*, whole: bool = True) -> cassis.TypeSystem:
    """The types of our files: all of them, or those alone that become layers."""
    types = cassis.TypeSystem()
    if whole:
        _dkpro(types)
    made = {name: types.create_type(name, ANNOTATION) for name in (*TYPES.values(), FRAGMENT)}
    for kind, name in TYPES.items():
        for feature in (*_features(kind), "identifier"):
            types.create_feature(made[name], feature, STRING)
        for slot, (_, target) in SLOTS[kind].items():
            link = types.create_type(_link_type(kind, slot), "uima.cas.TOP")
            types.create_feature(link, "role", STRING)
            types.create_feature(link, "target", target)
            types.create_feature(made[name], slot, FS_ARRAY, elementType=link.name)
    return types


def _features(kind: MarkKind) -> tuple[str, ...]:
    """The string features of a kind; numbers and truth values are strings too, for those of UIMA cannot be absent."""
    return (*(("value",) if kind in LABELLED else ()), *marks.ATTRIBUTES[kind], *_BESIDE[kind])


def _link_type(kind: MarkKind, slot: str) -> str:
    return f"{TYPES[kind]}{slot.capitalize()}Link"


def _dkpro(types: cassis.TypeSystem) -> None:
    """The types of DKPro that we write, with the features that we fill."""
    document = types.create_type(DOCUMENT, "uima.tcas.DocumentAnnotation")
    for feature in ("documentTitle", "documentId"):
        types.create_feature(document, feature, STRING)
    entry = types.create_type(FIELD, ANNOTATION)
    for feature in ("key", "value"):
        types.create_feature(entry, feature, STRING)
    types.create_type(SENTENCE, ANNOTATION)
    types.create_type(TOKEN, ANNOTATION)


# --- Writing ------------------------------------------------------------------------------------------


def write(
    documents: Iterable[Document], settings: Settings, layer: str, *, serialisation: str = "xmi"
) -> Iterator[File]:
    """A file an article, and the type systems beside them."""
    yield "TypeSystem.xml", type_system().to_xml().encode()
    yield "layers.xml", type_system(whole=False).to_xml().encode()
    for document in documents:
        made = _Writer(document, layer).cas()
        name = f"{document['article']['id']}.{serialisation}"
        yield name, cast(str, made.to_json() if serialisation == "json" else made.to_xmi()).encode()


class _Writer:
    """One article as a CAS. What XML cannot hold is stood in for, and kept as JSON, which escapes it."""

    def __init__(self, document: Document, layer: str) -> None:
        self._article = document["article"]
        self._header = document["layers"][layer][0] if layer in document["layers"] else None
        self._text = text_of(document)
        self._marked = marks.taken_apart(annotations_of(document, layer))
        self._types = type_system()
        self._cas = cassis.Cas(self._types)
        self._exact: dict[str, dict[str, str]] = {}

    def cas(self) -> cassis.Cas:
        self._cas.sofa_string = _UNWRITABLE.sub(_STAND_IN, self._text)
        self._cas.sofa_mime = "text/plain"
        title = _UNWRITABLE.sub(_STAND_IN, self._article.get("title") or self._article["id"])
        self._add(
            DOCUMENT,
            (0, len(self._text)),
            language=self._article["language"],
            documentTitle=title,
            documentId=self._article["id"],
        )
        for span in sentences(self._text):
            self._add(SENTENCE, span)
        for word, start in zip(*tokens(self._text), strict=True):
            self._add(TOKEN, (start, start + len(word)))
        self._annotations()
        swapped = [[found.start(), found.group()] for found in _UNWRITABLE.finditer(self._text)]
        exact = {"text": swapped, "features": self._exact} if swapped or self._exact else None
        for key, value in ((_ARTICLE, self._article), (_HEADER, self._header), (_EXACT, exact)):
            if value is not None:
                self._add(FIELD, (0, 0), key=key, value=_as_json(value))
        return self._cas

    def _add(self, type_name: str, span: tuple[int, int], **features: Any) -> Any:
        made = self._types.get_type(type_name)(begin=span[0], end=span[1], **features)
        self._cas.add(made)
        return made

    def _annotations(self) -> None:
        made = {}
        leading: dict[tuple[str, str], list[str]] = {}
        for link in self._marked.links:
            leading.setdefault((link.source, link.role), []).append(link.target)
        for mark in self._marked.marks:
            features = self._strings(mark)
            made[mark.id] = self._add(TYPES[mark.kind], mark.parts[0], identifier=mark.id, **features)
        for mark in self._marked.marks:
            for slot, (role, _) in SLOTS[mark.kind].items():
                if role == "fragment":
                    targets = [self._add(FRAGMENT, part) for part in mark.parts[1:]]
                else:
                    named = leading.get((mark.id, role), ())
                    targets = [made[target] for target in named if target in made]
                if targets:
                    setattr(made[mark.id], slot, self._links(mark.kind, slot, role, targets))

    def _strings(self, mark: Mark) -> dict[str, str]:
        whole: dict[str, Any] = mark.values | self._marked.beside.get(mark.id, {})
        whole |= {"value": mark.label} if mark.kind in LABELLED else {}
        strings = {name: value if isinstance(value, str) else repr(value) for name, value in whole.items()}
        if unwritable := {name: value for name, value in strings.items() if _UNWRITABLE.search(value)}:
            self._exact[mark.id] = unwritable
        return {name: _UNWRITABLE.sub(_STAND_IN, value) for name, value in strings.items()}

    def _links(self, kind: MarkKind, slot: str, role: str, targets: Sequence[Any]) -> Any:
        link = self._types.get_type(_link_type(kind, slot))
        return self._types.get_type(FS_ARRAY)(elements=[link(role=role, target=target) for target in targets])


def _as_json(value: Any) -> str:
    """JSON in characters that XML can hold: those that it cannot stand within strings, as escapes."""
    said = orjson.dumps(value).decode()
    return _UNWRITABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", said)


# --- Reading: the structures of a file ----------------------------------------------------------------


@dataclass(slots=True)
class _Structure:
    """A feature structure: its type, and its features as the file has them: strings, or of JSON any value."""

    type: str
    features: dict[str, Any]

    def string(self, feature: str) -> str:
        """A feature's string; empty where it has none."""
        value = self.features.get(feature)
        return value if isinstance(value, str) else ""


@dataclass(slots=True)
class _Structures:
    """A file: structures by number, and the numbers that its views list; `members` is None where no view lists any."""

    by_number: dict[int, _Structure] = field(default_factory=dict)
    members: set[int] | None = None

    def add(self, number: int | None, structure: _Structure) -> None:
        """Takes a structure; one without a number nothing can refer to, so it gets one that no file has."""
        self.by_number[-len(self.by_number) - 1 if number is None else number] = structure

    def list(self, numbers: Iterable[int]) -> None:
        """Takes the members of a view."""
        self.members = (self.members or set()) | set(numbers)


_XMI = "{http://www.omg.org/XMI}"
_NUMBER = re.compile(r"[0-9]{1,10}\Z")
_TYPE = re.compile(r"\{http:///(.+)\.ecore\}(.+)\Z", re.DOTALL)
_DEEPEST = 4  # the root, a structure, the strings of an array


def _number(value: Any) -> int | None:
    if isinstance(value, str):
        return int(value) if _NUMBER.match(value) and value.isascii() else None
    return value if type(value) is int and value >= 0 else None


def _numbers(value: Any) -> list[int]:
    """The numbers of an attribute (`"3 14"`), of a reference or of an array of JSON."""
    given = value.split() if isinstance(value, str) else value if isinstance(value, list) else [value]
    return [number for one in given if (number := _number(one)) is not None]


def _of_xmi(file: str, content: bytes) -> _Structures | None:
    """The structures of an XMI; None for a type system, which may stand beside. Raises Misuse for anything else."""
    found = _Structures()
    path: list[Element] = []
    try:
        for event, element in iterparse(BytesIO(content), ("start", "end"), forbid_dtd=True):
            if event == "start":
                path.append(element)
                if len(path) == 1 and element.tag != f"{_XMI}XMI":
                    if element.tag.endswith("}typeSystemDescription"):
                        return None
                    raise Misuse(f"{file}: it is XML, but no XMI: its root is {str(element.tag)[:80]}")
                if len(path) > _DEEPEST:
                    raise Misuse(f"{file}: it is no XMI of a CAS: its elements are nested too deeply")
            else:
                path.pop()
                if len(path) == 1:
                    _take_element(element, found)
                    path[0].clear()
    except DefusedXmlException:
        raise Misuse(
            f"{file}: it has a document type of its own, as no XMI has; take out its DOCTYPE"
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise Misuse(f"{file}: it is no XML: {str(error)[:200]}; export it again as «UIMA CAS XMI»") from None
    return found


def _take_element(element: Element, found: _Structures) -> None:
    match = _TYPE.match(element.tag)
    if match is None:
        return
    name = f"{match[1].replace('/', '.')}.{match[2]}"
    if name == "uima.cas.View":
        found.list(_numbers(element.get("members", "")))
    elif name != "uima.cas.NULL":
        features: dict[str, Any] = {
            key: value for key, value in element.attrib.items() if not key.startswith("{")
        }
        found.add(_number(element.get(f"{_XMI}id")), _Structure(name, features))


def _of_json(file: str, content: bytes) -> _Structures:
    """The structures of a JSON CAS. Raises Misuse for any other JSON."""
    whole = decoded_json(file, content, "; export it again as «UIMA CAS JSON»")
    listed = whole.get("%FEATURE_STRUCTURES") if isinstance(whole, dict) else None
    if isinstance(listed, dict):  # by number, as the first versions of the format had it
        listed = [one | {"%ID": _number(key)} for key, one in listed.items() if isinstance(one, dict)]
    if not isinstance(listed, list):
        raise Misuse(f"{file}: it is no JSON CAS: it has no list %FEATURE_STRUCTURES")
    found = _Structures()
    for one in listed:
        if isinstance(one, dict) and isinstance(one.get("%TYPE"), str):
            features = {key.removeprefix("@"): value for key, value in one.items() if key != "%TYPE"}
            features["elements"] = one.get("%ELEMENTS")
            found.add(_number(one.get("%ID")), _Structure(one["%TYPE"], features))
    views = whole.get("%VIEWS")
    for view in views.values() if isinstance(views, dict) else ():
        if isinstance(view, dict) and isinstance(view.get("%MEMBERS"), list):
            found.list(_numbers(view["%MEMBERS"]))
    return found


# --- Reading: documents -------------------------------------------------------------------------------


def read(files: Iterable[File], reading: Reading) -> Imported:
    """The documents of XMI and JSON files; type systems beside them are passed over.

    Entities are also those of DKPro's NamedEntity. What else is annotated is noted by type and number. Raises Misuse for a
    file that holds no CAS, for one whose offsets are no UTF-16 and for labels that the corpus does not have.
    """
    imported = Imported()
    labels = LabelReader(reading.labels, reading.mapping)
    for name, content in named_files(files, (".xmi", ".xml", ".json")):
        if len(content) > store.MAX_FILE:
            raise Misuse(f"{name}: {len(content):,} bytes; the bound is {store.MAX_FILE:,}")
        structures = _of_json(name, content) if name.endswith(".json") else _of_xmi(name, content)
        if structures is not None:
            _Reader(name, structures, labels, imported, len(content)).read()
    if not imported.documents:
        raise Misuse("no CAS is among the files: they end in .xmi or .json")
    labels.refuse_unknown("the annotations")
    return imported


class _Reader:
    """One file. Everything in it is somebody else's: each value is looked at before it is used."""

    def __init__(
        self, file: str, structures: _Structures, labels: LabelReader, imported: Imported, size: int
    ) -> None:
        self._file = file
        self._structures = structures
        self._labels = labels
        self._imported = imported
        self._references_left = (
            size  # a file cannot name more than it has room for, unless it names arrays again and again
        )
        self._marked = Marked()
        self._names: dict[int, str] = {}
        self._by_name: dict[str, Mark] = {}
        self._sofa, self._text = self._view()
        self._exact = self._kept(_EXACT)
        self._offsets = Offsets(self._text, "utf16")

    def _note(self, what: str) -> None:
        self._imported.notes.append(Note("dropped", self._file, what))

    def _view(self) -> tuple[int, str]:
        """Number and text of the view that is read: the first one, as far as it holds a text."""
        sofas = {
            number: one for number, one in self._structures.by_number.items() if one.type == "uima.cas.Sofa"
        }
        texts = {
            number: one for number, one in sofas.items() if isinstance(one.features.get("sofaString"), str)
        }
        if not texts:
            raise Misuse(f"{self._file}: its CAS has no text")
        initial = [number for number, one in texts.items() if one.string("sofaID") == "_InitialView"]
        chosen = (initial or [*texts])[0]
        for number, one in sofas.items():
            if number != chosen:
                self._note(f"view «{one.string('sofaID')[:40]}»: one text alone is read")
        return chosen, texts[chosen].string("sofaString")

    def _of_type(self, name: str) -> list[_Structure]:
        return [one for one in self._structures.by_number.values() if one.type == name]

    def _kept(self, key: str) -> dict[str, Any]:
        """The JSON that we wrote beside the annotations; empty where there is none."""
        for one in self._of_type(FIELD):
            if one.string("key") == key:
                try:
                    value = store.decode(one.string("value").encode("utf-8", "surrogatepass"))
                except (ValueError, RecursionError):
                    self._note(f"metadata «{key}»: it is no JSON")
                    return {}
                return value if isinstance(value, dict) else {}
        return {}

    def read(self) -> None:
        kinds = self._marks()
        for number, kind in kinds.items():
            self._slots(number, kind, self._structures.by_number[number])
        self._count()
        article, header = self._kept(_ARTICLE), self._kept(_HEADER)
        document = next(iter(self._of_type(DOCUMENT)), _Structure(DOCUMENT, {}))
        if not article and (language := document.string("language")) not in ("", "x-unspecified"):
            article["language"] = language
        name = article.get("id")
        if not isinstance(name, str) or not name:
            article.pop("id", None)
            stem = self._file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
            name = document.string("documentTitle") or stem
        text = self._true_text()
        annotations, notes = marks.put_together(self._marked, text, self._file)
        self._imported.notes += notes
        annotator = header.get("annotator")
        annotator = annotator if isinstance(annotator, str) else ""
        self._imported.documents.append(
            Foreign(name, text, {annotator: annotations}, article, {annotator: header})
        )

    def _true_text(self) -> str:
        """The text with the characters that something stood in for."""
        swapped = self._exact.get("text")
        characters = [*self._text]
        for one in swapped if isinstance(swapped, list) else ():
            if not isinstance(one, list) or len(one) != 2:
                continue
            at, character = _number(one[0]), one[1]
            if at is None or at >= len(characters) or characters[at] != _STAND_IN:
                continue
            if isinstance(character, str) and len(character) == 1 and _UNWRITABLE.match(character):
                characters[at] = character
        return "".join(characters)

    def _marks(self) -> dict[int, MarkKind]:
        """Takes the marks of annotations; gives the kind of each structure that was taken."""
        taken: dict[int, MarkKind] = {}
        for number, one in self._structures.by_number.items():
            kind: MarkKind | None = "entity" if one.type.startswith(NAMED) else KINDS.get(one.type)
            if kind is None:
                continue
            where = f"{one.type.rsplit('.', 1)[-1]} {number}"
            span = self._span(number, one, where)
            label = self._label(one, kind, where) if span else None
            if span is None or label is None:
                continue
            name = one.string("identifier")
            if not marks.is_ours(name.removesuffix("-cue"), kind[0]) or name in self._by_name:
                name = where
            self._names[number] = name
            strings = {
                feature: self._exactly(name, feature, value)
                for feature in _features(kind)
                if (value := one.string(feature))
            }
            values = {key: strings[key] for key in marks.ATTRIBUTES[kind] if key in strings}
            self._by_name[name] = Mark(name, kind, label, [span], values)
            self._marked.marks.append(self._by_name[name])
            self._marked.beside[name] = self._beside(one, kind, strings, where)
            taken[number] = kind
        return taken

    def _label(self, one: _Structure, kind: MarkKind, where: str) -> str | None:
        if kind not in LABELLED:
            return marks.CLAIM if kind == "claim" else marks.CUE
        label = one.string("value")
        if not label and one.type.startswith(NAMED) and not one.type.endswith(".NamedEntity"):
            label = one.type.rsplit(".", 1)[-1]
        if not label:
            self._note(f"{where}: it has no value")
            return None
        ours = self._labels.named(label, cast(Any, kind))
        if ours is None:
            self._note(f"{where}: label «{label}»")
        return ours

    def _exactly(self, name: str, feature: str, value: str) -> str:
        """A feature's value; the one that XML could not hold, where the file still has what stood in for it."""
        features = self._exact.get("features")
        kept = features.get(name) if isinstance(features, dict) else None
        exact = kept.get(feature) if isinstance(kept, dict) else None
        return exact if isinstance(exact, str) and _UNWRITABLE.sub(_STAND_IN, exact) == value else value

    def _beside(self, one: _Structure, kind: MarkKind, strings: dict[str, str], where: str) -> dict[str, Any]:
        beside: dict[str, Any] = {key: strings[key] for key in _BESIDE[kind] if key in strings}
        if "confidence" in beside:
            try:
                beside["confidence"] = orjson.loads(beside["confidence"])
                if type(beside["confidence"]) not in (int, float) or not 0 <= beside["confidence"] <= 1:
                    raise ValueError
            except ValueError:
                self._note(f"{where}: confidence «{str(beside.pop('confidence'))[:40]}»")
        if one.type.startswith(NAMED) and (
            item := re.search(r"wikidata\.org/entity/(Q[1-9][0-9]*)\Z", one.string("identifier"))
        ):
            beside["wikidata"] = item[1]
        return beside

    def _span(self, number: int, one: _Structure, where: str) -> tuple[int, int] | None:
        """The code points that an annotation marks; None, with a note, for one that marks nothing of the text."""
        sofa = one.features.get("sofa")
        if sofa is not None and _number(sofa) != self._sofa:
            self._note(f"{where}: it marks another text")
        elif self._structures.members is not None and number not in self._structures.members:
            self._note(f"{where}: no view lists it, as if it had been deleted")
        else:
            units = [_number(one.features.get(edge, 0)) for edge in ("begin", "end")]
            try:
                start, end = (self._offsets.to_codepoints(cast(int, unit)) for unit in units)
            except BadOffset as error:
                if " inside the character" in str(error):
                    raise Misuse(
                        f"{self._file}: {where}: {error}; the offsets of a CAS count UTF-16 units, and these do not"
                    ) from None
                self._note(f"{where}: {error}")
            except TypeError:
                self._note(f"{where}: its begin or end is no number")
            else:
                if start < end:
                    return start, end
                self._note(f"{where}: it marks no word")
        return None

    # --- Slots

    def _slots(self, number: int, kind: MarkKind, one: _Structure) -> None:
        name = self._names[number]
        for slot, (role, _) in SLOTS[kind].items():
            for target in self._targets(one.features.get(slot)):
                structure = self._structures.by_number.get(target)
                if role == "fragment" and structure is not None and structure.type == FRAGMENT:
                    if part := self._span(target, structure, f"Fragment {target}"):
                        self._by_name[name].parts.append(part)
                elif role != "fragment" and target in self._names:
                    self._marked.links.append(Link(name, role, self._names[target]))
                else:
                    self._note(f"{name}: its {role} {target} is no annotation that was read")

    def _targets(self, value: Any) -> Iterator[int]:
        """The numbers that the links of a slot lead to; the slot holds links, or an array that does."""
        for number in _numbers(value):
            one = self._structures.by_number.get(number)
            is_array = one is not None and (one.type == FS_ARRAY or one.type.endswith("[]"))
            numbers = _numbers(one.features.get("elements")) if one is not None and is_array else [number]
            self._references_left -= len(numbers)
            if self._references_left < 0:
                raise Misuse(
                    f"{self._file}: its arrays are named again and again, more often than a CAS has a use for"
                )
            for link_number in numbers:
                link = self._structures.by_number.get(link_number)
                target = _number(link.features.get("target")) if link is not None else None
                if target is None:
                    self._note(f"link {link_number}: it is not there, or leads nowhere")
                else:
                    yield target

    def _count(self) -> None:
        """Counts the file's structures, and notes those of types that are not ours."""
        links = {_link_type(kind, slot) for kind, slots in SLOTS.items() for slot in slots}
        known = {*KINDS, *links, FRAGMENT, DOCUMENT, FIELD, SENTENCE, TOKEN, "uima.tcas.DocumentAnnotation"}
        others: Counter[str] = Counter()
        for one in self._structures.by_number.values():
            if one.type.startswith("uima.cas.") or one.type.endswith("[]"):
                continue
            self._imported.counts[one.type] += 1
            if one.type not in known and not one.type.startswith(NAMED):
                others[one.type] += 1
        for name, times in others.items():
            self._note(f"{times:,} × type {name[:120]}")
