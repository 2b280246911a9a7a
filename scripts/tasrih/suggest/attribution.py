"""Claims proposed by rules: who says what in which words, and what the author says himself.

A sentence's reports are found by their cues (`reports`), each content is bounded and split (`contents`), its claimer is sought
among the mentions of the draft (`mentions`), and what is left of the sentence is the author's. How much a pattern is to be
believed is counted in the training split: how often what it fires on is a claim there (`confidence`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

from tasrih.model import AUTHOR, GOLD, UNNAMED, Annotation, Claim, Document, Entity, claim_parts, layer_view
from tasrih.store import Corpus
from tasrih.suggest import Draft, Suggest, fresh_ids, training
from tasrih.suggest.clauses import (
    Sentence,
    Word,
    certainty,
    connective,
    is_direct,
    is_negated,
    is_opinion,
    is_preposition,
    opener,
    prose,
    readings,
    trimmed,
    words_of,
)
from tasrih.suggest.confidence import Confidence, Firing, counted
from tasrih.suggest.contents import (
    breaks,
    by_cue,
    conjunction,
    content_behind,
    pieces,
    runs,
    starts_nominal,
)
from tasrih.suggest.inflection import Form
from tasrih.suggest.mentions import SOURCES, Mentions, Sought, issuer, subject_behind
from tasrih.suggest.reports import Report, document_of, reports
from tasrih.suggest.vocabulary import attitudes, clause_words, predicates, reporting
from tasrih.text.quotes import enclosed
from tasrih.text.sentences import sentences

THRESHOLD = 0.3  # below this confidence nothing is proposed; chosen by leaving articles of training out
_BACK = 30  # words from a cue to where its clause may begin
_AUTHORS = "author"
_IMPERSONAL = frozenset(("ذكر", "اعتقد", "توقع", "لاحظ", "انتظر", "أشار", "ظن", "رجح", "زعم", "حكى", "افترض"))


@dataclass(slots=True)
class Proposal:
    """A claim before it has an id, with the pattern and lemma that its confidence is counted by."""

    claim: dict[str, Any]
    pattern: str
    lemma: str


def make(corpus: Corpus) -> Suggest:
    """A suggester of claims whose confidence is that of the rules on the training gold."""
    return of_documents(training(corpus))


def of_documents(documents: Iterable[Document], threshold: float = THRESHOLD) -> Suggest:
    """A suggester of claims, its confidence counted on the gold of `documents`, which need text."""
    known = confidence([document for document in documents if document["text"] is not None])

    def suggest(drafts: Sequence[Draft]) -> list[list[Annotation]]:
        return [of_draft(draft, known, threshold) for draft in drafts]

    return suggest


def of_draft(draft: Draft, known: Confidence, threshold: float = THRESHOLD) -> list[Annotation]:
    """The claims of a draft that are believed enough, and the mentions that they need, in text order."""
    mentions = Mentions.of(draft)
    kept = [one for one in proposals(draft, mentions) if known.share(one.pattern, one.lemma) >= threshold]
    claims = _numbered(draft, [(one.claim, known.share(one.pattern, one.lemma)) for one in kept])
    used = {name for claim in claims for name in claim["claimers"]}
    named = [entity for entity in mentions.proposed if entity["id"] in used]
    return sorted([*named, *claims], key=lambda line: (line["start"], -line["end"], line["type"] != "entity"))


def firings(document: Document, draft: Draft) -> Iterator[Firing]:
    """What the rules propose for an article with gold, and whether gold has it."""
    gold = layer_view(document, GOLD).claims
    for one in proposals(draft, Mentions.of(draft)):
        yield Firing(one.pattern, one.lemma, any(_same(one.claim, claim) for claim in gold))


def _same(mine: dict[str, Any], theirs: Claim) -> bool:
    """Whether two claims are of one kind and overlap, their cues too where both have one."""
    if (mine["claimers"] == [AUTHOR]) != (theirs["claimers"] == [AUTHOR]):
        return False
    if not any(start < mine["end"] and mine["start"] < end for start, end in claim_parts(theirs)):
        return False
    cue, other = mine["cue"], theirs.get("cue")
    return not cue or not other or (cue["start"] < other["end"] and other["start"] < cue["end"])


def confidence(documents: Sequence[Document]) -> Confidence:
    """How often each pattern with each lemma fires on a claim of gold, given gold's mentions."""
    return counted(firing for document in documents for firing in firings(document, gold_draft(document)))


def gold_draft(document: Document) -> Draft:
    """The draft of an article with gold's mentions in it."""
    entities = layer_view(document, GOLD).entities
    return Draft(cast(str, document["text"]), document["article"]["zones"], annotations=entities)


