"""Measures what the engine ray costs beside a pool of this machine: the same function, the same two processors.

A batch is busy for a given time of its processor (not of the clock), so that whatever Ray does beside it is paid for;
or it waits for that time, so that other load on the machine weighs little. Each run is a process of its own, the
engines in turns. Overhead is by batch, on the clock: the difference of two runs of one round, divided by their
batches.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from itertools import product
from pathlib import Path
from typing import Any

WORKERS = 2
BATCHES = {0.05: 160, 0.5: 24}  # seconds of a processor: how many


def busy(seconds: float) -> float:
    """Keeps a processor busy."""
    start = time.process_time()
    while time.process_time() - start < seconds:
        pass
    return seconds


KINDS = {"busy": busy, "waiting": time.sleep}


def one_run(name: str) -> dict[str, float]:
    """Seconds of an engine: until the first result, and of the batches of each length. Bytes of its processes."""
    import ray_overhead
    from tasrih import engine

    start = time.perf_counter()
    found = {}
    with engine.opened(WORKERS, name):
        found["open"] = time.perf_counter() - start
        list(engine.run(ray_overhead.busy, [0.0] * WORKERS, WORKERS, name))
        found["first"] = time.perf_counter() - start
        for kind, (seconds, many) in product(KINDS, BATCHES.items()):
            start = time.perf_counter()
            assert len(list(engine.run(ray_overhead.KINDS[kind], [seconds] * many, WORKERS, name))) == many
            found[f"{kind}_{seconds}"] = time.perf_counter() - start
        found["bytes"] = sum(map(proportional, family(os.getpid())))
    return found


def family(process: int) -> list[int]:
    """A process with its descendants."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    return [process, *(one for child in children for one in family(int(child)))]


def proportional(process: int) -> int:
    """Bytes of a process, with its share of what it shares."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def measured(name: str) -> dict[str, float]:
    """One run in a process of its own, which finds this module, as do its workers."""
    places = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "scripts")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    command = [sys.executable, __file__, "--one", name]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return dict(json.loads(answer.stdout))


def spread(values: list[float]) -> dict[str, float]:
    """Median, least and most, to three places."""
    return {
        "median": round(statistics.median(values), 3),
        "least": round(min(values), 3),
        "most": round(max(values), 3),
    }


def overhead(rounds: list[dict[str, dict[str, float]]], which: str, many: int) -> dict[str, Any]:
    """What ray takes beyond the pool, and in relation to it."""
    pairs = [(one["ray"][which], one["local"][which]) for one in rounds]
    return {
        "milliseconds_a_batch": spread([1000 * (ray - local) / many for ray, local in pairs]),
        "ratio": spread([ray / local for ray, local in pairs]),
    }


def summary(rounds: list[dict[str, dict[str, float]]]) -> dict[str, Any]:
    """Figures over the rounds."""
    figures: dict[str, Any] = {"rounds": len(rounds), "workers": WORKERS}
    for name in ("local", "ray"):
        runs = [one[name] for one in rounds]
        figures[name] = {
            "open_seconds": spread([run["open"] for run in runs]),
            "first_result_seconds": spread([run["first"] for run in runs]),
            "megabytes": spread([run["bytes"] / 1e6 for run in runs]),
            **{
                f"seconds_of_{many}_{kind}_{seconds}": spread([run[f"{kind}_{seconds}"] for run in runs])
                for kind, (seconds, many) in product(KINDS, BATCHES.items())
            },
        }
    figures["overhead"] = {
        f"{kind}_{seconds}": overhead(rounds, f"{kind}_{seconds}", many)
        for kind, (seconds, many) in product(KINDS, BATCHES.items())
    }
    return figures


def main() -> None:
    """Runs the rounds and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="where the figures are written too")
    parser.add_argument("--one", choices=["local", "ray"], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(one_run(chosen.one)))
        return
    rounds = [{name: measured(name) for name in ("local", "ray")} for _ in range(chosen.rounds)]
    text = json.dumps(summary(rounds), indent=2) + "\n"
    if chosen.json:
        chosen.json.write_text(text, "utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
