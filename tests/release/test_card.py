"""The card: valid by the Hub's own library, of its sections, with figures that are those of the data."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import datasets
import pyarrow.parquet as pq
import pytest
from huggingface_hub import DatasetCard

from corpora import write_corpus
from layered import SAID, SAID_ROLES, two_layers
from tasrih import store
from tasrih.agree import figures, output
from tasrih.model import Document
from tasrih.release.build import build
from tasrih.release.card import measured_agreement, size_category

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


# --- The Hub's own ------------------------------------------------------------------------------------


def headings(text: str) -> list[str]:
    return [
        line.lstrip("# ").removesuffix(" [optional]")
        for line in re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE).splitlines()
        if re.match(r"#+ ", line)
    ]


def test_the_hub_s_library_reads_its_metadata(releases: tuple[Path, Path]) -> None:
    metadata = DatasetCard.load(releases[0] / "README.md").data.to_dict()
    assert set(metadata["task_categories"]) <= datasets.utils.metadata.known_task_ids.keys()
    resources = Path(datasets.__file__).parent / "utils" / "resources"
    for key, known in (
        ("size_categories", "size_categories"),
        ("multilinguality", "multilingualities"),
        ("language", "languages"),
    ):
        allowed = json.loads((resources / f"{known}.json").read_text("utf-8"))
        assert set(metadata[key]) <= set(allowed), key
    creators = json.loads((resources / "creators.json").read_text("utf-8"))
    assert set(metadata["annotations_creators"]) <= set(creators["annotations"])
    assert set(metadata["language_creators"]) <= set(creators["language"])
    assert metadata["source_datasets"] == ["original"] and metadata["license"] == "cc-by-4.0"


def test_its_configurations_are_those_of_the_release(releases: tuple[Path, Path]) -> None:
    card = DatasetCard.load(releases[0] / "README.md")
    configs = datasets.utils.metadata.MetadataConfigs.from_dataset_card_data(card.data)
    manifest = json.loads((releases[0] / "manifest.json").read_bytes())
    assert list(configs) == list(dict.fromkeys(table["config"] for table in manifest["tables"]))
    assert configs.get_default_config_name() == "articles"
    for config in configs.values():
        assert all((releases[0] / part["path"]).is_file() for part in config["data_files"])


def test_a_broken_card_is_refused(releases: tuple[Path, Path]) -> None:
    card = (releases[0] / "README.md").read_text("utf-8")
    with pytest.raises(ValueError, match="config_name"):
        broken = DatasetCard(card.replace("config_name: articles", "name: articles", 1))
        datasets.utils.metadata.MetadataConfigs.from_dataset_card_data(broken.data)


def test_it_has_the_sections_of_the_hub_s_template_in_their_order(releases: tuple[Path, Path]) -> None:
    card = (releases[0] / "README.md").read_text("utf-8")
    template = DatasetCard.default_template_path.read_text("utf-8")
    wanted = [h for h in headings(template.split("---", 2)[2]) if "{{" not in h]
    found = headings(card.split("---", 2)[2])
    assert [heading for heading in found if heading in wanted] == wanted
    assert "More Information Needed" not in card and "{% " not in card and "undefined" not in card


def test_its_pictures_are_there_and_say_what_the_data_do(releases: tuple[Path, Path]) -> None:
    card = (releases[0] / "README.md").read_text("utf-8")
    shown = re.findall(r"!\[[^]]+\]\((plots/[^)]+[.]svg)\)", card)
    assert sorted(shown) == sorted(f"plots/{path.name}" for path in (releases[0] / "plots").iterdir())
    for name in shown:
        root = ElementTree.fromstring((releases[0] / name).read_text("utf-8"))  # noqa: S314 - ours
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
    entities = pq.read_table(releases[0] / "data" / "entities", columns=["label"])
    people = entities["label"].to_pylist().count(0)
    withheld = pq.read_table(releases[0] / "data" / "standoff", columns=["entities", "rights_redistribute"])
    people += sum(
        entity["label"] == 0
        for row in withheld.to_pylist()
        if not row["rights_redistribute"]
        for entity in row["entities"]
    )
    assert f"PER: {people:,}<" in (releases[0] / "plots" / "entities.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("rows", "category"),
    [
        (0, "n<1K"),
        (999, "n<1K"),
        (1000, "1K<n<10K"),
        (10**6, "1M<n<10M"),
        (10**12 - 1, "100B<n<1T"),
        (10**12, "n>1T"),
    ],
)
def test_size_categories_are_the_hub_s(rows: int, category: str) -> None:
    known = json.loads(
        (Path(datasets.__file__).parent / "utils/resources/size_categories.json").read_text("utf-8")
    )
    assert size_category(rows) == category
    assert category in known
