"""Documents from shards of every kind: each once, in order, in bounded parts, and damage said in one line."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import strategies
from corpora import write_corpus
from samples import documents
from tasrih import shards, store
from tasrih.model import GOLD, Document
from tasrih.release.tables import tables
from tasrih.store import Misuse

WHOLE = documents(1)[0]


def jsonl(count: int = 14) -> bytes:
    return b"".join(map(store.document_line, documents(count)))


def compressed(data: bytes, kind: str) -> bytes:
    return pa.Codec(kind).compress(data, asbytes=True)


def articles_table(whole: list[Document]) -> pa.Table:
    from collections import Counter

    from corpora import settings as corpus_settings

    return tables(whole, corpus_settings()["labels"], Counter())["articles"]


def ids(*sources: Path) -> list[str]:
    return [reading.document["article"]["id"] for reading in shards.read(sources) if reading.document]


EXPECTED = [document["article"]["id"] for document in documents()]


@given(document=strategies.documents())
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_a_line_is_read_as_it_was_written(document: Document) -> None:
    line = store.document_line(document)
    assert line.count(b"\n") == 1
    assert shards.read_line("s.jsonl", 7, line[:-1]).document == document


def write_every_kind(folder: Path) -> list[Path]:
    """One file or folder a kind, each with the same documents."""
    data = jsonl()
    (folder / "plain.jsonl").write_bytes(data)
    (folder / "open.ndjson").write_bytes(data[:-1])
    with gzip.open(folder / "packed.jsonl.gz", "wb") as stream:
        stream.write(data)
    half = data.index(b"\n", len(data) // 2) + 1
    (folder / "members.jsonl.gz").write_bytes(gzip.compress(data[:half]) + gzip.compress(data[half:]))
    (folder / "packed.jsonl.zst").write_bytes(compressed(data, "zstd"))
    (folder / "frames.jsonl.zst").write_bytes(
        compressed(data[:half], "zstd") + compressed(data[half:], "zstd")
    )
    pq.write_table(articles_table(documents()), folder / "articles.parquet", row_group_size=3)
    write_corpus(folder / "corpus", documents())
    return sorted(path for path in folder.iterdir())


def test_every_kind_gives_every_document_once_and_in_order(tmp_path: Path) -> None:
    sources = write_every_kind(tmp_path)
    assert len(sources) == 8
    for source in sources:
        assert sorted(ids(source)) == sorted(EXPECTED), source
        if source.is_file():
            assert ids(source) == EXPECTED, source
    assert ids(*sources) == [name for source in sources for name in ids(source)]


@pytest.mark.parametrize(("articles", "most"), [(1, 10**9), (3, 10**9), (500, 1), (500, 5000)])
def test_parts_hold_every_document_once_whatever_their_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, articles: int, most: int
) -> None:
    sources = write_every_kind(tmp_path)
    whole = {source: [(r.document, r.place.shard_line) for r in shards.read([source])] for source in sources}
    monkeypatch.setattr(shards, "ARTICLES", articles)
    monkeypatch.setattr(shards, "BYTES", most)
    for source in sources:
        parts = list(shards.parts([source]))
        assert len(parts) > 1
        found = [(r.document, r.place.shard_line) for part in parts for r in shards.load(part).readings()]
        assert found == whole[source], source
        if source.is_file():
            assert [line for _, line in found] == list(range(1, len(EXPECTED) + 1))
        assert sum(part.taken for part in parts) == shards.size_of([source]) or source.suffix == ".gz"


def test_a_table_gives_back_what_it_was_made_of(tmp_path: Path) -> None:
    pq.write_table(articles_table(documents()), tmp_path / "a.parquet")
    for reading, whole in zip(shards.read([tmp_path / "a.parquet"]), documents(), strict=True):
        assert reading.document
        again = articles_table([reading.document])
        assert again.equals(articles_table([whole]))
        assert len(reading.document["layers"][GOLD]) == len(whole["layers"][GOLD])


def test_a_part_has_one_hash_for_one_content(tmp_path: Path) -> None:
    for source in write_every_kind(tmp_path):
        (part,) = list(shards.parts([source]))[:1]
        before = shards.load(part).sha256
        assert shards.load(part).sha256 == before
        if source.is_dir():
            text = source / "articles" / part.names[0] / "text.txt"
            text.write_text(text.read_text("utf-8") + "\n", "utf-8")
            assert shards.load(part).sha256 != before


def test_a_long_line_is_passed_over_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = store.document_line(WHOLE)
    assert len(good) < 5000
    monkeypatch.setattr(store, "MAX_LINE", 5000)
    monkeypatch.setattr(shards, "MAX_LINE", 5000)
    monkeypatch.setattr(shards, "BYTES", 10_000)
    for name, packed in (("s.jsonl", bytes), ("s.jsonl.gz", gzip.compress)):
        path = tmp_path / name
        for long in (b"x" * 5001, b"x" * 40_000, b'{"a": "' + b"x" * 9990 + b'"}'):
            path.write_bytes(packed(good + long + b"\n" + good))
            readings = list(shards.read([path]))
            assert [reading.place.shard_line for reading in readings] == [1, 2, 3]
            assert [p.kind for reading in readings for p in reading.problems] == ["line-too-long"]
            assert readings[0].document == readings[2].document == WHOLE
            assert all(len(shards.load(part).data) < 20_000 for part in shards.parts([path]))
            path.write_bytes(packed(good + long))
            assert [bool(reading.document) for reading in shards.read([path])] == [True, False]


def test_a_shard_that_shrinks_while_it_is_read_is_refused(tmp_path: Path) -> None:
    shard = tmp_path / "shard.jsonl"
    shard.write_bytes(b"{}\n" * 5)
    (part,) = shards.parts([shard])
    shard.write_bytes(b"{}\n")
    with pytest.raises(Misuse, match="changed while it was read"):
        shards.load(part)


def test_what_is_no_shard_or_damaged_is_said_in_one_line(tmp_path: Path) -> None:
    sources = {path.name: path for path in write_every_kind(tmp_path)}
    bad = tmp_path / "bad"
    bad.mkdir()
    for name in ("packed.jsonl.gz", "packed.jsonl.zst", "articles.parquet"):
        data = sources[name].read_bytes()
        (bad / name).write_bytes(data[: len(data) // 2])
        with pytest.raises(Misuse, match=name):
            ids(bad / name)
        (bad / name).write_bytes(b"nothing of the kind" * 10)
        with pytest.raises(Misuse, match=name):
            ids(bad / name)
    pq.write_table(pa.table({"text": ["x"]}), bad / "other.parquet")
    with pytest.raises(Misuse, match="no table of a release"):
        ids(bad / "other.parquet")
    with pytest.raises(Misuse, match="No such file"):
        ids(bad / "gone.jsonl")
    with pytest.raises(Misuse, match="not a source of articles"):
        ids(bad / "text.txt")
    with pytest.raises(Misuse, match="not a source of articles"):
        ids(bad)


def test_a_table_of_annotations_alone_is_refused(tmp_path: Path) -> None:
    from collections import Counter

    from corpora import settings as corpus_settings

    made = tables(documents(), corpus_settings()["labels"], Counter())
    pq.write_table(made["entities"], tmp_path / "entities.parquet")
    with pytest.raises(Misuse, match="not a table articles or standoff"):
        ids(tmp_path / "entities.parquet")
    pq.write_table(made["standoff"], tmp_path / "standoff.parquet")
    assert ids(tmp_path / "standoff.parquet") == EXPECTED


@given(
    data=st.binary(max_size=300), suffix=st.sampled_from([".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet"])
)
@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
def test_bytes_from_anywhere_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"s{suffix}"
    path.write_bytes(data)
    try:
        for reading in shards.read([path]):
            assert reading.document is not None or reading.problems
    except Misuse as error:
        assert str(path) in str(error) and "\n" not in str(error)


def test_a_source_copied_elsewhere_reads_the_same(tmp_path: Path) -> None:
    write_corpus(tmp_path / "one", documents())
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    assert ids(tmp_path / "one") == ids(tmp_path / "other")


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_what_is_written_is_read_and_the_same_bytes_each_time(tmp_path: Path, name: str) -> None:
    assert shards.write(tmp_path / "one" / name, documents()) == len(EXPECTED)
    assert shards.write(tmp_path / "two" / name, documents()) == len(EXPECTED)
    assert [reading.document for reading in shards.read([tmp_path / "one" / name])] == documents()
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert [path.name for path in (tmp_path / "one").iterdir()] == [name]
    with pytest.raises(Misuse, match="give a name that ends in"):
        shards.write(tmp_path / "a.parquet", documents())
