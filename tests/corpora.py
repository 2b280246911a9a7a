"""Makes small corpora for tests from rule examples and inline snippets."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from tasrih import store
from tasrih.check.rule import REMOVE, Example, TooLong
from tasrih.formats import inline
from tasrih.model import Document, Settings
from tasrih.splits import assign, groups_of
from tasrih.text.canonical import sha256

SETTINGS: dict[str, Any] = {
    "name": "example-corpus",
    "title": "Example",
    "version": "0.1.0",
    "date": "2026-01-01",
    "languages": ["ar"],
    "licence": "CC-BY-4.0",
    "guidelines": "1.0",
    "labels": {
        "entity": ["PER", "ORG", "GPE", "LOC", "FAC", "NORP", "OCC", "EVENT", "DATE", "LAW", "PROD", "MEDIA"],
        "stance": ["support", "oppose", "neutral"],
        "topic": ["health", "local"],
    },
    "splits": {"train": 80, "validation": 10, "test": 10, "salt": "x"},
}


def document(snippet: str, name: str = "example", layer: str = "gold") -> Document:
    """A whole document from an inline snippet: text with tags, roles behind a line `=== roles`."""
    text, _, roles = snippet.partition("\n=== roles\n")
    parsed = inline.read(f"{inline.MAGIC}\nannotator: {layer}\n=== text\n{text}\n=== roles\n{roles}\n")
    digest = sha256(parsed.text)
    article: Any = {
        "id": name, "title": None, "language": "ar", "event": f"{name}-event", "topic": "local", "origin": "written",
        "author": "the tests", "date": "2026-01-01", "invented": True, "rights": {"licence": "CC0-1.0", "redistribute": True},
        "text_sha256": digest, "length": len(parsed.text), "zones": [],
    }  # fmt: skip
    header: Any = {"type": "layer", "article": name, "text_sha256": digest, "annotator": layer, "guidelines": "1.0",
                   "created": "2026-01-01T00:00:00Z", "tool": "tests"}  # fmt: skip
    return {"article": article, "text": parsed.text, "layers": {layer: [header, *parsed.annotations]}}


def settings_toml(changes: dict[str, Any] | None = None) -> str:
    """corpus.toml with values set by dotted key."""
    settings = deepcopy(SETTINGS)
    for key, value in (changes or {}).items():
        *parents, last = key.split(".")
        part = settings
        for parent in parents:
            part = part[parent]
        part[last] = value
    plain = [f"{key} = {json.dumps(value)}" for key, value in settings.items() if not isinstance(value, dict)]
    tables = [
        line
        for name, table in settings.items()
        if isinstance(table, dict)
        for line in (f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items()))
    ]
    return "\n".join([*plain, *tables]) + "\n"


def patched(whole: Document, patch: Any) -> Document:
    """`whole` with values set or removed by JSON pointer; «reversed» turns a layer's annotations round."""
    result: Any = deepcopy(whole)
    for pointer, value in patch.items():
        *parents, last = pointer.strip("/").split("/")
        part = result
        for parent in parents:
            part = part[int(parent)] if isinstance(part, list) else part[parent]
        key: Any = int(last) if isinstance(part, list) else last
        if value is REMOVE and key == "layers":
            part[key] = {}
        elif value is REMOVE and key == "text":
            part[key] = None
        elif value is REMOVE:
            del part[key]
        elif value == "reversed":
            part[key] = [part[key][0], *reversed(part[key][1:])]
        else:
            part[key] = deepcopy(value)
    return result  # type: ignore[no-any-return]


def write_document(root: Path, whole: Any, folder_name: str | None = None) -> Path:
    """Writes a document, valid or not, as a folder of the corpus in `root`."""
    folder = root / "articles" / (folder_name or whole["article"]["id"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "article.json").write_text(json.dumps(whole["article"], ensure_ascii=False), "utf-8")
    if whole["text"] is not None:
        (folder / "text.txt").write_bytes(whole["text"].encode())
    for name, lines in whole["layers"].items():
        path = folder / "gold.jsonl" if name == "gold" else folder / "layers" / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return folder


def write_example(root: Path, example: Example) -> Path:
    """Writes the corpus of a rule's example into `root`; the splits are assigned unless it gives them."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "corpus.toml").write_text(settings_toml(dict(example.settings)), "utf-8")
    (root / "guidelines.md").write_text("# Guidelines\nVersion: 1.0\n", "utf-8")
    documents = [patched(document(example.inline), example.patch)]
    documents += [document(snippet, name) for name, snippet in example.others.items()]
    for whole, name in zip(documents, ["example", *example.others], strict=True):
        write_document(root, whole, name)
    splits = example.splits
    if splits is None:
        events = {whole["article"]["id"]: whole["article"]["event"] for whole in documents}
        splits = assign(events, [], groups_of(events, []), SETTINGS["splits"])
    (root / "splits.jsonl").write_text("".join(json.dumps(record) + "\n" for record in splits), "utf-8")
    for name, given in sorted(example.files.items(), key=lambda item: item[1] is not None):
        path = root / name
        content = given.content() if isinstance(given, TooLong) else given
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return root


def write_corpus(
    root: Path, documents: list[Document], settings: dict[str, Any] | None = None
) -> store.Corpus:
    """A valid corpus of `documents` in `root`, splits assigned."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "corpus.toml").write_text(settings_toml(settings), "utf-8")
    (root / "guidelines.md").write_text("# Guidelines\nVersion: 1.0\n", "utf-8")
    for whole in documents:
        write_document(root, whole)
    events = {whole["article"]["id"]: whole["article"]["event"] for whole in documents}
    corpus = store.open_corpus(root)
    store.write_splits(corpus, assign(events, [], groups_of(events, []), corpus.settings["splits"]))
    return corpus


def settings() -> Settings:
    """The settings of the small corpora."""
    return deepcopy(SETTINGS)  # type: ignore[return-value]
