"""Every config and split loads offline with the oldest and the newest `datasets`, plainly and streaming."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import CHECKOUT
from corpora import SETTINGS, write_corpus
from samples import documents
from tasrih import schema
from tasrih.release.build import build
from tasrih.release.tables import features, shapes_of

OLDEST = CHECKOUT / ".venv-datasets-3.6" / "bin" / "python"
SCRIPT = Path(__file__).with_name("load_every_config.py")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sample") / "corpus"
    write_corpus(root, documents())
    second = {**documents()[0]}
    folder = root / "articles" / second["article"]["id"]
    (folder / "layers").mkdir()
    gold = (
        (folder / "gold.jsonl").read_text("utf-8").replace('"annotator": "gold"', '"annotator": "reader-a"')
    )
    (folder / "layers" / "reader-a.jsonl").write_text(gold, "utf-8")
    folder = build(root, tmp_path_factory.mktemp("dist")).folder
    assert folder
    return folder


def loaded(python: Path, release: Path, home: Path) -> dict:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(home)}
    done = subprocess.run(
        [python, SCRIPT, release], capture_output=True, text=True, env=environment, cwd=home
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def expectations(release: Path, found: dict) -> None:
    manifest = json.loads((release / "manifest.json").read_bytes())
    assert {(t["config"], t["split"]): t["rows"] for t in manifest["tables"]} == {
        (config, split): table["rows"]
        for config, splits in found["configs"].items()
        for split, table in splits.items()
    }
    for config, shape in shapes_of(SETTINGS["labels"]).items():
        for table in found["configs"].get(config, {}).values():
            assert table["columns"] == list(shape.columns)
            assert table["arrow"] == str(shape.arrow.remove_metadata())
            labels = {
                name: f["names"]
                for name, f in shape.columns.items()
                if isinstance(f, dict) and f.get("_type") == "ClassLabel"
            }
            assert table["labels"] == labels
    assert set(found["default"]["train"]) == set(shapes_of(SETTINGS["labels"])["articles"].columns)


def test_newest(release: Path, tmp_path: Path) -> None:
    found = loaded(Path(sys.executable), release, tmp_path)
    assert set(found["configs"]) == set(features(SETTINGS["labels"]))
    expectations(release, found)


def test_oldest(release: Path, tmp_path: Path) -> None:
    if not OLDEST.exists():
        pytest.skip("datasets 3.6 is not installed in .venv-datasets-3.6: «make test» installs it")
    found = loaded(OLDEST, release, tmp_path)
    assert found["version"] == "3.6.0"
    expectations(release, found)
    assert found["configs"] == loaded(Path(sys.executable), release, tmp_path)["configs"]


def test_features_are_those_of_datasets() -> None:
    """Our Features are what `datasets` itself makes of their JSON form, with the same Arrow types."""
    import datasets

    for columns in features(SETTINGS["labels"]).values():
        parsed = datasets.Features.from_dict(columns)
        assert parsed.arrow_schema.remove_metadata() == schema.arrow_schema(columns).remove_metadata()


@pytest.mark.parametrize("python", [Path(sys.executable), OLDEST], ids=["newest", "oldest"])
def test_a_release_built_anew_is_not_taken_from_the_cache(python: Path, tmp_path: Path) -> None:
    """`datasets` caches a local folder by its name and its card; so the card changes with the content."""
    if not python.exists():
        pytest.skip("datasets 3.6 is not installed in .venv-datasets-3.6: «make test» installs it")
    root = tmp_path / "corpus"
    write_corpus(root, documents())
    script = "import datasets, sys; print(datasets.load_dataset(sys.argv[1], 'claims', split='train')['certainty'][:])"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")}

    def certainties() -> str:
        folder = build(root, tmp_path / "dist").folder
        done = subprocess.run([python, "-c", script, folder], capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    before = certainties()
    assert certainties() == before
    for gold in root.glob("articles/*/gold.jsonl"):
        gold.write_text(
            gold.read_text("utf-8").replace('"certainty": "certain"', '"certainty": "unknown"'), "utf-8"
        )
    assert certainties() != before
