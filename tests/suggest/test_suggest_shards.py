"""Suggestions for shards: a layer in every article, the same in any number of processes; a kill costs a shard at most."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from corpora import write_corpus
from samples import documents
from tasrih import engine, shards, store
from tasrih.check import check_documents
from tasrih.model import GOLD, Document
from tasrih.store import Misuse
from tasrih.suggest import in_shards


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    root = tmp_path / "corpus"
    write_corpus(root, documents())
    return root


def bare(count: int, first: int = 0) -> list[Document]:
    """Articles that nothing is annotated in."""
    return [{**one, "layers": {}} for one in documents(count)[first:]]  # type: ignore[misc]


def job(corpus: Path, layer: str = "suggested") -> in_shards.SuggestJob:
    return in_shards.SuggestJob(corpus, "rules,attribution", layer, 0.0, "tasrih")


def made(corpus: Path, sources: list[Path], out: Path, workers: int = 1) -> list[tuple[str, bool]]:
    told: list[tuple[str, bool]] = []
    run = partial(engine.run, workers=workers)
    parts = in_shards.suggest_shards(
        job(corpus), sources, out, run, lambda path, there: told.append((path.name, there))
    )
    list(parts)
    return told


def test_every_article_gets_a_layer_that_the_check_accepts(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "raw.jsonl"
    source.write_bytes(b"".join(map(store.document_line, bare(40))))
    assert made(corpus, [source], tmp_path / "one") == [("raw.jsonl", False)]
    content = (tmp_path / "one" / "raw.jsonl").read_bytes()
    found = [reading.document for reading in shards.read([tmp_path / "one" / "raw.jsonl"])]
    assert [one["article"] for one in found if one] == [one["article"] for one in bare(40)]
    assert all(one and set(one["layers"]) == {"suggested"} for one in found)
    assert sum(len(one["layers"]["suggested"]) - 1 for one in found if one) > 40
    settings = store.open_corpus(corpus).settings
    wrong = [
        f
        for f in check_documents(shards.read([tmp_path / "one" / "raw.jsonl"]), settings)
        if f.severity == "error"
    ]
    assert wrong == []
    monkeypatch.setattr(shards, "ARTICLES", 9)
    made(corpus, [source], tmp_path / "two", workers=2)
    assert (tmp_path / "two" / "raw.jsonl").read_bytes() == content


def test_a_second_run_goes_on_at_the_first_shard_that_is_not_whole(corpus: Path, tmp_path: Path) -> None:
    sources = []
    for name, some in (("a", bare(20)), ("b", bare(40, 20))):
        sources.append(tmp_path / f"{name}.jsonl")
        sources[-1].write_bytes(b"".join(map(store.document_line, some)))
    out = tmp_path / "out"

    def killed(one: object, parts: object) -> object:
        yield from engine.run(one, parts)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    work = in_shards.suggest_shards(job(corpus), sources, out, killed, lambda path, there: None)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        list(work)
    assert not list(out.glob("*.jsonl")) and not list(out.glob(".*.new"))
    assert made(corpus, sources[:1], out) == [("a.jsonl", False)]
    assert made(corpus, sources, out) == [("a.jsonl", True), ("b.jsonl", False)]
    before = (out / "a.jsonl").read_bytes()
    sources[0].write_bytes(b"".join(map(store.document_line, bare(21))))
    assert made(corpus, sources, out) == [("a.jsonl", False), ("b.jsonl", True)]
    assert (out / "a.jsonl").read_bytes() != before


def test_layers_that_are_there_stay_and_peoples_work_is_never_written_over(
    corpus: Path, tmp_path: Path
) -> None:
    source = tmp_path / "raw.jsonl"
    source.write_bytes(b"".join(map(store.document_line, documents(5))))
    made(corpus, [source], tmp_path / "out")
    found = [reading.document for reading in shards.read([tmp_path / "out" / "raw.jsonl"])]
    assert all(
        one and one["layers"][GOLD] == whole["layers"][GOLD]
        for one, whole in zip(found, documents(5), strict=True)
    )
    own = documents(1)[0]
    header = {**own["layers"][GOLD][0], "annotator": "suggested"}
    own["layers"]["suggested"] = [header, *own["layers"][GOLD][1:]]  # type: ignore[list-item]
    source.write_bytes(store.document_line(own))
    with pytest.raises(Misuse, match="somebody has worked on layer suggested"):
        made(corpus, [source], tmp_path / "out")


def test_what_would_write_over_a_source_is_refused(corpus: Path, tmp_path: Path) -> None:
    source = tmp_path / "raw.jsonl"
    source.write_bytes(b"".join(map(store.document_line, bare(3))))
    with pytest.raises(Misuse, match="another --out"):
        made(corpus, [source], tmp_path)
    with pytest.raises(Misuse, match="one file"):
        made(corpus, [source, tmp_path / "raw.jsonl.gz"], tmp_path / "out")
    with pytest.raises(Misuse, match="is an annotator's"):
        list(
            in_shards.suggest_shards(
                job(corpus, "reader-a"), [source], tmp_path / "out", engine.run, lambda *_: None
            )
        )


def test_a_line_that_is_no_article_is_named(corpus: Path, tmp_path: Path) -> None:
    source = tmp_path / "raw.jsonl"
    source.write_bytes(store.document_line(bare(1)[0]) + b"{\n")
    with pytest.raises(Misuse, match=r"raw\.jsonl:2"):
        made(corpus, [source], tmp_path / "out")
    assert not (tmp_path / "out" / "raw.jsonl").exists()
