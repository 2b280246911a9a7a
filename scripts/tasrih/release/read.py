"""Reads a release back: its rows as the documents that they were made of.

The nested tables hold all of it: `articles` and, for texts that are withheld, `standoff` give gold, `annotators`
the layers of annotators. Labels are named by the table's own features, so a release of older labels reads right.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from tasrih.model import GOLD, SPLITS, UNSPECIFIED, Annotation, Document, Layer
from tasrih.release.write import parquet_path
from tasrih.schema import Feature
from tasrih.store import Misuse

_KINDS = {"entities": "entity", "claims": "claim", "stances": "stance"}
_GROUPS = ("rights", "credits", "cue")
_NOT_METADATA = {"text", "guidelines", "uid", "annotator", "article", *_KINDS}
_BATCH = 200


def features_of(schema: pa.Schema) -> dict[str, Feature]:
    """The features that a table's metadata states. Raises Misuse where there are none."""
    try:
        stated = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, ValueError, TypeError):
        raise Misuse("a table without features in its metadata; it is no table of a release") from None
    return cast(dict[str, Feature], stated)


def table_features(folder: Path, config: str) -> dict[str, Feature] | None:
    """The features of a configuration, or None where the release has no table of it."""
    for split in SPLITS:
        path = folder / parquet_path(config, split)
        if path.is_file():
            return features_of(_schema(path))
    return None


def _schema(path: Path) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise Misuse(f"{path}: cannot be read: {str(error)[:150]}") from None


def documents(folder: Path) -> Iterator[tuple[str, Document]]:
    """Every article of the release with its split; a withheld one without its text.

    Keys without a value are left out. Raises Misuse for a table that cannot be read.
    """
    for split in SPLITS:
        layers: dict[str, dict[str, list[Layer | Annotation]]] = {}
        for row in _rows(folder, "annotators", split):
            layers.setdefault(row["article"], {})[row["annotator"]] = _lines(row, row["article"], "")
        seen: set[str] = set()
        for config in ("articles", "standoff"):
            for row in _rows(folder, config, split):
                if row["id"] not in seen:
                    seen.add(row["id"])
                    yield split, _document(row, layers.get(row["id"], {}))


def _rows(folder: Path, config: str, split: str) -> Iterator[dict[str, Any]]:
    path = folder / parquet_path(config, split)
    if not path.is_file():
        return
    try:
        with pq.ParquetFile(path) as file:
            features = features_of(file.schema_arrow)
            for batch in file.iter_batches(_BATCH):
                for row in batch.to_pylist():
                    yield cast(dict[str, Any], _named(row, features))
    except (pa.ArrowException, OSError) as error:
        raise Misuse(f"{path}: cannot be read: {str(error)[:150]}") from None


def _named(value: Any, feature: Any) -> Any:
    """`value` with the names of labels in the place of their ids, and without what is not stated."""
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


def _document(row: dict[str, Any], layers: Mapping[str, list[Layer | Annotation]]) -> Document:
    article = _grouped({name: item for name, item in row.items() if name not in _NOT_METADATA})
    article = {name: item for name, item in article.items() if item not in (None, [], {}) or name == "zones"}
    gold = _lines(row, row["id"], article["text_sha256"])
    given = {name: _with_hash(lines, article["text_sha256"]) for name, lines in layers.items()}
    return cast(Document, {"article": article, "text": row.get("text"), "layers": {GOLD: gold, **given}})


def _with_hash(lines: list[Layer | Annotation], digest: str) -> list[Layer | Annotation]:
    header = {**cast(dict[str, Any], lines[0]), "text_sha256": digest}
    return [cast(Layer, header), *lines[1:]]


def _lines(row: Mapping[str, Any], article: str, digest: str) -> list[Layer | Annotation]:
    header = {
        "type": "layer", "article": article, "text_sha256": digest, "annotator": row.get("annotator", GOLD),
        "guidelines": row.get("guidelines"),
    }  # fmt: skip
    records = [
        _annotation(kind, record) for column, kind in _KINDS.items() for record in row.get(column) or ()
    ]
    return [cast(Layer, header), *records]


def _annotation(kind: str, record: Mapping[str, Any]) -> Annotation:
    grouped = _grouped(record)
    kept = {name: item for name, item in grouped.items() if item not in (None, [], {})}
    return cast(Annotation, {"type": kind, **kept})
