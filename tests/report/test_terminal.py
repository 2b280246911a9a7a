"""An annotated article in a terminal."""

import io
import re
from typing import Any

import pytest
from annotated_sample import LABELS, document, sample, withheld
from rich.console import Console

from tasrih.report.terminal import render
from tasrih.store import Misuse


def printed(complete: Any, *, colours: bool = False, width: int = 400) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream, width=width, force_terminal=colours, color_system="truecolor" if colours else None
    )
    console.print(render(complete, "gold", LABELS))
    return stream.getvalue()


def lines_of(complete: Any) -> list[str]:
    return [line.strip() for line in printed(complete).splitlines()]


def test_the_paragraphs_are_the_text_and_nothing_is_written_into_them() -> None:
    complete = sample()
    lines = lines_of(complete)
    for paragraph in str(complete["text"]).splitlines():
        assert paragraph.strip() in lines


def test_claims_read_like_sentences() -> None:
    lines = lines_of(sample())
    at = lines.index("c1   وزارة الأشغال العامة: أعلنت: جسر السلمى سيُغلق ثلاثة أشهر")
    assert lines[at + 1 : at + 3] == [
        "via mention, indirect, affirmed, certain, check-worthy",
        "about جسر السلمى، جمهورية سردانة",
    ]
    assert "c3   نادية الخطار: قالت: الجسر آمن تماماً … ولن يُهدم حجر واحد منه" in lines
    assert "c9   nobody named: يُذكر: الجسر شُيّد عام 1931" in lines
    assert "c10  the article itself: وهو أقدم جسور سردانة" in lines
    assert "via dropped, indirect, affirmed, possible, not check-worthy" in lines
    assert "within c6 مهندسي البلدية قالوا إن «الأعمدة سليمة»" in lines
    assert "confidence 0.82" in lines
    assert "by rima" in lines


def test_stances_read_like_sentences() -> None:
    lines = lines_of(sample())
    at = lines.index("s3  oppose تتبادل")
    assert lines[at + 1 : at + 4] == ["holder نقابة الصيادين، مهندسي البلدية", "target المجلس", "wording"]
    assert "target c7 الأعمدة سليمة" in lines


def test_referents_have_their_mentions_and_roles() -> None:
    rows = [re.split(r"  +", line) for line in lines_of(sample())]
    assert ["FAC", "salma-bridge", "e4 e17", "subject of c1 c3", "جسر السلمى، الجسر"] in rows
    assert ["OCC, PER", "nadia", "e6 e7", "claims c3 c4", "وزيرة الأشغال، نادية الخطار"] in rows
    assert ["e7", "note للمراجعة"] in rows
    assert ["e11", "members مهندسي البلدية، المجلس"] in rows


def test_no_colours_where_there_is_no_terminal() -> None:
    assert "\x1b" not in printed(sample())
    assert "\x1b[" in printed(sample(), colours=True)


def test_a_text_cannot_steer_the_terminal() -> None:
    text = "قال \x1b[2J\x1b]0;x\x07 [bold]نص[/bold] \x9b31m"
    claim = {
        "type": "claim",
        "id": "c1",
        "start": 0,
        "end": len(text),
        "claimers": ["author"],
        "note": "\x1b[31m",
    }
    shown = printed(document(text, [claim], title="\x1b[31m"))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown)
    assert "[bold]نص[/bold]" in shown


@pytest.mark.parametrize("width", [40, 80, 200])
def test_any_width_will_do(width: int) -> None:
    assert max(len(line) for line in printed(sample(), width=width).splitlines()) <= width * 2


def test_without_the_text_offsets_stand_for_the_words() -> None:
    stripped = withheld(sample())
    shown = printed(stripped)
    assert "The text is withheld" in shown
    assert not re.search("[\u0621-\u064a]", shown)
    for line in stripped["layers"]["gold"][1:]:
        if "fragments" not in line:
            assert f"[{line['start']}–{line['end']}]" in shown  # type: ignore[typeddict-item]
    assert re.search(r"c1 +ORG \[6–26\]: \[0–5\]: \[48–76\]", shown)


def test_missing_roles_are_named() -> None:
    claim = {"type": "claim", "id": "c1", "start": 0, "end": 4, "claimers": ["e9"]}
    assert "e9, which is missing: سلام" in printed(document("سلام", [claim]))


def test_a_layer_that_is_not_there_is_misuse() -> None:
    with pytest.raises(Misuse, match="no layer"):
        render(sample(), "rima", LABELS)
