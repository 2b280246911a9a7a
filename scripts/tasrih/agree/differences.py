"""What two layers of an article do not agree in: pairs that differ, and annotations that only one layer has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tasrih.agree.compare import Comparison, source_kind
from tasrih.match.spans import Pair
from tasrih.model import Annotation, text_order

_VALUES = {
    "entity": ("label", "form"),
    "claim": ("via", "mode", "polarity", "certainty", "checkworthy"),
    "stance": ("label", "basis"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One annotation of either layer, or a pair; `differs` names what the two have not in common.

    An annotation that only one layer has differs in nothing: the other is None.
    """

    one: Annotation | None
    other: Annotation | None
    differs: tuple[str, ...] = ()

    @property
    def agreed(self) -> bool:
        """Whether both layers have it and say the same of it."""
        return self.one is not None and self.other is not None and not self.differs

    @property
    def first(self) -> Annotation:
        """The first layer's annotation, or where there is none the second's."""
        return cast(Annotation, self.one or self.other)


def cases(comparison: Comparison) -> list[Case]:
    """Every annotation of both layers, each exactly once, in text order."""
    links = referent_links(comparison)
    found: list[Case] = []
    for pairs, ones, others in (
        (comparison.entities, comparison.one.entities, comparison.other.entities),
        (comparison.claims, comparison.one.claims, comparison.other.claims),
        (comparison.stances, comparison.one.stances, comparison.other.stances),
    ):
        typed = cast(Sequence[Pair[Any]], pairs)
        found += [Case(p.one, p.other, differences(comparison, p.one, p.other, links)) for p in typed]
        paired_ones = {pair.one["id"] for pair in typed}
        paired_others = {pair.other["id"] for pair in typed}
        found += [Case(line, None) for line in ones if line["id"] not in paired_ones]
        found += [Case(None, line) for line in others if line["id"] not in paired_others]
    return sorted(found, key=lambda case: text_order(case.first))


def differences(
    comparison: Comparison, one: Annotation, other: Annotation, links: dict[str, str]
) -> tuple[str, ...]:
    """What a pair differs in, by name. Ids and slugs are an annotator's own and never differ by themselves."""
    return tuple(_differences(comparison, cast(Any, one), cast(Any, other), links))


def _differences(comparison: Comparison, one: Any, other: Any, links: dict[str, str]) -> Iterator[str]:
    if not comparison.same_span(one, other):
        yield "span"
    yield from (key for key in _VALUES[one["type"]] if one.get(key) != other.get(key))
    if one["type"] == "entity":
        if _other_group(one.get("referent"), other.get("referent"), links):
            yield "referent"
    elif one["type"] == "claim":
        if _cue(one) != _cue(other):
            yield "cue"
        yield from (key for key in ("claimers", "about") if not _same_things(comparison, one, other, key))
        if not comparison.same_within(one, other) and source_kind(one) == source_kind(other):
            yield "within"
    else:
        if not _same_things(comparison, one, other, "holders"):
            yield "holders"
        if not comparison.same_thing(one["target"], other["target"]):
            yield "target"


def _cue(claim: Any) -> tuple[int, int] | None:
    cue = claim.get("cue")
    return (cue["start"], cue["end"]) if cue else None


def _same_things(comparison: Comparison, one: Any, other: Any, role: str) -> bool:
    return comparison.same_things(one.get(role, []), other.get(role, []))


def referent_links(comparison: Comparison) -> dict[str, str]:
    """By referent of the second layer the first layer's that it most often stands beside, each taken once."""
    beside = Counter(
        (pair.one["referent"], pair.other["referent"])
        for pair in comparison.entities
        if pair.one.get("referent") and pair.other.get("referent")
    )
    links: dict[str, str] = {}
    for (mine, theirs), _ in sorted(beside.items(), key=lambda item: (-item[1], str(item[0]))):
        if theirs not in links and mine not in links.values():
            links[cast(str, theirs)] = cast(str, mine)
    return links


def _other_group(mine: str | None, theirs: str | None, links: dict[str, str]) -> bool:
    """Whether two mentions stand in groups that are not each other's. A group that one layer alone writes is none."""
    if theirs is None:
        return mine in links.values()
    if mine is None:
        return theirs in links
    return links.get(theirs, mine) != mine or (theirs not in links and mine in links.values())
