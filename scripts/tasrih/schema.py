"""Schemas and the corpus's labels together: validators, Arrow schema, Features, label names.

`schemas/` states the structure, corpus.toml the label sets; a property with `x-labels` takes its enum
from the latter. Features are kept in the JSON form that the Hub's Parquet metadata uses, with lists
written as `[…]`: that is the one form that `datasets` reads from 3.6 to the newest (`List` is refused
by 3.6).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from tasrih.model import Labels

if TYPE_CHECKING:
    import jsonschema_rs
    import pyarrow as pa
    from jsonschema.exceptions import ValidationError

Schema: TypeAlias = dict[str, Any]
Feature: TypeAlias = dict[str, Any] | list[Any]

NAMES = (
    "article",
    "annotation",
    "document",
    "corpus",
    "split",
    "decision",
    "manifest",
    "finding",
    "diff",
    "predictions",
    "evaluation",
    "baselines",
)
VERSION = "1.0"


@cache
def folder() -> Path:
    """Where the schemas are: inside the installed package, else beside pyproject.toml above `scripts/`."""
    installed = Path(__file__).parent / "schemas"
    if installed.is_dir():
        return installed
    checkout = Path(__file__).parents[2]
    if (checkout / "pyproject.toml").is_file() and (checkout / "schemas").is_dir():
        return checkout / "schemas"
    raise FileNotFoundError(f"no schemas beside {Path(__file__).parent}: install tasrih again")


@cache
def _read(name: str) -> str:
    return (folder() / f"{name}.schema.json").read_text("utf-8")


def load(name: str) -> Schema:
    """The schema `name` (one of NAMES) as its file says it."""
    schema: Schema = json.loads(_read(name))
    return schema


def _with_labels(schema: Any, labels: Mapping[str, Sequence[str]]) -> Any:
    if isinstance(schema, dict):
        joined = {key: _with_labels(value, labels) for key, value in schema.items()}
        if "x-labels" in joined:
            joined["enum"] = list(labels[joined["x-labels"]])
        return joined
    if isinstance(schema, list):
        return [_with_labels(value, labels) for value in schema]
    return schema


def complete(name: str, labels: Labels) -> Schema:
    """The schema `name` with the corpus's labels put in and every reference inside itself."""
    schema: Schema = _with_labels(load(name), labels)  # type: ignore[arg-type]
    if name == "predictions":
        return _of_predictions(schema, labels)
    if name != "document":
        return schema
    annotation = _with_labels(load("annotation"), labels)  # type: ignore[arg-type]
    definitions = annotation.pop("$defs")
    article = _with_labels(load("article"), labels)  # type: ignore[arg-type]
    for part in (annotation, article):
        for keyword in ("$schema", "$id", "examples"):
            part.pop(keyword, None)
    schema["$defs"] = {"article": article, "annotation": annotation, **definitions}
    schema["properties"]["article"] = {"$ref": "#/$defs/article"}
    schema["properties"]["layers"]["additionalProperties"]["items"] = {"$ref": "#/$defs/annotation"}
    return schema


def resolved(part: Schema, definitions: Mapping[str, Any]) -> Schema:
    """A property with its reference followed; what stands beside the reference wins."""
    if "$ref" in part and "$defs/" in part["$ref"]:
        return {
            **definitions[part["$ref"].rsplit("/", 1)[-1]],
            **{k: v for k, v in part.items() if k != "$ref"},
        }
    if "anyOf" in part and "type" not in part:
        first = resolved(part["anyOf"][0], definitions)
        return {**first, "type": [first["type"], "null"], **{k: v for k, v in part.items() if k != "anyOf"}}
    return part


def _of_predictions(schema: Schema, labels: Labels) -> Schema:
    """The schema of predictions: annotations as in a layer, in which words may be left out; no header, no keyed hash."""
    annotation = complete("annotation", labels)
    definitions = annotation["$defs"]
    del definitions["layer"], definitions["quote_hmac"]
    kinds = ("entity", "claim", "stance")
    for part in (*(definitions[kind] for kind in kinds), definitions["claim"]["properties"]["cue"]):
        del part["anyOf"], part["properties"]["quote_hmac"]
    annotation["properties"]["type"]["enum"] = list(kinds)
    annotation["allOf"] = [case for case in annotation["allOf"] if "layer" not in case["then"]["$ref"]]
    for keyword in ("$schema", "$id", "$defs", "examples"):
        del annotation[keyword]
    schema["$defs"] = {"annotation": annotation, **definitions}
    schema["properties"]["annotations"]["items"] = {"$ref": "#/$defs/annotation"}
    return schema


