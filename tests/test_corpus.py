"""The corpus in this checkout: clean, honest about its origin, and showing all that the model has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import CHECKOUT
from tasrih import store
from tasrih.agree.adjudicate import account
from tasrih.check import check_corpus
from tasrih.formats import inline, label_studio
from tasrih.model import GOLD, Document, LayerView, layer_view

CORPUS = store.open_corpus(CHECKOUT / "corpus")
READINGS = [store.read_document(CORPUS, name, local_texts=False) for name in CORPUS.ids()]
DOCUMENTS: list[Document] = [reading.document for reading in READINGS if reading.document is not None]
WRITTEN = [document for document in DOCUMENTS if document["article"]["origin"] == "written"]
# Every layer of a written article, gold or an annotator's.
LAYERS = [(document, name) for document in WRITTEN for name in document["layers"]]
GOLDS: list[LayerView] = [layer_view(document, GOLD) for document in DOCUMENTS if GOLD in document["layers"]]
HIJRI = (
    "محرم",
    "صفر",
    "ربيع الأول",
    "ربيع الآخر",
    "جمادى",
    "رجب",
    "شعبان",
    "رمضان",
    "شوال",
    "ذي القعدة",
    "ذو القعدة",
    "ذي الحجة",
)


def by_id(documents: list[Document]) -> list[object]:
    return [pytest.param(document, id=document["article"]["id"]) for document in documents]


def test_has_no_findings_but_notes() -> None:
    assert [str(finding) for finding in check_corpus(CHECKOUT / "corpus") if finding.severity != "note"] == []


@pytest.mark.parametrize("document", by_id(WRITTEN))
def test_a_written_article_says_so(document: Document) -> None:
    article, text = document["article"], document["text"] or ""
    assert 180 <= len(text.split()) <= 400
    assert "language model" in (article.get("author") or "")
    assert article.get("invented") or article.get("sources")
    for name in document["layers"]:
        assert "language model" in layer_view(document, name).header.get("by", "")


def test_there_are_enough_of_each_kind() -> None:
    assert len(WRITTEN) >= 12
    assert sum(bool(document["article"].get("invented")) for document in WRITTEN) >= 3
    founding = next(document for document in DOCUMENTS if document["article"]["origin"] == "reported")
    retelling = [
        document for document in WRITTEN if document["article"]["event"] == founding["article"]["event"]
    ]
    assert len(retelling) == 1


def test_is_large_enough_to_measure_with() -> None:
    """What the card's figures rest on; author's claims are counted apart, and an article without gold not at all."""
    entities = sum(len(gold.entities) for gold in GOLDS)
    attributed = sum(claim["claimers"] != ["author"] for gold in GOLDS for claim in gold.claims)
    stances = sum(len(gold.stances) for gold in GOLDS)
    assert entities >= 2_500 and attributed >= 600 and stances >= 200
    with_gold = [document["article"] for document in DOCUMENTS if GOLD in document["layers"]]
    assert len(with_gold) >= 80
    assert {article["topic"] for article in with_gold} == set(CORPUS.settings["labels"]["topic"])
    assert len({country for article in with_gold for country in article.get("countries") or []}) >= 20
    assert {article["date"][:4] for article in with_gold if article["date"]} <= {
        str(y) for y in range(2000, 2026)
    }


def test_what_two_readers_annotated_is_adjudicated_and_adds_up() -> None:
    pair = ("reader-a", "reader-b")
    twice = [document for document in DOCUMENTS if set(pair) <= document["layers"].keys()]
    assert len(twice) >= 60
    for document in twice:
        settled, wrong = account(CORPUS, store.with_quotes(document), pair)
        assert wrong == [] and not settled.undecided, document["article"]["id"]


def test_shows_every_label_and_attribute() -> None:
    labels = CORPUS.settings["labels"]
    entities = [entity for gold in GOLDS for entity in gold.entities]
    claims = [claim for gold in GOLDS for claim in gold.claims]
    stances = [stance for gold in GOLDS for stance in gold.stances]
    assert {entity["label"] for entity in entities} == set(labels["entity"])
    assert {stance["label"] for stance in stances} == set(labels["stance"])
    assert {entity["form"] for entity in entities} == {"name", "nominal"}
    assert {claim["via"] for claim in claims} == {"mention", "pronoun", "dropped", "document", "none"}
    assert {claim["mode"] for claim in claims} == {"direct", "indirect", "unattributed"}
    assert {claim["polarity"] for claim in claims} == {"affirmed", "negated", "unknown"}
    assert {claim["certainty"] for claim in claims} == {"certain", "probable", "possible", "unknown"}
    assert {stance["basis"] for stance in stances} == {"stated", "action", "wording", "formula"}
    assert any(claim["claimers"] == ["unnamed"] for claim in claims)
    assert any("fragments" in claim and claim["mode"] == "direct" for claim in claims), (
        "an interrupted quotation"
    )
    assert any(claim.get("within") for claim in claims)
    assert any(stance["target"].startswith("c") for stance in stances), "a stance to a claim"
    assert any(entity.get("members") for entity in entities)
    assert any(
        inner is not outer and outer["start"] <= inner["start"] and inner["end"] <= outer["end"]
        for gold in GOLDS
        for inner in gold.entities
        for outer in gold.entities
    ), "nested entities"


def test_shows_what_is_hard_in_arabic_text() -> None:
    texts = [document["text"] or "" for document in WRITTEN]
    assert any(re.search("[٠-٩]", text) for text in texts), "Arabic-Indic digits"
    assert any(re.search("[A-Za-z]{3}", text) for text in texts), "Latin names"
    assert any(re.search("[\u064b-\u0652]", text) for text in texts), "harakat"
    assert any(any(month in text for month in HIJRI) for text in texts), "months of the Hijri calendar"
    assert any("كانون" in text or "تشرين" in text for text in texts), "Levantine months"
    assert any(re.search("يناير|يوليو|ديسمبر", text) for text in texts), "Gregorian months"


def by_layer() -> list[object]:
    return [
        pytest.param(document, name, id=f"{document['article']['id']}/{name}") for document, name in LAYERS
    ]


@pytest.mark.parametrize(("document", "name"), by_layer())
def test_inline_is_lossless(document: Document, name: str) -> None:
    written = inline.write(document, name)
    read = inline.read(written)
    assert read.text == document["text"]
    assert read.annotations == document["layers"][name][1:]
    again: Document = {**document, "layers": {name: [document["layers"][name][0], *read.annotations]}}
    assert inline.write(again, name) == written


@pytest.mark.parametrize("predictions", [False, True], ids=["annotations", "predictions"])
@pytest.mark.parametrize(("document", "name"), by_layer())
def test_label_studio_is_lossless(document: Document, name: str, predictions: bool) -> None:
    labels = CORPUS.settings["labels"]
    tasks = list(
        label_studio.write([document], labels, layer=name, corpus_version="0.1.0", as_predictions=predictions)
    )
    export = label_studio.read(
        tasks,
        labels,
        "tasks.json",
        {document["article"]["id"]: document["text"] or ""},
        predictions=predictions,
    )
    found = export.results[0]
    assert [found.header, *found.annotations] == document["layers"][name]
    assert (found.article, found.text) == (document["article"]["id"], document["text"])


def test_nothing_else_lies_among_the_articles() -> None:
    for path in Path(CHECKOUT / "corpus" / "articles").rglob("*"):
        assert (
            path.is_dir()
            or path.name in ("article.json", "text.txt", "gold.jsonl", "decisions.jsonl")
            or path.parent.name == "layers"
        ), path


def test_no_event_crosses_splits() -> None:
    splits = {record["article"]: record["split"] for record in store.read_splits(CORPUS)[0]}
    places: dict[str, set[str]] = {}
    for document in DOCUMENTS:
        if GOLD in document["layers"]:
            places.setdefault(document["article"]["event"], set()).add(splits[document["article"]["id"]])
    assert {event: found for event, found in places.items() if len(found) > 1} == {}
