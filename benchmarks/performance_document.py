"""Writes the tables and the plot of docs/performance.md and docs/scale.md from the figures that the benchmarks keep.

python benchmarks/performance_document.py
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tasrih.report import plots

HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
DOCUMENTS = (DOCS / "performance.md", DOCS / "scale.md")
PLOT = DOCS / "performance.svg"
BLOCK = re.compile(
    r"(<!-- (\w+): made by benchmarks/performance_document\.py -->\n)(.*?)(<!-- end -->)", re.DOTALL
)
HOURS = 3600
ORDERS = (10_000_000, 1_000_000_000)
CORES = 32  # of a machine of a cluster, for the reckoning in docs/scale.md
Row = dict[str, Any]


def kept(name: str) -> Any:
    """Figures that a benchmark has written."""
    return json.loads((HERE / f"{name}.json").read_text("utf-8"))


def table(head: str, rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A table, whose first columns are words and the others figures."""
    figures = len(head.split(" | ")) - words
    lines = [f"| {head} |", "| " + " | ".join(["---"] * words + ["---:"] * figures) + " |"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def spread(values: Sequence[float], places: int = 2) -> str:
    """Median, and the least and the most."""
    middle, least, most = (f"{value:.{places}f}" for value in values)
    return f"{middle} ({least} to {most})"


def ratios() -> str:
    """What the project aims at, and what was measured."""
    made = kept("performance")
    said = f"{made['rounds']} rounds of {made['articles']:,} articles of 50 entities, {made['processors']} processors; median, least and most.\n\n"
    rows = [(row["what"], row["aim"] or "–", spread(row["ratio"])) for row in made["ratios"]]
    return said + table("ratio | aim | measured", rows, words=2)


def ways() -> str:
    """Seconds and memory of everything that was compared."""
    rows = [
        (
            name,
            spread(way["seconds"]),
            f"{way['cpu'][0]:.2f}",
            f"{way['megabytes']:,.0f}" if way["megabytes"] else "–",
        )
        for name, way in kept("performance")["ways"].items()
    ]
    return table("command | seconds | seconds of CPU | MB", rows)


def growth() -> str:
    """How time grows with the annotations of one article."""
    rows = [
        (f"{row['annotations']:,}", *(_milliseconds(row[name]) for name in ("check", "tables")),
         *(spread(row[f"{name}_slope"]) if f"{name}_slope" in row else "–" for name in ("check", "tables")))
        for row in kept("growth")
    ]  # fmt: skip
    return table(
        "annotations in one article | check, ms | tables, ms | check, slope | tables, slope", rows, words=0
    )


def _milliseconds(seconds: Sequence[float]) -> str:
    return spread([1000 * value for value in seconds], 0)


def scale() -> str:
    """Time and memory of whole runs at three sizes, and how much longer an article takes than at the smallest."""
    made = kept("scale")
    rows = []
    for row in made:
        first = next(one for one in made if (one["verb"], one["workers"]) == (row["verb"], row["workers"]))
        longer = row["seconds"][0] / row["articles"] / (first["seconds"][0] / first["articles"])
        rows.append((
            row["verb"], f"{row['articles']:,}", str(row["workers"]), spread(row["seconds"], 1),
            f"{row['articles'] / row['seconds'][0]:,.0f}", f"{longer:.2f}", f"{row['megabytes']:,.0f}",
        ))  # fmt: skip
    return table(
        "command | articles | workers | seconds | articles/s | time an article, times that of the first size | MB, all processes",
        rows,
    )


def compression() -> str:
    """Bytes and seconds by codec, over those of no compression."""
    rows = []
    plain = {row["data"]: row for row in kept("compression") if row["codec"] == "none"}
    for row in kept("compression"):
        of = plain[row["data"]]
        shares = [f"{row[name] / of[name]:.2f}" for name in ("bytes", "write", "read")]
        rows.append((row["data"] if row["codec"] == "none" else "", row["codec"], *shares))
    return table("tables of | compression | size | time to write | time to read", rows, words=2)


def near_duplicates() -> str:
    """What is found of copies that were changed in one way."""
    found = kept("near_duplicates")
    rows = []
    for name, data in (
        ("generated", found["generated"]),
        ("SaudiNewsNet, changed", found["SaudiNewsNet, changed"]),
    ):
        for number, (kind, row) in enumerate(data.items()):
            share = row["shares"]
            rows.append((
                name if number == 0 else "", kind, f"{share['50 %']:.2f} ({share['5 %']:.2f} to {share['95 %']:.2f})",
                f"{row['true pairs']:,}", _share(row["recall"]), _share(row["precision"]),
            ))  # fmt: skip
    return table(
        "articles | copies | Jaccard, median (5 % to 95 %) | true pairs | recall | precision", rows, words=2
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def real_duplicates() -> str:
    """What there is in SaudiNewsNet as it is."""
    row = kept("near_duplicates")["SaudiNewsNet"]
    return (
        f"Of the {row['articles']:,} articles of SaudiNewsNet {row['articles equal to an earlier one']:,} are equal to an earlier one; comparing each "
        f"with each gives {row['true pairs']:,} pairs that share half of their shingles, of which {row['true pairs in one group']:,} come into one group."
    )


def million() -> str:
    """Near-duplicates among a million short articles."""
    rows = [
        (name, f"{row['articles a second without writing']:,.0f}", f"{max(row['peak MB'].values()):,.0f}", _share(row["planted"]["recall"]) if row.get("planted") else "–", f"{row['groups']:,}")
        for name, row in kept("near_duplicates_million").items()
    ]  # fmt: skip
    return table(
        "a million articles of 40 to 80 words | articles/s | MB | recall of planted copies | groups", rows
    )


def ray() -> str:
    """What Ray costs beside the pool of this machine."""
    made = kept("ray_overhead")
    rows = [
        ("seconds until it is open", *(_spread(made[name]["open_seconds"]) for name in ("local", "ray"))),
        (
            "seconds to the first result",
            *(_spread(made[name]["first_result_seconds"]) for name in ("local", "ray")),
        ),
        ("MB, all processes", *(_spread(made[name]["megabytes"]) for name in ("local", "ray"))),
    ]
    costs = [
        f"{_spread(row['milliseconds_a_batch'])} ms a part beyond the pool's time, {_spread(row['ratio'])} times as long, where a part takes "
        f"{1000 * float(name.rsplit('_', 1)[1]):.0f} ms ({name.rsplit('_', 1)[0].replace('_', ' ')})"
        for name, row in made["overhead"].items()
    ]
    return table("on two processors | pool | Ray", rows) + "\n\n" + "\n".join(f"- {cost}" for cost in costs)


def _spread(row: Row) -> str:
    return f"{row['median']:g} ({row['least']:g} to {row['most']:g})"


def reckoning() -> str:
    """Machines, hours and bytes for more articles than were measured, from the rates that were."""
    builds = [row for row in kept("scale") if row["verb"] == "build"]
    largest, smallest = max(row["articles"] for row in builds), min(row["articles"] for row in builds)
    short = next(row for row in builds if row["articles"] == largest)
    few = next(row for row in builds if (row["articles"], row["workers"]) == (smallest, short["workers"]))
    performance = kept("performance")
    long_seconds = performance["ways"]["build"]["cpu"][0] / performance["articles"]
    a_second = {"short": short["cpu"] / largest, "of 50 entities": long_seconds}
    index = INDEX_BYTES
    rows = []
    for articles in ORDERS:
        for kind, seconds in a_second.items():
            hours = articles * seconds / HOURS
            days = hours / CORES / 24
            rows.append((
                f"{articles:,}", kind, f"{hours:,.1f}", f"{hours / CORES:,.2f} h" if days < 3 else f"{days:,.0f} days",
                f"{max(1, round(hours / CORES / 8 + 0.499)):,}",
            ))  # fmt: skip
    sizes = [
        (name, f"{short['bytes'][key] / largest:,.0f} bytes", *(f"{short['bytes'][key] / largest * articles / 1e9:,.0f} GB" for articles in ORDERS))
        for name, key in (("shards read (gzip, short articles)", "in"), ("pieces, until the release is whole", "pieces"), ("tables of the release", "out"))
    ]  # fmt: skip
    sizes.append((
        "what the builder keeps in memory", f"{index} bytes", *(f"{index * articles / 1e9:,.1f} GB" for articles in ORDERS),
    ))  # fmt: skip
    sizes.append((
        "sketches sorted on its disk", f"{SKETCH_BYTES} bytes", *(f"{SKETCH_BYTES * articles / 1e9:,.0f} GB" for articles in ORDERS),
    ))  # fmt: skip
    grown = (short["megabytes"] - few["megabytes"]) * 1e6 / (largest - smallest)
    return "\n\n".join([
        table(f"articles | kind | processor hours | on one machine of {CORES} processors | machines for a night of eight hours", rows, words=2),
        table("what | an article | " + " | ".join(f"{articles:,}" for articles in ORDERS), sizes),
        f"Measured from {smallest:,} to {largest:,} articles, the memory of a build grew by {grown:,.0f} bytes an article.",
    ])  # fmt: skip


# Of an article the builder keeps: two hashes, its weight and event (8 bytes each), its line, the amounts of ten kinds
# (4 each) and its split; while near-duplicates are found a few numbers more, and one band of the sketches.
INDEX_BYTES = 8 * 4 + 4 * 11 + 1 + 100
SKETCH_BYTES = 32 * 8 + 8 + 4

MADE: dict[str, Callable[[], str]] = {
    "ratios": ratios,
    "ways": ways,
    "growth": growth,
    "scale": scale,
    "compression": compression,
    "near_duplicates": near_duplicates,
    "real_duplicates": real_duplicates,
    "million": million,
    "ray": ray,
    "reckoning": reckoning,
}


def filled(text: str) -> str:
    """A document with its blocks made anew."""
    return BLOCK.sub(lambda block: f"{block[1]}{MADE[block[2]]()}\n\n{block[4]}", text)


def plot() -> str:
    """Articles a second of everything that was compared, as a picture that reads on light and dark."""
    made = kept("performance")
    shown = (
        "naive",
        "load_dataset",
        "build",
        "build on two",
        "check",
        "check on two",
        "floor",
        "floor on two",
    )
    rates = [(name, round(made["articles"] / made["ways"][name]["seconds"][0])) for name in shown]
    return (
        plots.bars("Articles a second, whole commands", rates, look=plots.Look(width=720, alone=True)) + "\n"
    )


def main() -> None:
    for document in DOCUMENTS:
        document.write_text(filled(document.read_text("utf-8")), "utf-8")
        print(document)
    PLOT.write_text(plot(), "utf-8")
    print(PLOT)


if __name__ == "__main__":
    main()
