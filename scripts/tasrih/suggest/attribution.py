"""Claims proposed by rules: who says what in which words, and what the author says himself.

A sentence's reports are found by their cues (`reports`), each content is bounded and split (`contents`), its claimer is sought
among the mentions of the draft (`mentions`), and what is left of the sentence is the author's. How much a pattern is to be
believed is counted in the training split: how often what it fires on is a claim there (`confidence`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from tasrih.model import AUTHOR, UNNAMED, Annotation, Claim, Document, Entity, LayerView, claim_parts
from tasrih.store import Corpus
from tasrih.suggest import Draft, Suggest, fresh_ids, training
from tasrih.suggest.claimers import claimers_of
from tasrih.suggest.clauses import (
    Sentence,
    certainty,
    connective,
    is_direct,
    is_negated,
    is_opinion,
    prose,
    trimmed,
    words_of,
)
from tasrih.suggest.confidence import Confidence
from tasrih.suggest.contents import breaks, by_cue, conjunction, content_behind, pieces, runs
from tasrih.suggest.mentions import Mentions
from tasrih.suggest.proposals import Proposal, Rules
from tasrih.suggest.reports import Report, reports
from tasrih.suggest.subjects import clause_before, remember_subjects, subject_of_run
from tasrih.text.quotes import enclosed
from tasrih.text.sentences import sentences

THRESHOLD = 0.3  # below this confidence nothing is proposed; chosen by leaving articles of training out
_AUTHORS = "author"


def make(corpus: Corpus) -> Suggest:
    """A suggester of claims whose confidence is that of the rules on the training gold."""
    return of_documents(training(corpus))


def of_documents(documents: Iterable[Document], threshold: float = THRESHOLD) -> Suggest:
    """A suggester of claims, its confidence counted on the gold of `documents`."""
    return _RULES.suggester(documents, threshold)


def of_draft(draft: Draft, known: Confidence, threshold: float = THRESHOLD) -> list[Annotation]:
    """The claims of a draft that are believed enough, and the mentions that they need, in text order."""
    return _RULES.of_draft(draft, known, threshold)


def _is_right(mine: dict[str, Any], gold: LayerView) -> bool:
    """Whether gold has a claim that is of one kind with this one and overlaps it, their cues too where both have one."""
    return any(_same(mine, theirs) for theirs in gold.claims)


def _same(mine: dict[str, Any], theirs: Claim) -> bool:
    if (mine["claimers"] == [AUTHOR]) != (theirs["claimers"] == [AUTHOR]):
        return False
    if not any(start < mine["end"] and mine["start"] < end for start, end in claim_parts(theirs)):
        return False
    cue, other = mine["cue"], theirs.get("cue")
    return not cue or not other or (cue["start"] < other["end"] and other["start"] < cue["end"])


# --- A sentence ---------------------------------------------------------------------------------------


def proposals(draft: Draft, mentions: Mentions) -> list[Proposal]:
    """Everything that the rules find, believed or not."""
    found: list[Proposal] = []
    quoted = 0  # the code point behind the last quotation that has a cue
    for sentence in prose(draft.text, draft.zones):
        made = _of_sentence(draft.text, mentions, sentence, quoted)
        quoted = max([quoted, *(one.line["end"] for one in made if one.line["cue"])])
        found += made
    return found


def _of_sentence(text: str, mentions: Mentions, sentence: Sentence, quoted: int) -> list[Proposal]:
    """The claims of a sentence; of what stands before code point `quoted` the claim is made already."""
    found: list[Proposal] = []
    reported = reports(mentions, sentence)
    cues = by_cue(reported)
    covered: list[tuple[int, int]] = [(0, sentence.at(quoted))] if quoted > sentence.start else []
    ends: list[int] = []
    remember_subjects(mentions, sentence)
    for report in reported:
        before = [one.begins for one in reported if one.cue_first < report.cue_first]
        floor = max((end for end in (0, *ends, *before) if end <= report.cue_first), default=0)
        first = _clause_start(mentions, sentence, report, floor, cues)
        made, behind = _reported(text, mentions, sentence, report, first, cues)
        found += made
        if not made:
            continue
        hangs = (report.is_adjunct or report.form.part == "masdar") and not any(
            start <= report.cue_first <= end for start, end in covered
        )
        mentions.contents += [(one.line["start"], one.line["end"]) for one in made]
        if not hangs:
            begins = min(first, report.begins if report.pattern == "postposed" else first)
            covered.append((begins, max(behind, report.cue_behind)))
        ends.append(behind)
    for uncued, begins, ends_at in list(_without_cue(text, mentions, sentence, covered)):
        found.append(uncued)
        covered.append((begins, ends_at))
    for run in runs(mentions, sentence, covered, text):
        found += _authors(text, mentions, sentence, run.first, run.behind, run.start)
    return found


def _without_cue(
    text: str, mentions: Mentions, sentence: Sentence, covered: Sequence[tuple[int, int]]
) -> Iterator[tuple[Proposal, int, int]]:
    """A whole quotation behind a colon where the sentence names its speaker and has no reporting word (3.1)."""
    for opening, closing in sentence.quotations:
        first, behind = sentence.at(opening), sentence.at(closing)
        free = first < behind and not any(start < behind and first < end for start, end in covered)
        span = trimmed(text, opening + 1, closing) if free and ":" in sentence.words[first].gap else None
        if span is None or not first or not enclosed(text, *span):
            continue
        begins = max((end for _, end in covered if end <= first), default=0)
        speakers = subject_of_run(mentions, sentence, begins, first) if begins < first else []
        if speakers and speakers[0]["label"] in ("PER", "ORG", "OCC", "GPE", "MEDIA"):
            inside = sentence.words[first:behind]
            polarity = "negated" if is_negated(inside) else "affirmed"
            names = [one["id"] for one in speakers]
            claim = _claim(
                text, [span], names, "mention", None, polarity, certainty(inside), not is_opinion(inside)
            )
            yield Proposal(claim, "colon without cue", ""), first, behind


def _clause_start(
    mentions: Mentions, sentence: Sentence, report: Report, floor: int, cues: Mapping[int, Report]
) -> int:
    """The word with which the clause of a cue begins: behind the last break before it."""
    at = report.phrase[0] if report.phrase else report.cue_first
    skipped = report.skipped if report.is_finite and not report.phrase else 0
    return clause_before(mentions, sentence, at, skipped, floor, cues)


def _reported(
    text: str, mentions: Mentions, sentence: Sentence, report: Report, first: int, cues: Mapping[int, Report]
) -> tuple[list[Proposal], int]:
    """The claims of one report, and the word behind its clause."""
    claimers, via = claimers_of(mentions, sentence, report, first)
    cue_word = sentence.words[report.cue_first]
    cue = (cue_word.behind(report.skipped), sentence.words[report.cue_behind - 1].end)
    if report.phrase is not None:
        spans, behind = _around(text, mentions, sentence, report, first, cues)
        if not spans:
            return [], report.cue_behind
        around = [word for span in spans for word in words_of(text, *span)]
        polarity = "negated" if is_negated(around) else "affirmed"
        sure = certainty(around)
        if report.entry.get("certainty") or "تقدير" in report.lemma or "توقع" in report.lemma:
            sure = max(
                sure,
                report.entry.get("certainty", "probable"),
                key=("certain", "probable", "possible", "unknown").index,
            )
        claim = _claim(text, spans, claimers, via, cue, polarity, sure, not is_opinion(around))
        return [Proposal(claim, report.pattern, report.lemma)], behind
    if report.quotation is not None and report.pattern in _WHOLE_QUOTATIONS:
        return _quoted(text, mentions, sentence, report, claimers, via, cue)
    behind = content_behind(mentions, sentence, report, cues)
    made = []
    for piece in pieces(sentence, report, report.begins, behind):
        if piece.behind <= piece.first:
            continue
        span = trimmed(text, piece.start, sentence.words[piece.behind - 1].end)
        if span is None or (span[0] < cue[1] and cue[0] < span[1]):
            continue
        inside = sentence.words[piece.first : piece.behind]
        checkable = not (
            is_opinion(inside)
            or report.entry.get("law")
            or report.entry.get("predicate")
            or report.pattern in ("second", "in")
        )
        about = _about(mentions, sentence, piece.first, piece.behind, claimers, report)
        claim = _claim(text, [span], claimers, via, cue, piece.polarity, piece.certainty, checkable, about)
        made.append(Proposal(claim, report.pattern, report.lemma))
    return made, behind


_WHOLE_QUOTATIONS = ("quotation", "postposed", "predicate", "document", "noun")


def _quoted(
    text: str,
    mentions: Mentions,
    sentence: Sentence,
    report: Report,
    claimers: list[str],
    via: str,
    cue: tuple[int, int],
) -> tuple[list[Proposal], int]:
    """The claims of a quotation: one a sentence in it, which share the cue (3.4)."""
    opening, closing = cast(tuple[int, int], report.quotation)
    made = []
    behind = sentence.at(closing)
    if closing <= sentence.end and report.pattern != "postposed":
        parts = pieces(sentence, report, report.begins, max(behind, report.begins + 1))
        spans = [
            (piece.start, sentence.words[piece.behind - 1].end, piece.polarity, piece.certainty)
            for piece in parts
        ]
        if len(parts) == 1:
            spans = [(opening + 1, closing, parts[0].polarity, parts[0].certainty)]
    else:
        spans = [
            (opening + 1 + start, opening + 1 + end, "", "")
            for start, end in sentences(text[opening + 1 : closing])
        ]
    for start, end, judged, sure in spans:
        span = trimmed(text, start, end)
        if span is None:
            continue
        inside = words_of(text, *span)
        polarity = judged or ("negated" if is_negated(inside) else "affirmed")
        about = _about(mentions, sentence, sentence.at(start), sentence.at(end), claimers, report)
        checkable = not is_opinion(inside) and report.pattern != "predicate"
        claim = _claim(
            text, [span], claimers, via, cue, polarity, sure or certainty(inside), checkable, about
        )
        if len(spans) > 1 and is_direct(text, *span):
            claim["mode"] = "direct"
        made.append(Proposal(claim, report.pattern, report.lemma))
    if report.pattern == "postposed":
        behind = report.cue_behind
        while behind < len(sentence.words) and not sentence.words[behind].comma:
            behind += 1
    return made, behind


def _around(
    text: str, mentions: Mentions, sentence: Sentence, report: Report, first: int, cues: Mapping[int, Report]
) -> tuple[list[tuple[int, int]], int]:
    """The content around an adverbial, in one part or two, and the word behind its clause."""
    words = sentence.words
    begins, ends = cast(tuple[int, int], report.phrase)
    behind = ends
    while behind < min(len(words), ends + 60) and not breaks(mentions, sentence, behind, cues, ends):
        behind += 1
    if ends < len(words) and breaks(mentions, sentence, ends, cues, ends):
        behind = ends
    while first < begins and (length := connective(words, first)):
        first += length
    spans = []
    if first < begins:
        spans.append(
            trimmed(text, words[first].behind(conjunction(mentions, words[first])), words[begins - 1].end)
        )
    if ends < behind:
        spans.append(trimmed(text, words[ends].start, words[behind - 1].end))
    return [span for span in spans if span], behind


def _claim(
    text: str,
    spans: Sequence[tuple[int, int]],
    claimers: list[str],
    via: str,
    cue: tuple[int, int] | None,
    polarity: str,
    sure: str,
    checkable: bool,
    about: Sequence[str] = (),
) -> dict[str, Any]:
    start, end = spans[0][0], spans[-1][1]
    authors = claimers == [AUTHOR]
    direct = not authors and all(enclosed(text, *span) for span in spans)
    claim: dict[str, Any] = {
        "type": "claim", "start": start, "end": end, "text": text[start:end], "claimers": claimers, "via": via,
        "cue": {"start": cue[0], "end": cue[1], "text": text[slice(*cue)]} if cue else None,
        "mode": "unattributed" if authors else "direct" if direct else "indirect", "polarity": polarity, "certainty": sure,
        "checkworthy": checkable and sure != "unknown", "about": list(about), "within": None,
    }  # fmt: skip
    if len(spans) > 1:
        claim["fragments"] = [list(span) for span in spans]
    return claim


# --- What about ---------------------------------------------------------------------------------------


def _about(
    mentions: Mentions,
    sentence: Sentence,
    first: int,
    behind: int,
    claimers: Sequence[str],
    report: Report | None,
) -> list[str]:
    """The subject of the content where it is a mention that opens it, stands behind its verb, or is a pronoun on أن."""
    words = sentence.words
    for here in range(first, min(behind, first + 3)):
        entity = mentions.at(words[here])
        if entity is not None and entity["label"] != "DATE":
            person = mentions.after_title(entity, sentence)
            return [one["id"] for one in mentions.coordinated(person, sentence)] if _is_told(entity) else []
    if (
        report is not None
        and not report.entry.get("predicate")
        and report.opener_first >= 0
        and words[report.opener_first].letters.endswith(("ه", "ها", "هم"))
    ):
        return [name for name in claimers if name != UNNAMED]
    return []


def _is_told(entity: Entity) -> bool:
    return entity["label"] not in ("NORP",)


def _authors(
    text: str, mentions: Mentions, sentence: Sentence, first: int, behind: int, start: int
) -> list[Proposal]:
    span = trimmed(text, start, sentence.words[behind - 1].end)
    if span is None:
        return []
    inside = sentence.words[first:behind]
    sought = subject_of_run(mentions, sentence, first, behind)
    polarity = "negated" if is_negated(inside) else "affirmed"
    about = [one["id"] for one in sought]
    claim = _claim(
        text, [span], [AUTHOR], "none", None, polarity, certainty(inside), not is_opinion(inside), about
    )
    return [Proposal(claim, _AUTHORS, "")]


# --- Together -----------------------------------------------------------------------------------------


def _numbered(draft: Draft, found: Sequence[dict[str, Any]]) -> list[Claim]:
    """The claims in text order with ids and the innermost claim that each lies in; none stands twice."""
    claims: list[Claim] = []
    seen: set[Any] = set()
    ids = fresh_ids("c", draft)
    for claim in sorted(found, key=lambda one: (one["start"], -one["end"])):
        cue = claim["cue"]
        key = (claim["start"], claim["end"], tuple(claim["claimers"]), cue and cue["start"])
        if key not in seen:
            seen.add(key)
            claims.append(cast(Claim, {"type": "claim", "id": next(ids), **claim}))
    _nest(claims)
    return claims


def _nest(claims: Sequence[Claim]) -> None:
    """Writes into each claim the innermost one that holds its cue and content; claims are in text order."""
    open_: list[Claim] = []
    for claim in claims:
        open_ = [other for other in open_ if other["end"] > claim["start"]]
        cue = claim.get("cue")
        spans = claim_parts(claim) + ([(cue["start"], cue["end"])] if cue else [])
        outer = [
            other
            for other in open_
            if (other["start"], other["end"]) != (claim["start"], claim["end"])
            and all(any(a <= start and end <= b for a, b in claim_parts(other)) for start, end in spans)
        ]
        claim["within"] = min(outer, key=lambda other: other["end"] - other["start"])["id"] if outer else None
        open_.append(claim)


_RULES = Rules(proposals, _is_right, _numbered)
