"""The baselines: what they find in small articles, and that nothing of an article's gold reaches them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

import corpora
from corpora import document
from strategies import documents as any_documents
from strategies import texts
from tasrih.check.predictions import layer_findings
from tasrih.model import GOLD, Document, Entity
from tasrih.suggest.baselines import CLAIM_SYSTEMS, ENTITY_SYSTEMS, STANCE_SYSTEMS
from tasrih.suggest.lexicon import lexicon, matches

QUICK = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))

TRAIN = [
    document(
        "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة الصحة</e1> إن <c1>الحملة بدأت في <e2 GPE>تونس</e2></c1>. و<s1 oppose>رفضت</s1> <e3 ORG>وزارة المياه</e3> <e4 LAW>القانون</e4> في <e5 DATE>12 أيار/ مايو 2024</e5>.\n"
        "=== roles\nc1 claimers=e1\ns1 holders=e3 target=e4",
        "train-1",
    ),
    document(
        "<c1#cue>نفى</c1#cue> <e1 PER>سعيد الوافي</e1> أن <c1>الماء ملوث</c1>. <s1 support>أيدت</s1> <e2 ORG>وزارة المال</e2> <e3 LAW>القانون</e3>. قرأ الرفض.\n"
        "=== roles\nc1 claimers=e1 polarity=negated\ns1 holders=e2 target=e3",
        "train-2",
    ),
]


def entities(name: str, text: str, train: Sequence[Document] = TRAIN) -> list[tuple[str, str]]:
    return [(one["label"], text[one["start"] : one["end"]]) for one in ENTITY_SYSTEMS[name](train)(text, [])]


def test_most_frequent_knows_no_proclitic_and_dates_too() -> None:
    text = "زار سعيد الوافي تونس وتونس في 12 أيار/ مايو 2024"
    assert entities("most-frequent", text) == [
        ("PER", "سعيد الوافي"), ("GPE", "تونس"), ("DATE", "12 أيار/ مايو 2024"),
    ]  # fmt: skip


def test_the_gazetteer_knows_proclitics_and_leaves_dates_out() -> None:
    text = "زار سعيد الوافي تونس وتونس في 12 أيار/ مايو 2024"
    assert entities("gazetteer", text) == [("PER", "سعيد الوافي"), ("GPE", "تونس"), ("GPE", "تونس")]


def test_rules_know_dates_by_their_words_and_names_by_their_heads() -> None:
    text = "قررت وزارة العدل وتونس في 3 مايو 1999 ما قررت"
    assert entities("rules", text) == [("ORG", "وزارة العدل"), ("GPE", "تونس"), ("DATE", "3 مايو 1999")]


def test_mentions_of_the_same_words_are_of_one_referent() -> None:
    one, other, third = ENTITY_SYSTEMS["rules"](TRAIN)("تونس ثم تونس ثم وزارة الصحة", [])
    assert one["referent"] == other["referent"] != third["referent"]  # type: ignore[typeddict-item]


def test_a_string_that_is_mostly_no_name_is_none_to_the_rules() -> None:
    often = document("<e1 PROD>قرار</e1> وقرار وقرار وقرار.", "train-3")
    assert entities("most-frequent", "هذا قرار", [often]) == [("PROD", "قرار")]
    assert entities("rules", "هذا قرار", [often]) == []


def mentions(text: str) -> list[Entity]:
    return ENTITY_SYSTEMS["rules"](TRAIN)(text, [])


def test_every_sentence_is_a_claim_of_the_author() -> None:
    text = "المطر غزير. قالت وزارة الصحة إن الماء نظيف."
    found = CLAIM_SYSTEMS["every-sentence"](TRAIN)(text, [], [])
    assert [(one["claimers"], one.get("text")) for one in found] == [
        (["author"], "المطر غزير"), (["author"], "قالت وزارة الصحة إن الماء نظيف"),
    ]  # fmt: skip


def test_claim_rules_find_cue_claimer_and_content() -> None:
    text = "المطر غزير. قالت وزارة الصحة إن الماء نظيف. نفى المدير أنه «سافر أمس» إلى الميناء."
    one, other, third = CLAIM_SYSTEMS["rules"](TRAIN)(text, [], mentions(text))
    (ministry,) = mentions(text)
    assert (one["claimers"], one.get("text"), one.get("mode")) == (["author"], "المطر غزير", "unattributed")
    assert (other["claimers"], other.get("text"), other.get("via")) == (
        [ministry["id"]],
        "الماء نظيف",
        "mention",
    )
    assert (other.get("cue") or {}).get("text") == "قالت"
    assert (third["claimers"], third.get("text"), third.get("via")) == (
        [ministry["id"]],
        "سافر أمس",
        "dropped",
    )
    assert (third.get("mode"), third.get("polarity")) == ("direct", "negated")


def test_headings_and_credits_have_no_claims_and_credits_no_mentions() -> None:
    text = "تونس تستعد\nالمطر غزير.\nتحرير: تونس"
    zones: Any = [
        {"kind": "heading", "start": 0, "end": 10},
        {"kind": "credit", "start": 23, "end": len(text)},
    ]
    (claim,) = CLAIM_SYSTEMS["every-sentence"](TRAIN)(text, zones, [])
    assert claim.get("text") == "المطر غزير"
    (only,) = ENTITY_SYSTEMS["rules"](TRAIN)(text, zones)
    assert only["start"] == 0


def test_stance_rules_find_anchor_holder_and_target() -> None:
    text = "رفضت وزارة الصحة القانون. وزارة المال أيدت القانون. أيدت تونس ذلك."
    found = STANCE_SYSTEMS["rules"](TRAIN)(text, [], mentions(text))
    words = {one["id"]: one.get("text") for one in mentions(text)}
    # Where one mention alone stands behind, the holder is sought before, in the sentence before too.
    assert [(one["label"], one.get("text"), words[one["holders"][0]], words[one["target"]]) for one in found] == [
        ("oppose", "رفضت", "وزارة الصحة", "القانون"), ("support", "أيدت", "وزارة المال", "القانون"),
        ("support", "أيدت", "وزارة المال", "تونس"),
    ]  # fmt: skip


def test_the_most_frequent_stance_joins_the_first_two_mentions() -> None:
    text = "قابلت وزارة الصحة عند الباب تونس. وحدها تونس."
    train = [*TRAIN, document("<s1 oppose>رفضت</s1> <e1 ORG>الهيئة</e1> <e2 LAW>القانون</e2>.\n=== roles\ns1 holders=e1 target=e2", "train-3")]  # fmt: skip
    (one,) = STANCE_SYSTEMS["most-frequent"](train)(text, [], mentions(text))
    assert (one["label"], one.get("text")) == ("oppose", "عند")
    assert STANCE_SYSTEMS["most-frequent"]([])(text, [], mentions(text)) == []


def test_a_lexicon_takes_the_longest_and_its_most_frequent_label() -> None:
    from collections import Counter

    known = lexicon(
        {("a",): Counter({"X": 1}), ("a", "b"): Counter({"Y": 2, "Z": 1}), ("b",): Counter({"W": 1})}
    )
    found = [(m.first, m.behind, m.entry.label, m.entry.share) for m in matches(["b", "a", "b", "a"], known)]
    assert found == [(0, 1, "W", 1.0), (1, 3, "Y", pytest.approx(2 / 3)), (3, 4, "X", 1.0)]


# --- Of any texts -------------------------------------------------------------------------------------


def everything(train: Sequence[Document], text: str, zones: Any = ()) -> list[list[Any]]:
    """The annotations of every system, those for claims and stances with the mentions that they were handed."""
    found: list[list[Any]] = [list(made(train)(text, zones)) for made in ENTITY_SYSTEMS.values()]
    given: Any = found[-1]
    found += [[*given, *made(train)(text, zones, given)] for made in CLAIM_SYSTEMS.values()]
    found += [[*given, *made(train)(text, zones, given)] for made in STANCE_SYSTEMS.values()]
    return found


@given(texts(), any_documents("train-1"), any_documents("train-2"))
@QUICK
def test_any_training_and_any_text_give_predictions_that_can_be_scored(
    text: str, one: Document, other: Document
) -> None:
    whole: Any = document("x", "example")
    whole["text"], whole["article"]["length"] = text, len(text)
    train: list[Document] = [*TRAIN, one, other]
    for found in everything(train, text):
        assert list(layer_findings(corpora.settings(), whole, "s", found, "f", 1)) == []
    assert everything(train, text) == everything(train, text)


def test_only_gold_of_the_training_documents_is_looked_at() -> None:
    """A system that had seen other layers, or the article itself, would find its names."""
    hidden = document("<e1 GPE>صور</e1>.", "other")["layers"][GOLD]
    train: list[Any] = [{**TRAIN[0], "layers": {**TRAIN[0]["layers"], "reader-a": hidden}}]
    assert all(lines == [] or lines[0]["type"] != "entity" for lines in everything(train, "صور"))
