"""What an adjudicator makes in an editor comes to decisions that give exactly that as gold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import CHECKOUT
from tasrih import store
from tasrih.agree import worklist
from tasrih.agree.compare import compare
from tasrih.agree.differences import cases
from tasrih.agree.settle import settle

CORPUS = store.open_corpus(Path(CHECKOUT) / "corpus")
DOCUMENT = store.read_document(CORPUS, "copenhagen-summit-2009").document
assert DOCUMENT is not None
COMPARISON = compare(DOCUMENT, "reader-a", "reader-b")
CASES = cases(COMPARISON)
OPEN = [case for case in CASES if not case.agreed]
OFFERED: dict[str, Any] = {
    line["id"]: line for line in worklist.combined(DOCUMENT, COMPARISON, OPEN)["layers"][worklist.NAME][1:]
}
TOLD = {"by": "a test", "why": "decided at random"}


def shape(annotation: Any) -> tuple[Any, ...]:
    keys = ("type", "start", "end", "label", "form", "polarity", "certainty", "checkworthy", "via", "basis")
    return tuple(annotation.get(key) for key in keys)


@given(
    struck=st.sets(st.sampled_from(sorted(OFFERED))),
    changed=st.sets(st.sampled_from(sorted(OFFERED))),
    added=st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_decisions_give_what_was_made(struck: set[str], changed: set[str], added: bool) -> None:
    final = {name: dict(line) for name, line in OFFERED.items() if name not in struck}
    for name in changed & final.keys():
        line = final[name]
        if line["type"] == "entity":
            line["label"] = "ORG" if line["label"] == "PER" else "PER"
        elif line["type"] == "claim":
            line["checkworthy"] = not line["checkworthy"]
        else:
            line["basis"] = "wording"
    if added:
        final["e5000"] = {**OFFERED["e1"], "id": "e5000", "start": 0, "end": 3}
    decisions = list(worklist.decided(COMPARISON, CASES, OPEN, OFFERED, final, TOLD))
    found = settle(COMPARISON, decisions)
    assert not found.undecided
    assert sorted(map(shape, found.annotations), key=str) == sorted(map(shape, final.values()), key=str)


def test_what_nobody_touched_is_no_decision() -> None:
    assert list(worklist.decided(COMPARISON, CASES, [], OFFERED, OFFERED, TOLD)) == []
