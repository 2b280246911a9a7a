"""Writes the site of a corpus or of a release. Withheld texts are never read, so their words cannot be in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasrih import folders, schema, store
from tasrih.agree import figures as agreeing
from tasrih.check.usable import usable
from tasrih.model import GOLD, SPLITS, Decision, Document, Labels, annotators
from tasrih.release import editions
from tasrih.release.manifest import read_manifest
from tasrih.release.statistics import statistics
from tasrih.report.site import Collection, file_count, pages
from tasrih.store import Misuse

Progress = Callable[[Iterable[Any]], Iterable[Any]]
CountedProgress = Callable[[Iterable[Any], int], Iterable[Any]]  # items, and how many there will be
_MARK = "site.js"  # a folder with other files and without this one is not ours to replace


@dataclass(frozen=True, slots=True)
class Site:
    """What was written: the folder, and how many files and bytes are in it."""

    folder: Path
    articles: int
    files: int
    bytes: int


def of_corpus(root: Path, progress: Progress = lambda items: items) -> Collection:
    """The articles of a corpus that have gold. Raises Misuse for what cannot be read or stands in no split."""
    corpus = store.open_corpus(root)
    ids = corpus.ids()
    read = (usable(corpus, name, every_layer=True, local_texts=False) for name in progress(ids))
    documents = [document for document in read if GOLD in document["layers"]]
    splits = {record.get("article", ""): record.get("split", "") for record in store.read_splits(corpus)[0]}
    decisions = {name: store.read_decisions(corpus, name) for name in ids}
    settings = corpus.settings
    return _collection(
        settings["title"], settings["version"], settings["labels"], documents, splits, decisions
    )


def of_release(folder: Path) -> Collection:
    """The articles of a release. Raises Misuse for what is not as a release has it."""
    edition = editions.of_release(folder)
    is_whole = schema.verdict("document", edition.labels).is_valid
    for article_id, document in edition.documents.items():
        if not store.is_id(str(article_id)) or not is_whole(document):
            raise Misuse(
                f"{folder}: the article «{article_id!s:.80}» is not of the schema's shape; «tasrih verify» says more"
            )
    name = str(read_manifest(folder).get("name", folder.name))
    return _collection(
        name, edition.version, edition.labels, list(edition.documents.values()), edition.splits, {}
    )


def _collection(
    title: str,
    version: str,
    labels: Labels,
    documents: Sequence[Document],
    splits: Mapping[str, str],
    decisions: Mapping[str, Sequence[Decision]],
) -> Collection:
    for document in documents:
        if splits.get(document["article"]["id"]) not in SPLITS:
            raise Misuse(f"{document['article']['id']} stands in no split; run «tasrih check --fix»")
    counts = statistics(documents, splits).as_record()
    shared = [d for d in documents if d["text"] is not None and len(annotators(d)) > 1]
    agreement = agreeing.report(shared) if shared else None
    return Collection(title, version, labels, documents, splits, counts, decisions, agreement)


def explore(
    collection: Collection, out: Path, progress: CountedProgress = lambda items, total: items
) -> Site:
    """Writes the site into folder `out`, whole or not at all. Raises Misuse where it cannot be written."""
    if out.exists() and not _is_ours(out):
        raise Misuse(f"{out}: is there and is no site of an earlier run; give another folder with --out")
    count = size = 0
    try:
        with folders.replacing(out) as fresh:
            for path, content in progress(pages(collection), file_count(collection)):
                file = fresh / path
                file.parent.mkdir(parents=True, exist_ok=True)
                data = content.encode("utf-8", "replace")
                file.write_bytes(data)
                count, size = count + 1, size + len(data)
    except OSError as error:
        raise Misuse(f"{out}: cannot be written: {error.strerror or error}") from None
    return Site(out, len(collection.documents), count, size)


def _is_ours(folder: Path) -> bool:
    """Whether a folder is empty or holds a site."""
    return folder.is_dir() and ((folder / _MARK).is_file() or not any(folder.iterdir()))
