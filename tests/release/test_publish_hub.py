"""Publishing to the Hub: one commit and a tag, seen whole or not at all, loaded back by its version."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import hub as local_hub
from cutting import way_to
from hub import Hub
from published import command, content, environment, python, rows_of, run
from tasrih.release import publish_hub
from tasrih.release.manifest import read_manifest
from tasrih.store import Misuse

TARGET, NAME = "hf://datasets/tasrih/news", "tasrih/news"

LOAD = """
import datasets, json, sys
name, revision = sys.argv[1:]
configs = datasets.get_dataset_config_names(name, revision=revision)
rows = {c: {s: t.num_rows for s, t in datasets.load_dataset(name, c, revision=revision).items()} for c in configs}
print(json.dumps(rows))
"""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with local_hub.running() as running:
        yield running


def seen(hub: Hub, revision: str) -> dict[str, bytes]:
    """What a reader finds at a revision, without what the Hub itself puts there."""
    return {path: there for path, there in hub.files(NAME, revision).items() if path != ".gitattributes"}


def test_two_versions_are_published_and_load_by_revision(
    hub: Hub, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    variables = environment(tmp_path, hub.environment())
    for release in releases:
        done = run(variables, "publish", release, TARGET)
        tag = f"v{read_manifest(release)['version']}"
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{TARGET}@{tag}\n", "")
        assert seen(hub, tag) == content(release) == seen(hub, "main")
    for release in releases:
        loaded = json.loads(python(variables, LOAD, NAME, f"v{read_manifest(release)['version']}"))
        assert loaded == rows_of(release)
    assert len(hub.repositories[NAME].commits) == 3  # the empty repository, and one commit a release


def test_a_second_time_changes_nothing_and_another_release_is_refused(
    hub: Hub, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    variables = environment(tmp_path, hub.environment())
    assert run(variables, "publish", releases[0], TARGET).returncode == 0
    hub.calls.clear()
    again = run(variables, "publish", releases[0], TARGET)
    assert again.returncode == 0 and not hub.calls["POST commit"] and not hub.calls["PUT upload"]
    repository = hub.repositories[NAME]
    tag = f"v{read_manifest(releases[0])['version']}"
    repository.tags[tag] = repository.commit("main", {**seen(hub, tag), "manifest.json": b"{}"})
    refused = run(variables, "publish", releases[0], TARGET)
    assert refused.returncode == 2 and "another release of this version is published there" in refused.stderr


def test_what_was_changed_under_a_tag_is_found(hub: Hub, releases: tuple[Path, Path], tmp_path: Path) -> None:
    variables = environment(tmp_path, hub.environment())
    assert run(variables, "publish", releases[0], TARGET).returncode == 0
    repository = hub.repositories[NAME]
    tag = f"v{read_manifest(releases[0])['version']}"
    repository.tags[tag] = repository.commit("main", {**seen(hub, tag), "CHANGES.md": b"nothing"})
    found = run(variables, "publish", releases[0], TARGET)
    assert found.returncode == 2 and "CHANGES.md" in found.stderr and "R203" in found.stderr


def test_an_older_version_takes_a_branch_of_its_own(
    hub: Hub, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    variables = environment(tmp_path, hub.environment())
    older, newer = releases
    assert run(variables, "publish", newer, TARGET).returncode == 0
    refused = run(variables, "publish", older, TARGET)
    assert refused.returncode == 2 and "holds 99.0.0, which is newer" in refused.stderr
    assert seen(hub, "main") == content(newer)
    assert run(variables, "publish", older, TARGET, "--branch", "0.x").returncode == 0
    assert seen(hub, "0.x") == content(older) and seen(hub, "main") == content(newer)


def test_without_a_token_nothing_is_written(hub: Hub, releases: tuple[Path, Path], tmp_path: Path) -> None:
    variables = environment(tmp_path, {**hub.environment(), "HF_TOKEN": ""})
    done = run(variables, "publish", releases[0], TARGET)
    assert done.returncode == 2 and "401" in done.stderr and "Traceback" not in done.stderr
    assert not hub.repositories


@pytest.mark.parametrize("private", [True, False])
def test_a_repository_is_made_as_asked(
    private: bool, hub: Hub, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    variables = environment(tmp_path, hub.environment())
    options = ["--private"] if private else []
    assert run(variables, "publish", releases[0], TARGET, *options).returncode == 0
    assert hub.repositories[NAME].private is private


# --- Cut in the middle --------------------------------------------------------------------------------


def test_a_connection_that_is_cut_while_uploading_is_taken_up_again(
    hub: Hub, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    with way_to(hub.address, budget=150_000, times=2) as way:
        variables = environment(tmp_path, {**hub.environment(), "HF_ENDPOINT": way.address})
        done = run(variables, "publish", releases[0], TARGET)
        if done.returncode:  # what cannot be taken up by the client itself is, by the next run
            assert done.stderr.count("\n") <= 2 and "run it again" in done.stderr
            assert NAME not in hub.repositories or not seen(hub, "main")
            done = run(variables, "publish", releases[0], TARGET)
        assert done.returncode == 0, done.stderr
        assert way.cuts == 2
    assert seen(hub, f"v{read_manifest(releases[0])['version']}") == content(releases[0])


def test_a_run_killed_while_uploading_leaves_nothing_to_see_and_the_next_uploads_the_rest(
    hub: Hub, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    variables = environment(tmp_path, hub.environment())
    half = threading.Event()

    def wait_for_the_kill(sha256: str) -> None:
        if len(hub.large) == 5:
            half.set()

    hub.uploading = wait_for_the_kill
    process = subprocess.Popen(command(variables, "publish", releases[0], TARGET), env=variables)
    assert half.wait(60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert seen(hub, "main") == {} and not hub.repositories[NAME].tags
    before = len(hub.large)
    hub.calls.clear()
    assert run(variables, "publish", releases[0], TARGET).returncode == 0
    tables = len(
        {entry["sha256"] for entry in read_manifest(releases[0])["files"] if entry["rows"] is not None}
    )
    assert hub.calls["PUT upload"] <= tables - before < tables
    assert seen(hub, "main") == content(releases[0])


def test_a_run_killed_between_commit_and_tag_is_finished_by_the_next(
    hub: Hub, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    variables = environment(tmp_path, hub.environment())
    assert run(variables, "publish", releases[0], TARGET).returncode == 0
    hub.repositories[NAME].tags.clear()
    hub.calls.clear()
    assert run(variables, "publish", releases[0], TARGET).returncode == 0
    assert not hub.calls["POST commit"] and list(hub.repositories[NAME].tags)


# --- Addresses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "hf://models/a/b",
        "hf://datasets/a",
        "hf://datasets/a/b/c",
        "hf://datasets/a/b@main",
        "hf://datasets/../b",
    ],
)
def test_what_is_no_dataset_repository_is_refused(target: str) -> None:
    with pytest.raises(Misuse, match="hf://datasets/OWNER/NAME"):
        publish_hub.repository_of(target)


def test_a_dataset_repository_has_owner_and_name() -> None:
    assert publish_hub.repository_of("hf://datasets/tasrih/tasrih-news/") == "tasrih/tasrih-news"
