"""A report of agreement as text and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, TypeAlias

from rich.console import Group, RenderableType
from rich.table import Table

from tasrih.agree.figures import Agreement, Figure, Outcome, Report
from tasrih.agree.settle import Settled

Row: TypeAlias = tuple[str, str, list[Figure | None], int, int]
# The columns of a table and the measures that stand in each.
MEASURES = {
    "F1": ("F1", "F1 of B³"),
    "accuracy": ("accuracy",),
    "kappa": ("kappa",),
    "alpha": ("alpha", "gamma"),
}
_OUTCOMES = {
    "same": "same span and label",
    "label_only": "same span, other label",
    "boundary_only": "other span, same label",
    "both_differ": "other span and label",
}


def number(value: float | None) -> str:
    """A figure with two places, or «not defined»."""
    return "not defined" if value is None else f"{value:.2f}"


def bounds(figure: Figure) -> str:
    """The interval of a figure: `0.81–0.90`, nothing where there is none."""
    return "" if figure.low is None or figure.high is None else f"{figure.low:.2f}–{figure.high:.2f}"


def outcome_row(outcome: Outcome, one: str, other: str) -> list[tuple[str, int]]:
    """What became of the annotations of a type, in words and counts."""
    record = asdict(outcome)
    return [
        *((words, record[key]) for key, words in _OUTCOMES.items()),
        (f"only {one}", outcome.only_one),
        (f"only {other}", outcome.only_other),
    ]


def as_text(report: Report) -> RenderableType:
    """Tables for the terminal."""
    return Group(
        *(part for pair in report.pairs for part in _pair(pair)),
        _table("Tokens, all layers", report.together),
    )


def _pair(pair: Agreement) -> Iterator[RenderableType]:
    count = len(pair.comparisons)
    articles = "article" if count == 1 else "articles"
    yield _table(f"{pair.one} and {pair.other}: {count:,} shared {articles}", pair.figures)
    table = Table(title="What became of the annotations", title_justify="left")
    for name in ("type", *(words for words, _ in outcome_row(pair.outcomes[0], pair.one, pair.other))):
        table.add_column(name, justify="left" if name == "type" else "right")
    for outcome in pair.outcomes:
        table.add_row(outcome.kind, *(f"{n:,}" for _, n in outcome_row(outcome, pair.one, pair.other)))
    yield table


def _rows(figures: Sequence[Figure]) -> list[Row]:
    """Group, name, the figure under each of `MEASURES`, articles and items: figures of one name in a row."""
    by_name: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        by_name.setdefault((figure.group, figure.name), []).append(figure)
    return [
        (
            group,
            name,
            [next((f for f in members if f.measure in measures), None) for measures in MEASURES.values()],
            members[0].articles,
            members[0].items,
        )
        for (group, name), members in by_name.items()
    ]


def grouped(figures: Sequence[Figure]) -> list[tuple[str, list[Row]]]:
    """The rows of every group."""
    return [(group, list(members)) for group, members in groupby(_rows(figures), key=lambda row: row[0])]


def shown(figure: Figure | None) -> str:
    """A figure with its interval: `0.86 (0.81–0.90)`; nothing where the measure is not taken."""
    if figure is None:
        return ""
    return number(figure.value) + (f" ({interval})" if (interval := bounds(figure)) else "")


def _table(title: str, figures: Sequence[Figure]) -> Table:
    table = Table(title=f"{title}; 95 % intervals", title_justify="left")
    for name in ("", *MEASURES, "articles", "items"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    for group, members in grouped(figures):
        table.add_row(group, style="bold")
        for _, name, found, articles, items in members:
            table.add_row(f"  {name}", *map(shown, found), f"{articles:,}", f"{items:,}")
        table.add_section()
    return table


def account_table(layers: tuple[str, str], settled: Sequence[Settled]) -> Table:
    """What became of the annotations of two layers: by layer and type, the outcomes and their sum."""
    articles = "article" if len(settled) == 1 else "articles"
    table = Table(title=f"{len(settled):,} adjudicated {articles}", title_justify="left")
    columns = ("accepted", "merged", "rejected", "undecided")
    for name in ("layer", "type", "annotations", *columns):
        table.add_column(name, justify="left" if name in ("layer", "type") else "right")
    for index, layer in enumerate(layers):
        for letter, kind in (("e", "entities"), ("c", "claims"), ("s", "stances")):
            counts: Counter[str] = Counter(
                outcome
                for one in settled
                for name, outcome in one.outcomes[index].items()
                if name.startswith(letter)
            )
            table.add_row(layer, kind, f"{counts.total():,}", *(f"{counts[name]:,}" for name in columns))
    added = sum(one.added for one in settled)
    gold = sum(len(one.annotations) for one in settled)
    table.caption = f"gold: {gold:,} annotations, {added:,} of them in neither layer"
    return table


def as_json(report: Report) -> str:
    """Everything, for a program to read; what is not defined is null."""
    return json.dumps(_record(report), ensure_ascii=False, indent=2)


def _record(report: Report) -> dict[str, Any]:
    return {
        "layers": report.layers,
        "pairs": [
            {
                "one": pair.one,
                "other": pair.other,
                "articles": [comparison.article for comparison in pair.comparisons],
                "figures": [asdict(figure) for figure in pair.figures],
                "outcomes": [asdict(outcome) for outcome in pair.outcomes],
                "confusion": {
                    name: {"values": values, "table": counts.astype(int).tolist()}
                    for name, (values, counts) in pair.confusion.items()
                },
            }
            for pair in report.pairs
        ],
        "together": [asdict(figure) for figure in report.together],
    }
