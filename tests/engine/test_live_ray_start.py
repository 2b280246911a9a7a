"""Where the engine ray finds its cluster: one of its own, one that it is told of, none."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_ray import RAY, family, private
from work import doubled, marks, piece

from tasrih import engine
from tasrih.engine import cluster
from tasrih.store import Misuse

pytestmark = RAY


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    private(monkeypatch)


def test_a_cluster_of_our_own_is_open_to_nobody_and_goes_when_it_is_done(tmp_path: Path) -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    with engine.opened(2, "ray"):
        started = {process for process in family(os.getpid()) if process != os.getpid()}
        assert started
        assert {address for process in started for address in listening(process)} <= {"127.0.0.1"}
        results = engine.run(doubled, numbers(), 2, "ray")
        assert not taken
        assert [next(results) for _ in range(3)] == [0, 2, 4]
        assert len(taken) == 2 * cluster.AHEAD
        del results
        windows = range(2 * cluster.AHEAD + 10)
        assert list(engine.run(doubled, windows, 2, "ray")) == [2 * number for number in windows]
        folder = tmp_path / "two"
        list(engine.run(piece(folder), range(20), 2, "ray"))
        assert {mark.batch for mark in marks(folder, "ended")} == set(range(20))
        left = engine.run(piece(tmp_path / "left", 0.2), range(1000), 2, "ray")
        assert next(left)["batch"] == 0  # and nobody reads on while the cluster goes
    deadline = time.monotonic() + 10
    while remaining := [process for process in started if runs(process)]:
        assert time.monotonic() < deadline, [
            Path(f"/proc/{process}/cmdline").read_bytes() for process in remaining
        ]
        time.sleep(0.05)


def runs(process: int) -> bool:
    """Whether a process is there and no mere entry of one that has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def listening(process: int) -> set[str]:
    """Addresses on which a process listens."""
    answer = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout
    lines = [line.split()[3] for line in answer.splitlines() if f"pid={process}," in line]
    return {line.rpartition(":")[0].strip("[]").removeprefix("::ffff:") for line in lines}


@pytest.mark.parametrize("listens", [False, True])
def test_no_cluster_is_told_within_seconds(listens: bool) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        if listens:
            taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        start = time.monotonic()
        with pytest.raises(Misuse, match=f"no cluster of Ray at {address}"):
            list(cluster.run(doubled, [1], address=address))
    assert time.monotonic() - start < 30


@pytest.mark.parametrize(
    "address", ["somewhere", "ray://127.0.0.1:10001", "127.0.0.1:port", "127.0.0.1:99999"]
)
def test_what_is_no_address_is_told_at_once(address: str) -> None:
    with pytest.raises(Misuse, match=address):
        list(cluster.run(doubled, [1], address=address))
