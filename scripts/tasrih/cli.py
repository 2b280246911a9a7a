"""The command line: one thin function a verb. Parse, call, print."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from tasrih import __version__, store
from tasrih.model import GOLD, Finding
from tasrih.store import Misuse

app = typer.Typer(
    name="tasrih",
    help="From news articles to a dataset of who is named, who said what, and who stands where.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


class _FormatGroup(TyperGroup):
    """Its own verbs, and one for every format of the table, which is only looked at where it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        from tasrih.formats.catalogue import FORMATS

        return sorted({*super().list_commands(ctx), *FORMATS})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return super().get_command(ctx, cmd_name) or self.of_format(cmd_name)

    def of_format(self, name: str) -> Any:
        raise NotImplementedError


class _ImportGroup(_FormatGroup):
    def of_format(self, name: str) -> Any:
        return _command_of_format(name, _import_format, _import_help)


class _ExportGroup(_FormatGroup):
    def of_format(self, name: str) -> Any:
        return _command_of_format(name, _export_format, _export_help)


import_app = typer.Typer(
    help="Bring annotations in from a file.", no_args_is_help=True, cls=_ImportGroup, rich_markup_mode="rich"
)
export_app = typer.Typer(
    help="Write articles with their annotations in another format.",
    no_args_is_help=True,
    cls=_ExportGroup,
    rich_markup_mode="rich",
)
app.add_typer(import_app, name="import")
app.add_typer(export_app, name="export")
server_app = typer.Typer(
    help="The live loop with a Label Studio server, named by LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY.",
    no_args_is_help=True,
)
app.add_typer(server_app, name="label-studio")

TOOL = f"tasrih {__version__}"
CorpusDir = Annotated[Path, typer.Option("--corpus", help="The corpus folder.")]
CORPUS = Path("corpus")


def main() -> None:
    """Runs the command line; a Misuse becomes one line on stderr and exit status 2."""
    try:
        app()
    except Misuse as error:
        fail(str(error))
    except BrokenPipeError:
        sys.exit(0)


def fail(message: str) -> NoReturn:
    """Says what is wrong on stderr and ends with status 2."""
    print(f"tasrih: {message}", file=sys.stderr)
    sys.exit(2)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def progress(label: str) -> Callable[[Iterable[Any]], Iterable[Any]]:
    """Wraps a sequence in a progress bar on stderr, where stderr is a terminal."""

    def wrap(items: Iterable[Any]) -> Iterable[Any]:
        if not sys.stderr.isatty():
            return items
        from rich.console import Console
        from rich.progress import track

        return track(list(items), description=label, console=Console(stderr=True), transient=True)

    return wrap


def counted(label: str, items: Iterable[Any], total: int) -> Iterable[Any]:
    """`items`, `total` of them, one at a time, with a progress bar where stderr is a terminal."""
    if not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, description=label, total=total, console=Console(stderr=True), transient=True)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        print(TOOL)
        raise typer.Exit


def watch(
    label: str, items: Iterable[Any], total: int, amount: Callable[[Any], tuple[int, int]]
) -> Iterator[Any]:
    """Hands `items` on with a bar of how far, how fast and how long still, where stderr is a terminal.

    What `amount` gives first of every item adds up to `total`; the second is how many articles the item has.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    from rich import progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}"), bars.BarColumn(), bars.TaskProgressColumn(),
        bars.TextColumn("{task.fields[said]}"), bars.TimeElapsedColumn(), bars.TextColumn("left"), bars.TimeRemainingColumn(),
    )  # fmt: skip
    started, articles = monotonic(), 0
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total, said="")
        for item in items:
            yield item
            done, more = amount(item)
            articles += more
            rate = articles / max(0.001, monotonic() - started)
            bar.update(task, advance=done, said=f"{articles:,} articles, {rate:,.0f}/s" if articles else "")


Workers = Annotated[
    int,
    typer.Option(
        min=0, max=100_000, help="How many work at once; 0: this process, on ray the whole cluster."
    ),
]
Engine = Annotated[
    str, typer.Option(help="local, or ray: a cluster, RAY_ADDRESS or this machine; see docs/scale.md.")
]
FindingsFile = Annotated[
    Path | None, typer.Option("--findings", help="A Parquet file for all findings, however many.")
]
_MOST_LISTED = 200  # of the findings of shards; past that they are counted by rule


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The corpus folder to make.")],
    name: Annotated[str, typer.Option(help="Short name of its releases; the folder's without it.")] = "",
    title: Annotated[str, typer.Option(help="The name as people read it.")] = "",
    language: Annotated[
        list[str] | None, typer.Option(help="BCP 47 tag; any number of times. Arabic without it.")
    ] = None,
    entity: Annotated[
        str, typer.Option(help="Entity labels, with commas between; the project's own without it.")
    ] = "",
    stance: Annotated[str, typer.Option(help="Stance labels; support, oppose, neutral without it.")] = "",
    topic: Annotated[str, typer.Option(help="Topics of articles; general without it.")] = "",
    licence: Annotated[
        str, typer.Option(help="SPDX identifier of the licence of annotations.")
    ] = "CC-BY-4.0",
    maintainer: Annotated[
        list[str] | None, typer.Option(help="Who publishes it, for citation; any number of times.")
    ] = None,
) -> None:
    """Make an empty corpus with label sets of its own, in any language.

    Example: [bold]tasrih init news --language en --entity person,party,place --topic politics,sport[/]
    """
    from tasrih import new_corpus

    given = {"entity": entity, "stance": stance, "topic": topic}
    labels: Any = {
        kind: [label.strip() for label in said.split(",") if label.strip()] or new_corpus.LABELS[kind]  # type: ignore[literal-required]
        for kind, said in given.items()
    }
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    called = name or folder.resolve().name.lower()
    made = new_corpus.settings(called, title, language or ["ar"], licence, labels, today, maintainer or [])
    for path in new_corpus.create(folder, made):
        print(path)


@app.command()
def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            help="Article ids or folders; or shards: .jsonl (also .gz, .zst) and .parquet; all articles without it."
        ),
    ] = None,
    corpus: CorpusDir = CORPUS,
    select: Annotated[
        str, typer.Option(help="Only these codes or families, with commas: E103,P; or ALL, as without it.")
    ] = "",
    fix: Annotated[bool, typer.Option("--fix", help="Mend what is safe, then check.")] = False,
    format: Annotated[str, typer.Option(help="text, json, sarif or github.")] = "text",
    findings: FindingsFile = None,
    workers: Workers = 0,
    engine: Engine = "local",
) -> None:
    """Check everything and report all findings. Exit status 1 where there are errors or warnings.

    Shards are read as a stream: a million articles take no more memory than a thousand.

    Examples: [bold]tasrih check[/], [bold]tasrih check health-campaign-03 --select E,C[/],
    [bold]tasrih check --fix[/], [bold]tasrih check --format sarif > findings.sarif[/],
    [bold]tasrih check silver-*.jsonl.zst --workers 2 --findings findings.parquet[/]
    """
    from tasrih.check import fix as fixing
    from tasrih.check import run
    from tasrih.check.rule import FAMILIES, RULES

    codes = tuple(code.strip().upper() for code in select.split(",") if code.strip())
    if codes == ("ALL",):
        codes = ()
    for code in codes:
        if code not in RULES and code not in FAMILIES:
            fail(f"--select: «{code}» is neither a rule's code nor a family ({', '.join(FAMILIES)})")
    if format not in ("text", "json", "sarif", "github"):
        fail(f"--format: «{format}» is not one of text, json, sarif, github")
    if fix:
        for file in fixing.fix_corpus(store.open_corpus(corpus)):
            print(f"mended {file}", file=sys.stderr)

    def selected(code: str) -> bool:
        return code.startswith(codes) if codes else True

    given = [(path, _is_source(path)) for path in paths or []]
    sources = [Path(path) for path, source in given if source]
    ids = [_article_id(path, corpus) for path, source in given if not source]
    found = (
        []
        if sources and not ids
        else list(run.check_corpus(corpus, selected, ids or None, progress("checking")))
    )
    if sources or findings is not None:
        _check_sources(sources, found, corpus, codes, format, findings, workers, engine)
        return
    print(_output(format)(found))
    if any(finding.severity != "note" for finding in found):
        raise typer.Exit(1)


def _output(format: str) -> Callable[[Sequence[Finding]], str]:
    from tasrih.check import output

    return {
        "text": output.as_text, "json": output.as_json, "github": output.as_github, "sarif": output.as_sarif
    }[format]  # fmt: skip


def _is_source(path: str) -> bool:
    """Whether a path is that of a shard or of a corpus, by its name and what is there."""
    from tasrih.shards import is_shard

    return is_shard(Path(path)) or (Path(path) / "corpus.toml").is_file()


def _check_sources(
    sources: list[Path],
    known: list[Finding],
    corpus: Path,
    codes: tuple[str, ...],
    format: str,
    findings: Path | None,
    workers: int,
    engine: str,
) -> None:
    """Checks shards and prints what was found and what is `known`. Ends with status 1 for errors or warnings."""
    from contextlib import nullcontext
    from itertools import chain

    from tasrih import engine as engines
    from tasrih import shards
    from tasrih.check import in_shards, output
    from tasrih.check.tally import Tally

    job = in_shards.CheckJob(store.open_corpus(corpus).settings, codes)
    checked = engines.run(job, shards.parts(sources), workers, engine)
    watched = watch("checking", checked, shards.size_of(sources), lambda one: (one.taken, one.articles))
    writing: Any = nullcontext(lambda found: None)
    if findings is not None:
        from tasrih.check.findings_file import writing as opened

        writing = opened(findings)
    tally = Tally()
    listed: list[Finding] = []
    with writing as write:
        for found in chain(
            [known], in_shards.findings_of(watched, "P108".startswith(codes) if codes else True)
        ):
            write(found)
            tally.added(found)
            listed += found[: max(0, _MOST_LISTED + 1 - len(listed))]
    if len(listed) <= _MOST_LISTED:
        print(_output(format)(listed))
    elif format == "text":
        print(output.as_summary(tally))
    else:
        fail(
            f"{tally.total:,} findings are too many for {format}; give --findings FILE.parquet and --format text"
        )
    if tally.has("error", "warning"):
        raise typer.Exit(1)


def _article_id(path: str, corpus: Path) -> str:
    """An article's id from an id or from the path of its folder. Ends with status 2 where it is none."""
    name = path if store.is_id(path) else Path(path).name
    if not store.is_id(name) or not (corpus / "articles" / name).is_dir():
        fail(f"«{path}»: there is no such article in {corpus}")
    if not store.is_id(path) and Path(path).resolve() != (corpus / "articles" / name).resolve():
        fail(f"«{path}»: there is no such article in {corpus}")
    return name


