"""Callers as a process of their own, kept by nobody: they ring, tell what happens, and end."""

import os
import signal
import sys
from pathlib import Path

from shiftline.apps.supervisor.child import Child

# -P: a file in the current folder must not shadow a module.
COMMAND = (sys.executable, "-P", "-m", "shiftline.apps.cli", "call")


def callers_child(data: Path, count: int, queue_id: str | None = None, command: tuple[str, ...] = COMMAND) -> Child:
    """Return the process of ``count`` callers for a queue of what runs on the folder ``data``."""
    queue = () if queue_id is None else ("--queue", queue_id)
    return Child(
        name="callers",
        command=(*command, "--data", str(data), "--callers", str(count), *queue),
        environment={**os.environ, "PYTHONTZPATH": "", "PYTHONUNBUFFERED": "1"},
        orphan_signal=signal.SIGTERM,  # they hang up
        stop_within=1.0,
    )
