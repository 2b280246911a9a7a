"""Names that gold has are proposed again, exactly where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import document, write_corpus
from tasrih import store
from tasrih.store import Misuse
from tasrih.suggest import Draft, suggester

GOLD = (
    "قالت <e1 ORG>وزارة الصحة</e1> إن <e2 GPE>تونس</e2> تستعد، و<e3 ORG>الصحة</e3> جاهزة، و<e4 PER>الوزيران</e4> معاً."
    "\n=== roles\ne4 form=nominal"
)


@pytest.fixture(scope="module")
def suggest(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    root = tmp_path_factory.mktemp("corpus")
    return suggester("names", write_corpus(root, [document(GOLD, "gold")]))


def test_the_longest_name_at_its_place_behind_a_proclitic_too(suggest) -> None:  # type: ignore[no-untyped-def]
    text = "🕊️ وتونس ووزارة الصحة. قال الوزيران إن الصحة بخير"
    (found,) = suggest([Draft(text)])
    assert [(one["label"], text[one["start"] : one["end"]]) for one in found] == [
        ("GPE", "تونس"),
        ("ORG", "وزارة الصحة"),
        ("ORG", "الصحة"),
    ]
    assert all(one["text"] == text[one["start"] : one["end"]] for one in found)
    assert [one["id"] for one in found] == ["e1", "e2", "e3"]


@given(text=st.text(alphabet="وزارة الصحةتونس.🕊\n ", max_size=60))
@settings(deadline=None, max_examples=100)
def test_any_text_gets_spans_that_are_names_of_gold(suggest, text: str) -> None:  # type: ignore[no-untyped-def]
    (found,) = suggest([Draft(text)])
    assert all(one["text"].split() in (["وزارة", "الصحة"], ["تونس"], ["الصحة"]) for one in found)
    ends = [one["end"] for one in found]
    assert all(start >= end for end, start in zip(ends, [one["start"] for one in found][1:], strict=False))


def test_an_unknown_suggester_is_named(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, [document(GOLD, "gold")])
    assert isinstance(corpus, store.Corpus)
    with pytest.raises(Misuse, match=r"no suggester «nobody»; there are .*names"):
        suggester("nobody", corpus)
