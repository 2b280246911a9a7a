"""The split of every article of a build: frozen ones where they are, the rest by the hash of their group.

A group is one event, or several that near-duplicates join. Works on arrays over all articles, for there may be
millions; names are looked at only where events are joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tasrih.check.in_shards import Standing, name_hash
from tasrih.check.rule import RULES
from tasrih.match.at_scale import SketchFiles, near_duplicates_in
from tasrih.match.at_scale import groups as grouped
from tasrih.match.sketches import BANDS, Sketches
from tasrih.model import SPLITS, Finding, SplitAssignment, SplitShares
from tasrih.release.pieces import Piece, Pieces, matrix, section
from tasrih.splits import split_of

Numbers = npt.NDArray[np.int64]


@dataclass(slots=True)
class Assignment:
    """Number of the split of every article, the pairs of near-duplicates among them, and what forbids a release."""

    splits: npt.NDArray[np.int8]
    near: int
    findings: list[Finding]


def by_place(pieces: Pieces, frozen: Iterable[SplitAssignment]) -> Assignment:
    """Splits of articles that are all frozen, as the check of a corpus folder has found."""
    numbers = {name_hash(record["article"]): SPLITS.index(record["split"]) for record in frozen}
    splits = [numbers[int(name)] for piece in pieces.pieces for name in piece.ids]
    return Assignment(np.array(splits, np.int8), 0, [])


def assigned(pieces: Pieces, frozen: Iterable[SplitAssignment], shares: SplitShares) -> Assignment:
    """Splits of the articles of shards. Near-duplicates and articles of one event come into one split.

    An article id that stands twice is an error (P108), and so is a group with frozen members in two splits (P109).
    """
    twice = list(_standing_twice(pieces))
    if twice or not pieces.pieces:
        return Assignment(np.zeros(0, np.int8), 0, twice)
    events, first, event_of = np.unique(pieces.joined("events"), return_index=True, return_inverse=True)
    pairs = np.array(list(_near_duplicates(pieces)), np.int64).reshape(-1, 2)
    groups = grouped(len(events), event_of[pairs].tolist())
    splits = pieces.joined("splits")[first]
    _by_smallest_name(splits, groups, first, pieces, shares)
    findings = list(_as_frozen(splits, groups, events, pieces, event_of, list(frozen)))
    return Assignment(splits[event_of], len(pairs), findings)


def _standing_twice(pieces: Pieces) -> Iterator[Finding]:
    standing = Standing()
    for piece in pieces.pieces:
        standing.add(piece.part.source, piece.ids, piece.lines)
    return standing.twice()


def _place(pieces: Pieces, article: int) -> tuple[Piece, int]:
    starts = pieces.starts()
    owner = int(np.searchsorted(starts, article, "right")) - 1
    return pieces.pieces[owner], article - int(starts[owner])


def _event(pieces: Pieces, article: int) -> str:
    piece, at = _place(pieces, article)
    return cast(str, cast(pa.Table, section(pieces.path(piece), "names")).column("event")[at].as_py())


def _by_smallest_name(
    splits: npt.NDArray[np.int8], groups: Numbers, first: Numbers, pieces: Pieces, shares: SplitShares
) -> None:
    """Puts every group of several events where the hash of the smallest of their names says."""
    labels, sizes = np.unique(groups, return_counts=True)
    for label in labels[sizes > 1]:
        members = np.flatnonzero(groups == label)
        names = [_event(pieces, int(first[member])) for member in members]
        splits[members] = SPLITS.index(split_of(min(names), shares))


def _as_frozen(
    splits: npt.NDArray[np.int8],
    groups: Numbers,
    events: npt.NDArray[np.uint64],
    pieces: Pieces,
    event_of: Numbers,
    frozen: Sequence[SplitAssignment],
) -> Iterator[Finding]:
    """Puts groups with frozen members where these are; a finding for a group that is frozen in two splits."""
    by_event = {name_hash(record["event"]): record for record in frozen}
    by_id = {name_hash(record["article"]): record for record in frozen}
    told: dict[int, SplitAssignment] = {}
    refused: set[int] = set()
    rule = RULES["P109"]
    found = [(at, by_event[int(event)]) for at, event in enumerate(events) if int(event) in by_event]
    if by_id:
        ids = pieces.joined("ids")
        there = np.flatnonzero(np.isin(ids, np.array(list(by_id), np.uint64)))
        found += [(int(event_of[article]), by_id[int(ids[article])]) for article in there]
    for at, record in found:
        group = int(groups[at])
        other = told.setdefault(group, record)
        if other["split"] != record["split"] and group not in refused:
            refused.add(group)
            message = (
                f"«{record['article']}» ({record['split']}) and «{other['article']}» ({other['split']}) are of one event, "
                "or articles of their events are near-duplicates"
            )
            yield Finding("P109", rule.severity, "splits.jsonl", 1, "", message, rule.mend)
    for group, record in told.items():
        splits[groups == group] = SPLITS.index(record["split"])


# --- Near-duplicates ----------------------------------------------------------------------------------


def _near_duplicates(pieces: Pieces) -> Iterator[tuple[int, int]]:
    """Pairs of the numbers of articles that are near-duplicates."""
    with TemporaryDirectory(dir=pieces.folder, prefix=".sketches-") as folder:
        files = SketchFiles(Path(folder))
        for piece in pieces.pieces:
            index = cast(pa.Table, section(pieces.path(piece), "index"))
            exact, sizes = (index.column(name).to_numpy() for name in ("exact", "sizes"))
            files.add(Sketches(exact, matrix(index, "bands", BANDS), sizes))
        for one, other, _ in near_duplicates_in(files, partial(_texts, pieces)):
            yield one, other


def _texts(pieces: Pieces, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The texts of some articles, whose numbers rise."""
    starts = pieces.starts()
    wanted = np.asarray(numbers, np.int64)
    owners = np.searchsorted(starts, wanted, "right") - 1
    for owner in np.unique(owners):
        column = cast(pa.Table, section(pieces.path(pieces.pieces[owner]), "texts")).column("text")
        for number in wanted[owners == owner]:
            yield int(number), str(column[int(number - starts[owner])].as_py() or "")
