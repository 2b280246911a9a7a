"""Measures the suggesters of entities: scores on the corpus and on public corpora, speed, size, growth with the text.

    python benchmarks/suggest_entities.py --split validation --real ../shared/real --json figures.json

prints a table in Markdown. Public corpora are read from the folder `--real` alone; nothing of them is kept. Models of them are
made in memory and thrown away. Their labels are brought to three: PERS; LOC, which takes GPE, LOC and FAC; ORG. MISC is scored
on ANERcorp alone.
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

from tasrih import store
from tasrih.agree.scores import scores
from tasrih.formats import tagged_words
from tasrih.release.gold import gold
from tasrih.suggest import Draft, Suggest, entities, gazetteer, model_file, names, tagger, titles, training
from tasrih.suggest.cutting import cut, joined, spans
from tasrih.suggest.tagger import Tagger

Sentence = list[tuple[str, str]]
Row = dict[str, Any]
THREE = {"PERS": "PERS", "PER": "PERS", "LOC": "LOC", "GPE": "LOC", "FAC": "LOC", "ORG": "ORG"}
HELD_OUT = 0.2
SIZES = (10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 500_000)  # code points
SEED = 7


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
    every = tagged_words.read(real / "anercorp" / "ANERCorp_CamelLab_train.txt")
    raw = list(raw_texts(real))
    last = contiguous(every)
    shuffled = random.Random(SEED).sample(every, len(every))
    fifth = int(len(every) * HELD_OUT)
    for name, train, held_out, texts in (
        ("ANERcorp, last fifth held out, no raw text", *last, ()),
        ("ANERcorp, last fifth held out", *last, raw),
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
        if name.endswith("held out") and "last" in name:
            wojood = tagged_words.read(real / "wojood" / "val.txt")
            yield from scored("Wojood's sample, val, by the ANERcorp model", ready, wojood, {}, three=True)
            aqmar = [
                one
                for path in sorted((real / "aqmar").glob("*.txt"))
                if path.name != "SOURCE.txt"
                for one in lenient(path)
            ]
            yield from scored("AQMAR, by the ANERcorp model", ready, aqmar, {}, three=True)


def contiguous(every: Sequence[Sentence]) -> tuple[list[Sentence], list[Sentence]]:
    """The sentences that hold the first four fifths of the words, and the rest."""
    total, seen = sum(map(len, every)), 0
    for at, sentence in enumerate(every):
        seen += len(sentence)
        if seen >= total * (1 - HELD_OUT):
            return list(every[: at + 1]), list(every[at + 1 :])
    raise AssertionError("a fifth is less than the whole")


def lenient(path: Path) -> Iterator[Sentence]:
    """Sentences of a file with faulty tags: what is no tag in IOB is O, and a line without one is passed over."""
    sentence: Sentence = []
    for line in path.read_text("utf-8", errors="replace").splitlines():
        word, _, tag = line.strip().partition(" ")
        if not word and sentence:
            yield sentence
            sentence = []
        elif word and tag:
            sentence.append((word, tag if tag[:2] in ("B-", "I-") else "O"))
    if sentence:
        yield sentence


def raw_texts(real: Path) -> Iterator[str]:
    """Newspaper texts without annotations."""
    with zipfile.ZipFile(real / "saudinewsnet" / "2015-07-23.zip") as archive:
        for article in json.load(io.TextIOWrapper(archive.open("2015-07-23.json"), "utf-8")):
            yield f"{article.get('title') or ''}\n{article.get('content') or ''}"


def scored(
    name: str, ready: Tagger, sentences: Sequence[Sentence], more: Row, three: bool = False
) -> Iterator[Row]:
    """Strict scores of spans with labels, over all labels and by each."""
    text = joined([[word for word, _ in sentence] for sentence in sentences])
    ready.mentions(text)  # the first run fills what is kept of words
    mentions, taken = timed(lambda: ready.mentions(text))
    right: set[tuple[int, int, str]] = set()
    first = 0
    for sentence in sentences:
        right |= {
            (first + start, first + end, label) for start, end, label in spans([tag for _, tag in sentence])
        }
        first += len(sentence)
    found = {(one.first, one.behind, one.label) for one in mentions}
    if three:
        right, found = mapped(right), mapped(found)
    speed = round(len(text.words) / taken)
    for label in ("all", *sorted({label for *_, label in right})):
        gold_ = {one for one in right if label in ("all", one[2])}
        mine = {one for one in found if label in ("all", one[2])}
        both = len(gold_ & mine)
        values = {
            "precision": both / len(mine) if mine else None, "recall": both / len(gold_), "F1": 2 * both / (len(gold_) + len(mine)),
        }  # fmt: skip
        for measure, value in values.items():
            yield {
                "data": name, "system": "tagger", "what": label, "measure": measure, "value": value, "gold": len(gold_),
                "words_per_second": speed, **more,
            }  # fmt: skip


def mapped(found: Iterable[tuple[int, int, str]]) -> set[tuple[int, int, str]]:
    """Spans whose label is one of three."""
    return {(first, behind, THREE[label]) for first, behind, label in found if label in THREE}


# --- Growth ---------------------------------------------------------------------------------------------


def growth(folder: Path) -> Iterator[Row]:
    """Seconds by length of a text, of the corpus's own articles one behind the other; with and without full stops."""
    corpus = store.open_corpus(folder)
    whole = "\n".join(str(one["text"]) for one in training(corpus))
    suggest = entities.make(corpus)
    for kind, text in (("as written", whole), ("one sentence", whole.replace("\n", " ").replace(".", " "))):
        long = text * (SIZES[-1] // len(text) + 1)
        for size in SIZES:
            _, taken = timed(lambda long=long, size=size: suggest([Draft(long[:size])]))  # type: ignore[misc]
            yield {
                "data": f"growth, {kind}",
                "system": "entities",
                "what": f"{size:,} code points",
                "measure": "seconds",
                "value": round(taken, 2),
            }


# --- Output ---------------------------------------------------------------------------------------------


def as_markdown(rows: Sequence[Row]) -> str:
    """The main rows as a table: each system on each part, and every length."""
    lines = [
        "| data | system | what | P | R | F1 | words/s | model |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    cells: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        if row["measure"] != "seconds":
            cells.setdefault((row["data"], row["system"], row["what"]), {**row})[row["measure"]] = row[
                "value"
            ]
    for (data, system, what), row in cells.items():
        shares = " | ".join(
            "–" if row.get(name) is None else f"{row[name]:.3f}" for name in ("precision", "recall", "F1")
        )
        size = f"{row['model_bytes'] / 1e6:.1f} MB" if "model_bytes" in row else ""
        lines.append(f"| {data} | {system} | {what} | {shares} | {row['words_per_second']:,} | {size} |")
    lines += [
        f"| {row['data']} | {row['system']} | {row['what']} | | | {row['value']} s | | |"
        for row in rows
        if row["measure"] == "seconds"
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--split", default="validation", help="the test split is to be looked at once")
    parser.add_argument("--real", type=Path, help="the folder of the public corpora; left out without it")
    parser.add_argument("--parts", default="corpus,public,growth")
    parser.add_argument("--json", type=Path)
    told = parser.parse_args()
    rows: list[Row] = []
    if "corpus" in told.parts:
        rows += of_corpus(told.corpus, told.split)
    if "public" in told.parts and told.real:
        rows += of_public(told.real)
    if "growth" in told.parts:
        rows += growth(told.corpus)
    if told.json:
        told.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(as_markdown(rows))


if __name__ == "__main__":
    main()
