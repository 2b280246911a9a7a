"""What a file of another tool says, put into a corpus: which article each document is, what is new, what cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from tasrih import store
from tasrih.check.usable import refuse_invalid
from tasrih.formats.exchange import (
    Foreign,
    Imported,
    Note,
    as_document,
    layers_of,
    made_canonical,
)
from tasrih.model import GOLD, Annotation, Document, Layer
from tasrih.store import Corpus, Misuse
from tasrih.text.canonical import NotText, sha256
from tasrih.text.slugs import slug


@dataclass(frozen=True, slots=True)
class Planned:
    """A document as it will stand in the corpus; `layers` are those to write, `new` says that its article is to be made."""

    document: Document
    layers: dict[str, list[Layer | Annotation]]
    new: bool


@dataclass(slots=True)
class Plan:
    """All that an import will write, and what it will not."""

    planned: list[Planned] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        """How many documents and annotations of each type there will be."""
        found = Counter(documents=len(self.planned))
        for one in self.planned:
            for lines in one.layers.values():
                found.update(_PLURAL[line["type"]] for line in lines[1:])
        return found


_PLURAL = {"entity": "entities", "claim": "claims", "stance": "stances", "layer": "headers"}


def planned(
    imported: Imported,
    corpus: Corpus,
    documents: Mapping[str, Document],
    stamp: Mapping[str, str],
    *,
    layer: str = "",
    create: Mapping[str, Any] | None = None,
    prefix: str = "",
) -> Plan:
    """What an import into a corpus with these `documents` will write.

    With `create`, the metadata of new articles that files do not state, every document becomes a new article; without, it
    belongs to the article of its id, or of its very text. `stamp` has `created` and `tool` for new headers.

    Raises Misuse for a document that is of no article or of another text, and for what is not of the schema's shape; then
    nothing is to be written.
    """
    plan = Plan(notes=list(imported.notes))
    by_text = {document["article"]["text_sha256"]: name for name, document in documents.items()}
    taken = set(documents)
    for foreign in imported.documents:
        try:
            plan.notes += made_canonical(foreign)
        except NotText as error:
            plan.notes.append(Note("dropped", foreign.name, f"its text is none: {error}"))
            continue
        if create is not None:
            one = _created(foreign, corpus, create, stamp, layer, prefix, taken)
        else:
            one = _found(foreign, corpus, documents, by_text, stamp, layer)
        for name, lines in one.layers.items():
            store.layer_path(corpus, one.document["article"]["id"], name)
            refuse_invalid(corpus.settings, one.document, cast(list[Any], lines), f"{foreign.name}/{name}")
        plan.planned.append(one)
    _refuse_twice(plan.planned)
    return plan


def _created(
    foreign: Foreign,
    corpus: Corpus,
    given: Mapping[str, Any],
    stamp: Mapping[str, str],
    layer: str,
    prefix: str,
    taken: set[str],
) -> Planned:
    document = as_document(foreign, corpus.settings, given, default=layer or GOLD, prefix=prefix)
    article = document["article"]
    if not store.is_id(str(article["id"])):
        raise Misuse(
            f"{foreign.name}: its id «{article['id']}» is none: lower-case letters, digits and single hyphens"
        )
    if article["id"] in taken:
        raise Misuse(
            f"{foreign.name}: the article «{article['id']}» is there already; import into it without --create, or give --prefix"
        )
    taken.add(article["id"])
    if fault := store.fault_of_article(corpus, article):
        raise Misuse(f"{foreign.name}: {fault}")
    return Planned(document, _stamped(_only(document["layers"], layer, foreign.name), stamp), new=True)


def _found(
    foreign: Foreign,
    corpus: Corpus,
    documents: Mapping[str, Document],
    by_text: Mapping[str, str],
    stamp: Mapping[str, str],
    layer: str,
) -> Planned:
    digest = sha256(foreign.text)
    names = [foreign.metadata.get("id"), foreign.name, slug(foreign.name), by_text.get(digest)]
    there = [name for name in names if isinstance(name, str) and name in documents]
    if "" in foreign.layers and not layer:
        raise Misuse(
            f"{foreign.name}: the file does not say who annotated; give --layer NAME, which may be gold"
        )
    if not there:
        raise Misuse(
            f"{foreign.name}: it is no article of the corpus; to make new ones give --create with --topic and --licence"
        )
    # One whose text it is goes before one that is merely called so.
    name = next((name for name in there if documents[name]["article"]["text_sha256"] == digest), there[0])
    document = documents[name]
    article = document["article"]
    if digest != article["text_sha256"]:
        raise Misuse(
            f"{foreign.name}: its text is not that of the article «{name}»; annotations may be brought in, the text may not change: "
            "«tasrih reanchor» moves annotations to a corrected text"
        )
    layers = layers_of(foreign, article, corpus.settings, layer or GOLD)
    return Planned(document, _stamped(_only(layers, layer, foreign.name), stamp), new=False)


def _only(
    layers: dict[str, list[Layer | Annotation]], layer: str, name: str
) -> dict[str, list[Layer | Annotation]]:
    """The layers as they are, or the one there is under another name."""
    if not layer:
        return layers
    if len(layers) > 1:
        raise Misuse(
            f"{name}: it has layers of {', '.join(layers)}; without --layer each keeps its annotator's name"
        )
    named = [[cast(Layer, {**lines[0], "annotator": layer}), *lines[1:]] for lines in layers.values()]
    return {layer: named[0]} if named else {}


def _stamped(
    layers: dict[str, list[Layer | Annotation]], stamp: Mapping[str, str]
) -> dict[str, list[Layer | Annotation]]:
    """Headers that say when and with what they were made, where the file did not."""
    return {
        name: [cast(Layer, {**stamp, **cast(dict[str, Any], lines[0])}), *lines[1:]]
        for name, lines in layers.items()
    }


def _refuse_twice(plans: Iterable[Planned]) -> None:
    times = Counter((one.document["article"]["id"], name) for one in plans for name in one.layers)
    for (article, name), found in times.items():
        if found > 1:
            raise Misuse(
                f"{article}: there are {found} annotations for the layer «{name}»; import one annotator at a time"
            )


def write(corpus: Corpus, plans: Iterable[Planned]) -> Iterable[str]:
    """Writes what was planned, an article at a time; yields the path of every layer and of every new article's metadata."""
    for one in plans:
        document = one.document
        if one.new:
            *_, metadata = store.create_article(corpus, document["article"], cast(str, document["text"]))
            yield str(metadata)
        for name, lines in one.layers.items():
            header, annotations = cast(Layer, lines[0]), cast(list[Annotation], lines[1:])
            yield str(
                store.write_layer(corpus, document["article"], name, header, annotations, document["text"])
            )
