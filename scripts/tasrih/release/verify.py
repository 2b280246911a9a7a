"""Verifies a release: every file there, unchanged, and every table what the manifest says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasrih import schema
from tasrih.check.reading import BASE
from tasrih.check.rule import Example, Rule, add
from tasrih.model import Finding
from tasrih.release.build import file_sha256, release_files
from tasrih.release.content_hash import ContentHash
from tasrih.release.write import parquet_path
from tasrih.store import Misuse, json_pointer

_HELP = "A release is what its manifest.json says, to the byte."


def _rule(code: str, title: str, mend: str) -> None:
    example = Example(BASE)
    add(Rule(code, "error", "release", title, _HELP, mend, example, example))


_rule("R201", "The manifest is not of the schema's shape", "build the release again")
_rule("R202", "A file of the release is missing", "fetch or build the release again")
_rule("R203", "A file of the release has other bytes than the manifest says", "fetch or build the release again")
_rule("R204", "A file stands in the release that the manifest does not list", "take it out")
_rule("R205", "A table has other content than the manifest says", "fetch or build the release again")


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


def verify(folder: Path) -> Iterator[Finding]:
    """Everything in which the release in `folder` differs from its manifest."""
    manifest = read_manifest(folder)
    where = str(folder / "manifest.json")
    empty: Any = {"entity": [], "stance": [], "topic": []}
    errors = list(schema.explain("manifest", empty, manifest))
    for error in errors:
        pointer = json_pointer(list(error.absolute_path))
        yield Finding("R201", "error", where, 1, pointer, str(error.message)[:200], "build the release again")
    if errors:
        return
    listed = {entry["path"]: entry for entry in manifest["files"]}
    there = dict(release_files(folder))
    for name in sorted(there.keys() - listed.keys()):
        yield Finding("R204", "error", str(there[name]), 1, "", "the manifest does not list it", "take it out")
    for name, entry in listed.items():
        if name not in there:
            yield Finding("R202", "error", where, 1, "", f"{name} is missing", "fetch or build the release again")
        elif there[name].stat().st_size != entry["bytes"] or file_sha256(there[name]) != entry["sha256"]:
            yield Finding("R203", "error", str(there[name]), 1, "", "its bytes are not those of the manifest", "fetch or build the release again")
    for table in manifest["tables"]:
        yield from _verify_table(folder, table)


def _verify_table(folder: Path, entry: dict[str, Any]) -> Iterator[Finding]:
    path = folder / parquet_path(entry["config"], entry["split"])
    if not path.is_file():
        return
    try:
        content, rows = table_content(path)
    except (pa.ArrowException, OSError) as error:
        yield Finding("R205", "error", str(path), 1, "", f"cannot be read: {str(error)[:150]}", "fetch or build the release again")
        return
    if (content, rows) != (entry["content_sha256"], entry["rows"]):
        yield Finding("R205", "error", str(path), 1, "", f"holds {rows} rows of other content than the manifest says", "fetch or build the release again")


def table_content(path: Path) -> tuple[str, int]:
    """Logical content hash and rows of a Parquet file, read a row group at a time."""
    digest = ContentHash()
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            digest.update(file.read_row_group(group))
    return digest.hexdigest(), digest.rows


def differing_tables(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Tables whose logical content differs between two manifests, whatever wrote them."""
    first, second = (
        {(t["config"], t["split"]): t["content_sha256"] for t in manifest["tables"]} for manifest in (one, other)
    )
    return sorted("/".join(key) for key in first.keys() | second.keys() if first.get(key) != second.get(key))
