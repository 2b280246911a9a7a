"""Screens change nothing but the time: the same findings in the same order as with every rule run on every document."""

from __future__ import annotations

import random
import sys
import unicodedata
from collections.abc import Callable, Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import strategies
from corpora import document, patched
from corpora import settings as corpus_settings
from samples import documents
from tasrih import shards, store
from tasrih.check import RULES
from tasrih.check.rule import Rule
from tasrih.check.run import Checker
from tasrih.check.screens import SCREENED, is_stable, suspected
from tasrih.model import Settings
from tasrih.store import Place, Reading
from tasrih.text.canonical import QuoteKey, sha256

ROOT = Path(__file__).parents[2]
CORPUS = store.open_corpus(ROOT / "corpus")
ON_DOCUMENTS = [rule for rule in RULES.values() if rule.scope in ("schema", "document", "layer")]


def same(wholes: Iterable[Any], of: Settings | None = None) -> None:
    """Checks `wholes` one by one and as a batch, as lines of a shard and as folders."""
    wholes = list(wholes)
    lines = [
        shards.read_line("shard.jsonl", number, orjson.dumps(whole))
        for number, whole in enumerate(wholes, start=1)
    ]
    folders = [
        Reading(whole, Place(f"articles/{number}/article.json"), []) for number, whole in enumerate(wholes)
    ]
    for readings in (lines, deepcopy(lines), folders):
        given_ = of or corpus_settings()
        one, many = Checker(given_), Checker(given_)
        expected = [finding for reading in deepcopy(readings) for finding in one.check(reading)]
        assert many.check_many(readings) == expected
        assert many.summaries == one.summaries


def examples(rule: Rule) -> list[Any]:
    return [patched(document(example.inline), example.patch) for example in (rule.bad, rule.good)]


@pytest.mark.parametrize("rule", ON_DOCUMENTS, ids=lambda rule: rule.code)
def test_examples(rule: Rule) -> None:
    for whole in examples(rule):
        same([whole])


def test_examples_in_one_batch() -> None:
    same([whole for rule in ON_DOCUMENTS for whole in examples(rule)])


def test_samples() -> None:
    wholes = documents()
    same(wholes)
    readings = [Reading(whole, Place("shard.jsonl", shard_line=1), []) for whole in wholes]
    assert Checker(corpus_settings()).check_many(readings) == []


def test_nothing_and_odd_documents() -> None:
    whole = documents(1)[0]
    empty = {**whole, "text": "", "article": {**whole["article"], "length": 0}}
    strange: list[Any] = [
        {**whole, "layers": {}},
        {**whole, "text": None},
        {**whole, "layers": {"gold": []}},
        {**whole, "layers": {"gold": whole["layers"]["gold"][:1]}},
        {**whole, "layers": {"gold": whole["layers"]["gold"] * 2}},
        {**whole, "layers": {"gold": whole["layers"]["gold"], "zaid": whole["layers"]["gold"][::-1]}},
        {**whole, "layers": {"gold": whole["layers"]["gold"], "zaid": whole["layers"]["gold"]}},
        empty,
        {**empty, "layers": {}},
    ]
    same([])
    for one in strange:
        same([one])
        same([whole, one, whole])
    same([{**whole, "text": None}] * 2)
    same(strange)


@pytest.mark.parametrize("number", [5.0, -1, 2**31, 2**63, 2**64, 10**30, True, None])
@pytest.mark.parametrize("where", ["1/start", "1/end", "2/cue/end", "3/start"])
def test_odd_numbers(number: Any, where: str) -> None:
    whole = next(one for one in documents() if one["article"]["id"].startswith("nested"))
    index, key = where.split("/", 1)
    line: Any = whole["layers"]["gold"][int(index)]
    if "cue" in key:
        line = next(line for line in whole["layers"]["gold"] if line.get("cue"))["cue"]
    line[key.rpartition("/")[2]] = number
    readings = [Reading(whole, Place("shard.jsonl", shard_line=1), []), *_readings(documents(2))]
    expected = [
        finding for reading in deepcopy(readings) for finding in Checker(corpus_settings()).check(reading)
    ]
    assert Checker(corpus_settings()).check_many(readings) == expected


def _readings(wholes: list[Any]) -> list[Reading]:
    return [Reading(whole, Place("shard.jsonl", shard_line=n), []) for n, whole in enumerate(wholes, start=2)]


# --- Documents with something wrong -------------------------------------------------------------------


def _annotation(whole: Any, chooser: random.Random) -> Any:
    lines = [line for layer in whole["layers"].values() for line in layer[1:]]
    return chooser.choice(lines) if lines else {}


def _shifted(whole: Any, chooser: random.Random) -> None:
    part = _annotation(whole, chooser)
    part = part.get("cue") or part if chooser.random() < 0.3 else part
    for key in chooser.choice([("start",), ("end",), ("start", "end")]):
        part[key] = max(0, part.get(key, 0) + chooser.choice([-3, -2, -1, 1, 2, 3, 400]))
    if "text" in part and chooser.random() < 0.7:
        part["text"] = whole["text"][part["start"] : part["end"]] or "x"


def _misquoted(whole: Any, chooser: random.Random) -> None:
    part = _annotation(whole, chooser)
    part["text"] = chooser.choice(["ا", part.get("text", "") + "ا", "ا" + part.get("text", "")[1:]])


def _dropped(whole: Any, chooser: random.Random) -> None:
    for lines in whole["layers"].values():
        if len(lines) > 1:
            del lines[chooser.randrange(1, len(lines))]


