"""Check and build on a real cluster of two nodes, one of them killed in the middle, give what a local run gives."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live_ray import RAY, kill_family, private, started

from corpora import write_corpus
from samples import documents
from tasrih import engine, shards, store
from tasrih.check import in_shards
from tasrih.engine import cluster
from tasrih.release import pieces
from tasrih.release.build import How, build

ARTICLES, OF_A_PART = 600, 5
pytestmark = RAY


@pytest.fixture(scope="module")
def raylets() -> Iterator[list[int]]:
    """A cluster of two nodes of one processor each, and a connection to it; the first test leaves one of them."""
    with pytest.MonkeyPatch.context() as patch:
        private(patch)
        process, running = started("1", "1")
        with process:
            with cluster.connected(address=running.address):
                yield running.raylets
            process.communicate(timeout=60)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(shards, "ARTICLES", OF_A_PART)
    write_corpus(tmp_path / "silver", [])
    path = tmp_path / "articles.jsonl"
    path.write_bytes(b"".join(map(store.document_line, documents(ARTICLES))))
    return path


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_a_node_is_killed_in_the_middle_of_a_build(raylets: list[int], source: Path, tmp_path: Path) -> None:
    killed: list[int] = []

    def watch(
        label: str, items: Iterable[Any], total: int, amount: Callable[[Any], tuple[int, int]]
    ) -> Iterator[Any]:
        for number, item in enumerate(items):
            yield item
            if label == "articles" and number == 20:
                killed.extend(kill_family(raylets[1]))

    on_ray = build(
        tmp_path / "silver", tmp_path / "ray", sources=[source], how=How(engine="ray", watch=watch)
    )
    local = build(tmp_path / "silver", tmp_path / "local", sources=[source])
    assert on_ray.folder and local.folder
    assert len(killed) > 1, "the node had no worker"
    assert bytes_of(on_ray.folder) == bytes_of(local.folder)
    figures = json.loads((on_ray.folder / "manifest.json").read_bytes())["tables"]
    assert sum(table["rows"] for table in figures if table["config"] == "articles") == ARTICLES


BUILD = f"""
import sys
from tasrih import cli, shards
shards.ARTICLES = {OF_A_PART}
sys.argv = ["tasrih", "build", *sys.argv[1:], "--engine", "ray"]
cli.main()
"""


def test_the_head_is_killed_and_another_run_goes_on(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private(monkeypatch)
    process, running = started("1", "1")
    monkeypatch.setenv("RAY_ADDRESS", running.address)
    monkeypatch.setenv("RAY_gcs_rpc_server_reconnect_timeout_s", "5")  # it is a minute
    silver, out = tmp_path / "silver", tmp_path / "ray"
    command = [sys.executable, "-c", BUILD, str(source), "--corpus", str(silver), "--out", str(out)]
    with process, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        while len(made := list(out.glob(".*.work/pieces/*/*.piece"))) < 10:
            assert run.poll() is None
            time.sleep(0.01)
        for part in (running.server, running.raylets[0]):
            kill_family(part)
        _, errors = run.communicate(timeout=120)
        assert run.returncode != 0 and b"Exception in thread" not in errors, errors.decode()
        process.communicate(timeout=60)
    anew, write = [], pieces._write

    def counted(path: Path, *rest: Any) -> None:
        anew.append(path)
        write(path, *rest)

    monkeypatch.setattr(pieces, "_write", counted)
    again = build(silver, out, sources=[source])
    assert anew and not {*anew} & {*made}
    local = build(silver, tmp_path / "local", sources=[source])
    assert again.folder and local.folder
    assert bytes_of(again.folder) == bytes_of(local.folder)


def test_a_check_finds_the_same(raylets: list[int], source: Path, tmp_path: Path) -> None:
    source.write_bytes(source.read_bytes().replace(b'"start":0,', b'"start":1,', 200))
    job = in_shards.CheckJob(store.open_corpus(tmp_path / "silver").settings)
    found = {
        name: [
            f
            for some in in_shards.findings_of(engine.run(job, shards.parts([source]), engine=name))
            for f in some
        ]
        for name in engine.ENGINES
    }
    assert found["ray"] == found["local"] and len(found["ray"]) > 150
