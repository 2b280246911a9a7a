"""The gold that systems are scored against: a split of a corpus folder or of a release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from tasrih import store
from tasrih.check.usable import usable
from tasrih.model import GOLD, SPLITS, Annotation, Document, Settings
from tasrih.release import verify
from tasrih.release.editions import of_release
from tasrih.release.manifest import read_manifest
from tasrih.store import Misuse, gold_sha256

ALL = "all"


@dataclass(frozen=True, slots=True)
class Gold:
    """Articles with gold. `documents` are those to score, in the order of their ids, every layer with its words.

    `withheld` are articles of the split whose text is withheld, `elsewhere` those of the other splits.
    """

    name: str
    version: str
    split: str
    settings: Settings
    documents: list[Document]
    withheld: list[str]
    elsewhere: frozenset[str]

    @property
    def by_id(self) -> dict[str, Document]:
        """The documents by article id."""
        return {document["article"]["id"]: document for document in self.documents}

    @property
    def sha256(self) -> str:
        """SHA-256 of the gold of the documents: the same for a corpus and for what is built of it."""
        return gold_sha256(self.documents)

    def layer(self, name: str) -> dict[str, list[Annotation]]:
        """The annotations of layer `name` by article id. Raises Misuse where no article has it."""
        found = {
            document["article"]["id"]: cast(list[Annotation], document["layers"][name][1:])
            for document in self.documents
            if name in document["layers"]
        }
        if not found:
            there = sorted({layer for document in self.documents for layer in document["layers"]})
            raise Misuse(f"{self.name}: there is no layer «{name}»; there are {', '.join(there) or 'none'}")
        return found


def gold(
    folder: Path,
    split: str,
    progress: Callable[[Iterable[str]], Iterable[str]] = lambda names: names,
    *,
    local_texts: bool = False,
) -> Gold:
    """The gold of a corpus folder or a release in `folder`, of one split or all.

    Local copies of withheld texts are not looked at, so that a score is the same on every machine, but with
    `local_texts`; of a release they are in a +local one alone. Raises Misuse where there is neither, where a release
    is not what its manifest says, and where the split has no article.
    """
    if split not in (*SPLITS, ALL):
        raise Misuse(f"«{split}» is not one of {', '.join((*SPLITS, ALL))}")
    if (folder / "manifest.json").is_file():
        found = _of_release(folder, split)
    elif (folder / "corpus.toml").is_file():
        found = _of_corpus(folder, split, progress, local_texts)
    else:
        raise Misuse(f"{folder}: neither a release (manifest.json) nor a corpus (corpus.toml)")
    if not found.documents:
        raise Misuse(f"{folder}: no article with gold and text in {_where(split)}")
    return found


def only(found: Gold, articles: Sequence[str]) -> Gold:
    """`found` with the documents of these articles alone. Raises Misuse where one of them is not there."""
    for name in articles:
        if name not in found.by_id:
            why = (
                "its text is withheld; with a local copy of it («tasrih hydrate FILE») give --with-local-texts"
                if name in found.withheld
                else f"it has no gold in {_where(found.split)}"
            )
            raise Misuse(f"{found.name}: {name}: {why}")
    chosen = [found.by_id[name] for name in sorted(set(articles))]
    others = frozenset(found.by_id) - set(articles)
    return replace(found, documents=chosen, withheld=[], elsewhere=found.elsewhere | others)


def _where(split: str) -> str:
    return "any split" if split == ALL else f"the split {split}"


def _of_corpus(
    folder: Path, split: str, progress: Callable[[Iterable[str]], Iterable[str]], local_texts: bool
) -> Gold:
    corpus = store.open_corpus(folder)
    splits = {record.get("article"): record.get("split") for record in store.read_splits(corpus)[0]}
    chosen = [name for name in corpus.ids() if split in (ALL, splits.get(name))]
    read = [usable(corpus, name, every_layer=True, local_texts=local_texts) for name in progress(chosen)]
    documents = [document for document in read if GOLD in document["layers"]]
    elsewhere = frozenset(corpus.ids()) - {document["article"]["id"] for document in documents}
    return _gold(str(folder), corpus.settings["version"], split, corpus.settings, documents, elsewhere)


def _of_release(folder: Path, split: str) -> Gold:
    for wrong in verify.verify(folder):
        raise Misuse(f"{wrong}; «tasrih verify {folder}» says all")
    edition = of_release(folder)
    chosen = [
        document for name, document in edition.documents.items() if split in (ALL, edition.splits.get(name))
    ]
    elsewhere = frozenset(edition.documents) - {document["article"]["id"] for document in chosen}
    manifest = read_manifest(folder)
    guidelines = str(manifest["versions"].get("guidelines", ""))
    settings: Any = {
        "name": manifest["name"], "version": edition.version, "labels": edition.labels, "guidelines": guidelines,
    }  # fmt: skip
    return _gold(str(folder), edition.version, split, settings, chosen, elsewhere)


def _gold(
    name: str,
    version: str,
    split: str,
    settings: Settings,
    documents: Sequence[Document],
    elsewhere: frozenset[str],
) -> Gold:
    shown = [document for document in documents if document["text"] is not None]
    withheld = [document["article"]["id"] for document in documents if document["text"] is None]
    return Gold(name, version, split, settings, shown, withheld, elsewhere | frozenset(withheld))
