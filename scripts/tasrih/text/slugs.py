"""Ids made of names and addresses."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote, urlsplit

_LONGEST = 60


def slug(name: str) -> str:
    """An article's id made of a document's own name: `News/Sample 1.txt` → `news-sample-1`.

    A name of other letters than Latin ones gets a number made of it.
    """
    made = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST].strip("-")
    if made and re.sub(r"[\W_]", "", name.lower()) == made.replace("-", ""):
        return made
    number = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{made or 'article'}-{number}"


def address_name(url: str) -> str:
    """What of an address names a page: host and path, in words.

    >>> address_name("https://www.example.org/news/2024/%D8%AE%D8%A8%D8%B1-7.html?x=1#top")
    'example.org/news/2024/خبر-7'
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return url
    path = re.sub(r"\.(?:s?html?|aspx?|php|jsp)\Z", "", unquote(parts.path, errors="replace").rstrip("/"))
    return f"{host}{path}{'-' + parts.query if parts.query and path.count('/') < 2 else ''}"
