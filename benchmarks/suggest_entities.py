"""Measures the suggesters of entities: scores on the corpus and on public corpora, speed, size.

    python benchmarks/suggest_entities.py --split validation --real ../shared/real --json benchmarks/suggest_public.json

prints a table in Markdown; the figures of the public corpora go into a file, of which suggest_document.py makes a table.
Public corpora are read from the folder `--real` alone; nothing of them is kept. Models of them are made in memory and
thrown away. Their labels are brought to three: PERS; LOC, which takes GPE, LOC and FAC; ORG. MISC is scored on ANERcorp alone.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tasrih import store
from tasrih.agree.scores import scores
from tasrih.formats import columns
from tasrih.release.gold import gold
from tasrih.suggest import Draft, Suggest, entities, gazetteer, model_file, names, tagger, titles, training
from tasrih.suggest.cutting import cut, joined, spans
from tasrih.suggest.tagger import Tagger

Sentence = list[tuple[str, str]]
Spans = set[tuple[int, int, str]]
Row = dict[str, Any]
THREE = {"PERS": "PERS", "PER": "PERS", "LOC": "LOC", "GPE": "LOC", "FAC": "LOC", "ORG": "ORG"}
HELD_OUT = 0.2
SEED = 7
RESAMPLES = 1000  # of sentences, for an interval of 95 %


# --- The corpus -----------------------------------------------------------------------------------------


def of_corpus(folder: Path, split: str) -> Iterator[Row]:
    """Scores and speed of each suggester on a split of the corpus, by the scorer of `tasrih evaluate`."""
    corpus = store.open_corpus(folder)
    train, known = training(corpus), gold(folder, split)
    drafts = [Draft(str(one["text"]), one["article"]["zones"]) for one in known.documents]
    words = sum(len(cut(draft.text).words) for draft in drafts)
    makers: dict[str, Callable[[], Suggest]] = {
        "names": lambda: names.of_documents(train),
        "gazetteer": lambda: gazetteer.of_documents(train),
        "rules": lambda: titles.of_documents(train),
        "tagger": lambda: tagger.make(corpus),
        "entities": lambda: entities.make(corpus),
    }
    for name, make in makers.items():
        suggest, spent = timed(make)
        suggest(drafts)  # the first run fills what is kept of words
        found, taken = timed(lambda suggest=suggest: suggest(drafts))  # type: ignore[misc]
        predicted = {one["article"]["id"]: each for one, each in zip(known.documents, found, strict=True)}
        for figure in scores(name, known.documents, predicted, known.settings["labels"]).figures:
            if figure.group.startswith("entities") and figure.measure in ("F1", "precision", "recall"):
                yield {
                    "data": f"corpus, {split}", "system": name, "what": figure.name, "measure": figure.measure,
                    "value": figure.value, "low": figure.low, "high": figure.high, "gold": figure.gold,
                    "words_per_second": round(words / taken), "made_in_seconds": round(spent, 1),
                }  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What `work` returns, and the seconds it took."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


# --- Public corpora -------------------------------------------------------------------------------------


def of_public(real: Path) -> Iterator[Row]:
    """Scores on ANERcorp, its last fifth and a random fifth held out, and of that model on Wojood's sample and AQMAR."""
    every = columns.words_and_tags(real / "anercorp" / "ANERCorp_CamelLab_train.txt")
    raw = list(raw_texts(real))
    last = contiguous(every)
    shuffled = random.Random(SEED).sample(every, len(every))
    fifth = int(len(every) * HELD_OUT)
    for name, train, held_out, texts in (
        ("ANERcorp, last fifth held out", *last, raw),
        ("ANERcorp, the same, without raw text", *last, ()),
        ("ANERcorp, random fifth of the sentences held out", shuffled[fifth:], shuffled[:fifth], raw),
    ):
        lines = [" ".join(word for word, _ in sentence) for sentence in train]
        model, spent = timed(
            lambda train=train, texts=texts, lines=lines: tagger.train(  # type: ignore[misc]
                [tagger.example_of_words(train)],
                clusters=tagger.clusters_of([*texts, "\n".join(lines)]) if texts else None,
            )
        )
        ready = Tagger(model)
        more = {"made_in_seconds": round(spent, 1), "model_bytes": len(model_file.as_bytes(model))}
        yield from scored(name, ready, held_out, more)
        if held_out is last[1] and texts:
            yield from scored("AQMAR, by that model", ready, aqmar(real), {}, three=True)
            yield from scored(
                "Wojood's sample, val, by that model", ready, wojood(real, "val"), {}, three=True
            )
    ready = Tagger(tagger.train([tagger.example_of_words(wojood(real, "train"))]))
    yield from scored("Wojood's sample, val, by a model of its train", ready, wojood(real, "val"), {})


def wojood(real: Path, part: str) -> list[Sentence]:
    """Sentences of the sample's train or val with their outermost mentions."""
    return columns.words_and_tags(real / "wojood" / f"{part}.txt")


def aqmar(real: Path) -> list[Sentence]:
    """Sentences of every article; what is no tag is O."""
    files = [path for path in sorted((real / "aqmar").glob("*.txt")) if path.name != "SOURCE.txt"]
    return [sentence for path in files for sentence in columns.words_and_tags(path, strict=False)]


