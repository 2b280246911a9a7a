"""Releases of shards: the same bytes whatever the kind, the cut and the workers; nothing leaks; a kill loses nothing."""

from __future__ import annotations

import gzip
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpora import document, write_corpus
from samples import documents
from tasrih import shards, store
from tasrih.model import GOLD, Document
from tasrih.release import assemble, pieces, read
from tasrih.release.build import How, Release, build
from tasrih.release.manifest import read_manifest
from tasrih.release.verify import verify
from tasrih.release.write import parquet_paths


def lines(whole: list[Document]) -> bytes:
    return b"".join(map(store.document_line, whole))


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Settings and guidelines alone: the articles come from shards."""
    root = tmp_path / "silver"
    write_corpus(root, [])
    return root


def built(corpus: Path, *sources: Path, out: str = "dist", **how: Any) -> Path:
    release = build(corpus, corpus.parent / out, sources=sources, how=How(**how))
    assert release.folder, [*map(str, release.findings), release.tally]
    assert list(verify(release.folder)) == []
    return release.folder


def many(count: int = 60) -> list[Document]:
    """`count` different documents, of an event each."""
    return documents(count)


def test_every_kind_of_shard_gives_the_same_release(corpus: Path, tmp_path: Path) -> None:
    whole = many()
    data = lines(whole)
    (tmp_path / "a.jsonl").write_bytes(data)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(data))
    (tmp_path / "c.jsonl.zst").write_bytes(pa.Codec("zstd").compress(data, asbytes=True))
    half = lines(whole[:33]), lines(whole[33:])
    (tmp_path / "d-0.jsonl").write_bytes(half[0])
    (tmp_path / "d-1.jsonl.gz").write_bytes(gzip.compress(half[1]))
    first = built(corpus, tmp_path / "a.jsonl")
    expected = bytes_of(first)
    assert (
        sum(table["rows"] for table in read_manifest(first)["tables"] if table["config"] == "articles") == 60
    )
    assert bytes_of(built(corpus, tmp_path / "b.jsonl.gz", out="b")) == expected
    assert bytes_of(built(corpus, tmp_path / "c.jsonl.zst", out="c")) == expected
    assert bytes_of(built(corpus, tmp_path / "d-0.jsonl", tmp_path / "d-1.jsonl.gz", out="d")) == expected
    # What the release has is all that its tables need: they give the release again.
    tables = [
        path for split in ("train", "validation", "test") for path in parquet_paths(first, "articles", split)
    ]
    again = built(corpus, *tables, out="e")
    assert _rows(again) == _rows(first)


def _rows(release: Path) -> dict[str, list[Any]]:
    found = {}
    for split, whole in read.documents(release):
        found[whole["article"]["id"]] = [split, whole]
    return found


def test_neither_workers_nor_the_cut_of_the_input_show(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assemble, "ROW_GROUP", 9000)
    monkeypatch.setattr(assemble, "SHARD", 27_000)
    (tmp_path / "a.jsonl").write_bytes(lines(many(90)))
    expected = bytes_of(built(corpus, tmp_path / "a.jsonl"))
    assert bytes_of(built(corpus, tmp_path / "a.jsonl", out="two", workers=2)) == expected
    for size in (7, 64):
        monkeypatch.setattr(shards, "ARTICLES", size)
        assert bytes_of(built(corpus, tmp_path / "a.jsonl", out=f"cut-{size}")) == expected


def test_tables_are_cut_between_articles_into_bounded_files(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assemble, "ROW_GROUP", 9000)
    monkeypatch.setattr(assemble, "SHARD", 27_000)
    (tmp_path / "a.jsonl").write_bytes(lines(many(200)))
    release = built(corpus, tmp_path / "a.jsonl")
    files = parquet_paths(release, "articles", "train")
    assert len(files) > 3
    assert [path.name for path in files] == [
        f"train-{number:05d}-of-{len(files):05d}.parquet" for number in range(len(files))
    ]
    for path in files:
        of = pq.ParquetFile(path)
        assert 1 <= of.num_row_groups <= 3
        assert all(of.metadata.row_group(0).column(at).has_offset_index for at in range(3))
    ids = [pq.read_table(path, columns=["id"]).column("id").to_pylist() for path in files]
    for config in ("entities", "claims", "ner"):
        for path, inside in zip(parquet_paths(release, config, "train"), ids, strict=True):
            assert set(pq.read_table(path, columns=["article"]).column("article").to_pylist()) <= set(inside)
    card = (release / "README.md").read_text("utf-8")
    assert "path: data/articles/train-*.parquet" in card
    entry = next(
        t for t in read_manifest(release)["tables"] if (t["config"], t["split"]) == ("articles", "train")
    )
    assert entry["rows"] == sum(map(len, ids))


def test_a_release_of_several_files_is_verified_and_read_back(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assemble, "ROW_GROUP", 9000)
    monkeypatch.setattr(assemble, "SHARD", 9000)
    whole = many(100)
    (tmp_path / "a.jsonl").write_bytes(lines(whole))
    release = built(corpus, tmp_path / "a.jsonl")
    back = {found["article"]["id"]: found for _, found in read.documents(release)}
    assert set(back) == {one["article"]["id"] for one in whole}
    assert all(back[one["article"]["id"]]["text"] == one["text"] for one in whole)
    one, other = parquet_paths(release, "claims", "train")[:2]
    one_bytes = one.read_bytes()
    one.write_bytes(other.read_bytes())
    assert {finding.code for finding in verify(release)} == {"R203", "R205"}
    one.write_bytes(one_bytes)
    assert list(verify(release)) == []


# --- Splits -------------------------------------------------------------------------------------------


def report(name: str, words: list[str]) -> Document:
    return document("<e1 GPE>تونس</e1> " + " ".join(words) + ".", name)


def test_near_duplicates_come_into_one_split(corpus: Path, tmp_path: Path) -> None:
    chooser = random.Random(3)  # noqa: S311
    whole = []
    for number in range(60):
        words = [f"كلمة{chooser.randrange(10**6)}" for _ in range(80)]
        edited = [*words]
        edited[chooser.randrange(80)] = "لفظ"
        whole += [
            report(f"first-{number}", words),
            report(f"second-{number}", edited),
            report(f"third-{number}", words[:70]),
        ]
    chooser.shuffle(whole)
    (tmp_path / "a.jsonl").write_bytes(lines(whole))
    release = build(corpus, tmp_path / "dist", sources=[tmp_path / "a.jsonl"])
    assert release.folder and release.near >= 120
    split_of = {found["article"]["id"]: split for split, found in read.documents(release.folder)}
    assert len(set(split_of.values())) == 3
    for number in range(60):
        assert len({split_of[f"{name}-{number}"] for name in ("first", "second", "third")}) == 1, number


def test_frozen_articles_stay_and_take_their_group_along(corpus: Path, tmp_path: Path) -> None:
    words = [f"كلمة{number}" for number in range(60)]
    whole = [report("old", words), report("new", [*words[:59], "لفظ"]), *many(30)]
    (tmp_path / "a.jsonl").write_bytes(lines(whole))
    for split in ("train", "validation", "test"):
        frozen = {"article": "old", "event": "old-event", "split": split}
        (corpus / "splits.jsonl").write_text(json.dumps(frozen) + "\n", "utf-8")
        release = built(corpus, tmp_path / "a.jsonl", out=split)
        split_of = {found["article"]["id"]: split for split, found in read.documents(release)}
        assert split_of["old"] == split_of["new"] == split


def test_rows_are_in_the_order_of_the_articles_where_frozen_splits_are_not_those_of_the_hashes(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A piece keeps its rows by the split of the hash."""
    whole = many(60)
    names = [one["article"]["id"] for one in whole]
    frozen = [
        {"article": n, "event": one["article"]["event"], "split": "test"}
        for n, one in zip(names, whole, strict=True)
    ]
    (tmp_path / "a.jsonl").write_bytes(lines(whole))
    spread = {split for split, _ in read.documents(built(corpus, tmp_path / "a.jsonl"))}
    assert len(spread) == 3
    (corpus / "splits.jsonl").write_text("".join(json.dumps(line) + "\n" for line in frozen), "utf-8")
    release = built(corpus, tmp_path / "a.jsonl", out="frozen")
    for config, column in (
        ("articles", "id"),
        ("standoff", "id"),
        ("entities", "article"),
        ("ner", "article"),
    ):
        (path,) = parquet_paths(release, config, "test")
        assert list(dict.fromkeys(pq.read_table(path).column(column).to_pylist())) == names
    monkeypatch.setattr(shards, "ARTICLES", 7)
    assert bytes_of(built(corpus, tmp_path / "a.jsonl", out="cut")) == bytes_of(release)


