"""`tasrih ingest SRC…`: what is kept, under which ids, and how it is told."""

from __future__ import annotations

import gzip
import io
import json
import socket
import tarfile
import zipfile
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import Result
from given import BODY, PARAGRAPH, members, page, record, rss
from typer.testing import CliRunner

from corpora import document, write_corpus
from tasrih import store
from tasrih.cli import app

HELD = "قالت الوزارة أمس إن الجسر الجديد الذي افتتح في المدينة يخدم آلاف السكان في كل يوم من أيام السنة."
OTHER = "أعلنت البلدية اليوم أن الحديقة العامة في حي النخيل ستفتح أبوابها مجانا للزوار طوال الشهر القادم."
NEAR = HELD.replace("آلاف", "ألوف")


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> store.Corpus:
    """A corpus of one article, in the folder that commands run in."""
    monkeypatch.chdir(tmp_path)
    return write_corpus(tmp_path / "corpus", [document(HELD, "held")])


def ingest(*arguments: str, input: bytes | None = None) -> Result:
    return CliRunner().invoke(
        app, ["ingest", *arguments, "--topic", "local", "--licence", "CC0-1.0"], input=input
    )


def article(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(f"corpus/articles/{name}/article.json").read_text("utf-8"))
    return found


def report() -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("r.jsonl").read_bytes().splitlines()]


def test_a_folder_of_everything_is_taken_in_and_told_of(corpus: store.Corpus) -> None:
    folder = Path("in")
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text(f"الرباط (وكالة المرفأ للأنباء) - {OTHER}\nالصورة: سعيد\n", "utf-8")
    (folder / "held.txt").write_bytes(HELD.encode("utf-16"))
    (folder / "deep" / "b.html").write_text(page(), "utf-8")
    (folder / "c.bin").write_bytes(b"\0\1")
    (folder / ".hidden.txt").write_text("x", "utf-8")
    done = ingest("in", "--report", "r.jsonl")
    assert done.exit_code == 0, done.output
    assert done.output == (
        "in/a.txt: 1 kept; utf-8\n  in/a.txt: kept as a\n"
        "in/c.bin: 0 kept, 1 skipped\n  in/c.bin: neither its name nor its beginning shows what it is; say it with --kind\n"
        "in/deep/b.html: 1 kept; utf-8\n  in/deep/b.html: kept as b\n"
        "in/held.txt: 0 kept, 1 duplicate; utf-16\n  in/held.txt: has the text of held; utf-16, byte order mark\n"
        "all: 2 kept, 1 skipped, 1 duplicate; utf-8, utf-16\n"
    )
    assert [(line["status"], line["id"]) for line in report()] == [
        ("kept", "a"),
        ("skipped", None),
        ("kept", "b"),
        ("duplicate", "held"),
    ]
    assert (
        article("a")["credits"] == {"image": "سعيد", "source": "وكالة المرفأ للأنباء"}
        and article("a")["event"] == "a"
    )
    assert [zone["kind"] for zone in article("b")["zones"]] == ["heading"] and article("b")[
        "language"
    ] == "ar"


def test_what_is_kept_passes_the_check(corpus: store.Corpus) -> None:
    Path("b.html").write_text(page(), "utf-8")
    ingest("b.html", "--event", "bridge")
    done = CliRunner().invoke(app, ["check", "--select", "T,A", "b"])
    assert (article("b")["event"], done.output) == ("bridge", "no findings\n")