# --- A sentence ---------------------------------------------------------------------------------------


def proposals(draft: Draft, mentions: Mentions) -> list[Proposal]:
    """Everything that the rules find, believed or not."""
    found: list[Proposal] = []
    quoted = 0  # the code point behind the last quotation that has a cue
    for sentence in prose(draft.text, draft.zones):
        made = _of_sentence(draft.text, mentions, sentence, quoted)
        quoted = max([quoted, *(one.claim["end"] for one in made if one.claim["cue"])])
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
        mentions.contents += [(one.claim["start"], one.claim["end"]) for one in made]
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


def clause_before(
    mentions: Mentions,
    sentence: Sentence,
    at: int,
    skipped: int,
    floor: int = 0,
    cues: Mapping[int, Report] = MappingProxyType({}),
) -> int:
    """The word with which the clause of the verb at word `at` begins, not before word `floor`; `skipped` letters are و or ف."""
    floor = min(floor, at)
    if skipped:
        return _topic(sentence, at, floor) if sentence.words[at].letters[0] == "ف" else at
    words = sentence.words
    for first in range(at, max(floor, at - _BACK), -1):
        if first < at and breaks(mentions, sentence, first, cues, -1):
            return first
        if opener(words, first - 1, "أن") or (
            opener(words, first - 1, "إن") and words[first - 1].letters[0] != "و"
        ):
            return first
    return max(floor, at - _BACK)


def _topic(sentence: Sentence, at: int, floor: int) -> int:
    """The أما that the ف of the verb at word `at` answers, or the verb itself."""
    before = range(at - 1, max(floor, at - _BACK) - 1, -1)
    return next((first for first in before if sentence.words[first].letters in ("أما", "وأما", "فأما")), at)


def _reported(
    text: str, mentions: Mentions, sentence: Sentence, report: Report, first: int, cues: Mapping[int, Report]
) -> tuple[list[Proposal], int]:
    """The claims of one report, and the word behind its clause."""
    claimers, via = _claimers(mentions, sentence, report, first)
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


# --- Who ----------------------------------------------------------------------------------------------


def _claimers(mentions: Mentions, sentence: Sentence, report: Report, first: int) -> tuple[list[str], str]:
    """The claimers of a report and how they are given (3.5, 3.6)."""
    entities, via = _sources(mentions, sentence, report, first)
    names = list(dict.fromkeys(entity["id"] for entity in entities))
    if names and report.is_finite and via in ("mention", "document"):
        feminine = report.form.feminine if via == "mention" else None
        mentions.met(sentence.words[report.cue_first].start, entities[0], feminine, report.form.plural)
    return (names, via) if names else ([UNNAMED], "none")


def _sources(
    mentions: Mentions, sentence: Sentence, report: Report, first: int
) -> tuple[Sequence[Entity], str]:
    if report.passive:
        return [], "none"
    if report.phrase is not None:
        return _phrase_source(mentions, sentence, report)
    if report.pattern == "document":
        return _issuer(mentions, sentence, report)
    if report.form.part in ("masdar", "phrase"):
        return _noun_source(mentions, sentence, report)
    if report.form.part == "participle":
        return _dropped(mentions, sentence, report)
    return _subject(mentions, sentence, report, first)


def _issuer(mentions: Mentions, sentence: Sentence, report: Report) -> tuple[Sequence[Entity], str]:
    """Whose document it is in جاء في البيان; where it is no document, whoever stands there."""
    words = sentence.words
    at = document_of(sentence, report)
    if at >= 0:
        last = report.opener_first if report.opener_first > 0 else report.begins
        return issuer(mentions, sentence, at, last).entities, "document"
    inside = mentions.starting(words[report.cue_behind].start, words[report.begins].start)
    return [one for one in inside if one["label"] in SOURCES][:1], "mention"


def _dropped(mentions: Mentions, sentence: Sentence, report: Report) -> tuple[Sequence[Entity], str]:
    """Whom a verb or participle without subject means: the subject of the clause before that agrees."""
    place = sentence.words[report.cue_first].start
    entity = mentions.antecedent(place, report.form.feminine, report.form.plural)
    return ([entity] if entity else []), "dropped"