@app.command()
def explain(code: Annotated[str, typer.Argument(help="A rule's code, such as E103.")]) -> None:
    """Explain a rule: what it finds, why, how to mend it, with a bad and a good example.

    Example: [bold]tasrih explain E103[/]
    """
    from tasrih.check import explain as explaining
    from tasrih.check.rule import RULES

    rule = RULES.get(code.upper())
    if rule is None:
        fail(f"there is no rule «{code}»; the rules are {', '.join(sorted(RULES))}")
    print(explaining.explained(rule))


@app.command()
def agree(
    ids: Annotated[list[str] | None, typer.Argument(help="Article ids; all without it.")] = None,
    layers: Annotated[str, typer.Option(help="Layers, with commas; all but gold without it.")] = "",
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
    html: Annotated[
        Path | None, typer.Option(help="Also write a page with every disagreement in its sentence.")
    ] = None,
    gamma: Annotated[
        bool, typer.Option("--gamma", help="Unitizing gamma too; slow, needs tasrih[gamma].")
    ] = False,
    account: Annotated[
        bool,
        typer.Option(
            "--account", help="What became of every annotation of two layers in gold, and that it adds up."
        ),
    ] = False,
    guidelines: Annotated[
        str, typer.Option(help="Only layers made after this version of the guidelines.")
    ] = "",
    resamples: Annotated[int, typer.Option(min=1, max=100_000, help="Resamples of the bootstrap.")] = 1000,
    corpus: CorpusDir = CORPUS,
) -> None:
    """Measure how far layers of the same articles agree, each figure with its interval.

    Examples: [bold]tasrih agree[/], [bold]tasrih agree --layers reader-a,reader-b --html agreement.html[/],
    [bold]tasrih agree --format json > agreement.json[/], [bold]tasrih agree --account[/]
    """
    from tasrih.agree import figures, output

    if format not in ("text", "json"):
        fail(f"--format: «{format}» is not one of text, json")
    opened, documents = _layered(corpus, ids)
    if account:
        _account(opened, documents, layers)
        return
    chosen = [name.strip() for name in layers.split(",") if name.strip()]
    found = figures.report(documents, chosen, resamples, guidelines.strip())
    if gamma:
        from tasrih.agree.gamma import gamma_figures

        for pair in found.pairs:
            pair.figures += gamma_figures(pair.comparisons, resamples, progress("gamma"))
    if html is not None:
        from tasrih.report.agreement import page

        store.write_atomic(html, page(found, opened.settings).encode())
        print(html, file=sys.stderr)
    if format == "json":
        print(output.as_json(found))
        return
    from rich.console import Console

    Console().print(output.as_text(found))


def _account(opened: store.Corpus, documents: list[Any], layers: str) -> None:
    """Prints what became of every annotation of two layers. Ends with status 1 where it does not add up."""
    from rich.console import Console

    from tasrih.agree import adjudicate as adjudicating
    from tasrih.agree import output

    pair = adjudicating.two_layers(documents, layers)
    accounts = [
        adjudicating.account(opened, document, pair)
        for document in documents
        if set(pair) <= document["layers"].keys()
    ]
    Console().print(output.account_table(pair, [settled for settled, _ in accounts]))
    wrong = [message for _, messages in accounts for message in messages]
    for message in wrong:
        print(message)
    if wrong:
        raise typer.Exit(1)


