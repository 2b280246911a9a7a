"""How the Parquet files of a release are named and written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# Measured by benchmarks/compression.py; docs/performance.md has the figures.
WRITING: dict[str, Any] = {"compression": "zstd", "compression_level": 1, "write_page_index": True}


def parquet_path(config: str, split: str, number: int = 0, of: int = 1) -> str:
    """Where a file of a table stands in a release."""
    return f"data/{config}/{split}-{number:05d}-of-{of:05d}.parquet"


def parquet_paths(folder: Path, config: str, split: str) -> list[Path]:
    """The files of a table of the release in `folder`, in order; none where it has no such table."""
    return sorted((folder / "data" / config).glob(f"{split}-[0-9]*-of-[0-9]*.parquet"))
