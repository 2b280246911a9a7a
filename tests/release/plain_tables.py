"""The tables of a release made again the slow and simple way, a row at a time, for tests to compare with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tasrih import schema, store
from tasrih.model import AUTHOR, GOLD, NOBODY, UNSPECIFIED, Document, Labels, annotators
from tasrih.release.tables import features
from tasrih.text.canonical import QuoteKey
from tasrih.text.sentences import sentence_run, sentences
from tasrih.text.tokens import tokens

KINDS = {"entities": "entity", "claims": "claim", "stances": "stance"}
Row = dict[str, Any]


def plain_tables(
    documents: list[Document], labels: Labels, *, local: bool
) -> tuple[dict[str, list[Row]], Counter[str]]:
    """Rows of all tables that have one, labels as ids, and what is counted of the tokens."""
    made: dict[str, list[Row]] = {}
    counts: Counter[str] = Counter()
    for document in documents:
        shown = document["text"] is not None and (local or document["article"]["rights"]["redistribute"])
        if GOLD in document["layers"]:
            rows = [*standoff(document), *(gold_rows(document, counts) if shown else ())]
        else:
            rows = []
        for config, row in [*rows, *(annotators_rows(document) if shown else ())]:
            made.setdefault(config, []).append(row)
    columns = features(labels)
    return {
        config: [{name: encoded(row.get(name), f) for name, f in columns[config].items()} for row in rows]
        for config, rows in made.items()
    }, counts


def encoded(value: Any, feature: Any) -> Any:
    """A value as a table has it: labels as ids, the objects of lists with all their keys."""
    if isinstance(feature, list):
        return [encoded(item, feature[0]) for item in value or []]
    if feature.get("_type") == "ClassLabel":
        return feature["names"].index(value or UNSPECIFIED)
    if "_type" in feature:
        return value
    flat = flattened(value)
    return {name: encoded(flat.get(name), child) for name, child in feature.items()}


def flattened(record: Row) -> Row:
    """`record` with the keys of an object in it beside its own: rights.licence → rights_licence."""
    groups = {name: record.get(name) or {} for name in ("rights", "credits", "cue")}
    return record | {f"{name}_{key}": value for name, group in groups.items() for key, value in group.items()}


def hashed(record: Row, key: QuoteKey | None) -> Row:
    """`record` with a keyed hash beside its words, and so its cue."""
    made = dict(record)
    if record.get("text") is not None:
        assert key is not None
        made["quote_hmac"] = key.digest(record["text"])
    if record.get("cue"):
        made["cue"] = hashed(record["cue"], key)
    return made


def of_kind(lines: list[Any], kind: str) -> list[Any]:
    return [line for line in lines[1:] if line["type"] == kind]


def nested(lines: list[Any]) -> Row:
    return {column: of_kind(lines, kind) for column, kind in KINDS.items()}


def in_words(lines: list[Any], text: str) -> list[Any]:
    """A layer with the words of the text where hashes stood."""
    if any("quote_hmac" in line for line in lines[1:]):
        return [lines[0], *(store.put_quotes_back(line, text) for line in lines[1:])]
    return lines


def standoff(document: Document) -> Iterator[tuple[str, Row]]:
    article, text = document["article"], document["text"]
    key = None if text is None else QuoteKey(text)
    lines: list[Any] = document["layers"][GOLD]
    stripped = [lines[0], *(hashed(line, key) for line in lines[1:])]
    yield (
        "standoff",
        {**flattened(article), "guidelines": lines[0]["guidelines"], **nested(stripped)},  # type: ignore[dict-item, arg-type]
    )


def annotators_rows(document: Document) -> Iterator[tuple[str, Row]]:
    for name in annotators(document):
        lines: list[Any] = in_words(document["layers"][name], str(document["text"]))
        article = document["article"]["id"]
        row = {
            "uid": f"{article}/{name}",
            "article": article,
            "annotator": name,
            "guidelines": lines[0]["guidelines"],
        }
        yield "annotators", row | nested(lines)


def gold_rows(document: Document, counts: Counter[str]) -> Iterator[tuple[str, Row]]:
    article: Any = document["article"]
    text = str(document["text"])
    lines: list[Any] = in_words(document["layers"][GOLD], text)
    yield (
        "articles",
        {**flattened(article), "text": text, "guidelines": lines[0]["guidelines"], **nested(lines)},
    )
    by_id = {line["id"]: line for line in lines[1:]}
    bounds = sentences(text)

    def words(name: str) -> Any:
        return name if name in NOBODY else by_id[name].get("text")

    def run(record: Row, names: list[str]) -> tuple[str, int]:
        parts = [record, *([record["cue"]] if record.get("cue") else ())]
        parts += [by_id[name] for name in names if name not in NOBODY]
        first, last = min(part["start"] for part in parts), max(part["end"] for part in parts)
        start, end = sentence_run([at for at, _ in bounds], [at for _, at in bounds], first, last)
        return text[start:end], start

    for column, kind in KINDS.items():
        for record in of_kind(lines, kind):
            names = [
                *(
                    name
                    for role in ("claimers", "about", "holders", "members")
                    for name in record.get(role) or ()
                )
            ]
            names += [record["target"]] if "target" in record else []
            context, start = run(record, names)
            row = {"uid": f"{article['id']}/{record['id']}", "article": article["id"], "context": context}
            row |= {"context_start": start, **flattened(record)}
            for role in ("claimers", "about", "holders"):
                row[f"{role.removesuffix('s')}_texts"] = [words(name) for name in record.get(role) or ()]
            if kind == "stance":
                row["target_text"] = words(record["target"])
                row["target_type"] = "claim" if record["target"].startswith("c") else "entity"
            yield column, row
            if kind == "claim" and record["claimers"] != [AUTHOR]:
                sentence, at = run(record, [])
                for name in record["claimers"]:
                    claimer: Row = by_id.get(name, {})
                    yield (
                        "attribution",
                        {
                            **row,
                            "uid": f"{row['uid']}/{name}",
                            "sentence": sentence,
                            "sentence_start": at,
                            "claimer": words(name),
                            "claimer_id": name,
                            "claimer_start": claimer.get("start"),
                            "claimer_end": claimer.get("end"),
                            "cue": row.get("cue_text"),
                            "content": record.get("text"),
                            "content_start": record["start"],
                            "content_end": record["end"],
                        },
                    )
            if kind == "stance":
                for name in record["holders"]:
                    yield (
                        "stance_pairs",
                        {
                            **row,
                            "uid": f"{row['uid']}/{name}",
                            "text": context,
                            "text_start": start,
                            "holder": words(name),
                            "holder_id": name,
                            "target": row["target_text"],
                            "target_id": record["target"],
                        },
                    )
    for row in ner_rows(document, of_kind(lines, "entity"), counts):
        yield "ner", row


def ner_rows(document: Document, entities: list[Any], counts: Counter[str]) -> Iterator[Row]:
    article, text = document["article"], str(document["text"])
    credits_ = [zone for zone in article["zones"] if zone["kind"] == "credit"]
    found = [
        (at, word)
        for word, at in zip(*tokens(text), strict=True)
        if not any(zone["start"] <= at < zone["end"] for zone in credits_)
    ]
    tags = ["O"] * len(found)
    starts, ends = [at for at, _ in found], [at + len(word) for at, word in found]
    names = []
    for entity in entities:
        if entity.get("form") == "nominal":
            continue
        if (
            entity["start"] in starts
            and entity["end"] in ends
            and starts.index(entity["start"]) <= ends.index(entity["end"])
        ):
            names.append((starts.index(entity["start"]), ends.index(entity["end"]) + 1, entity["label"]))
        else:
            counts["ner_misfit"] += 1
    for first, behind, label in sorted(names, key=lambda name: (name[0] - name[1], name[0])):
        free = all(tag == "O" for tag in tags[first:behind])
        counts["ner_tagged" if free else "ner_nested"] += 1
        if free:
            tags[first:behind] = [f"B-{label}", *[f"I-{label}"] * (behind - first - 1)]
    for number, (start, end) in enumerate(sentences(text), start=1):
        inside = [index for index, at in enumerate(starts) if start <= at < end]
        if inside:
            yield {
                "uid": f"{article['id']}/n{number}",
                "article": article["id"],
                "start": start,
                "text": text[start:end],
                "tokens": [found[index][1] for index in inside],
                "token_starts": [starts[index] for index in inside],
                "ner_tags": [tags[index] for index in inside],
            }


def plain_figures(documents: list[Document]) -> dict[str, Counter[Any]]:
    """How often each label stands in gold."""
    found: dict[str, Counter[Any]] = {}

    def count(attribute: str, value: Any) -> None:
        found.setdefault(attribute, Counter())[value or UNSPECIFIED] += 1

    for document in documents:
        count("topic", document["article"]["topic"])
        lines = document["layers"].get(GOLD, [{}])
        for record in of_kind(lines, "entity"):
            count("entity", record["label"])
            count("form", record.get("form"))
        for record in of_kind(lines, "claim"):
            for name in ("via", "mode", "polarity", "certainty"):
                count(name, record.get(name))
            count("checkworthy", {True: "yes", False: "no"}.get(record.get("checkworthy")))
        for record in of_kind(lines, "stance"):
            count("stance", record["label"])
            count("basis", record.get("basis"))
            count("target", "claim" if record["target"].startswith("c") else "entity")
    return found


def arrow_schema(config: str, labels: Labels) -> Any:
    """The schema of a table, made of its features."""
    return schema.arrow_schema(features(labels)[config])
