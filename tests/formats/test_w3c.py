"""W3C Web Annotation: what is written means what the model says, and what is made of pages of other tools."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from test_round_trips import CASES, of_case, of_corpus

from corpora import SETTINGS, document
from tasrih.formats.catalogue import FORMATS
from tasrih.formats.exchange import Imported, Reading
from tasrih.formats.w3c import AROUND
from tasrih.model import Document
from tasrih.store import Misuse

W3C = FORMATS["w3c"]
OA, AS = "http://www.w3.org/ns/oa#", "https://www.w3.org/ns/activitystreams#"
# As much of the model's context as a page of ours uses, after the terms of its vocabulary.
TERMS: dict[str, Any] = {
    "oa": OA, "as": AS, "xsd": "http://www.w3.org/2001/XMLSchema#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "id": "@id", "type": "@type",
    **{name: f"oa:{name}" for name in (
        "Annotation", "TextualBody", "SpecificResource", "TextPositionSelector", "TextQuoteSelector", "classifying", "tagging",
        "linking", "exact", "prefix", "suffix",
    )},
    "AnnotationPage": "as:OrderedCollectionPage", "AnnotationCollection": "as:OrderedCollection",
    **{name: {"@id": f"oa:{iri}", "@type": kind} for name, iri, kind in (
        ("body", "hasBody", "@id"), ("target", "hasTarget", "@id"), ("source", "hasSource", "@id"), ("selector", "hasSelector", "@id"),
        ("motivation", "motivatedBy", "@vocab"), ("purpose", "hasPurpose", "@vocab"),
        ("start", "start", "xsd:nonNegativeInteger"), ("end", "end", "xsd:nonNegativeInteger"),
    )},
    "value": "rdf:value",
    "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
    "partOf": {"@id": "as:partOf", "@type": "@id"},
    "startIndex": {"@id": "as:startIndex", "@type": "xsd:nonNegativeInteger"},
    "total": {"@id": "as:totalItems", "@type": "xsd:nonNegativeInteger"},
}  # fmt: skip


def load(url: str, options: Any) -> dict[str, Any]:
    """The model's context, and nothing from anywhere else."""
    assert url == "http://www.w3.org/ns/anno.jsonld"
    found = {"@context": TERMS}
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": found}


def page_of(whole: Document) -> dict[str, Any]:
    [(_, content)] = W3C.write([whole], SETTINGS, "gold")
    return json.loads(content)  # type: ignore[no-any-return]


def expanded(whole: Document) -> dict[str, Any]:
    [page] = jsonld.expand(page_of(whole), {"documentLoader": load})
    return page  # type: ignore[no-any-return]


# --- What is written ----------------------------------------------------------------------------------


def test_a_page_means_annotations_of_the_model() -> None:
    whole = next(of_corpus(60))
    page = expanded(whole)
    assert page["@type"] == [f"{AS}OrderedCollectionPage"]
    items = page[f"{AS}items"][0]["@list"]
    assert len(items) == page[f"{AS}partOf"][0][f"{AS}totalItems"][0]["@value"]
    for item in items:
        assert item["@type"] == [f"{OA}Annotation"]
        assert item[f"{OA}motivatedBy"] == [{"@id": f"{OA}classifying"}]
        assert all(body[f"{OA}hasPurpose"][0]["@id"].startswith(OA) for body in item[f"{OA}hasBody"])
        [target] = item[f"{OA}hasTarget"]
        kinds = [selector["@type"] for selector in target[f"{OA}hasSelector"]]
        assert kinds == [[f"{OA}TextPositionSelector"], [f"{OA}TextQuoteSelector"]]


def test_both_selectors_select_the_words() -> None:
    whole = next(of_corpus(60))
    text = str(whole["text"])
    for item in page_of(whole)["items"]:
        position, quote = item["target"]["selector"]
        start, end = position["start"], position["end"]
        assert text[start:end] == quote["exact"]
        assert (
            text[max(0, start - AROUND) : end + AROUND] == quote["prefix"] + quote["exact"] + quote["suffix"]
        )


def test_a_content_in_fragments_has_one_target_and_its_fragments_beside() -> None:
    [whole] = [of_case(case) for case in CASES if case.stem == "fragments"]
    claims = [
        line for line in whole["layers"]["gold"][1:] if line["type"] == "claim" and line.get("fragments")
    ]
    targets = [item["target"] for item in page_of(whole)["items"] if "tasrih:fragments" in item["target"]]
    assert [target["tasrih:fragments"] for target in targets] == [claim["fragments"] for claim in claims]  # type: ignore[typeddict-item]
    assert [target["selector"][0]["end"] for target in targets] == [claim["end"] for claim in claims]


