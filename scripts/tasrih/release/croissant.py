"""croissant.json: the release described in Croissant, so that programs find and read its tables without `datasets`.

A record set is a configuration with all of its splits, an enumeration the labels of its ClassLabel columns. The
file is plain JSON-LD and made without a library; the tests hold it to mlcroissant, which validates it and reads
every record back. Source of the terms: https://docs.mlcommons.org/croissant/docs/croissant-spec.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tasrih.release.columns import ROWS, descriptions
from tasrih.release.statistics import Statistics
from tasrih.release.tables import Features
from tasrih.schema import Feature

Node = dict[str, Any]
FILE = "croissant.json"
_VERSION = "http://mlcommons.org/croissant/1.1"
_RESPONSIBLE = "http://mlcommons.org/croissant/RAI/1.0"
_TYPES = {
    "string": "sc:Text",
    "int32": "cr:Int32",
    "int64": "cr:Int64",
    "bool": "sc:Boolean",
    "float64": "cr:Float64",
}
_SPLIT_OF_PATH = "data/[^/]+/(train|validation|test)-.+[.]parquet$"
_TERMS = (
    "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject",
    "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5",
    "parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate", "separator",
    "source", "subField", "transform",
)  # fmt: skip
_CONTEXT: Node = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    **{term: f"cr:{term}" for term in _TERMS},
}


def croissant(
    settings: Mapping[str, Any],
    version: str,
    figures: Statistics,
    tables: Mapping[str, Features],
    files: Sequence[Mapping[str, Any]],
) -> Node:
    """The whole of croissant.json.

    `tables` gives the features of the configurations that have rows, `files` the manifest's entries (path, bytes,
    sha256) of their Parquet files.
    """
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [_VERSION, _RESPONSIBLE],
        "name": settings["name"],
        "alternateName": settings["title"],
        "description": (
            f"{settings['title']} {version}: news articles annotated with who is named (entities), who said what "
            "(claims with their claimers and cues) and who stands where (stances)."
        ),
        "version": version,
        "datePublished": settings["date"],
        "license": f"https://spdx.org/licenses/{settings['licence']}.html",
        "inLanguage": settings["languages"],
        "creator": [{"@type": "sc:Organization", "name": name} for name in maintainers(settings)],
        "citeAs": citation(settings, version),
        "isLiveDataset": False,
        **_statement(figures),
        "distribution": [*map(_file_object, files), *map(_file_set, tables)],
        "recordSet": [
            *_enumerations(tables),
            *(_record_set(config, features) for config, features in tables.items()),
        ],
    }


def _statement(figures: Statistics) -> Node:
    """Who wrote and who annotated, in the terms of Croissant's vocabulary for responsible AI."""
    written = [
        f"{count} texts were written for the corpus by {who}"
        for who, count in sorted(figures.authors.items())
    ]
    reported = figures.articles["reported"]
    texts = [*written, *([f"{reported} reported elsewhere"] if reported else [])]
    layers = sorted(
        {f"{who} (layer {name})" for name, makers in figures.annotators.items() for who in makers}
    )
    return {
        "rai:dataCollection": "; ".join(texts) + ".",
        "rai:dataAnnotationProtocol": "Written guidelines, whose version every row of articles states.",
        "rai:annotationsPerItem": f"gold, and up to {len(figures.layers)} layers of annotators (configuration annotators)",
        "rai:machineAnnotationTools": [*sorted(figures.makers), *layers],
    }


def _file_object(entry: Mapping[str, Any]) -> Node:
    return {
        "@type": "cr:FileObject",
        "@id": entry["path"],
        "name": entry["path"],
        "contentUrl": entry["path"],
        "contentSize": f"{entry['bytes']} B",
        "encodingFormat": "application/x-parquet",
        "sha256": entry["sha256"],
    }


def _file_set(config: str) -> Node:
    return {
        "@type": "cr:FileSet",
        "@id": f"{config}-files",
        "name": f"{config}-files",
        "description": f"The Parquet files of {config}, one or more a split.",
        "encodingFormat": "application/x-parquet",
        "includes": f"data/{config}/*.parquet",
    }


# --- Fields -------------------------------------------------------------------------------------------


def _record_set(config: str, features: Features) -> Node:
    said = descriptions(config, features)
    split = {
        **_named(f"{config}/split", "The split that the row stands in."),
        "dataType": "sc:Text",
        "source": {
            "fileSet": {"@id": f"{config}-files"},
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": _SPLIT_OF_PATH},
        },
    }
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "description": f"A row is {ROWS[config]}",
        "field": [split, *(_column(config, name, feature, said) for name, feature in features.items())],
    }


