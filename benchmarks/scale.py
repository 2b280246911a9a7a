"""Checks, and builds releases of, 10,000, 100,000 and 1,000,000 generated articles and measures time and memory of each whole.

The articles are short (40 words and 4 entities), so that the last fits on a disk. Prints a table, and writes it as JSON with --json.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import measured
from bench import spread
from generate import settings_folder, write_short

_MOST_ONLY = 1_000_000  # so many articles are gone through with the most workers alone
TASRIH = [sys.executable, "-m", "tasrih"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to work; a folder for temporary files without it")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        corpus = settings_folder(folder / "silver")
        for articles in given.articles:
            shards = write_short(folder / "in", articles)
            for workers in given.workers if articles < _MOST_ONLY else [max(given.workers)]:
                for verb in ("check", "build"):
                    runs = [
                        measure(verb, shards, corpus, folder, articles, workers) for _ in range(given.rounds)
                    ]
                    rows.append(summed_up(runs))
            shutil.rmtree(folder / "in")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


def summed_up(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """One row of several runs: of seconds the median, the least and the most, of memory the most."""
    seconds = spread([run["seconds"] for run in runs])
    return {
        **runs[0],
        "rounds": len(runs),
        "seconds": seconds,
        "megabytes": max(run["megabytes"] for run in runs),
    }


def measure(
    verb: str, shards: list[Path], corpus: Path, folder: Path, articles: int, workers: int
) -> dict[str, Any]:
    """One run of a verb over all shards; prints and returns its line of the table."""
    kept = ["--out", str(folder / "out"), "--cache", str(folder / "pieces")] if verb == "build" else []
    command = [*TASRIH, verb, *map(str, shards), "--corpus", str(corpus), *kept, "--workers", str(workers)]
    run = measured.run(command)
    sizes = {"in": shards, "out": folder.glob("out/**/*.parquet"), "pieces": folder.glob("pieces/*/*")}
    row = {
        "verb": verb, "articles": articles, "workers": workers, **run.record(),
        "bytes": {name: sum(path.stat().st_size for path in paths) for name, paths in sizes.items()},
    }  # fmt: skip
    for name in ("out", "pieces"):
        shutil.rmtree(folder / name, ignore_errors=True)
    print(
        f"{verb:6}{articles:>10,} articles {workers} workers {run.seconds:9.1f} s {articles / run.seconds:8,.0f}/s "
        f"{run.megabytes:6.0f} MB",
        flush=True,
    )
    return row


if __name__ == "__main__":
    main()
