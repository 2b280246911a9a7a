"""The dataset card: prose by hand in dataset_card.md beside the corpus, figures filled in here."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import jinja2

from tasrih import __version__
from tasrih.agree import figures as agreeing
from tasrih.agree import output
from tasrih.model import AUTHOR, GOLD, SPLITS, Document, annotators, layer_view
from tasrih.release import diff, diff_output, editions
from tasrih.release.columns import ROWS
from tasrih.release.croissant import citation, maintainers
from tasrih.release.statistics import Statistics
from tasrih.release.tables import CONFIGS
from tasrih.release.write import parquet_path
from tasrih.report import plots
from tasrih.store import Corpus, Misuse

CARD = "dataset_card.md"
# Of the measures of one figure these are drawn; the table has them all.
_DRAWN = ("F1", "F1 of B³", "kappa")
_SIZES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")


def size_category(rows: int) -> str:
    """The Hub's size category for a number of rows: n<1K, 1K<n<10K, … n>1T."""
    place = next((place for place in range(len(_SIZES)) if rows < 10 ** (place + 3)), len(_SIZES))
    if place == 0:
        return f"n<{_SIZES[0]}"
    return f"{_SIZES[place - 1]}<n<{_SIZES[place]}" if place < len(_SIZES) else f"n>{_SIZES[-1]}"


def data_files(tables: Sequence[Mapping[str, Any]], paths: Collection[str]) -> dict[str, dict[str, str]]:
    """Configuration → split → path of its file among `paths`, or the pattern of several."""
    files: dict[str, dict[str, str]] = {}
    for table in tables:
        config, split = table["config"], table["split"]
        one = parquet_path(config, split)
        files.setdefault(config, {})[split] = one if one in paths else f"data/{config}/{split}-*.parquet"
    return files


