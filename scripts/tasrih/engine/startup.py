"""Keeps pyarrow from importing pandas, which the command line never needs and which takes half a second."""

from __future__ import annotations

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
