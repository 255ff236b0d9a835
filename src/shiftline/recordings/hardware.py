"""Key-encryption keys in a token that speaks PKCS#11: a hardware security module, or SoftHSM. They never leave it.

The file of keys names it instead of holding keys: ``{"service": "pkcs11", "module": path of its library, "token": label,
"object": what the labels of its keys begin with, "pin_file": path}``. A key is an AES key of 256 bits with a label of its own;
its CKA_ID tells when it was made, so that the newest is known. Tickets are authenticated by a generic secret beside them.
Source: PKCS #11 v2.40 (AES-GCM, SHA256-HMAC).
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from shiftline.foundation.ids import new_id
from shiftline.recordings.errors import KeysUnavailable, KeyUnknown

_NONCE_SIZE = 12
_TAG_BITS = 128
_BITS = 256
T = TypeVar("T")


class TokenFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says."""

    service: str
    module: str
    token: str
    pin_file: str
    object: str = "shiftline-recordings"


class TokenKeys:
    """A ``keys.KeyService``. One session is kept; where it breaks, the next call opens another."""

    def __init__(self, told: TokenFile) -> None:
        self._told = told
        self._turn = threading.RLock()
        self._session: Any = None

    def ids(self) -> Sequence[str]:
        """Labels of its keys, the newest first."""
        return self._do(self._ids)

    def wrap(self, key_id: str, data_key: bytes, bound_to: bytes) -> bytes:
        """By AES-256-GCM, in the token."""
        nonce = os.urandom(_NONCE_SIZE)
        return nonce + self._do(lambda: bytes(self._key(key_id).encrypt(data_key, **_gcm(nonce, bound_to))))

    def unwrap(self, key_id: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """What was wrapped. Raises KeyUnknown."""
        nonce, sealed = wrapped[:_NONCE_SIZE], wrapped[_NONCE_SIZE:]
        if len(wrapped) <= _NONCE_SIZE + _TAG_BITS // 8:
            raise KeyUnknown(key_id)
        return self._do(lambda: self._decrypt(key_id, nonce, sealed, bound_to))

    def authenticate(self, message: bytes) -> Sequence[bytes]:
        """By HMAC, in the token."""
        return [self._do(lambda: self._sign(message))]

    def add_key(self, now: datetime) -> str:
        """A new key, which wraps what comes."""
        del now  # the order of keys is that of the machine's clock, which no demo moves
        label = f"{self._told.object}-{new_id()}"
        self._do(lambda: self._generate(label))
        return label

    def _do(self, ask: Callable[[], T]) -> T:
        """Ask the token; a session that it has forgotten is opened anew, once."""
        from pkcs11.exceptions import PKCS11Error

        with self._turn:
            for last in (False, True):
                try:
                    return ask()
                except PKCS11Error as error:
                    self._close()
                    if last:
                        told = type(error).__name__
                        sentence = (
                            f"The token {self._told.token} of {self._told.module} does not do what is asked: {told}."
                        )
                        raise KeysUnavailable(sentence) from error
        raise AssertionError("asked twice")

    def _open(self) -> Any:
        if self._session is None:
            import pkcs11
            from pkcs11.exceptions import PKCS11Error, UserAlreadyLoggedIn

            pin = _read_pin(Path(self._told.pin_file))
            try:
                library = pkcs11.lib(self._told.module)
            except (PKCS11Error, RuntimeError, OSError) as error:
                raise KeysUnavailable(f"The library {self._told.module} cannot be loaded: {error}.") from error
            token = library.get_token(token_label=self._told.token)
            try:
                self._session = token.open(user_pin=pin, rw=True)
            except UserAlreadyLoggedIn:  # a program logs in once, whatever sessions it has
                self._session = token.open(rw=True)
        return self._session

    def _close(self) -> None:
        self._session = None

    def _ids(self) -> list[str]:
        from pkcs11 import Attribute, KeyType, ObjectClass

        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.KEY_TYPE: KeyType.AES}
        found = [(bytes(each[Attribute.ID]), str(each.label)) for each in self._open().get_objects(wanted)]
        ids = [label for _, label in sorted(found, reverse=True) if label.startswith(f"{self._told.object}-")]
        if not ids:
            raise KeysUnavailable(
                f"The token {self._told.token} has no key yet. Make one with: shiftline recording-keys FILE --rotate"
            )
        return ids

    def _key(self, key_id: str) -> Any:
        from pkcs11 import KeyType, NoSuchKey, ObjectClass

        if not key_id.startswith(f"{self._told.object}-"):
            raise KeyUnknown(key_id)
        try:
            return self._open().get_key(object_class=ObjectClass.SECRET_KEY, key_type=KeyType.AES, label=key_id)
        except NoSuchKey as error:
            raise KeyUnknown(key_id) from error

    def _decrypt(self, key_id: str, nonce: bytes, sealed: bytes, bound_to: bytes) -> bytes:
        from pkcs11.exceptions import (
            DataInvalid,
            DataLenRange,
            EncryptedDataInvalid,
            EncryptedDataLenRange,
            GeneralError,
        )

        # SoftHSM answers GeneralError for a tag that does not fit.
        wrong = (DataInvalid, DataLenRange, EncryptedDataInvalid, EncryptedDataLenRange, GeneralError)
        key = self._key(key_id)
        try:
            return bytes(key.decrypt(sealed, **_gcm(nonce, bound_to)))
        except wrong as error:
            raise KeyUnknown(key_id) from error

    def _sign(self, message: bytes) -> bytes:
        from pkcs11 import KeyType, Mechanism, NoSuchKey, ObjectClass

        try:
            key = self._open().get_key(
                object_class=ObjectClass.SECRET_KEY, key_type=KeyType.GENERIC_SECRET, label=self._ticket_label
            )
        except NoSuchKey as error:
            raise KeysUnavailable(f"The token {self._told.token} has no key {self._ticket_label}.") from error
        return bytes(key.sign(message, mechanism=Mechanism.SHA256_HMAC))

    def _generate(self, label: str) -> None:
        from pkcs11 import Attribute, KeyType, Mechanism, NoSuchKey, ObjectClass

        session, kept = self._open(), {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
        try:
            session.get_key(
                object_class=ObjectClass.SECRET_KEY, key_type=KeyType.GENERIC_SECRET, label=self._ticket_label
            )
        except NoSuchKey:
            session.generate_key(
                KeyType.GENERIC_SECRET,
                _BITS,
                label=self._ticket_label,
                store=True,
                mechanism=Mechanism.GENERIC_SECRET_KEY_GEN,
                template={
                    **kept,
                    Attribute.SIGN: True,
                    Attribute.VERIFY: True,
                    Attribute.ENCRYPT: False,
                    Attribute.DECRYPT: False,
                },
            )
        made = time.time_ns().to_bytes(8, "big")
        template = {**kept, Attribute.ENCRYPT: True, Attribute.DECRYPT: True}
        session.generate_key(KeyType.AES, _BITS, label=label, id=made, store=True, template=template)

    @property
    def _ticket_label(self) -> str:
        return f"{self._told.object}.tickets"


def open_token(path: Path, told: Any) -> TokenKeys:
    """The token that a file names. Raises KeysUnavailable."""
    try:
        named = msgspec.convert(told, TokenFile)
    except msgspec.ValidationError as error:
        raise KeysUnavailable(f"The file of key-encryption keys {path} is not as it should be: {error}.") from error
    if named.service != "pkcs11":
        raise KeysUnavailable(
            f"The file of key-encryption keys {path} names the service {named.service!r}; there is pkcs11, or the file holds keys."
        )
    if find_spec("pkcs11") is None:
        raise KeysUnavailable("A token needs the package python-pkcs11: pip install 'shiftline[pkcs11]'.")
    return TokenKeys(named)


def _read_pin(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise KeysUnavailable(f"The token's PIN {path} cannot be read: {error.strerror}.") from error


def _gcm(nonce: bytes, bound_to: bytes) -> dict[str, Any]:
    from pkcs11 import Mechanism
    from pkcs11.mechanisms import GCMParams

    return {"mechanism": Mechanism.AES_GCM, "mechanism_param": GCMParams(nonce=nonce, aad=bound_to, tag_bits=_TAG_BITS)}
