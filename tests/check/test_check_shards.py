"""The check of shards: in parts and processes as in one go, counted by rule where there is much to say."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from corpora import write_corpus
from samples import documents
from tasrih import engine, shards, store
from tasrih.check import check_documents, in_shards
from tasrih.check.output import as_summary
from tasrih.check.tally import SHOWN, Tally
from tasrih.cli import app
from tasrih.model import Finding


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    root = tmp_path / "corpus"
    write_corpus(root, [])
    return root


def faulty(count: int) -> bytes:
    """`count` articles, the offsets of every third of them moved."""
    lines = [store.document_line(one) for one in documents(count)]
    return b"".join(
        line.replace(b'"start":0,', b'"start":1,', 1) if number % 3 == 0 else line
        for number, line in enumerate(lines)
    )


def found(source: Path, corpus: Path, workers: int = 1, codes: tuple[str, ...] = ()) -> list[Finding]:
    job = in_shards.CheckJob(store.open_corpus(corpus).settings, codes)
    run = engine.run(job, shards.parts([source]), workers)
    return [finding for some in in_shards.findings_of(run) for finding in some]


def test_parts_and_processes_find_what_one_pass_finds(
    tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "a.jsonl"
    source.write_bytes(faulty(90))
    expected = list(check_documents(shards.read([source]), store.open_corpus(corpus).settings))
    assert len(expected) >= 30 and found(source, corpus) == expected
    monkeypatch.setattr(shards, "ARTICLES", 7)
    assert found(source, corpus) == expected
    assert found(source, corpus, workers=2) == expected
    only = [finding for finding in expected if finding.code.startswith("E")]
    assert found(source, corpus, codes=("E",)) == only and only


def test_an_id_that_stands_twice_is_found_across_shards(tmp_path: Path, corpus: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_bytes(b"".join(map(store.document_line, documents(5))))
    second.write_bytes(store.document_line(documents(3)[2]))
    job = in_shards.CheckJob(store.open_corpus(corpus).settings)
    run = engine.run(job, shards.parts([first, second]))
    (finding,) = [finding for some in in_shards.findings_of(run) for finding in some]
    assert (finding.code, finding.file, finding.line) == ("P108", str(second), 1)
    assert f"{first}:3" in finding.message
    assert found(first, corpus) == []


def invoked(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["check", *map(str, arguments)])
    return result.exit_code, result.stdout


def test_many_findings_are_counted_by_rule_and_the_rest_is_in_a_file(tmp_path: Path, corpus: Path) -> None:
    source, file = tmp_path / "a.jsonl", tmp_path / "findings.parquet"
    source.write_bytes(faulty(900))
    status, out = invoked(source, "--corpus", corpus, "--findings", file)
    everything = found(source, corpus)
    assert status == 1 and len(everything) > 300
    tally = Tally().added(everything)
    assert out == as_summary(tally) + "\n"
    assert all(len(shown) <= SHOWN for shown in tally.first.values()) and len(out.splitlines()) < 40
    assert f"{sum(tally.counts.values()):,} error" in out or "errors" in out
    rows = pq.read_table(file).to_pylist()
    assert [Finding(**row) for row in rows] == everything
    status, out = invoked(source, "--corpus", corpus, "--format", "json")
    assert status == 2  # too many to hold: the file is for them


def test_few_findings_are_listed_in_every_format(tmp_path: Path, corpus: Path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_bytes(faulty(9))
    everything = found(source, corpus)
    status, out = invoked(source, "--corpus", corpus)
    assert status == 1 and out.splitlines()[:-1] == list(map(str, everything))
    status, out = invoked(source, "--corpus", corpus, "--format", "json")
    assert [Finding(**record) for record in json.loads(out)] == everything
    source.write_bytes(b"".join(map(store.document_line, documents(9))))
    assert invoked(source, "--corpus", corpus, "--workers", 2) == (0, "no findings\n")


def test_a_tally_of_parts_is_that_of_the_whole() -> None:
    findings = [Finding(f"E10{n % 3}", "error", "f", n, "", str(n)) for n in range(50)]
    whole = Tally().added(findings)
    joined = Tally()
    for at in range(0, 50, 7):
        joined.merge(Tally().added(findings[at : at + 7]))
    assert joined == whole and whole.total == 50 and whole.has("error") and not whole.has("warning")
