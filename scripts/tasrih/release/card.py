"""The dataset card: prose by hand in dataset_card.md beside the corpus, figures filled in here."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import jinja2

from tasrih import __version__
from tasrih.agree import figures as agreeing
from tasrih.agree import output
from tasrih.model import AUTHOR, GOLD, SPLITS, Document, layer_view
from tasrih.release import diff, diff_output, editions
from tasrih.release.statistics import Statistics
from tasrih.release.write import parquet_path
from tasrih.store import Corpus, Misuse

CARD = "dataset_card.md"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def size_category(rows: int) -> str:
    """The Hub's size category for a number of rows."""
    return next((name for bound, name in _SIZES if rows < bound), "n>1M")


def data_files(tables: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Configuration → split → path of its file."""
    files: dict[str, dict[str, str]] = {}
    for table in tables:
        files.setdefault(table["config"], {})[table["split"]] = parquet_path(table["config"], table["split"])
    return files


def contents(tables: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Configuration → a short hash of the content of its tables.

    It stands in the card because `datasets` caches a local folder by its name and its card alone: without it a
    release that was built anew would load as it was before.
    """
    found: dict[str, str] = {}
    for config in data_files(tables):
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


def measured_agreement(documents: Sequence[Document]) -> list[MeasuredAgreement]:
    """The agreement of every two layers: over all articles, then by version of the guidelines where there are several.

    Raises Misuse where there are layers to compare and scipy is not installed.
    """
    shared = [d for d in documents if d["text"] is not None and len(d["layers"].keys() - {GOLD}) > 1]
    if not shared:
        return []
    headers = [
        cast(Any, lines[0])
        for document in shared
        for name, lines in document["layers"].items()
        if name != GOLD
    ]
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
    return MeasuredAgreement(pair.one, pair.other, version, len(pair.comparisons), table, by_name)


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
         omitted: Sequence[str], example: Document | None, agreement: Sequence[MeasuredAgreement], baselines: str = "") -> str:  # fmt: skip
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
            files=data_files(tables),
            contents=contents(tables),
            omitted=omitted,
            size=size_category(max((table["rows"] for table in tables), default=0)),
            split_table=split_table(statistics),
            table_table=table_table(tables),
            label_table=label_table,
            example=example_claim(example),
        )
    except jinja2.TemplateError as error:
        raise Misuse(f"{source}: {error}") from None


def changes(corpus: Corpus, figures: Statistics, *, words: bool = True) -> str:
    """CHANGES.md of the release: hand-written words, then what changed since the one before, annotation by annotation.

    Without `words` no quote of a text stands in it.
    Raises Misuse where the version is too small a step from the one before.
    """
    settings = corpus.settings
    parts = [f"# Changes in {settings['title']} {settings['version']}"]
    if written := written_changes(corpus):
        parts.append(written)
    if settings.get("previous"):
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
        parts.append(f"No earlier release is named to compare with. In this one: {', '.join(counts)}.")
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
