"""Collections for the tests of the site: the corpus of this checkout, and small ones with everything in them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpora import document, write_corpus
from layered import SAID, SAID_ROLES, two_layers
from samples import documents
from tasrih import store
from tasrih.model import Document
from tasrih.release.explore import of_corpus
from tasrih.report.site import Collection

CHECKOUT = Path(__file__).parents[2]
RICH = "icj-gambia-myanmar-2020"
WITHHELD = "lavrov-pompeo-call"
# With two layers and decisions, invented, from each split; the network of one is linked with the withheld one's.
SOME = (RICH, WITHHELD, "zahrat-water-network", "wadi-nour-clubhouse", "prespa-agreement-2018")


def some_of_the_corpus(root: Path, names: Sequence[str] = SOME) -> Path:
    """A copy of the corpus with some of its articles, and without texts that were hydrated."""
    shutil.copytree(CHECKOUT / "corpus", root, ignore=shutil.ignore_patterns(".tasrih", "articles"))
    for name in names:
        shutil.copytree(CHECKOUT / "corpus" / "articles" / name, root / "articles" / name)
    return root


def small(root: Path, more: Sequence[Document] = ()) -> Collection:
    """The sample documents, one of them with a second and a third layer, and `more`."""
    return of_corpus(write_corpus(root, [*documents(7), layered(), *more]).root)


def layered() -> Document:
    """An article with gold and the layers of two readers, who differ in a label."""
    whole: Any = two_layers(SAID + SAID_ROLES, (SAID + SAID_ROLES).replace("<e2 GPE>", "<e2 LOC>"), "layered")
    whole["layers"] = {"gold": document(SAID + SAID_ROLES, "layered")["layers"]["gold"], **whole["layers"]}
    return whole  # type: ignore[no-any-return]


def decide(root: Path, choice: str, why: str) -> None:
    """Writes the decision on what the two readers of `layered` differ in."""
    decision: Any = {
        "type": "decision", "article": "layered", "layers": ["reader-a", "reader-b"], "one": "e2", "other": "e2",
        "choice": choice, "by": "the tests", "why": why,
    }  # fmt: skip
    store.write_decisions(store.open_corpus(root), "layered", [decision])
