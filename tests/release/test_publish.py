"""Publishing into a folder: what may go there, and that it stands there whole or not at all."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corpora import write_corpus, write_document
from published import content
from samples import documents
from tasrih import store
from tasrih.cli import app
from tasrih.release.build import build
from tasrih.release.publish import publish
from tasrih.release.verify import verify
from tasrih.store import Misuse
from tasrih.text.canonical import sha256


@pytest.fixture
def release(tmp_path: Path) -> Path:
    write_corpus(tmp_path / "corpus", documents())
    folder = build(tmp_path / "corpus", tmp_path / "dist").folder
    assert folder
    return folder


def test_a_release_is_published_as_it_is_and_a_second_time_changes_nothing(
    release: Path, tmp_path: Path
) -> None:
    done = CliRunner().invoke(app, ["publish", str(release), str(tmp_path / "public")])
    there = tmp_path / "public" / release.name
    assert (done.exit_code, done.output) == (0, f"{there}\n")
    assert content(there) == content(release) and list(verify(there)) == []
    before = (there / "README.md").stat().st_mtime_ns
    assert publish(release, tmp_path / "public") == there
    assert (there / "README.md").stat().st_mtime_ns == before
    assert [path.name for path in (tmp_path / "public").iterdir()] == [release.name]


def test_another_release_of_the_same_version_is_refused(release: Path, tmp_path: Path) -> None:
    there = publish(release, tmp_path / "public")
    settings = tmp_path / "corpus" / "corpus.toml"
    settings.write_text(settings.read_text("utf-8").replace('"Example"', '"Other"'), "utf-8")
    assert build(tmp_path / "corpus", tmp_path / "dist").folder == release
    before = content(there)
    with pytest.raises(Misuse, match="another release of this version is published"):
        publish(release, tmp_path / "public")
    assert content(there) == before


def test_a_release_that_was_changed_is_refused(release: Path, tmp_path: Path) -> None:
    with (release / "README.md").open("a") as stream:
        stream.write("x")
    with pytest.raises(Misuse, match=r"R203 .*README.md"):
        publish(release, tmp_path / "public")
    assert not (tmp_path / "public").exists()


@pytest.fixture
def local(tmp_path: Path) -> Path:
    """A +local release with a text that may not be redistributed."""
    wholes: list[Any] = documents()
    corpus = write_corpus(tmp_path / "corpus", wholes)
    whole = wholes[0]
    bare: Any = store.stripped(whole)
    shutil.rmtree(corpus.folder(whole["article"]["id"]))
    write_document(
        corpus.root,
        {**bare, "article": {**bare["article"], "rights": {"licence": "none", "redistribute": False}}},
    )
    store.write_atomic(store.local_text_path(corpus, sha256(whole["text"])), whole["text"].encode())
    folder = build(corpus.root, tmp_path / "dist", texts="local").folder
    assert folder
    return folder


def test_a_release_with_local_texts_may_not_leave_even_where_its_manifest_denies_them(
    local: Path, tmp_path: Path
) -> None:
    with pytest.raises(Misuse, match="build without --with-local-texts"):
        publish(local, tmp_path / "public")
    manifest = json.loads((local / "manifest.json").read_bytes())
    (local / "manifest.json").write_text(json.dumps({**manifest, "local": False}), "utf-8")
    with pytest.raises(Misuse, match="texts that may not be redistributed: plain-00"):
        publish(local, tmp_path / "public")
    assert not (tmp_path / "public").exists()


KILLED = """
import shutil, sys, time
sys.path.insert(0, {scripts!r})
copy = shutil.copyfile
def slow(source, target):
    copy(source, target)
    print("half", flush=True)
    time.sleep(60)
shutil.copyfile = slow
from pathlib import Path
from tasrih.release.publish import publish
publish(Path({release!r}), Path({target!r}))
"""


def test_a_kill_in_the_middle_publishes_nothing_and_the_next_run_clears_up(
    release: Path, tmp_path: Path
) -> None:
    target = tmp_path / "public"
    program = KILLED.format(
        scripts=str(Path(store.__file__).parents[1]), release=str(release), target=str(target)
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "half\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert not (target / release.name).exists()
    publish(release, target)
    assert [path.name for path in target.iterdir()] == [release.name]
