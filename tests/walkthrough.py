"""The commands and examples of the documents give what the documents say.

In a ```console block a line that begins with `$ ` is a command (a backslash at its end continues it), and the
lines behind it are its exact output, stderr included; a line `…` stands for any number of lines. White space
at line ends is not compared. In a ```python block with `>>> ` the same holds as in a doctest. All blocks of a
file run in order in one copy of the checkout, and `cd` lasts.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
SHARED = CHECKOUT.parent / "shared"

SHOWN_ONLY = (
    "make ",
    "git clone",
    "pip install",
    "../label-studio/",
    "python3 -m venv ../",
    "export LABEL_",
    "xdg-open",
)
# What stands in for a command that is not run, so that what follows finds what it leaves behind.
STAND_INS = {"make dataset": "tasrih build > ../build.log || cat ../build.log"}
TIMEOUT = 300  # seconds: against a command that hangs; a first «tasrih suggest» learns for a minute, on a busy machine for more


@dataclass(frozen=True)
class Command:
    """A command of a document with the line it stands in and the output that the document gives."""

    line: int
    text: str
    expected: list[str]


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the line of its first line, and its content."""

    language: str
    line: int
    source: str

    @property
    def needs_shared(self) -> bool:
        return "../shared" in self.source


@dataclass
class Outcome:
    """What came of a document."""

    failures: list[str] = field(default_factory=list)
    ran: int = 0
    shown: int = 0
    skipped: list[int] = field(default_factory=list)


# --- Reading a document -------------------------------------------------------------------------------


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a Markdown document, in order."""
    fence = re.compile(r"^( *)```(\w+)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
    for match in fence.finditer(text):
        line = text.count("\n", 0, match.start(3)) + 1
        yield Block(match[2], line, textwrap.dedent(match[3]))


def commands(block: Block) -> list[Command]:
    """The commands of a console block. Raises ValueError where output stands before the first command."""
    found: list[Command] = []
    lines = iter(enumerate(block.source.splitlines(), start=block.line))
    for number, line in lines:
        if line.startswith("$ "):
            text = line[2:]
            while text.endswith("\\"):
                text = text[:-1] + next(lines)[1].removeprefix("> ").lstrip()
            found.append(Command(number, text.strip(), []))
        elif found:
            found[-1].expected.append(line.rstrip())
        else:
            raise ValueError(f"line {number}: a console block begins with a command («$ …»)")
    return found


def agrees(expected: list[str], got: list[str]) -> bool:
    """Whether the output is what is expected, where a line `…` stands for any number of lines."""
    parts = [r"(?:[^\n]*\n)*?" if line.strip() == "…" else re.escape(line) + r"\n" for line in expected]
    return re.fullmatch("".join(parts), "".join(line + "\n" for line in got)) is not None


def trimmed(text: str | list[str]) -> list[str]:
    """Lines without white space at their ends and without empty lines behind the last."""
    lines = text.splitlines() if isinstance(text, str) else text
    return "\n".join(line.rstrip() for line in lines).rstrip("\n").splitlines()


# --- Running it ---------------------------------------------------------------------------------------


def copy_checkout(folder: Path) -> Path:
    """A copy of what git knows or would take, in `folder`/tasrih, beside the shared folder where there is one."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout, so there is no list of the files to copy")
    scratch = folder / "tasrih"
    for name in filter(None, listed.stdout.split("\0")):
        source, target = CHECKOUT / name, scratch / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    if SHARED.is_dir():
        (folder / "shared").symlink_to(SHARED)
    return scratch


def environment(folder: Path) -> dict[str, str]:
    """The environment of the commands: this Python's programs first, no network, no colours, 80 columns."""
    return {
        **{name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "FORCE_COLOR")},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "COLUMNS": "80", "TERM": "dumb", "NO_COLOR": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1", "HF_HOME": str(folder / "hf"), "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    }  # fmt: skip


