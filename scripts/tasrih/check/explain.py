"""A rule explained, with its examples."""

from __future__ import annotations

import json

from tasrih.check.rule import FAMILIES, REMOVE, Example, Rule, TooLong


def explained(rule: Rule) -> str:
    """What `tasrih explain` prints."""
    fix = " «tasrih check --fix» does it." if rule.fixable and "--fix" not in rule.mend else ""
    parts = [
        f"{rule.code} ({rule.severity}; {FAMILIES[rule.code[0]]}): {rule.title}.",
        *([rule.help] if rule.help else []),
        f"To mend it: {rule.mend}.{fix}",
        "Bad:\n" + _indented(shown(rule.bad)),
        "Good:\n" + _indented(shown(rule.good)),
    ]
    return "\n\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.splitlines())


def shown(example: Example) -> str:
    """An example as text: the inline article, then what is changed in its files."""
    lines = [_short(example.inline)]
    lines += [f"with {pointer} {_value(value)}" for pointer, value in example.patch.items()]
    lines += [f"with the further article {name}: {_short(text)}" for name, text in example.others.items()]
    lines += [f"with {file} {_content(content)}" for file, content in example.files.items()]
    lines += [f"with {key} = {value!r} in corpus.toml" for key, value in example.settings.items()]
    if example.splits is not None:
        lines += [
            "with splits.jsonl " + ("\n".join(json.dumps(record) for record in example.splits) or "empty")
        ]
    return "\n".join(lines)


def _short(text: str) -> str:
    return text if len(text) <= 400 else text[:160] + " …"


def _value(value: object) -> str:
    return "left out" if value is REMOVE else "= " + json.dumps(value, ensure_ascii=False)


def _content(content: bytes | TooLong | None) -> str:
    if isinstance(content, TooLong):
        return f"holding one line of {content.length:,} bytes"
    if content is None:
        return "deleted"
    return "holding " + (
        repr(content) if len(content) <= 100 else f"{content[:40]!r} … ({len(content):,} bytes)"
    )
