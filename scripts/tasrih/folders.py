"""Whole folders written beside and moved into place, so that a kill at any moment leaves the old one or the new one."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_AT_FDCWD, _EXCHANGE = -100, 2


@contextmanager
def replacing(final: Path, *, beside: Path | None = None) -> Iterator[Path]:
    """An empty folder that takes the place of `final` where the block ends well, and is removed where it does not.

    It is made in `beside` (the folder of `final` without it), which must be of the same file system. What earlier
    writers of `final` left there when they were killed is removed. Raises OSError.
    """
    parent = beside or final.parent
    parent.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(parent, final.name)
    fresh = Path(tempfile.mkdtemp(dir=parent, prefix=f".{final.name}.{os.getpid()}.", suffix=".new"))
    try:
        yield fresh
        fresh.chmod(0o755)
        _put_in_place(fresh, final)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swaps two folders in one step where the system can (Linux's renameat2); says whether it did."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE) == 0)


def _clear_abandoned(parent: Path, name: str) -> None:
    """Removes what writers of `name` left in `parent` when they were killed."""
    for path in parent.glob(f".{name}.*.new"):
        owner = re.search(r"[.]([0-9]+)[.][^.]+[.]new\Z", path.name)
        if owner and not _runs(int(owner[1])):
            shutil.rmtree(path, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _put_in_place(fresh: Path, final: Path) -> None:
    """Puts the finished folder in the place of the old one, which is whole at every moment."""
    if not final.exists():
        final.parent.mkdir(parents=True, exist_ok=True)
        fresh.rename(final)
    elif not _exchange(fresh, final):
        old = fresh.with_suffix(".old")
        final.rename(old)
        fresh.rename(final)
        shutil.rmtree(old)
