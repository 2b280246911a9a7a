"""The page of agreement: every disagreement in its sentence, right to left, nothing of the text taken for markup."""

from __future__ import annotations

from test_page import Reader

from corpora import SETTINGS
from layered import SAID, SAID_ROLES, two_layers
from tasrih.agree.figures import report
from tasrih.report.agreement import page, shade
from tasrih.report.page import style_hash

WHOLE = SAID + SAID_ROLES


def made(one: str, other: str) -> Reader:
    return Reader(page(report([two_layers(one, other)], resamples=20), SETTINGS))  # type: ignore[arg-type]


def test_a_disagreement_stands_in_its_sentence_once_a_layer() -> None:
    found = made(WHOLE, WHOLE.replace("<e2 GPE>", "<e2 LOC>"))
    sentences = [attributes for tag, attributes in found.tags if attributes.get("class") == "sentence"]
    assert [(attributes["dir"], attributes["lang"]) for attributes in sentences] == [("rtl", "ar")] * 2
    assert found.all_text.count("قالت وزارة الصحة إن الحملة بدأت في تونس.") == 2
    assert "label GPE" in found.all_text and "label LOC" in found.all_text
    assert [tag for tag, _ in found.tags].count("mark") == 2


def test_what_only_one_layer_has_says_whose_it_is() -> None:
    found = made(WHOLE, WHOLE.replace("<e2 GPE>تونس</e2>", "تونس").replace(" about=e2", ""))
    assert "only reader-a" in found.all_text


def test_text_is_never_markup() -> None:
    hostile = "<e1 ORG>\\<script>alert(1)\\</script></e1> هنا."
    found = made(hostile, hostile.replace("ORG", "PER"))
    assert not any(tag == "script" for tag, _ in found.tags)
    assert "<script>alert(1)</script>" in found.all_text


def test_nothing_but_its_own_style_may_run() -> None:
    found = made(WHOLE, WHOLE)
    policy = next(a["content"] for _, a in found.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src '{style_hash(found.style)}'"


def test_figures_that_are_not_defined_say_so() -> None:
    assert "not defined" in made("نص.", "نص.").all_text


def test_the_shade_is_the_share_of_the_row() -> None:
    assert [shade(count, [1, 3, 0, 96]) for count in (0, 1, 96)] == [0, 1, 5]