def test_our_own_records_are_json_and_nothing_of_the_model() -> None:
    whole = next(of_corpus(60))
    page = expanded(whole)
    assert page["urn:tasrih:terms#article"] == [{"@type": "@json", "@value": whole["article"]}]
    assert page["urn:tasrih:terms#header"] == [{"@type": "@json", "@value": whole["layers"]["gold"][0]}]
    known = (OA, AS, "urn:tasrih:terms#", "@", "http://www.w3.org/1999/02/22-rdf-syntax-ns#")
    assert all(key.startswith(known) for item in page[f"{AS}items"][0]["@list"] for key in item)


def test_without_annotations_it_is_a_collection_of_none() -> None:
    page = page_of(document("تونس."))
    assert (page["type"], page["total"], "items" in page) == ("AnnotationCollection", 0, False)


# --- What is read -------------------------------------------------------------------------------------

TEXT = "😀 في تونس وفي بيروت وفي تونس"
BEIRUT = (14, 19)


def read(page: Any, mapping: dict[str, str] | None = None, text: str = TEXT) -> Imported:
    content = page if isinstance(page, bytes) else json.dumps(page, ensure_ascii=False).encode()
    return W3C.read(
        [("page.jsonld", content)], Reading(SETTINGS["labels"], mapping or {}, texts={"page": text})
    )


def position(start: Any = BEIRUT[0], end: Any = BEIRUT[1], **more: Any) -> dict[str, Any]:
    return {"type": "TextPositionSelector", "start": start, "end": end, **more}


def quote(exact: Any = "بيروت", **more: Any) -> dict[str, Any]:
    return {"type": "TextQuoteSelector", "exact": exact, **more}


def selecting(*selectors: Any) -> dict[str, Any]:
    return {"source": "http://example.org/page", "selector": list(selectors)}


def annotation(**values: Any) -> dict[str, Any]:
    """An annotation of Beirut as another tool may have it, with other values."""
    body = {"type": "TextualBody", "purpose": "tagging", "value": "GPE"}
    return {
        "id": "http://example.org/1",
        "type": "Annotation",
        "body": body,
        "target": selecting(position()),
    } | values


def page_with(*items: Any) -> dict[str, Any]:
    return {"@context": "http://www.w3.org/ns/anno.jsonld", "type": ["AnnotationPage"], "items": list(items)}


def places(imported: Imported) -> list[tuple[int, int, str]]:
    return [
        (line["start"], line["end"], line["label"])  # type: ignore[typeddict-item]
        for foreign in imported.documents
        for lines in foreign.layers.values()
        for line in lines
    ]


FOUND = [(*BEIRUT, "GPE")]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="a tag and a position"),
        pytest.param({"body": [{"value": "no"}, {"value": "GPE", "purpose": ["tagging"]}]}, id="the body that tags"),
        pytest.param({"body": {"type": "TextualBody", "value": "GPE"}, "motivation": ["tagging"]}, id="purpose of motivation"),
        pytest.param({"body": "GPE", "motivation": "classifying"}, id="a body that is a string"),
        pytest.param({"body": None, "bodyValue": "GPE", "motivation": "tagging"}, id="bodyValue"),
        pytest.param({"body": {"purpose": "classifying", "source": "GPE"}}, id="a source that classifies"),
        pytest.param({"target": selecting(quote())}, id="a quote alone"),
        pytest.param({"target": [selecting(position(), quote())]}, id="position and quote"),
        pytest.param({"target": selecting(position(11, 26, refinedBy=position(3, 8)))}, id="a position within a position"),
        pytest.param({"target": selecting(position(10, 20, refinedBy=quote()))}, id="a quote within a position"),
        pytest.param({"target": selecting({"type": "FragmentSelector", "value": "char=14,19"})}, id="a fragment of characters"),
        pytest.param({"target": "http://example.org/page#char=14,19"}, id="a fragment of an address"),
        pytest.param({"target": selecting({"type": "XPathSelector", "value": "/p"}, position())}, id="one of several"),
    ],
)  # fmt: skip
def test_what_the_model_allows_is_read(values: dict[str, Any]) -> None:
    imported = read(page_with(annotation(**values)))
    assert places(imported) == FOUND
    assert imported.notes == []


