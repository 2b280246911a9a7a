"""What a project should be: its settings, and one task an article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tasrih import store
from tasrih.agree import worklist
from tasrih.agree.adjudicate import Pair, settled
from tasrih.agree.adjudicate import task as adjudication_task
from tasrih.check.usable import usable
from tasrih.formats import label_studio
from tasrih.formats.label_studio.config import is_right_to_left
from tasrih.label_studio.server import Server
from tasrih.store import Corpus, Misuse

Record = dict[str, Any]
_SHORTEST_TITLE = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """A project as the corpus would have it: articles `ids` in `language`, pre-annotated from `layer`, if any.

    With `pair` it is one to adjudicate in: its tasks show two layers, and ask about what they differ in.
    """

    corpus: Corpus
    title: str
    language: str
    layer: str
    annotators: int
    ids: Sequence[str]
    pair: Pair | None = None

    def settings(self) -> Record:
        """Settings of the project, as the server's interface names them."""
        labels = self.corpus.settings["labels"]
        return {
            "title": self.title,
            "description": f"{self.corpus.settings['name']}, pushed by tasrih",
            "label_config": label_studio.config(labels, self.language).strip(),
            "expert_instruction": instructions(self.corpus),
            "show_instruction": True,
            "maximum_annotations": self.annotators,
            "show_collab_predictions": True,
            # An article may well have nothing in it that the label sets name.
            "enable_empty_annotation": True,
        }

    def shows_layer(self, ids: Sequence[str]) -> bool:
        """Whether the task of any of these articles has a pre-annotation."""
        if self.pair:
            return bool(ids)
        return bool(self.layer) and any(
            store.layer_path(self.corpus, name, self.layer).is_file() for name in ids
        )

    def task(self, article_id: str) -> Record:
        """The task of an article, with its layer as a prediction to be corrected."""
        settings = self.corpus.settings
        if self.pair:
            document = usable(self.corpus, article_id, every_layer=True)
            comparison, found = settled(self.corpus, document, self.pair)
            return adjudication_task(self.corpus, document, comparison, found.undecided)
        return next(
            label_studio.write(
                [usable(self.corpus, article_id, self.layer or None)],
                settings["labels"],
                layer=self.layer,
                corpus_version=settings["version"],
                guidelines=settings["guidelines"],
                as_predictions=True,
            )
        )


def wanted(
    corpus: Corpus,
    ids: Sequence[str],
    *,
    title: str = "",
    language: str = "",
    layer: str = "",
    annotators: int = 1,
    pair: Pair | None = None,
) -> tuple[Wanted, dict[str, list[str]]]:
    """The project for articles `ids` (all without them) of one language, and those left out by the reason.

    Raises Misuse for an article that is named and cannot be pushed, where there is none that can, and for a title
    that a server refuses.
    """
    languages = corpus.settings["languages"]
    language = language or languages[0]
    if language not in languages:
        raise Misuse(f"the corpus has no language «{language}»; it has {', '.join(languages)}")
    title = title or usual_title(corpus, language, adjudication=pair is not None)
    if len(title) < _SHORTEST_TITLE:
        raise Misuse(f"«{title}»: Label Studio wants {_SHORTEST_TITLE} characters or more in a title")
    chosen: list[str] = []
    left_out: dict[str, list[str]] = {}
    for article_id in ids or corpus.ids():
        why = _why_not(corpus, article_id, language, pair)
        if why and ids:
            raise Misuse(f"{article_id}: {why}")
        if why:
            left_out.setdefault(why, []).append(article_id)
        else:
            chosen.append(article_id)
    if not chosen:
        raise Misuse(f"there is no article to push: {'; '.join(left_out) or 'the corpus has none'}")
    return Wanted(
        corpus, title, language, worklist.NAME if pair else layer, annotators, chosen, pair
    ), left_out


def usual_title(corpus: Corpus, language: str = "", *, adjudication: bool = False) -> str:
    """How a project is called that nobody named."""
    settings = corpus.settings
    several = len(settings["languages"]) > 1
    title = settings["title"] + (f" ({language or settings['languages'][0]})" if several else "")
    return title + (": adjudication" if adjudication else "")


def _why_not(corpus: Corpus, article_id: str, language: str, pair: Pair | None) -> str:
    try:
        document = usable(corpus, article_id, every_layer=pair is not None)
    except Misuse as error:
        return str(error)
    if document["text"] is None:
        return "its text is withheld; run «tasrih hydrate FILE» first"
    if (is_in := document["article"].get("language", language)) != language:
        return f"its language is {is_in}; push it with --language {is_in}"
    if pair and not set(pair) <= document["layers"].keys():
        return f"it has not both layers, {' and '.join(pair)}"
    if pair and not settled(corpus, document, pair)[1].undecided:
        return "there is nothing left to decide"
    return ""


def instructions(corpus: Corpus) -> str:
    """The guidelines as a page: what stands in guidelines.<language>.md first, then guidelines.md."""
    from markdown_it import MarkdownIt

    # Guidelines come from whoever maintains the corpus, but no markup of theirs is let through.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    parts = []
    for language, path in _guidelines(corpus):
        direction = "rtl" if is_right_to_left(language) else "ltr"
        page = markdown.render(path.read_text("utf-8"))
        parts.append(f'<div lang="{language}" dir="{direction}">{page}</div>')
    return "\n<hr>\n".join(parts).strip()


def _guidelines(corpus: Corpus) -> Iterator[tuple[str, Any]]:
    for language in corpus.settings["languages"]:
        path = corpus.root / f"guidelines.{language}.md"
        if path.is_file():
            yield language, path
    yield "en", corpus.root / "guidelines.md"


def find(server: Server, named: str) -> Record | None:
    """The project that has `named` as its number, else as its title. Raises Misuse where several have that title."""
    if named.isdecimal():
        return server.project(int(named))
    found = [project for project in server.projects() if project["title"] == named]
    if len(found) > 1:
        numbers = ", ".join(str(project["id"]) for project in found)
        raise Misuse(
            f"{server.url}: projects {numbers} are all called «{named}»; name one with --project NUMBER"
        )
    return server.project(found[0]["id"]) if found else None
