"""Runs the rules: the schema's verdict first, then what depends on it, then the corpus as a whole.

A lower level silences what depends on it: a record that is not of the schema's shape is reported once and
left out of the rules that would read it. Everything else is still checked, in one run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, cast

from tasrih import schema, store
from tasrih.check.cache import Cache, Result
from tasrih.check.entities import sought_names
from tasrih.check.fractions import fractions, has_fractions
from tasrih.check.reading import CODE_OF_PROBLEM
from tasrih.check.rule import RULES, Context, CorpusView, Fault, Rule, Summary
from tasrih.model import GOLD, Article, Document, Finding, LayerView, Settings, SplitAssignment, layer_view
from tasrih.store import Corpus, Place, Reading, json_pointer

SCHEMA_CODE = {"layer": "L109", "entity": "E101", "claim": "C101", "stance": "S101"}
_NEEDED = {"id", "rights", "text_sha256", "length", "zones", "event", "language", "origin"}
_LONGEST_SHOWN = 60
_TOGETHER = (
    64  # so many documents screened together stay in the processor's cache, and arrays are long enough
)
_ANNOTATION_ID = re.compile(r"[ecs][1-9][0-9]*\Z")
_OFFSET_RULES = ("E102", "C102", "S102")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Rules to run: on the document, on each layer those of offsets, and the others then on what lies in the text."""

    document: list[Rule]
    offset: list[Rule]
    layer: list[Rule]

    def without(self, codes: Set[str]) -> _Asked:
        document, offset, layer = (
            [rule for rule in rules if rule.code not in codes]
            for rules in (self.document, self.offset, self.layer)
        )
        return _Asked(document, offset, layer)


