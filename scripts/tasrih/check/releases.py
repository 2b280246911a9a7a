"""Rules about finished releases. `tasrih.release.verify` decides them; here they are explained."""

from __future__ import annotations

from tasrih.check.rule import Example, Rule, add

_HELP = "A release is what its manifest.json says, to the byte: `tasrih verify` compares the two."
_AGAIN = "fetch or build the release again"


def _rule(code: str, title: str, mend: str, bad: str, good: str, help_: str = _HELP) -> None:
    add(Rule(code, "error", "release", title, help_, mend, Example(bad), Example(good)))


_rule(
    "R201",
    "The manifest is not of the schema's shape",
    "build the release again",
    'manifest.json: {"name": "news"}',
    "manifest.json as `tasrih build` wrote it",
)
_rule(
    "R202",
    "A file of the release is missing",
    _AGAIN,
    "manifest.json lists CHANGES.md, the folder has none",
    "every listed file is there",
)
_rule(
    "R203",
    "A file of the release has other bytes than the manifest says",
    _AGAIN,
    "README.md was edited after the build",
    "README.md is as it was built",
)
_rule(
    "R204",
    "A file stands in the release that the manifest does not list",
    "take it out",
    "notes.txt was put beside README.md",
    "only listed files are there",
)
_rule(
    "R205",
    "A table has other content than the manifest says",
    _AGAIN,
    "the rows of data/claims/test-00000-of-00001.parquet were changed",
    "the rows have the manifest's content_sha256",
)

_SHARDS = "Articles of shards have no folder of their own to keep them apart, and get their splits as they are built."

_rule(
    "P108",
    "An article id stands twice in the shards",
    "leave one of the two out",
    "news-1 stands in line 3 of a.jsonl and in line 9 of b.jsonl",
    "every id stands once",
    _SHARDS,
)
_rule(
    "P109",
    "Articles that belong into one split are frozen in two",
    "leave the articles of one of the two splits out: frozen articles do not move",
    "a new article is a near-duplicate of one frozen in train and of one frozen in test",
    "what is of one event, or nearly the same text, is frozen in one split",
    _SHARDS,
)
