"""Verifies a release: every file there, unchanged, and every table what the manifest says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasrih import schema
from tasrih.check.rule import RULES
from tasrih.model import Finding
from tasrih.release.content_hash import ContentHash, joined_content
from tasrih.release.manifest import file_sha256, read_manifest, release_files
from tasrih.release.write import parquet_paths
from tasrih.store import json_pointer


def verify(folder: Path) -> Iterator[Finding]:
    """Everything in which the release in `folder` differs from its manifest."""
    manifest = read_manifest(folder)
    where = str(folder / "manifest.json")
    empty: Any = {"entity": [], "stance": [], "topic": []}
    errors = list(schema.explain("manifest", empty, manifest))
    for error in errors:
        pointer = json_pointer(list(error.absolute_path))
        yield _finding("R201", where, 1, pointer, str(error.message)[:200])
    if errors:
        return
    listed = {entry["path"]: entry for entry in manifest["files"]}
    there = dict(release_files(folder))
    for name in sorted(there.keys() - listed.keys()):
        yield _finding("R204", str(there[name]), 1, "", "the manifest does not list it")
    for name, entry in listed.items():
        if name not in there:
            yield _finding("R202", where, 1, "", f"{name} is missing")
        elif there[name].stat().st_size != entry["bytes"] or file_sha256(there[name]) != entry["sha256"]:
            yield _finding("R203", str(there[name]), 1, "", "its bytes are not those of the manifest")
    for table in manifest["tables"]:
        yield from _verify_table(folder, table)


def _finding(code: str, file: str, line: int, pointer: str, message: str) -> Finding:
    return Finding(code, RULES[code].severity, file, line, pointer, message, RULES[code].mend)


def _verify_table(folder: Path, entry: dict[str, Any]) -> Iterator[Finding]:
    paths = parquet_paths(folder, entry["config"], entry["split"])
    if not paths:
        return
    hashes, rows = [], 0
    for path in paths:
        try:
            content, of_file = table_content(path)
        except (pa.ArrowException, OSError) as error:
            yield _finding("R205", str(path), 1, "", f"cannot be read: {str(error)[:150]}")
            return
        hashes.append(content)
        rows += of_file
    if (joined_content(hashes), rows) != (entry["content_sha256"], entry["rows"]):
        what = "hold" if len(paths) > 1 else "holds"
        yield _finding(
            "R205", str(paths[0]), 1, "", f"{what} {rows} rows of other content than the manifest says"
        )


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
        {(t["config"], t["split"]): t["content_sha256"] for t in manifest["tables"]}
        for manifest in (one, other)
    )
    return sorted("/".join(key) for key in first.keys() | second.keys() if first.get(key) != second.get(key))
