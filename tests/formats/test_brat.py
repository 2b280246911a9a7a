"""brat's folders: what is written is what brat reads, and what others wrote is read, counted, mended or left out with a reason."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpora import SETTINGS, document
from tasrih.formats import brat
from tasrih.formats.exchange import Foreign, Imported, Reading
from tasrih.store import Misuse

REAL = Path(__file__).parents[2] / ".." / "shared" / "real" / "brat" / "news"
SNIPPET = (
    "قالت <e1 ORG>وزارة الصحة</e1> إن <c1><e2 EVENT>الحملة</e2> بدأت\nفي <e3 GPE>تونس</e3></c1> 😀 و<s1 support>أيدتها</s1>.\n"
    "=== roles\nc1 claimers=e1,e3 about=e2 mode=indirect\ns1 holders=unnamed target=c1\n"
)


def written(**settings: Any) -> dict[str, str]:
    files = brat.write([document(SNIPPET)], SETTINGS | settings, "gold")  # type: ignore[arg-type]
    return {name: content.decode() for name, content in files}


def read(ann: str, text: str | bytes = "Anna met Bob in Rome.", **mapping: str) -> Imported:
    given_text = text.encode() if isinstance(text, str) else text
    return brat.read([("a.ann", ann.encode()), ("a.txt", given_text)], Reading(SETTINGS["labels"], mapping))


def only(imported: Imported) -> list[Any]:
    return imported.documents[0].layers[""]


def places(imported: Imported) -> list[tuple[int, int, str]]:
    return [(one["start"], one["end"], one["text"]) for one in only(imported)]


# --- Writing ------------------------------------------------------------------------------------------


def test_spans_are_split_at_the_ends_of_lines() -> None:
    ann, text = written()["example.ann"], written()["example.txt"]
    line = next(line for line in ann.splitlines() if re.match(r"T\d+\tClaim ", line))
    _, data, words = line.split("\t")
    pieces = [tuple(map(int, part.split())) for part in data.removeprefix("Claim ").split(";")]
    assert len(pieces) == 2
    assert " ".join(text[start:end] for start, end in pieces) == words


def test_an_entity_keeps_its_number_and_repeated_roles_are_numbered() -> None:
    ann = written()["example.ann"]
    assert re.search(r"^T1\tORG 5 16\tوزارة الصحة$", ann, re.MULTILINE)
    assert re.search(r"^E1\tClaim:T\d+ Claimer:T1 Claimer2:T3 About:T2$", ann, re.MULTILINE)
    assert re.search(r"^E2\tsupport:T\d+ Target:E1$", ann, re.MULTILINE)


def test_every_id_stands_once_and_every_line_has_three_fields_or_two() -> None:
    lines = written()["example.ann"].splitlines()
    ids = [line.split("\t")[0] for line in lines]
    assert len(ids) == len(set(ids))
    assert all(len(line.split("\t")) in (2, 3) for line in lines)


# The grammar of brat's configuration, read from its server's source: sections in brackets; a line is a term, blanks, and
# arguments `Role:Type|Type` between commas, a role with ?, *, + or {n-m} behind it; terms for storage are [A-Za-z0-9_-]+.
ARGUMENT = re.compile(r"(<[A-Z-]+>|[A-Za-z]\w*(?:[?*+]|\{\d+(?:-\d+)?\})?):\S+")


def sections(conf: str) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for line in conf.splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            current = found.setdefault(match[1], {})
        elif line:
            term, *rest = re.split(r"\s*\|\s*" if "labels" in found and current is found["labels"] else r"\s+", line, maxsplit=1)  # fmt: skip
            assert term not in current
            current[term] = [one.strip() for one in rest[0].split(",")] if rest else []
    return found


def test_the_configuration_follows_brats_grammar() -> None:
    conf = sections(written()["annotation.conf"])
    assert list(conf) == ["entities", "relations", "events", "attributes"]
    terms = [term for part in conf.values() for term in part if term != "<OVERLAP>"]
    assert all(re.fullmatch("[A-Za-z0-9_-]+", term) for term in terms)
    assert len(terms) == len(set(terms))
    for part in conf.values():
        assert all(ARGUMENT.fullmatch(argument) for arguments in part.values() for argument in arguments)


def test_the_configuration_knows_every_label_role_and_value_that_is_written() -> None:
    files = written()
    conf = sections(files["annotation.conf"])
    labels = set(conf["entities"]) | set(conf["events"])
    roles = {
        label: {re.sub(r"[?*+]?:.*", "", one) for one in arguments}
        for label, arguments in conf["events"].items()
    }
    for line in files["example.ann"].splitlines():
        _, data, *_ = line.split("\t")
        if line[0] == "T":
            assert data.split()[0] in labels
        if line[0] == "E":
            (label, _), *arguments = [part.split(":") for part in data.split()]
            assert {role.rstrip("0123456789") for role, _ in arguments} <= roles[label]
        if line[0] == "A":
            name, _, value = data.split()
            assert value in conf["attributes"][name][1].removeprefix("Value:").split("|")


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("ru", "ltr")])
def test_the_text_runs_as_its_language_does(language: str, direction: str) -> None:
    visual = sections(written(languages=[language])["visual.conf"])
    assert visual["options"]["Text"] == [f"direction:{direction}"]
    assert set(SETTINGS["labels"]["entity"]) <= set(visual["labels"]) & set(visual["drawing"])


def test_another_reader_of_brats_files_reads_ours() -> None:
    theirs = pytest.importorskip("bioc.brat", reason="bioc, whose reader of brat's files is asked, is absent")
    files = written()
    found = theirs.loads(files["example.txt"], files["example.ann"])
    for span in found.entities:
        pieces = sorted((place.begin, place.end) for place in span.locations)
        assert " ".join(found.text[start:end] for start, end in pieces) == span.text
    assert [span.type for span in found.entities] == ["ORG", "Claim", "EVENT", "GPE", "support"]
    assert {(event.type, *event.arguments) for event in found.events} == {
        ("Claim", "Claimer", "Claimer2", "About"), ("support", "Target"),
    }  # fmt: skip


# --- Reading ------------------------------------------------------------------------------------------


def test_a_foreign_folder_is_read() -> None:
    found = read(
        "R1\tFamily Arg1:T1 Arg2:T2\t\nT2\tPerson 9 12\tBob\nT1\tPerson 0 4\tAnna\nT3\tPlace 16 20\tRome\n"
        "N1\tReference T3 Wikidata:Q220\tRome\n#1\tAnnotatorNotes T1\tor Hannah\n*\tEquiv T1 T2\nA1\tForm T3 name\n",
        Person="PER",
        Place="GPE",
    )
    assert [(one["id"], one["label"], one["text"]) for one in only(found)] == [
        ("e1", "PER", "Anna"), ("e2", "PER", "Bob"), ("e3", "GPE", "Rome"),
    ]  # fmt: skip
    assert only(found)[2]["wikidata"] == "Q220"
    assert only(found)[2]["form"] == "name"
    assert only(found)[0]["note"] == "or Hannah"
    assert only(found)[0]["referent"] == only(found)[1]["referent"]
    assert [str(note) for note in found.notes] == ["a.ann: relations «Family»: 1 (line 1) (dropped)"]
    assert found.counts["spans"] == 3


def test_an_event_that_has_no_place_is_counted_by_its_type() -> None:
    found = read("T1\tMeet 5 8\tmet\nE1\tMeet:T1 Who:T2\nT2\tPER 0 4\tAnna\nA1\tSure E1\n")
    assert [str(note) for note in found.notes] == [
        "a.ann: events «Meet»: 1 (line 2) (dropped)",
        "a.ann: attributes «Sure»: 1 (line 4) (dropped)",
    ]


def test_an_event_mapped_to_an_entity_label_is_the_mention_of_it() -> None:
    found = read("T1\tMeet 5 8\tmet\nE1\tMeet:T1 Who:T2\nT2\tPER 0 4\tAnna\n", Meet="EVENT")
    assert [(one["id"], one["label"]) for one in only(found)] == [("e2", "PER"), ("e1", "EVENT")]
    assert [str(note) for note in found.notes] == ["a.ann: arguments of events «Meet»: 1 (line 2) (dropped)"]


def test_labels_that_the_corpus_does_not_have_are_named_with_their_numbers() -> None:
    with pytest.raises(Misuse, match=r"«Person» 2 ×.*--map Person="):
        read("T1\tPerson 0 4\tAnna\nT2\tPerson 9 12\tBob\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("T1 PER 0 4 Anna", "no line of brat's standoff", id="blanks-for-tabs"),
        pytest.param("X1\tPER 0 4\tAnna", "no line of brat's standoff", id="letter"),
        pytest.param("T1\tPER 0\tAnna", "no «label start end»", id="one-offset"),
        pytest.param("T1\tPER a b\tAnna", "no «label start end»", id="no-number"),
        pytest.param("T1\tPER 0 ٤\tAnna", "no «label start end»", id="other-digits"),
        pytest.param("T1\tPER 4 4\t", "an empty span", id="empty"),
        pytest.param("T1\tPER 40 44", "outside of the text", id="outside"),
        pytest.param("T1\tPER 0 4\tAnne", "does not stand there", id="other-words"),
        pytest.param("T2\tPER 0 4\tAnna\nT2\tORG 0 4\tAnna", "twice", id="twice"),
        pytest.param("E1\tClaim:T9", "its trigger T9 is not there", id="no-trigger"),
        pytest.param("E1\tClaim", "no «label:trigger role:argument»", id="no-event"),
        pytest.param("R1\tMember Arg1:T1", "no relation of two", id="no-relation"),
        pytest.param("A1\tForm", "no «attribute target value»", id="no-attribute"),
        pytest.param("N1\tReference T1", "no «type target resource:item»", id="no-normalisation"),
        pytest.param("#1\tAnnotatorNotes", "no «type target»", id="no-note"),
        pytest.param("*\tEquiv T1", "an equivalence needs two", id="no-equivalence"),
        pytest.param("#1\tTasrih T1\t[1]", "none of ours", id="no-note-of-ours"),
    ],
)  # fmt: skip
def test_a_malformed_line_is_dropped_with_its_number(line: str, said: str) -> None:
    found = read(f"T77\tGPE 16 20\tRome\n{line}\n")
    assert len(found.notes) == 1
    assert found.notes[0].kind == "dropped"
    assert said in found.notes[0].what
    assert found.notes[0].where == f"a.ann:{2 + line.count(chr(10))}"
    assert places(found)[-1] == (16, 20, "Rome")


def test_a_file_of_nothing_but_malformed_lines_is_refused() -> None:
    with pytest.raises(Misuse, match="more than 1,000 lines"):
        read("no line\n" * 2_000)


def test_a_quote_that_stands_nearby_alone_is_repaired() -> None:
    found = read("T1\tPER 7 10\tBob\n")
    assert places(found) == [(9, 12, "Bob")]
    assert [note.kind for note in found.notes] == ["repaired"]


def test_a_quote_that_stands_in_two_places_is_not_guessed_at() -> None:
    found = read("T1\tPER 1 4\tBob\n", "Bob and Bob")
    assert [(note.kind, note.where) for note in found.notes] == [("dropped", "a.ann:1")]


@pytest.mark.parametrize(
    ("text", "line", "where"),
    [
        pytest.param("a\r\nb 😀 Bob".encode(), "T1\tPER 7 10\tBob", 6, id="crlf-counted"),
        pytest.param("a\r\nb 😀 Bob".encode(), "T1\tPER 6 9\tBob", 6, id="crlf-as-one"),
        pytest.param("a\nb 😀 Bob".encode(), "T1\tPER 7 10\tBob", 6, id="utf16-or-crlf"),
        pytest.param("\ufeffBob".encode(), "T1\tPER 1 4\tBob", 0, id="byte-order-mark-counted"),
        pytest.param("\ufeffBob".encode(), "T1\tPER 0 3\tBob", 0, id="byte-order-mark-not-counted"),
        pytest.param(b"Bob\r\n", "T1\tPER 0 3\tBob\r", 0, id="crlf-in-both"),
    ],
)
def test_the_way_in_which_offsets_were_counted_is_found(text: bytes, line: str, where: int) -> None:
    found = read(f"{line}\n", text)
    assert places(found) == [(where, where + 3, "Bob")]
    assert not found.notes


def test_a_discontinuous_mention_becomes_one_stretch_with_a_note() -> None:
    found = read("T1\tPER 0 4;9 12\tAnna Bob\n")
    assert places(found) == [(0, 12, "Anna met Bob")]
    assert [note.kind for note in found.notes] == ["repaired"]


def test_pieces_of_two_lines_are_one_mention() -> None:
    assert places(read("T1\tPER 0 4;5 8\tAnna Bob\n", "Anna\nBob\n")) == [(0, 8, "Anna\nBob")]


def test_what_was_moved_in_brat_is_where_brat_says() -> None:
    """The pieces that a note of ours repeats hold as long as the span is the one that was written."""
    ann = 'T1\tPER 0 4;5 8\tAnna Bob\n#1\tTasrih T1\t{"parts":[[0,9]]}\n'
    text = "Anna\nBob\n!"
    assert places(read(ann, text)) == [(0, 9, "Anna\nBob\n")]
    assert places(read(ann.replace("0 4;5 8\tAnna Bob", "5 8\tBob"), text)) == [(5, 8, "Bob")]


def test_a_note_that_was_changed_in_brat_is_the_one_that_counts() -> None:
    ours = '#2\tTasrih T1\t{"note":"two\\nlines"}\n'
    span = "T1\tPER 0 4\tAnna\n"
    assert only(read(f"{span}{ours}#1\tAnnotatorNotes T1\ttwo lines\n"))[0]["note"] == "two\nlines"
    assert only(read(f"{span}{ours}#1\tAnnotatorNotes T1\tchanged\n"))[0]["note"] == "changed"
    assert "note" not in only(read(f"{span}{ours}"))[0]


def test_a_span_added_in_brat_leaves_the_other_ids_alone() -> None:
    files = written()
    last = max(int(number) for number in re.findall(r"^T(\d+)\t", files["example.ann"], re.MULTILINE))
    files["example.ann"] += f"T{last + 1}\tPER 0 4\tقالت\n"
    back = brat.read([(name, text.encode()) for name, text in files.items()], Reading(SETTINGS["labels"]))
    assert {one["id"] for one in only(back)} == {"e1", "e2", "e3", f"e{last + 1}", "c1", "s1"}


def test_files_without_their_other_half() -> None:
    files = [("a.ann", b"T1\tPER 0 4\tAnna\n"), ("b.txt", b"Bob"), ("c.ann", b"T1\tPER 0 3\tBob\n")]
    found = brat.read(files, Reading(SETTINGS["labels"], texts={"a": "Anna"}))
    assert [one.name for one in found.documents] == ["a", "b"]
    assert [(note.kind, note.where) for note in found.notes] == [("note", "b.txt"), ("dropped", "c.ann")]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param([], id="nothing"),
        pytest.param([("notes.md", b"x")], id="other-files"),
        pytest.param([("a.ann", b"T1\tPER 0 4\tAnna\n")], id="no-text"),
        pytest.param([("a.txt", b"\xff\xfe"), ("a.ann", b"")], id="text-of-another-encoding"),
        pytest.param([("a.txt", b"a"), ("a.ann", b"\xff\xfe")], id="annotations-of-another-encoding"),
    ],
)
def test_a_folder_with_nothing_to_read_is_refused(files: list[tuple[str, bytes]]) -> None:
    with pytest.raises(Misuse):
        brat.read(files, Reading(SETTINGS["labels"]))


def test_annotations_that_would_fill_the_memory_are_refused() -> None:
    lines = "".join(f"T{number}\tPER 0 200000\n" for number in range(1, 400))
    with pytest.raises(Misuse, match="mark 79,800,000 characters"):
        read(lines, "x" * 200_000)


LINES = st.one_of(
    st.from_regex(r"T[0-9] (PER|Claim|Cue) [0-9]{1,2} [0-9]{1,2}(;[0-9] [0-9])? (Anna|Bob)?", fullmatch=True),
    st.from_regex(r"E[0-9] (Claim|support|X):T[0-9]( (Claimer|Target|Cue|Within|Q)2?:[TER][0-9]){0,3}", fullmatch=True),
    st.from_regex(r"[RAMN#*][0-9]? (Member|Form|Source|Tasrih|Equiv|Reference) ([TE][0-9]|Arg1:T1 Arg2:T2)( \S{0,8})?", fullmatch=True),
    st.text(max_size=12),
)  # fmt: skip


@given(st.lists(LINES, max_size=12), st.sampled_from("\t "))
@settings(deadline=None, max_examples=150)
@example(lines=["T1 Claim 0 4 Anna", "E1 Claim:T1 Within:E1"], blank="\t")
def test_any_lines_are_read_or_refused(lines: list[str], blank: str) -> None:
    """The blanks that brat has as tabs are the first and the one before the words."""
    with_tabs = [re.sub(" (?=Anna|Bob)", "\t", line.replace(" ", blank, 1)) for line in lines]
    try:
        found = read("\n".join(with_tabs), "Anna met Bob.\n")
    except Misuse:
        return
    assert all(isinstance(one, Foreign) for one in found.documents)


@given(st.binary(max_size=60), st.binary(max_size=60))
@settings(deadline=None, max_examples=100)
def test_any_bytes_are_read_or_refused(ann: bytes, text: bytes) -> None:
    with suppress(Misuse):
        brat.read([("a.ann", ann), ("a.txt", text)], Reading(SETTINGS["labels"]))


# --- brat's own tutorial ------------------------------------------------------------------------------


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real/brat/news is absent")
def test_brats_tutorial_is_read_and_everything_left_out_is_counted() -> None:
    files = [(path.name, path.read_bytes()) for path in REAL.iterdir()]
    lines = [
        line for name, content in files if name.endswith(".ann") for line in content.decode().splitlines()
    ]
    mapping = {"Person": "PER", "Organization": "ORG", "Money": ""}
    found = brat.read(files, Reading(SETTINGS["labels"], mapping))
    assert len(found.documents) == sum(name.endswith(".txt") for name, _ in files) == 13
    for letter, kind in (("T", "spans"), ("E", "events"), ("R", "relations"), ("A", "attributes"), ("*", "equivalences")):  # fmt: skip
        assert found.counts[kind] == sum(line.startswith(letter) for line in lines)
    kept = sum(len(one.layers[""]) for one in found.documents)
    left_out = {
        what: _total(found, what) for what in ("spans «Money»", "events «", "relations «", "attributes «")
    }
    assert left_out == {"spans «Money»": 1, "events «": 23, "relations «": 8, "attributes «": 11}
    assert (
        kept == found.counts["spans"] - left_out["spans «Money»"] - left_out["events «"]
    )  # a trigger an event
    assert {note.kind for note in found.notes} == {"dropped"}


def _total(found: Imported, what: str) -> int:
    return sum(
        int(match[1])
        for note in found.notes
        if note.what.startswith(what) and (match := re.search(r": ([\d,]+) \(", note.what))
    )
