"""Figures of small layers, counted by hand."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from layered import ONE, OTHER, SAID, SAID_ROLES, two_layers
from tasrih.agree import output
from tasrih.agree.figures import Figure, Report, report
from tasrih.model import Document
from tasrih.store import Misuse

WHOLE = SAID + SAID_ROLES


def figure(found: Report, group: str, name: str, measure: str) -> Figure:
    (only,) = [f for f in found.pairs[0].figures if (f.group, f.name, f.measure) == (group, name, measure)]
    return only


def reported(*pairs: tuple[str, str]) -> Report:
    return report([two_layers(*pair, name=f"a-{n}") for n, pair in enumerate(pairs)], resamples=100)


# Four entities each: one relabelled, one wider, one only in the first, one only in the second, one the same.
ONE_TEXT = "<e1 ORG>وزارة الصحة</e1> و<e2 GPE>تونس</e2> و<e3 FAC>ميناء</e3> <e4 GPE>صور</e4> ثم بيروت."
OTHER_TEXT = "<e1 ORG>وزارة الصحة</e1> و<e2 LOC>تونس</e2> و<e3 FAC>ميناء صور</e3> ثم <e4 GPE>بيروت</e4>."


def test_span_f1_by_hand() -> None:
    found = reported((ONE_TEXT, OTHER_TEXT))
    assert figure(found, "entities", "span, exact, with label", "F1").value == pytest.approx(2 * 1 / 8)
    assert figure(found, "entities", "span, exact", "F1").value == pytest.approx(2 * 2 / 8)
    assert figure(found, "entities", "span, overlap, with label", "F1").value == pytest.approx(2 * 2 / 8)
    assert figure(found, "entities", "span, overlap", "F1").value == pytest.approx(2 * 3 / 8)
    assert figure(found, "entities", "boundaries, overlapping", "accuracy").value == pytest.approx(2 / 3)
    assert figure(found, "entities", "label, same span", "accuracy").value == pytest.approx(1 / 2)
    assert figure(found, "entities", "span, exact", "F1").items == 6


def test_boundary_and_label_are_told_apart() -> None:
    outcome = reported((ONE_TEXT, OTHER_TEXT)).pairs[0].outcomes[0]
    assert (outcome.same, outcome.label_only, outcome.boundary_only, outcome.both_differ) == (1, 1, 1, 0)
    assert (outcome.only_one, outcome.only_other) == (1, 1)


def test_the_confusion_has_what_only_one_layer_has() -> None:
    values, table = reported((ONE_TEXT, OTHER_TEXT)).pairs[0].confusion["entity label"]
    cells = {(values[i], values[j]): int(n) for i, row in enumerate(table) for j, n in enumerate(row) if n}
    assert cells == {
        ("ORG", "ORG"): 1,
        ("GPE", "LOC"): 1,
        ("FAC", "FAC"): 1,
        ("GPE", "none"): 1,
        ("none", "GPE"): 1,
    }


def test_stance_kappa_by_hand() -> None:
    """Four pairs of holder and target, three with the same label: observed 3/4, by chance 1/2, kappa 1/2."""
    text = (
        "<s1 {}>موقف</s1> <e1 ORG>النقابة</e1> من <e2 LAW>القانون</e2>.\n=== roles\ns1 holders=e1 target=e2"
    )
    labels = [("support", "support"), ("oppose", "oppose"), ("oppose", "oppose"), ("support", "oppose")]
    found = reported(*((text.format(a), text.format(b)) for a, b in labels))
    kappa = figure(found, "stances", "label, same (holder, target)", "kappa")
    assert (kappa.value, kappa.articles, kappa.items) == (pytest.approx(0.5), 4, 4)
    assert kappa.low is not None and kappa.high is not None


def test_an_agreeing_pair_of_layers_is_one_or_not_defined() -> None:
    for found in reported((WHOLE, WHOLE), (WHOLE, WHOLE)).pairs[0].figures:
        assert found.value is None or found.value == pytest.approx(1.0)


@pytest.mark.parametrize(
    "texts", [("نص.", "نص."), ("<e1 GPE>تونس</e1>.", "تونس.")], ids=["nothing", "one layer alone"]
)
def test_nothing_shared_is_not_defined_and_never_one(texts: tuple[str, str]) -> None:
    found = reported(texts)
    for measure in ("accuracy", "kappa", "alpha"):
        assert figure(found, "entities", "label, same span", measure).value is None
    assert figure(found, "stances", "label, same (holder, target)", "kappa").value is None
    assert output.number(None) == "not defined"


def test_claims_of_the_author_are_counted_apart() -> None:
    one = "<c1>المطر غزير</c1>. <c2#cue>قال</c2#cue> <e1 PER>مراد</e1> إن <c2>الماء نظيف</c2>.\n=== roles\nc1 claimers=author\nc2 claimers=e1"
    found = reported((one, one))
    assert figure(found, "attributed claims", "span, exact", "F1").items == 1
    assert figure(found, "author's claims", "span, exact", "F1").items == 1


def test_three_layers_make_three_pairs_and_one_alpha_of_tokens() -> None:
    document = two_layers(WHOLE, WHOLE)
    third = two_layers(WHOLE, WHOLE)["layers"][OTHER]
    whole: Document = document | {"layers": document["layers"] | {"reader-c": third}}  # type: ignore[assignment]
    found = report([whole], resamples=10)
    assert [(pair.one, pair.other) for pair in found.pairs] == [
        (ONE, OTHER), (ONE, "reader-c"), (OTHER, "reader-c"),
    ]  # fmt: skip
    assert [f.value for f in found.together] == pytest.approx([1.0] * 3)


def test_two_layers_are_needed_and_named() -> None:
    with pytest.raises(Misuse, match="two layers or more"):
        report([two_layers("نص.", "نص.")], [ONE])
    with pytest.raises(Misuse, match="no layer «zaid»"):
        report([two_layers("نص.", "نص.")], [ONE, "zaid"])


def test_text_and_json_say_the_same() -> None:
    found = reported((ONE_TEXT, OTHER_TEXT), (WHOLE, WHOLE))
    console = Console(width=160)
    with console.capture() as caught:
        console.print(output.as_text(found))
    record = json.loads(output.as_json(found))
    assert record["pairs"][0]["articles"] == ["a-0", "a-1"]
    for item in record["pairs"][0]["figures"]:
        shown = "not defined" if item["value"] is None else f"{item['value']:.2f}"
        assert any(item["name"] in line and shown in line for line in caught.get().splitlines())
