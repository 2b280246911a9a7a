"""Makes scripts/tasrih/report/countries.json: the names of countries in the languages of the pages, from CLDR."""

from __future__ import annotations

import json
from pathlib import Path

from babel import Locale

from tasrih.report import countries
from tasrih.report.strings import LANGUAGES

OUT = Path(countries.__file__).with_suffix(".json")


def main() -> None:
    names = {
        language.code: {
            code: name
            for code, name in sorted(Locale(language.code).territories.items())
            if len(code) == 2 and code.isalpha()
        }
        for language in LANGUAGES
    }
    OUT.write_text(json.dumps(names, ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8")
    print(OUT)


if __name__ == "__main__":
    main()