def verdict(name: str, labels: Labels) -> jsonschema_rs.Draft202012Validator:
    """The fast validator that decides whether a record is valid."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(complete(name, labels))


def explain(name: str, labels: Labels, record: object) -> Iterator[ValidationError]:
    """What jsonschema finds wrong with `record`, one error at a time."""
    yield from _explainer()(complete(name, labels)).iter_errors(record)


def faults(name: str, labels: Labels, record: object) -> Iterator[ValidationError]:
    """As `explain`, of a record that is most often valid: jsonschema, slow to start, is asked only where it is not."""
    if not verdict(name, labels).is_valid(record):
        yield from explain(name, labels, record)


@cache
def _explainer() -> Any:
    """jsonschema's validator, in which the `$` of a pattern is the very end, as it is for jsonschema-rs.

    Python's own `$` also matches before a last newline.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend

    def pattern(validator: Any, wanted: str, instance: object, schema: Schema) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not re.search(re.sub(r"\$\Z", r"\\Z", wanted), instance):
            yield ValidationError(f"{instance!r} does not match {wanted!r}")

    return extend(Draft202012Validator, {"pattern": pattern})  # type: ignore[no-untyped-call]


# --- Features and Arrow -------------------------------------------------------------------------------


def value(dtype: str) -> Feature:
    """A plain column of `dtype`."""
    return {"dtype": dtype, "_type": "Value"}


def class_label(names: Sequence[str]) -> Feature:
    """A label column: integers with names."""
    return {"names": list(names), "_type": "ClassLabel"}


_SCALARS = {"string": "string", "integer": "int32", "boolean": "bool", "number": "float64"}


def _feature(prop: Schema, definitions: Schema) -> Feature:
    if "$ref" in prop:
        return _feature(definitions[prop["$ref"].rsplit("/", 1)[-1]], definitions)
    if "enum" in prop:
        return class_label(prop["enum"])
    if "anyOf" in prop and "type" not in prop:
        return _feature(prop["anyOf"][0], definitions)
    kind = prop["type"][0] if isinstance(prop["type"], list) else prop["type"]
    if kind == "array":
        return [_feature(prop["items"], definitions)]
    if kind == "object":
        return {key: _feature(child, definitions) for key, child in prop["properties"].items()}
    return value(_SCALARS[kind])


def _flat(features: dict[str, Feature]) -> dict[str, Feature]:
    """Nested objects become columns with a prefix: rights.licence → rights_licence."""
    flat: dict[str, Feature] = {}
    for name, feature in features.items():
        if isinstance(feature, dict) and "_type" not in feature:
            flat.update({f"{name}_{key}": child for key, child in feature.items()})
        else:
            flat[name] = feature
    return flat


def article_features(labels: Labels) -> dict[str, Feature]:
    """Columns of an article's metadata, in the order of the schema."""
    schema = complete("article", labels)
    return _flat({name: _feature(prop, {}) for name, prop in schema["properties"].items()})


def annotation_features(kind: str, labels: Labels, *, standoff: bool = False) -> dict[str, Feature]:
    """Columns of an entity, claim or stance; with `standoff` keyed hashes stand instead of quotes."""
    definitions = complete("annotation", labels)["$defs"]
    properties = definitions[kind]["properties"]
    features = _flat({n: _feature(p, definitions) for n, p in properties.items() if n != "type"})
    unwanted = "text" if standoff else "quote_hmac"
    return {n: f for n, f in features.items() if n not in (unwanted, f"cue_{unwanted}", "confidence")}


def arrow_type(feature: Feature) -> pa.DataType:
    """The Arrow type in which `datasets` stores `feature`."""
    import pyarrow as pa

    if isinstance(feature, list):
        return pa.list_(arrow_type(feature[0]))
    if feature.get("_type") == "ClassLabel":
        return pa.int64()
    if feature.get("_type") == "Value":
        return {"string": pa.string(), "int32": pa.int32(), "bool": pa.bool_(), "float64": pa.float64()}[
            feature["dtype"]
        ]
    return pa.struct([pa.field(name, arrow_type(child)) for name, child in feature.items()])


def arrow_schema(features: Mapping[str, Feature]) -> pa.Schema:
    """Arrow schema whose metadata carries `features`, as `datasets` expects it in Parquet."""
    import pyarrow as pa

    fields = [pa.field(name, arrow_type(feature)) for name, feature in features.items()]
    metadata = json.dumps({"info": {"features": deepcopy(dict(features))}}, ensure_ascii=False)
    return pa.schema(fields, metadata={"huggingface": metadata})
