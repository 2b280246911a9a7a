"""The pages of figures: statistics of the collection, and agreement of its layers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tasrih.agree.figures import Agreement, Figure
from tasrih.agree.output import bounds, number, outcome_row
from tasrih.model import SPLITS, Article
from tasrih.report import plots, roles
from tasrih.report.agreement import differing, shade
from tasrih.report.plots import Dot, Look
from tasrih.report.site.listing import brief
from tasrih.report.site.shell import Shell

_WIDTH = 380
SPLIT_COLUMNS = ("articles", "words", "entities", "attributed_claims", "author_claims", "stances")
_BRIEF = ("articles", "events", "words", "entities", "attributed_claims", "author_claims", "stances")
# The plots of labels by group, and what the figures call each.
_LABELS = (
    ("Mentions", (("Entity labels", "entity"), ("Form", "form"))),
    (
        "Claims",
        (
            ("Mode", "mode"),
            ("Polarity", "polarity"),
            ("Certainty", "certainty"),
            ("How the claimer is given", "via"),
            ("Check-worthy", "checkworthy"),
        ),
    ),
    (
        "Stances",
        (("Stance labels", "stance"), ("What shows the stance", "basis"), ("Type of the target", "target")),
    ),
)
_MOST_COUNTRIES = 20


@dataclass(frozen=True, slots=True)
class Drawing:
    """A plot with its numbers as a table: the names of the columns, and the rows."""

    title: str
    svg: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]


# --- Statistics ---------------------------------------------------------------------------------------


def statistics_page(shell: Shell) -> tuple[str, str]:
    """The page of statistics."""
    figures = shell.collection.figures
    rows = [(split, [figures["splits"][split].get(name, 0) for name in SPLIT_COLUMNS]) for split in SPLITS]
    rows.append(("all", [figures["total"].get(name, 0) for name in SPLIT_COLUMNS]))
    return shell.page(
        "statistics",
        "statistics.html",
        shell.say("Statistics"),
        brief=brief(shell.collection, _BRIEF),
        split_columns=[name.replace("_", " ") for name in SPLIT_COLUMNS],
        split_rows=rows,
        groups=[("Articles", list(_article_drawings(shell))), *_label_groups(shell)],
    )


def _look(shell: Shell, width: int = _WIDTH) -> Look:
    return Look(width, rtl=shell.say.direction == "rtl")


def _label_groups(shell: Shell) -> Iterator[tuple[str, list[Drawing]]]:
    for heading, kinds in _LABELS:
        drawings = [
            _bars(shell, title, _named(shell, shell.collection.figures["labels"][kind]))
            for title, kind in kinds
        ]
        if heading == "Stances":
            drawings.append(_stances_by_topic(shell))
        yield heading, drawings


def _named(shell: Shell, counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(shell.say.label(name), count) for name, count in counts.items()]


def _bars(shell: Shell, title: str, values: Sequence[tuple[str, int]]) -> Drawing:
    said = shell.say(title)
    return _drawing(shell, said, plots.bars(said, values, look=_look(shell)), values)


def _columns(shell: Shell, title: str, values: Sequence[tuple[str, int]]) -> Drawing:
    said = shell.say(title)
    values = [(_from_the_left(name), count) for name, count in values]
    return _drawing(shell, said, plots.columns(said, values, look=_look(shell)), values)


def _from_the_left(numbers: str) -> str:
    """A range of numbers as it is written in any text: the lower bound first, on the left."""
    return f"\u2066{numbers}\u2069" if "–" in numbers else numbers


def _drawing(shell: Shell, title: str, svg: str, values: Iterable[tuple[str, int]]) -> Drawing:
    rows = [(name, [plots.number(value)]) for name, value in values]
    return Drawing(title, svg, ["", shell.say("number")], rows)


def _article_drawings(shell: Shell) -> Iterator[Drawing]:
    collection, say = shell.collection, shell.say
    figures, views = collection.figures, collection.views
    yield _stacked(
        shell,
        "Annotations by split",
        [
            (say(name), [figures["splits"][split].get(key, 0) for split in SPLITS])
            for name, key in (
                ("articles", "articles"),
                ("entities", "entities"),
                ("attributed claims", "attributed_claims"),
                ("author claims", "author_claims"),
                ("stances", "stances"),
            )
        ],
        [say.label(split) for split in SPLITS],
    )
    yield _bars(shell, "Topics", _named(shell, figures["labels"]["topic"]))
    countries = [(shell.country(code), count) for code, count in figures["countries"].items()]
    shown = plots.bars(say("Countries"), countries[:_MOST_COUNTRIES], look=_look(shell))
    yield _drawing(shell, say("Countries"), shown, countries)
    years = figures["years"]
    every = range(int(min(years)), int(max(years)) + 1) if years else ()
    yield _columns(shell, "Years", [(str(year), years.get(str(year), 0)) for year in every])
    yield _columns(
        shell, "Length of the texts, in characters", plots.binned(view.article["length"] for view in views)
    )
    attributed = [sum(not roles.is_own(claim) for claim in view.claims) for view in views]
    yield _columns(shell, "Attributed claims in an article", plots.binned(attributed))
    yield _columns(shell, "Stances in an article", plots.binned(len(view.stances) for view in views))


def _stacked(
    shell: Shell, title: str, rows: Sequence[tuple[str, Sequence[int]]], series: Sequence[str]
) -> Drawing:
    said = shell.say(title)
    svg = plots.stacked(said, rows, series, look=_look(shell))
    return Drawing(
        said, svg, ["", *series], [(name, [plots.number(v) for v in values]) for name, values in rows]
    )


def _stances_by_topic(shell: Shell) -> Drawing:
    labels = shell.collection.labels
    counts = {topic: dict.fromkeys(labels["stance"], 0) for topic in labels["topic"]}
    for view in shell.collection.views:
        for stance in view.stances:
            of_topic = counts.setdefault(view.article["topic"], {})
            of_topic[stance["label"]] = of_topic.get(stance["label"], 0) + 1
    rows = [
        (shell.say.label(topic), [of_topic.get(label, 0) for label in labels["stance"]])
        for topic, of_topic in counts.items()
        if sum(of_topic.values())
    ]
    return _stacked(shell, "Stances by topic", rows, [shell.say.label(label) for label in labels["stance"]])


# --- Agreement ----------------------------------------------------------------------------------------


def agreement_page(shell: Shell) -> tuple[str, str] | None:
    """The page of agreement; None where there are no two layers to compare."""
    agreement = shell.collection.agreement
    if agreement is None:
        return None
    return shell.page(
        "agreement",
        "agreement.html",
        shell.say("Agreement"),
        pairs=[_pair(shell, pair) for pair in agreement.pairs if pair.comparisons],
    )


def _pair(shell: Shell, pair: Agreement) -> dict[str, Any]:
    say = shell.say
    return {
        "one": pair.one,
        "other": pair.other,
        "count": len(pair.comparisons),
        "drawings": [_dots(shell, measure, found) for measure, found in _by_measure(pair.figures)],
        "outcomes": [
            (outcome.kind, _outcomes(shell, outcome_row(outcome, pair.one, pair.other)))
            for outcome in pair.outcomes
        ],
        "confusion": [
            (
                say.label(name),
                values,
                [
                    (
                        value,
                        [(count, shade(count, row), across == down) for across, count in enumerate(row)],
                    )
                    for down, (value, row) in enumerate(zip(values, counts.tolist(), strict=True))
                ],
            )
            for name, (values, counts) in pair.confusion.items()
            if values
        ],
        "articles": _articles(shell, pair),
    }


def _outcomes(shell: Shell, row: list[tuple[str, int]]) -> list[tuple[str, int]]:
    *common, one, other = row
    say = shell.say
    return [
        *((say(words), count) for words, count in common),
        *(
            (say("only in {layer}", layer=words.removeprefix("only ")), count)
            for words, count in (one, other)
        ),
    ]


def _by_measure(figures: Sequence[Figure]) -> Iterator[tuple[str, list[Figure]]]:
    """The figures by measure; those of single labels last, under a name of their own."""
    groups: dict[str, list[Figure]] = {}
    for figure in figures:
        by_label = figure.group == "entities by label, exact"
        groups.setdefault("F1 by label" if by_label else figure.measure.split(" of ")[0], []).append(figure)
    yield from groups.items()


def _dots(shell: Shell, measure: str, figures: Sequence[Figure]) -> Drawing:
    say = shell.say
    title = say.label(measure)
    dots = [Dot(say.label(f.name), f.value, f.low, f.high, say.label(f.group)) for f in figures]
    rows = [
        (
            f"{say.label(f.group)}{say(', ')}{say.label(f.name)}",
            [
                number(f.value) if f.value is not None else "–",
                _from_the_left(bounds(f)),
                f"{f.articles:,}",
                f"{f.items:,}",
            ],
        )
        for f in figures
    ]
    columns = ["", say("figure"), say("interval"), say("articles"), say("items")]
    lowest = min(
        (f.low if f.low is not None else f.value for f in figures if f.value is not None), default=0.0
    )
    scale = (max(math.floor(lowest * 4) / 4, 0.0), 1.0)
    return Drawing(title, plots.dots(title, dots, look=_look(shell), scale=scale), columns, rows)


def _articles(shell: Shell, pair: Agreement) -> list[tuple[Article, int, int]]:
    """Articles with how many annotations agree and how many do not, those with the most of these first."""
    compared = [differing(comparison) for comparison in pair.comparisons]
    found = [(shell.collection.article(c.article), c.agreed, len(c.differences)) for c in compared]
    return sorted(found, key=lambda entry: (-entry[2], entry[0]["id"]))
