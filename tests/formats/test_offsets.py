"""Offsets in JSON: keys by any name, offsets in any unit, and what is said of spans that do not fit."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_round_trips import CASES, assert_same, of_case, without_loose_ends

from corpora import SETTINGS
from strategies import documents as any_document
from tasrih.formats.catalogue import FORMATS
from tasrih.formats.exchange import Imported, Reading
from tasrih.model import Document
from tasrih.store import Misuse

OFFSETS = FORMATS["offsets"]
TEXT = "🔴 في تونس وفي بيروت وفي تونس"


def read(
    *records: Any, content: str | None = None, mapping: dict[str, str] | None = None, **options: str
) -> Imported:
    body = (
        "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records) if content is None else content
    )
    reading = Reading(SETTINGS["labels"], mapping or {}, options=OFFSETS.chosen(options))
    return OFFSETS.read([("x.jsonl", body.encode())], reading)


def one(**values: Any) -> dict[str, Any]:
    """A document of one span, of Beirut in code points, with other values."""
    span = {"start": 14, "end": 19, "label": "GPE", "text": "بيروت"} | values
    return {"text": TEXT, "spans": [span]}


def places(imported: Imported) -> list[tuple[int, int, str]]:
    return [
        (line["start"], line["end"], line["label"])  # type: ignore[typeddict-item]
        for foreign in imported.documents
        for lines in foreign.layers.values()
        for line in lines
    ]


def notes(imported: Imported) -> list[str]:
    return [str(note) for note in imported.notes]


# --- Round trips --------------------------------------------------------------------------------------

OPTIONS = [
    *({"unit": unit} for unit in OFFSETS.options["unit"].values),
    {"start": "startIdx", "end": "endIdx", "label": "type", "spans": "location_mentions", "id": "tweet_id"},
    {"text": "a b", "quote": "ما قيل", "spans": "s"},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: "-".join(options.values()))
@given(whole=any_document().map(without_loose_ends))
@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
def test_any_document_comes_back_in_any_unit_and_by_any_names(
    options: dict[str, str], whole: Document
) -> None:
    assert_same(OFFSETS, whole, **options)


@pytest.mark.parametrize("unit", ["codepoint", "utf16", "byte"])
def test_the_unit_is_found_by_the_quotes(unit: str) -> None:
    for whole in map(of_case, CASES):
        [(name, content)] = OFFSETS.write([whole], SETTINGS, "gold", unit=unit)
        imported = OFFSETS.read([(name, content)], Reading(SETTINGS["labels"]))
        assert {note.kind for note in imported.notes} <= {"note"}
        assert (
            places(imported)
            == [
                (line["start"], line["end"], line["label"])  # type: ignore[typeddict-item]
                for line in whole["layers"]["gold"][1:]
                if line["type"] == "entity"
            ]
        )


def test_names_that_are_one_are_refused() -> None:
    with pytest.raises(Misuse, match="two of start, end, label, quote would have one name"):
        list(OFFSETS.write([], SETTINGS, "gold", start="x", end="x"))


# --- What keys are called -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        {"id": 7, "content": TEXT, "entities": [{"begin": 14, "stop": 19, "tag": "GPE"}]},
        {"text": TEXT, "label": [[14, 19, "GPE"]]},
        {
            "text": TEXT,
            "tags": ["a"],
            "odd": [{"startIdx": 14, "endIdx": 19, "type": "GPE", "text": "بيروت"}],
        },
        {"text": TEXT, "empty": [], "spans": [{"start": 14, "end": 19, "label": "GPE", "text": None}]},
    ],
)
def test_keys_are_found(record: dict[str, Any]) -> None:
    imported = read(record)
    assert places(imported) == [(14, 19, "GPE")]
    assert imported.counts == {"documents": 1, "entities": 1}


def test_keys_can_be_named() -> None:
    record = {"text": "no", "t": TEXT, "s": [{"a": 14, "b": 19, "c": "GPE"}]}
    assert places(read(record, text="t", spans="s", start="a", end="b", label="c")) == [(14, 19, "GPE")]


def test_a_list_is_read_as_lines_are() -> None:
    assert places(read(content=json.dumps([one(), one()]))) == [(14, 19, "GPE")] * 2


def test_documents_have_names() -> None:
    named = read({"id": "a", **one()}, {"id": 12, **one()}, one())
    assert [foreign.name for foreign in named.documents] == ["a", "12", "x-3"]


# --- What does not fit --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "found", "note"),
    [
        ({"start": 15, "end": 20}, [(14, 19, "GPE")], "its offsets are UTF-16 units"),
        ({"start": 26, "end": 36}, [(14, 19, "GPE")], "its offsets are bytes"),
        ({"start": 3, "end": 5}, [(14, 19, "GPE")], "GPE 3 to 5: «ي » stands there, not «بيروت»; it is taken where that stands, at 14 (repaired)"),
        ({"start": 0, "end": 1, "text": "تونس"}, [], "not «تونس», which stands 2 × in the text (dropped)"),
        ({"start": 0, "end": 1, "text": "باريس"}, [], "not «باريس», which stands 0 × in the text (dropped)"),
        ({"start": 99, "end": 100, "text": None}, [], "GPE 99 to 100: outside of the text or empty (dropped)"),
        ({"start": -1, "end": 2, "text": None}, [], "outside of the text or empty (dropped)"),
        ({"start": 19, "end": 14, "text": None}, [], "outside of the text or empty (dropped)"),
        ({"text": None}, [(14, 19, "GPE")], "taken as code points; --option unit=utf16 if not"),
        ({"start": "14"}, [], "span 1 has no start, end or label (dropped)"),
        ({"start": True}, [], "span 1 has no start, end or label (dropped)"),
        ({"label": 3}, [], "span 1 has no start, end or label (dropped)"),
        ({"label": "GPE", "form": 3, "referent": [], "members": {}}, [(14, 19, "GPE")], ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_with_its_line(
    values: dict[str, Any], found: list[tuple[int, int, str]], note: str
) -> None:
    imported = read(one(), one(**values))
    assert places(imported) == [(14, 19, "GPE"), *found]
    assert not note or (
        len(imported.notes) == 1
        and note in notes(imported)[0]
        and notes(imported)[0].startswith("x.jsonl:2: ")
    )


def test_a_label_that_is_left_out_is_listed() -> None:
    imported = read(one(label="CITY"), mapping={"CITY": ""})
    assert notes(imported) == ["x.jsonl:1: CITY «بيروت» (dropped)"]
    with pytest.raises(Misuse, match="«CITY» 1 ×"):
        read(one(label="CITY"))


@pytest.mark.parametrize("record", [3, None, [], {"text": 3}, {"text": ""}, {}, {"text": TEXT, "spans": 3}])
def test_an_odd_record_is_left_out_with_a_note(record: Any) -> None:
    imported = read(one(), record)
    assert len(imported.documents) == 1
    assert [note.kind for note in imported.notes] == ["dropped"]
    assert imported.notes[0].where == "x.jsonl:2"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "there is no key for text; its keys are none"),
        ("{", r"x.jsonl:1: it is no JSON"),
        ("[" * 100_000, r"x.jsonl: it is no JSON"),
        ('{"a": 1}', "there is no key for text; its keys are a: say which with --option text=KEY"),
        ('{"text": "a", "b": ["c"]}', "there is no key for spans; its keys are text, b"),
    ],
)
def test_a_file_of_another_form_is_refused(content: str, said: str) -> None:
    with pytest.raises(Misuse, match=said):
        read(content=content)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 40)
    | st.floats(allow_nan=False)
    | st.sampled_from([TEXT, "GPE", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "spans", "start", "end", "label", "id", "article", "header"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(st.lists(JSON, min_size=1, max_size=3))
@settings(deadline=None, max_examples=200)
def test_nothing_that_is_json_makes_a_traceback(records: list[Any]) -> None:
    with suppress(Misuse):
        read(*records)
