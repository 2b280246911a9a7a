"""Loads every config and split of a release with the `datasets` of the running Python, plainly and streaming.

Prints one JSON object: per config and split the number of rows, the features and the first row. Runs with the
oldest and the newest `datasets` that releases promise to load with, so it uses what both have.
"""

import json
import sys
import tempfile

import datasets

datasets.disable_progress_bars()


def main(release: str) -> None:
    found = {"version": datasets.__version__, "configs": {}}
    with tempfile.TemporaryDirectory() as cache:
        for config in datasets.get_dataset_config_names(release):
            plain = datasets.load_dataset(release, config, cache_dir=cache)
            streamed = datasets.load_dataset(release, config, streaming=True)
            assert set(plain) == set(streamed), config
            splits = {}
            for split, table in plain.items():
                first = next(iter(streamed[split]))
                assert first == table[0], (config, split)
                assert streamed[split].features == table.features, (config, split)
                names = {
                    name: feature.names
                    for name, feature in table.features.items()
                    if isinstance(feature, datasets.ClassLabel)
                }
                splits[split] = {
                    "rows": len(table),
                    "columns": table.column_names,
                    "labels": names,
                    "arrow": str(table.features.arrow_schema.remove_metadata()),
                    "first": first,
                }
            assert len({str(table.features) for table in plain.values()}) == 1, config
            found["configs"][config] = splits
        default = datasets.load_dataset(release, cache_dir=cache)
        found["default"] = {split: table.column_names for split, table in default.items()}
    print(json.dumps(found, ensure_ascii=False))


main(sys.argv[1])
