"""What changed in the corpus since its last release, annotation by annotation."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tasrih import store
from tasrih.model import GOLD, Document
from tasrih.store import Corpus, Misuse

KINDS = ("added", "removed", "moved", "relabelled", "changed")


@dataclass(frozen=True, slots=True)
class Change:
    """One annotation that is not as it was. `words` is empty where the text is withheld."""

    kind: str
    article: str
    id: str
    label: str
    words: str
    detail: str = ""


def documents_at(corpus: Corpus, tag: str) -> dict[str, Document]:
    """The articles of the corpus as they were at git tag `tag`, by id. Raises Misuse where git has no such corpus."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = ["git", "-C", str(corpus.root), "archive", "--format=tar", tag, "."]
            done = subprocess.run(command, capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            why = getattr(error, "stderr", b"") or str(error).encode()
            raise Misuse(
                f"{corpus.root}: the corpus at tag «{tag}» cannot be read: {why.decode().strip()}"
            ) from None
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            archive.extractall(folder, filter="data")
        old = store.open_corpus(Path(folder))
        readings = store.read_gold(old, local_texts=False)
        return {
            reading.document["article"]["id"]: reading.document for reading in readings if reading.document
        }


def _annotations(document: Document | None) -> dict[str, Any]:
    lines = document["layers"].get(GOLD, []) if document else []
    return {cast(Any, line)["id"]: line for line in lines[1:]}


def _label(record: Mapping[str, Any]) -> str:
    return str(record.get("label", record["type"]))


def _kind(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, str] | None:
    """How an annotation changed and the detail of it, or None where it did not."""
    if (old["start"], old["end"]) != (new["start"], new["end"]):
        return "moved", f"[{old['start']}, {old['end']}) → [{new['start']}, {new['end']})"
    if _label(old) != _label(new):
        return "relabelled", f"{_label(old)} → {_label(new)}"
    keys = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    return ("changed", ", ".join(keys)) if keys else None


def article_changes(old: Document | None, new: Document | None) -> Iterator[Change]:
    """Changes of one article's gold layer; None stands for an article that is not there."""
    name = cast(Document, new or old)["article"]["id"]
    before, after = _annotations(old), _annotations(new)
    for key, record in before.items():
        if key not in after:
            yield Change("removed", name, key, _label(record), record.get("text", ""))
    for key, record in after.items():
        if key not in before:
            yield Change("added", name, key, _label(record), record.get("text", ""))
        elif change := _kind(before[key], record):
            yield Change(change[0], name, key, _label(record), record.get("text", ""), change[1])


def changes(old: Mapping[str, Document], new: Mapping[str, Document]) -> list[Change]:
    """Changes of all articles, in the order of their ids."""
    return [
        change
        for name in sorted(old.keys() | new.keys())
        for change in article_changes(old.get(name), new.get(name))
    ]


def as_markdown(old: Mapping[str, Document], new: Mapping[str, Document]) -> str:
    """Articles that came and went, counts by kind, and every change to an article that stayed."""
    found = changes(old, new)
    came, went = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
    parts = [
        _listed("Articles added", came),
        _listed("Articles removed", went),
        "| annotations | count |",
        "| --- | ---: |",
    ]
    parts += [f"| {kind} | {sum(change.kind == kind for change in found):,} |" for kind in KINDS]
    stayed = [change for change in found if change.article in old and change.article in new]
    parts += ["", *(_line(change) for change in stayed)] if stayed else []
    return "\n".join(part for part in parts if part is not None) + "\n"


def _listed(title: str, names: Iterable[str]) -> str:
    listed = ", ".join(f"`{name}`" for name in names)
    return f"{title}: {listed or 'none'}.\n"


def _line(change: Change) -> str:
    words = " ".join(change.words.split())
    shown = f" «{words if len(words) <= 60 else words[:60] + '…'}»" if words else ""
    detail = f": {change.detail}" if change.detail else ""
    return f"- `{change.article}/{change.id}` {change.kind}, {change.label}{shown}{detail}"
