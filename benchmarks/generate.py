"""Makes documents for measuring: any number of articles with any number of entities, the same for one seed."""

from __future__ import annotations

import argparse
import gzip
import random
import re
from collections.abc import Iterator
from pathlib import Path

import orjson

from tasrih.text.canonical import sha256

WORDS = [
    "قال",
    "أعلن",
    "أكد",
    "المجلس",
    "في",
    "الاجتماع",
    "الذي",
    "عقد",
    "أمس",
    "خطة",
    "جديدة",
    "لتطوير",
    "شبكة",
    "المياه",
    "والطرق",
    "مع",
    "شركاء",
    "من",
    "القطاع",
    "الخاص",
    "وأضاف",
    "أن",
    "المشروع",
    "سيبدأ",
    "خلال",
    "الأشهر",
    "المقبلة",
    "بعد",
    "موافقة",
    "اللجنة",
    "المالية",
    "على",
    "الميزانية",
    "وتوقيع",
    "العقود",
    "اللازمة",
]
NAMES = [
    ("PER", "سعيد الوافي"), ("PER", "ليلى النجار"), ("ORG", "وزارة الصحة"), ("ORG", "بلدية السفح"), ("GPE", "تونس"),
    ("GPE", "المغرب"), ("LOC", "البحر الأحمر"), ("FAC", "ميناء الرمال"), ("NORP", "العرب"), ("OCC", "رئيس المجلس"),
    ("DATE", "تموز 2024"), ("LAW", "قانون المياه"), ("MEDIA", "صحيفة الميدان"), ("PROD", "تطبيق قارب"), ("EVENT", "مهرجان الربيع"),
]  # fmt: skip


def document(number: int, entities: int, words: int, chooser: random.Random) -> dict[str, object]:
    """One document: `entities` names spread evenly over about `words` other words, in sentences of a dozen."""
    pieces: list[str] = []
    spans: list[tuple[str, str, int, int]] = []
    length = 0
    gap = max(1, words // max(1, entities))

    def put(word: str) -> tuple[int, int]:
        nonlocal length
        start = length + (1 if pieces else 0)
        pieces.append(word)
        length = start + len(word)
        return start, length

    for index in range(entities):
        for _ in range(gap):
            put(chooser.choice(WORDS))
        label, name = chooser.choice(NAMES)
        spans.append((label, name, *put(name)))
        if index % 3 == 2:
            put(".")
    text = " ".join(pieces)
    name = f"generated-{number:07d}"
    digest = sha256(text)
    layer: list[dict[str, object]] = [
        {"type": "layer", "article": name, "text_sha256": digest, "annotator": "gold", "guidelines": "1.1",
         "created": "2026-01-01T00:00:00Z", "tool": "generated"}
    ]  # fmt: skip
    for index, (label, quote, start, end) in enumerate(spans, start=1):
        layer.append(
            {"type": "entity", "id": f"e{index}", "label": label, "form": "name", "start": start, "end": end,
             "text": quote, "referent": f"r{NAMES.index((label, quote))}", "wikidata": None}
        )  # fmt: skip
    article = {
        "id": name, "title": None, "language": "ar", "event": f"event-{number}", "topic": "local", "origin": "written",
        "author": "benchmarks/generate.py", "date": "2026-01-01", "countries": [], "invented": True, "sources": [],
        "rights": {"licence": "CC0-1.0", "redistribute": True}, "text_sha256": digest, "length": len(text), "zones": [],
    }  # fmt: skip
    return {"article": article, "text": text, "layers": {"gold": layer}}


def lines(
    articles: int, entities: int = 50, words: int = 300, seed: int = 1, first: int = 0
) -> Iterator[bytes]:
    """Lines of a shard, the articles numbered from `first`."""
    chooser = random.Random(seed)
    for number in range(first, first + articles):
        yield orjson.dumps(document(number, entities, words, chooser)) + b"\n"


def settings_folder(root: Path) -> Path:
    """A corpus folder without articles: settings and guidelines of the project's own, under another name."""
    root.mkdir(parents=True, exist_ok=True)
    own = Path(__file__).parents[1] / "corpus"
    content = (own / "corpus.toml").read_text("utf-8")
    for key in ("name", "title"):
        content = re.sub(rf'^{key} = ".*"', f'{key} = "generated"', content, count=1, flags=re.MULTILINE)
    content = re.sub(r"^previous = .*\n", "", content, flags=re.MULTILINE)
    (root / "corpus.toml").write_text(content, "utf-8")
    (root / "guidelines.md").write_bytes((own / "guidelines.md").read_bytes())
    return root


_A_SHARD = 100_000


def write_short(folder: Path, articles: int, entities: int = 4, words: int = 40) -> list[Path]:
    """Shards of short articles, compressed."""
    folder.mkdir(parents=True)
    shards = []
    for number, first in enumerate(range(0, articles, _A_SHARD)):
        shards.append(folder / f"short-{number:03d}.jsonl.gz")
        with gzip.open(shards[-1], "wb", compresslevel=1) as stream:
            some = lines(min(_A_SHARD, articles - first), entities, words, seed=number, first=first)
            stream.writelines(some)
    return shards


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--entities", type=int, default=50)
    parser.add_argument("--words", type=int, default=300)
    given = parser.parse_args()
    with given.out.open("wb") as stream:
        stream.writelines(lines(given.articles, given.entities, given.words))
