"""How many edits turn a system's suggestions into gold, against writing gold from nothing.

An edit is one act of an annotator in an editor: marking a span with its label, moving the span, deleting an
annotation, choosing another value, drawing or deleting one link. What stands by itself costs nothing: the values that
the inline format takes for granted (an indirect claim, affirmed and certain …), and what is computed (`within`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tasrih.agree.compare import Comparison
from tasrih.agree.scores import against_gold
from tasrih.formats.inline import defaults
from tasrih.match.spans import Pair
from tasrih.model import Annotation, Document

KINDS = ("entity", "claim", "stance")
# Links are counted one by one; `cue` and the span are marked in the text.
_LINKS = {"entity": (), "claim": ("claimers", "about"), "stance": ("holders", "target")}
_VALUES = {
    "entity": ("form",),
    "claim": ("via", "mode", "polarity", "certainty", "checkworthy"),
    "stance": ("basis",),
}
DELETING = 1


@dataclass(frozen=True, slots=True)
class Effort:
    """Edits to gold of one kind of annotation in one article: from nothing, and from the suggestions."""

    article: str
    kind: str
    nothing: int
    suggested: int


def efforts(gold: Iterable[Document], predicted: Mapping[str, Sequence[Annotation]]) -> list[Effort]:
    """The effort of every article of `gold` and kind; an article that nothing is predicted of is written from nothing."""
    found: list[Effort] = []
    for document in gold:
        name = document["article"]["id"]
        comparison = against_gold(document, predicted.get(name, ()))
        for kind in KINDS:
            written = sum(creation(line) for line in comparison.one.annotations if line["type"] == kind)
            found.append(Effort(name, kind, written, _edits(comparison, kind)))
    return found


def creation(line: Annotation) -> int:
    """How many edits it takes to write an annotation: its span with its label, its cue, links, values of its own."""
    record, usual = cast(dict[str, Any], line), defaults(line["type"], line.get("claimers"))  # type: ignore[arg-type]
    values = sum(record.get(key, usual[key]) != usual[key] for key in _VALUES[line["type"]])
    links = sum(len(_linked(record, role)) for role in _LINKS[line["type"]])
    fragments = max(len(record.get("fragments", [])) - 1, 0)
    return int(1 + bool(record.get("cue")) + fragments + values + links)


def _edits(comparison: Comparison, kind: str) -> int:
    pairs: Sequence[Pair[Any]] = {
        "entity": comparison.entities,
        "claim": comparison.claims,
        "stance": comparison.stances,
    }[kind]  # type: ignore[assignment]
    paired = {pair.one["id"] for pair in pairs}, {pair.other["id"] for pair in pairs}
    missing = (line for line in comparison.one.annotations if line["type"] == kind)
    surplus = (line for line in comparison.other.annotations if line["type"] == kind)
    return (
        sum(creation(line) for line in missing if line["id"] not in paired[0])
        + sum(DELETING for line in surplus if line["id"] not in paired[1])
        + sum(_mending(comparison, kind, pair) for pair in pairs)
    )


def _mending(comparison: Comparison, kind: str, pair: Pair[Any]) -> int:
    """Edits that make a suggestion what gold has in its place."""
    one, other = pair.one, pair.other
    mended: int = int(not comparison.same_span(one, other))
    mended += int(one.get("label") != other.get("label"))
    mended += int(_bounds(one.get("cue")) != _bounds(other.get("cue")))
    usual = defaults(kind, one.get("claimers"))
    mended += sum(one.get(key, usual[key]) != other.get(key, usual[key]) for key in _VALUES[kind])
    for role in _LINKS[kind]:
        mended += _relinked(comparison, _linked(one, role), _linked(other, role))
    return mended


def _relinked(comparison: Comparison, wanted: Sequence[str], given: Sequence[str]) -> int:
    """Links to draw and to delete."""
    kept = sum(any(comparison.same_mention(one, other) for other in given) for one in wanted)
    return len(wanted) + len(given) - 2 * min(kept, len(given))


def _linked(record: Mapping[str, Any], role: str) -> list[str]:
    found = record.get(role) or []
    return [found] if isinstance(found, str) else list(found)


def _bounds(cue: Mapping[str, Any] | None) -> tuple[int, int] | None:
    return (cue["start"], cue["end"]) if cue else None