def _subject(
    mentions: Mentions, sentence: Sentence, report: Report, first: int
) -> tuple[Sequence[Entity], str]:
    """The subject of a reporting verb: who is relayed, who stands behind it, who opens its clause, else whom it drops."""
    words = sentence.words
    last = report.opener_first if report.opener_first >= 0 else report.begins
    if report.pattern == "postposed":
        last = min(len(words), report.cue_behind + 6)
    relayed = _relayed(mentions, sentence, report.cue_behind, last) if report.entry.get("relay") else None
    if relayed is not None and report.pattern == "relay":  # قوله is his, and the outer claim the newspaper's
        mentions.met(words[report.begins].start - 1, relayed)
        relayed = None
    before = subject_before(mentions, sentence, report.cue_first, report.skipped, first, report.form)
    behind = _behind_verb(mentions, sentence, report, last)
    doubtful = (
        before and behind is not None and (not behind.entities or mentions.is_proposed(behind.entities[0]))
    )
    if relayed is not None:
        found: tuple[Sequence[Entity], str] = [relayed], "mention"
    elif behind is not None and not doubtful and (behind.entities or behind.document):
        found = behind.entities, "document" if behind.document else "mention"
    elif before:
        found = before
    elif _is_impersonal(report, words):
        found = [], "none"
    else:
        found = _dropped(mentions, sentence, report)
    return found


def _behind_verb(mentions: Mentions, sentence: Sentence, report: Report, last: int) -> Sought | None:
    if last <= report.cue_behind:
        return None
    if _takes_object(report):
        return _tagged_behind(mentions, sentence, report, last)
    return subject_behind(mentions, sentence, report.cue_behind, last)


def _takes_object(report: Report) -> bool:
    """Whether what stands behind the verb may be its object and not its subject."""
    if report.form.pronoun:
        return False
    return bool(
        report.entry.get("object") or report.entry.get("responsibility") or report.entry.get("predicate")
    )


def _needs_object(report: Report) -> bool:
    return not report.form.pronoun and (
        report.entry.get("object") == "needed" or report.pattern == "predicate"
    )


def _tagged_behind(mentions: Mentions, sentence: Sentence, report: Report, last: int) -> Sought | None:
    """The subject of a verb that takes an object too: with an attached object the mention behind; else the first of two."""
    at = report.cue_behind
    found = subject_behind(mentions, sentence, at, last, tagged=True)
    if found is None or not found.entities:
        return None
    words = sentence.words
    rest = words[found.behind : last]
    if not rest and _needs_object(report):
        return None
    more = any(
        mentions.at(word) is not None or (word.letters.startswith("ال") and not word.comma)
        for word in rest[:6]
    )
    return found if more or report.form.pronoun or not rest or not _needs_object(report) else None


def _is_impersonal(report: Report, words: Sequence[Any]) -> bool:
    """يُعتقد أن without its harakat: nobody stands before or behind it."""
    letters = words[report.cue_first].letters
    third = letters[report.skipped : report.skipped + 1] == "ي"
    return (
        report.form.part == "imperfect" and third and report.lemma in _IMPERSONAL and not report.form.pronoun
    )


def _relayed(mentions: Mentions, sentence: Sentence, at: int, last: int) -> Entity | None:
    """نقلت الصحيفة عن الوزير أن: the one behind عن (3.4)."""
    words = sentence.words
    for here in range(at, last - 1):
        if words[here].letters == "عن" or (words[here].letters == "لسان" and here + 1 < last):
            found = subject_behind(mentions, sentence, here + 1, last)
            return found.entities[0] if found and found.entities else None
    return None


def _phrase_source(mentions: Mentions, sentence: Sentence, report: Report) -> tuple[Sequence[Entity], str]:
    words = sentence.words
    begins, ends = cast(tuple[int, int], report.phrase)
    place = words[begins].start
    if report.form.pronoun and report.form.part == "phrase":
        entity = mentions.antecedent(place, _gender_of(report.form.pronoun))
        return ([entity] if entity else []), "pronoun"
    at = report.cue_behind
    if at < ends:
        found = subject_behind(mentions, sentence, at, ends)
        inside = [
            one for one in mentions.starting(words[at].start, words[ends - 1].end) if one["label"] in SOURCES
        ]
        if (
            found is not None
            and found.entities
            and (found.document or not mentions.is_proposed(found.entities[0]) or not inside)
        ):
            return found.entities, "document" if found.document else "mention"
        if inside:
            return [mentions.after_title(inside[0], sentence)], "mention"
        if found is not None:
            return found.entities, "document"
    if report.is_finite:
        entity = mentions.antecedent(place, report.form.feminine)
        return ([entity] if entity else []), "dropped"
    return [], "none"


def _gender_of(pronoun: str) -> bool | None:
    return {"ه": False, "ها": True}.get(pronoun)