@app.command()
def adjudicate(
    ids: Annotated[list[str] | None, typer.Argument(help="Article ids; all without it.")] = None,
    layers: Annotated[
        str, typer.Option(help="The two layers, with a comma between; without it the only two.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(help="A folder for work lists of the cases that are open.")
    ] = None,
    decisions: Annotated[
        list[Path] | None, typer.Option(help="A completed work list; may be given several times.")
    ] = None,
    by: Annotated[str, typer.Option(help="Who decided, for the record; with --decisions.")] = "",
    corpus: CorpusDir = CORPUS,
) -> None:
    """Make gold of two layers: what agrees goes to gold, the rest becomes a work list to decide.

    Gold is written once every case of an article is decided. Decisions are kept in decisions.jsonl beside gold,
    and a second run asks none of them again. Exit status 1 while a case is open.

    Examples: [bold]tasrih adjudicate --out work[/],
    [bold]tasrih adjudicate --decisions work/health-campaign-03.inline --by "the second founder"[/]
    """
    from tasrih.agree import adjudicate as adjudicating

    if decisions and not by.strip():
        fail("--decisions: say who decided with --by")
    opened, documents = _layered(corpus, ids)
    pair = adjudicating.two_layers(documents, layers)
    adjudicable = {d["article"]["id"]: d for d in documents if set(pair) <= d["layers"].keys()}
    for file in decisions or []:
        article_id, found = adjudicating.read_work_list(_bounded(file), str(file), adjudicable, pair, by)
        path = adjudicating.keep(opened, article_id, found)
        print(f"{path}: {_count(len(found), 'decision')}")
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    results = [
        adjudicating.adjudicate(opened, document, pair, TOOL, now)
        for document in progress("adjudicating")(adjudicable.values())
    ]
    for result in results:
        print(result.said)
    still_open = [result for result in results if result.settled.undecided]
    if out is not None and still_open:
        for path in adjudicating.write_work_lists(opened, still_open, out):
            print(path)
    if still_open or any(result.settled.problems for result in results):
        raise typer.Exit(1)


def _layered(corpus: Path, ids: list[str] | None) -> tuple[store.Corpus, list[Any]]:
    """The corpus and those of its documents whose text is at hand and that have layers besides gold."""
    from tasrih.check.usable import usable

    opened = store.open_corpus(corpus)
    found = []
    for name in progress("reading")([_article_id(given, corpus) for given in ids or []] or opened.ids()):
        document = usable(opened, name, every_layer=True)
        if document["text"] is not None and document["layers"].keys() - {GOLD}:
            found.append(document)
    return opened, found


def _document(
    corpus: Path,
    article_id: str,
    layer: str | None = None,
    *,
    every_layer: bool = False,
    local_texts: bool = True,
) -> tuple[store.Corpus, Any]:
    """The corpus and one of its documents with `layer` or every layer, quotes in words where the text is at hand."""
    from tasrih.check.usable import usable

    opened = store.open_corpus(corpus)
    return opened, usable(opened, article_id, layer, every_layer=every_layer, local_texts=local_texts)


@export_app.command("inline")
def export_inline(
    article_id: Annotated[str, typer.Argument(help="The article.")],
    out: Annotated[Path | None, typer.Argument(help="The file to write; stdout without it.")] = None,
    layer: Annotated[
        str, typer.Option(help="The layer; the bare text where the article has none of that name.")
    ] = "gold",
    corpus: CorpusDir = CORPUS,
) -> None:
    """Write one article as text with tags around spans, to annotate in any editor.

    Example: [bold]tasrih export inline health-campaign-03 article.inline[/]
    """
    from tasrih.formats import inline

    _, document = _document(corpus, article_id, layer)
    text = inline.write(document, layer)
    if out is None:
        sys.stdout.buffer.write(text.encode())
    else:
        store.write_atomic(out, text.encode())


@import_app.command("inline")
def import_inline(
    file: Annotated[Path, typer.Argument(help="An inline file.")],
    layer: Annotated[str, typer.Option(help="The layer to write; the file's annotator without it.")] = "",
    corpus: CorpusDir = CORPUS,
) -> None:
    """Read an inline file into a layer of its article. The text must be the article's, to the letter.

    Example: [bold]tasrih import inline article.inline --layer gold[/]
    """
    from tasrih.check.usable import refuse_invalid
    from tasrih.formats import inline

    data = _bounded(file)
    parsed = inline.read(data, str(file))
    article_id = parsed.header.get("article", "")
    opened, document = _document(corpus, article_id)
    text = document["text"]
    if text is None:
        fail(f"{file}: the text of {article_id} is withheld; run «tasrih hydrate FILE» first")
    if difference := inline.first_difference(text, parsed.text):
        fail(
            f"{file}: the text is not that of {article_id}, {difference}; tags may be added, the text may not change"
        )
    name = layer or parsed.header.get("annotator", "gold")
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    header = inline.header_for(document, parsed, name, opened.settings["guidelines"], TOOL, now)
    store.layer_path(opened, article_id, name)
    refuse_invalid(opened.settings, document, [header, *parsed.annotations], str(file))
    path = store.write_layer(opened, document["article"], name, header, parsed.annotations, text)
    print(f"{path}: {_count(len(parsed.annotations), 'annotation')}")


def _bounded(file: Path) -> str:
    """The content of a text file, line ends unchanged. Ends with status 2 where it cannot be read."""
    try:
        return _bounded_bytes(file, store.MAX_FILE).decode("utf-8")
    except UnicodeDecodeError as error:
        fail(f"{file}: byte {error.start} is not UTF-8")


@app.command()
def ingest(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="SRC…", help="Files, folders, archives, patterns; - is standard input."),
    ],
    topic: Annotated[str, typer.Option(help="One of the corpus's topics.")],
    licence: Annotated[str, typer.Option(help="SPDX identifier, or words.")],
    id: Annotated[
        str | None, typer.Option("--id", help="The article's id, for one article; else ids are made.")
    ] = None,
    event: Annotated[
        str | None, typer.Option(help="The event that all are about, as a slug; else each has its own.")
    ] = None,
    withhold: Annotated[
        bool, typer.Option("--withhold", help="Keep the text out of the repository.")
    ] = False,
    title: Annotated[str | None, typer.Option(help="The headline.")] = None,
    author: Annotated[str | None, typer.Option(help="Who or what wrote it.")] = None,
    written: Annotated[
        bool, typer.Option("--written", help="Written for this corpus, not reported elsewhere.")
    ] = False,
    invented: Annotated[
        bool, typer.Option("--invented", help="People, bodies and places are invented.")
    ] = False,
    date: Annotated[str | None, typer.Option(help="Date of publication, YYYY-MM-DD.")] = None,
    language: Annotated[
        str | None, typer.Option(help="BCP 47 tag; else what the source states, else the corpus's first.")
    ] = None,
    metadata: Annotated[
        Path | None, typer.Option(help="A JSON file with further keys of article.json.")
    ] = None,
    kind: Annotated[
        str, typer.Option(help="plain, html, warc, feed, json, jsonl, csv, docx or pdf; else it is seen.")
    ] = "",
    field: Annotated[
        list[str] | None, typer.Option(help="OURS=THEIRS: a record's field that is our text, title, …")
    ] = None,
    encoding: Annotated[str, typer.Option(help="The encoding of all sources; else it is found out.")] = "",
    mend: Annotated[
        bool, typer.Option("--mend", help="Mend PDF text: presentation forms and visual order.")
    ] = False,
    skip_near_duplicates: Annotated[
        bool, typer.Option("--skip-near-duplicates", help="Leave out what shares half of its shingles.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="A JSON Lines file with what came of each.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be kept; write nothing.")
    ] = False,
    corpus: CorpusDir = CORPUS,
) -> None:
    """Make articles from texts, web pages, web archives, feeds, tables, Word and PDF files. Nothing is fetched.

    Credit lines, datelines and what a source states become metadata, subheadings zones. Exit status 1 where nothing was kept.

    Examples: [bold]tasrih ingest report.txt --id health-campaign-03 --event health-campaign-2024 --topic health --licence CC-BY-4.0[/],
    [bold]tasrih ingest news.jsonl pages/ crawl.warc.gz --topic local --licence "all rights reserved" --withhold --report ingest.jsonl[/],
    [bold]tasrih ingest - --kind csv --field text=content --topic local --licence CC0-1.0 --dry-run < news.csv[/]
    """
    from tasrih.ingest import run
    from tasrih.ingest.output import Printer, checked_options

    opened = store.open_corpus(corpus)
    given: dict[str, Any] = {
        "id": id, "title": title, "language": language, "event": event, "topic": topic,
        "origin": "written" if written else "reported", "author": author, "date": date, "invented": invented,
        "rights": {"licence": licence, "redistribute": not withhold},
    }  # fmt: skip
    if metadata is not None:
        try:
            given |= json.loads(_bounded(metadata))
        except (ValueError, TypeError) as error:
            fail(f"{metadata}: {error}")
    if id is not None:
        opened.folder(id)
    options = checked_options(kind, field or [], encoding, mend)
    request = run.Request(given, options, kind or None, dry_run, skip_near_duplicates)
    if given["id"]:
        for path in run.take_one(opened, request, sources):
            print(path)
        return
    ingestion = run.Ingestion(opened, request)
    files = run.files(sources)
    with Printer(report) as printer:
        for file in counted("ingesting", files, len(files)):
            printer.file(run.file_name(file), ingestion.of_file(file))
        printer.end(dry_run)
    if not printer.kept:
        raise typer.Exit(1)


@app.command()
def hydrate(
    sources: Annotated[
        list[Path], typer.Argument(help="Text files, folders of them, or zip and tar archives.")
    ],
    corpus: CorpusDir = CORPUS,
) -> None:
    """Complete stand-off articles from texts that you have: the article is found by the text's hash.

    Line ends, a byte order mark, white space at the ends and the Unicode normal form may differ. Exit status 1
    where a source named here, or every text of a folder or archive, belongs to no article.

    Examples: [bold]tasrih hydrate article.txt[/], [bold]tasrih hydrate ~/articles backup.zip[/]
    """
    from tasrih.ingest import hydrate as hydrating

    opened = store.open_corpus(corpus)
    missed = False
    for source in sources:
        results = list(hydrating.hydrate(opened, source, progress("hydrating")))
        for result in results:
            print(result, file=sys.stdout if result.article else sys.stderr)
        missed |= not any(result.article for result in results)
    if missed:
        raise typer.Exit(1)


@app.command()
def build(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Shards with articles, .jsonl (also .gz, .zst) or .parquet, or corpus folders; the corpus without it."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder that releases are built in.")] = Path("dist"),
    with_local_texts: Annotated[
        bool,
        typer.Option(
            "--with-local-texts", help="Hydrated texts too; such a release may not leave the machine."
        ),
    ] = False,
    standoff: Annotated[
        bool, typer.Option("--standoff", help="No text at all: offsets, labels and keyed hashes alone.")
    ] = False,
    workers: Workers = 0,
    engine: Engine = "local",
    cache: Annotated[
        Path | None,
        typer.Option(help="A folder for what is made of every part of the articles, kept for later builds."),
    ] = None,
    corpus: CorpusDir = CORPUS,
) -> None:
    """Build the release that load_dataset reads. A corpus with errors is not built.

    Texts whose rights forbid redistribution are always left out, unless --with-local-texts. With shards, the name, the
    labels and the frozen splits come from --corpus; articles of one event and near-duplicates get one split. A build
    that was cut off goes on where it was when it is run again, and what has not changed is not made again.

    Examples: [bold]tasrih build[/], [bold]tasrih build --standoff[/],
    [bold]tasrih build --out /data/releases --with-local-texts[/],
    [bold]tasrih build silver-*.jsonl.zst --corpus silver --workers 2[/]
    """
    from tasrih.check import output
    from tasrih.engine import keep_memory, without_pandas
    from tasrih.release import build as building

    if standoff and with_local_texts:
        fail("--standoff and --with-local-texts exclude each other")
    texts: building.Texts = "none" if standoff else "local" if with_local_texts else "redistributable"
    without_pandas()
    keep_memory()
    how = building.How(workers, engine, cache, watch)
    release = building.build(corpus, out, sources=sources or [], texts=texts, how=how)
    if release.near:
        print(f"{_count(release.near, 'pair')} of near-duplicates, each within one split", file=sys.stderr)
    if release.left_out and sources:
        print(f"{_count(release.left_out, 'article')} without gold left out", file=sys.stderr)
    if release.folder is None:
        if release.findings:
            print(output.as_text(release.findings))
        if release.tally.total:
            print(output.as_summary(release.tally))
        print("tasrih: not built; mend the errors above", file=sys.stderr)
        raise typer.Exit(1)
    print(release.folder)


