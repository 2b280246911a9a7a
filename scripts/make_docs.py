"""Writes docs/reference.md, docs/rules.md and docs/formats.md from schemas, guidelines, rules, a release's columns, the table of formats.

The same inputs give the same bytes; tests/docs/test_generated.py holds the files in docs/ to them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasrih import schema, store
from tasrih.check import FAMILIES, RULES, Rule
from tasrih.check.explain import shown
from tasrih.formats.catalogue import FORMATS, Format
from tasrih.model import Labels
from tasrih.release.columns import ROWS, descriptions
from tasrih.release.tables import CONFIGS, features, ner_tags
from tasrih.schema import resolved

ROOT = Path(__file__).parents[1]

RECORDS = (
    ("article", "article.json", "`corpus/articles/<id>/article.json`"),
    ("annotation", "A line of a layer", "`gold.jsonl` and `layers/<annotator>.jsonl`"),
    ("document", "A line of a shard", "a JSON Lines file given to `tasrih check`"),
    ("corpus", "corpus.toml", "`corpus/corpus.toml`"),
    ("split", "A line of splits.jsonl", "`corpus/splits.jsonl`"),
    (
        "decision",
        "A line of decisions.jsonl",
        "`corpus/articles/<id>/decisions.jsonl`, one decision of an adjudicator a line",
    ),
    ("finding", "A finding", "what `tasrih check --format json` prints"),
    ("manifest", "manifest.json", "`manifest.json` of a release"),
    ("diff", "A diff", "what `tasrih diff --format json` prints"),
    ("predictions", "A line of a predictions file", "a JSON Lines file given to `tasrih evaluate`"),
    ("evaluation", "An evaluation", "what `tasrih evaluate --format json` prints"),
    ("baselines", "baselines.json", "`corpus/baselines.json`, which `tasrih baselines --out` writes"),
)

# Where guidelines.md explains the values of a label set.
GUIDELINES = {
    "entity": "2.2", "form": "2.1", "via": "3.6", "mode": "3.7", "polarity": "3.8", "certainty": "3.9",
    "stance": "4.1", "basis": "4.3",
}  # fmt: skip
LABEL_SETS = ("entity", "form", "via", "mode", "polarity", "certainty", "stance", "basis", "topic")

_NOTICE = "<!-- Made by scripts/make_docs.py. Do not edit: change its sources and run «make docs». -->"


# --- Markdown -----------------------------------------------------------------------------------------


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table."""
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return [*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows), ""]


def fenced(text: str, language: str) -> list[str]:
    """Lines of a code block."""
    return ["```" + language, *text.splitlines(), "```", ""]


def _code(value: object) -> str:
    return f"`{value}`"


def _anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return "#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _label_anchor(name: str) -> str:
    return _anchor(f"{name} labels")


def _prose(words: str) -> str:
    """Prose with what would read as an HTML tag escaped."""
    return re.sub(r"<(?=[a-zA-Z/])", r"\\<", words)


# --- Schemas ------------------------------------------------------------------------------------------


def type_of(part: schema.Schema, definitions: Mapping[str, Any]) -> str:
    """The type of a property in words."""
    if "$ref" in part:
        return part["$ref"].removesuffix(".schema.json")
    kinds = part.get("type", "string")
    kinds = list(kinds) if isinstance(kinds, list) else [kinds]
    return " or ".join(_kind(kind, part, definitions) for kind in kinds)


def _kind(kind: str, part: schema.Schema, definitions: Mapping[str, Any]) -> str:
    if kind == "array":
        return "list of " + type_of(resolved(part["items"], definitions), definitions)
    if kind == "object" and isinstance(part.get("additionalProperties"), dict):
        return "object of " + type_of(resolved(part["additionalProperties"], definitions), definitions)
    return kind


def allowed(part: schema.Schema, definitions: Mapping[str, Any]) -> str:
    """What a property may hold, in words."""
    said: list[str] = []
    if "x-labels" in part:
        said.append(f"[{part['x-labels']} labels]({_label_anchor(part['x-labels'])})")
    elif "enum" in part:
        said.append(", ".join(map(_code, part["enum"])))
    if "const" in part:
        said.append(_code(part["const"]))
    if "pattern" in part:
        said.append(_code(part["pattern"]))
    said += [_bound(key, part[key]) for key in _BOUNDS if key in part]
    if "items" in part and (of_item := allowed(resolved(part["items"], definitions), definitions)):
        said.append("each: " + of_item)
    return "; ".join(said)


_BOUNDS = {
    "minimum": "from {}", "maximum": "up to {}", "minLength": "at least {} characters", "maxLength": "at most {} characters",
    "minItems": "at least {} items", "maxItems": "at most {} items",
}  # fmt: skip