@dataclass(slots=True)
class Checker:
    """Checks documents one after the other and, if it `remembers`, keeps what the corpus rules need of them."""

    settings: Settings
    selected: Callable[[str], bool] = lambda code: True
    summaries: list[Summary] = field(default_factory=list)
    remembers: bool = True
    _verdict: Any = None
    _all: _Asked = field(init=False)
    _always: _Asked | None = None

    def __post_init__(self) -> None:
        chosen = [rule for rule in RULES.values() if self.selected(rule.code)]
        self._all = _Asked(
            [rule for rule in chosen if rule.scope == "document"],
            [RULES[code] for code in _OFFSET_RULES],
            [rule for rule in chosen if rule.scope == "layer" and rule.code not in _OFFSET_RULES],
        )

    def check(self, reading: Reading) -> list[Finding]:
        """Everything that is wrong with one document."""
        return self._check(reading, None)

    def check_many(self, readings: Iterable[Reading]) -> list[Finding]:
        """As `check` of one after the other, quicker: a rule is run where `screens` suspects that it finds something.

        Memory holds _TOGETHER of the documents, if `readings` does not hold them itself.
        """
        coming = iter(readings)
        findings: list[Finding] = []
        while batch := list(islice(coming, _TOGETHER)):
            findings += self._check_batch(batch)
        return findings

    def _check_batch(self, readings: Sequence[Reading]) -> Iterator[Finding]:
        from tasrih.check import screens  # not above: a check of a corpus folder starts without NumPy

        whole = [reading for reading in readings if self._is_whole(reading)]
        suspected = screens.suspected([cast(Document, reading.document) for reading in whole], self.settings)
        of_reading = {id(reading): codes for reading, codes in zip(whole, suspected, strict=True)}
        for reading in readings:
            yield from self._check(reading, of_reading.get(id(reading)))

    def _is_whole(self, reading: Reading) -> bool:
        """Whether all of the document could be read and is of the schema's shape."""
        return (
            not reading.problems and reading.document is not None and self._valid().is_valid(reading.document)
        )

    def _valid(self) -> Any:
        self._verdict = self._verdict or schema.verdict("document", self.settings["labels"])
        return self._verdict

    def _check(self, reading: Reading, suspected: Set[str] | None) -> list[Finding]:
        """With `suspected` the document is of the schema's shape, and of screened rules none but these finds anything."""
        findings = [finding_of_problem(problem) for problem in reading.problems]
        document = reading.document
        if document is None:
            return [finding for finding in findings if self.selected(finding.code)]
        in_shard = bool(reading.place.shard_line)
        folder = "" if in_shard else Path(reading.place.article).parent.name
        context = Context(self.settings, reading.hydrated, folder, in_shard)
        unread = {problem.file for problem in reading.problems}
        context.text_unread = reading.place.text in unread
        context.partial |= {name for name, (file, _) in reading.place.layers.items() if file in unread}
        if suspected is None and (not self._valid().is_valid(document) or has_fractions(document)):
            found, document = self._explain(document, reading.place, context)
            findings += found
        if document is not None:
            findings += self._semantic(document, reading, context, self._asked(suspected))
            if self.remembers:
                self._remember(document, reading, context)
        return [finding for finding in findings if self.selected(finding.code)]

    def _remember(self, document: Document, reading: Reading, context: Context) -> None:
        article, text = document["article"], document["text"]
        lines = document["layers"].get(GOLD)
        has_gold = lines is not None or GOLD in context.partial
        summary = Summary(article["id"], article["event"], text, reading.place.article, has_gold)
        whole = GOLD not in context.partial and not context.broken_ids
        if text is not None and lines and lines[0]["type"] == "layer" and whole:
            gold = layer_view(document, GOLD)
            covered = [(entity["start"], entity["end"]) for entity in gold.entities]
            covered += [(z["start"], z["end"]) for z in article["zones"] if z["kind"] == "credit"]
            summary = replace(
                summary, names=sought_names(gold), covered=covered, note=gold.header.get("note", "")
            )
        self.summaries.append(summary)

    def _explain(
        self, document: Document, place: Place, context: Context
    ) -> tuple[list[Finding], Document | None]:
        """Findings for what the schema forbids, and the document without the records that it concerns."""
        findings: list[Finding] = []
        broken: set[tuple[str, int]] = set()
        usable = True
        for path, message, missing in _errors(document, self.settings):
            findings.append(_schema_finding(path, message, document, place))
            if len(path) >= 3 and path[0] == "layers":
                broken.add((str(path[1]), int(path[2])))
                name = _id_of(document["layers"][str(path[1])][int(path[2])])
                context.broken_ids.add(name)
                if not _ANNOTATION_ID.match(
                    name
                ):  # what refers to it cannot be told from what refers to nothing
                    context.partial.add(str(path[1]))
            elif path[:1] == ["article"] and _NEEDED.isdisjoint([*path[1:2], *missing]):
                context.broken_keys.update(map(str, path[1:2]))
            else:
                usable = False
        if not findings:  # the two validators differ in a corner: the verdict stands
            findings.append(_schema_finding([], "not of the schema's shape", document, place))
            usable = False
        if not usable:
            return findings, None
        layers = {
            name: [line for index, line in enumerate(lines) if (name, index) not in broken]
            for name, lines in document["layers"].items()
        }
        for name, lines in document["layers"].items():
            place.kept[name] = [index for index in range(len(lines)) if (name, index) not in broken]
            if (name, 0) in broken:
                layers.pop(name)
                context.partial.add(name)
        kept_keys = {
            key: value for key, value in document["article"].items() if key not in context.broken_keys
        }
        return findings, {"article": cast(Article, kept_keys), "text": document["text"], "layers": layers}

    def _asked(self, suspected: Set[str] | None) -> _Asked:
        """The rules to run; of those that are screened only `suspected`, if that is given."""
        if suspected is None:
            return self._all
        if suspected:
            return self._all.without(_screened() - suspected)
        self._always = self._always or self._all.without(_screened())
        return self._always

    def _semantic(
        self, document: Document, reading: Reading, context: Context, asked: _Asked
    ) -> Iterator[Finding]:
        for rule in asked.document:
            for fault in rule.function(document, context):  # type: ignore[misc]
                if fault.pointer[:1] != ("article",) or context.broken_keys.isdisjoint(
                    map(str, fault.pointer[1:2])
                ):
                    yield _finding(rule, fault, reading.place.locate(fault.pointer))
        for name, lines in document["layers"].items() if asked.offset or asked.layer else ():
            if not lines or lines[0]["type"] != "layer" or any(line["type"] == "layer" for line in lines[1:]):
                continue
            yield from self._layer(layer_view(document, name), context, reading.place, asked)

    def _layer(self, view: LayerView, context: Context, place: Place, asked: _Asked) -> Iterator[Finding]:
        numbers = cache(lambda: {id(line): number for number, line in enumerate(view.annotations, start=1)})
        outside: dict[int, Any] = {}
        for rule in asked.offset:
            for fault in rule.function(view, context):  # type: ignore[misc]
                outside[id(fault.at)] = fault.at
                if self.selected(rule.code):
                    yield self._layer_finding(rule, fault, view, place, numbers)
        inside = view
        if outside:  # what reads the text at an offset past its end cannot be asked
            context.broken_ids |= {str(record["id"]) for record in outside.values()}
            kept = [line for line in view.annotations if id(line) not in outside]
            inside = LayerView(view.name, view.article, view.text, view.header, kept)
        for rule in asked.layer:
            for fault in rule.function(view if rule.code[0] == "L" else inside, context):  # type: ignore[misc]
                yield self._layer_finding(rule, fault, view, place, numbers)

    def _layer_finding(
        self, rule: Rule, fault: Fault, view: LayerView, place: Place, numbers: Callable[[], dict[int, int]]
    ) -> Finding:
        """`numbers` gives the number of each annotation's line by the annotation's identity."""
        pointer = ("layers", view.name, numbers().get(id(fault.at), 0), *fault.pointer)
        finding = _finding(rule, fault, place.locate(pointer))
        if view.name != GOLD and finding.severity == "warning":
            return replace(
                finding, severity="note"
            )  # an annotator's layer is data: its slips are measured, not mended
        return finding

    def finish(self, view: CorpusView) -> Iterator[Finding]:
        """Everything that is wrong with the corpus as a whole; after its documents."""
        for rule in RULES.values():
            if rule.scope == "corpus" and rule.function and self.selected(rule.code):
                for fault in rule.function(view):
                    yield _finding(rule, fault, (fault.file, fault.line, json_pointer(fault.pointer)))