@app.command()
def verify(
    release: Annotated[Path, typer.Argument(help="The folder of a release.")],
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build the corpus again and compare the tables' content.")
    ] = False,
    corpus: CorpusDir = CORPUS,
) -> None:
    """Verify that a release is what its manifest says; with --rebuild also that the corpus gives the same tables.

    Example: [bold]tasrih verify dist/tasrih-news-0.2.0 --rebuild[/]
    """
    import tempfile

    from tasrih.release import build as building
    from tasrih.release import manifest as manifests
    from tasrih.release import verify as verifying

    findings = list(verifying.verify(release))
    differing: list[str] = []
    manifest = manifests.read_manifest(release)
    if rebuild and not findings:
        with tempfile.TemporaryDirectory() as folder:
            texts = building.texts_of(str(manifest["version"]))
            again = building.build(corpus, Path(folder), texts=texts, how=building.How(watch=watch))
            if again.folder is None:
                fail(f"{corpus} has errors and cannot be built; run «tasrih check»")
            differing = verifying.differing_tables(manifest, manifests.read_manifest(again.folder))
    for finding in findings:
        print(finding)
    for table in differing:
        print(f"{release}: the corpus gives other content for {table}")
    if findings or differing:
        raise typer.Exit(1)
    print(
        f"{release}: {len(manifest['files'])} files and {len(manifest['tables'])} tables are what the manifest says"
    )


@app.command()
def publish(
    release: Annotated[Path, typer.Argument(help="The folder of a release.")],
    target: Annotated[
        str,
        typer.Argument(
            help="hf://datasets/OWNER/NAME, an address such as s3://bucket/datasets, or the folder that holds the "
            "published releases."
        ),
    ],
    branch: Annotated[str, typer.Option(help="The branch of a repository of the Hub.")] = "main",
    private: Annotated[
        bool, typer.Option("--private", help="Where the repository has to be made: make it private.")
    ] = False,
) -> None:
    """Publish a release: verified before and after, whole or not at all, never over another.

    A release that holds texts which may not be redistributed is refused. A version that is published already is
    left alone where it is the same, and refused where it is not. A run that was cut off goes on where it was.
    Credentials come from the environment (HF_TOKEN, AWS_ACCESS_KEY_ID …) or from the Hub's own store alone.

    Examples: [bold]tasrih publish dist/tasrih-news-0.2.0 hf://datasets/OWNER/tasrih-news[/],
    [bold]tasrih publish dist/tasrih-news-0.2.0 s3://bucket/datasets[/],
    [bold]tasrih publish dist/tasrih-news-0.2.0 /srv/datasets[/]
    """
    from tasrih.release import publish as publishing
    from tasrih.release import publish_hub, publish_store

    kind = publishing.kind_of(target)
    bar = progress("publishing")
    if kind == "hub":
        print(publish_hub.publish(release, target, branch=branch, private=private, progress=bar))
    elif kind == "store":
        print(publish_store.publish(release, target, bar))
    else:
        print(publishing.publish(release, Path(target), bar))


@app.command()
def diff(
    old: Annotated[
        str, typer.Argument(help="A release's folder, a corpus folder, or a git revision of --corpus.")
    ],
    new: Annotated[str, typer.Argument(help="The same; the corpus as it is without it.")] = "",
    format: Annotated[str, typer.Option(help="text, markdown or json.")] = "text",
    corpus: CorpusDir = CORPUS,
) -> None:
    """Say what changed between two states of a dataset, annotation by annotation, and which version step that calls for.

    Examples: [bold]tasrih diff v0.1.0[/], [bold]tasrih diff dist/tasrih-news-0.1.0 dist/tasrih-news-0.2.0[/],
    [bold]tasrih diff v0.1.0 v0.2.0 --format json > changes.json[/]
    """
    from tasrih.release import diff as comparing
    from tasrih.release import diff_output as output
    from tasrih.release.editions import edition

    shown = {"text": output.as_text, "markdown": output.as_markdown, "json": output.as_json}
    if format not in shown:
        fail(f"--format: «{format}» is not one of {', '.join(shown)}")
    found = comparing.diff(edition(old, corpus), edition(new or str(corpus), corpus))
    print(shown[format](found).rstrip("\n"))


@app.command()
def reanchor(
    article: Annotated[str, typer.Argument(help="The article's id.")],
    file: Annotated[Path, typer.Argument(help="A text file with the corrected text, whole.")],
    drop: Annotated[
        bool,
        typer.Option("--drop", help="Write even where something has no place in the new text, without it."),
    ] = False,
    corpus: CorpusDir = CORPUS,
) -> None:
    """Move an article's annotations to a corrected text. What could not be placed is named, and nothing written.

    Every layer, the zones and the adjudicators' decisions come along. Exit status 1 where something has no place.

    Example: [bold]cp corpus/articles/health-campaign-03/text.txt mended.txt[/], mend it, then
    [bold]tasrih reanchor health-campaign-03 mended.txt[/]
    """
    from tasrih.agree import reanchor as reanchoring
    from tasrih.text.canonical import NotText, canonical

    opened, document = _document(corpus, _article_id(article, corpus), every_layer=True)
    try:
        text = canonical(_bounded_bytes(file, store.MAX_FILE))
    except NotText as error:
        fail(f"{file}: {error}")
    moved = reanchoring.reanchored_article(opened, document, text)
    for lost in moved.lost:
        print(lost)
    if moved.lost and not drop:
        print(
            "tasrih: nothing is written; mend the text, or give --drop to go on without these",
            file=sys.stderr,
        )
        raise typer.Exit(1)
    reanchoring.write(opened, moved)
    print(f"{opened.folder(article)}: {moved.said}")


@export_app.command("shards")
def export_shards(
    out: Annotated[Path, typer.Argument(help="The file: .jsonl, .jsonl.gz or .jsonl.zst.")],
    ids: Annotated[list[str] | None, typer.Argument(help="Article ids; all without it.")] = None,
    layer: Annotated[str, typer.Option(help="This layer alone; every layer without it.")] = "",
    corpus: CorpusDir = CORPUS,
) -> None:
    """Write articles with text and layers as a shard, one JSON object a line: what check, suggest and build stream.

    Example: [bold]tasrih export shards articles.jsonl.zst[/]
    """
    from tasrih import shards
    from tasrih.check.usable import usable

    opened = store.open_corpus(corpus)
    names = progress("writing")(ids or opened.ids())
    documents = (usable(opened, name, layer or None, every_layer=not layer) for name in names)
    print(f"{out}: {_count(shards.write(out, documents), 'article')}")


@export_app.command("label-studio")
def export_label_studio(
    out: Annotated[Path, typer.Argument(help="A folder: config.xml and tasks.json are written into it.")],
    ids: Annotated[list[str] | None, typer.Argument(help="Article ids; all without it.")] = None,
    layer: Annotated[str, typer.Option(help="The layer.")] = "gold",
    predictions: Annotated[
        bool, typer.Option("--predictions", help="As predictions to correct, not as annotations.")
    ] = False,
    corpus: CorpusDir = CORPUS,
) -> None:
    """Write Label Studio's labelling config and tasks.

    Example: [bold]tasrih export label-studio tasks/ health-campaign-03[/]
    """
    from tasrih.formats import label_studio

    opened = store.open_corpus(corpus)
    documents = [
        document
        for name in ids or opened.ids()
        if (document := _document(corpus, name, layer)[1])["text"] is not None
    ]
    settings = opened.settings
    tasks = label_studio.write(
        documents,
        settings["labels"],
        layer=layer,
        corpus_version=settings["version"],
        as_predictions=predictions,
    )
    store.write_atomic(
        out / "config.xml", label_studio.config(settings["labels"], settings["languages"][0]).encode()
    )
    store.write_atomic(
        out / "tasks.json", json.dumps(list(tasks), ensure_ascii=False, indent=2).encode() + b"\n"
    )
    print(
        f"{out / 'tasks.json'}: {_count(len(documents), 'task')}; the labelling config is {out / 'config.xml'}"
    )


