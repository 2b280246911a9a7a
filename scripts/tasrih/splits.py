"""Events → frozen splits. An assignment, once written to splits.jsonl, never changes.

An event goes where the hash of its name says; near-duplicates count as one event; and once there are ten
events, test and validation have at least one each. Where it is known what the articles hold (topics, labels),
new events are taken in the order of their hashes, and each goes where it brings the splits nearest to their
shares of every kind (a greedy form of the stratification of Sechidis, Tsoumakas and Vlahavas, 2011).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping

from tasrih.model import SPLITS, SplitAssignment, SplitShares

ENOUGH_EVENTS = 10


class Groups:
    """Events that must share a split, joined as near-duplicates turn up."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, event: str) -> str:
        """The name of the group of `event`: the smallest of its events."""
        parent = self._parent.setdefault(event, event)
        while parent != self._parent[parent]:
            parent = self._parent[parent]
        return parent

    def join(self, one: str, other: str) -> None:
        """Makes the groups of two events one."""
        first, second = sorted((self.find(one), self.find(other)))
        self._parent[second] = first


def groups_of(events: Mapping[str, str], near: Iterable[tuple[str, str]]) -> Groups:
    """Groups of the events of `events` (article → event), joined where two articles are near-duplicates."""
    groups = Groups()
    for one, other in near:
        groups.join(events[one], events[other])
    return groups


def _hash(salt: str, group: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{salt}\n{group}".encode()).digest()[:8])


def split_of(group: str, shares: SplitShares) -> str:
    """The split that the hash of `group` falls into."""
    point = _hash(shares.get("salt", ""), group) % 100
    if point < shares["test"]:
        return "test"
    return "validation" if point < shares["test"] + shares["validation"] else "train"


def assign(
    events: Mapping[str, str],
    frozen: Iterable[SplitAssignment],
    groups: Groups,
    shares: SplitShares,
    contents: Mapping[str, Mapping[str, float]] | None = None,
) -> list[SplitAssignment]:
    """Assignments of every article of `events` (article → event); the frozen ones come back unchanged.

    `contents` are how much of each kind an article holds, by article; without it the hash alone decides.

    A group with a frozen member goes where that member is. Frozen assignments of articles that are gone
    stay, so that an article that comes back finds its old place.
    """
    kept = {record["article"]: record for record in frozen}
    decided = {groups.find(record["event"]): record["split"] for record in kept.values()}
    open_groups = sorted(
        {groups.find(event) for name, event in events.items() if name not in kept} - set(decided)
    )
    if contents is None:
        placed = {group: split_of(group, shares) for group in open_groups}
    else:
        placed = _in_proportion(open_groups, decided, _group_contents(events, groups, contents), shares)
    _fill_empty(decided, placed, shares)
    decided |= placed
    fresh = [
        SplitAssignment(article=name, event=event, split=decided[groups.find(event)])
        for name, event in events.items()
        if name not in kept
    ]
    return sorted([*kept.values(), *fresh], key=lambda record: record["article"])


def _group_contents(
    events: Mapping[str, str], groups: Groups, contents: Mapping[str, Mapping[str, float]]
) -> dict[str, Counter[str]]:
    """How much of each kind a group holds."""
    found: dict[str, Counter[str]] = {}
    for name, event in events.items():
        found.setdefault(groups.find(event), Counter()).update(contents.get(name, {}))
    return found


def _in_proportion(
    open_groups: Iterable[str],
    decided: Mapping[str, str],
    contents: Mapping[str, Counter[str]],
    shares: SplitShares,
) -> dict[str, str]:
    """A split for each group: the one whose shares of the kinds are then missed by least."""
    whole: Counter[str] = sum(contents.values(), Counter())
    wanted = {split: shares[split] / sum(shares[name] for name in SPLITS) for split in SPLITS}  # type: ignore[literal-required]
    held: dict[str, Counter[str]] = {split: Counter() for split in SPLITS}
    for group, split in decided.items():
        held[split].update(contents.get(group, Counter()))

    def gain(group: str, split: str) -> float:
        """By how much less the split's share of the kinds is missed with the group than without it."""
        missing = 0.0
        for kind, amount in contents[group].items():
            before = held[split][kind] / whole[kind] - wanted[split]
            missing += before**2 - (before + amount / whole[kind]) ** 2
        return missing

    placed: dict[str, str] = {}
    for group in sorted(open_groups, key=lambda name: _hash(shares.get("salt", ""), name)):
        by_hash = split_of(group, shares)
        placed[group] = max(SPLITS, key=lambda split: (gain(group, split), split == by_hash))
        held[placed[group]].update(contents[group])
    return placed


def _fill_empty(decided: Mapping[str, str], placed: dict[str, str], shares: SplitShares) -> None:
    if len(decided) + len(placed) < ENOUGH_EVENTS:
        return
    by_hash = sorted(placed, key=lambda group: _hash(shares.get("salt", ""), group))
    for split in reversed(SPLITS[1:]):
        taken = {*decided.values(), *placed.values()}
        movable = [group for group in by_hash if placed[group] == "train"]
        if shares[split] and split not in taken and movable:  # type: ignore[literal-required]
            placed[movable[0]] = split
