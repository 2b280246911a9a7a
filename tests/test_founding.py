"""The founding article: its text stays out of everything, and a user who has it gets all of it back."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from conftest import CHECKOUT, Once
from tasrih import store
from tasrih.check import check_corpus
from tasrih.cli import app
from tasrih.ingest.hydrate import hydrate
from tasrih.release.build import build

ID = "lavrov-pompeo-call"
RUN = 8


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of RUN white-space tokens."""
    words = text.split()
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for child in value.values() for text in strings(child)]
    return [text for child in value for text in strings(child)] if isinstance(value, list) else []


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return unhydrated(tmp_path)


def unhydrated(folder: Path) -> Path:
    """A copy of the corpus in `folder`, without texts that were hydrated."""
    root = folder / "corpus"
    shutil.copytree(CHECKOUT / "corpus", root, ignore=shutil.ignore_patterns(".tasrih"))
    return root


@pytest.fixture(scope="session")
def built(once: Once, founding_text: Path) -> Path:
    """A folder with the hydrated corpus and, in `dist`, its releases: the plain one and the one with local texts."""

    def fill(folder: Path) -> None:
        corpus = unhydrated(folder)
        done = CliRunner().invoke(app, ["hydrate", str(founding_text), "--corpus", str(corpus)])
        assert done.exit_code == 0 and ID in done.output
        assert build(corpus, folder / "dist").folder
        assert build(corpus, folder / "dist", texts="local").folder

    return once("founding", fill)


def two_of(built: Path) -> tuple[Path, Path]:
    """The plain release and the one with local texts."""
    plain, local = sorted((built / "dist").iterdir())
    assert local.name == plain.name + "+local"
    return plain, local


def test_the_repository_holds_offsets_and_hashes_alone(corpus: Path) -> None:
    folder = corpus / "articles" / ID
    assert sorted(path.name for path in folder.iterdir()) == ["article.json", "gold.jsonl"]
    article = json.loads((folder / "article.json").read_bytes())
    assert article["rights"] == {"licence": "all rights reserved", "redistribute": False}
    assert article["date"] is None and article["title"] is None
    assert [zone["kind"] for zone in article["zones"]] == ["heading", "credit", "credit", "credit"]
    assert set(article["credits"]) == {"image", "source"} and article["publisher"]
    for line in (folder / "gold.jsonl").read_text("utf-8").splitlines()[1:]:
        record = json.loads(line)
        assert "text" not in record and len(record["quote_hmac"]) == 64
        assert not any("\u0600" <= character <= "\u06ff" for character in line)


def test_hydrate_check_build(built: Path, founding_text: Path) -> None:
    findings = [finding for finding in check_corpus(built / "corpus") if finding.severity != "note"]
    assert [str(finding) for finding in findings] == []

    plain, local = two_of(built)
    text = founding_text.read_text("utf-8")
    tables = {
        path.parent.name: pq.read_table(path).to_pylist()
        for path in local.glob("data/*/*.parquet")
        if path.name.startswith(split(local))
    }
    for config in (
        "articles",
        "entities",
        "claims",
        "stances",
        "ner",
        "attribution",
        "stance_pairs",
        "standoff",
    ):
        assert any(ID in (row.get("article"), row.get("id")) for row in tables[config]), config
    rows = [row for row in tables["entities"] if row["article"] == ID]
    assert len(rows) > 50
    assert all(text[row["start"] : row["end"]] == row["text"] for row in rows)
    withheld = runs(text)
    for file, words in words_of(plain):
        assert not runs(words) & withheld, file


def hydrated(corpus: Path, founding_text: Path) -> Path:
    """The corpus with the founding article's text in its place."""
    assert [found.article for found in hydrate(store.open_corpus(corpus), founding_text)] == [ID]
    return corpus


def test_the_site_never_has_its_words(corpus: Path, built: Path, founding_text: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    sites = []
    _, local = two_of(built)
    for folder in (corpus / "articles").iterdir():  # a few are enough, and quick
        if folder.name not in (ID, "paris-agreement-us-2021", "zahrat-water-network"):
            shutil.rmtree(folder)
    text = runs(founding_text.read_text("utf-8"))
    for name in ("before", "hydrated"):
        done = runner.invoke(app, ["explore", "--corpus", str(corpus), "--out", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        sites.append({p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*.*")})
        hydrated(corpus, founding_text)
    assert (corpus / ".tasrih" / "texts").is_dir() and sites[0] == sites[1]
    done = runner.invoke(app, ["explore", str(local), "--out", str(tmp_path / "local")])
    assert done.exit_code == 0, done.output
    for folder in ("hydrated", "local"):
        shown = [path for path in (tmp_path / folder).rglob("*.*") if path.is_file()]
        assert any(path.name == f"{ID}.html" for path in shown)
        for path in shown:
            content = path.read_text("utf-8")
            plain = unescape(re.sub(r"<[^>]*>", "", content)) if path.suffix == ".html" else content
            assert not (runs(plain) | runs(content)) & text, path


def split(release: Path) -> str:
    """The split that the founding article is in."""
    for path in release.glob("data/standoff/*.parquet"):
        if ID in pq.read_table(path, columns=["id"])["id"].to_pylist():
            return path.name.split("-")[0]
    raise AssertionError("the founding article is in no split")


def words_of(release: Path) -> list[tuple[str, str]]:
    """Every file of a release with every string in it, table cells apart."""
    found = []
    for path in release.rglob("*"):
        if path.suffix == ".parquet":
            found += [(path.name, text) for text in strings(pq.read_table(path).to_pylist())]
        elif path.is_file():
            found.append((path.name, path.read_text("utf-8")))
    return found


def test_no_tracked_file_holds_its_words(founding_text: Path) -> None:
    withheld = runs(founding_text.read_text("utf-8"))
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True)
    if listed.returncode:
        pytest.skip("not a git checkout, so there are no tracked files to look through")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    assert names
    for name in names:
        path = CHECKOUT / name
        if path.suffix != ".png" and path.is_file():
            assert not runs(path.read_text("utf-8", "replace")) & withheld, name


def test_a_build_is_the_same_with_and_without_the_text(corpus: Path, built: Path, tmp_path: Path) -> None:
    without = build(corpus, tmp_path / "dist").folder
    with_text, _ = two_of(built)
    assert without
    assert (without / "manifest.json").read_bytes() == (with_text / "manifest.json").read_bytes()


def test_hydrate_refuses_other_texts(corpus: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("نص آخر.\n", "utf-8")
    done = CliRunner().invoke(app, ["hydrate", str(other), "--corpus", str(corpus)])
    assert done.exit_code == 1 and "no article of this corpus has this text" in done.stderr
