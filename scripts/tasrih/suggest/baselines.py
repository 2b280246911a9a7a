"""Simple systems, to know what a score is worth: each is trained on documents with gold and then annotates others.

They are baselines, not proposals: nothing in them is tuned, and nothing but the training documents goes into them
besides the words that open an Arabic content clause. A system sees the text and the zones of an article alone; the
systems for claims and stances are handed mentions, so that they can be given gold's own or another system's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any, TypeAlias, cast

from tasrih.check.entities import zone_of
from tasrih.check.spans import proper_edges
from tasrih.model import GOLD, UNNAMED, Annotation, Claim, Document, Entity, Stance, Zone, layer_view
from tasrih.suggest import Draft, names
from tasrih.suggest.lexicon import Lexicon, Match, Words, lexicon, matches
from tasrih.text.sentences import sentences
from tasrih.text.tokens import MARKS, bare, tokens

# Text, zones and mentions of an article → annotations of one type.
Mentions: TypeAlias = Sequence[Entity]
EntitySystem: TypeAlias = Callable[[str, Sequence[Zone]], list[Entity]]
ClaimSystem: TypeAlias = Callable[[str, Sequence[Zone], Mentions], list[Claim]]
StanceSystem: TypeAlias = Callable[[str, Sequence[Zone], Mentions], list[Stance]]
Label: TypeAlias = tuple[str, str]  # label and form of an entity; polarity and certainty of a claim

SOURCES = ("PER", "ORG", "GPE", "OCC", "NORP", "MEDIA")  # what can say something or take a stance
_MOSTLY = 0.5  # a string counts as a name, cue or anchor where it is one at least this often
_HEAD_TIMES = 3
_LONGEST_TAIL = 3
_PLAIN_WORD = re.compile(rf"[\w{MARKS}\u0640]+|[^\w\s]")
_CONTENT_OPENS = re.compile(r"(?:إن|أن)(?:ه|ها|هم|هما|هن|ي|نا)?\Z")
_FURTHEST = 12  # words from a cue to the word that opens its content
_OPENING, _CLOSING = '«“"', '»”"'
_DATE_JOINS = frozenset("/-")
_NUMBER = re.compile(r"[0-9٠-٩]+\Z")


# --- Entities -----------------------------------------------------------------------------------------


def most_frequent(train: Sequence[Document]) -> EntitySystem:
    """Every string that is a name in training, with its most frequent label; words are cut at white space and marks."""
    counts: dict[Words, Counter[Label]] = defaultdict(Counter)
    for entity in _entities(train):
        if entity.get("form") == "name":
            counts[tuple(_PLAIN_WORD.findall(entity.get("text", "")))][entity["label"], "name"] += 1
    known = lexicon(counts)

    def annotate(text: str, zones: Sequence[Zone]) -> list[Entity]:
        found = list(_PLAIN_WORD.finditer(text))
        words = [match.group() for match in found]
        spans = [
            (found[m.first].start(), found[m.behind - 1].end(), m.entry.label) for m in matches(words, known)
        ]
        return _numbered(text, zones, spans)

    return annotate


def gazetteer(train: Sequence[Document]) -> EntitySystem:
    """The names of training by `tasrih.suggest.names`, which knows proclitics and leaves dates out."""
    suggest = names.of_documents(train)

    def annotate(text: str, zones: Sequence[Zone]) -> list[Entity]:
        (found,) = suggest([Draft(text, zones)])
        spans = [(one["start"], one["end"], (cast(Entity, one)["label"], "name")) for one in found]
        return _numbered(text, zones, spans)

    return annotate


def entity_rules(train: Sequence[Document]) -> EntitySystem:
    """Names and nominals of training that are such at least as often as not, harakat aside, and names inside names; dates by
    their words; what begins with a word that mostly begins a longer name (وزارة …) reaches over the definite words behind it.
    """
    known = _mostly(train, _mentions_counted(train))
    date_words, heads = _date_words(train), _heads(train)

    def annotate(text: str, zones: Sequence[Zone]) -> list[Entity]:
        raw, starts = tokens(text)
        words = [bare(word) for word in raw]
        taken = [False] * len(words)
        found: list[tuple[int, int, Label]] = []
        for first, behind in _dates(words, date_words):
            found.append((first, behind, ("DATE", "name")))
            taken[first:behind] = [True] * (behind - first)
        for match in matches(words, known):
            if not any(taken[match.first : match.behind]):
                found.append((match.first, match.behind, match.entry.label))
                taken[match.first : match.behind] = [True] * (match.behind - match.first)
                found += _inner(words, match, known)
        for at, word in enumerate(words):
            behind = _tail(words, at)
            if word in heads and behind > at + 1 and not any(taken[at:behind]):
                found.append((at, behind, (heads[word], "name")))
        spans = [
            (starts[first], starts[behind - 1] + len(raw[behind - 1]), label)
            for first, behind, label in found
        ]
        return _numbered(text, zones, spans)

    return annotate


def _entities(train: Iterable[Document]) -> Iterator[Entity]:
    for document in train:
        yield from layer_view(document, GOLD).entities


def _bare_words(text: str) -> Words:
    return tuple(bare(word) for word in tokens(text)[0])


def _mentions_counted(train: Sequence[Document]) -> dict[Words, Counter[Label]]:
    counts: dict[Words, Counter[Label]] = defaultdict(Counter)
    for entity in _entities(train):
        counts[_bare_words(entity.get("text", ""))][entity["label"], entity.get("form", "name")] += 1
    return counts


def _mostly(train: Sequence[Document], counts: dict[Words, Counter[Any]]) -> Lexicon[Any]:
    """Those of the strings that have a label at least as often as `_MOSTLY` of the times they stand in training."""
    every = lexicon(counts)
    stand: Counter[Words] = Counter()
    for document in train:
        words = _bare_words(document["text"] or "")
        for at, word in enumerate(words):
            for entry in every.get(word, ()):
                stand[entry.words] += words[at : at + len(entry.words)] == entry.words
    return lexicon(
        {words: labels for words, labels in counts.items() if labels.total() >= _MOSTLY * stand[words]}
    )


def _inner(
    words: Sequence[str], outer: Match[Label], known: Lexicon[Label]
) -> Iterator[tuple[int, int, Label]]:
    """Shorter entries that stand inside a match, behind its first word."""
    first = outer.first + 1
    for match in matches(words[first : outer.behind], known):
        yield first + match.first, first + match.behind, match.entry.label


def _date_words(train: Sequence[Document]) -> frozenset[str]:
    """Words that stand in dates at least as often as not: months, days, عام."""
    in_dates: Counter[str] = Counter()
    everywhere: Counter[str] = Counter()
    for document in train:
        everywhere.update(_bare_words(document["text"] or ""))
    for entity in _entities(train):
        if entity["label"] == "DATE":
            in_dates.update(_bare_words(entity.get("text", "")))
    return frozenset(
        word for word, times in in_dates.items() if word.isalpha() and times >= _MOSTLY * everywhere[word]
    )


def _dates(words: Sequence[str], date_words: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Runs of date words, numbers and the marks between them that have at least one date word."""
    at = 0
    while at < len(words):
        behind = at
        while behind < len(words) and (
            words[behind] in date_words
            or _NUMBER.match(words[behind])
            or (behind > at and words[behind] in _DATE_JOINS)
        ):
            behind += 1
        last = behind
        while last > at and words[last - 1] in _DATE_JOINS:
            last -= 1
        if any(word in date_words for word in words[at:last]):
            yield at, last
        at = max(behind, at + 1)


