"""A release: what is in it, that it is the same each time, and that nothing can break the last one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpora import document, patched, write_corpus
from samples import documents
from tasrih import store
from tasrih.check import check_corpus
from tasrih.release import read
from tasrih.release.build import build
from tasrih.release.manifest import read_manifest
from tasrih.release.tables import CONFIGS
from tasrih.release.verify import differing_tables, verify
from tasrih.text.canonical import QuoteKey


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sample") / "corpus"
    write_corpus(root, documents())
    return root


@pytest.fixture(scope="module")
def release(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = build(corpus, tmp_path_factory.mktemp("dist"))
    assert built.folder, [str(finding) for finding in built.findings]
    return built.folder


def rows(release: Path, config: str) -> list[dict]:
    return [
        row
        for path in sorted((release / "data" / config).glob("*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]


def test_samples_are_clean(corpus: Path) -> None:
    assert [str(finding) for finding in check_corpus(corpus)] == []


def test_has_every_part(release: Path) -> None:
    for name in ("README.md", "CHANGES.md", "manifest.json", "label_studio/config.xml", "label_studio/tasks.json",
                 "schemas/document.schema.json"):  # fmt: skip
        assert (release / name).is_file(), name
    assert {path.name for path in (release / "data").iterdir()} == set(CONFIGS) - {"annotators"}
    assert read_manifest(release)["omitted"] == ["annotators"]


def test_rows_repeat_the_text(release: Path) -> None:
    texts = {row["id"]: row["text"] for row in rows(release, "articles")}
    for config in ("entities", "claims", "stances"):
        for row in rows(release, config):
            text = texts[row["article"]]
            assert text[row["start"] : row["end"]] == row["text"]
            assert text[row["context_start"] :].startswith(row["context"])
            assert row["context_start"] <= row["start"] and row["end"] <= row["context_start"] + len(
                row["context"]
            )
            assert row["uid"] == f"{row['article']}/{row['id']}"
    for row in rows(release, "ner"):
        for token, start in zip(row["tokens"], row["token_starts"], strict=True):
            assert texts[row["article"]][start : start + len(token)] == token
        assert texts[row["article"]][row["start"] :].startswith(row["text"])
        assert len(row["tokens"]) == len(row["ner_tags"])


def test_nested_and_flat_rows_agree(release: Path) -> None:
    nested = {
        f"{article['id']}/{e['id']}": e for article in rows(release, "articles") for e in article["entities"]
    }
    for row in rows(release, "entities"):
        assert nested[row["uid"]] == {key: row[key] for key in nested[row["uid"]]}


def test_context_holds_the_roles(release: Path) -> None:
    for row in rows(release, "stances"):
        for words in (*row["holder_texts"], row["target_text"]):
            assert words in row["context"] or words in ("author", "unnamed")


def test_standoff_has_no_words(release: Path) -> None:
    for row in rows(release, "standoff"):
        assert "text" not in row
        for entity in row["entities"]:
            assert "text" not in entity and len(entity["quote_hmac"]) == 64


def test_two_builds_are_the_same_bytes(corpus: Path, release: Path, tmp_path: Path) -> None:
    """From another folder, in another process, with another hash seed."""
    copy = tmp_path / "elsewhere" / "corpus"
    shutil.copytree(corpus, copy)
    command = [sys.executable, "-m", "tasrih", "build", "--corpus", str(copy), "--out", str(tmp_path / "out")]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "12345"}, capture_output=True)
    other = tmp_path / "out" / release.name
    names = sorted(path.relative_to(release) for path in release.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(other) for path in other.rglob("*") if path.is_file())
    for name in names:
        assert (release / name).read_bytes() == (other / name).read_bytes(), name


def test_a_corpus_with_errors_is_not_built(corpus: Path, tmp_path: Path) -> None:
    broken = tmp_path / "corpus"
    shutil.copytree(corpus, broken)
    gold = next(broken.glob("articles/*/gold.jsonl"))
    gold.write_text(gold.read_text("utf-8").replace('"start": ', '"start": 9', 1), "utf-8")
    built = build(broken, tmp_path / "dist")
    assert built.folder is None and any(finding.severity == "error" for finding in built.findings)
    assert not (tmp_path / "dist").exists()


def test_verify_finds_every_kind_of_damage(release: Path, tmp_path: Path) -> None:
    assert list(verify(release)) == []

    def damaged(name: str) -> Path:
        copy = tmp_path / name
        shutil.copytree(release, copy)
        return copy

    missing = damaged("missing")
    (missing / "CHANGES.md").unlink()
    assert [finding.code for finding in verify(missing)] == ["R202"]
    changed = damaged("changed")
    (changed / "README.md").write_text("other", "utf-8")
    assert [finding.code for finding in verify(changed)] == ["R203"]
    added = damaged("added")
    (added / "extra.txt").write_text("x", "utf-8")
    assert [finding.code for finding in verify(added)] == ["R204"]
    table = damaged("table")
    path = next((table / "data" / "claims").iterdir())
    shutil.copy(next((table / "data" / "entities").iterdir()), path)
    assert {finding.code for finding in verify(table)} == {"R203", "R205"}
    shape = damaged("shape")
    (shape / "manifest.json").write_text(json.dumps({"name": "x"}), "utf-8")
    assert {finding.code for finding in verify(shape)} == {"R201"}
    assert list(verify(release)) == []


def test_content_hash_does_not_depend_on_row_groups(release: Path, tmp_path: Path) -> None:
    from tasrih.release.verify import table_content

    for path in release.glob("data/*/*.parquet"):
        again = tmp_path / "again.parquet"
        pq.write_table(pq.read_table(path), again, compression="gzip", row_group_size=1, use_dictionary=False)
        assert table_content(again) == table_content(path)


def test_content_hash_sees_a_change(corpus: Path, release: Path, tmp_path: Path) -> None:
    changed = tmp_path / "corpus"
    shutil.copytree(corpus, changed)
    gold = next(changed.glob("articles/plain-00/gold.jsonl"))
    gold.write_text(gold.read_text("utf-8").replace('"certain"', '"possible"', 1), "utf-8")
    built = build(changed, tmp_path / "dist").folder
    assert built
    tables = differing_tables(read_manifest(release), read_manifest(built))
    assert {name.split("/")[0] for name in tables} == {"articles", "claims", "standoff"}


def test_withheld_text_is_in_standoff_alone(tmp_path: Path) -> None:
    withheld = document(
        "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة الكتمان</e1> إن <c1>السر محفوظ</c1>.\n=== roles\nc1 claimers=e1",
        "withheld",
    )
    root = tmp_path / "corpus"
    corpus = write_corpus(root, [*documents(), withheld])
    text = withheld["text"] or ""
    article = patched(
        withheld, {"/article/rights": {"licence": "all rights reserved", "redistribute": False}}
    )["article"]
    store.write_article(corpus, article)
    (root / "articles" / "withheld" / "text.txt").unlink()
    lines = withheld["layers"]["gold"]
    store.write_layer(corpus, article, "gold", lines[0], lines[1:], text)  # type: ignore[arg-type]
    plain = build(root, tmp_path / "dist").folder
    assert plain
    for path in plain.rglob("*"):
        if path.suffix == ".parquet":
            assert "الكتمان" not in json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False)
        elif path.is_file():
            assert "الكتمان" not in path.read_text("utf-8")
    ids = {row["id"] for row in rows(plain, "standoff")}
    assert "withheld" in ids and "withheld" not in {row["id"] for row in rows(plain, "articles")}

    before = {path: path.read_bytes() for path in plain.rglob("*") if path.is_file()}
    store.write_atomic(store.local_text_path(corpus, article["text_sha256"]), text.encode())
    again = build(root, tmp_path / "dist").folder
    assert (
        again == plain and {path: path.read_bytes() for path in plain.rglob("*") if path.is_file()} == before
    )

    local = build(root, tmp_path / "dist", texts="local").folder
    assert local and local.name.endswith("+local")
    entity = next(row for row in rows(local, "entities") if row["article"] == "withheld")
    assert entity["text"] == "وزارة الكتمان"

    store.local_text_path(corpus, article["text_sha256"]).unlink()
    without = build(root, tmp_path / "dist", texts="local").folder
    assert without and "withheld" not in {row["id"] for row in rows(without, "articles")}
    store.write_atomic(store.local_text_path(corpus, article["text_sha256"]), text.encode())
    hydrated = build(root, tmp_path / "dist", texts="local").folder
    assert hydrated and "withheld" in {row["id"] for row in rows(hydrated, "articles")}


def test_a_kill_at_any_moment_leaves_the_last_release_whole(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "dist"
    folder = build(corpus, out).folder
    assert folder
    command = [sys.executable, "-m", "tasrih", "build", "--corpus", str(corpus), "--out", str(out)]
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - started
    for step in range(8):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * (0.3 + 0.1 * step))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert list(verify(folder)) == []
    assert build(corpus, out).folder == folder
    assert [path.name for path in out.iterdir()] == [folder.name], "what killed builds left is cleared away"


def test_read_only_folder_is_one_clear_message(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(store.Misuse, match="cannot be written"):
        build(corpus, tmp_path / "file" / "dist")


def test_a_standoff_release_has_no_word_of_any_text(tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    write_corpus(root, documents())
    release = build(root, tmp_path / "dist", texts="none").folder
    assert release and release.name == "example-corpus-0.1.0+standoff"
    assert [path.name for path in (release / "data").iterdir()] == ["standoff"]
    assert list(verify(release)) == []
    words = {word for whole in documents() for word in str(whole["text"]).split() if len(word) > 4}
    for path in release.rglob("*"):
        if path.is_file() and path.suffix != ".json":
            content = (
                str(pq.read_table(path).to_pylist()) if path.suffix == ".parquet" else path.read_text("utf-8")
            )
            assert not [word for word in words if word in content], path
    tasks = json.loads((release / "label_studio" / "tasks.json").read_bytes())
    assert tasks == []
    back = {document["article"]["id"]: document for _, document in read.documents(release)}
    for whole in documents():
        bare = back[whole["article"]["id"]]
        assert bare["text"] is None
        quotes = {line["id"]: line["text"] for line in whole["layers"]["gold"][1:]}  # type: ignore[typeddict-item]
        key = QuoteKey(str(whole["text"]))
        assert {line["id"]: line["quote_hmac"] for line in bare["layers"]["gold"][1:]} == {  # type: ignore[typeddict-item]
            name: key.digest(quote) for name, quote in quotes.items()
        }


def test_agreement_is_measured_once_for_the_same_layers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasrih.release import kept_agreement

    root = tmp_path / "corpus"
    write_corpus(root, documents())
    for number, folder in enumerate(sorted((root / "articles").iterdir())[:4]):
        (folder / "layers").mkdir()
        for name in ("reader-a", "reader-b"):
            gold = (
                (folder / "gold.jsonl")
                .read_text("utf-8")
                .replace('"annotator": "gold"', f'"annotator": "{name}"')
            )
            lines = gold.splitlines(keepends=True)
            (folder / "layers" / f"{name}.jsonl").write_text(
                "".join(lines[: -1 if number and name[-1] == "b" else None]), "utf-8"
            )
    measured: list[int] = []
    measure = kept_agreement.measured_agreement
    monkeypatch.setattr(
        kept_agreement, "measured_agreement", lambda found: (measured.append(len(found)), measure(found))[1]
    )

    def card(name: str) -> str:
        folder = build(root, tmp_path / name).folder
        assert folder
        return (folder / "README.md").read_text("utf-8")

    first = card("one")
    assert "Agreement of `reader-a` and `reader-b`" in first and len(measured) == 1
    assert card("two") == first and len(measured) == 1
    (kept,) = (root / ".tasrih" / "agreement").glob("*.json")
    for content in (b"", b"x", kept.read_bytes()[:-2], kept.read_bytes().replace(b"0", b"1")):
        kept.write_bytes(content)
        assert card("three") == first
    assert len(measured) == 5
    layer = next(root.glob("articles/*/layers/reader-a.jsonl"))
    layer.write_text("".join(layer.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    assert build(root, tmp_path / "four") and len(measured) == 6
