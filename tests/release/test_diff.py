"""CHANGES.md: what changed since the tag that corpus.toml names."""

from __future__ import annotations

import subprocess
from pathlib import Path

from corpora import SETTINGS, document, settings_toml, write_corpus, write_document
from samples import documents
from tasrih import store
from tasrih.release.build import build
from tasrih.release.diff import article_changes, changes
from tasrih.splits import assign, groups_of

BEFORE = "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة الصحة</e1> في <e2 GPE>تونس</e2> إن <c1>الحملة بدأت</c1>.\n=== roles\nc1 claimers=e1"
AFTER = (
    "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة</e1> الصحة في <e2 LOC>تونس</e2> <e3 EVENT>إن</e3> <c1>الحملة بدأت</c1>.\n"
    "=== roles\nc1 claimers=e2\ne3 form=nominal"
)


def test_names_every_kind_of_change() -> None:
    found = {change.id: change for change in article_changes(document(BEFORE), document(AFTER))}
    assert {name: change.kind for name, change in found.items()} == {
        "e1": "moved", "e2": "relabelled", "e3": "added", "c1": "changed",
    }  # fmt: skip
    assert found["e2"].detail == "GPE → LOC" and found["c1"].detail == "claimers"
    assert {change.kind for change in article_changes(document(AFTER), document(BEFORE))} == {
        "moved",
        "relabelled",
        "removed",
        "changed",
    }
    assert changes({"example": document(BEFORE)}, {"example": document(BEFORE)}) == []


def git(root: Path, *words: str) -> None:
    identity = ["-c", "user.name=tests", "-c", "user.email=tests@example.org"]
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True)


def test_changes_of_a_release_compare_with_the_tag(tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    old = documents()
    corpus = write_corpus(root, old)
    first = build(root, tmp_path / "dist").folder
    assert first and "No earlier release is named" in (first / "CHANGES.md").read_text("utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "corpus")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    git(tmp_path, "tag", "v0.1.0")
    gold = root / "articles" / "plain-00" / "gold.jsonl"
    gold.write_text(gold.read_text("utf-8").replace('"label": "ORG"', '"label": "MEDIA"'), "utf-8")
    extra = document("<e1 GPE>تونس</e1> اليوم.", "added-article")
    write_document(root, extra)
    events = {d["article"]["id"]: d["article"]["event"] for d in [*old, extra]}
    store.write_splits(
        corpus, assign(events, store.read_splits(corpus)[0], groups_of(events, []), SETTINGS["splits"])
    )
    (root / "corpus.toml").write_text(settings_toml({"version": "0.2.0", "previous": "v0.1.0"}), "utf-8")
    second = build(root, tmp_path / "dist").folder
    assert second
    text = (second / "CHANGES.md").read_text("utf-8")
    assert "Compared with `v0.1.0`" in text and "Articles added: `added-article`." in text
    assert "`plain-00/e1` relabelled, MEDIA «وزارة الصحة»: ORG → MEDIA" in text
    assert "| added | 1 |" in text and "| removed | 0 |" in text
