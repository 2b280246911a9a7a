"""Pieces: what a part of the documents becomes on its way into a release, kept in a file by the hash of what made it.

A piece holds the tables of its articles, what the whole release needs to know of each, and the findings. A table
stands in it in parts, one for the articles of each split that the hashes of their events give: there most of them
stay, so that whoever writes the file of a split mostly reads one part.

The function that makes a piece keeps nothing between parts of the documents, so it may run in this process, in a pool or
on a cluster; a piece that is there is not made again, so a build that was killed goes on, and one changed article leaves
the others alone.

The file is a row of Arrow streams with a directory behind them: MAGIC, streams, directory as JSON, its length in
eight bytes, MAGIC. It is written beside and renamed, so a file of that name is whole.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from tasrih import shards, store
from tasrih.check.findings_file import as_table
from tasrih.check.in_shards import name_hash
from tasrih.check.run import Checker
from tasrih.check.tally import Tally
from tasrih.fingerprint import fingerprint
from tasrih.match import sketches
from tasrih.model import GOLD, SPLITS, Document, Finding, LayerView, Settings
from tasrih.release.statistics import AMOUNTS, Statistics, amounts, gold_views
from tasrih.release.tables import article_column, tables
from tasrih.shards import Part
from tasrih.splits import split_of
from tasrih.store import Misuse
from tasrih.text.batch import count_words

MAGIC = b"tasrih piece 2\n"
_LIBRARIES = ("jsonschema_rs", "orjson", "rensa")
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
_BUFFER = 1 << 20
_LENGTH = 8
# An annotation weighs as much as this many code points of text: about what it takes in the tables.
_ANNOTATION = 120


@dataclass(slots=True)
class Piece:
    """What the builder keeps of a piece in memory: arrays over its articles, and counts.

    `ids` and `events` are hashes of the names, `splits` the number of the split that the hash of the event gives,
    `weights` code points of text and what annotations take beside them, `amounts` a row of AMOUNTS an article, `lines`
    where each stands in its source.
    """

    key: str
    part: Part
    left_out: int
    ids: npt.NDArray[np.uint64]
    events: npt.NDArray[np.uint64]
    lines: npt.NDArray[np.int32]
    splits: npt.NDArray[np.int8]
    weights: npt.NDArray[np.int64]
    amounts: npt.NDArray[np.int32]
    figures: dict[str, Any]
    counts: Counter[str]
    findings: Tally

    @property
    def articles(self) -> int:
        return len(self.ids)


@dataclass
class PieceJob:
    """Makes the piece of a part in `folder`: checks its documents, makes their tables.

    With `checked` the documents have passed the check already. With `standoff` the tables are made without any text,
    with `local` withheld texts that are at hand are in them. Where there is an error a piece has no tables.
    """

    settings: Settings
    folder: Path
    local: bool = False
    standoff: bool = False
    checked: bool = False
    _checker: Checker | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_checker": None}

    def __call__(self, part: Part) -> Piece:
        loaded = shards.load(part)
        key = self._key(loaded)
        path = piece_path(self.folder, key)
        if (found := _opened(path, key, part)) is not None:
            os.utime(path)
            return found
        with shards.uncollected():
            self._make(loaded, path)
        found = _opened(path, key, part)
        if found is None:
            raise Misuse(f"{path}: was removed while it was needed; run again")
        return found

    def _key(self, loaded: shards.Loaded) -> str:
        part = loaded.part
        said = [
            fingerprint(*_LIBRARIES), np.__version__, pa.__version__, self.settings, self.local, self.standoff, self.checked,
            str(part.source), part.first, part.kind, loaded.sha256,
        ]  # fmt: skip
        return hashlib.sha256(orjson.dumps(said)).hexdigest()

    def _make(self, loaded: shards.Loaded, path: Path) -> None:
        if self._checker is None:
            self._checker = Checker(self.settings, remembers=False)
        documents: list[Document] = []
        lines: list[int] = []
        left_out = 0
        readings = list(loaded.readings(local_texts=self.local))
        findings = [] if self.checked else self._checker.check_many(readings)
        for reading in readings:
            if reading.document is not None and GOLD in reading.document["layers"]:
                documents.append(reading.document)
                lines.append(reading.place.shard_line or 1)
            else:
                left_out += 1
        if any(finding.severity == "error" for finding in findings):
            documents, lines = [], []
        self._write(path, documents, lines, findings, left_out)

    def _write(
        self, path: Path, documents: list[Document], lines: list[int], findings: list[Finding], left_out: int
    ) -> None:
        texts = [_text_to_compare(document) for document in documents]
        if self.standoff:
            documents = [store.stripped(document) for document in documents]
        golds = gold_views(documents)
        names = _names(documents)
        splits = _splits_by_hash(names, self.settings)
        order = np.argsort(splits, kind="stable")
        counts: Counter[str] = Counter()
        made = tables(
            [documents[at] for at in order],
            self.settings["labels"],
            counts,
            local=self.local,
            golds=[golds[at] for at in order],
        )
        rows = {config: _rows_of_articles(table, config, names) for config, table in made.items()}
        sections = {
            **_parts_by_split(made, rows, splits),
            "rows": pa.table({"split": splits, **rows}),
            "names": names,
            "texts": pa.table({"text": pa.array(texts, pa.string())}),
            "index": _index(documents, golds, texts, lines),
            "findings": as_table(findings),
        }
        _write(
            path, sections, {"left_out": left_out, "counts": counts, "figures": _figures(documents, golds)}
        )


def _text_to_compare(document: Document) -> str:
    """The text, where it is the release's to have: a build is to come out the same where a withheld one is at hand."""
    return document["text"] or "" if document["article"]["rights"]["redistribute"] else ""


