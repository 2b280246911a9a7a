"""Rules that entities, claims and stances share: offsets, quotes and edges. One rule a family."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from tasrih.check.rule import Context, Example, Fault, Rule, add
from tasrih.model import LayerView
from tasrih.text.canonical import QuoteKey

_SENTENCE = "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة الصحة</e1> إن <c1>الحملة بدأت</c1>، و<s1 support>تؤيد</s1> <e2 EVENT>المؤتمر</e2>.\n=== roles\nc1 claimers=e1\ns1 holders=e1 target=e2"
GOOD = Example(_SENTENCE)


def _records(layer: LayerView, family: str) -> list[Any]:
    return {"E": layer.entities, "C": layer.claims, "S": layer.stances}[family]  # type: ignore[return-value]


def _parts(record: Any) -> Iterator[tuple[Any, tuple[str | int, ...]]]:
    """A record and, of a claim, its cue: what has start, end and quote of its own."""
    yield record, ()
    if record.get("cue"):
        yield record["cue"], ("cue",)


def _offsets(family: str) -> Callable[[LayerView, Context], Iterator[Fault]]:
    def rule(layer: LayerView, context: Context) -> Iterator[Fault]:
        length = (
            layer.article["length"] if layer.text is None else min(layer.article["length"], len(layer.text))
        )
        for record in _records(layer, family):
            if not record["start"] < record["end"] <= length:
                yield _outside(record, record, length, ())
            cue = record.get("cue")
            if cue and not cue["start"] < cue["end"] <= length:
                yield _outside(record, cue, length, ("cue",))
            for index, (start, end) in enumerate(record.get("fragments", ())):
                if max(start, end) > length:
                    yield _outside(record, {"start": start, "end": end}, length, ("fragments", index))

    return rule


def _outside(record: Any, part: Any, length: int, pointer: tuple[str | int, ...]) -> Fault:
    return Fault(
        f"[{part['start']}, {part['end']}) is empty or past the end: the text has {length} code points",
        "offsets are code points, half-open",
        record,
        pointer if pointer[:1] == ("fragments",) else (*pointer, "end"),
    )


def _quotes(family: str) -> Callable[[LayerView, Context], Iterator[Fault]]:
    def rule(layer: LayerView, context: Context) -> Iterator[Fault]:
        text = layer.text
        if text is None:
            return
        key: QuoteKey | None = None
        for record in _records(layer, family):
            if family != "C" and record.get("text") == text[record["start"] : record["end"]]:
                continue  # most are, and there are many
            for part, pointer in _parts(record):
                there = text[part["start"] : part["end"]]
                if "text" in part:
                    if part["text"] != there:
                        yield Fault(
                            f"says «{_short(part['text'])}», the text there says «{_short(there)}»",
                            _where(text, part),
                            record,
                            (*pointer, "text"),
                        )
                elif "quote_hmac" in part:
                    key = key or QuoteKey(text)
                    if key.digest(there) != part["quote_hmac"]:
                        yield Fault(
                            "the keyed hash is not that of the words there",
                            "was the annotation made on this text?",
                            record,
                            (*pointer, "quote_hmac"),
                        )

    return rule


def _short(quote: str) -> str:
    return quote if len(quote) <= 40 else quote[:25] + " … " + quote[-10:]


def _where(text: str, part: Any) -> str:
    """Where the quoted words stand nearest to where they were said to."""
    best = nearest(text, part["text"], part["start"])
    return (
        "these words stand nowhere in the text"
        if best is None
        else f"start should be {best}, end {best + len(part['text'])}"
    )


def nearest(text: str, quote: str, at: int) -> int | None:
    """Start of the occurrence of `quote` in `text` nearest to code point `at`, or None."""
    before = text.rfind(quote, 0, at + len(quote))
    behind = text.find(quote, at)
    found = [place for place in (before, behind) if place >= 0]
    return min(found, key=lambda place: abs(place - at), default=None)


def _bounds(claim: Any) -> Iterator[tuple[int, int, tuple[str | int, ...]]]:
    """Start and end of a claim's content, or of each of its fragments, and of its cue."""
    if "fragments" in claim:
        for index, (start, end) in enumerate(claim["fragments"]):
            yield start, end, ("fragments", index)
    else:
        yield claim["start"], claim["end"], ()
    if cue := claim.get("cue"):
        yield cue["start"], cue["end"], ("cue",)


def _is_plain(text: str, start: int, end: int) -> bool:
    """Whether letters or digits stand at both edges of [start, end), and no closing mark behind it."""
    return (
        text[start : start + 1].isalnum()
        and text[end - 1 : end].isalnum()
        and text[end : end + 1] not in CLOSING
    )


def has_wrong_edge(text: str, start: int, end: int) -> bool:
    """Whether [start, end) begins inside a letter or is not as `proper_edges` would have it."""
    if _is_plain(text, start, end):
        return False
    begins_inside = bool(unicodedata.combining(text[start : start + 1] or " "))
    return begins_inside or _holds_nothing(text, start, end) or proper_edges(text, start, end) is not None


def _holds_nothing(text: str, start: int, end: int) -> bool:
    """Whether [start, end) is nothing but white space and edge marks, so that no proper span is in it."""
    return not text[start:end].translate(_NO_EDGE_MARKS).strip()


