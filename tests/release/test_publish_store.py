"""Publishing to what fsspec knows: a real S3 protocol, and a store in memory."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import httpx
import pytest
from moto.server import ThreadedMotoServer

from corpora import write_corpus
from cutting import way_to
from published import command, content, environment, python, rows_of, run
from samples import documents
from tasrih.release import publish, publish_store
from tasrih.release.build import build
from tasrih.store import Misuse

TARGET = "s3://releases/datasets"
KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "2"}  # fmt: skip

LOAD = """
import datasets, json, sys
release, tables = sys.argv[1], json.loads(sys.argv[2])
rows = {}
for config, splits in tables.items():
    files = {split: f"{release}/data/{config}/{split}-*.parquet" for split in splits}
    rows[config] = {s: t.num_rows for s, t in datasets.load_dataset("parquet", data_files=files).items()}
print(json.dumps(rows))
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an S3 server on the loopback, with an empty bucket."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    address = f"http://{host}:{port}"
    httpx.post(f"{address}/moto-api/reset").raise_for_status()  # its buckets outlive it in this process
    bucket(address).mkdir("releases")
    yield address
    running.stop()


def bucket(address: str) -> Any:
    """The server as another client sees it."""
    return fsspec.filesystem(
        "s3",
        endpoint_url=address,
        key="tests",
        secret="tests",  # noqa: S106 - of a server that lives as long as a test
        use_listings_cache=False,
        skip_instance_cache=True,
    )


def variables(folder: Path, address: str) -> dict[str, str]:
    return environment(folder, {**KEYS, "AWS_ENDPOINT_URL": address})


def stored(system: Any, folder: str) -> dict[str, bytes]:
    return {path.removeprefix(folder + "/"): system.cat_file(path) for path in system.find(folder)}


