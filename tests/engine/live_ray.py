"""What the tests on real clusters of Ray share."""

from __future__ import annotations

import importlib.util
import os
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


def private(patch: pytest.MonkeyPatch) -> None:
    """Everything listens on 127.0.0.1 alone; workers find the tests' modules."""
    patch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    patch.setenv("PYTHONPATH", os.pathsep.join([str(CHECKOUT / "scripts"), str(Path(__file__).parent)]))
    patch.delenv("RAY_ADDRESS", raising=False)


def family(process: int) -> list[int]:
    """A process with its descendants."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    return [process, *(one for child in children for one in family(int(child)))]
