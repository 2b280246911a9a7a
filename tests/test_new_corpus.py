"""`tasrih init`: a corpus in another language with other labels, from nothing to Label Studio's files and `load_dataset`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import datasets
import pytest

from tasrih import new_corpus, store
from tasrih.formats import inline
from tasrih.store import Misuse

TEXTS = Path(__file__).parent / "own_corpora"


@dataclass(frozen=True)
class Own:
    """A corpus of somebody else's: its language, its labels, and what stands in it."""

    language: str
    entity: tuple[str, ...]
    stance: tuple[str, ...]
    topic: str
    direct: str  # the content of its one direct claim that comes first
    target: tuple[str, str]  # label of a stance and the words of its target


OWN = {
    "english": Own(
        "en", ("Person", "Council", "Place", "Plan"), ("for", "against"), "Town-life",
        "We were never asked about the wall", ("against", "the Seafront Plan"),
    ),
    "russian": Own(
        "ru", ("Lico", "Organ", "Mesto", "Delo"), ("za", "protiv"), "gorod",
        "Деньги выделены", ("protiv", "проекта «Новый мост»"),
    ),
}  # fmt: skip


def tasrih(folder: Path, *words: str) -> str:
    """What a run in `folder` prints; it must end well."""
    done = subprocess.run(
        [sys.executable, "-m", "tasrih", *words],
        cwd=folder, capture_output=True, text=True, check=False, timeout=300, env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def articles(name: str) -> dict[str, str]:
    """The tagged texts of a file by their names."""
    parts = re.split(
        r"^=== ([a-z0-9-]+)\n", (TEXTS / f"{name}.inline").read_text("utf-8"), flags=re.MULTILINE
    )
    found: dict[str, str] = {}
    last = ""
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        if title == "roles":
            found[last] += f"\n=== roles\n{body}"
        else:
            last = title
            found[title] = body
    return found


@pytest.fixture(params=OWN, scope="module")
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Own, Path]:
    """A folder in which everything was done that a user would do, up to the release."""
    own, folder = OWN[request.param], tmp_path_factory.mktemp(request.param)
    labels = ("--entity", ",".join(own.entity), "--stance", ",".join(own.stance), "--topic", own.topic)
    tasrih(folder, "init", "corpus", "--name", f"{request.param}-towns", "--language", own.language, *labels)
    for name, tagged in articles(request.param).items():
        text, _, roles = tagged.partition("\n=== roles\n")
        whole = f"{inline.MAGIC}\narticle: {name}\nannotator: gold\n=== text\n{text}\n=== roles\n{roles}"
        (folder / "bare.txt").write_text(inline.read(whole).text, "utf-8")
        (folder / "tagged.inline").write_text(whole, "utf-8")
        event = name.rsplit("-", 1)[0] if name[-1].isdigit() else name
        stated = ("--event", event, "--topic", own.topic, "--licence", "CC0-1.0", "--language", own.language)
        tasrih(
            folder,
            "ingest",
            "bare.txt",
            "--id",
            name,
            *stated,
            "--written",
            "--invented",
            "--author",
            "the tests",
        )
        tasrih(folder, "import", "inline", "tagged.inline")
    tasrih(folder, "check", "--fix")
    tasrih(folder, "export", "label-studio", "tasks")
    tasrih(folder, "build")
    return own, folder


def test_nothing_is_wrong_with_it(made: tuple[Own, Path]) -> None:
    assert tasrih(made[1], "check") == "no findings\n"


def test_label_studio_has_its_labels_and_direction(made: tuple[Own, Path]) -> None:
    own, folder = made
    config = (folder / "tasks" / "config.xml").read_text("utf-8")
    for label in (*own.entity, *own.stance):
        assert f'<Label value="{label}"' in config
    assert "direction: ltr" in config
    before = sorted((folder / "corpus").rglob("gold.jsonl"))
    tasrih(folder, "import", "label-studio", "tasks/tasks.json", "--layer", "back")
    for path in before:
        back = path.parent / "layers" / "back.jsonl"
        assert back.read_text("utf-8").splitlines()[1:] == path.read_text("utf-8").splitlines()[1:]
        back.unlink()


def test_load_dataset_gives_its_labels_and_words(made: tuple[Own, Path], tmp_path: Path) -> None:
    own, folder = made
    (release,) = (folder / "dist").iterdir()
    loaded = {
        name: datasets.load_dataset(str(release), name, cache_dir=str(tmp_path / name))
        for name in ("entities", "claims", "stances", "ner", "articles")
    }
    entities = datasets.concatenate_datasets(list(loaded["entities"].values()))
    assert entities.features["label"].names == list(own.entity)
    claims = datasets.concatenate_datasets(list(loaded["claims"].values()))
    mode = claims.features["mode"]
    assert own.direct in [row["text"] for row in claims if mode.int2str(row["mode"]) == "direct"]
    stances = datasets.concatenate_datasets(list(loaded["stances"].values()))
    label = stances.features["label"]
    assert own.target in [(label.int2str(row["label"]), row["target_text"]) for row in stances]
    ner = datasets.concatenate_datasets(list(loaded["ner"].values()))
    tags = next(iter(loaded["ner"].values())).features["ner_tags"].feature.names
    assert {f"B-{label}" for label in own.entity} <= set(tags)
    assert any(row["tokens"] for row in ner)
    whole = datasets.concatenate_datasets(list(loaded["articles"].values()))
    assert len(whole) == len(articles({"en": "english", "ru": "russian"}[own.language]))
    assert set(whole["language"]) == {own.language}


def test_the_card_speaks_of_this_corpus(made: tuple[Own, Path]) -> None:
    own, folder = made
    (release,) = (folder / "dist").iterdir()
    card = (release / "README.md").read_text("utf-8")
    assert f"- {own.language}\n" in card
    assert "arabic" not in card.lower()


def test_splits_keep_an_event_together(made: tuple[Own, Path]) -> None:
    splits = [
        json.loads(line) for line in (made[1] / "corpus" / "splits.jsonl").read_text("utf-8").splitlines()
    ]
    by_event: dict[str, set[str]] = {}
    for row in splits:
        by_event.setdefault(row["event"], set()).add(row["split"])
    assert all(len(found) == 1 for found in by_event.values())
    assert len(by_event) == len(splits) - 1


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({"entity": ["PER", "PER"]}, "«PER» stands twice"),
        ({"entity": ["A B"]}, "does not fit"),
        ({"topic": []}, "labels/topic"),
        ({"entity": ["x" * 41]}, "labels/entity/0"),
    ],
)
def test_label_sets_that_cannot_be_are_refused(labels: dict[str, list[str]], said: str) -> None:
    with pytest.raises(Misuse, match=re.escape(said)):
        new_corpus.settings("x", "", ["en"], "CC0-1.0", {**new_corpus.LABELS, **labels}, "2026-01-01")  # type: ignore[typeddict-item]


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "guidelines.md").write_text("ours\nVersion: 0.1\n", "utf-8")
    made = new_corpus.settings(
        "x", 'A "title" \\ with\ttabs', ["en", "ar-EG"], "CC0-1.0", new_corpus.LABELS, "2026-01-01"
    )
    assert [path.name for path in new_corpus.create(tmp_path, made)] == [".gitignore", "corpus.toml"]
    assert (tmp_path / "guidelines.md").read_text("utf-8").startswith("ours")
    assert store.open_corpus(tmp_path).settings == made
    with pytest.raises(Misuse, match="is there already"):
        new_corpus.create(tmp_path, made)
