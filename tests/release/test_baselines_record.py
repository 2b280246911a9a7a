"""The record of the baselines: the same each time, of the gold that it names, and in the card only while it fits."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from conftest import CHECKOUT
from corpora import SETTINGS, document, write_corpus
from samples import documents
from tasrih import schema, store
from tasrih.cli import app
from tasrih.model import GOLD, Document
from tasrih.release.baselines import baselines_table, runs, table_for_card
from tasrih.release.build import build
from tasrih.release.gold import gold
from tasrih.store import Misuse

LABELS: Any = SETTINGS["labels"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("baselines") / "corpus"
    write_corpus(root, documents())
    assert run("baselines", root, "--out", root / "baselines.json").exit_code == 0
    return root


def read(root: Path) -> Any:
    return json.loads((root / "baselines.json").read_text("utf-8"))


def test_the_record_is_of_the_schemas_shape_and_names_its_gold(corpus: Path) -> None:
    record = read(corpus)
    assert schema.verdict("baselines", LABELS).is_valid(record), list(
        schema.explain("baselines", LABELS, record)
    )
    for split in ("train", "test"):
        assert record[split] == {
            "articles": len(gold(corpus, split).documents),
            "sha256": gold(corpus, split).sha256,
        }


def test_two_runs_and_a_run_on_the_release_give_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    built = build(corpus, tmp_path / "dist")
    assert built.folder is not None
    for number, folder in enumerate((corpus, built.folder)):
        path = tmp_path / f"{number}.json"
        assert run("baselines", folder, "--out", path).exit_code == 0
        assert path.read_bytes() == (corpus / "baselines.json").read_bytes()


def test_no_gold_of_the_test_split_reaches_the_training() -> None:
    """Gold of the test articles is taken away; the output of the systems that are not handed it is the same."""
    train, test = gold(CHECKOUT / "corpus", "train"), gold(CHECKOUT / "corpus", "test")
    without: list[Any] = [{**one, "layers": {GOLD: one["layers"][GOLD][:1]}} for one in test.documents]
    before, after = (
        {run.name: run.annotations for run in runs(train, found) if run.mentions != GOLD}
        for found in (test, replace(test, documents=without))
    )
    assert before == after
    seen = {run.name: run.annotations for run in runs(test, test) if run.mentions != GOLD}
    assert all(before[name] != seen[name] for name in before)  # training on the test split would show


def test_its_predictions_score_what_the_record_says(corpus: Path, tmp_path: Path) -> None:
    run("baselines", corpus, "--predictions", tmp_path)
    systems = {
        f"{s['task']}-{s['system']}" + ("-gold-mentions" if s["mentions"] == "gold" else ""): s
        for s in read(corpus)["systems"]
    }
    assert {path.stem for path in tmp_path.iterdir()} == set(systems)
    for name, system in systems.items():
        answer = run("evaluate", corpus, tmp_path / f"{name}.jsonl", "--format", "json")
        assert answer.exit_code == 0, answer.output
        record = json.loads(answer.stdout)
        assert record["gold"]["sha256"] == read(corpus)["test"]["sha256"]
        scored = {(f["group"], f["name"], f["measure"]): f for f in record["figures"]}
        for figure in system["figures"]:
            found = scored[figure["group"], figure["name"], figure["measure"]]
            assert figure["value"] == (
                None if found["value"] is None else pytest.approx(found["value"], abs=1e-6)
            )
            assert (figure["gold"], figure["predicted"]) == (found["gold"], found["predicted"])


def test_the_table_has_every_system(corpus: Path) -> None:
    record = read(corpus)
    lines = baselines_table(record).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    for system in record["systems"]:
        assert any(
            line.startswith(f"| {system['task']} | {system['system']} | {system['mentions'] or ''} |")
            for line in lines
        )
    assert run("baselines", corpus).stdout.strip().splitlines() == lines


def in_card(corpus: Path, found: list[Document] | None = None) -> str:
    opened = store.open_corpus(corpus)
    splits = {record["article"]: record["split"] for record in store.read_splits(opened)[0]}
    return table_for_card(opened, gold(corpus, "all").documents if found is None else found, splits)


def test_the_card_shows_them_only_while_they_are_of_its_gold(corpus: Path, tmp_path: Path) -> None:
    assert in_card(corpus) == baselines_table(read(corpus))
    stripped = [store.stripped(one) for one in gold(corpus, "all").documents]
    assert in_card(corpus, stripped) == in_card(corpus)
    root = Path(shutil.copytree(corpus, tmp_path / "corpus"))
    name = next(iter(gold(root, "test").by_id))
    path = root / "articles" / name / "gold.jsonl"
    path.write_text("\n".join(path.read_text("utf-8").splitlines()[:-1]) + "\n", "utf-8")
    assert in_card(root) == ""
    (root / "baselines.json").unlink()
    assert in_card(root) == ""


def test_a_card_that_asks_for_them_has_them(corpus: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(corpus, tmp_path / "corpus"))
    (tmp_path / "dataset_card.md").write_text(
        "# Card\n{% if baselines %}{{ baselines }}\n{% endif %}", "utf-8"
    )
    built = build(root, tmp_path / "dist")
    assert built.folder is not None
    assert baselines_table(read(corpus)) in (built.folder / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"test": {}}', "\ud800"], ids=["cut", "list", "keys", "surrogate"]
)
def test_a_record_that_is_none_is_one_line_of_misuse(content: str, corpus: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(corpus, tmp_path / "corpus"))
    (root / "baselines.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(Misuse, match=r"baselines\.json.*tasrih baselines --out") as caught:
        in_card(root)
    assert "\n" not in str(caught.value)


def test_a_corpus_without_a_test_split_is_misuse(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", [document("<e1 GPE>تونس</e1>.", "only-one")])
    assert isinstance(run("baselines", tmp_path / "corpus").exception, Misuse)


def test_the_record_of_this_corpus_is_of_its_present_gold() -> None:
    """Else «tasrih baselines --out corpus/baselines.json» makes it anew."""
    record = read(CHECKOUT / "corpus")
    for split in ("train", "test"):
        assert record[split]["sha256"] == gold(CHECKOUT / "corpus", split).sha256
