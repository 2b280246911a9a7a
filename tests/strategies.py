"""Hypothesis strategies: awkward texts, and documents of the schema's shape with every kind of annotation."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from corpora import SETTINGS
from tasrih.model import Document, text_order
from tasrih.text.canonical import sha256

# Emoji and flags, a joined family, harakat, tatweel, Arabic and Latin words with digits, marks, tag characters.
PIECES = [
    "وزارة الصحة", "قالت", "إنَّ الحَمْلَةَ", "بَدَأَتْ", "تـــونس", "للأمم", "ولبنان", "د. أحمد", "أ.", "؟", "…", "...", "!",
    "😀", "👨‍👩‍👧", "🇹🇳", "ا\u0653", "\u200f", "\ufefb", "COVID-19", "Reuters 24", "12.5%", "٢٠٢٤/٧/١", "1,000", "«", "»", '"', "“", "”",
    "(", ")", "<", ">", "\\", "\\<", "<e1 ORG>", "</e1>", "<c1#cue>", "=== text", "=== roles", "e1 form=name", "tasrih inline 1",
    " ", "  ", "\n", "\n\n", "\t", "\u00a0", "،", ".", ":", "&amp;", "%",
]  # fmt: skip


def texts(min_pieces: int = 1, max_pieces: int = 12) -> st.SearchStrategy[str]:
    """Texts of awkward pieces with single characters of any kind between them, never blank and without a byte order mark, as canonical texts are."""
    anything = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=3)
    pieces = st.lists(st.one_of(st.sampled_from(PIECES), anything), min_size=min_pieces, max_size=max_pieces)
    return pieces.map("".join).filter(lambda text: text.strip() and not text.startswith("\ufeff"))


NOTES = st.one_of(
    st.sampled_from(
        [
            "ملاحظة",
            'قال «نعم» و"لا"',
            "two\nlines",
            "null",
            "-form",
            "a=b",
            "x,y",
            " edge ",
            "\\",
            "=== roles",
            "\u2028",
        ]
    ),
    st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=8),
)
SLUGS = st.sampled_from(["ministry-of-health", "x", "a-1", "null"])


@st.composite
def spans(draw: st.DrawFn, length: int) -> tuple[int, int]:
    """A span that is not empty, in a text of `length` code points."""
    start = draw(st.integers(0, length - 1))
    return start, draw(st.integers(start + 1, length))


def _optional(draw: st.DrawFn, record: dict[str, Any], **values: st.SearchStrategy[Any]) -> dict[str, Any]:
    for key, strategy in values.items():
        if draw(st.booleans()):
            record[key] = draw(strategy)
    return record


def _quoted(text: str, span: tuple[int, int]) -> dict[str, Any]:
    return {"start": span[0], "end": span[1], "text": text[slice(*span)]}


@st.composite
def annotations(draw: st.DrawFn, text: str) -> list[Any]:
    """Annotations in text order, of the schema's shape; some spans are shared."""
    where = st.one_of(
        spans(len(text)), st.sampled_from(draw(st.lists(spans(len(text)), min_size=1, max_size=2)))
    )
    counts = draw(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 2)))
    entities, claims = [f"e{n + 1}" for n in range(counts[0])], [f"c{n + 1}" for n in range(counts[1])]
    remarks = {"by": NOTES, "note": NOTES, "confidence": st.sampled_from([0, 0.1, 1, 0.25, 1e-05])}
    nobody = st.sampled_from([["author"], ["unnamed"]])
    sources = st.one_of(
        nobody, st.lists(st.sampled_from(entities or ["e9"]), min_size=1, max_size=3, unique=True)
    )
    some = st.lists(st.sampled_from(entities or ["e9"]), max_size=2, unique=True)
    made: list[Any] = []
    for name in entities:
        record = {"type": "entity", "id": name, "label": draw(st.sampled_from(SETTINGS["labels"]["entity"]))}
        record |= _quoted(text, draw(where))
        forms = st.sampled_from(["name", "nominal", "unspecified"])
        wikidata = st.sampled_from([None, "Q1", "Q90"])
        made.append(
            _optional(
                draw,
                record,
                form=forms,
                referent=st.none() | SLUGS,
                wikidata=wikidata,
                members=some,
                **remarks,
            )
        )
    for name in claims:
        record = {"type": "claim", "id": name, **_quoted(text, draw(where)), "claimers": draw(sources)}
        points = (
            sorted(draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4, unique=True)))
            if len(text) >= 4
            else []
        )
        if points and draw(st.booleans()):
            record |= _quoted(text, (points[0], points[3]))
            record["fragments"] = [points[:2], points[2:]]
        made.append(
            _optional(
                draw,
                record,
                via=st.sampled_from(["mention", "pronoun", "dropped", "document", "none", "unspecified"]),
                cue=st.none() | where.map(lambda span: _quoted(text, span)),
                mode=st.sampled_from(["direct", "indirect", "unattributed", "unspecified"]),
                polarity=st.sampled_from(["affirmed", "negated", "unknown"]),
                certainty=st.sampled_from(["certain", "probable", "unspecified"]),
                checkworthy=st.sampled_from([True, False, None]),
                about=some,
                within=st.none() | st.sampled_from(claims),
                **remarks,
            )
        )
    for number in range(counts[2]):
        record = {
            "type": "stance",
            "id": f"s{number + 1}",
            "label": draw(st.sampled_from(SETTINGS["labels"]["stance"])),
        }
        record |= {
            **_quoted(text, draw(where)),
            "holders": draw(sources),
            "target": draw(st.sampled_from(entities + claims or ["e9"])),
        }
        made.append(
            _optional(
                draw, record, basis=st.sampled_from(["stated", "action", "wording", "formula"]), **remarks
            )
        )
    return sorted(made, key=text_order)


