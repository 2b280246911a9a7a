"""Builds a release: check, tables, card, manifest. Written beside and moved into place.

A release depends on the corpus's files, the schemas and the versions that the manifest states, on nothing
else: not on the clock, the folder, or the order of a hash table.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import numpy as np
import orjson
import pyarrow as pa

from tasrih import __version__, engine, folders, schema, store
from tasrih import shards as shards_module
from tasrih.check.run import check_corpus, check_settings
from tasrih.check.tally import Tally
from tasrih.engine import Watch, unwatched
from tasrih.formats import label_studio
from tasrih.model import GOLD, SPLITS, Document, Finding
from tasrih.release import baselines, card, croissant
from tasrih.release.assemble import Shard, ShardJob, plans, table_entries
from tasrih.release.assignment import Assignment, assigned, by_place
from tasrih.release.kept_agreement import agreement_of
from tasrih.release.manifest import file_sha256, release_files
from tasrih.release.pieces import PieceJob, Pieces, rows_of
from tasrih.release.statistics import Statistics
from tasrih.release.tables import CONFIGS, features
from tasrih.release.write import parquet_path
from tasrih.rows import documents_of, features_of
from tasrih.store import Corpus, Misuse, Reading

Texts: TypeAlias = Literal["redistributable", "none", "local"]
_KEPT_DAYS = 7
_SUFFIXES: dict[Texts, str] = {"redistributable": "", "none": "+standoff", "local": "+local"}


def texts_of(version: str) -> Texts:
    """Which texts a release of this version holds."""
    return next(
        (texts for texts, suffix in _SUFFIXES.items() if suffix and version.endswith(suffix)),
        "redistributable",
    )


@dataclass(slots=True)
class Release:
    """What was built: its folder, or None where findings forbid it.

    `findings` are those of the corpus, `tally` those of the articles of shards; `left_out` is how many articles of
    shards have no gold, `near` how many pairs of near-duplicates there are among them.
    """

    folder: Path | None
    findings: list[Finding]
    tally: Tally = field(default_factory=Tally)
    left_out: int = 0
    near: int = 0


@dataclass(frozen=True, slots=True)
class How:
    """How a build works, which does not show in what it builds.

    `cache` is where pieces are kept for the next build; without it those of a folder are kept in its .tasrih, those
    of shards until the release is whole.
    """

    workers: int = 0
    engine: str = "local"
    cache: Path | None = None
    watch: Watch = unwatched


def build(
    root: Path,
    out: Path,
    *,
    sources: Sequence[Path] = (),
    texts: Texts = "redistributable",
    how: How = How(),
) -> Release:
    """Builds the release of the corpus in `root`, or of the articles in `sources`, into `out`/<name>-<version>.

    Of `root` comes what corpus.toml and splits.jsonl say; `sources` are what tasrih.shards reads. `texts` says which
    the release holds: those that may be redistributed; none, then its version ends in +standoff; or with them the
    withheld ones that are hydrated, then it ends in +local and may not leave the machine. Nothing is written where the
    check finds an error. A build that was killed goes on where it was when it is run again. Raises
    tasrih.store.Misuse where a folder cannot be written or a source cannot be read.
    """
    findings = list(check_settings(root) if sources else check_corpus(root))
    if any(finding.severity == "error" for finding in findings):
        return Release(None, findings)
    corpus = store.open_corpus(root)
    version = corpus.settings["version"] + _SUFFIXES[texts]
    final = out / f"{corpus.settings['name']}-{version}"
    job = _Build(corpus, list(sources), texts, version, how, out / f".{final.name}.work")
    try:
        return job.release(final, findings)
    except OSError as error:
        raise Misuse(f"{out}: cannot be written: {error.strerror or error}") from None


@dataclass(frozen=True, slots=True)
class _Build:
    """The steps of one build, each of which can be done on many parts at once."""

    corpus: Corpus
    sources: list[Path]
    texts: Texts
    version: str
    how: How
    work: Path

    def release(self, final: Path, findings: list[Finding]) -> Release:
        """Puts the release in its place, or says why not. Raises OSError."""
        with engine.opened(self.how.workers, self.how.engine):
            return self._release(final, findings)

    def _release(self, final: Path, findings: list[Finding]) -> Release:
        pieces = self.pieces(self._cache())
        if pieces.findings.has("error"):
            return Release(None, findings, pieces.findings, pieces.left_out)
        assignment = self.assignment(pieces)
        if assignment.findings:
            found = [*findings, *assignment.findings]
            return Release(None, found, pieces.findings, pieces.left_out)
        shards = self.shards(pieces, assignment)
        with folders.replacing(final) as fresh:
            _fill(fresh, self, pieces, assignment, shards)
        shutil.rmtree(self.work, ignore_errors=True)
        _forget_old_pieces(pieces.folder)
        return Release(final, findings, pieces.findings, pieces.left_out, assignment.near)

    def _cache(self) -> Path:
        """Where pieces are kept: of a corpus that cannot be written, in the work folder."""
        chosen = self.how.cache or (self.work if self.sources else self.corpus.root / ".tasrih") / "pieces"
        with suppress(OSError):
            chosen.mkdir(parents=True, exist_ok=True)
            (chosen / ".gitignore").write_text("*\n", "utf-8")
        if (chosen.is_dir() and os.access(chosen, os.W_OK)) or self.how.cache:
            return chosen
        return self.work / "pieces"

    def pieces(self, cache: Path) -> Pieces:
        """The pieces of all articles, made or found."""
        sources = self.sources or [self.corpus.root]
        job = PieceJob(
            self.corpus.settings,
            cache,
            local=self.texts == "local",
            standoff=self.texts == "none",
            checked=not self.sources,
        )
        found = Pieces(cache)
        made = self._run(job, shards_module.parts(sources))
        amount = shards_module.size_of(sources)
        for piece in self.how.watch("articles", made, amount, lambda one: (one.part.taken, one.articles)):
            found.add(piece)
        return found

    def assignment(self, pieces: Pieces) -> Assignment:
        """The split of every article."""
        frozen = store.read_splits(self.corpus)[0]
        if self.sources:
            return assigned(pieces, frozen, self.corpus.settings["splits"])
        return by_place(pieces, frozen)

    def shards(self, pieces: Pieces, assignment: Assignment) -> list[Shard]:
        """The Parquet files, made or found."""
        planned = plans(pieces, assignment.splits)
        job = ShardJob(self.corpus.settings["labels"], pieces.folder, self.work / "shards")
        made = self._run(job, planned)
        watched = self.how.watch("tables", made, len(planned), lambda one: (1, 0))
        return [shard for shard in watched if shard is not None]

    def _run(self, job: Any, items: Iterable[Any]) -> Iterator[Any]:
        return engine.run(job, items, self.how.workers, self.how.engine)


def _forget_old_pieces(folder: Path) -> None:
    """Deletes pieces that no build has used for a while."""
    limit = time.time() - _KEPT_DAYS * 24 * 3600
    for path in folder.glob("*/*.piece"):
        with suppress(OSError):
            if path.stat().st_mtime < limit:
                path.unlink()


# --- Filling the folder -------------------------------------------------------------------------------


def _fill(folder: Path, job: _Build, pieces: Pieces, assignment: Assignment, shards: Sequence[Shard]) -> None:
    corpus, texts = job.corpus, job.texts
    rows = _put_tables(folder, shards)
    tables = table_entries(shards)
    figures = _figures(pieces, assignment)
    there = {table["config"] for table in tables}
    omitted = [config for config in CONFIGS if config not in there]
    documents = [] if job.sources else _documents(corpus, texts)
    shown = [document for document in documents if document["text"] is not None]
    splits = {record["article"]: record["split"] for record in store.read_splits(corpus)[0]}
    agreement = agreement_of(corpus, documents)
    table = baselines.table_for_card(corpus, documents, splits) if documents else ""
    example = _first(shown) or _example(pieces)
    paths = list(rows)
    content = card.card(
        corpus, job.version, figures, pieces.counts, tables, paths, omitted, example, agreement, table
    )
    _write(folder / "README.md", content)
    for name, picture in card.pictures(figures, agreement).items():
        _write(folder / name, picture)
    _write(
        folder / "CHANGES.md", card.changes(corpus, figures, words=texts != "none", compare=not job.sources)
    )
    _write(
        folder / "label_studio" / "config.xml",
        label_studio.config(corpus.settings["labels"], corpus.settings["languages"][0]),
    )
    if not job.sources:
        _write_tasks(folder / "label_studio" / "tasks.json", corpus, shown)
    for name in schema.NAMES:
        _write(
            folder / "schemas" / f"{name}.schema.json",
            _json(schema.complete(name, corpus.settings["labels"])),
        )
    files = [_entry(name, path, rows.get(name)) for name, path in release_files(folder)]
    _write(folder / croissant.FILE, _json(_croissant(corpus, job.version, figures, tables, files)))
    files.append(_entry(croissant.FILE, folder / croissant.FILE, None))
    files.sort(key=lambda entry: entry["path"])
    manifest = _manifest(corpus, job.version, texts == "local", files, tables, omitted)
    _write(folder / "manifest.json", _json(manifest))


def _put_tables(folder: Path, shards: Sequence[Shard]) -> dict[str, int]:
    """Puts the finished files where they belong; returns the rows of each by its path."""
    of = Counter((shard.config, shard.split) for shard in shards)
    done: Counter[tuple[str, str]] = Counter()
    rows: dict[str, int] = {}
    for shard in sorted(shards, key=lambda one: one.number):
        table = (shard.config, shard.split)
        name = parquet_path(*table, done[table], of[table])
        done[table] += 1
        rows[name] = shard.rows
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        # The file stays in the work folder too until the release is whole, or a kill here would cost its making.
        try:
            (folder / name).hardlink_to(shard.path)
        except OSError:
            shutil.copyfile(shard.path, folder / name)
    return rows


def _figures(pieces: Pieces, assignment: Assignment) -> Statistics:
    figures = pieces.figures
    if pieces.pieces:
        amounts = pieces.joined("amounts")
        for number, split in enumerate(SPLITS):
            figures.place(split, amounts[assignment.splits == number].sum(axis=0))
        figures.events = len(np.unique(pieces.joined("events")))
    return figures


def _example(pieces: Pieces) -> Document | None:
    """The first article that the tables of a build from shards show."""
    for piece in pieces.pieces:
        found = rows_of(pieces.path(piece), "articles", np.ones(piece.articles, bool))
        if found is not None:
            return next(documents_of([found[0].slice(0, 1)], features_of(found[0].schema)))
    return None


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())


def _json(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _croissant(
    corpus: Corpus,
    version: str,
    figures: Statistics,
    tables: list[dict[str, Any]],
    files: list[dict[str, Any]],
) -> dict[str, Any]:
    columns = features(corpus.settings["labels"])
    there = {table["config"]: columns[table["config"]] for table in tables}
    parquet = [entry for entry in files if entry["rows"] is not None]
    return croissant.croissant(corpus.settings, version, figures, there, parquet)


def _readings(corpus: Corpus, texts: Texts) -> Iterator[Reading]:
    return store.read_gold(corpus, local_texts=texts == "local")


def _documents(corpus: Corpus, texts: Texts) -> list[Document]:
    found = (cast(Document, reading.document) for reading in _readings(corpus, texts))
    return [
        store.stripped(document) if texts == "none" else store.with_quotes(document) for document in found
    ]


def _write_tasks(path: Path, corpus: Corpus, documents: list[Document]) -> None:
    settings = corpus.settings
    tasks = label_studio.write(documents, settings["labels"], layer=GOLD, corpus_version=settings["version"])
    path.write_bytes(orjson.dumps(list(tasks), option=orjson.OPT_INDENT_2) + b"\n")


def _first(documents: list[Document]) -> Document | None:
    return next((document for document in documents if document["article"]["rights"]["redistribute"]), None)


# --- Manifest -----------------------------------------------------------------------------------------


def versions(corpus: Corpus) -> dict[str, str]:
    """Versions of all that decides a release's bytes."""
    return {
        "tasrih": __version__,
        "corpus": corpus.settings["version"],
        "schemas": schema.VERSION,
        "guidelines": corpus.settings["guidelines"],
        "python": platform.python_version(),
        "pyarrow": pa.__version__,
    }


def _entry(name: str, path: Path, rows: int | None) -> dict[str, Any]:
    return {"path": name, "bytes": path.stat().st_size, "sha256": file_sha256(path), "rows": rows}


def _manifest(
    corpus: Corpus,
    version: str,
    local: bool,
    files: list[dict[str, Any]],
    tables: list[dict[str, Any]],
    omitted: list[str],
) -> dict[str, Any]:
    return {
        "name": corpus.settings["name"],
        "version": version,
        "date": corpus.settings["date"],
        "local": local,
        "versions": versions(corpus),
        "files": files,
        "tables": tables,
        "omitted": omitted,
    }
