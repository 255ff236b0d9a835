"""The key-encryption keys: they wrap each recording's data key and never leave where they are.

Where that is stands in a file that belongs to one user and that nobody else may read: it holds the keys themselves, as JSON
``[{"id": ..., "key": base64 of 32 bytes, "created": ...}, ...]``, or it names a service that has them, ``{"service": "pkcs11",
...}``, with ``"former": [...]`` for keys that a file held before and that still open what they wrapped. The first key wraps
what is new, the others still open what they wrapped. The file is read again whenever it changed: it may be missing now and
there at the next call.
"""

import base64
import binascii
import hashlib
import hmac
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, cast

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


class KeyService(Protocol):
    """What has key-encryption keys and uses them for us. Each of these raises KeysUnavailable while it cannot be reached."""

    def ids(self) -> Sequence[str]:
        """Its keys, the one that wraps what is new first."""
        ...

    def wrap(self, key_id: str, data_key: bytes, bound_to: bytes) -> bytes:
        """A data key that only this key opens, only for what it is bound to."""
        ...

    def unwrap(self, key_id: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """What was wrapped. Raises KeyUnknown: the key is not there, or it did not wrap this."""
        ...

    def authenticate(self, message: bytes) -> Sequence[bytes]:
        """Authentication codes (SHA-256) of a message, that of the newest key first."""
        ...

    def add_key(self, now: datetime) -> str:
        """Put a new key before the others; its id. Raises KeysUnavailable where it cannot."""
        ...


class FileKeys:
    """Keys that the file itself holds."""

    def __init__(self, path: Path, keys: Mapping[str, bytes]) -> None:
        self._path = path
        self._keys = keys

    def ids(self) -> Sequence[str]:
        """As they stand in the file."""
        return list(self._keys)

    def wrap(self, key_id: str, data_key: bytes, bound_to: bytes) -> bytes:
        """By AES-256-GCM."""
        nonce = os.urandom(_NONCE_SIZE)
        return nonce + AESGCM(self._keys[key_id]).encrypt(nonce, data_key, bound_to)

    def unwrap(self, key_id: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """What was wrapped. Raises KeyUnknown."""
        key = self._keys.get(key_id)
        if key is None:
            raise KeyUnknown(key_id)
        try:
            return AESGCM(key).decrypt(wrapped[:_NONCE_SIZE], wrapped[_NONCE_SIZE:], bound_to)
        except (InvalidTag, ValueError) as error:
            raise KeyUnknown(key_id) from error

    def authenticate(self, message: bytes) -> Sequence[bytes]:
        """By HMAC, with a key derived from each."""
        return [_signature(key, message) for key in self._keys.values()]

    def add_key(self, now: datetime) -> str:
        """By writing the file anew."""
        return rotate_key_file(self._path, now)


class Moved:
    """Keys of a service, after those that a file held: these open what they wrapped, and wrap nothing any more."""

    def __init__(self, service: KeyService, former: FileKeys) -> None:
        self._service = service
        self._former = former

    def ids(self) -> Sequence[str]:
        """The service's, then the former ones."""
        return [*self._service.ids(), *self._former.ids()]

    def wrap(self, key_id: str, data_key: bytes, bound_to: bytes) -> bytes:
        """In the service."""
        return self._service.wrap(key_id, data_key, bound_to)

    def unwrap(self, key_id: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """Where it was wrapped. Raises KeyUnknown."""
        held = self._former if key_id in self._former.ids() else self._service
        return held.unwrap(key_id, wrapped, bound_to)

    def authenticate(self, message: bytes) -> Sequence[bytes]:
        """By both."""
        return [*self._service.authenticate(message), *self._former.authenticate(message)]

    def add_key(self, now: datetime) -> str:
        """In the service."""
        return self._service.add_key(now)


class Keys:
    """The keys of a file; without one, or while it cannot be used, ``problem`` says why and everything else refuses."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._service: KeyService | None = None

    @property
    def problem(self) -> str | None:
        """Why the keys cannot be used now, as a sentence; None when they can."""
        try:
            self.service.ids()
        except KeysUnavailable as error:
            return error.message
        return None

    @property
    def newest(self) -> str:
        """The id of the key that wraps what is new. Raises KeysUnavailable."""
        return self.service.ids()[0]

    def new_data_key(self) -> bytes:
        """A key for one recording."""
        return AESGCM.generate_key(KEY_SIZE * 8)

    def wrap(self, data_key: bytes, recording_id: str) -> WrappedKey:
        """A data key under the newest key-encryption key, bound to its recording. Raises KeysUnavailable."""
        service, key_id = self.service, self.newest
        return WrappedKey(key_id, service.wrap(key_id, data_key, _bound_to(key_id, recording_id)))

    def unwrap(self, wrapped: bytes, key_id: str, recording_id: str) -> bytes:
        """A recording's data key. Raises KeysUnavailable, KeyUnknown (nothing here wrapped it)."""
        return self.service.unwrap(key_id, wrapped, _bound_to(key_id, recording_id))

    def sign(self, message: bytes) -> bytes:
        """A message authenticated by a key that only holders of the keys can make. Raises KeysUnavailable."""
        return self.service.authenticate(message)[0]

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether one of the keys signed a message. Raises KeysUnavailable."""
        return any(hmac.compare_digest(each, signature) for each in self.service.authenticate(message))

    @property
    def service(self) -> KeyService:
        """What has the keys. Raises KeysUnavailable."""
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
        if seen != self._seen or self._service is None:
            self._service = _open(self.path)
            self._seen = seen
        return self._service


def _open(path: Path) -> KeyService:
    try:
        told: Any = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise KeysUnavailable(f"The file of key-encryption keys {path} cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise KeysUnavailable(f"The file of key-encryption keys {path} is not as it should be.") from error
    if isinstance(told, list):
        return FileKeys(path, _read(path, told))
    from shiftline.recordings.hardware import open_token  # a token needs a library that few have

    if not isinstance(told, dict) or "former" not in told:
        return open_token(path, told)
    named = cast("dict[str, Any]", told)
    former = FileKeys(path, _read(path, named.pop("former")))
    return Moved(open_token(path, named), former)


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


def _read(path: Path, told: Any) -> dict[str, bytes]:
    try:
        entries = msgspec.convert(told, type=list[KeyEntry])
        keys = {entry.id: base64.b64decode(entry.key, validate=True) for entry in entries}
    except (msgspec.MsgspecError, binascii.Error) as error:
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