def test_a_group_that_is_frozen_in_two_splits_is_refused(corpus: Path, tmp_path: Path) -> None:
    words = [f"كلمة{number}" for number in range(60)]
    (tmp_path / "a.jsonl").write_bytes(lines([report("old", words), report("new", [*words[:59], "لفظ"])]))
    frozen = [
        {"article": "old", "event": "old-event", "split": "train"},
        {"article": "new", "event": "new-event", "split": "test"},
    ]
    (corpus / "splits.jsonl").write_text("".join(json.dumps(line) + "\n" for line in frozen), "utf-8")
    release = build(corpus, tmp_path / "dist", sources=[tmp_path / "a.jsonl"])
    assert release.folder is None and [finding.code for finding in release.findings] == ["P109"]


def test_an_id_that_stands_twice_is_refused_with_both_places(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(many(3)))
    (tmp_path / "b.jsonl").write_bytes(lines(many(2)))
    release = build(corpus, tmp_path / "dist", sources=[tmp_path / "a.jsonl", tmp_path / "b.jsonl"])
    assert release.folder is None
    assert [(f.code, f.file, f.line) for f in release.findings] == [
        ("P108", str(tmp_path / "b.jsonl"), 1), ("P108", str(tmp_path / "b.jsonl"), 2)
    ]  # fmt: skip
    assert f"{tmp_path / 'a.jsonl'}:1" in release.findings[0].message


