"""Rules about what could not be read or is not of the schema's shape. Reading itself decides these."""

from __future__ import annotations

from tasrih.check.rule import REMOVE, Example, Rule, TooLong, add
from tasrih.model import Severity

BASE = "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة الصحة</e1> إن <c1>الحملة بدأت</c1>.\n=== roles\nc1 claimers=e1"
CLEAN = Example(BASE)
_GOLD = "articles/example/gold.jsonl"
_TEXT = "articles/example/text.txt"
_ARTICLE = "articles/example/article.json"

# What the store calls a problem → the rule that it breaks.
CODE_OF_PROBLEM = {
    "text-not-utf-8": "T101",
    "not-utf-8": "L101",
    "nul": "L102",
    "not-json": "L103",
    "not-an-object": "L103",
    "blank-line": "L104",
    "empty": "L105",
    "line-too-long": "L106",
    "too-large": "L106",
    "missing": "L107",
    "unreadable": "L108",
    "layer-name": "L122",
}


def _add(code: str, severity: Severity, title: str, help_: str, mend: str, bad: Example, good: Example = CLEAN,
         *, scope: str = "reading", fixable: bool = False) -> None:  # fmt: skip
    add(Rule(code, severity, scope, title, help_, mend, bad, good, None, fixable))  # type: ignore[arg-type]


_add(
    "T101",
    "error",
    "The text is not UTF-8",
    "Offsets count code points, so the bytes must decode without doubt.",
    "save the text as UTF-8 and ingest it again",
    Example(BASE, files={_TEXT: b"\xc7\xe1\xe6\xd2"}),
)
_add(
    "L101",
    "error",
    "The file is not UTF-8",
    "Every file of the corpus is UTF-8.",
    "save the file as UTF-8",
    Example(BASE, files={_GOLD: b'{"type": "layer", "tool": "\xff"}\n'}),
)
_add(
    "L102",
    "error",
    "A NUL character in the file",
    "A NUL stands in no text; most often a file was cut off or is binary.",
    "restore the file from version control",
    Example(BASE, files={_GOLD: b'{"type":\0"layer"}\n'}),
)
_add(
    "L103",
    "error",
    "The line is not one JSON object",
    "Each line is one JSON object of its own. A key that stands twice and a lone surrogate count as broken too: "
    "decoders differ in what they make of them.",
    "mend the line's JSON",
    Example(BASE, files={_GOLD: b'{"type": "layer",\n'}),
)
_add(
    "L104",
    "error",
    "An empty line",
    "A layer has one annotation a line and nothing between them.",
    "delete the line",
    Example(BASE, files={_GOLD: b'\n{"type": "layer"}\n'}),
)
_add(
    "L105",
    "error",
    "The file is empty",
    "A layer begins with its header; an article has metadata.",
    "restore the file, or delete it",
    Example(BASE, files={_GOLD: b""}),
)
_add(
    "L106",
    "error",
    "A line or file is too long",
    "A line of an article takes a few kilobytes. What is larger by orders of magnitude is not one, and is not held in memory.",
    "split the file, or look for a missing line end",
    Example(BASE, files={_GOLD: TooLong()}),
)
_add(
    "L107",
    "error",
    "A file is missing",
    "Every article folder has an article.json.",
    "restore the file, or delete the folder",
    Example(BASE, files={_ARTICLE: None}),
)
_add(
    "L108",
    "error",
    "A file cannot be read",
    "The system refused to open the file.",
    "look at its permissions",
    Example(BASE, files={f"{_GOLD}/file": b"", _GOLD: None}),
)

_add(
    "L122",
    "error",
    "A file among the layers is none",
    "An annotator's layer is layers/NAME.jsonl, its name lower-case letters, "
    "digits, dots, hyphens and underscores; gold stands in gold.jsonl alone.",
    "rename the file, or move it out of the corpus",
    Example(BASE, files={"articles/example/layers/gold.jsonl": b"{}\n"}),
)

_SHAPE = "schemas/ says which keys a record has, which it must have and of what form their values are. "
_add(
    "A101",
    "error",
    "The article's metadata is not of the schema's shape",
    _SHAPE + "docs/reference.md lists them.",
    "mend the value that the message names",
    Example(BASE, {"/article/topic": "weather"}),
    scope="schema",
)
_add(
    "L109",
    "error",
    "The layer's header is not of the schema's shape",
    _SHAPE,
    "mend the value that the message names",
    Example(BASE, {"/layers/gold/0/guidelines": REMOVE}),
    scope="schema",
)
_add(
    "E101",
    "error",
    "The entity is not of the schema's shape",
    _SHAPE + "Labels come from corpus.toml.",
    "mend the value that the message names",
    Example(BASE, {"/layers/gold/1/label": "BANK"}),
    scope="schema",
)
_add(
    "C101",
    "error",
    "The claim is not of the schema's shape",
    _SHAPE,
    "mend the value that the message names",
    Example(BASE, {"/layers/gold/2/colour": "red"}),
    scope="schema",
)
_add(
    "S101",
    "error",
    "The stance is not of the schema's shape",
    _SHAPE,
    "mend the value that the message names",
    Example(
        "<e1 ORG>الهيئة</e1> <s1 support>تؤيد</s1> <e2 EVENT>الحملة</e2>.\n=== roles\ns1 holders=e1 target=e2",
        {"/layers/gold/2/label": "love"},
    ),
    Example(
        "<e1 ORG>الهيئة</e1> <s1 support>تؤيد</s1> <e2 EVENT>الحملة</e2>.\n=== roles\ns1 holders=e1 target=e2"
    ),
    scope="schema",
)
_add(
    "L110",
    "error",
    "A line of no known type",
    "A line is a layer, an entity, a claim or a stance.",
    "mend the line's type",
    Example(BASE, {"/layers/gold/1/type": "mention"}),
    scope="schema",
)
_add(
    "R101",
    "error",
    "corpus.toml is not of the schema's shape",
    _SHAPE,
    "mend the value that the message names",
    Example(BASE, settings={"version": "one"}),
    scope="corpus",
)
_add(
    "P101",
    "error",
    "A line of splits.jsonl is not of the schema's shape",
    _SHAPE,
    "restore the line from version control: assignments are frozen",
    Example(
        BASE, files={"splits.jsonl": b'{"article": "example", "event": "example-event", "split": "dev"}\n'}
    ),
    scope="corpus",
)
