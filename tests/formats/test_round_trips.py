"""Every format of the table: what comes back is what went out, less what the table says is lost, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings

from corpora import SETTINGS
from strategies import documents as any_document
from tasrih import store
from tasrih.formats import inline
from tasrih.formats.catalogue import FORMATS, Format
from tasrih.formats.exchange import Reading, as_document
from tasrih.formats.losses import essence, left_of
from tasrih.model import Document
from tasrih.text.canonical import sha256

CASES = sorted((Path(__file__).parent / "cases" / "inline").glob("*.inline"))
CORPUS = Path(__file__).parents[2] / "corpus"


def of_case(path: Path) -> Document:
    """The document of an inline file."""
    parsed = inline.read(path.read_bytes().decode(), path.name)
    name, digest = "example", sha256(parsed.text)
    article: Any = {
        "id": name, "title": "عنوان", "language": "ar", "event": "example-event", "topic": "local", "origin": "written",
        "author": "the tests", "date": "2024-02-29", "rights": {"licence": "CC0-1.0", "redistribute": True},
        "text_sha256": digest, "length": len(parsed.text), "zones": [{"kind": "heading", "start": 0, "end": 1}],
    }  # fmt: skip
    header: Any = {
        "type": "layer", "article": name, "text_sha256": digest, "annotator": "gold", "guidelines": "1.0",
        "created": "2026-01-01T00:00:00Z", "tool": "tests", "note": "two\nlines",
    }  # fmt: skip
    return {"article": article, "text": parsed.text, "layers": {"gold": [header, *parsed.annotations]}}


def of_corpus(every: int = 12) -> Iterator[Document]:
    """Some of the project's own articles, with gold."""
    corpus = store.open_corpus(CORPUS)
    for name in corpus.ids()[::every]:
        document = store.read_document(corpus, name, local_texts=False).document
        if document is not None and document["text"] is not None:
            yield document


def without_loose_ends(document: Document) -> Document:
    """Every annotation names what is there, and none itself: a layer that does not has errors, and is not exported."""
    lines = cast(list[Any], document["layers"]["gold"])
    known = {line.get("id") for line in lines} | {"author", "unnamed"}
    kept = []
    for line in lines:
        named = [key for key in ("claimers", "holders", "about", "members") if key in line]
        line |= {key: [name for name in line[key] if name in known - {line["id"]}] for key in named}
        line |= {key: line[key] or ["author"] for key in named if key in ("claimers", "holders")}
        if line.get("within") == line.get("id"):
            line.pop("within", None)
        if line.get("target", "author") in known:
            kept.append(line)
    document["layers"]["gold"] = kept
    return document


def there_and_back(one: Format, document: Document, **options: str) -> Document:
    """The document that comes back of a format's files."""
    files = list(one.write([document], SETTINGS, "gold", **options))
    texts = {document["article"]["id"]: cast(str, document["text"])}
    reading = Reading(SETTINGS["labels"], texts=texts if one.needs_text else {}, options=one.chosen(options))
    imported = one.read(files, reading)
    assert not [note for note in imported.notes if note.kind != "note"], imported.notes
    assert len(imported.documents) == 1
    return as_document(imported.documents[0], SETTINGS, {})


def assert_same(one: Format, document: Document, **options: str) -> None:
    losses = one.losses_of(**options)
    back = there_and_back(one, document, **options)
    assert left_of(back, losses) == left_of(document, losses)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
@pytest.mark.parametrize("one", FORMATS.values(), ids=FORMATS)
def test_a_case_comes_back(one: Format, case: Path) -> None:
    assert_same(one, of_case(case))


@pytest.mark.parametrize("one", FORMATS.values(), ids=FORMATS)
def test_articles_of_the_corpus_come_back(one: Format) -> None:
    for document in of_corpus():
        assert_same(one, document)


@pytest.mark.parametrize("one", FORMATS.values(), ids=FORMATS)
@given(document=any_document().map(without_loose_ends))
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_any_document_comes_back(one: Format, document: Document) -> None:
    assert_same(one, document)


@pytest.mark.parametrize(
    ("one", "loss"),
    [
        pytest.param(one, loss, id=f"{one.name}-{loss.name}")
        for one in FORMATS.values()
        for loss in one.losses
    ],
)
def test_no_loss_is_named_that_is_none(one: Format, loss: Any) -> None:
    """Without any one of its losses what comes back would be more than what is left."""
    others = [other for other in one.losses if other is not loss]
    every = [*map(of_case, CASES), *of_corpus(30)]
    assert any(
        left_of(there_and_back(one, document), others) != left_of(document, others) for document in every
    ), loss.name


@pytest.mark.parametrize("second", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("first", FORMATS.values(), ids=FORMATS)
def test_two_round_trips_compose(first: Format, second: Format) -> None:
    """By way of a second format comes what the first gave, less what the second loses."""
    for document in [*map(of_case, CASES[::3]), *of_corpus(40)]:
        once = there_and_back(first, document)
        assert left_of(there_and_back(second, once), second.losses) == left_of(once, second.losses)
        if not second.losses:
            assert essence(there_and_back(second, once)) == essence(once)