@import_app.command("label-studio")
def import_label_studio(
    file: Annotated[Path, typer.Argument(help="A JSON export of Label Studio.")],
    layer: Annotated[
        str, typer.Option(help="The layer to write; without it each annotation's own, as it was exported.")
    ] = "",
    predictions: Annotated[
        bool, typer.Option("--predictions", help="Read predictions instead of annotations.")
    ] = False,
    corpus: CorpusDir = CORPUS,
) -> None:
    """Read a JSON export of Label Studio into layers of the articles that were exported.

    Nothing is written unless all of the file can be: each problem is named with its task.

    Example: [bold]tasrih import label-studio export.json --layer reader-a[/]
    """
    from tasrih.check.usable import refuse_invalid
    from tasrih.formats import label_studio

    opened = store.open_corpus(corpus)
    documents, broken = _usable_documents(opened)
    texts = {name: document["text"] for name, document in documents.items() if document["text"] is not None}
    data = _bounded_bytes(file, label_studio.MAX_EXPORT)
    export = label_studio.read(data, opened.settings["labels"], str(file), texts, predictions=predictions)
    planned = [_planned(found, layer, documents, opened, file) for found in export.results]
    (article_id, name), times = (
        Counter(plan[:2] for plan in planned).most_common(1)[0] if planned else (("", ""), 0)
    )
    if times > 1:
        fail(
            f"{file}: {article_id} has {times} annotations for layer «{name}»; export one annotator at a time"
        )
    for article_id, name, header, found in planned:
        store.layer_path(opened, article_id, name)
        refuse_invalid(opened.settings, documents[article_id], [header, *found], f"{file}: {article_id}")
    for article_id, name, header, found in planned:
        document = documents[article_id]
        path = store.write_layer(opened, document["article"], name, header, found, document["text"])
        print(f"{path}: {_count(len(found), 'annotation')}")
    for message in broken:
        print(f"note: left out: {message}", file=sys.stderr)
    for note in [
        f"{result.article}: {note}" for result in export.results for note in result.notes
    ] + export.left_out:
        print(f"note: {note}", file=sys.stderr)


# --- Formats of the table -----------------------------------------------------------------------------

_MOST_NOTES = 20


def _command_of_format(name: str, verb: Callable[..., None], said: Callable[[Any], str]) -> Any:
    """The command of a format, made when it is asked for; None where there is no such format."""
    from tasrih.formats.catalogue import FORMATS

    if name not in FORMATS:
        return None
    one = typer.Typer(add_completion=False, rich_markup_mode="rich")
    one.command(name, help=said(FORMATS[name]))(verb)
    return typer.main.get_command(one)


def _options_help(one: Any) -> str:
    if not one.options:
        return ""
    said = "; ".join(
        f"{name}={'|'.join(option.values)}: {option.help}" for name, option in one.options.items()
    )
    return f"\n\nWith --option: {said}"


def _example(one: Any) -> str:
    return "folder/" if one.folder else f"articles{one.suffixes[0]}"


def _export_help(one: Any) -> str:
    return (
        f"Write articles as {one.title}. {one.about}{_options_help(one)}\n\n"
        f"Example: [bold]tasrih export {one.name} {_example(one)}[/]"
    )


def _import_help(one: Any) -> str:
    return (
        f"Read {one.title} into layers of articles, or with --create into new articles. {one.about}\n\n"
        f"Nothing is written unless all of it can be; what is left out or mended is listed.{_options_help(one)}\n\n"
        f"Example: [bold]tasrih import {one.name} {_example(one)}[/]"
    )


Choices = Annotated[
    list[str] | None,
    typer.Option("--option", help="NAME=VALUE, any number of times; above are those that there are."),
]


def _pairs(given: Sequence[str] | None, named: str) -> dict[str, str]:
    """`A=B` as a dictionary. Ends with status 2 for anything else."""
    pairs = {}
    for one in given or ():
        name, equals, value = one.partition("=")
        if not equals or not name:
            fail(f"{named} {one}: give NAME=VALUE")
        pairs[name] = value
    return pairs


def _export_format(
    ctx: typer.Context,
    out: Annotated[Path, typer.Argument(help="The file or folder to write.")],
    ids: Annotated[list[str] | None, typer.Argument(help="Article ids; all without it.")] = None,
    layer: Annotated[str, typer.Option(help="The layer.")] = GOLD,
    option: Choices = None,
    corpus: CorpusDir = CORPUS,
) -> None:
    from tasrih.check.usable import usable
    from tasrih.formats import files
    from tasrih.formats.catalogue import FORMATS

    one = FORMATS[str(ctx.info_name)]
    opened = store.open_corpus(corpus)
    names = ids or [name for name in opened.ids() if store.layer_path(opened, name, layer).exists()]
    documents = [usable(opened, name, layer, sound=True) for name in progress("reading")(names)]
    with_text = [document for document in documents if document["text"] is not None]
    made = one.write(with_text, opened.settings, layer, **_pairs(option, "--option"))
    count = files.write(out, made, folder=one.folder)
    print(
        f"{out}: {_count(len(with_text), 'article')}" + (f" in {_count(count, 'file')}" if one.folder else "")
    )
    withheld = [document["article"]["id"] for document in documents if document["text"] is None]
    if withheld:
        print(f"note: left out, as their texts are withheld: {_few(withheld)}", file=sys.stderr)
    for loss in one.losses_of(**_pairs(option, "--option")):
        print(f"note: {loss.said}", file=sys.stderr)


def _import_format(
    ctx: typer.Context,
    sources: Annotated[list[Path], typer.Argument(help="Files, or folders of them.")],
    layer: Annotated[
        str, typer.Option(help="The layer to write; without it each annotator's own, or gold.")
    ] = "",
    map: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            help="THEIRS=OURS for a label that the corpus calls otherwise, THEIRS= to leave it out.",
        ),
    ] = None,
    option: Choices = None,
    create: Annotated[bool, typer.Option("--create", help="Make a new article of every document.")] = False,
    topic: Annotated[str, typer.Option(help="With --create: their topic, one of the corpus's.")] = "",
    licence: Annotated[str, typer.Option(help="With --create: SPDX identifier, or words.")] = "",
    language: Annotated[
        str, typer.Option(help="With --create: BCP 47 tag; the corpus's first without it.")
    ] = "",
    withhold: Annotated[
        bool, typer.Option("--withhold", help="With --create: keep the texts out of the repository.")
    ] = False,
    prefix: Annotated[str, typer.Option(help="With --create: what their ids begin with, as «aner-».")] = "",
    report: Annotated[Path | None, typer.Option(help="A file for every note, a JSON object a line.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing, say what would be.")] = False,
    corpus: CorpusDir = CORPUS,
) -> None:
    from tasrih.formats import files, importing
    from tasrih.formats.catalogue import FORMATS
    from tasrih.formats.exchange import Reading

    one = FORMATS[str(ctx.info_name)]
    opened = store.open_corpus(corpus)
    if create and not (topic and licence):
        fail("--create needs --topic and --licence, which no file states")
    documents, broken = _usable_documents(opened)
    given: dict[str, Any] = {"topic": topic, "rights": {"licence": licence, "redistribute": not withhold}}
    given |= {"language": language} if language else {}
    texts = {name: document["text"] for name, document in documents.items() if document["text"] is not None}
    reading = Reading(
        opened.settings["labels"],
        _pairs(map, "--map"),
        {} if create else texts,
        one.chosen(_pairs(option, "--option")),
    )
    imported = one.read(files.gathered(sources, one.suffixes), reading)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    plan = importing.planned(
        imported,
        opened,
        documents,
        {"created": now, "tool": TOOL},
        layer=layer,
        create=given if create else None,
        prefix=prefix,
    )
    if not dry_run:
        total = len(plan.planned)
        paths = list(counted("writing", importing.write(opened, plan.planned), total))
        for path in paths if len(paths) <= _MOST_NOTES else ():
            print(path)
    _print_import(imported.counts, plan, dry_run)
    _print_notes(
        [*(f"left out: {message}" for message in broken), *(str(note) for note in plan.notes)],
        report,
        plan.notes,
    )


def _print_import(counts: Counter[str], plan: Any, dry_run: bool) -> None:
    if counts:
        print(f"in the file: {_listed(counts)}")
    print(f"{'would be written' if dry_run else 'in the corpus'}: {_listed(plan.counts())}")


def _listed(counts: Counter[str]) -> str:
    """Counts of things that are named in the plural; what there is none of is left out."""
    return ", ".join(
        f"{number:,} {name if number != 1 else _singular(name)}" for name, number in counts.items() if number
    )


def _singular(plural: str) -> str:
    return plural[:-3] + "y" if plural.endswith("ies") else plural.removesuffix("s")


def _print_notes(lines: Sequence[str], report: Path | None, notes: Sequence[Any]) -> None:
    """The first notes on stderr, all of them in a report."""
    for line in lines[:_MOST_NOTES]:
        print(f"note: {line}", file=sys.stderr)
    if len(lines) > _MOST_NOTES:
        print(f"note: … and {len(lines) - _MOST_NOTES:,} more; --report FILE writes all", file=sys.stderr)
    if report is not None:
        written = [json.dumps(note._asdict(), ensure_ascii=False) + "\n" for note in notes]
        store.write_atomic(report, "".join(written).encode())