def _figures(documents: Sequence[Document], golds: Sequence[LayerView]) -> dict[str, Any]:
    figures = Statistics()
    figures.add(documents, golds)
    return figures.state()


def _names(documents: Sequence[Document]) -> pa.Table:
    """Id and event of every article."""
    articles = [document["article"] for document in documents]
    return pa.table(
        {name: pa.array([article[name] for article in articles], pa.string()) for name in ("id", "event")}
    )


def _splits_by_hash(names: pa.Table, settings: Settings) -> npt.NDArray[np.int8]:
    """For every article the number of the split that the hash of its event gives."""
    events = names.column("event").to_pylist()
    return np.array([SPLITS.index(split_of(event, settings["splits"])) for event in events], np.int8)


def _rows_of_articles(table: pa.Table, config: str, names: pa.Table) -> npt.NDArray[np.int32]:
    """For every article how many rows of `table` are its; they stand one after the other."""
    runs = pc.run_end_encode(table.column(article_column(config)).combine_chunks())
    owners = pc.index_in(runs.values, value_set=names.column("id").combine_chunks()).to_numpy()
    rows = np.zeros(names.num_rows, np.int32)
    rows[owners] = np.diff(runs.run_ends.to_numpy(), prepend=0)
    return rows


def _parts_by_split(
    made: Mapping[str, pa.Table], rows: Mapping[str, npt.NDArray[np.int32]], splits: npt.NDArray[np.int8]
) -> dict[str, pa.Table]:
    """Every table in parts, one for each split, in which order their rows are."""
    parts = {}
    for config, table in made.items():
        start = 0
        for split in range(len(SPLITS)):
            size = int(rows[config][splits == split].sum())
            if size:
                parts[_part(config, split)] = table.slice(start, size)
            start += size
    return parts


def _part(config: str, split: int) -> str:
    return f"{config}/{SPLITS[split]}"