def _edges(family: str) -> Callable[[LayerView, Context], Iterator[Fault]]:
    def rule(layer: LayerView, context: Context) -> Iterator[Fault]:
        text = layer.text
        if text is None:
            return
        for record in _records(layer, family):
            if family != "C" and _is_plain(text, record["start"], record["end"]):
                continue  # most are, and there are many
            for start, end, pointer in _bounds(record):
                if _is_plain(text, start, end):
                    continue
                if unicodedata.combining(text[start : start + 1] or " "):
                    yield Fault(
                        f"«{_short(text[start:end])}» begins inside a letter",
                        "begin before the letter",
                        record,
                        pointer,
                    )
                elif _holds_nothing(text, start, end):
                    yield Fault(
                        f"«{_short(text[start:end])}» is nothing but white space and marks",
                        "delete the annotation, or set start and end to the words that are meant",
                        record,
                        pointer,
                    )
                elif span := proper_edges(text, start, end):
                    yield Fault(
                        f"«{_short(text[start:end])}» has white space or marks at its edge, or cuts a pair of marks",
                        f"the span should be [{span[0]}, {span[1]}): «{_short(text[span[0] : span[1]])}»",
                        record,
                        pointer,
                    )

    return rule


_PAIRS = {"«": "»", "“": "”", '"': '"', "”": "“", "(": ")"}
CLOSING = frozenset(_PAIRS.values())
_EDGE_MARKS = ".,،؛;:؟!"
_NO_EDGE_MARKS = str.maketrans("", "", _EDGE_MARKS)
_MOST_MARKS = 1000


def proper_edges(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span as its edges should be; None where they are so already.

    White space and edge punctuation are left out, and so are marks round the whole. A mark whose partner stands
    inside the span belongs to it.
    """
    first, last = start, end
    for _ in range(_MOST_MARKS):
        once = _edges_once(text, first, last)
        if once == (first, last) or once[0] >= once[1]:
            break
        first, last = once
    return (first, last) if (first, last) != (start, end) else None


def _edges_once(text: str, first: int, last: int) -> tuple[int, int]:
    """The span after one step: behind the mark at an edge there may stand another."""
    while first < last and (text[first].isspace() or text[first] in _EDGE_MARKS):
        first += 1
    while last > first and (text[last - 1].isspace() or text[last - 1] in _EDGE_MARKS):
        last -= 1
    inner = text[first:last]
    if (
        len(inner) >= 2
        and inner[0] != "("
        and _PAIRS.get(inner[0]) == inner[-1]
        and not {inner[0], inner[-1]} & set(inner[1:-1])
    ):
        first, last = first + 1, last - 1
    elif inner[:1] in _PAIRS and _PAIRS[inner[0]] not in inner[1:]:
        first += 1
    elif inner[-1:] in CLOSING and _open_mark(inner[:-1]) != inner[-1]:
        last -= 1
    elif text[last : last + 1] in CLOSING and _open_mark(inner) == text[last]:
        last += 1
    return first, last


def _open_mark(words: str) -> str:
    """The closing mark of the last mark in `words` that is opened and not closed, or nothing."""
    waiting: list[str] = []
    for character in words:
        if waiting and character == waiting[-1]:
            waiting.pop()
        elif character in _PAIRS and character != "”":
            waiting.append(_PAIRS[character])
    return waiting[-1] if waiting else ""


_WORD = {"E": "entity", "C": "claim", "S": "stance"}


def _patched(family: str, **values: Any) -> Example:
    index = {"E": 1, "C": 2, "S": 3}[family]
    return Example(_SENTENCE, {f"/layers/gold/{index}/{key}": value for key, value in values.items()})


_EDGE_EXAMPLES = {
    "E": "<e1 ORG>وزارة الصحة </e1>أعلنت الخبر.",
    "C": "<c1#cue>قالت</c1#cue> <e1 ORG>الهيئة</e1> إن <c1>الحملة بدأت.</c1>\n=== roles\nc1 claimers=e1",
    "S": "<e1 ORG>الهيئة</e1> <s1 support>تؤيد </s1><e2 EVENT>المؤتمر</e2>.\n=== roles\ns1 holders=e1 target=e2",
}


def _register() -> None:
    for family, word in _WORD.items():
        add(
            Rule(
                f"{family}102",
                "error",
                "layer",
                f"The {word} lies outside of the text",
                "Offsets are code points, half-open: 0 ≤ start < end ≤ the article's length. "
                "An offset in UTF-16 units or bytes is past the end sooner or later.",
                "count the offsets again, best by the inline format",
                _patched(family, end=900),
                GOOD,
                _offsets(family),
            )
        )
        add(
            Rule(
                f"{family}103",
                "error",
                "layer",
                f"The {word}'s quote is not what the text says there",
                "Every annotation repeats its words, so that a slipped offset is caught. In a stand-off layer the "
                "keyed hash is compared once the text is hydrated.",
                "set start and end to where the words stand",
                _patched(family, text="كلمة أخرى"),
                GOOD,
                _quotes(family),
            )
        )
        add(
            Rule(
                f"{family}104",
                "error",
                "layer",
                f"The {word}'s span has white space or marks at its edge",
                "White space, edge punctuation and quotation marks round the whole stay out of a span; a mark whose "
                "partner is inside belongs to it.",
                "take the white space or the mark out: «tasrih check --fix» does it",
                Example(_EDGE_EXAMPLES[family]),
                GOOD,
                _edges(family),
                fixable=True,
            )
        )


_register()