# --- What is not well ---------------------------------------------------------------------------------


def test_an_error_anywhere_forbids_the_release_and_is_counted(corpus: Path, tmp_path: Path) -> None:
    data = lines(many(40)).replace(b'"start":0', b'"start":9999', 5)
    (tmp_path / "a.jsonl").write_bytes(data + b"{\n")
    release = build(corpus, tmp_path / "dist", sources=[tmp_path / "a.jsonl"])
    assert release.folder is None and release.tally.has("error")
    assert release.tally.counts["L103", "error"] == 1
    assert not (tmp_path / "dist" / "example-corpus-0.1.0").exists()


def test_articles_without_gold_are_counted_and_left_out(corpus: Path, tmp_path: Path) -> None:
    bare = {**many(1)[0], "layers": {}}
    (tmp_path / "a.jsonl").write_bytes(lines([bare, *many(20)[1:]]))  # type: ignore[list-item]
    release = build(corpus, tmp_path / "dist", sources=[tmp_path / "a.jsonl"])
    assert release.folder and release.left_out == 1


def test_a_damaged_piece_is_made_again(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(many(40)))
    expected = bytes_of(built(corpus, tmp_path / "a.jsonl", cache=tmp_path / "cache"))
    kept = list((tmp_path / "cache").glob("*/*.piece"))
    assert kept
    for content in (b"", b"x" * 100, kept[0].read_bytes()[:-1], kept[0].read_bytes()[1:]):
        kept[0].write_bytes(content)
        again = built(corpus, tmp_path / "a.jsonl", cache=tmp_path / "cache", out="again")
        assert bytes_of(again) == expected


