"""The programs of a running demo: each is found by the slot that its supervisor gave it, and may be killed."""

import os
import re
import signal
from collections import Counter
from pathlib import Path


def pids(supervisor: int) -> dict[str, int]:
    """The process ids of a supervisor's children by name, such as ``media-1``."""
    found: dict[str, int] = {}
    for child in Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split():
        try:
            variables = Path(f"/proc/{child}/environ").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        slot = next((each.partition("=")[2] for each in variables if each.startswith("SHIFTLINE_MEDIA_SLOT=")), "")
        if slot:
            found[slot] = int(child)
    return found


def kill(supervisor: int, name: str) -> int | None:
    """End a program with ``kill -9``: which process it was; None: there was none."""
    pid = pids(supervisor).get(name)
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
    return pid


def health_of(pid: int) -> str:
    """Where a program says that it is ready."""
    variables = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    listens = next(each.partition("=")[2] for each in variables if each.startswith("SHIFTLINE_LISTEN="))
    return f"http://{listens}/health/ready"


def count_errors(folder: Path) -> dict[str, int]:
    """What the programs logged as errors, by program and event."""
    errors: Counter[str] = Counter()
    for log in sorted((folder / "logs").glob("*.log*")):
        for line in log.read_text(errors="replace").splitlines():
            found = re.search(r'"event": ?"([^"]+)"', line)
            if found is not None and re.search(r'"level": ?"(error|critical)"', line):
                errors[f"{log.name.partition('.')[0]}: {found[1]}"] += 1
    return dict(errors)
