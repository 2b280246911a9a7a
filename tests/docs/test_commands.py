"""The commands and examples of the documents give what the documents say; `walkthrough` says how that is read."""

from __future__ import annotations

from pathlib import Path

import pytest

import walkthrough
from walkthrough import CHECKOUT, Outcome, Walkthrough

DOCUMENTS = (
    "README.md",
    "docs/ingest.md",
    "docs/annotating.md",
    "docs/agreement.md",
    "docs/releases.md",
    "docs/loading.md",
    "docs/evaluation.md",
    "docs/explore.md",
    "docs/suggest.md",
    "docs/importing.md",
    "docs/scale.md",
    "docs/own-corpus.md",
    "CONTRIBUTING.md",
)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_give_what_the_document_says(document: str, tmp_path: Path) -> None:
    path = CHECKOUT / document
    assert path.is_file(), f"{document} is missing"
    outcome = Walkthrough(document, tmp_path).run(path.read_text("utf-8"))
    print(f"{document}: {outcome.ran} commands and examples ran, {outcome.shown} are shown and not run")
    if outcome.failures:
        pytest.fail("\n\n".join(outcome.failures), pytrace=False)
    if outcome.skipped:
        lines = ", ".join(map(str, outcome.skipped))
        pytest.skip(
            f"{document}: the blocks at lines {lines} use ../shared, which is not here; the others were right"
        )


# --- The convention itself ----------------------------------------------------------------------------


def outcome_of(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    def empty_checkout(folder: Path) -> Path:
        (folder / "tasrih").mkdir()
        return folder / "tasrih"

    monkeypatch.setattr(walkthrough, "copy_checkout", empty_checkout)
    return Walkthrough("page.md", tmp_path).run(text)


def test_a_wrong_output_is_told_with_file_line_and_both_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "# Page\n\n```console\n$ echo one\none\n$ echo two\nthree\n```\n\n```python\n>>> 1 + 1\n3\n```\n"
    outcome = outcome_of(page, tmp_path, monkeypatch)
    assert outcome.failures == [
        "page.md:6: echo two\n  expected:\n    three\n  got:\n    two",
        "page.md:11: 1 + 1\n  expected:\n    3\n  got:\n    2",
    ]


def test_folders_and_names_last_and_an_ellipsis_stands_for_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (
        "```console\n$ git clone https://example.org/x\n$ cd x\n$ mkdir inner && cd inner\n$ echo a > file\n"
        "$ seq 5\n1\n…\n5\n$ printf '%s ' \\\n    joined\njoined\n```\n"
        "```python\n>>> from pathlib import Path\n>>> name = Path('file').read_text()\n```\n"
        "```python\n>>> name, '…'\n('a\\n', …)\n```\n```bash\nfalse\n```\n"
    )
    outcome = outcome_of(page, tmp_path, monkeypatch)
    assert (outcome.failures, outcome.shown, outcome.ran) == ([], 2, 7)


@pytest.mark.parametrize(
    "page",
    [
        "```console\nno command\n```\n",
        "```console\n$ false\n```\n",
        "```console\n$ seq 3\n1\n…\n```\n```console\n$ seq 2\n…\n3\n```\n",
    ],
)
def test_what_is_not_as_shown_fails(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(outcome_of(page, tmp_path, monkeypatch).failures) == 1


def test_blocks_that_need_the_shared_folder_are_told_of_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walkthrough, "SHARED", tmp_path / "nowhere")
    page = "```console\n$ cat ../shared/x\n```\n```console\n$ make dataset\n$ make test\n```\n"
    outcome = outcome_of(page, tmp_path, monkeypatch)
    assert (outcome.failures, outcome.skipped, outcome.shown, outcome.ran) == ([], [2], 2, 0)