@export_app.command("predictions")
def export_predictions(
    out: Annotated[Path, typer.Argument(help="The predictions file to write.")],
    ids: Annotated[list[str] | None, typer.Argument(help="Article ids; all without it.")] = None,
    layer: Annotated[str, typer.Option(help="The layer.")] = GOLD,
    system: Annotated[str, typer.Option(help="The system's name; the layer's without it.")] = "",
    corpus: CorpusDir = CORPUS,
) -> None:
    """Write a layer as a predictions file, as «tasrih evaluate» reads it.

    Example: [bold]tasrih export predictions reader-a.jsonl --layer reader-a[/]
    """
    from tasrih.check.usable import usable
    from tasrih.formats import predictions

    opened = store.open_corpus(corpus)
    name = system or layer
    if not store.is_layer_name(name):
        fail(f"--system: «{name}» is not a name: lower-case letters, digits, dots and hyphens")
    documents = [usable(opened, one, layer) for one in progress("reading")(ids or opened.ids())]
    lines = list(predictions.write(documents, layer, name))
    store.write_atomic(out, b"".join(lines))
    print(f"{out}: {_count(len(lines), 'article')}")


@import_app.command("predictions")
def import_predictions(
    file: Annotated[Path, typer.Argument(help="A predictions file.")],
    layer: Annotated[str, typer.Option(help="The layer to write; the system's name without it.")] = "",
    corpus: CorpusDir = CORPUS,
) -> None:
    """Read a predictions file into a layer of each article, to look at and correct. Nothing is written where anything is wrong.

    Example: [bold]tasrih import predictions predictions.jsonl --layer tagger-1[/]
    """
    from tasrih.check.output import as_text
    from tasrih.formats import predictions

    opened = store.open_corpus(corpus)
    documents, broken = _usable_documents(opened)
    with_text = {name: document for name, document in documents.items() if document["text"] is not None}
    found = predictions.read(file, opened.settings, with_text)
    if found.findings:
        print(as_text(found.findings))
        raise typer.Exit(1)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for name, lines in found.annotations.items():
        document = with_text[name]
        header = predictions.header_for(document, layer or found.system, opened.settings, TOOL, now)
        path = store.write_layer(
            opened, document["article"], header["annotator"], header, lines, document["text"]
        )
        print(f"{path}: {_count(len(lines), 'annotation')}")
    for message in broken:
        print(f"note: left out: {message}", file=sys.stderr)


def _usable_documents(corpus: store.Corpus) -> tuple[dict[str, Any], list[str]]:
    """The documents that are whole enough to import into, by id, and why others are not."""
    from tasrih.check.usable import usable

    documents: dict[str, Any] = {}
    broken: list[str] = []
    for name in corpus.ids():
        try:
            documents[name] = usable(corpus, name)
        except Misuse as error:
            broken.append(str(error))
    return documents, broken


def _planned(
    found: Any, layer: str, documents: dict[str, Any], corpus: store.Corpus, file: Path
) -> tuple[str, str, Any, Any]:
    """Article, layer, header and annotations of one imported annotation. Ends with status 2 where it has no place."""
    if found.article is None or found.article not in documents:
        where = f"«{found.article}»" if found.article else f"task {found.task}, which names no article"
        fail(
            f"{file}: {where}: there is no such article in {corpus.root}; ingest its text first, then export the tasks from here"
        )
    document = documents[found.article]
    name = layer or found.layer or "gold"
    header = found.header if found.header and found.header["annotator"] == name else None
    if header is None:
        header = {
            "type": "layer",
            "article": found.article,
            "text_sha256": document["article"]["text_sha256"],
            "annotator": name,
            "guidelines": corpus.settings["guidelines"],
            "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tool": TOOL,
        }
    return found.article, name, header, found.annotations


def _bounded_bytes(file: Path, bound: int) -> bytes:
    """The content of a file. Ends with status 2 where it cannot be read or is too large."""
    try:
        if file.stat().st_size > bound:
            fail(f"{file}: {file.stat().st_size:,} bytes; the bound is {bound:,}")
        return file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}")


Project = Annotated[str, typer.Option(help="The project's number or title; the corpus's title without it.")]


