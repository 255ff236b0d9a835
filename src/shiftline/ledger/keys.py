"""The keys that sign checkpoints, in a file of their own: they never leave it, and only the worker needs it.

The file is JSON, ``[{"id": ..., "key": base64 of 32 bytes, "created": ...}, ...]``. Every key in it signs each checkpoint, so
that whoever knows one of them only can still check what comes: a new one is put before the others. It belongs to one user
and nobody else may read it. It is read again whenever it changed.
"""

import base64
import binascii
import os
import stat
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shiftline.foundation.ids import new_id
from shiftline.ledger.errors import SigningUnavailable
from shiftline.ledger.model import Checkpoint, VerifierKey
from shiftline.ledger.rules import checkpoints

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LARGEST_FILE = 1024 * 1024


class KeyEntry(msgspec.Struct, frozen=True):
    """One key of the file."""

    id: str
    key: str
    created: str = ""


class SigningKeys:
    """The keys in a file; without one, or while it cannot be used, ``problem`` says why and everything else refuses."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._keys: list[Ed25519PrivateKey] = []

    @property
    def problem(self) -> str | None:
        """Why nothing can be signed now, as a sentence; None when it can."""
        try:
            self._load()
        except SigningUnavailable as error:
            return error.message
        return None

    def sign(self, checkpoint: Checkpoint) -> str:
        """A checkpoint as a signed note. Raises SigningUnavailable."""
        return checkpoints.sign(checkpoint, self._load())

    def verifiers(self, origin: str) -> tuple[VerifierKey, ...]:
        """The public keys, by the name of a log. Raises SigningUnavailable."""
        return tuple(checkpoints.verifier_of(origin, checkpoints.public_of(key)) for key in self._load())

    def derive(self, purpose: str) -> tuple[Ed25519PrivateKey, ...]:
        """A key for another purpose from each of these, the newest first; none of them tells anything of another.

        Raises SigningUnavailable. Source: RFC 5869.
        """
        return tuple(_derive(key, purpose) for key in self._load())

    def _load(self) -> list[Ed25519PrivateKey]:
        if self.path is None:
            raise SigningUnavailable("No file of the ledger's keys is set (SHIFTLINE_LEDGER_KEYS): entries wait.")
        try:
            found = self.path.stat()
        except OSError as error:
            raise SigningUnavailable(f"The ledger's keys {self.path} cannot be read: {error.strerror}.") from error
        _check_private(self.path, found)
        seen = (found.st_mtime_ns, found.st_ino, found.st_size)
        if seen != self._seen:
            self._keys = _read(self.path)
            self._seen = seen
        return self._keys


def create_key_file(path: Path, now: datetime) -> str:
    """A new file with one new key, readable by its owner only; the key's id. Raises FileExistsError."""
    entry = _new_entry(now)
    _write(path, [entry])
    return entry.id


def rotate_key_file(path: Path, now: datetime) -> str:
    """Put a new key before those in the file; all of them sign from now on. The new key's id."""
    entry = _new_entry(now)
    entries = msgspec.json.decode(path.read_bytes(), type=list[KeyEntry])
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    _write(fresh, [entry, *entries])
    fresh.replace(path)
    return entry.id


def _derive(key: Ed25519PrivateKey, purpose: str) -> Ed25519PrivateKey:
    derived = HKDF(SHA256(), 32, b"shiftline ledger key", purpose.encode()).derive(key.private_bytes_raw())
    return Ed25519PrivateKey.from_private_bytes(derived)


def _new_entry(now: datetime) -> KeyEntry:
    key = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
    return KeyEntry(id=f"ledger-{new_id()}", key=key, created=now.isoformat())


def _write(path: Path, entries: list[KeyEntry]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(entries)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _check_private(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST_FILE:
        raise SigningUnavailable(f"The ledger's keys {path} are no file of keys.")
    if found.st_mode & _OTHERS:
        mode = stat.S_IMODE(found.st_mode)
        raise SigningUnavailable(
            f"The ledger's keys {path} are open to others than their owner (mode {mode:04o}). "
            f"Close them with: chmod 600 {path}"
        )


def _read(path: Path) -> list[Ed25519PrivateKey]:
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=list[KeyEntry])
        keys = [Ed25519PrivateKey.from_private_bytes(base64.b64decode(each.key, validate=True)) for each in entries]
    except OSError as error:
        raise SigningUnavailable(f"The ledger's keys {path} cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, binascii.Error, ValueError) as error:
        raise SigningUnavailable(f"The ledger's keys {path} are not as they should be.") from error
    if not keys:
        raise SigningUnavailable(f"The ledger's keys {path} must hold at least one key.")
    return keys
