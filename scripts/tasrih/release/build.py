"""Builds a release: check, tables, card, manifest. Written beside and moved into place.

A release depends on the corpus's files, the schemas and the versions that the manifest states, on nothing
else: not on the clock, the folder, or the order of a hash table.
"""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import orjson
import pyarrow as pa

from tasrih import __version__, folders, schema, store
from tasrih.check.run import check_corpus
from tasrih.formats import label_studio
from tasrih.model import GOLD, Document, Finding
from tasrih.release import baselines, card, croissant
from tasrih.release.batch import SIZE, BatchJob, batches
from tasrih.release.manifest import file_sha256, release_files
from tasrih.release.statistics import Statistics, statistics
from tasrih.release.tables import CONFIGS, features
from tasrih.release.write import TableWriter, parquet_path
from tasrih.store import Corpus, Misuse, Reading

Progress = Callable[[Iterable[Any]], Iterable[Any]]
Texts: TypeAlias = Literal["redistributable", "none", "local"]
_SUFFIXES: dict[Texts, str] = {"redistributable": "", "none": "+standoff", "local": "+local"}


def texts_of(version: str) -> Texts:
    """Which texts a release of this version holds."""
    return next(
        (texts for texts, suffix in _SUFFIXES.items() if suffix and version.endswith(suffix)),
        "redistributable",
    )


@dataclass(slots=True)
class Release:
    """What was built: its folder, or None where findings forbid it."""

    folder: Path | None
    findings: list[Finding]


def build(
    root: Path, out: Path, *, texts: Texts = "redistributable", progress: Progress = lambda items: items
) -> Release:
    """Builds the release of the corpus in `root` into `out`/<name>-<version>.

    `texts` says which it holds: those that may be redistributed; none, then its version ends in +standoff; or with
    them the withheld ones that are hydrated, then it ends in +local and may not leave the machine. Nothing is
    written where the check finds an error. Raises tasrih.store.Misuse where a folder cannot be written.
    """
    findings = list(check_corpus(root))
    if any(finding.severity == "error" for finding in findings):
        return Release(None, findings)
    corpus = store.open_corpus(root)
    version = corpus.settings["version"] + _SUFFIXES[texts]
    final = out / f"{corpus.settings['name']}-{version}"
    try:
        with folders.replacing(final) as fresh:
            _fill(fresh, corpus, version, texts, progress)
    except OSError as error:
        raise Misuse(f"{out}: cannot be written: {error.strerror or error}") from None
    return Release(final, findings)


# --- Filling the folder -------------------------------------------------------------------------------


def _fill(folder: Path, corpus: Corpus, version: str, texts: Texts, progress: Progress) -> None:
    splits = {record["article"]: record["split"] for record in store.read_splits(corpus)[0]}
    counts, tables = _write_tables(folder, corpus, splits, texts, progress)
    documents = _documents(corpus, texts)
    figures = statistics(documents, splits)
    there = {table["config"] for table in tables}
    omitted = [config for config in CONFIGS if config not in there]
    shown = [document for document in documents if document["text"] is not None]
    agreement = card.measured_agreement(documents)
    table = baselines.table_for_card(corpus, documents, splits)
    content = card.card(corpus, version, figures, counts, tables, omitted, _first(shown), agreement, table)
    _write(folder / "README.md", content)
    for name, picture in card.pictures(figures, agreement).items():
        _write(folder / name, picture)
    _write(folder / "CHANGES.md", card.changes(corpus, figures, words=texts != "none"))
    _write(
        folder / "label_studio" / "config.xml",
        label_studio.config(corpus.settings["labels"], corpus.settings["languages"][0]),
    )
    _write_tasks(folder / "label_studio" / "tasks.json", corpus, shown)
    for name in schema.NAMES:
        _write(
            folder / "schemas" / f"{name}.schema.json",
            _json(schema.complete(name, corpus.settings["labels"])),
        )
    files = _entries(folder, tables)
    _write(folder / croissant.FILE, _json(_croissant(corpus, version, figures, tables, files)))
    files.append(_entry(croissant.FILE, folder / croissant.FILE, None))
    files.sort(key=lambda entry: entry["path"])
    manifest = _manifest(corpus, version, texts == "local", files, tables, omitted)
    _write(folder / "manifest.json", _json(manifest))


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


def _write_tables(
    folder: Path, corpus: Corpus, splits: dict[str, str], texts: Texts, progress: Progress
) -> tuple[Counter[str], list[dict[str, Any]]]:
    job = BatchJob(corpus.settings, splits, local=texts == "local", standoff=texts == "none")
    writer = TableWriter(folder, corpus.settings["labels"])
    counts: Counter[str] = Counter()
    for batch in progress(list(batches(_readings(corpus, texts), SIZE))):
        result = job(batch)
        counts += result.counts
        writer.write(result.tables)
    return counts, writer.close()


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


def _entries(folder: Path, tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every file that is there with its size and hash, and the rows of those that are tables."""
    rows = {parquet_path(table["config"], table["split"]): table["rows"] for table in tables}
    return [_entry(name, path, rows.get(name)) for name, path in release_files(folder)]


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
