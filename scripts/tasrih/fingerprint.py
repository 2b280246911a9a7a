"""What decides the outcome of working on an article, besides the article: code, schemas and libraries."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from tasrih import schema


@cache
def fingerprint(libraries: tuple[str, ...] = ()) -> str:
    """A hash of the package's own files, the schemas, Python and the versions of `libraries`.

    What is kept under it is found again by the same code alone, so that an edit of the code is never met by what an
    older one has left.
    """
    digest = hashlib.sha256(platform.python_version().encode())
    for name in libraries:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in _files(Path(__file__).parent, ("*.py", "*.txt", "*.json")):
        digest.update(path.read_bytes())
    for path in _files(schema.folder(), ("*.json",)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted(path for pattern in patterns for path in folder.rglob(pattern))
