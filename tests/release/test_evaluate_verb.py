"""`tasrih evaluate` as a user runs it, and the gold that it scores against."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from conftest import CHECKOUT
from corpora import SETTINGS, document, write_corpus, write_document
from samples import SNIPPETS, documents
from tasrih import schema, store
from tasrih.agree.score_output import number
from tasrih.cli import app
from tasrih.formats import predictions
from tasrih.model import GOLD
from tasrih.release.build import build
from tasrih.release.gold import gold
from tasrih.store import Misuse

CORPUS = CHECKOUT / "corpus"
LABELS: Any = SETTINGS["labels"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of the samples, one of them withheld."""
    root = tmp_path_factory.mktemp("evaluate") / "corpus"
    made = write_corpus(root, documents())
    withheld: Any = store.stripped(document(SNIPPETS["nested"], "withheld-one"))
    withheld["article"]["rights"] = {"licence": "all rights reserved", "redistribute": False}
    withheld["article"]["origin"] = "reported"
    write_document(root, withheld)
    kept = [
        *store.read_splits(made)[0],
        {"article": "withheld-one", "event": "withheld-one-event", "split": "test"},
    ]
    store.write_splits(made, kept)  # type: ignore[arg-type]
    return root


@pytest.fixture(scope="module")
def release(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = build(corpus, tmp_path_factory.mktemp("dist"))
    assert built.folder, [str(finding) for finding in built.findings]
    return built.folder


@pytest.fixture
def oracle(corpus: Path, tmp_path: Path) -> Path:
    """A predictions file that says what gold says of all articles."""
    path = tmp_path / "oracle.jsonl"
    path.write_bytes(b"".join(predictions.write(gold(corpus, "all").documents, GOLD, "oracle")))
    return path


# --- Gold ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("split", ["train", "validation", "test", "all"])
def test_a_corpus_and_its_release_are_the_same_gold(split: str, corpus: Path, release: Path) -> None:
    one, other = gold(corpus, split), gold(release, split)
    assert one.sha256 == other.sha256
    assert list(one.by_id) == list(other.by_id)
    assert (one.withheld, one.elsewhere) == (other.withheld, other.elsewhere)


def test_gold_of_another_annotation_has_another_hash(corpus: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(corpus, tmp_path / "corpus"))
    before = gold(root, "all")
    path = root / "articles" / "plain-00" / "gold.jsonl"
    path.write_text(path.read_text("utf-8").replace('"GPE"', '"LOC"'), "utf-8")
    assert gold(root, "all").sha256 != before.sha256


def test_the_splits_share_no_article_and_withheld_texts_are_left_out(corpus: Path) -> None:
    parts = {split: gold(corpus, split) for split in ("train", "validation", "test", "all")}
    ids = [set(parts[split].by_id) for split in ("train", "validation", "test")]
    assert sum(map(len, ids)) == len(set().union(*ids)) == len(parts["all"].documents) == len(documents())
    assert parts["test"].withheld == ["withheld-one"]
    assert parts["train"].withheld == []


@pytest.fixture
def hydrated(corpus: Path, tmp_path: Path) -> Path:
    """The corpus with a local copy of the withheld text."""
    root = Path(shutil.copytree(corpus, tmp_path / "corpus"))
    whole = document(SNIPPETS["nested"], "withheld-one")
    text, digest = str(whole["text"]), whole["article"]["text_sha256"]
    store.write_atomic(store.local_text_path(store.open_corpus(root), digest), text.encode())
    return root


def test_a_local_copy_of_a_withheld_text_is_looked_at_when_asked_for_alone(hydrated: Path) -> None:
    assert gold(hydrated, "test").withheld == ["withheld-one"]
    assert gold(hydrated, "test", local_texts=True).withheld == []
    assert gold(hydrated, "test", local_texts=True).by_id["withheld-one"]["text"]


def test_one_article_is_scored_alone_whatever_its_split(hydrated: Path, oracle: Path) -> None:
    asked = ("evaluate", hydrated, oracle, "--format", "json", "--article")
    record = json.loads(run(*asked, "plain-00", "--article", "nested-02").stdout)
    assert record["gold"]["articles"] == ["nested-02", "plain-00"]
    answer = run(*asked, "withheld-one", "--with-local-texts")
    assert json.loads(answer.stdout)["gold"]["articles"] == ["withheld-one"], answer.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [("withheld-one", "give --with-local-texts"), ("../gold", "it has no gold in any split")],
)
def test_an_article_that_cannot_be_scored_is_named_with_the_reason(
    name: str, said: str, hydrated: Path, oracle: Path
) -> None:
    answer = run("evaluate", hydrated, oracle, "--article", name)
    assert isinstance(answer.exception, Misuse)
    assert f"{name}: " in str(answer.exception) and said in str(answer.exception)


