"""Names of countries in the languages of the pages, from Unicode's CLDR by babel."""

from __future__ import annotations

from functools import cache

from tasrih.report.strings import Code
from tasrih.store import Misuse


@cache
def _names(language: Code) -> dict[str, str]:
    try:
        from babel import Locale
    except ImportError:
        raise Misuse("the names of countries need babel: pip install 'tasrih[explore]'") from None
    return dict(Locale(language).territories)


def name(country: str, language: Code) -> str:
    """The name of an ISO 3166 code; the code itself where it has none. Raises Misuse where babel is not installed."""
    return _names(language).get(country, country)