def test_pieces_are_kept_for_what_has_not_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a corpus folder one changed article makes one piece anew, and the release is that of a clean build."""
    root = tmp_path / "corpus"
    write_corpus(root, many(40))
    assert build(root, tmp_path / "dist").folder
    made: list[Path] = []
    write = pieces._write

    def counted(path: Path, *rest: Any) -> None:
        made.append(path)
        write(path, *rest)

    monkeypatch.setattr(pieces, "_write", counted)
    assert build(root, tmp_path / "dist").folder and made == []
    gold = root / "articles" / "plain-00" / "gold.jsonl"
    gold.write_text(gold.read_text("utf-8").replace('"certain"', '"possible"', 1), "utf-8")
    release = build(root, tmp_path / "dist").folder
    assert release and len(made) == 1
    changed = bytes_of(release)
    for path in (root / ".tasrih" / "pieces").glob("*/*"):
        path.unlink()
    clean = build(root, tmp_path / "clean").folder
    assert clean and bytes_of(clean) == changed and len(made) > 2


def test_a_corpus_that_cannot_be_written_is_built(tmp_path: Path) -> None:
    root = tmp_path / "corpus"
    write_corpus(root, many(20))
    expected = build(root, tmp_path / "one").folder
    (root / ".tasrih" / "pieces").rename(root / ".tasrih" / "gone")
    (root / ".tasrih" / "pieces").write_text("a file where the folder would be", "utf-8")
    other = build(root, tmp_path / "two").folder
    assert expected and other and bytes_of(other) == bytes_of(expected)


# --- A kill -------------------------------------------------------------------------------------------

_MOMENTS = 10


def test_a_kill_at_any_moment_and_a_second_run_give_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(many(1500)))
    out = tmp_path / "dist"

    def command(out: Path) -> list[str]:
        return [sys.executable, "-m", "tasrih", "build", str(tmp_path / "a.jsonl"), "--corpus", str(corpus),
                "--out", str(out), "--workers", "2"]  # fmt: skip

    started = time.monotonic()
    subprocess.run(command(tmp_path / "clean"), check=True, capture_output=True)
    whole = time.monotonic() - started
    expected = bytes_of(tmp_path / "clean" / "example-corpus-0.1.0")
    chooser = random.Random(8)  # noqa: S311
    kills = resumed = runs = 0
    while kills < _MOMENTS:
        runs += 1
        assert runs <= 4 * _MOMENTS, "the moments miss the build"
        one = out / str(runs)
        process = subprocess.Popen(command(one), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * (0.2 + 0.7 * chooser.random()))
        ended = process.poll() is not None
        process.send_signal(signal.SIGKILL)
        process.wait()
        if ended:  # the machine is quicker than it was
            whole *= 0.9
            continue
        kills += 1
        resumed += any(one.glob(".*.work/pieces/*/*.piece"))
        again = subprocess.run(command(one), check=True, capture_output=True, text=True)
        assert again.stdout.strip() == str(one / "example-corpus-0.1.0")
        assert bytes_of(one / "example-corpus-0.1.0") == expected, runs
        assert [path.name for path in one.iterdir()] == ["example-corpus-0.1.0"]
    assert resumed, "no piece was made before a kill"


def test_what_was_done_before_a_kill_is_not_done_again(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "ARTICLES", 10)
    (tmp_path / "a.jsonl").write_bytes(lines(many(100)))
    write, done = pieces._write, []

    def stopped(path: Path, *rest: Any) -> None:
        if len(done) == 6:
            raise KeyboardInterrupt
        done.append(path)
        write(path, *rest)

    monkeypatch.setattr(pieces, "_write", stopped)
    with pytest.raises(KeyboardInterrupt):
        build(corpus, tmp_path / "dist", sources=[tmp_path / "a.jsonl"])
    first = list(done)
    monkeypatch.setattr(pieces, "_write", lambda path, *rest: (done.append(path), write(path, *rest)))
    release: Release = build(corpus, tmp_path / "dist", sources=[tmp_path / "a.jsonl"])
    assert release.folder and len(first) == 6 and len(done) == 10 == len(set(done))
    assert GOLD in next(iter(read.documents(release.folder)))[1]["layers"]
