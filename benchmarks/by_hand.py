"""What check and build are compared with: python by_hand.py naive|load_dataset|floor|floor-of-all SHARD OUT."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[1] / "corpus"


def naive(shard: Path, out: Path) -> int:
    """What a notebook does: json, jsonschema for every record, Dataset.from_generator."""
    import datasets
    from jsonschema import Draft202012Validator

    from tasrih import schema, store
    from tasrih.release.tables import features

    labels = store.open_corpus(CORPUS).settings["labels"]
    validator = Draft202012Validator(schema.complete("document", labels))
    kept = ("id", "event", "topic", "text", "entities")
    wanted: dict[str, Any] = {
        key: feature for key, feature in features(labels)["articles"].items() if key in kept
    }

    def rows() -> Iterator[dict[str, Any]]:
        with shard.open(encoding="utf-8") as stream:
            for line in stream:
                record = json.loads(line)
                validator.validate(record)
                nothing = {**dict.fromkeys(wanted["entities"][0]), "members": []}
                entities = [
                    {**nothing, **{key: value for key, value in entity.items() if key != "type"}}
                    for entity in record["layers"]["gold"][1:]
                ]
                article = record["article"]
                yield {
                    "id": article["id"], "event": article["event"], "topic": article["topic"], "text": record["text"],
                    "entities": entities,
                }  # fmt: skip

    columns = datasets.Features.from_dict(wanted)
    return len(datasets.Dataset.from_generator(rows, features=columns, cache_dir=str(out)))


def load_dataset(shard: Path, out: Path) -> int:
    """load_dataset("json"), which validates nothing."""
    import datasets

    return len(datasets.load_dataset("json", data_files=str(shard), cache_dir=str(out), split="train"))


def floor(shard: Path, out: Path) -> int:
    """pyarrow: JSON Lines to one Parquet file, which validates nothing either."""
    import pyarrow.parquet

    table = _read(shard, out)
    pyarrow.parquet.write_table(table, out / "floor.parquet", compression="zstd")
    return int(table.num_rows)


def floor_of_all(shard: Path, out: Path) -> int:
    """pyarrow: JSON Lines read, and the Parquet files of the release written, whose tables are ready beside the shard."""
    from multiprocessing.pool import ThreadPool

    import pyarrow as pa
    import pyarrow.parquet

    from tasrih.release.write import WRITING

    def write(path: Path) -> None:
        with pa.memory_map(str(path)) as file:
            table = pa.ipc.open_file(file).read_all()
            pyarrow.parquet.write_table(table, out / f"{path.stem}.parquet", **WRITING)

    rows = _read(shard, out).num_rows
    with ThreadPool(pa.cpu_count()) as pool:
        pool.map(write, sorted(tables_of(shard).glob("*.arrow")), chunksize=1)
    return int(rows)


def tables_of(shard: Path) -> Path:
    """The folder with the tables of the release of `shard`, as Arrow files."""
    return shard.with_suffix(".tables")


def _read(shard: Path, out: Path) -> Any:
    """The lines as pyarrow reads them, on as many processors as this process may use."""
    import os

    import pyarrow as pa
    import pyarrow.json

    pa.set_cpu_count(len(os.sched_getaffinity(0)))
    out.mkdir(parents=True)
    return pyarrow.json.read_json(shard)


WAYS = {"naive": naive, "load_dataset": load_dataset, "floor": floor, "floor-of-all": floor_of_all}

if __name__ == "__main__":
    way, given, folder = sys.argv[1:]
    print(WAYS[way](Path(given), Path(folder)))
