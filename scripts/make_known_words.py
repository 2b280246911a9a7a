"""Makes scripts/tasrih/text/known_words.txt: the words that may stand behind a proclitic.

They are the words of the corpus's redistributable texts and CLDR's Arabic names of countries and months.
A word that is itself a proclitic and a known word (وليبيا beside ليبيا) is left out, unless it is a word of its own
that only looks so (OWN_WORDS).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from babel import Locale

from tasrih import store
from tasrih.text import tokens

OUT = Path(tokens.__file__).with_name("known_words.txt")
WORD = re.compile(f"[\u0621-\u064a\u0671{tokens.MARKS}]+")
# Words of the language that look like a proclitic and a word, and are neither.
OWN_WORDS = frozenset(
    [
        "كانت",
        "كان",
        "كانوا",
        "بعد",
        "بعض",
        "بين",
        "لكن",
        "لكنه",
        "لكنها",
        "ليس",
        "ليست",
        "لدى",
        "لدي",
        "لقاء",
        "لجنة",
        "بلد",
        "بلاد",
        "بلدة",
        "بلدية",
        "بحر",
        "بحث",
        "بدأ",
        "بدأت",
        "بدء",
        "كبير",
        "كبيرة",
        "كبار",
        "كل",
        "كلها",
        "كلهم",
        "كلمة",
        "كلية",
        "كرة",
        "كأس",
        "كتاب",
        "كثير",
        "وزير",
        "وزارة",
        "وزراء",
        "والد",
        "وفد",
        "وفق",
        "وقت",
        "وقف",
        "وقع",
        "ورقة",
        "وسط",
        "وصف",
        "وصل",
        "وضع",
        "وطن",
        "ولاية",
        "وثيقة",
        "فرنسا",
        "فريق",
        "فوز",
        "فقد",
        "فيها",
        "فيه",
        "فعل",
        "فكرة",
        "فترة",
        "فصل",
        "بناء",
        "بيان",
        "بيت",
        "باب",
        "باريس",
        "بطل",
        "بطولة",
        "بديل",
        "بكر",
        "لبنان",
        "ليبيا",
        "لغة",
        "لقب",
        "لندن",
        "بنك",
        "بنود",
        "لهم",
        "لها",
        "له",
        "بها",
        "به",
        "بهم",
        "كما",
        "لما",
        "فما",
        "بما",
        "بلا",
        "فلا",
        "كذلك",
        "وهو",
        "وهي",
        "بلغ",
        "بلغت",
        "بقاء",
        "بقي",
        "بيع",
        "بيئة",
        "بشر",
        "بريطانيا",
        "كمية",
        "كوادر",
    ]
)


def words_of(text: str) -> set[str]:
    """Words of an Arabic text without harakat."""
    return {tokens.bare(word) for word in WORD.findall(text)}


def cldr_words() -> set[str]:
    """Words of CLDR's Arabic names of countries and months."""
    locale = Locale.parse("ar")
    months = [name for width in ("wide",) for name in locale.months["format"][width].values()]
    levantine = Locale.parse("ar_SY").months["format"]["wide"].values()
    names = [*locale.territories.values(), *months, *levantine]
    return {word for name in names for word in words_of(str(name))}


def without_proclitic(word: str, known: set[str]) -> bool:
    """Whether `word` is a known word of its own, not one with a proclitic before it."""
    if word in OWN_WORDS:
        return True
    for skipped in (1, 2):
        head, rest = word[:skipped], word[skipped:]
        fits = head in tuple("وفبلك") if skipped == 1 else head[0] in "وف" and head[1:] in tuple("بلك")
        if (
            fits
            and len(rest) >= 3
            and (rest in known or (head[-1] == "ل" and rest[0] == "ل" and "ا" + rest in known))
        ):
            return False
    return True


def main(root: Path) -> None:
    corpus = store.open_corpus(root)
    known = cldr_words()
    for reading in store.read_corpus(corpus, local_texts=False):
        if reading.document is not None and reading.document["text"]:
            known |= words_of(reading.document["text"])
    kept = sorted(word for word in known if len(word) >= 3 and without_proclitic(word, known))
    head = "# Words that may stand behind a proclitic. Made by `make known-words`.\n"
    store.write_atomic(OUT, (head + "\n".join(kept) + "\n").encode())
    print(f"{OUT.name}: {len(kept)} words")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "corpus"))