@st.composite
def documents(draw: st.DrawFn, name: str = "example") -> Document:
    """A document of the schema's shape; its annotations need not make sense."""
    text = draw(texts())
    digest = sha256(text)
    article: Any = {
        "id": name, "language": "ar", "event": f"{name}-event", "topic": "local", "origin": "written", "author": "the tests",
        "invented": True, "rights": {"licence": "CC0-1.0", "redistribute": True}, "text_sha256": digest, "length": len(text), "zones": [],
    }  # fmt: skip
    _optional(
        draw,
        article,
        title=st.none() | NOTES,
        publisher=st.none() | NOTES,
        date=st.sampled_from([None, "2024-02-29"]),
        url=st.sampled_from([None, "https://example.org/"]),
        countries=st.just(["TN"]),
        sources=st.just(["a record"]),
        credits=st.just({"image": "x"}),
    )
    if draw(st.booleans()):
        start, end = draw(spans(len(text)))
        article["zones"] = [
            {"kind": draw(st.sampled_from(["heading", "credit"])), "start": start, "end": end}
        ]
    header: Any = {
        "type": "layer", "article": name, "text_sha256": digest, "annotator": "gold", "guidelines": "1.0",
        "created": "2026-01-01T00:00:00Z", "tool": "tests",
    }  # fmt: skip
    _optional(draw, header, by=NOTES, note=NOTES)
    return {
        "article": article,
        "text": text,
        "layers": {"gold": [header, *draw(annotations(text))]},
    }


# --- Records from schemas -----------------------------------------------------------------------------


def from_schema(part: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Records that are valid by a schema of the subset that schemas/ keeps to."""
    if "$ref" in part:
        return from_schema(definitions[part["$ref"].rsplit("/", 1)[-1]], definitions)
    if "enum" in part or "const" in part:
        return st.sampled_from(part.get("enum") or [part["const"]])
    if "anyOf" in part and "type" not in part:
        return st.one_of([from_schema(choice, definitions) for choice in part["anyOf"]])
    kinds = part["type"] if isinstance(part["type"], list) else [part["type"]]
    return st.one_of([_of_type(kind, part, definitions) for kind in kinds])


def _of_type(kind: str, part: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one a type
    match kind:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(part.get("minimum", -9), part.get("maximum", 2**63))
        case "number":
            return st.floats(part["minimum"], part["maximum"])
        case "string" if "pattern" in part:
            longest = part.get("maxLength", 100)
            return st.from_regex(part["pattern"].replace("$", r"\Z")).filter(
                lambda text: len(text) <= longest
            )
        case "string":
            characters = st.characters(blacklist_categories=["Cs"])
            return st.text(
                characters, min_size=part.get("minLength", 0), max_size=min(part.get("maxLength", 20), 20)
            )
        case "array":
            fewest = part.get("minItems", 0)
            return st.lists(
                from_schema(part["items"], definitions),
                min_size=fewest,
                max_size=part.get("maxItems", fewest + 2),
            )
    return _object(part, definitions)


def _object(part: dict[str, Any], definitions: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in part:
        return st.dictionaries(
            st.text(max_size=5), from_schema(part["additionalProperties"], definitions), max_size=3
        )
    made = {key: from_schema(child, definitions) for key, child in part["properties"].items()}
    alternatives = [choice["required"] for choice in part.get("anyOf", [{"required": []}])]

    def needing(extra: list[str]) -> st.SearchStrategy[dict[str, Any]]:
        needed = {*part.get("required", []), *extra}
        required = {key: child for key, child in made.items() if key in needed}
        return st.fixed_dictionaries(
            required, optional={key: child for key, child in made.items() if key not in needed}
        )

    return st.one_of([needing(extra) for extra in alternatives])
