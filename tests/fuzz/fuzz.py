"""Fuzzes every reader for a given time, coverage-guided by atheris (libFuzzer): no traceback, no hang, no file touched elsewhere.

    python tests/fuzz/fuzz.py --seconds 600

Targets run two at a time, each for an equal share. An input that ends in anything but a result or words for the user, takes more
than 20 seconds or more than 2 GB, or writes outside of the folder for temporary files, is kept in --found and the exit status is 1.
`tests/fuzz/found/TARGET/` holds those that were found once and are mended: test_fuzz.py runs them.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

SLOWEST, MOST_MEGABYTES, LONGEST = 20, 2048, 20_000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

# Events of an audit that change names, and how many paths, and folders that they are in, each has.
_CHANGES = {"os.remove": 1, "os.rmdir": 1, "os.mkdir": 1, "os.rename": 2, "os.link": 2, "os.symlink": 1}


def guard(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: nothing is written but in the folder for temporary files, and nothing is asked of the network."""
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES:
        _refuse_outside(arguments[0])
    elif event in _CHANGES:
        paths, folders = arguments[: _CHANGES[event]], arguments[-_CHANGES[event] :]
        for path, folder in zip(paths, folders, strict=True):
            if (
                folder == -1 or Path(os.fsdecode(path)).is_absolute()
            ):  # a name in an open folder was looked at with the folder
                _refuse_outside(path)
    elif event == "subprocess.Popen" and "tasrih.ingest.glyphs" in list(arguments[1]):
        return  # a PDF is read in a process of its own, within bounds
    elif event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
        raise AssertionError(f"a reader called {event}")


def _refuse_outside(path: Any) -> None:
    if isinstance(path, (str, bytes, os.PathLike)):
        real = os.path.realpath(os.fsdecode(path))
        if not real.startswith((os.path.realpath(tempfile.gettempdir()), "/dev/")):
            raise AssertionError(f"a reader wrote {real}")


def one(name: str, seconds: int, found: Path, kept: Path) -> None:
    """Fuzzes one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["tasrih"]):
        import fuzz_targets as targets

    for number, seed in enumerate(targets.seeds(name)):
        (kept / f"seed-{number}").write_bytes(seed)
        targets.run(name, seed)  # what is imported late is, before anything is guarded
    for path in sorted((HERE / "found" / name).glob("*")):
        (kept / path.name).write_bytes(path.read_bytes())

    def mutated(data: bytes, most: int, seed: int) -> bytes:
        chooser = random.Random(seed)  # noqa: S311 - nothing secret
        made = targets.changed_json(data, chooser) if chooser.random() < 0.5 else None
        return (made if made is not None else atheris.Mutate(data, most))[:most]

    words = [
        "fuzz", f"-max_total_time={seconds}", f"-timeout={SLOWEST}", f"-rss_limit_mb={MOST_MEGABYTES}", f"-max_len={LONGEST}",
        f"-artifact_prefix={found}/{name}-", "-print_final_stats=1", "-close_fd_mask=1", str(kept),
    ]  # fmt: skip

    def ran(data: bytes) -> None:
        try:
            targets.run(name, bytes(data))
        except BaseException:
            traceback.print_exc(file=sys.stderr)
            raise

    atheris.Setup(words, ran, custom_mutator=mutated)
    sys.addaudithook(guard)
    atheris.Fuzz()


def supervised(name: str, seconds: int, found: Path) -> tuple[str, int, str]:
    """Name, exit status and last words of a target's run in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="tasrih-fuzz-kept-") as kept:
        command = [
            sys.executable,
            __file__,
            "--one",
            name,
            "--seconds",
            str(seconds),
            "--found",
            str(found),
            "--kept",
            kept,
        ]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    lines = done.stderr.splitlines()
    runs = next((line.split(":")[-1].strip() for line in lines if "number_of_executed_units" in line), "?")
    told = (
        f"{runs} inputs"
        if done.returncode == 0
        else "\n".join(line for line in lines if not line.startswith("INFO:"))[-4000:]
    )
    return name, done.returncode, told


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=600, help="for all targets together")
    parser.add_argument("--target", nargs="+", help="these alone")
    parser.add_argument(
        "--found", type=Path, default=Path("dist/fuzz"), help="where inputs that fail are kept"
    )
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--kept", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.found.mkdir(parents=True, exist_ok=True)
    if given.one:
        one(given.one, given.seconds, given.found.resolve(), given.kept)
        return
    import fuzz_targets as targets

    names = given.target or list(targets.TARGETS)
    share = max(5, given.seconds * 2 // len(names))
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for name, status, told in pool.map(lambda name: supervised(name, share, given.found), names):
            print(f"{name:22} {share:4} s  {told if not status else f'FAILED ({status})'}", flush=True)
            if status:
                failed += 1
                print(told, flush=True)
    print(f"{len(names)} targets, {failed} failed" + (f"; the inputs are in {given.found}" if failed else ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
