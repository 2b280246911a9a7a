"""brat standoff: a folder with ID.txt and ID.ann an article, and the configuration that brat reads beside them.

https://brat.nlplab.org/standoff.html: a line of an .ann is a span (T), an event with its arguments (E), a relation (R), an
attribute (A, formerly M), a normalisation (N), a note (#) or an equivalence (*). brat counts code points of the file as it
stands. It takes a file apart at every character at which Python ends a line, so a span is written in pieces around those;
read, pieces with nothing but line ends between them are one again. What no line of these holds goes into a note of our own
type, one JSON object. An entity e5 is T5, a claim c5 is E5.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import orjson

from tasrih import store
from tasrih.formats import marks
from tasrih.formats.anchoring import (
    MOST_MISPLACED,
    Counting,
    countings,
    found,
    refuse_glut,
    same_words,
)
from tasrih.formats.exchange import (
    File,
    Foreign,
    Imported,
    Kind,
    LabelReader,
    Note,
    Reading,
    annotations_of,
    named_files,
    text_of,
)
from tasrih.formats.label_studio.config import is_right_to_left
from tasrih.formats.marks import CLAIM, CUE, Link, Mark, Marked, MarkKind
from tasrih.model import Document, Settings
from tasrih.store import Misuse
from tasrih.text.canonical import NotText, canonical

MEMBER = "Member"  # a relation, for entities have no arguments
REMARK = "AnnotatorNotes"
BESIDE = "Tasrih"  # the type of our own notes
REFERENCE = "Reference"
WIKIDATA = "Wikidata"
EQUIVALENCE = "Equiv"

# Where Python, and so brat, ends a line of a file of text.
LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_BREAKS = re.compile(f"[{LINE_ENDS}]+")
_MOST_LISTED = 20
_MOST_NOTE = 2_000
_MOST_SHORT = 200

_ENTITY_COLOURS = (
    "#cfe3f7", "#fbe0c3", "#cdeadb", "#deecb4", "#e6dbf3", "#fad5dc", "#f6eab0", "#f3d1ea", "#e2e2e0", "#d5d8f6",
    "#c9ebf1", "#ebdacd",
)  # fmt: skip
_EVENT_COLOURS = ("#9ec9ee", "#f5b995", "#c9c9c9", "#d7b3e3", "#b9d68b")


# --- Writing ------------------------------------------------------------------------------------------


def write(documents: Iterable[Document], settings: Settings, layer: str) -> Iterator[File]:
    """annotation.conf, visual.conf and tools.conf of the corpus's labels, then ID.txt and ID.ann an article."""
    yield "annotation.conf", annotation_conf(settings).encode()
    yield "visual.conf", visual_conf(settings).encode()
    yield "tools.conf", _TOOLS.encode()
    for document in documents:
        name, text = document["article"]["id"], text_of(document)
        lines = _Writer(text, marks.taken_apart(annotations_of(document, layer))).lines()
        yield f"{name}.txt", text.encode()
        yield f"{name}.ann", "".join(f"{line}\n" for line in lines).encode()


def annotation_conf(settings: Settings) -> str:
    """What may be annotated with which labels, as brat reads it."""
    entities, stances = settings["labels"]["entity"], settings["labels"]["stance"]
    entity, stance = "|".join(entities), "|".join(stances)
    lines = ["[entities]", *entities, CUE, "", "[relations]"]
    lines += ["<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>", f"{MEMBER}\tArg1:{entity}, Arg2:{entity}", "", "[events]"]  # fmt: skip
    lines.append(f"{CLAIM}\tClaimer*:{entity}, Cue?:{CUE}, About*:{entity}, Within?:{CLAIM}")
    lines += [f"{label}\tHolder*:{entity}, Target:{entity}|{CLAIM}" for label in stances]
    lines += ["", "[attributes]"]
    owners = {"entity": entity, "claim": CLAIM, "stance": stance}
    attributes: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for kind, owner in owners.items():
        for name, values in marks.ATTRIBUTES[kind].items():
            attributes.setdefault((name.capitalize(), values), []).append(owner)
    lines += [
        f"{name}\tArg:{'|'.join(whose)}, Value:{'|'.join(values)}"
        for (name, values), whose in attributes.items()
    ]
    return "\n".join(lines) + "\n"


