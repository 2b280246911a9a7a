r"""The inline format: one article as text with tags around spans, and roles beside it.

    tasrih inline 1
    article: health-campaign-03
    annotator: gold
    guidelines: 1.0
    === text
    <c1#cue>قالت</c1#cue> <e1 ORG>وزارة الصحة</e1> إن <c1>الحملة بدأت</c1>.
    === roles
    e1 referent=ministry-of-health
    c1 claimers=e1

A tag is `<ID LABEL>…</ID>` for an entity or a stance, `<ID>…</ID>` for a claim's content, `<ID#cue>` for
its cue, `<ID#1>`, `<ID#2>` … for the fragments of an interrupted content. Tags nest and cross freely and
add no white space; `<` and `\` in the text are written `\<` and `\\`. A line under roles is an id and
`key=value` pairs, lists with commas, values with spaces as JSON strings; `-key` leaves out a key that has
a default. A person can write it in any editor; reading it counts the offsets, so nobody has to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, cast

from tasrih.model import (
    AUTHOR,
    GOLD,
    UNNAMED,
    Annotation,
    Document,
    Layer,
    text_order,
    visible,
)
from tasrih.store import Misuse

MAGIC = "tasrih inline 1"
_TEXT, _ROLES = "=== text", "=== roles"
_HEADER_KEYS = ("article", "text_sha256", "annotator", "guidelines", "created", "tool", "by", "note")
_TAG = re.compile(r"\\([<\\])|<(/?)([ecs][1-9][0-9]*)(#cue|#[1-9][0-9]*)?(?: ([A-Za-z0-9_-]+))?>|[<\\]")
_PAIR = re.compile(r'-([a-z]+)|([a-z]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?=\s|$)')
_BARE = re.compile(r'[^\s",]+\Z')
_LISTS = {"claimers", "about", "holders", "members"}
_KINDS = {"e": "entity", "c": "claim", "s": "stance"}
_KEYS = {
    "entity": ("form", "referent", "wikidata", "members", "confidence", "by", "note"),
    "claim": (
        "claimers", "via", "mode", "polarity", "certainty", "checkworthy", "about", "within",
        "confidence", "by", "note",
    ),
    "stance": ("holders", "target", "basis", "confidence", "by", "note"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inline:
    """What an inline file says: header fields, the plain text, and annotations in text order."""

    header: dict[str, str]
    text: str
    annotations: list[Annotation]


def defaults(kind: str, claimers: list[str] | None = None) -> dict[str, Any]:
    """What an annotation has where its roles line is silent; a claim's depend on its claimers."""
    if kind == "entity":
        return {"form": "name", "referent": None, "wikidata": None}
    if kind == "stance":
        return {"basis": "stated"}
    nobody = claimers in ([AUTHOR], [UNNAMED])
    return {
        "via": "none" if nobody else "mention",
        "mode": "unattributed" if claimers == [AUTHOR] else "indirect",
        "polarity": "affirmed",
        "certainty": "certain",
        "checkworthy": True,
        "about": [],
        "within": None,
    }


# --- Writing ------------------------------------------------------------------------------------------


def write(document: Document, layer: str = GOLD) -> str:
    """Layer `layer` of `document` as an inline file; without that layer, the bare text to annotate.

    Raises Misuse where the text is not at hand, or a span or quote does not fit it: the file could not be read
    back into the same layer.
    """
    article, text = document["article"], document["text"]
    if text is None:
        raise Misuse(f"{article['id']}: its text is withheld; run «tasrih hydrate FILE» first")
    lines = document["layers"].get(layer, [])
    header: dict[str, Any] = dict(lines[0]) if lines else {"article": article["id"], "annotator": layer}
    annotations = sorted(cast(list[Annotation], lines[1:]), key=text_order)
    if misfits := [f"{article['id']}: {said}; run «tasrih check»" for said in _misfits(text, annotations)]:
        raise Misuse(visible(misfits[0]))
    head = [f"{key}: {_header_value(header[key])}" for key in _HEADER_KEYS if key in header]
    roles = [line for annotation in annotations if (line := _roles_line(annotation))]
    body = _tagged(text, annotations)
    return "\n".join([MAGIC, *head, _TEXT, body, _ROLES, *roles]) + "\n"


def _header_value(value: str) -> str:
    plain = value == value.strip() and "\n" not in value and "\r" not in value and not value.startswith('"')
    return value if plain and value else json.dumps(value, ensure_ascii=False)