def _bound(key: str, number: int) -> str:
    return "not empty" if key in ("minLength", "minItems") and number == 1 else _BOUNDS[key].format(number)


def property_rows(
    record: schema.Schema, definitions: Mapping[str, Any], prefix: str = ""
) -> Iterator[list[str]]:
    """A row for each key of `record`, nested keys behind the key that holds them."""
    either = [name for part in record.get("anyOf", ()) for name in part.get("required", ())]
    for name, raw in record["properties"].items():
        part = resolved(raw, definitions)
        required = (
            "yes"
            if name in record.get("required", ())
            else "one of " + ", ".join(map(_code, either))
            if name in either
            else ""
        )
        yield [
            _code(prefix + name),
            type_of(part, definitions),
            required,
            _prose(part.get("description", "")),
            allowed(part, definitions),
        ]
        inner = resolved(part["items"], definitions) if "items" in part else part
        if "properties" in inner:
            yield from property_rows(inner, definitions, f"{prefix}{name}{'[]' if 'items' in part else ''}.")


def record_section(
    heading: str, record: schema.Schema, definitions: Mapping[str, Any], examples: Sequence[Any], level: str
) -> list[str]:
    """A record's heading, description, table of keys and examples."""
    lines = [f"{level} {heading}", "", _prose(record["description"]), ""]
    lines += table(("key", "type", "required", "description", "allowed"), property_rows(record, definitions))
    if examples:
        lines += ["Example:" if len(examples) == 1 else "Examples:", ""]
    for example in examples:
        indent = 2 if len(json.dumps(example)) > 400 else None
        lines += fenced(json.dumps(example, ensure_ascii=False, indent=indent), "json")
    return lines


def schema_section(name: str, heading: str, where: str) -> list[str]:
    """All records of a schema."""
    whole = schema.load(name)
    definitions = whole.get("$defs", {})
    if name != "annotation":
        found = record_section(heading, whole, definitions, whole["examples"], "##")
        return [*found[:4], f"Schema: `schemas/{name}.schema.json`. It stands in: {where}.", "", *found[4:]]
    lines = [
        f"## {heading}",
        "",
        whole["description"],
        "",
        f"Schema: `schemas/{name}.schema.json`. It stands in: {where}.",
        "",
    ]
    for kind in ("layer", "entity", "claim", "stance"):
        record = definitions[kind]
        examples = record.get("examples") or [
            example for example in whole["examples"] if example["type"] == kind
        ]
        lines += record_section(f"{record['title']}", record, definitions, examples, "###")
    return lines


# --- Labels -------------------------------------------------------------------------------------------


def label_sets(labels: Labels) -> dict[str, list[str]]:
    """Every label set by its name: the corpus's own, and those that the schema fixes."""
    definitions = schema.complete("annotation", labels)["$defs"]
    sets: dict[str, list[str]] = {
        "topic": labels["topic"],
        "entity": labels["entity"],
        "stance": labels["stance"],
    }
    for kind in ("entity", "claim", "stance"):
        sets |= {
            name: part["enum"]
            for name, part in definitions[kind]["properties"].items()
            if "enum" in part and name != "label"
        }
    return {name: sets[name] for name in LABEL_SETS}


def meanings(guidelines: str, section: str) -> dict[str, str]:
    """What a section of the guidelines says of each of its labels: the words between the label and its test."""
    found = re.search(rf"^### {re.escape(section)} (.*?)(?=^##)", guidelines, re.MULTILINE | re.DOTALL)
    entries = re.findall(r"^(?:- )?\*\*(\w+)\*\*: (.+?) \*Test:", found[1] if found else "", re.MULTILINE)
    return {label: words.replace("**", "") for label, words in entries}


def labels_section(labels: Labels, guidelines: str) -> list[str]:
    """Every label set: ids, labels, and what the guidelines say of them."""
    lines = [
        "## Labels",
        "",
        "`corpus.toml` owns the entity, stance and topic labels; the schema fixes the others. In a release a label column is a",
        "`ClassLabel`, and a label's id is its place in the list. The meanings are those of `corpus/guidelines.md`, which has tests,",
        "examples and hard cases for each.",
        "",
    ]
    for name, members in label_sets(labels).items():
        said = (
            {"unspecified": "Nobody has stated it.", **meanings(guidelines, GUIDELINES[name])}
            if name in GUIDELINES
            else {}
        )
        section = f" (guidelines {GUIDELINES[name]})" if name in GUIDELINES else ""
        rows = [
            [str(number), _code(label), *([_sentence(said.get(label, ""))] if said else [])]
            for number, label in enumerate(members)
        ]
        lines += [
            f"### {name} labels",
            "",
            f"{_WHAT[name]}{section}.",
            "",
            *table(("id", "label", *(["meaning"] if said else [])), rows),
        ]
    return lines


