"""A diff as text, Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tasrih.model import visible
from tasrih.release.diff import KINDS, Change, Diff

_LONGEST = 60
_PLURALS = {"entity": "entities", "claim": "claims", "stance": "stances"}


def as_record(found: Diff) -> dict[str, Any]:
    """The diff as plain values, of the shape of schemas/diff.schema.json."""
    return {
        "old": {"name": found.old.name, "version": found.old.version},
        "new": {"name": found.new.name, "version": found.new.version},
        "step": found.step,
        "least_version": found.least_version,
        "reasons": [{"step": reason.step, "what": reason.what} for reason in found.reasons],
        "articles": {
            "added": found.came,
            "removed": found.went,
            "text": found.texts,
            "metadata": found.metadata,
            "split": {name: list(moved) for name, moved in found.splits.items()},
        },
        "counts": {
            kind_of: {
                "in_added_articles": found.annotations_came[kind_of],
                "in_removed_articles": found.annotations_went[kind_of],
                **{kind: counts[kind] for kind in KINDS},
            }
            for kind_of, counts in found.counts().items()
        },
        "changes": [
            {
                "kinds": list(change.kinds), "article": change.article, "type": change.type, "id": change.id,
                "label": change.label, "text": change.words,
                "differs": {
                    name: {"old": values[0], "new": values[1]} for name, values in change.differs.items() if values
                },
            }
            for change in found.changes
        ],
    }  # fmt: skip


def as_json(found: Diff) -> str:
    """The diff as JSON."""
    return json.dumps(as_record(found), ensure_ascii=False, indent=2)


def as_text(found: Diff) -> str:
    """The diff for a terminal."""
    head = f"{found.old.name} ({found.old.version}) → {found.new.name} ({found.new.version})"
    return "\n".join([head, f"step: {_step(found)}", *_because(found, "  "), "", *_text_body(found)])


def _step(found: Diff) -> str:
    least = f", to {found.least_version} or more" if found.step != "none" and found.least_version else ""
    return f"{found.step}{least}"


def _because(found: Diff, indent: str) -> Iterator[str]:
    for reason in found.reasons:
        yield f"{indent}{reason.step}: {visible(reason.what)}"


def _text_body(found: Diff) -> Iterator[str]:
    for title, lines in _article_parts(found):
        yield f"{title}: {', '.join(lines)}"
    rows = _count_rows(found)
    if rows:
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for row in rows:
            yield "  ".join(
                cell.ljust(width) if column == 0 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
    for change in found.changes:
        yield f"{change.article}/{change.id} {_said(change)}"


def as_markdown(found: Diff) -> str:
    """The diff as the body of CHANGES.md."""
    parts = [f"The change is **{found.step}**" + (":" if found.reasons else "."), ""]
    parts += [f"- {visible(reason.what)} ({reason.step})" for reason in found.reasons]
    for title, names in _article_parts(found):
        parts += ["", f"{title}: {', '.join(f'`{name}`' for name in names)}."]
    if rows := _count_rows(found):
        parts += ["", _row(rows[0]), _row(["---", *("---:" for _ in rows[0][1:])]), *map(_row, rows[1:])]
    if found.changes:
        parts += ["", *(f"- `{change.article}/{change.id}` {_said(change)}" for change in found.changes)]
    return "\n".join(parts).strip() + "\n"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _article_parts(found: Diff) -> Iterator[tuple[str, list[str]]]:
    parts = (
        ("Articles added", found.came),
        ("Articles removed", found.went),
        ("Texts corrected", found.texts),
        ("Metadata changed", [f"{name} ({', '.join(keys)})" for name, keys in found.metadata.items()]),
        ("Splits changed", [f"{name} ({was} → {now})" for name, (was, now) in found.splits.items()]),
    )
    return ((title, names) for title, names in parts if names)


def _count_rows(found: Diff) -> list[list[str]]:
    """Annotations by type and kind of change; no rows where there is nothing to count."""
    rows = [["annotations", "in added articles", "in removed articles", *KINDS]]
    for kind_of, counts in found.counts().items():
        numbers = [
            found.annotations_came[kind_of],
            found.annotations_went[kind_of],
            *(counts[kind] for kind in KINDS),
        ]
        if any(numbers):
            rows.append([_PLURALS[kind_of], *(f"{number:,}" for number in numbers)])
    return rows if len(rows) > 1 else []


def _said(change: Change) -> str:
    details = "; ".join(
        f"{name} {_from_to(*values)}" if values else name for name, values in change.differs.items()
    )
    words = f" {_shown(change.words)}" if change.words else ""
    return f"{', '.join(change.kinds)}, {change.label}{words}" + (f": {details}" if details else "")


def _from_to(was: Any, now: Any) -> str:
    """What it was and is; spans that look alike once they are cut are given by their offsets."""
    before, after = _shown(was), _shown(now)
    if before == after and isinstance(was, dict) and isinstance(now, dict):
        before, after = (f"[{span['start']}, {span['end']})" for span in (was, now))
    return f"{before} → {after}"


def _shown(value: Any) -> str:
    """A value on one line; words between «» and cut where they are long."""
    if value is None or value == []:
        return "none"
    if isinstance(value, dict):
        return _shown(value["text"]) if value.get("text") else f"[{value['start']}, {value['end']})"
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, str):
        words = " ".join(visible(value).split())
        return f"«{words if len(words) <= _LONGEST else words[:_LONGEST].rstrip() + '…'}»"
    return str(value).lower() if isinstance(value, bool) else str(value)
