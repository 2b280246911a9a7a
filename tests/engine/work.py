"""Functions of a batch for the tests of the engines, which workers import too."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tasrih.store import Misuse


def doubled(number: int) -> int:
    return 2 * number


def refused(number: int) -> int:
    """A user's mistake in the seventh batch."""
    if number == 7:
        raise Misuse(f"shard {number}: cannot be read")
    return number


def broken(number: int) -> int:
    """A fault of the program's own in the seventh batch, with an exception that cannot travel."""
    if number == 7:
        raise UntransportableError(number, "ليس هنا")
    return number


class UntransportableError(Exception):
    """Cannot be made anew from its arguments."""

    def __init__(self, number: int, word: str) -> None:
        super().__init__(f"{number} {word}")


def suicidal(number: int) -> int:
    """Kills its worker at the seventh batch, every time."""
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@dataclass(frozen=True)
class Piece:
    """Writes a content-addressed file for a batch, and notes who began and who ended it."""

    folder: Path
    seconds: float

    def __call__(self, number: int) -> dict[str, Any]:
        mark = f"{number}.{os.getpid()}.{os.getppid()}"
        (self.folder / "begun" / mark).touch()
        time.sleep(self.seconds)
        content = f"خبر رقم {number}\n".encode() * (number % 7 + 1)
        name = hashlib.sha256(content).hexdigest()
        beside = self.folder / f"{name}.{os.getpid()}"
        beside.write_bytes(content)
        beside.replace(self.folder / "pieces" / name)
        (self.folder / "ended" / mark).touch()
        return {"batch": number, "piece": name, "sizes": np.arange(number % 5, dtype=np.int32)}


def piece(folder: Path, seconds: float = 0.0) -> Piece:
    """The function that writes below `folder`."""
    for part in ("begun", "ended", "pieces"):
        (folder / part).mkdir(parents=True)
    return Piece(folder, seconds)


def pieces(folder: Path) -> dict[str, bytes]:
    """Every piece below `folder`."""
    return {path.name: path.read_bytes() for path in (folder / "pieces").iterdir()}


@dataclass(frozen=True, order=True)
class Mark:
    """A batch that a process began or ended, and that process's parent: on Ray the raylet of its node."""

    batch: int
    worker: int
    parent: int


def marks(folder: Path, kind: str) -> set[Mark]:
    """Who began, or ended, which batch."""
    return {Mark(*map(int, path.name.split("."))) for path in (folder / kind).iterdir()}
