"""Measures check and build beside what a team would write by hand, all in one run, and prints the ratios.

Every way reads the same JSON Lines shard of generated articles and runs as a command of its own, which is timed whole,
as a user would wait for it: in turns, so that a machine whose speed drifts drifts for all. A ratio is that of two runs
of one round; what is shown is the median over the rounds, with the least and the most.

    python benchmarks/bench.py --rounds 5 --json benchmarks/performance.json
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import measured
from by_hand import tables_of
from generate import lines, settings_folder
from measured import Measured

HERE = Path(__file__).parent
CORPUS = HERE.parent / "corpus"
PYTHON = [sys.executable]
TASRIH = [*PYTHON, "-m", "tasrih"]
Command = tuple[list[str], int]  # what to run, and on how many processors


def ways(shard: Path, silver: Path, out: Path) -> dict[str, Command]:
    """What is compared on the shard: a command, and how many processors it may use."""
    tasrih = ["--corpus", str(silver)]
    build = [*TASRIH, "build", str(shard), *tasrih, "--out", str(out)]
    other = [*PYTHON, str(HERE / "by_hand.py")]
    return {
        "build": (build, 1),
        "build on two": ([*build, "--workers", "2"], 2),
        "check": ([*TASRIH, "check", str(shard), *tasrih], 1),
        "check on two": ([*TASRIH, "check", str(shard), *tasrih, "--workers", "2"], 2),
        "naive": ([*other, "naive", str(shard), str(out)], 1),
        "load_dataset": ([*other, "load_dataset", str(shard), str(out)], 1),
        "load_dataset on two": ([*other, "load_dataset", str(shard), str(out)], 2),
        "floor": ([*other, "floor", str(shard), str(out)], 1),
        "floor on two": ([*other, "floor", str(shard), str(out)], 2),
        "floor of all files": ([*other, "floor-of-all", str(shard), str(out)], 1),
        "floor of all files on two": ([*other, "floor-of-all", str(shard), str(out)], 2),
    }


def make_tables(build: Command, out: Path, shard: Path) -> None:
    """Builds once, and puts the tables of the release beside the shard as Arrow files."""
    import pyarrow as pa
    import pyarrow.parquet

    folder = tables_of(shard)
    folder.mkdir()
    measured.run(build[0])
    for path in sorted(out.glob("*/data/*/*.parquet")):
        table = pyarrow.parquet.read_table(path).combine_chunks()
        with pa.ipc.new_file(str(folder / f"{path.parent.name}-{path.stem}.arrow"), table.schema) as writer:
            writer.write_table(table)
    shutil.rmtree(out)


def starts(folder: Path) -> dict[str, Command]:
    """What is compared of starting: the project's own corpus, and the least that a program of its kind needs."""
    two = folder / "two_commands.py"
    two.write_text(
        "import typer\napp = typer.Typer()\n@app.command()\ndef one(): ...\n@app.command()\ndef two(): ...\napp()\n",
        "utf-8",
    )
    corpus, copy = ["--corpus", str(CORPUS)], folder / "corpus"
    shutil.copytree(CORPUS, copy, ignore=shutil.ignore_patterns(".tasrih"))
    build = [*TASRIH, "build", "--corpus", str(copy), "--out", str(folder / "dist")]
    return {
        "bare imports": ([*PYTHON, "-c", "import typer, orjson, jsonschema_rs"], 1),
        "check of the corpus": ([*TASRIH, "check", *corpus], 1),
        "check of the corpus, nothing kept": ([*TASRIH, "check", "--corpus", str(copy)], 1),
        "bare help": ([*PYTHON, str(two), "--help"], 1),
        "help": ([*TASRIH, "--help"], 1),
        "build of the corpus, nothing kept": (build, 1),
        "build of the corpus, one article changed": (build, 1),
    }


def prepare(name: str, folder: Path) -> None:
    """Brings the copy of the corpus into the state that a way starts from."""
    if name.endswith("nothing kept"):
        shutil.rmtree(folder / "corpus" / ".tasrih", ignore_errors=True)
    if name.endswith("one article changed"):
        gold = sorted((folder / "corpus" / "articles").glob("*/gold.jsonl"))[0]
        text = gold.read_text("utf-8")
        one, other = ('"checkworthy": true', '"checkworthy": false')
        gold.write_text(text.replace(one, other, 1) if one in text else text.replace(other, one, 1), "utf-8")


