"""Text folded for search, so that one who types without marks finds what is written with them.

`templates/site.js` folds what a reader types in the same way; a test holds the two to each other.
"""

from __future__ import annotations

import re
import unicodedata

# Harakat, Quranic marks and tatweel; joiners, direction marks and invisible operators.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_FORMS = {"أإآٱ": "ا", "ىئی": "ي", "ؤ": "و", "ة": "ه", "ک": "ك"}
_ONE_FORM = {ord(form): letter for forms, letter in _FORMS.items() for form in forms} | {
    ord(zero) + digit: str(digit) for zero in "٠۰" for digit in range(10)
}


def folded(text: str) -> str:
    """`text` in compatibility form, without marks, tatweel and what cannot be seen, in lower case.

    Forms of alef and hamza, taa marbuta and haa, alef maqsura and yaa, and the digits become one letter each.
    """
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).translate(_ONE_FORM).lower()
