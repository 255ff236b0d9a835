"""The database server's write-ahead log is archived into a folder of backups, so that any instant can be put back.

The server runs each command by a shell, as its own user, once a segment is full and at least each minute. A segment that was archived
before, by a command whose end nobody saw, is compared and not written again; one that is another is never written over.
"""

import os
import shutil
import string
from collections.abc import Mapping
from pathlib import Path

from shiftline.apps.engines.account import require_open_parents
from shiftline.apps.supervisor.child import Account, StartRefusedError

LONGEST = 60
"""Seconds that a change may wait for its segment to be archived: what is lost at most when the machine is."""

_NEEDED = ("gzip", "cmp", "sync", "mv")
_PLAIN = frozenset(string.ascii_letters + string.digits + "/._-+@ ")


def archive_into(root: Path, account: Account | None) -> Mapping[str, str]:
    """The settings of a server that archives into a folder of backups, which is made. Raises StartRefusedError."""
    _require_plain(root)
    for name in _NEEDED:
        if shutil.which(name, path=os.defpath) is None:
            raise StartRefusedError(f"--archive-to needs the program {name} in {os.defpath}.")
    folder = root / "wal"
    try:
        root.mkdir(mode=0o711, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if account is not None:
            require_open_parents(folder, account)
            os.chown(folder, account.uid, account.gid)
    except OSError as error:
        raise StartRefusedError(f"--archive-to {root} cannot be used: {error.strerror} ({error.filename}).") from None
    return {
        "archive_mode": "on",
        "archive_command": _keep_command(folder),
        "archive_timeout": f"{LONGEST}s",
    }


def _keep_command(folder: Path) -> str:
    kept, partial = f"'{folder}/%f.gz'", f"'{folder}/.%f.partial'"
    again = f"gzip -dc {kept} | cmp -s - '%p'"
    once = f"gzip -1c '%p' > {partial} && sync {partial} && mv {partial} {kept} && sync '{folder}'"
    return f"if [ -e {kept} ]; then {again}; else {once}; fi"


def fetch_command(folder: Path) -> str:
    """The command by which a server that is put back gets segments from a folder."""
    _require_plain(folder)
    return f"gzip -dc '{folder}/%f.gz' > '%p'"


def _require_plain(folder: Path) -> None:
    if not folder.is_absolute() or not set(str(folder)) <= _PLAIN:
        raise StartRefusedError(
            f"{folder} cannot hold the database's log: choose an absolute path of letters, digits, and ./_-+@ only."
        )
