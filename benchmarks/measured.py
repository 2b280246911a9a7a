"""Runs a command in a process of its own and measures it whole: seconds and seconds of CPU, or the peak of its memory.

Memory is the proportional share (PSS) of the command and every process that it started, summed, sampled while it
runs; 0 where it ended before the first sample, or the kernel does not tell. The kernel counts pages for every sample and
holds the processes up meanwhile, so a run is either timed or sampled.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.05


@dataclass(frozen=True)
class Measured:
    """One run: wall seconds, CPU seconds, and what it printed."""

    seconds: float
    cpu: float
    out: str


def run(command: list[str], env: dict[str, str] | None = None) -> Measured:
    """Times `command` to its end. Raises CalledProcessError with its stderr where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = _started(command, env)
    out, err = process.communicate()
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    _passed(process, out, err)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(seconds, cpu, out)


def megabytes(command: list[str], env: dict[str, str] | None = None) -> float:
    """The peak of what all processes of `command` hold together. Raises CalledProcessError as `run` does."""
    process = _started(command, env)
    peak = 0.0
    while True:
        try:
            out, err = process.communicate(timeout=_EVERY)
            break
        except subprocess.TimeoutExpired:
            peak = max(peak, sum(map(_megabytes, _family(process.pid))))
    _passed(process, out, err)
    return peak


def _started(command: list[str], env: dict[str, str] | None) -> subprocess.Popen[str]:
    environment = {**os.environ, **(env or {})}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # it would compile Tasrih anew at every start
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def _passed(process: subprocess.Popen[str], out: str, err: str) -> None:
    if process.returncode:
        sys.stderr.write(err)
        raise subprocess.CalledProcessError(process.returncode, process.args, out, err)


def _family(pid: int) -> list[int]:
    """A process and all that came of it."""
    found = [pid]
    for one in found:
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _megabytes(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0
