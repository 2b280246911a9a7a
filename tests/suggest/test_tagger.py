"""The tagger learns, is the same every time, keeps to the text whatever that is, and lives in one file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from corpora import document, write_corpus
from tasrih.cli import app
from tasrih.store import Misuse
from tasrih.suggest import Draft, Suggest, model_file, suggester, tagger
from tasrih.suggest.cutting import cut
from tasrih.suggest.handlists import lists_sha256
from tasrih.suggest.model_file import Model
from tasrih.text.canonical import sha256

pytest.importorskip("pycrfsuite")
pytest.importorskip("ahocorasick_rs")

PEOPLE = ("سمير الوافي", "ليلى حداد", "سعيد البناء", "نادر الكاتب")
TRAIN = [
    document(
        f"قال <e1 OCC>وزير <e2 ORG>بلدية <e3 GPE>{place}</e3></e2></e1> <e4 PER>{person}</e4> إن <e5 PER>الوزيرة</e5> سافرت. زار <e6 PER>{person}</e6> المدينة."
        "\n=== roles\ne5 form=nominal",
        f"train-{number}",
    )
    for number, (person, place) in enumerate(zip(PEOPLE, ("تونس", "صفاقس", "بيروت", "القاهرة"), strict=True))
]


@pytest.fixture(scope="module")
def model() -> Model:
    return tagger.train([tagger.example(one) for one in TRAIN], {"features": model_file.FEATURES_VERSION})


@pytest.fixture(scope="module")
def suggest(model: Model) -> Suggest:
    return tagger.of_model(model)


def found(suggest: Suggest, text: str) -> list[tuple[str, str]]:
    (proposals,) = suggest([Draft(text)])
    return [(one["label"], one["text"]) for one in proposals]  # type: ignore[typeddict-item]


def test_it_finds_what_it_has_not_seen_and_what_stands_inside(suggest: Suggest) -> None:
    mentions = found(suggest, "قال وزير بلدية بنزرت هادي السالم إن الوزيرة سافرت.")
    assert ("PER", "هادي السالم") in mentions
    assert ("GPE", "بنزرت") in mentions


def test_learning_twice_gives_the_same_bytes(model: Model) -> None:
    again = tagger.train([tagger.example(one) for one in TRAIN], {"features": model_file.FEATURES_VERSION})
    assert model_file.as_bytes(again) == model_file.as_bytes(model)


def test_an_example_has_outer_tags_and_those_inside() -> None:
    one = tagger.example(TRAIN[0])
    assert one.outer[:8] == ["O", "B-OCC", "I-OCC", "I-OCC", "B-PER", "I-PER", "O", "B-PER~"]
    assert one.inner == [
        (1, 4, "OCC", ["O", "B-ORG", "I-ORG"]),
        (2, 4, "ORG", ["O", "B-GPE"]),
        (4, 6, "PER", ["O", "O"]),
        (11, 13, "PER", ["O", "O"]),
    ]


def test_credits_get_nothing(suggest: Suggest) -> None:
    text = "قال هادي السالم إن الوزيرة سافرت."
    (proposals,) = suggest([Draft(text, [{"kind": "credit", "start": 0, "end": len(text)}])])
    assert proposals == []


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "تونس", ".،؛؟!«»\"\"()", "no Arabic at all, 123.", "«قال \"سمير", "\u064e\u064f\u0650", "ـــ", "🕊️🕊️", "\u202b\u200f", "و" * 300],
)  # fmt: skip
def test_odd_texts_are_no_error(suggest: Suggest, text: str) -> None:
    for label, words in found(suggest, text):
        assert label and words in text


@given(st.text(alphabet='قال سمير الوافي وزير تونس.\n«»"🕊\u064e\u0640ولب،9A', max_size=150))
@settings(deadline=None, max_examples=150)
def test_every_proposal_quotes_the_text_at_its_place(suggest: Suggest, text: str) -> None:
    (proposals,) = suggest([Draft(text)])
    for one in proposals:
        words = text[one["start"] : one["end"]]
        assert words and one["text"] == words == words.strip()  # type: ignore[typeddict-item]
        assert 0.0 <= one["confidence"] <= 1.0
    assert len({(one["start"], one["end"]) for one in proposals}) == len(proposals)


def test_what_crfsuite_cannot_say_is_not_sure() -> None:
    class Lost:
        def marginal(self, tag: str, at: int) -> float:
            return float("nan")

    opened = tagger._Opened.__new__(tagger._Opened)
    opened._tagger = Lost()
    assert opened.probability("O", 0) == 0.0


@pytest.mark.parametrize("words", ["2019/", "تونس ", "(", "الأحد ", "«قال ”", "و ", "\x00", "وزير مجلس "])
def test_long_and_dull_texts_are_no_error(suggest: Suggest, words: str) -> None:
    text = words * (20_000 // len(words))
    for _, quoted in found(suggest, text):
        assert quoted in text


def test_the_same_words_nearby_are_told_of() -> None:
    text = cut("سمير هنا. سمير هناك. سمير")
    seen = [("B-PER", 90) if word == "سمير" else ("O", 99) for word in text.words]
    told = tagger._elsewhere(text, seen)
    assert told[0] == ["ePER", "ePER3", "nPER2"]
    assert told[1] == ["e-"]


def test_a_model_is_kept_and_read(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "one.tagger"
    model_file.write(path, model)
    assert model_file.read(path) == Model(model.parts, model.about)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda raw: b"", "no tagger's model"),
        (lambda raw: b"PK" + raw, "no tagger's model"),
        (lambda raw: raw[:-1], "damaged"),
        (lambda raw: raw[:-9] + b"x" + raw[-8:], "damaged"),
        (lambda raw: raw.replace(b'"features":', b'"features":9'), "made for features 9"),
        (lambda raw: raw[: len(model_file.MAGIC)] + b"{}\n", "cannot be read"),
        (lambda raw: raw[: len(model_file.MAGIC)] + b"[1]\n", "cannot be read"),
    ],
)
def test_a_faulty_model_is_one_line(model: Model, tmp_path: Path, change, message: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "one.tagger"
    path.write_bytes(change(model_file.as_bytes(model)))
    with pytest.raises(Misuse, match=message):
        model_file.read(path)


def test_it_learns_once_from_a_corpus_and_again_when_gold_or_model_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = write_corpus(tmp_path, TRAIN)
    learnt: list[int] = []
    once = tagger.train
    monkeypatch.setattr(tagger, "train", lambda *told: learnt.append(1) or once(*told))
    text = "قال هادي السالم إن الوزيرة سافرت."
    first = found(suggester("tagger", corpus), text)
    (kept,) = corpus.models.iterdir()
    assert found(suggester("tagger", corpus), text) == first
    assert len(learnt) == 1
    kept.write_bytes(b"")
    assert found(suggester("tagger", corpus), text) == first
    assert len(learnt) == 2
    assert found(suggester(f"tagger:{kept}", corpus), text) == first


def test_what_takes_nothing_behind_a_colon_says_so(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="«names» takes nothing behind a colon"):
        suggester("names:x", write_corpus(tmp_path, TRAIN))


def test_train_writes_a_model_of_a_corpus_and_of_a_file(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", TRAIN)
    words = tmp_path / "words.txt"
    words.write_text("قال O\nسمير B-PERS\nالوافي I-PERS\n\nزار O\nتونس B-LOC\n" * 3, "utf-8")
    run = CliRunner()
    one, other = tmp_path / "one.tagger", tmp_path / "other.tagger"
    assert run.invoke(app, ["train", "--corpus", str(tmp_path / "corpus"), "--out", str(one)]).exit_code == 0
    assert (
        run.invoke(
            app, ["train", "--conll", str(words), "--licence", "CC0-1.0", "--out", str(other)]
        ).exit_code
        == 0
    )
    assert model_file.read(one).about["data"]["name"] == "example-corpus"
    about = model_file.read(other).about
    assert (about["data"]["name"], about["data"]["licence"], about["labels"]) == (
        "words.txt",
        "CC0-1.0",
        ["LOC", "PERS"],
    )


def test_train_says_which_raw_texts_it_knows_words_of(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", TRAIN)
    raw = tmp_path / "news.txt"
    words = [chr(first) + chr(second) for first in range(0x627, 0x647) for second in range(0x627, 0x647)]
    raw.write_text("\n".join(" ".join(words[at : at + 9]) for at in range(900)) * 3, "utf-8")
    out = tmp_path / "raw.tagger"
    other = tmp_path / "older" / "news.txt"
    other.parent.mkdir()
    other.write_text("كلمة أخرى", "utf-8")
    told = [
        "train",
        "--corpus",
        str(tmp_path / "corpus"),
        "--raw",
        str(raw),
        "--raw",
        str(other),
        "--out",
        str(out),
    ]
    assert CliRunner().invoke(app, told).exit_code == 0
    model = model_file.read(out)
    known = {(one["name"], one["sha256"]) for one in model.about["raw"]}
    assert known == {("news.txt", sha256(file.read_text("utf-8"))) for file in (raw, other)}
    assert model.about["lists"] == lists_sha256()
    assert "clusters" in model.parts


def test_too_little_raw_text_is_one_line(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", TRAIN)
    raw = tmp_path / "news.txt"
    raw.write_text("كلمة واحدة", "utf-8")
    told = [
        "train",
        "--corpus",
        str(tmp_path / "corpus"),
        "--raw",
        str(raw),
        "--out",
        str(tmp_path / "x.tagger"),
    ]
    refused = CliRunner().invoke(app, told)
    assert isinstance(refused.exception, Misuse) and "words of 3 or more times" in str(refused.exception)


def test_nothing_to_learn_from_is_one_line() -> None:
    with pytest.raises(Misuse, match="no mention to learn from"):
        tagger.train([tagger.example(document("لا شيء هنا."))])


def test_without_the_extra_one_line_says_what_to_install(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pycrfsuite", None)
    with pytest.raises(Misuse, match=r"pip install 'tasrih\[suggest\]'"):
        tagger.of_model(model)


def test_what_is_inside_does_not_change_how_sure_its_neighbours_are(model: Model) -> None:
    ready = tagger.Tagger(model)
    text = cut("قال وزير بلدية بنزرت هادي السالم إن الوزيرة سافرت.")
    outer = tagger.Mention(1, 4, "OCC", 1.0)
    inside = list(ready._inside(text, outer))
    view = tagger._inner_view(text, 1, 4, "OCC")
    assert ready._inner is not None
    assert [one for one in inside if one.first < 4][:1] == ready._of_sentence(ready._inner, view, 1)[:1]
