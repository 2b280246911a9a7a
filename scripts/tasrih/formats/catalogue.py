"""The formats, in one table: the command line, docs/formats.md and the tests are made from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
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
    """A choice that a format offers: its values, the first of which is taken, and what it decides.

    `free` is a pattern of what may stand there beside them, and `named` what messages call such a value.
    """

    values: tuple[str, ...]
    help: str
    free: str = ""
    named: str = ""

    def takes(self, value: str) -> bool:
        """Whether that may stand there."""
        return value in self.values or bool(self.free and re.fullmatch(self.free, value))

    def offered(self) -> str:
        """All that may stand there, for a message."""
        return ", ".join((*self.values, self.named) if self.named else self.values)


@dataclass(frozen=True, slots=True)
class Format:
    """A format of other tools.

    `suffixes` are the endings of the files that are read; `folder` says that it is a folder of files. `needs_text` says
    that its files do not hold the whole text, so that reading wants the corpus's. `opens` is the tool or schema that it was
    tested with. `losses` are those with the options as they are by default; where others change them, `varying` gives them.
    `module` is the module where it is not called as the format is.
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
    module: str = ""
    varying: Callable[[Mapping[str, str]], tuple[Loss, ...]] | None = None

    def losses_of(self, **options: str) -> tuple[Loss, ...]:
        """What is lost with these options. Raises Misuse for one that there is not."""
        chosen = self.chosen(options)
        return self.varying(chosen) if self.varying else self.losses

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
            if name not in self.options or not self.options[name].takes(value):
                offered = "; ".join(f"{key}: {one.offered()}" for key, one in self.options.items()) or "none"
                raise Misuse(f"--option {name}={value}: the options of {self.name} are {offered}")
        return {name: option.values[0] for name, option in self.options.items()} | options

    def _module(self) -> Any:
        try:
            return import_module(f"tasrih.formats.{self.module or self.name.replace('-', '_')}")
        except ModuleNotFoundError as error:
            if not self.extra or (error.name or "").startswith("tasrih"):
                raise
            raise Misuse(f"{self.name} needs {error.name}: pip install 'tasrih[{self.extra}]'") from None


_TABLE = (
    ("annotation", "a row: article, id, type, label, start, end, words, and 40 characters either side"),
    (
        "span",
        "code points; a row whose words are not there is put where they stand once, else left out with its number",
    ),
    ("claimers, holders, about, target", "a column of words for people, and one of ids, which is read"),
    ("cue", "its words and where they begin"),
    ("fragments", "`12..18; 25..30`"),
    ("attributes, referent, wikidata, members, by, confidence, note", "a column each"),
    ("cells that begin like a formula", "an apostrophe in front, taken away on reading"),
    ("an article without annotations", "a row of type `article`"),
)

_ENTITIES_WITHOUT_MORE = (
    losses.METADATA,
    losses.HEADER,
    losses.ENTITIES_ALONE,
    losses.REFERENTS,
    losses.WIKIDATA,
    losses.MEMBERS,
    losses.REMARKS,
)