def test_two_versions_are_published_to_s3_and_load_by_version(
    server: str, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    for release in releases:
        done = run(variables(tmp_path, server), "publish", release, TARGET)
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{TARGET}/{release.name}\n", "")
    for release in releases:
        assert stored(bucket(server), f"releases/datasets/{release.name}") == content(release)
        rows = rows_of(release)
        loaded = python(variables(tmp_path, server), LOAD, f"{TARGET}/{release.name}", json.dumps(rows))
        assert json.loads(loaded) == rows


def test_a_second_time_uploads_nothing_and_another_release_is_refused(
    server: str, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    release, folder = releases[0], f"releases/datasets/{releases[0].name}"
    assert run(variables(tmp_path, server), "publish", release, TARGET).returncode == 0
    before = {path: info["LastModified"] for path, info in bucket(server).find(folder, detail=True).items()}
    time.sleep(1.1)  # S3 knows seconds
    assert run(variables(tmp_path, server), "publish", release, TARGET).returncode == 0
    after = {path: info["LastModified"] for path, info in bucket(server).find(folder, detail=True).items()}
    assert after == before
    bucket(server).pipe_file(f"{folder}/manifest.json", b'{"version": "another"}')
    refused = run(variables(tmp_path, server), "publish", release, TARGET)
    assert refused.returncode == 2 and "another release of this version is published there" in refused.stderr


def test_what_was_changed_in_a_published_release_is_found(
    server: str, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    release, folder = releases[0], f"releases/datasets/{releases[0].name}"
    assert run(variables(tmp_path, server), "publish", release, TARGET).returncode == 0
    bucket(server).pipe_file(f"{folder}/CHANGES.md", b"nothing")
    found = run(variables(tmp_path, server), "publish", release, TARGET)
    assert found.returncode == 2 and "CHANGES.md: is not what the manifest beside it says" in found.stderr
    assert bucket(server).cat_file(f"{folder}/CHANGES.md") == b"nothing"


# --- Cut in the middle --------------------------------------------------------------------------------


def test_cut_connections_leave_no_manifest_and_the_next_run_uploads_the_rest(
    server: str, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    release, folder = releases[0], f"releases/datasets/{releases[0].name}"
    with way_to(server, budget=1_500_000, times=1000) as way:
        cut = run(variables(tmp_path, way.address), "publish", release, TARGET)
        assert cut.returncode == 2 and "run it again" in cut.stderr and "Traceback" not in cut.stderr
        assert way.cuts
        there = bucket(server).find(folder, detail=True)
        assert there and f"{folder}/manifest.json" not in there
        way.times = 0
        time.sleep(1.1)
        assert run(variables(tmp_path, way.address), "publish", release, TARGET).returncode == 0
    now = bucket(server).find(folder, detail=True)
    assert all(now[path]["LastModified"] == info["LastModified"] for path, info in there.items())
    assert stored(bucket(server), folder) == content(release)


def test_a_kill_in_the_middle_publishes_nothing(
    server: str, releases: tuple[Path, Path], tmp_path: Path
) -> None:
    release, folder = releases[0], f"releases/datasets/{releases[0].name}"
    process = subprocess.Popen(
        command({}, "publish", release, TARGET), env=variables(tmp_path, server), stderr=subprocess.DEVNULL
    )
    until = time.monotonic() + 60
    while not bucket(server).find(folder) and time.monotonic() < until and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = bucket(server).find(folder)
    assert there and f"{folder}/manifest.json" not in there
    assert run(variables(tmp_path, server), "publish", release, TARGET).returncode == 0
    assert stored(bucket(server), folder) == content(release)


def test_a_server_that_is_not_there_is_one_line(releases: tuple[Path, Path], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    done = run(variables(tmp_path, address), "publish", releases[0], TARGET)
    assert (
        done.returncode == 2
        and done.stderr.startswith(f"tasrih: {TARGET}/")
        and "Traceback" not in done.stderr
    )


# --- Any store ----------------------------------------------------------------------------------------


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    write_corpus(tmp_path / "corpus", documents())
    folder = build(tmp_path / "corpus", tmp_path / "dist").folder
    assert folder
    return folder


@pytest.fixture
def memory() -> Iterator[Any]:
    system = fsspec.filesystem("memory")
    system.store.clear()
    system.pseudo_dirs[:] = [""]
    yield system
    system.store.clear()


def test_a_store_in_memory_holds_the_release(sample: Path, memory: Any) -> None:
    assert publish_store.publish(sample, "memory://public") == f"memory://public/{sample.name}"
    assert stored(memory, f"/public/{sample.name}") == content(sample)


def test_files_that_are_not_the_release_s_are_left_and_named(sample: Path, memory: Any) -> None:
    memory.pipe_file(f"/public/{sample.name}/notes.txt", b"ours")
    with pytest.raises(Misuse, match=r"not of this release are there: notes\.txt"):
        publish_store.publish(sample, "memory://public")
    assert stored(memory, f"/public/{sample.name}") == {"notes.txt": b"ours"}


def test_a_manifest_that_somebody_else_puts_meanwhile_stays(
    sample: Path, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"/public/{sample.name}/manifest.json"

    def late(items: Any) -> Any:
        yield from items
        memory.pipe_file(place, b"theirs")

    with pytest.raises(Misuse, match="it was published while this ran"):
        publish_store.publish(sample, "memory://public", late)
    assert memory.cat_file(place) == b"theirs"


def test_an_address_that_nobody_knows_is_refused(sample: Path) -> None:
    with pytest.raises(Misuse, match="nowhere://public"):
        publish_store.publish(sample, "nowhere://public")


@pytest.mark.parametrize("target", ["ftp://me:secret@host/folder", "hf://token@datasets/a/b"])
def test_credentials_in_a_target_are_refused_and_not_repeated(target: str) -> None:
    with pytest.raises(Misuse, match="credentials come from the environment") as refused:
        publish.kind_of(target)
    assert "secret" not in str(refused.value) and "token@" not in str(refused.value)


@pytest.mark.parametrize(
    ("target", "kind"), [("public", "folder"), ("s3://b/c", "store"), ("hf://datasets/a/b", "hub")]
)
def test_a_target_is_a_folder_a_repository_or_a_store(target: str, kind: str) -> None:
    assert publish.kind_of(target) == kind