_WHAT = {
    "entity": "`label` of an entity", "form": "`form` of an entity", "via": "`via` of a claim", "mode": "`mode` of a claim",
    "polarity": "`polarity` of a claim", "certainty": "`certainty` of a claim", "stance": "`label` of a stance",
    "basis": "`basis` of a stance", "topic": "`topic` of an article",
}  # fmt: skip


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


# --- Releases -----------------------------------------------------------------------------------------


def column_type(feature: schema.Feature, sets: Mapping[str, Sequence[str]], tags: Sequence[str]) -> str:
    """The type of a column in words; a label column names its labels or leads to them."""
    if isinstance(feature, list):
        return "list of " + column_type(feature[0], sets, tags)
    if "_type" not in feature:
        return "object"
    if feature["_type"] == "Value":
        return _code(feature["dtype"])
    if feature["names"] == tags:
        return "label: `O`, then `B-` and `I-` of every [entity label](#entity-labels)"
    name = next((name for name, members in sets.items() if feature["names"] == members), None)
    return (
        f"label: [{name}]({_label_anchor(name)})"
        if name
        else "label: " + ", ".join(map(_code, feature["names"]))
    )


def column_rows(config: str, columns: Mapping[str, Any], labels: Labels) -> Iterator[list[str]]:
    """A row for each column of a configuration, nested ones behind the column that holds them."""
    sets, tags = label_sets(labels), ner_tags(labels)
    said = descriptions(config, columns)
    for name, feature in columns.items():
        yield [_code(name), column_type(feature, sets, tags), said[name]]
        for path in (path for path in said if path.startswith(f"{name}/")):
            key = path.partition("/")[2]
            yield [_code(f"{name}[].{key}"), column_type(feature[0][key], sets, tags), said[path]]


def release_section(labels: Labels) -> list[str]:
    """Every configuration of a release with its columns."""
    lines = [
        "## Configurations of a release",
        "",
        "What `load_dataset(release, CONFIG)` gives. Offsets are code points of the article's text, half-open. A split or a configuration",
        "without rows is left out of a release; its manifest names such configurations under `omitted`.",
        "",
    ]
    for config, columns in features(labels).items():
        lines += [f"### Configuration {config}", "", f"A row is {ROWS[config]}", ""]
        lines += table(("column", "type", "description"), column_rows(config, columns, labels))
    return lines


def reference() -> str:
    """The content of docs/reference.md."""
    labels = store.open_corpus(ROOT / "corpus").settings["labels"]
    guidelines = (ROOT / "corpus" / "guidelines.md").read_text("utf-8")
    headings = [heading for _, heading, _ in RECORDS]
    lines = [
        "# Reference",
        "",
        _NOTICE,
        "",
        "The records of a corpus, the labels, and the columns of a release. All offsets are counts of Unicode code points, half-open.",
        "",
        *(
            f"- [{heading}]({_anchor(heading)})"
            for heading in (*headings, "Labels", "Configurations of a release")
        ),
        "",
    ]
    for name, heading, where in RECORDS:
        lines += schema_section(name, heading, where)
    lines += [*labels_section(labels, guidelines), *release_section(labels)]
    assert set(ROWS) == set(CONFIGS)  # noqa: S101 - a configuration without a description is a mistake here
    return "\n".join(lines).rstrip("\n") + "\n"


# --- Rules --------------------------------------------------------------------------------------------


def rule_section(rule: Rule) -> list[str]:
    """A rule as `tasrih explain` says it, with its examples."""
    fix = " `tasrih check --fix` does it." if rule.fixable and "--fix" not in rule.mend else ""
    lines = [f"### {rule.code}", "", f"**{rule.title}.** ({rule.severity})", ""]
    lines += [_prose(rule.help), ""] if rule.help else []
    lines += [f"To mend it: {_commands(rule.mend)}.{fix}", ""]
    bad, good = (fenced(shown(example).strip("\n"), "text") for example in (rule.bad, rule.good))
    return [*lines, "Bad:", "", *bad, "Good:", "", *good]


def _commands(words: str) -> str:
    return re.sub(r"«(tasrih [^»]*)»", r"`\1`", words)