def visual_conf(settings: Settings) -> str:
    """How it is shown: the direction of the text, and a colour a label."""
    entities, stances = settings["labels"]["entity"], settings["labels"]["stance"]
    direction = "rtl" if is_right_to_left(settings["languages"][0]) else "ltr"
    events = [CLAIM, *stances]
    lines = ["[options]", "Arcs\tbundle:all", f"Text\tdirection:{direction}", "", "[labels]"]
    lines += [f"{name} | {name}" for name in (*entities, CUE, *events)]
    lines += ["", "[drawing]", "SPAN_DEFAULT\tfgColor:black, bgColor:#eeeeee, borderColor:darken"]
    lines += ["ARC_DEFAULT\tcolor:black, arrowHead:triangle-5"]
    for names, colours in ((entities, _ENTITY_COLOURS), (events, _EVENT_COLOURS)):
        lines += [f"{name}\tbgColor:{colours[at % len(colours)]}" for at, name in enumerate(names)]
    lines += [f"{CUE}\tbgColor:#ffffff", f"{MEMBER}\tdashArray:3-3"]
    return "\n".join(lines) + "\n"


# No database of Wikidata is kept beside brat: an item is a link to its page.
_TOOLS = (
    "[options]\nValidation\tvalidate:all\nTokens\ttokenizer:whitespace\nSentences\tsplitter:newline\n"
    "Annotation-log\tlogfile:<NONE>\n\n[normalization]\n"
    f"{WIKIDATA}\tDB:<NONE>, <URL>:https://www.wikidata.org, <URLBASE>:https://www.wikidata.org/wiki/%s\n"
)


class _Writer:
    """The lines of one .ann."""

    def __init__(self, text: str, marked: Marked) -> None:
        self._text = text
        self._marked = marked
        entities = [int(mark.id[1:]) for mark in marked.marks if mark.kind == "entity"]
        claims = [int(mark.id[1:]) for mark in marked.marks if mark.kind == "claim"]
        self._free = max(entities, default=0) + 1  # the next number of a span that is no entity
        last_claim = max(claims, default=0)
        numbers = {"entity": ("T", 0), "claim": ("E", 0), "stance": ("E", last_claim)}
        self._names: dict[str, str] = {}
        self._triggers: dict[str, str] = {}
        for mark in marked.marks:
            if mark.kind != "entity":
                self._triggers[mark.id] = f"T{self._free}"
                self._free += 1
            if mark.kind == "cue":
                self._names[mark.id] = self._triggers[mark.id]
            else:
                letter, past = numbers[mark.kind]
                self._names[mark.id] = f"{letter}{past + int(mark.id[1:])}"
        self._counts: Counter[str] = Counter()

    def _next(self, letter: str) -> str:
        self._counts[letter] += 1
        return f"{letter}{self._counts[letter]}"

    def lines(self) -> Iterator[str]:
        for mark in self._marked.marks:
            yield from self._mark(mark)
        for link in self._marked.links:
            if link.role == "member":
                source, target = self._names[link.source], self._names[link.target]
                yield f"{self._next('R')}\t{MEMBER} Arg1:{source} Arg2:{target}"
        for mark in self._marked.marks:
            yield from self._beside(mark)

    def _mark(self, mark: Mark) -> Iterator[str]:
        name = self._names[mark.id]
        pieces = in_pieces(self._text, mark.parts)
        words = " ".join(self._text[start:end] for start, end in pieces)
        where = ";".join(f"{start} {end}" for start, end in pieces)
        yield f"{self._triggers.get(mark.id, name)}\t{mark.label} {where}\t{words}"
        if mark.kind in ("claim", "stance"):
            arguments = [f"{mark.label}:{self._triggers[mark.id]}", *self._arguments(mark)]
            yield f"{name}\t{' '.join(arguments)}"
        for attribute, value in mark.values.items():
            yield f"{self._next('A')}\t{attribute.capitalize()} {name} {value}"

    def _arguments(self, mark: Mark) -> Iterator[str]:
        roles: Counter[str] = Counter()
        for link in self._marked.links:
            if link.source == mark.id and link.target in self._names:
                roles[link.role] += 1
                number = str(roles[link.role]) if roles[link.role] > 1 else ""
                yield f"{link.role.capitalize()}{number}:{self._names[link.target]}"

    def _beside(self, mark: Mark) -> Iterator[str]:
        name = self._names[mark.id]
        beside = dict(self._marked.beside.get(mark.id, {}))
        if wikidata := beside.pop("wikidata", None):
            yield f"{self._next('N')}\t{REFERENCE} {name} {WIKIDATA}:{wikidata}\t{in_a_line(self._text[slice(*mark.parts[0])])}"
        if mark.kind == "stance":
            beside["id"] = mark.id
        if in_whole(self._text, in_pieces(self._text, mark.parts)) != mark.parts:
            beside["parts"] = mark.parts
        if note := beside.pop("note", None):
            shown = in_a_line(note)
            if shown:
                yield f"{self._next('#')}\t{REMARK} {name}\t{shown}"
            if shown != note:
                beside["note"] = note
        if beside:
            yield f"{self._next('#')}\t{BESIDE} {name}\t{_json(beside)}"


