"""The split of every article of a build: frozen ones where they are, the rest by the hash of their group.

A group is one event, or several that near-duplicates join. Works on arrays over all articles, for there may be
millions; names are looked at only where events are joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from tasrih.release.pieces import Pieces, matrix, section
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


def _by_smallest_name(
    splits: npt.NDArray[np.int8], groups: Numbers, first: Numbers, pieces: Pieces, shares: SplitShares
) -> None:
    """Puts every group of several events where the hash of the smallest of their names says.

    `first` is an article of each event. A piece is read once for all that is asked of it.
    """
    _, group_of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    members = np.flatnonzero(sizes[group_of] > 1)
    smallest: dict[int, str] = {}
    for member, name in zip(members.tolist(), _events(pieces, first[members]), strict=True):
        group = int(groups[member])
        smallest[group] = min(name, smallest.get(group, name))
    splits[members] = [SPLITS.index(split_of(smallest[int(groups[member])], shares)) for member in members]


def _events(pieces: Pieces, articles: Numbers) -> list[str]:
    """The names of the events of some articles."""
    order = np.argsort(articles)
    names = np.empty(len(articles), object)
    names[order] = [name for _, name in _column(pieces, "names", "event", articles[order])]
    return cast(list[str], names.tolist())


def _column(pieces: Pieces, table: str, column: str, articles: Numbers) -> Iterator[tuple[int, str]]:
    """Number and value of a column of texts of some articles, whose numbers rise."""
    starts = pieces.starts()
    owners = np.searchsorted(starts, articles, "right") - 1
    for owner in np.unique(owners):
        values = cast(pa.Table, section(pieces.path(pieces.pieces[owner]), table)).column(column)
        for number in articles[owners == owner]:
            yield int(number), str(values[int(number - starts[owner])].as_py() or "")


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
    ids = pieces.joined("ids")
    found = [(at, by_event[int(events[at])]) for at in _those_of(events, by_event)]
    found += [(event_of[article], by_id[int(ids[article])]) for article in _those_of(ids, by_id)]
    told: dict[int, SplitAssignment] = {}
    refused: set[int] = set()
    rule = RULES["P109"]
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
    decided = np.full(len(splits), -1, np.int8)
    decided[list(told)] = [SPLITS.index(record["split"]) for record in told.values()]
    splits[:] = np.where(decided[groups] >= 0, decided[groups], splits)


def _those_of(hashes: npt.NDArray[np.uint64], names: Mapping[int, object]) -> Numbers:
    """Where `hashes` has one of `names`."""
    return np.flatnonzero(np.isin(hashes, np.fromiter(names, np.uint64, len(names))))


# --- Near-duplicates ----------------------------------------------------------------------------------


def _near_duplicates(pieces: Pieces) -> Iterator[tuple[int, int]]:
    """Pairs of the numbers of articles that are near-duplicates."""

    def texts_of(numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
        return _column(pieces, "texts", "text", np.asarray(numbers, np.int64))

    with TemporaryDirectory(dir=pieces.folder, prefix=".sketches-") as folder:
        files = SketchFiles(Path(folder))
        for piece in pieces.pieces:
            index = cast(pa.Table, section(pieces.path(piece), "index"))
            exact, sizes = (index.column(name).to_numpy() for name in ("exact", "sizes"))
            files.add(Sketches(exact, matrix(index, "bands", BANDS), sizes))
        for one, other, _ in near_duplicates_in(files, texts_of):
            yield one, other
