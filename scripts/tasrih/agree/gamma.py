"""Unitizing gamma (Mathet, Widlöcher and Métivier 2015) by pygamma-agreement: the extra `gamma`."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from tasrih.agree.compare import ATTRIBUTED, Comparison, source_kind
from tasrih.agree.figures import SEED, Figure
from tasrih.agree.measures import accuracy, draw, interval
from tasrih.store import Misuse

Progress = Callable[[Iterable[Any]], Iterable[Any]]
# pygamma-agreement asks for at least two units of the two annotators together, else it has nothing to shuffle.
_FEWEST_UNITS = 2
_UNITS: dict[str, Callable[[Any], list[tuple[Any, str]]]] = {
    "entities": lambda view: [(line, line["label"]) for line in view.entities],
    "attributed claims": lambda view: [(c, ATTRIBUTED) for c in view.claims if source_kind(c) == ATTRIBUTED],
}


def gamma_figures(comparisons: Sequence[Comparison], resamples: int, progress: Progress) -> list[Figure]:
    """Gamma of places and labels together: the mean over the articles in which both layers have units.

    Chance is sampled with a fixed seed, so that the same layers give the same figure. Raises Misuse where
    pygamma-agreement is not installed.
    """
    figures = []
    for group, units_of in _UNITS.items():
        rows = []
        for comparison in progress(comparisons):
            units = [units_of(view) for view in (comparison.one, comparison.other)]
            if all(units) and sum(map(len, units)) > _FEWEST_UNITS:
                rows.append([_gamma(units), 1.0])
        counts = np.array(rows).reshape(len(rows), 2)
        draws = draw(len(rows), resamples, SEED) if rows else np.zeros((resamples, 0))
        found = interval(counts, accuracy, draws)
        figures.append(
            Figure(
                group,
                "unitizing, mean of articles",
                "gamma",
                len(rows),
                len(rows),
                found.value,
                found.low,
                found.high,
            )
        )
    return figures


def _gamma(units: Sequence[Sequence[tuple[Any, str]]]) -> float:
    try:
        from pyannote.core import Segment
        from pygamma_agreement import CombinedCategoricalDissimilarity, Continuum
    except ImportError:
        raise Misuse("gamma needs pygamma-agreement: pip install 'tasrih[gamma]'") from None
    continuum = Continuum()
    for annotator, spans in enumerate(units):
        for line, label in spans:
            continuum.add(str(annotator), Segment(line["start"], line["end"]), label)
    with _seeded(), quiet():
        return float(continuum.compute_gamma(CombinedCategoricalDissimilarity()).gamma)


@contextmanager
def _seeded() -> Iterator[None]:
    state = np.random.get_state()
    np.random.seed(SEED % 2**32)
    try:
        yield
    finally:
        np.random.set_state(state)


@contextmanager
def quiet() -> Iterator[None]:
    """Without the library's note, once a call, that it falls back on its second solver, and without what solvers say.

    They print from C, past `sys.stdout`, and would stand in the midst of a report.
    """
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    c_library = ctypes.CDLL(None)
    sys.stdout.flush()
    stdout, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        c_library.fflush(None)
        os.dup2(stdout, 1)
        os.close(stdout)
        os.close(nowhere)
        logging.disable(before)