def _heads(train: Sequence[Document]) -> dict[str, str]:
    """Words that mostly begin a name of several words, with the most frequent label of those."""
    begins: dict[str, Counter[str]] = defaultdict(Counter)
    everywhere: Counter[str] = Counter()
    for document in train:
        everywhere.update(_bare_words(document["text"] or ""))
    for entity in _entities(train):
        words = _bare_words(entity.get("text", ""))
        if entity.get("form") == "name" and entity["label"] != "DATE" and len(words) > 1:
            begins[words[0]][entity["label"]] += 1
    return {
        word: labels.most_common(1)[0][0]
        for word, labels in begins.items()
        if labels.total() >= max(_HEAD_TIMES, _MOSTLY * everywhere[word])
    }


def _tail(words: Sequence[str], at: int) -> int:
    """Behind the definite words that follow word `at`."""
    behind = at + 1
    while behind < len(words) and behind - at <= _LONGEST_TAIL and words[behind].startswith("ال"):
        behind += 1
    return behind


def _numbered(text: str, zones: Sequence[Zone], spans: Iterable[tuple[int, int, Label]]) -> list[Entity]:
    """Entities of spans outside of credit lines, in text order; mentions of the same words are of one referent."""
    credits_ = [zone for zone in zones if zone["kind"] == "credit"]
    found: list[Entity] = []
    referents: dict[str, str] = {}
    for start, end, (label, form) in sorted(set(spans), key=lambda span: (span[0], -span[1], span[2])):
        if zone_of(credits_, start, end):
            continue
        words = text[start:end]
        referent = referents.setdefault(bare(words), f"r{len(referents) + 1}")
        entity: Entity = {
            "type": "entity", "id": f"e{len(found) + 1}", "label": label, "form": form,
            "start": start, "end": end, "text": words, "referent": referent,
        }  # fmt: skip
        found.append(entity)
    return found


