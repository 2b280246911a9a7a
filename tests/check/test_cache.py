"""What check keeps for the next time makes no difference but in time."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import tasrih
from corpora import settings_toml, write_corpus, write_example
from samples import documents
from tasrih import store
from tasrih.check import RULES, Checker, cache, check_corpus
from tasrih.check.fix import fix_corpus
from tasrih.check.rule import Rule
from tasrih.model import Finding

KEPT = Path(".tasrih") / "checked"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus", documents()).root


def fresh(root: Path) -> list[Finding]:
    """What is found where nothing is kept; what was kept is there again afterwards."""
    aside = root / "aside"
    if (root / KEPT).exists():
        (root / KEPT).rename(aside)
    found = list(check_corpus(root))
    shutil.rmtree(root / KEPT, ignore_errors=True)
    if aside.exists():
        aside.rename(root / KEPT)
    return found


def asked(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the articles that are checked anew."""
    names: list[str] = []
    check = Checker.check

    def watched(self: Checker, reading: Any) -> list[Finding]:
        names.append(Path(reading.place.article).parent.name)
        return check(self, reading)

    with monkeypatch.context() as patch:
        patch.setattr(Checker, "check", watched)
        list(check_corpus(root))
    return names


@pytest.mark.parametrize("rule", [r for r in RULES.values() if r.scope != "release"], ids=lambda r: r.code)
def test_every_rule_finds_the_same_again(rule: Rule, tmp_path: Path) -> None:
    root = write_example(tmp_path, rule.bad)
    first = list(check_corpus(root))
    assert any(finding.code == rule.code for finding in first)
    assert list(check_corpus(root)) == first
    for codes in (rule.code[0], rule.code):
        chosen = list(check_corpus(root, lambda code: code.startswith(codes)))  # noqa: B023 - used at once
        assert chosen == [finding for finding in first if finding.code.startswith(codes)]


def _lines(path: Path, change: Callable[[list[Any]], None]) -> None:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    change(lines)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


def _article(folder: Path, **values: Any) -> None:
    record = json.loads((folder / "article.json").read_text("utf-8"))
    record.update(values)
    (folder / "article.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")


def _layer(folder: Path) -> None:
    (folder / "layers").mkdir(exist_ok=True)
    shutil.copy(folder / "gold.jsonl", folder / "layers" / "zaid.jsonl")


def _hydrate(folder: Path) -> None:
    """Withholds the text and keeps it as a local copy."""
    _article(folder, rights={"licence": "x", "redistribute": False})
    digest = json.loads((folder / "article.json").read_text("utf-8"))["text_sha256"]
    texts = folder.parents[1] / ".tasrih" / "texts"
    texts.mkdir(parents=True, exist_ok=True)
    (folder / "text.txt").rename(texts / f"{digest}.txt")


EDITS: dict[str, Callable[[Path], object]] = {
    "a label": lambda folder: _lines(folder / "gold.jsonl", lambda lines: lines[1].update(label="LOC")),
    "an offset": lambda folder: _lines(folder / "gold.jsonl", lambda lines: lines[1].update(end=900)),
    "an annotation less": lambda folder: _lines(folder / "gold.jsonl", lambda lines: lines.pop()),
    "no header": lambda folder: _lines(folder / "gold.jsonl", lambda lines: lines.pop(0)),
    "no gold": lambda folder: (folder / "gold.jsonl").unlink(missing_ok=True),
    "a layer": _layer,
    "a stray file": lambda folder: (_layer(folder), (folder / "layers" / "Ä.txt").write_text("x")),
    "a folder for a layer": lambda folder: (folder / "layers" / "mona.jsonl").mkdir(parents=True, exist_ok=True),
    "another text": lambda folder: (folder / "text.txt").write_text("نص آخر.", "utf-8"),
    "no UTF-8": lambda folder: (folder / "text.txt").write_bytes(b"\xff"),
    "no text": lambda folder: (folder / "text.txt").unlink(missing_ok=True),
    "withheld": lambda folder: _article(folder, rights={"licence": "x", "redistribute": False}),
    "another event": lambda folder: _article(folder, event="other"),
    "a broken article": lambda folder: (folder / "article.json").write_text("[1]"),
    "no article": lambda folder: (folder / "article.json").unlink(missing_ok=True),
    "hydrated": _hydrate,
    "settings": lambda folder: (folder.parents[1] / "corpus.toml").write_text(
        settings_toml({"labels.entity": ["PER", "ORG", "GPE"]}), "utf-8"
    ),
    "guidelines": lambda folder: (folder.parents[1] / "guidelines.md").write_text("Version: 2.0\n"),
    "splits": lambda folder: _lines(folder.parents[1] / "splits.jsonl", lambda lines: lines.pop()),
    "a broken split": lambda folder: (folder.parents[1] / "splits.jsonl").write_text('{"article": 1}\n'),
    "a stray folder": lambda folder: (folder.parent / "Draft 1").mkdir(exist_ok=True),
}  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_after_any_edits_what_is_kept_says_what_is_found_afresh(seed: int, root: Path) -> None:
    chooser = random.Random(seed)  # noqa: S311
    folders = sorted((root / "articles").iterdir())
    list(check_corpus(root))
    for name in chooser.sample(sorted(EDITS), len(EDITS)):
        with suppress(OSError, LookupError, ValueError, AttributeError):  # of what another edit took away
            EDITS[name](chooser.choice(folders))
        if name == "a label":
            fix_corpus(store.open_corpus(root))
        assert list(check_corpus(root)) == fresh(root), name
        assert list(check_corpus(root)) == fresh(root), name


