"""CoNLL: every choice of how it is written comes back, and texts of files that hold none."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_round_trips import CASES, of_case, of_corpus, there_and_back, without_loose_ends

from corpora import SETTINGS, document
from strategies import documents as any_document
from tasrih.formats.catalogue import FORMATS
from tasrih.formats.conll import MOST_SENTENCES, counted
from tasrih.formats.exchange import Imported, Reading
from tasrih.formats.losses import left_of
from tasrih.model import Document
from tasrih.store import Misuse

CONLL = FORMATS["conll"]
WRITTEN = ("columns", "scheme", "overlap", "names", "tokens")
CHOICES = [
    dict(zip(WRITTEN, values, strict=True))
    for values in product(*(CONLL.options[name].values for name in WRITTEN))
]


def read(
    content: str, texts: dict[str, str] | None = None, name: str = "x.conll", **options: str
) -> Imported:
    reading = Reading(SETTINGS["labels"], texts=texts or {}, options=CONLL.chosen(options))
    return CONLL.read([(name, content.encode())], reading)


def written(whole: Document, **options: str) -> str:
    [(_, content)] = CONLL.write([whole], SETTINGS, "gold", **options)
    return content.decode()


def entities(imported: Imported) -> list[tuple[Any, ...]]:
    """Place, label and words of all entities."""
    [foreign] = imported.documents
    return [
        (line["start"], line["end"], line["label"], line["text"])  # type: ignore[typeddict-item]
        for lines in foreign.layers.values()
        for line in lines
    ]


# --- Round trips --------------------------------------------------------------------------------------


def assert_comes_back(whole: Document, choice: dict[str, str]) -> None:
    """What comes back of a text made of words is held against what is left as it is: its sentences may be other ones."""
    losses = CONLL.losses_of(**choice)
    back = there_and_back(CONLL, whole, **choice)
    again = [loss for loss in losses if loss.name != "bare"]
    assert left_of(back, again) == left_of(whole, losses)


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: "-".join(choice.values()))
def test_every_choice_comes_back_less_what_it_says(choice: dict[str, str]) -> None:
    for whole in map(of_case, CASES):
        assert_comes_back(whole, choice)


@pytest.mark.parametrize("overlap", CONLL.options["overlap"].values)
@pytest.mark.parametrize("tokens", CONLL.options["tokens"].values)
def test_articles_come_back_with_any_overlap(overlap: str, tokens: str) -> None:
    for whole in of_corpus(60):
        assert_comes_back(
            whole,
            {"columns": "plain", "scheme": "bioes", "overlap": overlap, "tokens": tokens, "names": "all"},
        )


def test_in_iob1_an_entity_that_begins_a_sentence_has_an_inner_tag() -> None:
    lines = written(
        document("في <e1 GPE>تونس</e1>\n<e2 GPE>بيروت</e2> <e3 GPE>باريس</e3>"), scheme="iob1", columns="bare"
    ).splitlines()
    assert [line.split(" ")[-1] for line in lines[2:7]] == ["O", "I-GPE", "", "I-GPE", "B-GPE"]


@pytest.mark.parametrize("columns", CONLL.options["columns"].values)
@pytest.mark.parametrize("overlap", CONLL.options["overlap"].values)
@given(whole=any_document().map(without_loose_ends))
@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
def test_any_document_comes_back_with_any_overlap(columns: str, overlap: str, whole: Document) -> None:
    for scheme, tokens in product(CONLL.options["scheme"].values, CONLL.options["tokens"].values):
        choice = {"columns": columns, "overlap": overlap, "scheme": scheme, "tokens": tokens}
        assert_comes_back(whole, choice)


def test_losses_by_default_are_those_of_the_default_options() -> None:
    for one in FORMATS.values():
        assert one.losses_of() == one.losses


# --- What is written ----------------------------------------------------------------------------------

NESTED = "قالت <e1 ORG>وزارة الصحة في <e2 GPE>تونس</e2></e1>.\n=== roles\ne1 form=name\ne2 form=name"


def test_a_file_has_comments_offsets_and_tags() -> None:
    lines = written(document(NESTED), overlap="layered").splitlines()
    assert lines[0] == "# global.columns = FORM TASRIH:OFFSETS TASRIH:1:NER TASRIH:2:NER"
    assert lines[1] == "# newdoc id = example"
    assert lines[3] == "# annotator = gold"
    assert [line.split("\t") for line in lines[4:9]] == [
        ["قالت", "0:4", "O", "O"],
        ["وزارة", "5:10", "B-ORG", "O"],
        ["الصحة", "11:16", "I-ORG", "O"],
        ["في", "17:19", "I-ORG", "O"],
        ["تونس", "20:24", "I-ORG", "B-GPE"],
    ]


@pytest.mark.parametrize(
    ("overlap", "tags"),
    [
        ("outermost", ["O", "B-ORG", "I-ORG", "I-ORG", "E-ORG", "O"]),
        ("innermost", ["O", "O", "O", "O", "S-GPE", "O"]),
    ],
)
def test_of_nested_entities_one_is_chosen(overlap: str, tags: list[str]) -> None:
    lines = written(document(NESTED), overlap=overlap, scheme="bioes", columns="bare").splitlines()
    assert [line.split(" ")[1] for line in lines[2:8]] == tags


def test_seqeval_and_spacy_read_what_is_written_for_them() -> None:
    from spacy.training.converters import conll_ner_to_docs

    whole = next(of_corpus(60))
    content = written(whole, columns="bare")
    docs = list(conll_ner_to_docs(content, n_sents=10**6, no_print=True))
    words = [line.split(" ") for line in content.splitlines() if line and not line.startswith("-DOCSTART-")]
    assert [token.text for doc in docs for token in doc] == [word for word, _ in words]
    [foreign] = read(content).documents
    [lines] = foreign.layers.values()
    assert [(one.text, one.label_) for doc in docs for one in doc.ents] == [
        (line["text"].replace("\n", " "), line["label"])  # type: ignore[typeddict-item]
        for line in lines
    ]


# --- Texts --------------------------------------------------------------------------------------------


def test_without_offsets_words_are_a_blank_apart_and_sentences_a_line() -> None:
    imported = read("a B-PER\nb I-PER\n\nc O\n")
    assert imported.documents[0].text == "a b\nc\n"
    assert entities(imported) == [(0, 3, "PER", "a b")]
    assert imported.counts == counted(imported.documents) == {"sentences": 2, "tokens": 3, "entities": 1}


def test_with_offsets_words_stand_where_they_stood() -> None:
    imported = read("a 1:2 B-PER\nb 4:5 I-PER\n\nc 7:8 O\n")
    assert imported.documents[0].text == " a  b \nc\n"
    assert entities(imported) == [(1, 5, "PER", "a  b")]


@pytest.mark.parametrize(
    ("place", "said"),
    [("0:2", "cannot stand at 0:2"), ("1:3", "cannot stand at 1:3"), ("99999:100000", "cannot stand at")],
)
def test_offsets_that_cannot_be_are_refused_with_their_line(place: str, said: str) -> None:
    with pytest.raises(Misuse, match=rf"x.conll:2: «b» {said}"):
        read(f"a 0:1 O\nb {place} O\n")


def test_words_are_found_in_the_text_of_the_corpus() -> None:
    imported = read("# newdoc id = one\na B-PER\nb I-PER\n\nc B-ORG\n", {"one": "  a\tb  \n\n c"})
    assert entities(imported) == [(2, 5, "PER", "a\tb"), (10, 11, "ORG", "c")]
    assert imported.documents[0].name == "one"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "# newdoc id = one\na O\nx O\n",
            "x.conll:3: «x» is not what stands at 2 of the article «one»: «b c»",
        ),
        ("# newdoc id = one\n# text_sha256 = 00\na O\n", "x.conll:1: it was made of another text"),
    ],
)
def test_another_text_is_refused(content: str, said: str) -> None:
    with pytest.raises(Misuse, match=said):
        read(content, {"one": "a b c"})


# --- Documents ----------------------------------------------------------------------------------------


def test_documents_have_the_names_that_the_file_gives_or_numbers() -> None:
    imported = read(
        "-DOCSTART- O\n\na O\n\n-DOCSTART- O\n\nb O\n# newdoc id = own\nc O\n", name="part/train.txt"
    )
    assert [one.name for one in imported.documents] == ["part/train-1", "part/train-2", "own"]


def test_a_file_without_documents_becomes_articles_of_so_many_sentences() -> None:
    imported = read("a O\n\nb B-PER\n\nc O\n", sentences="2")
    assert [one.text for one in imported.documents] == ["a\nb\n", "c\n"]
    assert "3 sentences become 2 articles of 2" in str(imported.notes[0])
    assert read("a O\n\n" * MOST_SENTENCES).documents[1:] == []
    assert len(read("a O\n\n" * (MOST_SENTENCES + 1)).documents) == 2


def test_of_several_files_one_that_is_not_in_columns_is_noted() -> None:
    reading = Reading(SETTINGS["labels"])
    imported = CONLL.read([("b.txt", b"a O\n"), ("README.txt", b"what this is\n")], reading)
    assert [one.name for one in imported.documents] == ["b"]
    assert [note.kind for note in imported.notes] == ["dropped"]
    with pytest.raises(Misuse, match=r"README.txt:1: a line is a word and its tag"):
        CONLL.read([("README.txt", b"what this is\n")], reading)


def test_labels_that_are_left_out_are_listed_and_unknown_ones_refused() -> None:
    content = b"a B-X\nb I-X\nc B-PERS\n"
    imported = CONLL.read([("x", content)], Reading(SETTINGS["labels"], {"PERS": "PER", "X": ""}))
    assert entities(imported) == [(4, 5, "PER", "c")]
    assert [str(note) for note in imported.notes] == ["x:1: X «a b» (dropped)"]
    with pytest.raises(Misuse, match=r"x: labels that the corpus does not have: «X» 1 ×, «PERS» 1 ×"):
        CONLL.read([("x", content)], Reading(SETTINGS["labels"]))


def test_nested_entities_are_read_from_columns() -> None:
    imported = read("a B-ORG\nb I-ORG B-PER\nc I-ORG I-PER B-GPE\n")
    assert entities(imported) == [(0, 5, "ORG", "a b c"), (2, 5, "PER", "b c"), (4, 5, "GPE", "c")]
    assert imported.counts == counted(imported.documents)
    assert imported.counts["nested entities"] == 2


# --- Anything at all ----------------------------------------------------------------------------------

PIECES = ["a", "تونس", "O", "B-PER", "I-ORG", "E-X", "0:1", "5:9", "99999:100000", "\t", " ", "\n", "\n\n", "\r\n", "#", "# newdoc id = one\n",
          "# text_sha256 = 0\n", "-DOCSTART-", "# global.columns = FORM X:NER\n", "\u00a0", "\u2028", "\ufeff", "-", "1"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.sampled_from(["found", "2", "3"]))
@settings(deadline=None, max_examples=300)
def test_no_file_makes_a_traceback(content: str, tags: str) -> None:
    with suppress(Misuse):
        CONLL.read(
            [("x", content.encode())],
            Reading(SETTINGS["labels"], {"X": "", "ORG": ""}, {"one": "a"}, {"tags": tags}),
        )


def test_a_line_of_very_many_columns_is_refused() -> None:
    with pytest.raises(Misuse, match=r"x.conll:2: 5,001 columns"):
        read("a O\nb" + " O" * 5000)


def test_offsets_that_would_make_a_text_of_blanks_are_refused() -> None:
    with pytest.raises(Misuse, match="cannot stand at"):
        read("".join(f"a {at}:{at + 1} O\n" for at in range(0, 20_000_000, 9_000)))
