"""The engine ray on real clusters of this machine, with a worker and a whole node killed in the middle of a run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live_ray import RAY, Nodes, kill_family, private, started
from work import Mark, broken, doubled, marks, piece, pieces, refused, suicidal

from tasrih import engine
from tasrih.engine import cluster
from tasrih.store import Misuse

MANY = 210
KILLED_AT = 30
SECONDS = 0.05

pytestmark = RAY


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    """A cluster of three nodes of one processor each, and a connection to it for every test."""
    with pytest.MonkeyPatch.context() as patch:
        private(patch)
        process, running = started("1", "1", "1")
        with process:
            with cluster.connected(address=running.address):
                yield running
            process.communicate(timeout=60)


def caught_at_work(folder: Path, raylet: int) -> Mark:
    """A worker of a node, stopped in the middle of a batch."""
    while True:
        for mark in marks(folder, "begun") - marks(folder, "ended"):
            if mark.parent == raylet:
                os.kill(mark.worker, signal.SIGSTOP)
                if mark not in marks(folder, "ended"):
                    return mark
                os.kill(mark.worker, signal.SIGCONT)  # it was quicker
        time.sleep(0.001)


def interrupted(results: Iterator[Any], kill: Callable[[], None]) -> list[Any]:
    """All results, with `kill` called once KILLED_AT are there."""
    found = []
    for result in results:
        found.append(result)
        if len(found) == KILLED_AT:
            kill()
    return found


def same(ours: list[Any], folder: Path, other: Path) -> None:
    """Holds results and files to those of a run in this process: every batch once, in order, byte for byte."""
    theirs = list(engine.run(piece(other), range(MANY)))
    assert [result["batch"] for result in ours] == list(range(MANY))
    assert [result["piece"] for result in ours] == [result["piece"] for result in theirs]
    assert all((a["sizes"] == b["sizes"]).all() for a, b in zip(ours, theirs, strict=True))
    assert pieces(folder) == pieces(other)
    assert len(pieces(other)) == MANY


def test_results_and_files_are_those_of_a_local_run(nodes: Nodes, tmp_path: Path) -> None:
    folder = tmp_path / "ray"
    ours = list(cluster.run(piece(folder), range(MANY)))
    same(ours, folder, tmp_path / "local")
    workers = {mark.parent for mark in marks(folder, "ended")}
    assert workers == set(nodes.raylets)
    assert len(workers) > 1


def test_a_worker_is_killed_in_the_middle(
    nodes: Nodes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "ray"
    victims: list[Mark] = []

    def kill() -> None:
        victims.append(caught_at_work(folder, nodes.raylets[1]))
        os.kill(victims[0].worker, signal.SIGKILL)

    ours = interrupted(cluster.run(piece(folder, SECONDS), range(MANY)), kill)
    same(ours, folder, tmp_path / "local")
    victim, ended = victims[0], marks(folder, "ended")
    assert victim not in ended  # it had begun, and somebody else did it
    assert {mark.worker for mark in ended if mark.batch == victim.batch}
    assert any(mark.worker == victim.worker for mark in ended)  # it had worked before
    assert not capfd.readouterr().out


def test_a_node_is_killed_in_the_middle(
    nodes: Nodes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, lost = tmp_path / "ray", nodes.raylets.pop()
    victims: list[Mark] = []
    done: set[Mark] = set()

    def kill() -> None:
        victims.append(caught_at_work(folder, lost))
        kill_family(lost)
        done.update(marks(folder, "ended"))

    ours = interrupted(cluster.run(piece(folder, SECONDS), range(MANY)), kill)
    same(ours, folder, tmp_path / "local")
    victim, after = victims[0], marks(folder, "ended") - done
    assert victim not in done  # it had begun, and others did it
    assert victim.batch in {mark.batch for mark in after}
    assert any(mark.parent == lost for mark in done)
    assert {mark.parent for mark in after} == set(nodes.raylets)
    assert len(after) > MANY // 2
    assert not capfd.readouterr().out


DESERTED = """
import sys
from pathlib import Path
from tasrih.engine import cluster
from work import piece
cluster._LOOK = cluster._DESERTED = 1.0
for result in cluster.run(piece(Path(sys.argv[2]), 0.05), range(60), address=sys.argv[1]):
    print(result["batch"], flush=True)
"""


def test_a_cluster_without_a_processor_is_told_of_and_goes_on_when_one_joins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private(monkeypatch)
    process, running = started("0", "1")
    command = [sys.executable, "-c", DESERTED, running.address, str(tmp_path / "ray")]
    with process, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert process.stdin and run.stdout and run.stderr
        assert run.stdout.readline() == "0\n"
        kill_family(running.raylets[1])
        told = next(line for line in run.stderr if "no node with a processor left" in line)
        assert "goes on once one joins" in told
        process.stdin.write("1\n")
        process.stdin.flush()
        assert run.stdout.read().split() == [str(number) for number in range(1, 60)]
        assert run.wait() == 0
        process.communicate(timeout=60)


def test_what_goes_wrong_arrives_as_itself(nodes: Nodes, capfd: pytest.CaptureFixture[str]) -> None:
    results = cluster.run(refused, range(20))
    assert [next(results) for _ in range(7)] == list(range(7))
    with pytest.raises(Misuse, match=r"^shard 7: cannot be read$") as refusal:
        next(results)
    assert type(refusal.value) is Misuse
    with pytest.raises(RuntimeError, match="UntransportableError: 7"):
        list(cluster.run(broken, range(20)))
    with pytest.raises(Misuse, match="killed 6 times at one batch"):
        list(cluster.run(suicidal, range(20)))
    assert list(cluster.run(doubled, range(20))) == [2 * number for number in range(20)]
    assert not capfd.readouterr().out


def test_a_function_that_the_nodes_do_not_have_is_told_of(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "only_here.py").write_text("def same(batch):\n    return batch\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    from only_here import same as unknown

    with pytest.raises(Misuse, match=r"No module named 'only_here'.*every node needs the same"):
        list(cluster.run(unknown, range(20)))