def rules() -> str:
    """The content of docs/rules.md."""
    families = {family: sorted(code for code in RULES if code[0] == family) for family in FAMILIES}
    ordered = [RULES[code] for codes in families.values() for code in codes]
    lines = [
        "# Rules",
        "",
        _NOTICE,
        "",
        "What `tasrih check` finds, and what `tasrih verify` finds in a release. An error keeps a release from being built; a warning is",
        "most likely a mistake; a note is worth knowing. With errors or warnings `tasrih check` ends with status 1.",
        "",
        "An example is an article in the inline format (see [annotating.md](annotating.md)), followed by what is changed in its files.",
        "",
        *table(
            ("code", "severity", "family", "what is wrong", "`--fix`"),
            (
                [
                    f"[{r.code}]({_anchor(r.code)})",
                    r.severity,
                    FAMILIES[r.code[0]],
                    r.title,
                    "yes" if r.fixable else "",
                ]
                for r in ordered
            ),
        ),
    ]
    for family, codes in families.items():
        lines += [f"## {family}: {FAMILIES[family]}", ""]
        for code in codes:
            lines += rule_section(RULES[code])
    return "\n".join(lines).rstrip("\n") + "\n"


# --- Formats ------------------------------------------------------------------------------------------

_FORMATS_HEAD = """
Annotations come in from the files of other tools and go out to them: `tasrih import FORMAT FILE…` and `tasrih export FORMAT OUT`.
This page is made from the table that the tests run: every format writes and reads back the articles of the corpus, a folder of hard
cases and generated documents, and what comes back is what went out, less what stands here under *Lost*. No loss stands here that
none is.

An import is whole or is not: where a label is unknown, a text is another than the article's, or an annotation is not of the schema's
shape, nothing is written and the message says what to do. What is left out or mended is listed, and `--report FILE` writes all of it.
`--map THEIRS=OURS` says what another corpus's label is in this one, `--map THEIRS=` leaves it out. With `--create --topic T --licence L`
every document becomes a new article; without, it belongs to the article of its id or of its very text.

[inline](annotating.md), [predictions](evaluation.md), [shards](scale.md) and the live loop with [Label Studio](label-studio.md) have pages
of their own.
"""


def format_heading(one: Format) -> str:
    """The heading of a format's section."""
    return one.title if one.title.lower() == one.name else f"{one.name}: {one.title}"


def format_section(one: Format) -> list[str]:
    """A format: what it is, what of Tasrih stands where in it, what is lost, how to use it."""
    example = "folder" if one.folder else f"articles{one.suffixes[0]}"
    lines = [f"## {format_heading(one)}", "", one.about, ""]
    lines += table(("in Tasrih", f"in {one.title}"), one.mapping)
    if one.losses:
        lines += ["Lost:", "", *(f"- {loss.said}" for loss in one.losses), ""]
    else:
        lines += ["Nothing is lost.", ""]
    if one.options:
        lines += ["Options (`--option NAME=VALUE`; the first value is taken without one):", ""]
        lines += [
            f"- `{name}`: {option.offered()}. {_sentence(option.help)}"
            for name, option in one.options.items()
        ]
        lines += ["", *_losses_by_option(one)]
    lines += [f"Tested with: {one.opens}.", ""]
    install = f"pip install 'tasrih[{one.extra}]'\n" if one.extra else ""
    return [
        *lines,
        *fenced(
            f"{install}tasrih export {one.name} {example}\ntasrih import {one.name} {example} --layer reader-a",
            "sh",
        ),
    ]


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _losses_by_option(one: Format) -> list[str]:
    """What one option alone adds to what is lost, and what it keeps."""
    lines = []
    for name, option in one.options.items():
        for value in option.values[1:]:
            losses = one.losses_of(**{name: value})
            more = [loss.said for loss in losses if loss not in one.losses]
            less = [loss.said for loss in one.losses if loss not in losses]
            if more or less:
                said = ([f"lost too: {' '.join(more)}"] if more else []) + (
                    [f"not lost: {' '.join(less)}"] if less else []
                )
                lines.append(f"- With `{name}={value}` {'; '.join(said)}")
    return [*lines, ""] if lines else []


def formats() -> str:
    """The content of docs/formats.md."""
    rows = (
        (
            f"[`{one.name}`]({_anchor(format_heading(one))})", one.title,
            ("a folder of " if one.folder else "") + ", ".join(f"`{suffix}`" for suffix in one.suffixes),
            "; ".join(loss.name for loss in one.losses) or "nothing",
        )
        for one in FORMATS.values()
    )  # fmt: skip
    lines = ["# Formats", "", _NOTICE, _FORMATS_HEAD, *table(("format", "what", "files", "lost"), rows)]
    for one in FORMATS.values():
        lines += format_section(one)
    return "\n".join(lines).rstrip("\n") + "\n"


def made() -> dict[Path, str]:
    """Every generated file with its content."""
    pages = {"reference.md": reference(), "rules.md": rules(), "formats.md": formats()}
    return {ROOT / "docs" / name: content for name, content in pages.items()}


def main() -> None:
    for path, content in made().items():
        store.write_atomic(path, content.encode())
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