def _index(
    documents: Sequence[Document], golds: Sequence[LayerView], texts: Sequence[str], lines: Sequence[int]
) -> pa.Table:
    """One row an article: what the whole release needs to know of it."""
    articles = [document["article"] for document in documents]
    sketched = sketches.sketch(texts)
    return pa.table(
        {
            "id_hash": pa.array([name_hash(article["id"]) for article in articles], pa.uint64()),
            "event_hash": pa.array([name_hash(article["event"]) for article in articles], pa.uint64()),
            "line": pa.array(lines, pa.int32()),
            "weight": pa.array([_weight(document) for document in documents], pa.int64()),
            "amounts": _as_lists(_amounts(documents, golds, texts), len(AMOUNTS)),
            "exact": pa.array(sketched.exact),
            "sizes": pa.array(sketched.sizes),
            "bands": _as_lists(sketched.bands, sketches.BANDS),
        }
    )


def _amounts(
    documents: Sequence[Document], golds: Sequence[LayerView], texts: Sequence[str]
) -> npt.NDArray[np.int32]:
    """A row of AMOUNTS an article. Of a text that was taken away for `standoff` no words are counted."""
    words = count_words([text if d["text"] else "" for d, text in zip(documents, texts, strict=True)])
    rows = [amounts(gold.article, count, gold) for gold, count in zip(golds, words, strict=True)]
    return np.array(rows, np.int32)


def _as_lists(values: npt.NDArray[Any], width: int) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), width)


def _weight(document: Document) -> int:
    annotations = sum(len(lines) for lines in document["layers"].values())
    return document["article"]["length"] + _ANNOTATION * annotations


# --- The file -----------------------------------------------------------------------------------------


def piece_path(folder: Path, key: str) -> Path:
    """Where the piece of that key stands."""
    return folder / key[:2] / f"{key}.piece"


def _write(path: Path, sections: Mapping[str, pa.Table], said: Mapping[str, Any]) -> None:
    # A file of Python's would copy every buffer.
    with store.beside(path) as new, pa.BufferedOutputStream(pa.OSFile(str(new), "wb"), _BUFFER) as file:
        _fill(file, sections, said)


def _fill(file: pa.NativeFile, sections: Mapping[str, pa.Table], said: Mapping[str, Any]) -> None:
    file.write(MAGIC)
    directory: dict[str, tuple[int, int]] = {}
    for name, table in sections.items():
        start = file.tell()
        with pa.ipc.new_stream(file, table.schema, options=_OPTIONS) as writer:
            writer.write_table(table)
        directory[name] = (start, file.tell() - start)
    content = orjson.dumps({"sections": directory, **said})
    file.write(content + len(content).to_bytes(_LENGTH, "little") + MAGIC)


