"""Publishes a release: verified before and after, never over a version that is published already.

What may leave the machine is decided here, once for every kind of target: a +local release may not, and neither may
a text whose article forbids redistribution. A target is a folder, a dataset repository of the Hub (`publish_hub`), or
any other address that fsspec knows (`publish_store`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from tasrih import folders
from tasrih.release import read
from tasrih.release.manifest import read_manifest, release_files
from tasrih.release.verify import verify
from tasrih.store import Misuse

Progress = Callable[[Iterable[Any]], Iterable[Any]]
Kind: TypeAlias = Literal["folder", "hub", "store"]
MANIFEST = "manifest.json"
_HUB = "hf"


def kind_of(target: str) -> Kind:
    """What a target is: a dataset repository of the Hub (`hf://…`), another address, or a folder.

    Raises Misuse where it carries credentials, which belong in the environment.
    """
    if "://" not in target:
        return "folder"
    parts = urlsplit(target)
    if parts.password or (parts.username and parts.scheme == _HUB):
        raise Misuse("a target with a password in it; credentials come from the environment alone")
    return "hub" if parts.scheme == _HUB else "store"


def name_of(manifest: dict[str, Any]) -> str:
    """The name of a release and of its folder: <corpus>-<version>."""
    return f"{manifest['name']}-{manifest['version']}"


def publish(release: Path, target: Path, progress: Progress = lambda items: items) -> Path:
    """Copies the release into the folder `target`, where it stands whole or not at all; returns its place there.

    A version that is there already is left alone where it is the same to the byte. Raises Misuse where it is
    another, where the release is not what its manifest says, and where it may not leave the machine.
    """
    manifest = fit_manifest(release)
    final = target / name_of(manifest)
    if final.exists():
        if _is_published(final, manifest):
            return final
        raise already_published(str(final))
    try:
        with folders.replacing(final) as fresh:
            for name, path in progress(all_files(release)):
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, fresh / name)
            refuse_findings(fresh)
            if final.exists():  # somebody else was quicker
                raise Misuse(f"{final}: it was published while this ran; publish again to compare the two")
    except OSError as error:
        raise Misuse(f"{final}: cannot be written: {error.strerror or error}") from None
    return final


def all_files(release: Path) -> list[tuple[str, Path]]:
    """Every file of a release by its path, the manifest last: where it stands the others do."""
    return [*release_files(release), (MANIFEST, release / MANIFEST)]


# --- What may be published ----------------------------------------------------------------------------


def fit_manifest(release: Path) -> dict[str, Any]:
    """The manifest of a release that may be published.

    Raises Misuse where it is not what its manifest says, or may not leave the machine.
    """
    manifest = read_manifest(release)
    refuse_findings(release)
    if manifest["local"]:
        raise Misuse(
            f"{release}: it holds texts that may not leave this machine; build without --with-local-texts"
        )
    if unfree := list(_unfree_texts(release)):
        raise Misuse(f"{release}: it holds texts that may not be redistributed: {', '.join(unfree[:5])}")
    return manifest


def _unfree_texts(release: Path) -> Iterator[str]:
    for _, document in read.documents(release):
        if document["text"] is not None and not document["article"]["rights"]["redistribute"]:
            yield document["article"]["id"]


def refuse_findings(folder: Path) -> None:
    """Raises Misuse where a release is not what its manifest says."""
    if findings := list(verify(folder)):
        shown = "\n".join(f"  {finding}" for finding in findings[:10])
        raise Misuse(f"{folder}: it is not what its manifest says, so it is not published:\n{shown}")


def _is_published(final: Path, manifest: dict[str, Any]) -> bool:
    try:
        return read_manifest(final) == manifest and not list(verify(final))
    except Misuse:
        return False


def already_published(place: str) -> Misuse:
    """What is said where another release of the version is published at `place`."""
    return Misuse(
        f"{place}: another release of this version is published there; a new release takes a new version"
    )


@contextmanager
def reaching(target: str) -> Iterator[None]:
    """Turns whatever a distant store's client raises into one line; published is then nothing that can be seen."""
    try:
        yield
    except Misuse:
        raise
    except Exception as error:  # every client raises what its own HTTP library does, and they change it
        words = " ".join(str(error).split())[:300] or type(error).__name__
        raise Misuse(f"{target}: {words}\n  run it again: it goes on where it was") from error
