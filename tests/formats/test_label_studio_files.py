"""Label Studio's files in the table of formats; the mapping itself is tested in test_label_studio.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import SETTINGS
from tasrih.formats import inline
from tasrih.formats.catalogue import FORMATS
from tasrih.formats.exchange import Imported, Reading
from tasrih.model import Document
from tasrih.store import Misuse
from tasrih.text.canonical import sha256

LABEL_STUDIO = FORMATS["label-studio"]
REAL = Path(__file__).parents[3] / "shared" / "real"
EXAMPLE = "tasrih inline 1\n=== text\n😀 <c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1> إن <c1>الحملة بدأت</c1>.\n=== roles\nc1 claimers=e1\n"


def document() -> Document:
    parsed = inline.read(EXAMPLE, "example")
    digest = sha256(parsed.text)
    article: Any = {
        "id": "example", "language": "ar", "event": "e", "topic": "local", "origin": "written",
        "rights": {"licence": "CC0-1.0", "redistribute": True}, "text_sha256": digest, "length": len(parsed.text),
        "zones": [],
    }  # fmt: skip
    header: Any = {
        "type": "layer", "article": "example", "text_sha256": digest, "annotator": "gold", "guidelines": "1.0",
    }  # fmt: skip
    return {"article": article, "text": parsed.text, "layers": {"gold": [header, *parsed.annotations]}}


def tasks(**options: str) -> list[dict[str, Any]]:
    files = dict(LABEL_STUDIO.write([document()], SETTINGS, "gold", **options))
    assert list(files) == ["config.xml", "tasks.json"]
    found: list[dict[str, Any]] = json.loads(files["tasks.json"])
    return found


def read(value: Any, mapping: dict[str, str] | None = None, **options: str) -> Imported:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return LABEL_STUDIO.read([("a.json", content)], Reading(SETTINGS["labels"], mapping or {}, {}, options))


def test_predictions_are_written_and_read_by_the_option() -> None:
    made = tasks(results="predictions")
    assert "annotations" not in made[0]
    (found,) = read(made, results="predictions").documents
    assert [line["id"] for line in found.layers["gold"]] == ["e1", "c1"]
    with pytest.raises(Misuse, match="predictions alone"):
        read(made)


def test_annotations_of_several_are_layers_of_one_document() -> None:
    made = tasks()
    result = made[0]["annotations"][0]["result"]
    by = [(1, "ali@example.org"), (2, "huda@example.org"), (3, "ali@example.org")]
    made[0]["annotations"] = [{"id": n, "completed_by": {"email": who}, "result": result} for n, who in by]
    imported = read(made)
    (found,) = imported.documents
    assert list(found.layers) == ["ali@example.org", "huda@example.org", "ali@example.org-3"]
    assert [str(note) for note in imported.notes] == [
        "a.json: task #1: a second annotation by one annotator is the layer «ali@example.org-3»"
    ]


def test_what_was_skipped_is_noted() -> None:
    made = tasks()
    made[0]["annotations"].append({"id": 7, "was_cancelled": True, "result": []})
    assert [note.kind for note in read(made).notes] == ["dropped"]


def foreign(*labels: str) -> list[dict[str, Any]]:
    result = [
        {
            "id": f"r{at}", "type": "labels", "from_name": "ner", "to_name": "text",
            "value": {"start": at, "end": at + 1, "text": "abcdef"[at], "labels": [label]},
        }
        for at, label in enumerate(labels)
    ]  # fmt: skip
    return [{"id": 5, "data": {"text": "abcdef"}, "annotations": [{"id": 1, "result": result}]}]


def test_labels_of_others_are_renamed_or_left_out() -> None:
    imported = read(foreign("Person", "ORG", "Misc"), {"Person": "PER", "Misc": ""})
    (found,) = imported.documents
    assert found.name == "task-5"
    assert [(line["id"], line["label"], line["text"]) for line in found.layers[""]] == [  # type: ignore[typeddict-item]
        ("e1", "PER", "a"),
        ("e2", "ORG", "b"),
    ]
    assert "e3: label «Misc»" in [note.what for note in imported.notes]


def test_labels_that_nobody_named_are_refused() -> None:
    with pytest.raises(Misuse, match="unknown labels «Person»"):
        read(foreign("Person"))


# --- Real exports -------------------------------------------------------------------------------------

REAL_FILES = {
    "label_studio_sdk/csv_test.json": "no span over the text",
    "label_studio_sdk/csv_test2.json": "has no «text»",
    "label_studio_sdk/csv_test2_result.csv": "a table (CSV or TSV)",
    "label_studio_sdk/csv_test_colliding_keys.json": "no span over the text",
    "label_studio_sdk/csv_test_colliding_keys_mixed.json": "no span over the text",
    "label_studio_sdk/csv_test_history.json": "no span over the text",
    "label_studio_sdk/chat_data.json": "has no «text»",
    "label_studio_sdk/test_export_doclang/data.json": "has no «text»",
    "label_studio_sdk/test_export_json_min/data.json": "has no «text»",
    "label_studio_sdk/data_repeater.json": "has no «text»",
    "label_studio_sdk/label_config.xml": "a labelling configuration",
    "label_studio_sdk/label_config_repeater.json": "no task of Label Studio",
    "label_studio_kiji/sample_predictions.json": "predictions alone",
}


def real_file(name: str) -> Path:
    folder, _, rest = name.partition("/")
    found = [
        path for path in sorted((REAL / folder).rglob(rest.rsplit("/", 1)[-1])) if str(path).endswith(rest)
    ]
    if not found:
        pytest.skip(f"the real exports are not at hand: {REAL / folder} has no {rest}")
    return found[0]


@pytest.mark.parametrize("name", REAL_FILES)
def test_a_real_file_is_read_or_refused_with_a_reason(name: str) -> None:
    path = real_file(name)
    with pytest.raises(Misuse) as refused:
        LABEL_STUDIO.read([(path.name, path.read_bytes())], Reading(SETTINGS["labels"]))
    assert str(refused.value).startswith(f"{path.name}: ")
    assert REAL_FILES[name] in str(refused.value)


def test_no_real_file_is_forgotten() -> None:
    if not REAL.is_dir():
        pytest.skip(f"the real exports are not at hand: {REAL}")
    there = [
        path
        for folder in ("label_studio_sdk", "label_studio_kiji")
        for path in (REAL / folder).rglob("*")
        if path.suffix in (".json", ".csv", ".xml")
    ]
    assert {real_file(name) for name in REAL_FILES} == {*there}


def test_the_real_predictions_need_one_offset_mended() -> None:
    made = json.loads(real_file("label_studio_kiji/sample_predictions.json").read_bytes())
    mapping = {"Person": "PER", "Pronoun": "", "Email": ""}
    with pytest.raises(Misuse, match=r"the quote stands at code points 62\.\.84 alone"):
        read(made, mapping, results="predictions")
    wrong = next(one for one in made[0]["predictions"][0]["result"] if one.get("id") == "ent-5")
    wrong["value"] |= {"start": 62, "end": 84}
    imported = read(made, mapping, results="predictions")
    (found,) = imported.documents
    assert [line["text"] for lines in found.layers.values() for line in lines] == ["John Smith", "Mary"]  # type: ignore[typeddict-item]
    assert len([note for note in imported.notes if note.kind == "dropped"]) == 3


# --- Anything at all ----------------------------------------------------------------------------------


@given(st.binary(max_size=200), st.sampled_from(["a.json", "", "a.csv", "config.xml"]))
@settings(deadline=None, max_examples=60)
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    try:
        assert isinstance(LABEL_STUDIO.read([(name, content)], Reading(SETTINGS["labels"])), Imported)
    except Misuse as error:
        assert str(error)
