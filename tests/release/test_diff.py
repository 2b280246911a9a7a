"""What changed between two editions, and the version step that it calls for."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from corpora import SETTINGS, document, settings_toml, write_corpus, write_document
from samples import documents
from tasrih import schema, store
from tasrih.model import Document
from tasrih.release import diff_output
from tasrih.release.build import build
from tasrih.release.diff import Change, diff, document_changes, stepped
from tasrih.release.editions import Edition, edition, of_corpus
from tasrih.release.tables import features
from tasrih.splits import assign, groups_of
from tasrih.store import Misuse

LABELS: Any = SETTINGS["labels"]
BEFORE = "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة الصحة</e1> في <e2 GPE>تونس</e2> إن <c1>الحملة بدأت</c1>، و<s1 support>تؤيد</s1> <e3 ORG>النقابة</e3> <e4 ORG>المجلس</e4>.\n=== roles\nc1 claimers=e1\ns1 holders=e3 target=e4"


def only(*changes: tuple[str, str]) -> list[Change]:
    after = BEFORE
    for old, new in changes:
        assert old in after
        after = after.replace(old, new)
    return document_changes(document(BEFORE), document(after))


@pytest.mark.parametrize(
    ("change", "kinds", "name", "differs"),
    [
        (("<e2 GPE>", "<e2 LOC>"), ("relabelled",), "e2", {"label": ("GPE", "LOC")}),
        (("c1 claimers=e1", "c1 claimers=e2"), ("reattributed",), "c1", {"claimers": (["وزارة الصحة"], ["تونس"])}),
        (("c1 claimers=e1", "c1 claimers=e1 via=document"), ("reattributed",), "c1", {"via": ("mention", "document")}),
        (("s1 holders=e3", "s1 holders=e2"), ("reattributed",), "s1", {"holders": (["النقابة"], ["تونس"])}),
        (("target=e4", "target=e2"), ("changed",), "s1", {"target": ("المجلس", "تونس")}),
        (("c1 claimers=e1", "c1 claimers=e1 polarity=negated"), ("changed",), "c1", {"polarity": ("affirmed", "negated")}),
        (("s1 holders", 'e3 wikidata=Q1\ns1 holders'), ("changed",), "e3", {"wikidata": (None, "Q1")}),
    ],
)  # fmt: skip
def test_a_change_is_named_with_what_it_was_and_is(
    change: tuple[str, str], kinds: tuple[str, ...], name: str, differs: dict[str, Any]
) -> None:
    (found,) = only(change)
    assert (found.kinds, found.id, dict(found.differs)) == (kinds, name, differs)


def test_a_boundary_that_moves_and_a_label_are_one_change() -> None:
    (found,) = only(("<e1 ORG>وزارة الصحة</e1>", "<e1 FAC>وزارة</e1> الصحة"))
    assert found.kinds == ("moved", "relabelled") and found.words == "وزارة"
    assert found.differs["span"][0]["text"] == "وزارة الصحة" and found.differs["span"][1]["end"] == 10


def test_what_came_and_what_went() -> None:
    came = document_changes(document(BEFORE), document(BEFORE.replace("إن <c1>", "<e9 EVENT>إن</e9> <c1>")))
    went = document_changes(document(BEFORE.replace("إن <c1>", "<e9 EVENT>إن</e9> <c1>")), document(BEFORE))
    assert [(c.kinds, c.id, c.words) for c in came] == [(("added",), "e9", "إن")]
    assert [(c.kinds, c.id, c.words) for c in went] == [(("removed",), "e9", "إن")]


def test_ids_and_slugs_may_change_freely() -> None:
    renamed = BEFORE.replace("e1", "e8").replace("e3", "e7").replace("c1", "c5")
    assert only() == [] and document_changes(document(BEFORE), document(renamed)) == []


def test_a_corrected_text_moves_nothing_and_what_it_took_away_is_removed() -> None:
    old, new = document(BEFORE), document("أمس " + BEFORE)
    assert document_changes(old, new) == []
    shorter = document(BEFORE.replace("في <e2 GPE>تونس</e2> ", ""))
    assert [(c.kinds, c.words) for c in document_changes(old, shorter)] == [(("removed",), "تونس")]


def test_withheld_texts_are_compared_without_a_word_of_theirs() -> None:
    old, new = document(BEFORE), document(BEFORE.replace("<e2 GPE>", "<e2 LOC>"))
    (found,) = document_changes(store.stripped(old), store.stripped(new))
    assert found.kinds == ("relabelled",) and found.words == ""


def test_of_a_corrected_text_that_is_withheld_ids_have_to_do() -> None:
    old, new = document(BEFORE), document("أمس " + BEFORE.replace("<e2 GPE>", "<e2 LOC>"))
    (found,) = document_changes(store.stripped(old), store.stripped(new))
    assert (found.kinds, found.id) == (("relabelled",), "e2")


# --- Steps --------------------------------------------------------------------------------------------


def an_edition(wholes: list[Document], **changes: Any) -> Edition:
    by_id = {whole["article"]["id"]: whole for whole in wholes}
    first = Edition("x", "1.2.3", LABELS, dict.fromkeys(by_id, "train"), by_id, features(LABELS), "1.0")
    return replace(first, **changes)


ONE, OTHER = document(BEFORE, "one"), document(BEFORE.replace("<e2 GPE>", "<e2 LOC>"), "one")
MORE: Any = {**LABELS, "entity": [*LABELS["entity"], "NEW"]}
FEWER: Any = {**LABELS, "entity": LABELS["entity"][1:]}
NARROW = {config: columns for config, columns in features(LABELS).items() if config != "ner"}


@pytest.mark.parametrize(
    ("old", "new", "step", "least"),
    [
        (an_edition([ONE]), an_edition([ONE]), "none", "1.2.3"),
        (an_edition([ONE]), an_edition([OTHER]), "patch", "1.2.4"),
        (an_edition([ONE]), an_edition([ONE, document(BEFORE, "two")]), "minor", "1.3.0"),
        (an_edition([ONE, document(BEFORE, "two")]), an_edition([ONE]), "minor", "1.3.0"),
        (an_edition([ONE]), an_edition([ONE], labels=MORE), "minor", "1.3.0"),
        (an_edition([ONE]), an_edition([ONE], labels=FEWER), "major", "2.0.0"),
        (an_edition([ONE]), an_edition([ONE], columns=NARROW), "major", "2.0.0"),
        (an_edition([ONE], columns=NARROW), an_edition([ONE]), "minor", "1.3.0"),
        (an_edition([ONE]), an_edition([ONE], splits={"one": "test"}), "major", "2.0.0"),
        (an_edition([ONE]), an_edition([ONE], schemas="2.0"), "major", "2.0.0"),
    ],
)
def test_each_change_calls_for_its_step(old: Edition, new: Edition, step: str, least: str) -> None:
    found = diff(old, new)
    assert (found.step, found.least_version) == (step, least)


def test_before_the_first_major_version_a_breaking_change_takes_a_minor_step() -> None:
    assert [stepped("0.4.1", step) for step in ("none", "patch", "minor", "major")] == [
        "0.4.1",
        "0.4.2",
        "0.5.0",
        "0.5.0",
    ]
    assert stepped("2026-spring", "major") == ""


# --- Outputs ------------------------------------------------------------------------------------------


def test_json_has_its_schema_and_text_and_markdown_name_the_change() -> None:
    found = diff(an_edition([ONE]), an_edition([OTHER, document(BEFORE, "two")], version="1.3.0"))
    record = json.loads(diff_output.as_json(found))
    jsonschema.Draft202012Validator(schema.load("diff")).validate(record)
    assert record["counts"]["entity"] == {
        "in_added_articles": 4, "in_removed_articles": 0, "added": 0, "removed": 0, "moved": 0, "relabelled": 1,
        "reattributed": 0, "changed": 0,
    }  # fmt: skip
    said = "relabelled, LOC «تونس»: label «GPE» → «LOC»"
    assert f"one/e2 {said}" in diff_output.as_text(found) and f"- `one/e2` {said}" in diff_output.as_markdown(
        found
    )
    assert "Articles added: `two`." in diff_output.as_markdown(found)


def test_a_hostile_quote_stays_on_its_line() -> None:
    hostile = document("<e1 GPE>تونس\n# عنوان</e1>.", "one")
    other = deepcopy(hostile)
    other["layers"]["gold"][1]["label"] = "LOC"  # type: ignore[typeddict-unknown-key, typeddict-item]
    found = diff(an_edition([hostile]), an_edition([other]))
    assert not any(line.startswith("#") for line in diff_output.as_markdown(found).splitlines())


# --- Editions and builds ------------------------------------------------------------------------------


def git(root: Path, *words: str) -> None:
    identity = ["-c", "user.name=tests", "-c", "user.email=tests@example.org"]
    subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True)


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    """A corpus in a git repository, its version 0.1.0 tagged."""
    root = tmp_path / "corpus"
    write_corpus(root, documents())
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "corpus")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    git(tmp_path, "tag", "v0.1.0")
    return root


def relabel(root: Path) -> None:
    gold = root / "articles" / "plain-00" / "gold.jsonl"
    gold.write_text(gold.read_text("utf-8").replace('"label": "ORG"', '"label": "MEDIA"'), "utf-8")


def add(root: Path) -> None:
    extra = document("<e1 GPE>تونس</e1> اليوم.", "added-article")
    write_document(root, extra)
    corpus = store.open_corpus(root)
    events = {name: store.read_document(corpus, name).document["article"]["event"] for name in corpus.ids()}  # type: ignore[index]
    store.write_splits(
        corpus, assign(events, store.read_splits(corpus)[0], groups_of(events, []), SETTINGS["splits"])
    )


def test_a_folder_a_revision_and_a_release_are_the_same_edition(tagged: Path, tmp_path: Path) -> None:
    release = build(tagged, tmp_path / "dist").folder
    assert release
    for one in (str(tagged), "v0.1.0", str(release)):
        for other in (str(tagged), "v0.1.0", str(release)):
            assert diff(edition(one, tagged), edition(other, tagged)).step == "none"
    relabel(tagged)
    for old in ("v0.1.0", str(release)):
        (change,) = diff(edition(old, tagged), of_corpus(store.open_corpus(tagged))).changes
        assert (change.article, change.differs) == ("plain-00", {"label": ("ORG", "MEDIA")})


@pytest.mark.parametrize("what", ["no-such-tag", "--output=/tmp/x"])
def test_what_is_no_edition_is_refused(what: str, tagged: Path) -> None:
    with pytest.raises(Misuse, match="git"):
        edition(what, tagged)
    with pytest.raises(Misuse, match="neither a release"):
        edition(str(tagged.parent), tagged)


@pytest.mark.parametrize(
    ("change", "small", "enough"), [(relabel, "0.1.0", "0.1.1"), (add, "0.1.1", "0.2.0")]
)
def test_a_build_refuses_a_step_that_is_too_small(
    change: Callable[[Path], None], small: str, enough: str, tagged: Path, tmp_path: Path
) -> None:
    change(tagged)
    (tagged / "corpus.toml").write_text(settings_toml({"version": small, "previous": "v0.1.0"}), "utf-8")
    with pytest.raises(Misuse, match=f"too small a step from 0.1.0.*set version to {enough} or more"):
        build(tagged, tmp_path / "dist")
    assert not (tmp_path / "dist" / f"example-corpus-{small}").exists()
    (tagged / "corpus.toml").write_text(settings_toml({"version": enough, "previous": "v0.1.0"}), "utf-8")
    assert build(tagged, tmp_path / "dist").folder


def test_changes_of_a_release_are_written_words_and_the_diff(tagged: Path, tmp_path: Path) -> None:
    first = build(tagged, tmp_path / "dist").folder
    assert first and "No earlier release is named" in (first / "CHANGES.md").read_text("utf-8")
    relabel(tagged)
    add(tagged)
    (tagged / "corpus.toml").write_text(settings_toml({"version": "0.2.0", "previous": "v0.1.0"}), "utf-8")
    (tagged / "CHANGES.md").write_text(
        "# Changes\n\n## 0.2.0 (spring)\n\nWritten by hand.\n\n## 0.1.0\n\nOlder.\n", "utf-8"
    )
    second = build(tagged, tmp_path / "dist").folder
    assert second
    text = (second / "CHANGES.md").read_text("utf-8")
    assert "Written by hand." in text and "Older." not in text
    assert "Compared with 0.1.0 (`v0.1.0`)" in text and "Articles added: `added-article`." in text
    assert "`plain-00/e1` relabelled, MEDIA «وزارة الصحة»: label «ORG» → «MEDIA»" in text
