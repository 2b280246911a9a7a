"""Does `tasrih suggest --order uncertainty` teach a tagger faster than a random order? A simulated run over the corpus.

    python benchmarks/suggest_order.py --starts 10 --json benchmarks/suggest_order.json

The articles of the training split stand for those that wait. A tagger learns from a few of them; then, step by step, the articles
that an order puts first are annotated (their gold is taken) and the tagger learns again. After each step it is scored on the
validation split. Articles cost what they have in words, so orders are compared by the mean F1 over the words annotated (the
area under the learning curve). Every order begins from the same few articles, drawn anew for each start; a start's difference to
the mean of random orders from the same articles is one observation, and its interval is by resampling starts.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tasrih import store
from tasrih.model import Document
from tasrih.release.gold import gold
from tasrih.suggest import tagger, training
from tasrih.suggest.cutting import OUTSIDE, spans
from tasrih.suggest.order import uncertainty

FIRST, STEP = 4, 4  # articles
ITERATIONS = 40
RESAMPLES = 10_000
Order = Callable[["Learner", list[int], random.Random], list[int]]


class Learner:
    """A quick tagger of outer mentions, the first of the three that `tasrih.suggest.tagger` puts together."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.examples = [tagger.example(document) for document in documents]
        self.views = [tagger._first_view(one.cut, None) for one in self.examples]
        self.lines = [
            [one.outer[first:behind] for first, behind in one.cut.sentences] for one in self.examples
        ]
        self.words = [len(one.cut.words) for one in self.examples]
        self._opened: Any = None

    def learn(self, chosen: Sequence[int]) -> None:
        """Learns from the articles `chosen`, in one order whatever theirs."""
        known = ((self.views[at], self.lines[at]) for at in sorted(chosen))
        self._opened = tagger._Opened(tagger._learnt(known, ITERATIONS))

    def said(self, at: int) -> list[tuple[str, int]]:
        """Each word's tag and how sure it is, in hundredths, of the article at `at`."""
        return [word for view in self.views[at] for word in tagger._said(self._opened, view)]

    def right(self, at: int) -> tuple[int, int, int]:
        """How many mentions of an article are right, were proposed and are in gold."""
        found = set(spans([tag for tag, _ in self.said(at)]))
        known = set(spans(self.examples[at].outer))
        return len(found & known), len(found), len(known)


# --- Orders ---------------------------------------------------------------------------------------------


def at_random(learner: Learner, waiting: list[int], chance: random.Random) -> list[int]:
    """Any order."""
    return chance.sample(waiting, len(waiting))


def by(measure: Callable[[Sequence[tuple[str, int]]], float]) -> Order:
    """The articles of which `measure` is greatest first."""

    def order(learner: Learner, waiting: list[int], chance: random.Random) -> list[int]:
        return sorted(waiting, key=lambda at: (-measure(learner.said(at)), at))

    return order


def unsure_mentions(said: Sequence[tuple[str, int]]) -> float:
    """What the product computes: how many of 100 words' suggestions are to be expected wrong."""
    tags = [tag for tag, _ in said]
    sure: list[Any] = [
        {"confidence": min(word for _, word in said[first:behind]) / 100} for first, behind, _ in spans(tags)
    ]
    return uncertainty(sure, len(said))


def unsure_words(said: Sequence[tuple[str, int]]) -> float:
    """How unsure the words' tags are on average (least confidence, Culotta and McCallum 2005)."""
    return sum(100 - sure for _, sure in said) / max(len(said), 1)


def many_mentions(said: Sequence[tuple[str, int]]) -> float:
    """How many words of 100 are in a mention."""
    return 100 * sum(tag != OUTSIDE for tag, _ in said) / max(len(said), 1)


ORDERS: dict[str, Order] = {
    "random": at_random,
    "unsure mentions": by(unsure_mentions),
    "unsure words": by(unsure_words),
    "many mentions": by(many_mentions),
}


# --- The run --------------------------------------------------------------------------------------------


def curve(
    order: Order, pool: Learner, held: Learner, first: Sequence[int], steps: int, chance: random.Random
) -> list[tuple[int, float]]:
    """Words annotated and F1 on the held-out articles, step by step."""
    chosen, points = list(first), []
    for step in range(steps + 1):
        pool.learn(chosen)
        held._opened = pool._opened
        right, found, known = np.sum([held.right(at) for at in range(len(held.words))], axis=0)
        points.append((sum(pool.words[at] for at in chosen), float(2 * right / (found + known))))
        if step < steps:
            waiting = [at for at in range(len(pool.words)) if at not in chosen]
            chosen += order(pool, waiting, chance)[:STEP]
    return points


def area(points: Sequence[tuple[int, float]], begin: int, end: int) -> float:
    """The mean F1 between two numbers of words, straight lines between the points."""
    grid = np.linspace(begin, end, 200)
    return float(np.interp(grid, [words for words, _ in points], [f1 for _, f1 in points]).mean())


def main() -> None:
    """Prints how far each order is ahead of random ones."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--randoms", type=int, default=2, help="random orders a start")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--orders", nargs="+", choices=list(ORDERS), default=list(ORDERS))
    parser.add_argument(
        "--within-train", action="store_true", help="score on a fifth of train, to choose an order by"
    )
    parser.add_argument("--json", type=Path)
    told = parser.parse_args()
    documents = training(store.open_corpus(told.corpus))
    if told.within_train:
        pool = Learner([one for number, one in enumerate(documents) if number % 5])
        held = Learner(documents[::5])
    else:
        pool, held = Learner(documents), Learner(gold(told.corpus, "validation").documents)
    curves: dict[str, list[list[list[tuple[int, float]]]]] = {name: [] for name in ("random", *told.orders)}
    for start in range(told.starts):
        first = random.Random(start).sample(range(len(pool.words)), FIRST)
        for name, runs in curves.items():
            times = told.randoms if name == "random" else 1
            runs.append(
                [
                    curve(ORDERS[name], pool, held, first, told.steps, random.Random(100 * start + run))
                    for run in range(times)
                ]
            )
        print(f"start {start + 1} of {told.starts}", flush=True)
    report(curves, told.json)


def report(curves: dict[str, list[list[list[tuple[int, float]]]]], path: Path | None) -> None:
    """The orders as a table."""
    rows = []
    for name, runs in curves.items():
        ahead = []
        for mine, theirs in zip(runs, curves["random"], strict=True):
            begin = mine[0][0][0]
            end = min(points[-1][0] for points in (*mine, *theirs))
            areas = [float(np.mean([area(points, begin, end) for points in some])) for some in (mine, theirs)]
            ahead.append(100 * (areas[0] - areas[1]))
        drawn = np.random.default_rng(7).choice(ahead, (RESAMPLES, len(ahead))).mean(axis=1)
        low, high = np.percentile(drawn, (2.5, 97.5))
        last = 100 * float(np.mean([points[-1][1] for some in runs for points in some]))
        words = float(np.mean([points[-1][0] for some in runs for points in some]))
        rows.append(
            {
                "order": name, "ahead": float(np.mean(ahead)), "low": float(low), "high": float(high),
                "starts": len(ahead), "last_F1": last, "last_words": words,
            }
        )  # fmt: skip
    if path:
        path.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    print(
        "| order | mean F1 ahead of random (95 % interval) | F1 at the end | words at the end |\n| --- | ---: | ---: | ---: |"
    )
    for row in rows:
        print(
            f"| {row['order']} | {row['ahead']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f}) | {row['last_F1']:.1f} "
            f"| {row['last_words']:,.0f} |"
        )


if __name__ == "__main__":
    main()