def in_pieces(text: str, parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches without the line ends in them: one piece a line. Where nothing is left, one empty piece."""
    pieces = []
    for start, end in parts:
        at = start
        for gap in _BREAKS.finditer(text, start, end):
            pieces.append((at, gap.start()))
            at = gap.end()
        pieces.append((at, end))
    return [piece for piece in pieces if piece[0] < piece[1]] or [(parts[0][0], parts[0][0])]


def in_whole(text: str, pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pieces with nothing but line ends between them as one stretch."""
    whole: list[tuple[int, int]] = []
    for start, end in sorted(pieces):
        last = whole[-1][1] if whole else None
        if last is not None and last <= start and not text[last:start].strip(LINE_ENDS):
            whole[-1] = (whole[-1][0], end)
        else:
            whole.append((start, end))
    return whole


def in_a_line(words: str) -> str:
    """Words as a field of a line holds them."""
    return " ".join(re.sub(f"[{LINE_ENDS}\t\0]", " ", words).split(" ")).strip()


def _json(value: Any) -> str:
    """JSON in one line: what ends a line for Python is escaped."""
    plain = orjson.dumps(value).decode()
    return re.sub("[\x7f\x85\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", plain)


# --- Reading ------------------------------------------------------------------------------------------


def read(files: Iterable[File], reading: Reading) -> Imported:
    """The articles of a folder. Raises Misuse where there is none, or where labels have no name in the corpus.

    An .ann without its .txt needs an article of that name in the corpus; a .txt without .ann is an article without
    annotations.
    """
    imported = Imported()
    labels = LabelReader(reading.labels, reading.mapping)
    given = dict(named_files(files, (".ann", ".txt")))
    names = dict.fromkeys(name[: -len(".ann")] for name in given)
    if not names:
        raise Misuse("there is no .ann and no .txt here; give a folder of brat's")
    for name in names:
        raw = _text_of(name, given, reading, imported)
        if raw is None:
            continue
        if f"{name}.ann" not in given:
            imported.notes.append(Note("note", f"{name}.txt", "there is no .ann beside it: no annotations"))
        parsed = _Parsed(f"{name}.ann", given.get(f"{name}.ann", b""))
        foreign, notes = _Assembler(name, raw, parsed, labels, reading).document()
        imported.documents.append(foreign)
        imported.notes += notes
        imported.counts += parsed.counts()
    labels.refuse_unknown("the .ann files")
    if not imported.documents:
        raise Misuse(f"nothing could be read: {imported.notes[0]}")
    return imported


def _text_of(name: str, given: dict[str, bytes], reading: Reading, imported: Imported) -> str | None:
    """The text beside an .ann as the file has it, or the corpus's; None, with a note, where there is none."""
    content = given.get(f"{name}.txt")
    if content is None:
        text = reading.texts.get(name, reading.texts.get(name.rsplit("/", 1)[-1]))
        if text is None:
            what = f"there is no {name.rsplit('/', 1)[-1]}.txt beside it and no such article in the corpus"
            imported.notes.append(Note("dropped", f"{name}.ann", what))
        return text
    try:
        canonical(content)
    except NotText as error:
        imported.notes.append(Note("dropped", f"{name}.txt", str(error)))
        return None
    return content.decode()


class _Span(NamedTuple):
    line: int
    label: str
    parts: list[tuple[int, int]]
    words: str | None


class _Event(NamedTuple):
    line: int
    label: str
    trigger: str
    arguments: list[tuple[str, str]]


class _Of(NamedTuple):
    """Something said of an annotation: an attribute, a normalisation, a note; or a relation between two."""

    line: int
    label: str
    targets: list[str]
    value: str


_ID = re.compile(r"(?:[TERAMN#][A-Za-z0-9_-]{1,40}|\*)", re.ASCII)
_SPAN = re.compile(r"(\S+) +([0-9]{1,9} [0-9]{1,9}(?:;[0-9]{1,9} [0-9]{1,9})*) *")
_ARGUMENT = re.compile(r"([^\s:]+):(\S+)")
_NORMALISATION = re.compile(r"(\S+) (\S+) ([^\s:]+):(\S+)")


@dataclass(slots=True)
class _Parsed:
    """One .ann, line by line; nothing is put together yet. Lines that are none are noted."""

    file: str
    content: bytes
    spans: dict[str, _Span] = field(default_factory=dict)
    events: dict[str, _Event] = field(default_factory=dict)
    relations: list[_Of] = field(default_factory=list)
    attributes: list[_Of] = field(default_factory=list)
    normalisations: list[_Of] = field(default_factory=list)
    remarks: list[_Of] = field(default_factory=list)
    equivalences: list[_Of] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        try:
            lines = self.content.decode("utf-8-sig").split("\n")
        except UnicodeDecodeError as error:
            raise Misuse(f"{self.file}: byte {error.start} is not UTF-8; convert the file first") from None
        seen: set[str] = set()
        for number, line in enumerate(lines, start=1):
            bare = line.removesuffix("\r")
            if bare.strip() and (fault := self._line(number, bare, seen)):
                self.drop(number, fault)

    def note(self, line: int, kind: Kind, what: str) -> None:
        """Notes a line. Raises Misuse where there are so many that the file is another kind of file."""
        self.notes.append(Note(kind, f"{self.file}:{line}", what))
        if len(self.notes) > MOST_MISPLACED:
            raise Misuse(
                f"{self.notes[0]}; more than {MOST_MISPLACED:,} lines of {self.file} are like that: is it a file of brat's, "
                "and is the .txt beside it the text that was annotated?"
            )

    def drop(self, line: int, what: str) -> None:
        """Notes a line that is left out."""
        self.note(line, "dropped", what)

    def _line(self, number: int, line: str, seen: set[str]) -> str:
        """Takes a line; what is wrong with it, or nothing."""
        name, tab, rest = line.partition("\t")
        if not tab or not _ID.fullmatch(name):
            return f"no line of brat's standoff: «{line[:60]}»"
        if name in seen and name != "*":
            return f"{name} stands in the file twice"
        seen.add(name)
        data, tab, tail = rest.partition("\t")
        reader: Callable[[int, str, str, str], str] = {
            "T": self._span, "E": self._event, "R": self._relation, "A": self._attribute, "M": self._attribute,
            "N": self._normalisation, "#": self._remark, "*": self._equivalence,
        }[name[0]]  # fmt: skip
        return reader(number, name, data, tail if tab else "")

    def _span(self, line: int, name: str, data: str, words: str) -> str:
        match = _SPAN.fullmatch(data)
        if match is None:
            return f"{name} is no «label start end»: «{data[:60]}»"
        numbers = [[int(end) for end in part.split()] for part in match[2].split(";")]
        self.spans[name] = _Span(line, match[1], [(one[0], one[1]) for one in numbers], words or None)
        return ""

    def _event(self, line: int, name: str, data: str, _: str) -> str:
        named = [_ARGUMENT.fullmatch(part) for part in data.split()]
        if not named or None in named:
            return f"{name} is no «label:trigger role:argument»: «{data[:60]}»"
        (label, trigger), *arguments = [(match[1], match[2]) for match in named if match]
        self.events[name] = _Event(line, label, trigger, arguments)
        return ""

    def _relation(self, line: int, name: str, data: str, _: str) -> str:
        label, *ends = data.split()[:4] or [""]
        named = [_ARGUMENT.fullmatch(end) for end in ends]
        if len(named) != 2 or None in named:
            return f"{name} is no relation of two arguments: «{data[:60]}»"
        self.relations.append(_Of(line, label, [match[2] for match in named if match], ""))
        return ""

    def _attribute(self, line: int, name: str, data: str, _: str) -> str:
        label, *said = data.split()[:4] or [""]
        if len(said) not in (1, 2):
            return f"{name} is no «attribute target value»: «{data[:60]}»"
        self.attributes.append(_Of(line, label, said[:1], said[1] if len(said) > 1 else "true"))
        return ""

    def _normalisation(self, line: int, name: str, data: str, _: str) -> str:
        match = _NORMALISATION.fullmatch(data.strip())
        if match is None:
            return f"{name} is no «type target resource:item»: «{data[:60]}»"
        self.normalisations.append(_Of(line, match[3], [match[2]], match[4]))
        return ""

    def _remark(self, line: int, name: str, data: str, said: str) -> str:
        label, *target = data.split()[:3] or [""]
        if len(target) != 1:
            return f"{name} is no «type target»: «{data[:60]}»"
        self.remarks.append(_Of(line, label, target, said.strip()))
        return ""

    def _equivalence(self, line: int, _: str, data: str, __: str) -> str:
        label, *targets = data.split() or [""]
        if len(targets) < 2:
            return f"an equivalence needs two at least: «{data[:60]}»"
        self.equivalences.append(_Of(line, label, targets, ""))
        return ""

    def counts(self) -> Counter[str]:
        """What the file holds, by its own kinds."""
        return Counter(
            documents=1, spans=len(self.spans), events=len(self.events), relations=len(self.relations),
            attributes=len(self.attributes), normalisations=len(self.normalisations), notes=len(self.remarks),
            equivalences=len(self.equivalences),
        )  # fmt: skip


class _Assembler:
    """Puts one .ann together with its text."""

    def __init__(self, name: str, raw: str, parsed: _Parsed, labels: LabelReader, reading: Reading) -> None:
        self._name = name
        self._text = canonical(raw.encode())
        self._parsed = parsed
        self._labels = labels
        self._reading = reading
        self._marked = Marked()
        self._marks: dict[str, Mark] = {}  # by brat's id
        self._by_trigger: dict[str, Mark] = {}
        self._stances: set[str] = set()
        self._left_out: dict[str, list[int]] = {}
        self._counting = self._likeliest(raw)
        self._own = self._own_notes()

    def document(self) -> tuple[Foreign, list[Note]]:
        """The document, and notes of what was left out or mended."""
        self._all_marks()
        self._all_links()
        for attribute in self._parsed.attributes:
            self._attribute(attribute)
        for normalisation in self._parsed.normalisations:
            self._normalisation(normalisation)
        for remark in sorted(self._parsed.remarks, key=lambda one: one.label == BESIDE):
            self._remark(remark)
        for equivalence in self._parsed.equivalences:
            self._equivalence(equivalence)
        self._marked.marks = list(self._marks.values())
        refuse_glut(
            (end - start for mark in self._marked.marks for start, end in mark.parts), self._parsed.file
        )
        annotations, notes = marks.put_together(self._marked, self._text, self._parsed.file)
        left = [
            Note("dropped", self._parsed.file, f"{what}: {len(lines):,} ({_lines(lines)})")
            for what, lines in self._left_out.items()
        ]
        return Foreign(self._name, self._text, {"": annotations}), [*self._parsed.notes, *left, *notes]

    def _leave_out(self, what: str, line: int) -> None:
        self._left_out.setdefault(what, []).append(line)

    # Where the spans stand.

    def _likeliest(self, raw: str) -> Counting:
        """The way of counting under which the most spans have their words."""
        best, most = None, -1
        spans = [span for span in self._parsed.spans.values() if span.words]
        for counting in countings(raw, self._text):
            fitting = sum(self._placed(span, counting) is not None for span in spans)
            if fitting > most:
                best, most = counting, fitting
            if fitting == len(spans):
                break
        assert best is not None  # noqa: S101 - countings() yields one at least
        return best

    def _placed(self, span: _Span, counting: Counting) -> list[tuple[int, int]] | None:
        """The pieces of a span in code points of the text; None where they are outside of it or its words are others."""
        pieces = []
        for start, end in span.parts:
            low, high = counting.place(start), counting.place(end)
            if low is None or high is None or low > high:
                return None
            pieces.append((low, high))
        if span.words is None:
            return pieces
        length = _length(pieces) + len(pieces) - 1
        if length > 4 * len(span.words) + _MOST_SHORT:
            return None
        words = " ".join(self._text[low:high] for low, high in pieces)
        agrees = same_words(words, span.words) or span.words.startswith(f"{words}\t")
        return (
            pieces if agrees and not any(one[1] > two[0] for one, two in pairwise(sorted(pieces))) else None
        )

    def _parts(self, name: str, span: _Span) -> list[tuple[int, int]] | None:
        """The stretches of a span, pieces of several lines joined. None, with a note, where it has no place."""
        pieces = self._placed(span, self._counting)
        if pieces is None:
            return self._moved(name, span)
        own: list[tuple[int, int]] | None = self._own.get(name, {}).get("parts")
        long = 4 * _length(pieces) + _MOST_SHORT
        if own and _length(own) <= long and in_pieces(self._text, own) == pieces:
            return own
        pieces = [piece for piece in pieces if piece[0] < piece[1]]
        if not pieces:
            self._parsed.drop(span.line, f"{name} is an empty span")
            return None
        return in_whole(self._text, pieces)

    def _moved(self, name: str, span: _Span) -> list[tuple[int, int]] | None:
        said = f"{name} at {_places(span.parts)}"
        if span.words is None:
            self._parsed.drop(span.line, f"{said}: outside of the text of {len(self._text):,} characters")
            return None
        shown = span.words[:40]
        at = found(self._text, span.words, span.parts[0][0]) if len(span.parts) == 1 else None
        if at is None:
            self._parsed.drop(
                span.line, f"{said}: «{shown}» does not stand there, and nowhere else once alone"
            )
            return None
        self._parsed.note(span.line, "repaired", f"{said}: «{shown}» stands at {at}")
        return [(at, at + len(span.words))]

    # Marks, and what is said of them.

    def _own_notes(self) -> dict[str, dict[str, Any]]:
        """What our own notes say, by the span's or event's id, with the span's id also for an event's trigger."""
        own: dict[str, dict[str, Any]] = {}
        for remark in self._parsed.remarks:
            if remark.label == BESIDE:
                said = _checked(remark.value, len(self._text))
                if said is None:
                    self._parsed.drop(remark.line, f"a note of type {BESIDE} that is none of ours")
                    continue
                target = remark.targets[0]
                own[target] = said
                if target in self._parsed.events:
                    own[self._parsed.events[target].trigger] = said
        return own

    def _all_marks(self) -> None:
        triggers = {event.trigger for event in self._parsed.events.values()}
        for name, span in self._parsed.spans.items():
            if name not in triggers:
                self._entity_or_cue(name, span)
        for name, event in self._parsed.events.items():
            self._event(name, event)
            if name in self._marks:
                self._by_trigger.setdefault(event.trigger, self._marks[name])

    def _add(self, name: str, ours: str, kind: MarkKind, label: str, span: tuple[str, _Span]) -> None:
        parts = self._parts(*span)
        if parts is not None:
            self._marks[name] = Mark(ours, kind, label, parts)

    def _entity_or_cue(self, name: str, span: _Span) -> None:
        if span.label == CUE and CUE not in self._reading.mapping:
            self._add(name, name, "cue", CUE, (name, span))
            return
        label = self._labels.named(span.label, "entity")
        if label is None:
            self._leave_out(f"spans «{span.label}»", span.line)
        else:
            self._add(name, _numbered("e", name), "entity", label, (name, span))

    def _event(self, name: str, event: _Event) -> None:
        """A claim or stance; of an event whose label the mapping gives as an entity's, the mention that its trigger is."""
        span = self._parsed.spans.get(event.trigger)
        label = self._reading.mapping.get(event.label, event.label)
        if span is None:
            self._parsed.drop(event.line, f"{name}: its trigger {event.trigger} is not there")
        elif label == CLAIM:
            self._add(name, _numbered("c", name), "claim", CLAIM, (event.trigger, span))
        elif label in self._reading.labels["stance"]:
            ours = str(self._own.get(name, {}).get("id") or _numbered("s", name))
            self._add(name, name if ours in self._stances else ours, "stance", label, (event.trigger, span))
            self._stances.add(ours)
        elif label in self._reading.labels["entity"] and event.label in self._reading.mapping:
            if event.trigger not in self._marks:
                self._add(
                    event.trigger, _numbered("e", event.trigger), "entity", label, (event.trigger, span)
                )
            if event.trigger in self._marks:
                self._marks[name] = self._marks[event.trigger]
                if event.arguments:
                    self._leave_out(f"arguments of events «{event.label}»", event.line)
        else:
            self._leave_out(f"events «{event.label}»", event.line)

    def _all_links(self) -> None:
        for name, event in self._parsed.events.items():
            mark = self._marks.get(name)
            if mark is None or mark.kind == "entity":
                continue
            for role, target in event.arguments:
                bare = role.rstrip("0123456789").lower()
                if bare not in marks.ROLES:
                    self._leave_out(f"arguments «{role}» of «{event.label}»", event.line)
                elif other := self._target(target):
                    self._marked.links.append(Link(mark.id, bare, other.id))
                else:
                    self._leave_out("arguments that are left out themselves", event.line)
        for relation in self._parsed.relations:
            if relation.label != MEMBER:
                self._leave_out(f"relations «{relation.label}»", relation.line)
                continue
            ends = [self._target(one) for one in relation.targets]
            if ends[0] and ends[1]:
                self._marked.links.append(Link(ends[0].id, "member", ends[1].id))
            else:
                self._leave_out("relations of what is left out", relation.line)

    def _target(self, name: str) -> Mark | None:
        """The mark of brat's id; of a trigger's, the claim or stance whose trigger it is."""
        return self._marks.get(name) or self._by_trigger.get(name)

    def _attribute(self, one: _Of) -> None:
        mark = self._target(one.targets[0])
        if mark is None or one.label.lower() not in marks.ATTRIBUTES[mark.kind]:
            self._leave_out(f"attributes «{one.label}»", one.line)
        else:
            mark.values[one.label.lower()] = one.value

    def _normalisation(self, one: _Of) -> None:
        mark = self._target(one.targets[0])
        known = one.label.lower() == WIKIDATA.lower() and re.fullmatch("Q[1-9][0-9]{0,15}", one.value)
        if mark is None or mark.kind != "entity" or not known:
            self._leave_out(f"normalisations «{one.label}»", one.line)
        else:
            self._marked.beside.setdefault(mark.id, {})["wikidata"] = one.value

    def _remark(self, one: _Of) -> None:
        mark = self._target(one.targets[0])
        if mark is None or mark.kind == "cue":
            if one.label != BESIDE:
                self._leave_out("notes on what is left out", one.line)
            return
        beside = self._marked.beside.setdefault(mark.id, {})
        if one.label == BESIDE:
            own = self._own.get(one.targets[0], {})
            beside |= {key: own[key] for key in marks.BESIDE if key in own and key != "note"}
            # The note as it was, unless it was changed or deleted in brat.
            if "note" in own and in_a_line(own["note"]) == beside.get("note", ""):
                beside["note"] = own["note"]
        elif one.label == REMARK and one.value:
            said = f"{beside['note']}\n{one.value}" if "note" in beside else one.value
            if len(said) > _MOST_NOTE:
                self._parsed.note(
                    one.line, "repaired", f"a note of {len(said):,} characters, cut to {_MOST_NOTE:,}"
                )
            beside["note"] = said[:_MOST_NOTE]
        else:
            self._leave_out(f"notes «{one.label}»", one.line)

    def _equivalence(self, one: _Of) -> None:
        """Equivalent mentions are of one thing, unless the mentions name theirs."""
        mentions = [
            mark for name in one.targets if (mark := self._target(name)) is not None and mark.kind == "entity"
        ]
        if one.label != EQUIVALENCE or len(mentions) < 2:
            self._leave_out(f"equivalences «{one.label}»", one.line)
            return
        named = [self._marked.beside.get(mark.id, {}).get("referent") for mark in mentions]
        referent = next((name for name in named if name), f"equivalent-to-{mentions[0].id.lower()}")
        for mark in mentions:
            self._marked.beside.setdefault(mark.id, {}).setdefault("referent", referent)


def _numbered(letter: str, name: str) -> str:
    """Our id of brat's: T5 → e5; brat's own where it has no such number."""
    ours = f"{letter}{name[1:]}"
    return ours if marks.is_ours(ours, letter) else name


def _length(parts: Iterable[tuple[int, int]]) -> int:
    return sum(end - start for start, end in parts)


def _places(parts: Iterable[tuple[int, int]]) -> str:
    return ";".join(f"{start} {end}" for start, end in parts)[:60]


def _lines(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:_MOST_LISTED]))
    more = f" and {len(lines) - _MOST_LISTED:,} more" if len(lines) > _MOST_LISTED else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


