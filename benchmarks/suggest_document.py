"""Writes the tables of docs/suggest.md from the figures that the other benchmarks of suggestions keep beside this file.

python benchmarks/suggest_document.py
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DOCUMENT = HERE.parent / "docs" / "suggest.md"
BLOCK = re.compile(
    r"(<!-- (\w+): made by benchmarks/suggest_document\.py -->\n)(.*?)(<!-- end -->)", re.DOTALL
)
Row = dict[str, Any]


def percent(value: float | None) -> str:
    """A share in per cent."""
    return "–" if value is None else f"{100 * value:.1f}"


def table(head: str, rows: Iterator[Sequence[str]], words: int = 2) -> str:
    """A table, whose first columns are words and the others figures."""
    figures = len(head.split(" | ")) - words
    lines = [f"| {head} |", "| " + " | ".join(["---"] * words + ["---:"] * figures) + " |"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def public(rows: Sequence[Row]) -> str:
    """Precision, recall and F1 by label on public corpora."""
    cells: dict[tuple[str, str], dict[str, Row]] = {}
    for row in rows:
        cells.setdefault((row["data"], row["what"]), {})[row["measure"]] = row
    model = next(row for row in rows if "model_bytes" in row)
    speed = (
        f"ANERcorp's model is {model['model_bytes'] / 1e6:.1f} MB large, was learnt in {model['made_in_seconds']:.0f} seconds and "
        f"reads {model['words_per_second']:,} words a second, on one core of the machine that made this table."
    )

    def lines() -> Iterator[Sequence[str]]:
        for (data, what), by in cells.items():
            f1 = by["F1"]
            interval = f"{percent(f1['value'])} ({percent(f1['low'])}–{percent(f1['high'])})"
            shares = [percent(by[measure]["value"]) for measure in ("precision", "recall")]
            yield data if what == "all" else "", what, *shares, interval, f"{f1['gold']:,}"

    return table("data | label | P | R | F1 | gold", lines()) + "\n\n" + speed


def order(rows: Sequence[Row]) -> str:
    """How far the order by uncertainty is ahead of random ones."""
    mine = next(row for row in rows if row["order"] == "unsure mentions")
    theirs = next(row for row in rows if row["order"] == "random")
    return (
        f"From {mine['starts']} sets of first articles on, the tagger's F1, averaged over the words annotated, is {mine['ahead']:.1f} points "
        f"ahead of random orders (95 % interval {mine['low']:.1f} to {mine['high']:.1f}); at about {round(mine['last_words'], -3):,.0f} words "
        f"it is {mine['last_F1']:.1f} against {theirs['last_F1']:.1f}."
    )


def effort(record: dict[str, Sequence[Row]]) -> str:
    """How often suggestions of a confidence are right, and the edits saved by threshold."""
    right = table(
        "kind | confidence | suggestions | right, %",
        (
            (
                row["kind"],
                f"{row['from']:.1f} to {row['to']:.1f}",
                f"{row['suggestions']:,}",
                percent(row["right"]),
            )
            for row in record["reliability"]
        ),
    )
    by_threshold: dict[str, dict[str, Row]] = {}
    for row in record["thresholds"]:
        by_threshold.setdefault(f"{row['threshold']:.1f}", {})[row["kind"]] = row
    kinds = ("entity", "claim", "stance")
    saved = table(
        "edits saved, %, without what is below | entities | claims | stances",
        (
            (threshold, *(percent(by[kind]["saved"]) for kind in kinds))
            for threshold, by in by_threshold.items()
        ),
        words=1,
    )
    now: dict[str, dict[str, float]] = {}
    for row in record["as they are"]:
        now.setdefault(row["split"], {})[row["kind"]] = row["saved"]
    default = table(
        "edits saved, %, as the suggesters are | entities | claims | stances | all",
        ((split, *(percent(by[kind]) for kind in (*kinds, "all"))) for split, by in now.items()),
        words=1,
    )
    return "\n\n".join((right, saved, default))


def growth(rows: Sequence[Row]) -> str:
    """Seconds for the longest text and the slope, of each suggester."""
    names = list(dict.fromkeys(row["suggester"] for row in rows))
    by_text: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_text.setdefault(row["text"], {})[row["suggester"]] = row
    slopes = [row["slope"] for row in rows if row["slope"] is not None]
    longest = max(size for row in rows for size, _ in row["seconds"])

    def cells(row: Row) -> tuple[str, str]:
        size, seconds = row["seconds"][-1]
        steep = "–" if row["slope"] is None else f"{row['slope']:.2f}"
        return (f"{seconds:.1f}" if size == longest else "not in time"), steep

    head = "text | " + " | ".join(f"{name}, s | slope" for name in names)
    found = table(
        head,
        (
            (text.replace("|", "\\|"), *(cell for name in names for cell in cells(by[name])))
            for text, by in by_text.items()
        ),
        words=1,
    )
    return (
        f"The steepest slope is {max(slopes):.2f}. Seconds are those of {longest:,} code points.\n\n{found}"
    )


MADE = {"public": public, "order": order, "effort": effort, "growth": growth}


def filled(document: str) -> str:
    """The document with every block made anew."""

    def block(match: re.Match[str]) -> str:
        figures = json.loads((HERE / f"suggest_{match[2]}.json").read_text("utf-8"))
        return f"{match[1]}\n{MADE[match[2]](figures)}\n\n{match[4]}"

    return BLOCK.sub(block, document)


if __name__ == "__main__":
    DOCUMENT.write_text(filled(DOCUMENT.read_text("utf-8")), "utf-8")
