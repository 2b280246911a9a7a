"""How far confidences are to be trusted, and below which of them suggestions cost more edits than they save.

    python benchmarks/suggest_effort.py --folds 3 --json benchmarks/suggest_effort.json

Every article of the training split is annotated by entities, attribution and stances that have learnt from the other folds, with
nothing left out for want of confidence. The first table says how often suggestions of a confidence are right (the span and label of
an entity, the span and claimers of a claim up to overlap, the pair and label of a stance); the second how many edits are saved
against writing gold from nothing, when those below a threshold are left out, of each kind for itself; the third the same for
the thresholds that the suggesters have, on the training split and on validation.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasrih.agree.compare import Comparison
from tasrih.agree.effort import efforts
from tasrih.agree.scores import against_gold
from tasrih.model import Annotation, Document
from tasrih.release.gold import gold
from tasrih.suggest import Draft, attribution, chained, entities, stance
from tasrih.suggest.layers import confident

KINDS = ("entity", "claim", "stance")
THRESHOLDS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
BINS = (0.0, 0.3, 0.5, 0.7, 0.9, 1.01)
Found = dict[str, list[Annotation]]
Row = dict[str, Any]


def annotated(train: Sequence[Document], held: Sequence[Document], claims: float, stances: float) -> Found:
    """What the suggesters propose of `held` once they have learnt from `train`."""
    suggest = chained(
        [
            entities.of_documents(train),
            attribution.of_documents(train, claims),
            stance.of_documents(train, stances),
        ]
    )
    drafts = [Draft(str(one["text"]), one["article"]["zones"]) for one in held]
    return {one["article"]["id"]: lines for one, lines in zip(held, suggest(drafts), strict=True)}


def left_out(documents: Sequence[Document], folds: int, claims: float, stances: float) -> Found:
    """The same of every document, by what has learnt from the other folds."""
    found: Found = {}
    for fold in range(folds):
        rest = [one for number, one in enumerate(documents) if number % folds != fold]
        found |= annotated(rest, documents[fold::folds], claims, stances)
    return found


def reliability(documents: Sequence[Document], found: Found) -> Iterator[Row]:
    """How many suggestions of a confidence there are, and how many of them are right."""
    counts: dict[tuple[str, int], list[int]] = {}
    for document in documents:
        comparison = against_gold(document, found[document["article"]["id"]])
        right = set(_right(comparison))
        for line in found[document["article"]["id"]]:
            bin_ = next(
                number for number in range(len(BINS) - 1) if line.get("confidence", 1.0) < BINS[number + 1]
            )
            cell = counts.setdefault((line["type"], bin_), [0, 0])
            cell[0] += 1
            cell[1] += line["id"] in right
    for (kind, bin_), (many, right_) in sorted(counts.items()):
        yield {
            "kind": kind,
            "from": BINS[bin_],
            "to": min(BINS[bin_ + 1], 1.0),
            "suggestions": many,
            "right": right_ / many,
        }


def _right(comparison: Comparison) -> Iterator[str]:
    """Ids of the suggestions that are right."""
    for entity in comparison.entities:
        if entity.is_exact and entity.one["label"] == entity.other["label"]:
            yield entity.other["id"]
    for claim in comparison.claims:
        if comparison.same_things(claim.one["claimers"], claim.other["claimers"]):
            yield claim.other["id"]
    for stance_ in comparison.stances:
        one, other = stance_.one, stance_.other
        holders = comparison.same_things(one["holders"], other["holders"])
        if (
            holders
            and comparison.same_thing(one["target"], other["target"])
            and one["label"] == other["label"]
        ):
            yield other["id"]


def saved(
    documents: Sequence[Document], found: Found, keep: Callable[[Annotation], bool]
) -> Mapping[str, float]:
    """The share of edits saved of each kind and all."""
    kept = {name: confident([line for line in lines if keep(line)], 0.0) for name, lines in found.items()}
    spent = efforts(documents, kept)
    shares = {}
    for kind in (*KINDS, "all"):
        some = [one for one in spent if kind in (one.kind, "all")]
        nothing = sum(one.nothing for one in some)
        shares[kind] = 1 - sum(one.suggested for one in some) / nothing
    return shares


def sweep(documents: Sequence[Document], found: Found) -> Iterator[Row]:
    """Edits saved of each kind when what is less confident than a threshold is left out, the other kinds as they are."""
    for kind in KINDS:
        for threshold in THRESHOLDS:

            def keep(line: Annotation, kind: str = kind, threshold: float = threshold) -> bool:
                return line["type"] != kind or line.get("confidence", 1.0) >= threshold

            shares = saved(documents, found, keep)
            yield {"kind": kind, "threshold": threshold, "saved": shares[kind], "saved_in_all": shares["all"]}


def table(rows: Sequence[Row]) -> str:
    """A Markdown table; shares in per cent."""
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + " --- |" * len(rows[0])]
    for row in rows:
        cells = [
            f"{100 * value:.1f} %" if name in ("right", "saved", "saved_in_all") else f"{value}"
            for name, value in row.items()
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    told = parser.parse_args()
    train = gold(told.corpus, "train").documents
    everything = left_out(train, told.folds, 0.0, 0.0)
    found: dict[str, list[Row]] = {
        "reliability": list(reliability(train, everything)),
        "thresholds": list(sweep(train, everything)),
    }
    held = gold(told.corpus, "validation").documents
    found["as they are"] = [
        {"split": name, "kind": kind, "saved": share}
        for name, documents, lines in (
            ("train, left out", train, left_out(train, told.folds, attribution.THRESHOLD, stance.THRESHOLD)),
            ("validation", held, annotated(train, held, attribution.THRESHOLD, stance.THRESHOLD)),
        )
        for kind, share in saved(documents, lines, lambda line: True).items()
    ]
    for name, rows in found.items():
        print(f"\n## {name}\n\n{table(rows)}")
    if told.json:
        told.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
