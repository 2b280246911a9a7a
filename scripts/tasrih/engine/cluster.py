"""Many machines: the same function of a batch under Ray Data.

Ray Data runs a dataset from its beginning to its end and looks ahead as far as its store of objects reaches. So the
batches go to it in windows: each is a small dataset of blocks of a few batches, in order, and no more than a
window of results waits for whoever reads them. A worker or a node that dies takes its unfinished batches with it; Ray runs
these again elsewhere, so the function must not mind running twice.
"""

from __future__ import annotations

import logging
import os
import pickle
import socket
import threading
import traceback
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any, TypeVar
from weakref import WeakSet

from tasrih.store import Misuse

Batch = TypeVar("Batch")
Result = TypeVar("Result")

AHEAD = 256  # batches a worker in one window: Ray Data runs a window's first second on one worker alone
_TOGETHER = 8  # batches that one task runs: Ray Data takes a tenth of a second to see that a task has ended
_SHARES = 4  # but tasks a worker that there are at least, so that none waits long for the last
_RETRIES = 5  # a batch that kills whoever runs it must end some time; Ray Data alone would go on for ever
_PATIENCE = 5.0  # seconds for a cluster to answer at all
_LAST = 60.0  # seconds for a dataset to end
_EXECUTOR = "StreamingExecutor"  # the thread of a running dataset
_STORE = 1 << 30  # bytes of shared memory for a cluster of our own; results are small, and more goes to disk
_PREFETCH = "RAY_DATA_METADATA_PREFETCH_ON_THREAD"  # at 0, it sees so in half the time, with a thread less
_LOOPBACK = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"  # at 0, Ray listens on 127.0.0.1 alone, whatever the system

_LOOK = 5.0  # seconds between looks at what the cluster has
_DESERTED = 30.0  # seconds without a processor before it is told
_LOG = logging.getLogger(__name__)

_unread: WeakSet[Generator[bytes, None, None]] = WeakSet()


def run(
    function: Callable[[Batch], Result],
    batches: Iterable[Batch],
    workers: int = 0,
    address: str | None = None,
) -> Iterator[Result]:
    """Results of `function` in the order of `batches`, whatever happens to single workers and nodes.

    `function` must be picklable, keep nothing between batches and be harmless when it runs twice; `workers` is how
    many batches run at once, 0 for as many as the cluster has processors. A batch is taken at most AHEAD a worker
    before its result is read. What `function` raises arrives as itself. See `connected` for `address`. Raises
    tasrih.store.Misuse where there is no Ray or no cluster, and where a batch has killed its worker too often.
    """
    with connected(workers, address) as ray:
        size = workers if workers > 0 else _processors(ray)
        remaining = iter(batches)
        while window := list(islice(remaining, AHEAD * size)):
            yield from _window(ray, function, window, size)


@contextmanager
def connected(workers: int = 0, address: str | None = None) -> Iterator[Any]:
    """Connects to a cluster, so that several runs share it; within, `run` uses this one.

    The cluster is the one that this process is connected to, else the one at `address` or in RAY_ADDRESS
    (HOST:PORT of its head, or auto for the one on this machine), else one made for the occasion: this machine
    alone, with as many processors as `workers` (0: all), open to nobody else, and gone afterwards.
    """
    address = address or os.environ.get("RAY_ADDRESS") or "local"
    ray = _ray(address)
    if ray.is_initialized():
        yield ray
        return
    _connect(ray, workers, address)
    try:
        with _told_when_deserted(ray):
            yield ray
    finally:
        _settle()
        ray.shutdown()


# --- Connecting ---------------------------------------------------------------------------------------


