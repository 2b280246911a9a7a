"""Regions and relations as entities, claims and stances: ids, roles, and what travelled beside the regions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from tasrih.formats import inline
from tasrih.formats.label_studio.config import ATTRIBUTES, CHECKWORTHY, NOBODY, ROLES
from tasrih.formats.label_studio.regions import At, Marked, Region
from tasrih.formats.label_studio.validity import Faults
from tasrih.model import UNSPECIFIED, Annotation, text_order

_LETTERS = {"entity": "e", "claim": "c", "stance": "s"}
# Bounded, so that a made-up id cannot be a number too long to count on from.
_OWN_ID = re.compile(r"([ecs])([1-9][0-9]{0,8})(?:-[1-9][0-9]{0,3})?\Z")
_HIDDEN = {"entity": ("referent", "wikidata", "confidence", "by", "note")}
_HIDDEN_ELSE = ("confidence", "by", "note")

Stored = Mapping[str, Mapping[str, Any]]
_Edges = dict[tuple[str, str], list[Region]]


def assemble(
    marked: Marked, text: str, stored: Stored, first_fault: Faults, at: At
) -> tuple[list[Annotation], list[str]]:
    """Annotations in text order and notes, from the regions of one annotation over canonical text `text`.

    `stored` is what travelled in the task by id. An attribute that was there and has no choice any more becomes
    `unspecified`; one that a new region lacks gets the default of the inline format, with a note.
    Raises Misuse for a cue or fragment of no claim, a role that is missing or doubled, and what has not the
    schema's shape in the end.
    """
    notes: list[str] = []
    edges = _edges(marked, notes, at)
    _refuse_loose_ends(marked, edges, at)
    ids = _identifiers(marked, stored)
    builder = _Builder(text, stored, ids, edges, at)
    annotations = []
    for region in marked.regions.values():
        if region.kind not in _LETTERS:
            continue
        record = builder.build(region)
        if fault := first_fault(record):
            at.fail(f"{region} ({record['id']}): {fault}")
        annotations.append(cast(Annotation, record))
    kept = set(ids.values())
    if gone := [name[:20] for name in stored if name not in kept]:
        notes.append(f"deleted since the push: {', '.join(gone[:20])}{' …' if len(gone) > 20 else ''}")
    return sorted(annotations, key=text_order), notes + builder.notes()


# --- Ids ----------------------------------------------------------------------------------------------


def _identifiers(marked: Marked, stored: Stored) -> dict[str, str]:
    """Ids of annotations by those of regions: ours kept, others numbered on in text order."""
    highest = dict.fromkeys("ecs", 0)
    for name in (*stored, *marked.regions):
        if match := _OWN_ID.match(name):
            highest[match.group(1)] = max(highest[match.group(1)], int(match.group(2)))
    ids: dict[str, str] = {}
    regions = [region for region in marked.regions.values() if region.kind in _LETTERS]
    # A fragment that was relabelled as content still bears its claim's number; the claim's own region has it first.
    for region in sorted(regions, key=lambda region: not _is_whole(region)):
        match = _OWN_ID.match(region.id)
        if (
            match
            and match.group(1) == _LETTERS[region.kind]
            and (region.kind == "claim" or _is_whole(region))
        ):
            ids.setdefault(match.group(1) + match.group(2), region.id)
    named = {region: name for name, region in ids.items()}
    for region in sorted(regions, key=lambda region: (region.start, -region.end)):
        if region.id not in named:
            letter = _LETTERS[region.kind]
            highest[letter] += 1
            named[region.id] = f"{letter}{highest[letter]}"
    return named


def _is_whole(region: Region) -> bool:
    return "-" not in region.id or (region.kind == "claim" and region.id.endswith("-1"))


# --- Roles --------------------------------------------------------------------------------------------


def _edges(marked: Marked, notes: list[str], at: At) -> _Edges:
    """By region and role, the regions that fill it, in the order in which they were drawn."""
    edges: _Edges = {}
    wholes: dict[str, Region] = {}
    arrows = [(role, relation) for relation in marked.relations for role in relation.roles]
    for role, relation in sorted(arrows, key=lambda arrow: arrow[0] != "part-of"):
        ends = marked.regions[relation.start], marked.regions[relation.end]
        if role != "part-of":
            # An arrow from or to a part of a content is meant for the claim.
            ends = wholes.get(ends[0].id, ends[0]), wholes.get(ends[1].id, ends[1])
        start, end, note = _oriented(role, ends, relation.direction, at)
        notes += [note] if note else []
        filled = edges.setdefault((start.id, role), [])
        if any(other is end for other in filled):
            continue
        filled.append(end)
        if role == "part-of":
            if wholes.setdefault(start.id, end) is not end:
                at.fail(f"{start} is part of two claims; delete one «part-of»")
            edges.setdefault((end.id, "parts"), []).append(start)
    return edges


def _oriented(role: str, ends: tuple[Region, Region], direction: str, at: At) -> tuple[Region, Region, str]:
    """Start and end of a role whichever way its arrow was drawn, and a note where it was turned round."""
    start, end = ends[::-1] if direction == "left" else ends
    first, lasts = ROLES[role]
    forward = start.kind == first and end.kind in lasts
    backward = end.kind == first and start.kind in lasts
    wanted = f"«{role}» goes from a {first} to a {' or '.join(lasts)}"
    if start is end or not (forward or backward):
        at.fail(
            f"{wanted}, here from {start} ({start.kind}) to {end} ({end.kind}); draw it anew or delete it"
        )
    if forward and backward and direction == "bi":
        at.fail(f"«{role}» between {start} and {end} points both ways; give it one direction")
    if forward:
        return start, end, ""
    return (
        end,
        start,
        f"{wanted}; the arrow from {start} to {end} was drawn the other way and is turned round",
    )


def _refuse_loose_ends(marked: Marked, edges: _Edges, at: At) -> None:
    cues = {id(cue) for (_, role), ends in edges.items() if role == "cue" for cue in ends}
    for region in marked.regions.values():
        if region.kind == "cue" and id(region) not in cues:
            at.fail(
                f"{region} is the cue of no claim; draw «cue» to it from the claim's content, or delete it"
            )
        if region.kind == "fragment" and (region.id, "part-of") not in edges:
            at.fail(
                f"{region} is part of no claim; draw «part-of» from it to the claim's content, or delete it"
            )


# --- Records ------------------------------------------------------------------------------------------


class _Builder:
    """Makes the records of one annotation, and remembers which attributes it had to fill in."""

    def __init__(self, text: str, stored: Stored, ids: dict[str, str], edges: _Edges, at: At) -> None:
        self._text = text
        self._stored = stored
        self._ids = ids
        self._edges = edges
        self._at = at
        self._filled: dict[str, list[str]] = {}

    def notes(self) -> list[str]:
        return [f"{', '.join(names)}: {what}" for what, names in self._filled.items()]

    def build(self, region: Region) -> dict[str, Any]:
        name = self._ids[region.id]
        record: dict[str, Any] = {"type": region.kind, "id": name}
        stored = self._stored.get(name)
        if region.kind == "claim":
            record |= self._claim(region)
            self._join(record, "cue", self._cue(region), stored)
            self._join(record, "about", self._named(region, "about"), stored)
            self._join(record, "within", self._one(region, "within"), stored)
        else:
            record |= {"label": region.label} | self._place(region.start, region.end)
        if region.kind == "stance":
            record["holders"] = self._sources(region, "holder", (stored or {}).get("holders"))
            record["target"] = self._one(region, "target")
            if record["target"] is None:
                self._at.fail(
                    f"{region} has no target; draw «target» from it to an entity or a claim's content"
                )
        if region.kind == "entity":
            members = self._named(region, "member")
            if members or "members" in (stored or {}):
                record["members"] = _in_order(members, (stored or {}).get("members"))
        if region.kind == "claim":
            record["claimers"] = self._sources(region, "claimer", (stored or {}).get("claimers"))
        self._attributes(region, record, stored)
        return record | self._beside(region, record, stored)

    def _place(self, start: int, end: int) -> dict[str, Any]:
        return {"start": start, "end": end, "text": self._text[start:end]}

    def _claim(self, region: Region) -> dict[str, Any]:
        parts = [region, *self._edges.get((region.id, "parts"), [])]
        fragments = sorted([part.start, part.end] for part in parts)
        place = self._place(fragments[0][0], max(end for _, end in fragments))
        return place | ({"fragments": fragments} if len(fragments) > 1 else {})

    def _cue(self, region: Region) -> dict[str, Any] | None:
        cues = self._edges.get((region.id, "cue"), [])
        if len(cues) > 1:
            self._at.fail(f"{region} has {len(cues)} cues; a claim has one")
        return self._place(cues[0].start, cues[0].end) if cues else None

    def _named(self, region: Region, role: str) -> list[str]:
        return [self._ids[end.id] for end in self._edges.get((region.id, role), [])]

    def _one(self, region: Region, role: str) -> str | None:
        names = self._named(region, role)
        if len(names) > 1:
            self._at.fail(f"{region} has {len(names)} × «{role}» ({', '.join(names)}); it takes one")
        return names[0] if names else None

    def _sources(self, region: Region, role: str, stored: Any) -> list[str]:
        """Claimers or holders: entities, or what is chosen instead."""
        names = self._named(region, role)
        control = NOBODY[region.kind]
        nobody = region.chosen.get(control)
        if names and nobody:
            self._at.fail(
                f"{region} has the {role} {', '.join(names)} and {control}={nobody}; keep one of the two"
            )
        if not names and not nobody:
            self._at.fail(f"{region} has no {role}; draw «{role}» from it to an entity, or choose {control}")
        return _in_order(names, stored) if names else [str(nobody)]

    def _join(self, record: dict[str, Any], key: str, shown: Any, stored: Mapping[str, Any] | None) -> None:
        """Puts what the regions show under `key`; where they show nothing, absent stays absent."""
        if shown:
            record[key] = _in_order(shown, (stored or {}).get(key)) if isinstance(shown, list) else shown
        elif stored is None or key in stored:
            record[key] = shown

    def _attributes(self, region: Region, record: dict[str, Any], stored: Mapping[str, Any] | None) -> None:
        usual = inline.defaults(region.kind, record.get("claimers"))
        for key in ATTRIBUTES[region.kind]:
            chosen: Any = region.chosen.get(key)
            if chosen is not None:
                record[key] = CHECKWORTHY[chosen] if key == "checkworthy" else chosen
            elif stored is None:
                record[key] = usual[key]
                self._filled.setdefault(f"no {key} chosen, «{str(usual[key]).lower()}» taken", []).append(
                    record["id"]
                )
            elif key in stored:
                record[key] = None if key == "checkworthy" else UNSPECIFIED

    def _beside(
        self, region: Region, record: dict[str, Any], stored: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """What no region can show: put back by id, or for a new entity said to be unknown."""
        if stored is None:
            beside: dict[str, Any] = {"referent": None, "wikidata": None} if region.kind == "entity" else {}
        else:
            beside = {key: stored[key] for key in _HIDDEN.get(region.kind, _HIDDEN_ELSE) if key in stored}
        if region.note and isinstance(beside.get("note", ""), str):
            beside["note"] = "\n".join(filter(None, [beside.get("note"), region.note]))
        return beside


def _in_order(names: list[str], stored: Any) -> list[str]:
    """`names` as they were stored, if they are the same."""
    same = (
        isinstance(stored, list)
        and all(isinstance(name, str) for name in stored)
        and set(stored) == set(names)
    )
    return list(stored) if same else names