def test_ids_come_of_addresses_titles_and_files_and_are_made_unique(corpus: store.Corpus) -> None:
    rows = [{"text": f"{OTHER} {n}", "url": f"https://www.example.org/News/{n // 2}.html"} for n in range(4)]
    rows += [{"text": f"{OTHER} خامس"}]
    Path("n.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    ingest("n.jsonl", "--report", "r.jsonl")
    ids = [line["id"] for line in report() if line["status"] == "kept"]
    assert ids == [
        "example-org-news-0",
        "example-org-news-0-2",
        "example-org-news-1",
        "example-org-news-1-2",
        "n-5",
    ]


def test_near_duplicates_are_told_and_left_out_on_request(corpus: store.Corpus) -> None:
    Path("near.txt").write_text(NEAR, "utf-8")
    done = ingest("near.txt", "--skip-near-duplicates")
    assert done.exit_code == 1 and "left out: near to held" in done.output
    done = ingest("near.txt")
    assert (
        "near.txt: 1 kept (1 near to another); utf-8\n  near.txt: kept as near; near to held (" in done.output
    )
    Path("again.txt").write_text(NEAR, "utf-8")
    done = ingest("again.txt")
    assert done.exit_code == 1 and "again.txt: has the text of near" in done.output


def test_a_withheld_text_is_known_by_its_hash(corpus: store.Corpus) -> None:
    Path("a.txt").write_text(OTHER, "utf-8")
    ingest("a.txt", "--withhold")
    assert not Path("corpus/articles/a/text.txt").exists()
    for text in corpus.texts.iterdir():
        text.unlink()
    assert "has the text of a" in ingest("a.txt").output


def test_a_dry_run_writes_nothing(corpus: store.Corpus) -> None:
    Path("a.txt").write_text(OTHER, "utf-8")
    done = ingest("a.txt", "--dry-run")
    assert done.exit_code == 0 and done.output.endswith("nothing was written; all: 1 kept; utf-8\n")
    assert corpus.ids() == ["held"]


@pytest.mark.parametrize(
    ("data", "arguments"),
    [
        (OTHER.encode(), []),
        (page(body=BODY).encode(), []),
        (json.dumps({"text": OTHER}).encode() + b"\n", []),
        (json.dumps([{"text": OTHER}]).encode(), []),
        (rss(f"<item><description>{OTHER}</description></item>"), []),
        (members(record("https://example.org/1", page().encode())), []),
        (f"body\n{OTHER}\n".encode("cp1256"), ["--kind", "csv"]),
        (gzip.compress(OTHER.encode()), []),
    ],
)
def test_standard_input_is_read_by_what_it_is(
    data: bytes, arguments: list[str], corpus: store.Corpus
) -> None:
    done = ingest("-", *arguments, input=data)
    assert done.exit_code == 0 and len(corpus.ids()) == 2, done.output


def zipped(**members_: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members_.items():
            archive.writestr(name, content)
    return made.getvalue()


def tarred() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for name, kind in (
            ("../out.txt", None),
            ("/abs.txt", None),
            ("l.txt", tarfile.SYMTYPE),
            ("h.txt", tarfile.LNKTYPE),
            ("d", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            data = f"{OTHER} {name}".encode()
            if kind is None:
                info.size = len(data)
            else:
                info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info, io.BytesIO(data) if kind is None else None)
    return made.getvalue()


def snapshot(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_names_in_archives_are_never_paths(name: str, corpus: store.Corpus, tmp_path: Path) -> None:
    hostile = {
        "../../out.txt": OTHER,
        "/abs.txt": OTHER + "2",
        "a\\..\\b.txt": OTHER + "3",
        "c\n.txt": OTHER + "4",
    }
    Path(name).write_bytes(zipped(**hostile) if name == "a.zip" else tarred())
    before = snapshot(tmp_path.parent)
    done = ingest(name)
    assert done.exit_code == 0, done.output
    new = snapshot(tmp_path.parent) - before
    assert all("/corpus/articles/" in path for path in new) and not Path("/abs.txt").exists()
    assert all(store.is_id(one) for one in corpus.ids())
    assert ("link" in done.output) == (name != "a.zip") and "root:" not in done.output


def test_a_link_in_a_zip_archive_and_an_archive_in_an_archive_are_not_followed(corpus: store.Corpus) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.zip", zipped(**{"a.txt": OTHER}))
        archive.writestr("inner.txt.gz", gzip.compress(OTHER.encode()))
    Path("a.zip").write_bytes(made.getvalue())
    done = ingest("a.zip")
    assert done.exit_code == 1
    assert "a.zip/link.txt: a symbolic link" in done.output
    assert "a.zip/inner.zip and 1 more: an archive in an archive is not followed" in done.output


def test_patterns_are_read_and_links_below_a_folder_are_not(corpus: store.Corpus) -> None:
    Path("in").mkdir()
    Path("in/one.txt").write_text(OTHER, "utf-8")
    Path("out.txt").write_text(OTHER + " آخر", "utf-8")
    Path("in/link.txt").symlink_to(Path("out.txt").absolute())
    assert "all: 1 kept" in ingest("in", "--dry-run").output
    assert "all: 1 kept" in ingest("in/o*.txt", "--dry-run").output
    done = ingest("in/x*.txt")
    assert done.exit_code == 1 and "in/x*.txt: nothing has such a name" in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["two.jsonl", "--id", "new"], "two.jsonl:2: a second article; --id is for one"),
        (["held.txt", "--id", "new"], "held.txt: has the text of held"),
        (["nothing.jsonl", "--id", "new"], "nothing.jsonl: the file is empty"),
        (["two.jsonl", "--kind", "novel"], "--kind: «novel» is not one of plain, html"),
        (["two.jsonl", "--encoding", "rot13"], "--encoding: «rot13» is no encoding of text"),
        (["two.jsonl", "--field", "x"], "--field x: write OURS=THEIRS"),
        (["two.jsonl", "--event", "Not An Id"], "/event: "),
    ],
)
def test_misuse_is_told_in_a_line_and_nothing_is_written(
    arguments: list[str], message: str, corpus: store.Corpus
) -> None:
    Path("two.jsonl").write_text(
        json.dumps({"text": OTHER}) + "\n" + json.dumps({"text": OTHER + "2"}) + "\n", "utf-8"
    )
    Path("held.txt").write_text(HELD, "utf-8")
    Path("nothing.jsonl").touch()
    done = ingest(*arguments)
    said = str(done.exception) if isinstance(done.exception, store.Misuse) else done.output
    assert message in said and done.exit_code != 0
    assert corpus.ids() == ["held"]


def test_hostile_names_stay_on_their_lines(corpus: store.Corpus) -> None:
    Path("a\n\x1b[31m.txt").write_text(OTHER, "utf-8")
    assert "a\\n\\x1b[31m.txt: 1 kept" in ingest("a\n\x1b[31m.txt").output


def test_nothing_is_fetched(corpus: store.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    head = '<link rel="canonical" href="http://192.0.2.1/x"><link rel="stylesheet" href="http://192.0.2.1/x.css"><base href="http://192.0.2.1/">'
    body = BODY + '<img src="http://192.0.2.1/x.png"><iframe src="http://192.0.2.1/"></iframe>'
    Path("a.html").write_text(page(head, body), "utf-8")
    Path("b.xml").write_bytes(
        rss(
            f'<item><link>http://192.0.2.1/a</link><enclosure url="http://192.0.2.1/b"/><description>{OTHER}</description></item>'
        )
    )
    Path("c.warc").write_bytes(
        record("http://192.0.2.1/c", page(body=f"<p>{PARAGRAPH} وأكثر.</p>" * 2).encode())
    )
    Path("d.jsonl").write_text(
        json.dumps({"text": f"{OTHER} رابع", "url": "http://192.0.2.1/d"}) + "\n", "utf-8"
    )
    done = ingest("a.html", "b.xml", "c.warc", "d.jsonl")
    assert "all: 4 kept" in done.output, done.output


@pytest.mark.parametrize(
    "library", ["trafilatura", "warcio.archiveiterator", "feedparser", "docx", "zstandard"]
)
def test_a_library_that_is_missing_is_named(
    library: str, corpus: store.Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, library, None)
    kinds = {"trafilatura": "html", "warcio.archiveiterator": "warc", "feedparser": "feed", "docx": "docx"}
    data = (
        b"\x28\xb5\x2f\xfd"
        if library == "zstandard"
        else rss("")
        if library == "feedparser"
        else page().encode()
    )
    Path("a.x").write_bytes(data)
    done = ingest("a.x", *(["--kind", kinds[library]] if library in kinds else []))
    assert "pip install 'tasrih[ingest]'" in str(done.exception), done.output
    Path("b.txt").write_text(OTHER, "utf-8")
    assert ingest("b.txt").exit_code == 0
