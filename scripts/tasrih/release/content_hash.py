"""A hash of a table's content that does not depend on how Parquet wrote it.

Every leaf column is hashed as a stream of its own: validity, lengths, bytes. So neither the size of row
groups nor the compression, the dictionary or the version of pyarrow changes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def joined_content(hashes: Sequence[str]) -> str:
    """The content hash of a table from those of its files."""
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()


class ContentHash:
    """Takes the tables of one split batch by batch; `hexdigest` is the same for any batching."""

    def __init__(self) -> None:
        self._streams: dict[str, Any] = {}
        self.rows = 0

    def update(self, table: pa.Table) -> None:
        self.rows += table.num_rows
        for batch in table.combine_chunks().to_batches():
            for field, column in zip(batch.schema, batch.columns, strict=True):
                self._array(field.name, column)

    def hexdigest(self) -> str:
        digest = hashlib.sha256(str(self.rows).encode())
        for name in sorted(self._streams):
            digest.update(f"\n{name}:{self._streams[name].hexdigest()}".encode())
        return digest.hexdigest()

    def _stream(self, name: str) -> Any:
        return self._streams.setdefault(name, hashlib.sha256())

    def _array(self, name: str, array: pa.Array) -> None:
        if array.null_count:
            self._bytes(f"{name}?", pc.cast(array.is_valid(), pa.uint8()))
        else:
            self._stream(f"{name}?").update(b"\1" * len(array))
        if pa.types.is_list(array.type):
            self._bytes(f"{name}#", _filled(pc.list_value_length(array), 0))
            self._array(f"{name}[]", array.flatten())
        elif pa.types.is_struct(array.type):
            for field, child in zip(array.type, array.flatten(), strict=True):
                self._array(f"{name}.{field.name}", child)
        elif pa.types.is_string(array.type):
            filled = _filled(array, "")
            self._bytes(f"{name}#", pc.binary_length(filled))
            self._stream(f"{name}={array.type}").update(_string_bytes(filled))
        else:
            filled = _filled(array, False if pa.types.is_boolean(array.type) else 0)
            wide = pc.cast(filled, pa.uint8()) if pa.types.is_boolean(array.type) else filled
            self._bytes(f"{name}={array.type}", wide)

    def _bytes(self, name: str, array: pa.Array) -> None:
        """Feeds the values of a fixed-width array without nulls."""
        width = array.type.bit_width // 8
        buffer = array.buffers()[1]
        stream = self._stream(name)
        if buffer is not None and len(array):
            stream.update(memoryview(buffer)[array.offset * width : (array.offset + len(array)) * width])


def _filled(array: pa.Array, value: Any) -> pa.Array:
    return pc.fill_null(array, value) if array.null_count else array


def _string_bytes(array: pa.Array) -> Any:
    offsets, data = array.buffers()[1:3]
    if data is None or not len(array):
        return b""
    bounds = memoryview(offsets).cast("i")
    return memoryview(data)[bounds[array.offset] : bounds[array.offset + len(array)]]
