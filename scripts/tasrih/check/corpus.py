"""Rules about the corpus as a whole: splits, leakage, settings."""

from __future__ import annotations

from collections.abc import Iterator

from tasrih.check.article import real_date
from tasrih.check.reading import BASE, CLEAN
from tasrih.check.rule import CorpusView, Example, Fault, rule

_OTHER = "<e1 GPE>تونس</e1> مدينة جميلة."
_LONG = " ".join(f"كلمة{number}" for number in range(60)) + "."


def _splits_file(view: CorpusView) -> str:
    return f"{view.root}/splits.jsonl"


@rule(
    "P102",
    "error",
    "corpus",
    mend="run «tasrih check --fix»: it assigns new articles and moves no old one",
    fixable=True,
    bad=Example(BASE, splits=[]),
    good=CLEAN,
)
def not_assigned(view: CorpusView) -> Iterator[Fault]:
    """An article has no split.

    Assignments are frozen in splits.jsonl when an article comes in, so that a test article never moves.
    """
    assigned = {record["article"] for record in view.splits}
    for summary in view.summaries:
        if summary.has_gold and summary.id not in assigned:
            yield Fault(f"«{summary.id}» stands in no split", "run tasrih check --fix", file=summary.file)


@rule(
    "P103",
    "error",
    "corpus",
    mend="leave the newer article out, or give it the event that it is really about",
    bad=Example(
        BASE,
        {"/article/event": "second-event"},
        others={"second": _OTHER},
        splits=[
            {"article": "example", "event": "second-event", "split": "train"},
            {"article": "second", "event": "second-event", "split": "test"},
        ],
    ),
    good=CLEAN,
)
def event_in_two_splits(view: CorpusView) -> Iterator[Fault]:
    """The articles of one event stand in two splits.

    Two reports of one event share facts, names and phrases: what is trained on would be tested on.
    """
    first: dict[str, str] = {}
    split_of = {record["article"]: record["split"] for record in view.splits}
    for summary in view.summaries:
        split = split_of.get(summary.id)
        if split and first.setdefault(summary.event, split) != split:
            yield Fault(
                f"event «{summary.event}» of «{summary.id}» is in {first[summary.event]} and in {split}",
                "leave one of the articles out",
                file=summary.file,
                pointer=("event",),
            )


@rule(
    "P104",
    "error",
    "corpus",
    mend="leave one of the two out: frozen articles do not move",
    bad=Example(
        _LONG,
        others={"second": _LONG.replace("كلمة3 ", "لفظ ")},
        splits=[
            {"article": "example", "event": "example-event", "split": "train"},
            {"article": "second", "event": "second-event", "split": "test"},
        ],
    ),
    good=Example(_LONG, others={"second": _OTHER}),
)
def near_duplicate_in_two_splits(view: CorpusView) -> Iterator[Fault]:
    """Near-duplicates stand in two splits.

    Articles that share half of their five-word runs count as one event.
    """
    split_of = {record["article"]: record["split"] for record in view.splits}
    files = {summary.id: summary.file for summary in view.summaries}
    texts = ((summary.id, summary.text) for summary in view.summaries if summary.text)
    for one, other, share in view.near_duplicates(texts):
        if split_of.get(one, "") != split_of.get(other, "") and one in split_of and other in split_of:
            yield Fault(
                f"«{other}» ({split_of[other]}) is a near-duplicate of «{one}» ({split_of[one]}): {share:.0%} shared",
                "leave one of them out",
                file=files[other],
            )


@rule(
    "P105",
    "error",
    "corpus",
    mend="keep the older line",
    bad=Example(
        BASE,
        splits=[
            {"article": "example", "event": "example-event", "split": "train"},
            {"article": "example", "event": "example-event", "split": "test"},
        ],
    ),
    good=CLEAN,
)
def assigned_twice(view: CorpusView) -> Iterator[Fault]:
    """An article is assigned twice."""
    seen: dict[str, str] = {}
    for record, line in zip(view.splits, view.split_lines, strict=True):
        if record["article"] in seen:
            yield Fault(
                f"«{record['article']}» is in {seen[record['article']]} and in {record['split']}",
                "keep one line",
                file=_splits_file(view),
                line=line,
            )
        seen.setdefault(record["article"], record["split"])


