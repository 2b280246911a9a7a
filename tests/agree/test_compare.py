"""Two layers side by side: links are compared through the pairs, never by ids or spellings."""

from __future__ import annotations

import pytest

from layered import ONE, OTHER, SAID, SAID_ROLES, two_layers
from tasrih.agree.compare import Comparison, compare
from tasrih.agree.differences import cases


def compared(one: str, other: str) -> Comparison:
    return compare(two_layers(one, other), ONE, OTHER)


def differing(comparison: Comparison) -> list[tuple[str, ...]]:
    return [case.differs for case in cases(comparison) if not case.agreed]


def test_the_same_annotations_under_other_ids_agree() -> None:
    renamed = (SAID + SAID_ROLES).translate(str.maketrans({"1": "7", "2": "1", "3": "2"}))
    found = compared(SAID + SAID_ROLES, renamed)
    assert differing(found) == []
    assert len(cases(found)) == 6


def test_the_same_groups_in_other_words_agree() -> None:
    roles = "e1 referent={0}\ne2 referent={0}\nc1 claimers=e1"
    text = "<c1#cue>قال</c1#cue> <e1 PER>مراد</e1> إن <c1><e2 PER>مراد</e2> هنا</c1>.\n=== roles\n"
    assert differing(compared(text + roles.format("murad"), text + roles.format("m"))) == []


def test_another_group_is_a_difference() -> None:
    text = "<e1 PER>مراد</e1> و<e2 PER>سعيد</e2> و<e3 PER>مراد</e3>.\n=== roles\n"
    one = "e1 referent=m\ne2 referent=s\ne3 referent=m"
    other = "e1 referent=m\ne2 referent=s\ne3 referent=s"
    assert differing(compared(text + one, text + other)) == [("referent",)]


def test_a_group_that_one_layer_alone_writes_is_no_difference() -> None:
    text = "<e1 PER>مراد</e1> و<e2 PER>سعيد</e2>.\n=== roles\n"
    assert differing(compared(text + "e1 referent=m", text)) == []


def test_a_claimer_is_the_same_thing_at_any_of_its_mentions() -> None:
    text = "<e1 PER>مراد</e1> هنا. قام <e2 PER>مراد</e2> و<c1#cue>قال</c1#cue> إن <c1>الماء نظيف</c1>.\n=== roles\n"
    roles = "e1 referent=m\ne2 referent=m\nc1 via=dropped claimers="
    found = compared(text + roles + "e1", text + roles + "e2")
    (pair,) = found.claims
    assert found.same_things(pair.one["claimers"], pair.other["claimers"])
    assert not found.same_mentions(pair.one["claimers"], pair.other["claimers"])
    assert differing(found) == []


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        (("c1 claimers=e1", "c1 claimers=e3"), ("claimers",)),
        (("about=e2", "about=e2 polarity=negated certainty=probable"), ("polarity", "certainty")),
        (("target=e4", "target=e2"), ("target",)),
        (("s1 holders=e3", "s1 holders=author"), ("holders",)),
        (("<s1 support>", "<s1 oppose>"), ("label",)),
        (("<e2 GPE>تونس</e2></c1>", "</c1><e2 GPE>تونس</e2>"), ("span",)),
    ],
)  # fmt: skip
def test_what_differs_is_named(changed: tuple[str, str], differs: tuple[str, ...]) -> None:
    other = (SAID + SAID_ROLES).replace(*changed).replace("في </c1>", "في</c1> ")
    assert differing(compared(SAID + SAID_ROLES, other)) == [differs]


def test_author_and_unnamed_are_themselves_alone() -> None:
    found = compared(SAID + SAID_ROLES, SAID + SAID_ROLES)
    assert found.same_thing("author", "author")
    assert not found.same_thing("author", "unnamed")
    assert not found.same_thing("e1", "author")


def test_every_annotation_is_in_one_case() -> None:
    found = compared(
        SAID + SAID_ROLES, "قالت وزارة الصحة إن الحملة بدأت في <e1 LOC>تونس</e1>. وأيدت النقابة الحملة."
    )
    listed = cases(found)
    assert sorted(case.one["id"] for case in listed if case.one) == ["c1", "e1", "e2", "e3", "e4", "s1"]
    assert [case.other["id"] for case in listed if case.other] == ["e1"]