def contiguous(every: Sequence[Sentence]) -> tuple[list[Sentence], list[Sentence]]:
    """The sentences that hold the first four fifths of the words, and the rest."""
    total, seen = sum(map(len, every)), 0
    for at, sentence in enumerate(every):
        seen += len(sentence)
        if seen >= total * (1 - HELD_OUT):
            return list(every[: at + 1]), list(every[at + 1 :])
    raise AssertionError("a fifth is less than the whole")


def raw_texts(real: Path) -> Iterator[str]:
    """Newspaper texts without annotations."""
    with zipfile.ZipFile(real / "saudinewsnet" / "2015-07-23.zip") as archive:
        for article in json.load(io.TextIOWrapper(archive.open("2015-07-23.json"), "utf-8")):
            yield f"{article.get('title') or ''}\n{article.get('content') or ''}"


def scored(
    name: str, ready: Tagger, sentences: Sequence[Sentence], more: Row, three: bool = False
) -> Iterator[Row]:
    """Strict scores of spans with labels, over all labels and by each, with intervals by resampling sentences."""
    text = joined([[word for word, _ in sentence] for sentence in sentences])
    ready.mentions(text)  # the first run fills what is kept of words
    mentions, taken = timed(lambda: ready.mentions(text))
    found: Spans = {(one.first, one.behind, one.label) for one in mentions}
    right: Spans = set()
    begins = [0]
    for sentence in sentences:
        inside = spans([tag for _, tag in sentence])
        right |= {(begins[-1] + start, begins[-1] + end, label) for start, end, label in inside}
        begins.append(begins[-1] + len(sentence))
    if three:
        right, found = mapped(right), mapped(found)
    speed = round(len(text.words) / taken)
    for label in ("all", *sorted({label for *_, label in right})):
        gold_ = {one for one in right if label in ("all", one[2])}
        mine = {one for one in found if label in ("all", one[2])}
        counts = np.array([_by_sentence(part, begins) for part in (gold_ & mine, mine, gold_)])
        for measure, (value, low, high) in shares(counts).items():
            yield {
                "data": name, "system": "tagger", "what": label, "measure": measure, "value": value, "low": low,
                "high": high, "gold": len(gold_), "words": len(text.words), "words_per_second": speed, **more,
            }  # fmt: skip


def _by_sentence(found: Spans, begins: Sequence[int]) -> Any:
    """How many spans begin in each sentence."""
    return np.histogram([first for first, *_ in found], bins=begins)[0]


def shares(counts: Any) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 with the ends of their intervals. `counts` has a row of what is right, of what was
    proposed and of gold, a column a sentence."""
    drawn = np.random.default_rng(SEED).integers(counts.shape[1], size=(RESAMPLES, counts.shape[1]))
    samples = np.stack([counts.sum(axis=1), *(counts[:, some].sum(axis=1) for some in drawn)])
    right, mine, gold_ = samples.T
    figures = {"precision": right / np.maximum(mine, 1), "recall": right / np.maximum(gold_, 1)}
    figures["F1"] = 2 * right / np.maximum(mine + gold_, 1)
    return {
        measure: (float(values[0]), *(float(end) for end in np.percentile(values[1:], (2.5, 97.5))))  # type: ignore[misc]
        for measure, values in figures.items()
    }


def mapped(found: Iterable[tuple[int, int, str]]) -> set[tuple[int, int, str]]:
    """Spans whose label is one of three."""
    return {(first, behind, THREE[label]) for first, behind, label in found if label in THREE}


# --- Output ---------------------------------------------------------------------------------------------


def as_markdown(rows: Sequence[Row]) -> str:
    """A table of each system on each part, with intervals of F1."""
    cells: dict[tuple[str, str, str], dict[str, Row]] = {}
    for row in rows:
        cells.setdefault((row["data"], row["system"], row["what"]), {})[row["measure"]] = row
    lines = [
        "| data | system | what | P | R | F1 | gold | words/s |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for (data, system, what), by in cells.items():
        speed = f"{by['F1']['words_per_second']:,}"
        lines.append(f"| {data} | {system} | {what} | {_figures(by)} | {by['F1']['gold']:,} | {speed} |")
    return "\n".join(lines)


def _figures(by: dict[str, Row]) -> str:
    percent = {
        measure: "–" if row["value"] is None else f"{100 * row['value']:.1f}" for measure, row in by.items()
    }
    whole = by["F1"]
    interval = "" if whole["low"] is None else f" ({100 * whole['low']:.1f}–{100 * whole['high']:.1f})"
    return f"{percent['precision']} | {percent['recall']} | {percent['F1']}{interval}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--split", default="validation", help="the test split is to be looked at once")
    parser.add_argument("--real", type=Path, help="the folder of the public corpora; left out without it")
    parser.add_argument("--parts", default="corpus,public")
    parser.add_argument("--json", type=Path, help="write the figures of the public corpora to this file")
    told = parser.parse_args()
    rows: list[Row] = []
    if "corpus" in told.parts:
        rows += of_corpus(told.corpus, told.split)
    if "public" in told.parts and told.real:
        public = list(of_public(told.real))
        rows += public
        if told.json:
            told.json.write_text(json.dumps(public, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(as_markdown(rows))


if __name__ == "__main__":
    main()
