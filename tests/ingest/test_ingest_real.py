"""Sources that this project did not make: every file is read, or refused with a reason that a person can act on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tasrih.ingest.opening import inputs
from tasrih.ingest.run import files, records
from tasrih.ingest.source import Found, Options, Remark, Skipped, Source

OPTIONS = Options()


def folder(real_data: Path, name: str) -> Path:
    path = real_data / name
    if not path.is_dir():
        pytest.skip(f"../shared/real/{name} is not at hand, so nothing that others made is read here")
    return path


def read(path: Path, options: Options = OPTIONS) -> list[Found]:
    found: list[Found] = []
    for one in inputs(str(path), None):
        found += [one] if isinstance(one, Skipped) else records(one, options)
    assert not [one for one in found if isinstance(one, Skipped) and "cannot be read (" in one.why]
    return found


def counted(found: list[Found]) -> tuple[int, list[str], list[str]]:
    """How many texts there are, and the reasons and remarks without the place."""
    return (
        sum(isinstance(one, Source) for one in found),
        [one.why for one in found if isinstance(one, Skipped)],
        [one.what.removeprefix("passed over: ") for one in found if isinstance(one, Remark)],
    )


REVISIT = "a revisit: the page is the one that was archived before"
INFO = "1 × descriptions of the file"
WARC: dict[str, tuple[int, list[str], list[str]]] = {
    "bad.arc": (0, ["no record begins here (« 0 Bad Capture\\n»); passed over to the next one"], [INFO]),
    "example-bad-non-chunked.warc.gz": (1, [REVISIT], ["2 × descriptions of the file, 2 × requests"]),
    "example-bad.warc.gz.bad": (1, [REVISIT, "HTTP status 302 Found"], [f"{INFO}, 2 × requests"]),
    "example-digest.warc": (0, [], ["4 × requests"]),
    "example-iana.org-chunked.warc": (1, [], [f"{INFO}, 1 × requests"]),
    "example-resource.warc.gz": (1, [], ["2 × descriptions of the file"]),
    "example-space-in-target-uri.warc.gz": (0, [], [f"{INFO}, 1 × image/png"]),
    "example-space-in-url.arc": (0, ["damaged record: 1,579 bytes of 1,591"], [INFO]),
    "example-trunc.warc": (1, ["no record begins here («\\x00\\x00\\r\\n»); passed over to the next one"], ["2 × descriptions of the file, 1 × requests"]),
    "example-wget-bad-target-uri.warc.gz": (1, [], [f"{INFO}, 3 × metadata, 1 × requests"]),
    "example-wrong-chunks.warc.gz": (1, [], ["1 × requests"]),
    "example.arc": (1, [], [INFO]),
    "example.arc.gz": (1, [], [INFO]),
    "example.warc": (1, [REVISIT], ["2 × descriptions of the file, 2 × requests"]),
    "example.warc.gz": (1, [REVISIT], ["2 × descriptions of the file, 2 × requests"]),
    "post-test.warc.gz": (0, [], ["3 × application/json, 3 × requests"]),
}  # fmt: skip


@pytest.mark.parametrize("name", WARC)
def test_web_archives(name: str, real_data: Path) -> None:
    assert counted(read(folder(real_data, "warc") / name)) == WARC[name]


def test_every_web_archive_is_in_the_table(real_data: Path) -> None:
    assert {path.name for path in folder(real_data, "warc").iterdir()} - {
        "LICENSE",
        "SOURCE.txt",
    } == WARC.keys()


PAGES = {
    "arabic_article.html": ("ar", "CNNArabic", "http://arabic.cnn.com/2013/middle_east/8/3/syria.clashes/index.html", 2_000),
    "assabah.html": ("ar", "Assabah News", "http://www.assabah.com.tn/article/164913/", 7_000),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_pages_as_served(name: str, real_data: Path) -> None:
    (one,) = read(folder(real_data, "html") / name)
    language, publisher, url, least = PAGES[name]
    assert isinstance(one, Source) and len(one.text) > least and one.encoding == "utf-8"
    assert (one.metadata["language"], one.metadata["publisher"]) == (language, publisher)
    assert one.metadata["url"].startswith(url) and one.metadata["title"]
    assert "date" not in one.metadata and any("not taken" in note for note in one.notes)


def test_zipped_newspaper_articles(real_data: Path) -> None:
    found = read(folder(real_data, "saudinewsnet") / "2015-07-23.zip")
    texts = [one for one in found if isinstance(one, Source)]
    assert counted(found)[1:] == (
        ["field «content» is empty"] * 16,
        ["fields by their names: text=content title=title author=author publisher=source url=url"],
    )
    assert len(texts) == 1_302
    assert Counter(one.metadata["publisher"] for one in texts).total() == 1_302
    assert all(one.text.strip() and one.sha256 for one in texts)


def test_a_table_of_words_is_no_article(real_data: Path) -> None:
    path = folder(real_data, "wikinews") / "data" / "WikiNewsMax.tsv"
    assert counted(read(path))[1] == [
        "no field is called text or the like; there are dediac, original_gold, max_gold, max_gold_alt: "
        "say which with --field text=dediac"
    ]


def test_the_whole_folder_gives_no_traceback(real_data: Path) -> None:
    for file in files([str(real_data)]):
        assert not isinstance(file, Skipped)
        read(Path(file[0]))
