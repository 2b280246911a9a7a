"""Check and build on a real cluster of two nodes, one of them killed in the middle, give what a local run gives."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live_ray import RAY, family, private

from corpora import write_corpus
from samples import documents
from tasrih import engine, shards, store
from tasrih.check import in_shards
from tasrih.engine import cluster
from tasrih.release.build import How, build

NODES = Path(__file__).with_name("nodes.py")
ARTICLES, OF_A_PART = 600, 5
pytestmark = RAY


@pytest.fixture(scope="module")
def raylets() -> Iterator[list[int]]:
    """A cluster of two nodes of one processor each, and a connection to it; the first test leaves one of them."""
    command = [sys.executable, str(NODES), "1", "1"]
    with pytest.MonkeyPatch.context() as patch:
        private(patch)
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            running = json.loads(process.stdout.readline())
            with cluster.connected(address=running["address"]):
                yield running["raylets"]
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
                killed.extend(family(raylets[1]))
                for process in killed:
                    os.kill(process, signal.SIGKILL)

    on_ray = build(
        tmp_path / "silver", tmp_path / "ray", sources=[source], how=How(engine="ray", watch=watch)
    )
    local = build(tmp_path / "silver", tmp_path / "local", sources=[source])
    assert on_ray.folder and local.folder
    assert len(killed) > 1, "the node had no worker"
    assert bytes_of(on_ray.folder) == bytes_of(local.folder)
    figures = json.loads((on_ray.folder / "manifest.json").read_bytes())["tables"]
    assert sum(table["rows"] for table in figures if table["config"] == "articles") == ARTICLES


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
