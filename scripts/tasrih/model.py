"""The records of Tasrih: an article, a layer's header, entities, claims and stances.

Records are typed dictionaries, exactly as they stand in the files, so that nothing is converted on the
way from a decoder to a check or a table. `schemas/` is their normative form. Every offset is a count of
Unicode code points into the article's text; spans are half-open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

GOLD = "gold"
SUGGESTED = "suggested"  # a layer of suggestions: this, or this with a dash and more behind it
AUTHOR = "author"
UNNAMED = "unnamed"
NOBODY = (AUTHOR, UNNAMED)  # what stands where a claimer or holder has no mention
UNSPECIFIED = "unspecified"
SPLITS = ("train", "validation", "test")

# A quote may hold line ends and control characters; in a message of one line they are shown as escapes.
_VISIBLE = {code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}


Severity: TypeAlias = Literal["error", "warning", "note"]


def visible(text: str) -> str:
    """`text` on one line, for a message."""
    return text.translate(_VISIBLE)


class Zone(TypedDict):
    """`{"kind": "heading", "start": 310, "end": 332}`"""

    kind: Literal["heading", "credit"]
    start: int
    end: int


class Rights(TypedDict):
    """`{"licence": "CC-BY-4.0", "redistribute": true}`"""

    licence: str
    redistribute: bool


class Credits(TypedDict, total=False):
    """`{"source": "an agency"}`"""

    image: str
    source: str


class Article(TypedDict):
    """`{"id": "health-campaign-03", "language": "ar", "event": "health-campaign-2024", …}`"""

    id: str
    title: NotRequired[str | None]
    language: str
    event: str
    topic: str
    origin: Literal["reported", "written"]
    author: NotRequired[str | None]
    publisher: NotRequired[str | None]
    credits: NotRequired[Credits]
    date: NotRequired[str | None]
    url: NotRequired[str | None]
    countries: NotRequired[list[str]]
    invented: NotRequired[bool]
    sources: NotRequired[list[str]]
    rights: Rights
    text_sha256: str
    source_sha256: NotRequired[str | None]
    length: int
    zones: list[Zone]


class Layer(TypedDict):
    """`{"type": "layer", "article": "health-campaign-03", "annotator": "gold", "guidelines": "1.0", …}`"""

    type: Literal["layer"]
    article: str
    text_sha256: str
    annotator: str
    guidelines: str
    created: NotRequired[str]
    tool: NotRequired[str]
    by: NotRequired[str]
    note: NotRequired[str]


class Entity(TypedDict):
    """`{"type": "entity", "id": "e1", "label": "ORG", "form": "name", "start": 5, "end": 16, "text": "وزارة الصحة"}`"""

    type: Literal["entity"]
    id: str
    label: str
    form: NotRequired[str]
    start: int
    end: int
    text: NotRequired[str]
    quote_hmac: NotRequired[str]
    referent: NotRequired[str | None]
    wikidata: NotRequired[str | None]
    members: NotRequired[list[str]]
    confidence: NotRequired[float]
    by: NotRequired[str]
    note: NotRequired[str]


class Cue(TypedDict):
    """`{"start": 0, "end": 4, "text": "قالت"}`"""

    start: int
    end: int
    text: NotRequired[str]
    quote_hmac: NotRequired[str]


class Claim(TypedDict):
    """`{"type": "claim", "id": "c1", "start": 20, "end": 31, "text": "الحملة بدأت", "claimers": ["e1"], …}`"""

    type: Literal["claim"]
    id: str
    start: int
    end: int
    text: NotRequired[str]
    quote_hmac: NotRequired[str]
    fragments: NotRequired[list[list[int]]]
    claimers: list[str]
    via: NotRequired[str]
    cue: NotRequired[Cue | None]
    mode: NotRequired[str]
    polarity: NotRequired[str]
    certainty: NotRequired[str]
    checkworthy: NotRequired[bool | None]
    about: NotRequired[list[str]]
    within: NotRequired[str | None]
    confidence: NotRequired[float]
    by: NotRequired[str]
    note: NotRequired[str]


class Stance(TypedDict):
    """`{"type": "stance", "id": "s1", "label": "support", "start": 60, "end": 64, "text": "تؤيد", "holders": ["e3"], "target": "e4"}`"""

    type: Literal["stance"]
    id: str
    label: str
    start: int
    end: int
    text: NotRequired[str]
    quote_hmac: NotRequired[str]
    holders: list[str]
    target: str
    basis: NotRequired[str]
    confidence: NotRequired[float]
    by: NotRequired[str]
    note: NotRequired[str]


Annotation: TypeAlias = Entity | Claim | Stance


def claim_parts(claim: Claim) -> list[tuple[int, int]]:
    """The stretches of a claim's content: its fragments, or its one span."""
    fragments = claim.get("fragments")
    return [(part[0], part[1]) for part in fragments] if fragments else [(claim["start"], claim["end"])]


