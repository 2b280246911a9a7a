"""Rows of the tables of a release as the documents that they were made of.

Labels are named by the table's own features, so a table of older labels reads right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from tasrih.model import GOLD, UNSPECIFIED, Annotation, Document, Layer, text_order
from tasrih.schema import Feature
from tasrih.store import Misuse

if TYPE_CHECKING:
    import pyarrow as pa

_KINDS = {"entities": "entity", "claims": "claim", "stances": "stance"}
_GROUPS = ("rights", "credits", "cue")
_NOT_METADATA = {"text", "guidelines", "uid", "annotator", "article", *_KINDS}


def features_of(schema: pa.Schema) -> dict[str, Feature]:
    """The features that a table's metadata states. Raises Misuse where there are none."""
    try:
        stated = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, ValueError, TypeError):
        raise Misuse("a table without features in its metadata; it is no table of a release") from None
    return cast(dict[str, Feature], stated)


def named_rows(batch: pa.RecordBatch | pa.Table, features: Mapping[str, Feature]) -> Iterator[dict[str, Any]]:
    """Rows of a batch, labels by their names, what is not stated left out."""
    for row in batch.to_pylist():
        yield cast(dict[str, Any], _named(row, features))


def _named(value: Any, feature: Any) -> Any:
    if value is None:
        return None
    if isinstance(feature, list):
        return [_named(item, feature[0]) for item in value]
    if "_type" not in feature:
        named = {name: _named(value[name], child) for name, child in feature.items()}
        return {name: item for name, item in named.items() if item is not None}
    if feature["_type"] == "ClassLabel":
        name = feature["names"][value]
        return None if name == UNSPECIFIED else name
    return value


def _grouped(record: Mapping[str, Any]) -> dict[str, Any]:
    """Columns with a prefix back in the object that they come from: rights_licence → rights.licence."""
    found: dict[str, Any] = {}
    for name, item in record.items():
        group = next((group for group in _GROUPS if name.startswith(group + "_")), None)
        if group:
            found.setdefault(group, {})[name[len(group) + 1 :]] = item
        else:
            found[name] = item
    return found


def document_of(row: Mapping[str, Any], layers: Mapping[str, list[Layer | Annotation]]) -> Document:
    """The document of a row of `articles` or `standoff`, its gold from the row and `layers` of annotators beside it.

    Keys without a value are left out.
    """
    article = _grouped({name: item for name, item in row.items() if name not in _NOT_METADATA})
    article = {name: item for name, item in article.items() if item not in (None, [], {}) or name == "zones"}
    gold = layer_of(row, row["id"], article["text_sha256"])
    given = {name: _with_hash(lines, article["text_sha256"]) for name, lines in layers.items()}
    return cast(Document, {"article": article, "text": row.get("text"), "layers": {GOLD: gold, **given}})


def _with_hash(lines: list[Layer | Annotation], digest: str) -> list[Layer | Annotation]:
    header = {**cast(dict[str, Any], lines[0]), "text_sha256": digest}
    return [cast(Layer, header), *lines[1:]]


def layer_of(row: Mapping[str, Any], article: str, digest: str) -> list[Layer | Annotation]:
    """The layer that a row holds, header first, then in text order; `digest` is the hash of the article's text."""
    header = {
        "type": "layer", "article": article, "text_sha256": digest, "annotator": row.get("annotator", GOLD),
        "guidelines": row.get("guidelines"),
    }  # fmt: skip
    records = [
        _annotation(kind, record) for column, kind in _KINDS.items() for record in row.get(column) or ()
    ]
    return [cast(Layer, header), *sorted(records, key=text_order)]


def _annotation(kind: str, record: Mapping[str, Any]) -> Annotation:
    grouped = _grouped(record)
    kept = {name: item for name, item in grouped.items() if item not in (None, [], {})}
    return cast(Annotation, {"type": kind, **kept})


def documents_of(batches: Iterable[pa.RecordBatch], features: Mapping[str, Feature]) -> Iterator[Document]:
    """The documents of batches of the table `articles` or `standoff`, with gold alone."""
    for batch in batches:
        for row in named_rows(batch, features):
            yield document_of(row, {})
