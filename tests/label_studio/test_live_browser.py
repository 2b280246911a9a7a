"""An annotator at work in a real browser: words after an emoji, an attribute, relations, and gold submitted as it is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from corpora import document, write_corpus
from live import CHECKOUT, OWNER, Command, LabelStudio, project_called, tasks_of
from tasrih import store
from tasrih.label_studio.work import layer_of
from tasrih.model import layer_view

EMOJI = "🕊️ قالت وزارة الصحة إن الحملة قد تبدأ غداً. وأيّدت النقابة القرار."
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Nested and interrupted contents, shared cues, notes, author's and unnamed claims are in these.
GOLD = ("wadi-nour-clubhouse", "sahl-clinic-night", "zahrat-water-network")

# Where `words` stand on the screen: their first and last letter.
PLACE = """(words) => {
  const letters = document.createTreeWalker(document.querySelector('.lsf-htx-richtext'), NodeFilter.SHOW_TEXT);
  for (let node; (node = letters.nextNode()); ) {
    const first = node.data.indexOf(words);
    if (first < 0) continue;
    const box = (at) => {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      return range.getBoundingClientRect();
    };
    const [from, to] = [box(first), box(first + words.length - 1)];
    return { from: from.right - 1, to: to.left + 1, y: from.top + from.height / 2 };
  }
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium of the system's packages."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(
            "there is no Chromium on this machine (apt-get install chromium), so nobody clicks anything"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
        ]
        running = playwright.chromium.launch(executable_path=program, args=flags)
        yield running
        running.close()


