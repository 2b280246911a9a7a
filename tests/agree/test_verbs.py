"""`tasrih agree` and `tasrih adjudicate` from layers to gold, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from corpora import write_corpus
from layered import ONE, OTHER, SAID, SAID_ROLES, two_layers
from tasrih import store
from tasrih.cli import app
from tasrih.formats import label_studio
from tasrih.store import Misuse

WHOLE = SAID + SAID_ROLES
CHANGED = WHOLE.replace("<e2 GPE>", "<e2 LOC>").replace("about=e2", "about=e2 certainty=probable")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of two articles: in the first two annotations differ, in the second none does."""
    root = tmp_path / "corpus"
    write_corpus(root, [two_layers(WHOLE, CHANGED, "first"), two_layers(WHOLE, WHOLE, "second")])
    return root


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def complete(path: Path, lines: dict[str, str]) -> None:
    text = path.read_text("utf-8")
    for ids, rest in lines.items():
        assert f"{ids} | ? | \n" in text
        text = text.replace(f"{ids} | ? | \n", f"{ids} | {rest}\n")
    path.write_text(text, "utf-8")


def test_from_layers_to_gold_and_no_case_twice(corpus: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    first = run("adjudicate", "--corpus", corpus, "--out", work)
    assert first.exit_code == 1
    assert "first: 4 agreed, 0 decided, 2 open" in first.output
    assert "second: 6 agreed, 0 decided, 0 open" in first.output
    assert sorted(path.name for path in work.iterdir()) == ["config.xml", "first.inline", "tasks.json"]
    assert not (corpus / "articles" / "first" / "gold.jsonl").exists()
    complete(
        work / "first.inline", {"c1 c1001": "one | 3.9: قالت is certain", "e2 e1002": "other | for the test"}
    )
    decided = run("adjudicate", "--corpus", corpus, "--decisions", work / "first.inline", "--by", "the tests")
    assert decided.exit_code == 0, decided.output
    assert "2 decisions" in decided.output
    gold = (corpus / "articles" / "first" / "gold.jsonl").read_bytes()
    header = json.loads(gold.splitlines()[0])
    assert header["by"] == "adjudicated from reader-a and reader-b, decided by the tests"
    again = run("adjudicate", "--corpus", corpus, "--out", work / "again")
    assert (again.exit_code, (work / "again").exists()) == (0, False)
    assert (corpus / "articles" / "first" / "gold.jsonl").read_bytes() == gold
    assert run("check", "--corpus", corpus, "--select", "E,C,S,L,Q").exit_code == 0


def test_the_account_adds_up_or_says_where_not(corpus: Path, tmp_path: Path) -> None:
    unfinished = run("agree", "--corpus", corpus, "--account")
    assert unfinished.exit_code == 1
    assert "first: 2 cases are open" in unfinished.output
    run("adjudicate", "--corpus", corpus, "--out", tmp_path)
    complete(tmp_path / "first.inline", {"c1 c1001": "one | x", "e2 e1002": "other | x"})
    run("adjudicate", "--corpus", corpus, "--decisions", tmp_path / "first.inline", "--by", "the tests")
    finished = run("agree", "--corpus", corpus, "--account")
    assert finished.exit_code == 0, finished.output
    path = corpus / "articles" / "second" / "gold.jsonl"
    path.write_text(path.read_text("utf-8").replace("support", "oppose"), "utf-8")
    mended_by_hand = run("agree", "--corpus", corpus, "--account")
    assert mended_by_hand.exit_code == 1
    assert "second: gold is not what layers and decisions give" in mended_by_hand.output


def test_tasks_have_both_annotators_spans_as_predictions(corpus: Path, tmp_path: Path) -> None:
    run("adjudicate", "--corpus", corpus, "--out", tmp_path)
    (task,) = json.loads((tmp_path / "tasks.json").read_text("utf-8"))
    assert [prediction["model_version"] for prediction in task["predictions"]] == ["work-list", ONE, OTHER]
    labels = store.open_corpus(corpus).settings["labels"]
    for prediction, layer in zip(task["predictions"][1:], (WHOLE, CHANGED), strict=True):
        whole = task | {"predictions": [prediction]}
        back = label_studio.read(
            json.dumps([whole]).encode(),
            labels,
            "tasks.json",
            {"first": task["data"]["text"]},
            predictions=True,
        )
        assert len(back.results[0].annotations) == layer.count("</") - 1  # a cue is part of its claim


def test_agree_says_it_as_text_json_and_page(corpus: Path, tmp_path: Path) -> None:
    page = tmp_path / "agreement.html"
    text = run("agree", "--corpus", corpus, "--html", page, "--resamples", "50")
    assert text.exit_code == 0, text.output
    assert "2 shared articles" in text.output
    record = json.loads(run("agree", "--corpus", corpus, "--format", "json").stdout)
    assert record["pairs"][0]["outcomes"][0] == {
        "kind": "entity", "same": 7, "label_only": 1, "boundary_only": 0, "both_differ": 0, "only_one": 0, "only_other": 0,
    }  # fmt: skip
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["adjudicate", "--layers", "reader-a,zaid"], "adjudication takes two layers"),
        (["agree", "--layers", "zaid,reader-a"], "there is no layer «zaid»"),
    ],
)
def test_what_is_not_there_is_named(corpus: Path, arguments: list[str], said: str) -> None:
    result = run(*arguments, "--corpus", corpus)
    assert isinstance(result.exception, Misuse)
    assert said in str(result.exception)


def test_decisions_need_somebody_who_decided(corpus: Path, tmp_path: Path) -> None:
    run("adjudicate", "--corpus", corpus, "--out", tmp_path)
    assert run("adjudicate", "--corpus", corpus, "--decisions", tmp_path / "first.inline").exit_code == 2
