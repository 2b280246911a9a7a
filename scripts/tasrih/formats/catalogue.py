"""The formats, in one table: the command line, docs/formats.md and the tests are made from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, cast

from tasrih.formats import losses
from tasrih.formats.exchange import File, Imported, Reading
from tasrih.formats.losses import Loss
from tasrih.model import Document, Settings
from tasrih.store import Misuse


@dataclass(frozen=True, slots=True)
class Option:
    """A choice that a format offers: its values, the first of which is taken, and what it decides."""

    values: tuple[str, ...]
    help: str


@dataclass(frozen=True, slots=True)
class Format:
    """A format of other tools.

    `suffixes` are the endings of the files that are read; `folder` says that it is a folder of files. `needs_text` says
    that its files hold no text, so that reading needs the corpus's. `opens` is the tool or schema that it was tested with.
    """

    name: str
    title: str
    about: str
    suffixes: tuple[str, ...]
    folder: bool
    losses: tuple[Loss, ...]
    mapping: tuple[tuple[str, str], ...]
    opens: str
    extra: str = ""
    needs_text: bool = False
    options: dict[str, Option] = field(default_factory=dict)
    module: str = ""  # where it is not of the format's name

    def write(
        self, documents: Iterable[Document], settings: Settings, layer: str, **options: str
    ) -> Iterator[File]:
        """`layer` of the documents as files. Raises Misuse."""
        return cast(Iterator[File], self._module().write(documents, settings, layer, **self.chosen(options)))

    def read(self, files: Iterable[File], reading: Reading) -> Imported:
        """What the files hold. Raises Misuse where one is not of this format."""
        return cast(Imported, self._module().read(files, reading))

    def chosen(self, options: dict[str, str]) -> dict[str, str]:
        """All options, those that were not given as they are by default. Raises Misuse for an unknown name or value."""
        for name, value in options.items():
            if name not in self.options or value not in self.options[name].values:
                offered = (
                    "; ".join(f"{key}: {', '.join(one.values)}" for key, one in self.options.items())
                    or "none"
                )
                raise Misuse(f"--option {name}={value}: the options of {self.name} are {offered}")
        return {name: option.values[0] for name, option in self.options.items()} | options

    def _module(self) -> Any:
        try:
            return import_module(f"tasrih.formats.{self.module or self.name.replace('-', '_')}")
        except ModuleNotFoundError as error:
            if not self.extra or (error.name or "").startswith("tasrih"):
                raise
            raise Misuse(f"{self.name} needs {error.name}: pip install 'tasrih[{self.extra}]'") from None


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format(
            name="w3c",
            title="W3C Web Annotation",
            about="JSON-LD of the Web Annotation data model, one annotation page an article, each target by position and by quote.",
            suffixes=(".jsonld", ".json"),
            folder=True,
            losses=(),
            mapping=(
                (
                    "article",
                    "an `AnnotationPage` whose `tasrih:article` is article.json, and its text in `tasrih:text`",
                ),
                (
                    "entity, claim, stance",
                    "an `Annotation`, motivation `classifying`, label and attributes as bodies",
                ),
                (
                    "span",
                    "`TextPositionSelector` in code points, refined by a `TextQuoteSelector` with 32 code points either side",
                ),
                ("roles", "a body with purpose `linking` and the target's id"),
            ),
            opens="the JSON-LD processor pyld, against the context of the model",
        ),
        Format(
            name="cas",
            title="UIMA CAS",
            about="XMI or JSON of UIMA, one file an article, in layers for INCEpTION, with the type systems beside them.",
            suffixes=(".xmi", ".xml", ".json"),
            folder=True,
            losses=(),
            mapping=(
                (
                    "article",
                    "`DocumentMetaData` (language, title, id); article.json whole in a `MetaDataStringField` with the key `tasrih.article`",
                ),
                (
                    "entity, claim, stance",
                    "annotations `webanno.custom.Entity`, `.Claim`, `.Stance`; labels in `value`, choices and remarks in string features, ids in `identifier`",
                ),
                (
                    "cue",
                    "an annotation `webanno.custom.Cue`, to which the claim's slot `cue` leads",
                ),
                (
                    "fragments",
                    "the claim stands at the first; the others are `webanno.custom.Fragment`, to which its slot `fragments` leads",
                ),
                (
                    "roles",
                    "slot features named for them, arrays of links with `role` and `target`",
                ),
                ("span", "`begin` and `end` in UTF-16 units"),
                ("sentences, tokens", "DKPro's `Sentence` and `Token`, for INCEpTION to show; not read"),
                (
                    "characters that XML 1.0 has not",
                    "U+FFFD in their place, and what they are in a `MetaDataStringField`",
                ),
            ),
            opens="dkpro-cassis, XMI and JSON; the type system against the rules by which INCEpTION tells layers and slot features",
            extra="formats",
            options={
                "serialisation": Option(
                    ("xmi", "json"), "whether the files are XMI or JSON; reading goes by the names of files"
                )
            },
        ),
        Format(
            name="spacy",
            title="spaCy",
            about="DocBins of spaCy, some hundred documents each, for `spacy train` and `spacy debug data`.",
            suffixes=(".spacy",),
            folder=True,
            losses=(),
            mapping=(
                ("article", '`doc.user_data["tasrih"]`, with the header, links and remarks'),
                (
                    "text",
                    "tokens, those of white space too, so that `doc.text` is the text; sentences as `token.is_sent_start`",
                ),
                (
                    "entity, claim, cue, stance",
                    "the span groups `entities`, `claims`, `cues`, `stances`, widened to tokens, label in `label_`, id in `id_`, Wikidata item in `kb_id_`; choices in the group's `attrs`, by id",
                ),
                ("outermost names", "`doc.ents`, read where there is no group `entities`"),
                ("fragments", "spans of one id"),
                (
                    "code points",
                    'in `doc.user_data["tasrih"]`; where a span was changed in spaCy, the span is taken',
                ),
            ),
            opens="spaCy: its reader of training data, a step of training of a named entity recogniser, and `spacy debug data` over the corpus",
            extra="spacy",
        ),
        Format(
            name="prodigy",
            title="Prodigy",
            about="JSON lines of Prodigy, an article a line, for `spans.manual` and `rel.manual`, and as `db-out` writes them.",
            suffixes=(".jsonl",),
            folder=False,
            losses=(),
            mapping=(
                ("article", "the key `tasrih`, with the header, choices, remarks and code points"),
                ("text", "`text`, and `tokens`, those of white space too"),
                (
                    "entity, claim, cue, stance",
                    "`spans`, widened to tokens, with `label`, and `id` and `kind` of our own",
                ),
                ("fragments", "spans of one id"),
                ("roles", "`relations` from `head_span` to `child_span`, the role as `label`"),
                ("answer", "`reject` and `ignore` are left out; none is as good as `accept`"),
            ),
            opens="no copy of Prodigy, which is sold; spaCy makes documents of the tokens and spans",
        ),
        Format(
            name="label-studio",
            title="Label Studio",
            about="Tasks for a project of Label Studio with its labelling configuration, and exports in JSON. `tasrih label-studio` does the same with a server.",
            suffixes=(".json",),
            folder=True,
            losses=(losses.METADATA, losses.ZONES),
            mapping=(
                (
                    "article",
                    "a task's `data`: text, id, hash of the text, version of the corpus; the title too, to be seen alone",
                ),
                (
                    "entity, claim, cue, stance",
                    "`<Labels>` regions over one `<Text>`, offsets in code points; choices are `<Choices>` of a region",
                ),
                ("fragments", "regions `c1-1`, `c1-2` …, joined by the relation `part-of`"),
                ("roles", "`<Relations>`"),
                ("remarks, header", "`data.tasrih`, by id"),
            ),
            opens="Label Studio, in a browser and through its SDK",
            options={
                "results": Option(
                    ("annotations", "predictions"),
                    "whether a layer is what somebody said, or what is suggested",
                )
            },
            module="label_studio_files",
        ),
    )
}

__all__ = ["FORMATS", "Format", "Option", "losses"]