@server_app.command("push")
def label_studio_push(
    ids: Annotated[list[str] | None, typer.Argument(help="Article ids; all without it.")] = None,
    layer: Annotated[str, typer.Option(help="Pre-annotate with this layer.")] = "",
    project: Project = "",
    language: Annotated[
        str, typer.Option(help="Push articles in this language; the corpus's first without it.")
    ] = "",
    annotators: Annotated[
        int, typer.Option(min=1, max=100, help="How many people are to annotate each article.")
    ] = 2,
    layers: Annotated[
        str,
        typer.Option("--adjudicate", help="Make a project to adjudicate two layers in: reader-a,reader-b."),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    corpus: CorpusDir = CORPUS,
) -> None:
    """Make a project, or bring it up to date, with the corpus's labels, guidelines and articles.

    Pushing twice changes nothing, and a task that somebody has begun is never touched.

    Examples: [bold]tasrih label-studio push --dry-run[/], [bold]tasrih label-studio push --layer reader-a health-campaign-03[/]
    """
    from tasrih.label_studio import connect
    from tasrih.label_studio.project import wanted
    from tasrih.label_studio.push import plan, push

    opened = store.open_corpus(corpus)
    title = "" if project.isdecimal() else project
    whole, left_out = wanted(
        opened,
        ids or [],
        title=title,
        language=language,
        layer=layer,
        annotators=1 if layers else annotators,
        pair=_pair(layers),
    )
    for why, names in left_out.items():
        print(f"note: left out: {_few(names)}: {why}", file=sys.stderr)
    server = connect()
    if dry_run:
        _print_plan(plan(server, whole, project), "would")
    else:
        push(
            server, whole, project, progress=progress("pushing"), say=lambda found: _print_plan(found, "will")
        )


def _pair(named: str) -> tuple[str, str] | None:
    """Two layers from «ONE,OTHER»; None for an empty string. Ends with status 2 for anything else."""
    names = [name.strip() for name in named.split(",") if name.strip()]
    if named and len(names) != 2:
        fail(f"--adjudicate: «{named}» does not name two layers, as in reader-a,reader-b")
    return (names[0], names[1]) if names else None


def _few(names: Sequence[str]) -> str:
    """The first five names, and how many more there are."""
    return ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")


def _print_plan(found: Any, verb: str) -> None:
    if found.nothing:
        print(f"«{found.title}»: {_count(found.same, 'task')} as they should be, nothing to change")
    elif found.project is None:
        print(f"«{found.title}» {verb} be made:")
    else:
        print(f"«{found.title}» {verb} change:")
    if found.project is not None:
        for name in found.settings:
            print(f"  setting {name}")
    for article, task, what in found.change:
        print(f"  task {task} ({article}): {what}")
    if found.make:
        print(f"  {_count(len(found.make), 'new task')}: {_few(found.make)}")
    for message in found.kept:
        print(f"note: kept: {message}", file=sys.stderr)


@server_app.command("pull")
def label_studio_pull(
    project: Project = "",
    annotator: Annotated[str, typer.Option(help="Only the work of this annotator, by layer name.")] = "",
    into: Annotated[
        str, typer.Option(help="The layer for the work of --annotator, instead of its own.")
    ] = "",
    layers: Annotated[
        str,
        typer.Option(
            "--adjudicate", help="The two layers that were pushed for this: writes decisions and gold."
        ),
    ] = "",
    corpus: CorpusDir = CORPUS,
) -> None:
    """Bring finished annotations into layers, one a person; names what changed since the last pull.

    People are called user-… by a hash of their address, or as \\[annotators] in corpus.toml calls them.
    Skipped tasks and drafts are listed and stay on the server.

    Examples: [bold]tasrih label-studio pull[/], [bold]tasrih label-studio pull --adjudicate reader-a,reader-b[/]
    """
    from tasrih.label_studio.pull import SERVER_TOOL, pull, pull_decisions

    if into and not annotator:
        fail("--into needs --annotator: one layer holds the work of one person")
    pair = _pair(layers)
    opened, server, number = _open_project(corpus, project, adjudication=pair is not None)
    tool = f"{SERVER_TOOL} {server.require()}, {TOOL}"
    refused: list[str] = []
    counts: Counter[bool] = Counter()
    for one in _work_of(opened, server, number):
        refused += one.refused
        _print_unfinished(one)
        try:
            if pair:
                said = [pull_decisions(opened, one, pair, TOOL)] if one.finished else []
            else:
                said = [pulled.said for pulled in pull(opened, one, tool=tool, only=annotator, into=into)]
        except Misuse as error:
            refused.append(str(error))
            continue
        counts.update(bool(line) for line in said)
        for line in filter(None, said):
            print(line)
    if not pair:
        print(f"{_count(counts[True], 'layer')} written, {counts[False]:,} as they were")
    for message in refused:
        print(f"refused: {message}", file=sys.stderr)
    if refused:
        raise typer.Exit(1)


def _print_unfinished(one: Any) -> None:
    """What a task has besides finished annotations, as notes."""
    unfinished = [(name, "skipped it") for name in one.skipped]
    unfinished += [(name, "has a draft, which is not pulled") for name in one.drafts]
    for message in [f"{one.article}: {name} {what}" for name, what in unfinished] + one.notes:
        print(f"note: {message}", file=sys.stderr)


@server_app.command("status")
def label_studio_status(
    project: Project = "",
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
    corpus: CorpusDir = CORPUS,
) -> None:
    """Show what each annotator has done, skipped and left, and how far they agree so far.

    Example: [bold]tasrih label-studio status[/]
    """
    from tasrih.agree import figures, output
    from tasrih.label_studio.status import status

    if format not in ("text", "json"):
        fail(f"--format: «{format}» is not one of text, json")
    opened, server, number = _open_project(corpus, project)
    title = server.project(number)["title"]
    found = status(_work_of(opened, server, number))
    agreement = figures.report(found.shared) if found.shared else None
    for message in found.refused:
        print(f"note: {message}", file=sys.stderr)
    rows = [
        {
            "annotator": name,
            "done": found.done[name],
            "skipped": found.skipped[name],
            "drafts": found.drafts[name],
            "open": found.open(name),
        }
        for name in found.annotators
    ]
    if format == "json":
        measured = json.loads(output.as_json(agreement)) if agreement else None
        print(
            json.dumps(
                {"tasks": found.tasks, "annotators": rows, "agreement": measured},
                indent=2,
                ensure_ascii=False,
            )
        )
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(
        "annotator",
        "done",
        "skipped",
        "drafts",
        "open",
        title=f"{title}: {_count(found.tasks, 'task')}",
    )
    for row in rows:
        table.add_row(*(f"{value:,}" if isinstance(value, int) else str(value) for value in row.values()))
    Console().print(table)
    if agreement:
        Console().print(output.as_text(agreement))
    else:
        print("no article is finished by two people yet, so agreement is not defined")


@server_app.command("backend")
def label_studio_backend(
    suggester: Annotated[str, typer.Option("--with", help="The suggester.")] = "names",
    host: Annotated[
        str, typer.Option(help="The address to listen on; only this machine's own without it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port.")] = 9090,
    corpus: CorpusDir = CORPUS,
) -> None:
    """Serve suggestions to Label Studio, which asks for them as it opens a task.

    Add the address that is printed under Settings, Model of the project. Whoever can reach the port can ask.

    Example: [bold]tasrih label-studio backend --with names[/]
    """
    from tasrih.label_studio import backend
    from tasrih.suggest import suggester as made

    opened = store.open_corpus(corpus)
    application = backend.app(opened, suggester, made(suggester, opened))
    print(f"http://{host}:{port}  Ctrl-C ends it", flush=True)
    backend.serve(application, host, port)


def _open_project(corpus: Path, named: str, *, adjudication: bool = False) -> tuple[store.Corpus, Any, int]:
    """The corpus, the server, and the number of a project that is there. Ends with status 2 where it is not."""
    from tasrih.label_studio import connect
    from tasrih.label_studio.project import find, usual_title

    opened = store.open_corpus(corpus)
    server = connect()
    title = named or usual_title(opened, adjudication=adjudication)
    found = find(server, title)
    if found is None:
        fail(f"{server.url}: there is no project «{title}»; «tasrih label-studio push» makes it")
    return opened, server, found["id"]


def _work_of(corpus: store.Corpus, server: Any, number: int) -> Iterable[Any]:
    from tasrih.label_studio.work import work

    return counted("reading tasks", work(server, corpus, number), server.count(number))


@app.command()
def show(
    article_id: Annotated[str, typer.Argument(help="The article.")],
    html: Annotated[Path | None, typer.Option(help="Write a page that stands alone instead.")] = None,
    layer: Annotated[str, typer.Option(help="The layer.")] = "gold",
    corpus: CorpusDir = CORPUS,
) -> None:
    """Show an article with its annotations, in the terminal or as a right-to-left page.

    Examples: [bold]tasrih show health-campaign-03[/], [bold]tasrih show health-campaign-03 --html article.html[/]
    """
    opened, document = _document(corpus, article_id, layer)
    labels = opened.settings["labels"]
    if html is not None:
        from tasrih.report.page import page

        store.write_atomic(html, page(document, layer, labels).encode())
        print(html)
        return
    from rich.console import Console

    from tasrih.report.terminal import render

    Console().print(render(document, layer, labels))


@app.command()
def suggest(
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            help="Article ids or folders, without it all that have no gold; or shards, with --out."
        ),
    ] = None,
    suggesters: Annotated[
        str,
        typer.Option(
            "--with", help="Suggesters with commas between; a later one builds on the ones before it."
        ),
    ] = "entities,attribution,stances",
    layer: Annotated[
        str, typer.Option(help="The layer to write: suggested, or suggested-NAME.")
    ] = "suggested",
    least: Annotated[
        float, typer.Option(min=0, max=1, help="Leave out what is less confident than this.")
    ] = 0.0,
    order: Annotated[
        str, typer.Option(help="uncertainty: write nothing, list the articles in the order to annotate them.")
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(help="For shards: the folder to write them to, with the layer in every article."),
    ] = None,
    workers: Workers = 0,
    engine: Engine = "local",
    corpus: CorpusDir = CORPUS,
) -> None:
    """Propose annotations, into a layer of their own. What people have worked on is never written over.

    A tagger learns from the training gold first, which is kept for the next time. What is so unsure that it would cost
    more edits than it saves is left out by each suggester itself.

    Examples: [bold]tasrih suggest health-campaign-03[/], [bold]tasrih suggest --with gazetteer,rules --least 0.5[/],
    [bold]tasrih suggest --order uncertainty[/],
    [bold]tasrih suggest raw-*.jsonl.zst --out suggested --workers 2[/]
    """
    from tasrih.suggest import layers, suggester

    if order not in ("", "uncertainty"):
        fail(f"--order: «{order}» is not uncertainty")

    if ids and all(map(_is_source, ids)):
        _suggest_shards(
            [Path(given) for given in ids], suggesters, layer, least, out, workers, engine, corpus
        )
        return
    opened = store.open_corpus(corpus)
    chosen = [_article_id(given, corpus) for given in ids or []] or _without_gold(opened)
    if not chosen:
        print("every article has gold; name the articles to suggest for")
        return
    if order:
        _print_order(opened, chosen, suggester(suggesters, opened))
        return
    made = suggester(suggesters, opened)
    work = layers.suggest_layers(opened, chosen, made, suggesters, layer, least, TOOL)
    for article, found in counted("suggesting", work, len(chosen)):
        kinds = Counter(line["type"] for line in found)
        words = [_count(kinds[kind], kind) for kind in ("claim", "stance")]
        entities = f"{kinds['entity']:,} " + ("entity" if kinds["entity"] == 1 else "entities")
        print(f"{store.layer_path(opened, article, layer)}: {', '.join([entities, *words])}")


def _suggest_shards(
    sources: list[Path],
    names: str,
    layer: str,
    least: float,
    out: Path | None,
    workers: int,
    engine: str,
    corpus: Path,
) -> None:
    """Writes shards with suggestions and prints their names."""
    from functools import partial

    from tasrih import engine as engines
    from tasrih import shards
    from tasrih.suggest import in_shards

    if out is None:
        fail("give the folder for the shards with suggestions: --out FOLDER")
    job = in_shards.SuggestJob(corpus, names, layer, least, TOOL)
    job.make()  # learns a tagger once, before there are several processes

    def done(path: Path, there: bool) -> None:
        print(f"{path}" + (": is there already" if there else ""))

    run = partial(engines.run, workers=workers, engine=engine)
    work = in_shards.suggest_shards(job, sources, out, run, done)
    passed = 0
    for part in watch("suggesting", work, shards.size_of(sources), lambda one: (one.taken, one.articles)):
        passed += part.passed
    if passed:
        print(f"{_count(passed, 'article')} without a text passed over", file=sys.stderr)


