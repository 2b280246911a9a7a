"""manifest.json of a release, and the files that it lists."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tasrih.store import Misuse


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a release. Raises Misuse where there is none that can be read."""
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_bytes())
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}; give the folder of a release") from None
    except ValueError as error:
        raise Misuse(f"{path}: is not JSON: {error}") from None
    if not isinstance(manifest, dict):
        raise Misuse(f"{path}: is not a manifest")
    return manifest


def release_files(folder: Path) -> list[tuple[str, Path]]:
    """Every file of a release but its manifest, by its path with forward slashes, sorted."""
    found = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    return sorted((name, path) for name, path in found if name != "manifest.json")


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
