"""From pieces to the Parquet files of a release.

A split is cut into shards, a shard into row groups, both between articles and by what the articles weigh, so that
neither the parts of the input nor the number of workers shows in the files. A file is made by itself, from the pieces
that its articles stand in, and kept by the hash of what it is made of until the release is whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from tasrih import store
from tasrih.model import SPLITS, Labels
from tasrih.release.content_hash import ContentHash, joined_content
from tasrih.release.pieces import Pieces, piece_path, rows_of
from tasrih.release.tables import CONFIGS, shapes_of
from tasrih.release.write import WRITING

# In code points of text and what annotations take beside them. A row group of `articles` is some ten megabytes
# before compression and one of `entities` some twenty; a shard has at most SHARD // ROW_GROUP row groups.
ROW_GROUP = 6_000_000
SHARD = 32 * ROW_GROUP

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """One file to be: a configuration's rows of some articles of a split.

    `pieces` are the keys of the pieces in order, each with the row group of every article of it, -1 for those that
    are not in this file.
    """

    config: str
    split: str
    number: int
    pieces: tuple[tuple[str, npt.NDArray[np.int32]], ...]

    @property
    def key(self) -> str:
        digest = hashlib.sha256(
            orjson.dumps([self.config, self.split, sorted(WRITING.items()), pa.__version__])
        )
        for key, groups in self.pieces:
            digest.update(key.encode() + groups.tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Shard:
    """A Parquet file that was made: where it stands for now, its rows and the hash of its content."""

    config: str
    split: str
    number: int
    path: Path
    rows: int
    content_sha256: str


def plans(pieces: Pieces, splits: npt.NDArray[np.int8]) -> list[ShardPlan]:
    """The files of a release; `splits` has the number of the split of every article, -1 for one that is left out."""
    starts = pieces.starts()
    weights = pieces.joined("weights") if pieces.pieces else np.zeros(0, np.int64)
    found = []
    for number, split in enumerate(SPLITS):
        members = np.flatnonzero(splits == number)
        shard_of, group_of = cut(weights[members])
        for shard in range(int(shard_of[-1]) + 1 if len(members) else 0):
            inside = shard_of == shard
            chosen = _by_piece(pieces, starts, members[inside], group_of[inside])
            found += [ShardPlan(config, split, shard, chosen) for config in CONFIGS]
    return found


def cut(weights: Numbers) -> tuple[Numbers, Numbers]:
    """For every article of a split the number of its shard, and of its row group within the shard.

    A row group ends with the article that makes it ROW_GROUP heavy.
    """
    before = np.cumsum(weights) - weights
    group = before // ROW_GROUP
    per_shard = SHARD // ROW_GROUP
    return group // per_shard, group % per_shard


def _by_piece(
    pieces: Pieces, starts: Numbers, articles: Numbers, groups: Numbers
) -> tuple[tuple[str, npt.NDArray[np.int32]], ...]:
    owners = np.searchsorted(starts, articles, "right") - 1
    found = []
    for owner in np.unique(owners):
        inside = owners == owner
        of_piece = np.full(pieces.pieces[owner].articles, -1, np.int32)
        of_piece[articles[inside] - starts[owner]] = groups[inside]
        found.append((pieces.pieces[owner].key, of_piece))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ShardJob:
    """Writes the file of a plan into `folder`, from the pieces in `pieces`; None where it has no rows."""

    labels: Labels
    pieces: Path
    folder: Path

    def __call__(self, plan: ShardPlan) -> Shard | None:
        path = self.folder / plan.key[:2] / f"{plan.key}.parquet"
        noted = path.with_suffix(".json")
        if not noted.is_file():
            rows, content = self._write(plan, path)
            store.write_atomic(noted, orjson.dumps([rows, content]))
        rows, content = orjson.loads(noted.read_bytes())
        return Shard(plan.config, plan.split, plan.number, path, rows, content) if rows else None

    def _write(self, plan: ShardPlan, path: Path) -> tuple[int, str]:
        schema = shapes_of(self.labels)[plan.config].arrow
        digest = ContentHash()
        tables = _row_groups(plan, self.pieces)
        table = next(tables, None)
        if table is None:
            return 0, digest.hexdigest()
        with store.beside(path) as new, pq.ParquetWriter(new, schema, **WRITING) as writer:
            while table is not None:
                writer.write_table(table, row_group_size=max(1, table.num_rows))
                digest.update(table)
                del table  # or it would stay while the next is put together
                table = next(tables, None)
                pa.default_memory_pool().release_unused()
        return digest.rows, digest.hexdigest()


def _row_groups(plan: ShardPlan, folder: Path) -> Iterator[pa.Table]:
    """The rows of a plan, a row group at a time; memory holds a row group and a piece."""
    waiting: list[pa.Table] = []
    current = 0
    for key, groups in plan.pieces:
        found = rows_of(piece_path(folder, key), plan.config, groups >= 0)
        if found is None:
            continue
        table, owners = found
        numbers, starts = np.unique(groups[owners], return_index=True)  # they rise with the articles
        for group, start, end in zip(numbers, starts, [*starts[1:], len(owners)], strict=True):
            if group != current and waiting:
                yield _one(waiting)
            current = group
            waiting.append(table.slice(start, end - start))
    if waiting:
        yield _one(waiting)


def _one(tables: list[pa.Table]) -> pa.Table:
    """The rows of `tables` in one piece of memory; the list is emptied, so that they are not there twice for long."""
    joined = pa.concat_tables(tables)
    tables.clear()
    return joined.combine_chunks()


def table_entries(made: Sequence[Shard]) -> list[dict[str, Any]]:
    """The manifest's entries of tables, in the order of configurations and splits."""
    entries = []
    for config in CONFIGS:
        for split in SPLITS:
            parts = [shard for shard in made if (shard.config, shard.split) == (config, split)]
            if parts:
                content = joined_content([shard.content_sha256 for shard in parts])
                rows = sum(shard.rows for shard in parts)
                entries.append({"config": config, "split": split, "rows": rows, "content_sha256": content})
    return entries
