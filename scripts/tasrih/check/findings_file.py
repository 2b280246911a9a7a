"""Findings in a Parquet file, however many: a row each, written as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasrih.model import Finding
from tasrih.store import Misuse

_NAMES = [one.name for one in fields(Finding)]
SCHEMA = pa.schema([pa.field(name, pa.int32() if name == "line" else pa.string()) for name in _NAMES])


def as_table(findings: Sequence[Finding]) -> pa.Table:
    """A row a finding."""
    return pa.table([[getattr(finding, name) for finding in findings] for name in _NAMES], schema=SCHEMA)


@contextmanager
def writing(path: Path) -> Iterator[Callable[[Sequence[Finding]], None]]:
    """A function that appends findings to the file; it is put in place at the end. Raises Misuse."""
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(new, SCHEMA, compression="zstd") as writer:
            yield lambda findings: writer.write_table(as_table(findings)) if findings else None
        new.replace(path)
    except OSError as error:
        raise Misuse(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        new.unlink(missing_ok=True)
