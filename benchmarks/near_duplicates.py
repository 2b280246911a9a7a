"""How many near-duplicates are found, of which kinds, and how fast and in how much memory among a million articles.

    python benchmarks/near_duplicates.py --json FILE [--real ../shared/real]
    python benchmarks/near_duplicates.py --million --json FILE

Articles are made of the words of the corpus, as often as they come there, and copied with changes of one kind; with
--real the same changes are made to the articles of SaudiNewsNet, which are also searched as they are. What is true
is found by comparing each with each. With --million four collections of a million short articles are made, written
to disk and searched, each in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import re
import resource
import tempfile
import time
import zipfile
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from scipy.sparse import csr_array

from tasrih.match.at_scale import (
    Pairs,
    SketchFiles,
    candidate_pairs,
    equal_texts,
    groups,
    near_duplicates_in,
    verified,
)
from tasrih.match.near_duplicates import THRESHOLD, shingles
from tasrih.match.sketches import sketch

CORPUS = Path(__file__).parent.parent / "corpus"
BATCH = 500  # articles a batch
Words = Sequence[str]
Change = Callable[[str, Words, random.Random], str]
Item = TypeVar("Item")


# Articles and their copies


def vocabulary() -> list[str]:
    """The words of the corpus, each as often as it comes."""
    return [
        word
        for file in sorted(CORPUS.glob("articles/*/text.txt"))
        for word in file.read_text("utf-8").split()
    ]


def article(words: Words, chooser: random.Random, length: int) -> str:
    """About `length` words in sentences of 8 to 25."""
    parts = chooser.choices(words, k=length)
    at = 0
    while (at := at + chooser.randint(8, 25)) < length:
        parts[at] += "."
    return " ".join(parts) + "."


def edited(share: float) -> Change:
    """`share` of the words are others."""

    def change(text: str, words: Words, chooser: random.Random) -> str:
        parts = text.split()
        for at in chooser.sample(range(len(parts)), round(share * len(parts))):
            parts[at] = chooser.choice(words)
        return " ".join(parts)

    return change


def truncated(text: str, words: Words, chooser: random.Random) -> str:
    parts = text.split()
    return " ".join(parts[: round(0.7 * len(parts))])


def reordered(text: str, words: Words, chooser: random.Random) -> str:
    sentences = re.split(r"(?<=[.؟!\n])\s*", text)
    chooser.shuffle(sentences)
    return " ".join(sentences)


def agency_copy(text: str, words: Words, chooser: random.Random) -> str:
    """A headline and a first sentence of its own, one sentence in ten left out, and the newspaper's foot."""
    sentences = re.split(r"(?<=[.؟!\n])\s*", text)
    kept = [sentence for sentence in sentences if chooser.random() > 0.1]
    head = " ".join(chooser.choices(words, k=25))
    return f"{head}.\n{' '.join(kept)}\nجميع الحقوق محفوظة لصحيفة الميدان، لا يجوز النقل إلا بإذن مكتوب."


def typeset(text: str, words: Words, chooser: random.Random) -> str:
    """Tatweel, a haraka a word, other line ends, other quotation marks."""
    return "\n".join(f"«{word[:1]}\u064e{word[1:]}ـ»" for word in text.split())


KINDS: dict[str, Change] = {
    "typeset otherwise": typeset,
    "5 % of words edited": edited(0.05),
    "10 % of words edited": edited(0.1),
    "20 % of words edited": edited(0.2),
    "truncated to 70 %": truncated,
    "sentences re-ordered": reordered,
    "agency copy, new head and foot": agency_copy,
}


def real_articles(real: Path) -> list[str]:
    """The contents of SaudiNewsNet's articles; for measuring alone, they stay where they are."""
    found = []
    for file in sorted((real / "saudinewsnet").glob("*.zip")):
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                found += [record["content"] for record in json.loads(archive.read(name))]
    return found


# What is true and what is found


