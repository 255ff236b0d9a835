"""What an unclean end leaves running: found by its working folder, and ended.

Nothing but a cluster's own processes works inside the cluster's folder. A zombie is not running, though a signal to it
succeeds; where nobody collects zombies (a container whose first process is no init) it would look alive for ever.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

_PROC = Path("/proc")
_POLL = 0.02


def end_processes_in(folder: Path, leader: int | None, patience: float) -> None:
    """End every process whose working folder is `folder`.

    The `leader` is one that may be ending by itself: it gets `patience` seconds, then SIGQUIT and as long again. Without
    it nothing would ever end the others, and they hold nothing that its death has not already given up: they are killed.
    """
    for last_word in (None, signal.SIGQUIT):
        if last_word is not None:
            _signal([leader] if leader in _running_in(folder) else [], last_word)
        deadline = time.monotonic() + patience
        while leader in _running_in(folder) and time.monotonic() < deadline:
            time.sleep(_POLL)
    while left := _running_in(folder):
        _signal(left, signal.SIGKILL)
        time.sleep(_POLL)


def _signal(processes: list[int], number: signal.Signals) -> None:
    for pid in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _running_in(folder: Path) -> list[int]:
    """Return the process ids at work in `folder`, none where the system has no /proc."""
    if not _PROC.is_dir():
        return []
    return [int(each.name) for each in _PROC.iterdir() if each.name.isdigit() and _works_in(each, folder)]


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder
    except OSError:  # ended, a zombie, or another user's
        return False
