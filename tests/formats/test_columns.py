"""Files of a word and its tags a line: how they are laid out, what is mended in them, tags and spans."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasrih.formats import columns
from tasrih.formats.columns import Scheme, Span, Table, parsed
from tasrih.store import Misuse

# --- Words to learn from ------------------------------------------------------------------------------


def read(tmp_path: Path, content: bytes) -> list[columns.Words]:
    path = tmp_path / "words.txt"
    path.write_bytes(content)
    return columns.words_and_tags(path)


def test_sentences_are_parted_by_empty_lines(tmp_path: Path) -> None:
    content = "\ufeff-DOCSTART- O\n\nتونس B-LOC B-GPE\r\nثم\tO\n\n\nعاد O".encode()
    assert read(tmp_path, content) == [[("تونس", "B-LOC"), ("ثم", "O")], [("عاد", "O")]]


@pytest.mark.parametrize(
    "content", ["a I-PER\nb I-PER\nc B-PER\n", "a B-PER\nb L-PER\nc U-PER\n", "a B-PER\nb E-PER\nc S-PER\n"]
)
def test_words_to_learn_from_have_iob2_whatever_the_scheme(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content.encode()) == [[("a", "B-PER"), ("b", "I-PER"), ("c", "B-PER")]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "there is no word in it"),
        (b"\n\n", "there is no word in it"),
        (b"-DOCSTART- O\n\n", "there is no word in it"),
        (b"a O\nb\n", r"words.txt:2: a line is a word and its tag"),
        (b"a O\nb PER\n", r"words.txt:2: a line is a word and its tag"),
        (b"a O\n" * 50 + b"b PER\n", r"words.txt:51: a line is a word and its tag .* here: «PER» is no tag"),
        (b"a O\n\xff O\n", "not UTF-8 at byte 4"),
    ],
)
def test_a_faulty_file_is_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(Misuse, match=message):
        read(tmp_path, content)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="cannot be read: No such file"):
        columns.words_and_tags(tmp_path / "none.txt")


def test_anercorp_is_read(real_data: Path) -> None:
    sentences = columns.words_and_tags(real_data / "anercorp" / "ANERCorp_CamelLab_train.txt")
    labels = {tag for sentence in sentences for _, tag in sentence}
    assert labels == {"O", *(f"{kind}-{label}" for kind in "BI" for label in ("LOC", "MISC", "ORG", "PERS"))}


# --- Which column is what -----------------------------------------------------------------------------


def rows(table: Table) -> list[list[tuple[str, ...]]]:
    """Words with their tags, by sentence."""
    return [
        [(token.word, *token.tags) for token in sentence]
        for part in table.parts
        for sentence in part.sentences
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a NNP B-NP B-PER\nb VB B-VP O\n", [[("a", "B-PER"), ("b", "O")]], id="CoNLL-2003"),
        pytest.param("a B-NP\nb I-NP\n", [[("a", "B-NP"), ("b", "I-NP")]], id="chunks alone"),
        pytest.param("a I-ORG B-PER\nb O\n", [[("a", "I-ORG", "B-PER"), ("b", "O", "O")]], id="ragged nesting"),
        pytest.param("1\ta\tB-PER\tO\n2\tb\tO\tO\n", [[("a", "B-PER", "O"), ("b", "O", "O")]], id="numbered words"),
        pytest.param("1 O\n2 B-DATE\n", [[("1", "O"), ("2", "B-DATE")]], id="words that are numbers"),
        pytest.param("a b\tB-PER\nc\tO\n", [[("a b", "B-PER"), ("c", "O")]], id="tabs and a word with a blank"),
        pytest.param("a\u00a0b B-PER\n", [[("a\u00a0b", "B-PER")]], id="a word with a blank that parts nothing"),
        pytest.param("a _ _ B-PER\nb _ _ O\n", [[("a", "B-PER"), ("b", "O")]], id="columns of nothing"),
        pytest.param("a O\n# O\n#x B-LOC\n# x = O\n", [[("a", "O"), ("#", "O"), ("#x", "B-LOC")]], id="words and comments"),
    ],
)  # fmt: skip
def test_columns_are_found_by_how_they_look(text: str, expected: list[list[tuple[str, ...]]]) -> None:
    table = parsed(text, "x")
    assert rows(table) == expected
    assert {note.kind for note in table.notes} <= {"note"}


@pytest.mark.parametrize("wanted", ["1", "5", "2,9"])
def test_columns_that_are_not_there_are_refused(wanted: str) -> None:
    with pytest.raises(Misuse, match=r"x: tags are to be in column .* columns are 1 to 4"):
        parsed("a NNP B-NP B-PER\n", "x", wanted)


def test_columns_of_tags_can_be_chosen() -> None:
    assert rows(parsed("a NNP B-NP B-PER\n", "x", "3")) == [[("a", "B-NP")]]


def test_offsets_are_found() -> None:
    table = parsed("a 0:1 B-PER\nbc 5:7 O\n", "x")
    assert [token.place for token in table.parts[0].sentences[0]] == [(0, 1), (5, 7)]


def test_documents_begin_where_the_file_says() -> None:
    text = "# newdoc id = one\n# text_sha256 = 12\na O\n# newdoc id = empty\n-DOCSTART- -X- O O\n\nb O\n# newdoc\nc O\n"
    table = parsed(text, "x")
    assert [(part.line, part.stated.get("id")) for part in table.parts] == [(1, "one"), (5, None), (8, "")]
    assert table.parts[0].stated["text_sha256"] == "12"
    assert [str(note) for note in table.notes] == ["x:4: the document «empty» has no words (dropped)"]


# --- What is mended -----------------------------------------------------------------------------------

GOOD = "a O\n" * 20


@pytest.mark.parametrize(
    ("line", "token", "note"),
    [
        ("b", ("b", "O"), "x:21: «b» has no tag; taken as O (repaired)"),
        ("b IO", ("b", "O"), "x:21: «IO» is no tag; taken as O (repaired)"),
        ("b I--ORG", ("b", "I-ORG"), "x:21: «I--ORG» taken as I-ORG (repaired)"),
        ("b B--", ("b", "O"), "x:21: «B--» taken as O (repaired)"),
        ("b c B-ORG", ("b c", "B-ORG"), "x:21: «b c» has a blank in it; taken as one word (repaired)"),
        (" O", None, "x:21: a line without a word (dropped)"),
        ("\u00a0 O", None, "x:21: a line without a word (dropped)"),
    ],
)
def test_a_slip_is_noted_with_its_line(line: str, token: tuple[str, str] | None, note: str) -> None:
    table = parsed(f"{GOOD}{line}\n", "x")
    assert note in [str(one) for one in table.notes]
    assert rows(table)[0][20:] == ([token] if token else [])


def test_comments_that_are_not_read_are_counted() -> None:
    table = parsed("# sent_id = 1\n# text = a\na O\n", "x")
    assert [str(note) for note in table.notes] == ["x: comment lines that are not read: 2"]


# --- Tags and spans -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "scheme", "found", "mended"),
    [
        ("B-A I-A B-A", "iob2", [(0, 2, "A"), (2, 3, "A")], []),
        ("I-A I-A B-A", "iob1", [(0, 2, "A"), (2, 3, "A")], []),
        ("I-A I-B", "iob1", [(0, 1, "A"), (1, 2, "B")], []),
        ("I-A I-B", "iob2", [(0, 1, "A"), (1, 2, "B")], [0, 1]),
        ("O I-A", "iob2", [(1, 2, "A")], [1]),
        ("B-A E-A S-A O", "bioes", [(0, 2, "A"), (2, 3, "A")], []),
        ("B-A I-A L-A U-B", "bioes", [(0, 3, "A"), (3, 4, "B")], []),
        ("S-A E-A", "bioes", [(0, 1, "A"), (1, 2, "A")], [1]),
        ("B-A O", "bioes", [(0, 1, "A")], [0]),
        ("B-A B-A E-B", "bioes", [(0, 1, "A"), (1, 2, "A"), (2, 3, "B")], [0, 1, 2]),
    ],
)
def test_broken_tags_are_read_as_conlleval_does(
    tags: str, scheme: Scheme, found: list[Span], mended: list[int]
) -> None:
    entities, slips = columns.spans(tags.split(), scheme)
    assert (entities, [at for at, _ in slips]) == (found, mended)


@st.composite
def apart(draw: st.DrawFn) -> tuple[int, list[Span]]:
    """A number of tokens and entities of which none is over another."""
    edges = sorted(draw(st.sets(st.integers(0, 12), max_size=8)))
    found = [
        (first, behind, draw(st.sampled_from("AB")))
        for first, behind in pairwise(edges)
        if draw(st.booleans())
    ]
    return max(edges, default=0) + 1, found


@pytest.mark.parametrize("scheme", ["iob1", "iob2", "bioes"])
@given(apart())
def test_spans_become_tags_and_tags_spans(scheme: Scheme, given: tuple[int, list[Span]]) -> None:
    count, found = given
    assert columns.spans(columns.tagged(count, found, scheme), scheme) == (found, [])


@pytest.mark.parametrize("scheme", ["iob1", "iob2", "bioes"])
def test_entities_are_those_that_seqeval_finds(scheme: Scheme) -> None:
    from seqeval.metrics.sequence_labeling import get_entities
    from seqeval.scheme import IOB1, IOB2, IOBES, Entities

    tags = columns.tagged(9, [(0, 1, "A"), (1, 3, "A"), (4, 6, "B"), (6, 7, "A")], scheme)
    known = {"iob1": IOB1, "iob2": IOB2, "bioes": IOBES}[scheme]
    [theirs] = Entities([tags], known).entities
    assert [(one.start, one.end, one.tag) for one in theirs] == columns.spans(tags, scheme)[0]
    if scheme != "iob1":
        assert [(first, last + 1, label) for label, first, last in get_entities(tags)] == columns.spans(
            tags, scheme
        )[0]