def true_shares(texts: Iterable[str]) -> dict[tuple[int, int], float]:
    """The share of every two articles that have a shingle in common, each compared with each."""
    numbers: dict[str, int] = {}
    columns, ends = array("q"), array("q", [0])
    for text in texts:
        columns.extend(numbers.setdefault(part, len(numbers)) for part in shingles(text))
        ends.append(len(columns))
    shape = (len(ends) - 1, len(numbers))
    has = csr_array((np.ones(len(columns), np.int32), np.asarray(columns), np.asarray(ends)), shape=shape)
    common = (has @ has.T).tocoo()
    sizes = np.diff(np.asarray(ends))
    one, other = common.coords
    shares = common.data / (sizes[one] + sizes[other] - common.data)
    return {
        (first, second): share
        for first, second, share in zip(one.tolist(), other.tolist(), shares.tolist(), strict=True)
        if first < second
    }


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def searched(texts: Sequence[str]) -> tuple[set[tuple[int, int]], int, Pairs, list[int]]:
    """The pairs that are found, how many are of equal texts, the pairs proposed, and the group of each article."""
    with tempfile.TemporaryDirectory() as folder:
        files = SketchFiles(Path(folder))
        for batch in batches(texts):
            files.add(sketch(batch))
        found = {
            (one, other)
            for one, other, _ in near_duplicates_in(files, lambda asked: ((n, texts[n]) for n in asked))
        }
        equal = equal_texts(files)
        proposed = np.concatenate([equal, *candidate_pairs(files)])
    return found, len(equal), proposed, groups(len(texts), found).tolist()


def pairs_in_groups(labels: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(labels).values())


def figures(texts: Sequence[str]) -> dict[str, Any]:
    """Recall and precision among `texts`, with the counts that they come from."""
    start = time.perf_counter()
    found, equal, proposed, labels = searched(texts)
    seconds = time.perf_counter() - start
    shares = true_shares(texts)
    true = {pair for pair, share in shares.items() if share >= THRESHOLD}
    joined = sum(labels[one] == labels[other] for one, other in true)
    asked = {(one, other) for one, other in proposed.tolist()}
    return {
        "articles": len(texts),
        "articles without words": sum(not shingles(text) for text in texts),
        "articles equal to an earlier one": equal,
        "pairs with a shingle in common": len(shares),
        "true pairs": len(true),
        "true pairs in one group": joined,
        "recall": joined / len(true) if true else None,
        "true pairs proposed": len(true & asked),
        "pairs proposed": len(asked),
        "precision of proposing": len(true & asked) / len(asked) if asked else None,
        "pairs found": len(found),
        "found pairs that are true": len(found & true),
        "precision": len(found & true) / len(found) if found else None,
        "pairs in one group by way of others": pairs_in_groups(labels) - joined,
        "groups": sum(size > 1 for size in Counter(labels).values()),
        "articles in groups": sum(size for size in Counter(labels).values() if size > 1),
        "seconds": seconds,
    }


def of_kind(originals: Sequence[str], change: Change, words: Words) -> dict[str, Any]:
    """Figures for articles with one changed copy of each, and how much the copies share with their originals."""
    chooser = random.Random(1)
    copies = [change(text, words, chooser) for text in originals]
    planted = [
        len(one & other) / len(one | other)
        for one, other in zip(map(shingles, originals), map(shingles, copies), strict=True)
    ]
    quantiles = np.quantile(planted, [0.05, 0.25, 0.5, 0.75, 0.95]).tolist()
    return {
        "copies": len(copies),
        "shares": dict(zip(["5 %", "25 %", "50 %", "75 %", "95 %"], quantiles, strict=True)),
        "copies that share half": sum(share >= THRESHOLD for share in planted),
        **figures([*originals, *copies]),
    }


