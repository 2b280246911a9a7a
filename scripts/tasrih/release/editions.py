"""One state of a dataset to compare with another: a corpus folder, a git revision of it, or a release."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tasrih import schema, store
from tasrih.model import Document, Labels
from tasrih.release import read
from tasrih.release.manifest import read_manifest
from tasrih.release.tables import CONFIGS, features
from tasrih.schema import Feature
from tasrih.store import Corpus, Misuse


@dataclass(frozen=True, slots=True)
class Edition:
    """What a reader of one state of a dataset sees.

    `documents` are the articles with gold, by id, texts that are withheld left out. `columns` are the features of
    every configuration, as far as they are known; `schemas` is the version of the schemas, empty where unknown.
    """

    name: str
    version: str
    labels: Labels
    splits: Mapping[str, str]
    documents: Mapping[str, Document]
    columns: Mapping[str, Mapping[str, Feature]] = field(default_factory=dict)
    schemas: str = ""


def edition(what: str, root: Path) -> Edition:
    """The edition that `what` names: the folder of a release or corpus, else a git revision of the corpus in `root`.

    Raises Misuse where it is none of these.
    """
    folder = Path(what)
    if (folder / "manifest.json").is_file():
        return of_release(folder)
    if (folder / "corpus.toml").is_file():
        return of_corpus(store.open_corpus(folder), what)
    if folder.is_dir():
        raise Misuse(f"{what}: neither a release (manifest.json) nor a corpus (corpus.toml)")
    return at_revision(root, what)


def of_corpus(corpus: Corpus, name: str = "") -> Edition:
    """The corpus as its folder holds it; local copies of withheld texts are not looked at."""
    documents = {
        reading.document["article"]["id"]: reading.document
        for reading in store.read_gold(corpus, local_texts=False)
        if reading.document
    }
    assigned = {record["article"]: record["split"] for record in store.read_splits(corpus)[0]}
    labels = corpus.settings["labels"]
    return Edition(
        name=name or str(corpus.root),
        version=corpus.settings["version"],
        labels=labels,
        splits={article: assigned[article] for article in documents if article in assigned},
        documents=documents,
        columns=features(labels),
        schemas=schema.VERSION,
    )


def at_revision(root: Path, revision: str) -> Edition:
    """The corpus in `root` as it was at a git revision. Raises Misuse where git has no such corpus."""
    if revision.startswith("-"):
        raise Misuse(f"«{revision}» is no git revision")
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = ["git", "-C", str(root), "archive", "--format=tar", revision, "."]
            done = subprocess.run(command, capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            why = (getattr(error, "stderr", b"") or str(error).encode()).decode(errors="replace").strip()
            raise Misuse(
                f"«{revision}» is no folder of a release or corpus, and git has no corpus {root} at it: {why}"
            ) from None
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(folder, filter="data")
        found = of_corpus(store.open_corpus(Path(folder)), revision)
    # The columns are those of today's code, not of the code of that time.
    return Edition(found.name, found.version, found.labels, found.splits, found.documents)


def of_release(folder: Path) -> Edition:
    """A release, read back from its tables."""
    manifest = read_manifest(folder)
    splits: dict[str, str] = {}
    documents: dict[str, Document] = {}
    for split, document in read.documents(folder):
        splits[document["article"]["id"]] = split
        documents[document["article"]["id"]] = _without_withheld(document)
    columns: dict[str, Mapping[str, Feature]] = {
        config: found for config in CONFIGS if (found := read.table_features(folder, config))
    }
    labels = _labels(columns)
    # A configuration without rows has no file that states its columns; it is not gone for that.
    columns |= {c: of_today for c, of_today in features(labels).items() if c in manifest.get("omitted", ())}
    return Edition(
        name=str(folder),
        version=str(manifest.get("version", "")),
        labels=labels,
        splits=splits,
        documents=dict(sorted(documents.items())),
        columns=columns,
        schemas=str(manifest.get("versions", {}).get("schemas", "")),
    )


def _without_withheld(document: Document) -> Document:
    """`document` as it stands in a release for everybody: of a withheld text a +local release has the words."""
    if document["text"] is None or document["article"]["rights"]["redistribute"]:
        return document
    return store.stripped(document)


def _labels(columns: Mapping[str, Mapping[str, Any]]) -> Labels:
    """The label sets of a release, from the features of its articles."""
    of_articles: Any = columns.get("articles") or columns.get("standoff")
    if not of_articles:
        return Labels(entity=[], stance=[], topic=[])

    def names(feature: Any) -> list[str]:
        return [name for name in feature["names"] if name != "unspecified"]

    return Labels(
        entity=names(of_articles["entities"][0]["label"]),
        stance=names(of_articles["stances"][0]["label"]),
        topic=names(of_articles["topic"]),
    )