class SplitAssignment(TypedDict):
    """`{"article": "health-campaign-03", "event": "health-campaign-2024", "split": "train"}`"""

    article: str
    event: str
    split: str


class Decision(TypedDict):
    """`{"type": "decision", "article": "health-campaign-03", "layers": ["reader-a", "reader-b"], "one": "e1", …}`"""

    type: Literal["decision"]
    article: str
    layers: list[str]
    one: str | None
    other: str | None
    digest: NotRequired[str]
    choice: Literal["one", "other", "both", "neither", "new"]
    changes: NotRequired[dict[str, Any]]
    by: str
    why: str


class Labels(TypedDict):
    """`{"entity": ["PER", …], "stance": ["support", …], "topic": ["health", …]}`"""

    entity: list[str]
    stance: list[str]
    topic: list[str]


class SplitShares(TypedDict):
    """`{"train": 80, "validation": 10, "test": 10, "salt": "tasrih"}`"""

    train: int
    validation: int
    test: int
    salt: NotRequired[str]


class Settings(TypedDict):
    """What corpus.toml says: name, version, label sets, split shares."""

    name: str
    title: str
    version: str
    previous: NotRequired[str]
    date: str
    languages: list[str]
    licence: str
    guidelines: str
    maintainers: NotRequired[list[str]]
    labels: Labels
    splits: SplitShares
    annotators: NotRequired[dict[str, str]]


class Document(TypedDict):
    """One article with its text and its layers: what a folder of the corpus or a line of a shard holds.

    `text` is None where it may not be redistributed and is not at hand. `layers` maps a layer's name to
    its lines, the header first.
    """

    article: Article
    text: str | None
    layers: dict[str, list[Layer | Annotation]]


@dataclass(slots=True)
class LayerView:
    """One layer of a document with its annotations sorted by type, for rules and tables to read."""

    name: str
    article: Article
    text: str | None
    header: Layer
    annotations: list[Annotation]
    entities: list[Entity] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    stances: list[Stance] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.entities = [line for line in self.annotations if line["type"] == "entity"]
        self.claims = [line for line in self.annotations if line["type"] == "claim"]
        self.stances = [line for line in self.annotations if line["type"] == "stance"]

    def by_id(self) -> dict[str, Annotation]:
        """Annotations by their ids."""
        return {annotation["id"]: annotation for annotation in self.annotations}


def is_suggestion(layer: str) -> bool:
    """Whether a layer of that name holds suggestions, which no annotator has said and no release holds."""
    return layer == SUGGESTED or layer.startswith(f"{SUGGESTED}-")


def annotators(document: Document) -> list[str]:
    """The layers of annotators, in their order: neither gold nor suggestions."""
    return [name for name in document["layers"] if name != GOLD and not is_suggestion(name)]


def layer_view(document: Document, name: str) -> LayerView:
    """The layer `name` of `document`; its first line must be the header."""
    lines = document["layers"][name]
    return LayerView(name, document["article"], document["text"], lines[0], lines[1:])  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found: `E103 corpus/articles/x/gold.jsonl:14 /text: says «تونس», …`"""

    code: str
    severity: Severity
    file: str
    line: int
    pointer: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" + (f" {self.pointer}" if self.pointer else "")
        said = f"{self.code} {where}: {self.message}" + (f"; {self.hint}" if self.hint else "")
        return visible(said)


def text_order(annotation: Annotation) -> tuple[int, int, int, int]:
    """Sort key of a layer: by place, the longer span first, then by type and number of the id."""
    kinds: Sequence[str] = ("entity", "claim", "stance")
    return (
        annotation["start"],
        -annotation["end"],
        kinds.index(annotation["type"]),
        int(annotation["id"][1:]),
    )
