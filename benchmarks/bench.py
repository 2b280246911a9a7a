"""Measures check and build beside what a team would write by hand, all in one run, and prints the ratios.

Every way reads the same JSON Lines shard of generated articles. Each runs in a process of its own, which is timed
whole, as a user would wait for it; in turns, so that a machine whose speed drifts drifts for all. A ratio is that of
two runs of one round; rates and ratios are the medians over the rounds.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generate import lines

CORPUS = Path(__file__).parents[1] / "corpus"


def tasrih(shard: Path, out: Path, workers: int) -> int:
    """Check with all rules, and every table of the release that these articles give rows for."""
    from tasrih import engine, store
    from tasrih.release.batch import BatchJob, shard_batches
    from tasrih.release.write import TableWriter

    engine.without_pandas()  # as the command line does
    engine.keep_memory()
    settings = store.open_corpus(CORPUS).settings
    writer = TableWriter(out, settings["labels"])
    for result in engine.run(BatchJob(settings), shard_batches([shard]), workers):
        assert not result.findings, result.findings[:3]
        writer.write(result.tables)
    return sum(table["rows"] for table in writer.close() if table["config"] == "articles")


def naive(shard: Path, out: Path) -> int:
    """What a notebook does: json, jsonschema for every record, Dataset.from_generator."""
    import datasets
    from jsonschema import Draft202012Validator

    from tasrih import schema, store
    from tasrih.release.tables import features

    datasets.disable_progress_bars()
    labels = store.open_corpus(CORPUS).settings["labels"]
    validator = Draft202012Validator(schema.complete("document", labels))
    columns = features(labels)["articles"]
    wanted = {
        key: feature
        for key, feature in columns.items()
        if key in ("id", "event", "topic", "text", "entities")
    }

    def rows():
        with shard.open(encoding="utf-8") as stream:
            for line in stream:
                record = json.loads(line)
                validator.validate(record)
                article = record["article"]
                entities = [
                    {
                        **dict.fromkeys(wanted["entities"][0]),
                        "members": [],
                        **{k: v for k, v in e.items() if k != "type"},
                    }
                    for e in record["layers"]["gold"][1:]
                ]
                yield {
                    "id": article["id"],
                    "event": article["event"],
                    "topic": article["topic"],
                    "text": record["text"],
                    "entities": entities,
                }

    made = datasets.Dataset.from_generator(
        rows, features=datasets.Features.from_dict(wanted), cache_dir=str(out)
    )
    return len(made)


def load_json(shard: Path, out: Path) -> int:
    """load_dataset("json"), which validates nothing."""
    import datasets

    datasets.disable_progress_bars()
    return len(datasets.load_dataset("json", data_files=str(shard), cache_dir=str(out), split="train"))


def floor(shard: Path, out: Path) -> int:
    """pyarrow: JSON Lines to Parquet, which validates nothing either."""
    import pyarrow.json
    import pyarrow.parquet

    table = pyarrow.json.read_json(shard)
    pyarrow.parquet.write_table(table, out / "floor.parquet", compression="zstd")
    return int(table.num_rows)


WAYS: dict[str, tuple[str, Callable[[Path, Path], int]]] = {
    "one": ("tasrih check and build, one process", lambda shard, out: tasrih(shard, out, 1)),
    "two": ("tasrih check and build, two processes", lambda shard, out: tasrih(shard, out, 2)),
    "naive": ("jsonschema and Dataset.from_generator", naive),
    "json": ('load_dataset("json"), no validation', load_json),
    "floor": ("pyarrow JSON to Parquet, no validation", floor),
}


def measure(way: str, shard: Path) -> None:
    """Runs one way in this process and prints its rows and its peak memory."""
    with tempfile.TemporaryDirectory() as out:
        rows = WAYS[way][1](shard, Path(out))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"rows": rows, "megabytes": max(own, children) / 1024}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--entities", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--shard", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        measure(given.way, given.shard)
        return
    with tempfile.TemporaryDirectory() as folder:
        shard = Path(folder) / "articles.jsonl"
        with shard.open("wb") as stream:
            stream.writelines(lines(given.articles, given.entities))
        print(
            f"{given.articles:,} articles of {given.entities} entities, {shard.stat().st_size / 1e6:.0f} MB, {given.rounds} rounds\n"
        )
        found: dict[str, list[dict]] = {way: [] for way in WAYS}
        for _ in range(given.rounds):
            for way in WAYS:
                command = [sys.executable, __file__, "--way", way, "--shard", str(shard)]
                started = time.perf_counter()
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                seconds = time.perf_counter() - started
                found[way].append({**json.loads(done.stdout.splitlines()[-1]), "seconds": seconds})
                assert found[way][-1]["rows"] == given.articles
    show(given.articles, found)


def show(articles: int, found: dict[str, list[dict]]) -> None:
    """Prints rates, peak memory and the ratios that matter."""
    print(f"{'':42}{'articles/s':>12}{'peak MB':>10}{'× naive':>10}{'× load_dataset':>16}")
    for way, (words, _) in WAYS.items():
        rate = articles / statistics.median(run["seconds"] for run in found[way])
        peak = max(run["megabytes"] for run in found[way])
        print(
            f"{words:42}{rate:12,.0f}{peak:10,.0f}{ratio(found, way, 'naive'):10.1f}{ratio(found, way, 'json'):16.2f}"
        )


def ratio(found: dict[str, list[dict]], way: str, other: str) -> float:
    """How many times as fast as `other` a way is: the median over the rounds."""
    pairs = zip(found[way], found[other], strict=True)
    return statistics.median(theirs["seconds"] / own["seconds"] for own, theirs in pairs)


if __name__ == "__main__":
    main()
