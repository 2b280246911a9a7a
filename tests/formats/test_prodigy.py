"""Prodigy's JSON lines: ours as the tool shows them, ours as they come back, and others'."""

from __future__ import annotations

import json
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from corpora import SETTINGS
from tasrih.formats import inline
from tasrih.formats.catalogue import FORMATS
from tasrih.formats.exchange import Imported, Note, Reading
from tasrih.model import Document
from tasrih.store import Misuse
from tasrih.text.canonical import sha256

PRODIGY = FORMATS["prodigy"]
EXAMPLE = """tasrih inline 1
article: example
annotator: gold
guidelines: 1.0
=== text
😀  <c1#cue>قالت</c1#cue> <e1 ORG>وزارة <e3 GPE>تونس</e3></e1> إن <c1#1>الحملة</c1#1>، حسب <e2 PER>علي</e2>، <c1#2>بدأت</c1#2>.

<s1 support>تؤيدها</s1> <e4 ORG>الهي</e4>ئة
=== roles
e1 form=name referent=ministry wikidata=Q7
c1 claimers=e1,e2 via=mention mode=indirect
s1 holders=e1 target=c1 basis=stated
"""


def document() -> Document:
    parsed = inline.read(EXAMPLE, "example")
    digest = sha256(parsed.text)
    article: Any = {
        "id": "example", "title": "عنوان", "language": "ar", "event": "e", "topic": "local", "origin": "written",
        "rights": {"licence": "CC0-1.0", "redistribute": True}, "text_sha256": digest, "length": len(parsed.text),
        "zones": [],
    }  # fmt: skip
    header: Any = {
        "type": "layer", "article": "example", "text_sha256": digest, "annotator": "gold", "guidelines": "1.0",
    }  # fmt: skip
    return {"article": article, "text": parsed.text, "layers": {"gold": [header, *parsed.annotations]}}


def task() -> dict[str, Any]:
    ((name, content),) = PRODIGY.write([document()], SETTINGS, "gold")
    assert name == ""
    found: dict[str, Any] = json.loads(content)
    return found


def read(*tasks: Any, mapping: dict[str, str] | None = None) -> Imported:
    content = "\n".join(json.dumps(one, ensure_ascii=False) for one in tasks).encode("utf-8", "surrogatepass")
    return PRODIGY.read([("a.jsonl", content)], Reading(SETTINGS["labels"], mapping or {}))


def lines(imported: Imported) -> dict[str, Any]:
    (found,) = imported.documents
    return {line["id"]: line for line in next(iter(found.layers.values()))}


# --- Ours ---------------------------------------------------------------------------------------------


def test_spacy_makes_documents_of_tokens_and_spans() -> None:
    """Prodigy makes a document of the tokens, and refuses a span that is no run of them."""
    one = task()
    nlp = spacy.blank("ar")
    words, blanks = [each["text"] for each in one["tokens"]], [each["ws"] for each in one["tokens"]]
    doc = Doc(nlp.vocab, words=words, spaces=blanks)
    assert doc.text == one["text"]
    for at, each in enumerate(one["tokens"]):
        assert (each["id"], one["text"][each["start"] : each["end"]]) == (at, each["text"])
    for span in one["spans"]:
        made = doc.char_span(span["start"], span["end"], label=span["label"])
        assert (made.start, made.end - 1) == (span["token_start"], span["token_end"])


def test_relations_name_the_last_tokens_and_whole_spans() -> None:
    one = task()
    relation = next(each for each in one["relations"] if each["label"] == "claimer")
    assert relation["head_span"] in one["spans"] and relation["child_span"] in one["spans"]
    assert (relation["head"], relation["child"]) == (
        relation["head_span"]["token_end"],
        relation["child_span"]["token_end"],
    )
    assert one["tokens"][relation["child"]]["text"] == "تونس"


def test_a_task_that_was_accepted_comes_back() -> None:
    answered = task() | {"answer": "accept", "_input_hash": 1, "_task_hash": 2, "_view_id": "relations"}
    imported = read(answered)
    assert imported.notes == []
    assert list(lines(imported).values()) == list(lines(read(task())).values())
    assert lines(imported)["e4"]["text"] == "الهي"


def test_who_annotated_is_the_annotator() -> None:
    assert list(read(task() | {"_annotator_id": "db-ali"}).documents[0].layers) == ["db-ali"]


@pytest.mark.parametrize("answer", ["reject", "ignore", "maybe", None, 1])
def test_what_was_not_accepted_is_noted(answer: Any) -> None:
    imported = read(task() | {"answer": answer})
    assert imported.documents == []
    assert imported.notes == [Note("dropped", "a.jsonl:1", f"its answer is «{answer}»")]


def test_a_span_that_was_moved_is_taken_as_it_stands() -> None:
    one = task()
    span = next(each for each in one["spans"] if each["id"] == "e2")
    span["end"] += 1
    imported = read(one | {"relations": []})
    assert lines(imported)["e2"]["text"] == "علي،"
    assert "e2: its span was changed; it is taken as it stands" in [note.what for note in imported.notes]