class Editor:
    """A task open in the browser of the server's owner."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.url = page, url
        page.set_default_timeout(30_000)
        page.goto(f"{url}/user/login/")
        page.fill("input[name=email]", OWNER)
        page.fill("input[name=password]", "Words-for-tests-1")
        page.click("button[type=submit]")
        page.wait_for_load_state("networkidle")

    def open(self, project: int, task: int) -> None:
        self.page.goto(f"{self.url}/projects/{project}/data?task={task}")
        self.page.wait_for_selector(".lsf-htx-richtext")
        self.page.wait_for_selector('button[aria-label="Submit current annotation"]:not([disabled])')
        self.page.wait_for_timeout(1500)

    def mark(self, label: str, words: str) -> None:
        """Drags the mouse over `words` with a label chosen."""
        self.page.keyboard.press("Escape")
        self.page.get_by_text(label, exact=True).first.click()
        at = self.page.evaluate(PLACE, words)
        mouse = self.page.mouse
        mouse.move(at["from"], at["y"])
        mouse.down()
        mouse.move((at["from"] + at["to"]) / 2, at["y"], steps=5)
        mouse.move(at["to"], at["y"], steps=5)
        mouse.up()
        self.page.wait_for_timeout(400)

    def tab(self, name: str) -> None:
        """Brings a side panel to the front."""
        self.page.locator(".lsf-panel-tabs__tab:visible").filter(has_text=name).first.click()

    def select(self, region: str) -> None:
        """Chooses the region with a label in the list of regions."""
        self.page.keyboard.press("Escape")
        self.tab("Regions")
        self.page.locator("[class*=outliner-item]").filter(has_text=region).first.click()
        self.page.wait_for_timeout(400)

    def choose(self, value: str) -> None:
        """Sets an attribute of the region that is chosen."""
        self.page.get_by_text(value, exact=True).first.click()
        self.page.wait_for_timeout(300)

    def relate(self, region: str, words: str, role: str) -> None:
        """Draws a relation from a region to `words`, and names it."""
        self.select(region)
        self.page.keyboard.press("Alt+r")
        at = self.page.evaluate(PLACE, words)
        self.page.mouse.click((at["from"] + at["to"]) / 2, at["y"])
        self.page.wait_for_timeout(400)
        self.tab("Relations")
        item = self.page.locator(".lsf-relations__item").last
        item.hover()
        item.locator('button[aria-label="Show Relation Labels"]').click()
        item.get_by_text("Select labels").click()
        self.page.get_by_role("option", name=role, exact=True).click()
        self.page.keyboard.press("Escape")
        self.page.wait_for_timeout(300)

    def submit(self) -> None:
        with self.page.expect_response(
            lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
        ) as told:
            self.page.click('button[aria-label="Submit current annotation"]')
        assert told.value.status == 201

    def direction(self) -> str:
        return str(
            self.page.evaluate("getComputedStyle(document.querySelector('.lsf-htx-richtext')).direction")
        )


@pytest.fixture
def editor(browser: Any, label_studio: LabelStudio, tmp_path: Path) -> Iterator[Editor]:
    page = browser.new_page(viewport={"width": 1500, "height": 1000})
    yield Editor(page, label_studio.url)
    page.close()


@pytest.fixture
def picture(editor: Editor) -> Callable[[str], None]:
    """Keeps a picture of the page for a look at it, in `dist/`."""

    def keep(name: str) -> None:
        editor.page.screenshot(path=CHECKOUT / "dist" / "browser" / name)

    return keep


def test_what_is_marked_with_the_mouse_arrives_exactly(
    editor: Editor,
    label_studio: LabelStudio,
    tmp_path: Path,
    owner: httpx.Client,
    picture: Callable[[str], None],
) -> None:
    root = tmp_path / "small"
    write_corpus(root, [document(EMOJI, "emoji")])
    (root / "articles" / "emoji" / "gold.jsonl").unlink()
    tasrih = Command(root, label_studio.environment())
    tasrih("push", "--project", "by hand")
    number = project_called(owner, "by hand")
    editor.open(number, tasks_of(owner, number)[0]["id"])
    assert editor.direction() == "rtl"
    editor.mark("ORG", "وزارة الصحة")
    editor.mark("cue", "قالت")
    editor.mark("content", "الحملة قد تبدأ غداً")
    editor.select("content")
    editor.choose("possible")
    editor.relate("content", "وزارة الصحة", "claimer")
    editor.relate("content", "قالت", "cue")
    picture("marked.png")
    editor.submit()
    tasrih("pull", "--project", "by hand")
    whole = store.read_document(store.open_corpus(root), "emoji").document
    assert whole is not None
    layer = layer_view(whole, layer_of(OWNER, {}))
    (entity,), (claim,) = layer.entities, layer.claims
    at = EMOJI.index("وزارة الصحة")
    assert (entity["label"], entity["start"], entity["end"], entity["text"]) == (
        "ORG",
        at,
        at + 11,
        "وزارة الصحة",
    )
    assert claim["text"] == "الحملة قد تبدأ غداً" and claim["start"] == EMOJI.index("الحملة")
    assert claim["cue"] == {"start": EMOJI.index("قالت"), "end": EMOJI.index("قالت") + 4, "text": "قالت"}
    assert claim["claimers"] == [entity["id"]] and claim["certainty"] == "possible"
    assert (claim["via"], claim["mode"], claim["polarity"]) == ("mention", "indirect", "affirmed")


@pytest.mark.parametrize("name", GOLD)
def test_gold_submitted_as_it_is_comes_back_byte_for_byte(
    name: str, editor: Editor, tasrih: Command, owner: httpx.Client, picture: Callable[[str], None]
) -> None:
    title = f"looked at {name}"
    tasrih("push", "--layer", "gold", "--project", title, name)
    number = project_called(owner, title)
    editor.open(number, tasks_of(owner, number)[0]["id"])
    picture(f"{name}.png")
    editor.submit()
    path = tasrih.corpus / "articles" / name / "gold.jsonl"
    before = path.read_bytes()
    path.write_bytes(before.split(b"\n", 1)[0] + b"\n")
    tasrih("pull", "--project", title, "--annotator", layer_of(OWNER, {}), "--into", "gold")
    assert path.read_bytes() == before
