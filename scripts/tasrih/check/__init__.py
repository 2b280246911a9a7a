"""The rules, and the one place that decides what is valid. See `run.check_corpus`."""

from tasrih.check import (
    article,
    claims,
    corpus,
    entities,
    layers,
    predictions,
    quality,
    reading,
    releases,
    spans,
    stances,
    text,
)
from tasrih.check.rule import FAMILIES, RULES, Rule
from tasrih.check.run import Checker, check_corpus, check_documents

__all__ = ["FAMILIES", "RULES", "Checker", "Rule", "check_corpus", "check_documents"]
_FAMILIES_LOADED = (
    article,
    claims,
    corpus,
    entities,
    layers,
    predictions,
    quality,
    reading,
    releases,
    spans,
    stances,
    text,
)