def run(command: Command, out: Path, how: Callable[..., Any] = measured.run) -> Any:
    """One run on as many processors as it may use, timed, or measured as `how` does; nothing is left behind."""
    words, processors = command
    pinned = ["taskset", "-c", ",".join(map(str, range(processors)))] if shutil.which("taskset") else []
    try:
        return how([*pinned, *words], {"OMP_NUM_THREADS": str(processors), "HF_HUB_OFFLINE": "1"})
    finally:
        shutil.rmtree(out, ignore_errors=True)


# Shown name, the way, what it is compared with, and the aim in words.
RATIOS = [
    ("check and build, times jsonschema and Dataset.from_generator", "naive", "build", "25 or more"),
    ("the same on two processors", "naive", "build on two", "40 or more"),
    ("seconds of the build over the floor's", "build", "floor", "2 or less"),
    ("the same on two processors", "build on two", "floor on two", "2 or less"),
    ("seconds of the build over those of the floor of all files", "build", "floor of all files", "2 or less"),
    ("the same on two processors", "build on two", "floor of all files on two", "2 or less"),
    ('build, times load_dataset("json")', "load_dataset", "build", "over 1"),
    ("the same on two processors", "load_dataset on two", "build on two", "over 1"),
    ("two processes, times one: build", "build", "build on two", "1.5 or more"),
    ("two processes, times one: check", "check", "check on two", "1.5 or more"),
    ("check alone, times jsonschema and Dataset.from_generator", "naive", "check", ""),
    ("check of the project's corpus over bare imports, unchanged articles", "check of the corpus", "bare imports", "4 or less"),
    ("the same with nothing kept", "check of the corpus, nothing kept", "bare imports", "4 or less"),
    ("tasrih --help over a bare program of two commands", "help", "bare help", "2 or less"),
    ("build of the corpus with one article changed over one with nothing kept",
     "build of the corpus, one article changed", "build of the corpus, nothing kept", "under 1"),
]  # fmt: skip


def spread(values: Sequence[float]) -> list[float]:
    """Median, least and most."""
    return [statistics.median(values), min(values), max(values)]


def figures(found: dict[str, list[Measured]], peaks: dict[str, float], articles: int) -> dict[str, Any]:
    """Everything that was measured, as plain values."""
    return {
        "articles": articles,
        "rounds": len(next(iter(found.values()))),
        "processors": os.cpu_count(),
        "ways": {
            name: {
                "seconds": spread([one.seconds for one in runs]),
                "cpu": spread([one.cpu for one in runs]),
                "megabytes": peaks[name],
            }
            for name, runs in found.items()
        },
        "ratios": [
            {"what": what, "of": over, "to": under, "aim": aim, "ratio": spread(
                [one.seconds / other.seconds for one, other in zip(found[over], found[under], strict=True)]
            )}
            for what, over, under, aim in RATIOS
        ],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--entities", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shard, out = folder / "articles.jsonl", folder / "out"
        with shard.open("wb") as stream:
            stream.writelines(lines(given.articles, given.entities))
        commands = ways(shard, settings_folder(folder / "silver"), out) | starts(folder)
        make_tables(commands["build"], out, shard)
        for way in ("check of the corpus", "build of the corpus, nothing kept"):
            run(commands[way], out)  # what is kept of the articles, and what Python compiles
        found: dict[str, list[Measured]] = {way: [] for way in commands}
        for number in range(given.rounds):
            for way, command in commands.items():
                prepare(way, folder)
                found[way].append(run(command, out))
            print(f"round {number + 1} of {given.rounds}", file=sys.stderr, flush=True)
        peaks = {}
        for way, command in commands.items():
            prepare(way, folder)
            peaks[way] = run(command, out, measured.megabytes)
    made = figures(found, peaks, given.articles)
    show(made)
    if given.json:
        given.json.write_text(json.dumps(made, indent=2) + "\n", "utf-8")


def show(made: dict[str, Any]) -> None:
    """Prints seconds and memory of every way, and the ratios with their spread."""
    print(f"{made['articles']:,} articles, {made['rounds']} rounds, {made['processors']} processors\n")
    for name, way in made["ways"].items():
        print(f"{name:45}{way['seconds'][0]:8.2f} s{way['cpu'][0]:8.2f} s CPU{way['megabytes']:7.0f} MB")
    print()
    for row in made["ratios"]:
        middle, least, most = row["ratio"]
        print(
            f"{row['what']:75}{middle:7.2f} ({least:.2f} to {most:.2f}){'  aim: ' + row['aim'] if row['aim'] else ''}"
        )


if __name__ == "__main__":
    main()
