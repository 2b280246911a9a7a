"""A table for people: a row an annotation, for CSV and XLSX alike.

Words stand beside ids, context beside words, so that a row can be read alone; read are the ids. A spreadsheet runs a cell
that begins like a formula, so such a cell gets an apostrophe in front, which reading takes away again; characters that no
spreadsheet holds are written as escapes. The text is the corpus's: a row is put where its words stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tasrih.formats import marks
from tasrih.formats.anchoring import MOST_MISPLACED, found, refuse_glut
from tasrih.formats.exchange import (
    Foreign,
    Imported,
    Kind,
    LabelReader,
    Note,
    Reading,
    annotations_of,
    text_of,
)
from tasrih.formats.marks import CLAIM, CUE, Link, Mark, Marked, MarkKind
from tasrih.model import NOBODY, Document, visible
from tasrih.store import Misuse

Cell: TypeAlias = str | int | float
Line: TypeAlias = dict[str, Cell]

# The columns in their order, and what each is.
COLUMNS: dict[str, str] = {
    "article": "the article's id",
    "title": "its title; for people, not read",
    "id": "the annotation's id in its layer; empty for a new one",
    "type": "entity, claim or stance; «article» is a row of an article without annotations",
    "label": "the label of an entity or stance",
    "start": "where it begins, in characters (Unicode code points) from 0",
    "end": "one past its last character",
    "text": "its words",
    "before": "the words before it; for people, not read",
    "after": "the words behind it; for people, not read",
    "who": "whose claim or stance it is, in words; not read",
    "who ids": "the same as ids of entities, or author, or unnamed",
    "cue": "the reporting word or phrase of a claim",
    "cue start": "where the cue begins",
    "about": "what a claim is about, in words; not read",
    "about ids": "the same as ids of entities",
    "target": "what a stance is towards, in words; not read",
    "target id": "the same as the id of an entity or claim",
    "within": "the id of the claim in whose content a claim stands",
    "form": "name or nominal",
    "via": "how a claimer is given: mention, pronoun, dropped, document, none",
    "mode": "direct, indirect, unattributed",
    "polarity": "affirmed, negated, unknown",
    "certainty": "certain, probable, possible, unknown",
    "checkworthy": "true or false",
    "basis": "what shows a stance: stated, action, wording, formula",
    "fragments": "the parts of a content that is interrupted: 12..18; 25..30",
    "referent": "the name of the thing that several mentions are of",
    "wikidata": "its Wikidata item",
    "members": "ids of the members of a collective",
    "by": "who or what made the annotation",
    "confidence": "of a suggestion, 0 to 1",
    "note": "a remark",
}
AROUND = 40  # code points of context before and behind
MOST_ROWS = 200_000
_MOST_UNITS = 32_000  # UTF-16 units; a cell of a spreadsheet holds 32,767
_CUT = 15_000  # code points; words as long as that may have been cut
_ARTICLE = "article"
_LIST_OF = {"who ids": {"claim": "claimer", "stance": "holder"}, "about ids": {"claim": "about"}, "members": {"entity": "member"}}  # fmt: skip
_ONE_OF = {"target id": {"stance": "target"}, "within": {"claim": "within"}}


# --- Cells --------------------------------------------------------------------------------------------

# What begins a formula in a spreadsheet, the wide forms too; and the apostrophe that makes it harmless.
_GUARDED = "=+-@\t\r\n＝＋－＠'"
# Characters that XML or a cell cannot hold, and sequences that spreadsheets take for such characters.
_AWKWARD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\ufffe\uffff\\]|_(?=x[0-9A-Fa-f]{4}_)|x(?=005F_)")
_ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4}))")


def harmless(value: str) -> str:
    """A text as a cell holds it.

    >>> harmless("=1+1"), harmless("a\\x1b"), harmless("-5°")
    ("'=1+1", 'a\\\\x1b', "'-5°")
    """
    escaped = _AWKWARD.sub(_escaped, value)
    return f"'{escaped}" if escaped[:1] and escaped[0] in _GUARDED else escaped


def restored(cell: str) -> str:
    """The text that a cell holds: the inverse of `harmless`; what a person wrote stays as it is."""
    bare = cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in _GUARDED else cell
    return _ESCAPE.sub(
        lambda match: chr(int(match[1] or match[2], 16)) if match[1] or match[2] else "\\", bare
    )


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return "\\\\" if match[0] == "\\" else f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


# --- Writing ------------------------------------------------------------------------------------------


def lines(documents: Iterable[Document], layer: str) -> Iterator[Line]:
    """A line an annotation, in text order; one for an article that has none. Texts are harmless."""
    for document in documents:
        made = False
        for line in _annotations(document, layer):
            made = True
            yield _guarded(line)
        if not made:
            yield _guarded({**_named(document), "type": _ARTICLE})


def _guarded(line: Line) -> Line:
    return {key: harmless(value) if isinstance(value, str) else value for key, value in line.items()}


def _named(document: Document) -> Line:
    return {"article": document["article"]["id"], "title": document["article"].get("title") or ""}


def _annotations(document: Document, layer: str) -> Iterator[Line]:
    text = text_of(document)
    annotations: list[Any] = list(annotations_of(document, layer))
    words = {one["id"]: text[one["start"] : one["end"]] for one in annotations}

    def said(ids: Iterable[str]) -> str:
        return " | ".join(_cut(words.get(one, one)) for one in ids)

    for one in annotations:
        start, end = one["start"], one["end"]
        who = one.get("claimers") or one.get("holders") or []
        line: Line = {
            **_named(document), "id": one["id"], "type": one["type"], "label": one.get("label", ""), "start": start, "end": end,
            "text": _cut(text[start:end]), "before": text[max(0, start - AROUND) : start], "after": text[end : end + AROUND],
            "who": _cut(said(who)), "who ids": " ".join(who), "about": _cut(said(one.get("about") or ())),
            "about ids": " ".join(one.get("about") or ()), "members": " ".join(one.get("members") or ()),
        }  # fmt: skip
        if "target" in one:
            line |= {"target": said([one["target"]]), "target id": one["target"]}
        if cue := one.get("cue"):
            line |= {"cue": _cut(text[cue["start"] : cue["end"]]), "cue start": cue["start"]}
        if fragments := one.get("fragments"):
            line["fragments"] = "; ".join(f"{low}..{high}" for low, high in fragments)
        if one.get("checkworthy") is not None:
            line["checkworthy"] = str(one["checkworthy"]).lower()
        for key in ("within", "form", "via", "mode", "polarity", "certainty", "basis", *marks.BESIDE):
            if one.get(key) is not None:
                line[key] = one[key]
        yield line


def _cut(words: str) -> str:
    """Words as far as a cell holds them."""
    if len(words) <= _CUT:
        return words
    return words if len(words.encode("utf-16-le")) // 2 <= _MOST_UNITS else words[:_CUT]


# --- Reading ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Rows:
    """The rows of one article, as marks and links."""

    marked: Marked = field(default_factory=Marked)
    ids: set[str] = field(default_factory=set)
    new: list[Mark] = field(default_factory=list)


def columns_of(header: Sequence[str], file: str) -> list[str]:
    """The columns of a header, as ours are called; "" for one that is none of ours. Raises Misuse where some are missing."""
    named = [" ".join(cell.replace("_", " ").lower().split()) for cell in header]
    missing = [name for name in ("article", "text") if name not in named]
    if missing:
        shown = visible(", ".join(f"«{cell[:40]}»" for cell in header[:20] if cell))
        raise Misuse(
            f"{file}: no column {' and none '.join(f'«{name}»' for name in missing)}; the first row is {shown or 'empty'}, "
            f"and a table of annotations has {', '.join(COLUMNS)}, of which article and text are needed"
        )
    return [name if name in COLUMNS and named.index(name) == at else "" for at, name in enumerate(named)]


class TableReader:
    """Reads the rows of tables into documents."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._labels = LabelReader(reading.labels, reading.mapping)
        self._articles: dict[str, _Rows] = {}
        self._imported = Imported()
        self._noted = 0

    def read(self, file: str, rows: Iterable[tuple[int, Mapping[str, str]]]) -> None:
        """Rows with their numbers in the file, the header being 1. Raises Misuse where there are too many."""
        for number, row in rows:
            if number > MOST_ROWS + 1:
                raise Misuse(f"{file}: more than {MOST_ROWS:,} rows; take it apart")
            if any(row.values()):
                self._row(f"{file}:{number}", {key: restored(cell) for key, cell in row.items()})

    def imported(self) -> Imported:
        """What the rows were. Raises Misuse where labels have no name in the corpus, or nothing was read."""
        self._labels.refuse_unknown("the table")
        for name, rows in self._articles.items():
            _number_new(rows)
            text = self._reading.texts[name]
            refuse_glut((end - start for mark in rows.marked.marks for start, end in mark.parts), name)
            annotations, notes = marks.put_together(rows.marked, text, name)
            self._imported.notes += notes
            self._imported.documents.append(Foreign(name, text, {"": annotations}, {"id": name}))
        self._imported.counts["documents"] = len(self._articles)
        if not self._articles:
            why = f": {self._imported.notes[0]}" if self._imported.notes else ""
            raise Misuse(f"not one row could be read{why}")
        return self._imported

    def _note(self, kind: Kind, where: str, what: str) -> None:
        self._imported.notes.append(Note(kind, where, what))
        self._noted += 1
        if self._noted > MOST_MISPLACED:
            raise Misuse(f"{self._imported.notes[-1]}; more than {MOST_MISPLACED:,} rows are like that")

    def _row(self, where: str, row: Mapping[str, str]) -> None:
        self._imported.counts["rows"] += 1
        article = row.get("article", "").strip()
        text = self._reading.texts.get(article)
        if text is None:
            self._note("dropped", where, f"the corpus has no article «{article[:80]}», or not its text")
            return
        rows = self._articles.setdefault(article, _Rows())
        kind = row.get("type", "").strip().lower()
        if kind != _ARTICLE:
            self._annotation(where, row, kind, text, rows)

    def _kind(self, where: str, row: Mapping[str, str], kind: str) -> tuple[MarkKind, str] | None:
        """Kind and label of a row; None, with a note, where it has none."""
        label = row.get("label", "").strip()
        ours = self._reading.mapping.get(label, label)
        if kind == "claim":
            return "claim", CLAIM
        if kind not in ("", "entity", "stance"):
            self._note("dropped", where, f"type «{kind[:40]}»: it is entity, claim or stance")
            return None
        is_stance = kind == "stance" or (not kind and ours in self._reading.labels["stance"])
        named = self._labels.named(label, "stance" if is_stance else "entity")
        if named is None:
            self._note("dropped", where, f"label «{label[:80]}»")
            return None
        return "stance" if is_stance else "entity", named

    def _annotation(self, where: str, row: Mapping[str, str], kind: str, text: str, rows: _Rows) -> None:
        known = self._kind(where, row, kind)
        start = _number(row.get("start", ""))
        words = row.get("text", "")
        at = None if known is None else self._place(where, words, start, _number(row.get("end", "")), text)
        if known is None or at is None:
            return
        name = row.get("id", "").strip()
        if name and (name in rows.ids or not marks.is_ours(name, known[0][0])):
            self._note(
                "dropped", where, f"id «{name[:40]}»: a row has it already, or it is no id of this type"
            )
            return
        mark = Mark(name or f"row-{len(rows.ids)}", known[0], known[1], [at])
        rows.ids.add(mark.id)
        if not name:
            rows.new.append(mark)
        moved = at[0] - start if start is not None else None
        if known[0] == "claim":
            mark.parts = self._fragments(where, row, at, moved)
            self._cue(where, row, mark, text, rows.marked)
        rows.marked.marks.append(mark)
        mark.values = {
            key: value
            for key in marks.ATTRIBUTES[known[0]]
            if (value := row.get(key, "").strip().lower()) not in ("", "unspecified")
        }
        self._links(row, mark, rows.marked)
        self._beside(where, row, mark, rows.marked)

    def _place(
        self, where: str, words: str, start: int | None, end: int | None, text: str
    ) -> tuple[int, int] | None:
        """Where a row's words stand; None, with a note, where they do not stand once."""
        if start is not None and end is not None and 0 <= start < end <= len(text):
            longest = end - start if len(words) < _CUT else min(end - start, len(words))
            if longest <= len(words) and text[start : start + longest] == words:
                return start, end
        at = _once(text, words) if start is None else found(text, words, min(max(start, 0), len(text)))
        shown = visible(words[:40])
        if at is None:
            said = f"at {start}" if start is not None else "in the article once"
            self._note(
                "dropped",
                where,
                f"«{shown}» does not stand {said}"
                + (", and nowhere else once alone" if start is not None else ""),
            )
            return None
        if start is not None:
            self._note("repaired", where, f"«{shown}» stands at {at}, not at {start}")
        cut = len(words) >= _CUT and start is not None and end is not None
        length = max(len(words), (end or 0) - (start or 0)) if cut else len(words)
        return at, min(at + length, len(text))

    def _fragments(
        self, where: str, row: Mapping[str, str], at: tuple[int, int], moved: int | None
    ) -> list[tuple[int, int]]:
        """The parts of a content, moved as the content is."""
        cell = row.get("fragments", "")
        if not cell.strip():
            return [at]
        pairs = [
            (int(low) + (moved or 0), int(high) + (moved or 0))
            for low, high in re.findall(r"([0-9]{1,9})\.\.([0-9]{1,9})", cell)
        ]
        ends = [end for pair in pairs for end in pair]
        if (
            len(pairs) > 1
            and (ends[0], ends[-1]) == at
            and ends == sorted(ends)
            and all(low < high for low, high in pairs)
        ):
            return pairs
        self._note(
            "dropped",
            where,
            f"fragments «{visible(cell[:60])}»: they are not the parts of {at[0]} to {at[1]}",
        )
        return [at]

    def _cue(self, where: str, row: Mapping[str, str], mark: Mark, text: str, marked: Marked) -> None:
        words, start = row.get("cue", ""), _number(row.get("cue start", ""))
        if not words:
            return
        at = self._place(where, words, start, None if start is None else start + len(words), text)
        if at is not None:
            name = marks.cue_id(mark.id)
            marked.marks.append(Mark(name, "cue", CUE, [at]))
            marked.links.append(Link(mark.id, "cue", name))

    def _links(self, row: Mapping[str, str], mark: Mark, marked: Marked) -> None:
        for column, roles in (_LIST_OF | _ONE_OF).items():
            role = roles.get(mark.kind)
            named = re.split(r"[\s,;|]+", row.get(column, "").strip()) if role and row.get(column) else []
            for name in filter(None, named[:1] if column in _ONE_OF else named):
                if column == "who ids" and name in NOBODY:
                    mark.values["source"] = name
                elif role:
                    marked.links.append(Link(mark.id, role, name))

    def _beside(self, where: str, row: Mapping[str, str], mark: Mark, marked: Marked) -> None:
        beside: dict[str, Any] = {key: row[key] for key in ("by", "note") if row.get(key)}
        if mark.kind == "entity":
            beside |= {key: row[key].strip() for key in ("referent", "wikidata") if row.get(key, "").strip()}
        if stated := row.get("confidence", "").strip():
            try:
                beside["confidence"] = float(stated) if 0 <= float(stated) <= 1 else None
            except ValueError:
                beside["confidence"] = None
            if beside["confidence"] is None:
                del beside["confidence"]
                self._note("dropped", where, f"confidence «{stated[:20]}»: it is a number from 0 to 1")
        if beside:
            marked.beside[mark.id] = beside


def _number_new(rows: _Rows) -> None:
    """Gives rows without an id the next free ones."""
    last = dict.fromkeys("ecs", 0)
    for name in rows.ids:
        if not name.startswith("row-"):
            last[name[0]] = max(last[name[0]], int(name[1:]))
    renamed: dict[str, str] = {}
    for mark in rows.new:
        letter = mark.kind[0]
        last[letter] += 1
        renamed[mark.id] = f"{letter}{last[letter]}"
        mark.id = renamed[mark.id]
    rows.marked.links = [
        link._replace(source=renamed.get(link.source, link.source)) for link in rows.marked.links
    ]
    rows.marked.beside = {renamed.get(name, name): said for name, said in rows.marked.beside.items()}


def _number(cell: str) -> int | None:
    """A count of characters; None where a cell holds none."""
    match = re.fullmatch(r"\s*([0-9]{1,9})(?:\.0+)?\s*", cell)
    return int(match[1]) if match else None


def _once(text: str, words: str) -> int | None:
    at = text.find(words) if words else -1
    return at if at >= 0 and text.find(words, at + 1) < 0 else None