def _of_columns(chosen: Mapping[str, str]) -> tuple[Loss, ...]:
    """What files in columns lose: with names alone nominals, and where each token has one tag all but one of what overlaps."""
    of_tokens = losses.of_tokens(chosen["tokens"])
    return (
        *_ENTITIES_WITHOUT_MORE,
        *((losses.NOMINALS,) if chosen["names"] == "names" else ()),
        losses.FORM,
        of_tokens["widened"],
        *((of_tokens[chosen["overlap"]],) if chosen["overlap"] != "layered" else ()),
        losses.IDS,
        *((losses.ANNOTATOR, of_tokens["bare"]) if chosen["columns"] == "bare" else ()),
        losses.ZONES,
    )


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
                    "`TextPositionSelector` in code points, and beside it a `TextQuoteSelector` with 32 code points either side",
                ),
                ("roles", "a body with purpose `linking` and the target's id"),
            ),
            opens="the JSON-LD processor pyld, against the context of the model",
        ),
        Format(
            name="brat",
            title="brat standoff",
            about="A folder for brat: ID.txt and ID.ann an article, with annotation.conf, visual.conf and tools.conf made of the corpus's labels.",
            suffixes=(".ann", ".txt"),
            folder=True,
            losses=(losses.METADATA, losses.ZONES, losses.HEADER),
            mapping=(
                ("entity e5", "span `T5` with the label; form is the attribute `Form`"),
                ("claim c5", "event `E5` of type `Claim`, its content as the trigger"),
                (
                    "stance",
                    "an event of the stance's label, the predicate as the trigger; its id in a note of type `Tasrih`",
                ),
                ("cue", "a span `Cue`, the argument `Cue` of its claim"),
                (
                    "roles",
                    "arguments `Claimer`, `About`, `Within`, `Holder`, `Target`, several of one role numbered as brat does: `Claimer2`",
                ),
                ("members", "relations `Member`"),
                (
                    "attributes",
                    "`Via`, `Mode`, `Polarity`, `Certainty`, `Checkworthy`, `Basis`; author and unnamed are `Source`",
                ),
                ("fragments, line ends", "discontinuous spans: one piece a fragment and a line"),
                ("wikidata", "a normalisation `Reference T5 Wikidata:Q90`"),
                ("note", "`AnnotatorNotes`"),
                (
                    "referent, by, confidence",
                    "JSON in a note of type `Tasrih`; of other corpora an `Equiv` is read as one referent",
                ),
            ),
            opens="the reader of brat's files of the package bioc; the configuration against the grammar of brat's own reader, in no running brat",
        ),
        Format(
            name="doccano",
            title="doccano",
            about="JSON lines of a project for sequence labelling with relations, one article a line; older exports, triples of start, end and label, are read too.",
            suffixes=(".jsonl", ".json"),
            folder=False,
            losses=(),
            mapping=(
                (
                    "entity, claim, cue, stance",
                    "a span with the label; `Claim` and `Cue` are labels of their own",
                ),
                ("span", "start and end in UTF-16 units, as doccano's page counts them (its issue 2290)"),
                ("fragments", "one span a fragment, joined to the first by a relation `part-of`"),
                ("roles", "relations `claimer`, `cue`, `about`, `within`, `holder`, `target`, `member`"),
                (
                    "everything else",
                    "the key `tasrih` of the line, which doccano keeps and gives back; it binds to spans that are where they were",
                ),
            ),
            opens="the shapes of import and export that doccano's source states, in no running doccano",
            options={
                "unit": Option(
                    ("utf16", "codepoint"),
                    "what offsets count: UTF-16 units, as doccano does, or code points, as files for it are often made",
                )
            },
        ),
        Format(
            name="bigbio",
            title="BigBIO's KB schema",
            about="JSON lines of the knowledge base schema of BigBIO, one article a line, which load_dataset reads with that schema's features.",
            suffixes=(".jsonl", ".json"),
            folder=False,
            losses=(
                losses.METADATA,
                losses.ZONES,
                losses.HEADER,
                losses.FORM,
                losses.ATTRIBUTES,
                losses.NOBODY,
                losses.REMARKS,
            ),
            mapping=(
                ("text", "one passage, so that no blank is put between two"),
                ("entity", "an entity; a cue too, of type `Cue`"),
                ("claim", "an event of type `Claim`, its content as the trigger, a fragment an offset"),
                ("stance", "an event of the stance's label"),
                ("roles", "arguments `Claimer`, `Cue`, `About`, `Within`, `Holder`, `Target`"),
                ("members", "relations `Member`"),
                ("referent", "a coreference, whose id ends in the referent's name"),
                ("wikidata", "`normalized`, db_name `Wikidata`"),
                ("ids", "behind the article's id, for they are unique over a data set"),
            ),
            opens="load_dataset, with the features that the KB schema is documented to have",
        ),
        Format(
            name="csv",
            title="CSV",
            about="A table for people: a row an annotation, with words beside ids, in UTF-8 with a byte order mark.",
            suffixes=(".csv", ".tsv"),
            folder=False,
            losses=(losses.TABLE, losses.ZONES, losses.HEADER),
            mapping=_TABLE,
            opens="Python's csv; commas, semicolons and tabs",
            needs_text=True,
            module="table_csv",
        ),
        Format(
            name="xlsx",
            title="XLSX",
            about="The same table as a workbook: its sheet runs as the language does, a second sheet says what each column is.",
            suffixes=(".xlsx",),
            folder=False,
            losses=(losses.TABLE, losses.ZONES, losses.HEADER),
            mapping=_TABLE,
            opens="openpyxl",
            extra="formats",
            needs_text=True,
            module="table_xlsx",
        ),
        Format(
            name="conll",
            title="CoNLL and other files in columns",
            about="A token a line with its tags, an empty line between sentences; CoNLL-2003, IOB1, IOB2, BIOES and BILOU are read, "
            "nested entities from columns of their own.",
            suffixes=(".conll", ".conllup", ".iob", ".iob2", ".bio", ".tsv", ".txt"),
            folder=False,
            losses=_of_columns(
                {"columns": "offsets", "names": "all", "overlap": "outermost", "tokens": "tokens"}
            ),
            varying=_of_columns,
            needs_text=True,
            mapping=(
                ("article", "lines behind `# newdoc id = …`, with the text's hash as `# text_sha256 = …`"),
                (
                    "sentence",
                    "a block of lines, headings and credit lines as their own; what an entity holds together is one",
                ),
                (
                    "token",
                    "a line; proclitics are tokens where the rest is a known word, whatever is annotated",
                ),
                ("entity", "tags of its tokens: its first B-LABEL, the others I-LABEL, or as `scheme` says"),
                ("span", "the offsets of its tokens, `start:end` in code points"),
            ),
            opens="seqeval and spaCy's converter of CoNLL files",
            options={
                "columns": Option(
                    ("offsets", "plain", "bare"),
                    "with the offsets of tokens, without, or without comments too, for tools that know none: then -DOCSTART- begins "
                    "an article, as in CoNLL-2003",
                ),
                "scheme": Option(
                    ("iob2", "bioes", "iob1"), "the tags to write; those of a file that is read are found"
                ),
                "overlap": Option(
                    ("outermost", "innermost", "layered"),
                    "which of overlapping entities are written; layered is a column a level",
                ),
                "tokens": Option(
                    ("tokens", "words"),
                    "words are parted by white space alone, as in most corpora, punctuation and proclitics in them",
                ),
                "names": Option(("all", "names"), "all entities, or names alone as in the ner view"),
                "sentences": Option(
                    ("file",),
                    "how many sentences make an article where a file does not say where documents begin",
                    free=r"[1-9]\d{0,5}",
                    named="a number",
                ),
                "tags": Option(
                    ("found",),
                    "the columns of tags of a file that is read, counted from 1",
                    free=r"[1-9]\d?(,[1-9]\d?){0,19}",
                    named="numbers as 4 or 2,3",
                ),
            },
        ),
        Format(
            name="offsets",
            title="Offsets in JSON",
            about="An object a document with its text and a list of spans, as JSON lines or one list, whatever its keys are called.",
            suffixes=(".jsonl", ".json", ".ndjson"),
            folder=False,
            losses=(losses.ENTITIES_ALONE,),
            mapping=(
                ("article", "an object with `id`, `text` and `article`, which is article.json"),
                ("layer", "`header`"),
                ("entity", "an object of `spans` with `label`, and its attributes by their names"),
                ("span", "`start` and `end` in code points, or as `unit` says, and the words as `text`"),
            ),
            opens="any reader of JSON lines",
            options={
                "unit": Option(
                    ("found", "codepoint", "utf16", "byte"),
                    "what offsets count: in a file that is read found for each document by its quotes, else code points",
                ),
                **{
                    key: Option(("found",), f"the key {what}", free=r".{1,100}", named="a name")
                    for key, what in (
                        ("text", "of a document's text"),
                        ("spans", "of its list of spans"),
                        ("id", "of its name"),
                        ("start", "of a span's start"),
                        ("end", "of its end"),
                        ("label", "of its label"),
                        ("quote", "of its words"),
                    )
                },
            },
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
