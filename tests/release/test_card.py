"""The card's figures of agreement are those of `tasrih agree`, and stand there only where there are layers."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora import write_corpus
from layered import SAID, SAID_ROLES, two_layers
from tasrih import store
from tasrih.agree import figures, output
from tasrih.model import Document
from tasrih.release.build import build
from tasrih.release.card import measured_agreement

WHOLE = SAID + SAID_ROLES


def layered(number: int, guidelines: str = "1.0") -> Document:
    """An article with two layers and gold; its text is no near-duplicate of the others'."""
    unlike = " ".join(f"فقرة{number}{letter}" for letter in "ابتثجحخد")
    text, _, roles = WHOLE.partition("\n=== roles\n")
    one = f"{text}\n{unlike}.\n=== roles\n{roles}"
    document = two_layers(one, one.replace("<e2 GPE>", "<e2 LOC>"), f"article-{number}")
    for lines in document["layers"].values():
        lines[0]["guidelines"] = guidelines  # type: ignore[typeddict-unknown-key]
    header = document["layers"]["reader-a"][0] | {"annotator": "gold", "guidelines": "1.0"}
    gold = [header, *document["layers"]["reader-a"][1:]]
    return document | {"layers": document["layers"] | {"gold": gold}}  # type: ignore[return-value, dict-item]


def card_of(root: Path, documents: list[Document]) -> str:
    write_corpus(root / "corpus", documents)
    release = build(root / "corpus", root / "dist")
    assert release.folder is not None, [str(finding) for finding in release.findings]
    return (release.folder / "README.md").read_text("utf-8")


def test_the_card_has_every_figure_of_agree(tmp_path: Path) -> None:
    card = card_of(tmp_path, [layered(number) for number in range(3)])
    corpus = store.open_corpus(tmp_path / "corpus")
    documents = [store.read_document(corpus, name).document for name in corpus.ids()]
    (pair,) = figures.report([document for document in documents if document]).pairs
    assert "on 3 articles" in card
    lines = card.splitlines()
    for figure in pair.figures:
        said = (f"| {figure.name} |", output.shown(figure), f"| {figure.items:,} |")
        assert any(all(part in line for part in said) for line in lines), said


def test_layers_after_several_guidelines_are_measured_apart() -> None:
    found = measured_agreement([layered(1), layered(2, "1.1"), layered(3, "1.1")])
    assert [(part.guidelines, part.articles) for part in found] == [("", 3), ("1.0", 1), ("1.1", 2)]


def test_without_layers_there_is_no_agreement(tmp_path: Path) -> None:
    documents = [layered(number) for number in range(2)]
    alone: list[Document] = [d | {"layers": {"gold": d["layers"]["gold"]}} for d in documents]  # type: ignore[misc]
    assert measured_agreement(alone) == []
    assert "Agreement" not in card_of(tmp_path, alone)


@pytest.mark.parametrize("format", ["text", "json"])
def test_stats_says_the_same_in_both_forms(format: str, tmp_path: Path) -> None:
    import json

    from typer.testing import CliRunner

    from tasrih.cli import app

    write_corpus(tmp_path, [layered(number) for number in range(3)])
    done = CliRunner().invoke(app, ["stats", "--corpus", str(tmp_path), "--format", format])
    assert done.exit_code == 0, done.output
    if format == "json":
        record = json.loads(done.stdout)
        assert record["total"]["entities"] == 12 and record["total"]["attributed_claims"] == 3
        assert record["layers"] == {"reader-a": 3, "reader-b": 3}
    else:
        assert "GPE 3" in done.output
