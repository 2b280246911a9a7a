"""The agreement of annotators, kept in `.tasrih/agreement/` by the hash of their layers: an edit of gold leaves it alone.

To measure it takes longer than all else of a build. The folder may be deleted at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import orjson

from tasrih import store
from tasrih.fingerprint import fingerprint
from tasrih.model import Document, annotators
from tasrih.release.card import MeasuredAgreement, measured_agreement
from tasrih.report.plots import Dot
from tasrih.store import Corpus, Misuse

_LIBRARIES = ("numpy", "scipy")


def agreement_of(corpus: Corpus, documents: Sequence[Document]) -> list[MeasuredAgreement]:
    """As `measured_agreement`; of the same layers and texts by the same program it is measured once."""
    if not any(len(annotators(document)) > 1 for document in documents):
        return []
    path = corpus.root / ".tasrih" / "agreement" / f"{_key(documents)}.json"
    kept = _read(path)
    if kept is None:
        kept = measured_agreement(documents)
        with suppress(Misuse):  # a corpus that cannot be written is measured each time
            body = orjson.dumps([asdict(part) for part in kept])
            store.write_atomic(path.with_name(".gitignore"), b"*\n")
            store.write_atomic(path, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    return kept


def _key(documents: Sequence[Document]) -> str:
    digest = hashlib.sha256(fingerprint(*_LIBRARIES).encode())
    for document in documents:
        layers = [[name, document["layers"][name]] for name in annotators(document)]
        digest.update(orjson.dumps([document["article"], document["text"], layers]))
    return digest.hexdigest()


def _read(path: Path) -> list[MeasuredAgreement] | None:
    try:
        said, body = path.read_bytes().split(b"\n", 1)
        if said.decode() != hashlib.sha256(body).hexdigest():
            return None
        return [
            MeasuredAgreement(**{**part, "dots": [Dot(**dot) for dot in part["dots"]]})
            for part in orjson.loads(body)
        ]
    except (OSError, ValueError):
        return None