def _ray(address: str) -> Any:
    """Ray, which reads these settings where it is imported."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault(_PREFETCH, "0")
    if address == "local":
        os.environ.setdefault(_LOOPBACK, "0")
    try:
        import ray
        import ray.data
    except ImportError:
        raise Misuse("the engine ray needs an extra: pip install 'tasrih[ray]'") from None
    return ray


def _connect(ray: Any, workers: int, address: str) -> None:
    own = {"num_cpus": workers or None, "include_dashboard": False, "object_store_memory": _STORE}
    if address != "local":
        _reachable(address)
    try:
        ray.init(
            address, log_to_driver=False, logging_level=logging.ERROR, **(own if address == "local" else {})
        )
    except Exception as error:  # noqa: BLE001 - Ray raises bare ones too
        where = "can be started here" if address == "local" else f"at {address}"
        raise Misuse(f"no cluster of Ray {where}: {_first_line(error)}") from None
    _quiet(ray)


def _quiet(ray: Any) -> None:
    """What matters arrives as an exception. Without this Ray tells of each dead worker on standard output."""
    ray._private.worker._worker_logs_enabled = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)


def _settle() -> None:
    """Ends datasets that nobody reads on, for Ray ends the process where a thread of theirs misses it."""
    for outcomes in list(_unread):
        outcomes.close()
    for thread in threading.enumerate():
        if thread.name.startswith(_EXECUTOR):
            thread.join(_LAST)


@contextmanager
def _told_when_deserted(ray: Any) -> Iterator[None]:
    """Says so when the last node with a processor is gone: Ray waits for another one for ever, without a word."""
    ended = threading.Event()

    def watch() -> None:
        deserted = 0.0
        while not ended.wait(_LOOK):
            try:
                processors = ray.cluster_resources().get("CPU")
            except Exception:  # noqa: BLE001 - the head is gone, of which Ray tells by itself, by bare ones too
                return
            deserted = 0.0 if processors else deserted + _LOOK
            if _DESERTED <= deserted < _DESERTED + _LOOK:
                _LOG.warning(
                    "the cluster of Ray has no node with a processor left; this goes on once one joins it (ray start "
                    "--address), and may as well be ended and run again later: what is done stays done"
                )

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:  # no thread may look for Ray after its shutdown
        ended.set()
        thread.join()


def _reachable(address: str) -> None:
    """Raises Misuse where nobody answers at `address`; Ray itself would ask for many minutes."""
    if address == "auto":
        return
    host, colon, port = address.rpartition(":")
    if "/" in address or not colon or not port.isdecimal():
        raise Misuse(f"{address} is no address of a cluster of Ray: give HOST:PORT of its head, or auto")
    try:
        answers = _speaks_http2(host.strip("[]"), int(port))
    except (OSError, OverflowError) as error:
        raise Misuse(f"no cluster of Ray at {address}: {error}") from None
    if not answers:
        raise Misuse(f"no cluster of Ray at {address}: what listens there is something else")


def _speaks_http2(host: str, port: int) -> bool:
    """Whether a server answers a greeting of HTTP/2 (RFC 9113, 3.4) with one, as every server of gRPC does."""
    empty_settings = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
    with socket.create_connection((host, port), _PATIENCE) as connection:
        if os.environ.get("RAY_USE_TLS", "0") == "1":
            return True
        connection.settimeout(_PATIENCE)
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + empty_settings)
        start = connection.recv(4)
    return len(start) == 4 and start[3] == empty_settings[3]


def _processors(ray: Any) -> int:
    found = int(ray.cluster_resources().get("CPU", 0))
    if found < 1:
        raise Misuse("the cluster of Ray has no processor to run anything on (ray start --num-cpus)")
    return found


# --- One window ---------------------------------------------------------------------------------------


def _window(
    ray: Any, function: Callable[[Batch], Result], batches: list[Batch], size: int
) -> Iterator[Result]:
    """Results of a window of batches, in order."""
    outcomes = _outcomes(ray, _dataset(ray, function, batches, size))
    _unread.add(outcomes)
    try:
        for _, outcome in zip(batches, outcomes, strict=True):
            yield _result(outcome)
    except ray.exceptions.RayTaskError as error:
        raise Misuse(
            f"a worker of Ray could not begin: {_last_line(error)}; every node needs the same Python, Ray and Tasrih"
        ) from None
    except ray.exceptions.RayError as error:
        raise Misuse(
            f"a worker of Ray was killed {_RETRIES + 1} times at one batch, most often for lack of memory, or its "
            f"node is gone: try fewer workers, and run again to go on from what is done ({_first_line(error)})"
        ) from None
    finally:
        outcomes.close()


def _outcomes(ray: Any, dataset: Any) -> Generator[bytes, None, None]:
    """What the workers sent, block by block.

    Whoever asks a dataset for rows gets threads with them that outlive it, and one that looks for Ray after
    `ray.shutdown` ends this process without a word (seen with 2.55).
    """
    for bundle in dataset.iter_internal_ref_bundles():
        for block in bundle.block_refs:
            yield from ray.get(block)["outcome"].to_pylist()


def _dataset(ray: Any, function: Callable[[Batch], Result], batches: list[Batch], size: int) -> Any:
    """A dataset of which a task runs a block of a few batches. It keeps the context it is made in."""
    blocks = max(min(len(batches), _SHARES * size), -(-len(batches) // _TOGETHER))
    context = ray.data.DataContext.get_current()
    was = context.enable_progress_bars, context.execution_options.preserve_order
    context.enable_progress_bars, context.execution_options.preserve_order = False, True
    try:
        dataset = ray.data.from_items([_row(batch) for batch in batches], override_num_blocks=blocks)
        strategy = ray.data.TaskPoolStrategy(size=size)
        with warnings.catch_warnings():
            # Deprecated from 2.60, to go in 2.64, and nothing else says how often a task is tried.
            warnings.simplefilter("ignore")
            return dataset.map(partial(_called, function), compute=strategy, max_retries=_RETRIES)
    finally:
        context.enable_progress_bars, context.execution_options.preserve_order = was


def _row(batch: Any) -> dict[str, bytes]:
    return {"batch": pickle.dumps(batch, pickle.HIGHEST_PROTOCOL)}


def _called(function: Callable[[Any], Any], row: dict[str, bytes]) -> dict[str, bytes]:
    """What a worker makes of a batch. An exception is a result: Ray would wrap it and write it into the log."""
    try:
        outcome: Any = (True, function(pickle.loads(row["batch"])))  # noqa: S301 - our own
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where it is asked for
        if not isinstance(error, Misuse):  # which says itself what is wrong and where
            error.add_note(f"In a worker of Ray:\n{traceback.format_exc()}")
        outcome = (False, error)
    try:
        sent = pickle.dumps(outcome, pickle.HIGHEST_PROTOCOL)
        if not outcome[0]:
            pickle.loads(sent)  # noqa: S301 - some exceptions can be sent and not received
    except Exception as error:  # noqa: BLE001 - whatever a result or an exception does when it is sent
        sent = pickle.dumps((False, _sendable(outcome[1], error)))
    return {"outcome": sent}


def _sendable(value: Any, error: Exception) -> Exception:
    """An exception that says what a worker could not send."""
    said = RuntimeError(f"{type(value).__name__}: {value}")
    said.add_note("\n".join([f"It cannot be sent as itself: {error}", *getattr(value, "__notes__", [])]))
    return said


def _result(outcome: bytes) -> Any:
    """The result that a worker sent. Raises what the function raised."""
    ok, value = pickle.loads(outcome)  # noqa: S301 - our own
    if ok:
        return value
    raise value


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _last_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[-1].strip()
