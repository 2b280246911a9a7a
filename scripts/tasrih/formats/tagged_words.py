"""Word and tags a line, an empty line between sentences: how the CoNLL shared tasks and most Arabic corpora give entities.

The word is the first column, its tags are the others; of several the second is taken, the outermost where they nest. Tags are
IOB2, IOB1 or IOBES; PERS and LOC and the like are kept as they are.
"""

from __future__ import annotations

import re
from pathlib import Path

from tasrih import store
from tasrih.store import Misuse

MAX_TAGGED = 512 * 1024 * 1024
_TAG = re.compile(r"O|[BIES]-\S+")

Sentence = list[tuple[str, str]]


def read(path: Path, tag_column: int = 1) -> list[Sentence]:
    """The sentences of a file, each of words with their tags. A line that begins with -DOCSTART- is passed over.

    Raises Misuse where the file cannot be read, is not UTF-8, or a line has no tag.
    """
    lines = store.read_text_file(path, MAX_TAGGED).split("\n")
    found: list[Sentence] = [[]]
    for number, line in enumerate(lines, 1):
        columns = line.split()
        if not columns or columns[0] == "-DOCSTART-":
            if found[-1]:
                found.append([])
            continue
        if len(columns) <= tag_column or not _TAG.fullmatch(columns[tag_column]):
            raise Misuse(f"{path}:{number}: a line is a word and its tag (O, B-PER, I-PER), as «تونس B-LOC»")
        found[-1].append((columns[0], columns[tag_column]))
    sentences = [sentence for sentence in found if sentence]
    if not sentences:
        raise Misuse(f"{path}: there is no word in it")
    return sentences