def by_share(words: Words, pairs: int = 20_000) -> list[dict[str, Any]]:
    """Of pairs that share so much, how many are proposed: one original and one copy with a new end each."""
    chooser = random.Random(2)
    originals = [article(words, chooser, 100) for _ in range(pairs)]
    copies = []
    for text in originals:
        parts = text.split()
        kept = chooser.randint(30, 95)
        copies.append(" ".join([*parts[:kept], *chooser.choices(words, k=100 - kept)]))
    texts = [*originals, *copies]
    with tempfile.TemporaryDirectory() as folder:
        files = SketchFiles(Path(folder))
        for batch in batches(texts):
            files.add(sketch(batch))
        proposed = {(one, other) for block in candidate_pairs(files) for one, other in block.tolist()}
    bins: dict[float, list[bool]] = {}
    for number, (one, other) in enumerate(zip(map(shingles, originals), map(shingles, copies), strict=True)):
        share = len(one & other) / len(one | other)
        bins.setdefault(int(share * 20) / 20, []).append((number, number + pairs) in proposed)
    return [
        {"share from": share, "pairs": len(hits), "proposed": sum(hits)}
        for share, hits in sorted(bins.items())
    ]


# A million articles

MILLION = 1_000_000
Maker = Callable[[Words, int], str]
FOOT = (
    "جميع الحقوق محفوظة لصحيفة الميدان ولا يجوز نقل المواد أو نشرها في أي صورة إلا بإذن مكتوب من إدارة الصحيفة "
    "ويستثنى من ذلك الاقتباس القصير"
)
PLANTED = [edited(0), edited(0.05), truncated, agency_copy]


def original(words: Words, number: int) -> str:
    chooser = random.Random(number)
    return " ".join(chooser.choices(words, k=chooser.randint(40, 80)))


def source_of(number: int) -> int:
    """The earlier article that one in twenty is a copy of; itself for the others."""
    if number % 20 != 19:
        return number
    source = random.Random(MILLION + number).randrange(number)
    return source - (source % 20 == 19)


