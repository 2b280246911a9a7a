"""mlcroissant accepts croissant.json and reads from it what `datasets.load_dataset` reads from the card."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import mlcroissant
import pytest

from conftest import CHECKOUT
from corpora import SETTINGS
from tasrih.release import croissant
from tasrih.release.build import build
from tasrih.release.columns import descriptions
from tasrih.release.tables import CONFIGS, features

pytestmark = pytest.mark.filterwarnings("ignore")  # what mlcroissant and its own dependencies warn of


@pytest.fixture(scope="module", params=["with texts", "without"])
def release(
    request: pytest.FixtureRequest, releases: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A release of the project's corpus."""
    if request.param == "with texts":
        return releases[0]
    folder = build(CHECKOUT / "corpus", tmp_path_factory.mktemp("dist"), texts="none").folder
    assert folder
    return folder


def plain(value: Any) -> Any:
    """What mlcroissant yields in the form of `datasets`: text as str, fields by their last name."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, dict):
        return {key.rsplit("/", 1)[-1]: plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    return value.tolist() if hasattr(value, "tolist") else value


def test_mlcroissant_validates_it(release: Path) -> None:
    command = Path(sys.executable).with_name("mlcroissant")
    done = subprocess.run(
        [command, "validate", "--jsonld", release / croissant.FILE], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done." in done.stderr and "WARNING" not in done.stderr.upper()


def test_mlcroissant_refuses_a_broken_one(release: Path, tmp_path: Path) -> None:
    described = json.loads((release / croissant.FILE).read_bytes())
    described["recordSet"][-1]["field"][1]["source"]["fileSet"]["@id"] = "nowhere"
    with pytest.raises(mlcroissant.ValidationError):
        mlcroissant.Dataset(described)


def test_its_records_are_those_of_load_dataset(release: Path, tmp_path: Path) -> None:
    import datasets

    described = mlcroissant.Dataset(str(release / croissant.FILE))
    manifest = json.loads((release / "manifest.json").read_bytes())
    configs = list(dict.fromkeys(table["config"] for table in manifest["tables"]))
    assert [r.id for r in described.metadata.record_sets if not r.id.endswith("-labels")] == configs
    for config in configs:
        loaded = datasets.load_dataset(str(release), config, cache_dir=str(tmp_path))
        expected = [{"split": split, **row} for split in sorted(loaded) for row in loaded[split]]
        assert [plain(record) for record in described.records(config)] == expected, config


def test_its_enumerations_are_the_label_names(release: Path) -> None:
    described = mlcroissant.Dataset(str(release / croissant.FILE))
    config = "claims" if (release / "data" / "claims").is_dir() else "standoff"
    name = f"{config}/mode" if config == "claims" else f"{config}/claims/mode"
    mode = features(SETTINGS["labels"])["claims"]["mode"]
    assert isinstance(mode, dict)
    found = [plain(record) for record in described.records(f"{name}-labels")]
    assert [record["name"] for record in found] == mode["names"]
    assert [record["number"] for record in found] == list(range(len(mode["names"])))


def test_it_lists_every_table_with_its_hash(release: Path) -> None:
    described = json.loads((release / croissant.FILE).read_bytes())
    manifest = json.loads((release / "manifest.json").read_bytes())
    listed = {
        node["contentUrl"]: (node["sha256"], node["contentSize"])
        for node in described["distribution"]
        if node["@type"] == "cr:FileObject"
    }
    assert listed == {
        entry["path"]: (entry["sha256"], f"{entry['bytes']} B")
        for entry in manifest["files"]
        if entry["path"].endswith(".parquet")
    }


@pytest.mark.parametrize("config", CONFIGS)
def test_every_column_is_described(config: str) -> None:
    columns = features(SETTINGS["labels"])[config]
    said = descriptions(config, columns)
    nested = {f"{name}/{key}" for name, feature in columns.items() if isinstance(feature, list)
              and isinstance(feature[0], dict) and "_type" not in feature[0] for key in feature[0]}  # fmt: skip
    assert said.keys() == columns.keys() | nested
    assert all(words.strip() for words in said.values())


def test_maintainers_are_cited_and_without_them_the_corpus() -> None:
    assert "author = {{Example project}}" in croissant.citation(
        {**SETTINGS, "maintainers": ["Example project"]}, "0.1.0"
    )
    assert croissant.maintainers(SETTINGS) == ["Maintainers of Example"]
    assert croissant.citation(SETTINGS, "0.1.0+standoff").startswith("@misc{example-corpus-0-1-0-standoff,\n")
