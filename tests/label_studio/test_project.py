"""What a project should be, before any server is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpora import document, settings_toml, write_corpus
from tasrih import store
from tasrih.label_studio.project import instructions, usual_title, wanted
from tasrih.store import Corpus, Misuse

TEXT = "قالت <e1 ORG>الهيئة</e1> إن الحملة بدأت."


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    english: Any = document("The <e1 ORG>Board</e1> met.", "in-english")
    english["article"]["language"] = "en"
    write_corpus(tmp_path, [document(TEXT, "in-arabic"), english])
    (tmp_path / "corpus.toml").write_text(settings_toml({"languages": ["ar", "en"]}), "utf-8")
    (tmp_path / "guidelines.md").write_text(
        "# Rules\n\n<script>alert(1)</script>\n\n| a |\n| --- |\n| b |\n", "utf-8"
    )
    (tmp_path / "guidelines.ar.md").write_text("# إرشادات\n", "utf-8")
    return store.open_corpus(tmp_path)


def test_a_project_holds_one_language_and_reads_its_way(corpus: Corpus) -> None:
    arabic, left_out = wanted(corpus, [])
    assert list(arabic.ids) == ["in-arabic"]
    assert left_out == {"its language is en; push it with --language en": ["in-english"]}
    english, _ = wanted(corpus, [], language="en")
    assert list(english.ids) == ["in-english"]
    assert "direction: rtl" in arabic.settings()["label_config"]
    assert "direction: ltr" in english.settings()["label_config"]
    assert (arabic.title, english.title) == ("Example (ar)", "Example (en)")
    assert usual_title(corpus, adjudication=True) == "Example (ar): adjudication"


def test_instructions_are_the_guidelines_in_each_language_without_their_markup(corpus: Corpus) -> None:
    page = instructions(corpus)
    assert page.index('<div lang="ar" dir="rtl">') < page.index('<div lang="en" dir="ltr">')
    assert "<table>" in page and "<script" not in page and "&lt;script&gt;" in page


def test_a_task_is_bare_unless_a_layer_is_named(corpus: Corpus) -> None:
    bare, _ = wanted(corpus, ["in-arabic"])
    assert "predictions" not in bare.task("in-arabic") and not bare.shows_layer(["in-arabic"])
    shown, _ = wanted(corpus, ["in-arabic"], layer="gold")
    task = shown.task("in-arabic")
    assert task["predictions"][0]["model_version"] == "gold" and shown.shows_layer(["in-arabic"])
    assert task["data"]["tasrih"]["guidelines"] == corpus.settings["guidelines"]


@pytest.mark.parametrize(
    ("ids", "options", "said"),
    [
        (["in-english"], {}, "in-english: its language is en"),
        (["nowhere"], {}, "there is no article «nowhere»"),
        ([], {"language": "fr"}, "the corpus has no language «fr»; it has ar, en"),
        ([], {"title": "ab"}, "3 characters or more"),
        ([], {"pair": ("reader-a", "reader-b")}, "there is no article to push"),
    ],
)
def test_what_cannot_be_pushed_is_said(
    corpus: Corpus, ids: list[str], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(Misuse) as told:
        wanted(corpus, ids, **options)
    assert said in str(told.value)
