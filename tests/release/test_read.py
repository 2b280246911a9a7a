"""A release read back is the corpus that it was made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpora import document, write_corpus
from samples import documents
from tasrih import store
from tasrih.model import text_order
from tasrih.release import read
from tasrih.release.build import build
from tasrih.release.write import parquet_path


def stated(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: stated(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, [], {})}
    return [stated(item) for item in value] if isinstance(value, list) else value


def annotations(lines: list[Any]) -> list[Any]:
    return sorted((stated(line) for line in lines[1:]), key=text_order)


def same(whole: Any, back: Any) -> bool:
    return (
        stated(whole["article"]) == stated(back["article"])
        and whole["text"] == back["text"]
        and whole["layers"].keys() == back["layers"].keys()
        and all(
            annotations(whole["layers"][name]) == annotations(back["layers"][name]) for name in back["layers"]
        )
    )


@pytest.mark.parametrize("root", ["samples", "corpus"])
def test_every_document_comes_back(root: str, tmp_path: Path) -> None:
    if root == "samples":
        made = [*documents(), document("<e1 GPE>تونس</e1> وحدها.", "second-layer")]
        made[-1]["layers"]["reader-x"] = document("<e1 LOC>تونس</e1> وحدها.", "second-layer", "reader-x")[
            "layers"
        ]["reader-x"]
        corpus = write_corpus(tmp_path / "corpus", made)
    else:
        corpus = store.open_corpus(Path(__file__).parents[2] / "corpus")
    release = build(corpus.root, tmp_path / "dist").folder
    assert release
    splits = {record["article"]: record["split"] for record in store.read_splits(corpus)[0]}
    found = {back["article"]["id"]: (split, back) for split, back in read.documents(release)}
    wholes = [reading.document for reading in store.read_gold(corpus, local_texts=False)]
    assert len(found) == len(wholes) > 0
    for whole in wholes:
        assert whole
        name = whole["article"]["id"]
        if (
            whole["text"] is None
        ):  # a release has the annotators' layers of withheld texts no more than the texts
            whole["layers"] = {"gold": whole["layers"]["gold"]}
        split, back = found[name]
        assert split == splits[name] and same(whole, back), name


def test_a_table_that_is_none_of_a_release_is_refused(tmp_path: Path) -> None:
    path = tmp_path / parquet_path("articles", "train")
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table({"id": ["x"]}), path)
    with pytest.raises(store.Misuse, match="no table of a release"):
        list(read.documents(tmp_path))
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(store.Misuse, match="cannot be read"):
        list(read.documents(tmp_path))
