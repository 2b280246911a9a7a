"""Adjudication of the articles of a corpus: gold, decisions and work lists on disk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tasrih import store
from tasrih.agree import worklist
from tasrih.agree.compare import Comparison, compare
from tasrih.agree.differences import Case
from tasrih.agree.settle import Settled, digest, settle
from tasrih.check.usable import refuse_invalid
from tasrih.formats import label_studio
from tasrih.model import GOLD, Annotation, Decision, Document, Layer, annotators
from tasrih.store import Corpus, Misuse

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """What became of an article, and in one line what to say of it."""

    document: Document
    comparison: Comparison
    settled: Settled
    said: str


def two_layers(documents: Iterable[Document], given: str) -> Pair:
    """The two layers to adjudicate: those given, else the only two besides gold. Raises Misuse else."""
    there = sorted({name for document in documents for name in annotators(document)})
    chosen = [name.strip() for name in given.split(",") if name.strip()] or there
    if len(chosen) != 2 or not set(chosen) <= set(there):
        raise Misuse(
            f"adjudication takes two layers; there are {', '.join(there) or 'none'} besides gold: "
            "name two with --layers ONE,OTHER"
        )
    return chosen[0], chosen[1]


def settled(corpus: Corpus, document: Document, pair: Pair) -> tuple[Comparison, Settled]:
    """The two layers of an article compared, and what gold they and the recorded decisions give."""
    comparison = compare(document, *pair)
    recorded = store.read_decisions(corpus, document["article"]["id"])
    return comparison, settle(comparison, [d for d in recorded if d["layers"] == list(pair)])


def adjudicate(corpus: Corpus, document: Document, pair: Pair, tool: str, now: str) -> Adjudicated:
    """Writes the gold of an article where every case is decided; the same gold is not written again."""
    comparison, found = settled(corpus, document, pair)
    article_id = document["article"]["id"]
    agreed = sum(case.agreed for case in found.cases)
    said = f"{article_id}: {agreed:,} agreed, {len(found.cases) - agreed - len(found.undecided):,} decided, {len(found.undecided):,} open"
    if found.problems and not found.undecided:
        said += "\n" + "\n".join(f"  {problem}" for problem in found.problems)
    elif not found.undecided:
        said += "; " + _write_gold(corpus, document, comparison, found, tool, now)
    return Adjudicated(document, comparison, found, said)


def _write_gold(
    corpus: Corpus, document: Document, comparison: Comparison, found: Settled, tool: str, now: str
) -> str:
    article = document["article"]
    path = store.layer_path(corpus, article["id"], GOLD)
    header: dict[str, Any] = {
        "type": "layer",
        "article": article["id"],
        "text_sha256": article["text_sha256"],
        "annotator": GOLD,
        "guidelines": corpus.settings["guidelines"],
        "created": now,
        "tool": tool,
        "by": _makers(comparison, store.read_decisions(corpus, article["id"])),
    }
    lines = document["layers"].get(GOLD, [])
    if note := cast(dict[str, Any], lines[0]).get("note") if lines else None:
        header["note"] = note
    if lines and _same_gold(lines, header, found.annotations):
        return f"{path} stands"
    refuse_invalid(corpus.settings, document, [header, *found.annotations], str(path))
    store.write_layer(corpus, article, GOLD, cast(Layer, header), found.annotations, document["text"])
    return f"{path} written"


def _makers(comparison: Comparison, decisions: Sequence[Decision]) -> str:
    """Who made gold: the two layers, and whoever decided."""
    who = sorted({decision["by"] for decision in decisions})
    decided = f", decided by {'; '.join(who)}" if who else ""
    return f"adjudicated from {comparison.one.name} and {comparison.other.name}{decided}"[:200]


def _same_gold(lines: Sequence[Any], header: dict[str, Any], annotations: Sequence[Annotation]) -> bool:
    same_header = all(lines[0].get(key) == header[key] for key in ("guidelines", "by", "text_sha256"))
    return same_header and list(lines[1:]) == list(annotations)


# --- Decisions and work lists -------------------------------------------------------------------------


def read_work_list(
    data: str, file: str, documents: Mapping[str, Document], pair: Pair, by: str
) -> tuple[str, list[Decision]]:
    """The article of a completed work list and the decisions in it."""
    article_id = worklist.article_of(data)
    if article_id not in documents:
        raise Misuse(f"{file}: «{article_id}» is no article with the layers {' and '.join(pair)}")
    comparison = compare(documents[article_id], *pair)
    return article_id, worklist.read(data, file, comparison, by)


def keep(corpus: Corpus, article_id: str, found: Sequence[Decision]) -> Path:
    """Adds decisions to those recorded; one on the same case takes the place of the one before."""
    recorded = {_case_of(decision): decision for decision in store.read_decisions(corpus, article_id)}
    recorded |= {_case_of(decision): decision for decision in found}
    return store.write_decisions(corpus, article_id, recorded.values())


def _case_of(decision: Decision) -> tuple[Any, ...]:
    new = (decision.get("changes") or {}).get("id") if decision["choice"] == "new" else None
    return (*decision["layers"], decision["one"], decision["other"], new)


def write_work_lists(corpus: Corpus, results: Sequence[Adjudicated], out: Path) -> Iterator[Path]:
    """An inline file an article, and Label Studio's config and tasks with both layers as predictions."""
    for result in results:
        path = out / f"{result.comparison.article}.inline"
        content = worklist.write(result.document, result.comparison, result.settled.undecided)
        store.write_atomic(path, content.encode())
        yield path
    labels = corpus.settings["labels"]
    tasks = [task(corpus, result.document, result.comparison, result.settled.undecided) for result in results]
    store.write_atomic(
        out / "config.xml", label_studio.config(labels, corpus.settings["languages"][0]).encode()
    )
    store.write_atomic(out / "tasks.json", json.dumps(tasks, ensure_ascii=False, indent=2).encode() + b"\n")
    yield out / "tasks.json"


