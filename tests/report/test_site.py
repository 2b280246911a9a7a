"""The site: nothing of the data is lost or taken for markup, its figures are those of `tasrih stats`, links resolve."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from annotated_sample import document as plain_document
from site_sample import RICH, SOME, WITHHELD, decide, layered, small, some_of_the_corpus
from test_page import HOSTILE, Reader
from typer.testing import CliRunner

from conftest import CHECKOUT
from corpora import document, write_corpus, write_document
from tasrih import store
from tasrih.cli import app
from tasrih.model import GOLD
from tasrih.release import explore as exploring
from tasrih.release.build import build
from tasrih.report import strings
from tasrih.report.controls import shown_controls
from tasrih.report.site import Collection, file_count, pages
from tasrih.schema import load
from tasrih.text.folding import folded

TREES = {"": "ar", "en/": "en"}
KINDS = ("index.html", "sources.html", "network.html", "statistics.html", "agreement.html")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return some_of_the_corpus(tmp_path_factory.mktemp("some") / "corpus")


@pytest.fixture(scope="module")
def collection(corpus: Path) -> Collection:
    return exploring.of_corpus(corpus)


@pytest.fixture(scope="module")
def site(collection: Collection) -> dict[str, str]:
    return dict(pages(collection))


def html(site: dict[str, str]) -> Iterator[tuple[str, Reader]]:
    return ((path, Reader(content)) for path, content in site.items() if path.endswith(".html"))


def words(text: str) -> str:
    return " ".join(text.split())


# --- Structure ----------------------------------------------------------------------------------------


def test_there_is_a_page_of_each_kind_and_article_in_both_languages(
    site: dict[str, str], collection: Collection
) -> None:
    expected = {f"{tree}{kind}" for tree in TREES for kind in (*KINDS, *(f"articles/{n}.html" for n in SOME))}
    assert len(site) == file_count(collection)
    assert site.keys() == expected | {"site.css", "site.js", "search.js"}


def test_every_page_has_one_policy_that_allows_the_sites_own_files_alone(site: dict[str, str]) -> None:
    for path, page in html(site):
        policies = [a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"]
        assert policies == [
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
            "form-action 'none'"
        ], path
        assert not any(name == "style" or name.startswith("on") for _, a in page.tags for name in a), path
        assert "style" not in {tag for tag, _ in page.tags}, path
        scripts = [a for tag, a in page.tags if tag == "script"]
        assert scripts and all(posixpath.basename(a["src"]) in ("site.js", "search.js") for a in scripts), (
            path
        )


def test_language_and_direction_are_those_of_the_tree(site: dict[str, str]) -> None:
    for path, page in html(site):
        root = next(attributes for tag, attributes in page.tags if tag == "html")
        expected = ("en", "ltr") if path.startswith("en/") else ("ar", "rtl")
        assert (root["lang"], root["dir"]) == expected, path
        own = [tag for tag, _ in page.tags]
        assert own.count("h1") == own.count("main") == 1, path


def test_every_link_leads_to_a_page_and_a_place_that_are_there(site: dict[str, str]) -> None:
    ids = {path: set(page.ids) for path, page in html(site)}
    for path, page in html(site):
        assert len(page.ids) == len(set(page.ids)), path
        sources = [a["src"] for _, a in page.tags if "src" in a]
        styles = [a["href"] for tag, a in page.tags if tag == "link"]
        for link in [*page.links, *sources, *styles]:
            if link.startswith(("https://", "http://", "data:")):
                continue
            address, _, place = link.partition("#")
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(address)))
                if address
                else path
            )
            assert target in site, (path, link)
            assert not place or place in ids[target] or place == "differing", (path, link)


def test_the_two_languages_lead_to_each_other(site: dict[str, str]) -> None:
    for path, page in html(site):
        other = next(a["href"] for _, a in page.tags if a.get("id") == "language")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), other))
        assert target == (path.removeprefix("en/") if path.startswith("en/") else f"en/{path}")


def test_articles_follow_each_other_the_newest_first(site: dict[str, str]) -> None:
    listed = re.findall(r'data-id="([^"]+)"', site["index.html"])
    assert sorted(listed) == sorted(SOME) and listed[-1] == WITHHELD  # which has no date
    for one, following in pairwise(listed):
        assert f'rel="next" href="{following}.html"' in site[f"articles/{one}.html"]
        assert f'rel="prev" href="{one}.html"' in site[f"articles/{following}.html"]


def test_the_list_says_what_each_article_is(site: dict[str, str]) -> None:
    page = site["index.html"]
    invented = page.split('data-id="zahrat-water-network"')[1].split("</li>")[0]
    assert 'data-invented="yes"' in invented and "مختلَقة" in invented and 'data-topic="local"' in invented
    withheld = page.split(f'data-id="{WITHHELD}"')[1].split("</li>")[0]
    assert "النص محجوب" in withheld
    rich = page.split(f'data-id="{RICH}"')[1].split("</li>")[0]
    assert 'data-countries="NL GM MM"' in rich and "غامبيا" in rich and 'datetime="2020-01-23"' in rich
    assert "Gambia" in site["en/index.html"]


def test_every_annotation_of_an_article_has_its_place(site: dict[str, str], collection: Collection) -> None:
    for tree in TREES:
        for view in collection.views:
            page = Reader(site[f"{tree}articles/{view.article['id']}.html"])
            assert {line["id"] for line in view.annotations} <= set(page.ids)
            assert page.article_text == (view.text or "")


def test_roles_are_told_to_the_script(site: dict[str, str], collection: Collection) -> None:
    view = collection.view(RICH)
    stance = view.stances[0]
    card = re.search(rf'id="card-{stance["id"]}" data-roles="([^"]*)"', site[f"articles/{RICH}.html"])
    assert card and card[1] == f"holder:{','.join(stance['holders'])} target:{stance['target']}"


# --- Figures ------------------------------------------------------------------------------------------


def test_statistics_are_those_that_stats_prints(corpus: Path, site: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["stats", "--format", "json", "--corpus", str(corpus)])
    printed = json.loads(done.stdout)
    page = site["en/statistics.html"]
    for split, counts in printed["splits"].items():
        row = re.search(rf'<th scope="row">{split}</th>(.*?)</tr>', page)
        names = ("articles", "words", "entities", "attributed_claims", "author_claims", "stances")
        assert row and re.findall(r">([\d,]+)<", row[1]) == [f"{counts[name]:,}" for name in names]
    for title, kind in (("Entity labels", "entity"), ("Mode", "mode"), ("Polarity", "polarity"),
                        ("Certainty", "certainty"), ("Stance labels", "stance"), ("Topics", "topic")):  # fmt: skip
        drawing = page.split(f"<figcaption>{title}</figcaption>")[1].split("</figure>")[0]
        rows = re.findall(r'<th scope="row">(.*?)</th><td class="number">([\d,]+)<', drawing)
        assert {name: int(count.replace(",", "")) for name, count in rows} == printed["labels"][kind]
        drawn = [float(width) for width in re.findall(r'class="bar"[^>]* width="([\d.]+)"', drawing)]
        counts = list(printed["labels"][kind].values())
        assert drawn == pytest.approx([drawn[0] * count / counts[0] for count in counts], abs=0.2)
    countries = page.split("<figcaption>Countries</figcaption>")[1].split("</figure>")[0]
    assert len(re.findall('<th scope="row">', countries)) == len(printed["countries"])


def test_years_without_articles_have_a_place_too(site: dict[str, str], collection: Collection) -> None:
    drawing = site["statistics.html"].split("<figcaption>السنوات</figcaption>")[1].split("</figure>")[0]
    shown = [int(year) for year in re.findall(r'<th scope="row">(\d{4})</th>', drawing)]
    years = sorted(int(year) for year in collection.figures["years"])
    assert shown == list(range(years[0], years[-1] + 1))


def test_agreement_has_the_figures_of_agree_and_links_to_where_readers_differ(
    site: dict[str, str], collection: Collection
) -> None:
    assert collection.agreement
    (pair,) = collection.agreement.pairs
    page = site["en/agreement.html"]
    figure = next(
        f for f in pair.figures if f.group == "stances" and f.name == "basis" and f.measure == "kappa"
    )
    assert figure.value is not None and f"stances, basis: {figure.value:.2f}" in page
    differing = [c.one.article["id"] for c in pair.comparisons]
    for name in differing:
        assert f'href="articles/{name}.html#differing"' in page
        assert 'id="differing"' in site[f"en/articles/{name}.html"]
    values, counts = pair.confusion["entity label"]
    table = page.split("<caption>entity label</caption>")[1].split("</table>")[0]
    cells = [
        int(cell.replace(",", "") or 0) for cell in re.findall(r'class="number shade[^>]*>([\d,]*)<', table)
    ]
    assert cells == [int(count) for count in counts.flatten()] and len(values) ** 2 == len(cells)


def test_without_two_layers_there_is_no_page_of_agreement(tmp_path: Path) -> None:
    collection = exploring.of_corpus(write_corpus(tmp_path, [document("<e1 PER>سعيد</e1>.")]).root)
    site = dict(pages(collection))
    assert len(site) == file_count(collection)
    assert "agreement.html" not in site and "agreement.html" not in site["index.html"]


def test_a_disagreement_stands_with_the_decision_on_it(tmp_path: Path) -> None:
    root = write_corpus(tmp_path, [layered()]).root
    decide(root, "other", "because <b>so</b>")
    page = dict(pages(exploring.of_corpus(root)))["en/articles/layered.html"]
    section = page.split('id="differing"')[1]
    assert section.count('class="sentence"') == 1 and "GPE" in section and "LOC" in section
    assert "reader-b" in section.split('class="decision"')[1]
    assert "because &lt;b&gt;so&lt;/b&gt;" in section


# --- Claimers -----------------------------------------------------------------------------------------


def test_claimers_of_two_articles_are_one_only_where_wikidata_says_so(tmp_path: Path) -> None:
    said = "<c1#cue>قال</c1#cue> <e1 PER>سعيد الوافي</e1> إن <c1>{}</c1>.\n=== roles\ne1 referent=said{}\nc1 claimers=e1"
    made = [
        document(said.format("الماء قليل", " wikidata=Q5"), "one"),
        document(said.format("الماء كثير", " wikidata=Q5"), "two"),
        document(said.format("الماء مالح", ""), "three"),
    ]
    page = dict(pages(exploring.of_corpus(write_corpus(tmp_path, made).root)))["sources.html"]
    entries = page.split("<details")[1:]
    assert [len(re.findall(r"articles/(\w+)\.html#c1", entry)) for entry in entries] == [2, 1]
    assert "Q5" in entries[0] and "الماء مالح" in entries[1] and "Q5" not in entries[1]


def test_the_articles_own_claims_have_no_claimer_and_nobody_stands_last(tmp_path: Path) -> None:
    page = dict(pages(small(tmp_path)))["en/sources.html"]
    entries = page.split("<details")[1:]
    assert "المطر غزير" not in page
    assert "nobody named" in entries[-1] and "السد قديم" in entries[-1]
    assert not any("nobody named" in entry for entry in entries[:-1])


# --- Safety -------------------------------------------------------------------------------------------


def hostile() -> Any:
    text = HOSTILE + "\u202eنص\u202c \u2066x"
    lines = [
        {"type": "entity", "id": "e1", "label": "PER", "form": "name", "start": 0, "end": 40, "text": text[:40]},
        {"type": "entity", "id": "e2", "label": "EVENT", "form": "name", "start": len(HOSTILE),
         "end": len(text), "text": text[len(HOSTILE) :]},
        {"type": "claim", "id": "c1", "start": 0, "end": len(text), "text": text, "claimers": ["e1"], "via": "mention",
         "cue": None, "mode": "indirect", "polarity": "affirmed", "certainty": "certain", "checkworthy": True,
         "note": HOSTILE},
        {"type": "stance", "id": "s1", "label": "oppose", "start": 3, "end": 9, "text": text[3:9], "holders": ["e1"],
         "target": "e2", "basis": "stated"},
    ]  # fmt: skip
    whole: Any = plain_document(
        text, lines, title=HOSTILE + "\u202e", publisher=HOSTILE, url="javascript:alert(1)"
    )
    whole["article"] |= {"id": "hostile", "topic": "local", "date": "2024-01-01", "countries": ["XX"]}
    whole["layers"][GOLD][0] |= {"article": "hostile", "note": HOSTILE, "by": HOSTILE}
    return whole


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return dict(pages(small(tmp_path_factory.mktemp("hostile"), [hostile()])))


def test_hostile_text_is_text_on_every_page(hostile_site: dict[str, str]) -> None:
    for path, page in html(hostile_site):
        tags = [tag for tag, _ in page.tags]
        assert "img" not in tags, path
        assert all("alert" not in a.get("src", "") for tag, a in page.tags if tag == "script"), path
        assert not any(link.startswith("javascript") for link in page.links), path
    article = Reader(hostile_site["articles/hostile.html"])
    assert article.article_text == hostile()["text"]
    index = Reader(hostile_site["index.html"]).all_text
    assert "<script>alert(1)</script>" in index and "{{ 7*7 }}" in index


def test_marks_that_turn_the_direction_are_shown_and_shut_in(hostile_site: dict[str, str]) -> None:
    for path in ("index.html", "articles/hostile.html", "network.html", "sources.html"):
        content = hostile_site[path]
        for control, name in (("\u202e", "RLO"), ("\u2066", "LRI")):
            shown = content.count(f'<bdi class="control" data-mark="{name}">{control}</bdi>')
            assert content.count(control) == shown, (path, name)
        assert "RLO" in content, path
    assert str(shown_controls("أ\u202eب<")) == 'أ<bdi class="control" data-mark="RLO">\u202e</bdi>ب&lt;'


def test_an_id_that_is_a_path_is_refused(tmp_path: Path) -> None:
    whole: Any = document("<e1 PER>سعيد</e1>.")
    whole["article"]["id"] = whole["layers"][GOLD][0]["article"] = "../../outside"
    root = write_corpus(tmp_path / "corpus", [document("<e1 PER>مراد</e1>.", "fine")]).root
    write_document(root, whole, "example")
    done = CliRunner().invoke(app, ["explore", "--corpus", str(root), "--out", str(tmp_path / "site")])
    assert (
        done.exit_code != 0 and isinstance(done.exception, store.Misuse) and "\n" not in str(done.exception)
    )
    assert not (tmp_path / "site").exists()


def test_of_a_withheld_article_there_are_offsets_and_labels(
    site: dict[str, str], collection: Collection
) -> None:
    page = Reader(site[f"en/articles/{WITHHELD}.html"])
    assert "The text is withheld." in words(page.all_text) and page.article_text == ""
    for line in collection.view(WITHHELD).annotations:
        assert f"{line['start']}–{line['end']}" in page.all_text


# --- Languages ----------------------------------------------------------------------------------------


def test_every_text_is_said_in_both_languages() -> None:
    arabic, english = strings.IN_ARABIC, strings.ENGLISH
    for text in strings.ARABIC:
        assert english(text) == text and arabic(text).strip()
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", arabic(text)))
    same = [text for text, said in strings.ARABIC.items() if not re.search("[ء-ي]", said) and text != ", "]
    assert same == ["F1"]
    with pytest.raises(KeyError):
        english("what nobody has put into the table")


def test_every_text_of_templates_and_code_is_in_the_table() -> None:
    root = CHECKOUT / "scripts" / "tasrih" / "report"
    said = {
        text
        for file in [*root.rglob("*.jinja"), *root.rglob("*.py")]
        for text in re.findall(r'\bsay\(\s*"((?:[^"\\]|\\.)*)"\s*[,)]', file.read_text("utf-8"))
    }
    assert len(said) > 80 and said <= strings.ARABIC.keys()


def test_every_value_and_label_has_an_arabic_name() -> None:
    defined = load("annotation")["$defs"]
    attributes = [
        value
        for kind in ("entity", "claim", "stance")
        for name, stated in defined[kind]["properties"].items()
        if name in ("form", "mode", "polarity", "certainty", "basis")
        for value in stated.get("enum", [])
    ]
    labels = store.open_corpus(CHECKOUT / "corpus").settings["labels"]
    names = [*attributes, *labels["entity"], *labels["stance"], *labels["topic"]]
    assert len(names) > 25
    assert [name for name in names if strings.IN_ARABIC.label(name) == name] == []


def test_arabic_pages_say_nothing_of_their_own_in_english(site: dict[str, str]) -> None:
    ours = [
        text for text in strings.ARABIC if re.fullmatch(r"[A-Z][a-z]+( [a-z]+)+.*", text) and "{" not in text
    ]
    for path, page in html(site):
        if not path.startswith("en/"):
            shown = words(page.all_text)
            assert [text for text in ours if text in shown] == [], path


# --- Search -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("الإِسلاميَّة", "الاسلاميه"),
        ("مؤتمـــر", "موتمر"),
        ("مستشفى", "مستشفي"),
        ("أحمد آل إبراهيم ٱلله", "احمد ال ابراهيم الله"),
        ("هيئة", "هييه"),
        ("٢٠٢٠ ۱۹", "2020 19"),
        ("ﷲ ﻻ", "الله لا"),
        ("Café\u202e A\u0301", "café a\u0301".replace("a\u0301", "á")),
    ],
)
def test_what_is_written_in_other_ways_is_found(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_the_search_looks_in_titles_names_and_texts(site: dict[str, str], collection: Collection) -> None:
    content = site["search.js"].split("globalThis.tasrihTexts = ")[1].removesuffix(";\n")
    texts = json.loads(content)
    assert texts.keys() == set(SOME)
    view = collection.view(RICH)
    title, names, text = texts[RICH]
    assert (title, text) == (view.article.get("title"), view.text)
    assert {e.get("referent") for e in view.entities if e.get("referent")} == set(names.split())
    assert texts[WITHHELD][2] == ""


# --- The command --------------------------------------------------------------------------------------


def test_two_runs_write_the_same_bytes_and_a_release_reads_like_its_corpus(tmp_path: Path) -> None:
    root = write_corpus(tmp_path / "corpus", [layered()]).root
    site = tmp_path / "site"
    runner = CliRunner()
    contents = []
    for _ in range(2):
        done = runner.invoke(app, ["explore", "--corpus", str(root), "--out", str(site)])
        assert done.exit_code == 0, done.output
        contents.append(
            {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
        )
    assert contents[0] == contents[1] and len(contents[0]) == 3 + 2 * (5 + 1)
    release = build(root, tmp_path / "dist").folder
    assert release
    done = runner.invoke(app, ["explore", str(release), "--out", str(tmp_path / "other")])
    assert done.exit_code == 0, done.output
    for name in ("network.html", "en/sources.html"):
        mine, theirs = ((folder / name).read_text("utf-8") for folder in (site, tmp_path / "other"))
        assert Reader(mine).links == Reader(theirs).links


def test_a_folder_with_other_things_is_not_replaced(tmp_path: Path) -> None:
    root = write_corpus(tmp_path / "corpus", [document("<e1 PER>سعيد</e1>.")]).root
    for out in (root, tmp_path / "corpus" / "corpus.toml"):
        done = CliRunner().invoke(app, ["explore", "--corpus", str(root), "--out", str(out)])
        assert isinstance(done.exception, store.Misuse) and "no site of an earlier run" in str(done.exception)
    assert (root / "corpus.toml").is_file()


def test_what_is_no_release_is_said_in_one_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["explore", str(tmp_path)])
    assert isinstance(done.exception, store.Misuse) and "manifest.json" in str(done.exception)


def test_an_article_in_no_split_is_named(tmp_path: Path) -> None:
    root = write_corpus(tmp_path, [document("<e1 PER>سعيد</e1>.")]).root
    (root / "splits.jsonl").unlink()
    with pytest.raises(store.Misuse, match="example stands in no split"):
        exploring.of_corpus(root)