def test_a_span_that_was_drawn_anew_is_numbered() -> None:
    one = task()
    one["spans"].append({"start": 0, "end": 1, "token_start": 0, "token_end": 0, "label": "PROD"})
    assert [line["text"] for line in lines(read(one)).values() if line["type"] == "entity"] == [
        "😀", "وزارة تونس", "تونس", "علي", "الهي",
    ]  # fmt: skip


def test_a_relation_that_was_drawn_anew_is_a_role() -> None:
    one = task()
    spans = {each["id"]: {key: each[key] for key in ("start", "end", "label")} for each in one["spans"]}
    one["relations"].append(
        {"head": 0, "child": 0, "head_span": spans["s1"], "child_span": spans["e3"], "label": "holder"}
    )
    assert lines(read(one))["s1"]["holders"] == ["e1", "e3"]


def test_a_relation_that_was_taken_out_is_gone() -> None:
    one = task()
    one["relations"] = [each for each in one["relations"] if each["label"] != "claimer"]
    assert lines(read(one))["c1"]["claimers"] == ["unnamed"]


# --- Others' ------------------------------------------------------------------------------------------

FOREIGN: dict[str, Any] = {
    "text": "😀 Ali said that it rains in Paris",
    "tokens": [{"text": "😀", "start": 0, "end": 1, "id": 0, "ws": True}, {"text": "Ali", "start": 2, "end": 5, "id": 1}],
    "spans": [
        {"start": 2, "end": 5, "label": "PERSON", "source": "model"},
        {"start": 11, "end": 24, "label": "Claim"},
        {"start": 28, "end": 33, "label": "GPE"},
        {"token_start": 0, "token_end": 1, "label": "GPE"},
        {"start": 6, "end": 10, "label": "Cue"},
        {"start": 28, "end": 330, "label": "GPE"},
        {"start": 28, "end": 33},
    ],
    "relations": [
        {"head_span": {"start": 11, "end": 24, "label": "Claim"}, "child_span": {"start": 2, "end": 5, "label": "PERSON"}, "label": "claimer"},
        {"head_span": {"start": 11, "end": 24, "label": "Claim"}, "child_span": {"start": 6, "end": 10, "label": "Cue"}, "label": "cue"},
        {"head": 1, "child": 0, "label": "LIVES_IN"},
    ],
    "answer": "accept",
}  # fmt: skip


def test_others_tasks_give_what_they_have() -> None:
    imported = read({"text": "x", "answer": "reject"}, FOREIGN, mapping={"PERSON": "PER"})
    assert imported.documents[0].name == "a-2"
    assert [
        (line["id"], line.get("label"), line["text"], line.get("claimers"), (line.get("cue") or {}).get("text"))
        for line in lines(imported).values()
    ] == [
        ("e1", "GPE", "😀 Ali", None, None),
        ("e2", "PER", "Ali", None, None),
        ("c1", None, "that it rains", ["e2"], "said"),
        ("e3", "GPE", "Paris", None, None),
    ]  # fmt: skip
    assert imported.notes == [
        Note("dropped", "a.jsonl:1", "its answer is «reject»"),
        Note("dropped", "a.jsonl:2", "span 6: it has no label, or marks no words of the text"),
        Note("dropped", "a.jsonl:2", "span 7: it has no label, or marks no words of the text"),
        Note("dropped", "a.jsonl:2", "relation 3 «LIVES_IN»: it joins nothing that it may join"),
    ]


def test_labels_that_the_corpus_does_not_have_are_refused() -> None:
    with pytest.raises(Misuse, match="«PERSON» 1 ×"):
        read(FOREIGN)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it is empty"),
        (b"\n{", "a.jsonl:2: it is no JSON"),
        (b"[1]", "a.jsonl:1: it is no object"),
        (b"[" * 100_000, "it is no JSON"),
        (b"\xff", "it is no JSON"),
    ],
)
def test_what_is_no_task_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(Misuse, match=message):
        PRODIGY.read([("a.jsonl", content)], Reading(SETTINGS["labels"]))


def test_images_and_choices_are_noted() -> None:
    assert [note.what for note in read({"image": "a.png", "answer": "accept"}).notes] == [
        "it has no text, so that it is no task over one"
    ]


# --- Anything at all ----------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=60)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        assert isinstance(PRODIGY.read([("a.jsonl", content)], Reading(SETTINGS["labels"])), Imported)
    except Misuse as error:
        assert str(error)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_values_of_any_type_are_read_or_refused(data: st.DataObject) -> None:
    one = task()
    places = [
        one,
        one["tasrih"],
        *one["spans"],
        *one["relations"],
        one["tasrih"]["parts"],
        one["tasrih"]["values"],
    ]
    place: Any = data.draw(st.sampled_from(places))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(VALUES)
    try:
        assert isinstance(read(one), Imported)
    except Misuse as error:
        assert str(error)
