"""The files of keys in a backup, encrypted by a passphrase in the format of age: `age -d keys.age | tar x` opens them anywhere.

Source: C2SP age (https://c2sp.org/age), with an scrypt recipient.
"""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyrage

from shiftline.apps.supervisor.child import StartRefusedError

_age: Any = pyrage  # it brings no types

SHORTEST = 12
"""Letters of a passphrase: whoever has the backup may try as many as they like."""

RECORDINGS, LEDGER = "recording-keys.json", "ledger-keys.json"
SAMPLE = "sample"
"""The data folder's secret from which the first administrator's id and password, and a demo's, follow."""


def seal_keys(files: Mapping[str, Path | None], passphrase: str) -> bytes:
    """The files that there are, encrypted. Raises StartRefusedError for a passphrase that is too short, or no file."""
    require_long(passphrase)
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, path in files.items():
            if path is None:
                continue
            try:
                held = path.read_bytes()
            except OSError as error:
                raise StartRefusedError(f"--with-keys: {path} cannot be read: {error.strerror}.") from None
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(held), 0o600
            archive.addfile(member, io.BytesIO(held))
        if not archive.getmembers():
            raise StartRefusedError("--with-keys: this installation names no file of keys.")
    return _age.passphrase.encrypt(content.getvalue(), passphrase)


def open_keys(sealed: Path, passphrase: str) -> dict[str, bytes]:
    """The files of keys by name. Raises StartRefusedError for another passphrase, or another file."""
    try:
        content = _age.passphrase.decrypt(sealed.read_bytes(), passphrase)
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            found = {member.name: archive.extractfile(member) for member in archive.getmembers()}
            return {name: file.read() for name, file in found.items() if file is not None}
    except (_age.DecryptError, tarfile.TarError) as error:
        raise StartRefusedError(f"{sealed} cannot be opened: {error}. Is the passphrase the one of that day?") from None
    except OSError as error:
        raise StartRefusedError(f"{sealed} cannot be read: {error.strerror}.") from None


def require_long(passphrase: str) -> None:
    """Raise StartRefusedError for a passphrase that can be guessed."""
    if len(passphrase) < SHORTEST:
        raise StartRefusedError(f"The passphrase has {len(passphrase)} letters; it must have {SHORTEST} at least.")
