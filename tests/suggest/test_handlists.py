"""The lists of names are in order, say nothing twice, and are known to the tagger's gazetteer."""

from __future__ import annotations

import re

import pytest

from conftest import CHECKOUT
from tasrih import store
from tasrih.suggest.folded_text import fold
from tasrih.suggest.gazetteer import Gazetteer
from tasrih.suggest.handlists import LISTS, entries, listed

LABELS = set(store.open_corpus(CHECKOUT / "corpus").settings["labels"]["entity"])
LABELLED = {"places", "organisations", "works_events_laws"}
ARABIC = re.compile("[ء-غف-يپچژڤگ0-9+ .()_ـ-]+")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_sorted_has_nothing_twice_and_the_corpus_s_labels(name: str) -> None:
    every = list(entries(name))
    lines = [
        "\t".join([words, *([label] if label != name else []), *("?" * doubt)])
        for words, label, doubt in every
    ]
    assert lines == sorted(lines)
    forms = [fold(words).form for words, *_ in every]
    assert sorted(set(forms)) == sorted(forms)
    assert all(ARABIC.fullmatch(words) and words == words.strip() for words, *_ in every)
    assert {label for _, label, _ in every} <= (LABELS if name in LABELLED else {name})


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("سافر إلى رام الله", {"رام الله": "GPE"}),
        ("قال لوكالة رويترز", {"وكالة رويترز": "MEDIA"}),
        ("وكلينتون غادر", {"كلينتون": "family_names"}),
        ("نائبة بريطانية", {"بريطانية": "nationalities"}),
        ("كان جمال هنا", {"جمال": "given_names?"}),
        ("لا اسم هنا", {}),
    ],
)
def test_a_listed_name_is_found_with_the_lists_that_it_is_on(text: str, marks: dict[str, str]) -> None:
    found = {text[hit.start : hit.end]: hit.name.source for hit in Gazetteer(listed()).hits(fold(text))}
    assert {words: found.get(words) for words in marks} == marks
    assert marks or not found
