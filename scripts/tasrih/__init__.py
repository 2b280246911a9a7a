"""Tasrih: from news articles to a dataset of who is named, who said what, and who stands where."""

import sys
from pathlib import Path


def _version() -> str:
    """The version that is installed, as importlib.metadata says it.

    That module takes as long to import as half of a corpus to check, so the file that it reads is looked for first.
    """
    for folder in sys.path:
        for metadata in Path(folder).glob("tasrih-*.dist-info/METADATA"):
            for line in metadata.read_text("utf-8").splitlines():
                if line.startswith("Version: "):
                    return line.removeprefix("Version: ")
    from importlib.metadata import version

    return version("tasrih")


__version__ = _version()
