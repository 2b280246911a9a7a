"""The schemas: valid, within the subset on which both validators agree, and one with the records of model.py."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from types import UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from corpora import SETTINGS
from strategies import documents, from_schema
from tasrih import model, schema

LABELS: Any = SETTINGS["labels"]
KINDS = ("layer", "entity", "claim", "stance")
ALLOWED = {
    "$schema", "$id", "$ref", "$defs", "title", "description", "examples", "type", "properties", "required", "items",
    "additionalProperties", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems",
    "anyOf", "allOf", "if", "then", "x-labels",
}  # fmt: skip
_QUICK = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


def walk(part: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside a schema, with its place; names of properties and examples are none."""
    if not isinstance(part, dict):
        return
    yield pointer, part
    for keyword in ("properties", "$defs"):
        for name, child in part.get(keyword, {}).items():
            yield from walk(child, f"{pointer}/{keyword}/{name}")
    for keyword in ("items", "additionalProperties", "if", "then"):
        yield from walk(part.get(keyword), f"{pointer}/{keyword}")
    for keyword in ("anyOf", "allOf"):
        for index, child in enumerate(part.get(keyword, [])):
            yield from walk(child, f"{pointer}/{keyword}/{index}")


PARTS = [(name, pointer, part) for name in schema.NAMES for pointer, part in walk(schema.load(name))]
agree_on = pytest.mark.parametrize("name", schema.NAMES)


def verdicts(name: str, record: Any) -> tuple[bool, bool]:
    """What jsonschema-rs and jsonschema say of `record`."""
    return schema.verdict(name, LABELS).is_valid(record), not list(schema.explain(name, LABELS, record))


# --- The files ----------------------------------------------------------------------------------------


def test_the_folder_is_the_checkouts(checkout: Any) -> None:
    assert schema.folder() == checkout / "schemas"
    assert {path.name for path in schema.folder().iterdir()} == {
        f"{name}.schema.json" for name in schema.NAMES
    }


