"""Trains the baselines on the train split, scores them on the test split, and keeps the figures for the card."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from tasrih import schema, store
from tasrih.agree.score_output import number, with_interval
from tasrih.agree.scores import F1, RESAMPLES, Score, scores
from tasrih.formats import predictions
from tasrih.model import GOLD, Annotation, Document, Entity, layer_view
from tasrih.release.gold import Gold
from tasrih.store import Corpus, Misuse, gold_sha256
from tasrih.suggest.baselines import CLAIM_SYSTEMS, ENTITY_SYSTEMS, STANCE_SYSTEMS, WITHOUT_MENTIONS

FILE = "baselines.json"
_MENTIONS = "rules"  # the entity system whose mentions the systems for claims and stances are handed
_PLACES = 6
_GROUPS = {
    "entities": ("entities", "entities, strict", "entities by label"),
    "claims": ("attributed claims", "author's claims"),
    "stances": ("stances", "stances by label"),
}
# What the card shows of each task.
_HEADLINES = {
    "entities": (("entities", "span, label (strict)"), ("entities", "overlap, label (ent_type)")),
    "claims": (
        ("attributed claims", "span, overlap"),
        ("attributed claims", "span, overlap, claimers"),
        ("author's claims", "span, overlap"),
    ),
    "stances": (("stances", "(holder, target)"), ("stances", "(holder, target, label)")),
}


@dataclass(frozen=True, slots=True)
class Run:
    """A baseline's annotations of the test articles, by article id."""

    task: str
    system: str
    mentions: str | None
    annotations: dict[str, list[Annotation]]

    @property
    def name(self) -> str:
        """`claims-rules`, with `-gold-mentions` where gold's mentions were given."""
        return f"{self.task}-{self.system}" + ("-gold-mentions" if self.mentions == GOLD else "")


def runs(train: Gold, test: Gold) -> Iterator[Run]:
    """Every baseline, trained on `train`, over `test`. Systems for claims and stances run twice: on predicted mentions and on gold's."""
    trained: dict[str, dict[str, list[Entity]]] = {}
    for name, entity_system in ENTITY_SYSTEMS.items():
        annotate = entity_system(train.documents)
        trained[name] = {key: annotate(text, zones) for key, text, zones in _inputs(test.documents)}
        yield Run("entities", name, None, cast(dict[str, list[Annotation]], trained[name]))
    golds = {document["article"]["id"]: layer_view(document, GOLD).entities for document in test.documents}
    systems: Any = {"claims": CLAIM_SYSTEMS, "stances": STANCE_SYSTEMS}
    for task, named in systems.items():
        for name, system in named.items():
            annotate = system(train.documents)
            given = {"predicted": trained[_MENTIONS]} | ({} if name in WITHOUT_MENTIONS else {GOLD: golds})
            for whose, mentions in given.items():
                found = {
                    key: [*mentions[key], *annotate(text, zones, mentions[key])]
                    for key, text, zones in _inputs(test.documents)
                }
                yield Run(task, name, whose, found)


def _inputs(documents: Sequence[Document]) -> Iterator[tuple[str, str, Any]]:
    """What a system sees of an article: its id, text and zones."""
    for document in documents:
        yield document["article"]["id"], cast(str, document["text"]), document["article"]["zones"]


def record(
    train: Gold,
    test: Gold,
    found: Sequence[Run],
    resamples: int = RESAMPLES,
    progress: Callable[[Iterable[Run]], Iterable[Run]] = lambda runs: runs,
) -> dict[str, Any]:
    """The figures of the baselines, of the shape of schemas/baselines.schema.json; the same for the same corpus."""
    labels = test.settings["labels"]
    systems = []
    for run in progress(found):
        figures = scores(run.name, test.documents, run.annotations, labels, resamples).figures
        kept = [_rounded(figure) for figure in figures if figure.group in _GROUPS[run.task]]
        systems.append({"task": run.task, "system": run.system, "mentions": run.mentions, "figures": kept})
    return {
        "corpus": test.settings["name"],
        "version": test.version,
        "guidelines": test.settings["guidelines"],
        "train": {"articles": len(train.documents), "sha256": train.sha256},
        "test": {"articles": len(test.documents), "sha256": test.sha256},
        "resamples": resamples,
        "systems": systems,
    }


def _rounded(figure: Score) -> dict[str, Any]:
    values = asdict(figure)
    return values | {
        key: None if values[key] is None else round(values[key], _PLACES) for key in ("value", "low", "high")
    }


def as_bytes(record: Mapping[str, Any]) -> bytes:
    """The record as a file, one figure a line, so that a change can be read."""
    head = json.dumps({**record, "systems": []}, ensure_ascii=False, indent=2).removesuffix("[]\n}")
    systems = []
    for system in record["systems"]:
        figures = ",\n".join(
            "      " + json.dumps(figure, ensure_ascii=False) for figure in system["figures"]
        )
        named = json.dumps({**system, "figures": []}, ensure_ascii=False).removesuffix("[]}")
        systems.append(f"    {named}[\n{figures}\n    ]}}")
    return (head + "[\n" + ",\n".join(systems) + "\n  ]\n}\n").encode()


def write_predictions(folder: Path, test: Gold, found: Iterable[Run]) -> Iterator[Path]:
    """A predictions file a baseline, to compare others with."""
    for run in found:
        path = folder / f"{run.name}.jsonl"
        lines = [
            predictions.line(key, test.by_id[key]["article"]["text_sha256"], run.name, annotations)
            for key, annotations in run.annotations.items()
        ]
        store.write_atomic(path, b"".join(lines))
        yield path


# --- The card -----------------------------------------------------------------------------------------


def baselines_table(record: Mapping[str, Any]) -> str:
    """The main figures of every baseline as a Markdown table: F1 with its interval, precision and recall."""
    head = ("task", "system", "mentions", "what counts", "P", "R", "F1")
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * 4 + " ---: |" * 3]
    for system in record["systems"]:
        found = {(f["group"], f["name"], f["measure"]): f for f in system["figures"]}
        for group, name in _HEADLINES[system["task"]]:
            shares = [number(found[group, name, measure]["value"]) for measure in ("precision", "recall")]
            what = name if group == system["task"] else f"{group}: {name}"
            main = found[group, name, F1]
            shares.append(with_interval(main["value"], main["low"], main["high"]))
            cells = (system["task"], system["system"], system["mentions"] or "", what, *shares)
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def table_for_card(corpus: Corpus, documents: Iterable[Document], splits: Mapping[str, str]) -> str:
    """The table of baselines.json beside corpus.toml; an empty string where there is none, or it is of another gold.

    Raises Misuse where the file is not of the schema's shape.
    """
    path = corpus.root / FILE
    if not path.is_file():
        return ""
    try:
        found = store.decode(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise Misuse(
            f"{path}: cannot be read: {str(error)[:150]}; «tasrih baselines --out {path}» makes it"
        ) from None
    for wrong in schema.explain("baselines", corpus.settings["labels"], found):
        pointer = store.json_pointer(list(wrong.absolute_path))
        raise Misuse(f"{path}: {pointer}: {wrong.message[:150]}; «tasrih baselines --out {path}» makes it")
    scored = [
        document
        for document in documents
        if splits.get(document["article"]["id"]) == "test" and document["article"]["rights"]["redistribute"]
    ]
    return baselines_table(found) if found["test"]["sha256"] == gold_sha256(scored) else ""
