"""Which compression the tables of a release take: bytes, seconds to write and to read, for the corpus and generated articles.

python benchmarks/compression.py --json benchmarks/compression.json
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from generate import lines, settings_folder
from tasrih.release.build import build
from tasrih.release.write import WRITING

CORPUS = Path(__file__).parents[1] / "corpus"
CODECS: dict[str, dict[str, Any]] = {
    "none": {"compression": "none"},
    "snappy": {"compression": "snappy"},
    "lz4": {"compression": "lz4"},
    "gzip": {"compression": "gzip"},
    "zstd 1": {"compression": "zstd", "compression_level": 1},
    "zstd 3": {"compression": "zstd", "compression_level": 3},
    "zstd 9": {"compression": "zstd", "compression_level": 9},
}


def tables_of(release: Path) -> list[pa.Table]:
    """Every table of a release."""
    return [pq.read_table(path) for path in sorted(release.glob("data/*/*.parquet"))]


def timed(work: Callable[[], object]) -> float:
    """Seconds of CPU."""
    started = time.process_time()
    work()
    return time.process_time() - started


def measure(data: str, tables: list[pa.Table], codec: str, rounds: int, folder: Path) -> dict[str, Any]:
    """Bytes of all tables together, and the least time to write and to read them."""
    how = {**WRITING, "compression_level": None, **CODECS[codec]}
    files = [folder / f"{number}.parquet" for number in range(len(tables))]

    def write() -> None:
        for table, file in zip(tables, files, strict=True):
            pq.write_table(table, file, **how)

    def read() -> None:
        for file in files:
            pq.read_table(file, use_threads=False)

    writing = [timed(write) for _ in range(rounds)]
    reading = [timed(read) for _ in range(rounds)]
    size = sum(file.stat().st_size for file in files)
    row = {
        "data": data,
        "codec": codec,
        "bytes": size,
        "write": statistics.median(writing),
        "read": statistics.median(reading),
    }
    print(
        f"{data:12}{codec:8}{size / 1e6:9.2f} MB  write {row['write']:6.3f} s  read {row['read']:6.3f} s",
        flush=True,
    )
    return row


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shard = folder / "articles.jsonl"
        with shard.open("wb") as stream:
            stream.writelines(lines(given.articles))
        silver = build(settings_folder(folder / "silver"), folder / "a", sources=[shard]).folder
        corpus = build(CORPUS, folder / "b").folder
        assert silver and corpus
        rows = [
            measure(data, tables_of(release), codec, given.rounds, folder)
            for data, release in (("corpus", corpus), ("generated", silver))
            for codec in CODECS
        ]
    if given.json:
        given.json.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