class Walkthrough:
    """Runs the blocks of one document, in order, in one scratch copy."""

    def __init__(self, document: str, folder: Path, stand_ins: dict[str, str] | None = None) -> None:
        self.document = document
        self.stand_ins = STAND_INS | (stand_ins or {})
        self.here = copy_checkout(folder)
        self.environment = environment(folder)
        self.state = folder / "folder"
        self.outcome = Outcome()
        self._python: subprocess.Popen[str] | None = None
        self._after_clone = False
        self._owed: list[Command] = []

    def run(self, text: str) -> Outcome:
        for block in blocks(text):
            python = block.language == "python" and ">>> " in block.source
            if block.language != "console" and not python:
                continue
            if block.needs_shared and not SHARED.is_dir():
                self.outcome.skipped.append(block.line)
            elif python:
                self._stand_in()
                self._examples(block)
            else:
                self._console(block)
        if self._python is not None:
            self._python.communicate()
        return self.outcome

    def _console(self, block: Block) -> None:
        try:
            found = commands(block)
        except ValueError as error:
            self.outcome.failures.append(f"{self.document}: {error}")
            return
        for command in found:
            if self._is_shown_only(command):
                self.outcome.shown += 1
                if stand_in := self.stand_ins.get(command.text):
                    self._owed.append(Command(command.line, stand_in, []))
            else:
                self._stand_in()
                self.outcome.ran += 1
                self._command(command)

    def _stand_in(self) -> None:
        """Runs what stands in for commands that were shown only, now that something follows them."""
        while self._owed:
            self._command(self._owed.pop(0))

    def _is_shown_only(self, command: Command) -> bool:
        """Whether the command is shown and not run: it downloads, builds all, or enters what was cloned."""
        entering = self._after_clone and command.text.startswith("cd ")
        self._after_clone = command.text.startswith("git clone")
        return entering or command.text.startswith(SHOWN_ONLY)

    def _command(self, command: Command) -> None:
        """Runs one command in a bash of its own, in the folder that the one before ended in."""
        script = f'cd -- "$1" || exit\n{command.text}\nstatus=$?\npwd > "$2"\nexit $status'
        try:
            done = subprocess.run(
                ["bash", "-c", script, "bash", self.here, self.state], env=self.environment, text=True, timeout=TIMEOUT,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            self._fail(command, [f"nothing within {TIMEOUT} seconds"])
            return
        if self.state.exists():
            self.here = Path(self.state.read_text("utf-8").rstrip("\n"))
        got = trimmed(done.stdout)
        if not agrees(trimmed(command.expected), got):
            self._fail(command, got)
        elif done.returncode and not got:
            self._fail(command, [f"(no output, and exit status {done.returncode})"])

    def _examples(self, block: Block) -> None:
        if self._python is None:
            worker = [sys.executable, CHECKOUT / "tests" / "docs" / "run_examples.py"]
            self._python = subprocess.Popen(
                worker, env=self.environment, cwd=self.here, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        assert self._python.stdin and self._python.stdout
        request = {"source": block.source, "folder": str(self.here), "line": block.line}
        print(json.dumps(request), file=self._python.stdin, flush=True)
        answer = self._python.stdout.readline()
        self.outcome.ran += block.source.count(">>> ")
        for failure in (
            json.loads(answer)
            if answer
            else [{"command": "(the examples)", "expected": "", "got": "Python ended"}]
        ):
            expected = failure["expected"].replace("...", "…").splitlines()
            at = Command(failure.get("line", block.line), failure["command"].rstrip(), expected)
            self._fail(at, failure["got"].splitlines())

    def _fail(self, command: Command, got: list[str]) -> None:
        expected = textwrap.indent("\n".join(trimmed(command.expected)) or "(nothing)", "    ")
        shown = textwrap.indent("\n".join(got) or "(nothing)", "    ")
        self.outcome.failures.append(
            f"{self.document}:{command.line}: {command.text}\n  expected:\n{expected}\n  got:\n{shown}"
        )
