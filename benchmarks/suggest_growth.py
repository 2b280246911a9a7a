"""Is the time that suggesters take linear in the length of a text, whatever the text is?

    python benchmarks/suggest_growth.py --json benchmarks/suggest_growth.json

Texts that are made to be hard, at growing lengths. Each is read in a process of its own that is stopped when its time is over, so
that one of them cannot hold up the rest. The slope is that of log seconds over log code points, by least squares from the
length on where the time is more than noise: 1 is linear, 2 quadratic.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tasrih import store
from tasrih.suggest import Draft, Suggest, attribution, entities, stance, training

SIZES = (31_250, 62_500, 125_000, 250_000, 500_000)  # code points
PATIENCE = 90  # seconds
NOISE = 0.05  # seconds
KINDS = {
    "as written": "",  # the training articles, one behind the other
    "without full stops": "",
    "brackets (": "(",
    "quotes «": "«",
    'quotes "': '"',
    "pairs «»": "«»",
    "one letter": "ب",
    "one word": "كتاب ",
    "harakat": "\u064e",
    "punctuation": "،؛:.",
    "full stops": ". ",
    "line ends": ".\n",
    "tatweel": "\u0640",
    "emoji": "😀",
    "Latin": "word ",
    "digits": "1 ",
    "reporting verbs": "قال ",
    "nested reports": "قال زيد إن ",
    "offices": "رئيس ",
    "patronymics": "محمد بن ",
    "stances": "يدعم ",
    "coordination": "تدعم مصر السودان و",
    "quoted reports": "قال «نعم» و",
    "dates": "يوم 5 مايو ",
}


def text_of(kind: str, whole: str) -> str:
    """A text of the greatest length."""
    unit = KINDS[kind] or whole
    if kind == "without full stops":
        unit = whole.replace("\n", " ").replace(".", " ")
    return (unit * (SIZES[-1] // len(unit) + 1))[: SIZES[-1]]


def measured(suggesters: Sequence[tuple[str, Suggest]], text: str, answer: Any) -> None:
    """Sends the length and seconds of each suggester, one length after the other."""
    for size in SIZES:
        draft = Draft(text[:size])
        taken = {}
        for name, suggest in suggesters:
            start = time.perf_counter()
            (found,) = suggest([draft])
            taken[name] = time.perf_counter() - start
            draft = Draft(draft.text, annotations=(*draft.annotations, *found))
        answer.send((size, taken))
    answer.close()


def slope(points: Sequence[tuple[int, float]]) -> float | None:
    """The slope of log seconds over log length; None with fewer than three lengths that take long enough to be measured."""
    telling = [(size, seconds) for size, seconds in points if seconds > NOISE]
    if len(telling) < 3:
        return None
    sizes, seconds = np.log(np.array(telling)).T
    return float(np.polyfit(sizes, seconds, 1)[0])


def main() -> None:
    """Prints the seconds of the longest text and the slopes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--json", type=Path)
    told = parser.parse_args()
    corpus = store.open_corpus(told.corpus)
    documents = training(corpus)
    whole = "\n".join(str(one["text"]) for one in documents)
    suggesters = [
        ("entities", entities.make(corpus)),
        ("attribution", attribution.of_documents(documents)),
        ("stances", stance.of_documents(documents)),
    ]
    forked = multiprocessing.get_context("fork")  # the models are there already
    rows: list[dict[str, Any]] = []
    print("| text | " + " | ".join(f"{name}, s | slope" for name, _ in suggesters) + " |\n|" + " --- |" * 7)
    for kind in told.kinds:
        here, there = forked.Pipe(duplex=False)
        process = forked.Process(target=measured, args=(suggesters, text_of(kind, whole), there))
        process.start()
        there.close()
        points: list[tuple[int, dict[str, float]]] = []
        until = time.monotonic() + PATIENCE
        while here.poll(max(0.0, until - time.monotonic())):
            try:
                points.append(here.recv())
            except EOFError:
                break
        process.terminate()
        process.join()
        cells = []
        for name, _ in suggesters:
            mine = [(size, taken[name]) for size, taken in points]
            steep = slope(mine)
            rows.append({"text": kind, "suggester": name, "seconds": mine, "slope": steep})
            last = f"{mine[-1][1]:.2f}" if len(mine) == len(SIZES) else f"over {PATIENCE}"
            cells += [last, "–" if steep is None else f"{steep:.2f}"]
        print(f"| {kind} | " + " | ".join(cells) + " |", flush=True)
    if told.json:
        told.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
