"""What one annotation of Label Studio holds: regions, choices and relations, each with its shape checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tasrih.formats.label_studio.config import (
    ATTRIBUTES,
    CONTENT,
    CUE,
    FRAGMENT,
    NOBODY,
    ROLES,
    choices,
    label_sets,
)
from tasrih.formats.label_studio.offsets import Misfit, Span, place
from tasrih.model import AUTHOR, UNNAMED, Labels
from tasrih.store import Misuse

_DIRECTIONS = ("right", "left", "bi")
_CLAIM_KINDS = {CONTENT: "claim", CUE: "cue", FRAGMENT: "fragment"}
_KIND_OF_CONTROL = {name: kind for kind, names in ATTRIBUTES.items() for name in names} | {
    control: kind for kind, control in NOBODY.items()
}


@dataclass(frozen=True, slots=True)
class At:
    """Where in which file reading is, for messages."""

    file: str
    where: str

    def fail(self, message: str) -> NoReturn:
        raise Misuse(f"{self.file}: {self.where}: {message}")

    def inside(self, part: str) -> At:
        return At(self.file, f"{self.where}, {part}")

    def record(self, value: Any, name: str) -> dict[str, Any]:
        """`value` if it is an object; its keys are strings, for it comes from JSON."""
        if not isinstance(value, dict):
            self.fail(f"{name} is {_shape(value)}, not an object; export again as «JSON»")
        return value

    def items(self, value: Any, name: str) -> list[Any]:
        if not isinstance(value, list):
            self.fail(f"{name} is {_shape(value)}, not a list; export again as «JSON»")
        return value

    def string(self, value: Any, name: str) -> str:
        if not isinstance(value, str):
            self.fail(f"{name} is {_shape(value)}, not a string; export again as «JSON»")
        return value


def _shape(value: Any) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "a string",
        bool: "true or false",
        type(None): "null or missing",
    }
    return names.get(type(value), "a number")


@dataclass(slots=True)
class Region:
    """A labelled span. `kind` is entity, claim (its content), cue, fragment or stance; offsets are code points."""

    id: str
    kind: str
    label: str
    span: Span
    start: int = 0
    end: int = 0
    note: str = ""
    chosen: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.span.name


@dataclass(frozen=True, slots=True)
class Relation:
    """A labelled arrow between two regions, as it was drawn."""

    start: str
    end: str
    direction: str
    roles: tuple[str, ...]


@dataclass(slots=True)
class Marked:
    """One annotation: its regions by id, its relations, notes, and a count of what has no place in Tasrih."""

    regions: dict[str, Region]
    relations: list[Relation]
    notes: list[str]
    left_out: Counter[str]


def read_result(result: list[Any], text: str, labels: Labels, *, foreign: bool, at: At) -> Marked:
    """The regions, choices and relations of `result` over the task's text `text`, as it stands in the export.

    What has no place in Tasrih is counted where the task is foreign, and refused in a task of our own.
    Raises Misuse for a wrong shape, an unknown label, and offsets that no unit explains.
    """
    items = [at.record(item, f"result[{index}]") for index, item in enumerate(result)]
    reader = _Reader(label_sets(labels), foreign, at)
    reader.read_regions(items)
    for item in items:
        reader.read_other(item)
    _place(reader.marked, text, at)
    return reader.marked


def _identifier(value: Any, name: str, at: At) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        at.fail(f"{name} is {_shape(value)}, not an id")
    return str(value)


class _Reader:
    """Takes the items of one result into `marked`."""

    def __init__(self, allowed: dict[str, tuple[str, ...]], foreign: bool, at: At) -> None:
        self.marked = Marked({}, [], [], Counter())
        self._allowed = allowed
        self._foreign = foreign
        self._at = at

    def read_regions(self, items: list[dict[str, Any]]) -> None:
        """All labelled spans; unknown labels are named together."""
        unknown: dict[str, set[str]] = {}
        for index, item in enumerate(items):
            if item.get("type") == "labels":
                group, label = self._region(item, index)
                if label not in self._allowed[group]:
                    unknown.setdefault(group, set()).add(label)
        for group, names in unknown.items():
            said = ", ".join(f"«{name[:40]}»" for name in sorted(names))
            mend = f"append them to [labels] {group} in corpus.toml, or rename them in the export"
            self._at.fail(f"unknown labels {said}; {'relabel those regions' if group == 'claim' else mend}")

    def read_other(self, item: dict[str, Any]) -> None:
        """A choice or a relation; what is neither, nor a region, has no place."""
        if item.get("type") == "choices":
            self._choice(item)
        elif item.get("type") == "relation":
            self._relation(item)
        elif item.get("type") != "labels":
            self._leave_out(item)

    def _leave_out(self, item: dict[str, Any]) -> None:
        control = str(item.get("type"))[:40] + (
            f" «{str(item['from_name'])[:40]}»" if item.get("from_name") else ""
        )
        if not self._foreign:
            self._at.fail(f"{control} is no control of Tasrih's configuration; use the one that Tasrih wrote")
        self.marked.left_out[control] += 1

    def _region(self, item: dict[str, Any], index: int) -> tuple[str, str]:
        identifier = _identifier(item.get("id", f"[{index}]"), f"result[{index}].id", self._at)
        here = self._at.inside(f"region {identifier[:40]}")
        value = here.record(item.get("value"), "value")
        group = item.get("from_name")
        if not isinstance(group, str) or group not in self._allowed:
            if not self._foreign:
                here.fail(f"the control «{str(group)[:40]}» is none of {', '.join(self._allowed)}")
            group = "entity"
        names = here.items(value.get("labels"), "value.labels")
        if len(names) != 1:
            here.fail(f"it has {len(names)} labels; give it one, and make a second region for a second label")
        label = here.string(names[0], "value.labels[0]")
        if identifier in self.marked.regions:
            here.fail(
                f"it is labelled «{self.marked.regions[identifier].label}» and «{label}»; make it two regions"
            )
        kind = _CLAIM_KINDS.get(label, group) if group == "claim" else group
        region = Region(identifier, kind, label, _span(identifier, value, here), note=_meta_note(item, here))
        self.marked.regions[identifier] = region
        return group, label

    def _choice(self, item: dict[str, Any]) -> None:
        control = item.get("from_name")
        if not isinstance(control, str) or control not in _KIND_OF_CONTROL:
            self._leave_out(item)
            return
        kind = _KIND_OF_CONTROL[control]
        here = self._at.inside(f"choice {control}")
        region = self.marked.regions.get(_identifier(item.get("id", ""), "id", here))
        if region is None:
            here.fail("it belongs to no region; choose it with a region selected")
        values = here.items(here.record(item.get("value"), "value").get("choices"), "value.choices")
        if len(values) != 1:
            here.fail(f"{region} has {len(values)} values; choose one")
        allowed = (AUTHOR, UNNAMED) if control in NOBODY.values() else choices(kind, control)
        if values[0] not in allowed:
            here.fail(f"{region}: «{str(values[0])[:40]}» is none of {', '.join(allowed)}")
        if region.kind != kind:
            self.marked.notes.append(
                f"{region}: {control}={values[0]} says nothing of a {region.kind} and is left out"
            )
        elif region.chosen.setdefault(control, values[0]) != values[0]:
            here.fail(f"{region} has two values, «{region.chosen[control]}» and «{values[0]}»; choose one")

    def _relation(self, item: dict[str, Any]) -> None:
        start = _identifier(item.get("from_id"), "a relation's from_id", self._at)
        end = _identifier(item.get("to_id"), "a relation's to_id", self._at)
        regions = self.marked.regions
        here = self._at.inside(
            f"relation from {regions.get(start, start[:40])} to {regions.get(end, end[:40])}"
        )
        direction = item.get("direction", "right")
        if direction not in _DIRECTIONS:
            here.fail(f"its direction is none of {', '.join(_DIRECTIONS)}")
        roles = here.items(item.get("labels") or [], "labels")
        known = [role for role in roles if isinstance(role, str) and role in ROLES]
        if not roles or len(known) < len(roles):
            said = ", ".join(f"«{str(role)[:40]}»" for role in roles) or "no label"
            if not self._foreign:
                here.fail(f"it has {said}; give it one of {', '.join(ROLES)}, or delete it")
            self.marked.left_out[f"relation with {said}"[:80]] += 1
        elif start not in regions or end not in regions:
            gone = (
                f"a relation {', '.join(known)} from {start[:40]} to {end[:40]} is left out: a region is gone"
            )
            self.marked.notes.append(gone)
        else:
            self.marked.relations.append(Relation(start, end, direction, tuple(known)))


def _span(identifier: str, value: dict[str, Any], at: At) -> Span:
    quote = value.get("text")
    if quote is not None:
        at.string(quote, "value.text")
    name = f"region {identifier[:40]}" + (f" «{quote[:30]}»" if quote else "")
    return Span(name, _offset(value, "start", at), _offset(value, "end", at), quote)


def _offset(value: dict[str, Any], key: str, at: At) -> int:
    offset = value.get(key)
    if not isinstance(offset, int) or isinstance(offset, bool):
        at.fail(
            f"its {key} is {_shape(offset)}, not a whole number: it is no region of a <Text>; "
            "Tasrih reads neither HyperText nor Paragraphs"
        )
    return offset


def _meta_note(item: dict[str, Any], at: At) -> str:
    """What an annotator wrote under «Meta» of a region."""
    meta = item.get("meta")
    if not meta:
        return ""
    lines = at.record(meta, "meta").get("text") or []
    if isinstance(lines, str):
        return lines.strip()
    return "\n".join(at.string(line, "meta.text") for line in at.items(lines, "meta.text")).strip()


def _place(marked: Marked, text: str, at: At) -> None:
    regions = list(marked.regions.values())
    try:
        fits, notes = place(text, [region.span for region in regions])
    except Misfit as error:
        at.fail(f"{error}; mend the region, or push the article again")
    for region, fit in zip(regions, fits, strict=True):
        region.start, region.end = fit.start, fit.end
    marked.notes += notes
