"""A layer as other tools know annotation: marked stretches with attributes, and labelled links between them.

An entity or stance is one mark, a claim a mark of its content (one part a fragment) and one of its cue. What is a choice
(form, via, mode …) is an attribute, what names another annotation a link. `beside` has what neither shows: referent,
wikidata, by, note, confidence. Taken apart and put together, a layer is the same but for keys without a value (null, an
empty list, `unspecified`), which are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias, cast

from tasrih.formats.exchange import Note, quoted
from tasrih.model import AUTHOR, NOBODY, UNNAMED, UNSPECIFIED, Annotation, text_order

MarkKind: TypeAlias = Literal["entity", "claim", "cue", "stance"]
CLAIM, CUE = "Claim", "Cue"  # the labels of a claim's content and of its cue

# Of every kind of mark its attributes with their values; those that say who is nobody are in `NOBODY_OF`.
ATTRIBUTES: dict[str, dict[str, tuple[str, ...]]] = {
    "entity": {"form": ("name", "nominal")},
    "claim": {
        "via": ("mention", "pronoun", "dropped", "document", "none"),
        "mode": ("direct", "indirect", "unattributed"),
        "polarity": ("affirmed", "negated", "unknown"),
        "certainty": ("certain", "probable", "possible", "unknown"),
        "checkworthy": ("true", "false"),
        "source": NOBODY,
    },
    "cue": {},
    "stance": {"basis": ("stated", "action", "wording", "formula"), "source": NOBODY},
}
# Of every role the kind of mark that it goes from and the kinds that it may go to.
ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "claimer": ("claim", ("entity",)),
    "cue": ("claim", ("cue",)),
    "about": ("claim", ("entity",)),
    "within": ("claim", ("claim",)),
    "holder": ("stance", ("entity",)),
    "target": ("stance", ("entity", "claim")),
    "member": ("entity", ("entity",)),
}
BESIDE = ("referent", "wikidata", "confidence", "by", "note")
_LIST_OF_ROLE = {"claimer": "claimers", "holder": "holders", "about": "about", "member": "members"}
_LETTER = {"entity": "e", "claim": "c", "stance": "s"}


class Link(NamedTuple):
    """`Link("c1", "claimer", "e1")`; ends are ids of marks."""

    source: str
    role: str
    target: str


@dataclass(slots=True)
class Mark:
    """A marked stretch, of one or several parts in text order; offsets are code points, half-open."""

    id: str
    kind: MarkKind
    label: str
    parts: list[tuple[int, int]]
    values: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Marked:
    """A layer taken apart. `beside` is by the id of an annotation."""

    marks: list[Mark] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    beside: dict[str, dict[str, Any]] = field(default_factory=dict)


def cue_id(claim: str) -> str:
    """The id of the mark of a claim's cue."""
    return f"{claim}-cue"


# --- Taking apart -------------------------------------------------------------------------------------


def taken_apart(annotations: Iterable[Annotation]) -> Marked:
    """The marks and links of annotations, in text order."""
    marked = Marked()
    for annotation in sorted(annotations, key=text_order):
        record = cast(dict[str, Any], annotation)
        marked.marks += _marks(record)
        marked.links += _links(record)
        beside = {key: record[key] for key in BESIDE if record.get(key) is not None}
        if beside:
            marked.beside[record["id"]] = beside
    return marked


def _marks(record: Mapping[str, Any]) -> list[Mark]:
    kind = record["type"]
    parts = [(start, end) for start, end in record.get("fragments") or [(record["start"], record["end"])]]
    marks = [Mark(record["id"], kind, record.get("label", CLAIM), parts, _values(kind, record))]
    if cue := record.get("cue"):
        marks.append(Mark(cue_id(record["id"]), "cue", CUE, [(cue["start"], cue["end"])]))
    return marks


def _values(kind: str, record: Mapping[str, Any]) -> dict[str, str]:
    values = {}
    for name in ATTRIBUTES[kind]:
        value = record.get(name)
        if name == "source":
            sources = record.get("claimers") or record.get("holders") or []
            value = sources[0] if sources and sources[0] in NOBODY else None
        if value not in (None, UNSPECIFIED):
            values[name] = str(value).lower()
    return values


def _links(record: Mapping[str, Any]) -> list[Link]:
    named = {
        "claimer": [one for one in record.get("claimers", ()) if one not in NOBODY],
        "cue": [cue_id(record["id"])] if record.get("cue") else [],
        "about": record.get("about", ()),
        "within": [record["within"]] if record.get("within") else [],
        "holder": [one for one in record.get("holders", ()) if one not in NOBODY],
        "target": [record["target"]] if "target" in record else [],
        "member": record.get("members", ()),
    }
    return [Link(record["id"], role, target) for role, targets in named.items() for target in targets]


# --- Putting together ---------------------------------------------------------------------------------


def put_together(marked: Marked, text: str, where: str) -> tuple[list[Annotation], list[Note]]:
    """The annotations of a layer in text order, with their words; ids that are not ours are numbered anew, in text order.

    What has no place is left out with a note: a mark outside of the text, a cue of no claim, a link between kinds that
    it cannot join, a stance without a target. A claim or stance without a source is the author's where nobody is named.
    """
    builder = _Builder(text, where)
    return builder.build(marked), builder.notes