def test_what_is_no_gold_is_named(corpus: Path, release: Path, tmp_path: Path) -> None:
    damaged = Path(shutil.copytree(release, tmp_path / "damaged"))
    (damaged / "README.md").write_text("another\n", "utf-8")
    broken = Path(shutil.copytree(corpus, tmp_path / "broken"))
    name = next(iter(gold(corpus, "test").by_id))
    (broken / "articles" / name / "gold.jsonl").write_text("{", "utf-8")
    for folder, split, said in (
        (tmp_path, "test", "neither a release"), (corpus, "dev", "«dev» is not one of"), (damaged, "test", "R203"),
        (broken, "test", "L103"),
    ):  # fmt: skip
        with pytest.raises(Misuse, match=said):
            gold(folder, split)


# --- The verb -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["corpus", "release"])
def test_gold_as_predictions_is_right_in_everything(where: str, oracle: Path, request: Any) -> None:
    answer = run("evaluate", request.getfixturevalue(where), oracle, "--format", "json")
    assert answer.exit_code == 0, answer.output
    record = json.loads(answer.stdout)
    assert {figure["value"] for figure in record["figures"]} == {1.0, None}
    assert record["gold"]["withheld"] == ["withheld-one"]
    assert "left out, as the text is withheld: withheld-one" in answer.stderr
    assert "of articles outside of what is scored" in answer.stderr
    verdict = schema.verdict("evaluation", LABELS)
    assert verdict.is_valid(record), list(schema.explain("evaluation", LABELS, record))


def test_a_comparison_is_of_the_schemas_shape_and_says_both() -> None:
    answer = run("evaluate", CORPUS, "layer:reader-a", "--against", "layer:reader-b", "--format", "json")
    record = json.loads(answer.stdout)
    assert schema.verdict("evaluation", LABELS).is_valid(record)
    assert (record["system"], record["against"]) == ("reader-a", "reader-b")
    assert len(record["differences"]) == len(record["figures"])
    turned = json.loads(
        run("evaluate", CORPUS, "layer:reader-b", "--against", "layer:reader-a", "--format", "json").stdout
    )
    for one, other in zip(record["differences"], turned["differences"], strict=True):
        assert (one["value"], one["p"]) == (other["other"], other["p"])
    assert run("evaluate", CORPUS, "layer:reader-a", "--against", "layer:reader-b").exit_code == 0


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_text_and_markdown_say_what_the_json_says(format: str) -> None:
    common = ("evaluate", CORPUS, "layer:reader-a", "--split", "all", "--resamples", "50")
    record = json.loads(run(*common, "--format", "json").stdout)
    lines = [line.replace("│", "|") for line in run(*common, "--format", format).stdout.splitlines()]
    for figure in record["figures"]:
        if figure["measure"] in ("F1", "accuracy", "macro-F1") and (figure["gold"] or figure["predicted"]):
            said = (
                f"{figure['name']} ",
                number(figure["value"]),
                f"{figure['gold']:,} ",
                f"{figure['predicted']:,} ",
            )
            assert any(all(part in line for part in said) for line in lines), said


def test_articles_that_are_not_in_the_file_count_as_empty_and_are_named(corpus: Path, oracle: Path) -> None:
    tested = list(gold(corpus, "test").by_id)
    kept = [line for line in oracle.read_text("utf-8").splitlines() if f'"article":"{tested[0]}"' not in line]
    oracle.write_text("\n".join(kept) + "\n", "utf-8")
    answer = run("evaluate", corpus, oracle, "--format", "json")
    record = json.loads(answer.stdout)
    assert record["unpredicted"] == [tested[0]]
    assert f"counted as without annotations: {tested[0]}" in answer.stderr
    strict = {f["measure"]: f for f in record["figures"] if f["name"] == "span, label (strict)"}
    assert strict["precision"]["value"] in (1.0, None)
    assert strict["recall"]["value"] < 1.0


def test_what_nobody_predicts_is_not_shown_but_is_in_the_json(corpus: Path, tmp_path: Path) -> None:
    path = tmp_path / "names.jsonl"
    path.write_bytes(
        b"".join(
            predictions.line(
                one["article"]["id"], one["article"]["text_sha256"], "names",
                [line for line in one["layers"][GOLD][1:] if line["type"] == "entity"],  # type: ignore[misc]
            )
            for one in gold(corpus, "all").documents
        )
    )  # fmt: skip
    answer = run("evaluate", corpus, path, "--split", "all")
    assert "not shown: claims, stances" in answer.stderr
    assert "attributed claims" not in answer.stdout and "entities" in answer.stdout
    record = json.loads(run("evaluate", corpus, path, "--split", "all", "--format", "json").stdout)
    claims = [f for f in record["figures"] if f["group"] == "attributed claims" and f["measure"] == "F1"]
    assert {f["value"] for f in claims} == {0.0, None}


