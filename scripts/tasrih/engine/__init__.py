"""Runs a function of a batch over many batches: in this process, in a pool, or on Ray. Nothing else decides that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, TypeVar

from tasrih.engine import cluster, local
from tasrih.engine.startup import keep_memory, without_pandas
from tasrih.store import Misuse

__all__ = ["ENGINES", "Watch", "keep_memory", "opened", "run", "unwatched", "without_pandas"]

Batch = TypeVar("Batch")
Result = TypeVar("Result")

ENGINES = ("local", "ray")


class Watch(Protocol):
    """Hands the items on and shows how far they are.

    `total` is what the first number that `amount` gives of every item adds up to; the second is how many articles
    the item has.
    """

    def __call__(
        self, label: str, items: Iterable[Any], total: int, amount: Callable[[Any], tuple[int, int]], /
    ) -> Iterator[Any]: ...


def unwatched(
    label: str, items: Iterable[Any], total: int, amount: Callable[[Any], tuple[int, int]], /
) -> Iterator[Any]:
    """Shows nothing."""
    yield from items


def run(
    function: Callable[[Batch], Result], batches: Iterable[Batch], workers: int = 0, engine: str = "local"
) -> Iterator[Result]:
    """Results of `function` in the order of `batches`, the same on every engine.

    `function` must be picklable, keep nothing between batches and be harmless when it runs twice. `workers` is how
    many batches run at once; 0 is this process alone on the engine local, and on ray whatever the cluster has.
    Raises tasrih.store.Misuse for an engine that there is not.
    """
    _known(engine)
    return (cluster.run if engine == "ray" else local.run)(function, batches, workers)


def opened(workers: int = 0, engine: str = "local") -> AbstractContextManager[Any]:
    """Keeps an engine open over several runs. Without it each run on ray connects, or starts a cluster, anew."""
    _known(engine)
    return cluster.connected(workers) if engine == "ray" else nullcontext()


def _known(engine: str) -> None:
    if engine not in ENGINES:
        raise Misuse(f"there is no engine {engine!r}: choose one of {', '.join(ENGINES)}")
