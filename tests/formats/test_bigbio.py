"""BigBIO's KB schema: what is written has its features, and what others wrote is read, mended or left out with a note."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import SETTINGS, document
from tasrih.formats import bigbio
from tasrih.formats.exchange import Imported, Reading
from tasrih.store import Misuse

TEXT = "Anna met Bob in Rome."
SNIPPET = (
    "😀 <e1 ORG>وزارة الصحة</e1> <s1 support>أيدت</s1> أن <c1><e2 EVENT>الحملة</e2> بدأت</c1>.\n"
    "=== roles\nc1 claimers=e1 about=e2\ns1 holders=e1 target=c1\n"
)


def written(path: Path | None = None) -> dict[str, Any]:
    made = document(SNIPPET)
    mention: Any = next(line for line in made["layers"]["gold"] if line.get("id") == "e1")
    mention |= {"referent": "ministry-of-health", "wikidata": "Q1"}
    [(_, content)] = bigbio.write([made, document("<e1 PER>آنا</e1>", "bare")], SETTINGS, "gold")  # type: ignore[arg-type]
    if path is not None:
        path.write_bytes(content)
    found: dict[str, Any] = json.loads(content.splitlines()[0])
    return found


def row(**more: Any) -> dict[str, Any]:
    base = {
        "id": "1", "document_id": "d1", "passages": [{"id": "2", "type": "article", "text": [TEXT], "offsets": [[0, 21]]}],
        "entities": [{"id": "3", "type": "PER", "text": ["Anna"], "offsets": [[0, 4]], "normalized": []}],
        "events": [], "coreferences": [], "relations": [],
    }  # fmt: skip
    return base | more


def entity(
    name: str, words: list[str], offsets: list[Any], label: str = "PER", **more: Any
) -> dict[str, Any]:
    return {"id": name, "type": label, "text": words, "offsets": offsets, "normalized": []} | more


def read(*rows: Any, **mapping: str) -> Imported:
    lines = "".join(json.dumps(one) + "\n" for one in rows)
    return bigbio.read([("a.jsonl", lines.encode())], Reading(SETTINGS["labels"], mapping))


def places(found: Imported) -> list[tuple[int, int, str]]:
    return [(one["start"], one["end"], one["text"]) for one in found.documents[0].layers[""]]


# --- Writing ------------------------------------------------------------------------------------------


def features() -> Any:
    """The features of the KB schema, as its documentation describes them."""
    from datasets import Features, Value

    string, stretch = Value("string"), {"text": [Value("string")], "offsets": [[Value("int32")]]}
    item = {"db_name": string, "db_id": string}
    return Features(
        {
            "id": string,
            "document_id": string,
            "passages": [{"id": string, "type": string, **stretch}],
            "entities": [{"id": string, "type": string, **stretch, "normalized": [item]}],
            "events": [{"id": string, "type": string, "trigger": stretch, "arguments": [{"role": string, "ref_id": string}]}],
            "coreferences": [{"id": string, "entity_ids": [string]}],
            "relations": [{"id": string, "type": string, "arg1_id": string, "arg2_id": string, "normalized": [item]}],
        }
    )  # fmt: skip


def test_load_dataset_reads_it_with_the_features_of_the_schema(tmp_path: Path) -> None:
    from datasets import load_dataset

    made = written(tmp_path / "kb.jsonl")
    found = load_dataset(
        "json", data_files=str(tmp_path / "kb.jsonl"), features=features(), split="train", cache_dir=str(tmp_path / "cache")
    )  # fmt: skip
    assert found[0] == made
    assert found[1]["events"] == []


def test_offsets_index_the_passages_joined_by_blanks() -> None:
    made = written()
    text = " ".join(one for passage in made["passages"] for one in passage["text"])
    stretches = [*made["entities"], *(event["trigger"] for event in made["events"]), *made["passages"]]
    for one in stretches:
        assert one["text"] == [text[start:end] for start, end in one["offsets"]]


def test_every_id_is_there_once_and_every_reference_is_to_one() -> None:
    made = written()
    records = [
        one for kind in ("passages", "entities", "events", "coreferences", "relations") for one in made[kind]
    ]
    ids = [one["id"] for one in records]
    assert len(ids) == len(set(ids))
    named = [argument["ref_id"] for event in made["events"] for argument in event["arguments"]]
    named += [one for coreference in made["coreferences"] for one in coreference["entity_ids"]]
    assert named
    assert set(named) <= set(ids)


# --- Reading ------------------------------------------------------------------------------------------


def test_passages_are_joined_by_blanks() -> None:
    passages = [{"text": ["Anna met"], "offsets": [[0, 8]]}, {"text": "Bob.", "offsets": [[9, 13]]}]
    found = read(row(passages=passages, entities=[entity("3", ["Bob"], [[9, 12]])]))
    assert found.documents[0].text == "Anna met Bob."
    assert places(found) == [(9, 12, "Bob")]


def test_columns_are_read_like_rows() -> None:
    columns = {"id": ["3"], "type": ["PER"], "text": [["Anna"]], "offsets": [[[0, 4]]], "normalized": [[]]}
    assert places(read(row(entities=columns))) == [(0, 4, "Anna")]


def test_names_links_and_events_are_read() -> None:
    mentions = [
        entity("3", ["Anna"], [[0, 4]], normalized=[{"db_name": "Wikidata", "db_id": "Q1"}, {"db_name": "MESH", "db_id": "D1"}]),
        entity("4", ["Bob"], [[9, 12]]),
    ]  # fmt: skip
    events = [
        {"id": "5", "type": "Meet", "trigger": {"text": ["met"], "offsets": [[5, 8]]}, "arguments": [{"role": "Who", "ref_id": "3"}]},
        {"id": "6", "type": "Travel", "trigger": {"text": ["in"], "offsets": [[13, 15]]}, "arguments": []},
    ]  # fmt: skip
    more = {"coreferences": [{"id": "7", "entity_ids": ["3", "4", "9"]}], "relations": [{"id": "8", "type": "knows", "arg1_id": "3", "arg2_id": "4"}]}  # fmt: skip
    found = read(row(entities=mentions, events=events, **more), Meet="EVENT")
    lines: list[Any] = found.documents[0].layers[""]
    assert [(one["id"], one["label"], one.get("referent"), one.get("wikidata")) for one in lines] == [
        ("e1", "PER", "coreference-1", "Q1"), ("e2", "EVENT", None, None), ("e3", "PER", "coreference-1", None),
    ]  # fmt: skip
    assert sorted(note.what for note in found.notes) == [
        "arguments «Who»: 1", "events «Travel»: 1", "mentions of coreferences that are left out themselves: 1",
        "normalisations «MESH»: 1", "relations «knows»: 1",
    ]  # fmt: skip
    assert found.counts["entities"] == found.counts["events"] == 2


@pytest.mark.parametrize(
    ("mention", "kind", "where"),
    [
        pytest.param(entity("3", ["Bob"], [[8, 11]]), "repaired", (9, 12, "Bob"), id="moved"),
        pytest.param(entity("3", ["Anna", "Bob"], [[0, 4], [9, 12]]), "repaired", (0, 12, "Anna met Bob"), id="discontinuous"),
        pytest.param(entity("3", [], [[9, 12]]), "note", (9, 12, "Bob"), id="no-words"),
        pytest.param(entity("3", ["Tim"], [[9, 12]]), "dropped", None, id="other-words"),
        pytest.param(entity("3", ["Bob"], [["9", None]]), "repaired", (9, 12, "Bob"), id="no-numbers"),
        pytest.param(entity("3", ["n"], [[90, 120]]), "dropped", None, id="outside"),
        pytest.param(entity("3", [], []), "dropped", None, id="no-offsets"),
        pytest.param(entity("", ["Bob"], [[9, 12]]), "dropped", None, id="no-id"),
        pytest.param(entity("3", ["Bob"], [[9, 12]], label=""), "dropped", None, id="no-type"),
    ],
)  # fmt: skip
def test_a_mention_is_mended_or_left_out_with_a_note(
    mention: dict[str, Any], kind: str, where: tuple[int, int, str] | None
) -> None:
    found = read(row(entities=[mention]))
    assert places(found) == ([where] if where else [])
    assert [note.kind for note in found.notes] == [kind]


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"text": "x"}', b"\xff", json.dumps(row(passages=[])).encode()]
)
def test_another_shape_is_refused(content: bytes) -> None:
    with pytest.raises(Misuse):
        bigbio.read([("a.jsonl", content)], Reading(SETTINGS["labels"]))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["3", "Anna", "PER", "Claim", "Claimer"]) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "text", "offsets"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
RECORD = st.fixed_dictionaries(
    {"id": st.sampled_from(["3", "4", "5"]) | JSON, "type": st.sampled_from(["PER", "Claim", "Cue", "support", "Member"]) | JSON},
    optional={
        "text": st.just(["Anna"]) | JSON, "offsets": st.just([[0, 4]]) | JSON, "normalized": JSON, "ref_id": JSON, "entity_ids": st.just(["3"]) | JSON,
        "trigger": st.just({"text": ["Anna"], "offsets": [[0, 4]]}) | JSON, "arg1_id": st.just("3") | JSON, "arg2_id": st.just("4") | JSON,
        "arguments": st.just([{"role": "Target", "ref_id": "3"}]) | JSON,
    },
)  # fmt: skip
MANY = st.lists(RECORD, max_size=3) | JSON


@given(MANY, MANY, MANY, MANY, st.just([{"text": [TEXT]}]) | JSON)
@settings(deadline=None, max_examples=200)
def test_any_records_are_read_or_refused(
    entities: Any, events: Any, coreferences: Any, relations: Any, passages: Any
) -> None:
    with suppress(Misuse):
        read(
            row(
                entities=entities,
                events=events,
                coreferences=coreferences,
                relations=relations,
                passages=passages,
            )
        )


@given(st.binary(max_size=80))
@settings(deadline=None, max_examples=100)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(Misuse):
        bigbio.read([("a.jsonl", content)], Reading(SETTINGS["labels"]))
