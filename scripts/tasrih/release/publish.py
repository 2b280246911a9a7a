"""Publishes a release: verified before and after, never over a version that is published already.

What may leave the machine is decided here, once for every kind of target: a +local release may not, and neither may
a text whose article forbids redistribution.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tasrih import folders
from tasrih.release import read
from tasrih.release.manifest import read_manifest, release_files
from tasrih.release.verify import verify
from tasrih.store import Misuse

Progress = Callable[[Iterable[Any]], Iterable[Any]]


def publish(release: Path, target: Path, progress: Progress = lambda items: items) -> Path:
    """Copies the release into the folder `target`, where it stands whole or not at all; returns its place there.

    A version that is there already is left alone where it is the same to the byte. Raises Misuse where it is
    another, where the release is not what its manifest says, and where it may not leave the machine.
    """
    manifest = read_manifest(release)
    refuse_unfit(release, manifest)
    final = target / f"{manifest['name']}-{manifest['version']}"
    if final.exists():
        if _is_published(final, manifest):
            return final
        raise Misuse(
            f"{final}: another release of this version is published there; a new release takes a new version"
        )
    try:
        with folders.replacing(final) as fresh:
            for name, path in progress(
                [*release_files(release), ("manifest.json", release / "manifest.json")]
            ):
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, fresh / name)
            _refuse_findings(fresh)
            if final.exists():  # somebody else was quicker
                raise Misuse(f"{final}: it was published while this ran; publish again to compare the two")
    except OSError as error:
        raise Misuse(f"{final}: cannot be written: {error.strerror or error}") from None
    return final


def refuse_unfit(release: Path, manifest: dict[str, Any]) -> None:
    """Raises Misuse where a release is not what its manifest says, or may not leave the machine."""
    _refuse_findings(release)
    if manifest["local"]:
        raise Misuse(
            f"{release}: it holds texts that may not leave this machine; build without --with-local-texts"
        )
    if unfree := list(_unfree_texts(release)):
        raise Misuse(f"{release}: it holds texts that may not be redistributed: {', '.join(unfree[:5])}")


def _unfree_texts(release: Path) -> Iterator[str]:
    for _, document in read.documents(release):
        if document["text"] is not None and not document["article"]["rights"]["redistribute"]:
            yield document["article"]["id"]


def _refuse_findings(folder: Path) -> None:
    if findings := list(verify(folder)):
        shown = "\n".join(f"  {finding}" for finding in findings[:10])
        raise Misuse(f"{folder}: it is not what its manifest says, so it is not published:\n{shown}")


def _is_published(final: Path, manifest: dict[str, Any]) -> bool:
    try:
        return read_manifest(final) == manifest and not list(verify(final))
    except Misuse:
        return False
