"""The data folder: its layout, its lock, its secrets and its logs."""

import fcntl
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from shiftline.apps.supervisor.child import StartRefusedError

_KEPT_LOGS = 5


@dataclass(frozen=True)
class DataFolder:
    """One installation's files; `path` is absolute, without symbolic links."""

    path: Path

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the data folder, made private when absent; raises StartRefusedError with the reason it cannot be used."""
        try:
            resolved = path.resolve()
            for parent in reversed(resolved.parents):
                if not parent.exists():
                    parent.mkdir()
                    parent.chmod(0o711)  # whatever the umask: the database's user must be able to pass
            resolved.mkdir(mode=0o700, exist_ok=True)
            for name in ("logs", "objects", "secrets", "keys", "spool"):
                (resolved / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            is_file = isinstance(error, FileExistsError | NotADirectoryError)
            reason = "this is a file, not a folder" if is_file else error.strerror
            message = f"The data folder {path} cannot be used: {reason} ({error.filename})."
            raise StartRefusedError(message) from error
        return cls(resolved)

    def log(self, name: str) -> Path:
        """Return the path of the log of the child `name`."""
        return self.path / "logs" / f"{name}.log"

    def rotate_log(self, name: str) -> None:
        """Give the child `name` a fresh log and keep the last five."""
        log = self.log(name)
        for number in range(_KEPT_LOGS - 1, 0, -1):
            older = log.with_suffix(f".{number}.log")
            if older.exists():
                older.rename(log.with_suffix(f".{number + 1}.log"))
        if log.exists():
            log.rename(log.with_suffix(".1.log"))

    def shorten_log(self, name: str, largest: int) -> None:
        """Move the log of `name` aside once it is over `largest` bytes, while the child goes on writing it."""
        log = self.log(name)
        if log.exists() and log.stat().st_size > largest:
            shutil.copyfile(log, log.with_suffix(".1.log"))
            os.truncate(log, 0)

    def secret(self, name: str) -> str:
        """Return the folder's random secret `name` (URL-safe letters), made at its first use, mode 0600."""
        file = self.path / "secrets" / name
        if not file.exists():
            partial = file.with_suffix(".partial")
            partial.unlink(missing_ok=True)
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as output:
                output.write(secrets.token_urlsafe(32))
                output.flush()
                os.fsync(output.fileno())
            partial.rename(file)
        return file.read_text()

    def lock(self) -> int:
        """Take the folder for this process until it ends; raises StartRefusedError naming the process that has it.

        Returns the descriptor of the lock. The kernel frees the lock with the process, however that ends.
        """
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode().strip() or "unknown"
            os.close(descriptor)
            message = (
                f"The data folder {self.path} is in use by the Shiftline with process id {holder}. "
                f"Stop that one first (kill {holder}), or choose another folder with --data."
            )
            raise StartRefusedError(message) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return descriptor
