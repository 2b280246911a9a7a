"""The tables, made by whole columns, are those that the slow and simple way makes, for every kind of document."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_tables import arrow_schema, plain_figures, plain_tables

import samples
import strategies
from corpora import SETTINGS, document
from tasrih import store
from tasrih.model import AUTHOR, GOLD, NOBODY, Document
from tasrih.release.statistics import AMOUNTS, Statistics, amounts, gold_views
from tasrih.release.tables import tables


def assert_as_plain(documents: list[Document], labels: Any, *, local: bool = False) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    made = tables(documents, labels, counts, local=local)
    expected, expected_counts = plain_tables(documents, labels, local=local)
    assert made.keys() == expected.keys()
    for config, table in made.items():
        table.validate(full=True)
        assert table.schema.equals(arrow_schema(config, labels), check_metadata=True)
        assert table.to_pylist() == expected[config], config
    assert +counts == +expected_counts
    return made


def without_loose_ends(whole: Document) -> Document:
    """`whole` without annotations that name what is not there: the check refuses them."""
    made = deepcopy(whole)
    for lines in made["layers"].values():
        while True:
            known = {line["id"] for line in lines[1:]}  # type: ignore[typeddict-item]
            kept = [line for line in lines[1:] if named(line) <= known]
            if len(kept) == len(lines) - 1:
                break
            lines[1:] = kept
    return made


def named(line: Any) -> set[str]:
    roles = ("claimers", "about", "holders", "members")
    names = {name for role in roles for name in line.get(role) or ()}
    return {*names, line.get("target", AUTHOR)} - {*NOBODY}


def more_layers(whole: Document) -> Document:
    """With two annotators, one of whom found half, and suggestions."""
    made = deepcopy(whole)
    lines: list[Any] = made["layers"][GOLD]
    entities = [line for line in lines[1:] if line["type"] == "entity" and "members" not in line]
    made["layers"]["reader-b"] = deepcopy(lines)
    made["layers"]["reader-a"] = [{**lines[0], "by": "a"}, *deepcopy(entities[::2])]
    made["layers"]["suggested-x"] = deepcopy(lines)
    return made


def withheld(whole: Document) -> Document:
    made = deepcopy(whole)
    made["article"]["rights"]["redistribute"] = False
    return made


def hashes_beside_text(whole: Document) -> Document:
    return {**store.stripped(whole), "text": whole["text"]}


FORMS: list[Any] = [
    lambda whole: whole,
    more_layers,
    withheld,
    store.stripped,
    hashes_beside_text,
    lambda whole: withheld(store.stripped(whole)),
    lambda whole: withheld(hashes_beside_text(more_layers(whole))),
]


def in_all_forms(documents: list[Document]) -> list[Document]:
    return [FORMS[number % len(FORMS)](whole) for number, whole in enumerate(documents)]


@pytest.mark.parametrize("local", [False, True])
@pytest.mark.parametrize("form", range(len(FORMS)))
def test_samples(form: int, local: bool) -> None:
    documents = [FORMS[form](whole) for whole in samples.documents(20)]
    made = assert_as_plain(documents, SETTINGS["labels"], local=local)
    assert len(made["standoff"]) == len(documents)


@pytest.mark.parametrize("local", [False, True])
def test_the_corpus_itself(checkout: Path, local: bool) -> None:
    corpus = store.open_corpus(checkout / "corpus")
    documents = [reading.document for reading in store.read_corpus(corpus)]
    whole = [one for one in documents if one is not None]
    labels = corpus.settings["labels"]
    assert_as_plain(whole, labels, local=local)
    assert_as_plain(in_all_forms(whole), labels, local=local)


@given(
    documents=st.tuples(*(strategies.documents(name) for name in ("one", "other", "third"))),
    forms=st.lists(st.integers(0, len(FORMS) - 1), min_size=3, max_size=3),
    local=st.booleans(),
)
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_documents_of_any_shape(documents: tuple[Document, ...], forms: list[int], local: bool) -> None:
    whole = [FORMS[form](without_loose_ends(one)) for one, form in zip(documents, forms, strict=True)]
    assert_as_plain(whole, SETTINGS["labels"], local=local)
    golds = gold_views(whole)
    figures = Statistics()
    figures.add(whole, golds)
    found = {name: counts for name, counts in figures.state()["labels"].items() if counts}
    assert found == plain_figures(whole)


@pytest.mark.parametrize(
    "text",
    [
        "<e1 PER>سعيد</e1>",
        "  \n سكت. <c1>نام</c1>.\n=== roles\nc1 claimers=author",
        "\u200f<e1 PER>سعيد 👨‍👩‍👧</e1>\u00a0زار 🇹🇳. ثم\u2028<e2 GPE>تونس</e2>؟! نعم",
        "د. <e1 PER>أحمد</e1>. ود. <e2 PER>علي</e2>... «قال.» ثم",
        "ود. <e1 PER>أحمد</e1>",
        "بلا شيء",
    ],
)
def test_small_texts_beside_one_another(text: str) -> None:
    one, other = document(text, "one"), document("سطر. " + text, "other")
    assert_as_plain([one, other, document(text, "last")], SETTINGS["labels"])
    assert_as_plain([one], SETTINGS["labels"])


def test_white_space_at_the_edges_of_a_text_is_its_own() -> None:
    """A context goes over no edge of its text, whatever stands before or behind that in the batch."""
    made: list[Any] = [document("  \n<e1 PER>سعيد</e1> نام.\n  ", name) for name in ("one", "other", "last")]
    for whole in made:
        entity, length = whole["layers"][GOLD][1], len(whole["text"])
        for number, (start, end) in enumerate([(0, 2), (length - 2, length), (0, length)], start=2):
            quote = whole["text"][start:end]
            whole["layers"][GOLD].append(
                {**entity, "id": f"e{number}", "start": start, "end": end, "text": quote}
            )
    rows = assert_as_plain(made, SETTINGS["labels"])["entities"].to_pylist()
    assert [row["context_start"] for row in rows] == [3, 0, 3, 0] * 3


def test_an_author_beside_another_claimer_has_a_row() -> None:
    whole: Any = document("<e1 PER>سعيد</e1>: <c1>نام</c1>.\n=== roles\nc1 claimers=e1")
    whole["layers"][GOLD][2]["claimers"] = [AUTHOR, "e1"]
    assert len(assert_as_plain([whole], SETTINGS["labels"])["attribution"]) == 2


def test_no_documents() -> None:
    assert tables([], SETTINGS["labels"], Counter()) == {}


def test_a_label_of_no_set_is_refused() -> None:
    whole: Any = document("<e1 PER>سعيد</e1>")
    whole["layers"][GOLD][1]["label"] = "NONE"
    with pytest.raises(KeyError, match="a label is none of PER"):
        tables([whole], SETTINGS["labels"], Counter())


def test_who_is_named_and_not_there_is_refused() -> None:
    whole: Any = document("<c1>سعيد نام</c1>\n=== roles\nc1 claimers=author")
    whole["layers"][GOLD][1]["claimers"] = ["e7"]
    with pytest.raises(KeyError, match="claimers"):
        tables([whole], SETTINGS["labels"], Counter())


def test_amounts() -> None:
    names = [name.split("-")[0] for name in samples.SNIPPETS]
    found = {}
    for name, whole in zip(names, samples.documents(len(names)), strict=True):
        (gold,) = gold_views([whole])
        values = dict(zip(AMOUNTS, amounts(whole["article"], 5, gold), strict=True))
        assert (values["articles"], values["words"], values["characters"]) == (
            1,
            5,
            whole["article"]["length"],
        )
        found[name] = {key: value for key, value in list(values.items())[3:] if value}
    assert found["plain"] == {"entities": 2, "attributed_claims": 1, "author_claims": 1}
    assert found["nested"] == {"entities": 2, "attributed_claims": 2, "nested_claims": 1}
    assert found["interrupted"] == {"entities": 2, "attributed_claims": 1, "interrupted_claims": 1}
    assert found["unnamed"] == {"entities": 1, "attributed_claims": 2, "unnamed_claims": 1}
    assert found["stances"] == {"entities": 4, "stances": 3, "attributed_claims": 1}