def _column(config: str, name: str, feature: Feature, said: Mapping[str, str]) -> Node:
    """The field of a column; a list of structs has a sub-field for every key of the struct."""
    source = {"fileSet": {"@id": f"{config}-files"}, "extract": {"column": name}}
    inner, depth = _unlisted(feature)
    if "_type" in inner:
        return _field(f"{config}/{name}", said[name], inner, depth, source)
    return {
        **_named(f"{config}/{name}", said[name]),
        **_array(depth),
        "subField": [
            _field(f"{config}/{name}/{key}", said[f"{name}/{key}"], *_unlisted(child),
                   {**source, "transform": {"jsonPath": key}})
            for key, child in inner.items()
        ],
    }  # fmt: skip


def _field(identifier: str, words: str, feature: Mapping[str, Any], depth: int, source: Node) -> Node:
    # No «references» to the enumeration: mlcroissant 1.1 would join by it, and cannot by a column of lists.
    labelled = feature["_type"] == "ClassLabel"
    if labelled:
        words = f"{words} The record set {identifier}-labels names the numbers."
    kind = "cr:Int64" if labelled else _TYPES[feature["dtype"]]
    return {**_named(identifier, words), "dataType": kind, **_array(depth), "source": source}


def _named(identifier: str, words: str) -> Node:
    return {
        "@type": "cr:Field",
        "@id": identifier,
        "name": identifier.rsplit("/", 1)[-1],
        "description": words,
    }


def _array(depth: int) -> Node:
    """What says that a field holds lists: of values, of lists of values …"""
    return {"isArray": True, "arrayShape": ",".join(["-1"] * depth)} if depth else {}


def _unlisted(feature: Feature) -> tuple[dict[str, Any], int]:
    """What the innermost lists of a feature hold, and how deep they lie."""
    depth = 0
    while isinstance(feature, list):
        feature, depth = feature[0], depth + 1
    return feature, depth


# --- Labels -------------------------------------------------------------------------------------------


def _enumerations(tables: Mapping[str, Features]) -> Iterator[Node]:
    """The names of every label column, at whatever depth: number and name."""
    for config, features in tables.items():
        for identifier, names in _label_columns(config, features):
            yield {
                "@type": "cr:RecordSet",
                "@id": f"{identifier}-labels",
                "name": f"{identifier}-labels",
                "description": f"What the numbers of {identifier} stand for.",
                "dataType": "sc:Enumeration",
                "key": {"@id": f"{identifier}-labels/number"},
                "field": [
                    {
                        **_named(f"{identifier}-labels/number", "The number in the column."),
                        "dataType": "cr:Int64",
                    },
                    {
                        **_named(f"{identifier}-labels/name", "The label."),
                        "dataType": ["sc:Text", "sc:name"],
                    },
                ],
                "data": [
                    {f"{identifier}-labels/number": number, f"{identifier}-labels/name": name}
                    for number, name in enumerate(names)
                ],
            }


def _label_columns(prefix: str, features: Mapping[str, Feature]) -> Iterator[tuple[str, list[str]]]:
    for name, feature in features.items():
        inner, _ = _unlisted(feature)
        if inner.get("_type") == "ClassLabel":
            yield f"{prefix}/{name}", inner["names"]
        elif "_type" not in inner:
            yield from _label_columns(f"{prefix}/{name}", inner)


# --- Citation -----------------------------------------------------------------------------------------


def maintainers(settings: Mapping[str, Any]) -> list[str]:
    """Who publishes the corpus: as corpus.toml says, else named after the corpus."""
    return list(settings.get("maintainers") or [f"Maintainers of {settings['title']}"])


def citation(settings: Mapping[str, Any], version: str) -> str:
    """How the release is cited, as BibTeX."""
    key = re.sub(r"[^a-z0-9]+", "-", f"{settings['name']}-{version}")
    fields = {
        "title": settings["title"],
        "author": " and ".join(f"{{{name}}}" for name in maintainers(settings)),
        "version": version,
        "year": settings["date"][:4],
        "note": f"Dataset, {settings['licence']}",
    }
    return f"@misc{{{key},\n" + "".join(f"  {name} = {{{words}}},\n" for name, words in fields.items()) + "}"