def _noun_source(mentions: Mentions, sentence: Sentence, report: Report) -> tuple[Sequence[Entity], str]:
    """Whose a noun that reports is: a mention right behind it, what its pronoun means, else nobody's."""
    words = sentence.words
    place = words[report.cue_first].start
    if report.form.pronoun:
        entity = mentions.antecedent(place, _gender_of(report.form.pronoun))
        return ([entity] if entity else []), "pronoun"
    last = report.opener_first if report.opener_first > 0 else report.begins
    inside = (
        mentions.starting(words[report.cue_behind - 1].end, words[last].start) if last < len(words) else []
    )
    inside = [one for one in inside if one["label"] in SOURCES]
    return ([mentions.after_title(inside[0], sentence)], "mention") if inside else ([], "none")


def subject_before(
    mentions: Mentions, sentence: Sentence, at: int, skipped: int, first: int, form: Form
) -> tuple[Sequence[Entity], str] | None:
    """The subject that opens the clause from word `first` of the verb at word `at`, and whether it is a mention or pronoun.

    الشركة تنفي، أما الوزير فقال، لكنه أكد، وهو يرى، الذي قال.
    """
    words = sentence.words
    for before in (at - 1, at - 2):
        if before >= 0 and words[before].letters in ("الذي", "التي", "الذين"):
            return _head_of_relative(mentions, sentence, before)
    if skipped and first == at:
        return None
    length = connective(words, first) if first < at else 0
    pronoun = _pronoun_before(words, first, at, length)
    first += length
    if pronoun and at - first < 5:
        entity = mentions.antecedent(words[first].start, form.feminine, form.plural)
        return ([entity], "pronoun") if entity else None
    while first < at and words[first].letters.removeprefix("و") in (
        "كان",
        "كانت",
        "قد",
        "فقد",
        "لقد",
        "إن",
        "أن",
    ):
        first += 1
    if not starts_nominal(mentions, sentence, first, at):
        return None
    for here in range(first, min(at, first + 3)):
        entity = mentions.at(words[here])
        if entity is not None and entity["label"] in SOURCES and entity["end"] <= words[at].start:
            person = mentions.after_title(entity, sentence)
            if person["end"] <= words[at].start:
                entities = [
                    one for one in mentions.coordinated(person, sentence) if one["end"] <= words[at].start
                ]
                return entities, "mention"
    return _untagged_before(mentions, sentence, first, at, bool(length))


def _untagged_before(
    mentions: Mentions, sentence: Sentence, first: int, at: int, topic: bool
) -> tuple[Sequence[Entity], str] | None:
    """The noun phrase that opens a clause, where nobody is tagged: behind أما and لكن, or right before its verb."""
    words = sentence.words
    if any(mentions.at(word) is not None for word in words[first:at]) or words[first].letters[:1] in "وف":
        return None
    behind = next((k for k in range(first + 1, at) if words[k].comma), at)
    if not (topic or at - first <= 4) or behind - first > 5:
        return None
    sought = subject_behind(mentions, sentence, first, behind)
    if sought is None or not sought.entities or sought.document:
        return None
    reaches = sought.behind == at or (sought.behind == at - 1 and words[sought.behind].letters == "قد")
    return (sought.entities, "mention") if topic or reaches else None


def _pronoun_before(words: Sequence[Word], first: int, at: int, length: int) -> bool:
    """Whether the subject of the verb at word `at` is a pronoun: on the connective of `length` words, on أن, or on its own."""
    if length and words[first + length - 1].letters in clause_words("connectives", "pronominal"):
        return True
    behind = first + length
    if (
        behind < at
        and at - behind < 4
        and words[behind].letters.removeprefix("و") in ("هو", "هي", "هم", "إنه", "إنها")
    ):
        return True
    return bool(first and not length and words[first - 1].letters.lstrip("وب") in _OPENERS_WITH_PRONOUN)


_OPENERS_WITH_PRONOUN = frozenset(("أنه", "أنها", "أنهم", "إنه", "إنها", "إنهم"))


def _head_of_relative(mentions: Mentions, sentence: Sentence, at: int) -> tuple[Sequence[Entity], str] | None:
    """What الذي refers to: the mention that ends right before it."""
    place = sentence.words[at].start
    near = [one for one in mentions.starting(max(sentence.start, place - 60), place) if one["end"] <= place]
    return ([near[-1]], "mention") if near else None


