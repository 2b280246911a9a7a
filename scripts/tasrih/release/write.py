"""Writes the Parquet files of a release, batch by batch, and remembers what the manifest needs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasrih.model import SPLITS, Labels
from tasrih.release.content_hash import ContentHash
from tasrih.release.tables import CONFIGS, Tables, shapes_of

COMPRESSION = "snappy"  # as `datasets` itself writes Parquet
ROW_GROUP = 8_000_000


def parquet_path(config: str, split: str) -> str:
    """Where a table stands in a release."""
    return f"data/{config}/{split}-00000-of-00001.parquet"


class TableWriter:
    """One ParquetWriter a table, opened with its first rows. Memory holds a row group a table.

    A row group is written once its batches take ROW_GROUP bytes, so it is the same in every build.
    """

    def __init__(self, folder: Path, labels: Labels) -> None:
        self._folder = folder
        self._shapes = shapes_of(labels)
        self._writers: dict[tuple[str, str], Any] = {}
        self._hashes: dict[tuple[str, str], ContentHash] = {}
        self._waiting: dict[tuple[str, str], list[pa.Table]] = {}
        self._bytes: Counter[tuple[str, str]] = Counter()

    def write(self, tables: dict[str, Tables]) -> None:
        """Appends a batch's tables, by split and configuration."""
        for split, by_config in tables.items():
            for config, table in by_config.items():
                key = (config, split)
                self._waiting.setdefault(key, []).append(table)
                self._bytes[key] += table.nbytes
                if self._bytes[key] >= ROW_GROUP:
                    self._flush(config, split)

    def _flush(self, config: str, split: str) -> None:
        table = pa.concat_tables(self._waiting.pop((config, split))).combine_chunks()
        del self._bytes[config, split]
        self._writer(config, split).write_table(table)
        self._hashes[config, split].update(table)

    def _writer(self, config: str, split: str) -> Any:
        key = (config, split)
        if key not in self._writers:
            path = self._folder / parquet_path(config, split)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[key] = pq.ParquetWriter(path, self._shapes[config].arrow, compression=COMPRESSION)
            self._hashes[key] = ContentHash()
        return self._writers[key]

    def close(self) -> list[dict[str, Any]]:
        """Closes the files; returns the manifest's entries, in the order of configurations and splits."""
        for config, split in list(self._waiting):
            self._flush(config, split)
        for writer in self._writers.values():
            writer.close()
        return [
            {"config": config, "split": split, "rows": self._hashes[config, split].rows,
             "content_sha256": self._hashes[config, split].hexdigest()}
            for config in CONFIGS
            for split in SPLITS
            if (config, split) in self._hashes
        ]  # fmt: skip
