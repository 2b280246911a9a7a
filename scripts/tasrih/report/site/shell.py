"""What all pages have in common: the frame round a page, its addresses, and the words a script needs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tasrih.report import countries
from tasrih.report.controls import without_controls
from tasrih.report.page import environment
from tasrih.report.palette import Palette
from tasrih.report.site.collection import Collection
from tasrih.report.strings import LANGUAGES, Language

_TABS = (
    ("index.html", "Articles"),
    ("sources.html", "Claimers"),
    ("network.html", "Stances"),
    ("statistics.html", "Statistics"),
)
_AGREEMENT = ("agreement.html", "Agreement")
# What the script says by itself.
_SPOKEN = (
    "claimer",
    "cue",
    "content",
    "about",
    "within",
    "holder",
    "target",
    "stance",
    "the same thing",
    "{shown} of {all}",
    "Dark",
    "Light",
    "Stances of {name}",
)
_IN_SHORT = 12  # words of a claim where it stands for a thing


@dataclass(frozen=True, slots=True)
class Shell:
    """Renders the pages of one language. Arabic pages lie at the top of the site, English ones in `en/`."""

    collection: Collection
    say: Language
    palette: Palette = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "palette", Palette(self.collection.labels))

    def page(self, template: str, address: str, title: str, **values: Any) -> tuple[str, str]:
        """Path in the site and HTML of the page at `address` (its path in the tree of its language)."""
        folder = "" if self.say.code == "ar" else f"{self.say.code}/"
        other = next(language for language in LANGUAGES if language is not self.say)
        home = "../" * address.count("/")
        tabs = [*_TABS, *([_AGREEMENT] if self.collection.agreement else [])]
        html = (
            environment()
            .get_template(f"site/{template}.html.jinja")
            .render(
                collection=self.collection,
                say=self.say,
                palette=self.palette,
                title=without_controls(title),
                here=address,
                tabs=tabs,
                home=home,
                root=home + "../" * folder.count("/"),
                other=address if other.code == "ar" else f"{other.code}/{address}",
                other_language=other,
                spoken=json.dumps({words: self.say(words) for words in _SPOKEN}, ensure_ascii=False),
                shortened=shortened,
                **values,
            )
        )
        return folder + address, html.replace("\r", "&#13;")

    def country(self, code: str) -> str:
        """A country's name, its code where it is not known."""
        return countries.name(code, self.say.code)

    def topics(self, articles: Sequence[str]) -> list[str]:
        """The topics of some articles."""
        return list(dict.fromkeys(self.collection.article(article)["topic"] for article in articles))

    def options(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Values of a control with what it shows."""
        return [(name, self.say.label(name)) for name in names]


def shortened(words: str) -> str:
    """The first words of what stands in full elsewhere."""
    first = words.split()
    return words if len(first) <= _IN_SHORT else " ".join(first[:_IN_SHORT]) + " …"