def remember_subjects(mentions: Mentions, sentence: Sentence) -> None:
    """Meets the subjects of the clauses of a sentence, so that what is dropped later can be sought among them.

    A clause is looked for at the sentence's start, behind connectives and where a verb has و or ف; phrases before its verb
    are passed over.
    """
    words = sentence.words
    seeking = True
    for at, word in enumerate(words):
        verbs = [form for skipped, form in readings(word, predicates()) if seeking or skipped or word.comma]
        seeking = seeking or bool(connective(words, at)) or word.letters in _CLAUSES_BEHIND
        entity = mentions.at(word)
        if verbs and entity is None:
            _meet_behind(mentions, sentence, at, verbs[0])
            seeking = False
        elif (seeking or word.comma) and _may_be_verb(mentions, words, at):
            entity = mentions.after_title(cast(Entity, mentions.at(words[at + 1])), sentence)
            mentions.met(word.start, entity, True if word.letters.endswith("ت") else None)
            seeking = False
        elif (
            seeking and entity is not None and entity["label"] in SOURCES and _opens_clause(words, at, entity)
        ):
            mentions.met(entity["start"], mentions.after_title(entity, sentence))
            seeking = False


def _meet_behind(mentions: Mentions, sentence: Sentence, at: int, form: Form) -> None:
    """Meets the subject behind the verb at word `at`, if there is one; a verb of persons may have one that nobody tagged."""
    tagged = not (form.lemma in reporting().entries or form.lemma in attitudes().entries)
    found = subject_behind(mentions, sentence, at + 1, min(len(sentence.words), at + 8), tagged=tagged)
    if found is not None and found.entities and mentions.may_be_subject(found.entities[0], form):
        entry = reporting().entries.get(form.lemma, {})
        sure = bool(entry.get("opens")) and not entry.get("object") and not entry.get("predicate")
        mentions.met(
            sentence.words[at].start, found.entities[0], form.feminine if sure else None, form.plural
        )


def _opens_clause(words: Sequence[Word], at: int, entity: Entity) -> bool:
    """Whether a mention at word `at` stands where a subject does, not behind a preposition."""
    if entity["start"] - words[at].start > 1 or (
        entity["start"] > words[at].start and words[at].letters[0] in "بلك"
    ):
        return False
    return at == 0 or (
        not is_preposition(words[at - 1])
        and words[at - 1].letters.removeprefix("و") not in clause_words("prepositions", "words")
    )


_CLAUSES_BEHIND = frozenset(("أن", "إن", "بأن", "حين", "الذي", "التي", "الذين", "حيث", "وإن", "وأن"))


def _may_be_verb(mentions: Mentions, words: Sequence[Word], at: int) -> bool:
    """Whether an unknown word that opens a clause may be its verb: somebody stands right behind it."""
    if at + 1 >= len(words) or words[at + 1].gap.strip() or mentions.at(words[at]) is not None:
        return False
    behind = mentions.at(words[at + 1])
    letters = words[at].letters
    return (
        behind is not None and behind["label"] in SOURCES and behind["start"] == words[at + 1].start and len(letters) > 2
        and not is_preposition(words[at]) and not letters.startswith(("ال", "وال")) and not letters.endswith(("ة", "ات"))
    )  # fmt: skip


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


def subject_of_run(mentions: Mentions, sentence: Sentence, first: int, behind: int) -> Sequence[Entity]:
    """The tagged subject of a clause: a mention that opens it or the first behind its verb."""
    words = sentence.words
    for here in range(first, min(behind, first + 8)):
        entity = mentions.at(words[here])
        before = words[here - 1] if here > first else None
        if entity is None or entity["label"] == "DATE" or entity["end"] > words[behind - 1].end:
            continue
        attached = entity["start"] - words[here].start
        preposed = before is not None and before.letters in clause_words("prepositions", "words")
        if preposed or (attached and words[here].letters[0] in "بلك"):
            continue
        person = mentions.after_title(entity, sentence)
        if person["label"] in SOURCES:
            return mentions.coordinated(person, sentence)
        return []
    return []


# --- Together -----------------------------------------------------------------------------------------


def _numbered(draft: Draft, found: Sequence[tuple[dict[str, Any], float]]) -> list[Claim]:
    """The claims in text order with ids, confidence and the innermost claim that each lies in; none stands twice."""
    ordered = sorted(found, key=lambda one: (one[0]["start"], -one[0]["end"]))
    claims: list[Claim] = []
    seen: set[Any] = set()
    ids = fresh_ids("c", draft)
    for claim, share in ordered:
        cue = claim["cue"]
        key = (claim["start"], claim["end"], tuple(claim["claimers"]), cue and cue["start"])
        if key not in seen:
            seen.add(key)
            claims.append(
                cast(Claim, {"type": "claim", "id": next(ids), **claim, "confidence": round(share, 2)})
            )
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