def _screened() -> frozenset[str]:
    from tasrih.check.screens import SCREENED  # not above: see Checker.check_many

    return SCREENED


def _finding(rule: Rule, fault: Fault, place: tuple[str, int, str]) -> Finding:
    return Finding(rule.code, rule.severity, *place, fault.message, fault.hint or rule.mend)


def finding_of_problem(problem: store.Problem) -> Finding:
    """What could not be read, as a finding."""
    rule = RULES[CODE_OF_PROBLEM[problem.kind]]
    return Finding(rule.code, rule.severity, problem.file, problem.line, "", problem.detail, rule.mend)


def _schema_finding(path: list[str | int], message: str, document: Document, place: Place) -> Finding:
    code = "A101"
    if len(path) >= 3 and path[0] == "layers":
        line = document["layers"][str(path[1])][int(path[2])]
        kind = line.get("type") if isinstance(line, dict) else None
        code = SCHEMA_CODE.get(str(kind), "L110")
    rule = RULES[code]
    return Finding(code, rule.severity, *place.locate(path), message, rule.mend)


def _errors(document: Document, settings: Settings) -> Iterator[tuple[list[str | int], str, list[str]]]:
    """Path, message and missing keys of everything that is not of the schema's shape."""
    for error in schema.explain("document", settings["labels"], document):
        yield list(error.absolute_path), said(error), _missing(error)
    for path in fractions(document):
        yield (
            list(path),
            "the number is too large, or written as a fraction: lengths and offsets are plain whole numbers",
            [],
        )


def _id_of(record: Any) -> str:
    return str(record.get("id")) if isinstance(record, dict) else ""


def _missing(error: Any) -> list[str]:
    if error.validator != "required":
        return []
    return [name for name in error.validator_value if name not in error.instance]


def said(error: Any) -> str:
    """One line for an error of jsonschema, however large the value is."""
    shown = repr(error.instance)
    shown = shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"
    if error.validator == "enum":
        return f"{shown} is not one of {', '.join(map(str, error.validator_value))}"
    if error.validator == "pattern":
        return f"{shown} is not of the form {error.validator_value}"
    if error.validator == "anyOf" and all("required" in part for part in error.validator_value):
        return "there is neither " + " nor ".join(
            name for part in error.validator_value for name in part["required"]
        )
    if error.validator in ("required", "additionalProperties"):
        return str(error.message)[:200]
    return f"{shown}: {error.validator} {str(error.validator_value)[:_LONGEST_SHOWN]}"


def check_documents(
    readings: Iterable[Reading], settings: Settings, selected: Callable[[str], bool] = lambda code: True
) -> Iterator[Finding]:
    """Findings of documents from anywhere, one document after the other. Memory holds one at a time."""
    checker = Checker(settings, selected, remembers=False)
    for reading in readings:
        yield from checker.check(reading)


