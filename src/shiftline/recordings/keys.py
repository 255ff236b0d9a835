"""The key-encryption keys, in a file of their own: they wrap each recording's data key and never leave this file.

The file is JSON, ``[{"id": ..., "key": base64 of 32 bytes, "created": ...}, ...]``; the first wraps what is new, the others
still open what they wrapped. It belongs to one user and nobody else may read it. It is read again whenever it changed: it
may be missing now and there at the next call.
"""

import base64
import binascii
import hashlib
import hmac
import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shiftline.foundation.ids import new_id
from shiftline.recordings.errors import KeysUnavailable, KeyUnknown

KEY_SIZE = 32
_NONCE_SIZE = 12
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_LARGEST_FILE = 1024 * 1024


class KeyEntry(msgspec.Struct, frozen=True):
    """One key of the file."""

    id: str
    key: str
    created: str = ""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A recording's data key as it may be stored: only the key-encryption key named opens it, only for that recording."""

    key_id: str
    wrapped: bytes


class Keys:
    """The keys in a file; without one, or while it cannot be used, ``problem`` says why and everything else refuses."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._keys: dict[str, bytes] = {}

    @property
    def problem(self) -> str | None:
        """Why the keys cannot be used now, as a sentence; None when they can."""
        try:
            self._load()
        except KeysUnavailable as error:
            return error.message
        return None

    @property
    def newest(self) -> str:
        """The id of the key that wraps what is new. Raises KeysUnavailable."""
        return next(iter(self._load()))

    def new_data_key(self) -> bytes:
        """A key for one recording."""
        return AESGCM.generate_key(KEY_SIZE * 8)

    def wrap(self, data_key: bytes, recording_id: str) -> WrappedKey:
        """A data key under the newest key-encryption key, bound to its recording. Raises KeysUnavailable."""
        key_id, key = next(iter(self._load().items()))
        nonce = os.urandom(_NONCE_SIZE)
        return WrappedKey(key_id, nonce + AESGCM(key).encrypt(nonce, data_key, _bound_to(key_id, recording_id)))

    def unwrap(self, wrapped: bytes, key_id: str, recording_id: str) -> bytes:
        """A recording's data key. Raises KeysUnavailable, KeyUnknown (the file does not hold what wrapped it)."""
        key = self._load().get(key_id)
        if key is None:
            raise KeyUnknown(key_id)
        nonce, sealed = wrapped[:_NONCE_SIZE], wrapped[_NONCE_SIZE:]
        try:
            return AESGCM(key).decrypt(nonce, sealed, _bound_to(key_id, recording_id))
        except (InvalidTag, ValueError) as error:
            raise KeyUnknown(key_id) from error

    def sign(self, message: bytes) -> bytes:
        """A message authenticated by a key that only holders of the file can make. Raises KeysUnavailable."""
        return _signature(next(iter(self._load().values())), message)

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether one of the keys signed a message. Raises KeysUnavailable."""
        return any(hmac.compare_digest(_signature(key, message), signature) for key in self._load().values())

    def _load(self) -> dict[str, bytes]:
        if self.path is None:
            raise KeysUnavailable("No file of key-encryption keys is set (SHIFTLINE_RECORDING_KEYS).")
        try:
            found = self.path.stat()
        except OSError as error:
            raise KeysUnavailable(
                f"The file of key-encryption keys {self.path} cannot be read: {error.strerror}."
            ) from error
        _check_private(self.path, found)
        seen = (found.st_mtime_ns, found.st_ino, found.st_size)
        if seen != self._seen:
            self._keys = _read(self.path)
            self._seen = seen
        return self._keys


def create_key_file(path: Path, now: datetime) -> str:
    """A new file with one new key, readable by its owner only; the key's id. Raises FileExistsError."""
    entry = _new_entry(now)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_encode([entry]))
        file.flush()
        os.fsync(file.fileno())
    return entry.id


def rotate_key_file(path: Path, now: datetime) -> str:
    """Put a new key before those in the file; what they wrapped still opens. The new key's id."""
    entry = _new_entry(now)
    entries = msgspec.json.decode(path.read_bytes(), type=list[KeyEntry])
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_encode([entry, *entries]))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return entry.id


def _new_entry(now: datetime) -> KeyEntry:
    key = base64.b64encode(AESGCM.generate_key(KEY_SIZE * 8)).decode()
    return KeyEntry(id=f"kek-{new_id()}", key=key, created=now.isoformat())


def _encode(entries: list[KeyEntry]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(entries)) + b"\n"


def _check_private(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise KeysUnavailable(f"The key-encryption keys {path} are no file.")
    if found.st_mode & _OTHERS:
        raise KeysUnavailable(
            f"The file of key-encryption keys {path} is open to others than its owner (mode "
            f"{stat.S_IMODE(found.st_mode):04o}). Close it with: chmod 600 {path}"
        )
    if found.st_size > _LARGEST_FILE:
        raise KeysUnavailable(f"The file of key-encryption keys {path} is too large to be one.")


def _read(path: Path) -> dict[str, bytes]:
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=list[KeyEntry])
        keys = {entry.id: base64.b64decode(entry.key, validate=True) for entry in entries}
    except OSError as error:
        raise KeysUnavailable(f"The file of key-encryption keys {path} cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, binascii.Error) as error:
        raise KeysUnavailable(f"The file of key-encryption keys {path} is not as it should be.") from error
    if not keys or any(len(key) != KEY_SIZE for key in keys.values()):
        raise KeysUnavailable(
            f"The file of key-encryption keys {path} must hold keys of {KEY_SIZE} bytes, at least one."
        )
    return keys


def _bound_to(key_id: str, recording_id: str) -> bytes:
    return b"\0".join((b"shiftline recording key", key_id.encode(), recording_id.encode()))


def _signature(key: bytes, message: bytes) -> bytes:
    signing = hmac.digest(key, b"shiftline playback tickets", hashlib.sha256)
    return hmac.digest(signing, message, hashlib.sha256)
