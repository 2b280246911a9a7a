"""Runs a function of a batch over many batches: in this process, in a pool or on Ray. Nothing else decides that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

from tasrih.engine import local
from tasrih.engine.startup import keep_memory, without_pandas
from tasrih.store import Misuse

__all__ = ["ENGINES", "Watch", "keep_memory", "run", "unwatched", "without_pandas"]

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
    function: Callable[[Batch], Result], batches: Iterable[Batch], workers: int = 1, engine: str = "local"
) -> Iterator[Result]:
    """Results of `function` in the order of `batches`, whatever the engine and the number of workers.

    `function` must be picklable and keep nothing between batches. A few batches a worker are held in memory at once.
    """
    if engine == "local":
        return local.run(function, batches, workers)
    raise Misuse(f"--engine: «{engine}» is not one of {', '.join(ENGINES)}")
