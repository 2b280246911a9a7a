"""spaCy: what it makes of our DocBins, what is taken of those that were changed in it, and what is refused."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pytest
import spacy
import srsly
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Corpus

from corpora import SETTINGS
from tasrih.formats import inline
from tasrih.formats import spacy as ours
from tasrih.formats.catalogue import FORMATS
from tasrih.formats.exchange import Imported, Note, Reading
from tasrih.model import Document
from tasrih.store import Misuse
from tasrih.text.canonical import sha256

SPACY = FORMATS["spacy"]
READING = Reading(SETTINGS["labels"])
EXAMPLE = """tasrih inline 1
article: example
annotator: gold
guidelines: 1.0
=== text
 😀  <c1#cue>قالت</c1#cue> <e1 ORG>وزارة <e3 GPE>تونس</e3></e1> إن <c1#1>الحملة</c1#1>، حسب <e2 PER>علي</e2>، <c1#2>بدأت</c1#2>.

<s1 support>تؤيدها</s1> اليوم\tثم <e4 ORG>الهي</e4>ئة
=== roles
e1 form=name referent=ministry wikidata=Q7
e2 form=nominal
c1 claimers=e1,e2 via=mention mode=indirect about=e2
s1 holders=e1 target=c1 basis=stated
"""


def document(name: str = "example") -> Document:
    parsed = inline.read(EXAMPLE, "example")
    digest = sha256(parsed.text)
    article: Any = {
        "id": name, "language": "ar", "event": "e", "topic": "local", "origin": "written",
        "rights": {"licence": "CC0-1.0", "redistribute": True}, "text_sha256": digest, "length": len(parsed.text),
        "zones": [],
    }  # fmt: skip
    header: Any = {
        "type": "layer", "article": name, "text_sha256": digest, "annotator": "gold", "guidelines": "1.0",
    }  # fmt: skip
    return {"article": article, "text": parsed.text, "layers": {"gold": [header, *parsed.annotations]}}


def written() -> bytes:
    ((_, content),) = SPACY.write([document()], SETTINGS, "gold")
    return content


def read(content: bytes) -> Imported:
    return SPACY.read([("a.spacy", content)], READING)


def loaded() -> tuple[Doc, Any]:
    nlp = spacy.blank("ar")
    (doc,) = DocBin().from_bytes(written()).get_docs(nlp.vocab)
    return doc, nlp


def saved(doc: Doc) -> bytes:
    return DocBin(docs=[doc], store_user_data=True).to_bytes()


def lines(imported: Imported) -> dict[str, Any]:
    (found,) = imported.documents
    return {line["id"]: line for line in next(iter(found.layers.values()))}


# --- What spaCy makes of it ---------------------------------------------------------------------------


def test_the_text_is_the_text() -> None:
    assert loaded()[0].text == document()["text"]


def test_ents_are_the_outermost_names() -> None:
    doc, _ = loaded()
    assert [(one.text, one.label_, one.id_, one.kb_id_) for one in doc.ents] == [
        ("وزارة تونس", "ORG", "e1", "Q7"),
        ("الهيئة", "ORG", "e4", ""),
    ]


def test_groups_have_labels_ids_and_choices() -> None:
    doc, _ = loaded()
    assert {
        name: [(span.text, span.label_, span.id_) for span in group] for name, group in doc.spans.items()
    } == {
        "entities": [
            ("وزارة تونس", "ORG", "e1"),
            ("تونس", "GPE", "e3"),
            ("علي", "PER", "e2"),
            ("الهيئة", "ORG", "e4"),
        ],
        "claims": [("الحملة", "Claim", "c1"), ("بدأت", "Claim", "c1")],
        "cues": [("قالت", "Cue", "c1-cue")],
        "stances": [("تؤيدها", "support", "s1")],
    }
    assert doc.spans["claims"].attrs["c1"]["via"] == "mention"


def test_sentences_are_ours() -> None:
    doc, _ = loaded()
    assert [sentence.text.strip() for sentence in doc.sents] == [
        "😀  قالت وزارة تونس إن الحملة، حسب علي، بدأت.",
        "تؤيدها اليوم\tثم الهيئة",
    ]


def test_a_recogniser_takes_a_step_of_training(tmp_path: Path) -> None:
    for name, content in SPACY.write([document(), document("second")], SETTINGS, "gold"):
        (tmp_path / name).write_bytes(content)
    nlp = spacy.blank("ar")
    nlp.add_pipe("ner")
    examples = list(Corpus(tmp_path)(nlp))
    nlp.initialize(lambda: iter(examples))
    assert nlp.update(examples)["ner"] > 0
    assert set(nlp.get_pipe("ner").labels) == {"ORG"}


def test_where_nobody_has_annotated_no_entity_is_learnt() -> None:
    bare = document()
    bare["layers"] = {}
    ((_, content),) = SPACY.write([bare], SETTINGS, "gold")
    (doc,) = DocBin().from_bytes(content).get_docs(spacy.blank("ar").vocab)
    assert not doc.has_annotation("ENT_IOB")


def test_many_documents_make_several_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "_DOCUMENTS_A_FILE", 2)
    files = list(SPACY.write([document(f"a-{n}") for n in range(3)], SETTINGS, "gold"))
    assert [name for name, _ in files] == ["part-0001.spacy", "part-0002.spacy"]
    assert [one.name for one in SPACY.read(files, READING).documents] == ["a-0", "a-1", "a-2"]


# --- What was changed in spaCy ------------------------------------------------------------------------


def test_what_spacy_saves_again_is_the_same() -> None:
    doc, _ = loaded()
    again, once = read(saved(doc)), read(written())
    assert again.notes == once.notes == []
    assert again.documents == once.documents


def test_code_points_inside_a_token_are_kept() -> None:
    assert lines(read(written()))["e4"]["text"] == "الهي"


def test_a_span_that_was_moved_is_taken_as_it_stands() -> None:
    doc, _ = loaded()
    moved = [
        Span(doc, span.start, span.end + 1, span.label_, span_id=span.id_) if span.id_ == "c1-cue" else span
        for span in doc.spans["cues"]
    ]
    doc.spans["cues"] = moved
    imported = read(saved(doc))
    assert lines(imported)["c1"]["cue"]["text"] == "قالت وزارة"
    assert imported.notes == [
        Note("note", "a.spacy: document 1", "c1-cue: its span was changed; it is taken as it stands")
    ]


def test_a_label_that_was_changed_is_taken() -> None:
    doc, _ = loaded()
    attrs = doc.spans["entities"].attrs
    doc.spans["entities"] = [
        Span(doc, span.start, span.end, "FAC", span_id=span.id_) for span in doc.spans["entities"]
    ]
    doc.spans["entities"].attrs = attrs
    imported = read(saved(doc))
    assert {line["label"] for line in lines(imported).values() if line["type"] == "entity"} == {"FAC"}
    assert "doc.ents differ from the group «entities» in 4 spans" in imported.notes[0].what


def test_a_span_that_was_taken_out_is_gone_with_its_links() -> None:
    doc, _ = loaded()
    kept = [span for span in doc.spans["entities"] if span.id_ != "e1"]
    attrs = doc.spans["entities"].attrs
    doc.spans["entities"] = kept
    doc.spans["entities"].attrs = attrs
    found = lines(read(saved(doc)))
    assert "e1" not in found
    assert (found["c1"]["claimers"], found["s1"]["holders"]) == (["e2"], ["unnamed"])


def test_a_new_span_is_an_annotation() -> None:
    doc, _ = loaded()
    doc.spans["entities"].append(Span(doc, 2, 3, "PROD"))
    found = [line for line in lines(read(saved(doc))).values() if line["type"] == "entity"]
    assert [line["id"] for line in found] == ["e1", "e2", "e3", "e4", "e5"]


def test_without_user_data_the_spans_are_there() -> None:
    doc, _ = loaded()
    content = DocBin(docs=[doc], store_user_data=False).to_bytes()
    imported = read(content)
    assert imported.documents[0].name == "a-1"
    assert [line["label"] for line in lines(imported).values() if line["type"] == "entity"] == [
        "ORG", "GPE", "PER", "ORG",
    ]  # fmt: skip


# --- Others' files ------------------------------------------------------------------------------------


def foreign(**more: Any) -> Doc:
    nlp = spacy.blank("en")
    doc = nlp("Ali lives in Paris today")
    doc.ents = [
        Span(doc, 0, 1, "PER", kb_id="Q5"),
        Span(doc, 3, 4, more.get("label", "LOC"), kb_id="NIL"),
    ]
    return doc


def test_ents_of_others_are_entities() -> None:
    doc = foreign()
    doc.cats = {"news": 1.0}
    doc.spans["sc"] = [Span(doc, 3, 4, "LOC"), Span(doc, 3, 5, "EVENT")]
    doc.spans["other"] = [Span(doc, 0, 2, "X")]
    for token in doc:
        token.tag_ = "NN"
    imported = read(DocBin(docs=[doc]).to_bytes())
    assert [
        (line["label"], line["text"], line.get("wikidata")) for line in lines(imported).values()
    ] == [("PER", "Ali", "Q5"), ("EVENT", "Paris today", None), ("LOC", "Paris", None)]  # fmt: skip
    assert imported.notes == [
        Note("dropped", "a.spacy: document 1", "1 spans of the group «other»"),
        Note("dropped", "a.spacy: document 1", "its categories"),
        Note("dropped", "a.spacy", "of its tokens TAG"),
    ]


def test_labels_that_the_corpus_does_not_have_are_refused() -> None:
    with pytest.raises(Misuse, match="«PERSON» 1 ×"):
        read(DocBin(docs=[foreign(label="PERSON")]).to_bytes())


def packed(**changes: Any) -> bytes:
    """The file with some of its values changed."""
    return zlib.compress(srsly.msgpack_dumps(srsly.msgpack_loads(zlib.decompress(written())) | changes))


def spans(*numbers: tuple[int, int]) -> list[bytes]:
    group = {
        "name": "entities",
        "attrs": {},
        "spans": [ours._SPAN.pack(0, 0, 0, *one, 0, 0) for one in numbers],
    }
    return [srsly.msgpack_dumps({srsly.msgpack_dumps(group): ["entities"]})]


REFUSED = {
    "no zlib": (b"PK", "it is no DocBin of spaCy"),
    "cut off": (written()[:-30], "it breaks off"),
    "no map": (zlib.compress(b"\x90"), "it has no list of strings"),
    "deep": (zlib.compress(b"\x91" * 100_000), "cannot be unpacked"),
    "a long list": (zlib.compress(b"\xdd\x7f\xff\xff\xff"), "cannot be unpacked"),
    "a list as key": (zlib.compress(b"\x81\x90\x01"), "cannot be unpacked"),
    "numbers as strings": (packed(strings=[1]), "its strings are none"),
    "no attributes": (packed(attrs=[]), "its attributes are none"),
    "more tokens": (packed(lengths=b"\xff\xff\x00\x00"), "more or fewer than its lengths say"),
    "fewer than none": (packed(lengths=b"\xff" * 4), "more or fewer than its lengths say"),
    "odd bytes": (packed(lengths=b"\xff"), "its lengths are none"),
    "no strings": (packed(strings=[]), "strings that it does not have"),
    "groups of numbers": (packed(span_groups=[srsly.msgpack_dumps({1: ["a"]})]), "a span group is none"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_docbin_is_refused(name: str) -> None:
    content, message = REFUSED[name]
    with pytest.raises(Misuse, match=f"^a.spacy: .*{message}"):
        read(content)


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "MOST_BYTES", 1000)
    with pytest.raises(Misuse, match="more than 1,000 bytes"):
        read(zlib.compress(b"\0" * 1_000_000))


def test_spans_outside_of_the_tokens_are_left_out() -> None:
    imported = read(packed(span_groups=spans((0, 2**31 - 1), (-5, 2), (3, 3))))
    assert [note.what[:30] for note in imported.notes[:3]] == [
        "a span of the tokens 0 to 2147", "a span of the tokens -5 to 2, ", "a span of the tokens 3 to 3, o",
    ]  # fmt: skip


# --- Anything at all ----------------------------------------------------------------------------------

WHOLE = srsly.msgpack_loads(zlib.decompress(written()))
PLAIN = zlib.decompress(written())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats() | st.text(max_size=5) | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def assert_read_or_refused(content: bytes) -> None:
    try:
        assert isinstance(read(content), Imported)
    except Misuse as error:
        assert str(error)


@given(st.binary(max_size=200), st.booleans())
@settings(deadline=None, max_examples=100)
def test_any_bytes_are_read_or_refused(content: bytes, compressed: bool) -> None:
    assert_read_or_refused(zlib.compress(content) if compressed else content)


@given(st.integers(0, len(PLAIN) - 1), st.integers(0, 12), st.binary(max_size=12))
@settings(deadline=None, max_examples=200)
def test_a_damaged_docbin_is_read_or_refused(at: int, length: int, instead: bytes) -> None:
    assert_read_or_refused(zlib.compress(PLAIN[:at] + instead + PLAIN[at + length :]))


@given(st.sampled_from(sorted(WHOLE)), VALUES, st.booleans())
@settings(deadline=None, max_examples=150)
def test_values_of_any_type_are_read_or_refused(name: str, value: Any, listed: bool) -> None:
    assert_read_or_refused(packed(**{name: [value] if listed else value}))


@given(st.dictionaries(st.sampled_from(["article", "header", "parts", "links", "beside", "x"]), VALUES))
@settings(deadline=None, max_examples=100)
def test_user_data_of_any_kind_is_read_or_refused(kept: dict[str, Any]) -> None:
    data = srsly.msgpack_dumps({"tasrih": kept, ("._.", "x", None, None): 1})
    assert_read_or_refused(packed(user_data=[data]))