class _Builder:
    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where
        self.notes: list[Note] = []

    def _drop(self, what: str) -> None:
        self.notes.append(Note("dropped", self._where, what))

    def build(self, marked: Marked) -> list[Annotation]:
        marks = {mark.id: mark for mark in marked.marks if self._is_inside(mark)}
        ids = numbered([mark for mark in marks.values() if mark.kind != "cue"])
        links: dict[tuple[str, str], list[Mark]] = {}
        for link in marked.links:
            if self._joins(link, marks):
                links.setdefault((link.source, link.role), []).append(marks[link.target])
        cues = {mark.id for (_, role), found in links.items() if role == "cue" for mark in found}
        for mark in marks.values():
            if mark.kind == "cue" and mark.id not in cues:
                self._drop(f"cue {mark.id} of no claim")
        made = [
            record | self._beside(marked.beside.get(mark.id, {}), mark.kind)
            for mark in marks.values()
            if mark.kind != "cue" and (record := self._record(mark, ids, links)) is not None
        ]
        kept = self._without_loose_ends(made)
        return sorted((cast(Annotation, record) for record in kept), key=text_order)

    def _is_inside(self, mark: Mark) -> bool:
        try:
            for part in mark.parts:
                quoted(self._text, *part)
        except ValueError as error:
            self._drop(f"{mark.kind} {mark.id}: {error}")
            return False
        return bool(mark.parts)

    def _joins(self, link: Link, marks: Mapping[str, Mark]) -> bool:
        source, target = marks.get(link.source), marks.get(link.target)
        if source is None or target is None:
            self._drop(f"link «{link.role}» from {link.source} to {link.target}: an end of it is not there")
            return False
        start, ends = ROLES.get(link.role, ("", ()))
        if source.kind != start or target.kind not in ends:
            self._drop(f"link «{link.role}» from a {source.kind} to a {target.kind}")
            return False
        return True

    def _record(
        self, mark: Mark, ids: Mapping[str, str], links: Mapping[tuple[str, str], list[Mark]]
    ) -> dict[str, Any] | None:
        parts = sorted(mark.parts)
        record: dict[str, Any] = {"type": mark.kind, "id": ids[mark.id]}
        if mark.kind != "claim":
            record["label"] = mark.label
        record |= quoted(self._text, parts[0][0], max(end for _, end in parts))
        if len(parts) > 1 and mark.kind == "claim":
            record["fragments"] = [list(part) for part in parts]
        elif len(parts) > 1:
            self.notes.append(
                Note("repaired", self._where, f"{mark.kind} {mark.id} of {len(parts)} parts: taken as one")
            )

        def named(role: str) -> list[str]:
            return list(dict.fromkeys(ids[one.id] for one in links.get((mark.id, role), ())))

        if mark.kind == "claim":
            record["claimers"] = self._sources(mark, named("claimer"))
            if cues := links.get((mark.id, "cue")):
                record["cue"] = quoted(self._text, *cues[0].parts[0])
            if within := named("within"):
                record["within"] = within[0]
        if mark.kind == "stance":
            record["holders"] = self._sources(mark, named("holder"))
            if not (target := named("target")):
                self._drop(f"stance {mark.id} without a target")
                return None
            record["target"] = target[0]
        for role in ("about", "member"):
            if found := named(role):
                record[_LIST_OF_ROLE[role]] = found
        return record | self._attributes(mark)

    def _sources(self, mark: Mark, named: list[str]) -> list[str]:
        nobody = mark.values.get("source")
        if named or nobody in NOBODY:
            return named or [cast(str, nobody)]
        found = AUTHOR if mark.values.get("mode") == "unattributed" else UNNAMED
        self.notes.append(
            Note("repaired", self._where, f"{mark.kind} {mark.id} without a source: «{found}» is taken")
        )
        return [found]

    def _attributes(self, mark: Mark) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in mark.values.items():
            if value not in ATTRIBUTES[mark.kind].get(name, ()):
                self._drop(f"{mark.kind} {mark.id}: {name} «{value}»")
            elif name == "checkworthy":
                found[name] = value == "true"
            elif name != "source":
                found[name] = value
        return found

    def _beside(self, beside: Mapping[str, Any], kind: str) -> dict[str, Any]:
        wanted = BESIDE if kind == "entity" else BESIDE[2:]
        return {key: beside[key] for key in wanted if beside.get(key) is not None}

    def _without_loose_ends(self, made: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Without stances whose target was itself left out."""
        there = {record["id"] for record in made}
        kept = [record for record in made if record.get("target", record["id"]) in there]
        for record in made:
            if record.get("target", record["id"]) not in there:
                self._drop(f"stance {record['id']}: its target is not there")
        return kept


def numbered(marks: Sequence[Mark]) -> dict[str, str]:
    """Ids of annotations by those of marks: ours where all of a kind are, else numbered in text order."""
    ids: dict[str, str] = {}
    for kind, letter in _LETTER.items():
        of_kind = [mark for mark in marks if mark.kind == kind]
        if all(is_ours(mark.id, letter) for mark in of_kind):
            ids |= {mark.id: mark.id for mark in of_kind}
            continue
        ordered = sorted(of_kind, key=lambda mark: (min(mark.parts)[0], -max(mark.parts)[1]))
        ids |= {mark.id: f"{letter}{number}" for number, mark in enumerate(ordered, start=1)}
    return ids


def is_ours(name: str, letter: str) -> bool:
    """Whether `name` is an id as layers have them: e1, c1, s1."""
    number = name[1:]
    return (
        name[:1] == letter and number.isascii() and number.isdigit() and number[0] != "0" and len(name) <= 10
    )
