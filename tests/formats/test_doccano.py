"""doccano's lines: what it keeps and counts, what comes back of it changed, and what of its other kinds of file is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import SETTINGS, document
from tasrih.formats import doccano
from tasrih.formats.exchange import Imported, Reading
from tasrih.store import Misuse

REAL = Path(__file__).parents[2] / ".." / "shared" / "real" / "doccano"
TEXT = "😀 Anna met Bob."
SNIPPET = (
    "😀 <s1 support>قالت</s1> <e1 ORG>وزارة الصحة</e1> إن <c1><e2 EVENT>الحملة</e2> بدأت</c1>.\n"
    "=== roles\nc1 claimers=e1 about=e2 mode=indirect\ns1 holders=e1 target=c1\n"
)


def written(unit: str = "utf16") -> dict[str, Any]:
    [(name, content)] = doccano.write([document(SNIPPET)], SETTINGS, "gold", unit)  # type: ignore[arg-type]
    assert name == ""
    found: dict[str, Any] = json.loads(content)
    return found


def read(*rows: Any, unit: str = "utf16", name: str = "a.jsonl", **mapping: str) -> Imported:
    lines = "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows)
    return doccano.read(
        [(name, lines.encode())], Reading(SETTINGS["labels"], mapping, options={"unit": unit})
    )


def row(*spans: tuple[int, int, str], text: str = TEXT, **more: Any) -> dict[str, Any]:
    return {"text": text, "label": [list(span) for span in spans], **more}


def places(found: Imported, layer: str = "") -> list[tuple[str, int, str]]:
    lines: list[Any] = found.documents[0].layers[layer]
    return [(one.get("label", ""), one["start"], one["text"]) for one in lines]


# --- Writing, and what comes back changed -------------------------------------------------------------


def test_spans_and_relations_have_the_shape_of_an_export() -> None:
    made = written()
    assert all(set(one) == {"id", "label", "start_offset", "end_offset"} for one in made["entities"])
    assert all(set(one) == {"id", "from_id", "to_id", "type"} for one in made["relations"])
    labels = {one["id"]: one["label"] for one in made["entities"]}
    assert {(labels[one["from_id"]], one["type"], labels[one["to_id"]]) for one in made["relations"]} == {
        ("Claim", "claimer", "ORG"), ("Claim", "about", "EVENT"), ("support", "holder", "ORG"), ("support", "target", "Claim"),
    }  # fmt: skip


@pytest.mark.parametrize(("unit", "start"), [("utf16", 8), ("codepoint", 7)])
def test_offsets_are_counted_as_asked_and_read_as_they_say(unit: str, start: int) -> None:
    made = written(unit)
    ministry = next(one for one in made["entities"] if one["label"] == "ORG")
    assert ministry["start_offset"] == start
    assert ("ORG", 7, "وزارة الصحة") in places(read(made, unit="utf16"), "gold")


def test_numbers_of_spans_are_unique_over_the_file() -> None:
    [(_, content)] = doccano.write([document(SNIPPET), document(SNIPPET, "other")], SETTINGS, "gold")  # type: ignore[arg-type, list-item]
    ids = [one["id"] for line in content.splitlines() for one in json.loads(line)["entities"]]
    assert len(ids) == len(set(ids))


def test_new_numbers_of_doccanos_change_nothing() -> None:
    made = written()
    for one in made["entities"]:
        one["id"] += 1000
    for one in made["relations"]:
        one["from_id"], one["to_id"] = one["from_id"] + 1000, one["to_id"] + 1000
    assert read(made).documents == read(written()).documents


def test_what_was_added_is_numbered_on_and_what_was_deleted_is_gone() -> None:
    made = written()
    made["entities"] = [one for one in made["entities"] if one["label"] != "EVENT"]
    made["entities"].append({"id": 99, "label": "PER", "start_offset": 0, "end_offset": 2})
    found = read(made)
    assert [one["id"] for one in found.documents[0].layers["gold"]] == ["e3", "s1", "e1", "c1"]
    claim = next(one for one in found.documents[0].layers["gold"] if one["type"] == "claim")
    assert claim["mode"] == "indirect"
    assert "about" not in claim
    assert [note.what for note in found.notes] == ["relations «about» of what is left out: 1"]


def test_an_id_that_is_none_is_not_taken() -> None:
    made = written()
    made["tasrih"]["article"]["id"] = "../../elsewhere"
    [found] = read(made).documents
    assert found.name == "a-1"
    assert "id" not in found.metadata


def test_parts_are_joined_however_their_relations_stand() -> None:
    spans = [{"id": at, "label": "Claim", "start_offset": at, "end_offset": at + 1} for at in (2, 4, 6, 8)]
    links = [{"id": at, "from_id": source, "to_id": target, "type": "part-of"} for at, (source, target) in enumerate([(8, 6), (4, 2), (6, 4), (2, 8)])]  # fmt: skip
    [claim] = read({"text": "a b c d e f", "entities": spans, "relations": links}).documents[0].layers[""]
    assert claim.get("fragments") == [[2, 3], [4, 5], [6, 7], [8, 9]]


def test_files_of_several_users_are_layers_of_one_article() -> None:
    line = json.dumps(written()).encode()
    found = doccano.read([("anna.jsonl", line), ("bob.jsonl", line)], Reading(SETTINGS["labels"]))
    assert [list(one.layers) for one in found.documents] == [["gold", "bob"]]


def test_users_of_the_oldest_exports_are_layers() -> None:
    spans = [{"label": 7, "start_offset": 3, "end_offset": 7, "user": user} for user in (1, 2)]
    found = read({"text": TEXT, "annotations": spans}, **{"7": "PER"})
    assert places(found, "user-1") == places(found, "user-2") == [("PER", 2, "Anna")]


# --- Reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["label", "labels", "entities", "column_label"])
def test_triples_are_read_under_every_key_that_doccano_has_had(key: str) -> None:
    assert places(read({"text": TEXT, key: [[3, 7, "PER"]]})) == [("PER", 2, "Anna")]


def test_a_list_and_an_object_over_several_lines_are_read_like_lines() -> None:
    one = row((3, 7, "PER"))
    assert places(read(json.dumps(one, indent=2))) == places(read(json.dumps([one]))) == [("PER", 2, "Anna")]


def test_a_text_of_characters_of_two_units_says_how_it_was_read() -> None:
    assert [note.kind for note in read(row((3, 7, "PER"))).notes] == ["note"]
    found = read(row((2, 6, "PER")), unit="codepoint")
    assert places(found) == [("PER", 2, "Anna")]
    assert not found.notes


def test_a_crlf_counts_as_two_and_becomes_one() -> None:
    assert places(read(row((4, 7, "PER"), text="a\r\n Bob"))) == [("PER", 3, "Bob")]


@pytest.mark.parametrize(
    ("given_row", "said"),
    [
        pytest.param(row((3, 7, "PER"), meta={"a": 1}), "values of «meta»: 1", id="meta"),
        pytest.param(row((3, 7, "PER"), cats=["x", "y"]), "labels of whole texts: 2", id="categories"),
        pytest.param(row((3, 7, "PER"), Comments=["why?"]), "the comment «why?»: 1", id="comment"),
        pytest.param(row((3, 7, "PER"), relations=[{"from_id": 1, "to_id": 2, "type": "x"}]), "relations «x» of what is left out: 1", id="relation"),
        pytest.param(row((3, 7, "PER"), relations=[7]), "«7» is no relation", id="no-relation"),
        pytest.param(row((3, 7, "PER"), (30, 70, "PER")), "no words of the text", id="outside"),
        pytest.param(row((3, 7, "PER"), (7, 7, "PER")), "no words of the text", id="empty"),
        pytest.param(row((3, 7, "PER"), (1, 7, "PER")), "no words of the text", id="inside-a-character"),
        pytest.param({"text": TEXT, "label": [[3, 7, "PER"], [3, "7", "PER"]]}, "is no span", id="no-span"),
    ],
)  # fmt: skip
def test_what_has_no_place_is_left_out_with_a_note(given_row: dict[str, Any], said: str) -> None:
    found = read(given_row)
    assert places(found) == [("PER", 2, "Anna")]
    assert [note.what for note in found.notes if note.kind == "dropped"] == [
        next(note.what for note in found.notes if said in note.what)
    ]


def test_a_line_that_is_no_json_is_dropped_with_its_number() -> None:
    found = read(row((3, 7, "PER")), "{nothing\n", {"label": [[0, 1, "PER"]]})
    assert [(note.where, note.kind) for note in found.notes if note.kind == "dropped"] == [
        ("a.jsonl:2", "dropped"),
        ("a.jsonl:3", "dropped"),
    ]


def test_unknown_labels_are_named() -> None:
    with pytest.raises(Misuse, match=r"«MISC» 1 ×.*--map MISC="):
        read(row((3, 7, "MISC")))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.sampled_from(["PER", "Claim", "support", "claimer", "part-of"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
SPAN = st.fixed_dictionaries(
    {"label": st.sampled_from(["PER", "Claim", "Cue", "support"]) | JSON, "start_offset": st.integers(-1, 9), "end_offset": st.integers(0, 16) | JSON},
    optional={"id": st.integers(0, 3) | JSON, "user": JSON},
)  # fmt: skip
LINK = st.fixed_dictionaries(
    {"from_id": st.integers(0, 3) | JSON, "to_id": st.integers(0, 3) | JSON, "type": st.sampled_from(["part-of", "claimer", "target", "within"]) | JSON}
)  # fmt: skip
MARK = st.fixed_dictionaries(
    {"id": st.sampled_from(["e1", "c1"]) | JSON, "kind": st.sampled_from(["entity", "claim"]) | JSON, "label": st.sampled_from(["PER", "Claim"]) | JSON,
     "parts": st.lists(st.tuples(st.integers(0, 9), st.integers(0, 16))) | JSON, "values": st.just({"source": "author"}) | JSON}
)  # fmt: skip
OWN = st.fixed_dictionaries(
    {}, optional={"marks": st.lists(MARK, max_size=3) | JSON, "beside": JSON, "article": JSON, "header": JSON, "unit": JSON}
)  # fmt: skip
ROW = st.fixed_dictionaries(
    {"text": st.just(TEXT) | JSON, "entities": st.lists(SPAN, max_size=4) | JSON},
    optional={"id": JSON, "relations": st.lists(LINK, max_size=4) | JSON, "Comments": JSON, "cats": JSON, "tasrih": OWN | JSON, "label": JSON},
)  # fmt: skip


@given(st.lists(ROW | JSON, max_size=2))
@settings(deadline=None, max_examples=200)
def test_any_rows_are_read_or_refused(rows: list[Any]) -> None:
    with suppress(Misuse):
        read(*rows)


@given(st.binary(max_size=80))
@settings(deadline=None, max_examples=100)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(Misuse):
        doccano.read([("a.jsonl", content)], Reading(SETTINGS["labels"]))


# --- doccano's own samples ----------------------------------------------------------------------------

# Of every sample the number of documents and of annotations, or what it is refused with.
WHOLE, CONLL, TABLE, FASTTEXT, PLAIN, MEDIA = (
    "said of whole texts", "import it as CoNLL", "a table of doccano's", "fastText lines", "it is no JSON", "pictures or sound",
)  # fmt: skip
EXPORT, IMPORT, TESTS = (
    "data_export/pipeline/examples",
    "data_import/pipeline/examples",
    "data_import/tests/data",
)
SAMPLES: dict[str, tuple[int, int] | str] = {
    f"{EXPORT}/bounding_box/example.jsonl": "one spread over several lines has an error",
    f"{EXPORT}/image_captioning/example.jsonl": MEDIA,
    f"{EXPORT}/image_classification/example.jsonl": MEDIA,
    f"{EXPORT}/intent_detection/example.jsonl": (2, 3),
    f"{EXPORT}/relation_extraction/example.jsonl": (1, 4),
    f"{EXPORT}/segmentation/example.jsonl": "one spread over several lines has an error",
    f"{EXPORT}/sequence_labeling/example.jsonl": (3, 4),
    f"{EXPORT}/sequence_to_sequence/example.csv": TABLE,
    f"{EXPORT}/sequence_to_sequence/example.json": WHOLE,
    f"{EXPORT}/sequence_to_sequence/example.jsonl": WHOLE,
    f"{EXPORT}/speech_to_text/example.jsonl": MEDIA,
    f"{EXPORT}/text_classification/example.csv": TABLE,
    f"{EXPORT}/text_classification/example.json": WHOLE,
    f"{EXPORT}/text_classification/example.jsonl": WHOLE,
    f"{EXPORT}/text_classification/example.txt": FASTTEXT,
    f"{IMPORT}/image_classification/image_files.txt": PLAIN,
    f"{IMPORT}/intent_detection/example.jsonl": (2, 3),
    f"{IMPORT}/relation_extraction/example.jsonl": (1, 4),
    f"{IMPORT}/sequence_labeling/example.jsonl": (3, 3),
    f"{IMPORT}/sequence_labeling/example.txt": CONLL,
    f"{IMPORT}/sequence_to_sequence/example.csv": TABLE,
    f"{IMPORT}/sequence_to_sequence/example.json": WHOLE,
    f"{IMPORT}/sequence_to_sequence/example.jsonl": WHOLE,
    f"{IMPORT}/speech_to_text/audio_files.txt": PLAIN,
    f"{IMPORT}/task_agnostic/text_files.txt": PLAIN,
    f"{IMPORT}/task_agnostic/text_lines.txt": PLAIN,
    f"{IMPORT}/text_classification/example.csv": TABLE,
    f"{IMPORT}/text_classification/example.json": WHOLE,
    f"{IMPORT}/text_classification/example.jsonl": WHOLE,
    f"{IMPORT}/text_classification/example.txt": FASTTEXT,
    f"{TESTS}/example.txt": PLAIN,
    f"{TESTS}/example.utf16.csv": TABLE,
    f"{TESTS}/images/1500x500.jpeg": "a picture or sound",
    f"{TESTS}/intent/example.jsonl": (4, 2),
    f"{TESTS}/relation_extraction/example.jsonl": (1, 4),
    f"{TESTS}/seq2seq/example.csv": TABLE,
    f"{TESTS}/seq2seq/example.json": WHOLE,
    f"{TESTS}/seq2seq/example.jsonl": WHOLE,
    f"{TESTS}/sequence_labeling/example.conll": CONLL,
    f"{TESTS}/sequence_labeling/example.jsonl": (2, 1),
    f"{TESTS}/sequence_labeling/example_overlapping.jsonl": (1, 2),
    f"{TESTS}/sequence_labeling/labeling.invalid.conll": CONLL,
    f"{TESTS}/sequence_labeling/labeling.trailing.conll": CONLL,
    f"{TESTS}/text_classification/example.csv": TABLE,
    f"{TESTS}/text_classification/example.invalid.2.csv": TABLE,
    f"{TESTS}/text_classification/example.invalid.2.xlsx": TABLE,
    f"{TESTS}/text_classification/example.json": WHOLE,
    f"{TESTS}/text_classification/example.jsonl": WHOLE,
    f"{TESTS}/text_classification/example.xlsx": TABLE,
    f"{TESTS}/text_classification/example_fasttext.txt": FASTTEXT,
    f"{TESTS}/text_classification/example_one_column_no_header.xlsx": TABLE,
    f"{TESTS}/text_classification/example_out_of_order_columns.csv": TABLE,
}
MAPPING = {"PERSON": "PER", "City": "GPE", "MISC": "NORP"}
here = pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real/doccano is absent")


@here
def test_every_sample_is_in_the_table() -> None:
    found = {path.relative_to(REAL).as_posix() for path in REAL.rglob("*") if path.is_file()}
    assert found - {"LICENSE", "SOURCE.txt"} == set(SAMPLES)


@here
@pytest.mark.parametrize(("sample", "outcome"), SAMPLES.items(), ids=SAMPLES)
def test_a_sample_is_read_or_refused_with_a_reason(sample: str, outcome: tuple[int, int] | str) -> None:
    files = [(sample.rsplit("/", 1)[-1], (REAL / sample).read_bytes())]
    reading = Reading(SETTINGS["labels"], MAPPING)
    if isinstance(outcome, str):
        with pytest.raises(Misuse, match=outcome):
            doccano.read(files, reading)
        return
    found = doccano.read(files, reading)
    annotations = [one for document in found.documents for one in document.layers[""]]
    assert (len(found.documents), len(annotations)) == outcome
    assert found.counts["spans"] == len(annotations)
    assert found.counts["relations"] == sum(
        int(note.what.rsplit(" ", 1)[1]) for note in found.notes if "relations «" in note.what
    )