def task(
    corpus: Corpus, document: Document, comparison: Comparison, undecided: Sequence[Case]
) -> dict[str, Any]:
    """A task of Label Studio to adjudicate an article in.

    Its first prediction is the work list, with what is to be decided from both layers; the layers follow as they
    are. `data.tasrih.open` names the cases that are asked about, by ids and hash.
    """
    combined = worklist.combined(document, comparison, undecided)
    header = combined["layers"][worklist.NAME][0]
    as_pushed = {key: comparison.one.header[key] for key in ("text_sha256", "created", "tool")}
    combined["layers"][worklist.NAME][0] = cast(Layer, {**header, **as_pushed})
    made = [
        next(
            label_studio.write(
                [whole],
                corpus.settings["labels"],
                layer=layer,
                corpus_version=corpus.settings["version"],
                guidelines=corpus.settings["guidelines"],
                as_predictions=True,
            )
        )
        for whole, layer in (
            (combined, worklist.NAME),
            (document, comparison.one.name),
            (document, comparison.other.name),
        )
    ]
    made[0]["data"]["tasrih"]["open"] = [_key(case) for case in undecided]
    return made[0] | {"predictions": [prediction for one in made for prediction in one["predictions"]]}


def taken(
    corpus: Corpus,
    document: Document,
    pair: Pair,
    asked: Sequence[Any],
    final: Iterable[Annotation],
    told: Mapping[str, str],
) -> list[Decision]:
    """The decisions that the annotations `final`, made of a `task` that `asked` about these cases, come to.

    Raises Misuse where a layer has changed since the task was made.
    """
    comparison, found = settled(corpus, document, pair)
    by_key = {tuple(_key(case)): case for case in found.cases}
    try:
        cases = [by_key[tuple(key)] for key in asked]
    except (KeyError, TypeError):
        raise Misuse(
            f"{comparison.article}: a layer has changed since the push; push the adjudication again"
        ) from None
    combined = worklist.combined(document, comparison, cases)
    offered = {line["id"]: line for line in cast(list[Annotation], combined["layers"][worklist.NAME][1:])}
    kept = {line["id"]: line for line in final}
    return list(worklist.decided(comparison, found.cases, cases, offered, kept, told))


def _key(case: Case) -> list[str | None]:
    return [case.one and case.one["id"], case.other and case.other["id"], digest(case)]


# --- The account --------------------------------------------------------------------------------------


def account(corpus: Corpus, document: Document, pair: Pair) -> tuple[Settled, list[str]]:
    """What became of every annotation of two layers, and what does not add up.

    It adds up where each annotation of each layer has exactly one outcome, none is undecided, and gold is what
    layers and decisions give.
    """
    comparison, found = settled(corpus, document, pair)
    article_id = comparison.article
    wrong = [f"{article_id}: {problem}" for problem in found.problems]
    for view, outcomes in zip((comparison.one, comparison.other), found.outcomes, strict=True):
        if outcomes.keys() != view.by_id().keys():
            wrong.append(f"{article_id}: not every annotation of {view.name} has an outcome")
    if found.undecided:
        wrong.append(
            f"{article_id}: {len(found.undecided):,} cases are open; run «tasrih adjudicate {article_id} --out work»"
        )
    elif not found.problems:
        gold = document["layers"].get(GOLD, [])
        if list(gold[1:]) != list(found.annotations):
            wrong.append(
                f"{article_id}: gold is not what layers and decisions give; record what was changed as a decision, "
                f"then run «tasrih adjudicate {article_id}»"
            )
    return found, wrong