def test_labels_are_shown_or_not(corpus: Path, oracle: Path) -> None:
    common = ("evaluate", corpus, oracle, "--split", "all")
    assert " ORG " in run(*common).stdout
    without = run(*common, "--no-labels").stdout
    assert " ORG " not in without and "mean of labels" in without


def test_a_table_is_no_wider_than_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    answer = run("evaluate", CORPUS, "layer:reader-a", "--against", "layer:reader-b", "--split", "all")
    assert "…" not in answer.stdout


def test_a_folder_with_marks_of_markup_in_its_name_is_shown_as_it_is(
    corpus: Path, oracle: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(corpus, tmp_path / "[bold]" / "[" / "red]x"))
    answer = run("evaluate", folder, oracle)
    assert answer.exit_code == 0
    assert "[bold]/[/red]x" in answer.stdout.replace("\n", "")


@pytest.mark.parametrize("side", ["pred", "against"])
def test_a_faulty_file_is_told_of_and_not_scored(
    side: str, corpus: Path, oracle: Path, tmp_path: Path
) -> None:
    faulty = tmp_path / "faulty.jsonl"
    faulty.write_text(oracle.read_text("utf-8").replace('"label":"ORG"', '"label":"BANK"', 1), "utf-8")
    systems = (faulty,) if side == "pred" else (oracle, "--against", faulty)
    answer = run("evaluate", corpus, *systems)
    assert answer.exit_code == 1
    assert "E101" in answer.stdout and f"{faulty}:" in answer.stdout and "1 error" in answer.stdout
    assert "span, label" not in answer.stdout


def test_misuse_is_one_line_that_says_how_to_mend_it(corpus: Path, oracle: Path) -> None:
    for arguments, said in (
        ((corpus, "layer:nobody"), "no layer «nobody»; there are gold"),
        ((corpus, "nowhere.jsonl"), "layer:NAME"),
        ((corpus, oracle, "--split", "dev"), "«dev» is not one of"),
        ((corpus, oracle, "--against", "layer:nobody"), "no layer «nobody»"),
    ):
        answer = run("evaluate", *arguments)
        assert isinstance(answer.exception, Misuse)
        assert said in str(answer.exception) and "\n" not in str(answer.exception)
    assert run("evaluate", corpus, oracle, "--format", "html").exit_code == 2


# --- Layers and predictions files ---------------------------------------------------------------------


def test_a_layer_goes_out_as_predictions_and_comes_in_as_a_layer(corpus: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(corpus, tmp_path / "corpus"))
    path = tmp_path / "out.jsonl"
    out = run("export", "predictions", path, "--system", "tagger-1", "--corpus", root)
    assert f"{len(documents())} articles" in out.output
    come = run("import", "predictions", path, "--corpus", root)
    assert come.exit_code == 0, come.output
    opened = store.open_corpus(root)
    for name in gold(root, "all").by_id:
        found = store.read_document(opened, name).document
        assert found is not None
        assert found["layers"]["tagger-1"][1:] == found["layers"][GOLD][1:]
        assert found["layers"]["tagger-1"][0]["annotator"] == "tagger-1"  # type: ignore[typeddict-item]
    assert run("check", "--corpus", root).exit_code == 0
    assert run("evaluate", root, "layer:tagger-1").exit_code == 0


def test_nothing_comes_in_where_anything_is_wrong(corpus: Path, oracle: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(corpus, tmp_path / "corpus"))
    oracle.write_text(oracle.read_text("utf-8").replace('"label":"ORG"', '"label":"BANK"', 1), "utf-8")
    answer = run("import", "predictions", oracle, "--corpus", root)
    assert answer.exit_code == 1 and "E101" in answer.output
    assert not list(root.rglob("layers/*.jsonl"))
    assert run("export", "predictions", tmp_path / "x", "--system", "A b", "--corpus", root).exit_code == 2


# --- Effort -------------------------------------------------------------------------------------------


def test_gold_itself_saves_every_edit_and_nothing_saves_none(
    corpus: Path, oracle: Path, tmp_path: Path
) -> None:
    shown = run("evaluate", corpus, oracle, "--split", "all", "--effort", "--format", "markdown").stdout
    table = shown.split("## edits that turn it into gold")[1]
    assert "| all |" in table and "+100%" in next(line for line in table.splitlines() if "| all |" in line)
    empty = tmp_path / "empty.jsonl"
    lines = [json.loads(line) | {"annotations": []} for line in oracle.read_text("utf-8").splitlines()]
    empty.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    record = json.loads(run("evaluate", corpus, empty, "--split", "all", "--format", "json").stdout)
    assert record["effort"] and all(one["nothing"] == one["suggested"] for one in record["effort"])
    assert sum(one["nothing"] for one in record["effort"]) > 0
    assert "edits that turn it" not in run("evaluate", corpus, oracle, "--split", "all").stdout
