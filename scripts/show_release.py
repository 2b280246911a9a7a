"""Loads every config of a release as a user would, offline, and prints what is in it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import datasets
from rich.console import Console
from rich.table import Table


def main(release: Path) -> None:
    datasets.disable_progress_bars()
    table = Table(title=f"{release.name}, loaded with datasets {datasets.__version__}")
    splits = ("train", "validation", "test")
    for name in ("config", *splits, "columns"):
        table.add_column(name, justify="right" if name in splits else "left")
    with tempfile.TemporaryDirectory() as cache:
        for config in datasets.get_dataset_config_names(str(release)):
            loaded = datasets.load_dataset(str(release), config, cache_dir=cache)
            columns = next(iter(loaded.values())).column_names
            counts = [f"{len(loaded[split]):,}" if split in loaded else "" for split in splits]
            shown = ", ".join(columns[:6]) + (f" and {len(columns) - 6} more" if len(columns) > 6 else "")
            table.add_row(config, *counts, shown)
    Console(width=120).print(table)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
