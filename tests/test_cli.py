"""Bad input at the command line: one clear message, exit status 1 or 2, and nothing on disk changed or lost."""

from __future__ import annotations

import codecs
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from corpora import document, patched, settings_toml, write_corpus, write_document
from samples import documents
from tasrih import store
from tasrih.cli import app
from tasrih.formats import inline

WHOLE = documents(1)[0]
NAME = WHOLE["article"]["id"]
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What a run said."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


def snapshot(root: Path) -> dict[str, tuple[int, int]]:
    """Size and time of writing of every file under `root`, so that a rewrite of the same bytes shows too.

    What is kept in .tasrih for the next time does not count.
    """
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".tasrih" not in path.parts
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a corpus of two articles and files to bring in."""
    write_corpus(tmp_path / "corpus", documents(2))
    (tmp_path / "text.txt").write_text("زار سعيد تونس.\n", "utf-8")
    (tmp_path / "good.inline").write_text(inline.write(WHOLE), "utf-8")
    (tmp_path / "shard.jsonl").write_bytes(store.document_line(WHOLE))
    return tmp_path


def run(folder: Path, *arguments: str | Path) -> Answer:
    """Runs `tasrih` in `folder`."""
    done = subprocess.run(
        [sys.executable, "-m", "tasrih", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


def refused(folder: Path, *arguments: str | Path, status: int = 2) -> str:
    """The one line that a run which is refused says; it changes no file."""
    before = snapshot(folder)
    answer = run(folder, *arguments)
    assert "Traceback" not in answer.said, answer.said
    assert answer.status == status, answer.said
    assert snapshot(folder) == before
    if status == 2:
        assert answer.out == ""
        assert answer.err.startswith("tasrih: ") and answer.err.count("\n") == 1, answer.err
    return answer.said


def found(folder: Path, *arguments: str | Path) -> list[tuple[str, str, int]]:
    """Code, file and line of what `tasrih check` finds; it changes no file."""
    before = snapshot(folder)
    answer = run(folder, "check", "--format", "json", *arguments)
    assert answer.err == "" and answer.status == 1, answer.said
    assert snapshot(folder) == before
    return [(f["code"], f["file"], f["line"]) for f in json.loads(answer.out)]


def ingest(source: str = "text.txt", name: str = "new", *more: str) -> list[str]:
    return ["ingest", source, "--id", name, "--event", "e", "--topic", "local", "--licence", "CC0-1.0", *more]


GOLD = f"corpus/articles/{NAME}/gold.jsonl"
ARTICLE = f"corpus/articles/{NAME}/article.json"
TEXT = f"corpus/articles/{NAME}/text.txt"


def test_good_input_is_fine(folder: Path) -> None:
    assert run(folder, "check") == Answer(0, "no findings\n", "")
    assert run(folder, "check", "shard.jsonl", NAME).status == 0
    assert run(folder, "export", "inline", NAME).out == (folder / "good.inline").read_text("utf-8")
    before = (folder / GOLD).read_bytes()
    assert run(folder, "import", "inline", "good.inline").status == 0
    assert [json.loads(line) for line in (folder / GOLD).read_bytes().splitlines()] == [
        json.loads(line) for line in before.splitlines()
    ]
    assert run(folder, *ingest()).status == 0
    assert (folder / "corpus/articles/new/text.txt").read_text("utf-8") == "زار سعيد تونس.\n"


# --- What a check finds -------------------------------------------------------------------------------


def appended(line: bytes) -> Callable[[bytes], bytes]:
    return lambda before: before + line + b"\n"


LAST = len(WHOLE["layers"]["gold"])
FIRST_ENTITY: Any = WHOLE["layers"]["gold"][1]
FILES: dict[str, tuple[str, Callable[[bytes], bytes], list[tuple[str, int]]]] = {
    "text that is not UTF-8": (TEXT, lambda before: before.decode().encode("utf-16"), [("T101", 1)]),
    "text that is not UTF-8 in its second line": (TEXT, lambda before: before + b"\n\xff", [("T101", 3)]),
    "text that was changed": (
        TEXT,
        lambda before: before.replace("تونس".encode(), "ليبيا".encode()),
        [("T104", 1)],
    ),
    "gold that is not UTF-8": (GOLD, appended(b'{"type": "\xff"}'), [("L101", LAST + 1)]),
    "gold that is empty": (GOLD, lambda _: b"", [("L105", 1)]),
    "gold with a NUL": (GOLD, appended(b'{"type": "\0"}'), [("L102", LAST + 1)]),
    "gold of binary": (GOLD, lambda _: bytes(range(256)), [("L102", 1), ("L101", 2)]),
    "gold with an unknown key": (
        GOLD,
        lambda before: before.replace(b'"form"', b'"shape"', 1),
        [("E101", 2)],
    ),
    "gold with an id twice": (
        GOLD,
        appended(json.dumps(FIRST_ENTITY | {"label": "OCC"}).encode()),
        [("L116", LAST + 1), ("L118", LAST + 1)],
    ),
    "gold with a dangling role": (
        GOLD,
        lambda before: before.replace(b'"claimers": ["e1"]', b'"claimers": ["e7"]'),
        [("L117", 3)],
    ),
    "gold with an offset past the end": (
        GOLD,
        lambda before: before.replace(b'"end": 16', b'"end": 1600'),
        [("E102", 2)],
    ),
    "gold with an offset past any machine's": (
        GOLD,
        lambda before: before.replace(b'"end": 16', b'"end": 16' + b"0" * 50),
        [("E101", 2)],
    ),
    "article that is not UTF-8": (ARTICLE, lambda before: before + b"\xff", [("L101", 1)]),
    "article that is empty": (ARTICLE, lambda _: b"", [("L105", 1)]),
    "article that is no object": (ARTICLE, lambda _: b"[]", [("L103", 1)]),
    "article with an unknown key": (
        ARTICLE,
        lambda before: before.replace(b'"title"', b'"titel"'),
        [("A101", 1)],
    ),
    "article with a key twice": (ARTICLE, lambda before: before.replace(b'"title"', b'"id"'), [("L103", 1)]),
    "splits that are not UTF-8": ("corpus/splits.jsonl", appended(b"\xff"), [("L101", 3)]),
    "settings of another shape": (
        "corpus/corpus.toml",
        lambda before: before.replace(b'"CC-BY-4.0"', b"5"),
        [("R101", 1)],
    ),
}


@pytest.mark.parametrize(("file", "change", "expected"), FILES.values(), ids=FILES)
def test_a_broken_file_is_a_finding_with_its_line(
    file: str, change: Callable[[bytes], bytes], expected: list[tuple[str, int]], folder: Path
) -> None:
    path = folder / file
    before = path.read_bytes()
    path.write_bytes(change(before))
    assert path.read_bytes() != before
    assert set(found(folder)) >= {(code, file, line) for code, line in expected}


def test_a_fix_of_broken_files_loses_nothing(folder: Path) -> None:
    for file, change, _ in FILES.values():
        if file == GOLD:
            before = change((folder / GOLD).read_bytes())
            (folder / GOLD).write_bytes(before)
            answer = run(folder, "check", "--fix")
            assert "Traceback" not in answer.said and answer.status == 1
            assert (folder / GOLD).read_bytes() == before
            break


def test_folders_and_files_that_are_missing(folder: Path) -> None:
    shutil.rmtree(folder / "corpus/articles" / NAME)
    assert run(folder, "check").out.startswith("P106 corpus/splits.jsonl:2: there is no article")
    (folder / "corpus/articles" / NAME).mkdir()
    assert ("L107", ARTICLE, 1) in found(folder)


def test_a_shard_with_bad_lines_is_read_to_its_end(folder: Path) -> None:
    good = store.document_line(WHOLE)
    lines = [
        good,
        b"\xff\n",
        b"\n",
        b"{\n",
        b"[]\n",
        b'{"article": {}}\n',
        b"\0\n",
        good.replace(b'"end":16', b'"end":1600'),
        good,
    ]
    (folder / "shard.jsonl").write_bytes(b"".join(lines))
    assert [(code, line) for code, _, line in found(folder, "shard.jsonl")] == [
        ("L101", 2), ("L104", 3), ("L103", 4), ("L103", 5), *[("A101", 6)] * (len(found(folder, "shard.jsonl")) - 8), ("L102", 7), ("E102", 8), ("P108", 8), ("P108", 9),
    ]  # fmt: skip


# The kernel's own count of the most memory that a program held; that of wait4 has the parent's in it.
_WEIGHED = """
import atexit, re, sys
from pathlib import Path
from tasrih.cli import main
atexit.register(lambda: print(re.search(r"VmHWM:\\s*([0-9]+)", Path("/proc/self/status").read_text())[1], file=sys.stderr))
main()
"""


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is read from /proc, which is not here"
)
@pytest.mark.parametrize("name", ["shard.jsonl", GOLD])
@pytest.mark.parametrize("megabytes", [50, 80])
def test_a_long_line_is_a_finding_and_memory_is_bounded(name: str, megabytes: int, folder: Path) -> None:
    """A line of 50 MB, and one of 80 MB, which is past the bound of a file."""
    with (folder / name).open("ab") as stream:
        stream.write(b'{"type": "entity", "text": "')
        stream.writelines(b"x" * MEGABYTE for _ in range(megabytes))
        stream.write(b'"}\n')
    arguments = ["check", *(["shard.jsonl"] if name == "shard.jsonl" else [])]
    done = subprocess.run(
        [sys.executable, "-c", _WEIGHED, *arguments], cwd=folder, capture_output=True, check=False, timeout=60
    )
    out, peak = done.stdout.decode(), int(done.stderr)
    assert done.returncode == 1
    assert out.startswith(f"L106 {name}:") and "1 error" in out and len(out) < 500
    held = 0 if megabytes > store.MAX_FILE / MEGABYTE else 3 * megabytes if name == GOLD else 0
    assert peak * 1024 < (130 + held) * MEGABYTE


# --- What is refused ----------------------------------------------------------------------------------

MISUSES: dict[str, tuple[list[str], str]] = {
    "show ..": (["show", ".."], "«..» is not an article id"),
    "show a path": (["show", "../corpus"], "«../corpus» is not an article id"),
    "show nothing": (["show", "not-there"], "there is no article «not-there»"),
    "export ..": (["export", "inline", ".."], "«..» is not an article id"),
    "export nothing": (["export", "inline", "not-there"], "there is no article «not-there»"),
    "export tasks of ..": (["export", "label-studio", "out", ".."], "«..» is not an article id"),
    "ingest as ..": (ingest(name=".."), "«..» is not an article id"),
    "ingest as a path": (ingest(name="a/b"), "«a/b» is not an article id"),
    "ingest as an absolute path": (ingest(name="/a"), "«/a» is not an article id"),
    "ingest what is there": (ingest(name=NAME), "is there already; its text never changes in place"),
    "ingest nothing": (ingest("not-there.txt"), "not-there.txt: No such file or directory"),
    "ingest a folder": (ingest("corpus"), "corpus: Is a directory"),
    "ingest with another topic": (ingest("text.txt", "new", "--topic", "weather"), "new: /topic: 'weather' is not one of"),
    "ingest with a bad date": (ingest("text.txt", "new", "--date", "yesterday"), "new: /date: "),
    "ingest with metadata that is not there": (ingest("text.txt", "new", "--metadata", "m.json"), "m.json: No such file"),
    "check ..": (["check", ".."], "«..»: there is no such article"),
    "check a path elsewhere": (["check", f"elsewhere/{NAME}"], "there is no such article"),
    "check nothing": (["check", "not-there"], "«not-there»: there is no such article"),
    "check a shard that is not there": (["check", "not-there.jsonl"], "not-there.jsonl: No such file or directory"),
    "check by a rule that is none": (["check", "--select", "X1"], "--select: «X1» is neither a rule's code nor a family"),
    "check as a format that is none": (["check", "--format", "xml"], "--format: «xml» is not one of"),
    "check no corpus": (["check", "--corpus", "not-there"], "not-there/corpus.toml: there is no corpus here; give --corpus DIR"),
    "show no corpus": (["show", NAME, "--corpus", "not-there"], "there is no corpus here"),
    "ingest into no corpus": ([*ingest(), "--corpus", "not-there"], "there is no corpus here"),
    "import into no corpus": (["import", "inline", "good.inline", "--corpus", "not-there"], "there is no corpus here"),
    "import nothing": (["import", "inline", "not-there.inline"], "not-there.inline: No such file or directory"),
    "import a layer with a path": (["import", "inline", "good.inline", "--layer", "../gold"], "«../gold» is not a layer name"),
    "import a layer of capitals": (["import", "inline", "good.inline", "--layer", "Ali"], "«Ali» is not a layer name"),
    "explain nothing": (["explain", "E999"], "there is no rule «E999»"),
    "build no corpus": (["build", "--corpus", "not-there"], "there is no corpus here"),
    "verify nothing": (["verify", "not-there"], "not-there"),
    "hydrate without a corpus": (["hydrate", "text.txt", "--corpus", "not-there"], "there is no corpus here"),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), MISUSES.values(), ids=MISUSES)
def test_misuse_is_one_line(arguments: list[str], message: str, folder: Path) -> None:
    assert message in refused(folder, *arguments)


TEXTS = {
    "not UTF-8": (b"one\n\xff", "bad.txt: line 2: byte 4 is not UTF-8"),
    "UTF-16": ("نص".encode("utf-16"), "bad.txt: line 1: byte 0 is not UTF-8"),
    "empty": (b"", "bad.txt: line 1: the text is empty"),
    "white space": (b" \n\n", "bad.txt: line 1: the text is empty"),
    "NUL": (b"one\ntwo\0", "bad.txt: line 2: a NUL character"),
}


@pytest.mark.parametrize(("content", "message"), TEXTS.values(), ids=TEXTS)
def test_a_text_that_is_none_is_not_taken_in(content: bytes, message: str, folder: Path) -> None:
    (folder / "bad.txt").write_bytes(content)
    if not content.startswith(codecs.BOM_UTF16):  # which ingest reads and hydrate does not
        assert message in refused(folder, *ingest("bad.txt"))
    assert not (folder / "corpus/articles/new").exists()
    assert message in refused(folder, "hydrate", "bad.txt", status=1)


METADATA = {
    "no JSON": (b"{", "m.json: "),
    "not UTF-8": (b"\xff", "m.json: byte 0 is not UTF-8"),
    "no object": (b"5", "m.json: "),
    "unknown key": (
        b'{"colour": "red"}',
        "new: article.json: Additional properties are not allowed ('colour' was unexpected)",
    ),
    "an id with a path": (b'{"id": "../new"}', "/id: "),
    "an id that is there": (json.dumps({"id": NAME}).encode(), "is there already"),
    "a wrong type": (b'{"rights": "free"}', "/rights: "),
}


@pytest.mark.parametrize(("content", "message"), METADATA.values(), ids=METADATA)
def test_metadata_that_is_none_is_not_taken_in(content: bytes, message: str, folder: Path) -> None:
    (folder / "m.json").write_bytes(content)
    assert message in refused(folder, *ingest("text.txt", "new", "--metadata", "m.json"))


INLINE: dict[str, tuple[Callable[[str], str | bytes], str]] = {
    "not UTF-8": (lambda data: data.encode() + b"\xff", "bad.inline: byte"),
    "empty": (lambda _: "", "bad.inline:1: not an inline file"),
    "of Windows": (lambda data: data.replace("\n", "\r\n"), "bad.inline:1: not an inline file"),
    "a NUL in the text": (lambda data: data.replace("قالت", "قا\0لت"), "bad.inline: the text is not that of"),
    "a changed text": (lambda data: data.replace("المطر", "الثلج"), "bad.inline: the text is not that of"),
    "a longer text": (lambda data: data.replace("\n=== roles", "\n\n=== roles"), "bad.inline: the text is not that of"),
    "a shorter text": (lambda data: data.replace("غزير", "غزي"), "bad.inline: the text is not that of"),
    "a tag that is not closed": (lambda data: data.replace("</e1>", ""), "bad.inline:9: <e1> is never closed"),
    "another article": (lambda data: data.replace(f"article: {NAME}", "article: not-there"), "there is no article «not-there»"),
    "an article with a path": (lambda data: data.replace(f"article: {NAME}", "article: ../articles"), "is not an article id"),
    "no article": (lambda data: data.replace(f"article: {NAME}\n", ""), "«» is not an article id"),
    "an annotator with a path": (lambda data: data.replace("annotator: gold", "annotator: ../../x"), "«../../x» is not a layer name"),
    "an annotator of white space": (lambda data: data.replace("annotator: gold", 'annotator: " "'), "is not a layer name"),
    "an unknown key": (lambda data: data.replace("claimers=e1", "claimers=e1 colour=red"), "bad.inline:13: c1: «colour=red"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "message"), INLINE.values(), ids=INLINE)
def test_an_inline_file_that_does_not_fit_is_not_taken_in(
    change: Callable[[str], str | bytes], message: str, folder: Path
) -> None:
    content = change((folder / "good.inline").read_text("utf-8"))
    (folder / "bad.inline").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert message in refused(folder, "import", "inline", "bad.inline")


SETTINGS = {
    "no TOML": (b"name = 'x'\nversion = = 1\n", "corpus/corpus.toml: Invalid value (at line 2"),
    "not UTF-8": (b"name = '\xff'", "corpus/corpus.toml: "),
}


@pytest.mark.parametrize(("content", "message"), SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize(
    "verb",
    [["check"], ["build"], ["stats"], ["explore"], ["show", NAME], ingest(), ["hydrate", "text.txt"]],
    ids=lambda verb: verb[0],
)
def test_settings_that_cannot_be_read_are_misuse(
    verb: list[str], content: bytes, message: str, folder: Path
) -> None:
    (folder / "corpus/corpus.toml").write_bytes(content)
    assert message in refused(folder, *verb)


def test_settings_of_another_shape_are_misuse_where_they_are_needed(folder: Path) -> None:
    (folder / "corpus/corpus.toml").write_text(settings_toml({"version": "one"}), "utf-8")
    assert "corpus/corpus.toml: /version: " in refused(folder, *ingest())


def test_a_file_where_a_folder_should_be(folder: Path) -> None:
    """As good as a folder that may not be written, and root is stopped by it too."""
    (folder / "file").write_bytes(b"x")
    assert "cannot be written" in refused(folder, "export", "inline", NAME, "file/out.inline")
    assert "cannot be written" in refused(folder, "show", NAME, "--html", "file/out.html")
    assert "cannot be written" in refused(folder, "export", "label-studio", "file")
    assert "cannot be written" in refused(folder, "explore", "--out", "file/site")
    (folder / "corpus/articles" / NAME / "layers").write_bytes(b"x")
    assert "cannot be written" in refused(folder, "import", "inline", "good.inline", "--layer", "zaid")
    (folder / "corpus/articles/new").write_bytes(b"x")
    assert "cannot be written" in refused(folder, *ingest())


def test_a_folder_that_may_not_be_written(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere, so a read-only folder stops nothing here")
    articles = folder / "corpus/articles"
    articles.chmod(0o555)
    try:
        assert "cannot be written" in refused(folder, *ingest())
    finally:
        articles.chmod(0o755)


# Until every verb takes its article from tasrih.check.usable.

BROKEN: dict[str, dict[str, Any]] = {
    "an offset past the end": {"/layers/gold/1/end": 9000},
    "another quote": {"/layers/gold/1/text": "كلمة أخرى"},
    "no start": {"/layers/gold/1": {"type": "entity", "id": "e1", "label": "ORG", "end": 3, "text": "x"}},
    "a wrong type": {"/layers/gold/1/start": "5"},
    "a cue of a wrong type": {"/layers/gold/2/cue": 5},
    "no claimers": {"/layers/gold/2/claimers": None},
    "an id twice": {"/layers/gold/3/id": "e1"},
    "a type that is none": {"/layers/gold/1/type": "mention"},
    "no header": {
        "/layers/gold/0": {"type": "entity", "id": "e9", "label": "ORG", "start": 0, "end": 1, "text": "ق"}
    },
    "rights of a wrong type": {"/article/rights": None},
    "zones of a wrong type": {"/article/zones": 5},
}


@pytest.mark.parametrize("patch", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize(
    "verb",
    [["export", "inline", NAME], ["export", "label-studio", "out", NAME], ["show", NAME], ["show", NAME, "--html", "a.html"], ["stats"], ["explore"],
     ["build"], ["import", "inline", "good.inline"]],
    ids=["inline", "label-studio", "show", "html", "stats", "explore", "build", "import"],
)  # fmt: skip
def test_no_broken_article_makes_a_verb_fall_over(
    verb: list[str], patch: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process, for there are many: whatever is not Misuse or an exit would be a traceback."""
    write_document(folder / "corpus", patched(WHOLE, patch))
    before = snapshot(folder / "corpus")
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, verb)
    assert result.exception is None or isinstance(result.exception, SystemExit | store.Misuse), (
        result.exception
    )
    if result.exception is not None:
        assert snapshot(folder / "corpus") == before


def test_an_article_that_names_another_is_not_written_over_it(folder: Path) -> None:
    other = document("زار سعيد <e1 GPE>تونس</e1>.", NAME)
    write_document(folder / "corpus", other, "copy")
    (folder / "copy.inline").write_text(
        inline.write(other).replace(f"article: {NAME}", "article: copy"), "utf-8"
    )
    before = (folder / GOLD).read_bytes()
    answer = run(folder, "import", "inline", "copy.inline")
    assert "Traceback" not in answer.said
    assert (folder / GOLD).read_bytes() == before