@agree_on
def test_is_a_valid_schema_with_its_labels(name: str) -> None:
    for whole in (schema.load(name), schema.complete(name, LABELS)):
        assert whole["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        Draft202012Validator.check_schema(whole)
    assert schema.load(name)["$id"] == f"{name}.schema.json"


@agree_on
def test_a_complete_schema_needs_no_other_file(name: str) -> None:
    for _, part in walk(schema.complete(name, LABELS)):
        assert part.get("$ref", "#/$defs/").startswith("#/$defs/")
        assert "x-labels" not in part or part["enum"] == LABELS[part["x-labels"]]


@agree_on
def test_its_examples_are_valid(name: str) -> None:
    whole = schema.complete(name, LABELS)
    examples = whole.get("examples", [])
    assert examples or name == "document"
    for example in examples:
        assert verdicts(name, example) == (True, True)
    for kind, definition in whole.get("$defs", {}).items():
        for example in definition.get("examples", []):
            assert verdicts("annotation", example) == (True, True), kind


@pytest.mark.parametrize(
    ("name", "pointer", "part"), PARTS, ids=[f"{name}{pointer}" for name, pointer, _ in PARTS]
)
def test_keeps_to_the_subset_on_which_validators_agree(name: str, pointer: str, part: dict[str, Any]) -> None:
    assert set(part) <= ALLOWED
    if "pattern" in part:
        pattern = part["pattern"]
        assert pattern.isascii()
        assert not re.search(r"\\", pattern), "a class such as \\d is Unicode here and ASCII there"
        assert pattern[0] == "^" and pattern[-1] == "$"
        assert not re.search(r"[.^$](?![^\[]*\])", pattern[1:-1]), "an anchor or a dot inside"
        assert "(?" not in pattern
    if "properties" in part and part.get("type") == "object" and "/if" not in pointer:
        assert part.get("additionalProperties") is False or (name, pointer) == ("annotation", "")


def test_every_property_is_described_and_every_record_has_a_title() -> None:
    for name in schema.NAMES:
        whole = schema.load(name)
        assert whole["title"] and whole["description"]
        definitions = whole.get("$defs", {})
        for kind in set(definitions) & set(KINDS):
            assert definitions[kind]["title"] and definitions[kind]["description"]
        for pointer, part in walk(whole):
            if "/if" in pointer:
                continue
            for key, child in part.get("properties", {}).items():
                target = definitions.get(child.get("$ref", "").rsplit("/", 1)[-1], child)
                assert target.get("description") or "schema.json" in child.get("$ref", ""), (
                    f"{name}{pointer}/{key}"
                )


# --- Two validators, one verdict ----------------------------------------------------------------------


def generated(name: str) -> st.SearchStrategy[Any]:
    """Valid records from the complete schema itself."""
    whole = schema.complete(name, LABELS)
    if name == "annotation":
        return st.one_of([from_schema(whole["$defs"][kind], whole["$defs"]) for kind in KINDS])
    if name == "predictions":  # which kind an annotation is stands in conditions, which no strategy reads
        kinds = [{"$ref": f"#/$defs/{kind}"} for kind in KINDS if kind != "layer"]
        whole["properties"]["annotations"] = {"type": "array", "items": {"anyOf": kinds}}
    return documents() if name == "document" else from_schema(whole, whole.get("$defs", {}))


GENERATED = {name: generated(name) for name in schema.NAMES}


@agree_on
@given(data=st.data())
@_QUICK
def test_valid_records_are_valid_to_both(name: str, data: st.DataObject) -> None:
    assert verdicts(name, data.draw(GENERATED[name])) == (True, True)


def places(record: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of everything inside a record."""
    items = (
        record.items() if isinstance(record, dict) else enumerate(record) if isinstance(record, list) else ()
    )
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


WRONG = st.one_of(
    st.sampled_from(
        [None, True, False, 0, -1, 1.5, 5.0, 2**63, 10**30, -(10**30), 1e300, "", " ", "x", "e1\n", "c0", "e01", "١", "2024-01-01\n",
         "a" * 3000, "ORG\n", "Q1\n", "gold\n", [], {}, [[]], {"type": "entity"}, ["e1", 5], [[0, 1]], [[0, 1], [2]], "author", "\u0000", "😀" * 81]
    ),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=5),
).map(deepcopy)  # fmt: skip


@st.composite
def broken(draw: st.DrawFn, record: Any) -> Any:
    """`record` after one to three random changes: a key deleted, added, or given another value."""
    whole = deepcopy(record)
    for _ in range(draw(st.integers(1, 3))):
        paths = list(places(whole))
        if not paths:
            break
        *parents, last = draw(st.sampled_from(paths))
        part = whole
        for key in parents:
            part = part[key]
        match draw(st.sampled_from(["delete", "replace", "add", "line-end"])):
            case "delete":
                del part[last]
            case "add" if isinstance(part, dict):
                part[draw(st.sampled_from(["colour", "", "текст", "type", "text", "quote_hmac"]))] = draw(
                    WRONG
                )
            case "line-end" if isinstance(part[last], str):
                part[last] += "\n"
            case _:
                part[last] = draw(WRONG)
    return whole


@agree_on
@given(data=st.data())
@_QUICK
def test_broken_records_have_one_verdict(name: str, data: st.DataObject) -> None:
    record = data.draw(broken(data.draw(GENERATED[name])))
    fast, slow = verdicts(name, record)
    assert fast == slow, json.dumps(record)


@pytest.mark.parametrize("record", [5, "x", [], None, {}, {"type": None}, {"type": "mention"}, {"type": []}])
def test_what_is_no_annotation_is_said_once(record: Any) -> None:
    assert verdicts("annotation", record) == (False, False)
    assert len(list(schema.explain("annotation", LABELS, record))) == 1


def test_a_line_end_behind_a_value_is_explained() -> None:
    [error] = schema.explain("split", LABELS, {"article": "a\n", "event": "b", "split": "test"})
    assert list(error.absolute_path) == ["article"] and error.validator == "pattern"


# --- Records ------------------------------------------------------------------------------------------

RECORDS = {
    "article": (model.Article, schema.load("article")),
    "zone": (model.Zone, schema.load("article")["properties"]["zones"]["items"]),
    "rights": (model.Rights, schema.load("article")["properties"]["rights"]),
    "credits": (model.Credits, schema.load("article")["properties"]["credits"]),
    "layer": (model.Layer, schema.load("annotation")["$defs"]["layer"]),
    "entity": (model.Entity, schema.load("annotation")["$defs"]["entity"]),
    "claim": (model.Claim, schema.load("annotation")["$defs"]["claim"]),
    "cue": (model.Cue, schema.load("annotation")["$defs"]["claim"]["properties"]["cue"]),
    "stance": (model.Stance, schema.load("annotation")["$defs"]["stance"]),
    "document": (model.Document, schema.load("document")),
    "split": (model.SplitAssignment, schema.load("split")),
    "corpus": (model.Settings, schema.load("corpus")),
    "labels": (model.Labels, schema.load("corpus")["properties"]["labels"]),
    "shares": (model.SplitShares, schema.load("corpus")["properties"]["splits"]),
}
JSON_TYPES = {
    str: "string",
    int: "integer",
    bool: "boolean",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}


def json_types(hint: Any) -> set[str]:
    """JSON types of a type hint."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return set().union(*map(json_types, get_args(hint)))
    if origin is Literal:
        return {"string"}
    if origin is NotRequired:
        return json_types(get_args(hint)[0])
    kind = origin or hint
    return {"object"} if hasattr(kind, "__annotations__") and kind not in JSON_TYPES else {JSON_TYPES[kind]}


def schema_types(part: dict[str, Any], definitions: dict[str, Any]) -> set[str]:
    """JSON types that a property may have."""
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[-1]
        return {"object"} if name.endswith(".json") else schema_types(definitions[name], definitions)
    if "anyOf" in part and "type" not in part:
        return set().union(*(schema_types(child, definitions) for child in part["anyOf"]))
    if "type" not in part:
        return {"string"}
    return set(part["type"]) if isinstance(part["type"], list) else {part["type"]}


@pytest.mark.parametrize("name", RECORDS)
def test_typed_records_are_those_of_the_schemas(name: str) -> None:
    record, part = RECORDS[name]
    definitions = schema.load("annotation")["$defs"]
    hints = get_type_hints(record, include_extras=True)
    assert set(hints) == set(part["properties"])
    needed = {key for key, hint in hints.items() if record.__total__ and get_origin(hint) is not NotRequired}
    assert needed == set(part.get("required", []))
    for key, hint in hints.items():
        prop = part["properties"][key]
        assert json_types(hint) == schema_types(prop, definitions), key
        values = get_args(hint) if get_origin(hint) is Literal else None
        if values is not None:
            assert list(values) == (prop["enum"] if "enum" in prop else [prop["const"]]), key


def test_splits_are_named_once() -> None:
    assert list(model.SPLITS) == schema.load("split")["properties"]["split"]["enum"]
    assert (
        list(model.SPLITS)
        == schema.load("manifest")["properties"]["tables"]["items"]["properties"]["split"]["enum"]
    )


# --- Features -----------------------------------------------------------------------------------------


def test_features_of_an_article_are_its_properties() -> None:
    features = schema.article_features(LABELS)
    flat = {name for name in schema.load("article")["properties"] if name not in ("rights", "credits")}
    assert set(features) == flat | {
        "rights_licence",
        "rights_redistribute",
        "credits_image",
        "credits_source",
    }
    assert features["topic"] == schema.class_label(LABELS["topic"])


@pytest.mark.parametrize("kind", ["entity", "claim", "stance"])
@pytest.mark.parametrize("standoff", [False, True])
def test_features_of_an_annotation_are_its_properties(kind: str, standoff: bool) -> None:
    definition = schema.load("annotation")["$defs"][kind]
    features = schema.annotation_features(kind, LABELS, standoff=standoff)
    gone = {"type", "confidence", "cue", "text" if standoff else "quote_hmac"}
    names = set(definition["properties"]) - gone
    quote = "quote_hmac" if standoff else "text"
    assert set(features) == names | ({"cue_start", "cue_end", f"cue_{quote}"} if kind == "claim" else set())
    for name in names:
        prop = definition["properties"][name]
        if "enum" in prop:
            assert features[name] == schema.class_label(prop["enum"])
            assert "unspecified" in prop["enum"], "no null ever stands in a ClassLabel column"
        if "x-labels" in prop:
            assert features[name] == schema.class_label(LABELS[prop["x-labels"]])


def test_arrow_schema_carries_the_features() -> None:
    features = {
        "id": schema.value("string"),
        "tags": [schema.class_label(["a", "b"])],
        "at": {"start": schema.value("int32")},
    }
    made = schema.arrow_schema(features)
    assert made.types == [pa.string(), pa.list_(pa.int64()), pa.struct([("start", pa.int32())])]
    assert json.loads(made.metadata[b"huggingface"])["info"]["features"] == features
    assert b'"List"' not in made.metadata[b"huggingface"]


@given(document=documents())
@_QUICK
def test_a_generated_document_is_read_back_from_json(document: Any) -> None:
    assume(document["text"])
    assert verdicts("document", json.loads(json.dumps(document))) == (True, True)
