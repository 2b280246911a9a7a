"""Publishes a release to an address that fsspec knows: s3://bucket/folder, gs://…, sftp://…, memory://…

Such a store cannot put a whole folder in place in one step. So `manifest.json` goes last, once every other file
was read back and found right: a release is published where its manifest stands, and until then it is not. A run
that was cut off leaves files without a manifest, and the next one uploads only what is wanting.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tasrih.release.publish import (
    MANIFEST,
    Progress,
    all_files,
    already_published,
    fit_manifest,
    name_of,
    reaching,
)
from tasrih.store import Misuse

_CHUNK = 1 << 22


def publish(release: Path, target: str, progress: Progress = lambda items: items) -> str:
    """Copies the release below the address `target`; returns its address there.

    Credentials are those that the store's own client finds in the environment. A version that is there already is
    left alone where it is the same. Raises Misuse where it is another, where the release may not be published,
    and where the store cannot be reached.
    """
    manifest = fit_manifest(release)
    final = f"{target.rstrip('/')}/{name_of(manifest)}"
    with reaching(final):
        system, folder = _opened(final)
        there = _manifest_there(system, f"{folder}/{MANIFEST}")
        if there is not None and there != manifest:
            raise already_published(final)
        *files, (_, own_manifest) = all_files(release)
        hashes = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
        if there is None:
            _refuse_strangers(system, folder, final, set(hashes))
        for name, path in progress(files):
            _put(system, path, f"{folder}/{name}", hashes[name], published=there is not None)
        if there is None:
            _put_manifest(system, f"{folder}/{MANIFEST}", own_manifest.read_bytes(), final)
    return final


def _opened(address: str) -> tuple[Any, str]:
    """The file system of an address, and the path there. It caches no listing: others may write too."""
    try:
        import fsspec
    except ImportError:
        raise Misuse("fsspec is not installed: pip install 'tasrih[publish]'") from None
    try:
        system, folder = fsspec.core.url_to_fs(address, use_listings_cache=False, skip_instance_cache=True)
    except ImportError as error:
        raise Misuse(f"{address}: {error}; for s3:// pip install 'tasrih[s3]'") from None
    except ValueError as error:
        raise Misuse(f"{address}: {error}") from None
    return system, str(folder)


def _manifest_there(system: Any, path: str) -> Any:
    """The manifest at `path`; None where there is none, or what is no JSON as it stands."""
    try:
        content = system.cat_file(path)
    except FileNotFoundError:
        return None
    try:
        return json.loads(content)
    except ValueError:
        return {}


def _refuse_strangers(system: Any, folder: str, final: str, names: set[str]) -> None:
    """Raises Misuse where the folder holds what is no file of the release: it is not ours to remove."""
    root = system._strip_protocol(folder).rstrip("/") + "/"
    found = {system._strip_protocol(path).removeprefix(root) for path in system.find(folder)}
    if strangers := sorted(found - names):
        shown = ", ".join(strangers[:5])
        raise Misuse(f"{final}: files that are not of this release are there: {shown}; remove them first")


def _put(system: Any, path: Path, there: str, sha256: str, *, published: bool) -> None:
    """Uploads a file unless it is there, and reads it back. What is published already is only read."""
    if _sha256(system, there) == sha256:
        return
    if published:
        raise Misuse(
            f"{there}: is not what the manifest beside it says; somebody changed a published release"
        )
    system.makedirs(there.rpartition("/")[0], exist_ok=True)
    system.put_file(str(path), there)
    if _sha256(system, there) != sha256:
        raise Misuse(f"{there}: came back with other bytes than were sent; run it again")


def _sha256(system: Any, path: str) -> str:
    """Hex SHA-256 of what the store has at `path`, read in pieces; an empty string where it has nothing."""
    digest = hashlib.sha256()
    try:
        with system.open(path, "rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def _put_manifest(system: Any, path: str, content: bytes, final: str) -> None:
    """The last step, by which the release is published; it fails where somebody else was quicker."""
    try:
        system.pipe_file(path, content, mode="create")
    except FileExistsError:
        raise Misuse(f"{final}: it was published while this ran; publish again to compare the two") from None
    if system.cat_file(path) != content:
        raise Misuse(f"{path}: came back with other bytes than were sent; run it again")
