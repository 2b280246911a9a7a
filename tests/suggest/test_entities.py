"""Sources put together: what wins, what may nest, and which mentions are of one thing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import document, write_corpus
from tasrih.model import Entity
from tasrih.suggest import Draft, Suggest, entities, suggester
from tasrih.suggest.entities import Customs, chosen, customs, with_referents

pytest.importorskip("pycrfsuite")
pytest.importorskip("ahocorasick_rs")

TRAIN = [
    document(
        f"قال <e1 OCC>وزير <e2 ORG>بلدية <e3 GPE>{place}</e3></e2></e1> <e4 PER>{person}</e4> في <e5 DATE>عام 2019</e5> إن <e6 PER>{person}</e6> سافر.",
        f"train-{number}",
    )
    for number, (person, place) in enumerate(
        zip(
            ("سمير الوافي", "ليلى حداد", "سعيد البناء", "نادر الكاتب"),
            ("تونس", "صفاقس", "بيروت", "القاهرة"),
            strict=True,
        )
    )
]


def mention(label: str, start: int, text: str) -> Entity:
    made: Any = {
        "type": "entity",
        "id": "e1",
        "label": label,
        "start": start,
        "end": start + len(text),
        "text": text,
    }
    return made  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def suggest() -> Suggest:
    return entities.of_documents(TRAIN)


def test_customs_count_what_stands_right_inside_what() -> None:
    assert customs(TRAIN).inside == {("OCC", "ORG"): 4, ("ORG", "GPE"): 4}


def test_the_first_of_two_over_one_another_is_kept() -> None:
    known = Customs({("ORG", "GPE"): 3, ("OCC", "GPE"): 2})
    org, gpe = mention("ORG", 0, "بلدية تونس"), mention("GPE", 6, "تونس")
    occ, crossing = mention("OCC", 0, "بلدية تونس"), mention("PER", 8, "نس أمس")
    assert chosen([org, gpe], known) == [org, gpe]
    assert chosen([gpe, org], known) == [org, gpe]  # in text order
    assert chosen([occ, gpe], known) == [occ]  # gold has that too seldom
    assert chosen([org, crossing], known) == [org]
    assert chosen([org, occ], known) == [org]
    assert chosen([org, mention("GPE", 0, "بلدية")], known) == [org]  # it begins where the other does


def test_dates_of_rules_places_of_lists_and_what_was_learnt(suggest: Suggest) -> None:
    (found,) = suggest([Draft("قال وزير بلدية بنزرت هادي السالم في عام 2021. زار مرسيليا أمس.")])
    mentions = [(one["label"], one["text"]) for one in found]  # type: ignore[typeddict-item]
    assert ("DATE", "عام 2021") in mentions
    assert ("GPE", "مرسيليا") in mentions
    assert ("PER", "هادي السالم") in mentions
    assert [one["id"] for one in found] == [f"e{number}" for number in range(1, len(found) + 1)]


def referents(*mentions: tuple[str, str]) -> list[str | None]:
    at, placed = 0, []
    for label, text in mentions:
        placed.append(mention(label, at, text))
        at += len(text) + 1
    return [one.get("referent") for one in with_referents(placed)]


def test_the_same_words_are_one_thing() -> None:
    assert referents(("GPE", "تونس"), ("PER", "سمير"), ("GPE", "تُونس")) == ["r1", None, "r1"]
    assert referents(("ORG", "الأمم المتحدة"), ("LAW", "س"), ("ORG", "لأمم المتحدة")) == ["r1", None, "r1"]
    assert referents(("GPE", "تونس"), ("LAW", "س"), ("ORG", "تونس")) == [None, None, None]


def test_a_last_name_stands_for_the_full_name_before_it() -> None:
    assert referents(("PER", "سمير الوافي"), ("ORG", "س"), ("PER", "الوافي")) == ["r1", None, "r1"]
    assert referents(("PER", "الوافي"), ("ORG", "س"), ("PER", "سمير الوافي")) == [None, None, None]


def test_a_title_is_one_with_the_person_right_behind_it() -> None:
    assert referents(("OCC", "وزير الصحة"), ("PER", "سمير الوافي")) == ["r1", "r1"]


def test_dates_have_no_referent() -> None:
    assert referents(("DATE", "عام 2019"), ("DATE", "عام 2019")) == [None, None]


@given(st.text(alphabet="قال سمير الوافي وزير تونس عام 2019.\n«»🕊\u064e\u0640وب،", max_size=120))
@settings(deadline=None, max_examples=80)
def test_proposals_quote_the_text_and_cross_nowhere(suggest: Suggest, text: str) -> None:
    (found,) = suggest([Draft(text)])
    spans = [(one["start"], one["end"]) for one in found]
    assert all(one["text"] == text[one["start"] : one["end"]] != "" for one in found)  # type: ignore[typeddict-item]
    assert len(set(spans)) == len(spans)
    assert not [1 for start, end in spans for first, last in spans if start < first < end < last]


def test_every_suggester_is_found_by_its_name(tmp_path: Any) -> None:
    corpus = write_corpus(tmp_path, TRAIN)
    for name in ("gazetteer", "rules", "tagger", "entities"):
        (found,) = suggester(name, corpus)([Draft("قال سمير الوافي في تونس عام 2019.")])
        assert found, name
