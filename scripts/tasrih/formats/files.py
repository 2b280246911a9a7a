"""Files of a format from a disk and onto it: bounded, in the order of their names, nothing written outside of its folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from tasrih import store
from tasrih.formats.exchange import File
from tasrih.store import Misuse

MAX_FILE = store.MAX_FILE
MAX_FILES = 200_000
MAX_TOGETHER = 16 * MAX_FILE  # what is read stays in memory until all of it can be written


def gathered(sources: Sequence[Path], suffixes: Sequence[str]) -> Iterator[File]:
    """The files named, and of folders those with one of the endings; a hidden one and a link are passed over.

    Names are relative to the folder that was named. Raises Misuse where there is none, and for one that is too large, or
    where all together are.
    """
    count = together = 0
    for source in sources:
        inside = _inside(source, suffixes) if source.is_dir() else [source]
        for path in inside:
            count += 1
            if count > MAX_FILES:
                raise Misuse(f"{source}: more than {MAX_FILES:,} files; give them in parts")
            name = path.relative_to(source).as_posix() if source.is_dir() else path.name
            content = store.read_bytes(path, MAX_FILE)
            together += len(content)
            if together > MAX_TOGETHER:
                raise Misuse(
                    f"{source}: the files have more than {MAX_TOGETHER:,} bytes together; give them in parts"
                )
            yield name, content
    if not count:
        raise Misuse(f"{', '.join(map(str, sources))}: no file that ends in {' or '.join(suffixes)}")


def _inside(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    found = []
    for root, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(root, name)
            if not name.startswith(".") and name.endswith(tuple(suffixes)) and not path.is_symlink():
                found.append(path)
                if len(found) > MAX_FILES:
                    raise Misuse(f"{folder}: more than {MAX_FILES:,} files; give them in parts")
    return sorted(found)


def write(out: Path, files: Iterable[File], *, folder: bool) -> int:
    """Writes the files of a format: into the folder `out`, or the one file `out`; returns how many.

    Each is written beside and renamed. Raises Misuse for a name that would lead out of the folder.
    """
    count = 0
    for count, (name, content) in enumerate(files, start=1):  # noqa: B007 - how many there were
        path = PurePosixPath(name)
        if folder and (path.is_absolute() or ".." in path.parts or not path.parts):
            raise Misuse(f"«{name}» is no name of a file in a folder")
        store.write_atomic(out / path if folder else out, content)
    return count
