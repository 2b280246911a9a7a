"""What a program of our own sets before it works on many batches: no pandas, and memory kept between batches.

pyarrow imports pandas at its first array, which takes half a second; and glibc gives memory back to the system
after every batch only to ask for it again, a tenth of the work.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType


class _NoPandas(MetaPathFinder):
    """Finds that pandas is not there."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("pandas is left out to start quickly", name="pandas")


def without_pandas() -> None:
    """Lets pyarrow find no pandas in this process, and so in the workers that it forks.

    For programs of our own only: afterwards `to_pandas()` fails here. Does nothing where pandas is loaded.
    """
    if "pandas" in sys.modules:
        return
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        import pyarrow as pa

        pa.array([0])  # pyarrow looks for pandas once, at its first array
    finally:
        sys.meta_path.remove(finder)


_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_KEPT = 256 * 1024 * 1024


def keep_memory() -> None:
    """Lets glibc keep up to _KEPT freed bytes for the next batch. Does nothing where there is no glibc."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(_MMAP_THRESHOLD, _KEPT // 8)  # the most that glibc takes
    mallopt(_TRIM_THRESHOLD, _KEPT)
    mallopt(_TOP_PAD, _KEPT // 16)
