"""What this program is, as a hash: what it has made and kept is found again by the same program alone."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tasrih import schema

_FILES = (".py", ".txt", ".json", ".so", ".pyd")


@cache
def fingerprint(*libraries: str) -> str:
    """A hash of Python and of the files of Tasrih, its schemas and these libraries, each by its place, size and time.

    To read all of them would take longer than what is saved.
    """
    digest = hashlib.sha256(sys.version.encode())
    found = [find_spec(library) for library in libraries]
    places = [str(Path(spec.origin).parent) for spec in found if spec and spec.origin]
    for folder in (str(Path(__file__).parent), str(schema.folder()), *places):
        for file in sorted(_files(folder)):
            digest.update(file + b"\n")
    return digest.hexdigest()


def _files(folder: str) -> Iterator[bytes]:
    for inner, _, names in os.walk(folder):  # not Path.rglob, which is slower, and there are many
        for name in names:
            if name.endswith(_FILES):
                path = os.path.join(inner, name)  # noqa: PTH118
                stat = os.stat(path)  # noqa: PTH116
                yield os.fsencode(f"{path} {stat.st_size} {stat.st_mtime_ns}")
