"""Documents with two layers, from one text with two sets of tags."""

from __future__ import annotations

from corpora import document
from tasrih.model import Document

ONE, OTHER = "reader-a", "reader-b"


def two_layers(one: str, other: str, name: str = "example") -> Document:
    """One article whose layers are the inline snippets `one` and `other`, which must be of one text."""
    first, second = document(one, name, ONE), document(other, name, OTHER)
    assert first["text"] == second["text"]
    return first | {"layers": first["layers"] | second["layers"]}  # type: ignore[return-value]


SAID = "<c1#cue>قالت</c1#cue> <e1 ORG>وزارة الصحة</e1> إن <c1>الحملة بدأت في <e2 GPE>تونس</e2></c1>. و<s1 support>أيدت</s1> <e3 ORG>النقابة</e3> <e4 EVENT>الحملة</e4>.\n=== roles\n"
SAID_ROLES = "e4 form=nominal\nc1 claimers=e1 about=e2\ns1 holders=e3 target=e4"
