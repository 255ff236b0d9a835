"""Objects that no backup names any more are removed: after a backup's folder was, on purpose."""

import os
from pathlib import Path

from shiftline.apps.backup import copying, manifest
from shiftline.apps.supervisor.child import StartRefusedError


def prune(root: Path) -> int:
    """Remove what no complete backup names; how many objects. Raises StartRefusedError where one is not finished."""
    if manifest.list_unfinished(root):
        raise StartRefusedError(f"A backup in {root} is not finished: run shiftline backup --to {root} first.")
    lock = manifest.lock(root)
    try:
        named = {each.key for folder in manifest.list_backups(root).values() for each in copying.read_index(folder)}
        removed = 0
        for path in (root / "objects").rglob("*"):
            if path.is_file() and path.relative_to(root / "objects").as_posix() not in named:
                path.unlink()
                removed += 1
        return removed
    finally:
        os.close(lock)