# --- Claims -------------------------------------------------------------------------------------------


def every_sentence(train: Sequence[Document]) -> ClaimSystem:
    """Every sentence outside of headings and credit lines is a claim of the author. Nothing is learnt."""

    def annotate(text: str, zones: Sequence[Zone], mentions: Mentions) -> list[Claim]:
        found = [_authors(text, span) for span in _prose(text, zones)]
        return cast(list[Claim], _with_ids("c", found))

    return annotate


def claim_rules(train: Sequence[Document]) -> ClaimSystem:
    """A cue of training that is one at least as often as not, and behind it إن or أن, a colon or an opening quotation mark: the
    content reaches from there to the end of the quotation or sentence.

    The claimer is the nearest mention between cue and content that can speak, else the nearest before the cue, else nobody
    named; so it is where the cue mostly has no named claimer in training. Polarity and certainty are the cue's most
    frequent ones. A sentence without such a claim is the author's.
    """
    cues: dict[Words, Counter[Any]] = defaultdict(Counter)
    for document in train:
        for claim in layer_view(document, GOLD).claims:
            if cue := claim.get("cue"):
                kind = (claim.get("polarity"), claim.get("certainty"), claim["claimers"] == [UNNAMED])
                cues[_bare_words(cue.get("text", ""))][kind] += 1
    known = _mostly(train, cues)

    def annotate(text: str, zones: Sequence[Zone], mentions: Mentions) -> list[Claim]:
        speakers = [mention for mention in mentions if mention["label"] in SOURCES]
        found: list[Any] = []
        for span in _prose(text, zones):
            said = list(_reported(text, span, known, speakers))
            found += said or [_authors(text, span)]
        return cast(list[Claim], _with_ids("c", found))

    return annotate


def _prose(text: str, zones: Sequence[Zone]) -> list[tuple[int, int]]:
    """The sentences outside of headings and credit lines."""
    return [span for span in sentences(text) if not zone_of(list(zones), *span)]


def _authors(text: str, span: tuple[int, int]) -> dict[str, Any]:
    start, end = proper_edges(text, *span) or span
    return {
        "type": "claim", "start": start, "end": end, "text": text[start:end], "claimers": ["author"], "via": "none", "cue": None,
        "mode": "unattributed", "polarity": "affirmed", "certainty": "certain", "checkworthy": True,
    }  # fmt: skip


def _reported(
    text: str, span: tuple[int, int], known: Lexicon[Any], speakers: Mentions
) -> Iterator[dict[str, Any]]:
    """The claims of a sentence: each cue up to the next, with the content that opens behind it."""
    raw, places = tokens(text[slice(*span)])
    starts = [span[0] + place for place in places]
    words = [bare(word) for word in raw]
    for match in matches(words, known):
        opens = _content_opens(words, match.behind)
        if opens is None or opens >= len(words):
            continue
        quoted = words[opens - 1] in _OPENING
        begin = starts[opens]
        marks = [at for mark in _CLOSING if (at := text.find(mark, begin, span[1])) > begin]
        end = min(marks) if quoted and marks else span[1]
        start, end = proper_edges(text, begin, end) or (begin, end)
        cue = starts[match.first], starts[match.behind - 1] + len(raw[match.behind - 1])
        polarity, certainty, is_nobody = match.entry.label
        claimers, via = _claimer(speakers, cue, start, span[0]) if not is_nobody else ([UNNAMED], "none")
        yield {
            "type": "claim", "start": start, "end": end, "text": text[start:end], "claimers": claimers, "via": via,
            "cue": {"start": cue[0], "end": cue[1], "text": text[slice(*cue)]}, "mode": "direct" if quoted else "indirect",
            "polarity": polarity or "affirmed", "certainty": certainty or "certain", "checkworthy": True,
        }  # fmt: skip


def _content_opens(words: Sequence[str], behind: int) -> int | None:
    """The word with which the content begins, or None where nothing opens one."""
    for at in range(behind, min(behind + _FURTHEST, len(words))):
        if _CONTENT_OPENS.match(words[at]) or words[at] == ":" or words[at] in _OPENING:
            follows = words[at + 1] if at + 1 < len(words) else ""
            return at + 2 if follows and follows in _OPENING else at + 1
    return None


