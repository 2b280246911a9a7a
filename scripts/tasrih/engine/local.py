"""This machine: one process, or a pool of them."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from tasrih.store import Misuse

Batch = TypeVar("Batch")
Result = TypeVar("Result")

_AHEAD = 2
_SET_PARENT_DEATH_SIGNAL = 1
_function: Callable[[Any], Any] | None = None


def _start(function: Callable[[Any], Any], parent: int) -> None:
    global _function  # noqa: PLW0603 - a worker's one function, set as it starts
    _function = function
    _die_with(parent)


def _die_with(parent: int) -> None:
    """Lets Linux kill this worker when its parent is killed; otherwise it would wait for work for ever."""
    try:
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    except (OSError, AttributeError):
        return
    if os.getppid() != parent:  # killed before it could be said
        os._exit(1)


def _call(batch: Any) -> Any:
    assert _function is not None  # noqa: S101
    return _function(batch)


def run(function: Callable[[Batch], Result], batches: Iterable[Batch], workers: int = 1) -> Iterator[Result]:
    """Results of `function` in the order of `batches`, whatever the number of workers.

    `function` must be picklable and keep nothing between batches. At most a few batches a worker are held in
    memory at once. Raises tasrih.store.Misuse where a worker is killed.
    """
    if workers <= 1:
        yield from map(function, batches)
        return
    try:
        yield from _pooled(function, batches, workers)
    except BrokenProcessPool:
        raise Misuse(
            "a worker process was killed, most often for lack of memory: try fewer workers, and run again to go on "
            "from what is done"
        ) from None


def _pooled(function: Callable[[Batch], Result], batches: Iterable[Batch], workers: int) -> Iterator[Result]:
    # A forked worker has everything imported; Arrow makes its threads anew after a fork.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(workers, context, _start, (function, os.getpid())) as pool:
        waiting: deque[Future[Result]] = deque()
        for batch in batches:
            waiting.append(pool.submit(_call, batch))
            if len(waiting) > workers * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
