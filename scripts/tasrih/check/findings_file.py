"""Findings in a Parquet file, however many: a row each, written as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasrih import store
from tasrih.model import Finding

_NAMES = [one.name for one in fields(Finding)]
SCHEMA = pa.schema([pa.field(name, pa.int32() if name == "line" else pa.string()) for name in _NAMES])


def as_table(findings: Sequence[Finding]) -> pa.Table:
    """A row a finding."""
    return pa.table([[getattr(finding, name) for finding in findings] for name in _NAMES], schema=SCHEMA)


@contextmanager
def writing(path: Path) -> Iterator[Callable[[Sequence[Finding]], None]]:
    """A function that appends findings to the file; it is put in place at the end. Raises Misuse."""
    with store.beside(path) as new, pq.ParquetWriter(new, SCHEMA, compression="zstd") as writer:
        yield lambda findings: writer.write_table(as_table(findings)) if findings else None
