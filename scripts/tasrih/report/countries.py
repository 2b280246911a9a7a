"""Names of countries in the languages of the pages, from CLDR; `scripts/make_countries.py` writes the file."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from tasrih.report.strings import Code


@cache
def _names() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(
        files("tasrih.report").joinpath("countries.json").read_text("utf-8")
    )
    return found


def name(country: str, language: Code) -> str:
    """The name of an ISO 3166 code; the code itself where it has none."""
    return _names()[language].get(country, country)