def contents(tables: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Configuration → a short hash of the content of its tables.

    It stands in the card because `datasets` caches a local folder by its name and its card alone: without it a
    release that was built anew would load as it was before.
    """
    found: dict[str, str] = {}
    for config in dict.fromkeys(table["config"] for table in tables):
        hashes = [table["content_sha256"] for table in tables if table["config"] == config]
        found[config] = hashlib.sha256("".join(hashes).encode()).hexdigest()[:16]
    return found


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table with its numbers to the right."""
    right = [bool(rows) and all(isinstance(row[i], int) for row in rows) for i in range(len(header))]
    lines = [
        "| " + " | ".join(header) + " |",
        "|" + "|".join(" ---: " if flag else " --- " for flag in right) + "|",
    ]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return str(value).replace("|", "\\|").replace("\n", " ")


def split_table(figures: Statistics) -> str:
    """Articles, words and annotations of every split."""
    columns = ("articles", "words", "entities", "attributed_claims", "author_claims", "stances")
    rows: list[list[object]] = [
        [split, *(figures.by_split[split][c] for c in columns)]
        for split in SPLITS
        if figures.by_split[split]["articles"]
    ]
    rows.append(["all", *(figures.total(column) for column in columns)])
    return markdown_table(
        ["split", "articles", "words", "entities", "attributed claims", "author's claims", "stances"], rows
    )


def table_table(tables: Sequence[Mapping[str, Any]]) -> str:
    """Rows of every configuration and split."""
    configs = list(dict.fromkeys(table["config"] for table in tables))
    rows = {(table["config"], table["split"]): table["rows"] for table in tables}
    splits = [split for split in SPLITS if any((config, split) in rows for config in configs)]
    return markdown_table(
        ["config", *splits],
        [[config, *(rows.get((config, split), 0) for split in splits)] for config in configs],
    )


def label_table(counts: Counter[str]) -> str:
    """Labels with their counts, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return markdown_table(["label", "count"], [[f"`{label}`", count] for label, count in ordered])


@dataclass(frozen=True, slots=True)
class MeasuredAgreement:
    """Agreement of two layers as the card shows it; `guidelines` where only layers of that version count."""

    one: str
    other: str
    guidelines: str
    articles: int
    table: str
    figures: dict[str, str]
    dots: list[plots.Dot]


def measured_agreement(documents: Sequence[Document]) -> list[MeasuredAgreement]:
    """The agreement of every two layers: over all articles, then by version of the guidelines where there are several.

    Raises Misuse where there are layers to compare and scipy is not installed.
    """
    shared = [d for d in documents if d["text"] is not None and len(annotators(d)) > 1]
    if not shared:
        return []
    headers = [cast(Any, document["layers"][name][0]) for document in shared for name in annotators(document)]
    versions = sorted({header["guidelines"] for header in headers})
    return [
        _measured(pair, version)
        for version in ("", *(versions if len(versions) > 1 else ()))
        for pair in agreeing.report(shared, guidelines=version).pairs
        if pair.comparisons
    ]


def _measured(pair: agreeing.Agreement, version: str) -> MeasuredAgreement:
    rows = [
        [f"**{group}**" if index == 0 else "", name, *map(output.shown, cells), articles, items]
        for group, members in output.grouped(pair.figures)
        for index, (_, name, cells, articles, items) in enumerate(members)
    ]
    table = markdown_table(["", "", *output.MEASURES, "articles", "items"], rows)
    by_name = {f"{f.group}: {f.name}, {f.measure}": output.shown(f) for f in pair.figures}
    dots = [
        plots.Dot(f"{f.name}, {f.measure}", f.value, f.low, f.high, f.group)
        for f in pair.figures
        if f.measure in _DRAWN
    ]
    return MeasuredAgreement(pair.one, pair.other, version, len(pair.comparisons), table, by_name, dots)


def pictures(figures: Statistics, agreement: Sequence[MeasuredAgreement]) -> dict[str, str]:
    """The plots of the card by the name of their file, as SVG."""
    look = plots.Look(width=720, alone=True)

    def counted(kind: str) -> list[tuple[str, float]]:
        return [(label, count) for label, count in figures.labels[kind].most_common() if count]

    drawn = {
        "entities": plots.bars("Entities by label", counted("entity"), look=look),
        "topics": plots.bars("Articles by topic", counted("topic"), look=look),
        "years": plots.columns("Articles by the year of their date", sorted(figures.years.items()), look=look),
        "stances": plots.bars("Stances by label", counted("stance"), look=look),
        "claims": plots.stacked(
            "Claims by split", [
                (split, [figures.by_split[split]["attributed_claims"], figures.by_split[split]["author_claims"]])
                for split in SPLITS if figures.by_split[split]["articles"]
            ], ["attributed", "the author's"], look=look,
        ),
    }  # fmt: skip
    for part in agreement:
        if not part.guidelines:
            drawn[agreement_picture(part)] = plots.dots(
                f"Agreement of {part.one} and {part.other}", part.dots, look=look, scale=(0.5, 1.0)
            )
    return {f"plots/{name}.svg": content + "\n" for name, content in drawn.items()}


def agreement_picture(part: MeasuredAgreement) -> str:
    """The name of the plot of the agreement of two layers."""
    return f"agreement-{part.one}-{part.other}"


def example_stance(document: Document | None) -> dict[str, Any] | None:
    """The first stance of a document towards an entity, with its holders and its target in words."""
    if document is None:
        return None
    gold = layer_view(document, GOLD)
    words = {entity["id"]: entity.get("text", "") for entity in gold.entities}
    for stance in gold.stances:
        if stance["target"] in words:
            holders = [words.get(name, name) for name in stance["holders"]]
            return {**stance, "holder_words": holders, "target_words": words[stance["target"]]}
    return None


def example_claim(document: Document | None) -> dict[str, Any] | None:
    """The first attributed claim of a document with a cue, with its claimers in words."""
    if document is None:
        return None
    gold = layer_view(document, GOLD)
    words = {entity["id"]: entity.get("text", "") for entity in gold.entities}
    for claim in gold.claims:
        if claim["claimers"] != [AUTHOR] and claim.get("cue"):
            return {
                **claim,
                "article": document["article"]["id"],
                "claimer_words": [words.get(n, n) for n in claim["claimers"]],
            }
    return None


def card(corpus: Corpus, version: str, statistics: Statistics, counts: Counter[str], tables: Sequence[Mapping[str, Any]],
         paths: Collection[str], omitted: Sequence[str], example: Document | None, agreement: Sequence[MeasuredAgreement], baselines: str = "") -> str:  # fmt: skip
    """README.md of the release; `baselines` is their table, empty where there is none of this gold. Raises Misuse where the template asks for a figure that there is none of."""
    beside = corpus.root.resolve().parent / CARD
    source = beside if beside.is_file() else Path(__file__).with_name("default_card.md")
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False, trim_blocks=True
    )
    try:
        return environment.from_string(source.read_text("utf-8")).render(
            corpus=corpus.settings,
            version=version,
            tool=f"tasrih {__version__}",
            figures=statistics,
            agreement=agreement,
            baselines=baselines,
            counts=counts,
            files=data_files(tables, paths),
            contents=contents(tables),
            omitted=omitted,
            size=size_category(max((table["rows"] for table in tables), default=0)),
            split_table=split_table(statistics),
            table_table=table_table(tables),
            label_table=label_table,
            example=example_claim(example),
            example_stance=example_stance(example),
            example_id=example["article"]["id"] if example else "",
            agreement_picture=agreement_picture,
            citation=citation(corpus.settings, version),
            maintainers=maintainers(corpus.settings),
            rows=ROWS,
            there=sorted({table["config"] for table in tables}, key=CONFIGS.index),
        )
    except jinja2.TemplateError as error:
        raise Misuse(f"{source}: {error}") from None


def changes(corpus: Corpus, figures: Statistics, *, words: bool = True, compare: bool = True) -> str:
    """CHANGES.md of the release: hand-written words, then what changed since the one before, annotation by annotation.

    Without `words` no quote of a text stands in it; without `compare` (a release of shards, which no revision of the
    corpus holds) it names no change.
    Raises Misuse where the version is too small a step from the one before.
    """
    settings = corpus.settings
    parts = [f"# Changes in {settings['title']} {settings['version']}"]
    if written := written_changes(corpus):
        parts.append(written)
    if compare and settings.get("previous"):
        old = editions.at_revision(corpus.root, settings["previous"])
        found = diff.diff(old, editions.of_corpus(corpus))
        diff.refuse_small_step(found, str(corpus.root / "corpus.toml"))
        parts += [
            f"Compared with {old.version} (`{settings['previous']}`).",
            diff_output.as_markdown(found).rstrip(),
        ]
    else:
        counts = [f"{figures.total(what):,} {what}" for what in ("articles", "entities", "stances")]
        counts.insert(2, f"{figures.total('attributed_claims') + figures.total('author_claims'):,} claims")
        why = (
            "No earlier release is named to compare with."
            if compare
            else "Built of shards, which are not compared."
        )
        parts.append(f"{why} In this one: {', '.join(counts)}.")
    return "\n\n".join(parts) + "\n"


def written_changes(corpus: Corpus) -> str:
    """What CHANGES.md beside corpus.toml says under the heading of this version; an empty string without one."""
    path = corpus.root / "CHANGES.md"
    if not path.is_file():
        return ""
    heading = re.compile(
        rf"^## {re.escape(corpus.settings['version'])}\b[^\n]*\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL
    )
    match = heading.search(path.read_text("utf-8"))
    return match[1].strip() if match else ""
