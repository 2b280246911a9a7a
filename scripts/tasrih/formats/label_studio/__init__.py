"""The file format of Label Studio: a labelling configuration, tasks to import, and exports to read.

The mapping: `<Labels>` groups `entity`, `claim` (content, cue, fragment) and `stance` over one `<Text>`;
attributes are choices of a region; roles are labelled relations. An entity or stance is a region with its own
id, a claim's content `c1`, or `c1-1` with fragments `c1-2` … that are `part-of` it, its cue `c1-cue`: the editor
of Label Studio 1.23 cuts ids at `#` and so makes one region of several, and shows none with a dot in its colour.
Offsets are code points. `data` carries the article's id, the hash of its text and the corpus's version, and
`data.tasrih` what a region cannot show: `{"format": 1, "layer": …, "header": {…}, "annotations": {id: {…}}}`.
"""

from tasrih.formats.label_studio.config import config
from tasrih.formats.label_studio.reading import MAX_EXPORT, Annotated, Export, read
from tasrih.formats.label_studio.writing import write

__all__ = ["MAX_EXPORT", "Annotated", "Export", "config", "read", "write"]
