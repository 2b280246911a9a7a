"""What the tests of publishing share: two releases of the project's corpus, and the command line as a process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tasrih.release.build import build
from tasrih.release.manifest import read_manifest
from tasrih.release.publish import all_files

CHECKOUT = Path(__file__).parents[1]

Done = subprocess.CompletedProcess


def two_releases(folder: Path) -> None:
    """Builds the project's corpus as it is, and a later version of it without one article of the training split, in `dist`."""
    first = build(CHECKOUT / "corpus", folder / "dist").folder
    later = shutil.copytree(CHECKOUT / "corpus", folder / "corpus")
    shutil.copyfile(CHECKOUT / "dataset_card.md", folder / "dataset_card.md")
    settings = later / "corpus.toml"
    text = settings.read_text("utf-8")
    version = next(line for line in text.splitlines() if line.startswith("version"))
    settings.write_text(text.replace(version, 'version = "99.0.0"'), "utf-8")
    splits = later / "splits.jsonl"
    lines = splits.read_text("utf-8").splitlines(keepends=True)
    gone = next(line for line in lines if json.loads(line)["split"] == "train")
    splits.write_text("".join(line for line in lines if line != gone), "utf-8")
    shutil.rmtree(later / "articles" / json.loads(gone)["article"])
    second = build(later, folder / "dist")
    assert first and second.folder, [str(finding) for finding in second.findings][:3]


def environment(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process whose caches lie in `folder`; no token of whoever runs the tests is in it."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", "AWS_", "HUGGING"))
    }
    return {
        **kept,
        "HF_HOME": str(folder / "home"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_COLOR": "1",
        **more,
    }


def command(environment: Mapping[str, str], *arguments: str | Path) -> list[str]:
    """The command line of this checkout with these arguments."""
    return [sys.executable, "-m", "tasrih", *map(str, arguments)]


def run(environment: Mapping[str, str], *arguments: str | Path) -> Done[str]:
    """Runs the command line to its end."""
    return subprocess.run(
        command(environment, *arguments), capture_output=True, text=True, env=environment, timeout=300
    )


def python(environment: Mapping[str, str], script: str, *arguments: str | Path) -> str:
    """What a script prints that a user of the release runs."""
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def content(release: Path) -> dict[str, bytes]:
    """Every file of a release by its path."""
    return {name: path.read_bytes() for name, path in all_files(release)}


def rows_of(release: Path) -> dict[str, dict[str, int]]:
    """Rows by configuration and split, as the manifest says."""
    rows: dict[str, dict[str, int]] = {}
    for table in read_manifest(release)["tables"]:
        rows.setdefault(table["config"], {})[table["split"]] = table["rows"]
    return rows
