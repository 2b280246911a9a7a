"""Runs the `>>> ` examples of a document, block by block, in one process, so that names last.

Reads a JSON object a line, {"source": …, "folder": …, "line": …}, and answers each with a JSON list of its
failures, {"line": …, "command": …, "expected": …, "got": …}. A `…` in what is expected stands for any text.
"""

from __future__ import annotations

import doctest
import json
import os
import sys
from typing import Any


class Recorder(doctest.DocTestRunner):
    """Keeps what differs instead of printing it."""

    def __init__(self) -> None:
        super().__init__(verbose=False, optionflags=doctest.ELLIPSIS)
        self.failed: list[dict[str, Any]] = []

    def _record(self, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        line = (test.lineno or 0) + example.lineno
        self.failed.append({"line": line, "command": example.source, "expected": example.want, "got": got})

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        self._record(test, example, got)

    def report_unexpected_exception(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any
    ) -> None:
        self._record(test, example, f"{exc_info[0].__name__}: {exc_info[1]}")


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    names: dict[str, Any] = {}
    parser = doctest.DocTestParser()
    for request in map(json.loads, sys.stdin):
        os.chdir(request["folder"])
        examples = parser.get_examples(request["source"])
        for example in examples:
            example.want = example.want.replace("…", "...")
        test = doctest.DocTest(examples, names, "block", None, request["line"], None)
        recorder = Recorder()
        recorder.run(test, clear_globs=False)
        names = test.globs
        print(json.dumps(recorder.failed), file=answers, flush=True)


if __name__ == "__main__":
    main()
