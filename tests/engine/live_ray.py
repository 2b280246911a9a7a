"""What the tests on real clusters of Ray share."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import CHECKOUT

# What Ray leaves open and calls by old names is not ours.
RAY = [
    pytest.mark.skipif(
        importlib.util.find_spec("ray") is None,
        reason="ray is not here (pip install 'tasrih[ray]'), so the engine ray is not tested: run «make test-ray»",
    ),
    pytest.mark.filterwarnings("ignore"),
]


NODES = Path(__file__).with_name("nodes.py")
STARTS = 3


@dataclass(frozen=True)
class Nodes:
    """A running cluster: the head's address, its server, and the process of each node that starts its workers."""

    address: str
    raylets: list[int]
    server: int


def started(*processors: str) -> tuple[subprocess.Popen[str], Nodes]:
    """Nodes that are up. Ray gives a node half a minute to start, which a loaded machine may not."""
    for _ in range(STARTS):
        command = [sys.executable, str(NODES), *processors]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        if line := process.stdout.readline():
            return process, Nodes(**json.loads(line))
        process.communicate()
    pytest.fail(f"Ray could not start {len(processors)} nodes, {STARTS} times")


def private(patch: pytest.MonkeyPatch) -> None:
    """Everything listens on 127.0.0.1 alone; workers find the tests' modules."""
    patch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    patch.setenv("PYTHONPATH", os.pathsep.join([str(CHECKOUT / "scripts"), str(Path(__file__).parent)]))
    patch.delenv("RAY_ADDRESS", raising=False)


def family(process: int) -> list[int]:
    """A process with its descendants."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    return [process, *(one for child in children for one in family(int(child)))]


def kill_family(process: int) -> list[int]:
    """Kills a process first, then what it started; returns all of them."""
    killed = family(process)
    for one in killed:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    return killed
