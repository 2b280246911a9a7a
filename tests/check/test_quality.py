"""Cases of the rules of doubt that their two examples do not show."""

from __future__ import annotations

import orjson
import pytest

from corpora import document, settings
from tasrih import shards
from tasrih.check import check_documents


def codes(snippet: str) -> set[str]:
    line = orjson.dumps(document(snippet, "by-hand"))
    return {
        finding.code for finding in check_documents([shards.read_line("shard.jsonl", 1, line)], settings())
    }


def test_one_word_that_is_predicate_and_argument_holds_nothing() -> None:
    """A participle names its holder, a loaded word its target: the anchor is that word."""
    snippet = (
        "أيّد الوزير <s1 support><e1 PER>المطالبين</e1></s1> ب<e2 EVENT>وقف النار</e2> على <s2 oppose><e3 PER>الطغاة</e3></s2>."
        "\n=== roles\ne1 form=nominal\ne2 form=nominal\ne3 form=nominal\n"
        "s1 holders=e1 target=e2\ns2 holders=author target=e3 basis=wording"
    )
    assert "S111" not in codes(snippet)


@pytest.mark.parametrize(
    ("between", "fires"),
    [
        ("، <e2 OCC>نائب الرئيس</e2>، ", False),
        ("، <e3 OCC>نائب الرئيس</e3> و<e2 OCC>حاكم المدينة</e2>، ", False),
        (" هنا. و<e2 OCC>نائب الرئيس</e2> ", True),
        (" و<e2 PER>علي</e2> ", True),
    ],
)
def test_titles_in_a_row_beside_their_person_are_not_nearer(between: str, fires: bool) -> None:
    snippet = (
        f"حضر <e1 PER>علي سالم</e1>{between}أمس. و<c1#cue>قال</c1#cue> إن <c1>الحملة بدأت</c1>."
        "\n=== roles\ne1 referent=ali\ne2 referent=ali\nc1 claimers=e1 via=dropped"
    )
    if "e3" in between:
        snippet += "\ne3 referent=ali"
    assert ("Q103" in codes(snippet)) is fires
