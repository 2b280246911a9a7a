"""The engines that need no cluster: order, look-ahead, killed workers, names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from work import broken, doubled, marks, piece, refused, suicidal

from tasrih import engine
from tasrih.engine import cluster
from tasrih.store import Misuse


def counted(taken: list[int], many: int) -> Iterator[int]:
    """Numbers, each noted when it is taken."""
    for number in range(many):
        taken.append(number)
        yield number


@pytest.mark.parametrize("workers", [0, 1, 2, 3])
def test_results_come_in_the_order_of_the_batches(workers: int) -> None:
    assert list(engine.run(doubled, range(50), workers)) == [2 * number for number in range(50)]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_no_more_batches_are_taken_than_a_few_a_worker(workers: int) -> None:
    taken: list[int] = []
    results = engine.run(doubled, counted(taken, 1000), workers)
    assert not taken
    for seen in range(1, 101):
        next(results)
        assert len(taken) <= seen + 2 * workers
    results.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("workers", [1, 2])
def test_no_batches_no_results(workers: int) -> None:
    assert list(engine.run(doubled, [], workers)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_function_refuses_arrives_as_itself_after_what_came_before(workers: int) -> None:
    results = engine.run(refused, range(20), workers)
    assert [next(results) for _ in range(7)] == list(range(7))
    with pytest.raises(Misuse, match="shard 7: cannot be read"):
        next(results)


def test_a_killed_worker_is_told_of_in_one_sentence() -> None:
    with pytest.raises(Misuse, match="killed, most often for lack of memory: try fewer workers") as caught:
        list(engine.run(suicidal, range(20), 2))
    assert caught.value.__suppress_context__


def test_workers_are_other_processes(tmp_path: Path) -> None:
    function = piece(tmp_path / "pool", 0.01)
    list(engine.run(function, range(20), 2))
    ended = marks(tmp_path / "pool", "ended")
    assert {mark.parent for mark in ended} == {os.getpid()}
    assert len({mark.worker for mark in ended}) == 2


def test_an_engine_that_there_is_not_is_refused_at_once() -> None:
    for call in (lambda: engine.run(doubled, [], 1, "spark"), lambda: engine.opened(1, "spark")):
        with pytest.raises(Misuse, match="no engine 'spark': choose one of local, ray"):
            call()


def test_the_local_engine_is_opened_without_more_ado() -> None:
    with engine.opened(2):
        assert list(engine.run(doubled, [1], 2)) == [2]


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(Misuse, match=r"pip install 'tasrih\[ray\]'"):
        list(engine.run(doubled, [1], 2, "ray"))


def test_what_a_worker_of_a_cluster_sends_back() -> None:
    """The function that Ray runs in a worker, without Ray: exceptions travel as values, whatever they are."""
    sent = [cluster._called(broken, cluster._row(number))["outcome"] for number in (3, 7)]
    assert cluster._result(sent[0]) == 3
    with pytest.raises(RuntimeError, match="UntransportableError: 7 ليس هنا") as caught:
        cluster._result(sent[1])
    assert "In a worker of Ray" in "".join(caught.value.__notes__)