@rule(
    "P106",
    "note",
    "corpus",
    mend="none needed: a place is kept for an article that comes back",
    bad=Example(
        BASE,
        splits=[
            {"article": "example", "event": "example-event", "split": "train"},
            {"article": "gone", "event": "gone-event", "split": "test"},
        ],
    ),
    good=CLEAN,
)
def assigned_and_gone(view: CorpusView) -> Iterator[Fault]:
    """An assignment is that of an article that is not there."""
    there = {summary.id for summary in view.summaries} | set(view.unread)
    for record, line in zip(view.splits, view.split_lines, strict=True):
        if record["article"] not in there:
            yield Fault(f"there is no article «{record['article']}»", file=_splits_file(view), line=line)


@rule(
    "P107",
    "error",
    "corpus",
    mend="give the article its old event back: it decided the split",
    bad=Example(BASE, splits=[{"article": "example", "event": "old-event", "split": "train"}]),
    good=CLEAN,
)
def event_changed(view: CorpusView) -> Iterator[Fault]:
    """The event of an article has changed since its split was frozen."""
    frozen = {record["article"]: record["event"] for record in view.splits}
    for summary in view.summaries:
        if frozen.get(summary.id, summary.event) != summary.event:
            yield Fault(
                f"the event is «{summary.event}», the split was frozen for «{frozen[summary.id]}»",
                "restore the event",
                file=summary.file,
                pointer=("event",),
            )


@rule(
    "R102",
    "error",
    "corpus",
    mend="let corpus.toml and guidelines.md state one version",
    bad=Example(BASE, files={"guidelines.md": b"# Guidelines\nVersion: 9.9\n"}),
    good=CLEAN,
)
def guidelines_version(view: CorpusView) -> Iterator[Fault]:
    """guidelines.md is missing or states another version than corpus.toml."""
    stated, expected = view.guidelines_version, view.settings["guidelines"]
    if stated != expected:
        found = (
            f"guidelines.md states {stated}"
            if stated
            else "guidelines.md is missing or has no line «Version: …»"
        )
        yield Fault(
            f"{found}, corpus.toml {expected}", file=f"{view.root}/corpus.toml", pointer=("guidelines",)
        )


@rule(
    "R103",
    "error",
    "corpus",
    mend="name a tag that is there, or leave previous out for the first release",
    bad=Example(BASE, settings={"previous": "v0.0.1-not-there"}),
    good=CLEAN,
)
def previous_missing(view: CorpusView) -> Iterator[Fault]:
    """The previous release's tag is not in the repository."""
    previous = view.settings.get("previous")
    if previous and previous not in (view.tags or []):
        yield Fault(
            f"there is no git tag «{previous}»", file=f"{view.root}/corpus.toml", pointer=("previous",)
        )


@rule(
    "R104",
    "error",
    "corpus",
    mend="give each label once",
    bad=Example(BASE, settings={"labels.stance": ["support", "oppose", "support"]}),
    good=CLEAN,
)
def label_stands_twice(view: CorpusView) -> Iterator[Fault]:
    """A label stands twice in its list.

    A label's id is its place in the list, so each stands once.
    """
    for kind, names in view.settings["labels"].items():
        twice = sorted({name for name in names if names.count(name) > 1})  # type: ignore[attr-defined]
        if twice:
            yield Fault(
                f"{kind}: {', '.join(twice)} stands twice",
                file=f"{view.root}/corpus.toml",
                pointer=("labels", kind),
            )


@rule(
    "R105",
    "error",
    "corpus",
    mend="let the shares add up to 100, and state a day of the calendar",
    bad=Example(BASE, settings={"splits.train": 70}),
    good=CLEAN,
)
def shares(view: CorpusView) -> Iterator[Fault]:
    """The shares of the splits do not add up to 100, or the release date is no day."""
    split = view.settings["splits"]
    total = split["train"] + split["validation"] + split["test"]
    if total != 100:
        yield Fault(f"the shares add up to {total}", file=f"{view.root}/corpus.toml", pointer=("splits",))
    if not real_date(view.settings["date"]):
        yield Fault(
            f"there is no day {view.settings['date']}", file=f"{view.root}/corpus.toml", pointer=("date",)
        )


@rule(
    "R106",
    "warning",
    "corpus",
    mend="give the folder a name that is an article id, or take it out",
    bad=Example(BASE, files={"articles/Draft 1/text.txt": b"x\n"}),
    good=CLEAN,
)
def stray_folder(view: CorpusView) -> Iterator[Fault]:
    """A folder among the articles has a name that is no article id, so it is not read."""
    for name in view.strays:
        yield Fault(
            f"«{name}» is not an article id",
            "lower-case letters, digits and single hyphens",
            file=f"{view.root}/articles/{name}",
        )
