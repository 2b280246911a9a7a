"""Scores as text, Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, TypeAlias

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from tasrih.agree.effort import Effort
from tasrih.agree.scores import Score, Scores
from tasrih.agree.significance import Difference

_MEAN = "macro-F1"
_BY_LABEL = " by label"
_SCORE_COLUMNS = ("", "P", "R", "F1 or accuracy", "gold", "pred.")
_DIFFERENCE_COLUMNS = ("", "first", "second", "difference", "p")
_EFFORT_TITLE = "edits that turn it into gold"
_EFFORT_COLUMNS = ("", "from nothing", "from these", "saved")
_PLURAL = {"entity": "entities", "claim": "claims", "stance": "stances"}
_LEAST_SHOWN = 0.0005
_UNDEFINED = "–"
KINDS = ("entities", "claims", "stances")

# A group with its rows, each the cells of a table: one shape for the terminal and for Markdown.
Rows: TypeAlias = list[tuple[str, list[list[str]]]]


def number(value: float | None) -> str:
    """A figure with two places; a dash where it is not defined."""
    return _UNDEFINED if value is None else f"{value:.2f}"


def with_interval(value: float | None, low: float | None, high: float | None) -> str:
    """A figure and its interval: `0.86 (0.81–0.90)`."""
    return number(value) + ("" if low is None or high is None else f" ({low:.2f}–{high:.2f})")


def silent(systems: Sequence[Scores]) -> list[str]:
    """The kinds of annotation of which none of the systems has any: no tagger of names need make claims."""
    said = {figure.group for found in systems for figure in found.figures if figure.predicted}
    return [kind for kind in KINDS if not any(kind in group for group in said)]


def score_rows(figures: Sequence[Score], *, labels: bool, without: Sequence[str]) -> Rows:
    """By group, rows of name, precision, recall, F1 or accuracy with its interval, and how many of gold and predicted.

    Labels that neither has are left out; with `labels` false all of them, but for their mean. Kinds of annotation `without` which it should be are left out.
    """
    shown = [one for one in figures if _is_shown(one, labels and bool(one.gold or one.predicted))]
    return _grouped(shown, _score_cells, without)


def _is_shown(figure: Score | Difference, labels: bool) -> bool:
    return labels or figure.measure == _MEAN or _BY_LABEL not in figure.group


def _grouped(
    figures: Sequence[Any], cells: Callable[[list[Any]], Iterator[list[str]]], without: Sequence[str]
) -> Rows:
    return [
        (group, list(cells(list(members))))
        for group, members in groupby(figures, key=lambda one: one.group)
        if not any(kind in group for kind in without)
    ]


def _score_cells(figures: list[Score]) -> Iterator[list[str]]:
    for name, members in groupby(figures, key=lambda one: one.name):
        *shares, last = members
        values = [number(figure.value) for figure in shares] or ["", ""]
        value = with_interval(last.value, last.low, last.high)
        yield [name, *values, value, f"{last.gold:,}", f"{last.predicted:,}"]


def difference_rows(found: Sequence[Difference], *, labels: bool, without: Sequence[str]) -> Rows:
    """By group, rows of name, both values, the difference with its interval, and p.

    Precision and recall are left to the JSON; labels as for `score_rows`.
    """
    kept = [
        one
        for one in found
        if one.measure not in ("precision", "recall")
        and _is_shown(one, labels and (one.value is not None or one.other is not None))
    ]
    return _grouped(kept, _difference_cells, without)


def _difference_cells(found: list[Difference]) -> Iterator[list[str]]:
    for one in found:
        yield [one.name, number(one.value), number(one.other), _signed_with_interval(one), _p(one.p)]


def _signed_with_interval(one: Difference) -> str:
    if one.difference is None:
        return ""
    bounds = "" if one.low is None or one.high is None else f" ({_signed(one.low)}, {_signed(one.high)})"
    return _signed(one.difference) + bounds


def _signed(value: float) -> str:
    """With its sign; what rounds to nothing has a plus."""
    return f"{round(value, 2) + 0.0:+.2f}"


def _p(p: float | None) -> str:
    return "" if p is None else "<0.001" if p < _LEAST_SHOWN else f"{p:.3f}"


def as_text(
    title: str,
    found: Scores,
    compared: Sequence[Difference],
    against: str,
    *,
    labels: bool,
    without: Sequence[str],
    spent: Sequence[Effort] = (),
) -> RenderableType:
    """Tables for the terminal."""
    parts = [_table(title, _SCORE_COLUMNS, score_rows(found.figures, labels=labels, without=without))]
    if against:
        rows = difference_rows(compared, labels=labels, without=without)
        parts.append(_table(_less(found.system, against), _DIFFERENCE_COLUMNS, rows))
    if spent:
        parts.append(_table(_EFFORT_TITLE, _EFFORT_COLUMNS, effort_rows(spent)))
    return Group(*parts)


def effort_rows(spent: Sequence[Effort]) -> Rows:
    """Edits by type and by article: from nothing, from the suggestions, and the share that these save."""
    by_type = [(_PLURAL[kind], [one for one in spent if one.kind == kind]) for kind in _PLURAL]
    articles = dict.fromkeys(one.article for one in spent)
    by_article = [(name, [one for one in spent if one.article == name]) for name in articles]
    return [
        ("by type", [_effort_cells(name, some) for name, some in [*by_type, ("all", list(spent))]]),
        ("by article", [_effort_cells(name, some) for name, some in by_article]),
    ]


def _effort_cells(name: str, some: Sequence[Effort]) -> list[str]:
    nothing, suggested = sum(one.nothing for one in some), sum(one.suggested for one in some)
    saved = f"{1 - suggested / nothing:+.0%}" if nothing else _UNDEFINED
    return [name, f"{nothing:,}", f"{suggested:,}", saved]


def _less(first: str, second: str) -> str:
    return f"{first} less {second}; p by approximate randomisation"


def _table(title: str, columns: Sequence[str], rows: Rows) -> Table:
    table = Table(title=escape(title), title_justify="left")
    for index, name in enumerate(columns):
        table.add_column(name, justify="right" if index else "left", no_wrap=True)
    for group, members in rows:
        table.add_row(group, style="bold")
        for name, *cells in members:
            table.add_row(f"  {escape(name)}", *cells)
        table.add_section()
    return table


def as_markdown(
    title: str,
    found: Scores,
    compared: Sequence[Difference],
    against: str,
    *,
    labels: bool,
    without: Sequence[str],
    spent: Sequence[Effort] = (),
) -> str:
    """The same tables as Markdown."""
    parts = [
        f"## {title}",
        *_tables(_SCORE_COLUMNS, score_rows(found.figures, labels=labels, without=without)),
    ]
    if against:
        rows = difference_rows(compared, labels=labels, without=without)
        parts += [f"## {_less(found.system, against)}", *_tables(_DIFFERENCE_COLUMNS, rows)]
    if spent:
        parts += [f"## {_EFFORT_TITLE}", *_tables(_EFFORT_COLUMNS, effort_rows(spent))]
    return "\n\n".join(parts)


def _tables(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    for group, members in rows:
        head = [f"**{group}**", *columns[1:]]
        lines = [head, ["---", *["---:"] * (len(columns) - 1)], *members]
        yield "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def as_record(
    gold: dict[str, Any],
    found: Scores,
    spent: Sequence[Effort],
    compared: Sequence[Difference],
    against: str,
    resamples: int,
) -> dict[str, Any]:
    """Everything, of the shape of schemas/evaluation.schema.json; what is not defined is null."""
    return {
        "gold": gold,
        "system": found.system,
        "unpredicted": found.unpredicted,
        "resamples": resamples,
        "figures": [asdict(figure) for figure in found.figures],
        "effort": [asdict(one) for one in spent],
        "against": against or None,
        "differences": [asdict(one) for one in compared],
    }


def as_json(record: dict[str, Any]) -> str:
    """The record as JSON."""
    return json.dumps(record, ensure_ascii=False, indent=2)
