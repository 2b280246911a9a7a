"""Runs `tasrih …` and writes its peak memory in MB to the file that PEAK names: a program of its own, for one figure.

Linux says the peak since the program began; elsewhere it is that of the process, which may have been its parent's.
"""

from __future__ import annotations

import os
import re
import resource
from pathlib import Path

from tasrih.cli import main


def peak() -> int:
    """The most memory that this program had, in MB."""
    status = Path("/proc/self/status")
    if status.is_file() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(found[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


try:
    main()
finally:
    Path(os.environ["PEAK"]).write_text(str(peak()))
