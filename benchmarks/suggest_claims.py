"""Scores the suggesters of claims and stances against gold, and prints the figures as Markdown, with --json as JSON too.

    python benchmarks/suggest_claims.py --splits train validation --json figures.json

The suggesters learn from the train split alone; figures of that split itself are by leaving out: of each fold's articles
nothing is learnt before they are scored. Each split is scored twice, with gold's mentions and with those of the system
`rules` for entities. --thresholds sweeps the confidence below which nothing is proposed, on the train split, left out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from tasrih.agree.score_output import number, with_interval
from tasrih.agree.scores import ACCURACY, F1, Score, scores
from tasrih.model import GOLD, SPLITS, Annotation, Document, Labels
from tasrih.release.gold import gold
from tasrih.suggest import Draft, attribution, chained, stance
from tasrih.suggest.baselines import entity_rules
from tasrih.suggest.proposals import gold_draft

CORPUS = Path(__file__).parents[1] / "corpus"
GROUPS = ("attributed claims", "author's claims", "stances")
FOLDS = 5
Annotate = Callable[[Sequence[Document]], list[list[Annotation]]]


def suggesters(train: Sequence[Document], mentions: str, claims: float, stances: float) -> Annotate:
    """What annotates documents with mentions, claims and stances, once it has learnt from `train`."""
    suggest = chained([attribution.of_documents(train, claims), stance.of_documents(train, stances)])
    tag = entity_rules(train)

    def annotate(documents: Sequence[Document]) -> list[list[Annotation]]:
        drafts = [draft(document, mentions, tag) for document in documents]
        return [[*one.annotations, *new] for one, new in zip(drafts, suggest(drafts), strict=True)]

    return annotate


def draft(document: Document, mentions: str, tag: Any) -> Draft:
    """The article with the mentions of gold, or with predicted ones."""
    if mentions == GOLD:
        return gold_draft(document)
    text, zones = cast(str, document["text"]), document["article"]["zones"]
    return Draft(text, zones, annotations=tag(text, zones))


def left_out(
    documents: Sequence[Document], mentions: str, claims: float, stances: float
) -> list[list[Annotation]]:
    """The annotations of every document by what has learnt from the other folds."""
    found: list[list[Annotation]] = [[] for _ in documents]
    for fold in range(FOLDS):
        rest = [document for number, document in enumerate(documents) if number % FOLDS != fold]
        annotate = suggesters(rest, mentions, claims, stances)
        found[fold::FOLDS] = annotate(documents[fold::FOLDS])
    return found


def figures(
    split: str,
    mentions: str,
    claims: float = attribution.THRESHOLD,
    stances: float = stance.THRESHOLD,
    resamples: int = 1000,
) -> list[Score]:
    """The figures of a split with the mentions of gold or predicted ones."""
    train, held = gold(CORPUS, "train"), gold(CORPUS, split)
    if split == "train":
        annotated = left_out(train.documents, mentions, claims, stances)
    else:
        annotated = suggesters(train.documents, mentions, claims, stances)(held.documents)
    names = [document["article"]["id"] for document in held.documents]
    labels: Labels = held.settings["labels"]
    found = scores(
        "rules", held.documents, dict(zip(names, annotated, strict=True)), labels, resamples
    ).figures
    return [figure for figure in found if figure.group in GROUPS]


def rows(found: Sequence[Score]) -> Iterator[tuple[str, ...]]:
    """Cells of a table: what counts, precision, recall, F1 or accuracy with its interval, and how many of gold."""
    by_name = {(figure.group, figure.name, figure.measure): figure for figure in found}
    for figure in found:
        if figure.measure in (F1, ACCURACY):
            shares = [
                by_name.get((figure.group, figure.name, measure)) for measure in ("precision", "recall")
            ]
            main = with_interval(figure.value, figure.low, figure.high)
            yield (
                figure.group,
                figure.name,
                *(number(one.value) if one else "" for one in shares),
                main,
                f"{figure.gold:,}",
            )


def table(head: Sequence[str], cells: Iterator[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in cells)])


def sweep() -> list[dict[str, Any]]:
    """F1 by threshold, left out on the train split with gold's mentions."""
    found = []
    for threshold in (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        by_name = {
            (f.group, f.name, f.measure): f.value for f in figures("train", GOLD, threshold, threshold, 1)
        }
        found.append(
            {
                "threshold": threshold,
                "attributed claims": by_name["attributed claims", "span, overlap", F1],
                "stances": by_name["stances", "(holder, target)", F1],
            }
        )
    return found


def main() -> None:
    """Prints what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--splits", nargs="+", choices=SPLITS, default=["train", "validation"])
    parser.add_argument("--json", type=Path, help="the figures as JSON into this file")
    parser.add_argument("--thresholds", action="store_true")
    given = parser.parse_args()
    record: dict[str, Any] = {"figures": []}
    for split in given.splits:
        for mentions in (GOLD, "predicted"):
            found = figures(split, mentions)
            print(f"\n## {split}{', left out' if split == 'train' else ''}, mentions: {mentions}\n")
            print(table(("group", "what counts", "P", "R", "F1 or accuracy", "gold"), rows(found)))
            record["figures"] += [
                {"split": split, "mentions": mentions, **asdict(figure)} for figure in found
            ]
    if given.thresholds:
        record["thresholds"] = sweep()
        cells = (tuple(f"{value:,.2f}" for value in one.values()) for one in record["thresholds"])
        print(f"\n## thresholds\n\n{table(list(record['thresholds'][0]), cells)}")
    if given.json:
        given.json.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
