"""Suggestions stand in layers of their own, hold together, and leave people's work alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corpora import document, write_corpus
from tasrih import store
from tasrih.check import check_corpus
from tasrih.cli import app
from tasrih.model import annotators
from tasrih.store import Misuse
from tasrih.suggest import Draft, chained, checked, fresh_ids
from tasrih.suggest.layers import confident

GOLD = "قالت <e1 ORG>وزارة الصحة</e1> إن <e2 GPE>تونس</e2> تستعد."


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A corpus with one article of gold and one without."""
    waiting: Any = document("زارت وزارة الصحة تونس.", "waiting")
    waiting["layers"] = {}
    return write_corpus(tmp_path / "corpus", [document(GOLD), waiting]).root


def run(root: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["suggest", "--with", "names", "--corpus", str(root), *arguments])


def lines(root: Path, article: str = "waiting", layer: str = "suggested") -> list[Any]:
    path = root / "articles" / article / "layers" / f"{layer}.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_an_article_without_gold_gets_a_layer_that_check_accepts(root: Path) -> None:
    done = run(root)
    assert done.exit_code == 0, done.output
    assert done.output.endswith("layers/suggested.jsonl: 2 entities, 0 claims, 0 stances\n")
    header, *found = lines(root)
    assert header["by"] == "tasrih suggest --with names" and header["annotator"] == "suggested"
    assert [line["text"] for line in found] == ["وزارة الصحة", "تونس"]
    assert [f for f in check_corpus(root) if f.severity != "note"] == []
    assert run(root).exit_code == 0  # once more: its own layer is written anew


def test_no_annotator_has_said_it(root: Path) -> None:
    assert run(root, "example").exit_code == 0
    whole = store.read_document(store.open_corpus(root), "example").document
    assert whole is not None and set(whole["layers"]) == {"gold", "suggested"} and annotators(whole) == []


def test_what_somebody_has_worked_on_stays(root: Path) -> None:
    assert run(root).exit_code == 0
    path = root / "articles" / "waiting" / "layers" / "suggested.jsonl"
    header, first, second = lines(root)
    del first["confidence"]
    path.write_text("".join(json.dumps(line) + "\n" for line in (header, first, second)), "utf-8")
    before = path.read_bytes()
    refused = run(root)
    assert refused.exit_code == 1 and "somebody has worked on layer suggested" in str(refused.exception)
    assert path.read_bytes() == before
    assert run(root, "waiting", "--layer", "suggested-again").exit_code == 0


@pytest.mark.parametrize("layer", ["gold", "reader-a", "suggestedness"])
def test_an_annotator_s_layer_is_refused(layer: str, root: Path) -> None:
    refused = run(root, "--layer", layer)
    assert refused.exit_code == 1 and "suggestions go to suggested" in str(refused.exception)


def test_below_the_least_confidence_nothing_is_suggested(root: Path) -> None:
    both = write_corpus(root.parent / "both", [document(GOLD), document(GOLD.replace("GPE", "LOC"), "other")])
    assert run(both.root, "example", "--least", "0.9").exit_code == 0
    assert [line["text"] for line in lines(both.root, "example")[1:]] == ["وزارة الصحة"]


ROLES = (
    "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة الصحة</e1> إن <c1>الحملة بدأت</c1>، و<s1 support>تؤيد</s1> <e2 EVENT>المؤتمر</e2>."
    "\n=== roles\ne2 form=nominal\nc1 claimers=e1 about=e2\ns1 holders=e1 target=e2"
)


@pytest.mark.parametrize(
    ("doubted", "kept"),
    [
        ((), ["e1", "c1", "s1", "e2"]),
        (("s1",), ["e1", "c1"]),  # the nominal has no role but in the stance; about is none
        (("e1",), []),  # neither claim nor stance without who holds it
        (("e2",), ["e1", "c1"]),
        (("c1",), ["e1", "s1", "e2"]),
    ],
)
def test_what_is_doubted_takes_along_what_needs_it(doubted: tuple[str, ...], kept: list[str]) -> None:
    found: list[Any] = [
        line | {"confidence": 0.1 if line["id"] in doubted else 0.9}
        for line in document(ROLES)["layers"]["gold"][1:]
    ]
    after = confident(found, 0.5)
    assert sorted(line["id"] for line in after) == sorted(kept)
    assert all(set(line.get("about", [])) <= {"e1", "e2"} & set(kept) for line in after)  # type: ignore[call-overload]


def test_a_later_suggester_sees_what_the_ones_before_it_found() -> None:
    def entity(drafts: Any) -> Any:
        return [
            [{"type": "entity", "id": next(fresh_ids("e", draft)), "start": 0, "end": 1}] for draft in drafts
        ]

    def claim(drafts: Any) -> Any:
        return [
            [{"type": "claim", "id": "c1", "claimers": [draft.annotations[-1]["id"]]}] for draft in drafts
        ]

    (found,) = chained([entity, entity, claim])([Draft("نص")])
    assert [(line["id"], line.get("claimers")) for line in found] == [
        ("e1", None),
        ("e2", None),
        ("c1", ["e2"]),
    ]


def one_entity(start: int, end: int, **more: Any) -> Any:
    return {"type": "entity", "id": "e1", "label": "GPE", "start": start, "end": end, **more}


def test_a_team_s_own_suggester_need_not_quote_the_words() -> None:
    claim: Any = {"type": "claim", "id": "c1", "start": 8, "end": 11, "cue": {"start": 0, "end": 3}}
    (found,) = checked("own", lambda drafts: [[one_entity(4, 7), claim]])([Draft("قال زيد نعم")])
    assert [found[0]["text"], found[1]["text"], found[1]["cue"]["text"]] == ["زيد", "نعم", "قال"]  # type: ignore[typeddict-item,index]


@pytest.mark.parametrize(
    ("proposed", "said"),
    [
        ([], "0 lists of annotations for 1 drafts"),
        ([[one_entity(0, 3), one_entity(4, 7)]], "two annotations the id e1"),
        ([[one_entity(8, 12)]], "e1 is at [8, 12) of a text of 11 code points"),
        ([[one_entity(3, 3)]], "e1 is at [3, 3)"),
        ([[one_entity(-3, 3)]], "e1 is at [-3, 3)"),
        ([[{"type": "claim", "id": "c1", "start": 8, "end": 11, "cue": {"start": 0, "end": 99}}]], "c1 is at [0, 99)"),
    ],
)  # fmt: skip
def test_what_a_team_s_own_suggester_does_wrong_is_named(proposed: Any, said: str) -> None:
    with pytest.raises(Misuse) as refused:
        checked("own", lambda drafts: proposed)([Draft("قال زيد نعم")])
    assert "«own»" in str(refused.value) and said in str(refused.value)
