"""What the configurations and their columns hold, in words: for the reference, the card and croissant.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasrih import schema
from tasrih.schema import resolved

# What a row of each configuration is.
ROWS = {
    "articles": "an article with its text and all of its gold annotations, nested. The default.",
    "entities": "an entity with its context.",
    "claims": "a claim with its context.",
    "stances": "a stance with its context.",
    "ner": "a sentence: its tokens and the IOB2 tags of names. Tokens of credit lines are left out.",
    "attribution": "a claim that has a source other than the author, and one of its claimers.",
    "stance_pairs": "a stance and one of its holders.",
    "annotators": "what one annotator said of one article. Gold is not among them.",
    "standoff": "an article without its text, title kept: offsets, labels and keyed hashes. Articles whose text is withheld are here alone.",
}

# Columns that no schema describes, by their name or by configuration and name.
_COLUMNS = {
    "uid": "Unique in the configuration: the article's id and what of it the row is.",
    "article": "Id of the article.",
    "text": "The sentence.",
    "articles.text": "The canonical text.",
    "guidelines": "Version of the guidelines that the layer followed.",
    "entities": "The entities, in text order.",
    "claims": "The claims, in text order.",
    "stances": "The stances, in text order.",
    "context": "The smallest run of sentences that holds the annotation and all that it names.",
    "context_start": "Code point of the article at which the context begins.",
    "claimer_texts": "The claimers in words, in the order of `claimers`; `author` and `unnamed` stand for themselves.",
    "about_texts": "The entities of `about` in words.",
    "holder_texts": "The holders in words, in the order of `holders`.",
    "target_text": "The target in words.",
    "target_type": "What the target is.",
    "start": "Code point of the article at which the sentence begins.",
    "tokens": "The tokens of the sentence. Proclitics stand apart where the rest is a known word.",
    "token_starts": "Code point of the article at which each token begins.",
    "ner_tags": "A tag for each token. Of names in names the longest is tagged.",
    "sentence": "The smallest run of sentences that holds content and cue.",
    "sentence_start": "Code point of the article at which it begins.",
    "claimer": "The claimer in words, or `unnamed`.",
    "claimer_id": "The claimer's entity id, or `unnamed`.",
    "claimer_start": "First code point of the claimer; null for `unnamed`.",
    "claimer_end": "One past its last code point; null for `unnamed`.",
    "cue": "The cue in words; null where there is none.",
    "cue_start": "First code point of the cue; null where there is none.",
    "cue_end": "One past its last code point; null where there is none.",
    "content": "What is claimed, in words.",
    "content_start": "First code point of the content.",
    "content_end": "One past its last code point.",
    "stance_pairs.text": "The smallest run of sentences that holds the stance, its holders and its target.",
    "text_start": "Code point of the article at which it begins.",
    "holder": "The holder in words, or `author` or `unnamed`.",
    "holder_id": "The holder's entity id, or `author` or `unnamed`.",
    "target": "The target in words.",
    "target_id": "Id of the target, an entity or a claim.",
    "annotator": "The annotator's layer.",
}

_SINGULAR = {"entities": "entity", "claims": "claim", "stances": "stance"}


def descriptions(config: str, columns: Mapping[str, Any]) -> dict[str, str]:
    """Every column of a configuration in words; keys of structs in a list by `column/key`, behind their column."""
    definitions = schema.load("annotation")["$defs"]
    article = _described(schema.load("article"), {}) if config in ("articles", "standoff") else {}
    own = _described(definitions[_SINGULAR[config]], definitions) if config in _SINGULAR else {}
    label = _described(definitions["stance" if config == "stance_pairs" else "claim"], definitions)
    found: dict[str, str] = {}
    for name, feature in columns.items():
        found[name] = (
            _COLUMNS.get(f"{config}.{name}")
            or article.get(name)
            or own.get(name)
            or _COLUMNS.get(name)
            or label[name]
        )
        if isinstance(feature, list) and isinstance(feature[0], dict) and "_type" not in feature[0]:
            inner = _nested(name, definitions)
            found |= {f"{name}/{key}": inner[key] for key in feature[0]}
    return found


def _nested(column: str, definitions: Mapping[str, Any]) -> dict[str, str]:
    """Descriptions of the keys of what a column lists: annotations or zones."""
    if column in _SINGULAR:
        return _described(definitions[_SINGULAR[column]], definitions)
    return _described(schema.load("article")["properties"][column]["items"], {})


def _described(record: schema.Schema, definitions: Mapping[str, Any]) -> dict[str, str]:
    """Descriptions of a record's keys by the names of their columns."""
    found: dict[str, str] = {}
    for name, raw in record["properties"].items():
        part = resolved(raw, definitions)
        found[name] = part.get("description", "")
        inner = part.get("properties", {})
        found |= {
            f"{name}_{key}": _of(name, resolved(child, definitions)["description"])
            for key, child in inner.items()
        }
    return found


def _of(name: str, description: str) -> str:
    return f"Of the cue: {description[0].lower()}{description[1:]}" if name == "cue" else description
