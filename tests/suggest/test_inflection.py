"""Written forms from principal parts: weak, hollow and sound verbs, masdars and participles."""

from __future__ import annotations

import pytest

from tasrih.suggest import inflection
from tasrih.suggest.vocabulary import attitudes, predicates, reporting, table

PERFECT = {
    "أعلن": ["أعلن", "أعلنت", "أعلنوا", "أعلنا", "أعلنتا", "أعلنه", "أعلنتها", "أعلنوه"],
    "نفى": ["نفى", "نفت", "نفوا", "نفيا", "نفاها", "نفته", "نفوه"],
    "دعا": ["دعا", "دعت", "دعوا", "دعاهم", "دعته"],
    "خشي": ["خشي", "خشيت", "خشوا"],
    "رأى": ["رأى", "رأت", "رأوا", "رآها", "رأته"],
}
IMPERFECT = {
    "يعلن": ["يعلن", "تعلن", "سيعلن", "ستعلن", "يعلنون", "يعلنوا", "يعلنان", "يعلنه"],
    "يقول": ["يقول", "تقول", "يقولون", "يقل"],
    "ينفي": ["ينفي", "تنفي", "ينفون", "ينفوا", "ينف", "ينفيها"],
    "يرى": ["يرى", "ترى", "يرون", "ير", "يراه", "يريان"],
    "يدعو": ["يدعو", "تدعو", "يدعون", "يدع"],
}


@pytest.mark.parametrize("base", PERFECT)
def test_the_perfect(base: str) -> None:
    assert set(PERFECT[base]) <= {written for written, _ in inflection.perfect(base, base)}


@pytest.mark.parametrize("base", IMPERFECT)
def test_the_imperfect(base: str) -> None:
    assert set(IMPERFECT[base]) <= {written for written, _ in inflection.imperfect(base, base)}


def test_a_form_says_what_it_agrees_with_and_what_is_attached() -> None:
    forms = dict(inflection.perfect("أعلن", "أعلن"))
    assert (forms["أعلنتها"].feminine, forms["أعلنتها"].pronoun, forms["أعلنوا"].plural) == (True, "ها", True)


def test_participles_and_masdars() -> None:
    participles = {written for written, _ in inflection.participle("نفى", "نافي")}
    assert {"نافيا", "نافية", "نافين", "النافي", "ناف"} <= participles
    masdars = dict(inflection.masdar("دعا", "دعوة"))
    assert masdars["دعوته"].pronoun == "ه" and masdars["الدعوة"].definite and "دعوة" in masdars


def test_harakat_in_a_lemma_are_not_looked_for() -> None:
    assert {form.lemma for form in reporting().forms["حمل"]} == {"حمَّل"}


def test_a_form_that_is_mostly_another_word_is_left_out() -> None:
    assert "بين" not in reporting().forms and "قبل" not in attitudes().forms
    assert "بينت" in reporting().forms and "قبلت" in attitudes().forms


def test_every_entry_has_what_its_kind_needs() -> None:
    said, shown = table("reporting")["verbs"], table("stances")["words"]
    keys = {
        "imperfect", "masdar", "participle", "passive", "opens", "masdars", "object", "second", "in", "predicate", "responsibility",
        "polarity", "certainty", "law", "quotes", "relay", "unlike",
    }  # fmt: skip
    assert {key for entry in said.values() for key in entry} <= keys
    assert all(
        entry["label"] in ("support", "oppose", "neutral") and "target" in entry for entry in shown.values()
    )
    assert {form.part for forms in predicates().values() for form in forms} == {"perfect", "imperfect"}