def test_only_what_changed_is_checked_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = sorted(folder.name for folder in (root / "articles").iterdir())
    assert asked(root, monkeypatch) == names
    assert asked(root, monkeypatch) == []
    EDITS["a label"](root / "articles" / names[3])
    assert asked(root, monkeypatch) == [names[3]]
    EDITS["settings"](root / "articles" / names[3])
    assert asked(root, monkeypatch) == names
    monkeypatch.setattr(cache, "fingerprint", lambda *_: "another version")
    assert asked(root, monkeypatch) == names


def test_what_is_kept_of_corpus_rules_is_not_found_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    list(check_corpus(root))
    (root / "guidelines.md").write_text("Version: 2.0\n")
    monkeypatch.setattr(cache, "near_duplicates", None)  # the texts are the same
    assert "R102" in {finding.code for finding in check_corpus(root)}
    monkeypatch.setattr(Checker, "finish", None)
    assert "R102" in {finding.code for finding in check_corpus(root)}


def test_what_is_not_as_it_was_written_is_passed_over(root: Path) -> None:
    EDITS["a label"](next((root / "articles").iterdir()))
    expected = list(check_corpus(root))
    kept = sorted((root / KEPT).glob("[!.]*"))
    assert len(kept) == len(documents()) + 2
    contents = [path.read_bytes() for path in kept]
    broken = [
        b"",
        contents[0][:20],
        contents[0][:-1],
        contents[0] + b" ",
        contents[0][:-1] + b" ",
        contents[1],
    ]
    for content in broken:
        for path in kept:
            path.write_bytes(content)
        assert list(check_corpus(root)) == expected
        assert [path.read_bytes() for path in kept[2:]] == contents[2:]
    for path in kept:
        path.unlink()
        path.mkdir()
    assert list(check_corpus(root)) == expected


def test_where_nothing_can_be_kept_all_is_found_all_the_same(root: Path) -> None:
    expected = fresh(root)
    shutil.rmtree(root / ".tasrih")
    (root / ".tasrih").write_text("a file where the folder would be")
    assert list(check_corpus(root)) == expected


def test_an_article_that_is_written_while_it_is_checked_is_not_kept(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = next((root / "articles").iterdir())
    check = Checker.check

    def slow(self: Checker, reading: Any) -> list[Finding]:
        EDITS["a label"](folder)
        return check(self, reading)

    with monkeypatch.context() as patch:
        patch.setattr(Checker, "check", slow)
        list(check_corpus(root, ids=[folder.name]))
    assert not (root / KEPT / folder.name).exists()


def test_a_check_imports_nothing_that_it_does_not_need(root: Path) -> None:
    code = (
        "import sys; sys.argv = ['tasrih', 'check']\n"
        "from tasrih.cli import app\n"
        "app(standalone_mode=False)\n"
        "print(sorted({'pyarrow', 'numpy', 'jsonschema', 'rich', 'jinja2'} & sys.modules.keys()))"
    )
    for expected in ("no findings\n[]\n", "no findings\n[]\n"):
        done = subprocess.run([sys.executable, "-c", code], cwd=root.parent, capture_output=True, text=True)
        assert done.stdout == expected, done.stderr


def test_the_version_is_that_of_the_metadata() -> None:
    assert tasrih.__version__ == version("tasrih")