def _misfits(text: str, annotations: list[Annotation]) -> Iterator[str]:
    """What tags could not show: an id that stands twice, a span outside of the text, a quote of other words."""
    seen: set[str] = set()
    for annotation in annotations:
        name, record = annotation["id"], cast(dict[str, Any], annotation)
        if name in seen:
            yield f"«{name}» stands twice"
        seen.add(name)
        spans = [(start, end) for start, end, *_ in _spans(annotation)]
        if not all(0 <= start < end <= len(text) for start, end in spans):
            yield f"{name} is empty or past the end: the text has {len(text)} code points"
        parts = record.get("fragments")
        if parts and [record["start"], record["end"]] != [parts[0][0], parts[-1][1]]:
            yield f"{name}: start and end are not those of its fragments"
        for part in (record, record.get("cue") or {}):
            if "text" in part and part["text"] != text[part["start"] : part["end"]]:
                yield f"{name} says «{part['text'][:40]}», the text there says «{text[part['start'] : part['end']][:40]}»"


def _spans(annotation: Annotation) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, tag name and label of every tag that `annotation` needs."""
    name, label = annotation["id"], ""
    if annotation["type"] != "claim":
        yield annotation["start"], annotation["end"], name, " " + annotation["label"]
        return
    fragments = annotation.get("fragments")
    if fragments is None:
        yield annotation["start"], annotation["end"], name, label
    else:
        for number, (start, end) in enumerate(fragments, start=1):
            yield start, end, f"{name}#{number}", label
    if cue := annotation.get("cue"):
        yield cue["start"], cue["end"], f"{name}#cue", label


def _tagged(text: str, annotations: list[Annotation]) -> str:
    spans = [span for annotation in annotations for span in _spans(annotation)]
    spans.sort(key=lambda span: (span[0], -span[1]))
    marks: list[tuple[int, int, int, int, str]] = []
    for order, (start, end, name, label) in enumerate(spans):
        marks.append((start, 1, -end, order, f"<{name}{label}>"))
        marks.append((end, 0, -start, -order, f"</{name}>"))
    marks.sort()
    pieces, at = [], 0
    for mark in marks:
        pieces += [_escape(text[at : mark[0]]), mark[-1]]
        at = mark[0]
    return "".join([*pieces, _escape(text[at:])])


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("<", "\\<")


def _roles_line(annotation: Annotation) -> str:
    kind = annotation["type"]
    record = cast(dict[str, Any], annotation)
    usual = defaults(kind, record.get("claimers"))
    if kind == "claim":
        usual["cue"] = record.get("cue") and record["cue"]
    pairs = []
    for key in (*_KEYS[kind], *(["cue"] if kind == "claim" else [])):
        if key not in record:
            if key in usual:
                pairs.append(f"-{key}")
        elif key not in usual or record[key] != usual[key]:
            pairs.append(f"{key}={_value(record[key])}")
    return " ".join([annotation["id"], *pairs]) if pairs else ""


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(value)
    if isinstance(value, str):
        return value if _BARE.match(value) and value != "null" else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


# --- Reading ------------------------------------------------------------------------------------------


class _Lines:
    """Says in which line of the file a place is, for messages."""

    def __init__(self, file: str) -> None:
        self.file = file

    def fail(self, line: int, message: str) -> Misuse:
        return Misuse(visible(f"{self.file}:{line}: {message}"))


def read(data: str, file: str = "inline") -> Inline:
    """Reads an inline file; `data` must have its line ends unchanged.

    Raises Misuse with file and line for a tag that is not closed, an id that stands twice, a label that is
    missing, a role that cannot be read.
    """
    at = _Lines(file)
    head_end = data.find(f"\n{_TEXT}\n")
    roles_at = data.rfind(f"\n{_ROLES}\n")
    if not data.startswith(MAGIC + "\n") or head_end < 0 or roles_at < head_end:
        raise at.fail(1, f"not an inline file: it begins with «{MAGIC}» and has «{_TEXT}» and «{_ROLES}»")
    header = _read_header(data[:head_end], at)
    body_at = head_end + len(_TEXT) + 2
    body = data[body_at : max(roles_at, body_at)]
    text, spans, labels, tag_lines = _read_body(body, data.count("\n", 0, body_at) + 1, at)
    roles = _read_roles(data[roles_at + len(_ROLES) + 2 :], data.count("\n", 0, roles_at) + 3, at)
    for name in roles:
        if name not in labels:
            raise at.fail(roles[name][0], f"«{name}» has roles but no tag in the text")
    annotations = [
        _assemble(name, text, spans, labels[name], roles.get(name, (tag_lines[name], {}, set())), at)
        for name in labels
    ]
    return Inline(header, text, sorted(annotations, key=text_order))


def _read_header(head: str, at: _Lines) -> dict[str, str]:
    header: dict[str, str] = {}
    for number, line in enumerate(head.split("\n")[1:], start=2):
        key, colon, value = line.partition(": ")
        if not colon or key not in _HEADER_KEYS or key in header:
            raise at.fail(
                number, f"«{line[:60]}» is no header line, or stands twice; known: {', '.join(_HEADER_KEYS)}"
            )
        header[key] = _json(value, number, at) if value.startswith('"') else value
    return header


def _json(raw: str, line: int, at: _Lines) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise at.fail(line, f"«{raw[:60]}» is not a value") from None


_Spans = dict[str, tuple[int, int]]


def _read_body(body: str, first_line: int, at: _Lines) -> tuple[str, _Spans, dict[str, str], dict[str, int]]:
    """Plain text, spans by tag name, and by id the label (empty for claims) and the line of the first tag."""
    pieces: list[str] = []
    length, copied = 0, 0
    opened: dict[str, tuple[int, int]] = {}
    spans: _Spans = {}
    labels: dict[str, str] = {}
    lines: dict[str, int] = {}
    for match in _TAG.finditer(body):
        piece = body[copied : match.start()]
        pieces.append(piece)
        length += len(piece)
        copied = match.end()
        line = first_line + body.count("\n", 0, match.start())
        escaped, closing, identifier, part, label = match.groups()
        if escaped:
            pieces.append(escaped)
            length += 1
            continue
        if identifier is None:
            raise at.fail(
                line,
                f"«{body[match.start() : match.start() + 20]}» is no tag; in the text write \\< and \\\\",
            )
        name = identifier + (part or "")
        if closing:
            if name not in opened:
                raise at.fail(line, f"</{name}> closes nothing that is open")
            spans[name] = (opened.pop(name)[0], length)
            if spans[name][0] == length:
                raise at.fail(line, f"<{name}> holds no text")
            continue
        if name in opened or name in spans:
            raise at.fail(line, f"<{name}> stands twice")
        _check_tag(identifier, part, label, line, at)
        opened[name] = (length, line)
        lines.setdefault(identifier, line)
        if label or not part:
            labels[identifier] = label or ""
        labels.setdefault(identifier, "")
    for name, (_, line) in opened.items():
        raise at.fail(line, f"<{name}> is never closed")
    pieces.append(body[copied:])
    return "".join(pieces), spans, labels, lines


def _check_tag(identifier: str, part: str | None, label: str | None, line: int, at: _Lines) -> None:
    is_claim = identifier.startswith("c")
    if part and not is_claim:
        raise at.fail(line, f"<{identifier}{part}>: only a claim has a cue or fragments")
    if is_claim and label:
        raise at.fail(line, f"<{identifier} {label}>: a claim has no label")
    if not is_claim and not label:
        raise at.fail(line, f"<{identifier}> needs a label: <{identifier} LABEL>")


def _read_roles(block: str, first_line: int, at: _Lines) -> dict[str, tuple[int, dict[str, Any], set[str]]]:
    """By id: line, given values, and keys that are left out on purpose."""
    roles: dict[str, tuple[int, dict[str, Any], set[str]]] = {}
    for number, line in enumerate(block.split("\n"), start=first_line):
        if not line.strip():
            continue
        identifier, _, rest = line.strip().partition(" ")
        if not re.fullmatch(r"[ecs][1-9][0-9]*", identifier) or identifier in roles:
            raise at.fail(number, f"«{identifier[:40]}» is no id, or has two lines of roles")
        given, left_out = _read_pairs(rest.strip(), identifier, number, at)
        roles[identifier] = (number, given, left_out)
    return roles


def read_values(rest: str, identifier: str, where: str, more: Collection[str] = ()) -> dict[str, Any]:
    """The `key=value` pairs of `rest` as those of a roles line of annotation `identifier`; `more` are keys besides.

    Raises Misuse, beginning with `where`, for what is no such pair.
    """
    file, _, line = where.rpartition(":")
    return _read_pairs(rest, identifier, int(line), _Lines(file), more)[0]


def _read_pairs(
    rest: str, identifier: str, number: int, at: _Lines, more: Collection[str] = ()
) -> tuple[dict[str, Any], set[str]]:
    kind = _KINDS[identifier[0]]
    known = {*_KEYS[kind], *(["cue"] if kind == "claim" else []), *more}
    given: dict[str, Any] = {}
    left_out: set[str] = set()
    position = 0
    while position < len(rest):
        match = _PAIR.match(rest, position)
        key = match and (match.group(1) or match.group(2))
        if match is None or key not in known or key in given or key in left_out:
            raise at.fail(
                number,
                f"{identifier}: «{rest[position : position + 40]}»: a {kind} takes key=value with {', '.join(_KEYS[kind])}",
            )
        if match.group(1):
            left_out.add(cast(str, key))
        else:
            given[cast(str, key)] = _parsed(cast(str, key), match.group(3), number, at)
        position = match.end()
        while position < len(rest) and rest[position].isspace():
            position += 1
    return given, left_out


def _parsed(key: str, raw: str, number: int, at: _Lines) -> Any:
    if key in _LISTS:
        return [part for part in raw.split(",") if part]
    if key in ("checkworthy", "confidence"):
        return _json(raw, number, at)
    if raw == "null":
        return None
    return _json(raw, number, at) if raw.startswith('"') else raw


def _assemble(name: str, text: str, spans: _Spans, label: str,
              role: tuple[int, dict[str, Any], set[str]], at: _Lines) -> Annotation:  # fmt: skip
    kind = _KINDS[name[0]]
    line, given, left_out = role
    if kind == "claim" and not given.get("claimers"):
        raise at.fail(line, f"{name}: needs a roles line with claimers=… (entity ids, author or unnamed)")
    if kind == "stance" and not (given.get("holders") and given.get("target")):
        raise at.fail(line, f"{name}: needs a roles line with holders=… and target=…")
    record: dict[str, Any] = {"type": kind, "id": name}
    if label:
        record["label"] = label
    record |= _place(name, text, spans, line, at)
    if kind == "claim" and "cue" not in left_out:
        cue = spans.get(f"{name}#cue")
        record["cue"] = cue and {"start": cue[0], "end": cue[1], "text": text[cue[0] : cue[1]]}
    usual = defaults(kind, given.get("claimers"))
    record |= {key: value for key, value in usual.items() if key not in left_out}
    record |= given
    return cast(Annotation, record)


def _place(name: str, text: str, spans: _Spans, line: int, at: _Lines) -> dict[str, Any]:
    fragments: list[list[int]] = []
    while f"{name}#{len(fragments) + 1}" in spans:
        fragments.append(list(spans[f"{name}#{len(fragments) + 1}"]))
    numbered = sum(1 for tag in spans if tag.startswith(f"{name}#") and not tag.endswith("#cue"))
    if name in spans and not numbered:
        start, end = spans[name]
        return {"start": start, "end": end, "text": text[start:end]}
    if name in spans or len(fragments) < 2 or numbered != len(fragments):
        raise at.fail(
            line, f"{name}: needs either <{name}> or fragments <{name}#1>, <{name}#2> … without a gap"
        )
    start, end = fragments[0][0], fragments[-1][1]
    return {"start": start, "end": end, "text": text[start:end], "fragments": fragments}


def header_for(document: Document, inline: Inline, layer: str, guidelines: str, tool: str, now: str) -> Layer:
    """The header of the layer that `inline` becomes: what it says, completed."""
    header: dict[str, Any] = {
        "type": "layer",
        "article": document["article"]["id"],
        "text_sha256": document["article"]["text_sha256"],
        "annotator": layer,
        "guidelines": inline.header.get("guidelines", guidelines),
        "created": inline.header.get("created", now),
        "tool": inline.header.get("tool", tool),
    }
    header |= {key: inline.header[key] for key in ("by", "note") if key in inline.header}
    return cast(Layer, header)


def first_difference(expected: str, found: str) -> str:
    """Where two texts part, for a message; empty where they are the same."""
    if expected == found:
        return ""
    at = next(
        (i for i, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b),
        min(len(expected), len(found)),
    )
    return visible(
        f"at code point {at}: the article has «{expected[at : at + 20]}», the file «{found[at : at + 20]}»"
    )