@pytest.mark.parametrize(
    "page",
    [
        annotation(),
        [annotation()],
        {
            "type": "AnnotationCollection",
            "total": 1,
            "first": {"type": "AnnotationPage", "items": [annotation()]},
        },
    ],
    ids=["an annotation", "a list", "a collection with its page"],
)
def test_what_is_no_page_but_holds_annotations_is_read(page: Any) -> None:
    assert places(read(page)) == FOUND


def test_a_quote_that_stands_twice_is_told_apart_by_the_words_around_it() -> None:
    first = annotation(target=selecting(quote("تونس", prefix="في ", suffix=" وفي بيروت")))
    last = annotation(target=selecting(quote("تونس", prefix="بيروت وفي ", suffix="")))
    assert places(read(page_with(first, last))) == [(5, 9, "GPE"), (24, 28, "GPE")]


def test_several_targets_are_annotated_each() -> None:
    both = annotation(target=[selecting(position()), selecting(position(5, 9))])
    assert places(read(page_with(both, both))) == [(5, 9, "GPE")] * 2 + FOUND * 2


def test_a_position_in_other_units_gives_way_to_its_quote() -> None:
    imported = read(page_with(annotation(target=selecting(position(15, 20), quote()))))
    assert places(imported) == FOUND
    assert [str(note) for note in imported.notes] == [
        "page.jsonld: item 1: «بيروت» stands at 14, not at 15 (repaired)"
    ]


def test_who_made_an_annotation_is_kept() -> None:
    imported = read(page_with(annotation(creator={"id": "http://example.org/a", "name": "Amal"})))
    assert [line["by"] for line in imported.documents[0].layers[""]] == ["Amal"]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (annotation(body={"type": "TextualBody", "value": "GPE"}), "it has no body that tags or classifies"),
        (annotation(body=["http://example.org/a"], motivation="linking"), "it has no body that tags or classifies"),
        (annotation(target="http://example.org/page"), "its target selects no words of the text"),
        (annotation(target=None), "it has no target"),
        (annotation(target=selecting(position(5, 5))), "its position 5 to 5 is empty or outside of the text"),
        (annotation(target=selecting(position(5, 500))), "its position 5 to 500 is empty or outside of the text"),
        (annotation(target=selecting(position("5", 9))), "its position 5 to 9 is empty or outside of the text"),
        (annotation(target=selecting(quote("تونس"))), "«تونس» stands 2 times, and nothing says which it is"),
        (annotation(target=selecting(quote("باريس"), position())), "«باريس» does not stand there"),
        (
            annotation(target=selecting({"type": "FragmentSelector", "value": "xywh=1,2,3,4"})),
            "FragmentSelector does not select words of a plain text in a way that is read: give positions, quotes, or char=…",
        ),
        (7, "it is no object"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(item: Any, said: str) -> None:
    imported = read(page_with(item))
    assert places(imported) == []
    assert [str(note) for note in imported.notes] == [f"page.jsonld: item 1: {said} (dropped)"]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (b"{", "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        ({"type": "Note"}, "it is no annotation page"),
        ({"type": "AnnotationPage", "items": 3}, "its items are no list"),
        ({"type": "AnnotationCollection", "first": "http://example.org/p1"}, "its pages are in other files"),
    ],
)
def test_what_is_no_page_is_refused(page: Any, said: str) -> None:
    with pytest.raises(Misuse, match=f"page.jsonld: {said}"):
        read(page)


def test_an_address_as_label_can_be_mapped() -> None:
    item = annotation(body={"purpose": "classifying", "source": "http://example.org/City"})
    assert places(read(page_with(item), {"http://example.org/City": "GPE"})) == FOUND
    with pytest.raises(Misuse, match=r"«http://example\.org/City» 1 ×"):
        read(page_with(item))


KEYS = ["type", "items", "body", "target", "selector", "refinedBy", "value", "purpose", "exact", "start", "end", "id",
        "tasrih:kind", "tasrih:beside", "tasrih:header", "tasrih:article", "tasrih:role", "source", "tasrih:fragments"]  # fmt: skip
VALUES = [
    "AnnotationPage",
    "TextPositionSelector",
    "TextQuoteSelector",
    "tagging",
    "GPE",
    "claim",
    "تونس",
    "a#b",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 30) | st.sampled_from(VALUES),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=15,
)


@given(JSON, JSON, JSON)
@settings(deadline=None, max_examples=200)
def test_nothing_that_is_json_makes_a_traceback(target: Any, body: Any, page: Any) -> None:
    with suppress(Misuse):
        read(page_with(annotation(target=target, body=body), page) | (page if isinstance(page, dict) else {}))
