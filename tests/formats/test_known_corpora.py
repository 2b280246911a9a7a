"""Known corpora as their owners give them: counts before and after are equal, and each slip is listed. See docs/importing.md."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise, product
from pathlib import Path
from typing import Any, cast

import pytest

from tasrih.formats import conll
from tasrih.formats.catalogue import FORMATS
from tasrih.formats.exchange import Imported, Reading, as_document
from tasrih.model import Labels

# The labels of each corpus in ours, as the recipes have them.
MAPPED: dict[str, dict[str, str]] = {
    "anercorp": {"PERS": "PER"},
    "aqmar": dict.fromkeys(("MIS", "MIS0", "MIS1", "MIS2", "MIS3", "MIS-1", "MIS-2", "ENGLISH"), "MISC"),
    "wojood": {"PERS": "PER"},
    "idrisi": {"CTRY": "GPE", "STAT": "GPE", "CITY": "GPE", "DIST": "LOC", "NPOI": "LOC", "HPOI": "FAC"},
}
LABELS: Labels = {
    "entity": [
        "PER", "ORG", "LOC", "MISC", "GPE", "FAC", "NORP", "OCC", "EVENT", "DATE", "TIME", "LAW", "PRODUCT", "LANGUAGE",
        "WEBSITE", "CARDINAL", "ORDINAL", "PERCENT", "MONEY", "CURR", "QUANTITY", "UNIT",
    ],
    "stance": ["support"],
    "topic": ["news"],
}  # fmt: skip


def read(corpus: str, paths: Iterable[Path]) -> Imported:
    files = [(path.name, path.read_bytes()) for path in paths]
    return FORMATS["conll"].read(files, Reading(LABELS, MAPPED[corpus]))


def counted_by_hand(paths: Iterable[Path]) -> Counter[str]:
    """Sentences, tokens and beginnings of entities of files in columns, by nothing but their lines."""
    counts: Counter[str] = Counter()
    for path in paths:
        blocks = path.read_text("utf-8").strip("\n").split("\n\n")
        lines = [line for block in blocks for line in block.split("\n")]
        counts["sentences"] += len(blocks)
        counts["tokens"] += len(lines)
        for column, block in product(range(1, 6), blocks):
            tags = [[*line.split(" "), *"OOOOO"][column] for line in block.split("\n")]
            begun = sum(
                tag[0] == "B" or (tag[0] == "I" and before[2:] != tag[2:])
                for before, tag in pairwise(["O", *tags])
            )
            counts["entities"] += begun
            counts["nested entities"] += begun * (column > 1)
    return +counts


def of_kind(imported: Imported, kind: str) -> list[str]:
    return [str(note) for note in imported.notes if note.kind == kind]


def test_anercorp_comes_in_whole(real_data: Path) -> None:
    path = real_data / "anercorp" / "ANERCorp_CamelLab_train.txt"
    imported = read("anercorp", [path])
    assert imported.counts == counted_by_hand([path]) == conll.counted(imported.documents)
    assert imported.counts == {"sentences": 3973, "tokens": 125102, "entities": 9000}
    repaired = of_kind(imported, "repaired")
    assert len(repaired) == 39
    assert all(re.search(r"txt:\d+: «I-[A-Z]+» behind .*: taken as the beginning", note) for note in repaired)
    assert of_kind(imported, "dropped") == []


def test_aqmar_comes_in_whole_and_each_slip_is_listed(real_data: Path) -> None:
    paths = sorted((real_data / "aqmar").glob("*.txt"))
    imported = read("aqmar", paths)
    articles = [path for path in paths if path.name != "SOURCE.txt"]
    assert [one.name for one in imported.documents] == [path.stem for path in articles]
    by_hand = counted_by_hand(articles)
    by_hand["entities"] -= 1  # «I--ORG» goes on with the entity before
    assert imported.counts == by_hand == conll.counted(imported.documents)
    assert imported.counts == {"sentences": 1436, "tokens": 38609, "entities": 3155}
    repaired = of_kind(imported, "repaired")
    assert "Crusades.txt:2145: «IO» is no tag; taken as O (repaired)" in repaired
    assert "Enrico_Fermi.txt:2268: «I--ORG» taken as I-ORG (repaired)" in repaired
    assert sum("taken as the beginning of an entity" in note for note in repaired) == len(repaired) - 2 == 21
    assert [note.split(":")[0] for note in of_kind(imported, "dropped")] == ["SOURCE.txt"]


@pytest.mark.parametrize(
    ("part", "counts", "repaired"),
    [
        ("train", {"sentences": 1114, "tokens": 18887, "entities": 2883, "nested entities": 571}, 1),
        ("val", {"sentences": 158, "tokens": 2743, "entities": 470, "nested entities": 85}, 0),
    ],
)
def test_wojood_comes_in_whole_with_what_is_nested(
    real_data: Path, part: str, counts: dict[str, int], repaired: int
) -> None:
    path = real_data / "wojood" / f"{part}.txt"
    imported = read("wojood", [path])
    assert imported.counts == counted_by_hand([path]) == conll.counted(imported.documents) == counts
    assert len(of_kind(imported, "repaired")) == repaired
    assert of_kind(imported, "dropped") == []


@pytest.mark.parametrize(
    ("corpus", "file", "overlap"),
    [
        ("anercorp", "ANERCorp_CamelLab_train.txt", "outermost"),
        ("aqmar", "Islamic_History.txt", "outermost"),
        ("wojood", "train.txt", "layered"),
        ("wojood", "val.txt", "layered"),
    ],
)
def test_what_came_in_goes_out_as_it_was(real_data: Path, corpus: str, file: str, overlap: str) -> None:
    """The same words with the same tags, line by line, but for the tags that were mended and O where nothing is nested."""
    path = real_data / corpus / file
    imported = read(corpus, [path])
    mended = {int(note.where.split(":")[1]) for note in imported.notes if note.kind == "repaired"}
    written = b""
    for foreign in imported.documents:
        whole = as_document(foreign, cast(Any, {"languages": ["ar"], "guidelines": "1"}), {})
        [(_, content)] = FORMATS["conll"].write(
            [whole], cast(Any, None), "gold", columns="bare", tokens="words", overlap=overlap
        )
        written += content
    ours = [
        line.split(" ") for line in written.decode().split("\n") if line and not line.startswith("-DOCSTART-")
    ]
    theirs = [
        (at, line.split(" ")) for at, line in enumerate(path.read_text("utf-8").split("\n"), start=1) if line
    ]
    assert len(ours) == len(theirs)
    for (at, (word, *tags)), line in zip(theirs, ours, strict=True):
        mapped = [tag[:2] + MAPPED[corpus].get(tag[2:], tag[2:]) for tag in tags]
        assert at in mended or [word, *mapped, *["O"] * (len(line) - 1 - len(mapped))] == line


@pytest.mark.parametrize(("part", "documents", "entities"), [("train", 245, 378), ("dev", 35, 49)])
def test_idrisi_comes_in_whole_with_emoji_before_spans(
    real_data: Path, part: str, documents: int, entities: int
) -> None:
    path = real_data / "idrisi" / "beirut_explosion_2020" / f"{part}.jsonl"
    tweets = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    imported = FORMATS["offsets"].read([(path.name, path.read_bytes())], Reading(LABELS, MAPPED["idrisi"]))
    assert imported.counts == {"documents": documents, "entities": entities}
    assert imported.notes == []
    assert [one.name for one in imported.documents] == [tweet["tweet_id"] for tweet in tweets]
    for foreign, tweet in zip(imported.documents, tweets, strict=True):
        theirs = [
            (one["startIdx"], one["endIdx"], MAPPED["idrisi"][one["type"]], one["text"])
            for one in tweet["location_mentions"]
        ]
        ours = [(one["start"], one["end"], one["label"], one["text"]) for one in foreign.layers[""]]  # type: ignore[typeddict-item]
        assert sorted(ours) == sorted(theirs)
    assert any(max(one.text) > "\uffff" and one.layers[""] for one in imported.documents)
