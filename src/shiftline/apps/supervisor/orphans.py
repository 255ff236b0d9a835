"""Processes whose own parent died: adopted, so that a container without an init keeps no zombies, and ended at the stop."""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Container
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Make this process the parent of its descendants' orphans (Linux; elsewhere the system's init is)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def collect_dead(ours: Container[int]) -> None:
    """Collect ended orphans; the processes in `ours` have somebody who waits for them."""
    for pid in _children():
        if pid not in ours:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def kill_all() -> None:
    """Kill every child that is left, adopted ones too, and collect it."""
    for pid in _children():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _children() -> list[int]:
    tasks = Path("/proc/self/task")
    if not tasks.is_dir():
        return []
    found: list[int] = []
    for task in tasks.iterdir():
        with contextlib.suppress(OSError):
            found += [int(pid) for pid in (task / "children").read_text().split()]
    return found