def check_corpus(root: Path, selected: Callable[[str], bool] = lambda code: True, ids: Sequence[str] | None = None,
                 progress: Callable[[Iterable[str]], Iterable[str]] = lambda names: names) -> Iterator[Finding]:  # fmt: skip
    """All findings of the corpus in folder `root`; with `ids` only those of these articles.

    What is found in an article is kept beside the corpus for the next time: see `tasrih.check.cache`.
    Raises tasrih.store.Misuse where there is no corpus.
    """
    problems, corpus = _open(root)
    yield from (finding for finding in problems if selected(finding.code))
    if corpus is None:
        return
    cache, article = Cache(corpus), _ArticleCheck(corpus)
    summaries: list[Summary] = []
    names = [name for name in corpus.ids() if store.is_id(name)]
    for name in progress(names if ids is None else ids):
        findings, summary = cache.checked(name, article)
        yield from (finding for finding in findings if selected(finding.code))
        summaries += [summary] if summary else []
    if ids is None:
        found = _whole(corpus, Checker(corpus.settings, summaries=summaries), cache)
        yield from (finding for finding in found if selected(finding.code))


class _ArticleCheck:
    """Checks one article with every rule, whatever is selected, so that the result serves any selection."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._checker = Checker(corpus.settings)

    def __call__(self, name: str) -> Result:
        self._checker.summaries.clear()
        findings = self._checker.check(store.read_document(self._corpus, name))
        return findings, next(iter(self._checker.summaries), None)


def check_settings(root: Path) -> Iterator[Finding]:
    """What is wrong with corpus.toml and what it names; the articles of the folder are not looked at."""
    problems, corpus = _open(root)
    yield from problems
    if corpus is not None:
        tags = git_tags(root) if corpus.settings.get("previous") else None
        view = CorpusView(corpus.settings, [], [], [], str(root), guidelines_version(root), tags)
        checker = Checker(corpus.settings, lambda code: code.startswith("R"))
        yield from checker.finish(view)


def _open(root: Path) -> tuple[list[Finding], Corpus | None]:
    """The corpus, or None and why its settings are not valid."""
    file = root / "corpus.toml"
    settings = store.read_settings_file(file)
    rule = RULES["R101"]
    findings = [
        Finding(
            "R101",
            rule.severity,
            str(file),
            1,
            json_pointer(list(error.absolute_path)),
            said(error),
            rule.mend,
        )
        for error in schema.faults("corpus", cast(Any, {"entity": [], "stance": [], "topic": []}), settings)
    ]
    return findings, None if findings else Corpus(root, cast(Settings, settings))


def _whole(corpus: Corpus, checker: Checker, cache: Cache) -> Iterator[Finding]:
    splits, lines, problems = store.read_splits(corpus)
    for problem in problems:
        yield finding_of_problem(problem)
    rule = RULES["P101"]
    good: list[tuple[SplitAssignment, int]] = []
    labels = corpus.settings["labels"]
    verdict = schema.verdict("split", labels)
    for record, line in zip(splits, lines, strict=True):
        errors = [] if verdict.is_valid(record) else list(schema.explain("split", labels, record))
        for error in errors:
            yield Finding("P101", rule.severity, str(corpus.root / "splits.jsonl"), line,
                          json_pointer(list(error.absolute_path)), said(error), rule.mend)  # fmt: skip
        if not errors:
            good.append((record, line))
    view = CorpusView(
        corpus.settings,
        checker.summaries,
        [record for record, _ in good],
        [line for _, line in good],
        str(corpus.root),
        guidelines_version(corpus.root),
        git_tags(corpus.root) if corpus.settings.get("previous") else None,
        [name for name in corpus.ids() if not store.is_id(name)],
        sorted(set(corpus.ids()) - {summary.id for summary in checker.summaries}),
        cache.near_duplicates,
    )
    yield from cache.of_corpus(view, checker.finish)


def guidelines_version(root: Path) -> str | None:
    """The version that guidelines.md states in its line «Version: …», or None."""
    try:
        text = (root / "guidelines.md").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    match = re.search(r"^Version: ([0-9]+[.][0-9]+)\s*$", text, re.MULTILINE)
    return match and match.group(1)


def git_tags(root: Path) -> list[str]:
    """Tags of the git repository round `root`; none where there is no git."""
    import subprocess

    try:
        done = subprocess.run(
            ["git", "-C", str(root), "tag", "--list"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return []
    return done.stdout.split()