def _print_order(opened: store.Corpus, chosen: Sequence[str], made: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from tasrih.check.usable import usable
    from tasrih.suggest import layers, order

    documents = (usable(opened, name) for name in progress("reading")(chosen))
    drafts = {d["article"]["id"]: layers.draft_of(d) for d in documents if d["text"] is not None}
    table = Table("article", title="the least sure first", title_justify="left")
    table.add_column("suggestions", justify="right")
    table.add_column("unsure, per 100 words", justify="right")
    for one in order.ranked(drafts, made):
        table.add_row(one.article, f"{one.suggestions:,}", f"{one.uncertainty:.2f}")
    Console().print(table)


def _without_gold(corpus: store.Corpus) -> list[str]:
    return [name for name in corpus.ids() if not store.layer_path(corpus, name, GOLD).exists()]


@app.command()
def train(
    out: Annotated[Path, typer.Option(help="The file to write the model to.")],
    conll: Annotated[
        Path | None, typer.Option(help="Learn from this file of a word and its tag a line instead.")
    ] = None,
    licence: Annotated[str, typer.Option(help="The licence of --conll, for the model to say.")] = "",
    raw: Annotated[
        list[Path] | None,
        typer.Option(help="Texts without annotations, to learn from which words are alike."),
    ] = None,
    corpus: CorpusDir = CORPUS,
) -> None:
    """Learn a tagger of mentions from the training split, for the suggesters «tagger:FILE» and «entities:FILE».

    Examples: [bold]tasrih train --out news.tagger[/], [bold]tasrih train --conll train.txt --licence CC-BY-4.0 --out mine.tagger[/]
    """
    from tasrih.formats import columns
    from tasrih.suggest import model_file, tagger
    from tasrih.text.canonical import sha256

    texts = [(path.name, store.read_text_file(path)) for path in raw or ()]
    if conll is None:
        model = tagger.learn(store.open_corpus(corpus), texts)
    else:
        sentences = columns.words_and_tags(conll)
        digest = sha256("\n".join(f"{word} {tag}" for sentence in sentences for word, tag in sentence))
        model = tagger.train(
            [tagger.example_of_words(sentences)],
            model_file.about(conll.name, "", digest, licence, tagger.digests(texts)),
            tagger.clusters_of([text for _, text in texts]),
        )
    model_file.write(out, model)
    data, size = model.about["data"], _count(out.stat().st_size, "byte")
    print(f"{out}: {size}, learnt from {data['name']} {data['version']}".rstrip())


@app.command()
def stats(
    format: Annotated[str, typer.Option(help="text or json.")] = "text", corpus: CorpusDir = CORPUS
) -> None:
    """Print the corpus's figures: articles, annotations and labels by split.

    Examples: [bold]tasrih stats[/], [bold]tasrih stats --format json > figures.json[/]
    """
    from rich.console import Console
    from rich.table import Table

    from tasrih.check.usable import usable
    from tasrih.model import SPLITS
    from tasrih.release.statistics import statistics

    if format not in ("text", "json"):
        fail(f"--format: «{format}» is not one of text, json")
    opened = store.open_corpus(corpus)
    splits = {record.get("article"): record.get("split") for record in store.read_splits(opened)[0]}
    every = [usable(opened, name, every_layer=True, local_texts=False) for name in opened.ids()]
    documents = [document for document in every if GOLD in document["layers"]]
    waiting = len(every) - len(documents)
    unassigned = [
        document["article"]["id"]
        for document in documents
        if splits.get(document["article"]["id"]) not in SPLITS
    ]
    if unassigned:
        fail(f"{unassigned[0]} stands in no split; run «tasrih check --fix»")
    figures = statistics(documents, splits)
    if format == "json":
        settings = opened.settings
        head = {key: settings[key] for key in ("name", "version", "guidelines")}
        record = head | figures.as_record() | {"without_gold": waiting}
        print(json.dumps(record, ensure_ascii=False, indent=2))
        return
    table = Table(title=f"{opened.settings['title']} {opened.settings['version']}")
    columns = ("articles", "words", "entities", "attributed_claims", "author_claims", "stances")
    for name in ("split", *(column.replace("_", " ") for column in columns)):
        table.add_column(name, justify="left" if name == "split" else "right")
    for split in SPLITS:
        table.add_row(split, *(f"{figures.by_split[split][column]:,}" for column in columns))
    table.add_row("all", *(f"{figures.total(column):,}" for column in columns), style="bold")
    Console().print(table)
    for kind in ("entity", "stance", "mode", "polarity", "certainty", "topic"):
        counts = sorted(figures.labels[kind].items(), key=lambda item: (-item[1], item[0]))
        print(f"{kind:10} " + "  ".join(f"{label} {count:,}" for label, count in counts))
    if waiting:
        print(f"{_count(waiting, 'article')} without gold, left out above and in releases")


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(help="A corpus folder or the folder of a release.")],
    pred: Annotated[
        str, typer.Argument(help="A predictions file, or layer:NAME for a layer of the gold's own.")
    ],
    against: Annotated[str, typer.Option(help="Another system to compare with, given as PRED is.")] = "",
    split: Annotated[str, typer.Option(help="train, validation, test or all.")] = "test",
    article: Annotated[
        list[str] | None, typer.Option(help="This article alone, of whatever split; may be given again.")
    ] = None,
    with_local_texts: Annotated[
        bool,
        typer.Option(
            "--with-local-texts",
            help="Withheld articles too that are hydrated: figures of this machine alone.",
        ),
    ] = False,
    labels: Annotated[bool, typer.Option("--labels/--no-labels", help="A row a label.")] = True,
    effort: Annotated[
        bool, typer.Option("--effort", help="Also: how many edits turn the annotations into gold.")
    ] = False,
    format: Annotated[str, typer.Option(help="text, json or markdown.")] = "text",
    resamples: Annotated[int, typer.Option(min=1, max=100_000, help="Resamples of the bootstrap.")] = 1000,
) -> None:
    """Score a system's entities, claims and stances against gold, each figure with its interval.

    A predictions file is JSON Lines, one article a line; it is checked first. Exit status 1 where something is wrong with it.

    Examples: [bold]tasrih evaluate corpus predictions.jsonl[/], [bold]tasrih evaluate corpus layer:reader-a --split all[/],
    [bold]tasrih evaluate corpus layer:suggested --effort[/], [bold]tasrih evaluate corpus layer:suggested --article NAME[/],
    [bold]tasrih evaluate dist/tasrih-news-0.2.0 mine.jsonl --against theirs.jsonl --format json > scores.json[/]
    """
    from tasrih.agree import score_output as output
    from tasrih.check.output import as_text
    from tasrih.release import evaluate as evaluating
    from tasrih.release.gold import ALL, only
    from tasrih.release.gold import gold as gold_of

    if format not in ("text", "json", "markdown"):
        fail(f"--format: «{format}» is not one of text, json, markdown")
    where = ALL if article else split
    known = gold_of(gold, where, progress("reading gold"), local_texts=with_local_texts)
    known = only(known, article) if article else known
    systems = [evaluating.predicted(what, known) for what in (pred, against) if what]
    if findings := [finding for system in systems for finding in system.findings]:
        print(as_text(findings))
        raise typer.Exit(1)
    found = evaluating.evaluate(
        known, systems[0], systems[1] if against else None, resamples, progress("scoring")
    )
    for system in systems:
        if system.skipped:
            print(
                f"note: {system.system}: {_count(system.skipped, 'line')} of articles outside of what is scored",
                file=sys.stderr,
            )
    for note in found.notes():
        print(f"note: {note}", file=sys.stderr)
    shown = (found.title, found.scores, found.differences, found.against)
    spent = found.efforts if effort else []
    if format == "json":
        print(output.as_json(found.as_record()))
    elif format == "markdown":
        print(output.as_markdown(*shown, labels=labels, without=found.silent, spent=spent))
    else:
        from rich.console import Console

        Console().print(output.as_text(*shown, labels=labels, without=found.silent, spent=spent))


@app.command()
def baselines(
    gold: Annotated[Path, typer.Argument(help="A corpus folder or the folder of a release.")] = CORPUS,
    out: Annotated[Path | None, typer.Option(help="Also write every figure to this JSON file.")] = None,
    predictions: Annotated[
        Path | None, typer.Option(help="Also write a predictions file a baseline into this folder.")
    ] = None,
    resamples: Annotated[int, typer.Option(min=1, max=100_000, help="Resamples of the bootstrap.")] = 1000,
) -> None:
    """Train simple systems on the train split alone and score them on the test split.

    The card of a release shows corpus/baselines.json as long as it is of the gold that is released.

    Examples: [bold]tasrih baselines --out corpus/baselines.json[/],
    [bold]tasrih baselines dist/tasrih-news-0.2.0 --predictions baselines/[/]
    """
    from tasrih.release import baselines as running
    from tasrih.release.gold import gold as gold_of

    train, test = (
        gold_of(gold, "train", progress("reading gold")),
        gold_of(gold, "test", progress("reading gold")),
    )
    found = list(running.runs(train, test))
    record = running.record(train, test, found, resamples, progress("scoring"))
    if out is not None:
        store.write_atomic(out, running.as_bytes(record))
        print(out, file=sys.stderr)
    if predictions is not None:
        for path in running.write_predictions(predictions, test, found):
            print(path, file=sys.stderr)
    print(running.baselines_table(record))


@app.command()
def explore(
    release: Annotated[
        Path | None, typer.Argument(help="The folder of a release; the corpus without it.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder to write.")] = Path("site"),
    corpus: CorpusDir = CORPUS,
) -> None:
    """Write a site to read in a browser: articles, claimers, the network of stances, figures, agreement.

    It needs no server and no network: open index.html. Words of withheld texts are never in it.

    Examples: [bold]tasrih explore[/], [bold]tasrih explore --out pages dist/tasrih-news-0.2.0[/]
    """
    from tasrih.release import explore as exploring

    collection = (
        exploring.of_corpus(corpus, progress("reading")) if release is None else exploring.of_release(release)
    )
    site = exploring.explore(collection, out, lambda items, total: counted("writing", items, total))
    print(
        f"{site.folder}: {_count(site.articles, 'article')}, {_count(site.files, 'file')}, {site.bytes / 1e6:,.1f} MB"
    )
    print(f"open {site.folder / 'index.html'}")