def _doubled(whole: Any, chooser: random.Random) -> None:
    for lines in whole["layers"].values():
        if len(lines) > 1:
            at = chooser.randrange(1, len(lines))
            lines.insert(at, {**lines[at], "id": lines[at]["id"] + chooser.choice(["", "9"])})


def _swapped(whole: Any, chooser: random.Random) -> None:
    for lines in whole["layers"].values():
        if len(lines) > 2:
            at = chooser.randrange(1, len(lines) - 1)
            lines[at : at + 2] = lines[at : at + 2][::-1]


def _set(whole: Any, chooser: random.Random) -> None:
    part = _annotation(whole, chooser)
    values = {
        "label": "ORG",
        "referent": "x",
        "wikidata": "Q7",
        "form": "nominal",
        "note": "why",
        "confidence": 0.5,
    }
    key = chooser.choice([key for key in values if key in part or part.get("type") == "entity"] or ["note"])
    part[key] = values[key]


def _header(whole: Any, chooser: random.Random) -> None:
    for lines in whole["layers"].values():
        lines[0][chooser.choice(["article", "annotator"])] = "other"


def _retold(whole: Any, chooser: random.Random) -> None:
    """Other characters in the text, which is hashed anew, and in the quotes."""
    at = chooser.randrange(len(whole["text"]))
    odd = chooser.choice(
        [" ", "و", "\u064b", "»", "\u200f", "\ufefb", "\x07", "\r", "\u0653", "😀", "\u1161"]
    )
    whole["text"] = whole["text"][:at] + odd + whole["text"][at + 1 :]
    whole["article"]["text_sha256"] = sha256(whole["text"])
    for lines in whole["layers"].values():
        lines[0]["text_sha256"] = whole["article"]["text_sha256"]
        for line in lines[1:]:
            for part in (line, line.get("cue") or {}):
                if "text" in part:
                    part["text"] = whole["text"][part["start"] : part["end"]] or "x"


def _again(whole: Any, chooser: random.Random) -> None:
    """Words of the text behind its end once more, where nothing annotates them."""
    whole["text"] += " " + chooser.choice(whole["text"].split("."))
    whole["article"]["length"] = len(whole["text"])
    whole["article"]["text_sha256"] = sha256(whole["text"])


def _zoned(whole: Any, chooser: random.Random) -> None:
    ends = sorted(chooser.sample(range(len(whole["text"]) + 1), 2))
    whole["article"]["zones"] = [
        {"kind": chooser.choice(["heading", "credit"]), "start": ends[0], "end": ends[1]}
    ]


def _second_layer(whole: Any, chooser: random.Random) -> None:
    for name, lines in list(whole["layers"].items()):
        copied = deepcopy(lines)
        copied[0]["annotator"] = f"{name}-2"
        whole["layers"][f"{name}-2"] = copied


def _keyed(whole: Any, chooser: random.Random) -> None:
    key = QuoteKey(whole["text"])
    part = _annotation(whole, chooser)
    if "text" in part:
        part["quote_hmac"] = key.digest(part.pop("text"))


def _withheld(whole: Any, chooser: random.Random) -> None:
    whole["text"] = None


CHANGES: list[Callable[[Any, random.Random], None]] = [
    _shifted, _misquoted, _dropped, _doubled, _swapped, _set, _header, _retold, _again, _zoned, _second_layer, _keyed,
]  # fmt: skip


def changed(whole: Any, chooser: random.Random) -> Any:
    made = deepcopy(whole)
    for _ in range(chooser.choice([1, 1, 2, 3]) if made["text"] is not None else 0):
        chooser.choice(CHANGES)(made, chooser)
    if chooser.random() < 0.05:
        _withheld(made, chooser)
    return made


@given(st.lists(strategies.documents(), max_size=4), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_awkward_documents(wholes: list[Any], chooser: random.Random) -> None:
    same([*wholes, *(changed(whole, chooser) for whole in wholes)])


@given(st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
def test_samples_with_something_wrong(chooser: random.Random) -> None:
    same([changed(whole, chooser) for whole in documents()])


@pytest.fixture(scope="module")
def real() -> list[Any]:
    return [reading.document for reading in store.read_corpus(CORPUS)]


def test_the_corpus(real: list[Any]) -> None:
    same(real, CORPUS.settings)


@pytest.mark.parametrize("seed", range(3))
def test_the_corpus_with_something_wrong(real: list[Any], seed: int) -> None:
    chooser = random.Random(seed)  # noqa: S311
    same([changed(whole, chooser) for whole in real], CORPUS.settings)


# --- What screens rest on -----------------------------------------------------------------------------


def test_what_is_right_is_suspected_of_little() -> None:
    """Where screens would suspect everything, they would be right and of no use."""
    entities = [document("<e1 ORG>وزارة الصحة</e1> في <e2 GPE>تونس</e2> و<e3 GPE>ليبيا</e3>.")]
    assert suspected(entities, corpus_settings()) == [set()]


def test_screened_rules_are_rules_on_documents() -> None:
    assert {RULES[code].scope for code in SCREENED} == {"document", "layer"}


def test_stable_characters_are_composed_with_no_other() -> None:
    """No character that counts as stable is the second of a composition, and one alone is in NFC."""
    seconds = set()
    for code in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            seconds.add(chr(int(parts[1], 16)))
    assert not [character for character in seconds if is_stable(character)]