def _checked(value: str, length: int) -> dict[str, Any] | None:
    """What a note of our own says, as far as it is of the right kind; None where it is no JSON object."""
    try:
        said = store.decode(value.encode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    confidence, parts = said.get("confidence"), said.get("parts")
    fits = {
        "id": isinstance(said.get("id"), str) and marks.is_ours(said["id"], "s"),
        "referent": isinstance(said.get("referent"), str) and store.is_id(said["referent"]),
        "by": isinstance(said.get("by"), str) and 0 < len(said["by"]) <= _MOST_SHORT,
        "note": isinstance(said.get("note"), str) and 0 < len(said["note"]) <= _MOST_NOTE,
        "confidence": type(confidence) in (int, float) and 0 <= (confidence or 0) <= 1,
        "parts": isinstance(parts, list) and _are_parts(parts, length),
    }
    kept = {key: said[key] for key, fit in fits.items() if fit}
    if "parts" in kept:
        kept["parts"] = [(part[0], part[1]) for part in kept["parts"]]
    return kept


def _are_parts(parts: list[Any], length: int) -> bool:
    pairs = [part for part in parts if isinstance(part, list) and len(part) == 2]
    return (
        0 < len(pairs) == len(parts)
        and all(type(end) is int for part in pairs for end in part)
        and all(0 <= start < end <= length for start, end in pairs)
        and all(one[1] <= two[0] for one, two in pairwise(pairs))
    )
