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
                    command = words(verb, shards, corpus, folder, workers)
                    row = {"verb": verb, "articles": articles, "workers": workers}
                    rows.append(row | measure(command, shards, folder, given.rounds))
                    show(rows[-1])
            shutil.rmtree(folder / "in")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


def words(verb: str, shards: list[Path], corpus: Path, folder: Path, workers: int) -> list[str]:
    """The command that applies a verb to all shards."""
    kept = ["--out", str(folder / "out"), "--cache", str(folder / "pieces")] if verb == "build" else []
    return [*TASRIH, verb, *map(str, shards), "--corpus", str(corpus), *kept, "--workers", str(workers)]


def measure(command: list[str], shards: list[Path], folder: Path, rounds: int) -> dict[str, Any]:
    """So many runs that are timed, of which median, least and most are kept, and one whose memory is sampled."""
    runs = []
    for _ in range(rounds):
        runs.append(measured.run(command))
        clear(folder)
    peak = measured.megabytes(command)
    files = {"in": shards, "out": folder.glob("out/**/*.parquet"), "pieces": folder.glob("pieces/*/*")}
    size = {name: sum(path.stat().st_size for path in paths) for name, paths in files.items()}
    clear(folder)
    seconds, cpu = (spread([getattr(run, name) for run in runs]) for name in ("seconds", "cpu"))
    return {"rounds": rounds, "seconds": seconds, "cpu": cpu[0], "megabytes": peak, "bytes": size}


def clear(folder: Path) -> None:
    """Deletes what a build has made."""
    for name in ("out", "pieces"):
        shutil.rmtree(folder / name, ignore_errors=True)


def show(row: dict[str, Any]) -> None:
    """Prints a line of the table."""
    middle, least, most = row["seconds"]
    print(
        f"{row['verb']:6}{row['articles']:>10,} articles {row['workers']} workers {middle:9.1f} s ({least:.1f} to {most:.1f})"
        f"{row['articles'] / middle:8,.0f}/s {row['megabytes']:6.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
