"""Finished work of a project to layers of the corpus, one a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from tasrih import store
from tasrih.agree import worklist
from tasrih.agree.adjudicate import Pair, adjudicate, keep, taken
from tasrih.check.usable import refuse_invalid
from tasrih.formats.label_studio import Annotated
from tasrih.label_studio.work import Work
from tasrih.model import Annotation, Document, Layer
from tasrih.store import Corpus, Misuse

# What a header of ours begins with, by which a layer is known to come from a server.
SERVER_TOOL = "Label Studio"


@dataclass(frozen=True, slots=True)
class Pulled:
    """What became of one person's annotation of one article; `said` is empty where nothing had changed."""

    article: str
    layer: str
    said: str


def pull(corpus: Corpus, one: Work, *, tool: str, only: str = "", into: str = "") -> Iterator[Pulled]:
    """Writes the finished annotations of a task as layers, or that of `only` alone, as layer `into` if given.

    A layer that is as it was is not written again. Raises Misuse where a layer that no server gave would be lost,
    and where an annotation is not of the schema's shape; what was written before stays.
    """
    for name, found in one.finished.items():
        if only and name != only:
            continue
        layer = into or name
        document = cast(Document, one.document)
        header = _header(corpus, document, found, layer, one.updated[name], tool)
        where = f"task {one.task} ({one.article})"
        refuse_invalid(corpus.settings, document, [header, *found.annotations], where)
        yield Pulled(one.article, layer, _write(corpus, document, layer, header, found, forced=bool(into)))


def pull_decisions(corpus: Corpus, one: Work, pair: Pair, tool: str) -> str:
    """What an adjudicator made of a task, as recorded decisions and gold; says in one line what became of it.

    Raises Misuse where two people adjudicated the article, and where a layer has changed since the push.
    """
    if len(one.finished) > 1:
        raise Misuse(
            f"{one.article}: {', '.join(sorted(one.finished))} adjudicated it; delete the annotation of all but one"
        )
    ((name, found),) = one.finished.items()
    now = _second(one.updated[name])
    if found.layer != worklist.NAME:
        raise Misuse(f"task {one.task} ({one.article}): it was not pushed for adjudication")
    document = cast(Document, one.document)
    told = {"by": name, "why": "decided in Label Studio"}
    decisions = taken(corpus, document, pair, one.asked, found.annotations, told)
    if decisions:
        keep(corpus, one.article, decisions)
    return adjudicate(corpus, document, pair, tool, now).said


def _header(
    corpus: Corpus, document: Document, found: Annotated, layer: str, updated: str, tool: str
) -> Layer:
    """The header as it was pushed for the layer that was pushed; else one that says who, when and after what."""
    if found.header and found.header["annotator"] == layer:
        return found.header
    header: Any = {
        "type": "layer",
        "article": document["article"]["id"],
        "text_sha256": document["article"]["text_sha256"],
        "annotator": layer,
        "guidelines": found.guidelines or corpus.settings["guidelines"],
        "created": _second(updated),
        "tool": tool,
    }
    if found.header:
        header["note"] = f"begun from the layer {found.header['annotator']}"
    return cast(Layer, header)


def _second(moment: str) -> str:
    try:
        return datetime.fromisoformat(moment.replace("Z", "+00:00")).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise Misuse(f"the server gives «{moment[:40]}» as a time") from None


def _write(
    corpus: Corpus, document: Document, layer: str, header: Layer, found: Annotated, *, forced: bool
) -> str:
    lines = document["layers"].get(layer, [])
    # An upgrade of the server or of this program is no reason to write a layer again.
    if lines and [{**lines[0], "tool": header["tool"]}, *lines[1:]] == [header, *found.annotations]:
        return ""
    if lines and not forced and not str(cast(Layer, lines[0])["tool"]).startswith(SERVER_TOOL):
        raise Misuse(
            f"{document['article']['id']}: its layer «{layer}» did not come from a server and would be lost; "
            f"name it with --into {layer}, or give the user another name under [annotators] in corpus.toml"
        )
    path = store.write_layer(corpus, document["article"], layer, header, found.annotations, document["text"])
    if not lines:
        return f"{path}: {len(found.annotations):,} annotations"
    return f"{path}: {_difference(cast(list[Annotation], lines[1:]), found.annotations)}"


def _difference(old: Sequence[Annotation], new: Sequence[Annotation]) -> str:
    before, after = ({one["id"]: one for one in ones} for ones in (old, new))
    counts = Counter(
        "added" if name not in before else "removed" if name not in after else "changed"
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    )
    return ", ".join(
        f"{counts[what]:,} {what}" for what in ("added", "changed", "removed") if counts[what]
    ) or ("submitted again, the same")