def _claimer(speakers: Mentions, cue: tuple[int, int], content: int, sentence: int) -> tuple[list[str], str]:
    """Who claims, and how they are given."""
    between = [one for one in speakers if cue[1] <= one["start"] and one["end"] <= content]
    if between:
        return [between[0]["id"]], "mention"
    before = [one for one in speakers if one["end"] <= cue[0]]
    if not before:
        return [UNNAMED], "none"
    nearest = max(before, key=lambda one: one["end"])
    return [nearest["id"]], "mention" if nearest["start"] >= sentence else "dropped"


# --- Stances ------------------------------------------------------------------------------------------


def most_frequent_stance(train: Sequence[Document]) -> StanceSystem:
    """In every sentence with two mentions or more that first one that can hold a stance has the most frequent stance of
    training towards the mention behind it; the word behind the holder is the anchor.
    """
    labels = Counter(stance["label"] for document in train for stance in layer_view(document, GOLD).stances)
    label = labels.most_common(1)[0][0] if labels else None

    def annotate(text: str, zones: Sequence[Zone], mentions: Mentions) -> list[Stance]:
        found = []
        for span in _prose(text, zones) if label else ():
            inside = [one for one in mentions if span[0] <= one["start"] and one["end"] <= span[1]]
            holder = next((one for one in inside if one["label"] in SOURCES), None)
            target = next((one for one in inside if holder and one["start"] >= holder["end"]), None)
            if holder and target:
                words, places = tokens(text[holder["end"] : span[1]])
                start = holder["end"] + places[0]
                found.append(_stance(text, start, start + len(words[0]), str(label), holder, target))
        return cast(list[Stance], _with_ids("s", found))

    return annotate


def stance_rules(train: Sequence[Document]) -> StanceSystem:
    """An anchor of training that is one at least as often as not, with its most frequent label. The holder is the nearest mention
    behind it that can hold a stance, where another mention follows as the target; else the nearest before it, and the target
    the nearest behind.
    """
    anchors: dict[Words, Counter[str]] = defaultdict(Counter)
    for document in train:
        for stance in layer_view(document, GOLD).stances:
            anchors[_bare_words(stance.get("text", ""))][stance["label"]] += 1
    known = _mostly(train, anchors)

    def annotate(text: str, zones: Sequence[Zone], mentions: Mentions) -> list[Stance]:
        found = []
        for span in _prose(text, zones):
            raw, places = tokens(text[slice(*span)])
            for match in matches([bare(word) for word in raw], known):
                start = span[0] + places[match.first]
                end = span[0] + places[match.behind - 1] + len(raw[match.behind - 1])
                if roles := _roles(mentions, start, end, span):
                    found.append(_stance(text, start, end, match.entry.label, *roles))
        return cast(list[Stance], _with_ids("s", found))

    return annotate


def _roles(mentions: Mentions, start: int, end: int, span: tuple[int, int]) -> tuple[Entity, Entity] | None:
    """Holder and target of an anchor, both in its sentence but for a holder before it."""
    behind = [one for one in mentions if one["start"] >= end and one["end"] <= span[1]]
    if len(behind) > 1 and behind[0]["label"] in SOURCES:
        further = [one for one in behind[1:] if one["start"] >= behind[0]["end"]]
        if further:
            return behind[0], further[0]
    before = [one for one in mentions if one["end"] <= start and one["label"] in SOURCES]
    return (max(before, key=lambda one: one["end"]), behind[0]) if before and behind else None


def _stance(text: str, start: int, end: int, label: str, holder: Entity, target: Entity) -> dict[str, Any]:
    return {
        "type": "stance", "label": label, "start": start, "end": end, "text": text[start:end],
        "holders": [holder["id"]], "target": target["id"],
    }  # fmt: skip


def _with_ids(letter: str, found: Iterable[dict[str, Any]]) -> list[Annotation]:
    numbers = count(1)
    return [cast(Annotation, {"type": one["type"], "id": f"{letter}{next(numbers)}", **one}) for one in found]


ENTITY_SYSTEMS: dict[str, Callable[[Sequence[Document]], EntitySystem]] = {
    "most-frequent": most_frequent,
    "gazetteer": gazetteer,
    "rules": entity_rules,
}
CLAIM_SYSTEMS: dict[str, Callable[[Sequence[Document]], ClaimSystem]] = {
    "every-sentence": every_sentence,
    "rules": claim_rules,
}
WITHOUT_MENTIONS = frozenset({"every-sentence"})  # systems that make nothing of the mentions they are handed
STANCE_SYSTEMS: dict[str, Callable[[Sequence[Document]], StanceSystem]] = {
    "most-frequent": most_frequent_stance,
    "rules": stance_rules,
}