def _directory(path: Path) -> dict[str, Any] | None:
    """The directory of a piece; None where there is no such file or it is none."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - len(MAGIC) - _LENGTH))
            tail = file.read()
            size = int.from_bytes(tail[:_LENGTH], "little")
            if tail[_LENGTH:] != MAGIC or size > end:
                return None
            file.seek(end - len(MAGIC) - _LENGTH - size)
            return cast(dict[str, Any], orjson.loads(file.read(size)))
    except (OSError, ValueError):
        return None


def section(path: Path, name: str) -> pa.Table | None:
    """A table of a piece, or None where it has no such rows. Raises Misuse where the piece is gone or damaged."""
    found = _directory(path)
    if found is None:
        raise Misuse(f"{path}: is gone or damaged; delete it and run again")
    if name not in found["sections"]:
        return None
    start, size = found["sections"][name]
    try:
        with pa.memory_map(str(path)) as file:
            file.seek(start)
            return pa.ipc.open_stream(file.read_buffer(size)).read_all()
    except (pa.ArrowException, OSError) as error:
        raise Misuse(f"{path}: is damaged: {str(error)[:100]}; delete it and run again") from None


def rows_of(
    path: Path, config: str, wanted: npt.NDArray[np.bool_]
) -> tuple[pa.Table, npt.NDArray[np.int64]] | None:
    """The rows of the articles that are wanted, in the order of the articles, and the number of the article of each.

    `wanted` has a flag for every article of the piece. None where they have no such rows. Raises Misuse where the piece
    is gone or damaged.
    """
    rows = cast(pa.Table, section(path, "rows"))
    if config not in rows.column_names:
        return None
    splits, sizes = (rows.column(name).to_numpy() for name in ("split", config))
    tables, owners = [], []
    for split in np.unique(splits[wanted & (sizes > 0)]).tolist():
        articles = np.flatnonzero(splits == split)
        own = np.repeat(articles, sizes[articles])
        kept = wanted[own]
        part = cast(pa.Table, section(path, _part(config, split)))
        tables.append(part if kept.all() else part.filter(pa.array(kept)))
        owners.append(own[kept])
    if len(tables) < 2:
        return (tables[0], owners[0]) if tables else None
    joined = np.concatenate(owners)
    order = np.argsort(joined, kind="stable")
    return pa.concat_tables(tables).combine_chunks().take(pa.array(order)), joined[order]


def _opened(path: Path, key: str, part: Part) -> Piece | None:
    found = _directory(path)
    if found is None:
        return None
    try:
        index, rows = (cast(pa.Table, section(path, name)) for name in ("index", "rows"))
        findings = list(findings_of(path))
    except Misuse:
        return None
    numbers = {name: index.column(name).to_numpy() for name in ("id_hash", "event_hash", "line", "weight")}
    return Piece(
        key=key, part=part, left_out=found["left_out"], ids=numbers["id_hash"], events=numbers["event_hash"],
        lines=numbers["line"], splits=rows.column("split").to_numpy(), weights=numbers["weight"],
        amounts=matrix(index, "amounts", len(AMOUNTS)),
        figures=found["figures"], counts=Counter(found["counts"]), findings=Tally().added(findings),
    )  # fmt: skip


def matrix(index: pa.Table, name: str, width: int) -> npt.NDArray[Any]:
    """A column of lists of `width` as an array of so many columns."""
    chunks = index.column(name).combine_chunks()
    flat = (
        chunks.flatten()
        if isinstance(chunks, pa.Array)
        else pa.concat_arrays([c.flatten() for c in chunks.chunks])
    )
    return cast(npt.NDArray[Any], flat.to_numpy(zero_copy_only=False).reshape(-1, width))


def findings_of(path: Path) -> Iterator[Finding]:
    """The findings of a piece. Raises Misuse."""
    table = section(path, "findings")
    for row in table.to_pylist() if table is not None else ():
        yield Finding(**row)


@dataclass
class Pieces:
    """All pieces of a build in order, the articles of all of them counted through, and what they add up to."""

    folder: Path
    pieces: list[Piece] = field(default_factory=list)
    figures: Statistics = field(default_factory=Statistics)
    counts: Counter[str] = field(default_factory=Counter)
    findings: Tally = field(default_factory=Tally)
    left_out: int = 0

    def add(self, piece: Piece) -> None:
        """Takes a piece in, and of what it carries keeps the arrays alone."""
        self.figures.merge(piece.figures)
        self.counts.update(piece.counts)
        self.findings.merge(piece.findings)
        self.left_out += piece.left_out
        piece.figures, piece.counts, piece.findings = {}, Counter(), Tally()
        piece.part = replace(piece.part, data=b"")
        self.pieces.append(piece)

    def path(self, piece: Piece) -> Path:
        return piece_path(self.folder, piece.key)

    def starts(self) -> npt.NDArray[np.int64]:
        """The number of the first article of every piece, and one past the last."""
        return np.concatenate([[0], np.cumsum([piece.articles for piece in self.pieces])]).astype(np.int64)

    def joined(self, name: str) -> npt.NDArray[Any]:
        """An attribute of Piece over all articles."""
        return np.concatenate([getattr(piece, name) for piece in self.pieces])
