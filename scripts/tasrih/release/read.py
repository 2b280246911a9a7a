"""Reads a release back: its rows as the documents that they were made of.

The nested tables hold all of it: `articles` and, for texts that are withheld, `standoff` give gold, `annotators`
the layers of annotators. Labels are named by the table's own features, so a release of older labels reads right.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasrih.model import SPLITS, Annotation, Document, Layer
from tasrih.release.write import parquet_paths
from tasrih.rows import document_of, features_of, layer_of, named_rows
from tasrih.schema import Feature
from tasrih.store import Misuse

_BATCH = 200


def table_features(folder: Path, config: str) -> dict[str, Feature] | None:
    """The features of a configuration, or None where the release has no table of it."""
    for split in SPLITS:
        for path in parquet_paths(folder, config, split):
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
            layers.setdefault(row["article"], {})[row["annotator"]] = layer_of(row, row["article"], "")
        seen: set[str] = set()
        for config in ("articles", "standoff"):
            for row in _rows(folder, config, split):
                if row["id"] not in seen:
                    seen.add(row["id"])
                    yield split, document_of(row, layers.get(row["id"], {}))


def _rows(folder: Path, config: str, split: str) -> Iterator[dict[str, Any]]:
    for path in parquet_paths(folder, config, split):
        try:
            with pq.ParquetFile(path) as file:
                features = features_of(file.schema_arrow)
                for batch in file.iter_batches(_BATCH):
                    yield from named_rows(batch, features)
        except (pa.ArrowException, OSError) as error:
            raise Misuse(f"{path}: cannot be read: {str(error)[:150]}") from None
