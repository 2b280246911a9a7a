"""Two layers of one article side by side: what is paired with what, and whether the links say the same.

Ids and spellings of referents are an annotator's own, so links are compared through the pairs: a claimer is
the same where its mention is paired with the other's claimer, and it is the same thing where any mention of
its referent is paired with a mention of the other's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from tasrih.match.spans import Pair, assignment, pairs, parts
from tasrih.model import AUTHOR, NOBODY, Annotation, Claim, Document, Entity, LayerView, Stance, layer_view

AUTHORS, ATTRIBUTED = "author's", "attributed"
# A stance pair is the same where holder and target are; how near the anchors are decides between several.
_SAME_ROLES = 1.0


def source_kind(claim: Claim) -> str:
    """Whether a claim is the author's or attributed (to somebody, or to nobody named)."""
    return AUTHORS if claim["claimers"] == [AUTHOR] else ATTRIBUTED


@dataclass(frozen=True, slots=True)
class Opinion:
    """A stance of one holder: stances with several holders make several."""

    holder: str
    target: str
    stance: Stance


@dataclass(slots=True)
class Comparison:
    """The pairing of two layers. `partner` leads from ids of the first layer to ids of the second."""

    one: LayerView
    other: LayerView
    entities: list[Pair[Entity]]
    claims: list[Pair[Claim]]
    stances: list[Pair[Stance]]
    partner: dict[str, str] = field(default_factory=dict)
    _mentions: tuple[dict[str, set[str]], dict[str, set[str]]] = ({}, {})

    @property
    def article(self) -> str:
        """The article's id."""
        return self.one.article["id"]

    @property
    def text(self) -> str | None:
        """The article's text."""
        return self.one.text

    def same_span(self, one: Annotation, other: Annotation) -> bool:
        """Whether two annotations cover the same code points, white space at the edges aside."""
        return parts(one, self.text) == parts(other, self.text)

    def same_mention(self, one: str, other: str) -> bool:
        """Whether two links lead to paired annotations, or both to author, or both to unnamed."""
        return one == other if one in NOBODY or other in NOBODY else self.partner.get(one) == other

    def same_thing(self, one: str, other: str) -> bool:
        """Whether two links lead to the same thing: to any paired mentions of their referents."""
        if one in NOBODY or other in NOBODY:
            return one == other
        mine, theirs = self._mentions
        partners = {self.partner.get(mention) for mention in mine.get(one, {one})}
        return not partners.isdisjoint(theirs.get(other, {other}))

    def same_mentions(self, ones: Sequence[str], others: Sequence[str]) -> bool:
        """Whether two lists of links lead to the same mentions, in whatever order."""
        return len(ones) == len(others) and all(
            any(self.same_mention(one, other) for other in others) for one in ones
        )

    def same_things(self, ones: Sequence[str], others: Sequence[str]) -> bool:
        """Whether two lists of links lead to the same things, in whatever order."""
        return all(any(self.same_thing(one, other) for other in others) for one in ones) and all(
            any(self.same_thing(one, other) for one in ones) for other in others
        )

    def shared_things(self, ones: Sequence[str], others: Sequence[str]) -> int:
        """How many links of two lists can be paired one to one."""
        weights = np.array([[float(self.same_thing(one, other)) for other in others] for one in ones])
        return len(assignment(weights.reshape(len(ones), len(others))))

    def same_within(self, one: Claim, other: Claim) -> bool:
        """Whether two claims lie within paired claims, or both within none."""
        mine, theirs = one.get("within"), other.get("within")
        return (mine and self.partner.get(mine)) == theirs if mine and theirs else not mine and not theirs

    def opinions(self) -> tuple[list[tuple[Opinion, Opinion]], int, int]:
        """The pairs of holder and target that both layers have, and how many each has."""
        mine, theirs = _opinions(self.one.stances), _opinions(self.other.stances)
        weights = np.zeros((len(mine), len(theirs)))
        near = {(pair.one["id"], pair.other["id"]): pair.overlap for pair in self.stances}
        for row, one in enumerate(mine):
            for column, other in enumerate(theirs):
                if self.same_thing(one.holder, other.holder) and self.same_thing(one.target, other.target):
                    weights[row, column] = _SAME_ROLES + near.get((one.stance["id"], other.stance["id"]), 0.0)
        found = [(mine[row], theirs[column]) for row, column in assignment(weights)]
        return found, len(mine), len(theirs)


def _opinions(stances: Iterable[Stance]) -> list[Opinion]:
    ordered = sorted(stances, key=lambda stance: (stance["start"], stance["end"], stance["label"]))
    return [Opinion(holder, stance["target"], stance) for stance in ordered for holder in stance["holders"]]


def compare(document: Document, one: str, other: str) -> Comparison:
    """Layers `one` and `other` of `document`, paired."""
    first, second = layer_view(document, one), layer_view(document, other)
    text = document["text"]
    entities = pairs(first.entities, second.entities, text, lambda line: line["label"], _same("form"))
    claims = pairs(first.claims, second.claims, text, source_kind, _same("polarity", "certainty", "mode"))
    comparison = Comparison(first, second, entities, claims, [])
    comparison.partner = {pair.one["id"]: pair.other["id"] for pair in entities}
    comparison.partner |= {pair.one["id"]: pair.other["id"] for pair in claims}
    comparison._mentions = _mentions(first.entities), _mentions(second.entities)

    def likelihood(mine: Stance, theirs: Stance) -> float:
        same_target = comparison.same_thing(mine["target"], theirs["target"])
        same_holders = comparison.same_things(mine["holders"], theirs["holders"])
        return float(same_target + same_holders) / 2

    comparison.stances = pairs(first.stances, second.stances, text, lambda line: line["label"], likelihood)
    comparison.partner |= {pair.one["id"]: pair.other["id"] for pair in comparison.stances}
    return comparison


def _same(*keys: str) -> Any:
    """How many of `keys` two annotations agree in, as a share."""

    def likelihood(one: Annotation, other: Annotation) -> float:
        mine, theirs = cast(dict[str, Any], one), cast(dict[str, Any], other)
        return float(sum(mine.get(key) == theirs.get(key) for key in keys)) / len(keys)

    return likelihood


def _mentions(entities: Iterable[Entity]) -> dict[str, set[str]]:
    """By the id of a mention the ids of all mentions of its referent."""
    groups: dict[str, set[str]] = {}
    for entity in entities:
        groups.setdefault(entity.get("referent") or f" {entity['id']}", set()).add(entity["id"])
    return {mention: group for group in groups.values() for mention in group}
