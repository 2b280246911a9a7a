"""The article of which a suggester is least sure comes first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corpora import document, write_corpus
from tasrih.cli import app
from tasrih.suggest import Draft
from tasrih.suggest.order import ranked, uncertainty


def unsure(*confidences: float) -> Any:
    return [{"type": "entity", "confidence": p} for p in confidences]


@pytest.mark.parametrize(
    ("confidences", "words", "expected"),
    [
        ((), 10, 0),
        ((1.0, 1.0), 10, 0),
        ((0.5,), 100, 0.5),
        ((0.9, 0.2), 10, 3.0),
        ((0.0,), 10, 0),
        ((0.5,), 0, 0),
    ],
)
def test_open_suggestions_count_and_sure_ones_do_not(confidences: Any, words: int, expected: float) -> None:
    assert uncertainty(unsure(*confidences), words) == pytest.approx(expected)


def test_articles_are_ranked_over_several_batches() -> None:
    drafts = {f"a{number:03}": Draft("كلمة " * 10, annotations=()) for number in range(70)}

    def suggest(batch: Any) -> Any:
        return [unsure(0.5) if index % 2 else unsure(0.9) for index, _ in enumerate(batch)]

    order = [one.article for one in ranked(drafts, suggest)]
    assert sorted(order) == sorted(drafts) and order[0] == "a001"
    values = {one.article: one.uncertainty for one in ranked(drafts, suggest)}
    assert [values[name] for name in order] == sorted(values.values(), reverse=True)


def test_the_command_lists_and_writes_nothing(tmp_path: Path) -> None:
    gold = "قالت <e1 ORG>وزارة الصحة</e1> إن <e2 GPE>تونس</e2> تستعد."
    waiting: list[Any] = [document("زارت وزارة الصحة تونس.", "sure"), document("تونس وتونس وتونس", "unsure")]
    for whole in waiting:
        whole["layers"] = {}
    other = gold.replace("GPE", "LOC")
    root = write_corpus(tmp_path, [document(gold), document(other, "other"), *waiting]).root
    done = CliRunner().invoke(
        app, ["suggest", "--with", "names", "--order", "uncertainty", "--corpus", str(root)]
    )
    assert done.exit_code == 0, done.output
    assert done.output.index("unsure ") < done.output.index("sure  ")
    assert not (root / "articles" / "sure" / "layers").exists()