def with_planted(words: Words, number: int) -> str:
    """One in twenty is a copy of an earlier one, in turn equal and changed in three ways."""
    source = source_of(number)
    text = original(words, source)
    change = PLANTED[number // 20 % len(PLANTED)]
    return text if source == number else change(text, words, random.Random(number))


def with_identical(words: Words, number: int) -> str:
    """One in ten is always the same."""
    return original(words, number if number % 10 else 0)


def with_alike(words: Words, number: int) -> str:
    """One in ten is always the same but for a word."""
    if number % 10:
        return original(words, number)
    parts = original(words, 0).split()
    parts[number // 10 % len(parts)] = f"لفظ{number}"
    return " ".join(parts)


def with_foot(words: Words, number: int) -> str:
    """As `with_planted`, with the same words below each."""
    return f"{with_planted(words, number)} {FOOT}"


MAKERS: dict[str, Maker] = {
    "one in twenty a copy": with_planted,
    "one in twenty a copy, one foot below all": with_foot,
    "one in ten the same": with_identical,
    "one in ten the same but for a word": with_alike,
}


class Timed(Iterator[Item]):
    """Items, and how long they took to be made."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = iter(items)
        self.seconds = 0.0
        self.count = 0

    def __next__(self) -> Item:
        start = time.perf_counter()
        try:
            item = next(self._items)
        finally:
            self.seconds += time.perf_counter() - start
        self.count += 1
        return item


class OnDisk:
    """Texts in a file, a line each."""

    def __init__(self, file: Path, texts: Iterable[str]) -> None:
        self._file = file
        self._starts = array("q")
        with file.open("wb") as stream:
            for text in texts:
                self._starts.append(stream.tell())
                stream.write(text.replace("\n", " ").encode() + b"\n")

    def __iter__(self) -> Iterator[str]:
        with self._file.open(encoding="utf-8", newline="\n") as stream:
            yield from stream

    def of(self, numbers: Iterable[int]) -> Iterator[tuple[int, str]]:
        with self._file.open("rb") as stream:
            for number in numbers:
                stream.seek(self._starts[number])
                yield number, stream.readline().decode()


def peak() -> float:
    """Megabytes that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def of_a_million(kind: str) -> dict[str, Any]:
    """Seconds and memory by stage for a million articles of `kind`, and what is found of what was planted."""
    words, make = vocabulary(), MAKERS[kind]
    with tempfile.TemporaryDirectory() as folder:
        clock = [time.perf_counter()]
        texts = OnDisk(Path(folder) / "texts", (make(words, number) for number in range(MILLION)))
        clock.append(time.perf_counter())
        peaks = {"texts written": peak()}
        (Path(folder) / "sketches").mkdir()
        files = SketchFiles(Path(folder) / "sketches")
        for batch in batches(texts):
            files.add(sketch(batch))
        clock.append(time.perf_counter())
        peaks["sketched"] = peak()
        disk = sum(file.stat().st_size for file in files.folder.iterdir()) / 2**20
        equal = equal_texts(files)
        clock.append(time.perf_counter())
        blocks = Timed(candidate_pairs(files))
        near = Timed(verified(files, blocks, texts.of))
        pairs = chain(((int(one), int(other), 1.0) for one, other in equal), near)
        labels = groups(MILLION, ((one, other) for one, other, _ in pairs))
        clock.append(time.perf_counter())
        peaks["grouped"] = peak()
    written, sketched, paired, found = np.diff(clock).tolist()
    seconds = {
        "write texts": written,
        "read texts and sketch": sketched,
        "equal texts": paired,
        "candidates": blocks.seconds,
        "compare": near.seconds - blocks.seconds,
        "groups": found - near.seconds,
    }
    return {
        "articles": MILLION,
        "seconds": seconds,
        "articles a second": {stage: MILLION / taken for stage, taken in seconds.items()},
        "articles a second without writing": MILLION / (sum(seconds.values()) - written),
        "peak MB": peaks,
        "MB of sketches on disk": disk,
        "pairs of equal texts": len(equal),
        "pairs of near-duplicates": near.count,
        "groups": sum(size > 1 for size in Counter(labels.tolist()).values()),
        "planted": planted(words, make, labels.tolist()) if make in (with_planted, with_foot) else None,
    }


def planted(words: Words, make: Maker, labels: Sequence[int]) -> dict[str, Any]:
    """What of the planted copies is found, and how many articles are in a group with what they are no copy of."""
    made = share_half = found = found_of_half = 0
    for number in range(19, MILLION, 20):
        one, other = (shingles(make(words, at)) for at in (source_of(number), number))
        half = len(one & other) >= THRESHOLD * len(one | other)
        joined = labels[number] == labels[source_of(number)]
        made, share_half = made + 1, share_half + half
        found, found_of_half = found + joined, found_of_half + (half and joined)
    return {
        "copies": made,
        "in one group with what they are a copy of": found,
        "copies that share half": share_half,
        "of these in one group": found_of_half,
        "recall": found_of_half / share_half,
        "in a group with others": sum(
            source_of(number) != source_of(labels[number]) for number in range(MILLION)
        ),
    }


# The command


def measured(real: Path | None) -> dict[str, Any]:
    words, chooser = vocabulary(), random.Random(0)
    originals = [article(words, chooser, chooser.randint(60, 400)) for _ in range(1500)]
    found: dict[str, Any] = {
        "words": {"tokens": len(words), "types": len(set(words))},
        "generated": {name: of_kind(originals, change, words) for name, change in KINDS.items()},
        "by share": by_share(words),
    }
    if real is not None:
        articles = real_articles(real)
        found["SaudiNewsNet"] = figures(articles)
        articles = [text for text in articles if shingles(text)]
        found["SaudiNewsNet, changed"] = {
            name: of_kind(articles, change, words) for name, change in KINDS.items()
        }
    return found


def a_million() -> dict[str, Any]:
    found = {}
    for kind in MAKERS:  # each in a process of its own, whose peak is of nothing else
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            found[kind] = pool.submit(of_a_million, kind).result()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--json", type=Path, help="where to write the figures; without it they are printed alone"
    )
    parser.add_argument("--real", type=Path, help="a folder that holds saudinewsnet/*.zip")
    parser.add_argument(
        "--million", action="store_true", help="a million articles instead, in about ten minutes"
    )
    given = parser.parse_args()
    found = a_million() if given.million else measured(given.real)
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    print(text, end="")
    if given.json:
        given.json.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
